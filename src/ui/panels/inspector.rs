//! The selected vessel and trip.

use egui::{Button, CollapsingHeader, Grid, RichText, ScrollArea, TextWrapMode, Ui};

use self::before::{Sent, counts};
use super::tables::Tables;
use super::tables::sheet::Sheet;
use crate::ais::{Trip, Vessel};
use crate::base::text::{counted, grouped};
use crate::base::time::{duration_text, utc_text};
use crate::base::units::nmi_from_m;
use crate::flow::stages::TripsOf;
use crate::prep::ship_at;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::map::furniture::degrees_minutes;
use crate::ui::selection::Pick;
use crate::ui::theme;

pub mod before;

/// How many of a vessel's trips are listed.
const LISTED: usize = 50;

/// Width of the column of names.
const NAMES_PX: f32 = 82.0;

impl Tables {
    /// Identity, times and figures of what is selected.
    pub fn inspector(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let desk = deck.desk;
        let Some(shown) = desk.trips.shown() else {
            ui.label(RichText::new("No trips yet").weak());
            return;
        };
        let selected = deck.selection.vessel().filter(|_| deck.selection.key() == Some(shown.key));
        let Some(vessel) = selected else {
            teach(ui);
            return;
        };
        let output = shown.value;
        let sheet = self.held.update(desk, ui.ctx()).filter(|sheet| sheet.key == shown.key);
        let sent = self.before.of(desk, output, vessel);
        let all = &output.trips.trips;
        let first = all.partition_point(|trip| trip.vessel < vessel);
        let own = first..all.partition_point(|trip| trip.vessel <= vessel);
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            vessel_ui(ui, output, vessel, own.len(), &sent);
            if let Some(now_ms) = deck.time.now_ms() {
                now_ui(ui, output, vessel, now_ms);
            }
            if deck.selection.trips().len() > 1 {
                sums_ui(ui, output, deck.selection.trips());
            }
            match deck.selection.trip() {
                Some(trip) => trip_ui(ui, deck, output, sheet.as_deref(), trip, own.clone()),
                None => buttons_ui(ui, deck, None, own.clone()),
            }
            list_ui(ui, deck, output, own);
        });
    }
}

fn teach(ui: &mut Ui) {
    ui.add_space(6.0);
    ui.label("Click a track on the map, or a row of a table");
    ui.label(
        RichText::new(
            "Ctrl adds to what is selected, a second click on a row moves the map there, \
             Esc lets go of it",
        )
        .weak(),
    );
}

/// Names on the left, values on the right; long values take several lines. A grid remembers how
/// high its rows were, so `id` names what the values are about: another ship's rows are others.
fn fields(ui: &mut Ui, id: (&str, usize), rows: &[(&str, String)]) {
    let spacing = egui::vec2(8.0, 3.0);
    let values_px = (ui.available_width() - NAMES_PX - spacing.x - 4.0).max(60.0);
    Grid::new(id)
        .num_columns(2)
        .spacing(spacing)
        .min_row_height(0.0)
        .min_col_width(NAMES_PX)
        .max_col_width(values_px.max(NAMES_PX))
        .show(ui, |ui| {
            for (name, value) in rows {
                ui.label(RichText::new(*name).weak());
                // The proportional font has no sign for minutes of arc.
                let is_place = value.contains('\u{2032}');
                let text = RichText::new(value);
                ui.label(if is_place { text.monospace().size(11.0) } else { text });
                ui.end_row();
            }
        });
}

