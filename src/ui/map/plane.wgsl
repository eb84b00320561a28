// The fixed-point mercator plane on a target of pixels; see `camera.rs`.

const HALF_WORLD: i32 = 0x40000000;
const WORLD: f32 = 2147483648.0;

/// Units from the center to a place in a copy of the world, counted from the copy with the center.
/// Exact near the center: no rounding before the difference is taken.
fn from_center(place: vec2<i32>, center: vec2<i32>, copy: i32) -> vec2<f32> {
    let d = place - center;
    var x = f32(d.x) + f32(copy) * WORLD;
    if copy == 1 && d.x < 0 {
        x = f32(d.x + HALF_WORLD + HALF_WORLD);
    } else if copy == -1 && d.x >= 0 {
        x = f32(d.x - HALF_WORLD - HALF_WORLD);
    }
    return vec2<f32>(x, f32(d.y));
}

/// A point of a target of `size_px` pixels, as the GPU counts it.
fn to_clip(px: vec2<f32>, size_px: vec2<f32>) -> vec4<f32> {
    let ndc = px / size_px * 2.0 - 1.0;
    return vec4<f32>(ndc.x, -ndc.y, 0.0, 1.0);
}

fn meet(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> { return vec2<f32>(max(a.x, b.x), min(a.y, b.y)); }
