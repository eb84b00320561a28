//! How trips are distributed.

use egui::{RichText, Ui};
use egui_plot::{Bar, BarChart, Plot};

use crate::base::units::{nmi_from_m, s_from_ms};
use crate::ui::deck::Deck;

/// Lengths and durations of all trips, side by side.
pub fn distributions(ui: &mut Ui, deck: &mut Deck) {
    let Some(shown) = deck.desk.trips.shown() else {
        ui.label(RichText::new("No trips yet").weak());
        return;
    };
    let (fleet, trips) = (shown.value.fleet(), &shown.value.trips.trips);
    if trips.is_empty() {
        ui.label(RichText::new("No trips").weak());
        return;
    }
    let lengths: Vec<f64> = trips.iter().map(|trip| nmi_from_m(trip.length_m)).collect();
    let hours: Vec<f64> = trips
        .iter()
        .map(|trip| {
            let (from_ms, to_ms) = trip.time_span_ms(fleet);
            s_from_ms(to_ms - from_ms) / 3600.0
        })
        .collect();
    ui.columns(2, |columns| {
        histogram(&mut columns[0], "Length (nmi)", &lengths);
        histogram(&mut columns[1], "Duration (h)", &hours);
    });
}

/// How often values fall into each of forty even steps up to their 99th percentile.
fn histogram(ui: &mut Ui, axis: &str, values: &[f64]) {
    const STEPS: usize = 40;
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let top = sorted[(sorted.len() - 1) * 99 / 100].max(1e-9);
    let step = top / STEPS as f64;
    let mut counts = [0_u32; STEPS];
    for value in &sorted {
        counts[((value / step) as usize).min(STEPS - 1)] += 1;
    }
    let bars = counts
        .iter()
        .enumerate()
        .map(|(place, n)| Bar::new((place as f64 + 0.5) * step, f64::from(*n)).width(step * 0.95));
    Plot::new(axis)
        .x_axis_label(format!("{axis}; the last bar holds all beyond the 99th percentile"))
        .y_axis_label("Trips")
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .show(ui, |plot| plot.bar_chart(BarChart::new(axis, bars.collect())));
}
