//! The panels of prediction: what is fitted, how far off it is, and where the selected ship will be.
//! Each draws plain results and gives back what was asked for; this file joins them to the desk.

mod card;
mod parameters;
mod path;
mod plots;
mod score_table;
mod search;
mod training;
mod worst;

use std::sync::Arc;

use egui::{Button, ComboBox, RichText, ScrollArea, Ui};

use self::path::PathTable;
use self::plots::{coverage_ui, errors_ui, legend_ui};
use self::score_table::{Measure, ScoreTable, inputs_name};
use self::worst::WorstTable;
use crate::base::geo::{Position, destination};
use crate::base::text::{counted, grouped};
use crate::base::time::utc_text;
use crate::flow::stages::ScoresOf;
use crate::flow::tray::Shelf as _;
use crate::flow::{Desk, Session};
use crate::predict::params::Method;
use crate::predict::score::Miss;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::predict_view::{Lack, Target, path_of};
use crate::ui::selection::Pick;
use crate::ui::theme::{self, STALE_OPACITY};

/// What the panels of prediction keep between frames.
#[derive(Default)]
pub struct PredictPanels {
    /// What there was last of an evaluation under way: it stays when that is stopped.
    so_far: Option<Arc<ScoresOf>>,
    sheet: Sheet,
    measure: Measure,
    shows_p90: bool,
    worst: WorstTable,
    path: PathTable,
}

/// Which table of scores is in front.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Sheet {
    #[default]
    Methods,
    Inputs,
    Search,
}

/// How scores stand that are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stand {
    /// More of them come.
    Live,
    /// The evaluation was stopped.
    Stopped,
    /// They are of other settings or trips.
    Stale,
    /// They are what is wanted.
    Fresh,
}

impl Stand {
    fn text(self, n_methods: usize, of: usize) -> String {
        let done = format!("{n_methods} of {}", counted(of as u64, "method"));
        match self {
            Stand::Live => format!("Evaluating: {done} done"),
            Stand::Stopped => format!("Stopped: {done} done"),
            Stand::Stale => "Out of date: of other settings or trips".into(),
            Stand::Fresh => counted(n_methods as u64, "method"),
        }
    }
}

impl PredictPanels {
    /// The scores to show: those under way as soon as one method is done.
    fn found(&mut self, desk: &Desk) -> Option<(Arc<ScoresOf>, Stand)> {
        let shelf = &desk.scores;
        if shelf.progress().is_some() {
            self.so_far = shelf.so_far();
            if let Some(so_far) = &self.so_far {
                return Some((Arc::clone(so_far), Stand::Live));
            }
        } else if !shelf.faults().is_empty()
            && let Some(so_far) = &self.so_far
        {
            return Some((Arc::clone(so_far), Stand::Stopped));
        } else if shelf.faults().is_empty() {
            self.so_far = None;
        }
        let shown = shelf.shown()?;
        let stand = if shown.is_stale { Stand::Stale } else { Stand::Fresh };
        Some((Arc::clone(shown.value), stand))
    }

    /// How far off each method is, as a table.
    pub fn scores(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let Some((of, stand)) = self.found(deck.desk) else {
            nothing_ui(ui, deck);
            return;
        };
        let scores = &of.scores;
        let planned = deck.session.predict.methods().unwrap_or_default();
        ui.horizontal_wrapped(|ui| {
            let sheets = [
                (Sheet::Methods, "Methods", true),
                (Sheet::Inputs, "By input", !scores.by_inputs.is_empty()),
                (Sheet::Search, "Settings tried", !scores.search.is_empty()),
            ];
            for (sheet, title, is_there) in sheets {
                let button = Button::selectable(self.sheet == sheet, title);
                if ui.add_enabled(is_there, button).clicked() {
                    self.sheet = sheet;
                }
            }
            ui.separator();
            if self.sheet != Sheet::Search {
                measure_ui(ui, &mut self.measure);
            }
            ui.label(RichText::new(summary(&of, stand, deck.session)).weak());
            if let Some(note) = folds_note(scores.n_folds, scores.n_ships, deck.session) {
                ui.label(RichText::new(note).color(theme::warning_color(ui)));
            }
            evaluate_ui(ui, deck);
            if stand == Stand::Fresh && ui.small_button("Export…").clicked() {
                deck.ask(Command::AskToExport("predict-scores"));
            }
        });
        ui.scope(|ui| {
            dim(ui, stand);
            ScrollArea::both().id_salt("scores").auto_shrink([false, false]).show(ui, |ui| {
                let horizons = &of.windows.data.horizons_min;
                match self.sheet {
                    Sheet::Search if !scores.search.is_empty() => search::search_ui(ui, scores),
                    Sheet::Inputs if !scores.by_inputs.is_empty() => {
                        let table = ScoreTable::of(&scores.by_inputs, &[], horizons, self.measure);
                        table.ui(ui, &|line| Some(inputs_name(line.inputs?)));
                    }
                    _ => {
                        let planned = if stand == Stand::Stale { &[][..] } else { &planned };
                        let table = ScoreTable::of(&scores.rows, planned, horizons, self.measure);
                        table.ui(ui, &|_| None);
                    }
                }
            });
        });
    }

