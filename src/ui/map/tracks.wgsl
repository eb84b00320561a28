// Tracks as quads a leg, reports as quads a point. `vertex.rs` says how a report is packed. Stands
// after `plane.wgsl`.

struct Scene {
    center: vec2<i32>,        // Of the view, in units: whole ones; the rest is in middle_px.
    copy: i32,                // Which copy of the world, counted from the one with the center.
    flags: u32,
    screen_px: vec2<f32>,
    middle_px: vec2<f32>,     // Where `center` lies on the screen.
    px_per_unit: f32,
    half_width_px: f32,
    alpha: f32,
    rest_alpha: f32,
    time_window: vec2<f32>,   // Steps of the clock.
    speed_window: vec2<f32>,  // Tenths of a knot.
    value_scale: vec2<f32>,   // Where the color scale begins, and one over its length.
    hovered: u32,
    palette_row: i32,
    single: vec4<f32>,
    highlight: vec4<f32>,     // What the colors of the selected are mixed with, and how much of it.
    point_px: f32,
    arrow_px: f32,
    faint_alpha: f32,
    pad: f32,
}

// Low bits of `flags`: what gives the color.
const SOURCE: u32 = 7u;
const BY_VESSEL: u32 = 0u;
const BY_KIND: u32 = 1u;
const BY_GROUP: u32 = 2u;
const BY_SPEED: u32 = 3u;
const BY_COURSE: u32 = 4u;
const BY_TIME: u32 = 5u;
const IS_HIGHLIGHTED: u32 = 8u;   // Draws the selected and the hovered alone; else all but them.
const IS_LINEAR: u32 = 16u;       // The target converts to sRGB itself.
const HAS_TIME_WINDOW: u32 = 32u;
const HAS_SPEED_WINDOW: u32 = 64u;
const SHOWS_REST: u32 = 128u;
const HIDES_TRIPS: u32 = 512u;
const FADES: u32 = 256u;           // Towards the beginning of the time window.

// Flags of a slot in the table.
const IS_SHOWN: u32 = 1u;
const IS_SELECTED: u32 = 2u;
const IS_REST: u32 = 4u;
const IS_FAINT: u32 = 8u;

const TOP: u32 = 0x80000000u;
const NOWHERE: u32 = 0x3fffffu;
const NO_SPEED: u32 = 1023u;
const NO_COURSE: u32 = 255u;
const OLDEST: f32 = 0.1;           // What is left of the opacity where the time window begins.
const UNKNOWN: f32 = 255.0;        // The gray at the end of each row of the palette.

@group(0) @binding(0) var<uniform> scene: Scene;
@group(1) @binding(0) var looks: texture_2d<u32>;
@group(1) @binding(1) var palette: texture_2d<f32>;

struct Leg {
    @builtin(position) position: vec4<f32>,
    @location(0) alpha: f32,
    @location(1) shade: f32,             // Where in its row of the palette the color stands.
    @location(2) across_px: f32,
}

struct Point {
    @builtin(position) position: vec4<f32>,
    @location(0) alpha: f32,
    @location(1) shade: f32,
    @location(2) at_px: vec2<f32>,       // From the middle; along the course and to the right of it.
    @location(3) is_arrow: f32,
}

fn slot_of(report: vec4<u32>) -> u32 { return report.w & NOWHERE; }
fn time_of(report: vec4<u32>) -> f32 { return f32(report.z & 0xffffffu); }
fn course_of(report: vec4<u32>) -> u32 { return report.z >> 24u; }
fn speed_of(report: vec4<u32>) -> u32 { return report.w >> 22u; }
fn place_of(report: vec4<u32>) -> vec2<i32> { return vec2<i32>(report.xy & vec2<u32>(~TOP)); }

fn look_of(slot: u32) -> vec4<u32> {
    let width = textureDimensions(looks).x;
    return textureLoad(looks, vec2<u32>(slot % width, slot / width), 0);
}

fn px_of(place: vec2<i32>, copy: i32) -> vec2<f32> {
    return scene.middle_px + from_center(place, scene.center, copy) * scene.px_per_unit;
}

fn has(flag: u32) -> bool { return (scene.flags & flag) != 0u; }

/// Whether filters let the slot through.
fn is_shown(look: vec4<u32>) -> bool {
    return (look.a & IS_SHOWN) != 0u && ((look.a & IS_REST) == 0u || has(SHOWS_REST));
}

/// Whether this pass draws the slot.
fn is_drawn(slot: u32, look: vec4<u32>) -> bool {
    let is_highlighted = (look.a & IS_SELECTED) != 0u || slot == scene.hovered;
    let is_left_out = (look.a & IS_REST) == 0u && has(HIDES_TRIPS);
    return is_shown(look) && !is_left_out && is_highlighted == has(IS_HIGHLIGHTED);
}

