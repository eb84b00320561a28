//! Which trip is under the pointer.

use egui::Pos2;

use super::geometry::{Geometry, Slot, px_per_unit};
use super::levels::Level;
use super::vertex::{Vertex, WORLD, d_x};
use super::view::View;

/// A line this near to the pointer, in screen points, is under it: no nearer one is looked for.
const NEAR_PX: f64 = 0.5;

/// What lies under the pointer.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Hit {
    /// Index of the line of [`Geometry::slots`].
    pub slot: u32,
    /// Index of the vessel in its fleet.
    pub vessel: usize,
    /// Index of the trip, or `None` where the vessel is on none.
    pub trip: Option<usize>,
    /// Which of its reports lies nearest, as an index into the fleet's.
    pub report_index: usize,
    /// How far its line lies from the pointer, in points of the screen.
    pub distance_px: f32,
}

/// The nearest leg, or report without one, within `radius_px` of `pos`; at equal distance the first.
/// Only slots that `is_visible` lets through count, given their index, and of these only what was
/// reported in `time_window_ms`, if there is one.
///
/// Looks at what is drawn at this zoom: takes well under a millisecond for ten million reports.
pub fn pick(
    geometry: &Geometry,
    view: &View,
    pos: Pos2,
    radius_px: f32,
    is_visible: impl Fn(u32, &Slot) -> bool,
    time_window_ms: Option<(i64, i64)>,
) -> Option<Hit> {
    let px_per_unit = px_per_unit(view);
    let level = &geometry.levels()[geometry.level_at(px_per_unit)];
    let [x, y] = view.mercator_from_screen(pos);
    if !(0.0..1.0).contains(&y) {
        return None;
    }
    let units = |part: f64| (part * f64::from(WORLD)) as u32;
    let at = [units(x - x.floor()), units(y)];
    let times =
        time_window_ms.map(|(from, to)| [from, to].map(|t_ms| geometry.clock().steps(t_ms)));

    let reach = [NEAR_PX, f64::from(radius_px)].map(|px| px / px_per_unit);
    let (distance, slot_index) =
        nearest_leg(level, geometry.slots(), at, times, reach, &is_visible)?;
    let slot = &geometry.slots()[slot_index as usize];
    Some(Hit {
        slot: slot_index,
        vessel: slot.vessel as usize,
        trip: slot.trip.map(|trip| trip as usize),
        report_index: nearest_report(geometry, slot_index, at, times)?,
        distance_px: (distance * px_per_unit) as f32,
    })
}

/// The slot of the nearest leg within `radius`, and how far it is; in units. No nearer one than
/// `near` is looked for.
fn nearest_leg(
    level: &Level,
    slots: &[Slot],
    at: [u32; 2],
    times: Option<[f32; 2]>,
    [near, radius]: [f64; 2],
    is_visible: &impl Fn(u32, &Slot) -> bool,
) -> Option<(f64, u32)> {
    // The nearest so far: how far, in units, and which vertex.
    let mut best = (radius, None);
    let vertices = &level.vertices;
    let mut seen = (u32::MAX, false);
    level.near.search(at, radius, &mut |leaf| {
        let range = level.tree.of_leaf(leaf);
        let [first, last] = level.tree.leaves()[leaf].times.map(|time| time as f32);
        if times.is_some_and(|[from, to]| first > to || last < from) {
            return best.0;
        }
        for index in range {
            let vertex = &vertices[index];
            if vertex.is_nowhere() || vertex.is_first() && !vertex.is_alone() {
                continue;
            }
            let start = if vertex.is_alone() { vertex } else { &vertices[index - 1] };
            let Some(distance) = distance_to_leg(at, start, vertex, times) else { continue };
            let slot = vertex.slot();
            let is_nearer = match best.1 {
                Some(other) => distance < best.0 || distance == best.0 && slot < other,
                None => distance <= best.0,
            };
            if !is_nearer {
                continue;
            }
            if seen.0 != slot {
                seen = (slot, is_visible(slot, &slots[slot as usize]));
            }
            if seen.1 {
                best = (distance, Some(slot));
            }
        }
        if best.1.is_some() && best.0 <= near { -1.0 } else { best.0 }
    });
    best.1.map(|slot| (best.0, slot))
}

/// The report of the slot that lies nearest; outside of the time window only if there is no other.
fn nearest_report(
    geometry: &Geometry,
    slot: u32,
    at: [u32; 2],
    times: Option<[f32; 2]>,
) -> Option<usize> {
    let vertices = &geometry.levels()[0].vertices;
    let reports = &geometry.slots()[slot as usize].reports;
    let rank = |index: usize| {
        let vertex = &vertices[index];
        let time = vertex.time() as f32;
        let is_late = times.is_some_and(|[from, to]| time < from || time > to);
        let [dx, dy] = offset(at, vertex.place());
        (is_late, dx * dx + dy * dy)
    };
    (reports.start as usize..reports.end as usize)
        .filter(|index| vertices[*index].slot() == slot)
        .map(|index| (rank(index), index))
        .min_by(|(a, _), (b, _)| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)))
        .map(|(_, index)| index)
}

/// The way from `from` to `to` in units, the short way round the world.
fn offset(from: [u32; 2], to: [u32; 2]) -> [f64; 2] {
    [f64::from(d_x(from[0], to[0])), f64::from(to[1]) - f64::from(from[1])]
}

