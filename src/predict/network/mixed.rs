//! Mixtures of several networks as one place and its ellipses.

use crate::learn::Mixture;
use crate::predict::spread::{Ellipse, SHARES, form};

/// Steps towards the geometric median.
const MEDIAN_STEPS: usize = 8;

/// Where a distribution is looked at: its middle and four places on the circle at which, with these
/// weights, mean and covariance are those of a normal distribution.
const AROUND: [([f64; 2], f64); 5] = [
    ([0.0, 0.0], 0.5),
    ([2.0, 0.0], 0.125),
    ([-2.0, 0.0], 0.125),
    ([0.0, 2.0], 0.125),
    ([0.0, -2.0], 0.125),
];

/// The mixture of mixtures that weigh the same.
pub(super) fn joined(mixtures: &[Mixture]) -> Mixture {
    let n = mixtures.len() as f64;
    let mut components: Vec<_> =
        mixtures.iter().flat_map(|mixture| mixture.components.iter().copied()).collect();
    components.iter_mut().for_each(|component| component.share /= n);
    Mixture { components }
}

/// The place from which the mean distance to the true one is least: the geometric median, by
/// Weiszfeld's steps over five places of each component.
pub(super) fn median(mixture: &Mixture) -> [f64; 2] {
    let mut places: Vec<([f64; 2], f64)> = Vec::with_capacity(mixture.components.len() * 5);
    for c in &mixture.components {
        let ([sx, sy], rho) = (c.deviation, c.correlation);
        let across = (1.0 - rho * rho).max(0.0).sqrt();
        for ([u, v], weight) in AROUND {
            let place = [c.mean[0] + sx * u, c.mean[1] + sy * (rho * u + across * v)];
            places.push((place, weight * c.share));
        }
    }
    let mut median = mixture.mean();
    let [xx, _, yy] = mixture.covariance();
    let least = (1e-3 * (xx + yy).sqrt()).max(1e-9);
    for _ in 0..MEDIAN_STEPS {
        let mut sums = [0.0; 3];
        for ([x, y], share) in &places {
            let weight = share / (x - median[0]).hypot(y - median[1]).max(least);
            sums[0] += weight * x;
            sums[1] += weight * y;
            sums[2] += weight;
        }
        median = [sums[0] / sums[2], sums[1] / sums[2]];
    }
    median
}

/// Covariance of the truth about `place`: ahead, both, to port.
pub(super) fn covariance_about(mixture: &Mixture, place: [f64; 2]) -> [f64; 3] {
    let mean = mixture.mean();
    let [dx, dy] = [mean[0] - place[0], mean[1] - place[1]];
    let [xx, xy, yy] = mixture.covariance();
    // No ellipse without an inside.
    [xx + dx * dx + 1e-8, xy + dx * dy, yy + dy * dy + 1e-8]
}

/// The values of the form of a covariance within which [`SHARES`] of known errors lay.
pub(super) fn scales(mut forms: Vec<f64>) -> [f64; 2] {
    forms.retain(|form| form.is_finite());
    forms.sort_by(f64::total_cmp);
    SHARES.map(|share| {
        let at = (share * forms.len() as f64).ceil() as usize;
        // Without any error known: of a normal distribution.
        let normal = -2.0 * (1.0 - share).ln();
        forms.get(at.clamp(1, forms.len().max(1)) - 1).map_or(normal, |form| form.max(1e-9))
    })
}

/// How far a known error lies out, in the measure that [`scales`] takes.
pub(super) fn form_of(mixture: &Mixture, truth: [f64; 2]) -> f64 {
    let place = median(mixture);
    let error = [truth[0] - place[0], truth[1] - place[1]];
    form(covariance_about(mixture, place), error)
}

/// The ellipses of [`SHARES`] about the median, in units of `unit_m`.
pub(super) fn ellipses(mixture: &Mixture, scales: [f64; 2], unit_m: f64) -> [Ellipse; 2] {
    let covariance = covariance_about(mixture, median(mixture)).map(|x| x * unit_m * unit_m);
    scales.map(|scale| Ellipse::of(covariance, scale))
}
