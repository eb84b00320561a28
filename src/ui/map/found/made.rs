//! What the map draws of an association, made on a job's thread: points, tracks, mistakes.

use std::sync::Arc;

use eframe::egui_wgpu::RenderState;
use egui::Color32;

use crate::ais::{Ending, Fleet, Reports, Trip, Vessel};
use crate::base::job::{Job, Stopped};
use crate::flow::Key;
use crate::flow::stages::AssociatedOf;
use crate::ui::map::geometry::{Geometry, geometry};
use crate::ui::map::palette::unknown;
use crate::ui::map::symbols::{Marks, Symbol, SymbolShape};
use crate::ui::map::tracks::{Uploaded, upload};
use crate::ui::map::vertex::{Clock, fixed};

/// Diameter of a point, points of the screen.
const POINT_PX: f32 = 4.5;

/// Of a ring around the last point before a break, and of a cross where a wrong link begins.
const RING_PX: f32 = 15.0;
const CROSS_PX: f32 = 8.0;

/// A wrong link.
pub const WRONG: Color32 = Color32::from_rgb(0xff, 0x3b, 0x30);

/// A broken track.
pub const BROKEN: Color32 = Color32::from_rgb(0xff, 0xa8, 0x00);

/// The classes of marks.
const WRONG_CLASS: u8 = 0;
const BROKEN_CLASS: u8 = 1;

/// Lines of reports under new labels.
pub struct Lines {
    /// The row of each of the geometry's reports.
    pub rows: Vec<u32>,
    /// A slot a line, each a trip of its own.
    pub geometry: Geometry,
    /// On the GPU, where there is one, until a layer takes it.
    pub uploaded: Option<Uploaded>,
}

impl Lines {
    /// `fleet` put together anew: row `i` belongs to line `labels[i]` of `n`.
    pub fn new(
        (fleet, labels, n): (&Fleet, &[u32], usize),
        render_state: Option<&RenderState>,
        key: Key,
        job: &Job,
    ) -> Result<Lines, Stopped> {
        let (of_lines, rows) = relabeled(fleet, labels, n);
        job.go_on()?;
        let geometry = geometry(&of_lines, &whole_trips(&of_lines), job)?;
        let uploaded = render_state.map(|render_state| upload(render_state, key, &geometry));
        Ok(Lines { rows, geometry, uploaded })
    }

    /// A line for each wrong link of `of`.
    pub fn of_wrong_links(
        of: &AssociatedOf,
        render_state: Option<&RenderState>,
        key: Key,
        job: &Job,
    ) -> Result<Lines, Stopped> {
        let reports = of.reading.fleet.reports();
        let (mut ends, mut rows, mut starts) = (Reports::default(), Vec::new(), vec![0]);
        for mistake in of.mistakes.iter().filter(|mistake| of.is_wrong(mistake)) {
            let Some(to) = mistake.linked else { continue };
            let mut pair = [mistake.row, to];
            pair.sort_by_key(|row| reports.t_ms[*row as usize]); // Some methods link backwards.
            for row in pair {
                ends.push(reports.get(row as usize));
                rows.push(row);
            }
            starts.push(rows.len());
        }
        let vessels = vec![Vessel::default(); starts.len() - 1];
        let fleet = Fleet::new(vessels, starts, ends);
        let geometry = geometry(&fleet, &whole_trips(&fleet), job)?;
        let uploaded = render_state.map(|render_state| upload(render_state, key, &geometry));
        Ok(Lines { rows, geometry, uploaded })
    }
}

/// The same reports as vessels that are made of labels, and the row that each comes from.
fn relabeled(fleet: &Fleet, labels: &[u32], n: usize) -> (Fleet, Vec<u32>) {
    let reports = fleet.reports();
    let mut starts = vec![0; n + 1];
    labels.iter().for_each(|label| starts[*label as usize + 1] += 1);
    for label in 0..n {
        starts[label + 1] += starts[label];
    }
    let (mut free, mut rows) = (starts.clone(), vec![0; labels.len()]);
    for row in fleet.in_time_order() {
        let place = &mut free[labels[row as usize] as usize];
        rows[*place] = row;
        *place += 1;
    }
    let mut sorted = Reports::default();
    sorted.reserve(rows.len());
    rows.iter().for_each(|row| sorted.push(reports.get(*row as usize)));
    (Fleet::new(vec![Vessel::default(); n], starts, sorted), rows)
}

