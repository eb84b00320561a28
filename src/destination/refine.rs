//! Transmission errors within a voyage, found as steps unlike the others.

use crate::ais::Fleet;
use crate::base::geo::wrap_lon_deg;

/// How many numbers tell a step from one report to the next.
const WIDTH: usize = 6;

/// Which steps between consecutive reports of `reports`, indices into the fleet's, are unlike the
/// others: one flag a step.
///
/// A step is the sizes of its change of longitude and of latitude less their means, the sum of both
/// (Manhattan), the length of both (Euclid), its time and its change of speed, each divided by its
/// standard deviation over the voyage. Steps that DBSCAN with `eps` and `least` leaves as noise are
/// errors. A single far step makes the deviations large and all others alike, which is what finds
/// it.
///
/// Takes `O(n log n)` time, and `O(n²)` where steps differ in everything but one number.
///
/// # Reference
///
/// Kim et al. (2023), *WAY*, appendix .2; ε 0.15. The paper's formulas are lost: standardizing is
/// ours, as are longitudes across the date line and a change of speed of 0 where it is missing.
pub fn noise_steps(fleet: &Fleet, reports: &[u32], eps: f64, least: usize) -> Vec<bool> {
    let all = fleet.reports();
    let step = |pair: &[u32]| {
        let (a, b) = (pair[0] as usize, pair[1] as usize);
        let (from, to) = (all.positions[a], all.positions[b]);
        let d_lon = wrap_lon_deg(to.lon_deg - from.lon_deg).abs();
        let d_lat = (to.lat_deg - from.lat_deg).abs();
        let d_sog = f64::from(all.sog_kn[b] - all.sog_kn[a]).abs();
        let d_t = (all.t_ms[b] - all.t_ms[a]) as f64;
        let d_sog = if d_sog.is_nan() { 0.0 } else { d_sog };
        [d_lon, d_lat, d_lon + d_lat, d_lon.hypot(d_lat), d_t, d_sog]
    };
    let mut steps: Vec<[f64; WIDTH]> = reports.windows(2).map(step).collect();
    standardize(&mut steps);
    noise(&steps, eps, least)
}

/// The reports that are left when those are taken out which only noise steps lead to and from: a
/// jump has two such steps, a silence leaves its two shores one good step each. The first and the
/// last stay, since the voyage's ends were found by them.
pub fn without_noise(reports: &[u32], is_noise: &[bool]) -> Vec<u32> {
    let last = reports.len().saturating_sub(1);
    let is_kept = |at: usize| at == 0 || at == last || !(is_noise[at - 1] && is_noise[at]);
    (0..reports.len()).filter(|at| is_kept(*at)).map(|at| reports[at]).collect()
}

/// Takes off the mean and divides by the standard deviation, number by number; what never varies
/// becomes 0.
fn standardize(steps: &mut [[f64; WIDTH]]) {
    let n = steps.len() as f64;
    for at in 0..WIDTH {
        let mean = steps.iter().map(|step| step[at]).sum::<f64>() / n;
        let variance = steps.iter().map(|step| (step[at] - mean).powi(2)).sum::<f64>() / n;
        let deviation = variance.sqrt();
        let is_constant = deviation <= 1e-12 * mean.abs().max(1e-12);
        for step in steps.iter_mut() {
            step[at] = if is_constant { 0.0 } else { (step[at] - mean) / deviation };
        }
    }
}

