//! The curves of the runs that are compared, over one another: loss, metric, learning rate, pace.

use egui::{Color32, Label, RichText, TextWrapMode, Ui};
use egui_plot::{Line, LineStyle, PlotPoints, Points};

use super::run_color;
use crate::base::chart::{Axis, Chart, Mark, Series};
use crate::learn::{Curves, Epoch};
use crate::ui::deck::Deck;
use crate::ui::plot::axis::{compact, log_marks_up, log_text, significant, spaced_marks};
use crate::ui::plot::{describe, offer_picture, quiet};
use crate::ui::training::{MODELS, Run};

/// So many last values stand above a plot.
const MOST_TOLD: usize = 6;

/// Numbers beside a plot have this much room, points of the screen.
const STEP_PX: f64 = 24.0;

/// The curves of one part of a run, as they are drawn.
struct Drawn {
    name: String,
    color: Color32,
    curves: Curves,
}

/// A line of a plot: whose it is, whether it is dashed, and its points by epoch.
struct Trace {
    name: String,
    color: Color32,
    is_dashed: bool,
    points: Vec<[f64; 2]>,
}

/// The panel below the map. Beside the autoencoder's curves stand those of refining the clusters.
pub fn curves(ui: &mut Ui, deck: &mut Deck) {
    let is_dark = ui.visuals().dark_mode;
    let chosen = deck.training.chosen();
    let runs = deck.training.runs().iter();
    let runs: Vec<&Run> = runs.filter(|run| run.is_compared && run.model == chosen).collect();
    let mut drawn: Vec<Drawn> = Vec::new();
    for run in runs {
        let color = run_color(run, is_dark);
        for (part, curves) in run.curves() {
            let name = if part.is_empty() { String::new() } else { format!(" {part}") };
            drawn.push(Drawn { name: format!("run {}{name}", run.id), color, curves });
        }
    }
    let refining = deck.desk.deep_groups.shown().filter(|_| MODELS[chosen].stage() == "deep-embed");
    let refining = refining.map(|shown| shown.value.clusters.curves.epochs.clone());
    let refining = refining.filter(|epochs| !epochs.is_empty());
    drawn.retain(|drawn| !drawn.curves.epochs.is_empty());
    if drawn.is_empty() && refining.is_none() {
        let is_by_epochs =
            deck.training.runs().iter().any(|run| run.model == chosen && !run.curves().is_empty());
        let text = if is_by_epochs {
            "No epoch is done yet, or no run is ticked to be compared"
        } else {
            "Nothing is trained by epochs yet: train a network, and its curves come here as it learns"
        };
        ui.label(RichText::new(text).weak());
        return;
    }
    let loss = drawn.iter().map(|drawn| drawn.curves.loss).find(|loss| !loss.is_empty());
    let metric = drawn.iter().map(|drawn| drawn.curves.metric).find(|metric| !metric.is_empty());
    let has_held_out = drawn
        .iter()
        .any(|drawn| drawn.curves.epochs.iter().any(|epoch| epoch.validation.is_some()));
    let mut plots: Vec<(String, bool, Vec<Trace>)> = Vec::new();
    if !drawn.is_empty() {
        let held_out = if has_held_out { "; dashed: held out" } else { "" };
        let name = format!("{} by epoch{held_out}", loss.unwrap_or("loss"));
        let mut traces = traces(&drawn, false, &|epoch| Some(epoch.loss));
        traces.extend(self::traces(&drawn, true, &|epoch| epoch.validation));
        plots.push((name, true, traces));
        if let Some(metric) = metric {
            plots.push((metric.to_owned(), false, self::traces(&drawn, false, &|e| e.metric)));
        }
        plots.push(("learning rate".into(), false, self::traces(&drawn, false, &|e| Some(e.rate))));
        plots.push((
            "samples a second".into(),
            false,
            self::traces(&drawn, false, &|e| Some(e.samples_per_s)),
        ));
    }
    if let Some(epochs) = refining {
        plots.push(("refining of clusters, by update".into(), true, refining_traces(ui, &epochs)));
    }
    ui.columns(plots.len(), |columns| {
        for (ui, (name, is_log, traces)) in columns.iter_mut().zip(&plots) {
            // Losses and metrics are judged by their ends; rate and pace by their course.
            let has_values = !matches!(name.as_str(), "learning rate" | "samples a second");
            plot_ui(ui, name, (*is_log, has_values), traces);
        }
    });
}

