//! What the shaders are told of a view: whole units and the little that is left, so that nothing
//! trembles; and the copies of the world that they draw.

use std::ops::Range;

use super::boxes::Node;
use super::geometry::px_per_unit;
use super::vertex::WORLD;
use super::view::{MercatorRect, View};

/// How the plane lies on a target of pixels.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Camera {
    /// A point near the middle of the target, in whole units.
    pub center: [i32; 2],
    /// Where `center` lies on the target.
    pub middle_px: [f32; 2],
    /// Pixels to a unit.
    pub px_per_unit: f32,
}

/// A rectangle of one copy of the world, in units, and a time in steps of the clock.
#[derive(Clone, PartialEq, Debug)]
pub struct Window {
    /// From west to east.
    pub x: Range<i64>,
    /// From north to south.
    pub y: Range<i64>,
    /// First and last time, if it matters.
    pub times: Option<[f32; 2]>,
}

impl Camera {
    /// The camera of a view onto a screen with so many pixels to a point.
    pub fn of_view(view: &View, pixels_per_point: f32) -> Camera {
        let middle = view.clip_rect.center();
        let px = |middle: f32, offset: f64| {
            (f64::from(middle) + offset * view.world_px) * f64::from(pixels_per_point)
        };
        let px_of =
            |[x, y]: [f64; 2]| [px(middle.x, x - view.center[0]), px(middle.y, y - view.center[1])];
        Camera::new(view.center, px_per_unit(view) * f64::from(pixels_per_point), px_of)
    }

    /// The camera of a target on which a point of the mercator plane lies at `px_of`; `center`
    /// lies near its middle.
    pub fn new(center: [f64; 2], px_per_unit: f64, px_of: impl Fn([f64; 2]) -> [f64; 2]) -> Camera {
        let world = f64::from(WORLD);
        let copy = center[0].floor();
        let x = ((center[0] - copy) * world).floor();
        // Beyond the poles the middle is no longer on the plane.
        let y = (center[1].clamp(0.0, 1.0 - 1.0 / world) * world).floor();
        Camera {
            center: [x as i32, y as i32],
            middle_px: px_of([copy + x / world, y / world]).map(|px| px as f32),
            px_per_unit: px_per_unit as f32,
        }
    }
}

/// The copies of the world in `rect` and a `margin` around it, each counted from the one that
/// `center_x` lies in, with what is asked of it. What crosses the date line belongs to the copy in
/// the west of it.
pub fn copies(
    rect: MercatorRect,
    center_x: f64,
    margin: f64,
    times: Option<[f32; 2]>,
) -> impl Iterator<Item = (i32, Window)> {
    let units = |part: f64| (part * f64::from(WORLD)) as i64; // Casts end at the limits.
    let (west, east) = (rect.min[0] - margin, rect.max[0] + margin);
    let y = units(rect.min[1] - margin)..units(rect.max[1] + margin);
    let first = west.floor() as i32 - 1;
    (first..east.ceil() as i32).map(move |copy| {
        let x = units(west - f64::from(copy))..units(east - f64::from(copy));
        (copy - center_x.floor() as i32, Window { x, y: y.clone(), times })
    })
}

impl Window {
    /// Whether some of the node may lie in it.
    pub fn meets(&self, node: &Node) -> bool {
        let [west, north] = node.min.map(i64::from);
        let [east, south] = node.max.map(i64::from);
        let [first, last] = node.times.map(|time| time as f32);
        west <= self.x.end
            && east >= self.x.start
            && north <= self.y.end
            && south >= self.y.start
            && self.times.is_none_or(|[from, to]| first <= to && last >= from)
    }

    /// Whether all of the node lies in it.
    pub fn holds(&self, node: &Node) -> bool {
        let [west, north] = node.min.map(i64::from);
        let [east, south] = node.max.map(i64::from);
        let [first, last] = node.times.map(|time| time as f32);
        self.x.start <= west
            && east <= self.x.end
            && self.y.start <= north
            && south <= self.y.end
            && self.times.is_none_or(|[from, to]| from <= first && last <= to)
    }
}

#[cfg(test)]
mod tests {
    use egui::{Rect, pos2, vec2};

    use super::*;
    use crate::base::geo::Position;

    fn view(lon_deg: f64, zoom: f64) -> View {
        let rect = Rect::from_min_size(pos2(100.0, 50.0), vec2(800.0, 600.0));
        View::new(Position::new(lon_deg, 0.0), zoom, rect)
    }

    #[test]
    fn the_center_lies_less_than_a_unit_from_the_middle_of_the_view() {
        let camera = Camera::of_view(&view(-90.000_000_1, 20.0), 2.0);
        assert_eq!(camera.center, [(1 << 29) - 1, 1 << 30]);
        // A unit is an eighth of a point at zoom 20.
        assert!((camera.middle_px[0] - 1000.0).abs() <= 0.25, "{camera:?}");
        assert_eq!(camera.middle_px[1], 700.0);
        assert_eq!(camera.px_per_unit, 0.25);
    }

    #[test]
    fn beyond_the_pole_the_center_stays_on_the_plane() {
        let view = View { center: [0.5, -0.25], ..view(0.0, 2.0) };
        let camera = Camera::of_view(&view, 1.0);
        assert_eq!(camera.center, [1 << 30, 0]);
        assert_eq!(camera.middle_px, [500.0, 350.0 + 256.0]); // A quarter of 1024 points.
    }

    #[test]
    fn each_copy_in_view_is_asked_for_its_own_part() {
        let view = view(180.0, 1.0); // 800 points of worlds of 512.
        let found: Vec<(i32, Window)> = copies(view.visible(), view.center[0], 0.0, None).collect();
        let indices: Vec<i32> = found.iter().map(|(index, _)| *index).collect();
        // The center is where the copy in the east begins. The first is there for what crosses.
        assert_eq!(indices, [-2, -1, 0]);
        let part = i64::from(WORLD) * 400 / 512;
        assert_eq!(found[1].1.x.start, i64::from(WORLD) - part);
        assert_eq!(found[2].1.x.end, part);
    }
}
