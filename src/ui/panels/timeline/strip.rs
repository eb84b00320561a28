//! The strip of the timeline: the histogram, the brushed window over it, the moment, and the axis.

use egui::{
    Align2, Color32, CursorIcon, FontId, PointerButton, Pos2, Rect, Response, Sense, Stroke, Ui,
    pos2, vec2,
};

use super::ticks::ticks;
use crate::base::text::grouped;
use crate::base::time::utc_text;
use crate::prep::rhythm::Rhythm;
use crate::ui::theme;
use crate::ui::time_view::TimeView;

/// Heights of the histogram and of the axis below, points of the screen.
const BARS_PX: f32 = 40.0;
const AXIS_PX: f32 = 15.0;

/// How near to an edge or to the moment the pointer takes hold of it.
const HOLD_PX: f32 = 5.0;

/// The least that can be zoomed to.
const LEAST_MS: f64 = 10_000.0;

/// What is dragged, and what part of time the strip shows.
#[derive(Default)]
pub struct Strip {
    /// What is zoomed to, if not all.
    zoom_ms: Option<(i64, i64)>,
    drag: Option<Drag>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Drag {
    /// A new window from here.
    Brush(i64),
    /// The window, held at this moment of it.
    Window(i64),
    /// One edge; the other is here.
    Edge(i64),
    /// The moment.
    Now,
}

/// Times on pixels.
#[derive(Clone, Copy)]
struct Axis {
    from_ms: i64,
    to_ms: i64,
    rect: Rect,
}

impl Axis {
    fn x(&self, t_ms: i64) -> f32 {
        let part = (t_ms - self.from_ms) as f64 / ((self.to_ms - self.from_ms) as f64).max(1.0);
        self.rect.left() + (part * f64::from(self.rect.width())) as f32
    }

    fn t_ms(&self, x: f32) -> i64 {
        let part = f64::from((x - self.rect.left()) / self.rect.width().max(1.0));
        self.from_ms + (part * (self.to_ms - self.from_ms) as f64) as i64
    }
}

impl Strip {
    /// Draws the strip and lets the pointer change `time`: all reports, and over them those of the
    /// trips that pass the filter.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        time: &mut TimeView,
        rhythm: Option<&Rhythm>,
        kept: Option<&Rhythm>,
    ) {
        let size = vec2(ui.available_width(), BARS_PX + AXIS_PX);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, "Timeline"));
        let bars = Rect::from_min_size(rect.min, vec2(rect.width(), BARS_PX));
        ui.painter().rect_filled(bars, 2.0, ui.visuals().extreme_bg_color);
        let Some(span_ms) = time.span_ms() else { return };
        let (from_ms, to_ms) = self.zoom_ms.unwrap_or(span_ms);
        let mut axis = Axis { from_ms, to_ms, rect: bars };
        self.zoom(ui, &response, &mut axis, span_ms);
        self.point(ui, &response, &axis, time);
        draw(ui, &axis, time, rhythm, kept);
        if let Some(pointer) = response.hover_pos().filter(|_| self.drag.is_none()) {
            hover(ui, &response, &axis, pointer, rhythm);
        }
    }

    /// The wheel zooms at the pointer, the right button pans.
    fn zoom(&mut self, ui: &Ui, response: &Response, axis: &mut Axis, span_ms: (i64, i64)) {
        let (first_ms, last_ms) = span_ms;
        let Some(pointer) = response.hover_pos() else { return };
        let scroll = ui.input(egui::InputState::smooth_scroll_delta);
        let pan_px = if response.dragged_by(PointerButton::Secondary) {
            -response.drag_delta().x
        } else {
            -scroll.x
        };
        if scroll.y == 0.0 && pan_px == 0.0 {
            return;
        }
        let at_ms = axis.t_ms(pointer.x);
        let whole_ms = (last_ms - first_ms) as f64;
        let shown_ms = (axis.to_ms - axis.from_ms) as f64;
        let next_ms = (shown_ms * f64::from(-scroll.y / 240.0).exp2())
            .clamp(LEAST_MS.min(whole_ms), whole_ms);
        let part = (at_ms - axis.from_ms) as f64 / shown_ms.max(1.0);
        let pan_ms = f64::from(pan_px / axis.rect.width().max(1.0)) * next_ms;
        let from_ms = (at_ms - first_ms) as f64 - part * next_ms + pan_ms;
        let from_ms = first_ms + from_ms.clamp(0.0, (whole_ms - next_ms).max(0.0)) as i64;
        (axis.from_ms, axis.to_ms) = (from_ms, from_ms + next_ms as i64);
        self.zoom_ms = (next_ms < whole_ms).then_some((axis.from_ms, axis.to_ms));
    }

    /// Clicks choose the moment, drags the window.
    fn point(&mut self, ui: &Ui, response: &Response, axis: &Axis, time: &mut TimeView) {
        let pointer = response.interact_pointer_pos().or(response.hover_pos());
        let Some(pointer) = pointer else {
            self.drag = None;
            return;
        };
        let t_ms = axis.t_ms(pointer.x);
        if response.double_clicked() {
            time.clear_brush();
            self.zoom_ms = None;
        } else if response.clicked() {
            time.set_now_ms(t_ms);
        }
        if response.drag_started_by(PointerButton::Primary) {
            let origin = ui.input(|input| input.pointer.press_origin()).unwrap_or(pointer);
            self.drag = Some(held(axis, time, origin.x));
        }
        // Also where it is let go: between two frames the pointer may have moved.
        if response.dragged_by(PointerButton::Primary) || response.drag_stopped() {
            match self.drag {
                Some(Drag::Brush(anchor_ms) | Drag::Edge(anchor_ms)) => time.brush(anchor_ms, t_ms),
                Some(Drag::Window(held_ms)) => {
                    let before = time.brush_ms();
                    time.shift_brush(t_ms - held_ms);
                    if let (Some(before), Some(after)) = (before, time.brush_ms()) {
                        self.drag = Some(Drag::Window(held_ms + after.0 - before.0));
                    }
                }
                Some(Drag::Now) => time.set_now_ms(t_ms),
                None => (),
            }
        }
        if response.drag_stopped() {
            self.drag = None;
        }
        let held = self.drag.unwrap_or_else(|| held(axis, time, pointer.x));
        ui.ctx().set_cursor_icon(match held {
            Drag::Brush(_) => CursorIcon::Crosshair,
            Drag::Window(_) => CursorIcon::Grab,
            Drag::Edge(_) | Drag::Now => CursorIcon::ResizeHorizontal,
        });
    }
}

