//! Which trips are looked at and worked on.

use egui::{Color32, DragValue, Grid, RichText, ScrollArea, TextEdit, Ui, vec2};

use crate::ais::{KindSet, ShipKind};
use crate::base::text::grouped;
use crate::flow::Key;
use crate::flow::stages::TripsOf;
use crate::flow::tray::Shelf as _;
use crate::prep::{Chosen, Criterion, FilterParams};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::map::Tool;
use crate::ui::map::palette::kind_color;
use crate::ui::theme;

/// Counts of trips by kind, of the result they were counted in.
#[derive(Default)]
pub struct Filters {
    kinds: Option<(Key, [usize; ShipKind::ALL.len()])>,
}

impl Filters {
    /// By name, type, area, time and speed.
    pub fn ui(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let desk = deck.desk;
        if let Some(shown) = desk.trips.shown()
            && self.kinds.as_ref().is_none_or(|(key, _)| *key != shown.key)
        {
            self.kinds = Some((shown.key, count_kinds(shown.value)));
        }
        let chosen = desk.filter.shown().map(|shown| &shown.value.chosen);
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            head(ui, deck, chosen);
            let Deck { session, time, commands, .. } = deck;
            let filter = &mut session.filter;
            search(ui, filter, chosen);
            ui.add_space(4.0);
            kinds(ui, filter, self.kinds.as_ref().map(|(_, counts)| counts), chosen);
            ui.add_space(4.0);
            section(ui, filter, Criterion::Area, "Area", chosen);
            ui.horizontal(|ui| {
                for (name, tool) in
                    [("Box", Tool::Box(None)), ("Polygon", Tool::Polygon(Vec::new()))]
                {
                    if ui.button(name).on_hover_text("Draw it on the map").clicked() {
                        commands.ask(Command::TakeUp(tool));
                    }
                }
            });
            field(ui, &mut filter.area, "Area", "lon lat, lon lat, …");
            ui.add_space(4.0);
            section(ui, filter, Criterion::Time, "Under way", chosen);
            if let Some(window_ms) = time.brush_ms() {
                let take = ui.button("Take the window of the timeline");
                if take.on_hover_text("Only trips under way in the brushed window").clicked() {
                    filter.set_time_window_ms(Some(window_ms));
                }
            }
            field(ui, &mut filter.from, "From", "from, such as 2018-06-02T14:00");
            field(ui, &mut filter.to, "To", "to");
            ui.add_space(4.0);
            section(ui, filter, Criterion::Speed, "Mean speed", chosen);
            speeds(ui, filter);
        });
    }
}

fn head(ui: &mut Ui, deck: &mut Deck, chosen: Option<&Chosen>) {
    let is_stale = deck.desk.filter.shown().is_some_and(|shown| shown.is_stale);
    ui.horizontal(|ui| {
        if let Some(chosen) = chosen {
            let text = format!(
                "{} of {} trips, {} vessels",
                grouped(chosen.kept.len() as u64),
                grouped(chosen.trips_in() as u64),
                grouped(chosen.vessels as u64)
            );
            ui.add_enabled(!is_stale, egui::Label::new(RichText::new(text).strong()));
        }
        if !deck.session.filter.is_empty() && ui.small_button("Clear all").clicked() {
            deck.session.filter = FilterParams::default();
        }
    });
    for fault in deck.desk.filter.faults() {
        ui.label(RichText::new(fault).color(theme::fault_color(ui)));
    }
    if chosen.is_some_and(|chosen| chosen.kept.is_empty() && chosen.trips_in() > 0) {
        ui.label(RichText::new("No trip passes all of these").color(theme::warning_color(ui)));
    }
}

/// A criterion's title, what it held back, and a way to let it go.
fn section(
    ui: &mut Ui,
    filter: &mut FilterParams,
    by: Criterion,
    title: &str,
    chosen: Option<&Chosen>,
) {
    ui.horizontal(|ui| {
        ui.label(theme::title(title));
        if filter.is_set(by) {
            if let Some(chosen) = chosen {
                let text = format!("{} held back", grouped(chosen.dropped(by) as u64));
                ui.label(RichText::new(text).weak());
            }
            let clear = ui.small_button("Clear");
            if clear.on_hover_text(format!("Let go: {title}")).clicked() {
                filter.clear(by);
            }
        }
    });
}

fn field(ui: &mut Ui, text: &mut String, name: &str, hint: &str) {
    let edit = TextEdit::singleline(text).hint_text(hint).desired_width(f32::INFINITY);
    let response = ui.add(edit);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, name));
}

fn search(ui: &mut Ui, filter: &mut FilterParams, chosen: Option<&Chosen>) {
    section(ui, filter, Criterion::Search, "Name or number", chosen);
    field(ui, &mut filter.search, "Search vessels", "name, call sign, MMSI or IMO");
}

fn kinds(
    ui: &mut Ui,
    filter: &mut FilterParams,
    counts: Option<&[usize; ShipKind::ALL.len()]>,
    chosen: Option<&Chosen>,
) {
    section(ui, filter, Criterion::Kind, "Ship type", chosen);
    let before = filter.kind_set();
    let mut kinds = before;
    let is_dark = ui.visuals().dark_mode;
    Grid::new("kinds").num_columns(3).spacing(vec2(6.0, 2.0)).show(ui, |ui| {
        for (place, kind) in ShipKind::ALL.into_iter().enumerate() {
            let n = counts.map_or(0, |counts| counts[place]);
            if n == 0 && kinds.has(kind) {
                continue; // Nothing there to be hidden.
            }
            let mut is_on = kinds.has(kind);
            ui.horizontal(|ui| {
                swatch(ui, kind_color(kind, is_dark));
                if ui.checkbox(&mut is_on, kind.name()).changed() {
                    kinds = if is_on { kinds.with(kind) } else { kinds.without(kind) };
                }
            });
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if ui.small_button("only").on_hover_text(format!("Only: {}", kind.name())).clicked()
                {
                    kinds = KindSet::NONE.with(kind);
                }
                ui.label(RichText::new(grouped(n as u64)).weak());
            });
            ui.end_row();
        }
    });
    if kinds != before {
        filter.set_kinds(kinds);
    }
}

fn swatch(ui: &mut Ui, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(10.0, 10.0), egui::Sense::hover());
    ui.painter().rect_filled(rect, 2.0, color);
}

fn speeds(ui: &mut Ui, filter: &mut FilterParams) {
    ui.horizontal(|ui| {
        let label = ui.label("from");
        ui.add(
            DragValue::new(&mut filter.speed_min_kn).range(0.0..=1000.0).speed(0.1).suffix(" kn"),
        )
        .labelled_by(label.id);
        let label = ui.label("to");
        let most = DragValue::new(&mut filter.speed_max_kn)
            .range(0.0..=1000.0)
            .speed(0.1)
            .custom_formatter(|kn, _| if kn > 0.0 { format!("{kn:.1} kn") } else { "any".into() })
            .custom_parser(|text| text.trim_end_matches("kn").trim().parse().ok());
        ui.add(most).labelled_by(label.id).on_hover_text("0 for no limit");
    });
}

fn count_kinds(output: &TripsOf) -> [usize; ShipKind::ALL.len()] {
    let vessels = output.fleet().vessels();
    let mut counts = [0; ShipKind::ALL.len()];
    for trip in &output.trips.trips {
        let kind = vessels[trip.vessel].kind();
        if let Some(place) = ShipKind::ALL.iter().position(|other| *other == kind) {
            counts[place] += 1;
        }
    }
    counts
}
