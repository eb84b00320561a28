// Sums in cells become colors: a histogram of the cells, the ends of the scale from it, the picture.
// `density.rs` does the same without a GPU. Stands after `plane.wgsl`.

struct Scene {
    screen_px: vec2<f32>,
    origin_px: vec2<f32>,     // Where the first cell begins on the screen.
    px_per_cell: vec2<f32>,
    size: vec2<f32>,          // Cells.
    y_first: f32,             // The middle of the first row on the mercator plane, and
    y_step: f32,              // from row to row.
    per_cell: f32,            // What a sum is multiplied by to become a value; at the equator.
    alpha: f32,
    part: f32,                // What is counted in parts.
    ramp_row: i32,
    flags: u32,
    pad: f32,
}

override IN_PARTS: bool = false;

const IS_LINEAR: u32 = 1u;    // The target converts to sRGB itself.
const BY_AREA: u32 = 2u;      // Values are by area, else by cell.

const BINS: f32 = 256.0;
const ROWS: f32 = 16.0;       // Of the histogram, to be added up.
const FIRST_BIN: f32 = -24.0;
const BELOW: f32 = 0.05;
const ABOVE: f32 = 0.01;
const LOG2_10: f32 = 3.321928095;
const EXACT: f32 = 2048.0;
const COARSER: f32 = 32.0;

@group(0) @binding(0) var<uniform> scene: Scene;
@group(1) @binding(0) var sums: texture_2d<f32>;
@group(1) @binding(1) var scale: texture_2d<f32>;
@group(1) @binding(2) var ramp: texture_2d<f32>;

/// What was summed up, in units of the finest parts.
fn sum_of(texel: vec4<f32>) -> f32 {
    if !IN_PARTS || texel.x < EXACT { return texel.x; }
    if texel.y < EXACT { return texel.y * COARSER; }
    if texel.z < EXACT { return texel.z * COARSER * COARSER; }
    return texel.w * COARSER * COARSER * COARSER;
}

fn value_at(cell: vec2<i32>) -> f32 {
    let sum = sum_of(textureLoad(sums, cell, 0)) * select(1.0, scene.part, IN_PARTS);
    if (scene.flags & BY_AREA) == 0u { return sum; }
    // A cell is smaller by the cosine of the latitude.
    let wider = cosh((0.5 - (scene.y_first + f32(cell.y) * scene.y_step)) * 6.283185307);
    return sum * scene.per_cell * wider * wider;
}

/// Puts a cell into its bin.
@vertex
fn cell_bin(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    let width = u32(scene.size.x);
    let cell = vec2<u32>(index % width, index / width);
    let value = value_at(vec2<i32>(cell));
    if value <= 0.0 { return vec4<f32>(2.0, 2.0, 0.0, 1.0); } // Out of sight.
    let bin = clamp(floor((log2(value) - FIRST_BIN) * 4.0), 0.0, BINS - 1.0);
    let row = f32((cell.x + 7u * cell.y) % u32(ROWS));
    return to_clip(vec2<f32>(bin, row) + 0.5, vec2<f32>(BINS, ROWS));
}

@fragment
fn one_cell() -> @location(0) vec4<f32> {
    // Counted to 2048 a row is enough for every bin but the fullest.
    return vec4<f32>(1.0, 0.0, 0.0, 0.0);
}

@vertex
fn everywhere(@builtin(vertex_index) corner: u32) -> @builtin(position) vec4<f32> {
    return vec4<f32>(select(-1.0, 3.0, corner == 1u), select(-1.0, 3.0, corner == 2u), 0.0, 1.0);
}

fn in_bin(bin: i32) -> f32 {
    var n = 0.0;
    for (var row = 0; row < i32(ROWS); row++) { n += textureLoad(sums, vec2<i32>(bin, row), 0).x; }
    return n;
}

/// The binary logarithm of the next of 1, 2, 5, 10, 20 … up or down.
fn nice(log2_value: f32, up: bool) -> f32 {
    let power = floor(log2_value / LOG2_10 + 1e-4) * LOG2_10;
    let digits = exp2(log2_value - power);
    if up {
        if digits <= 1.001 { return power; }
        if digits <= 2.002 { return power + 1.0; }
        if digits <= 5.005 { return power + LOG2_10 - 1.0; }
        return power + LOG2_10;
    }
    if digits >= 4.995 { return power + LOG2_10 - 1.0; }
    if digits >= 1.998 { return power + 1.0; }
    return power;
}

/// From a histogram: the binary logarithms of the ends of the scale, and whether there is anything.
@fragment
fn scale_ends(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    var n = 0.0;
    for (var bin = 0; bin < i32(BINS); bin++) { n += in_bin(bin); }
    var low = FIRST_BIN;
    var high = FIRST_BIN;
    var seen = 0.0;
    for (var bin = 0; bin < i32(BINS); bin++) {
        let before = seen;
        seen += in_bin(bin);
        let at = f32(bin) / 4.0 + FIRST_BIN;
        if seen > 0.0 && seen >= BELOW * n && (before <= 0.0 || before < BELOW * n) { low = at + 0.25; }
        if seen > 0.0 && seen >= (1.0 - ABOVE) * n && (before <= 0.0 || before < (1.0 - ABOVE) * n) { high = at; }
    }
    high = nice(high, true);
    low = max(nice(low, false), high - 4.0 * LOG2_10);
    if (scene.flags & BY_AREA) == 0u { low = 0.0; }
    high = max(high, low + LOG2_10);
    let column = i32(position.x);
    if column == 0 { return vec4<f32>(low, 0.0, 0.0, 0.0); }
    if column == 1 { return vec4<f32>(high, 0.0, 0.0, 0.0); }
    return vec4<f32>(min(n, 1.0), 0.0, 0.0, 0.0);
}

struct Picture {
    @builtin(position) position: vec4<f32>,
    @location(0) cell: vec2<f32>,
}

@vertex
fn picture(@builtin(vertex_index) corner: u32) -> Picture {
    let cell = vec2<f32>(f32(corner & 1u), f32(corner >> 1u)) * scene.size;
    return Picture(to_clip(scene.origin_px + cell * scene.px_per_cell, scene.screen_px), cell);
}

@fragment
fn picture_color(in: Picture) -> @location(0) vec4<f32> {
    let value = value_at(vec2<i32>(floor(in.cell)));
    if value <= 0.0 { return vec4<f32>(0.0); }
    let low = textureLoad(scale, vec2<i32>(0, 0), 0).x;
    let high = textureLoad(scale, vec2<i32>(1, 0), 0).x;
    let part = clamp((log2(value) - low) / max(high - low, 1e-6), 0.0, 1.0);
    let color = textureLoad(ramp, vec2<i32>(i32(round(part * 255.0)), scene.ramp_row), 0);
    var rgb = color.rgb;
    if (scene.flags & IS_LINEAR) != 0u { rgb = pow(rgb, vec3<f32>(2.2)); }
    let alpha = color.a * scene.alpha;
    return vec4<f32>(rgb * alpha, alpha);
}
