//! One trip before and after: its speed and course as reported, and as the kept reports tell them.

use egui::{Color32, Mesh, PointerButton, Pos2, RichText, Ui};

use super::series::{Along, Series, values_text};
use super::text::{figure, kept_text};
use crate::ais::{Fleet, Trip};
use crate::compress::Errors;
use crate::flow::Key;
use crate::ui::panels::profile::axis::{over_time, over_way};
use crate::ui::panels::profile::linked::{
    self, COURSES_DEG, Lines, MARKS_PX, Output, VALUES_PX, course_plot, speed_plot,
};
use crate::ui::panels::profile::thin::{Class, Columns, Mark, Piece, Stroke, marks, strokes};
use crate::ui::panels::profile::view::View;
use crate::ui::theme;

/// Of kept reports nearer together than this one is drawn, points.
const DOT_PX: usize = 3;

/// One trip, and which of its reports are kept.
pub struct Subject<'a> {
    /// The result that says what is kept.
    pub key: Key,
    /// Which trip it is, among all.
    pub trip_index: usize,
    /// The fleet of the trip.
    pub fleet: &'a Fleet,
    /// The trip.
    pub trip: &'a Trip,
    /// For each of its reports, whether it is kept.
    pub mask: &'a [bool],
    /// The moment that is chosen.
    pub now_ms: Option<i64>,
    /// Whether the trip was chosen by the user, or for being the longest.
    pub is_selected: bool,
}

/// What the plots keep between frames.
#[derive(Default)]
pub struct Pair {
    along: Along,
    /// What is in view, and what it was fitted to.
    view: Option<(View, Fitted)>,
    /// Where the pointer is, on the x axis of both.
    hover: Option<f64>,
    series: Option<(SeriesOf, Series)>,
    thinned: Option<(ThinnedOf, Thinned)>,
}

/// The trip that a view was made for.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Fitted {
    mmsi: u32,
    first_ms: i64,
    along: Along,
}

/// All that a series depends on.
#[derive(Clone, Copy, PartialEq, Debug)]
struct SeriesOf {
    key: Key,
    trip_index: usize,
    along: Along,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct ThinnedOf {
    series: SeriesOf,
    columns: Columns,
    rows: u32,
}

/// A trip as it is drawn.
struct Thinned {
    speeds: Vec<Stroke>,
    speeds_again: Vec<Stroke>,
    courses: Vec<Mark>,
    /// Lines close in, else marks.
    courses_again: (Vec<Stroke>, Vec<Mark>),
    /// The kept reports in view, those that would lie on each other but once.
    dots: Vec<usize>,
    /// The highest speed in view, knots.
    top_kn: f32,
}

impl Pair {
    /// Draws both plots, with what is kept and what that costs below. Gives back a moment that was
    /// clicked, UTC milliseconds.
    pub fn ui(&mut self, ui: &mut Ui, subject: &Subject) -> Option<i64> {
        let of = SeriesOf { key: subject.key, trip_index: subject.trip_index, along: self.along };
        if self.series.as_ref().is_none_or(|(other, _)| *other != of) {
            self.series = Some((of, Series::new(subject, self.along)));
            self.thinned = None;
        }
        let (_, series) = self.series.take()?;
        let (first_x, last_x) = series.ends();
        let fit = View::around(first_x, last_x);
        let track = subject.trip.track(subject.fleet);
        let fitted =
            Fitted { mmsi: track.vessel.mmsi.0, first_ms: track.t_ms[0], along: self.along };
        // Another trip comes into view; after that the view is the user's.
        let view = self.view.filter(|(_, of)| *of == fitted).map_or(fit, |(view, _)| view);
        self.view = Some((view, fitted));
        self.bar_ui(ui, subject, &series, fit);

        let size = ui.available_size();
        let (line_px, gap_px) =
            (ui.text_style_height(&egui::TextStyle::Body), ui.spacing().item_spacing.y);
        let plots_px = size.y - MARKS_PX - line_px - 2.0 * gap_px;
        let height_px = (plots_px / 2.0).max(24.0);
        let columns = Columns { view, n: (size.x - VALUES_PX).max(10.0) as usize };
        let rows = (height_px as u32).clamp(1, 128);
        let of_thinned = ThinnedOf { series: of, columns, rows };
        let thinned = match self.thinned.take() {
            Some((other, thinned)) if other == of_thinned => thinned,
            _ => thinned(&series, columns, rows),
        };
        let hover = self.hover.take();
        let now_ms = subject.now_ms.filter(|_| self.along == Along::Time);
        let lines = Lines { now_ms, hover, ..Lines::default() };
        let speed = speed_ui(ui, self.along, columns, height_px, (&series, &thinned), &lines);
        let course = course_ui(ui, self.along, columns, height_px, (&series, &thinned), &lines);
        let mut clicked = None;
        for plot in [&speed, &course] {
            clicked = self.act(ui, plot, fit).map(|x| series.t_ms_at(x)).or(clicked);
        }
        if self.hover != hover {
            ui.ctx().request_repaint(); // The line in the other plot, and the values above.
        }
        ui.add(egui::Label::new(errors_text(&series.errors)).truncate());
        self.series = Some((of, series));
        self.thinned = Some((of_thinned, thinned));
        clicked
    }

