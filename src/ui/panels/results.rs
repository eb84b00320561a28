//! Trips as a table and as distributions.

use egui::{RichText, Ui};
use egui_extras::{Column, TableBuilder};
use egui_plot::{Bar, BarChart, Plot};

use crate::base::text::grouped;
use crate::base::time::{duration_text, utc_text};
use crate::base::units::{nmi_from_m, s_from_ms};
use crate::flow::stages::TripsOf;
use crate::flow::{Desk, Key};
use crate::ui::command::{Command, Commands};

#[derive(Clone, Copy, PartialEq)]
enum Tab {
    Table,
    Lengths,
    Durations,
}

/// The panel below the map.
pub fn results(ui: &mut Ui, desk: &Desk, selected: Option<(Key, usize)>, commands: &mut Commands) {
    // The panel's height is the user's, not the table's.
    ui.set_min_height(ui.available_height());
    let id = ui.scope_id().with("tab");
    let mut tab = ui.data(|data| data.get_temp(id)).unwrap_or(Tab::Table);
    ui.horizontal(|ui| {
        ui.selectable_value(&mut tab, Tab::Table, "Trips");
        ui.selectable_value(&mut tab, Tab::Lengths, "Lengths");
        ui.selectable_value(&mut tab, Tab::Durations, "Durations");
    });
    ui.data_mut(|data| data.insert_temp(id, tab));
    let Some(shown) = desk.trips.shown() else {
        ui.label(RichText::new("No trips yet").weak());
        return;
    };
    let output = shown.value;
    if output.trips.trips.is_empty() {
        ui.label("No trips: every piece was cut too short. Lower the minimum length or time, or raise the gap.");
        return;
    }
    match tab {
        Tab::Table => {
            egui::ScrollArea::horizontal()
                .auto_shrink([false, false])
                .show(ui, |ui| table(ui, shown.key, output, selected, commands));
        }
        Tab::Lengths => {
            let lengths: Vec<f64> =
                output.trips.trips.iter().map(|trip| nmi_from_m(trip.length_m)).collect();
            histogram(ui, "Length (nmi)", &lengths);
        }
        Tab::Durations => {
            let fleet = output.fleet();
            let hours = output.trips.trips.iter().map(|trip| {
                let (from_ms, to_ms) = trip.time_span_ms(fleet);
                s_from_ms(to_ms - from_ms) / 3600.0
            });
            histogram(ui, "Duration (h)", &hours.collect::<Vec<_>>());
        }
    }
}

fn table(
    ui: &mut Ui,
    key: Key,
    output: &TripsOf,
    selected: Option<(Key, usize)>,
    commands: &mut Commands,
) {
    let (fleet, trips) = (output.fleet(), &output.trips.trips);
    let height = egui::TextStyle::Body.resolve(ui.style()).size + 4.0;
    let row = selected.filter(|(of, _)| *of == key).map(|(_, trip)| trip);
    TableBuilder::new(ui)
        .striped(true)
        .sense(egui::Sense::click())
        .auto_shrink([false, false])
        .min_scrolled_height(0.0)
        .max_scroll_height(f32::INFINITY)
        .column(Column::initial(44.0))
        .column(Column::initial(130.0).clip(true).resizable(true))
        .column(Column::initial(84.0))
        .column(Column::initial(104.0).clip(true))
        .column(Column::initial(136.0))
        .column(Column::initial(84.0))
        .column(Column::initial(76.0))
        .column(Column::initial(66.0))
        .column(Column::initial(64.0))
        .column(Column::initial(104.0))
        .header(height + 4.0, |mut header| {
            for title in [
                "Trip",
                "Vessel",
                "MMSI",
                "Type",
                "Begin (UTC)",
                "Duration",
                "Length nmi",
                "Mean kn",
                "Reports",
                "Begins, ends by",
            ] {
                header.col(|ui| {
                    ui.strong(title);
                });
            }
        })
        .body(|body| {
            body.rows(height, trips.len(), |mut table_row| {
                let index = table_row.index();
                let trip = &trips[index];
                let vessel = &fleet.vessels()[trip.vessel];
                let (from_ms, to_ms) = trip.time_span_ms(fleet);
                table_row.set_selected(row == Some(index));
                let mut cell = |text: String, is_number: bool| {
                    table_row.col(|ui| {
                        let label = egui::Label::new(text).selectable(false).truncate();
                        if is_number {
                            // At the top: a cell's height is not known to layouts inside it.
                            ui.with_layout(egui::Layout::right_to_left(egui::Align::TOP), |ui| {
                                ui.add(label)
                            });
                        } else {
                            ui.add(label);
                        }
                    });
                };
                cell(grouped(index as u64), true);
                cell(vessel.title(), false);
                cell(vessel.mmsi.0.to_string(), true);
                cell(vessel.kind().name().into(), false);
                cell(utc_text(from_ms - from_ms.rem_euclid(1000)), false);
                cell(duration_text(to_ms - from_ms), true);
                cell(format!("{:.1}", nmi_from_m(trip.length_m)), true);
                cell(format!("{:.1}", trip.mean_kn(fleet)), true);
                cell(grouped(trip.reports.len() as u64), true);
                cell(format!("{}, {}", trip.begins.name(), trip.ends.name()), false);
                if table_row.response().clicked() {
                    commands.ask(Command::Select(Some((key, index))));
                    commands.ask(Command::FitSelection);
                }
            });
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
