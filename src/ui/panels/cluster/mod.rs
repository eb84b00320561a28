//! The panels of clustering: plots whose lines are its parameters, what was tried, and what came
//! of it.

mod compare;
mod deep;
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
    use std::sync::Arc;

    use egui_kittest::Harness;

    use super::*;
    use crate::base::job::Job;
    use crate::base::params::Checked;
    use crate::cluster::{DensityParams, SpectrumParams, SweepParams};

    #[test]
    fn odd_sets_of_trips_are_drawn_or_said_to_be_odd_without_a_panic() {
        let far = [0.0, 1.0, f32::INFINITY, f32::INFINITY];
        for places in [&[][..], &[1.0], &[1.0, 1.0], &[5.0; 30], &[0.0, 1e7], &far] {
            let (ground, job) = (made::ground_of(places), Job::default());
            let density = Checked::new(&DensityParams { min_trips: 2 }).unwrap();
            let tree = ground.tree(&density, &job).unwrap();
            let optics = ground.optics(&density, &job).unwrap();
            let labels = tree.cut(&ground.near, 0.5);
            let params = Checked::new(&SweepParams::default()).unwrap();
            let sweep = Arc::new(ground.sweep(&params, &job).unwrap());
            let params = Checked::new(&SpectrumParams::default()).unwrap();
            let spectrum = ground.spectrum(&params, &job).unwrap();
            let curve = k_distance::Curve::of(&tree);
            let (mut maps, mut pairs) = (scores::ScoreMaps::default(), pairs::Pairs::default());
            let mut harness = Harness::builder().with_size([700.0, 900.0]).build_ui(move |ui| {
                for eps in [0.0, 0.5, 1e7] {
                    ui.push_id(eps.to_string(), |ui| {
                        ui.set_max_height(100.0);
                        k_distance::k_distance_ui(ui, &curve, eps, "m");
                    });
                }
                ui.push_id("reachability", |ui| {
                    ui.set_max_height(100.0);
                    let plot = reachability::Reachability {
                        optics: &optics,
                        labels: labels.as_slice(),
                        color: &|_| egui::Color32::RED,
                        is_selected: &|_| true,
                        name: &|trip| trip.to_string(),
                        eps: 0.0,
                        unit: "",
                    };
                    plot.ui(ui);
                });
                let now = Pair { eps: 0.0, min_trips: 1 };
                ui.push_id("maps", |ui| {
                    ui.set_max_height(150.0);
                    maps.ui(ui, &sweep, now, "");
                });
                ui.push_id("spectrum", |ui| {
                    ui.set_max_height(100.0);
                    spectrum::spectrum_ui(ui, &spectrum, &[], 7);
                });
                ui.push_id("pairs", |ui| pairs.ui(ui, &sweep, now, ""));
                let mut eps = 0.0;
                eps::eps_ui(ui, &mut eps, Some(&curve), "", None);
                assert_eq!(eps, 0.0, "drawing moves nothing");
            });
            harness.run_steps(3);
        }
    }

    #[test]
    fn an_eps_keeps_few_digits_and_is_found_again() {
        let sweep = made::sweep();
        let row = Row { eps: 0.05, ..sweep.rows[0].clone() };
        assert_eq!(Pair::of(&row).eps, 0.05);
        assert!(Pair::of(&row).is_of(&row));
        assert!(sweep.rows.iter().all(|row| Pair::of(row).is_of(row)));
    }
}