    /// The error by time ahead, and beside it how much the ellipses hold.
    pub fn errors(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let Some((of, stand)) = self.found(deck.desk) else {
            nothing_ui(ui, deck);
            return;
        };
        let rows = &of.scores.rows;
        if rows.is_empty() {
            ui.label(RichText::new("No method has scores yet").weak());
            return;
        }
        ui.horizontal_wrapped(|ui| {
            legend_ui(ui, rows);
            ui.checkbox(&mut self.shows_p90, "90 % of errors").on_hover_text(
                "Dashed: nine of ten predictions are nearer to where the ship was than this",
            );
        });
        let predict = &*deck.predict;
        let is_strong = |method: Method| predict.is_drawn(method);
        dim(ui, stand);
        ui.columns(2, |columns| {
            errors_ui(&mut columns[0], rows, self.shows_p90, &is_strong);
            coverage_ui(&mut columns[1], rows, &is_strong);
        });
    }

    /// The predictions that were farthest off; a row goes to its ship, time and place.
    pub fn worst(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let Some((of, stand)) = self.found(deck.desk) else {
            nothing_ui(ui, deck);
            return;
        };
        dim(ui, stand);
        let now_ms = deck.time.now_ms();
        if let Some(miss) = self.worst.ui(ui, &of, now_ms) {
            go_to(deck, &of, miss);
        }
    }

    /// Where the selected ship will be, as a table; or why that is not known.
    pub fn path(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let found = match path_of(deck.desk, deck.predict.target()) {
            Ok(found) => found,
            Err(lack) => {
                lack_ui(ui, deck, &lack);
                return;
            }
        };
        let of = Arc::clone(found.of);
        let vessel = &of.chosen.fleet().vessels()[of.vessel];
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(vessel.title()).strong());
            let speed_kn = f64::from(of.chosen.fleet().reports().sog_kn[of.report]);
            let speed = if speed_kn.is_nan() {
                String::new()
            } else {
                format!(", {speed_kn:.1} kn on {:03.0}°", of.frame.course_deg().rem_euclid(360.0))
            };
            ui.label(format!("from {} UTC{speed}", utc_text(of.t_ms - of.t_ms.rem_euclid(1000))));
            if found.is_old {
                let text = "the models are out of date";
                ui.label(RichText::new(text).color(theme::warning_color(ui)));
            }
            if !deck.session.map.path && ui.button("Show on the map").clicked() {
                deck.session.map.path = true;
            }
            if ui.small_button("Fit").on_hover_text("Show it on the map").clicked() {
                let told = of.paths.iter().flat_map(|path| &path.forecasts);
                let places = told.map(|told| told.position);
                let all = places.chain([of.frame.origin()]).chain(of.truth.iter().copied());
                deck.commands.ask(Command::FitPlaces(all.collect()));
            }
            if ui.small_button("Export…").clicked() {
                deck.commands.ask(Command::AskToExport("path"));
            }
        });
        if !of.is_known {
            let text = "The models learned from no ship near here: what depends on the place is left \
                        to dead reckoning, and how sure it is cannot be said.";
            ui.label(RichText::new(text).color(theme::warning_color(ui)));
        }
        let predict = &*deck.predict;
        self.path.ui(ui, &of, &|method| predict.is_drawn(method));
    }
}

fn dim(ui: &mut Ui, stand: Stand) {
    if stand == Stand::Stale {
        ui.multiply_opacity(STALE_OPACITY);
    }
}

fn measure_ui(ui: &mut Ui, measure: &mut Measure) {
    let combo = ComboBox::from_id_salt("measure").selected_text(measure.title()).width(150.0);
    let shown = combo.show_ui(ui, |ui| {
        for each in Measure::ALL {
            ui.selectable_value(measure, each, each.title()).on_hover_text(each.help());
        }
    });
    let help = measure.help();
    shown.response.on_hover_text(help).widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "What the columns hold")
    });
}

/// What the scores are of.
fn summary(of: &ScoresOf, stand: Stand, session: &Session) -> String {
    let scores = &of.scores;
    let mut done: Vec<Method> = scores.rows.iter().map(|row| row.method).collect();
    done.dedup();
    let planned = session.predict.methods().map_or(done.len(), |methods| methods.len());
    let n: usize = scores.rows.iter().map(|row| row.n).max().unwrap_or(0);
    format!(
        "{}; up to {} of {}, {} by ship",
        stand.text(done.len(), planned.max(done.len())),
        counted(n as u64, "window"),
        counted(scores.n_ships as u64, "ship"),
        counted(scores.n_folds as u64, "fold"),
    )
}

/// Fewer ships than folds: each has a fold of its own.
fn folds_note(n_folds: usize, n_ships: usize, session: &Session) -> Option<String> {
    let asked = session.predict.n_folds;
    (n_folds < asked && n_folds > 0).then(|| {
        let ships = counted(n_ships as u64, "ship");
        format!("{n_folds} folds instead of {asked}: there are {ships} only")
    })
}

