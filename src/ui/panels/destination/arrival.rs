//! When the ship arrives: the interval that is told, beside what is reported and what came true.

use egui::{Align2, FontId, Rect, Sense, Stroke, Ui, pos2, vec2};

use crate::base::time::{duration_text, utc_text};
use crate::ui::destination_view::told::Arrival;
use crate::ui::panels::timeline::ticks::ticks;
use crate::ui::plot::describe;
use crate::ui::theme;

const HEIGHT_PX: f32 = 46.0;
const BAND_PX: f32 = 12.0;
const TEXT_PX: f32 = 11.0;

/// Arrivals at a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arrivals {
    /// The moment, UTC milliseconds.
    pub now_ms: i64,
    /// What is told.
    pub told: Arrival,
    /// What is reported, if anything.
    pub reported_ms: Option<i64>,
    /// When she did arrive, where that is known.
    pub true_ms: Option<i64>,
}

/// `2018-06-03 14:20 UTC, in 1 d 3 h`.
pub fn when_text(t_ms: i64, now_ms: i64) -> String {
    let minute = utc_text(t_ms);
    let minute = minute.get(..16).unwrap_or(&minute);
    let left_ms = t_ms - now_ms;
    if left_ms >= 0 {
        format!("{minute} UTC, in {}", hours_text(left_ms))
    } else {
        format!("{minute} UTC, {} ago", hours_text(-left_ms))
    }
}

/// A length of time in hours, as arrivals are spoken of; short ones in minutes.
fn hours_text(ms: i64) -> String {
    if ms < 2 * 3_600_000 { duration_text(ms) } else { format!("{:.0} h", ms as f64 / 3.6e6) }
}

/// Draws the arrivals on a line of time from the moment on.
pub fn arrivals_ui(ui: &mut Ui, of: Arrivals) {
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT_PX), Sense::hover());
    let told = of.told;
    let others = [of.reported_ms, of.true_ms].into_iter().flatten();
    let last_ms = others.chain([told.high_ms]).max().unwrap_or(told.high_ms).max(of.now_ms + 1);
    let from_ms = of.now_ms;
    let to_ms = last_ms + (last_ms - from_ms) / 12;
    let area = rect.shrink2(vec2(8.0, 0.0));
    let x = |t_ms: i64| {
        let part = (t_ms - from_ms) as f64 / (to_ms - from_ms) as f64;
        (area.left() + (part * f64::from(area.width())) as f32).clamp(area.left(), area.right())
    };
    let painter = ui.painter();
    let visuals = ui.visuals();
    let (ink, weak) = (visuals.strong_text_color(), visuals.weak_text_color());
    let y = area.top() + 17.0;
    painter.hline(area.x_range(), y, Stroke::new(1.0, weak));
    for tick in ticks(from_ms, to_ms, area.width()) {
        let at = x(tick.t_ms);
        painter.vline(at, y..=y + 9.0, Stroke::new(1.0, weak));
        let font = FontId::proportional(TEXT_PX);
        painter.text(pos2(at, y + 11.0), Align2::CENTER_TOP, &tick.label, font, weak);
    }
    let color = told_color(ui);
    let band = Rect::from_x_y_ranges(
        x(told.low_ms)..=x(told.high_ms),
        y - 0.5 * BAND_PX..=y + 0.5 * BAND_PX,
    );
    painter.rect_filled(band, 3.0, color.gamma_multiply(0.45));
    painter.rect_stroke(band, 3.0, Stroke::new(1.0, color), egui::StrokeKind::Inside);
    painter.circle(pos2(x(told.middle_ms), y), 5.0, color, Stroke::new(1.5, visuals.panel_fill));
    let marks = [(of.reported_ms, "reported", reported_color(ui)), (of.true_ms, "arrived", ink)];
    let mut marks: Vec<(f32, &str, egui::Color32)> =
        marks.into_iter().filter_map(|(t_ms, text, color)| Some((x(t_ms?), text, color))).collect();
    marks.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = area.left();
    for (x, text, color) in marks {
        free = mark(ui, (x, y), text, color, (free, area.right())) + 5.0;
    }
    let reported = of.reported_ms.map(|t_ms| format!(", reported {}", when_text(t_ms, of.now_ms)));
    let arrived = of.true_ms.map(|t_ms| format!(", arrived {}", when_text(t_ms, of.now_ms)));
    let text = format!(
        "Arrival {} ({} to {}){}{}",
        when_text(told.middle_ms, of.now_ms),
        hours_text(told.low_ms - of.now_ms),
        hours_text(told.high_ms - of.now_ms),
        reported.unwrap_or_default(),
        arrived.unwrap_or_default()
    );
    describe(&response, &text);
    response.on_hover_text(
        "The band holds eight of ten such ships; its dot is the middle. Marks: what is reported, and \
         what came true where that is known",
    );
}

/// What is told of the arrival.
fn told_color(ui: &Ui) -> egui::Color32 {
    ui.visuals().hyperlink_color
}

/// What is reported.
fn reported_color(ui: &Ui) -> egui::Color32 {
    theme::warning_color(ui)
}

/// A mark with its name between two limits. Gives where the name ends.
fn mark(
    ui: &Ui,
    (x, y): (f32, f32),
    text: &str,
    color: egui::Color32,
    (left, right): (f32, f32),
) -> f32 {
    let painter = ui.painter();
    painter.vline(x, y - 8.0..=y + 8.0, Stroke::new(2.5, color));
    let font = FontId::proportional(TEXT_PX);
    let galley = painter.layout_no_wrap(text.to_owned(), font, color);
    let size = galley.size();
    let from = (x - 0.5 * size.x).min(right - size.x).max(left);
    painter.galley(pos2(from, y - 9.0 - size.y), galley, color);
    from + size.x
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;
    use crate::ui::destination_view::made::HOUR_MS;

    #[test]
    fn an_arrival_is_a_time_and_the_hours_to_go() {
        assert_eq!(when_text(30 * HOUR_MS, 0), "1970-01-02 06:00 UTC, in 30 h");
        assert_eq!(when_text(HOUR_MS / 2, 0), "1970-01-01 00:30 UTC, in 30 min");
        assert_eq!(when_text(0, 5 * HOUR_MS), "1970-01-01 00:00 UTC, 5 h ago");
    }

    #[test]
    fn the_strip_says_what_is_told_reported_and_true() {
        let mut harness = Harness::builder().with_size([400.0, 80.0]).build_ui(|ui| {
            let told =
                Arrival { low_ms: 20 * HOUR_MS, middle_ms: 24 * HOUR_MS, high_ms: 31 * HOUR_MS };
            let of = Arrivals {
                now_ms: 0,
                told,
                reported_ms: Some(12 * HOUR_MS),
                true_ms: Some(26 * HOUR_MS),
            };
            arrivals_ui(ui, of);
        });
        harness.run();
        harness.get_by_label(
            "Arrival 1970-01-02 00:00 UTC, in 24 h (20 h to 31 h), reported 1970-01-01 12:00 UTC, \
             in 12 h, arrived 1970-01-02 02:00 UTC, in 26 h",
        );
    }
}
