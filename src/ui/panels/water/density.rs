//! The exact density: what counts, what the map shows of it, the densest cells, and who was there
//! when.

use egui::{ComboBox, RichText, ScrollArea, Ui};

use super::bars::Bars;
use super::cell_table::places_around;
use super::kinds::kinds_ui;
use super::{STALE_OPACITY, WaterPanels, lack_ui, period_ui, watched_ui, work_ui};
use crate::ais::ShipKind;
use crate::base::text::{counted, grouped};
use crate::flow::look::CellMeasure;
use crate::flow::stages::DensityOf;
use crate::flow::tray::Shelf as _;
use crate::prep::FilterParams;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::form::{Stand, params_ui_where};
use crate::ui::map::palette::category;
use crate::ui::panels::prepare::head;
use crate::ui::plot::axis::{short, significant};
use crate::ui::theme;
use crate::ui::water_view::cell_lines;

/// Wider than this, table and plots stand side by side, points of the screen.
const WIDE_PX: f32 = 620.0;

/// What was found, line by line.
fn lines_of(of: &DensityOf) -> Vec<String> {
    let density = &of.density;
    let n_cells = density.cells().count();
    let most = density.cells().map(|cell| density.hours_km2(cell)).fold(0.0, f64::max);
    let transits = density.cells().map(|cell| density.transits(cell)).max().unwrap_or(0);
    let mut lines = vec![
        format!(
            "{} ship-hours in {}",
            grouped(density.total_hours().round() as u64),
            counted(n_cells as u64, "cell")
        ),
        format!("over {} days", significant(of.days, 2)),
        format!("at most {} h per km²", short(most)),
        format!("at most {}", counted(transits.into(), "transit")),
    ];
    if let Some(before) = &of.before {
        lines.push(format!(
            "Other period: {} ship-hours over {} days",
            grouped(before.density.total_hours().round() as u64),
            significant(before.days, 2)
        ));
    }
    lines
}

/// Hours of each series, by type and by hour of the day; of two periods, for each day of them.
fn series(of: &DensityOf) -> Vec<(&'static str, f64, &crate::watch::Density)> {
    match &of.before {
        None => vec![("ship-hours", 1.0, &of.density)],
        Some(before) => vec![
            ("h a day, watched", of.days.max(1e-9), &of.density),
            ("h a day, other period", before.days.max(1e-9), &before.density),
        ],
    }
}

fn plots_ui(ui: &mut Ui, of: &DensityOf) {
    let is_dark = ui.visuals().dark_mode;
    let series = series(of);
    let names: Vec<(String, egui::Color32)> = series
        .iter()
        .enumerate()
        .map(|(place, (name, ..))| ((*name).to_owned(), category(place, is_dark)))
        .collect();
    let by_kind = |kind: usize| -> Vec<f64> {
        series.iter().map(|(_, days, density)| density.hours_by_kind()[kind] / days).collect()
    };
    let by_hour = |hour: usize| -> Vec<f64> {
        series.iter().map(|(_, days, density)| density.hours_by_hour()[hour] / days).collect()
    };
    ui.columns(2, |columns| {
        let rows = ShipKind::ALL.iter().enumerate();
        let rows = rows.map(|(place, kind)| (kind.name().to_owned(), by_kind(place)));
        let rows = rows.filter(|(_, values)| values.iter().any(|value| *value > 0.0)).collect();
        let title = "By ship type, hours";
        let bars = Bars { title, things: "Ship-hours", series: &names, rows, text: rounded };
        let area = ScrollArea::vertical().id_salt("kinds").auto_shrink([false, false]);
        area.show(&mut columns[0], |ui| bars.rows_ui(ui));
        let rows = (0..24).map(|hour| (format!("{hour:02}:00 UTC"), by_hour(hour))).collect();
        let title = "By hour of the day, UTC, hours";
        Bars { title, things: "Ship-hours", series: &names, rows, text: rounded }
            .upright_ui(&mut columns[1]);
    });
}

fn rounded(value: f64) -> String {
    if value >= 100.0 { grouped(value.round() as u64) } else { format!("{value:.1}") }
}

