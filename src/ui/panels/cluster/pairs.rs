//! The table of all tried pairs of eps and `MinPts`: each row sets both.

use std::sync::Arc;

use egui::{RichText, Ui};

use super::{Pair, unit_text};
use crate::base::text::{counted, grouped};
use crate::cluster::Sweep;
use crate::ui::panels::tables::cell::Cell;
use crate::ui::panels::tables::grid::{Act, Column, Content, Grid};
use crate::ui::panels::tables::rows::{Sort, sorted};
use crate::ui::theme;

/// From left to right.
const COLUMNS: &[Column<Sweep>] = &[
    Column {
        title: "eps",
        help: "How far apart two trips may be and still be neighbors",
        width_px: 84.0,
        is_number: true,
        cell: |sweep, row| {
            let decimals = sweep.rows.first().map_or(0, |first| decimals(first.eps));
            Cell::Decimal(sweep.rows[row].eps.into(), decimals)
        },
    },
    Column {
        title: "MinPts",
        help: "How many trips within eps, itself counted, make a trip core",
        width_px: 56.0,
        is_number: true,
        cell: |sweep, row| Cell::Count(sweep.rows[row].min_trips as u64),
    },
    Column {
        title: "Clusters",
        help: "How many clusters were found",
        width_px: 62.0,
        is_number: true,
        cell: |sweep, row| Cell::Count(sweep.rows[row].clusters as u64),
    },
    Column {
        title: "Noise",
        help: "How many trips are in no cluster",
        width_px: 62.0,
        is_number: true,
        cell: |sweep, row| Cell::Count(sweep.rows[row].noise as u64),
    },
    Column {
        title: "Silhouette",
        help: "How much nearer trips are to their own cluster than to the next, -1 to 1",
        width_px: 74.0,
        is_number: true,
        cell: |sweep, row| figure(sweep.rows[row].sc, 3),
    },
    Column {
        title: "Calinski-H.",
        help: "Calinski-Harabasz by medoids: how far clusters lie apart for how wide they are",
        width_px: 82.0,
        is_number: true,
        cell: |sweep, row| figure(sweep.rows[row].ch, 1),
    },
    Column {
        title: "Davies-B.",
        help: "Davies-Bouldin by medoids: how wide clusters are for how far they lie apart; less \
               is better",
        width_px: 74.0,
        is_number: true,
        cell: |sweep, row| figure(sweep.rows[row].db, 3),
    },
    Column {
        title: "SCCH",
        help: "Mean of silhouette and Calinski-Harabasz, each scaled to 0 to 1 over all pairs",
        width_px: 58.0,
        is_number: true,
        cell: |sweep, row| figure(sweep.rows[row].scch, 3),
    },
    Column {
        title: "Score",
        help: "What the best pair is chosen by",
        width_px: 58.0,
        is_number: true,
        cell: |sweep, row| figure(sweep.rows[row].score, 3),
    },
];

fn figure(value: Option<f64>, decimals: usize) -> Cell<'static> {
    value.map_or(Cell::Missing, |value| Cell::Decimal(value, decimals))
}

/// So many that four digits of an eps are seen.
fn decimals(eps: f32) -> usize {
    if eps > 0.0 { (3.0 - eps.log10().floor()).clamp(0.0, 8.0) as usize } else { 3 }
}

/// The table, and how it is sorted.
pub struct Pairs {
    grid: Grid,
    sorted: Option<(Arc<Sweep>, Sort, Vec<u32>)>,
}

impl Default for Pairs {
    /// The best pair at the top.
    fn default() -> Self {
        let sort = Sort { column: COLUMNS.len() - 1, is_descending: true };
        Pairs { grid: Grid::sorted(sort), sorted: None }
    }
}

