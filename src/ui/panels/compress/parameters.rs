//! The parameters of compression, and beside them what each of them does.

use egui::{Align, Layout, RichText, Ui};

use super::text::{figure, kept_text, percent};
use crate::base::text::{counted, grouped};
use crate::compress::{CompressParams, Errors, Kept, Measured, Method};
use crate::ui::form::{Stand, params_ui_where};
use crate::ui::theme;

/// How many reports each threshold keeps by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Alone {
    /// Of how many.
    pub reports: usize,
    /// By position; none where the method knows no significance.
    pub by_position: Option<usize>,
    /// By changes of speed.
    pub by_speed: usize,
    /// By changes of course.
    pub by_course: usize,
}

impl Alone {
    /// Counts what the thresholds of `params` keep. One comparison a report and threshold.
    pub fn of(measured: &Measured, params: &CompressParams) -> Alone {
        let above = |values: &[f32], limit: f64| {
            values.iter().filter(|value| f64::from(**value) > limit).count()
        };
        // Changes are compared as they are stored.
        let stored = |limit: f64| f64::from(limit as f32);
        let is_by_significance =
            matches!(params.method, Method::DouglasPeucker | Method::TimeRatio);
        Alone {
            reports: measured.reports(),
            by_position: is_by_significance
                .then(|| above(measured.significance_m(), params.tolerance_m)),
            by_speed: above(measured.speed_kn(), stored(params.speed_kn)),
            by_course: above(measured.course_deg(), stored(params.course_deg)),
        }
    }
}

/// What a repair did: silences filled, reports inserted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mended {
    /// Silences filled.
    pub silences: usize,
    /// Reports inserted.
    pub inserted: usize,
}

/// Draws the parameters, with what they did as far as that is known.
pub fn form_ui(
    ui: &mut Ui,
    params: &mut CompressParams,
    alone: Option<Alone>,
    mended: Option<Mended>,
) {
    let before = params.clone();
    let effect = |name: &str| effect(&before, alone.as_ref(), mended.as_ref(), name);
    params_ui_where(ui, "compress", params, &effect, &|name| stand(&before, name));
}

/// Which fields matter: the others belong to another method, or to a threshold that is off.
fn stand(params: &CompressParams, name: &str) -> Stand {
    let live_if = |is_on: bool| if is_on { Stand::Live } else { Stand::Idle };
    let there_if = |is_there: bool| if is_there { Stand::Live } else { Stand::Absent };
    match name {
        "method" | "tolerance" => live_if(params.keeps_positions),
        "slope" => there_if(params.keeps_positions && params.method == Method::Rdp2),
        "speed" => live_if(params.keeps_speeds),
        "course" => live_if(params.keeps_courses),
        "repair_from" | "repair_to" | "repair_step" => there_if(params.repair.repairs),
        _ => Stand::Live,
    }
}

fn effect(
    params: &CompressParams,
    alone: Option<&Alone>,
    mended: Option<&Mended>,
    name: &str,
) -> Option<String> {
    let keeps = |n: usize, of: usize| format!("keeps {} ({})", grouped(n as u64), percent(n, of));
    match name {
        "tolerance" if params.keeps_positions => {
            alone.and_then(|alone| Some(keeps(alone.by_position?, alone.reports)))
        }
        "speed" if params.keeps_speeds => alone.map(|alone| keeps(alone.by_speed, alone.reports)),
        "course" if params.keeps_courses => {
            alone.map(|alone| keeps(alone.by_course, alone.reports))
        }
        "repair" => mended.map(|Mended { silences, inserted }| {
            format!(
                "{} filled, {} inserted",
                counted(*silences as u64, "silence"),
                grouped(*inserted as u64)
            )
        }),
        _ => None,
    }
}

/// What all thresholds together keep.
pub fn kept_ui(ui: &mut Ui, kept: &Kept) {
    let text = format!("Kept {}", kept_text(kept.reports_kept(), kept.reports_in()));
    ui.label(RichText::new(text).strong());
}

/// What compression costs, as a small table.
pub fn errors_ui(ui: &mut Ui, errors: &Errors) {
    ui.label(theme::title("Errors"));
    let rows = [
        (
            "Off the way, m",
            errors.offset_m,
            "From a dropped report to the line between the kept ones around it",
        ),
        (
            "At the time (SED), m",
            errors.synchronous_m,
            "From a dropped report to where the ship would be on that line at the time",
        ),
        (
            "Speed, kn",
            errors.sog_kn,
            "From a dropped speed to the one between the kept ones around it",
        ),
        (
            "Course, °",
            errors.cog_deg,
            "From a dropped course to the one between the kept ones around it, the short way round",
        ),
    ];
    egui::Grid::new("errors").num_columns(3).striped(true).min_col_width(64.0).show(ui, |ui| {
        ui.label("");
        for title in ["largest", "mean"] {
            right(ui, RichText::new(title).weak());
        }
        ui.end_row();
        for (name, error, help) in rows {
            ui.label(name).on_hover_text(help);
            right(ui, RichText::new(figure(error.max)));
            right(ui, RichText::new(figure(error.mean)));
            ui.end_row();
        }
    });
}

