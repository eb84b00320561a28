//! Where axes are marked, and what stands there.

use super::Scale;
use crate::base::text::grouped;
use crate::base::time::utc_text;

/// Steps of an axis of moments, milliseconds: from a second to a year.
const TIME_STEPS_MS: [f64; 18] = [
    1e3,
    5e3,
    15e3,
    60e3,
    300e3,
    900e3,
    1800e3,
    3600e3,
    7200e3,
    14_400e3,
    21_600e3,
    43_200e3,
    86_400e3,
    172_800e3,
    604_800e3,
    1_209_600e3,
    2_592_000e3,
    31_536_000e3,
];

const DAY_MS: f64 = 86_400e3;

/// A place on an axis with what is written there.
#[derive(Clone, PartialEq, Debug)]
pub struct Mark {
    /// The coordinate: the value, or its logarithm to base ten.
    pub at: f64,
    /// What is written; empty for a fine line alone.
    pub text: String,
}

/// Marks from `low` to `high` in coordinates of the axis, about `n` of them.
pub fn marks(scale: &Scale, low: f64, high: f64, n: usize) -> Vec<Mark> {
    if !(low < high && low.is_finite() && high.is_finite()) {
        return Vec::new();
    }
    let n = n.max(2) as f64;
    match scale {
        Scale::Linear => even(low, high, round_step((high - low) / n)),
        Scale::Log10 => powers(low, high, n),
        Scale::Time => moments(low, high, n),
        Scale::Names(names) => names
            .iter()
            .enumerate()
            .map(|(n, name)| Mark { at: n as f64, text: name.clone() })
            .filter(|mark| (low..=high).contains(&mark.at))
            .collect(),
    }
}

/// The least of 1, 2, 5 and 10 times a power of ten that is not below `step`.
pub fn round_step(step: f64) -> f64 {
    if !(step > 0.0 && step.is_finite()) {
        return 1.0;
    }
    let power = 10_f64.powf(step.log10().floor());
    // Halves of a percent are rounding errors.
    let round = [1.0, 2.0, 5.0].into_iter().map(|n| n * power);
    round.into_iter().find(|round| *round >= 0.995 * step).unwrap_or(10.0 * power)
}

fn even(low: f64, high: f64, step: f64) -> Vec<Mark> {
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    let at = |n: i64| n as f64 * step;
    (first..=last).map(|n| Mark { at: at(n), text: number_text(at(n), step) }).collect()
}

/// `value` with the decimals that a step of this size needs; thousands are grouped.
fn number_text(value: f64, step: f64) -> String {
    if value.abs() >= 1e15 || (step < 1e-6 && value != 0.0) {
        return format!("{value:.2e}");
    }
    let decimals = (-(step.log10() + 1e-9).floor()).max(0.0) as usize;
    if decimals > 0 {
        let text = format!("{value:.decimals$}");
        let is_zero = text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.'));
        return if is_zero { "0".into() } else { text };
    }
    let sign = if value <= -0.5 { "-" } else { "" };
    format!("{sign}{}", grouped(value.abs().round() as u64))
}

fn powers(low: f64, high: f64, n: f64) -> Vec<Mark> {
    // Less than a power: even steps of the values themselves.
    if high - low < 1.0 {
        let (from, to) = (10_f64.powf(low), 10_f64.powf(high));
        let marks = even(from, to, round_step((to - from) / n));
        return marks
            .into_iter()
            .filter(|mark| mark.at > 0.0)
            .map(|mark| Mark { at: mark.at.log10(), text: mark.text })
            .collect();
    }
    let every = ((high - low) / (2.0 * n)).ceil().max(1.0) as i32;
    let is_crowded = high - low > n / 2.0;
    let digits: &[i32] = if high - low > 8.0 { &[1] } else { &[1, 2, 3, 4, 5, 6, 7, 8, 9] };
    let mut marks = Vec::new();
    for power in (low.floor() as i32)..=(high.ceil() as i32) {
        for digit in digits {
            let at = f64::from(power) + f64::from(*digit).log10();
            let is_named = match digit {
                1 => power % every == 0,
                2 | 5 => !is_crowded,
                _ => false,
            };
            let value = f64::from(*digit) * 10_f64.powi(power);
            let text = if is_named { power_text(value, power) } else { String::new() };
            marks.push(Mark { at, text });
        }
    }
    marks.retain(|mark| (low - 1e-9..=high + 1e-9).contains(&mark.at));
    marks
}

fn power_text(value: f64, power: i32) -> String {
    if (-4..=6).contains(&power) {
        number_text(value, 10_f64.powi(power))
    } else {
        format!("{value:.0e}")
    }
}

fn moments(low: f64, high: f64, n: f64) -> Vec<Mark> {
    let least = (high - low) / n;
    let step = TIME_STEPS_MS.into_iter().find(|step| *step >= least).unwrap_or_else(|| {
        let year = 31_536_000e3;
        year * round_step(least / year)
    });
    let first = (low / step).ceil() as i64;
    let last = (high / step).floor() as i64;
    (first..=last)
        .map(|n| n as f64 * step)
        .map(|at| {
            let text = utc_text(at as i64);
            // `2018-06-03 14:20:00`
            let is_midnight = at.rem_euclid(DAY_MS) == 0.0;
            let part = match () {
                () if step >= DAY_MS => text.get(..10),
                () if is_midnight => text.get(5..10),
                () if step >= 60e3 => text.get(11..16),
                () => text.get(11..19),
            };
            Mark { at, text: part.unwrap_or(&text).to_owned() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(scale: &Scale, low: f64, high: f64, n: usize) -> Vec<String> {
        let marks = marks(scale, low, high, n).into_iter();
        marks.map(|mark| mark.text).filter(|text| !text.is_empty()).collect()
    }

    #[test]
    fn even_axes_are_marked_in_round_steps_with_the_decimals_they_need() {
        assert_eq!(texts(&Scale::Linear, 0.0, 10.0, 5), ["0", "2", "4", "6", "8", "10"]);
        assert_eq!(texts(&Scale::Linear, -0.2, 0.2, 4), ["-0.2", "-0.1", "0", "0.1", "0.2"]);
        assert_eq!(texts(&Scale::Linear, 0.0, 4000.0, 2), ["0", "2\u{2009}000", "4\u{2009}000"]);
    }

    #[test]
    fn powers_of_ten_are_named_and_those_between_are_fine_lines() {
        assert_eq!(texts(&Scale::Log10, -1.0, 3.0, 6), ["0.1", "1", "10", "100", "1\u{2009}000"]);
        assert_eq!(texts(&Scale::Log10, 0.0, 1.0, 6), ["1", "2", "5", "10"]);
        assert_eq!(marks(&Scale::Log10, 0.0, 1.0, 6).len(), 10);
    }

    #[test]
    fn moments_are_marked_at_full_hours_and_days() {
        let day = 1_527_811_200_000.0; // 2018-06-01.
        let hours = texts(&Scale::Time, day, day + DAY_MS, 4);
        assert_eq!(hours, ["06-01", "06:00", "12:00", "18:00", "06-02"]);
        let days = texts(&Scale::Time, day, day + 4.0 * DAY_MS, 5);
        assert_eq!(days[..2], ["2018-06-01", "2018-06-02"]);
    }

    #[test]
    fn odd_ranges_have_no_marks() {
        for (low, high) in [(1.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
            assert_eq!(marks(&Scale::Linear, low, high, 5), []);
        }
    }
}