/// How far `at` is from the part of the leg that lies in the time window, in units; `None` if no
/// part does.
fn distance_to_leg(
    at: [u32; 2],
    start: &Vertex,
    end: &Vertex,
    times: Option<[f32; 2]>,
) -> Option<f64> {
    let a = offset(at, start.place());
    let [leg_x, leg_y] = offset(start.place(), end.place());
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    if let Some([from, to]) = times.map(|times| times.map(f64::from)) {
        let (t_start, t_end) = (f64::from(start.time()), f64::from(end.time()));
        if t_start > to || t_end < from {
            return None;
        }
        if t_end > t_start {
            let lasts = t_end - t_start;
            (low, high) = (low.max((from - t_start) / lasts), high.min((to - t_start) / lasts));
        }
    }
    let square = leg_x * leg_x + leg_y * leg_y;
    let part = if square > 0.0 { -(a[0] * leg_x + a[1] * leg_y) / square } else { 0.0 };
    let part = part.max(low).min(high);
    Some((a[0] + part * leg_x).hypot(a[1] + part * leg_y))
}

#[cfg(test)]
mod tests {
    use egui::{Rect, pos2, vec2};

    use super::*;
    use crate::ais::{Ending, Fleet, Report, Trip, Vessel};
    use crate::base::geo::Position;
    use crate::base::job::Job;
    use crate::ui::map::geometry::geometry;

    /// Two ships on parallel lanes a minute of latitude apart, across the date line: each of 100
    /// reports, a minute of longitude and a minute of time apart.
    fn lanes() -> Geometry {
        let lane = |lat_deg: f64| {
            let place = |i: i64| {
                let lon_deg = 179.2 + i as f64 / 60.0;
                Position::new(if lon_deg > 180.0 { lon_deg - 360.0 } else { lon_deg }, lat_deg)
            };
            (0..100).map(|i| Report::at(i * 60_000, place(i))).collect()
        };
        let fleet = Fleet::from_tracks(vec![
            (Vessel::default(), lane(0.0)),
            (Vessel::default(), lane(1.0 / 60.0)),
        ]);
        let trip = |vessel, reports| Trip {
            vessel,
            reports,
            length_m: 0.0,
            begins: Ending::Track,
            ends: Ending::Track,
        };
        geometry(&fleet, &[trip(0, 0..100), trip(1, 100..200)], &Job::default()).unwrap()
    }

    fn view(lon_deg: f64, zoom: f64) -> View {
        let screen = Rect::from_min_size(pos2(50.0, 20.0), vec2(800.0, 600.0));
        View::new(Position::new(lon_deg, 0.0), zoom, screen)
    }

    #[test]
    fn the_nearest_trip_is_found_with_its_nearest_report() {
        let (geometry, view) = (lanes(), view(179.5, 14.0));
        let at = view.to_screen(Position::new(179.5 + 0.2 / 60.0, 0.0)) - vec2(0.0, 4.0);
        let hit = pick(&geometry, &view, at, 6.0, |_, _| true, None).unwrap();
        assert_eq!((hit.trip, hit.vessel, hit.report_index), (Some(0), 0, 18));
        assert!((hit.distance_px - 4.0).abs() < 0.01, "{hit:?}");
        assert_eq!(pick(&geometry, &view, at - vec2(0.0, 3.0), 6.0, |_, _| true, None), None);
    }

    #[test]
    fn what_is_hidden_is_not_found() {
        let (geometry, view) = (lanes(), view(179.5, 9.0));
        let at = view.to_screen(Position::new(179.5, 0.1 / 60.0));
        let hit =
            |is_visible: fn(u32, &Slot) -> bool| pick(&geometry, &view, at, 9.0, is_visible, None);
        assert_eq!(hit(|_, _| true).unwrap().trip, Some(0));
        assert_eq!(hit(|_, slot| slot.vessel == 1).unwrap().trip, Some(1));
        assert_eq!(hit(|_, _| false), None);
    }

    #[test]
    fn only_the_time_window_is_searched() {
        let (geometry, view) = (lanes(), view(179.5, 14.0));
        let at = view.to_screen(Position::new(179.2 + 20.25 / 60.0, 0.0));
        let hit = |from: i64, to: i64| {
            pick(&geometry, &view, at, 6.0, |_, _| true, Some((from * 1000, to * 1000)))
        };
        assert_eq!(hit(20 * 60, 21 * 60).unwrap().report_index, 20);
        assert_eq!(hit(20 * 60 + 10, 99 * 60).unwrap().report_index, 21);
        assert_eq!(hit(0, 20 * 60), None); // A quarter of a minute of longitude is 11 px.
    }

    #[test]
    fn trips_are_found_on_both_sides_of_the_date_line_and_on_it() {
        let geometry = lanes();
        for (lon_deg, report) in [(179.95, 45), (180.0, 48), (-179.95, 51)] {
            for center in [179.9, -179.9] {
                let view = view(center, 12.0);
                let at = view.to_screen(Position::new(lon_deg, 0.0));
                let hit = pick(&geometry, &view, at, 3.0, |_, _| true, None).unwrap();
                assert_eq!((hit.trip, hit.report_index), (Some(0), report), "{lon_deg} {center}");
                assert!(hit.distance_px < 0.5);
            }
        }
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        let empty = geometry(&Fleet::default(), &[], &Job::default()).unwrap();
        let view = view(0.0, 3.0);
        assert_eq!(pick(&empty, &view, pos2(300.0, 300.0), 6.0, |_, _| true, None), None);
        assert_eq!(pick(&lanes(), &view, pos2(450.0, -9e6), 6.0, |_, _| true, None), None);
    }
}
