//! The slider of eps, and what is said beside it: red flags, and the remedy where all is noise.

use std::ops::RangeInclusive;

use egui::{RichText, Slider, SliderClamping, Ui};

use super::k_distance::Curve;
use super::{EPS_RANGE, unit_text};
use crate::cluster::{Labels, RedFlag};
use crate::ui::plot::axis::significant;
use crate::ui::theme;

/// Fewer core trips than this share and there can be no cluster.
const FEW_CORE: f64 = 0.05;

/// Room for the number beside a slider, points.
const NUMBER_PX: f32 = 104.0;

/// Draws eps as a slider of powers of ten from the least to the largest core distance; the number
/// beside it takes any value. `effect` is what it did. Says whether it was moved.
pub fn eps_ui(
    ui: &mut Ui,
    eps: &mut f64,
    curve: Option<&Curve>,
    unit: &str,
    effect: Option<String>,
) -> bool {
    let help = "How far apart two trips may be and still be neighbors: the paper's eps. The \
                slider reaches from the least to the largest core distance.";
    let row = ui.horizontal(|ui| {
        let label = ui.label("eps").on_hover_text(help);
        if let Some(effect) = effect {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.label(RichText::new(effect).strong());
            });
        }
        label.id
    });
    let before = *eps;
    let range = slider_range(curve, *eps);
    ui.spacing_mut().slider_width = (ui.available_width() - NUMBER_PX).max(60.0);
    let slider = Slider::new(eps, range.clone())
        .logarithmic(true)
        .smallest_positive(*range.start())
        .smart_aim(false)
        .clamping(SliderClamping::Never)
        .custom_formatter(|eps, _| significant(eps, 4))
        .custom_parser(number)
        .suffix(unit_text(unit))
        .update_while_editing(false);
    ui.add(slider).labelled_by(row.inner).on_hover_text(help);
    // Text that is no number, or none that can be an eps, changes nothing.
    if !eps.is_finite() {
        *eps = before;
    }
    let is_moved = *eps != before;
    if is_moved {
        *eps = to_digits(eps.clamp(*EPS_RANGE.start(), *EPS_RANGE.end()));
    }
    is_moved && *eps != before
}

/// From the least to the largest core distance, a little beyond both; around the eps that there is
/// where none is known.
fn slider_range(curve: Option<&Curve>, eps: f64) -> RangeInclusive<f64> {
    let known = curve.and_then(Curve::range);
    let around = if eps > 0.0 { (eps / 100.0, eps * 100.0) } else { (1e-3, 1e3) };
    let (low, high) = known.unwrap_or(around);
    0.9 * low..=(1.1 * high).min(*EPS_RANGE.end())
}

/// What is typed, thin spaces, commas and units aside.
fn number(text: &str) -> Option<f64> {
    let digits = text.trim().trim_end_matches(|c: char| c.is_alphabetic()).replace(',', ".");
    let digits: String = digits.chars().filter(|c| !c.is_whitespace()).collect();
    digits.parse().ok().filter(|eps: &f64| eps.is_finite() && *eps >= 0.0)
}

/// Five digits are as many as a slider can mean.
fn to_digits(eps: f64) -> f64 {
    format!("{eps:.4e}").parse().unwrap_or(eps)
}

/// What is odd about the clusters, as sentences.
pub fn flags_ui(ui: &mut Ui, flags: &[RedFlag]) {
    for flag in flags {
        ui.label(RichText::new(flag.words()).color(theme::warning_color(ui)).small());
    }
}

/// Why there are no clusters, and what likely helps.
#[derive(Clone, PartialEq, Debug)]
pub struct Remedy {
    /// What was found and what it means.
    pub words: String,
    /// The eps to try instead.
    pub eps: f64,
}

