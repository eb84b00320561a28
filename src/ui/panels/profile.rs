//! Speed and course of a vessel over time.

use std::sync::Arc;

use egui::{PointerButton, Pos2, RichText, Ui};

use self::draw::{course_ui, speed_ui};
use self::linked::{Lines, MARKS_PX, Output, VALUES_PX};
use self::thin::{Columns, Mark, marks, pieces, strokes};
use self::view::View;
use super::inspector::before::Sent;
use super::tables::Tables;
use crate::ais::{Track, Trip};
use crate::base::text::counted;
use crate::flow::Key;
use crate::flow::stages::TripsOf;
use crate::prep::Verdict;
use crate::ui::deck::Deck;
use crate::ui::selection::Selection;

pub mod axis;
mod draw;
pub mod linked;
pub mod thin;
pub mod view;

/// Removed reports nearer together than this are one cross, points.
const CROSS_PX: usize = 5;

/// How many selected trips are shaded.
const SHADED: usize = 200;

/// What the profile keeps between frames.
#[derive(Default)]
pub struct Profile {
    /// What is in view, and what it was fitted to.
    view: Option<(View, Fitted)>,
    /// Whether what cleaning removed is shown.
    shows_removed: bool,
    /// The time under the pointer in either plot.
    hover_ms: Option<f64>,
    thinned: Option<(Thinner, Thinned)>,
}

/// The vessel and the time that a view was made for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Fitted {
    mmsi: u32,
    part: u8,
    first_ms: i64,
    last_ms: i64,
}

/// Everything that a thinned track depends on.
#[derive(Clone, PartialEq, Debug)]
struct Thinner {
    key: Key,
    vessel: usize,
    selection: Selection,
    columns: Columns,
    rows: u32,
    shows_removed: bool,
}

/// A track as it is drawn.
struct Thinned {
    speeds: Vec<thin::Stroke>,
    courses: Vec<Mark>,
    /// The highest speed in view, knots.
    top_kn: f32,
    crosses: Vec<Cross>,
}

/// A report that cleaning removed, or the speed of one that it mended.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Cross {
    t_ms: i64,
    sog_kn: f32,
    cog_deg: f32,
    is_mended: bool,
}

/// A vessel as its plots need it.
struct Subject<'a> {
    key: Key,
    vessel: usize,
    track: Track<'a>,
    /// Its trips, of which the first is number `first_trip`.
    trips: &'a [Trip],
    first_trip: usize,
    output: &'a TripsOf,
    sent: Arc<Vec<Sent>>,
}

impl Tables {
    /// Plots over time of the vessel that is looked at.
    pub fn profile(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let desk = deck.desk;
        let Some(shown) = desk.trips.shown() else {
            ui.label(RichText::new("No trips yet").weak());
            return;
        };
        let selected = deck.selection.vessel().filter(|_| deck.selection.key() == Some(shown.key));
        let Some(vessel) = selected else {
            ui.label("Click a track on the map, or a row of a table, to see its speed and course");
            return;
        };
        let (output, fleet) = (shown.value.as_ref(), shown.value.fleet());
        let all = &output.trips.trips;
        let first_trip = all.partition_point(|trip| trip.vessel < vessel);
        let end = all.partition_point(|trip| trip.vessel <= vessel);
        let subject = Subject {
            key: shown.key,
            vessel,
            track: fleet.track(vessel),
            trips: &all[first_trip..end],
            first_trip,
            output,
            sent: self.before.of(desk, output, vessel),
        };
        if subject.track.is_empty() {
            ui.label("This vessel has no report left");
            return;
        }
        self.profile.ui(ui, deck, &subject);
    }
}

