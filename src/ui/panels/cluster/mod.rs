//! The panels of clustering: plots whose lines are its parameters, what was tried, and what came
//! of it.

mod effects;
mod eps;
mod joint;
mod k_distance;
mod list;
#[cfg(test)]
mod made;
mod members;
mod pairs;
mod parameters;
mod reachability;
mod scores;
mod spectrum;
mod study;
mod weights;

use std::ops::RangeInclusive;

pub use self::joint::ClusterPanels;
use crate::cluster::sweep::Row;

/// What eps may be, as its field says.
const EPS_RANGE: RangeInclusive<f64> = 0.0..=1e7;

/// A pair of parameters.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Pair {
    /// The paper's ε.
    pub eps: f64,
    /// The paper's `MinPts`.
    pub min_trips: usize,
}

impl Pair {
    /// The pair of a row. The eps has the digits by which people know it: 0.05, not
    /// 0.05000000074505806.
    pub fn of(row: &Row) -> Pair {
        let eps = row.eps.to_string().parse().unwrap_or(f64::from(row.eps));
        Pair { eps, min_trips: row.min_trips }
    }

    /// Whether a row is this pair's.
    pub fn is_of(self, row: &Row) -> bool {
        self.min_trips == row.min_trips && self.eps as f32 == row.eps
    }
}

/// A unit as it stands behind a number.
fn unit_text(unit: &str) -> String {
    if unit.is_empty() { String::new() } else { format!(" {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_eps_keeps_few_digits_and_is_found_again() {
        let sweep = made::sweep();
        let row = Row { eps: 0.05, ..sweep.rows[0].clone() };
        assert_eq!(Pair::of(&row).eps, 0.05);
        assert!(Pair::of(&row).is_of(&row));
        assert!(sweep.rows.iter().all(|row| Pair::of(row).is_of(row)));
    }
}
