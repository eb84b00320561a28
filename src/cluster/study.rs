//! How distances between trips behave: the paper's three experiments.
//!
//! A good distance hardly changes when a trip is compressed or when noise is added to it, and
//! tells trips in opposite directions apart. [`against_compression`] and [`against_noise`] give
//! the change of each distance, [`against_direction`] its values.
//!
//! # Reference
//!
//! Liu et al. (2023), *J. Mar. Sci. Eng.* 11, 2005, section 2.2.3. As there, only the first trip of
//! a pair is compressed or disturbed.

use crate::ais::Report;
use crate::base::angle::wrap_deg;
use crate::base::geo::destination;
use crate::base::job::{Job, Stopped};
use crate::base::rng::Rng;

/// A distance under study.
pub struct Measure<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The distance between two trips, in any unit; greater than zero for different ones.
    pub distance: &'a (dyn Fn(&[Report], &[Report]) -> f64 + Sync),
}

/// How much distances change with one setting.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// The setting: a threshold of compression, or a level of noise.
    pub setting: f64,
    /// The share of the first trip's reports that compression took away, `0..=1`; 0 for noise.
    pub rate: f64,
    /// The paper's γ = |D' − D| / D for each measure, `0` and up; `None` where the distance was
    /// zero, or is no number.
    pub gammas: Vec<Option<f64>>,
}

/// What noise is added in [`against_noise`]. At level 1; twice as much at level 2.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Noise {
    /// The share of reports that are disturbed.
    pub share: f64,
    /// Standard deviation of a position in each direction, meters.
    pub place_m: f64,
    /// Standard deviation of the speed, knots; it never falls below zero.
    pub sog_kn: f64,
    /// Standard deviation of the course, degrees.
    pub cog_deg: f64,
    /// The seed.
    pub seed: u64,
}

impl Default for Noise {
    /// A tenth of the reports, by 100 m. The paper names no figures.
    fn default() -> Self {
        Noise { share: 0.1, place_m: 100.0, sog_kn: 0.0, cog_deg: 0.0, seed: 1 }
    }
}

/// The distances of one trip to another that sails the same way and to one that sails against it.
#[derive(Clone, PartialEq, Debug)]
pub struct Direction {
    /// To the trip that sails the same way.
    pub same: f64,
    /// To the trip that sails against it.
    pub opposite: f64,
}

impl Direction {
    /// How many times further away the opposite trip is: the greater, the better the measure tells
    /// directions apart. `None` where that is no number.
    pub fn ratio(&self) -> Option<f64> {
        Some(self.opposite / self.same).filter(|ratio| ratio.is_finite())
    }
}

/// How each distance between `a` and `b` changes when `a` is compressed by each of `settings`,
/// in their order.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
pub fn against_compression(
    a: &[Report],
    b: &[Report],
    measures: &[Measure],
    compress: &(dyn Fn(&[Report], f64) -> Vec<Report> + Sync),
    settings: &[f64],
    job: &Job,
) -> Result<Vec<Change>, Stopped> {
    changes(a, b, measures, &|setting| compress(a, setting), settings, job)
}

/// How each distance between `a` and `b` changes when noise is added to `a`, so many times as
/// much as `noise` says for each of `levels`.
///
/// The draws are the same at each level, only greater: a curve over levels shows the measure, not
/// chance.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
pub fn against_noise(
    a: &[Report],
    b: &[Report],
    measures: &[Measure],
    noise: &Noise,
    levels: &[f64],
    job: &Job,
) -> Result<Vec<Change>, Stopped> {
    changes(a, b, measures, &|level| disturbed(a, noise, level), levels, job)
}

/// Each measure's distance from `a` to `same`, which sails the same way, and to `opposite`.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
pub fn against_direction(
    a: &[Report],
    same: &[Report],
    opposite: &[Report],
    measures: &[Measure],
    job: &Job,
) -> Result<Vec<Direction>, Stopped> {
    job.expect(measures.len());
    let study = |measure: &Measure| {
        job.step()?;
        Ok(Direction {
            same: (measure.distance)(a, same),
            opposite: (measure.distance)(a, opposite),
        })
    };
    measures.iter().map(study).collect()
}