fn is_timely(time: f32) -> bool {
    return !has(HAS_TIME_WINDOW) || (scene.time_window.x <= time && time <= scene.time_window.y);
}

fn is_fast_enough(speed: u32) -> bool {
    if !has(HAS_SPEED_WINDOW) { return true; }
    let tenths = f32(speed);
    return speed != NO_SPEED && scene.speed_window.x <= tenths && tenths <= scene.speed_window.y;
}

/// Where in its row of the palette the color stands; negative speeds are not known.
fn shade_of(look: vec4<u32>, speed: f32, course: u32, time: f32) -> f32 {
    let source = scene.flags & SOURCE;
    if source == BY_VESSEL { return f32(look.r); }
    if source == BY_KIND { return f32(look.g); }
    if source == BY_GROUP { return f32(look.b); }
    if source == BY_SPEED && speed >= 0.0 { return on_scale(speed); }
    if source == BY_COURSE { return f32(course); }
    if source == BY_TIME { return on_scale(time); }
    return UNKNOWN;
}

fn on_scale(value: f32) -> f32 {
    return 254.0 * clamp((value - scene.value_scale.x) * scene.value_scale.y, 0.0, 1.0);
}

fn alpha_of(look: vec4<u32>, time: f32) -> f32 {
    var part = 1.0;
    if (look.a & IS_REST) != 0u { part = scene.rest_alpha; }
    if (look.a & IS_FAINT) != 0u { part = scene.faint_alpha; }
    let alpha = scene.alpha * select(part, 1.0, has(IS_HIGHLIGHTED));
    let lasts = scene.time_window.y - scene.time_window.x;
    if !has(FADES) || lasts <= 0.0 { return alpha; }
    return alpha * mix(OLDEST, 1.0, clamp((time - scene.time_window.x) / lasts, 0.0, 1.0));
}

fn color_of(shade: f32, alpha: f32) -> vec4<f32> {
    var rgb = scene.single.rgb;
    if (scene.flags & SOURCE) <= BY_TIME {
        rgb = textureLoad(palette, vec2<i32>(i32(round(shade)), scene.palette_row), 0).rgb;
    }
    if has(IS_HIGHLIGHTED) { rgb = mix(rgb, scene.highlight.rgb, scene.highlight.a); }
    if has(IS_LINEAR) { rgb = pow(rgb, vec3<f32>(2.2)); }
    return vec4<f32>(rgb * alpha, alpha);
}

/// The part of the way from a to b, as from and to in 0..1, that lies between low and high.
fn part_between(a: f32, b: f32, low: f32, high: f32) -> vec2<f32> {
    let d = b - a;
    if d == 0.0 {
        return select(vec2<f32>(1.0, 0.0), vec2<f32>(0.0, 1.0), low <= a && a <= high);
    }
    let ends = vec2<f32>(low - a, high - a) / d;
    return vec2<f32>(min(ends.x, ends.y), max(ends.x, ends.y));
}

/// What is left of a leg in the time window and on the target.
struct Cut {
    start: vec2<f32>,         // Pixels.
    end: vec2<f32>,
    part: vec2<f32>,          // Of the way, as from and to. Nothing is left if from is larger.
    times: vec2<f32>,         // Of the whole leg.
}

/// Cuts a leg to the time window and to the target with a margin around it.
fn cut_leg(before: vec4<u32>, report: vec4<u32>, margin: f32) -> Cut {
    let times = vec2<f32>(time_of(before), time_of(report));
    var part = vec2<f32>(0.0, 1.0);
    if has(HAS_TIME_WINDOW) {
        part = meet(part, part_between(times.x, times.y, scene.time_window.x, scene.time_window.y));
    }

    // Across the date line the short way: either end may lie in the next copy of the world.
    let a_place = place_of(before);
    let b_place = place_of(report);
    let d_x = b_place.x - a_place.x;
    let a = px_of(a_place, scene.copy + select(0, 1, d_x > HALF_WORLD));
    let b = px_of(b_place, scene.copy + select(0, 1, d_x < -HALF_WORLD));
    let d = b - a;

    // Far beyond the target, f32 has no fractions of a pixel.
    let low = vec2<f32>(-margin);
    let high = scene.screen_px + margin;
    part = meet(part, part_between(a.x, b.x, low.x, high.x));
    part = meet(part, part_between(a.y, b.y, low.y, high.y));
    // From the nearer end, for the sake of precision.
    var ends = array<vec2<f32>, 2>(a + d * part.x, a + d * part.y);
    if part.x > 0.5 { ends[0] = b - d * (1.0 - part.x); }
    if part.y > 0.5 { ends[1] = b - d * (1.0 - part.y); }
    return Cut(ends[0], ends[1], part, times);
}

