//! Cleaning and trips: their parameters, and what each of them did.

use egui::{RichText, ScrollArea, Ui};

use crate::ais::Ending;
use crate::base::text::grouped;
use crate::flow::stages::TripsOf;
use crate::flow::tray::Shelf;
use crate::flow::{Desk, Session};
use crate::prep::{Cleaned, Verdict};
use crate::ui::deck::Deck;
use crate::ui::form::params_ui;
use crate::ui::theme;

/// The right panel.
pub fn prepare(ui: &mut Ui, deck: &mut Deck) {
    let Deck { session, desk, .. } = deck;
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.add_space(4.0);
        trips(ui, session, desk);
        ui.add_space(10.0);
        ui.separator();
        clean(ui, session, desk);
    });
}

/// How a stage stands, its name, and what is wrong with it.
pub fn head(ui: &mut Ui, shelf: &dyn Shelf) {
    ui.horizontal(|ui| {
        theme::state_dot(ui, shelf.state());
        ui.label(theme::title(shelf.title()));
    });
    for fault in shelf.faults() {
        ui.label(RichText::new(fault).color(theme::fault_color(ui)));
    }
}

fn clean(ui: &mut Ui, session: &mut Session, desk: &Desk) {
    head(ui, &desk.clean);
    let shown = desk.clean.shown();
    if let Some(shown) = &shown {
        let cleaned = shown.value;
        let text = format!(
            "{} of {} reports kept ({:.2} %)",
            grouped(cleaned.reports_kept() as u64),
            grouped(cleaned.reports_in() as u64),
            100.0 * cleaned.reports_kept() as f64 / cleaned.reports_in().max(1) as f64
        );
        ui.add_enabled(!shown.is_stale, egui::Label::new(text));
    }
    let cleaned = shown.as_ref().map(|shown| shown.value.as_ref());
    params_ui(ui, "clean", &mut session.clean, &|name| cleaning_effect(cleaned?, name));
    if let Some(cleaned) = cleaned {
        ui.add_space(6.0);
        ui.label(theme::title("Removed"));
        egui::Grid::new("removed").num_columns(2).striped(true).show(ui, |ui| {
            for (verdict, n) in &cleaned.removed {
                ui.label(verdict.name().replace('_', " "));
                number(ui, *n);
                ui.end_row();
            }
        });
        for shared in &cleaned.shared {
            ui.label(format!("{} is shared by {} ships", shared.mmsi.0, shared.parts));
        }
    }
}

fn number(ui: &mut Ui, n: usize) {
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        ui.monospace(grouped(n as u64));
    });
}

/// What a parameter of cleaning took away.
fn cleaning_effect(cleaned: &Cleaned, name: &str) -> Option<String> {
    let removed = |verdict| {
        format!("{} removed", grouped(cleaned.removed.get(&verdict).copied().unwrap_or(0) as u64))
    };
    Some(match name {
        "ships_only" => removed(Verdict::NotShip),
        "north" => removed(Verdict::OutsideBox),
        "jumps" => removed(Verdict::Jump),
        "leading" => removed(Verdict::Leading),
        "split_shared" => format!("{} numbers shared", cleaned.shared.len()),
        "smax" => format!("{} speeds mended", grouped(cleaned.mended.impossible_speeds as u64)),
        "s0" => format!("{} speeds mended", grouped(cleaned.mended.sudden_speeds as u64)),
        "steps" => format!("{} inserted", grouped(cleaned.mended.steps as u64)),
        _ => return None,
    })
}

fn trips(ui: &mut Ui, session: &mut Session, desk: &Desk) {
    head(ui, &desk.trips);
    let shown = desk.trips.shown();
    if let Some(shown) = &shown {
        let trips = &shown.value.trips;
        let text = format!(
            "{} trips of {} reports",
            grouped(trips.trips.len() as u64),
            grouped(trips.reports as u64)
        );
        ui.add_enabled(!shown.is_stale, egui::Label::new(text));
    }
    let trips = shown.as_ref().map(|shown| shown.value.as_ref());
    params_ui(ui, "trips", &mut session.trips, &|name| trips_effect(trips?, name));
}

/// What a parameter of trips cut or dropped.
fn trips_effect(output: &TripsOf, name: &str) -> Option<String> {
    let trips = &output.trips;
    let dropped = |n: usize| format!("{} dropped", grouped(n as u64));
    Some(match name {
        "gap" => format!("{} cuts", grouped(trips.cuts_at(Ending::Gap) as u64)),
        "stop_time" => format!("{} stops", grouped(trips.cuts_at(Ending::Stop) as u64)),
        "turn" => format!("{} cuts", grouped(trips.cuts_at(Ending::Turn) as u64)),
        "min_length" => dropped(trips.dropped.short),
        "min_time" => dropped(trips.dropped.brief),
        "min_reports" => dropped(trips.dropped.few),
        _ => return None,
    })
}