/// `reports` with `level` times the noise. The draws do not depend on the level.
pub fn disturbed(reports: &[Report], noise: &Noise, level: f64) -> Vec<Report> {
    let mut rng = Rng::new(noise.seed, 0);
    let mut disturb = |report: &Report| {
        // Drawn for every report, hit or not, so that a greater share hits the same and more.
        let is_hit = rng.happens(noise.share);
        let draws = [rng.normal(), rng.normal(), rng.normal(), rng.normal()];
        if !is_hit {
            return *report;
        }
        let [east, north, faster, turn] = draws.map(|draw| level * draw);
        let bearing_deg = wrap_deg(east.atan2(north).to_degrees());
        let way_m = noise.place_m * east.hypot(north);
        let cog_deg = f64::from(report.cog_deg) + noise.cog_deg * turn;
        Report {
            position: destination(report.position, bearing_deg, way_m),
            sog_kn: (f64::from(report.sog_kn) + noise.sog_kn * faster).max(0.0) as f32,
            cog_deg: wrap_deg(cog_deg) as f32,
            ..*report
        }
    };
    reports.iter().map(&mut disturb).collect()
}

/// How distances between `a` and `b` change when `change(setting)` takes the place of `a`.
fn changes(
    a: &[Report],
    b: &[Report],
    measures: &[Measure],
    change: &dyn Fn(f64) -> Vec<Report>,
    settings: &[f64],
    job: &Job,
) -> Result<Vec<Change>, Stopped> {
    job.expect((settings.len() + 1) * measures.len());
    let distances = |a: &[Report]| -> Result<Vec<f64>, Stopped> {
        let distance = |measure: &Measure| job.step().map(|()| (measure.distance)(a, b));
        measures.iter().map(distance).collect()
    };
    let before = distances(a)?;
    let changed = |setting: &f64| {
        let other = change(*setting);
        let gamma = |(new, old): (f64, &f64)| {
            Some((new - old).abs() / old).filter(|gamma| gamma.is_finite())
        };
        Ok(Change {
            setting: *setting,
            rate: 1.0 - other.len() as f64 / a.len().max(1) as f64,
            gammas: distances(&other)?.into_iter().zip(&before).map(gamma).collect(),
        })
    };
    settings.iter().map(changed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::angle::turn_deg;
    use crate::base::geo::{Position, distance_m};

    /// 101 reports a minute of latitude apart, `lon_deg` east.
    fn north(lon_deg: f64) -> Vec<Report> {
        let report = |i: i32| Report {
            sog_kn: 10.0,
            cog_deg: 0.0,
            ..Report::at(i64::from(i) * 1000, Position::new(lon_deg, f64::from(i) / 60.0))
        };
        (0..=100).map(report).collect()
    }

    /// Greatest distance of reports of equal rank; the shorter trip is compared as far as it goes.
    fn greatest(a: &[Report], b: &[Report]) -> f64 {
        a.iter().zip(b).map(|(a, b)| distance_m(a.position, b.position)).fold(0.0, f64::max)
    }

    /// How far the middle places are apart: blind to most of the trip, and to direction.
    fn middle(a: &[Report], b: &[Report]) -> f64 {
        distance_m(a[a.len() / 2].position, b[b.len() / 2].position)
    }

    const MEASURES: [Measure; 2] = [
        Measure { name: "greatest", distance: &greatest },
        Measure { name: "middle", distance: &middle },
    ];

    #[test]
    fn a_distance_that_compression_doubles_has_gamma_1() {
        let count = |a: &[Report], _: &[Report]| 1.0 / a.len() as f64;
        let measures = [Measure { name: "1 / n", distance: &count }];
        let halve = |reports: &[Report], step: f64| {
            reports.iter().copied().take(100).step_by(step as usize).collect()
        };
        let a = &north(0.0)[..100];
        let job = Job::default();
        let rows =
            against_compression(a, &north(0.1), &measures, &halve, &[1.0, 2.0, 4.0], &job).unwrap();
        let found: Vec<(f64, f64)> =
            rows.iter().map(|row| (row.rate, row.gammas[0].unwrap())).collect();
        for ((rate, gamma), expected) in found.iter().zip([(0.0, 0.0), (0.5, 1.0), (0.75, 3.0)]) {
            assert!((rate - expected.0).abs() < 1e-12 && (gamma - expected.1).abs() < 1e-12);
        }
        assert_eq!(job.progress(), (4, 4));
    }

    #[test]
    fn a_distance_that_compression_halves_has_gamma_one_half() {
        let count = |a: &[Report], _: &[Report]| a.len() as f64;
        let measures = [Measure { name: "n", distance: &count }];
        let first = |reports: &[Report], n: f64| reports[..n as usize].to_vec();
        let a = &north(0.0)[..100];
        let rows = against_compression(a, a, &measures, &first, &[50.0], &Job::default()).unwrap();
        assert_eq!(rows[0].gammas, [Some(0.5)]);
    }

    #[test]
    fn noise_moves_the_share_it_names_in_proportion_to_its_level() {
        let a = north(0.0);
        let noise = Noise { share: 0.3, cog_deg: 5.0, ..Noise::default() };
        let (one, two) = (disturbed(&a, &noise, 1.0), disturbed(&a, &noise, 2.0));
        let mut hit = 0;
        for ((a, one), two) in a.iter().zip(&one).zip(&two) {
            let once_m = distance_m(a.position, one.position);
            assert!((distance_m(a.position, two.position) - 2.0 * once_m).abs() < 0.01);
            let turn = turn_deg(0.0, f64::from(one.cog_deg));
            assert!((turn_deg(0.0, f64::from(two.cog_deg)) - 2.0 * turn).abs() < 1e-3);
            assert_eq!(once_m > 0.0, turn != 0.0);
            hit += usize::from(once_m > 0.0);
        }
        assert!((15..=45).contains(&hit), "{hit}");
        assert!(
            disturbed(&a, &noise, 0.0).iter().zip(&a).all(|(x, y)| greatest(&[*x], &[*y]) < 1e-6)
        );
    }

    #[test]
    fn the_greatest_distance_suffers_from_noise_that_others_do_not_see() {
        let (a, b) = (north(0.0), north(0.01));
        let noise = Noise { place_m: 500.0, ..Noise::default() };
        let rows =
            against_noise(&a, &b, &MEASURES, &noise, &[0.0, 1.0, 2.0], &Job::default()).unwrap();
        assert!(rows[0].gammas.iter().all(|gamma| gamma.unwrap() < 1e-9));
        assert!(rows[1].gammas[0].unwrap() > 0.2);
        assert!(rows[2].gammas[0].unwrap() > rows[1].gammas[0].unwrap());
    }

    #[test]
    fn only_a_measure_that_sees_order_tells_directions_apart() {
        let (a, same) = (north(0.0), north(0.01));
        let opposite: Vec<Report> = same.iter().rev().copied().collect();
        let found = against_direction(&a, &same, &opposite, &MEASURES, &Job::default()).unwrap();
        assert!(found[0].ratio().unwrap() > 100.0, "{found:?}");
        assert!((found[1].ratio().unwrap() - 1.0).abs() < 0.01, "{found:?}");
    }

    #[test]
    fn equal_trips_have_no_change_rate_and_a_cancelled_study_stops() {
        let a = north(0.0);
        let rows =
            against_noise(&a, &a, &MEASURES, &Noise::default(), &[1.0], &Job::default()).unwrap();
        assert_eq!(rows[0].gammas, [None, None]);
        let job = Job::default();
        job.cancel();
        let found = against_noise(&a, &a, &MEASURES, &Noise::default(), &[1.0], &job);
        assert_eq!(found, Err(Stopped::Cancelled));
    }
}
