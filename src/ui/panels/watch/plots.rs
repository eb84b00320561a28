//! Encounters as plots: how many there are by hour and kind, and how far apart two ships were.

use egui::{Color32, Label, RichText, Stroke, Ui};
use egui_plot::{
    Bar, BarChart, GridMark, Line, LineStyle, PlotBounds, PlotPoint, PlotPoints, Points, VLine,
};

use crate::ais::Fleet;
use crate::base::chart::{Axis, Chart, Mark, Series};
use crate::base::text::{counted, grouped};
use crate::base::time::utc_text;
use crate::flow::Key;
use crate::ui::map::meeting_color;
use crate::ui::plot::axis::{short, spaced_marks};
use crate::ui::plot::{describe, offer_picture, quiet};
use crate::ui::theme;
use crate::ui::watch_view::motion::{Way, distances};
use crate::ui::watch_view::{MEETINGS, WatchView, place_of};
use crate::watch::Encounter;

const HOUR_MS: i64 = 3_600_000;

/// How many encounters there are in each hour of the day, by kind.
type Counts = [[usize; MEETINGS.len()]; 24];

/// The count by hour, kept until something else is shown.
#[derive(Default)]
pub struct Hours {
    of: Option<(Key, [bool; MEETINGS.len()], bool)>,
    counts: Counts,
}

fn counts(list: &[Encounter], view: &WatchView) -> Counts {
    let mut counts = Counts::default();
    for met in list.iter().filter(|met| view.shows(met)) {
        let hour = met.cpa_ms.div_euclid(HOUR_MS).rem_euclid(24) as usize;
        counts[hour][place_of(met.meeting)] += 1;
    }
    counts
}

impl Hours {
    /// Draws how many encounters of the kinds that are shown there are by hour of the day.
    pub fn ui(&mut self, ui: &mut Ui, (key, list): (Key, &[Encounter]), view: &WatchView) {
        let of = (key, view.meetings, view.only_breaches);
        if self.of != Some(of) {
            (self.of, self.counts) = (Some(of), counts(list, view));
        }
        title(ui, "Encounters by hour of the day, UTC, and kind");
        let is_dark = ui.visuals().dark_mode;
        let total = |hour: &[usize; MEETINGS.len()]| hour.iter().sum::<usize>();
        let most = self.counts.iter().map(total).max().unwrap_or(0).max(1) as f64;
        let charts = (0..MEETINGS.len()).map(|place| {
            let color = meeting_color(MEETINGS[place], is_dark);
            let bars = self.counts.iter().enumerate().filter(|(_, hour)| hour[place] > 0);
            let bars = bars.map(|(hour, n)| {
                let below: usize = n[..place].iter().sum();
                Bar::new(hour as f64 + 0.5, n[place] as f64)
                    .base_offset(below as f64)
                    .width(0.85)
                    .fill(color)
                    .stroke(Stroke::NONE)
            });
            BarChart::new(MEETINGS[place].name(), bars.collect()).allow_hover(false)
        });
        let charts: Vec<BarChart> = charts.collect();
        let plot = quiet("encounters by hour")
            .y_axis_min_width(30.0)
            .x_grid_spacer(|_| hour_marks())
            .x_axis_formatter(|mark, _| format!("{:.0}", mark.value))
            .show(ui, |plot| {
                plot.set_plot_bounds(PlotBounds::from_min_max([0.0, 0.0], [24.0, 1.08 * most]));
                charts.into_iter().for_each(|chart| plot.bar_chart(chart));
            });
        offer_picture(&plot.response, || hours_chart(&self.counts));
        let n: usize = self.counts.iter().map(total).sum();
        describe(&plot.response, &format!("{} by hour of the day", counted(n as u64, "encounter")));
        if let Some(at) = plot.response.hover_pos() {
            let hour = (plot.transform.value_from_position(at).x.max(0.0) as usize).min(23);
            let mut text = format!("{hour}:00 to {}:00 UTC", hour + 1);
            for (meeting, n) in MEETINGS.iter().zip(self.counts[hour]) {
                text += &format!("\n{}: {}", meeting.name(), grouped(n as u64));
            }
            plot.response.on_hover_text_at_pointer(text);
        }
    }
}

/// The count by hour and kind, for print.
fn hours_chart(counts: &Counts) -> Chart {
    let series = MEETINGS.iter().enumerate().map(|(place, meeting)| {
        let n: Vec<f64> = counts.iter().map(|hour| hour[place] as f64).collect();
        (meeting.name(), n)
    });
    Chart::grouped(
        "Encounters by hour of the day and kind",
        "Hour of the day, UTC",
        "Encounters",
        (0..24).map(|hour| hour.to_string()),
        series,
    )
}

/// Every third hour.
fn hour_marks() -> Vec<GridMark> {
    (0..=8).map(|place| GridMark { value: f64::from(3 * place), step_size: 9.0 }).collect()
}

/// How far two ships were apart around their encounter, kept until another is looked at.
#[derive(Default)]
pub struct Apart {
    of: Option<(Key, i64, [usize; 2])>,
    /// UTC milliseconds and meters.
    points: Vec<(i64, f64)>,
    span_ms: (i64, i64),
}

