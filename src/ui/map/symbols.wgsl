// Symbols as quads. `symbols.rs` says how a symbol is packed. Stands after `plane.wgsl`.

struct Scene {
    center: vec2<i32>,
    copy: i32,
    flags: u32,
    screen_px: vec2<f32>,
    middle_px: vec2<f32>,
    px_per_unit: f32,
    px_per_point: f32,       // Times what symbols are enlarged by.
    alpha: f32,
    classes: u32,            // A bit for each class that is shown.
    time_window: vec2<f32>,  // Steps of the clock.
    outline_px: f32,
    pad: f32,
    outline: vec4<f32>,      // Premultiplied.
}

const IS_LINEAR: u32 = 1u;        // The target converts to sRGB itself.
const HAS_TIME_WINDOW: u32 = 2u;

const DISC: u32 = 0u;
const RING: u32 = 1u;
const CROSS: u32 = 2u;
const SQUARE: u32 = 3u;
const DIAMOND: u32 = 4u;
const TRIANGLE: u32 = 5u;

@group(0) @binding(0) var<uniform> scene: Scene;

struct Symbol {
    @builtin(position) position: vec4<f32>,
    @location(0) color: vec4<f32>,
    @location(1) at_px: vec2<f32>,                            // To the right of the middle, and ahead.
    @location(2) radius_px: f32,
    @location(3) @interpolate(flat, either) shape: u32,
}

fn has(flag: u32) -> bool { return (scene.flags & flag) != 0u; }

/// One corner of the quad of a symbol.
@vertex
fn symbol(
    @builtin(vertex_index) corner: u32,
    @location(0) place: vec2<u32>,
    @location(1) color: vec4<f32>,
    @location(2) moment_kind: vec2<u32>,
) -> Symbol {
    var out = Symbol(vec4<f32>(0.0, 0.0, 0.0, 1.0), color * scene.alpha, vec2<f32>(0.0), 0.0, 0u);
    let time = f32(moment_kind.x);
    let kind = moment_kind.y;
    let is_timely = !has(HAS_TIME_WINDOW) || (scene.time_window.x <= time && time <= scene.time_window.y);
    let is_shown = ((scene.classes >> ((kind >> 4u) & 31u)) & 1u) != 0u;
    if !is_timely || !is_shown { return out; }

    out.shape = kind & 15u;
    out.radius_px = f32((kind >> 9u) & 2047u) * (0.5 / 16.0) * scene.px_per_point;
    let turn_rad = f32(kind >> 20u) * (6.283185307 / 4096.0);
    let ahead = vec2<f32>(sin(turn_rad), -cos(turn_rad));
    let right = vec2<f32>(-ahead.y, ahead.x);
    // Outlines go further around the sharp corners of ships and triangles.
    let reach = out.radius_px + 2.2 * scene.outline_px + 1.0;
    out.at_px = vec2<f32>(select(-1.0, 1.0, (corner & 1u) != 0u), select(-1.0, 1.0, corner >= 2u)) * reach;
    let middle = scene.middle_px
        + from_center(vec2<i32>(place), scene.center, scene.copy) * scene.px_per_unit;
    out.position = to_clip(middle + right * out.at_px.x + ahead * out.at_px.y, scene.screen_px);
    return out;
}

/// How far outside of a shape of radius 1 a point lies.
fn beyond(shape: u32, p: vec2<f32>) -> f32 {
    let x = abs(p.x);
    if shape == DISC { return length(p) - 1.0; }
    if shape == RING { return abs(length(p) - 0.8) - 0.2; }
    if shape == CROSS {
        let turned = abs(vec2<f32>(p.x + p.y, p.x - p.y)) * 0.70710678;
        return max(max(turned.x, turned.y) - 1.0, min(turned.x, turned.y) - 0.28);
    }
    if shape == SQUARE { return max(x, abs(p.y)) - 0.7; }
    if shape == DIAMOND { return (x + abs(p.y) - 1.0) * 0.70710678; }
    let tip = vec2<f32>(x, p.y - 1.0);
    if shape == TRIANGLE { return max(dot(tip, vec2<f32>(0.8660254, 0.5)), -p.y - 0.5); }
    // A ship: parallel sides, pointed bow.
    return max(max(dot(tip, vec2<f32>(0.857493, 0.514496)), x - 0.45), -p.y - 0.85);
}

@fragment
fn symbol_color(in: Symbol) -> @location(0) vec4<f32> {
    let beyond_px = beyond(in.shape, in.at_px / in.radius_px) * in.radius_px;
    let cover = clamp(0.5 - beyond_px, 0.0, 1.0);
    let around = clamp(0.5 + scene.outline_px - beyond_px, 0.0, 1.0) * in.color.a * (1.0 - cover);
    let color = in.color * cover + scene.outline * around;
    if !has(IS_LINEAR) || color.a <= 0.0 { return color; }
    return vec4<f32>(pow(color.rgb / color.a, vec3<f32>(2.2)) * color.a, color.a);
}
