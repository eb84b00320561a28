//! How networks are being trained, or were: their losses by epoch.

use egui::{RichText, Ui};
use egui_plot::{Line, PlotPoints};

use crate::base::text::counted;
use crate::flow::stages::{ModelsOf, Training};
use crate::ui::plot::axis::{short, significant};
use crate::ui::plot::{describe, quiet};
use crate::ui::predict_view::{method_color, method_title};

/// Height of a plot, points.
const HEIGHT: f32 = 90.0;

/// What is said of a method's networks: how many, how far, and the least loss of ships held out.
pub fn lines(models: &ModelsOf) -> Vec<String> {
    let line = |training: &Training| {
        let curves = &training.curves;
        let title = method_title(training.method);
        let networks = counted(curves.len() as u64, "network");
        let done = curves.iter().map(|curves| curves.epochs.len()).max().unwrap_or(0);
        let of = curves.first().map_or(0, |curves| curves.most_epochs);
        let least = curves
            .iter()
            .filter_map(|curves| Some(curves.best()?.judged()))
            .fold(f64::INFINITY, f64::min);
        let loss = curves.first().map_or("loss", |curves| curves.loss);
        let least = if least.is_finite() { significant(least, 3) } else { "none yet".into() };
        format!("{title}: {networks}, {done} of {of} epochs, least {loss} held out {least}")
    };
    models.trainings.iter().map(line).collect()
}

/// Draws the losses of held-out ships by epoch, a line a network; the loss of what was learned from
/// is thinner.
pub fn training_ui(ui: &mut Ui, models: &ModelsOf) {
    let is_dark = ui.visuals().dark_mode;
    for (Training { method, curves }, text) in models.trainings.iter().zip(lines(models)) {
        ui.label(RichText::new(&text).small().weak());
        if curves.iter().all(|curves| curves.epochs.is_empty()) {
            continue;
        }
        let color = method_color(*method, is_dark);
        let plot = quiet(method.name())
            .height(HEIGHT)
            .show_axes([true, true])
            .x_axis_formatter(|mark, _| short(mark.value))
            .y_axis_formatter(|mark, _| significant(mark.value, 2));
        let plot = plot.show(ui, |plot| {
            for curves in curves {
                let held_out: Vec<[f64; 2]> = curves
                    .epochs
                    .iter()
                    .filter_map(|epoch| Some([epoch.epoch as f64 + 1.0, epoch.validation?]))
                    .collect();
                let learned: Vec<[f64; 2]> =
                    curves.epochs.iter().map(|e| [e.epoch as f64 + 1.0, e.loss]).collect();
                for (name, points, width) in
                    [("held out", held_out, 1.8), ("learned from", learned, 0.8)]
                {
                    let line = Line::new(name, PlotPoints::from(points)).color(color).width(width);
                    plot.line(line.allow_hover(false));
                }
            }
        });
        describe(&plot.response, &text);
    }
}
