//! The inverse Gaussian distribution, which core distances follow well enough to choose eps by.

/// An inverse Gaussian distribution, of mean `mu` and shape `lambda`, both above 0.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct InverseGaussian {
    /// The mean, the paper's µ.
    pub mu: f64,
    /// The shape, the paper's λ: the larger, the narrower.
    pub lambda: f64,
}

impl InverseGaussian {
    /// Fits values by maximum likelihood: `mu` is their mean, `1 / lambda` the mean of
    /// `1 / x - 1 / mu`. Values that are not finite and above 0 are left out; none if fewer than
    /// two are left or all are equal.
    pub fn fit(values: &[f32]) -> Option<InverseGaussian> {
        let usable = || values.iter().map(|x| f64::from(*x)).filter(|x| x.is_finite() && *x > 0.0);
        let n = usable().count() as f64;
        let mu = usable().sum::<f64>() / n;
        let inverse = usable().map(|x| 1.0 / x - 1.0 / mu).sum::<f64>() / n;
        // Rounding alone makes the spread of equal values 1e-16 of 1 / mu.
        (n >= 2.0 && inverse * mu > 1e-12).then(|| InverseGaussian { mu, lambda: 1.0 / inverse })
    }

    /// Where the density is highest.
    pub fn mode(&self) -> f64 {
        let r = 1.5 * self.mu / self.lambda;
        // sqrt(1 + r²) - r without cancellation.
        self.mu / (r.hypot(1.0) + r)
    }

    /// The probability of a value of at most `x`.
    pub fn below(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        let root = (self.lambda / x).sqrt();
        let near = normal_below(root * (x / self.mu - 1.0));
        let far = ln_normal_below(-root * (x / self.mu + 1.0));
        (near + (2.0 * self.lambda / self.mu + far).exp()).min(1.0)
    }

    /// The value that a share `p`, above 0 and below 1, lies below.
    pub fn quantile(&self, p: f64) -> f64 {
        let (mut low, mut high) = (0.0, self.mu);
        while self.below(high) < p && high < self.mu * 1e9 {
            low = high;
            high *= 2.0;
        }
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if self.below(middle) < p { low = middle } else { high = middle }
        }
        f64::midpoint(low, high)
    }
}

fn normal_below(z: f64) -> f64 {
    if z > 0.0 { 1.0 - ln_normal_below(-z).exp() } else { ln_normal_below(z).exp() }
}

/// The logarithm of the standard normal distribution function for `z <= 0`; to 1.2e-7 relative in
/// the function (Chebyshev fit of erfc, Press et al., *Numerical Recipes*, `erfcc`).
fn ln_normal_below(z: f64) -> f64 {
    let x = -z / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * x);
    let fit = [
        -1.265_512_23,
        1.000_023_68,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_203_98,
        1.488_515_87,
        -0.822_152_23,
        0.170_872_77,
    ];
    let sum = fit.iter().rev().fold(0.0, |sum, c| sum * t + c);
    t.ln() - x * x + sum - std::f64::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    #[test]
    fn a_fit_has_the_mean_of_what_it_fits() {
        // Mean 2; 1 / lambda = (1 + 1 / 3) / 2 - 1 / 2 = 1 / 6.
        let fit = InverseGaussian::fit(&[1.0, 3.0, 0.0, f32::INFINITY]).unwrap();
        assert!((fit.mu - 2.0).abs() < 1e-12 && (fit.lambda - 6.0).abs() < 1e-9, "{fit:?}");
        // r = 1/2: mode = 2 (sqrt(1.25) - 0.5).
        assert!((fit.mode() - 2.0 * (1.25_f64.sqrt() - 0.5)).abs() < 1e-9);
        assert_eq!(InverseGaussian::fit(&[2.0, 2.0, 2.0]), None);
        assert_eq!(InverseGaussian::fit(&[2.0]), None);
    }

    #[test]
    fn the_distribution_function_is_that_of_scipy() {
        // scipy.stats.invgauss(mu / lambda, scale=lambda).cdf(x), mu 1, lambda 1: 0.6681020012.
        let unit = InverseGaussian { mu: 1.0, lambda: 1.0 };
        assert!((unit.below(1.0) - 0.668_102_001).abs() < 1e-6, "{}", unit.below(1.0));
        let narrow = InverseGaussian { mu: 1.0, lambda: 5000.0 };
        assert!((narrow.below(1.0) - 0.5).abs() < 0.01, "no overflow: {}", narrow.below(1.0));
    }

    #[test]
    fn quantiles_lead_back() {
        let mut rng = Rng::new(4, 0);
        for _ in 0..200 {
            let fit = InverseGaussian { mu: rng.between(0.1, 9.0), lambda: rng.between(0.1, 99.0) };
            let p = rng.between(0.001, 0.999);
            assert!((fit.below(fit.quantile(p)) - p).abs() < 1e-5, "{fit:?} {p}");
        }
    }
}
