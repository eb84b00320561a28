//! Trips and vessels as tables.

use egui::{RichText, Ui};
use egui_extras::{Column, TableBuilder};

use crate::base::text::grouped;
use crate::base::time::{duration_text, utc_text};
use crate::base::units::nmi_from_m;
use crate::flow::stages::TripsOf;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::selection::Pick;

/// What the tables keep between frames.
#[derive(Default)]
pub struct Tables {}

impl Tables {
    /// All trips.
    pub fn trips(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let desk = deck.desk;
        let Some(shown) = desk.trips.shown() else {
            ui.label(RichText::new("No trips yet").weak());
            return;
        };
        if shown.value.trips.trips.is_empty() {
            ui.label("No trips: every piece was cut too short. Lower the minimum length or time, or raise the gap.");
            return;
        }
        egui::ScrollArea::horizontal()
            .auto_shrink([false, false])
            .show(ui, |ui| table(ui, shown.value, deck));
    }

    /// All vessels.
    pub fn vessels(&mut self, ui: &mut Ui, _: &mut Deck) {
        ui.label(RichText::new("No vessels yet").weak());
    }
}

fn table(ui: &mut Ui, output: &TripsOf, deck: &mut Deck) {
    let (fleet, trips) = (output.fleet(), &output.trips.trips);
    let height = egui::TextStyle::Body.resolve(ui.style()).size + 4.0;
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
                table_row.set_selected(deck.selection.trips().contains(&index));
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
                    deck.pick(Pick::Trip(index));
                    deck.ask(Command::FitSelection);
                }
            });
        });
}
