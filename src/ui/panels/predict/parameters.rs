//! The right panel of prediction: windows, models, methods and scores, in the order of the flow.

use egui::{Button, CollapsingHeader, Grid, Label, RichText, ScrollArea, Sense, Ui, vec2};

use super::card::card_ui;
use super::training::training_ui;
use super::{PredictPanels, evaluate_ui, share_text};
use crate::base::text::{counted, grouped};
use crate::flow::predicting::PredictSettings;
use crate::flow::stages::WindowsOf;
use crate::flow::tray::{Shelf, State};
use crate::flow::{Desk, Session};
use crate::predict::params::Method;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::form::{Stand, params_ui_where, part_ui};
use crate::ui::panels::prepare::head;
use crate::ui::plot::axis::short;
use crate::ui::predict_view::{Ellipses, PredictView, method_color, method_help, method_title};
use crate::ui::theme;

/// Which part of the panel a field of the settings stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    /// What windows are made like.
    Windows,
    /// What methods learn from.
    Inputs,
    /// How methods are scored.
    Scores,
    /// What a single method is like.
    Of(Method),
    /// It has controls of its own.
    Elsewhere,
}

fn part_of(name: &str) -> Part {
    match name {
        "reports" | "step" | "gap" | "recent" | "tolerance" | "stride" | "horizons" => {
            Part::Windows
        }
        "ship" | "place" | "region" | "search" => Part::Inputs,
        "folds" | "fold_seed" | "compare_inputs" => Part::Scores,
        "methods" | "model" => Part::Elsewhere,
        name if name.starts_with("elm_") => Part::Of(Method::Elm),
        name if name.starts_with("svm_") => Part::Of(Method::LsSvm),
        name if name.starts_with("gmm_") => Part::Of(Method::Gmm),
        name if name.starts_with("gpr_") => Part::Of(Method::Gpr),
        name if name.starts_with("mlp_") => Part::Of(Method::Mlp),
        name if name.starts_with("gru_") => Part::Of(Method::Gru),
        _ => Part::Of(Method::Ensemble),
    }
}

impl PredictPanels {
    /// The right panel. `is_asking` says whether a dialog is open.
    pub fn parameters(ui: &mut Ui, deck: &mut Deck, is_asking: bool) {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.add_space(4.0);
            let desk = deck.desk;
            head(ui, &desk.windows);
            let mut before: Vec<&dyn Shelf> = vec![&desk.filter, &desk.outliers];
            if deck.session.predict.params.has_region {
                before.push(&desk.clusters);
            }
            for shelf in before {
                if !matches!(shelf.state(), State::Fresh | State::Waiting) {
                    head(ui, shelf); // What is waited for.
                }
            }
            let windows = desk.windows.shown();
            match &windows {
                Some(shown) => {
                    for line in windows_lines(shown.value) {
                        ui.add_enabled(!shown.is_stale, Label::new(line));
                    }
                }
                None if deck.session.sources.is_empty() => {
                    let text = "Predictions are learned from trips: open a file, or the demo";
                    ui.label(RichText::new(text).weak());
                }
                None => drop(ui.label(RichText::new("No windows yet").weak())),
            }
            ui.add_space(4.0);
            ui.separator();
            models_ui(ui, deck, is_asking);
            ui.add_space(4.0);
            ui.separator();
            ui.label(theme::title("Methods"));
            let settings = &mut deck.session.predict;
            methods_ui(ui, settings, deck.predict);
            form(ui, "inputs", settings, &|part| part == Part::Inputs, None);
            let methods = settings.methods().unwrap_or_default();
            CollapsingHeader::new("Settings of each method").id_salt("of methods").show(ui, |ui| {
                if settings.searches {
                    let text = "Some are searched by inner folds: what is set here is not used";
                    ui.label(RichText::new(text).weak());
                }
                let stand = |name: &str| match part_of(name) {
                    Part::Of(method) if methods.contains(&method) => Stand::Live,
                    _ => Stand::Absent,
                };
                params_ui_where(ui, "of each", settings, &|_| None, &stand);
            });
            ui.add_space(4.0);
            ui.separator();
            head(ui, &desk.scores);
            ui.horizontal(|ui| {
                evaluate_ui(ui, deck);
                progress_ui(ui, &desk.scores);
            });
            let settings = &mut deck.session.predict;
            form(ui, "scores", settings, &|part| part == Part::Scores, None);
            ui.add_space(4.0);
            ui.separator();
            ui.label(theme::title("How windows are made"));
            let windows = windows.as_ref().map(|shown| shown.value.as_ref());
            form(ui, "windows", settings, &|part| part == Part::Windows, windows);
        });
    }
}