impl WaterPanels {
    /// The right panel: what counts for density, and what the map shows of it.
    pub fn density(&mut self, ui: &mut Ui, deck: &mut Deck) {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.add_space(4.0);
            head(ui, &deck.desk.density);
            work_ui(ui, deck.commands, &deck.desk.density);
            lack_ui(ui, deck);
            let shown = deck.desk.density.shown();
            if let Some(shown) = &shown {
                ui.scope(|ui| {
                    if shown.is_stale {
                        ui.multiply_opacity(STALE_OPACITY);
                    }
                    if self.dense.as_ref().is_none_or(|(key, _)| *key != shown.key) {
                        self.dense = Some((shown.key, lines_of(shown.value)));
                    }
                    for line in self.dense.iter().flat_map(|(_, lines)| lines) {
                        ui.add(egui::Label::new(line).wrap());
                    }
                });
                if ui
                    .small_button("Export…")
                    .on_hover_text("Cells as a table (CSV) and as shapes (GeoJSON)")
                    .clicked()
                {
                    deck.ask(Command::AskToExport("density"));
                }
            }
            ui.add_space(4.0);
            ui.separator();
            ui.label(theme::title("On the map"));
            measure_ui(ui, deck);
            let hovered = deck.water.hovered_cell;
            if let (Some(shown), Some((key, cell))) = (&shown, hovered)
                && shown.key == key
            {
                let text =
                    format!("Under the pointer: {}", cell_lines(shown.value, cell).join("; "));
                ui.add(egui::Label::new(RichText::new(text).weak()).wrap());
            }
            ui.add_space(4.0);
            ui.separator();
            watched_ui(ui, deck);
            compare_ui(ui, deck);
            ui.add_space(4.0);
            ui.separator();
            ui.label(theme::title("What counts"));
            kinds_ui(ui, &mut deck.session.density.params.kinds);
            let stand = |name: &str| match name {
                "kinds" | "before_from" | "before_to" => Stand::Absent,
                _ => Stand::Live,
            };
            params_ui_where(ui, "density", &mut deck.session.density, &|_| None, &stand);
        });
    }

    /// The densest cells, and hours by type and hour of the day.
    pub fn densest(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let Some(shown) = deck.desk.density.shown() else {
            lack_ui(ui, deck);
            if lack_is_work(deck) {
                ui.label(RichText::new("Density is being counted").weak());
            }
            return;
        };
        if shown.is_stale {
            ui.multiply_opacity(STALE_OPACITY);
        }
        let gone_to = deck.water.cell_of(shown.key);
        let mut picked = None;
        if ui.available_width() > WIDE_PX {
            ui.columns(2, |columns| {
                picked = self.cells.ui(&mut columns[0], (shown.key, shown.value), gone_to);
                plots_ui(&mut columns[1], shown.value);
            });
        } else {
            picked = self.cells.ui(ui, (shown.key, shown.value), gone_to);
        }
        if let Some(cell) = picked {
            deck.water.cell = Some((shown.key, cell));
            let places = places_around(shown.value, cell);
            if deck.session.map.cells == CellMeasure::Off {
                deck.session.map.cells = CellMeasure::ShipHours;
            }
            deck.ask(Command::FitPlaces(places));
        }
    }
}

fn lack_is_work(deck: &Deck) -> bool {
    super::lack(deck).is_none() && deck.desk.density.faults().is_empty()
}

/// What the cells on the map show.
fn measure_ui(ui: &mut Ui, deck: &mut Deck) {
    let has_before = deck.session.density.before_ms().is_some();
    let cells = &mut deck.session.map.cells;
    ui.horizontal(|ui| {
        let label = ui.label("Cells");
        let combo = ComboBox::from_id_salt("cells").selected_text(cells.title());
        let response = combo.width((ui.available_width() - 10.0).max(60.0)).show_ui(ui, |ui| {
            use CellMeasure::{HoursChange, Off, ShipHours, Transits, TransitsChange};
            for measure in [Off, ShipHours, Transits] {
                ui.selectable_value(cells, measure, measure.title());
            }
            for measure in [HoursChange, TransitsChange] {
                ui.add_enabled_ui(has_before, |ui| {
                    let value = ui.selectable_value(cells, measure, measure.title());
                    value.on_disabled_hover_text("Set another period to compare with first");
                });
            }
        });
        response.response.labelled_by(label.id);
    });
    if cells.is_change() && !has_before {
        let text = "There is no other period to compare with: set one below";
        let text = RichText::new(text).color(theme::warning_color(ui));
        ui.add(egui::Label::new(text).wrap());
    }
    if *cells == CellMeasure::Off && ui.button("Show on the map").clicked() {
        *cells = CellMeasure::ShipHours;
    }
}

/// The other period.
fn compare_ui(ui: &mut Ui, deck: &mut Deck) {
    ui.add_space(4.0);
    ui.label(theme::title("Compared with another period"));
    let density = &mut deck.session.density;
    period_ui(ui, "Other period", (&mut density.before_from, &mut density.before_to));
    ui.horizontal_wrapped(|ui| {
        if let Some(window_ms) = deck.time.brush_ms()
            && ui.small_button("Take the timeline's window here").clicked()
        {
            let mut window = FilterParams::default();
            window.set_time_window_ms(Some(window_ms));
            (density.before_from, density.before_to) = (window.from, window.to);
        }
        let is_set = !(density.before_from.is_empty() && density.before_to.is_empty());
        if is_set && ui.small_button("Compare no more").clicked() {
            density.before_from.clear();
            density.before_to.clear();
            if deck.session.map.cells.is_change() {
                deck.session.map.cells = CellMeasure::ShipHours;
            }
        }
    });
}
