//! Natural cubic splines.

/// A natural cubic spline: through all its knots, twice continuously differentiable, and straight
/// at both ends.
#[derive(Clone, PartialEq, Debug)]
pub struct Spline {
    // Invariant: columns of one length, at least one; `t` increases strictly.
    t: Vec<f64>,
    value: Vec<f64>,
    // Second derivatives.
    bend: Vec<f64>,
}

impl Spline {
    /// The spline through `value` at `t`.
    ///
    /// # Panics
    ///
    /// If there is no knot, the lengths differ, or `t` does not increase.
    pub fn new(t: &[f64], value: &[f64]) -> Spline {
        assert!(!t.is_empty() && t.len() == value.len(), "a value for each knot");
        assert!(t.is_sorted_by(|a, b| a < b), "knots follow each other");
        let n = t.len();
        // Thomas's algorithm on the tridiagonal equations of the inner second derivatives.
        let mut bend = vec![0.0; n];
        let mut upper = vec![0.0; n];
        for i in 1..n.saturating_sub(1) {
            let (h, next_h) = (t[i] - t[i - 1], t[i + 1] - t[i]);
            let slopes = (value[i + 1] - value[i]) / next_h - (value[i] - value[i - 1]) / h;
            let pivot = 2.0 * (h + next_h) - h * upper[i - 1];
            upper[i] = next_h / pivot;
            bend[i] = (6.0 * slopes - h * bend[i - 1]) / pivot;
        }
        for i in (1..n.saturating_sub(1)).rev() {
            bend[i] -= upper[i] * bend[i + 1];
        }
        Spline { t: t.to_vec(), value: value.to_vec(), bend }
    }

    /// The value at `t`; beyond the ends, along the cubic of the last piece.
    pub fn at(&self, t: f64) -> f64 {
        if self.t.len() == 1 {
            return self.value[0];
        }
        let i = self.t.partition_point(|knot| *knot <= t).clamp(1, self.t.len() - 1);
        let h = self.t[i] - self.t[i - 1];
        let (a, b) = ((self.t[i] - t) / h, (t - self.t[i - 1]) / h);
        a * self.value[i - 1]
            + b * self.value[i]
            + ((a * a * a - a) * self.bend[i - 1] + (b * b * b - b) * self.bend[i]) * h * h / 6.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spline_passes_through_its_knots() {
        let (t, value) = ([0.0, 1.0, 3.0, 4.5, 9.0], [2.0, -1.0, 4.0, 4.0, 0.5]);
        let spline = Spline::new(&t, &value);
        for (t, value) in t.iter().zip(value) {
            assert!((spline.at(*t) - value).abs() < 1e-12, "at {t}");
        }
    }

    #[test]
    fn the_spline_of_a_straight_line_is_the_line() {
        let spline = Spline::new(&[0.0, 1.0, 5.0, 6.0], &[1.0, 3.0, 11.0, 13.0]);
        assert!((spline.at(2.5) - 6.0).abs() < 1e-12);
        assert!((spline.at(-1.0) - -1.0).abs() < 1e-12);
    }

    #[test]
    fn a_hill_of_three_knots_has_the_height_worked_out_by_hand() {
        // Second derivatives 0, -3, 0; at a half: 0.5 + (0.125 - 0.5) * -3 / 6.
        let spline = Spline::new(&[0.0, 1.0, 2.0], &[0.0, 1.0, 0.0]);
        assert!((spline.at(0.5) - 0.6875).abs() < 1e-12);
        assert!((spline.at(1.5) - 0.6875).abs() < 1e-12);
    }

    #[test]
    fn slopes_and_bends_agree_on_both_sides_of_a_knot() {
        let spline = Spline::new(&[0.0, 1.0, 3.0, 4.5], &[2.0, -1.0, 4.0, 4.0]);
        let h = 1e-4;
        for knot in [1.0, 3.0] {
            let [a, b, c, d, e] =
                [-2.0, -1.0, 0.0, 1.0, 2.0].map(|step| spline.at(knot + step * h));
            assert!(((c - b) - (d - c)).abs() / h < 1e-2, "slope at {knot}");
            assert!(((a - 2.0 * b + c) - (c - 2.0 * d + e)).abs() / (h * h) < 1e-2, "{knot}");
        }
    }

    #[test]
    fn one_knot_is_a_value_and_two_are_a_line() {
        assert_eq!(Spline::new(&[3.0], &[7.0]).at(100.0), 7.0);
        assert_eq!(Spline::new(&[0.0, 2.0], &[0.0, 4.0]).at(0.5), 1.0);
    }
}
