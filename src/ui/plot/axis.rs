//! Axes of powers of ten, and numbers as they stand beside axes and lines.

use egui_plot::{GridInput, GridMark};

use crate::base::text::grouped;

/// Narrower than this an axis of powers of ten is marked in even steps: less than one power.
const NARROW: f64 = 0.7;

/// Marks that lie nearer together than this, in powers of ten, are fine lines without a number.
const NAMED: f64 = 0.1;

/// About so many marks are on a narrow axis.
const MARKS: f64 = 5.0;

/// Marks for an axis whose coordinate is the logarithm of its values: 1, 2 and 5 of each power of
/// ten with the rest as fine lines; even steps where less than a power is in view.
pub fn log_marks(input: &GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    if !(low < high && high - low < 300.0) {
        return Vec::new();
    }
    if high - low < NARROW {
        let (from, to) = (10_f64.powf(low), 10_f64.powf(high));
        let step = round_step((to - from) / MARKS);
        let first = (from / step).ceil() as i64;
        let values = (first..).map(|n| n as f64 * step).take_while(|value| *value <= to);
        // A mark's step says how far apart marks lie on the screen, and so whether it is named.
        let step_size = ((high - low) / MARKS).max(NAMED);
        return values.map(|value| GridMark { value: value.log10(), step_size }).collect();
    }
    let powers = (low.floor() as i32)..=(high.ceil() as i32);
    // Over many powers the fine lines would run together.
    let digits = if high - low > 8.0 { 1..=1 } else { 1..=9_u32 };
    let is_crowded = high - low > 3.0;
    powers
        .flat_map(|power| digits.clone().map(move |digit| (power, digit)))
        .map(|(power, digit)| GridMark {
            value: f64::from(power) + f64::from(digit).log10(),
            step_size: match digit {
                1 => 1.0,
                2 | 5 if !is_crowded => 0.5,
                _ => 0.08,
            },
        })
        .filter(|mark| (low..=high).contains(&mark.value))
        .collect()
}

/// Where a power of ten is narrower than this, its 1 alone is named on a horizontal axis, points.
const CROWDED_PX: f64 = 110.0;

/// [`log_marks`] for a horizontal axis, whose numbers lie side by side: 2 and 5 have none where
/// there is no room for them.
pub fn log_marks_across(input: &GridInput) -> Vec<GridMark> {
    let mut marks = log_marks(input);
    // The least step of a plot is eight points.
    let power_px = 8.0 / input.base_step_size;
    let n_powers = marks.iter().filter(|mark| mark.step_size == 1.0).count();
    if power_px < CROWDED_PX && n_powers >= 2 {
        for mark in marks.iter_mut().filter(|mark| mark.step_size < 1.0) {
            mark.step_size = mark.step_size.min(0.9 * NAMED);
        }
    }
    marks
}

/// A number on an upright axis needs this much room, points.
const LINE_PX: f64 = 22.0;

/// [`log_marks`] for an upright axis that may be low: of many powers of ten only so many are marked
/// as have room for their numbers.
pub fn log_marks_up(input: &GridInput) -> Vec<GridMark> {
    let power_px = 8.0 / input.base_step_size;
    let (low, high) = input.bounds;
    if high - low < NARROW || power_px >= LINE_PX {
        return log_marks(input);
    }
    if !(low < high && high - low < 300.0) {
        return Vec::new();
    }
    let every = (LINE_PX / power_px).ceil() as i32;
    let powers = (low.ceil() as i32)..=(high.floor() as i32);
    // The step says how much room there is, and so that the number is written in full.
    powers
        .filter(|power| power.rem_euclid(every) == 0)
        .map(|power| GridMark { value: f64::from(power), step_size: f64::from(every) })
        .collect()
}

/// Marks in even steps of 1, 2 or 5 times a power of ten, about five of them.
pub fn even_marks(input: &GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    steps(low, high, round_step((high - low) / MARKS))
}

/// Marks in such steps, as many as lie `least_px` points apart or more.
pub fn spaced_marks(input: &GridInput, least_px: f64) -> Vec<GridMark> {
    // A line each eight points is the plot's own least.
    let step = round_step(input.base_step_size / 8.0 * least_px);
    steps(input.bounds.0, input.bounds.1, step)
}

fn steps(low: f64, high: f64, step: f64) -> Vec<GridMark> {
    // Odd bounds would take for ever.
    if !(low < high && (high - low) / step < 100.0 && low.abs() / step < 1e9) {
        return Vec::new();
    }
    let first = (low / step).ceil() as i64;
    let values = (first..).map(|n| n as f64 * step).take_while(|value| *value <= high);
    values.map(|value| GridMark { value, step_size: step }).collect()
}

/// The value at a mark of an axis of powers of ten: `200`, `0.05`, `20k`; nothing at fine lines.
pub fn log_text(mark: GridMark) -> String {
    if mark.step_size < NAMED { String::new() } else { compact(10_f64.powf(mark.value)) }
}

/// The logarithm to base ten, of values too small for it that of `least`.
pub fn log10(value: f64, least: f64) -> f64 {
    value.max(least).log10()
}

/// A number with `digits` significant digits or more: `1 204 331`, `12.40`, `0.003172`.
pub fn significant(value: f64, digits: i32) -> String {
    if !value.is_finite() {
        return "none".into();
    }
    if value == 0.0 {
        return "0".into();
    }
    let decimals = digits - 1 - value.abs().log10().floor() as i32;
    if decimals <= 0 {
        let sign = if value < 0.0 { "-" } else { "" };
        return format!("{sign}{}", grouped(value.abs().round() as u64));
    }
    format!("{value:.0$}", decimals.min(12) as usize)
}

