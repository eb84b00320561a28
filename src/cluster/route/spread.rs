//! How values spread: means and quantiles.

/// The middle and the reach of some values, in their unit.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Spread {
    /// Arithmetic mean.
    pub mean: f64,
    /// A tenth of the values is smaller.
    pub p10: f64,
    /// Half of the values are smaller.
    pub median: f64,
    /// A tenth of the values is greater.
    pub p90: f64,
}

impl Spread {
    /// The spread of `values`, which it sorts; `None` where there are none. Not-a-number values
    /// must have been left out.
    pub(super) fn of(values: &mut [f64]) -> Option<Spread> {
        if values.is_empty() {
            return None;
        }
        // Sorted first, so that the sum does not hang on the order of trips.
        values.sort_unstable_by(f64::total_cmp);
        Some(Spread {
            mean: values.iter().sum::<f64>() / values.len() as f64,
            p10: quantile(values, 0.1),
            median: quantile(values, 0.5),
            p90: quantile(values, 0.9),
        })
    }
}

/// The value below which the share `share` of `sorted` lies, between two values in proportion
/// (Hyndman and Fan's type 7, as numpy has it). Not-a-number for no values.
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = share * last as f64;
    let below = (place as usize).min(last);
    let above = (below + 1).min(last);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// The median, which leaves `values` in another order. Not-a-number for no values.
pub(super) fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    let half = values.len() / 2;
    let is_odd = values.len() % 2 == 1;
    let (below, upper, _) = values.select_nth_unstable_by(half, f64::total_cmp);
    let upper = *upper;
    if is_odd {
        return upper;
    }
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    0.5 * (lower + upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_values_in_proportion() {
        let sorted = [0.0, 10.0, 20.0, 30.0, 40.0];
        for (share, value) in [(0.0, 0.0), (0.05, 2.0), (0.5, 20.0), (0.95, 38.0), (1.0, 40.0)] {
            assert!((quantile(&sorted, share) - value).abs() < 1e-12, "{share}");
        }
        assert!(quantile(&[], 0.5).is_nan());
        assert_eq!(quantile(&[7.0], 0.95), 7.0);
    }

    #[test]
    fn the_median_is_the_middle_value_or_between_the_two() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&mut []).is_nan());
    }

    #[test]
    fn a_spread_names_mean_and_tenths() {
        let mut values: Vec<f64> = (0..=10).rev().map(f64::from).collect();
        let spread = Spread::of(&mut values).unwrap();
        assert_eq!((spread.mean, spread.p10, spread.median, spread.p90), (5.0, 1.0, 5.0, 9.0));
        assert_eq!(Spread::of(&mut []), None);
    }
}
