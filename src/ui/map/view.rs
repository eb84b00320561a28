//! What part of the world the map shows, and where on the screen a place lies.
//!
//! The plane is web mercator scaled to one: `x` runs from 0 at 180° W to 1 at 180° E, `y` from 0 at
//! [`MAX_LAT_DEG`] north to 1 at as much south. East of 180° the world begins again: a view may
//! show several copies of it, the copy `n` at `n <= x < n + 1`.

use std::f64::consts::{PI, TAU};
use std::ops::RangeInclusive;

use egui::{Pos2, Rect};

use crate::base::geo::{EARTH_RADIUS_M, Position, wrap_lon_deg};

/// The latitude where the square world of web mercator ends.
pub const MAX_LAT_DEG: f64 = 85.051_128_779_806_59;

/// Pixels around the world at zoom 0, as walkers and all makers of tiles count it.
const WORLD_PX_AT_ZOOM_0: f64 = 256.0;

/// A map's view: north up, a rectangle of the screen onto a piece of the mercator plane.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct View {
    /// The point of the mercator plane in the middle of `clip_rect`; `x` may lie beyond 0..1.
    pub center: [f64; 2],
    /// Screen points around the world: 256 · 2^zoom.
    pub world_px: f64,
    /// The map's rectangle on the screen.
    pub clip_rect: Rect,
}

/// A rectangle of the mercator plane; `x` may lie beyond 0..1, and so may `y`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct MercatorRect {
    /// The north-western corner.
    pub min: [f64; 2],
    /// The south-eastern corner.
    pub max: [f64; 2],
}

impl View {
    /// The view onto `center` at walkers' `zoom`.
    pub fn new(center: Position, zoom: f64, clip_rect: Rect) -> View {
        View { center: mercator(center), world_px: WORLD_PX_AT_ZOOM_0 * zoom.exp2(), clip_rect }
    }

    /// The view of a walkers map in the mercator projection, as its plugins are given it.
    pub fn from_projector(projector: &walkers::Projector<'_>) -> View {
        let clip_rect = projector.clip_rect();
        let center = projector.unproject(clip_rect.center().to_vec2());
        View::new(Position::new(center.x(), center.y()), projector.zoom(), clip_rect)
    }

    /// walkers' zoom: 0 where the world is 256 points wide, 1 more for each doubling.
    pub fn zoom(&self) -> f64 {
        (self.world_px / WORLD_PX_AT_ZOOM_0).log2()
    }

    /// Where `place` lies on the screen: of the copies of the world, the one nearest the middle.
    pub fn to_screen(&self, place: Position) -> Pos2 {
        let [x, y] = mercator(place);
        let x = x - (x - self.center[0]).round();
        self.mercator_to_screen([x, y])
    }

    /// Where a point of the mercator plane lies on the screen. Subtracts the center before it
    /// rounds to `f32`, so nothing trembles close in.
    pub fn mercator_to_screen(&self, [x, y]: [f64; 2]) -> Pos2 {
        Pos2::new(self.x_to_screen(x), self.y_to_screen(y))
    }

    /// Where a meridian, given as mercator `x`, lies on the screen.
    pub fn x_to_screen(&self, x: f64) -> f32 {
        (f64::from(self.clip_rect.center().x) + (x - self.center[0]) * self.world_px) as f32
    }

    /// Where a parallel, given as mercator `y`, lies on the screen.
    pub fn y_to_screen(&self, y: f64) -> f32 {
        (f64::from(self.clip_rect.center().y) + (y - self.center[1]) * self.world_px) as f32
    }

    /// The place under a point of the screen, or `None` north or south of the map's edge.
    pub fn from_screen(&self, point: Pos2) -> Option<Position> {
        let [x, y] = self.mercator_from_screen(point);
        (0.0..=1.0).contains(&y).then(|| position_from_mercator([x, y]))
    }

    /// The point of the mercator plane under a point of the screen.
    pub fn mercator_from_screen(&self, point: Pos2) -> [f64; 2] {
        let offset = point - self.clip_rect.center();
        [
            self.center[0] + f64::from(offset.x) / self.world_px,
            self.center[1] + f64::from(offset.y) / self.world_px,
        ]
    }

    /// The piece of the mercator plane in view.
    pub fn visible(&self) -> MercatorRect {
        MercatorRect {
            min: self.mercator_from_screen(self.clip_rect.min),
            max: self.mercator_from_screen(self.clip_rect.max),
        }
    }

    /// The copies of the world in view: draw everything at `x + n` for each `n` of these.
    pub fn world_copies(&self) -> RangeInclusive<i32> {
        let visible = self.visible();
        visible.min[0].floor() as i32..=visible.max[0].ceil() as i32 - 1
    }

