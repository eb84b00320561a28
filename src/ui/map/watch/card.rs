//! What is known of an encounter or an oddity, beside the pointer.

use egui::{RichText, Ui};

use super::marks::{meeting_color, oddity_color};
use super::meeting::distance_text;
use crate::ais::Fleet;
use crate::base::time::{duration_text, utc_text};
use crate::ui::map::hover::swatch;
use crate::watch::{Encounter, GiveWay, Oddity};

/// Who has to give way, by name.
pub fn give_way_text(met: &Encounter, fleet: &Fleet) -> String {
    let name = |which: usize| fleet.vessels()[met.ships[which]].title();
    match met.give_way {
        GiveWay::First => format!("{} gives way", name(0)),
        GiveWay::Second => format!("{} gives way", name(1)),
        GiveWay::Both => "both give way".into(),
        GiveWay::Neither => "their courses lead apart".into(),
    }
}

/// An encounter, that was or that is to come.
pub fn encounter_card(ui: &mut Ui, met: &Encounter, fleet: &Fleet, is_ahead: bool) {
    let names = met.ships.map(|ship| fleet.vessels()[ship].title());
    ui.label(RichText::new(format!("{} and {}", names[0], names[1])).strong());
    let kind =
        if is_ahead { format!("{}, ahead", met.meeting.name()) } else { met.meeting.name().into() };
    swatch(ui, meeting_color(met.meeting, ui.visuals().dark_mode), RichText::new(kind));
    ui.label(format!("{} UTC", utc_text(met.cpa_ms - met.cpa_ms.rem_euclid(1000))));
    ui.label(format!("Closest at {}", distance_text(met.cpa_m)));
    ui.label(give_way_text(met, fleet));
    let breach = if met.is_breach() { "in a ship's domain" } else { "outside of both domains" };
    ui.label(
        RichText::new(format!("{breach}, {:.1} kn against each other", met.relative_kn)).weak(),
    );
}

/// An oddity.
pub fn oddity_card(ui: &mut Ui, oddity: &Oddity, fleet: &Fleet) {
    let name = oddity.ship.map(|ship| fleet.vessels()[ship].title());
    let name = name.unwrap_or_else(|| oddity.mmsi.0.to_string());
    ui.label(RichText::new(name).strong());
    let text = RichText::new(format!("{}, score {:.2}", oddity.kind.name(), oddity.score));
    swatch(ui, oddity_color(oddity.kind, ui.visuals().dark_mode), text);
    ui.label(format!("{} UTC", utc_text(oddity.from_ms - oddity.from_ms.rem_euclid(1000))));
    if oddity.to_ms > oddity.from_ms {
        ui.label(
            RichText::new(format!("for {}", duration_text(oddity.to_ms - oddity.from_ms))).weak(),
        );
    }
    ui.label(&oddity.why);
}