    /// Whose trip it is, what the x axis is, and the values under the pointer.
    fn bar_ui(&mut self, ui: &mut Ui, subject: &Subject, series: &Series, fit: View) {
        let track = subject.trip.track(subject.fleet);
        ui.horizontal(|ui| {
            ui.label(RichText::new(track.vessel.title()).strong());
            if !subject.is_selected {
                ui.label(RichText::new("longest trip").weak())
                    .on_hover_text("Select a trip on the map or in a table to see that one");
            }
            for (along, name, help) in [
                (Along::Time, "Time", "Speed and course over time, UTC"),
                (Along::Way, "Distance", "Speed and course over the way sailed"),
            ] {
                ui.selectable_value(&mut self.along, along, name).on_hover_text(help);
            }
            if ui.small_button("Fit").on_hover_text("Show the whole trip").clicked()
                && let Some((view, _)) = &mut self.view
            {
                *view = fit;
            }
            let n_kept = series.kept.len();
            ui.label(format!("kept {}", kept_text(n_kept, track.len())))
                .on_hover_text("Faint: all reports. Bold: the kept ones and the line between them");
            let text = match self.hover {
                Some(x) => RichText::new(values_text(&track, subject.mask, series, x)),
                None => RichText::new("The wheel zooms, a click sets the moment").weak(),
            };
            ui.add(egui::Label::new(text).truncate());
        });
    }

