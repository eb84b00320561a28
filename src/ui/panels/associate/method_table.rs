//! How methods of association do, as a table: a row a method and share of points, the best of each
//! column marked.

use egui::{Align, Grid, Layout, RichText, ScrollArea, Ui};

use super::{STALE_OPACITY, about};
use crate::associate::study::Row;
use crate::associate::{Method, Score, Study};
use crate::base::params::Choice as _;
use crate::base::text::{counted, grouped};
use crate::flow::stages::AssociatedOf;
use crate::ui::plot::axis::significant;
use crate::ui::theme;

/// A run of one method with the settings of then.
#[derive(Clone, PartialEq, Debug)]
pub struct Run {
    /// What came of it.
    pub row: Row,
}

impl Run {
    /// A result, and how long it took.
    pub fn new(of: &AssociatedOf, seconds: f64) -> Run {
        let row = Row {
            method: of.method,
            removed: 0,
            points: of.points.len(),
            tracks: of.found.tracks,
            score: of.score,
            seconds,
            fault: None,
        };
        Run { row }
    }
}

/// How the comparison of all methods stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stand {
    /// There is none.
    None,
    /// More rows come.
    Live,
    /// It was stopped.
    Stopped,
    /// It is of other settings.
    Stale,
    /// It is what is wanted.
    Fresh,
}

impl Stand {
    /// What that means.
    pub fn text(self, study: Option<&Study>) -> String {
        let (done, planned) = study.map_or((0, 0), |study| (study.rows.len(), study.planned));
        let done = format!("{} of {}", grouped(done as u64), counted(planned as u64, "row"));
        let no_truth = if study.is_some_and(|study| !study.has_truth) {
            ". Nobody knows the truth here: there are no scores"
        } else {
            ""
        };
        match self {
            Stand::None => {
                "Runs of this session; a comparison adds all methods, and how few points \
                            suffice"
                    .into()
            }
            Stand::Live if planned == 0 => "Comparing: the first row is not done yet".into(),
            Stand::Live => format!("Comparing: {done} done{no_truth}"),
            Stand::Stopped => format!("Stopped: {done} done{no_truth}"),
            Stand::Stale => format!("Out of date: compared with other settings{no_truth}"),
            Stand::Fresh => format!("A name chooses the method{no_truth}"),
        }
    }
}

/// A column of scores.
struct Column {
    title: &'static str,
    help: &'static str,
    /// The value, for comparison: less is better.
    badness: fn(&Row) -> Option<f64>,
    text: fn(&Row) -> Option<String>,
}

fn of_score(row: &Row, value: impl Fn(&Score) -> f64) -> Option<f64> {
    row.score.as_ref().map(value)
}

/// From left to right, after method and points.
const COLUMNS: [Column; 8] = [
    Column {
        title: "Points",
        help: "How many points were put into tracks",
        badness: |_| None,
        text: |row| Some(grouped(row.points as u64)),
    },
    Column {
        title: "Tracks",
        help: "How many tracks they were put into",
        badness: |_| None,
        text: |row| row.fault.is_none().then(|| grouped(row.tracks as u64)),
    },
    Column {
        title: "Neighbors %",
        help: "The correct-neighbor rate: points that were linked to one of the same ship",
        badness: |row| of_score(row, |score| -score.correct_neighbor_rate),
        text: |row| Some(format!("{:.2}", 100.0 * row.score.as_ref()?.correct_neighbor_rate)),
    },
    Column {
        title: "Jumps",
        help: "How often a ship was broken",
        badness: |row| of_score(row, |score| score.jumps as f64),
        text: |row| Some(grouped(row.score.as_ref()?.jumps as u64)),
    },
    Column {
        title: "Merges",
        help: "How often ships were joined",
        badness: |row| of_score(row, |score| score.merges as f64),
        text: |row| Some(grouped(row.score.as_ref()?.merges as u64)),
    },
    Column {
        title: "ARI",
        help: "The adjusted Rand index of tracks and ships: 1 if all is right, 0 for chance",
        badness: |row| of_score(row, |score| -score.ari),
        text: |row| Some(format!("{:.3}", row.score.as_ref()?.ari)),
    },
    Column {
        title: "ATD score",
        help: "The measure of the 2025 challenge: neighbors before and after that are the true ones",
        badness: |row| of_score(row, |score| -score.atd_score),
        text: |row| Some(format!("{:.4}", row.score.as_ref()?.atd_score)),
    },
    Column {
        title: "Seconds",
        help: "How long it took on this machine",
        badness: |row| Some(row.seconds).filter(|_| row.fault.is_none()),
        text: |row| row.seconds.is_finite().then(|| significant(row.seconds, 2)),
    },
];

