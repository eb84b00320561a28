//! How models do at naming the port and telling the arrival: a row a model, the best of each column
//! marked.

use egui::{Align, Grid, Layout, RichText, ScrollArea, Ui};

use crate::base::text::grouped;
use crate::destination::Scores;
use crate::ui::map::palette::category;
use crate::ui::plot::axis::significant;
use crate::ui::theme;

/// A model with its scores.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Row {
    /// What it is called.
    pub model: String,
    /// How many numbers it has learned; none of models that have none.
    pub parameters: Option<usize>,
    /// How well it did, if it did.
    pub scores: Option<Scores>,
    /// How long it takes to go through all voyages once while it is trained, seconds.
    pub seconds_per_epoch: Option<f64>,
    /// Why there are no scores.
    pub fault: Option<String>,
}

struct Column {
    title: &'static str,
    help: &'static str,
    /// The value and whether more of it is better; none where it is not known.
    value: fn(&Row) -> Option<f64>,
    is_more_better: Option<bool>,
    text: fn(f64) -> String,
}

fn share(value: f64) -> String {
    format!("{:.2}", 100.0 * value)
}

fn of_scores(row: &Row, value: impl Fn(&Scores) -> f64) -> Option<f64> {
    row.scores.as_ref().map(value).filter(|value| value.is_finite())
}

const COLUMNS: [Column; 13] = [
    Column {
        title: "Parameters",
        help: "Numbers that the model has learned",
        value: |row| row.parameters.map(|n| n as f64),
        is_more_better: None,
        text: |value| grouped(value as u64),
    },
    Column {
        title: "Accuracy %",
        help: "Share of the steps of all voyages whose port was told",
        value: |row| of_scores(row, |scores| scores.accuracy),
        is_more_better: Some(true),
        text: share,
    },
    quarter("1st quarter", |row| of_scores(row, |scores| scores.quarters[0])),
    quarter("2nd", |row| of_scores(row, |scores| scores.quarters[1])),
    quarter("3rd", |row| of_scores(row, |scores| scores.quarters[2])),
    quarter("4th", |row| of_scores(row, |scores| scores.quarters[3])),
    Column {
        title: "Macro F1 %",
        help: "Mean over ports of the harmonic mean of precision and recall: rare ports count as much as common ones",
        value: |row| of_scores(row, |scores| scores.macro_f1),
        is_more_better: Some(true),
        text: share,
    },
    Column {
        title: "Top 3 %",
        help: "Share of the steps whose port was among the likeliest three",
        value: |row| of_scores(row, |scores| scores.top3),
        is_more_better: Some(true),
        text: share,
    },
    Column {
        title: "Calibration %",
        help: "Mean distance between probability and truth: 0 for a model that means what it says",
        value: |row| row.scores.as_ref()?.calibration_error,
        is_more_better: Some(false),
        text: share,
    },
    Column {
        title: "Arrival d",
        help: "Mean absolute error of the arrival, days",
        value: |row| row.scores.as_ref()?.eta_mae_days,
        is_more_better: Some(false),
        text: |value| format!("{value:.2}"),
    },
    Column {
        title: "where reported",
        help: "The same over steps at which the crew had reported an arrival",
        value: |row| row.scores.as_ref()?.eta_mae_days_where_reported,
        is_more_better: Some(false),
        text: |value| format!("{value:.2}"),
    },
    Column {
        title: "crew's",
        help: "The crews' own error there, days",
        value: |row| row.scores.as_ref()?.eta_reported_mae_days,
        is_more_better: None,
        text: |value| format!("{value:.2}"),
    },
    Column {
        title: "s an epoch",
        help: "Seconds to go through all voyages once while training, on this machine",
        value: |row| row.seconds_per_epoch,
        is_more_better: None,
        text: |value| significant(value, 2),
    },
];

const fn quarter(title: &'static str, value: fn(&Row) -> Option<f64>) -> Column {
    let help = "The accuracy in this quarter of the voyages";
    Column { title, help, value, is_more_better: Some(true), text: share }
}

/// The best value of each column, where there is something to compare with.
fn best(rows: &[Row]) -> [Option<f64>; COLUMNS.len()] {
    COLUMNS.each_ref().map(|column| {
        let sign = if column.is_more_better? { -1.0 } else { 1.0 };
        let mut values: Vec<f64> =
            rows.iter().filter_map(|row| Some(sign * (column.value)(row)?)).collect();
        values.sort_by(f64::total_cmp);
        values.first().filter(|_| values.len() > 1).map(|value| sign * value)
    })
}