    /// Lets the pointer zoom and move the view; gives back the x that was clicked.
    fn act(&mut self, ui: &Ui, plot: &Output, fit: View) -> Option<f64> {
        let Output { response, transform } = plot;
        let x_at = |at: Pos2| transform.value_from_position(at).x;
        if let Some(at) = response.hover_pos() {
            self.hover = Some(x_at(at));
        }
        if let Some((view, _)) = &mut self.view {
            *view = if response.double_clicked() { fit } else { plot.moved_view(ui, *view, fit) };
        }
        let is_set = response.clicked() || response.dragged_by(PointerButton::Primary);
        response.interact_pointer_pos().filter(|_| is_set).map(x_at)
    }
}

/// What the trip's compression costs, largest and mean.
pub fn errors_text(errors: &Errors) -> String {
    let both = |error: crate::compress::Error, unit: &str| {
        format!("{} / {}{unit}", figure(error.max), figure(error.mean))
    };
    format!(
        "Largest / mean error: {} off the way, {} at the time (SED), speed {}, course {}",
        both(errors.offset_m, " m"),
        both(errors.synchronous_m, " m"),
        both(errors.sog_kn, " kn"),
        both(errors.cog_deg, "°")
    )
}

fn thinned(series: &Series, columns: Columns, rows: u32) -> Thinned {
    let Series { x, sog_kn, cog_deg, again_kn, again_deg, .. } = series;
    let all = [Piece { reports: 0..x.len(), class: Class::Trip }];
    let in_view = columns.view.from_ms as i64..=columns.view.to_ms as i64;
    let n_in_view = x.iter().filter(|x| in_view.contains(x)).count();
    // Far out a line of courses would jump up and down at 360° in every column.
    let courses_again = if n_in_view <= 2 * columns.n {
        (strokes(x, again_deg, &unbroken(again_deg), columns), Vec::new())
    } else {
        (Vec::new(), marks(x, again_deg, &all, columns, rows, 360.0))
    };
    let speeds = strokes(x, sog_kn, &all, columns);
    let speeds_again = strokes(x, again_kn, &all, columns);
    let points = speeds.iter().chain(&speeds_again).flat_map(|stroke| &stroke.points);
    let top_kn = points.map(|(_, sog_kn)| *sog_kn).fold(1.0, f32::max);
    Thinned {
        courses: marks(x, cog_deg, &all, columns, rows, 360.0),
        courses_again,
        dots: dots(series, columns, rows, top_kn),
        speeds,
        speeds_again,
        top_kn,
    }
}

/// The pieces of a line of courses that do not cross north, where it would jump.
fn unbroken(deg: &[f32]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in 1..=deg.len() {
        if at == deg.len() || (deg[at] - deg[at - 1]).abs() > 180.0 {
            pieces.push(Piece { reports: start..at, class: Class::Trip });
            start = at;
        }
    }
    pieces
}

/// The kept reports in view, of those nearer together than a dot in both plots only the first.
fn dots(series: &Series, columns: Columns, rows: u32, top_kn: f32) -> Vec<usize> {
    let View { from_ms, to_ms } = columns.view;
    let per_cell = columns.view.span_ms() / columns.n as f64 * DOT_PX as f64;
    let row = |part: f32| (part * rows as f32) as usize / DOT_PX;
    let mut taken = std::collections::HashSet::new();
    let is_drawn = |at: &usize| {
        let x = series.x[*at] as f64;
        (from_ms..=to_ms).contains(&x)
            && taken.insert((
                ((x - from_ms) / per_cell) as usize,
                row(series.sog_kn[*at] / top_kn),
                row(series.cog_deg[*at] / 360.0),
            ))
    };
    series.kept.iter().copied().filter(is_drawn).collect()
}

fn looks(ui: &Ui) -> [(Color32, f32); 2] {
    // A broad band, which is seen beside the line that lies on it.
    let before = ui.visuals().hyperlink_color.gamma_multiply(0.55);
    [(before, 2.6), (theme::selection_color(ui), 1.0)]
}

fn speed_ui(
    ui: &mut Ui,
    along: Along,
    columns: Columns,
    height_px: f32,
    (series, thinned): (&Series, &Thinned),
    lines: &Lines,
) -> Output {
    let plot = along.axis(speed_plot(height_px));
    let top_kn = f64::from(thinned.top_kn) * 1.08;
    let output = linked::show(ui, plot, columns.view, (0.0, top_kn), lines);
    output.name("Speed over ground before and after, kn");
    let painter = ui.painter().with_clip_rect(*output.transform.frame());
    let [before, after] = looks(ui);
    linked::paint_strokes(&painter, &output, thinned.speeds.iter(), before);
    linked::paint_strokes(&painter, &output, thinned.speeds_again.iter(), after);
    for at in thinned.dots.iter().filter(|at| !series.sog_kn[**at].is_nan()) {
        let place = output.at(series.x[*at] as f64, series.sog_kn[*at].into());
        painter.circle_filled(place, DOT_PX as f32 * 0.6, after.0);
    }
    output
}

fn course_ui(
    ui: &mut Ui,
    along: Along,
    columns: Columns,
    height_px: f32,
    (series, thinned): (&Series, &Thinned),
    lines: &Lines,
) -> Output {
    let plot = along.axis(course_plot(height_px));
    let output = linked::show(ui, plot, columns.view, COURSES_DEG, lines);
    output.name("Course over ground before and after, degrees");
    let painter = ui.painter().with_clip_rect(*output.transform.frame());
    let [before, after] = looks(ui);
    let rows = (height_px as u32).clamp(1, 128);
    let mut mesh = Mesh::default();
    linked::add_marks(&mut mesh, &output, columns, rows, thinned.courses.iter(), |_| before);
    let (again_strokes, again_marks) = &thinned.courses_again;
    linked::add_marks(&mut mesh, &output, columns, rows, again_marks.iter(), |_| after);
    painter.add(mesh);
    linked::paint_strokes(&painter, &output, again_strokes.iter(), after);
    for at in thinned.dots.iter().filter(|at| !series.cog_deg[**at].is_nan()) {
        let place = output.at(series.x[*at] as f64, series.cog_deg[*at].into());
        painter.circle_filled(place, DOT_PX as f32 * 0.6, after.0);
    }
    output
}

impl Along {
    fn axis(self, plot: egui_plot::Plot<'_>) -> egui_plot::Plot<'_> {
        match self {
            Along::Time => over_time(plot),
            Along::Way => over_way(plot),
        }
    }
}

#[cfg(test)]
mod tests;
