//! All runs, the newest first: what they were told, what came of them, and what can be done with
//! them.

use egui::{Button, Frame, RichText, ScrollArea, Stroke, Ui};

use super::{run_color, score_text, seconds_text};
use crate::base::time::utc_text;
use crate::flow::Session;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::theme;
use crate::ui::training::{MODELS, Run, Setting, Stand, differing};

/// So many settings of a run stand in the list; all are told where the pointer is on them.
const MOST_SETTINGS: usize = 6;

/// The list of runs. `is_asking` says whether a dialog is open.
pub fn runs(ui: &mut Ui, deck: &mut Deck, is_asking: bool) {
    let ids: Vec<u64> = deck.training.runs().iter().rev().map(|run| run.id).collect();
    if ids.is_empty() {
        ui.add_space(4.0);
        let text = "No runs yet. What is trained or loaded stands here, to be compared, kept on \
                    the disk and taken up again.";
        ui.label(RichText::new(text).weak());
        return;
    }
    let usual: Vec<Vec<Setting>> =
        MODELS.iter().map(|model| model.settings(&Session::default())).collect();
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.add_space(2.0);
        for id in ids {
            ui.push_id(id, |ui| run_ui(ui, deck, id, &usual, is_asking));
        }
    });
}

fn run_ui(ui: &mut Ui, deck: &mut Deck, id: u64, usual: &[Vec<Setting>], is_asking: bool) {
    let is_dark = ui.visuals().dark_mode;
    let Some(run) = deck.training.run(id) else { return };
    let model = MODELS[run.model];
    let shown = model.shown(deck.desk);
    let is_used = run.trained().is_some() && shown == Some((run.key, true));
    let color = run_color(run, is_dark);
    let edge = if is_used { color } else { ui.visuals().window_stroke.color };
    let frame = Frame::NONE.inner_margin(5.0).corner_radius(3.0).stroke(Stroke::new(1.0, edge));
    let mut is_compared = run.is_compared;
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            let name = format!("Compare run {id}");
            let tick = ui.checkbox(&mut is_compared, "");
            tick.widget_info(|| {
                egui::WidgetInfo::selected(egui::Role::CheckBox, true, is_compared, &name)
            });
            tick.on_hover_text("Draw its curves beside those of others");
            ui.label(RichText::new(format!("Run {id}")).color(color).strong());
            ui.label(RichText::new(model.title()).small());
        });
        facts_ui(ui, run, deck.training.runs(), &usual[run.model]);
    });
    Frame::NONE.inner_margin(egui::Margin::symmetric(5, 2)).show(ui, |ui| {
        acts_ui(ui, deck, id, is_used, is_asking);
    });
    if let Some(run) = deck.training.run_mut(id) {
        run.is_compared = is_compared;
    }
    ui.add_space(3.0);
}

/// When, how long, what it was told, what came of it.
fn facts_ui(ui: &mut Ui, run: &Run, runs: &[Run], usual: &[Setting]) {
    let small = |text: String| RichText::new(text).small();
    let when = utc_text(run.begun_ms);
    let when = when.get(..16).unwrap_or(&when);
    match &run.stand {
        Stand::Working => drop(ui.label(small(format!("{when} UTC, training")))),
        Stand::Stopped(why) => {
            ui.label(small(format!("{when} UTC")));
            ui.label(small(why.clone()).color(theme::warning_color(ui)));
        }
        Stand::Done(trained) => {
            let took = seconds_text(trained.seconds);
            let what = if trained.source.is_some() { "loaded in" } else { "took" };
            ui.label(small(format!("{when} UTC, {what} {took}")));
            if !trained.scores.is_empty() {
                let scores: Vec<String> = trained.scores.iter().map(score_text).collect();
                ui.label(small(scores.join(", ")).strong());
            }
            let epochs: usize = trained.curves.iter().map(|(_, curves)| curves.epochs.len()).sum();
            if epochs > 0 {
                ui.label(small(format!("{epochs} epochs: {}", trained.ended)));
            } else if !trained.ended.is_empty() {
                ui.label(small(trained.ended.clone()));
            }
            let by = [&trained.data, &trained.device];
            let by: Vec<&str> =
                by.iter().map(|text| text.as_str()).filter(|text| !text.is_empty()).collect();
            if !by.is_empty() {
                ui.label(small(by.join("; ")).weak());
            }
        }
    }
    let settings = differing(run, runs, usual);
    if !settings.is_empty() {
        let told =
            |setting: &&Setting| format!("{} {}", setting.name.replace('_', " "), setting.value);
        let all: Vec<String> = settings.iter().map(told).collect();
        let rest = all.len().saturating_sub(MOST_SETTINGS);
        let mut text = all[..all.len() - rest].join(", ");
        if rest > 0 {
            text.push_str(&format!(" and {rest} more"));
        }
        ui.label(small(text)).on_hover_text(all.join("\n"));
    }
    if let Some(kept) = &run.kept {
        let name = kept.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
        ui.label(small(format!("on the disk: {name}")).weak())
            .on_hover_text(kept.display().to_string());
    }
}

/// Take up, keep, delete.
fn acts_ui(ui: &mut Ui, deck: &mut Deck, id: u64, is_used: bool, is_asking: bool) {
    let Some(run) = deck.training.run(id) else { return };
    if run.is_working() {
        return;
    }
    let (is_done, kept, is_asked) = (run.trained().is_some(), run.kept.clone(), run.is_asked);
    if let (Some(kept), true) = (&kept, is_asked) {
        let text = format!("Remove it from the disk too? {}", kept.display());
        ui.label(RichText::new(text).small().color(theme::warning_color(ui)));
        ui.horizontal_wrapped(|ui| {
            if ui.small_button("Remove from disk").clicked() {
                deck.ask(Command::RemoveKept(id));
            }
            if ui.small_button("Off the list only").clicked() {
                deck.ask(Command::ForgetRun(id));
            }
            if ui.small_button("Leave it").clicked()
                && let Some(run) = deck.training.run_mut(id)
            {
                run.is_asked = false;
            }
        });
        return;
    }
    ui.horizontal_wrapped(|ui| {
        if is_done {
            let text = if is_used { "In use" } else { "Use" };
            let take = ui.add_enabled(!is_used, Button::new(text).small());
            let take = named(take, &format!("{text}: run {id}"));
            if take.on_hover_text("Set everything as it was for this run").clicked() {
                deck.ask(Command::UseRun(id));
            }
            if kept.is_none() {
                let keep = ui.add_enabled(!is_asking, Button::new("Keep…").small());
                let keep = named(keep, &format!("Keep run {id}"));
                if keep.on_hover_text("Write the model into a folder").clicked() {
                    deck.ask(Command::AskToKeep(id));
                }
            }
        }
        let delete = named(ui.small_button("Delete"), &format!("Delete run {id}"));
        let help = if kept.is_some() {
            "Take it off the list; whether it leaves the disk too is asked"
        } else {
            "Take it off the list"
        };
        if delete.on_hover_text(help).clicked() {
            match deck.training.run_mut(id).filter(|run| run.kept.is_some()) {
                Some(run) => run.is_asked = true,
                None => deck.ask(Command::ForgetRun(id)),
            }
        }
    });
}

/// Gives a button a name that says of which run it is.
fn named(response: egui::Response, name: &str) -> egui::Response {
    let is_enabled = response.enabled();
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, is_enabled, name));
    response
}
