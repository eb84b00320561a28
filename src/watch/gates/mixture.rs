//! A normal and a uniform distribution mixed: how traffic lies across a lane.

/// The most rounds of the fit.
const ROUNDS: usize = 1000;

/// The fit has settled when a round gains less than this in log-likelihood for each value.
const SETTLED: f64 = 1e-10;

/// The least standard deviation, as a share of the width: positions are no better than that.
const LEAST_SD_SHARE: f64 = 1e-4;

/// A normal distribution, and a uniform one over the whole width, that together describe values:
/// ships that keep to the lane, and those that sail anywhere.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Mixture {
    /// The share of values that the normal distribution accounts for.
    pub normal_share: f64,
    /// Its mean, meters.
    pub mean_m: f64,
    /// Its standard deviation, meters.
    pub sd_m: f64,
    /// The uniform distribution reaches from here, meters,
    pub low_m: f64,
    /// to here.
    pub high_m: f64,
    /// Natural logarithm of the likelihood of all values.
    pub log_likelihood: f64,
}

impl Mixture {
    /// Fits to `values_m`, all within `low_m..=high_m`, by expectation maximization from their
    /// median and the median distance from it. `None` for fewer than `least` values or no width.
    ///
    /// Departs from a fit of the normal distribution alone, which a single ship far off widens.
    /// The normal one is not cut off at the ends of the width.
    pub fn fit(values_m: &[f64], (low_m, high_m): (f64, f64), least: usize) -> Option<Mixture> {
        let width_m = high_m - low_m;
        if values_m.len() < least.max(2) || width_m <= 0.0 {
            return None;
        }
        let n = values_m.len() as f64;
        let least_sd_m = LEAST_SD_SHARE * width_m;
        let middle_m = median(values_m.to_vec());
        let off_m = median(values_m.iter().map(|x| (x - middle_m).abs()).collect());
        let mut fit = Mixture {
            normal_share: 0.9,
            mean_m: middle_m,
            // Of a normal distribution, half of the values lie within 0.6745 deviations.
            sd_m: (off_m / 0.6745).max(least_sd_m),
            low_m,
            high_m,
            log_likelihood: f64::NEG_INFINITY,
        };
        for _ in 0..ROUNDS {
            let (mut weight, mut sum, mut log_likelihood) = (0.0, 0.0, 0.0);
            let shares: Vec<f64> = values_m
                .iter()
                .map(|x| {
                    let (normal, uniform) = fit.parts(*x);
                    let share = normal / (normal + uniform);
                    weight += share;
                    sum += share * x;
                    log_likelihood += (normal + uniform).ln();
                    share
                })
                .collect();
            let gain = log_likelihood - fit.log_likelihood;
            fit.log_likelihood = log_likelihood;
            if gain < SETTLED * n || weight <= 0.0 {
                break;
            }
            let mean_m = sum / weight;
            let squares: f64 =
                values_m.iter().zip(&shares).map(|(x, share)| share * (x - mean_m).powi(2)).sum();
            (fit.mean_m, fit.sd_m) = (mean_m, (squares / weight).sqrt().max(least_sd_m));
            fit.normal_share = weight / n;
        }
        Some(fit)
    }

    /// The density at `x_m`, for each meter: times the number of values and the width of a bin, how
    /// many to expect there.
    pub fn density(&self, x_m: f64) -> f64 {
        let (normal, uniform) = self.parts(x_m);
        normal + uniform
    }

    /// The densities of the normal and the uniform part.
    fn parts(&self, x_m: f64) -> (f64, f64) {
        let z = (x_m - self.mean_m) / self.sd_m;
        let normal = (-0.5 * z * z).exp() / (self.sd_m * std::f64::consts::TAU.sqrt());
        let is_within = (self.low_m..=self.high_m).contains(&x_m);
        let uniform = if is_within { 1.0 / (self.high_m - self.low_m) } else { 0.0 };
        // Far out, the normal density is zero in floating point; the uniform one may not be there.
        (self.normal_share * normal, ((1.0 - self.normal_share) * uniform).max(f64::MIN_POSITIVE))
    }
}

/// The median; not-a-number for no values.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[half],
        _ => 0.5 * (values[half - 1] + values[half]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    #[test]
    fn a_planted_mixture_is_found_again() {
        let mut rng = Rng::new(3, 0);
        let values: Vec<f64> = (0..20_000)
            .map(|i| {
                let lane = i % 4 > 0;
                if lane { 400.0 + 150.0 * rng.normal() } else { rng.between(-3000.0, 3000.0) }
            })
            .collect();
        let fit = Mixture::fit(&values, (-3000.0, 3000.0), 10).unwrap();
        assert!((fit.normal_share - 0.75).abs() < 0.02, "{fit:?}");
        assert!((fit.mean_m - 400.0).abs() < 5.0 && (fit.sd_m - 150.0).abs() < 5.0, "{fit:?}");
        let total: f64 = (-3000..3000).map(|x| fit.density(f64::from(x) + 0.5)).sum();
        assert!((total - 1.0).abs() < 1e-3, "{total}");
    }

    #[test]
    fn values_of_a_normal_distribution_alone_leave_nothing_to_the_uniform_one() {
        let mut rng = Rng::new(4, 0);
        let values: Vec<f64> = (0..5000).map(|_| 200.0 * rng.normal()).collect();
        let fit = Mixture::fit(&values, (-4000.0, 4000.0), 10).unwrap();
        assert!(fit.normal_share > 0.995 && (fit.sd_m - 200.0).abs() < 8.0, "{fit:?}");
    }

    #[test]
    fn few_or_equal_values_are_no_trouble() {
        assert_eq!(Mixture::fit(&[1.0; 9], (0.0, 10.0), 10), None);
        assert_eq!(Mixture::fit(&[], (0.0, 10.0), 0), None);
        let fit = Mixture::fit(&[5.0; 20], (0.0, 10.0), 10).unwrap();
        assert!(fit.log_likelihood.is_finite() && fit.mean_m == 5.0, "{fit:?}");
    }
}