fn right(ui: &mut Ui, text: RichText) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(text));
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use egui::accesskit::Role;
    use egui_kittest::Harness;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    use super::*;
    use crate::ais::{Ending, Fleet, Report, Trip, Vessel};
    use crate::base::geo::Position;
    use crate::base::job::Job;
    use crate::base::params::Checked;
    use crate::compress::{Error, keep, measure};

    /// Five reports on the equator, of which the third lies 111 m north; from the third on a knot
    /// more, at the fourth a turn by 10 degrees.
    fn trip() -> (Fleet, Vec<Trip>) {
        let report = |minute: i64| Report {
            sog_kn: if minute < 2 { 10.0 } else { 11.0 },
            cog_deg: if minute < 4 { 90.0 } else { 100.0 },
            ..Report::at(
                60_000 * minute,
                Position::new(minute as f64 * 0.01, if minute == 2 { 0.001 } else { 0.0 }),
            )
        };
        let fleet = Fleet::from_tracks(vec![(Vessel::default(), (0..5).map(report).collect())]);
        let (begins, ends) = (Ending::Track, Ending::Track);
        (fleet, vec![Trip { vessel: 0, reports: 0..5, length_m: 4500.0, begins, ends }])
    }

    #[test]
    fn each_threshold_says_what_it_keeps_by_itself() {
        let (fleet, trips) = trip();
        let params = CompressParams::default();
        let measured = measure(&fleet, &trips, params.method.ruler(), &Job::default()).unwrap();
        let alone = Alone::of(&measured, &params);
        assert_eq!(alone, Alone { reports: 5, by_position: Some(3), by_speed: 1, by_course: 1 });
        // As `keep` does it, threshold by threshold.
        for (position, speed, course, n) in
            [(true, false, false, 3), (false, true, false, 3), (false, false, true, 3)]
        {
            let params = CompressParams {
                keeps_positions: position,
                keeps_speeds: speed,
                keeps_courses: course,
                ..params.clone()
            };
            let checked = Checked::new(&params).unwrap();
            let kept = keep(&fleet, &trips, &measured, &checked, &Job::default()).unwrap();
            assert_eq!(kept.reports_kept(), n, "both ends are always kept");
        }
        let text = |name: &str| effect(&params, Some(&alone), None, name);
        assert_eq!(text("tolerance").as_deref(), Some("keeps 3 (60.0 %)"));
        assert_eq!(text("speed").as_deref(), Some("keeps 1 (20.0 %)"));
        assert_eq!(text("slope"), None);
        let rdp2 = CompressParams { method: Method::Rdp2, ..params };
        assert_eq!(Alone::of(&measured, &rdp2).by_position, None);
    }

    #[test]
    fn only_the_fields_of_the_chosen_method_are_there() {
        let held = Rc::new(RefCell::new(CompressParams::default()));
        let inner = Rc::clone(&held);
        let mut harness = Harness::builder().with_size([300.0, 700.0]).build_ui(move |ui| {
            form_ui(ui, &mut inner.borrow_mut(), None, Some(Mended { silences: 2, inserted: 30 }));
        });
        let is_there = |harness: &Harness, label: &str| {
            harness.query_by_role_and_label(Role::Slider, label).is_some()
        };
        harness.run();
        assert!(is_there(&harness, "tolerance") && !is_there(&harness, "slope"));
        assert!(!is_there(&harness, "repair step"));
        harness.get_by_label("2 silences filled, 30 inserted");
        harness.get_by_label("repair").click();
        harness.get_by_label("speeds").click();
        harness.run_steps(4);
        held.borrow_mut().method = Method::Rdp2;
        harness.run_steps(4);
        assert!(is_there(&harness, "slope") && is_there(&harness, "repair step"));
        assert!(held.borrow().repair.repairs && !held.borrow().keeps_speeds);
        let speed = harness.get_by_role_and_label(Role::Slider, "speed");
        assert!(speed.accesskit_node().is_disabled());
        let course = harness.get_by_role_and_label(Role::Slider, "course");
        assert!(!course.accesskit_node().is_disabled());
    }

    #[test]
    fn errors_stand_in_a_table_with_their_units() {
        let error = |max: f64| Error { max, mean: max / 4.0 };
        let errors = Errors {
            offset_m: error(98.2),
            synchronous_m: error(1204.0),
            sog_kn: error(0.4),
            cog_deg: error(12.0),
        };
        let harness =
            Harness::builder().with_size([300.0, 200.0]).build_ui(move |ui| errors_ui(ui, &errors));
        for label in ["Off the way, m", "98.2", "24.6", "1\u{2009}204", "301", "0.40", "0.10"] {
            harness.get_by_label(label);
        }
        let edge = |label: &str| harness.get_by_label(label).rect().right();
        assert!((edge("98.2") - edge("0.40")).abs() < 0.5, "numbers end below each other");
    }
}