fn vessel_ui(ui: &mut Ui, output: &TripsOf, index: usize, n_trips: usize, sent: &[Sent]) {
    let vessel = &output.fleet().vessels()[index];
    ui.label(RichText::new(vessel.title()).heading().strong());
    let mut rows = identity(vessel);
    let times = output.fleet().track(index).t_ms;
    if let (Some(first), Some(last)) = (times.first(), times.last()) {
        rows.push(("Seen", format!("{} to {} UTC", to_second(*first), to_second(*last))));
    }
    rows.push(("Reports", reports_text(times.len(), sent)));
    rows.push(("Trips", grouped(n_trips as u64)));
    fields(ui, ("vessel", index), &rows);
    if vessel.voyages.len() > 1 {
        let title = format!("{} typed before", vessel.voyages.len() - 1);
        CollapsingHeader::new(title).id_salt("voyages").show(ui, |ui| {
            for (t_ms, voyage) in vessel.voyages.iter().rev().skip(1).take(LISTED) {
                ui.label(RichText::new(format!("From {} UTC", to_second(*t_ms))).weak().small());
                let parts = [
                    voyage.destination.clone(),
                    if voyage.eta.is_empty() {
                        String::new()
                    } else {
                        format!("ETA {}", voyage.eta)
                    },
                    draught_text(f32::from(voyage.draught_dm) / 10.0),
                ];
                let told: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                ui.label(told.join(", "));
            }
        });
    }
}

/// What a vessel's static reports say; what they leave out is left out.
fn identity(vessel: &Vessel) -> Vec<(&'static str, String)> {
    let about = &vessel.about;
    let class = if vessel.is_local { "number in its file" } else { vessel.class().name() };
    let size = match (about.length_m, about.width_m) {
        (Some(length_m), Some(width_m)) => format!("{length_m:.0} × {width_m:.0} m"),
        (Some(length_m), None) => format!("{length_m:.0} m long"),
        (None, Some(width_m)) => format!("{width_m:.0} m wide"),
        (None, None) => String::new(),
    };
    let kind = match about.ship_type.0 {
        0 => vessel.kind().name().to_owned(),
        number => format!("{} (AIS {number})", vessel.kind().name()),
    };
    let rows = [
        ("MMSI", format!("{} ({class})", vessel.mmsi.0)),
        ("IMO", if about.imo == 0 { String::new() } else { about.imo.to_string() }),
        ("Call sign", about.callsign.clone()),
        ("Type", kind),
        ("Size", size),
        ("Draught", about.draught_m.map(draught_text).unwrap_or_default()),
        ("Destination", about.destination.clone()),
        ("ETA", about.eta.clone()),
    ];
    rows.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn draught_text(draught_m: f32) -> String {
    if draught_m > 0.0 { format!("{draught_m:.1} m") } else { String::new() }
}

/// How many reports were kept, and how many were not and why.
fn reports_text(kept: usize, sent: &[Sent]) -> String {
    let removed = counts(sent);
    let n: usize = removed.iter().map(|(_, n)| n).sum();
    let mended = sent.len() - n;
    let mut text = format!("{} kept", grouped(kept as u64));
    if n > 0 {
        let reasons: Vec<String> = removed
            .iter()
            .map(|(verdict, n)| {
                format!("{} {}", grouped(*n as u64), verdict.name().replace('_', " "))
            })
            .collect();
        text += &format!(", {} removed: {}", grouped(n as u64), reasons.join(", "));
    }
    if mended > 0 {
        text += &format!(", {} mended", counted(mended as u64, "speed"));
    }
    text
}

/// Where the vessel is at the moment that is chosen.
fn now_ui(ui: &mut Ui, output: &TripsOf, vessel: usize, now_ms: i64) {
    ui.add_space(6.0);
    ui.label(theme::title(&format!("At {} UTC", to_second(now_ms))));
    let track = output.fleet().track(vessel);
    let Some(now) = ship_at(output.fleet(), vessel, now_ms) else {
        let around = (track.t_ms.first(), track.t_ms.last());
        let text = match around {
            (Some(first), _) if now_ms < *first => "Not seen yet",
            (_, Some(last)) if now_ms > *last => "Not seen any more",
            _ => "Silent: no report for more than half an hour",
        };
        ui.label(RichText::new(text).weak());
        return;
    };
    let age_ms = now_ms - output.fleet().reports().t_ms[now.report_index];
    let known = |value: f32, text: String| if value.is_nan() { "not known".into() } else { text };
    fields(
        ui,
        ("now", vessel),
        &[
            ("Position", degrees_minutes(now.position)),
            ("Speed", known(now.sog_kn, format!("{:.1} kn", now.sog_kn))),
            ("Course", known(now.cog_deg, format!("{:03.0}°", now.cog_deg.rem_euclid(360.0)))),
            ("Last report", format!("{} before", duration_text(age_ms))),
        ],
    );
}

/// What several selected trips add up to.
fn sums_ui(ui: &mut Ui, output: &TripsOf, selected: &[usize]) {
    let sums = sums(output, selected);
    ui.add_space(6.0);
    ui.label(theme::title(&format!("{} selected", counted(selected.len() as u64, "trip"))));
    fields(
        ui,
        ("sums", 0),
        &[
            ("Vessels", grouped(sums.vessels as u64)),
            ("Length", format!("{:.1} nmi", sums.length_nmi)),
            ("Under way", duration_text(sums.duration_ms)),
            ("Reports", grouped(sums.reports as u64)),
        ],
    );
}

#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct Sums {
    vessels: usize,
    length_nmi: f64,
    duration_ms: i64,
    reports: usize,
}