/// The fields of one part of the settings.
fn form(
    ui: &mut Ui,
    id: &str,
    settings: &mut PredictSettings,
    is_here: &dyn Fn(Part) -> bool,
    windows: Option<&WindowsOf>,
) {
    let stand = |name: &str| if is_here(part_of(name)) { Stand::Live } else { Stand::Absent };
    part_ui(ui, id, settings, &|name| window_effect(windows?, name), &stand);
}

/// What there is to learn from, in lines that fit a narrow panel.
fn windows_lines(of: &WindowsOf) -> Vec<String> {
    let data = &of.data;
    let n_cut = data.is_cut.iter().filter(|is_cut| **is_cut).count();
    let mut lines = vec![format!(
        "{} of {}",
        counted(data.len() as u64, "window"),
        counted(data.n_ships() as u64, "ship")
    )];
    if data.is_empty() {
        lines.push("Make windows shorter, or choose more trips".into());
        return lines;
    }
    let share = 100.0 * n_cut as f64 / data.len() as f64;
    lines.push(format!(
        "{} cut by motion outliers ({share:.1} %), not learned from",
        grouped(n_cut as u64)
    ));
    lines
}

/// What a parameter of windows did.
fn window_effect(of: &WindowsOf, name: &str) -> Option<String> {
    let data = &of.data;
    match name {
        "stride" => Some(counted(data.len() as u64, "window")),
        "horizons" => {
            let last = data.horizons_min.len().checked_sub(1)?;
            let known = data.truths.iter().filter(|truths| truths[last].is_some()).count();
            let minutes = short(data.horizons_min[last]);
            Some(format!("{} known at {minutes} min", share_text(known, data.len())))
        }
        _ => None,
    }
}

/// What is fitted: buttons, and the card.
fn models_ui(ui: &mut Ui, deck: &mut Deck, is_asking: bool) {
    let Deck { session, desk, commands, .. } = deck;
    head(ui, &desk.fit);
    let file = session.predict.model.clone();
    ui.horizontal_wrapped(|ui| {
        let has_windows = desk.windows.shown().is_some();
        if desk.fit.progress().is_some() {
            if ui.button("Stop fitting").clicked() {
                commands.ask(Command::Cancel("predict-fit"));
            }
        } else if file.is_empty() {
            let fit = ui.add_enabled(has_windows, Button::new("Fit models"));
            if fit.on_hover_text("Learn from all windows, by every method chosen below").clicked() {
                commands.ask(Command::Retry("predict-fit"));
            }
        } else if ui
            .button("Fit instead")
            .on_hover_text("Leave the file, and learn from the windows here")
            .clicked()
        {
            commands.ask(Command::UseModel(None));
        }
        let load = ui.add_enabled(!is_asking, Button::new("Load models…"));
        if load.on_hover_text("Predict by models that were saved").clicked() {
            commands.ask(Command::AskForModel);
        }
        let is_fitted = desk.fit.shown().is_some();
        let save = ui.add_enabled(!is_asking && is_fitted, Button::new("Save models…"));
        let help = "Write predict-fit.model into a folder: models, scalers, settings and card";
        if save.on_hover_text(help).clicked() {
            commands.ask(Command::AskToExport("predict-fit"));
        }
    });
    progress_ui(ui, &desk.fit);
    if !file.is_empty() {
        ui.label(RichText::new(format!("From the file {file}")).weak());
    }
    let so_far = desk.fit.so_far();
    let shown = desk.fit.shown();
    let is_stale = shown.as_ref().is_some_and(|shown| shown.is_stale);
    let models = so_far.as_ref().or(shown.as_ref().map(|shown| shown.value));
    match models {
        Some(models) => {
            if is_stale && so_far.is_none() {
                let text = "Out of date: fitted to other trips or with other settings";
                ui.label(RichText::new(text).color(theme::warning_color(ui)));
            }
            card_ui(ui, models);
            training_ui(ui, models);
        }
        None => drop(ui.label(RichText::new(teach(desk, session)).weak())),
    }
}

fn teach(desk: &Desk, session: &Session) -> &'static str {
    match desk.windows.shown() {
        _ if !session.predict.model.is_empty() => "The file is not read yet",
        None => "Nothing is fitted yet",
        Some(_) => "Fit models, then click a ship: the map shows where it will be",
    }
}

/// How far a stage is.
fn progress_ui(ui: &mut Ui, shelf: &dyn Shelf) {
    if let Some((done, total, _)) = shelf.progress()
        && total > 0
    {
        let share = (done as f32 / total as f32).min(1.0);
        let bar = egui::ProgressBar::new(share).desired_width(130.0);
        ui.add(bar.text(format!("{done} of {total}")));
    }
}