/// Which points DBSCAN leaves as noise: those that have fewer than `least` points (themselves
/// counted) within `eps`, and no point near that has as many.
///
/// No clusters are made, since noise is the same whichever cluster a border point goes to. Points
/// are put in order along one axis, so that only those within `eps` on it are looked at.
fn noise(points: &[[f64; WIDTH]], eps: f64, least: usize) -> Vec<bool> {
    /// The Euclidean length, which spreads the most of all.
    const AXIS: usize = 3;
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|a, b| points[*a][AXIS].total_cmp(&points[*b][AXIS]).then(a.cmp(b)));
    let is_near = |a: usize, b: usize| {
        let square: f64 = points[a].iter().zip(&points[b]).map(|(x, y)| (x - y) * (x - y)).sum();
        square <= eps * eps
    };
    // Counts the near points of the place `at` in the order that pass `test`, up to `enough`.
    let count = |at: usize, enough: usize, test: &dyn Fn(usize) -> bool| {
        let here = order[at];
        let within = |other: &&usize| (points[**other][AXIS] - points[here][AXIS]).abs() <= eps;
        let up = order[at..].iter().take_while(within);
        let down = order[..at].iter().rev().take_while(within);
        up.chain(down).filter(|other| is_near(here, **other) && test(**other)).take(enough).count()
    };
    let mut is_core = vec![false; points.len()];
    for (at, here) in order.iter().enumerate() {
        is_core[*here] = count(at, least, &|_| true) >= least;
    }
    let mut is_noise = vec![false; points.len()];
    for (at, here) in order.iter().enumerate() {
        is_noise[*here] = !is_core[*here] && count(at, 1, &|other| is_core[other]) == 0;
    }
    is_noise
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Report, Vessel};
    use crate::base::geo::Position;

    /// A ship that sails east at 10 kn, a report a minute, with some places moved.
    fn sailing(n: usize, start_lon: f64, moved: &[(usize, f64)]) -> (Fleet, Vec<u32>) {
        let report = |at: usize| {
            let off = moved.iter().find(|(place, _)| *place == at).map_or(0.0, |(_, off)| *off);
            let lon = wrap_lon_deg(start_lon + 0.003 * at as f64);
            let mut report = Report::at(60_000 * at as i64, Position::new(lon, 10.0 + off));
            report.sog_kn = 10.0;
            report
        };
        let reports: Vec<Report> = (0..n).map(report).collect();
        let fleet = Fleet::from_tracks(vec![(Vessel::default(), reports)]);
        (fleet, (0..n as u32).collect())
    }

    #[test]
    fn a_jump_away_and_back_is_found_and_taken_out() {
        let (fleet, reports) = sailing(60, 20.0, &[(30, 0.5)]);
        let is_noise = noise_steps(&fleet, &reports, 0.15, 5);
        let noisy: Vec<usize> = (0..59).filter(|at| is_noise[*at]).collect();
        assert_eq!(noisy, [29, 30]);
        let kept = without_noise(&reports, &is_noise);
        assert_eq!(kept.len(), 59);
        assert!(!kept.contains(&30));
    }

    #[test]
    fn a_steady_voyage_loses_nothing_not_even_over_the_date_line() {
        for start_lon in [20.0, 179.9] {
            let (fleet, reports) = sailing(60, start_lon, &[]);
            let is_noise = noise_steps(&fleet, &reports, 0.15, 5);
            assert_eq!(without_noise(&reports, &is_noise), reports, "{start_lon}");
        }
    }

    #[test]
    fn noise_is_what_dbscan_says_it_is() {
        let mut rng = crate::base::rng::Rng::new(8, 0);
        let point = |rng: &mut crate::base::rng::Rng| {
            let spread = if rng.happens(0.2) { 1.0 } else { 0.1 };
            [(); WIDTH].map(|()| spread * rng.normal())
        };
        let points: Vec<[f64; WIDTH]> = (0..300).map(|_| point(&mut rng)).collect();
        let is_near = |a: usize, b: usize| {
            points[a].iter().zip(&points[b]).map(|(x, y)| (x - y).powi(2)).sum::<f64>() <= 0.2 * 0.2
        };
        let core = |a: usize| (0..300).filter(|b| is_near(a, *b)).count() >= 5;
        let plain: Vec<bool> =
            (0..300).map(|a| !(0..300).any(|b| is_near(a, b) && core(b))).collect();
        let found = noise(&points, 0.2, 5);
        assert_eq!(found, plain);
        assert!(found.contains(&true) && found.contains(&false));
    }

    #[test]
    fn few_reports_are_no_fault() {
        let (fleet, _) = sailing(3, 20.0, &[]);
        for n in 0..3_u32 {
            let reports: Vec<u32> = (0..n).collect();
            let is_noise = noise_steps(&fleet, &reports, 0.15, 5);
            assert_eq!(without_noise(&reports, &is_noise), reports);
        }
    }
}