/// A number as short as it can be said with four digits: `200`, `0.05`.
pub fn short(value: f64) -> String {
    let text = significant(value, 4);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A number for an axis, where room is scarce: `0.05`, `1.2k`, `3M`.
pub fn compact(value: f64) -> String {
    match value.abs() {
        size if size >= 0.999_95e6 => short(value / 1e6) + "M",
        size if size >= 0.999_95e3 => short(value / 1e3) + "k",
        _ => short(value),
    }
}

/// The least of 1, 2 and 5 times a power of ten that is not below `step`.
pub fn round_step(step: f64) -> f64 {
    if !(step > 0.0 && step.is_finite()) {
        return 1.0;
    }
    let power = 10_f64.powf(step.log10().floor());
    // Halves of a percent are rounding errors.
    let rounds = [1.0, 2.0, 5.0].map(|n| n * power);
    rounds.into_iter().find(|round| *round >= step * 0.995).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_a_low_axis_only_so_many_powers_are_named_as_have_room() {
        // Six powers on 78 points: 13 points each, so that every second has its 22.
        let input = GridInput { bounds: (-6.0, 0.0), base_step_size: 8.0 / 13.0 };
        let marks = log_marks_up(&input);
        let values: Vec<f64> = marks.iter().map(|mark| mark.value).collect();
        assert_eq!(values, [-6.0, -4.0, -2.0, 0.0]);
        assert_eq!(log_text(marks[1]), "0.0001");
        let roomy = GridInput { bounds: (-2.0, 0.0), base_step_size: 8.0 / 60.0 };
        assert_eq!(log_marks_up(&roomy).len(), log_marks(&roomy).len());
    }

    fn named(low: f64, high: f64) -> Vec<String> {
        let bounds = (low.log10(), high.log10());
        let marks = log_marks(&GridInput { bounds, base_step_size: 0.01 });
        marks.into_iter().map(log_text).filter(|text| !text.is_empty()).collect()
    }

    #[test]
    fn one_two_and_five_of_each_power_are_named() {
        assert_eq!(named(0.9, 60.0), ["1", "2", "5", "10", "20", "50"]);
        assert_eq!(named(0.009, 0.3), ["0.01", "0.02", "0.05", "0.1", "0.2"]);
        let powers = ["1", "10", "100", "1k", "10k", "100k", "1M"];
        assert_eq!(named(1.0, 1e6), powers, "over many powers the powers alone are");
    }

    #[test]
    fn less_than_a_power_is_marked_in_even_steps() {
        assert_eq!(named(0.101, 0.2), ["0.12", "0.14", "0.16", "0.18", "0.2"]);
        assert_eq!(named(999.0, 1999.0), ["1k", "1.2k", "1.4k", "1.6k", "1.8k"]);
    }

    #[test]
    fn a_narrow_axis_across_names_powers_alone() {
        let named = |low: f64, high: f64, px: f64| -> Vec<String> {
            let bounds = (low.log10(), high.log10());
            let base_step_size = 8.0 * (bounds.1 - bounds.0) / px;
            let marks = log_marks_across(&GridInput { bounds, base_step_size });
            marks.into_iter().map(log_text).filter(|text| !text.is_empty()).collect()
        };
        assert_eq!(named(0.002, 0.2, 150.0), ["0.01", "0.1"]);
        assert_eq!(named(0.009, 0.3, 600.0), ["0.01", "0.02", "0.05", "0.1", "0.2"]);
        assert_eq!(named(0.03, 0.3, 100.0), ["0.05", "0.1", "0.2"], "one power alone says little");
    }

    #[test]
    fn even_steps_are_round() {
        let marks = even_marks(&GridInput { bounds: (-0.3, 10.2), base_step_size: 0.01 });
        let values: Vec<f64> = marks.iter().map(|mark| mark.value).collect();
        assert_eq!(values, [0.0, 5.0, 10.0]);
    }

    #[test]
    fn spaced_marks_stand_as_near_as_their_texts_may() {
        // 13.7 on 57 points: 22 of them are worth 5.3.
        let input = GridInput { bounds: (0.0, 13.7), base_step_size: 8.0 * 13.7 / 57.0 };
        let values = |least_px: f64| -> Vec<f64> {
            spaced_marks(&input, least_px).into_iter().map(|mark| mark.value).collect()
        };
        assert_eq!(values(22.0), [0.0, 10.0]);
        assert_eq!(values(20.0), [0.0, 5.0, 10.0]);
        let upside_down = GridInput { bounds: (3.0, f64::NAN), base_step_size: f64::NAN };
        assert_eq!(spaced_marks(&upside_down, 20.0), []);
    }

    #[test]
    fn odd_bounds_have_no_marks() {
        for bounds in [(1.0, 1.0), (f64::NAN, 1.0), (f64::NEG_INFINITY, 0.0), (2.0, 1.0)] {
            let input = GridInput { bounds, base_step_size: 0.01 };
            assert_eq!((log_marks(&input), even_marks(&input)), (vec![], vec![]));
        }
    }

    #[test]
    fn numbers_have_the_digits_asked_for_and_no_empty_ones() {
        for (value, four, least) in [
            (1_204_331.4, "1\u{2009}204\u{2009}331", "1\u{2009}204\u{2009}331"),
            (200.0, "200.0", "200"),
            (0.05, "0.05000", "0.05"),
            (12.345, "12.35", "12.35"),
            (-0.5, "-0.5000", "-0.5"),
            (0.0, "0", "0"),
            (f64::INFINITY, "none", "none"),
        ] {
            assert_eq!((significant(value, 4), short(value)), (four.into(), least.into()));
        }
    }
}
