// Reports and legs summed up in cells. Stands after `plane.wgsl` and `tracks.wgsl`, whose scene it
// reads with a cell for a pixel; `value_scale` holds the hours of a step of the clock, and one over
// the unit that parts are counted in.

/// Whether the target counts in parts: it has halves of floats, which are exact to 2048 only.
override IN_PARTS: bool = false;

/// How many times larger the unit of each further channel is.
const COARSER: f32 = 32.0;

struct Cell {
    @builtin(position) position: vec4<f32>,
    @location(0) @interpolate(flat, either) seed: u32,
}

struct Spread {
    @builtin(position) position: vec4<f32>,
    @location(0) @interpolate(flat, either) ends: vec4<f32>,    // Of the leg, in cells.
    @location(1) @interpolate(flat, either) hours: f32,
    @location(2) @interpolate(flat, either) seed: u32,
}

fn hash(bits: u32) -> u32 {
    let state = bits * 747796405u + 2891336453u;
    let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
    return (word >> 22u) ^ word;
}

/// What is added to a cell. In parts: a whole number of units, and of coarser ones, up or down by
/// chance so that the mean is right.
fn added(value: f32, seed: u32) -> vec4<f32> {
    if !IN_PARTS { return vec4<f32>(value, 0.0, 0.0, 0.0); }
    var units = value * scene.value_scale.y;
    var parts = vec4<f32>(0.0);
    var bits = seed;
    for (var channel = 0; channel < 4; channel++) {
        bits = hash(bits);
        parts[channel] = floor(units + f32(bits >> 8u) / 16777216.0);
        units /= COARSER;
    }
    return parts;
}

/// The cell of a report.
@vertex
fn report_cell(@location(0) report: vec4<u32>) -> Cell {
    var out = Cell(vec4<f32>(2.0, 2.0, 0.0, 1.0), 0u); // Out of sight.
    let slot = slot_of(report);
    if slot == NOWHERE || !is_timely(time_of(report)) || !is_fast_enough(speed_of(report)) { return out; }
    if !is_shown(look_of(slot)) { return out; }
    // In the middle of a cell it is in no other.
    let cell = floor(px_of(place_of(report), scene.copy)) + 0.5;
    out.position = to_clip(cell, scene.screen_px);
    out.seed = hash(report.x) ^ hash(report.y + report.z);
    return out;
}

@fragment
fn one_report(in: Cell) -> @location(0) vec4<f32> {
    return added(1.0, in.seed);
}

/// One corner of a quad that covers the cells of the leg from one report to the next.
@vertex
fn leg_cells(@builtin(vertex_index) corner: u32, @location(0) before: vec4<u32>, @location(1) report: vec4<u32>) -> Spread {
    var out = Spread(vec4<f32>(2.0, 2.0, 0.0, 1.0), vec4<f32>(0.0), 0.0, 0u);
    let slot = slot_of(report);
    if slot == NOWHERE || (report.x & TOP) != 0u { return out; }
    if !is_shown(look_of(slot)) || !is_fast_enough(speed_of(before)) || !is_fast_enough(speed_of(report)) { return out; }
    let leg = cut_leg(before, report, 2.0);
    let steps = (leg.times.y - leg.times.x) * (leg.part.y - leg.part.x);
    if leg.part.x >= leg.part.y || steps <= 0.0 { return out; }
    out.ends = vec4<f32>(leg.start, leg.end);
    out.hours = steps * scene.value_scale.x;
    out.seed = hash(report.x) ^ hash(report.y + report.z);

    let low = floor(min(leg.start, leg.end));
    let high = floor(max(leg.start, leg.end)) + 1.0;
    let extent = high - low;
    let is_last = corner >= 2u;
    let is_right = (corner & 1u) != 0u;
    var at = vec2<f32>(select(low.x, high.x, is_last), select(low.y, high.y, is_right));
    // A long and slanting leg has a band along it instead of all the cells around it. The line
    // passes each cell that it touches within one cell of the middle.
    let way = leg.end - leg.start;
    let side = select(-1.25, 1.25, is_right);
    if min(extent.x, extent.y) > 3.0 {
        if abs(way.x) >= abs(way.y) {
            at.y = leg.start.y + (at.x - leg.start.x) * (way.y / way.x) + side;
        } else {
            at.y = select(low.y, high.y, is_last);
            at.x = leg.start.x + (at.y - leg.start.y) * (way.x / way.y) + side;
        }
    }
    out.position = to_clip(at, scene.screen_px);
    return out;
}

/// The part of the way from a to b, as from and to, that lies in the cell from `low` to `low + 1`.
/// What lies on a border belongs to the cell that begins there.
fn part_in_cell(a: f32, b: f32, low: f32) -> vec2<f32> {
    let d = b - a;
    if d == 0.0 {
        return select(vec2<f32>(1.0, 0.0), vec2<f32>(0.0, 1.0), low <= a && a < low + 1.0);
    }
    let ends = vec2<f32>(low - a, low + 1.0 - a) / d;
    return vec2<f32>(min(ends.x, ends.y), max(ends.x, ends.y));
}

@fragment
fn leg_hours(in: Spread) -> @location(0) vec4<f32> {
    let cell = floor(in.position.xy);
    var part = vec2<f32>(0.0, 1.0);
    part = meet(part, part_in_cell(in.ends.x, in.ends.z, cell.x));
    part = meet(part, part_in_cell(in.ends.y, in.ends.w, cell.y));
    let seed = in.seed ^ hash(u32(cell.x) + 65536u * u32(cell.y));
    return added(in.hours * max(0.0, part.y - part.x), seed);
}
