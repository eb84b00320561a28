//! A line across a plot that is a parameter: dragged, or moved by keys.

use std::ops::RangeInclusive;

use egui::accesskit::{Action, ActionData};
use egui::{
    Align2, Color32, CursorIcon, EventFilter, Id, Key, PointerButton, Pos2, Rect, Response, Sense,
    Stroke, TextStyle, Ui, WidgetInfo, pos2, vec2,
};
use egui_plot::{PlotResponse, PlotTransform};

use super::axis::significant;

/// The line is taken hold of within this many points of it.
const GRAB_PX: f32 = 6.0;

/// With Shift a key moves it by this many points at once.
const LEAP_PX: f32 = 10.0;

/// How an axis of a plot is made of values.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Scale {
    /// A coordinate is the value.
    #[default]
    Linear,
    /// A coordinate is the logarithm of the value to base ten.
    Log10,
}

/// A line at a value, across a plot: draws it with its value, and lets it be moved.
///
/// It is dragged by the pointer; where it has the focus, arrows move it by a point of the screen,
/// with Shift by ten. Screen readers meet it as a slider. What it gives back is rounded to the
/// digits that a point of the screen is worth.
///
/// ```
/// use fairway::ui::plot::{DragLine, Scale, quiet};
///
/// fn tolerance_ui(ui: &mut egui::Ui, tolerance_m: &mut f64) {
///     let plot = quiet("retention").show(ui, |_| ());
///     let line = DragLine::vertical("tolerance").unit("m").scale(Scale::Log10).range(1.0..=1e4);
///     if let Some(moved_m) = line.note("kept 4.1 %").show(ui, &plot, *tolerance_m) {
///         *tolerance_m = moved_m;
///     }
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a line is drawn by `show`"]
pub struct DragLine<'a> {
    name: &'a str,
    label: &'a str,
    unit: &'a str,
    note: String,
    is_horizontal: bool,
    scale: Scale,
    range: RangeInclusive<f64>,
    is_whole: bool,
    color: Option<Color32>,
}