/// One corner of the quad of the leg from one report to the next.
@vertex
fn leg(@builtin(vertex_index) corner: u32, @location(0) before: vec4<u32>, @location(1) report: vec4<u32>) -> Leg {
    var out = Leg(vec4<f32>(0.0, 0.0, 0.0, 1.0), 0.0, 0.0, 0.0);
    let is_alone = (report.y & TOP) != 0u;
    let slot = slot_of(report);
    if slot == NOWHERE || ((report.x & TOP) != 0u && !is_alone) { return out; }
    var start = before;
    if is_alone { start = report; }
    let look = look_of(slot);
    if !is_drawn(slot, look) || !is_fast_enough(speed_of(start)) || !is_fast_enough(speed_of(report)) { return out; }

    let cut = cut_leg(start, report, scene.half_width_px * 4.0 + 8.0);
    if cut.part.x > cut.part.y { return out; }

    // A leg is never shorter than a pixel, so that ships at rest can be seen.
    let way = cut.end - cut.start;
    let length_px = length(way);
    var along = vec2<f32>(1.0, 0.0);
    if length_px > 1e-4 { along = way / length_px; }
    let longer = max(0.0, max(1.0, scene.half_width_px) - length_px) * 0.5;
    let is_end = corner >= 2u;
    let side = select(-1.0, 1.0, (corner & 1u) != 0u);
    let end = select(cut.start - along * longer, cut.end + along * longer, is_end);
    out.across_px = side * (scene.half_width_px + 0.5);
    out.position = to_clip(end + vec2<f32>(-along.y, along.x) * out.across_px, scene.screen_px);

    let at = select(cut.part.x, cut.part.y, is_end);
    var speeds = vec2<u32>(speed_of(start), speed_of(report));
    if speeds.x == NO_SPEED { speeds.x = speeds.y; }
    if speeds.y == NO_SPEED { speeds.y = speeds.x; }
    var speed = mix(f32(speeds.x), f32(speeds.y), at);
    if speeds.x == NO_SPEED { speed = -1.0; }
    var course = course_of(start);
    if course == NO_COURSE { course = course_of(report); }
    let time = mix(cut.times.x, cut.times.y, at);
    out.shade = shade_of(look, speed, course, time);
    out.alpha = alpha_of(look, time);
    return out;
}

@fragment
fn leg_color(in: Leg) -> @location(0) vec4<f32> {
    let cover = clamp(scene.half_width_px + 0.5 - abs(in.across_px), 0.0, 1.0);
    // A line thinner than a pixel covers no more than its width of it.
    return color_of(in.shade, in.alpha * cover * min(1.0, 2.0 * scene.half_width_px));
}

/// One corner of the quad of a report.
@vertex
fn point(@builtin(vertex_index) corner: u32, @location(0) report: vec4<u32>) -> Point {
    var out = Point(vec4<f32>(0.0, 0.0, 0.0, 1.0), 0.0, 0.0, vec2<f32>(0.0), 0.0);
    let slot = slot_of(report);
    if slot == NOWHERE { return out; }
    let look = look_of(slot);
    let time = time_of(report);
    if !is_timely(time) || !is_drawn(slot, look) || !is_fast_enough(speed_of(report)) { return out; }

    let course = course_of(report);
    var along = vec2<f32>(0.0, -1.0);
    var radius = scene.point_px;
    // A ship that lies still points nowhere.
    let is_moving = speed_of(report) >= 5u && course != NO_COURSE;
    if scene.arrow_px > 0.0 && is_moving {
        let rad = f32(course) * (6.283185307 / 255.0);
        along = vec2<f32>(sin(rad), -cos(rad));
        radius = scene.arrow_px;
        out.is_arrow = 1.0;
    }
    let reach = radius + 1.0;
    let side = select(-1.0, 1.0, (corner & 1u) != 0u);
    let ahead = select(-1.0, 1.0, corner >= 2u);
    out.at_px = vec2<f32>(ahead, side) * reach;
    let middle = px_of(place_of(report), scene.copy);
    let at = middle + along * out.at_px.x + vec2<f32>(-along.y, along.x) * out.at_px.y;
    out.position = to_clip(at, scene.screen_px);
    let speed = select(f32(speed_of(report)), -1.0, speed_of(report) == NO_SPEED);
    out.shade = shade_of(look, speed, course, time);
    out.alpha = alpha_of(look, time);
    return out;
}

@fragment
fn point_color(in: Point) -> @location(0) vec4<f32> {
    // How far outside of the disc or the arrowhead.
    var beyond = length(in.at_px) - scene.point_px;
    if in.is_arrow > 0.5 {
        let slope = normalize(vec2<f32>(0.62, 1.6));
        let edge = dot(vec2<f32>(in.at_px.x - scene.arrow_px, abs(in.at_px.y)), slope);
        beyond = max(edge, -0.6 * scene.arrow_px - in.at_px.x);
    }
    return color_of(in.shade, in.alpha * clamp(0.5 - beyond, 0.0, 1.0));
}