/// A button that evaluates, or stops doing so.
fn evaluate_ui(ui: &mut Ui, deck: &mut Deck) {
    if deck.desk.scores.progress().is_some() {
        if ui.button("Stop evaluating").clicked() {
            deck.ask(Command::Cancel("predict-scores"));
        }
    } else if ui
        .button("Evaluate")
        .on_hover_text("Fit and ask all methods, on folds of ships: minutes, not seconds")
        .clicked()
    {
        deck.ask(Command::Retry("predict-scores"));
    }
}

/// Why there are no scores yet.
fn nothing_ui(ui: &mut Ui, deck: &mut Deck) {
    let desk = deck.desk;
    if desk.trips.shown().is_none() {
        ui.label(RichText::new("No trips yet: open a file, or the demo (File menu)").weak());
        return;
    }
    for fault in desk.scores.faults() {
        ui.label(RichText::new(fault).color(theme::fault_color(ui)));
    }
    let text = if desk.scores.progress().is_some() {
        "Evaluating: the first method is not done yet"
    } else {
        "How far off is each method? Each ship is predicted by models that learned from others"
    };
    ui.label(RichText::new(text).weak());
    ui.horizontal(|ui| evaluate_ui(ui, deck));
}

/// Why there is no path, and what to do about it.
fn lack_ui(ui: &mut Ui, deck: &mut Deck, lack: &Lack) {
    let color = match lack {
        Lack::Fault(_) | Lack::NotFitted(_) => theme::warning_color(ui),
        _ => ui.visuals().text_color(),
    };
    ui.label(RichText::new(lack.text()).color(color));
    let is_asked_for = !matches!(lack, Lack::Off | Lack::NoShip);
    if let (true, Target::At(params)) = (is_asked_for, deck.predict.target()) {
        let ship = deck.desk.trips.shown().and_then(|shown| {
            let fleet = shown.value.fleet();
            Some(fleet.vessels().get(deck.selection.vessel()?)?.title())
        });
        let ship = ship.unwrap_or_else(|| params.mmsi.to_string());
        let when = params.time.replace('T', " ").replace('Z', " UTC");
        ui.label(RichText::new(format!("{ship}, {when}")).weak());
    }
    if let Some((title, command)) = lack.remedy()
        && ui.button(title).clicked()
    {
        deck.ask(command);
    }
}

/// Selects the trip of a miss, and shows the moment and the place.
fn go_to(deck: &mut Deck, of: &ScoresOf, miss: Miss) {
    let windows = &of.windows;
    let (data, sample) = (&windows.data, miss.sample);
    let trips = deck.desk.trips.shown();
    if trips.is_some_and(|shown| Arc::ptr_eq(shown.value, &windows.chosen.trips)) {
        deck.pick(Pick::Trip(windows.trip_id(sample)));
    }
    let t_ms = windows.t_ms(sample);
    if deck.time.brush_ms().is_some_and(|(from_ms, to_ms)| !(from_ms..=to_ms).contains(&t_ms)) {
        deck.time.clear_brush();
    }
    deck.time.is_playing = false;
    deck.time.set_now_ms(t_ms);
    deck.session.map.path = true;
    deck.predict.set_drawn(miss.method, true);
    let reports = windows.fleet().reports();
    let until_ms = t_ms + (miss.horizon_min * 60_000.0) as i64;
    let ahead = windows.trip(sample).reports.clone();
    let ahead = ahead.filter(|report| (t_ms..=until_ms).contains(&reports.t_ms[*report]));
    let mut places: Vec<Position> = ahead.map(|report| reports.positions[report]).collect();
    let frame = data.samples[sample].frame;
    places.push(frame.origin());
    let horizon = data.horizons_min.iter().position(|minutes| *minutes == miss.horizon_min);
    let truth = horizon.and_then(|horizon| data.truths[sample][horizon]);
    // The prediction lies somewhere around the truth, as far off as it was.
    let off_m = miss.error_nmi * 1852.0;
    let around = truth.into_iter().flat_map(|truth| {
        [0.0, 90.0, 180.0, 270.0].map(|bearing_deg| destination(truth, bearing_deg, off_m))
    });
    places.extend(around);
    deck.ask(Command::FitPlaces(places));
}

/// `12 345 of 20 000`.
fn share_text(part: usize, whole: usize) -> String {
    format!("{} of {}", grouped(part as u64), grouped(whole as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_folds_than_asked_for_are_said_with_the_reason() {
        let session = Session::default();
        assert_eq!(folds_note(10, 400, &session), None);
        let note = folds_note(3, 3, &session);
        assert_eq!(note.as_deref(), Some("3 folds instead of 10: there are 3 ships only"));
        assert_eq!(folds_note(0, 0, &session), None, "nothing is evaluated yet");
    }

    #[test]
    fn scores_say_how_many_methods_are_done() {
        assert_eq!(Stand::Live.text(2, 7), "Evaluating: 2 of 7 methods done");
        assert_eq!(Stand::Stopped.text(1, 1), "Stopped: 1 of 1 method done");
        assert_eq!(Stand::Fresh.text(7, 7), "7 methods");
    }
}