/// What stands in the table.
pub struct Table<'a> {
    /// Each with whether it is of other settings.
    rows: Vec<(&'a Row, bool)>,
}

impl<'a> Table<'a> {
    /// The rows of a comparison, and runs of methods that it does not hold; without a comparison that
    /// is up to date, all runs, and beneath them what there is of one.
    pub fn of(runs: &'a [Run], study: Option<&'a Study>, stand: Stand) -> Table<'a> {
        let compared = study.map_or(&[][..], |study| &study.rows);
        let is_stale = stand == Stand::Stale;
        let is_in = |method: Method| compared.iter().any(|row| row.method == method);
        let mut rows = Vec::new();
        for (_, method) in Method::CASES {
            let run = runs.iter().find(|run| run.row.method == *method);
            let run = run.filter(|_| is_stale || !is_in(*method));
            rows.extend(run.map(|run| (&run.row, false)));
            let of_study = compared.iter().filter(|row| row.method == *method);
            rows.extend(of_study.map(|row| (row, is_stale)));
        }
        Table { rows }
    }

    /// The least of each column among whole sets, if there is something to compare with.
    fn best(&self) -> [Option<f64>; COLUMNS.len()] {
        COLUMNS.each_ref().map(|column| {
            let whole = self.rows.iter().filter(|(row, is_old)| row.removed == 0 && !is_old);
            let mut values: Vec<f64> = whole.filter_map(|(row, _)| (column.badness)(row)).collect();
            values.sort_by(f64::total_cmp);
            values.first().copied().filter(|_| values.len() > 1)
        })
    }

    /// Draws the table. Gives back a method that was clicked.
    pub fn ui(&self, ui: &mut Ui, chosen: Method) -> Option<Method> {
        let mut clicked = None;
        if self.rows.is_empty() {
            ui.label(RichText::new("No method has run yet").weak());
            return None;
        }
        let best = self.best();
        ScrollArea::both().id_salt("methods").auto_shrink([false, false]).show(ui, |ui| {
            let grid = Grid::new("methods compared").striped(true).num_columns(3 + COLUMNS.len());
            grid.spacing([14.0, 2.0]).show(ui, |ui| {
                ui.label(RichText::new("Method").weak()).on_hover_text("A name chooses the method");
                ui.label(RichText::new("Removed").weak())
                    .on_hover_text("Points left out of each ship's, in the order of time");
                for column in &COLUMNS {
                    right(ui, |ui| {
                        ui.label(RichText::new(column.title).weak()).on_hover_text(column.help);
                    });
                }
                // What stands at the right of the last column would go to the panel's edge.
                ui.label("");
                ui.end_row();
                for (row, is_old) in &self.rows {
                    if let Some(method) = Table::row_ui(ui, (row, *is_old), chosen, &best) {
                        clicked = Some(method);
                    }
                    ui.end_row();
                }
            });
        });
        clicked
    }

    fn row_ui(
        ui: &mut Ui,
        (row, is_old): (&Row, bool),
        chosen: Method,
        best: &[Option<f64>],
    ) -> Option<Method> {
        let (title, help) = about(row.method);
        let color = ui.visuals().text_color();
        let color = if is_old { color.gamma_multiply(STALE_OPACITY) } else { color };
        let name = ui.selectable_label(chosen == row.method, title).on_hover_text(help);
        ui.label(RichText::new(removed_text(row.removed)).color(color));
        if let Some(fault) = &row.fault {
            right(ui, |ui| {
                ui.label(RichText::new(grouped(row.points as u64)).weak());
            });
            let color = theme::warning_color(ui);
            ui.label(RichText::new("needs labels").color(color)).on_hover_text(fault);
        } else {
            for (column, best) in COLUMNS.iter().zip(best) {
                let value = (column.badness)(row).filter(|_| row.removed == 0 && !is_old);
                let is_best = best.is_some() && value == *best;
                let shown = (column.text)(row).unwrap_or_else(|| "–".into());
                right(ui, |ui| {
                    let selection = ui.visuals().selection;
                    let shown = RichText::new(shown);
                    let label = ui.label(if is_best {
                        shown
                            .strong()
                            .color(selection.stroke.color)
                            .background_color(selection.bg_fill)
                    } else {
                        shown.color(color)
                    });
                    if is_best {
                        label.on_hover_text("The best of this column, with no points removed");
                    }
                });
            }
        }
        name.clicked().then_some(row.method)
    }
}