/// What a drag that begins at `x` takes hold of.
fn held(axis: &Axis, time: &TimeView, x: f32) -> Drag {
    let is_near = |t_ms: i64| (axis.x(t_ms) - x).abs() <= HOLD_PX;
    if time.now_ms().is_some_and(is_near) {
        return Drag::Now;
    }
    match time.brush_ms() {
        Some((from_ms, to_ms)) if is_near(to_ms) => Drag::Edge(from_ms),
        Some((from_ms, to_ms)) if is_near(from_ms) => Drag::Edge(to_ms),
        Some((from_ms, to_ms)) if (from_ms..=to_ms).contains(&axis.t_ms(x)) => {
            Drag::Window(axis.t_ms(x))
        }
        _ => Drag::Brush(axis.t_ms(x)),
    }
}

fn draw(ui: &Ui, axis: &Axis, time: &TimeView, rhythm: Option<&Rhythm>, kept: Option<&Rhythm>) {
    let painter = ui.painter().with_clip_rect(axis.rect.expand2(vec2(0.0, AXIS_PX)));
    let accent = ui.visuals().selection.bg_fill;
    if let Some(rhythm) = rhythm {
        let n = ((axis.rect.width() / 2.0) as usize).max(1);
        let counts = |rhythm: &Rhythm| rhythm.rebinned(axis.from_ms, axis.to_ms, n);
        let (all, kept) = (counts(rhythm), kept.map(counts));
        let most = all.iter().copied().fold(0.0_f32, f32::max);
        let weak = ui.visuals().weak_text_color();
        let faded = |color: Color32, t_ms: i64| {
            let is_in = time.brush_ms().is_none_or(|(from, to)| (from..=to).contains(&t_ms));
            if is_in { color } else { color.gamma_multiply(0.35) }
        };
        let behind = if kept.is_some() { weak.gamma_multiply(0.4) } else { weak };
        bars(&painter, axis, &all, most, |t_ms| faded(behind, t_ms));
        if let Some(kept) = kept {
            bars(&painter, axis, &kept, most, |t_ms| faded(accent, t_ms));
        }
    }
    if let Some((from_ms, to_ms)) = time.brush_ms() {
        let window = Rect::from_x_y_ranges(axis.x(from_ms)..=axis.x(to_ms), axis.rect.y_range());
        painter.rect_filled(window, 0.0, accent.gamma_multiply(0.25));
        for x in [window.left(), window.right()] {
            painter.vline(x, axis.rect.y_range(), Stroke::new(2.0, accent));
        }
    }
    let ink = ui.visuals().text_color();
    let font = FontId::proportional(11.0);
    for tick in ticks(axis.from_ms, axis.to_ms, axis.rect.width()) {
        let x = axis.x(tick.t_ms);
        let color = if tick.is_day { ink } else { ui.visuals().weak_text_color() };
        painter.vline(x, axis.rect.bottom()..=axis.rect.bottom() + 4.0, Stroke::new(1.0, color));
        let at = pos2(x + 3.0, axis.rect.bottom() + 1.0);
        painter.text(at, Align2::LEFT_TOP, &tick.label, font.clone(), color);
    }
    if let Some(now_ms) = time.now_ms() {
        let (x, color) = (axis.x(now_ms), theme::selection_color(ui));
        painter.vline(x, axis.rect.y_range(), Stroke::new(1.5, color));
        painter.circle_filled(pos2(x, axis.rect.top() + 3.0), 3.5, color);
    }
}

