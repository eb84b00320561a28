//! What compression keeps, over the trips as they were sailed: marks, and the line between them.
//!
//! Drawn by egui's painter, with and without a GPU: of selected trips all that can be told apart,
//! of the others only where they are few enough to be.

use std::cell::Cell;
use std::ops::Range;
use std::sync::{Arc, Weak};

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2};
use rustc_hash::FxHashSet;

use super::geometry::px_per_unit;
use super::palette::{Legend, LegendEntry};
use super::vertex::{WORLD, d_x, fixed};
use super::view::View;
use crate::base::text::grouped;
use crate::flow::jobs::Running;
use crate::flow::stages::{CompressedOf, TripsOf};
use crate::flow::tray::Shown;
use crate::flow::{Jobs, Key};

/// Diameter of a mark, points.
const MARK_PX: f32 = 4.4;

/// Marks nearer together than this are one, points.
const CELL_PX: f32 = 5.0;

/// Most marks of trips that are not selected: egui takes more in no time that goes unnoticed.
const MOST: usize = 3_000;

/// Nor are more than this looked at.
const MOST_IN_VIEW: usize = 4 * MOST;

/// In a field of this width, points, there are at most so many marks on average: of more, single
/// ones are no longer made out.
const FIELD_PX: f32 = 16.0;
const MOST_IN_FIELD: f64 = 2.4;

/// Lines of trips that are not selected may cover this part of the map; of more, each is fainter.
const COVER: f32 = 0.06;

/// What is kept of all trips, as it is drawn. Made on a job's thread.
#[derive(Default)]
pub struct KeptLines {
    trips: Vec<KeptTrip>,
    /// The kept reports that have a place, trip after trip, on the fixed-point mercator plane.
    places: Vec<[u32; 2]>,
    /// Their times, UTC milliseconds.
    t_ms: Vec<i64>,
    /// How many are kept, and of how many.
    n: (usize, usize),
    /// What the trips are among.
    of: Weak<TripsOf>,
}

/// A trip's part of the columns, and where it lies.
struct KeptTrip {
    /// Its index among all trips.
    index: usize,
    /// Its vessel's among all vessels.
    vessel: usize,
    own: Range<usize>,
    /// From the first place: how far west and east it leads; north and south on the plane. Units.
    x: [i64; 2],
    y: [u32; 2],
}

impl KeptLines {
    /// The kept reports of all trips that were compressed.
    pub fn new(result: &CompressedOf) -> KeptLines {
        let (of, kept) = (&result.of, &result.compressed.kept);
        let reports = of.fleet().reports();
        let mut lines = KeptLines {
            n: (kept.reports_kept(), kept.reports_in()),
            of: Arc::downgrade(&of.chosen.trips),
            ..KeptLines::default()
        };
        for (place, (trip, index)) in of.trips().iter().zip(of.ids()).enumerate() {
            let kept = kept.indices(place).map(|at| trip.reports.start + at);
            lines.add(
                (*index, trip.vessel),
                kept.filter(|at| reports.positions[*at].is_valid())
                    .map(|at| (fixed(reports.positions[at]), reports.t_ms[at])),
            );
        }
        lines
    }

    fn add(
        &mut self,
        (index, vessel): (usize, usize),
        reports: impl Iterator<Item = ([u32; 2], i64)>,
    ) {
        let first = self.places.len();
        let (mut x, mut way, mut y) = ([0; 2], 0, [u32::MAX, 0]);
        for (place, t_ms) in reports {
            if self.places.len() > first {
                way += i64::from(d_x(self.places[self.places.len() - 1][0], place[0]));
            }
            x = [way.min(x[0]), way.max(x[1])];
            y = [place[1].min(y[0]), place[1].max(y[1])];
            self.places.push(place);
            self.t_ms.push(t_ms);
        }
        let own = first..self.places.len();
        if !own.is_empty() {
            self.trips.push(KeptTrip { index, vessel, own, x, y });
        }
    }

    /// The copies of the world in which a trip may be seen.
    fn copies(&self, trip: &KeptTrip, view: &View) -> Range<i64> {
        let (visible, world) = (view.visible(), f64::from(WORLD));
        let [north, south] = trip.y.map(|y| f64::from(y) / world);
        if south < visible.min[1] || north > visible.max[1] {
            return 0..0;
        }
        let first = f64::from(self.places[trip.own.start][0]) / world;
        let [west, east] = trip.x.map(|way| first + way as f64 / world);
        (visible.min[0] - east).ceil() as i64..(visible.max[0] - west).floor() as i64 + 1
    }

