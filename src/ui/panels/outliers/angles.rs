//! How sharply ships turn: a count of the angles at all bends, and the angle below which a turn is
//! sharp as a line across it.

use egui::{Label, RichText, Stroke, Ui};
use egui_plot::{Bar, BarChart, GridMark, PlotBounds};

use crate::base::text::{counted, grouped};
use crate::prep::OutlierParams;
use crate::ui::plot::axis::{log_marks, log_text};
use crate::ui::plot::{DragLine, describe, quiet};
use crate::ui::theme;

/// The width of a bar, degrees.
const STEP_DEG: f64 = 5.0;

/// How many bars there are from 0 to 180 degrees.
const BARS: usize = 36;

/// The axis begins below one, so that a single bend has a bar.
const LEAST: f64 = 0.6;

/// The angles at all bends.
#[derive(Clone, Copy, Debug)]
pub struct Angles<'a> {
    /// Degrees, rising: 180 straight on, 0 straight back.
    pub angles_deg: &'a [f32],
}

impl Angles<'_> {
    /// How many bends have a smaller angle.
    pub fn below(&self, angle_deg: f64) -> usize {
        self.angles_deg.partition_point(|angle| f64::from(*angle) < angle_deg)
    }

    /// How many bends are in each step; those of 180 degrees in the last.
    fn counts(&self) -> [usize; BARS] {
        let below = |bar: usize| match bar {
            BARS => self.angles_deg.len(),
            _ => self.below(bar as f64 * STEP_DEG),
        };
        std::array::from_fn(|bar| below(bar + 1) - below(bar))
    }
}

/// Draws the count of angles with the threshold as a line. Gives back the angle that the line is
/// dragged to.
pub fn angles_ui(ui: &mut Ui, angles: &Angles, angle_deg: f64) -> Option<f64> {
    if angles.angles_deg.is_empty() {
        ui.label("No trip bends: the tolerance is wide, or the trips are straight");
        return None;
    }
    let title = "Angle at each bend: 180° is straight on, 0° straight back";
    ui.add(Label::new(RichText::new(title).small().weak()).truncate());
    let counts = angles.counts();
    let low = LEAST.log10();
    let most = counts.into_iter().max().unwrap_or(1) as f64;
    let high = most.log10() + 0.08 * (most.log10() - low);
    let (fill, lit) = (ui.visuals().hyperlink_color, theme::selection_color(ui));
    let bars = counts.into_iter().enumerate().filter(|(_, n)| *n > 0).map(|(place, n)| {
        let middle_deg = (place as f64 + 0.5) * STEP_DEG;
        Bar::new(middle_deg, (n as f64).log10() - low)
            .base_offset(low)
            .width(STEP_DEG * 0.9)
            .fill(if middle_deg < angle_deg { lit } else { fill })
            .stroke(Stroke::NONE)
    });
    let bars: Vec<Bar> = bars.collect();
    let plot = quiet("angles")
        .y_axis_min_width(36.0)
        .y_grid_spacer(|input| log_marks(&input))
        .y_axis_formatter(|mark, _| log_text(mark))
        .x_grid_spacer(|_| degree_marks())
        .x_axis_formatter(|mark, _| format!("{:.0}°", mark.value))
        .show(ui, |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max([0.0, low], [180.0, high]));
            plot.bar_chart(BarChart::new("bends", bars).allow_hover(false));
        });
    let n = angles.below(angle_deg);
    let said = format!(
        "{} of {} bends are sharp turns",
        grouped(n as u64),
        grouped(angles.angles_deg.len() as u64)
    );
    describe(&plot.response, &said);
    if let Some(at) = plot.response.hover_pos() {
        let under_deg = plot.transform.value_from_position(at).x;
        let place = ((under_deg / STEP_DEG).max(0.0) as usize).min(BARS - 1);
        let (from, to) = (place as f64 * STEP_DEG, (place + 1) as f64 * STEP_DEG);
        let text = format!("{}, {from:.0}° to {to:.0}°", counted(counts[place] as u64, "bend"));
        plot.response.clone().on_hover_text_at_pointer(text);
    }
    let moved = DragLine::vertical("sharp below")
        .label("Sharp turn below, degrees")
        .unit("°")
        .note(counted(n as u64, "turn"))
        .range(0.0..=180.0)
        .color(theme::selection_color(ui))
        .show(ui, &plot, angle_deg);
    let is_reset = plot.response.double_clicked();
    moved.or(is_reset.then(|| OutlierParams::default().angle_deg))
}

/// A mark every 30 degrees. Each is named, as if they were three times as far apart: numbers of
/// degrees are short.
fn degree_marks() -> Vec<GridMark> {
    let mark = |place: i32| GridMark { value: f64::from(30 * place), step_size: 90.0 };
    (0..=6).map(mark).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use egui::accesskit::Role;
    use egui_kittest::Harness;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    use super::*;

    const ANGLES_DEG: [f32; 7] = [0.0, 4.9, 5.0, 60.0, 61.0, 179.0, 180.0];

    #[test]
    fn every_angle_is_counted_once_and_a_threshold_is_no_sharp_turn_itself() {
        let angles = Angles { angles_deg: &ANGLES_DEG };
        let counts = angles.counts();
        assert_eq!((counts[0], counts[1], counts[12], counts[35]), (2, 1, 2, 2));
        assert_eq!(counts.iter().sum::<usize>(), 7);
        assert_eq!((angles.below(60.0), angles.below(60.1), angles.below(0.0)), (3, 4, 0));
    }

    #[test]
    fn the_line_is_dragged_to_another_angle_and_the_bends_below_are_told() {
        let angle_deg = Rc::new(Cell::new(60.0));
        let held = Rc::clone(&angle_deg);
        let mut harness = Harness::builder().with_size([420.0, 200.0]).build_ui(move |ui| {
            let angles = Angles { angles_deg: &ANGLES_DEG };
            if let Some(moved_deg) = angles_ui(ui, &angles, held.get()) {
                held.set(moved_deg);
            }
        });
        harness.run();
        harness.get_by_label("3 of 7 bends are sharp turns");
        let line = harness.get_by_role_and_label(Role::Slider, "Sharp turn below, degrees");
        let said = line.accesskit_node().value().unwrap_or_default();
        assert_eq!(said, "sharp below 60.00 °: 3 turns");
        let at = line.rect().center();
        harness.hover_at(at);
        harness.step();
        harness.drag_at(at);
        harness.step();
        harness.hover_at(at + egui::vec2(60.0, 0.0));
        harness.step();
        harness.drop_at(at + egui::vec2(60.0, 0.0));
        harness.run();
        assert!((70.0..120.0).contains(&angle_deg.get()), "{}", angle_deg.get());
        harness.get_by_label("5 of 7 bends are sharp turns");
    }

    #[test]
    fn trips_without_a_bend_are_said_to_have_none() {
        let mut harness = Harness::new_ui(|ui| {
            assert_eq!(angles_ui(ui, &Angles { angles_deg: &[] }, 60.0), None);
        });
        harness.run();
        harness.get_by_label_contains("No trip bends");
    }
}