/// What is left out of the points.
fn removed_text(removed: usize) -> String {
    match removed {
        0 => "none".into(),
        2 => "every 2nd".into(),
        3 => "every 3rd".into(),
        n => format!("every {n}th"),
    }
}

fn right(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.with_layout(Layout::right_to_left(Align::Center), add);
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;

    fn row(method: Method, removed: usize, jumps: usize, seconds: f64) -> Row {
        let score = Score {
            correct_neighbor_rate: 1.0 - jumps as f64 / 1000.0,
            jumps,
            merges: 1,
            tracks: 10 + jumps,
            vessels: 11,
            ari: 0.9,
            atd_score: 0.8,
        };
        let points = 1200 / removed.max(1);
        Row { method, removed, points, tracks: 10, score: Some(score), seconds, fault: None }
    }

    fn study() -> Study {
        let rows = vec![
            row(Method::Flow, 0, 3, 2.0),
            row(Method::Flow, 2, 1, 1.0),
            row(Method::Cbtr, 0, 7, 0.25),
            Row { score: None, fault: Some("why".into()), ..row(Method::Npc, 0, 0, 0.0) },
        ];
        Study { rows, planned: 18, has_truth: true }
    }

    #[test]
    fn a_run_stands_until_a_comparison_holds_its_method_and_beside_one_that_is_stale() {
        let runs =
            [Run { row: row(Method::Cbtr, 0, 9, 0.5) }, Run { row: row(Method::Em, 0, 99, 9.0) }];
        let study = study();
        let jumps = |stand| -> Vec<usize> {
            let table = Table::of(&runs, Some(&study), stand);
            table.rows.iter().filter_map(|(row, _)| Some(row.score?.jumps)).collect()
        };
        assert_eq!(jumps(Stand::Fresh), [3, 1, 7, 99]);
        assert_eq!(jumps(Stand::Stale), [3, 1, 9, 7, 99]);
        assert_eq!(Table::of(&runs, None, Stand::None).rows.len(), 2);
    }

    #[test]
    fn the_best_is_that_of_whole_sets_and_alone_nothing_is_the_best() {
        let study = study();
        let best = Table::of(&[], Some(&study), Stand::Fresh).best();
        assert_eq!(best[3], Some(3.0), "1 jump is of half of the points");
        assert_eq!((best[0], best[7]), (None, Some(0.25)));
        let runs = [Run { row: row(Method::Em, 0, 99, 9.0) }];
        assert_eq!(Table::of(&runs, None, Stand::None).best(), [None; 8]);
    }

    #[test]
    fn a_name_chooses_its_method_and_what_needs_labels_says_so() {
        let clicked = Rc::new(Cell::new(None));
        let inner = Rc::clone(&clicked);
        let study = study();
        let mut harness = Harness::builder().with_size([900.0, 200.0]).build_ui(move |ui| {
            let table = Table::of(&[], Some(&study), Stand::Fresh);
            inner.set(table.ui(ui, Method::Flow).or(inner.get()));
        });
        harness.run();
        for label in ["every 2nd", "99.70", "needs labels", "0.25"] {
            harness.get_by_label(label);
        }
        harness.get_by_label("CBTR").click();
        harness.run();
        assert_eq!(clicked.get(), Some(Method::Cbtr));
    }

    #[test]
    fn how_far_a_comparison_is_stands_beside_its_button() {
        let study = Study { has_truth: false, ..study() };
        let said = Stand::Live.text(Some(&study));
        assert!(said.starts_with("Comparing: 4 of 18 rows done. Nobody knows the truth"), "{said}");
        assert_eq!(Stand::Live.text(None), "Comparing: the first row is not done yet");
    }
}
