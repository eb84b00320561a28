//! What every method asks of the samples that it learns from.

use crate::base::job::Stopped;
use crate::base::rng::Rng;
use crate::base::rows::Rows;

/// Refuses what nothing can be learned from: no rows, numbers that are not finite, weights that are
/// negative or all 0.
///
/// # Panics
///
/// If there are not as many rows of `y` and weights as of `x`.
pub(super) fn check(x: &Rows, y: &Rows, weights: Option<&[f64]>) -> Result<(), Stopped> {
    assert_eq!(x.len(), y.len(), "each sample has a target");
    let failed = |text: String| Err(Stopped::Failed(text));
    if x.is_empty() {
        return failed("there is no sample to learn from".into());
    }
    for (rows, what) in [(x, "feature"), (y, "target")] {
        if let Some(at) = rows.values().iter().position(|value| !value.is_finite()) {
            let (row, column) = (at / rows.width(), at % rows.width());
            return failed(format!("{what} {column} of sample {row} is {}", rows.values()[at]));
        }
    }
    if let Some(weights) = weights {
        assert_eq!(x.len(), weights.len(), "each sample has a weight");
        if weights.iter().any(|weight| !weight.is_finite() || *weight < 0.0) {
            return failed("a sample's weight is negative or not finite".into());
        }
        if weights.iter().all(|weight| *weight == 0.0) {
            return failed("no sample has any weight".into());
        }
    }
    Ok(())
}

/// `count` of `n` places drawn by chance, rising; all of them if there are no more.
pub(super) fn draw(n: usize, count: usize, rng: &mut Rng) -> Vec<usize> {
    let mut places: Vec<usize> = (0..n).collect();
    if count < n {
        for at in 0..count {
            places.swap(at, at + rng.below(n - at));
        }
        places.truncate(count);
        places.sort_unstable();
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_learned_from_is_refused_with_its_place() {
        let x = Rows::from_values(2, vec![1.0, 2.0, 3.0, f64::NAN]);
        let y = Rows::from_values(1, vec![1.0, 2.0]);
        let fault = |x: &Rows, y: &Rows, weights: Option<&[f64]>| {
            check(x, y, weights).unwrap_err().to_string()
        };
        assert_eq!(fault(&x, &y, None), "feature 1 of sample 1 is NaN");
        assert_eq!(fault(&Rows::new(2), &Rows::new(1), None), "there is no sample to learn from");
        assert_eq!(fault(&y, &y, Some(&[0.0, 0.0])), "no sample has any weight");
        assert!(fault(&y, &y, Some(&[1.0, -1.0])).contains("negative"));
        assert_eq!(check(&y, &y, Some(&[1.0, 0.0])), Ok(()));
    }

    #[test]
    fn places_are_drawn_once_each() {
        let places = draw(100, 40, &mut Rng::new(1, 0));
        assert_eq!(places.len(), 40);
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]) && places[39] < 100);
        assert_eq!(draw(3, 5, &mut Rng::new(1, 0)), [0, 1, 2]);
    }
}
