//! The card beside the pointer: which ship, when, how fast.

use egui::{Area, Color32, Frame, Id, Order, Pos2, RichText, Sense, Ui, vec2};

use super::pick::Hit;
use crate::base::text::grouped;
use crate::base::time::utc_text;
use crate::base::units::nmi_from_m;
use crate::flow::stages::TripsOf;

/// How far from the pointer the card stands.
const OFFSET_PX: f32 = 16.0;

/// Shows what is known of the report under the pointer, and of the cluster that its trip is in: its
/// color and what it is called.
pub fn card(
    ui: &Ui,
    pointer: Pos2,
    output: &TripsOf,
    hit: &Hit,
    cluster: Option<(Color32, String)>,
) {
    let fleet = output.fleet();
    let Some(vessel) = fleet.vessels().get(hit.vessel) else { return };
    let report = fleet.reports().get(hit.report_index);
    at_pointer(ui, pointer, |ui| {
        ui.label(RichText::new(vessel.title()).strong());
        let about = format!("MMSI {} · {}", vessel.mmsi.0, vessel.kind().name());
        ui.label(RichText::new(about).weak());
        ui.label(format!("{} UTC", utc_text(report.t_ms - report.t_ms.rem_euclid(1000))));
        ui.label(motion_text(report.sog_kn, report.cog_deg));
        match hit.trip.and_then(|trip| output.trips.trips.get(trip).map(|of| (trip, of))) {
            Some((index, trip)) => ui.label(
                RichText::new(format!(
                    "Trip {}, {:.1} nmi",
                    grouped(index as u64),
                    nmi_from_m(trip.length_m)
                ))
                .weak(),
            ),
            None => ui.label(RichText::new("Outside of trips").weak()),
        };
        if let Some((color, title)) = cluster {
            swatch(ui, color, RichText::new(title));
        }
    });
}

/// Shows what is known of the route under the pointer.
pub fn route_card(ui: &Ui, pointer: Pos2, color: Color32, title: &str, about: &[String]) {
    at_pointer(ui, pointer, |ui| {
        swatch(ui, color, RichText::new(title).strong());
        for line in about {
            ui.label(line);
        }
    });
}

/// A colored square with a text beside it.
pub fn swatch(ui: &mut Ui, color: Color32, text: RichText) {
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
        ui.painter().rect_filled(rect, 2.0, color);
        ui.label(text);
    });
}

/// A card beside the pointer.
pub fn at_pointer(ui: &Ui, pointer: Pos2, add: impl FnOnce(&mut Ui)) {
    Area::new(Id::unique("hover card"))
        .order(Order::Tooltip)
        .interactable(false)
        .constrain_to(ui.clip_rect())
        .fixed_pos(pointer + vec2(OFFSET_PX, OFFSET_PX))
        .show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_max_width(260.0);
                add(ui);
            });
        });
}

/// Speed and course in words; what is not known is left out.
pub fn motion_text(sog_kn: f32, cog_deg: f32) -> String {
    let speed = if sog_kn.is_nan() { "speed not known".into() } else { format!("{sog_kn:.1} kn") };
    if cog_deg.is_nan() { speed } else { format!("{speed}, course {cog_deg:03.0}°") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn motion_is_told_as_far_as_it_is_known() {
        assert_eq!(motion_text(12.34, 7.4), "12.3 kn, course 007°");
        assert_eq!(motion_text(0.0, f32::NAN), "0.0 kn");
        assert_eq!(motion_text(f32::NAN, 90.0), "speed not known, course 090°");
    }
}