fn sums(output: &TripsOf, selected: &[usize]) -> Sums {
    let trips = || selected.iter().filter_map(|trip| output.trips.trips.get(*trip));
    let mut vessels: Vec<usize> = trips().map(|trip| trip.vessel).collect();
    vessels.sort_unstable();
    vessels.dedup();
    trips().fold(Sums { vessels: vessels.len(), ..Sums::default() }, |sums, trip| {
        let (from_ms, to_ms) = trip.time_span_ms(output.fleet());
        Sums {
            length_nmi: sums.length_nmi + nmi_from_m(trip.length_m),
            duration_ms: sums.duration_ms + (to_ms - from_ms),
            reports: sums.reports + trip.reports.len(),
            ..sums
        }
    })
}

fn trip_ui(
    ui: &mut Ui,
    deck: &mut Deck,
    output: &TripsOf,
    sheet: Option<&Sheet>,
    index: usize,
    own: std::ops::Range<usize>,
) {
    let Some(trip) = output.trips.trips.get(index) else { return };
    ui.add_space(6.0);
    let place = grouped((index - own.start + 1) as u64);
    let title = format!("Trip {}, {place} of {}", grouped(index as u64), grouped(own.len() as u64));
    ui.label(theme::title(&title));
    buttons_ui(ui, deck, Some(index), own);
    fields(ui, ("trip", index), &trip_rows(output, sheet, index, trip));
}

fn trip_rows(
    output: &TripsOf,
    sheet: Option<&Sheet>,
    index: usize,
    trip: &Trip,
) -> Vec<(&'static str, String)> {
    let (from_ms, to_ms) = trip.time_span_ms(output.fleet());
    let highest_kn = sheet.map_or(f64::NAN, |sheet| sheet.trips[index].max_kn);
    let mut rows = vec![
        ("Begin", format!("{} UTC", to_second(from_ms))),
        ("End", format!("{} UTC", to_second(to_ms))),
        ("Duration", duration_text(to_ms - from_ms)),
        ("Length", format!("{:.1} nmi", nmi_from_m(trip.length_m))),
        ("Mean speed", format!("{:.1} kn", trip.mean_kn(output.fleet()))),
    ];
    if !highest_kn.is_nan() {
        rows.push(("Top speed", format!("{highest_kn:.1} kn")));
    }
    rows.push(("Reports", grouped(trip.reports.len() as u64)));
    rows.push(("Begins by", trip.begins.name().into()));
    rows.push(("Ends by", trip.ends.name().into()));
    rows
}

/// Where to go from here.
fn buttons_ui(ui: &mut Ui, deck: &mut Deck, trip: Option<usize>, own: std::ops::Range<usize>) {
    let before = trip.and_then(|trip| trip.checked_sub(1)).filter(|before| own.contains(before));
    let after = trip.map(|trip| trip + 1).filter(|after| own.contains(after));
    ui.horizontal_wrapped(|ui| {
        if ui.small_button("Fit").on_hover_text("Show what is selected on the map (F)").clicked() {
            deck.ask(Command::FitSelection);
        }
        for (title, target) in [("Previous trip", before), ("Next trip", after)] {
            let button = ui.add_enabled(target.is_some(), Button::new(title).small());
            if let (true, Some(target)) = (button.clicked(), target) {
                deck.pick(Pick::Trip(target));
            }
        }
        if ui.small_button("Clear").on_hover_text("Let go of what is selected (Esc)").clicked() {
            deck.pick(Pick::Nothing);
        }
    });
}