/// Which methods are fitted and scored, and which are drawn.
fn methods_ui(ui: &mut Ui, settings: &mut PredictSettings, view: &mut PredictView) {
    let is_dark = ui.visuals().dark_mode;
    let mut fitted = settings.methods().unwrap_or_default();
    let before = fitted.clone();
    Grid::new("methods").num_columns(3).striped(true).spacing([14.0, 2.0]).show(ui, |ui| {
        ui.label("");
        ui.label(RichText::new("use").weak()).on_hover_text("Fitted and evaluated");
        ui.label(RichText::new("draw").weak()).on_hover_text("Drawn on the map");
        ui.end_row();
        for method in Method::ALL {
            let title = method_title(method);
            ui.horizontal(|ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
                ui.painter().rect_filled(rect, 2.0, method_color(method, is_dark));
                ui.label(title).on_hover_text(method_help(method));
            });
            let mut is_used = fitted.contains(&method);
            let label = format!("Use {title}");
            if named_box(ui, &mut is_used, &label) {
                fitted.retain(|other| *other != method);
                if is_used {
                    fitted.push(method);
                }
            }
            let mut is_drawn = view.is_drawn(method);
            if named_box(ui, &mut is_drawn, &format!("Draw {title}")) {
                view.set_drawn(method, is_drawn);
            }
            ui.end_row();
        }
    });
    // The last one stays: nothing would be everything.
    if fitted != before && !fitted.is_empty() {
        settings.methods = names(&fitted);
    }
    ui.horizontal(|ui| {
        ui.label("Ellipses").on_hover_text("They hold 50 and 90 % of such ships");
        for (ellipses, title, help) in [
            (Ellipses::None, "none", "Paths alone"),
            (Ellipses::One, "chosen", "Of the method that was switched on last"),
            (Ellipses::All, "all", "Of every method that is drawn"),
        ] {
            ui.selectable_value(&mut view.ellipses, ellipses, title).on_hover_text(help);
        }
        ui.label(RichText::new(method_title(view.chosen())).weak());
    });
}

/// A box without a text beside it, but with a name. Says whether it was changed.
fn named_box(ui: &mut Ui, value: &mut bool, name: &str) -> bool {
    let response = ui.checkbox(value, "");
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, true, *value, name));
    response.on_hover_text(name).changed()
}

/// Methods as the settings name them: nothing for all.
fn names(methods: &[Method]) -> String {
    if methods.len() == Method::ALL.len() {
        return String::new();
    }
    let in_order = Method::ALL.into_iter().filter(|method| methods.contains(method));
    in_order.map(Method::name).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;
    use crate::base::params::manual;

    #[test]
    fn every_field_of_the_settings_stands_in_one_part() {
        let parts: Vec<(&str, Part)> = manual(&PredictSettings::default())
            .iter()
            .map(|entry| (entry.name, part_of(entry.name)))
            .collect();
        let n_of = |part: Part| parts.iter().filter(|(_, of)| *of == part).count();
        assert_eq!((n_of(Part::Windows), n_of(Part::Inputs), n_of(Part::Scores)), (7, 4, 3));
        assert_eq!(n_of(Part::Elsewhere), 2);
        for method in Method::ALL.into_iter().skip(2) {
            assert!(n_of(Part::Of(method)) > 2, "{method:?} {parts:?}");
        }
    }

    #[test]
    fn methods_are_used_and_drawn_by_boxes_of_their_own() {
        let held = Rc::new(RefCell::new((PredictSettings::default(), PredictView::default())));
        let inner = Rc::clone(&held);
        let mut harness = Harness::builder().with_size([320.0, 320.0]).build_ui(move |ui| {
            let (settings, view) = &mut *inner.borrow_mut();
            methods_ui(ui, settings, view);
        });
        harness.run_steps(3);
        harness.get_by_label("Use GMM").click();
        harness.run_steps(3);
        assert_eq!(held.borrow().0.methods, "linear sog-cog elm ls-svm gpr ensemble mlp gru");
        harness.get_by_label("Use GMM").click();
        harness.get_by_label("Draw GPR").click();
        harness.get_by_label("all").click();
        harness.run_steps(3);
        let (settings, view) = &*held.borrow();
        assert_eq!(settings.methods, "", "all of them have no names");
        assert_eq!((view.ellipses, view.chosen()), (Ellipses::All, Method::Gpr));
    }

    #[test]
    fn the_last_method_stays() {
        let settings = PredictSettings { methods: "gpr".into(), ..PredictSettings::default() };
        let held = Rc::new(RefCell::new(settings));
        let inner = Rc::clone(&held);
        let mut harness = Harness::builder().with_size([320.0, 320.0]).build_ui(move |ui| {
            methods_ui(ui, &mut inner.borrow_mut(), &mut PredictView::default());
        });
        harness.run_steps(2);
        harness.get_by_label("Use GPR").click();
        harness.run_steps(2);
        assert_eq!(held.borrow().methods, "gpr");
    }
}
