//! Scores as a table: a row a method, a column a time ahead, the best of each column marked.

use egui::{Align, Grid, Layout, RichText, Sense, Ui, vec2};

use crate::predict::features::Inputs;
use crate::predict::params::Method;
use crate::predict::score::Row;
use crate::ui::plot::axis::{short, significant};
use crate::ui::predict_view::{method_color, method_help, method_title};

/// What the columns of times ahead hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Measure {
    /// The mean error.
    #[default]
    Mean,
    /// Its standard deviation.
    Sd,
    /// The median.
    Median,
    /// The 90th percentile.
    P90,
    /// The mean error along the course.
    Along,
    /// The mean error across the course.
    Cross,
    /// The share of truths in the ellipses of 50 %.
    Coverage50,
    /// And of 90 %.
    Coverage90,
}

impl Measure {
    /// All of them, in the order of the list.
    pub const ALL: [Measure; 8] = [
        Measure::Mean,
        Measure::Sd,
        Measure::Median,
        Measure::P90,
        Measure::Along,
        Measure::Cross,
        Measure::Coverage50,
        Measure::Coverage90,
    ];

    /// Its name, with the unit.
    pub fn title(self) -> &'static str {
        match self {
            Measure::Mean => "Mean error, nmi",
            Measure::Sd => "Deviation, nmi",
            Measure::Median => "Median error, nmi",
            Measure::P90 => "90 % of errors, nmi",
            Measure::Along => "Along track, nmi",
            Measure::Cross => "Across track, nmi",
            Measure::Coverage50 => "In the 50 % ellipse, %",
            Measure::Coverage90 => "In the 90 % ellipse, %",
        }
    }

    /// What it says, at length.
    pub fn help(self) -> &'static str {
        match self {
            Measure::Mean => "Mean great-circle distance from the prediction to the ship",
            Measure::Sd => "Standard deviation of that distance",
            Measure::Median => "Half of all predictions are nearer than this",
            Measure::P90 => "Nine of ten predictions are nearer than this",
            Measure::Along => {
                "Mean of the error along the course at the last report: too fast or too slow"
            }
            Measure::Cross => "Mean of the error across the course: turns that were not foreseen",
            Measure::Coverage50 => {
                "How many ships were in the ellipse that is to hold half of them"
            }
            Measure::Coverage90 => {
                "How many ships were in the ellipse that is to hold nine of ten of them"
            }
        }
    }

    /// What a row says of it; not-a-number where that is not known.
    pub fn value(self, row: &Row) -> f64 {
        let coverage =
            |which: usize| row.coverage.map_or(f64::NAN, |coverage| 100.0 * coverage[which]);
        match self {
            Measure::Mean => row.mean_nmi,
            Measure::Sd => row.sd_nmi,
            Measure::Median => row.median_nmi,
            Measure::P90 => row.p90_nmi,
            Measure::Along => row.along_nmi,
            Measure::Cross => row.cross_nmi,
            Measure::Coverage50 => coverage(0),
            Measure::Coverage90 => coverage(1),
        }
    }

    /// As it is written.
    pub fn text(self, value: f64) -> String {
        match self {
            _ if value.is_nan() => "–".into(),
            Measure::Coverage50 | Measure::Coverage90 => format!("{value:.1}"),
            _ => format!("{value:.3}"),
        }
    }

    /// How far from the best there could be: less is better.
    fn badness(self, value: f64) -> f64 {
        match self {
            Measure::Coverage50 => (value - 50.0).abs(),
            Measure::Coverage90 => (value - 90.0).abs(),
            _ => value,
        }
    }
}

/// A row of the table.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// The method.
    pub method: Method,
    /// What it learned from; none where it is not scored yet.
    pub inputs: Option<Inputs>,
    /// A value a time ahead; not-a-number where there is none.
    pub values: Vec<f64>,
    /// Seconds to fit all folds.
    pub fit_s: f64,
    /// Microseconds for one prediction.
    pub predict_us: f64,
}

/// Scores, arranged.
#[derive(Clone, PartialEq, Debug)]
pub struct ScoreTable {
    measure: Measure,
    horizons_min: Vec<f64>,
    /// The rows, from the top.
    pub lines: Vec<Line>,
    /// The best line of each column: of the times ahead, of fitting, of predicting.
    pub best: Vec<Option<usize>>,
}