/// Draws the table; models have the colors of the plots, unless they are out of date.
pub fn table_ui(ui: &mut Ui, rows: &[Row], is_old: bool) {
    let best = best(rows);
    ScrollArea::both().id_salt("models").auto_shrink([false, false]).show(ui, |ui| {
        let grid = Grid::new("models compared").striped(true).num_columns(2 + COLUMNS.len());
        grid.spacing([13.0, 2.0]).show(ui, |ui| {
            ui.label(RichText::new("Model").weak());
            for column in &COLUMNS {
                right(ui, |ui| {
                    ui.label(RichText::new(column.title).weak()).on_hover_text(column.help);
                });
            }
            // What stands at the right of the last column would go to the panel's edge.
            ui.label("");
            ui.end_row();
            for (place, row) in rows.iter().enumerate() {
                row_ui(ui, (place, row), &best, is_old);
                ui.end_row();
            }
        });
    });
}

fn row_ui(ui: &mut Ui, (place, row): (usize, &Row), best: &[Option<f64>], is_old: bool) {
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(egui::vec2(9.0, 9.0), egui::Sense::hover());
        ui.painter().rect_filled(rect, 2.0, model_color(place, ui.visuals().dark_mode));
        ui.label(RichText::new(&row.model).strong());
    });
    if let Some(fault) = &row.fault {
        let color = theme::warning_color(ui);
        ui.label(RichText::new("not scored").color(color)).on_hover_text(fault);
        return;
    }
    for (column, best) in COLUMNS.iter().zip(best) {
        let value = (column.value)(row);
        let is_best = best.is_some() && value == *best && !is_old;
        let shown = value.map_or("–".into(), column.text);
        right(ui, |ui| {
            let selection = ui.visuals().selection;
            let shown = RichText::new(shown);
            let label = ui.label(if is_best {
                shown.strong().color(selection.stroke.color).background_color(selection.bg_fill)
            } else {
                shown
            });
            if is_best {
                label.on_hover_text("The best of this column");
            }
        });
    }
}

/// The color of the model in a row, in table and plots.
pub fn model_color(place: usize, is_dark: bool) -> egui::Color32 {
    category(place, is_dark)
}

fn right(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.with_layout(Layout::right_to_left(Align::Center), add);
}

#[cfg(test)]
pub(super) mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;
    use crate::destination::score::Bin;

    /// WAY, better in all but the first quarter, and a baseline without probabilities.
    pub fn rows() -> Vec<Row> {
        let scores = |accuracy: f64, first: f64| Scores {
            voyages: 10,
            steps: 100,
            accuracy,
            quarters: [first, accuracy, accuracy, 0.99 * accuracy],
            macro_f1: 0.5 * accuracy,
            top3: accuracy + 0.1,
            ..Scores::default()
        };
        let bins = [(10, 0.25, 0.2), (90, 0.85, 0.9)];
        let bins = bins.map(|(n, probability, right)| Bin { n, probability, right });
        let way = Scores {
            calibration: bins.to_vec(),
            calibration_error: Some(0.05),
            eta_mae_days: Some(2.5),
            ..scores(0.8, 0.6)
        };
        vec![
            Row {
                model: "WAY".into(),
                parameters: Some(2_040_000),
                scores: Some(way),
                seconds_per_epoch: Some(12.5),
                fault: None,
            },
            Row { model: "Most frequent".into(), scores: Some(scores(0.4, 0.7)), ..Row::default() },
            Row { model: "LSTM".into(), fault: Some("it was stopped".into()), ..Row::default() },
        ]
    }

    #[test]
    fn the_best_of_a_column_is_the_most_or_the_least_and_never_alone() {
        let best = best(&rows());
        assert_eq!((best[1], best[2]), (Some(0.8), Some(0.7)));
        assert_eq!(best[0], None, "more parameters are neither better nor worse");
        assert_eq!(best[9], None, "only one model tells the arrival");
    }

    #[test]
    fn what_is_not_known_is_a_dash_and_a_model_without_scores_says_so() {
        let mut harness = Harness::builder().with_size([1300.0, 200.0]).build_ui(|ui| {
            table_ui(ui, &rows(), false);
        });
        harness.run();
        for label in ["WAY", "2\u{2009}040\u{2009}000", "not scored", "2.50", "70.00"] {
            harness.get_by_label(label);
        }
        assert!(harness.query_all_by_label("–").count() >= 4);
    }
}
