//! What is measured, and how the parts of the MSSPD are weighed.

use serde::{Deserialize, Serialize};

use super::paths::SurfaceChoice;
use super::warp::Table;
use crate::base::params::{Choice, Field, Form, Params};

/// How far two trips lie apart: by which rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Metric {
    /// The mean distance from a point of either trip to the other trip. Blind to direction and time.
    Sspd,
    /// SSPD, difference of mean speeds and mean difference of courses, kept apart and weighed
    /// afterwards. Tells the two directions of a channel apart.
    #[default]
    Msspd,
    /// The mean distance from the points of one trip to the other, in the direction in which it is
    /// smaller: a trip lies near another that it is a part of.
    Spd,
    /// The largest distance from a point of either trip to the other trip.
    Hausdorff,
    /// The shortest leash with which two can go along both trips from point to point, never back.
    Frechet,
    /// The sum of distances between points that are matched in order, as small as can be. Grows
    /// with the number of points; resample first to compare trips of different length.
    Dtw,
}

impl Choice for Metric {
    const CASES: &'static [(&'static str, Metric)] = &[
        ("sspd", Metric::Sspd),
        ("msspd", Metric::Msspd),
        ("spd", Metric::Spd),
        ("hausdorff", Metric::Hausdorff),
        ("frechet", Metric::Frechet),
        ("dtw", Metric::Dtw),
    ];
}

/// What is measured between all trips.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct DistanceParams {
    /// The rule.
    pub metric: Metric,
    /// Plane or sphere.
    pub surface: SurfaceChoice,
    /// Sakoe-Chiba band of DTW: how many points of the longer trip a match may stray from the
    /// diagonal; 0 for no band.
    pub band: usize,
    /// Points that each trip is first resampled to, at equal distances; 0 leaves them as they are.
    pub resample: usize,
    /// The most memory that matrices may take, megabytes.
    pub limit_mb: usize,
    /// For weights by [`Scale::Trip`] alone: of pairs that lie farther apart than the median trip is
    /// long nothing is measured but speeds. No field of the form: it follows from the scale.
    pub skips_far: bool,
}

impl Default for DistanceParams {
    fn default() -> Self {
        DistanceParams {
            metric: Metric::Msspd,
            surface: SurfaceChoice::Auto,
            band: 0,
            resample: 0,
            limit_mb: 4_000,
            skips_far: false,
        }
    }
}

impl DistanceParams {
    pub(super) fn table(&self) -> Option<Table> {
        match self.metric {
            Metric::Frechet => Some(Table::Largest),
            Metric::Dtw if self.band == 0 => Some(Table::Sum),
            Metric::Dtw => Some(Table::SumInBand(self.band)),
            Metric::Sspd | Metric::Msspd | Metric::Spd | Metric::Hausdorff => None,
        }
    }
}

impl Params for DistanceParams {
    fn describe(&mut self, form: &mut dyn Form) {
        self.metric.describe("metric", form, "How far two trips lie apart: by which rule.");
        self.surface.describe(
            "surface",
            form,
            "On a local plane, on the sphere, or whichever suits the extent of the trips.",
        );
        form.count(
            "band",
            &mut self.band,
            Field {
                unit: "points",
                range: 0..=100_000,
                help: "How far DTW may stray from the diagonal (Sakoe-Chiba); 0 for anywhere.",
            },
        );
        form.count(
            "resample",
            &mut self.resample,
            Field {
                unit: "points",
                range: 0..=10_000,
                help: "Points each trip is resampled to first, at equal distances; 0 for as it is.",
            },
        );
        form.count(
            "limit",
            &mut self.limit_mb,
            Field {
                unit: "MB",
                range: 1..=1_000_000,
                help: "The most memory that matrices of distances may take.",
            },
        );
    }

    fn faults(&self) -> Vec<String> {
        if self.resample == 1 {
            return vec!["resample is 1; a line needs 2 points, and 0 leaves trips alone".into()];
        }
        Vec::new()
    }
}

