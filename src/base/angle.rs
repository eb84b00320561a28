//! Degrees on a circle.
//!
//! Courses, headings and bearings run clockwise from true north, `0 <= x < 360`. A *turn* is the
//! signed way from one course to another, `-180 <= x < 180`, starboard positive.

/// The same direction in `0 <= x < 360`. Not-a-number stays so.
pub fn wrap_deg(angle_deg: f64) -> f64 {
    let wrapped = angle_deg.rem_euclid(360.0);
    // A tiny negative angle wraps to 360 exactly in floating point.
    if wrapped >= 360.0 { 0.0 } else { wrapped }
}

/// The turn from course `from_deg` to course `to_deg`: starboard positive, `-180 <= x < 180`.
///
/// ```
/// use fairway::base::angle::turn_deg;
/// assert_eq!(turn_deg(350.0, 10.0), 20.0);
/// assert_eq!(turn_deg(10.0, 350.0), -20.0);
/// ```
pub fn turn_deg(from_deg: f64, to_deg: f64) -> f64 {
    wrap_deg(to_deg - from_deg + 180.0) - 180.0
}

/// The mean direction of `angles_deg`, or `None` where they cancel out or there are none.
/// Not-a-number angles are left out.
pub fn mean_deg(angles_deg: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (mut sine, mut cosine) = (0.0, 0.0);
    for angle_deg in angles_deg.into_iter().filter(|angle| !angle.is_nan()) {
        let (s, c) = angle_deg.to_radians().sin_cos();
        sine += s;
        cosine += c;
    }
    (sine.hypot(cosine) > 1e-9).then(|| wrap_deg(f64::atan2(sine, cosine).to_degrees()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_takes_the_short_way_round() {
        for (from, to, turn) in
            [(0.0, 90.0, 90.0), (90.0, 0.0, -90.0), (0.0, 180.0, -180.0), (359.0, 1.0, 2.0)]
        {
            assert!((turn_deg(from, to) - turn).abs() < 1e-12, "{from} to {to}");
        }
    }

    #[test]
    fn wrapping_never_reaches_360() {
        assert!(wrap_deg(-1e-20) < 360.0);
        assert_eq!(wrap_deg(-90.0), 270.0);
        assert!(wrap_deg(f64::NAN).is_nan());
    }

    #[test]
    fn directions_across_north_average_to_north() {
        let mean = mean_deg([350.0, 10.0]).unwrap();
        assert!(turn_deg(0.0, mean).abs() < 1e-9);
        assert_eq!(mean_deg([0.0, 180.0]), None);
    }
}
