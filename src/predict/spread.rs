//! How sure a prediction is: an ellipse from how far like predictions were off.

use serde::{Deserialize, Serialize};

use super::dataset::{KEY_WIDTH, Sample};
use super::ensemble::length_m;
use crate::base::nearest::Nearest;
use crate::base::rows::Rows;

/// Neighbors from whose errors an ellipse is made.
const NEIGHBORS: usize = 48;

/// Weight of the mean over all windows beside that of the neighbors, in neighbors.
const PRIOR: f64 = 6.0;

/// The shares of truths that ellipses are to hold.
pub const SHARES: [f64; 2] = [0.5, 0.9];

/// An ellipse about a predicted place that holds the true one with some probability.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Ellipse {
    /// Half the long and the short axis, meters.
    pub half_axes_m: [f64; 2],
    /// The direction of the long axis, degrees from straight ahead towards port.
    pub turned_deg: f64,
}

impl Ellipse {
    /// The ellipse at which the form of `covariance` (m², ahead and to port) takes the value `scale`.
    pub fn of([aa, ap, pp]: [f64; 3], scale: f64) -> Ellipse {
        let middle = f64::midpoint(aa, pp);
        let half = ((aa - pp) / 2.0).hypot(ap);
        let turned_deg = (0.5 * (2.0 * ap).atan2(aa - pp)).to_degrees();
        let axis = |variance: f64| (scale * variance.max(0.0)).sqrt();
        Ellipse { half_axes_m: [axis(middle + half), axis(middle - half)], turned_deg }
    }

    /// Whether a place so many meters ahead and to port of the center lies within.
    pub fn holds(&self, [ahead, port]: [f64; 2]) -> bool {
        let (sine, cosine) = self.turned_deg.to_radians().sin_cos();
        let along = (ahead * cosine + port * sine) / self.half_axes_m[0].max(1e-9);
        let across = (port * cosine - ahead * sine) / self.half_axes_m[1].max(1e-9);
        along * along + across * across <= 1.0
    }

    /// Places on the ellipse, meters ahead and to port of the center, closed.
    pub fn outline_m(&self, n: usize) -> Vec<[f64; 2]> {
        let (sine, cosine) = self.turned_deg.to_radians().sin_cos();
        (0..=n)
            .map(|i| {
                let angle = std::f64::consts::TAU * i as f64 / n as f64;
                let (along, across) =
                    (self.half_axes_m[0] * angle.cos(), self.half_axes_m[1] * angle.sin());
                [along * cosine - across * sine, along * sine + across * cosine]
            })
            .collect()
    }
}

/// Errors of predictions for ships that the model did not know, by place and velocity.
///
/// The covariance about a prediction is that of its neighbors' errors (in lengths of the way that
/// dead reckoning goes, ahead and to port), drawn a little to that of all. It is no normal
/// distribution, so the ellipse for a share of the truths is scaled until it held that share of the
/// known errors, each told by neighbors of other ships.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub struct Spread {
    saved: Saved,
    nearest: Nearest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Saved {
    horizon_s: f64,
    keys: Rows,
    vessels: Vec<u64>,
    /// In lengths of the way reckoned.
    errors: Vec<[f64; 2]>,
    /// Of all: ahead, both, to port.
    overall: [f64; 3],
    /// Of each of [`SHARES`].
    scales: [f64; 2],
}

impl TryFrom<Saved> for Spread {
    type Error = String;

    fn try_from(saved: Saved) -> Result<Spread, String> {
        let n = saved.keys.len();
        if saved.keys.width() != KEY_WIDTH || saved.vessels.len() != n || saved.errors.len() != n {
            return Err("the known errors are incomplete".into());
        }
        let numbers = saved.errors.iter().flatten().chain(&saved.overall).chain(&saved.scales);
        if !numbers.chain(saved.keys.values()).all(|x| x.is_finite()) {
            return Err("a known error is not finite".into());
        }
        Ok(Spread { nearest: Nearest::new(&saved.keys), saved })
    }
}

impl From<Spread> for Saved {
    fn from(spread: Spread) -> Saved {
        spread.saved
    }
}

impl Spread {
    /// From errors of predictions for `samples`, meters ahead and to port. None without any.
    pub fn of(samples: &[&Sample], errors_m: &[[f64; 2]], horizon_s: f64) -> Option<Spread> {
        let mut keys = Rows::new(KEY_WIDTH);
        let (mut vessels, mut errors) = (Vec::new(), Vec::new());
        for (sample, error_m) in samples.iter().zip(errors_m) {
            let error = error_m.map(|m| m / length_m(sample, horizon_s));
            if error.iter().all(|x| x.is_finite()) {
                keys.push(&sample.key);
                vessels.push(sample.vessel);
                errors.push(error);
            }
        }
        if errors.is_empty() {
            return None;
        }
        let mut overall = [0.0; 3];
        for [a, p] in &errors {
            let n = errors.len() as f64;
            overall[0] += a * a / n;
            overall[1] += a * p / n;
            overall[2] += p * p / n;
        }
        // No ellipse without an inside.
        overall[0] += 1e-8;
        overall[2] += 1e-8;
        let nearest = Nearest::new(&keys);
        let saved = Saved { horizon_s, keys, vessels, errors, overall, scales: [1.0; 2] };
        let mut spread = Spread { saved, nearest };
        let mut forms: Vec<f64> = samples
            .iter()
            .zip(errors_m)
            .filter(|(_, error)| error.iter().all(|x| x.is_finite()))
            .map(|(sample, error)| form(spread.covariance_m2(sample), *error))
            .collect();
        forms.sort_by(f64::total_cmp);
        for (scale, share) in spread.saved.scales.iter_mut().zip(SHARES) {
            let at = (share * forms.len() as f64).ceil() as usize;
            *scale = forms[at.clamp(1, forms.len()) - 1].max(1e-9);
        }
        Some(spread)
    }

    /// The ellipses of [`SHARES`] about a prediction for `sample`.
    pub fn ellipses(&self, sample: &Sample) -> [Ellipse; 2] {
        let covariance = self.covariance_m2(sample);
        self.saved.scales.map(|scale| Ellipse::of(covariance, scale))
    }

    /// Covariance of errors about a prediction: ahead, both, to port, m².
    fn covariance_m2(&self, sample: &Sample) -> [f64; 3] {
        let saved = &self.saved;
        let mut found = Vec::new();
        let is_other = |place: u32| saved.vessels[place as usize] != sample.vessel;
        self.nearest.find_among(&sample.key, NEIGHBORS, &is_other, &mut found);
        let mut sums = saved.overall.map(|x| x * PRIOR);
        for (place, _) in &found {
            let [a, p] = saved.errors[*place as usize];
            sums[0] += a * a;
            sums[1] += a * p;
            sums[2] += p * p;
        }
        let length = length_m(sample, saved.horizon_s);
        sums.map(|sum| sum / (found.len() as f64 + PRIOR) * length * length)
    }
}

/// The squared length of an error measured by a covariance.
pub(super) fn form([aa, ap, pp]: [f64; 3], [a, p]: [f64; 2]) -> f64 {
    let determinant = (aa * pp - ap * ap).max(f64::MIN_POSITIVE);
    (pp * a * a - 2.0 * ap * a * p + aa * p * p) / determinant
}