impl Profile {
    fn ui(&mut self, ui: &mut Ui, deck: &mut Deck, subject: &Subject) {
        let (first_ms, last_ms) = ends(&subject.track);
        let all = View::around(first_ms, last_ms);
        let selected = selected_span(subject, deck.selection);
        let fitted = Fitted {
            mmsi: subject.track.vessel.mmsi.0,
            part: subject.track.vessel.part,
            first_ms: selected.unwrap_or((first_ms, last_ms)).0,
            last_ms: selected.unwrap_or((first_ms, last_ms)).1,
        };
        // Another selection comes into view; after that the view is the user's.
        let fit = View::around(fitted.first_ms, fitted.last_ms);
        let view = self.view.filter(|(_, of)| *of == fitted).map_or(fit, |(view, _)| view);
        self.view = Some((view, fitted));

        self.bar_ui(ui, subject, fit, all);
        let (size, width_px) = (ui.available_size(), (ui.available_width() - VALUES_PX).max(10.0));
        let height_px = ((size.y - MARKS_PX - ui.spacing().item_spacing.y) / 2.0).max(30.0);
        let columns = Columns { view: self.view(), n: width_px as usize };
        let thinner = Thinner {
            key: subject.key,
            vessel: subject.vessel,
            selection: deck.selection.clone(),
            columns,
            rows: (height_px as u32).clamp(1, 128),
            shows_removed: self.shows_removed,
        };
        if self.thinned.as_ref().is_none_or(|(of, _)| *of != thinner) {
            let thinned = thinned(subject, &thinner, height_px);
            self.thinned = Some((thinner, thinned));
        }
        let Some((thinner, thinned)) = self.thinned.take() else { return };
        let hover_ms = self.hover_ms.take();
        let spans = Lines {
            selected: shaded(subject, deck.selection),
            brush_ms: deck.time.brush_ms(),
            now_ms: deck.time.now_ms(),
            hover: hover_ms,
        };
        let speed = speed_ui(ui, columns, height_px, &thinned, &spans);
        self.act(ui, deck, &speed, fit, all);
        let course = course_ui(ui, columns, height_px, &thinned, &spans);
        self.act(ui, deck, &course, fit, all);
        if self.hover_ms != hover_ms {
            ui.ctx().request_repaint(); // The line in the other plot, and the values above.
        }
        self.thinned = Some((thinner, thinned));
    }

    fn view(&self) -> View {
        self.view.map_or(View { from_ms: 0.0, to_ms: 1.0 }, |(view, _)| view)
    }

    fn set_view(&mut self, view: View) {
        if let Some((of, _)) = &mut self.view {
            *of = view;
        }
    }

    /// What is in view, what is overlaid, and the values under the pointer.
    fn bar_ui(&mut self, ui: &mut Ui, subject: &Subject, fit: View, all: View) {
        ui.horizontal(|ui| {
            ui.label(RichText::new(subject.track.vessel.title()).strong());
            if ui.small_button("Fit trip").on_hover_text("Show the selected trips").clicked() {
                self.set_view(fit);
            }
            if ui.small_button("Whole track").on_hover_text("Show all of its reports").clicked() {
                self.set_view(all);
            }
            ui.checkbox(&mut self.shows_removed, "Removed reports").on_hover_text(
                "Crosses: reports that cleaning removed, and speeds as they were before it mended \
                 them",
            );
            if self.shows_removed {
                ui.label(RichText::new(sent_text(&subject.sent)).weak());
            }
            if let Some(at_ms) = self.hover_ms {
                ui.label(values_text(&subject.track, at_ms as i64));
            } else {
                let hint = "Click sets the moment, the wheel zooms";
                ui.label(RichText::new(hint).weak());
            }
        });
    }

    /// Lets the pointer set the moment, zoom and move the view.
    fn act(&mut self, ui: &Ui, deck: &mut Deck, plot: &Output, fit: View, all: View) {
        let Output { response, transform } = plot;
        let time_at = |at: Pos2| transform.value_from_position(at).x;
        if let Some(at) = response.hover_pos() {
            self.hover_ms = Some(time_at(at));
        }
        let is_set = response.clicked() || response.dragged_by(PointerButton::Primary);
        if let (true, Some(at)) = (is_set, response.interact_pointer_pos()) {
            deck.time.set_now_ms(time_at(at) as i64);
        }
        if response.double_clicked() {
            self.set_view(fit);
        }
        self.set_view(plot.moved_view(ui, self.view(), all));
    }
}

fn ends(track: &Track<'_>) -> (i64, i64) {
    (track.t_ms[0], track.t_ms[track.len() - 1])
}

/// From the begin of the first selected trip to the end of the last, if some but not all of the
/// vessel's trips are selected, or its only one.
fn selected_span(subject: &Subject, selection: &Selection) -> Option<(i64, i64)> {
    let own = subject.first_trip..subject.first_trip + subject.trips.len();
    let trips = selection.trips().iter().filter(|trip| own.contains(trip));
    let is_all = own.len() > 1 && trips.clone().count() == own.len();
    let spans = trips
        .filter(|_| !is_all)
        .map(|trip| subject.trips[trip - subject.first_trip].time_span_ms(subject.output.fleet()));
    spans.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))
}

/// The times of selected trips, as far as they are few enough to be told apart.
fn shaded(subject: &Subject, selection: &Selection) -> Vec<(i64, i64)> {
    let own = subject.first_trip..subject.first_trip + subject.trips.len();
    let trips = selection.trips().iter().rev().filter(|trip| own.contains(trip)).take(SHADED);
    trips
        .map(|trip| subject.trips[trip - subject.first_trip].time_span_ms(subject.output.fleet()))
        .collect()
}