/// A bar for each count, on a root scale: a quiet night is still to be seen beside a busy noon.
fn bars(
    painter: &egui::Painter,
    axis: &Axis,
    counts: &[f32],
    most: f32,
    color: impl Fn(i64) -> Color32,
) {
    if most <= 0.0 {
        return;
    }
    let width = axis.rect.width() / counts.len() as f32;
    let mut mesh = egui::Mesh::default();
    for (place, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
        let left = axis.rect.left() + place as f32 * width;
        let height = ((count / most).sqrt() * (axis.rect.height() - 3.0)).max(1.0);
        let top = pos2(left, axis.rect.bottom() - height);
        let bar = Rect::from_min_max(top, pos2(left + width, axis.rect.bottom()));
        mesh.add_colored_rect(bar, color(axis.t_ms(bar.center().x)));
    }
    painter.add(mesh);
}

/// The time under the pointer, and how many reports there are around it.
fn hover(ui: &Ui, response: &Response, axis: &Axis, pointer: Pos2, rhythm: Option<&Rhythm>) {
    let stroke = Stroke::new(1.0, ui.visuals().weak_text_color());
    ui.painter().vline(pointer.x, axis.rect.y_range(), stroke);
    let t_ms = axis.t_ms(pointer.x);
    let mut text = format!("{} UTC", utc_text(t_ms - t_ms.rem_euclid(1000)));
    if let Some(rhythm) = rhythm {
        let around = [pointer.x - 1.0, pointer.x + 1.0].map(|x| axis.t_ms(x));
        let lasts_ms = (around[1] - around[0]).max(1);
        let n = rhythm.rebinned(around[0], around[0] + lasts_ms, 1)[0];
        let per_min = n * 60_000.0 / lasts_ms as f32;
        text += &format!("\n{} reports a minute", grouped(per_min.round() as u64));
    }
    response.clone().on_hover_text_at_pointer(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten hours on a thousand pixels.
    fn axis() -> Axis {
        let rect = Rect::from_min_size(pos2(100.0, 0.0), vec2(1000.0, 40.0));
        Axis { from_ms: 0, to_ms: 36_000_000, rect }
    }

    #[test]
    fn a_pixel_is_36_seconds_there_and_back() {
        let axis = axis();
        assert_eq!(axis.t_ms(101.0), 36_000);
        assert!((axis.x(36_000) - 101.0).abs() < 1e-3);
    }

    #[test]
    fn the_pointer_takes_hold_of_what_is_near() {
        let (axis, mut time) = (axis(), TimeView::default());
        time.set_span_ms(Some((0, 36_000_000)));
        assert_eq!(held(&axis, &time, 300.0), Drag::Brush(7_200_000));
        time.brush(3_600_000, 10_800_000); // From 200 to 400 px.
        assert_eq!(held(&axis, &time, 203.0), Drag::Edge(10_800_000));
        assert_eq!(held(&axis, &time, 396.0), Drag::Edge(3_600_000));
        assert_eq!(held(&axis, &time, 300.0), Drag::Window(7_200_000));
        assert_eq!(held(&axis, &time, 500.0), Drag::Brush(14_400_000));
        time.set_now_ms(7_300_000);
        assert_eq!(held(&axis, &time, 300.0), Drag::Now);
    }
}
