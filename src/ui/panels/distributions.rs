//! How the lengths, durations and speeds of trips are distributed.

use egui::{RichText, Role, Sense, Ui, WidgetInfo};
use egui_plot::{Bar, BarChart, Plot, VLine};

use super::tables::sheet::TripFigures;
use super::tables::{Tables, chosen};
use crate::base::chart::{Axis, Chart, Mark, Series};
use crate::base::text::counted;
use crate::base::units::s_from_ms;
use crate::ui::deck::Deck;
use crate::ui::plot::offer_picture;
use crate::ui::theme;

/// About how many bars there are.
const BARS: f64 = 40.0;

/// Of how many selected trips the values are marked.
const MARKED: usize = 20;

/// How often the values of one figure fall into each of even steps.
#[derive(Clone, Debug)]
pub struct Distribution {
    /// What is counted, with its unit.
    pub title: &'static str,
    /// The unit.
    pub unit: &'static str,
    /// The value of a trip.
    pub value: fn(&TripFigures) -> f64,
    /// The counts.
    pub histogram: Histogram,
}

/// Counts in even steps from zero.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Histogram {
    /// Width of a step: 1, 2 or 5 times a power of ten.
    pub step: f64,
    /// How many values lie in each step; in the last, also all beyond.
    pub counts: Vec<u32>,
}

impl Histogram {
    /// Counts `values`, which are not negative, in round steps that reach up to their 99th
    /// percentile: a few giants would else press all others into one bar.
    pub fn of(mut values: Vec<f64>) -> Histogram {
        values.retain(|value| value.is_finite());
        if values.is_empty() {
            return Histogram::default();
        }
        let place = (values.len() - 1) * 99 / 100;
        let (_, top, _) = values.select_nth_unstable_by(place, f64::total_cmp);
        let top = *top;
        let step = round_step(top / BARS);
        let mut counts = vec![0; (top / step) as usize + 1];
        let last = counts.len() - 1;
        for value in values {
            counts[((value / step) as usize).min(last)] += 1;
        }
        Histogram { step, counts }
    }

    /// In which step a value lies.
    pub fn place(&self, value: f64) -> Option<usize> {
        let last = self.counts.len().checked_sub(1)?;
        (value >= 0.0).then(|| ((value / self.step) as usize).min(last))
    }

    /// How many values lie in a step, and from where to where it reaches.
    pub fn text(&self, place: usize, unit: &str) -> String {
        let decimals = (-self.step.log10().floor()).max(0.0) as usize;
        let (from, to) = (place as f64 * self.step, (place + 1) as f64 * self.step);
        let n = counted(self.counts[place].into(), "trip");
        if place + 1 == self.counts.len() {
            format!("{n}, {from:.decimals$} {unit} and more")
        } else {
            format!("{n}, {from:.decimals$} to {to:.decimals$} {unit}")
        }
    }
}

/// The least of 1, 2 and 5 times a power of ten that is not below `step`.
fn round_step(step: f64) -> f64 {
    if step <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(step.log10().floor());
    // Halves of a percent are rounding errors.
    [1.0, 2.0, 5.0]
        .map(|n| n * power)
        .into_iter()
        .find(|round| *round >= step * 0.995)
        .unwrap_or(10.0 * power)
}

/// The three distributions of a result's trips.
pub fn distributions_of(trips: &[TripFigures]) -> [Distribution; 3] {
    let of = |title, unit, value: fn(&TripFigures) -> f64| {
        let histogram = Histogram::of(trips.iter().map(value).collect());
        Distribution { title, unit, value, histogram }
    };
    [
        of("Length, nmi", "nmi", |trip| trip.length_nmi),
        of("Duration, h", "h", |trip| s_from_ms(trip.end_ms - trip.begin_ms) / 3600.0),
        of("Mean speed, kn", "kn", |trip| trip.mean_kn),
    ]
}

impl Tables {
    /// Lengths, durations and mean speeds of the trips that are looked at, side by side.
    pub fn distributions(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let Some(sheet) = self.held.update(deck.desk, ui.ctx()) else {
            ui.label(RichText::new("No trips yet").weak());
            return;
        };
        if sheet.trips.is_empty() {
            ui.label("Nothing to count: no piece of a track is long enough to be a trip");
            return;
        }
        // Of the trips that are looked at, where a filter holds others back.
        let chosen = chosen(deck.desk).filter(|(_, chosen)| {
            chosen.trips_in() == sheet.trips.len() && chosen.kept.len() < chosen.trips_in()
        });
        match chosen {
            Some((key, _)) if self.filtered.as_ref().is_some_and(|(of, _)| *of == key) => (),
            Some((key, chosen)) => {
                let kept = chosen.kept.iter().map(|trip| sheet.trips[*trip]);
                self.filtered = Some((key, distributions_of(&kept.collect::<Vec<_>>())));
            }
            None => self.filtered = None,
        }
        let distributions =
            self.filtered.as_ref().map_or(&sheet.distributions, |(_, filtered)| filtered);
        let is_linked = deck.selection.key() == Some(sheet.key);
        let selected: &[usize] = if is_linked { deck.selection.trips() } else { &[] };
        ui.columns(distributions.len(), |columns| {
            for (ui, distribution) in columns.iter_mut().zip(distributions) {
                let marked = selected.iter().rev().take(MARKED);
                let marked: Vec<f64> =
                    marked.map(|trip| (distribution.value)(&sheet.trips[*trip])).collect();
                plot_ui(ui, distribution, &marked);
            }
        });
    }
}