impl ScoreTable {
    /// Arranges `rows`. Methods of `planned` without scores have a row that waits.
    pub fn of(
        rows: &[Row],
        planned: &[Method],
        horizons_min: &[f64],
        measure: Measure,
    ) -> ScoreTable {
        let mut lines: Vec<Line> = Vec::new();
        let empty = |method, inputs| Line {
            method,
            inputs,
            values: vec![f64::NAN; horizons_min.len()],
            fit_s: f64::NAN,
            predict_us: f64::NAN,
        };
        for row in rows {
            let is_its = |line: &Line| line.method == row.method && line.inputs == Some(row.inputs);
            let place = lines.iter().position(is_its).unwrap_or_else(|| {
                lines.push(Line { fit_s: 0.0, ..empty(row.method, Some(row.inputs)) });
                lines.len() - 1
            });
            let line = &mut lines[place];
            if let Some(column) = horizons_min.iter().position(|min| *min == row.horizon_min) {
                line.values[column] = measure.value(row);
            }
            line.fit_s += row.fit_s;
            line.predict_us = row.predict_us;
        }
        let waiting: Vec<Line> = planned
            .iter()
            .filter(|method| lines.iter().all(|line| line.method != **method))
            .map(|method| empty(*method, None))
            .collect();
        lines.extend(waiting);
        let best_by = |of: &dyn Fn(&Line) -> f64| {
            let known = lines.iter().enumerate().filter(|(_, line)| !of(line).is_nan());
            // Of one alone nothing is said.
            let best = known.clone().min_by(|(_, a), (_, b)| of(a).total_cmp(&of(b)));
            best.map(|(place, _)| place).filter(|_| known.count() > 1)
        };
        let mut best: Vec<Option<usize>> = (0..horizons_min.len())
            .map(|column| best_by(&|line| measure.badness(line.values[column])))
            .collect();
        best.push(best_by(&|line| line.fit_s));
        best.push(best_by(&|line| line.predict_us));
        ScoreTable { measure, horizons_min: horizons_min.to_vec(), lines, best }
    }

    /// Draws the table; `about` says more about a row, behind the method's name.
    pub fn ui(&self, ui: &mut Ui, about: &dyn Fn(&Line) -> Option<&'static str>) {
        let is_dark = ui.visuals().dark_mode;
        let grid = Grid::new("score table").striped(true).min_col_width(58.0).spacing([10.0, 2.0]);
        grid.show(ui, |ui| {
            ui.label(RichText::new("Method").weak());
            for minutes in &self.horizons_min {
                head(ui, &format!("{} min", short(*minutes)), self.measure.help());
            }
            head(ui, "Fit s", "Seconds to fit the models of all folds, without the search");
            head(ui, "Predict µs", "Microseconds for one prediction, on one core");
            ui.end_row();
            for (place, line) in self.lines.iter().enumerate() {
                ui.horizontal(|ui| {
                    let (rect, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
                    ui.painter().rect_filled(rect, 2.0, method_color(line.method, is_dark));
                    ui.label(method_title(line.method)).on_hover_text(method_help(line.method));
                    if let Some(about) = about(line) {
                        ui.label(RichText::new(about).weak());
                    }
                });
                for (column, value) in line.values.iter().enumerate() {
                    let text = match line.inputs {
                        None => "waits".into(),
                        Some(_) => self.measure.text(*value),
                    };
                    self.cell(ui, text, (place, column), line.inputs.is_none());
                }
                let n = line.values.len();
                for (column, value, digits) in [(n, line.fit_s, 3), (n + 1, line.predict_us, 3)] {
                    let is_there = value.is_finite();
                    let text = if is_there { significant(value, digits) } else { "–".into() };
                    self.cell(ui, text, (place, column), line.inputs.is_none());
                }
                ui.end_row();
            }
        });
    }

    fn cell(&self, ui: &mut Ui, text: String, (place, column): (usize, usize), is_weak: bool) {
        let is_best = self.best.get(column) == Some(&Some(place));
        let selection = ui.visuals().selection;
        let text = match (is_best, is_weak) {
            (true, _) => RichText::new(text)
                .strong()
                .color(selection.stroke.color)
                .background_color(selection.bg_fill),
            (false, true) => RichText::new(text).weak(),
            (false, false) => RichText::new(text),
        };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let label = ui.label(text);
            if is_best {
                label.on_hover_text("The best of this column");
            }
        });
    }
}