fn traces(drawn: &[Drawn], is_dashed: bool, value: &dyn Fn(&Epoch) -> Option<f64>) -> Vec<Trace> {
    let of = |drawn: &Drawn| {
        let points = drawn.curves.epochs.iter();
        let points = points.filter_map(|epoch| Some([epoch.epoch as f64 + 1.0, value(epoch)?]));
        let name = drawn.name.clone();
        Trace { name, color: drawn.color, is_dashed, points: points.collect() }
    };
    drawn.iter().map(of).filter(|trace| !trace.points.is_empty()).collect()
}

fn refining_traces(ui: &Ui, epochs: &[Epoch]) -> Vec<Trace> {
    let color = ui.visuals().text_color();
    let points = |value: &dyn Fn(&Epoch) -> Option<f64>| -> Vec<[f64; 2]> {
        epochs.iter().filter_map(|epoch| Some([epoch.epoch as f64 + 1.0, value(epoch)?])).collect()
    };
    vec![
        Trace {
            name: "KL loss".into(),
            color,
            is_dashed: false,
            points: points(&|epoch| Some(epoch.loss)),
        },
        Trace {
            name: "changed".into(),
            color,
            is_dashed: true,
            points: points(&|epoch| epoch.metric),
        },
    ]
}

/// One plot, with the last values above it if they are wanted.
fn plot_ui(ui: &mut Ui, name: &str, (is_log, has_values): (bool, bool), traces: &[Trace]) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        ui.label(RichText::new(name).small().weak());
        let told = traces.iter().filter(|trace| !trace.points.is_empty() && has_values);
        for trace in told.take(MOST_TOLD) {
            if let Some([_, last]) = trace.points.last() {
                let dashed = if trace.is_dashed { " held out" } else { "" };
                let is_run = trace.name.starts_with("run");
                let dashed = if is_run { dashed } else { "" };
                let text = format!("{}{dashed} {}", trace.name, significant(*last, 3));
                let text = RichText::new(text).small().color(trace.color);
                ui.add(Label::new(text).wrap_mode(TextWrapMode::Extend));
            }
        }
    });
    let height = |value: f64| if is_log { value.max(1e-12).log10() } else { value };
    let mut plot = quiet(name).show_axes([true, true]).y_axis_min_width(34.0);
    plot = if is_log {
        plot.y_grid_spacer(|input| log_marks_up(&input)).y_axis_formatter(|mark, _| log_text(mark))
    } else {
        plot.include_y(0.0)
            .y_grid_spacer(|input| spaced_marks(&input, STEP_PX))
            .y_axis_formatter(|mark, _| compact(mark.value))
    };
    let plot = plot.show(ui, |plot| {
        for (n, trace) in traces.iter().enumerate() {
            let points: Vec<[f64; 2]> =
                trace.points.iter().map(|[x, y]| [*x, height(*y)]).collect();
            if let [only] = points[..] {
                let point = Points::new(format!("{} {n}", trace.name), vec![only]);
                plot.points(point.color(trace.color).radius(3.0).allow_hover(false));
                continue;
            }
            let style = if trace.is_dashed { LineStyle::dashed_loose() } else { LineStyle::Solid };
            let line = Line::new(format!("{} {n}", trace.name), PlotPoints::from(points));
            plot.line(line.color(trace.color).width(1.6).style(style).allow_hover(false));
        }
    });
    describe(&plot.response, &format!("Plot of {name}"));
    offer_picture(&plot.response, || {
        let series = traces.iter().enumerate().map(|(n, trace)| {
            let mark = if trace.is_dashed { Mark::Dashes } else { Mark::Line };
            let held_out = if trace.is_dashed { ", held out" } else { "" };
            Series::new(format!("{}{held_out}", trace.name), n, mark, trace.points.clone())
        });
        let series = series.collect();
        let y = if is_log { Axis::log10(name) } else { Axis::from_zero(name) };
        Chart { title: name.into(), x: Axis::linear("Epoch"), y, series }
    });
}