    /// Meters to a screen point at a latitude, by the sphere that distances are measured on.
    pub fn m_per_px(&self, lat_deg: f64) -> f64 {
        TAU * EARTH_RADIUS_M * lat_deg.to_radians().cos() / self.world_px
    }

    /// Meters to a screen point in the middle of the view.
    pub fn center_m_per_px(&self) -> f64 {
        self.m_per_px(position_from_mercator(self.center).lat_deg)
    }
}

/// A place on the mercator plane. Latitudes end at ±89.99°, just beyond the map, so that the poles
/// stay finite; not-a-number stays so.
///
/// ```
/// use fairway::base::geo::Position;
/// use fairway::ui::map::view::mercator;
/// assert_eq!(mercator(Position::new(90.0, 0.0)), [0.75, 0.5]);
/// ```
pub fn mercator(place: Position) -> [f64; 2] {
    let lat_rad = place.lat_deg.clamp(-89.99, 89.99).to_radians();
    [place.lon_deg / 360.0 + 0.5, 0.5 - lat_rad.tan().asinh() / TAU]
}

/// The place at a point of the mercator plane, its longitude in `-180 <= x < 180`.
pub fn position_from_mercator([x, y]: [f64; 2]) -> Position {
    let lat_rad = (PI - TAU * y).sinh().atan();
    Position::new(wrap_lon_deg((x - 0.5) * 360.0), lat_rad.to_degrees())
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these numbers are exact")]
mod tests {
    use egui::pos2;

    use super::*;

    fn screen() -> Rect {
        Rect::from_min_size(pos2(100.0, 50.0), egui::vec2(800.0, 600.0))
    }

    #[test]
    fn the_corners_of_the_world_are_those_of_the_unit_square() {
        let [x, y] = mercator(Position::new(-180.0, MAX_LAT_DEG));
        assert!(x.abs() < 1e-12 && y.abs() < 1e-12);
        let [x, y] = mercator(Position::new(180.0, -MAX_LAT_DEG));
        assert!((x - 1.0).abs() < 1e-12 && (y - 1.0).abs() < 1e-12);
        assert!(mercator(Position::new(0.0, 90.0))[1].is_finite());
    }

    #[test]
    fn a_place_goes_to_the_screen_and_back() {
        let view = View::new(Position::new(-122.4, 37.8), 20.0, screen());
        assert_eq!(view.to_screen(Position::new(-122.4, 37.8)), screen().center());
        let corner = view.from_screen(pos2(100.0, 50.0)).unwrap();
        assert!((view.to_screen(corner) - pos2(100.0, 50.0)).length() < 1e-3);
        assert!(corner.lon_deg < -122.4 && corner.lat_deg > 37.8);
    }

    #[test]
    fn a_quarter_of_the_world_is_64_px_at_zoom_0() {
        let view = View::new(Position::new(0.0, 0.0), 0.0, screen());
        assert_eq!(
            view.to_screen(Position::new(90.0, 0.0)),
            screen().center() + egui::vec2(64.0, 0.0)
        );
        assert_eq!(view.zoom(), 0.0);
    }

    #[test]
    fn across_the_date_line_the_nearest_copy_is_taken() {
        let view = View::new(Position::new(179.0, 0.0), 6.0, screen());
        let degree_px = (view.world_px / 360.0) as f32;
        let fiji = view.to_screen(Position::new(-179.0, 0.0));
        assert!((fiji.x - screen().center().x - 2.0 * degree_px).abs() < 1e-2);
        assert_eq!(view.world_copies(), 0..=1);
        let east = view.from_screen(fiji).unwrap();
        assert!((east.lon_deg + 179.0).abs() < 1e-6);
    }

    #[test]
    fn a_wide_window_shows_the_world_several_times() {
        let view = View::new(Position::new(0.0, 0.0), 0.0, screen());
        assert_eq!(view.world_copies(), -2..=2); // 800 px of 256 px worlds, centered.
        assert_eq!(view.from_screen(screen().left_top()), None);
    }

    #[test]
    fn a_meter_takes_twice_the_pixels_at_60_degrees() {
        let view = View::new(Position::new(0.0, 60.0), 5.0, screen());
        assert!((view.m_per_px(0.0) / view.center_m_per_px() - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_walkers_map_gives_its_view() {
        let mut memory = walkers::MapMemory::default();
        memory.set_zoom(12.5).unwrap();
        memory.center_at(walkers::lat_lon(51.0, 1.5));
        let projection = walkers::MercatorProjection;
        let home = walkers::lat_lon(0.0, 0.0);
        let projector = walkers::Projector::new(screen(), &projection, &memory, home);
        let view = View::from_projector(&projector);
        let point = projector.project(walkers::lat_lon(51.1, 1.4)).to_pos2();
        assert!((view.to_screen(Position::new(1.4, 51.1)) - point).length() < 1e-2);
        assert!((view.zoom() - 12.5).abs() < 1e-9);
    }
}