impl Apart {
    /// Draws the distance over time with the closest point and the moment. Gives a moment that was
    /// clicked.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        (key, met, fleet): (Key, &Encounter, &Fleet),
        (silence_min, now_ms): (f64, Option<i64>),
    ) -> Option<i64> {
        let of = (key, met.cpa_ms, met.ships);
        if self.of != Some(of) {
            let silence_ms = (silence_min * 60_000.0) as i64;
            let ways = met.ships.map(|ship| Way::of(fleet, ship, silence_ms));
            let around_ms = (5 * 60_000).max((met.to_ms - met.from_ms) / 4);
            self.span_ms = (met.from_ms - around_ms, met.to_ms + around_ms);
            self.points = distances(ways, self.span_ms.0, self.span_ms.1);
            self.of = Some(of);
        }
        let names = met.ships.map(|ship| fleet.vessels()[ship].title());
        title(ui, &format!("Distance of {} and {} in meters, over time", names[0], names[1]));
        let (from_ms, to_ms) = self.span_ms;
        let minute = |t_ms: i64| (t_ms - met.cpa_ms) as f64 / 60_000.0;
        let most = self.points.iter().map(|(_, m)| *m).fold(met.cpa_m, f64::max).max(1.0);
        let points: Vec<PlotPoint> =
            self.points.iter().map(|(t_ms, m)| PlotPoint::new(minute(*t_ms), *m)).collect();
        let (line_color, mark) = (ui.visuals().hyperlink_color, theme::selection_color(ui));
        let faint = ui.visuals().weak_text_color();
        let closest = [0.0, met.cpa_m];
        let plot = quiet("distance over time")
            .y_axis_min_width(42.0)
            .x_grid_spacer(|input| spaced_marks(&input, 64.0))
            .y_grid_spacer(|input| spaced_marks(&input, 24.0))
            .y_axis_formatter(|mark, _| short(mark.value))
            .x_axis_formatter(|mark, _| minutes_text(mark.value))
            .show(ui, |plot| {
                let bounds =
                    PlotBounds::from_min_max([minute(from_ms), 0.0], [minute(to_ms), 1.08 * most]);
                plot.set_plot_bounds(bounds);
                for t_ms in [met.from_ms, met.to_ms] {
                    plot.vline(
                        VLine::new("range", minute(t_ms))
                            .color(faint)
                            .style(LineStyle::dashed_loose()),
                    );
                }
                plot.line(
                    Line::new("distance", PlotPoints::Owned(points)).color(line_color).width(2.0),
                );
                plot.points(
                    Points::new("closest", vec![closest]).color(mark).radius(5.0).filled(true),
                );
                if let Some(now_ms) = now_ms.filter(|now_ms| (from_ms..=to_ms).contains(now_ms)) {
                    plot.vline(VLine::new("now", minute(now_ms)).color(moment_color(mark)));
                }
            });
        let time = &utc_text(met.cpa_ms - met.cpa_ms.rem_euclid(1000))[11..];
        let said = format!("Closest at {:.0} m, {time} UTC", met.cpa_m);
        describe(&plot.response, &said);
        offer_picture(&plot.response, || {
            let way = self.points.iter().map(|(t_ms, m)| [*t_ms as f64, *m]);
            let closest = [[met.cpa_ms as f64, met.cpa_m]];
            Chart {
                title: format!("Distance of {} and {}", names[0], names[1]),
                x: Axis::time("Time, UTC"),
                y: Axis::from_zero("Distance, m"),
                series: vec![
                    Series::new("distance", 0, Mark::Line, way),
                    Series::new(said.as_str(), 1, Mark::Dots, closest),
                ],
            }
        });
        let at = plot.response.hover_pos()?;
        let under = plot.transform.value_from_position(at).x;
        let t_ms = met.cpa_ms + (under * 60_000.0) as i64;
        let near = self.points.iter().min_by_key(|(point_ms, _)| point_ms.abs_diff(t_ms));
        if let Some((point_ms, m)) = near.filter(|(point_ms, _)| point_ms.abs_diff(t_ms) < 120_000)
        {
            let time = &utc_text(point_ms - point_ms.rem_euclid(1000))[11..];
            let text = format!("{m:.0} m at {time} UTC\n{said}\nA click goes to this moment");
            plot.response.clone().on_hover_text_at_pointer(text);
        }
        plot.response.clicked().then_some(t_ms.clamp(from_ms, to_ms))
    }
}

fn moment_color(color: Color32) -> Color32 {
    color.gamma_multiply(0.8)
}

/// Minutes before and after the closest point.
fn minutes_text(minutes: f64) -> String {
    if minutes == 0.0 { "CPA".into() } else { format!("{minutes:+.0} min") }
}

fn title(ui: &mut Ui, text: &str) {
    ui.add(Label::new(RichText::new(text).small().weak()).truncate());
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;
    use crate::ui::watch_view::crossing;

    #[test]
    fn encounters_are_counted_by_hour_and_kind_and_hidden_ones_are_not() {
        let (_, found) = crossing();
        let at = |hour: i64| Encounter { cpa_ms: hour * HOUR_MS + 1, ..found.list[0].clone() };
        let list = [at(3), at(27), at(-1)];
        let mut view = WatchView::default();
        let all = counts(&list, &view);
        assert_eq!((all[3][1], all[23][1]), (2, 1));
        view.meetings[1] = false;
        assert_eq!(counts(&list, &view), Counts::default());
    }

    #[test]
    fn the_plot_of_the_distance_tells_the_closest_point() {
        let (fleet, found) = crossing();
        let (mut apart, mut hours) = (Apart::default(), Hours::default());
        let key = Key::of("test", &(), &[]);
        let mut harness = Harness::builder().with_size([500.0, 400.0]).build_ui(move |ui| {
            ui.allocate_ui(egui::vec2(480.0, 180.0), |ui| {
                hours.ui(ui, (key, &found.list), &WatchView::default());
            });
            apart.ui(ui, (key, &found.list[0], &fleet), (10.0, Some(found.list[0].cpa_ms)));
        });
        harness.run();
        harness.get_by_label("1 encounter by hour of the day");
        harness.get_by_label_contains("Closest at 131 m, 00:30:");
        harness.get_by_label_contains("Distance of ALPHA and BRAVO");
    }
}