fn thinned(subject: &Subject, thinner: &Thinner, height_px: f32) -> Thinned {
    let (track, columns) = (&subject.track, thinner.columns);
    let range = subject.output.fleet().range(subject.vessel);
    let mut is_selected = vec![false; subject.trips.len()];
    for trip in thinner.selection.trips() {
        let own = trip.checked_sub(subject.first_trip).and_then(|place| is_selected.get_mut(place));
        own.into_iter().for_each(|own| *own = true);
    }
    let pieces = pieces(range, subject.trips, &is_selected);
    let speeds = strokes(track.t_ms, track.sog_kn, &pieces, columns);
    let courses = marks(track.t_ms, track.cog_deg, &pieces, columns, thinner.rows, 360.0);
    let crosses =
        if thinner.shows_removed { crosses(&subject.sent, columns, height_px) } else { Vec::new() };
    let points = speeds.iter().flat_map(|stroke| &stroke.points).map(|(_, sog)| *sog);
    let top_kn = points.chain(crosses.iter().map(|cross| cross.sog_kn)).fold(1.0, f32::max);
    Thinned { speeds, courses, top_kn, crosses }
}

/// The removed reports in view, those that would lie on each other but once.
fn crosses(sent: &[Sent], columns: Columns, height_px: f32) -> Vec<Cross> {
    let View { from_ms, to_ms } = columns.view;
    let cell_ms = columns.view.span_ms() / columns.n as f64 * CROSS_PX as f64;
    // As if the plot were 50 knots high: near enough for what is to be told apart.
    let cell_kn = 50.0 / height_px * CROSS_PX as f32;
    let in_view = |report: &&Sent| (from_ms..=to_ms).contains(&(report.t_ms as f64));
    let mut taken = std::collections::HashSet::new();
    sent.iter()
        .filter(in_view)
        .filter(|report| {
            let column = ((report.t_ms as f64 - from_ms) / cell_ms) as i64;
            let course = (report.cog_deg / 360.0 * height_px) as usize / CROSS_PX;
            taken.insert((column, (report.sog_kn / cell_kn) as i64, course, report.verdict))
        })
        .map(|report| Cross {
            t_ms: report.t_ms,
            sog_kn: report.sog_kn,
            cog_deg: report.cog_deg,
            is_mended: report.verdict == Verdict::Kept,
        })
        .collect()
}

/// What cleaning did to a vessel, in numbers.
fn sent_text(sent: &[Sent]) -> String {
    let mended = sent.iter().filter(|report| report.verdict == Verdict::Kept).count();
    match (sent.len() - mended, mended) {
        (0, 0) => "none".into(),
        (removed, 0) => format!("{} removed", counted(removed as u64, "report")),
        (removed, mended) => format!(
            "{} removed, {} mended",
            counted(removed as u64, "report"),
            counted(mended as u64, "speed")
        ),
    }
}

/// What the report nearest to a moment says.
fn values_text(track: &Track<'_>, at_ms: i64) -> String {
    linked::report_text(track, linked::nearest(track.t_ms, at_ms as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Fleet, Report, Vessel};
    use crate::base::geo::Position;

    #[test]
    fn the_nearest_reports_values_are_told() {
        let report = |t_ms: i64, sog_kn, cog_deg| Report {
            sog_kn,
            cog_deg,
            ..Report::at(t_ms, Position::new(0.0, 0.0))
        };
        let own = vec![report(0, 12.34, 7.0), report(60_000, f32::NAN, f32::NAN)];
        let fleet = Fleet::from_tracks(vec![(Vessel::default(), own)]);
        let track = fleet.track(0);
        let (first, second) = (
            "1970-01-01 00:00:00 UTC, 12.3 kn, 007.0°",
            "1970-01-01 00:01:00 UTC, no speed, no course",
        );
        for (at_ms, text) in
            [(-999, first), (0, first), (29_000, first), (31_000, second), (99_000, second)]
        {
            assert_eq!(values_text(&track, at_ms), text);
        }
    }

    #[test]
    fn removed_reports_are_counted_and_drawn_once_a_spot() {
        let sent = |t_ms, verdict| Sent { t_ms, sog_kn: 10.0, cog_deg: 90.0, verdict };
        let all = [
            sent(100, Verdict::Duplicate),
            sent(101, Verdict::Duplicate),
            sent(101, Verdict::Kept),
            sent(900, Verdict::Jump),
            sent(5000, Verdict::Jump),
        ];
        let columns = Columns { view: View { from_ms: 0.0, to_ms: 1000.0 }, n: 100 };
        let drawn: Vec<(i64, bool)> = crosses(&all, columns, 100.0)
            .iter()
            .map(|cross| (cross.t_ms, cross.is_mended))
            .collect();
        assert_eq!(drawn, [(100, false), (101, true), (900, false)]);
        assert_eq!(sent_text(&all), "4 reports removed, 1 speed mended");
        assert_eq!(sent_text(&[]), "none");
    }
}