/// A trip for each vessel that has reports, of all of them.
pub fn whole_trips(fleet: &Fleet) -> Vec<Trip> {
    let trip = |vessel: usize| Trip {
        vessel,
        reports: fleet.range(vessel),
        length_m: 0.0,
        begins: Ending::Track,
        ends: Ending::Track,
    };
    let all = (0..fleet.vessels().len()).map(trip);
    all.filter(|trip| !trip.reports.is_empty()).collect()
}

/// Symbols, and the row of each of those that were handed in.
pub struct Dots {
    /// The symbols.
    pub marks: Arc<Marks>,
    /// The row of each.
    pub rows: Vec<u32>,
}

/// Every point of `fleet` that has a place, in one color.
pub fn points(fleet: &Fleet, is_dark: bool) -> Dots {
    let reports = fleet.reports();
    let color = unknown(is_dark);
    let (mut symbols, mut rows) = (Vec::new(), Vec::new());
    for (row, place) in (0..).zip(&reports.positions).filter(|(_, place)| place.is_valid()) {
        symbols.push(Symbol {
            t_ms: reports.t_ms[row as usize],
            size_px: POINT_PX,
            ..Symbol::new(fixed(*place), color, SymbolShape::Disc)
        });
        rows.push(row);
    }
    Dots { marks: Marks::new(&symbols, clock(fleet)).into(), rows }
}

/// A ring around the last point before each break, a cross where each wrong link begins.
pub fn mistakes(of: &AssociatedOf) -> Dots {
    let fleet = &of.reading.fleet;
    let reports = fleet.reports();
    let (mut symbols, mut rows) = (Vec::new(), Vec::new());
    for mistake in &of.mistakes {
        let at = mistake.row as usize;
        if !reports.positions[at].is_valid() {
            continue;
        }
        let mut add = |color, shape, size_px, class| {
            let place = fixed(reports.positions[at]);
            symbols.push(Symbol {
                t_ms: reports.t_ms[at],
                size_px,
                class,
                ..Symbol::new(place, color, shape)
            });
            rows.push(mistake.row);
        };
        if of.is_broken(mistake) {
            add(BROKEN, SymbolShape::Ring, RING_PX, BROKEN_CLASS);
        }
        if of.is_wrong(mistake) {
            add(WRONG, SymbolShape::Cross, CROSS_PX, WRONG_CLASS);
        }
    }
    Dots { marks: Marks::new(&symbols, clock(fleet)).into(), rows }
}

fn clock(fleet: &Fleet) -> Clock {
    Clock::new(fleet.time_span_ms().unwrap_or((0, 0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::stages::broken_and_joined;

    #[test]
    fn reports_are_put_together_by_label_in_the_order_of_time() {
        let of = broken_and_joined();
        let (fleet, rows) = relabeled(&of.reading.fleet, &of.found.labels, 2);
        assert_eq!(rows, [0, 1, 4, 5, 2, 6, 3, 7]);
        assert_eq!((fleet.range(0), fleet.range(1)), (0..2, 2..8));
        assert_eq!(fleet.reports().positions[4], of.points.positions()[2]);
    }

    #[test]
    fn a_line_a_track_and_one_a_wrong_link() {
        let of = broken_and_joined();
        let (key, job) = (Key::of("test", &(), &[]), Job::default());
        let lines = Lines::new((&of.reading.fleet, &of.found.labels, 2), None, key, &job).unwrap();
        assert_eq!((lines.geometry.slots().len(), lines.rows.len()), (2, 8));
        assert!(lines.geometry.slots().iter().all(|slot| slot.trip.is_some()));
        let wrong = Lines::of_wrong_links(&of, None, key, &job).unwrap();
        assert_eq!(wrong.rows, [2, 7]);
    }

    #[test]
    fn a_break_has_a_ring_and_a_wrong_link_a_cross() {
        let of = broken_and_joined();
        let dots = mistakes(&of);
        assert_eq!((dots.rows, dots.marks.len()), (vec![1, 2], 2));
        assert_eq!(points(&of.reading.fleet, true).rows.len(), 8);
    }
}