/// What helps where next to all trips are noise because eps is too small: where fewer than one in
/// twenty is core, the eps at which half of them are.
pub fn remedy(curve: &Curve, eps: f64, labels: &Labels, unit: &str) -> Option<Remedy> {
    let (few, half) = (curve.quantile(FEW_CORE)?, curve.quantile(0.5)?);
    let n = labels.len();
    if n < 2 || 2 * labels.noise() < n || eps >= few || half <= eps {
        return None;
    }
    let words = format!(
        "Nearly all is noise: eps is below the 5th percentile of the core distances, {}{}",
        significant(few, 3),
        unit_text(unit)
    );
    Some(Remedy { words, eps: to_digits(half) })
}

/// Draws a remedy. Says whether it was taken.
pub fn remedy_ui(ui: &mut Ui, remedy: &Remedy, unit: &str) -> bool {
    ui.label(RichText::new(&remedy.words).color(theme::warning_color(ui)).small());
    let text = format!("Raise eps to {}{}", significant(remedy.eps, 3), unit_text(unit));
    let help = "The median core distance: at this eps half of the trips are core";
    ui.button(text).on_hover_text(help).clicked()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use egui::{Key, Modifiers, Role};
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::super::made;
    use super::*;

    fn window(eps: f64, unit: &'static str) -> (Harness<'static>, Rc<Cell<f64>>) {
        let held = Rc::new(Cell::new(eps));
        let (inner, curve) = (Rc::clone(&held), Curve::of(&made::tree(3)));
        let mut harness = Harness::builder().with_size([300.0, 120.0]).build_ui(move |ui| {
            let mut eps = inner.get();
            if eps_ui(ui, &mut eps, Some(&curve), unit, Some("3 clusters".into())) {
                inner.set(eps);
            }
        });
        harness.run();
        (harness, held)
    }

    #[test]
    fn the_slider_reaches_over_all_core_distances_and_a_key_moves_it_a_little() {
        let curve = Curve::of(&made::tree(3));
        let (low, high) = curve.range().unwrap();
        let range = slider_range(Some(&curve), 5.0);
        assert!(*range.start() < low && *range.end() > high);
        let (mut harness, eps) = window(1.5, "m");
        harness.get_by_role_and_label(Role::Slider, "eps").focus();
        harness.run();
        harness.key_press(Key::ArrowRight);
        harness.run();
        assert!(eps.get() > 1.5 && eps.get() < 2.0, "{}", eps.get());
    }

    #[test]
    fn an_eps_far_off_stays_what_it_is_until_it_is_moved() {
        let (_, eps) = window(1e6, "m");
        assert_eq!(eps.get(), 1e6);
    }

    #[test]
    fn a_typed_eps_may_lie_beyond_the_slider() {
        let (mut harness, eps) = window(1.5, "m");
        harness.get_by_role_and_label(Role::SpinButton, "eps").focus();
        harness.run_steps(3);
        harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        harness.run_steps(2);
        harness.event(egui::Event::Text("25000".into()));
        harness.run_steps(2);
        harness.key_press(Key::Enter);
        harness.run_steps(3);
        assert_eq!(eps.get(), 25_000.0);
    }

    #[test]
    fn numbers_are_read_as_they_are_shown() {
        for (text, expected) in [
            ("1\u{2009}204 m", Some(1204.0)),
            (" 0,05 ", Some(0.05)),
            ("1e3", Some(1000.0)),
            ("-5", None),
            ("wide", None),
            ("", None),
        ] {
            assert_eq!(number(text), expected, "{text:?}");
        }
        assert_eq!(to_digits(0.012_345_678), 0.012_346);
        assert_eq!(to_digits(123_456.0), 123_460.0);
    }

    #[test]
    fn too_small_an_eps_is_told_with_the_median_core_distance_as_remedy() {
        let curve = Curve::of(&made::tree(3));
        let eps = 0.5 * curve.quantile(0.05).unwrap();
        let found = remedy(&curve, eps, &made::labels(eps as f32), "m").unwrap();
        assert_eq!(found.eps, to_digits(curve.quantile(0.5).unwrap()));
        assert!(found.words.contains("5th percentile"), "{}", found.words);
        assert_eq!(remedy(&curve, found.eps, &made::labels(found.eps as f32), "m"), None);
    }
}
