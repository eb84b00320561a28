//! Training a model: begin, hold, end, give up; and what it can be read from instead.

use egui::{Button, ProgressBar, RichText, Role, Ui, WidgetInfo};

use crate::base::text::{counted, grouped};
use crate::flow::tray::State;
use crate::learn::Curves;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::plot::axis::significant;
use crate::ui::training::{MODELS, Run};

/// The buttons of model `place`, and how far its training is.
pub fn buttons_ui(ui: &mut Ui, deck: &mut Deck, place: usize, is_asking: bool) {
    let model = MODELS[place];
    let (stage, desk) = (model.stage(), deck.desk);
    let shelf = model.shelf(desk);
    let is_read = !model.source(deck.session).is_empty();
    ui.horizontal_wrapped(|ui| {
        if shelf.progress().is_some() {
            // By a name of its own: the timeline has a button of this text.
            let stop = ui.button("Stop");
            stop.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Stop training"));
            if stop.on_hover_text("Give the training up").clicked() {
                deck.ask(Command::Cancel(stage));
            }
            if let Some(run) = deck.training.working(place).filter(|run| run.is_watched()) {
                let text = if run.is_paused() { "Go on" } else { "Pause" };
                if ui.button(text).clicked() {
                    run.pause(!run.is_paused());
                }
                let end = ui.button("End and keep");
                if end.on_hover_text("End the training with what it has learned").clicked() {
                    run.end();
                }
            }
        } else if is_read {
            let train = ui.button("Train instead");
            let help = "Leave what was read from the disk, and train on what is open";
            if train.on_hover_text(help).clicked() {
                deck.ask(Command::UseNetwork(place, None));
            }
        } else {
            let is_ready = matches!(model.input(desk).state(), State::Fresh | State::Stale);
            let has_one = model.shown(desk).is_some();
            let train = ui
                .add_enabled(is_ready, Button::new(if has_one { "Train again" } else { "Train" }));
            let help = format!("{}, in the background", model.about());
            if train.on_hover_text(help).clicked() {
                deck.ask(Command::Retry(stage));
            }
        }
        let load = ui.add_enabled(!is_asking, Button::new("Load…"));
        let help = if model.is_folder() {
            "Take a model from the folder where it was kept"
        } else {
            "Take models from the file where they were kept"
        };
        if load.on_hover_text(help).clicked() {
            deck.ask(Command::AskToLoad(place));
        }
    });
    if let Some((done, total, _)) = shelf.progress() {
        let share = if total > 0 { (done as f32 / total as f32).min(1.0) } else { 0.0 };
        ui.add(ProgressBar::new(share).desired_height(8.0));
    }
    if let Some(run) = deck.training.working(place) {
        working_ui(ui, run);
    }
    if is_read {
        let source = model.source(deck.session);
        ui.label(RichText::new(format!("Read from {source}")).weak());
    }
}

/// How far a training is.
fn working_ui(ui: &mut Ui, run: &Run) {
    for (name, curves) in run.curves() {
        if let Some(text) = progress_text(&curves) {
            let name = if name.is_empty() { name } else { format!("{name}: ") };
            ui.label(format!("{name}{text}"));
        }
        for note in &curves.notes {
            ui.label(RichText::new(note).weak());
        }
    }
    if run.is_paused() {
        ui.label(RichText::new("Paused").strong());
    }
}

/// `Epoch 12 of 100, loss 0.0123, 3 210 samples a second`.
fn progress_text(curves: &Curves) -> Option<String> {
    let n = curves.epochs.len();
    if curves.most_epochs == 0 {
        return None;
    }
    let mut text = format!("{n} of {}", counted(curves.most_epochs as u64, "epoch"));
    let loss = curves.now.map(|now| (now.loss, now.samples_per_s)).filter(|(loss, _)| *loss > 0.0);
    let last = curves.epochs.last().map(|last| (last.loss, last.samples_per_s));
    if let Some((loss, pace)) = last.or(loss) {
        text.push_str(&format!(
            ", loss {}, {} samples a second",
            significant(loss, 3),
            grouped(pace as u64)
        ));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::Epoch;

    #[test]
    fn how_far_a_training_is_is_said_in_a_line() {
        let mut curves = Curves::default();
        assert_eq!(progress_text(&curves), None, "nothing has begun");
        curves.most_epochs = 100;
        assert_eq!(progress_text(&curves).as_deref(), Some("0 of 100 epochs"));
        curves.epochs.push(Epoch {
            epoch: 0,
            loss: 0.012_34,
            validation: None,
            metric: None,
            rate: 1e-3,
            samples_per_s: 3210.4,
        });
        let told = progress_text(&curves).unwrap();
        assert_eq!(told, "1 of 100 epochs, loss 0.0123, 3\u{2009}210 samples a second");
    }
}
