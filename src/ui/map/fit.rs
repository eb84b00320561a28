//! Where the map must be centered to show something whole.

use egui::Vec2;

use super::view::{mercator, position_from_mercator};
use crate::base::angle::mean_deg;
use crate::base::geo::{Bounds, Position, wrap_lon_deg};
use crate::flow::look::Camera;

/// How much of the map's size is used: the rest is margin.
const USED: f32 = 0.88;

/// The deepest that fitting goes: a single place is seen with its surroundings.
const DEEPEST: f64 = 16.0;

/// The view that shows `bounds` on a map of this size.
pub fn camera(bounds: Bounds, size: Vec2) -> Camera {
    let [west, north] = mercator(Position::new(bounds.west_deg, bounds.north_deg));
    let [east, south] = mercator(Position::new(bounds.east_deg, bounds.south_deg));
    let (width, height) = ((east - west).max(1e-6), (south - north).max(1e-6));
    let room = size.max(Vec2::splat(50.0)) * USED;
    let world_px = (f64::from(room.x) / width).min(f64::from(room.y) / height);
    let center = position_from_mercator([0.5 * (west + east), 0.5 * (north + south)]);
    Camera {
        lon: wrap_lon_deg(center.lon_deg),
        lat: center.lat_deg,
        zoom: (world_px / 256.0).log2().clamp(1.0, DEEPEST),
    }
}

/// The box around `positions` but the share `cut` at each side. It may reach beyond 180 degrees:
/// longitudes are taken around their middle, so that data across the date line stay together.
pub fn middle_bounds(positions: impl Iterator<Item = Position>, cut: f64) -> Option<Bounds> {
    let places: Vec<Position> = positions.filter(|place| place.is_valid()).collect();
    let middle_deg = mean_deg(places.iter().map(|place| place.lon_deg)).map_or(0.0, wrap_lon_deg);
    let mut lons: Vec<f64> =
        places.iter().map(|place| middle_deg + wrap_lon_deg(place.lon_deg - middle_deg)).collect();
    let mut lats: Vec<f64> = places.iter().map(|place| place.lat_deg).collect();
    lons.sort_unstable_by(f64::total_cmp);
    lats.sort_unstable_by(f64::total_cmp);
    let last = places.len().checked_sub(1)?;
    let (low, high) = ((last as f64 * cut) as usize, last - (last as f64 * cut) as usize);
    Some(Bounds {
        west_deg: lons[low],
        south_deg: lats[low],
        east_deg: lons[high],
        north_deg: lats[high],
    })
}

/// The box around `positions` but the odd far-off one.
pub fn bounds_of_most(positions: &[Position]) -> Option<Bounds> {
    let step = (positions.len() / 20_000).max(1);
    middle_bounds(positions.iter().copied().step_by(step), 0.02)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_across_the_date_line_stay_together() {
        let places = [179.0, -179.0, 178.0].map(|lon| Position::new(lon, 10.0));
        let bounds = middle_bounds(places.into_iter(), 0.0).unwrap();
        assert!(bounds.east_deg - bounds.west_deg < 4.0, "{bounds:?}");
        let camera = camera(bounds, egui::vec2(800.0, 600.0));
        assert!((camera.lon - 179.5).abs() < 1e-6 && camera.zoom > 6.0, "{camera:?}");
    }

    #[test]
    fn a_far_off_report_does_not_widen_the_view() {
        let near = (0..1000).map(|n| Position::new(f64::from(n) * 1e-3, 50.0));
        let bounds = middle_bounds(near.chain([Position::new(100.0, -70.0)]), 0.005).unwrap();
        assert!(bounds.east_deg < 1.0 && bounds.south_deg == 50.0, "{bounds:?}");
    }

    #[test]
    fn a_single_place_is_seen_with_its_surroundings() {
        let bounds = bounds_of_most(&[Position::new(10.0, 54.0)]).unwrap();
        let camera = camera(bounds, egui::vec2(800.0, 600.0));
        assert!((camera.lon - 10.0).abs() < 1e-9 && (camera.lat - 54.0).abs() < 1e-9);
        assert_eq!(camera.zoom, 16.0);
        assert_eq!(bounds_of_most(&[]), None);
    }
}