    /// Where the kept reports of a trip lie on the screen, in one copy of the world, and when they
    /// were sent.
    fn on_screen<'a>(
        &'a self,
        trip: &'a KeptTrip,
        copy: i64,
        view: &'a View,
    ) -> impl Iterator<Item = (Pos2, i64)> + 'a {
        let px = px_per_unit(view);
        let first = self.places[trip.own.start];
        let x = f64::from(first[0]) / f64::from(WORLD) + copy as f64;
        let mut at_x = f64::from(view.clip_rect.center().x) + (x - view.center[0]) * view.world_px;
        let mut before = first[0];
        trip.own.clone().map(move |at| {
            let place = self.places[at];
            at_x += f64::from(d_x(before, place[0])) * px;
            before = place[0];
            let y = view.y_to_screen(f64::from(place[1]) / f64::from(WORLD));
            (pos2(at_x as f32, y), self.t_ms[at])
        })
    }
}

/// How kept reports are to look.
pub struct KeptLook<'a> {
    /// The result whose trips the next two are about.
    pub of: &'a Arc<TripsOf>,
    /// The selected trips.
    pub selected: &'a [usize],
    /// Whether a trip of a vessel is on the map at all.
    pub is_shown: &'a dyn Fn(usize, usize) -> bool,
    /// Only those of these times, UTC milliseconds, ends included.
    pub window_ms: Option<(i64, i64)>,
    /// Whether the map is dark.
    pub is_dark: bool,
}

/// White on dark maps, black on light ones, with a line of the other around it: tracks have all the
/// colors.
fn colors(is_dark: bool) -> (Color32, Color32) {
    if is_dark {
        (Color32::WHITE, Color32::from_black_alpha(220))
    } else {
        (Color32::BLACK, Color32::from_white_alpha(235))
    }
}

/// What is kept, and the next of it while it is made.
#[derive(Default)]
pub struct HeldKept {
    shown: Option<(Key, KeptLines)>,
    making: Option<(Key, Running<KeptLines>)>,
    /// Whether only those of selected trips were drawn last.
    is_crowded: Cell<bool>,
}

impl HeldKept {
    /// Whether it is being made.
    pub fn is_busy(&self) -> bool {
        self.making.is_some()
    }

    /// Makes what is to be drawn of a result, on a thread; nothing if none is wanted.
    pub fn want(&mut self, result: Option<Shown<'_, CompressedOf>>, jobs: &Jobs) {
        let Some(result) = result else {
            *self = HeldKept::default();
            return;
        };
        self.collect();
        let is_at_hand = self.shown.as_ref().is_some_and(|(key, _)| *key == result.key);
        // One at a time, to its end: while a slider is dragged, the map follows a little behind.
        if !is_at_hand && self.making.is_none() {
            let value = Arc::clone(result.value);
            self.making = Some((result.key, jobs.start(move |_| Ok(KeptLines::new(&value)))));
            self.collect(); // There already, where jobs run at once.
        }
    }

    fn collect(&mut self) {
        if let Some((key, running)) = &self.making
            && let Some((outcome, _)) = running.poll()
        {
            // A failure is a bug that the log tells; nothing is drawn then.
            self.shown = Some((*key, outcome.unwrap_or_default()));
            self.making = None;
        }
    }

    /// Draws what is in view.
    pub fn paint(&self, painter: &Painter, view: &View, look: &KeptLook) {
        let Some((_, lines)) = &self.shown else { return };
        // While these lag behind, nothing is known of older trips.
        let is_known = std::ptr::eq(Arc::as_ptr(look.of), lines.of.as_ptr());
        let selected = if is_known { look.selected } else { &[] };
        let selected: FxHashSet<usize> = selected.iter().copied().collect();
        let is_selected = |trip: &&KeptTrip| selected.contains(&trip.index);
        let is_shown = |trip: &&KeptTrip| !is_known || (look.is_shown)(trip.index, trip.vessel);
        let on_map = || lines.trips.iter().filter(is_shown);
        let mut others = Pieces::default();
        for trip in on_map().filter(|trip| !is_selected(trip)) {
            others.add(lines, trip, view, look.window_ms);
            if others.marks.len() > MOST || others.n > MOST_IN_VIEW {
                break;
            }
        }
        self.is_crowded.set(others.is_crowded());
        if !self.is_crowded.get() {
            let opacity = others.opacity(view);
            others.paint(painter, view, look.is_dark, opacity);
        }
        let mut own = Pieces::default();
        on_map().filter(is_selected).for_each(|trip| own.add(lines, trip, view, look.window_ms));
        own.paint(painter, view, look.is_dark, 0.9);
    }