/// How components of different units become comparable.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Scale {
    /// SSPD in lengths of the median trip, at most one; speeds to 0 to 1 over all pairs, courses in
    /// half turns. Trips more than that length apart do not sail together: they count as opposite.
    /// Ours: what is near does not hang on how far the farthest ship of a file is, and of trips that
    /// are far apart nothing has to be measured.
    #[default]
    Trip,
    /// Each component to 0 to 1 over all pairs.
    Minmax,
    /// Meters, knots and degrees as they are: the paper's literal formula.
    None,
}

impl Choice for Scale {
    const CASES: &'static [(&'static str, Scale)] =
        &[("trip", Scale::Trip), ("minmax", Scale::Minmax), ("none", Scale::None)];
}

/// How the components of the MSSPD are weighed. Apart from [`DistanceParams`], so that moving a
/// weight measures nothing again.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Weights {
    /// Of the SSPD: the paper's `w1`.
    pub sspd: f64,
    /// Of the difference of mean speeds: the paper's `w2`.
    pub sog: f64,
    /// Of the mean difference of courses: the paper's `w3`.
    pub cog: f64,
    /// How they are made comparable.
    pub scale: Scale,
}

impl Default for Weights {
    fn default() -> Self {
        Weights { sspd: 0.6, sog: 0.2, cog: 0.2, scale: Scale::Trip }
    }
}

impl Weights {
    /// The least MSSPD of trips that sail the same way in opposite directions: their courses differ
    /// by more than 162°, nine tenths of half a turn. A larger eps takes both for neighbors. None
    /// where courses do not count.
    pub fn opposite(&self) -> Option<f32> {
        let half_turn = match self.scale {
            Scale::Trip | Scale::Minmax => 1.0,
            Scale::None => 180.0,
        };
        (self.cog > 0.0).then_some((0.9 * self.cog * half_turn / 3.0) as f32)
    }
}

impl Params for Weights {
    fn describe(&mut self, form: &mut dyn Form) {
        let weight = |help| Field { unit: "", range: 0.0..=1.0, help };
        form.number("w1", &mut self.sspd, weight("Weight of the distance (SSPD)."));
        form.number("w2", &mut self.sog, weight("Weight of the difference of mean speeds."));
        form.number("w3", &mut self.cog, weight("Weight of the mean difference of courses."));
        self.scale.describe("scale", form, "Trip: distances in lengths of the median trip, at most one, so that a far ship changes nothing. Minmax: each component to 0 to 1 over all pairs. None: meters, knots, degrees.");
    }

    fn faults(&self) -> Vec<String> {
        let sum = self.sspd + self.sog + self.cog;
        if (sum - 1.0).abs() <= 1e-6 {
            return Vec::new();
        }
        vec![format!("w1 + w2 + w3 is {sum:.3}; weights must sum to 1")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::{Checked, manual, set};

    #[test]
    fn weights_that_do_not_sum_to_1_are_told() {
        assert!(Checked::new(&Weights::default()).is_ok());
        let faults = Checked::new(&Weights { sspd: 0.8, ..Weights::default() }).unwrap_err();
        assert_eq!(faults, ["w1 + w2 + w3 is 1.200; weights must sum to 1"]);
        let faults = Checked::new(&Weights { sspd: f64::NAN, ..Weights::default() }).unwrap_err();
        assert_eq!(faults.len(), 2, "{faults:?}");
    }

    #[test]
    fn opposite_trips_are_as_far_apart_as_their_courses_count() {
        let weights = Weights { sspd: 0.5, sog: 0.2, cog: 0.3, scale: Scale::Trip };
        assert!((weights.opposite().unwrap() - 0.09).abs() < 1e-6);
        let unscaled = Weights { scale: Scale::None, ..weights };
        assert!((unscaled.opposite().unwrap() - 16.2).abs() < 1e-4);
        assert_eq!(Weights { cog: 0.0, ..weights }.opposite(), None);
    }

    #[test]
    fn every_metric_is_set_by_its_name() {
        let mut params = DistanceParams::default();
        for (name, metric) in Metric::CASES {
            set(&mut params, "metric", name).unwrap();
            assert_eq!(params.metric, *metric);
        }
        assert!(set(&mut params, "metric", "lcss").is_err());
        assert_eq!(manual(&params).len(), 5);
        params.resample = 1;
        assert!(Checked::new(&params).is_err());
    }
}