impl<'a> DragLine<'a> {
    /// A line from bottom to top, whose value lies on the x axis.
    pub fn vertical(name: &'a str) -> DragLine<'a> {
        DragLine {
            name,
            label: name,
            unit: "",
            note: String::new(),
            is_horizontal: false,
            scale: Scale::Linear,
            range: f64::NEG_INFINITY..=f64::INFINITY,
            is_whole: false,
            color: None,
        }
    }

    /// A line from left to right, whose value lies on the y axis.
    pub fn horizontal(name: &'a str) -> DragLine<'a> {
        DragLine { is_horizontal: true, ..DragLine::vertical(name) }
    }

    /// What screen readers call it, where its name alone would not do.
    pub fn label(self, label: &'a str) -> Self {
        DragLine { label, ..self }
    }

    /// The unit, written behind the value.
    pub fn unit(self, unit: &'a str) -> Self {
        DragLine { unit, ..self }
    }

    /// What the value means here, written behind it: `412 of 500 trips core`.
    pub fn note(self, note: impl Into<String>) -> Self {
        DragLine { note: note.into(), ..self }
    }

    /// How its axis is made of values.
    pub fn scale(self, scale: Scale) -> Self {
        DragLine { scale, ..self }
    }

    /// What the value may be.
    pub fn range(self, range: RangeInclusive<f64>) -> Self {
        DragLine { range, ..self }
    }

    /// The value is a whole number; a key moves it by one, with Shift by ten.
    pub fn whole(self) -> Self {
        DragLine { is_whole: true, ..self }
    }

    /// Another color than that of text.
    pub fn color(self, color: Color32) -> Self {
        DragLine { color: Some(color), ..self }
    }

    /// Draws the line at `value` into a plot that was just shown. Gives back the new value while
    /// it is being moved. A value beyond the plot is drawn at its edge, not-a-number not at all.
    pub fn show<R>(&self, ui: &Ui, plot: &PlotResponse<R>, value: f64) -> Option<f64> {
        if value.is_nan() {
            return None;
        }
        let (transform, frame) = (&plot.transform, *plot.transform.frame());
        let at = self.place(transform, value);
        let id = plot.response.id.with(("drag line", self.name));
        let band = if self.is_horizontal {
            Rect::from_x_y_ranges(frame.x_range(), at - GRAB_PX..=at + GRAB_PX)
        } else {
            Rect::from_x_y_ranges(at - GRAB_PX..=at + GRAB_PX, frame.y_range())
        };
        let cursor = if self.is_horizontal {
            CursorIcon::ResizeVertical
        } else {
            CursorIcon::ResizeHorizontal
        };
        let response =
            ui.interact(band, id, Sense::click_and_drag()).on_hover_and_drag_cursor(cursor);
        let moved = self
            .dragged(ui, &response, transform, at)
            .or_else(|| self.stepped(ui, &response, transform, value, at))
            .or_else(|| requested(ui, id))
            .map(|value| self.allowed(value))
            .filter(|new| *new != value && new.is_finite());
        let value = moved.unwrap_or(value);
        self.tell(ui, &response, value);
        self.draw(ui, &response, frame, self.place(transform, value), value);
        moved
    }

    /// What is written beside it.
    fn text(&self, value: f64) -> String {
        let number = if self.is_whole { format!("{value:.0}") } else { significant(value, 4) };
        let space = if self.unit.is_empty() { "" } else { " " };
        let colon = if self.note.is_empty() { "" } else { ": " };
        format!("{} {number}{space}{}{colon}{}", self.name, self.unit, self.note)
    }

    /// Where on the screen a value lies, at the plot's edge where it lies beyond.
    fn place(&self, transform: &PlotTransform, value: f64) -> f32 {
        let coordinate = match self.scale {
            Scale::Linear => value,
            Scale::Log10 => value.max(f64::MIN_POSITIVE).log10(),
        };
        let frame = transform.frame();
        if self.is_horizontal {
            let low = transform.bounds().min()[1];
            let high = transform.bounds().max()[1];
            transform
                .position_from_point_y(coordinate.clamp(low, high))
                .clamp(frame.top(), frame.bottom())
        } else {
            let low = transform.bounds().min()[0];
            let high = transform.bounds().max()[0];
            transform
                .position_from_point_x(coordinate.clamp(low, high))
                .clamp(frame.left(), frame.right())
        }
    }

    /// The value at a place on the screen, to the digits that a point is worth there.
    fn value_at(&self, transform: &PlotTransform, at: f32) -> f64 {
        let exact = |at: f32| {
            let point = if self.is_horizontal {
                transform.value_from_position(pos2(0.0, at)).y
            } else {
                transform.value_from_position(pos2(at, 0.0)).x
            };
            match self.scale {
                Scale::Linear => point,
                Scale::Log10 => 10_f64.powf(point),
            }
        };
        let resolution = (exact(at + 0.5) - exact(at - 0.5)).abs();
        rounded(exact(at), resolution)
    }

    fn allowed(&self, value: f64) -> f64 {
        let value = if self.is_whole { value.round() } else { value };
        value.max(*self.range.start()).min(*self.range.end())
    }

    fn dragged(
        &self,
        ui: &Ui,
        response: &Response,
        transform: &PlotTransform,
        at: f32,
    ) -> Option<f64> {
        if !response.dragged_by(PointerButton::Primary) {
            return None;
        }
        let along = |place: Pos2| if self.is_horizontal { place.y } else { place.x };
        // It is not torn to the pointer, but follows from where it was taken hold of.
        let aside = if response.drag_started() {
            let pressed = ui.input(|input| input.pointer.press_origin()).map_or(at, along);
            ui.data_mut(|data| data.insert_temp(response.id, at - pressed));
            at - pressed
        } else {
            ui.data(|data| data.get_temp(response.id)).unwrap_or(0.0)
        };
        let pointer = along(response.interact_pointer_pos()?);
        Some(self.value_at(transform, pointer + aside))
    }

    /// Where arrow keys, or a screen reader's buttons, move it to.
    fn stepped(
        &self,
        ui: &Ui,
        response: &Response,
        transform: &PlotTransform,
        value: f64,
        at: f32,
    ) -> Option<f64> {
        let mut steps = ui.input(|input| {
            input.num_accesskit_action_requests(response.id, Action::Increment) as f32
                - input.num_accesskit_action_requests(response.id, Action::Decrement) as f32
        });
        if response.has_focus() {
            let keeps = EventFilter {
                horizontal_arrows: !self.is_horizontal,
                vertical_arrows: self.is_horizontal,
                ..EventFilter::default()
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, keeps));
            let (more, less) = if self.is_horizontal {
                (Key::ArrowUp, Key::ArrowDown)
            } else {
                (Key::ArrowRight, Key::ArrowLeft)
            };
            steps += ui.input(|input| {
                let leap = if input.modifiers.shift { LEAP_PX } else { 1.0 };
                leap * (input.num_presses(more) as f32 - input.num_presses(less) as f32)
            });
        }
        if steps == 0.0 {
            return None;
        }
        if self.is_whole {
            return Some(value + f64::from(steps));
        }
        let is_turned = transform.value_from_position(transform.frame().max).x
            < transform.value_from_position(transform.frame().min).x;
        let toward = if self.is_horizontal || is_turned { -steps } else { steps };
        Some(self.value_at(transform, at + toward))
    }

    /// Presents it to screen readers.
    fn tell(&self, ui: &Ui, response: &Response, value: f64) {
        response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), value, self.label));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_value(self.text(value));
            if self.range.start().is_finite() && self.range.end().is_finite() {
                node.set_min_numeric_value(*self.range.start());
                node.set_max_numeric_value(*self.range.end());
            }
            for action in [Action::SetValue, Action::Increment, Action::Decrement] {
                node.add_action(action);
            }
        });
    }

    fn draw(&self, ui: &Ui, response: &Response, frame: Rect, at: f32, value: f64) {
        let painter = ui.painter().with_clip_rect(frame.expand(4.0).intersect(ui.clip_rect()));
        let color = self.color.unwrap_or_else(|| ui.visuals().strong_text_color());
        let is_lit = response.hovered() || response.dragged() || response.has_focus();
        let stroke = Stroke::new(if is_lit { 2.5 } else { 1.5 }, color);
        // The knob shows that the line can be moved.
        let knob = if self.is_horizontal {
            painter.hline(frame.x_range(), at, stroke);
            pos2(frame.left() + 5.0, at)
        } else {
            painter.vline(at, frame.y_range(), stroke);
            pos2(at, frame.bottom() - 5.0)
        };
        painter.circle_filled(knob, if is_lit { 5.0 } else { 4.0 }, color);
        if response.has_focus() {
            painter.circle_stroke(knob, 7.5, ui.visuals().selection.stroke);
        }
        let font = TextStyle::Small.resolve(ui.style());
        let galley = painter.layout_no_wrap(self.text(value), font, color);
        let (size, gap) = (galley.size(), 4.0);
        let (align, corner) = if self.is_horizontal {
            let fits_above = at - gap - size.y >= frame.top();
            let y = if fits_above { at - gap } else { at + gap };
            let align = if fits_above { Align2::RIGHT_BOTTOM } else { Align2::RIGHT_TOP };
            (align, pos2(frame.right() - gap, y))
        } else {
            let fits_right = at + gap + size.x <= frame.right();
            let x = if fits_right { at + gap } else { at - gap };
            let align = if fits_right { Align2::LEFT_TOP } else { Align2::RIGHT_TOP };
            (align, pos2(x, frame.top() + gap))
        };
        let place = align.anchor_size(corner, size);
        let ground = ui.visuals().extreme_bg_color.gamma_multiply(0.85);
        painter.rect_filled(place.expand2(vec2(2.0, 0.0)), 2.0, ground);
        painter.galley(place.min, galley, color);
    }
}

/// The value that a screen reader asks for.
fn requested(ui: &Ui, id: Id) -> Option<f64> {
    ui.input(|input| {
        let requests = input.accesskit_action_requests(id, Action::SetValue);
        let number = |data: &Option<ActionData>| match data {
            Some(ActionData::NumericValue(value)) => Some(*value),
            _ => None,
        };
        requests.filter_map(|request| number(&request.data)).last()
    })
}

/// `value` without the digits beyond `resolution`.
fn rounded(value: f64, resolution: f64) -> f64 {
    if !(resolution > 0.0 && resolution.is_finite() && value.is_finite()) {
        return value;
    }
    let power = resolution.log10().floor() as i32;
    // Powers of ten below one are not exact: to divide by those above is.
    if power >= 0 {
        let unit = 10_f64.powi(power);
        (value / unit).round() * unit
    } else {
        let unit = 10_f64.powi(-power);
        (value * unit).round() / unit
    }
}

#[cfg(test)]
mod tests;