    /// What the marks mean, and how many there are.
    pub fn legend(&self, is_dark: bool) -> Option<Legend> {
        let (_, lines) = self.shown.as_ref()?;
        let (kept, of) = lines.n;
        let share = 100.0 * kept as f64 / of.max(1) as f64;
        let label = format!("{} of {} ({share:.1} %)", grouped(kept as u64), grouped(of as u64));
        Some(Legend {
            title: "Kept reports".into(),
            entries: vec![LegendEntry { color: colors(is_dark).0, label }],
            scale: None,
            remark: self.is_crowded.get().then_some("of selected trips; close in of all"),
        })
    }
}

/// Lines and marks on the screen.
#[derive(Default)]
struct Pieces {
    lines: Vec<Vec<Pos2>>,
    marks: Vec<Pos2>,
    /// Where marks are.
    cells: FxHashSet<[i32; 2]>,
    /// In which fields.
    fields: FxHashSet<[i32; 2]>,
    /// How many are in view, those that lie on others among them.
    n: usize,
}

impl Pieces {
    fn add(
        &mut self,
        lines: &KeptLines,
        trip: &KeptTrip,
        view: &View,
        window_ms: Option<(i64, i64)>,
    ) {
        let room = view.clip_rect.expand(MARK_PX);
        for copy in lines.copies(trip, view) {
            let mut line: Vec<Pos2> = Vec::new();
            for (at, t_ms) in lines.on_screen(trip, copy, view) {
                let is_timely = window_ms.is_none_or(|(from, to)| from <= t_ms && t_ms <= to);
                if !is_timely {
                    self.end(&mut line);
                    continue;
                }
                if line.last().is_none_or(|last| last.distance_sq(at) >= 1.0) {
                    line.push(at);
                }
                if room.contains(at) {
                    self.n += 1;
                    let within = |px: f32| [at.x, at.y].map(|part| (part / px).floor() as i32);
                    if self.cells.insert(within(CELL_PX)) {
                        self.marks.push(at);
                        self.fields.insert(within(FIELD_PX));
                    }
                }
            }
            self.end(&mut line);
        }
    }

    fn end(&mut self, line: &mut Vec<Pos2>) {
        let line = std::mem::take(line);
        if line.len() > 1 {
            self.lines.push(line);
        }
    }

    /// Whether there are too many marks to be made out.
    fn is_crowded(&self) -> bool {
        let fields = self.fields.len().max(1) as f64;
        let n = self.marks.len();
        n > MOST || self.n > MOST_IN_VIEW || n as f64 > MOST_IN_FIELD * fields
    }

    /// How opaque lines may be, so that they do not cover what lies beneath.
    fn opacity(&self, view: &View) -> f32 {
        let diagonal_px = view.clip_rect.size().length();
        let legs = self.lines.iter().flat_map(|line| line.windows(2));
        let is_seen = |leg: &&[Pos2]| Rect::from_two_pos(leg[0], leg[1]).intersects(view.clip_rect);
        let in_view = legs.filter(is_seen).map(|leg| leg[0].distance(leg[1]).min(diagonal_px));
        let cover = in_view.sum::<f32>() / view.clip_rect.area().max(1.0);
        (COVER / cover.max(0.001)).clamp(0.15, 0.8)
    }

    fn paint(self, painter: &Painter, view: &View, is_dark: bool, opacity: f32) {
        let painter = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
        let (color, around) = colors(is_dark);
        for line in self.lines {
            painter.add(Shape::line(line, Stroke::new(1.0, color.gamma_multiply(opacity))));
        }
        for mark in &self.marks {
            painter.circle_filled(*mark, 0.5 * MARK_PX + 1.0, around);
        }
        for mark in self.marks {
            painter.circle_filled(mark, 0.5 * MARK_PX, color);
        }
    }
}

#[cfg(test)]
mod tests;