impl Pairs {
    /// Draws the table, the pair `now` selected and the best marked. Gives back the pair that was
    /// picked.
    pub fn ui(&mut self, ui: &mut Ui, sweep: &Arc<Sweep>, now: Pair, unit: &str) -> Option<Pair> {
        let rows = self.rows(sweep);
        ui.horizontal(|ui| {
            ui.label(format!("{} tried", counted(rows.len() as u64, "pair")));
            match sweep.best {
                Some(best) => {
                    let (row, unit) = (&sweep.rows[best], unit_text(unit));
                    let color = theme::selection_color(ui);
                    let shown = COLUMNS[0].cell;
                    ui.label(
                        RichText::new(format!(
                            "best: eps {}{unit}, MinPts {}, {} and {} trips of noise",
                            shown(sweep, best).shown(),
                            row.min_trips,
                            counted(row.clusters as u64, "cluster"),
                            grouped(row.noise as u64)
                        ))
                        .color(color),
                    );
                }
                None => {
                    ui.label("none gave two clusters");
                }
            }
            ui.label(RichText::new("a row sets both").weak());
        });
        let lit = theme::selection_color(ui);
        let content = Content {
            name: "Table of tried pairs",
            columns: COLUMNS,
            n_rows: rows.len(),
            cell: &|row, column| (COLUMNS[column].cell)(sweep, rows[row] as usize),
            is_selected: &|row| now.is_of(&sweep.rows[rows[row] as usize]),
            mark: &|row| (sweep.best == Some(rows[row] as usize)).then_some(lit),
            current: &|| rows.iter().position(|row| now.is_of(&sweep.rows[*row as usize])),
        };
        let (Act::Pick(row) | Act::Add(row) | Act::Fit(row)) = self.grid.ui(ui, &content)?;
        let row = *rows.get(row)? as usize;
        Some(Pair::of(&sweep.rows[row]))
    }

    /// The rows from the top, worked out anew when sweep or order change.
    fn rows(&mut self, sweep: &Arc<Sweep>) -> Vec<u32> {
        let sort = self.grid.sort;
        if let Some((of, by, rows)) = &self.sorted
            && Arc::ptr_eq(of, sweep)
            && *by == sort
        {
            return rows.clone();
        }
        let cell = COLUMNS[sort.column].cell;
        let key = |row: usize| cell(sweep, row).key();
        let mut rows = sorted(sweep.rows.len(), sort.is_descending, key);
        // Of pairs that are as good as the best, the best comes first.
        if let Some(place) = rows.iter().position(|row| sweep.best == Some(*row as usize)) {
            let best = key(rows[place] as usize);
            let first = rows.iter().position(|row| key(*row as usize) == best).unwrap_or(place);
            rows[first..=place].rotate_right(1);
        }
        self.sorted = Some((Arc::clone(sweep), sort, rows.clone()));
        rows
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell as Held, RefCell};
    use std::rc::Rc;

    use egui::Role;
    use egui_kittest::Harness;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    use super::super::made;
    use super::*;

    #[test]
    fn the_best_pair_stands_at_the_top_and_a_click_sets_it() {
        let sweep = Arc::new(made::sweep());
        let row = &sweep.rows[sweep.best.unwrap()];
        let (best, score) = (Pair::of(row), format!("Score {:.3}", row.score.unwrap()));
        let picked = Rc::new(Held::new(None));
        let (held, pairs) = (Rc::clone(&picked), RefCell::new(Pairs::default()));
        let mut harness = Harness::builder().with_size([700.0, 190.0]).build_ui(move |ui| {
            let now = held.get().unwrap_or(Pair { eps: 0.0, min_trips: 1 });
            if let Some(pair) = pairs.borrow_mut().ui(ui, &sweep, now, "m") {
                held.set(Some(pair));
            }
        });
        harness.run();
        let top = harness
            .query_all_by_role(Role::Row)
            .min_by(|a, b| a.rect().top().total_cmp(&b.rect().top()))
            .unwrap();
        assert!(top.accesskit_node().label().unwrap().contains(&score));
        top.click();
        harness.run();
        assert_eq!(picked.get(), Some(best));
        harness.get_by_role_and_label(Role::ColumnHeader, "MinPts").click();
        harness.run();
        let top = harness
            .query_all_by_role(Role::Row)
            .min_by(|a, b| a.rect().top().total_cmp(&b.rect().top()))
            .unwrap();
        assert!(top.accesskit_node().label().unwrap().contains("MinPts 2,"));
    }

    #[test]
    fn four_digits_of_eps_are_shown_whatever_its_unit() {
        for (eps, expected) in [(0.0123, 5), (0.3, 4), (15.0, 2), (15_000.0, 0), (0.0, 3)] {
            assert_eq!(decimals(eps), expected, "{eps}");
        }
    }
}