fn plot_ui(ui: &mut Ui, distribution: &Distribution, marked: &[f64]) {
    let Distribution { title, unit, histogram, .. } = distribution;
    // Filled in when the plot below is known.
    let heading = ui.allocate_exact_size(
        egui::vec2(ui.available_width(), ui.text_style_height(&egui::TextStyle::Body)),
        Sense::hover(),
    );
    let step = histogram.step;
    let color = ui.visuals().widgets.active.bg_fill;
    let (fill, lit) = (ui.visuals().hyperlink_color, theme::selection_color(ui));
    let output = Plot::new(*title)
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show_x(false)
        .show_y(false)
        .show_crosshair(false)
        .label_formatter(|_| None)
        .include_y(0.0)
        .set_margin_fraction(egui::vec2(0.02, 0.06))
        .show_axes([true, true])
        .show(ui, |plot| {
            let bars = histogram.counts.iter().enumerate().map(|(place, n)| {
                Bar::new((place as f64 + 0.5) * step, f64::from(*n))
                    .width(step * 0.92)
                    .fill(fill)
                    .stroke(egui::Stroke::NONE)
            });
            plot.bar_chart(BarChart::new(*title, bars.collect()).color(color).allow_hover(false));
            for value in marked {
                let shown = value.min(histogram.counts.len() as f64 * step);
                plot.vline(VLine::new("selected", shown).color(lit).width(1.5).allow_hover(false));
            }
        });
    output.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, *title));
    offer_picture(&output.response, || {
        let middles = histogram.counts.iter().enumerate();
        let points = middles.map(|(place, n)| [(place as f64 + 0.5) * step, f64::from(*n)]);
        let series = Series::new("", 0, Mark::Bars(step), points);
        Chart::of(*title, Axis::from_zero(*title), Axis::from_zero("Trips"), series)
    });
    let under_pointer = output
        .response
        .hover_pos()
        .and_then(|at| histogram.place(output.transform.value_from_position(at).x));
    let text = match (under_pointer, marked.first()) {
        (Some(place), _) => RichText::new(histogram.text(place, unit)),
        (None, Some(value)) => RichText::new(format!("{title}: selected {value:.1}")).color(lit),
        (None, None) => RichText::new(*title),
    };
    ui.put(heading.0, egui::Label::new(text).truncate().selectable(false));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_in_round_steps() {
        // 0 to 79 once each: the 99th percentile is 78, a fortieth of it 1.95.
        let histogram = Histogram::of((0..80).map(f64::from).collect());
        assert_eq!(histogram.step, 2.0);
        assert_eq!(histogram.counts, [2; 40]);
        assert_eq!(histogram.text(3, "nmi"), "2 trips, 6 to 8 nmi");
        assert_eq!(histogram.text(39, "nmi"), "2 trips, 78 nmi and more");
    }

    #[test]
    fn giants_are_counted_in_the_last_step() {
        let mut values = vec![1.0; 999];
        values.push(1e6);
        let histogram = Histogram::of(values);
        assert_eq!(histogram.counts.iter().sum::<u32>(), 1000);
        assert_eq!(histogram.place(1e6), Some(histogram.counts.len() - 1));
        assert!(histogram.counts.len() < 60, "{histogram:?}");
    }

    #[test]
    fn no_values_equal_values_and_unknown_values_are_fine() {
        assert_eq!(Histogram::of(Vec::new()), Histogram::default());
        assert_eq!(Histogram::default().place(1.0), None);
        assert_eq!(Histogram::of(vec![0.0; 7]).counts, [7]);
        let histogram = Histogram::of(vec![f64::NAN, 0.5, 0.5]);
        assert_eq!(histogram.counts.last(), Some(&2));
    }

    #[test]
    fn steps_are_round() {
        for (step, round) in [(1.95, 2.0), (0.03, 0.05), (1.0, 1.0), (7.0, 10.0), (0.0, 1.0)] {
            assert!((round_step(step) - round).abs() < 1e-12, "{step}");
        }
    }
}