fn head(ui: &mut Ui, title: &str, help: &str) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.label(RichText::new(title).weak()).on_hover_text(help);
    });
}

/// What a method learned from, in words.
pub fn inputs_name(inputs: Inputs) -> &'static str {
    match (inputs.has_ship, inputs.has_place) {
        (false, false) => "motion",
        (true, false) => "motion, ship",
        (false, true) => "motion, place",
        (true, true) => "motion, ship, place",
    }
}

/// Rows for tests: the error grows with time ahead by `slope_nmi` an hour.
#[cfg(test)]
pub fn made_rows(method: Method, slope_nmi: f64) -> Vec<Row> {
    [15.0, 30.0, 60.0]
        .map(|horizon_min| Row {
            method,
            inputs: Inputs { has_ship: true, ..Inputs::default() },
            horizon_min,
            n: 100,
            mean_nmi: slope_nmi * horizon_min / 60.0,
            sd_nmi: 0.5,
            median_nmi: 0.4,
            p90_nmi: 2.0 * slope_nmi * horizon_min / 60.0,
            along_nmi: 0.2,
            cross_nmi: 0.1,
            fit_s: slope_nmi,
            predict_us: 10.0 / slope_nmi,
            coverage: Some([0.5 + slope_nmi / 100.0, 0.9 - slope_nmi / 100.0]),
        })
        .to_vec()
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;

    fn rows() -> Vec<Row> {
        [made_rows(Method::SogCog, 2.0), made_rows(Method::Ensemble, 1.0)].concat()
    }

    const HORIZONS: [f64; 3] = [15.0, 30.0, 60.0];

    #[test]
    fn each_method_has_a_row_and_the_best_of_each_column_is_known() {
        let planned = [Method::SogCog, Method::Gpr, Method::Ensemble];
        let table = ScoreTable::of(&rows(), &planned, &HORIZONS, Measure::Mean);
        let methods: Vec<Method> = table.lines.iter().map(|line| line.method).collect();
        assert_eq!(methods, [Method::SogCog, Method::Ensemble, Method::Gpr]);
        assert_eq!(table.lines[0].values, [0.5, 1.0, 2.0]);
        assert_eq!((table.lines[0].fit_s, table.lines[0].predict_us), (6.0, 5.0));
        // The ensemble is nearer and took less to fit; dead reckoning answers sooner.
        assert_eq!(table.best, [Some(1), Some(1), Some(1), Some(1), Some(0)]);
        assert!(table.lines[2].values.iter().all(|value| value.is_nan()));
        let alone = ScoreTable::of(&rows()[..3], &[], &HORIZONS, Measure::Mean);
        assert_eq!(alone.best, [None; 5], "one alone is not the best");
    }

    #[test]
    fn of_coverage_the_best_is_what_was_promised() {
        let mut rows = rows();
        rows[0].coverage = Some([0.6, 0.9]);
        rows[3].coverage = Some([0.3, 0.7]);
        rows[4].coverage = None;
        let table = ScoreTable::of(&rows, &[], &HORIZONS, Measure::Coverage50);
        assert_eq!(table.best[0], Some(0), "60 % are nearer to half than 30 %");
        assert_eq!(Measure::Coverage50.text(table.lines[1].values[1]), "–");
        assert_eq!(Measure::Coverage90.text(Measure::Coverage90.value(&rows[0])), "90.0");
    }

    #[test]
    fn numbers_stand_below_each_other_and_methods_to_come_wait() {
        let table = ScoreTable::of(&rows(), &[Method::Gpr], &HORIZONS, Measure::Mean);
        let mut harness = Harness::builder()
            .with_size([700.0, 200.0])
            .build_ui(move |ui| table.ui(ui, &|line| line.inputs.map(inputs_name)));
        harness.run();
        for label in ["15 min", "60 min", "0.500", "0.250", "SOG-COG", "GPR", "Predict µs"] {
            harness.get_all_by_label(label).next().expect("it stands there");
        }
        assert_eq!(harness.get_all_by_label("waits").count(), 3);
        assert_eq!(harness.get_all_by_label("motion, ship").count(), 2);
        let right = |label: &str| harness.get_by_label(label).rect().right();
        assert!((right("0.250") - right("15 min")).abs() < 1.0);
    }
}