/// The vessel's trips, to be picked.
fn list_ui(ui: &mut Ui, deck: &mut Deck, output: &TripsOf, own: std::ops::Range<usize>) {
    if own.is_empty() {
        ui.add_space(6.0);
        ui.label(RichText::new("No trips: what it sailed was cut too short").weak());
        return;
    }
    ui.add_space(6.0);
    ui.label(theme::title("Trips of this vessel"));
    ui.spacing_mut().item_spacing.y = 1.0;
    for index in own.clone().take(LISTED) {
        let trip = &output.trips.trips[index];
        let (from_ms, to_ms) = trip.time_span_ms(output.fleet());
        let text = format!(
            "{}, {}, {:.1} nmi",
            to_second(from_ms).get(5..16).unwrap_or_default(),
            duration_text(to_ms - from_ms),
            nmi_from_m(trip.length_m)
        );
        let is_selected = deck.selection.trips().contains(&index);
        let button = Button::selectable(is_selected, text)
            .wrap_mode(TextWrapMode::Truncate)
            .min_size(egui::vec2(ui.available_width(), 0.0));
        let response = ui.add(button);
        if response.clicked() {
            let is_more = ui.input(|input| input.modifiers.command);
            deck.pick(if is_more { Pick::AlsoTrip(index) } else { Pick::Trip(index) });
        }
    }
    if own.len() > LISTED {
        let more = grouped((own.len() - LISTED) as u64);
        ui.label(RichText::new(format!("and {more} more; the table of trips has all")).weak());
    }
}

fn to_second(t_ms: i64) -> String {
    utc_text(t_ms - t_ms.rem_euclid(1000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Mmsi, ShipType};
    use crate::prep::Verdict;
    use crate::ui::panels::tables::sheet::tests::sheet;

    #[test]
    fn selected_trips_add_up() {
        let sheet = sheet();
        let expected = Sums { vessels: 2, length_nmi: 3.0, duration_ms: 20 * 60_000, reports: 4 };
        assert_eq!(sums(&sheet.output, &[0, 2]), expected);
        assert_eq!(sums(&sheet.output, &[0, 1]).vessels, 1);
        assert_eq!(sums(&sheet.output, &[99]), Sums::default());
    }

    #[test]
    fn identity_says_what_is_known_and_nothing_else() {
        let mut vessel = Vessel { mmsi: Mmsi(219_000_001), ..Vessel::default() };
        assert_eq!(
            identity(&vessel),
            [("MMSI", "219000001 (ship)".into()), ("Type", "Unknown".to_owned())]
        );
        vessel.about.ship_type = ShipType(80);
        (vessel.about.length_m, vessel.about.width_m) = (Some(180.0), Some(28.4));
        vessel.is_local = true;
        assert_eq!(
            identity(&vessel),
            [
                ("MMSI", "219000001 (number in its file)".to_owned()),
                ("Type", "Tanker (AIS 80)".into()),
                ("Size", "180 × 28 m".into())
            ]
        );
    }

    #[test]
    fn reports_are_told_by_what_became_of_them() {
        let sent = |verdict| Sent { t_ms: 0, sog_kn: 1.0, cog_deg: 0.0, verdict };
        assert_eq!(reports_text(1200, &[]), "1\u{2009}200 kept");
        let some = [sent(Verdict::Jump), sent(Verdict::SameTime), sent(Verdict::Jump)];
        assert_eq!(reports_text(9, &some), "9 kept, 3 removed: 1 same time, 2 jump");
        assert_eq!(reports_text(9, &[sent(Verdict::Kept)]), "9 kept, 1 speed mended");
    }
}
