//! A table of any length: a header that sorts, rows of which only those in view are made, columns
//! that can be resized, and keys that move through it.
//!
//! Cells are painted, not widgets: a row is one place to click and one name for screen readers, and
//! both scroll bars stay in view, which a table within a scroll area cannot offer.

use std::borrow::Cow;

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, CursorIcon, EventFilter, FontId, Id, Key, Modifiers, Painter, Pos2, Rect,
    Response, Role, ScrollArea, Sense, Shape, Stroke, StrokeKind, TextStyle, Ui, WidgetInfo, pos2,
    vec2,
};

use super::cell::Cell;
use super::rows::Sort;
use super::sheet::Sheet;

/// Room between the text of a cell and its column's edges.
const MARGIN_PX: f32 = 5.0;

/// Narrower than this a column cannot be made.
const NARROWEST_PX: f32 = 28.0;

/// A column of a table of what a `T` holds.
pub struct Column<T = Sheet> {
    /// Its header.
    pub title: &'static str,
    /// What it holds, at length.
    pub help: &'static str,
    /// How wide it is at first.
    pub width_px: f32,
    /// Whether its cells stand at the right.
    pub is_number: bool,
    /// The cell in one row.
    pub cell: for<'a> fn(&'a T, usize) -> Cell<'a>,
}

/// What there is to show.
pub struct Content<'a, T = Sheet> {
    /// What screen readers call the table.
    pub name: &'a str,
    /// The columns, from left to right.
    pub columns: &'a [Column<T>],
    /// How many rows there are.
    pub n_rows: usize,
    /// The value of a cell, by row and column.
    pub cell: &'a dyn Fn(usize, usize) -> Cell<'a>,
    /// Whether a row is selected.
    pub is_selected: &'a dyn Fn(usize) -> bool,
    /// The color of a mark at a row's left edge.
    pub mark: &'a dyn Fn(usize) -> Option<Color32>,
    /// The row that keys move on from. Asked only when one is pressed.
    pub current: &'a dyn Fn() -> Option<usize>,
}

/// What the user did with a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    /// Clicked it, or moved to it by a key.
    Pick(usize),
    /// Clicked it with Ctrl.
    Add(usize),
    /// Clicked it twice, or pressed Enter.
    Fit(usize),
}

/// What a table keeps between frames.
#[derive(Default)]
pub struct Grid {
    /// How it is sorted.
    pub sort: Sort,
    widths_px: Vec<f32>,
    /// A row to bring into view, and whether into the middle of it.
    goal: Option<(usize, bool)>,
    /// Whether the last click was in here, so that keys are meant for it.
    is_active: bool,
    offset_px: f32,
    height_px: f32,
}

impl Grid {
    /// A table that is sorted like this at first.
    pub fn sorted(sort: Sort) -> Grid {
        Grid { sort, ..Grid::default() }
    }

    /// Brings a row into view in the next frame; into the middle, if it is not in view yet.
    pub fn reveal(&mut self, row: usize) {
        self.goal = Some((row, true));
    }

    /// Draws the table. Says what was done with a row, if anything.
    pub fn ui<T>(&mut self, ui: &mut Ui, content: &Content<T>) -> Option<Act> {
        if self.widths_px.len() != content.columns.len() {
            self.widths_px = content.columns.iter().map(|column| column.width_px).collect();
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let pitch_px = (ui.text_style_height(&TextStyle::Body) + 4.0).round();
        let (head, _) =
            ui.allocate_exact_size(vec2(ui.available_width(), pitch_px), Sense::hover());
        let base = ui.scope_id().with(content.name);
        let focus = ui.interact(ui.available_rect_before_wrap(), base, Sense::FOCUSABLE);
        focus.widget_info(|| WidgetInfo::labeled(Role::Table, true, content.name));
        let mut act = self.act_on_keys(ui, &focus, content, pitch_px);

        let mut area = ScrollArea::both().id_salt(content.name).auto_shrink([false, false]);
        if let Some(offset_px) = self.offset_to_goal(pitch_px) {
            area = area.vertical_scroll_offset(offset_px);
        }
        let widths_px = &self.widths_px;
        let output = area.show_viewport(ui, |ui, view| {
            let width_px = widths_px.iter().sum::<f32>().max(view.width());
            let origin = ui.max_rect().min;
            ui.set_min_size(vec2(width_px, content.n_rows as f32 * pitch_px));
            let rows = rows_in(view, pitch_px, content.n_rows);
            // From the top of the view: far down, an f32 no longer tells tenths of a pixel apart.
            let top = |row: usize| {
                let from_view = row as f64 * f64::from(pitch_px) - f64::from(view.min.y);
                origin.y + view.min.y + from_view as f32
            };
            let mut act = None;
            for row in rows {
                let rect = Rect::from_min_size(pos2(origin.x, top(row)), vec2(width_px, pitch_px));
                act = row_ui(ui, base.with(("row", row)), rect, row, widths_px, content).or(act);
            }
            act
        });
        if output.inner.is_some() {
            (self.is_active, act) = (true, output.inner);
        }
        let offset = output.state.clamped_offset();
        (self.offset_px, self.height_px) = (offset.y, output.inner_rect.height());
        self.head_ui(ui, base, head, offset.x, content.columns);
        if focus.has_focus() {
            let ring = ui.visuals().selection.stroke;
            ui.painter().rect_stroke(output.inner_rect, 0.0, ring, StrokeKind::Inside);
        }
        act
    }

    /// Where to scroll to, if a row is to be brought into view.
    fn offset_to_goal(&mut self, pitch_px: f32) -> Option<f32> {
        // Before the first frame it is not known what is in view.
        let (row, is_centered) = self.goal.take_if(|_| self.height_px > 0.0)?;
        let (top, bottom) = (row as f32 * pitch_px, (row + 1) as f32 * pitch_px);
        let (first, last) = (self.offset_px, self.offset_px + self.height_px);
        if top >= first && bottom <= last {
            None
        } else if is_centered {
            Some((top - 0.5 * (self.height_px - pitch_px)).max(0.0))
        } else if top < first {
            Some(top)
        } else {
            Some((bottom - self.height_px).max(0.0))
        }
    }

    /// Moves through the rows if keys are meant for this table: it has the focus, or the pointer,
    /// or it was the last to be clicked and nothing else has the focus.
    fn act_on_keys<T>(
        &mut self,
        ui: &Ui,
        focus: &Response,
        content: &Content<T>,
        pitch_px: f32,
    ) -> Option<Act> {
        let has_pointer = ui.rect_contains_pointer(focus.rect);
        if !has_pointer && ui.input(|input| input.pointer.any_pressed()) {
            self.is_active = false;
        }
        let is_free = !ui.ctx().egui_wants_keyboard_input();
        let has_focus = focus.has_focus();
        let is_meant = has_focus || (is_free && (has_pointer || self.is_active));
        if !is_meant || content.n_rows == 0 {
            return None;
        }
        if has_focus {
            let keeps = EventFilter { vertical_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(focus.id, keeps));
        }
        let page = ((self.height_px / pitch_px) as isize - 1).max(1);
        let pressed = ui.input_mut(|input| {
            let is_ours = |key: &Key| *key != Key::Enter || has_focus;
            KEYS.into_iter().filter(is_ours).find(|key| input.consume_key(Modifiers::NONE, *key))
        })?;
        let (current, last) = ((content.current)(), content.n_rows - 1);
        let by = |step: isize| current.map_or(0, |row| row.saturating_add_signed(step).min(last));
        let row = match pressed {
            Key::ArrowUp => by(-1),
            Key::ArrowDown => by(1),
            Key::PageUp => by(-page),
            Key::PageDown => by(page),
            Key::Home => 0,
            Key::End => last,
            _ => return current.map(Act::Fit),
        };
        self.goal = Some((row, false));
        Some(Act::Pick(row))
    }

    /// The header, which moves sideways with the rows.
    fn head_ui<T>(&mut self, ui: &Ui, base: Id, head: Rect, offset_px: f32, columns: &[Column<T>]) {
        let painter = ui.painter().with_clip_rect(head.intersect(ui.clip_rect()));
        painter.rect_filled(head, 0.0, ui.visuals().panel_fill);
        let font = TextStyle::Body.resolve(ui.style());
        let mut left = head.left() - offset_px;
        for (place, column) in columns.iter().enumerate() {
            let rect = Rect::from_min_size(
                pos2(left, head.top()),
                vec2(self.widths_px[place], head.height()),
            );
            left = rect.right();
            if !rect.intersects(head) {
                continue;
            }
            let is_sorted = self.sort.column == place;
            let title =
                ui.interact(rect.intersect(head), base.with(("head", place)), Sense::click());
            title.widget_info(|| {
                WidgetInfo::selected(Role::ColumnHeader, true, is_sorted, column.title)
            });
            if title.clicked() {
                self.sort = self.sort.clicked(place);
                ui.ctx().request_repaint();
            }
            let color = ui.style().interact(&title).text_color();
            let color = if is_sorted { ui.visuals().strong_text_color() } else { color };
            if title.has_focus() || title.hovered() {
                painter.rect_filled(rect, 0.0, ui.visuals().widgets.hovered.weak_bg_fill);
            }
            title.on_hover_text(column.help);
            let mut room = rect.shrink2(vec2(MARGIN_PX, 0.0));
            if is_sorted {
                let tip = pos2(room.right() - 4.0, room.center().y);
                painter.add(triangle(tip, self.sort.is_descending, color));
                room.max.x -= 11.0;
            }
            paint_text(&painter, room, column.title.into(), &font, color, column.is_number);
            self.resize_ui(ui, base, rect, head, place, column.width_px);
        }
        painter.hline(head.x_range(), head.bottom(), separator(ui));
    }

    /// The right edge of a header, which is dragged to make its column wider.
    fn resize_ui(
        &mut self,
        ui: &Ui,
        base: Id,
        rect: Rect,
        head: Rect,
        place: usize,
        first_px: f32,
    ) {
        let edge = Rect::from_x_y_ranges(rect.right() - 3.0..=rect.right() + 2.0, rect.y_range());
        let handle = ui.interact(
            edge.intersect(head),
            base.with(("edge", place)),
            Sense::DRAG | Sense::CLICK,
        );
        let width_px = &mut self.widths_px[place];
        if handle.double_clicked() {
            *width_px = first_px;
        } else if handle.dragged() {
            *width_px = (*width_px + handle.drag_delta().x).max(NARROWEST_PX);
        }
        let is_lit = handle.hovered() || handle.dragged();
        let stroke = if is_lit { ui.visuals().widgets.hovered.bg_stroke } else { separator(ui) };
        ui.painter().with_clip_rect(head).vline(rect.right(), rect.y_range(), stroke);
        handle.on_hover_and_drag_cursor(CursorIcon::ResizeColumn);
    }
}

const KEYS: [Key; 7] =
    [Key::ArrowUp, Key::ArrowDown, Key::PageUp, Key::PageDown, Key::Home, Key::End, Key::Enter];

/// The rows of which something can be seen.
fn rows_in(view: Rect, pitch_px: f32, n_rows: usize) -> std::ops::Range<usize> {
    let first = (view.min.y / pitch_px).floor().max(0.0) as usize;
    let end = (view.max.y / pitch_px).ceil().max(0.0) as usize;
    first.min(n_rows)..end.min(n_rows)
}

fn row_ui<T>(
    ui: &Ui,
    id: Id,
    rect: Rect,
    row: usize,
    widths_px: &[f32],
    content: &Content<T>,
) -> Option<Act> {
    let response = ui.interact(rect, id, Sense::CLICK);
    let is_selected = (content.is_selected)(row);
    let visuals = ui.visuals();
    let (fill, color) = if is_selected {
        (visuals.selection.bg_fill, visuals.selection.stroke.color)
    } else if response.hovered() {
        (visuals.widgets.hovered.weak_bg_fill, visuals.widgets.hovered.text_color())
    } else if row.is_multiple_of(2) {
        (visuals.faint_bg_color, visuals.text_color())
    } else {
        (Color32::TRANSPARENT, visuals.text_color())
    };
    let painter = ui.painter();
    painter.rect_filled(rect, 0.0, fill);
    if let Some(mark) = (content.mark)(row) {
        let bar = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
        painter.rect_filled(bar, 0.0, mark);
    }
    let font = TextStyle::Body.resolve(ui.style());
    let pointer = response.hover_pos();
    let (mut left, mut cut) = (rect.left(), None);
    for (place, column) in content.columns.iter().enumerate() {
        let room =
            Rect::from_min_size(pos2(left, rect.top()), vec2(widths_px[place], rect.height()));
        left = room.right();
        if !room.intersects(ui.clip_rect()) {
            continue;
        }
        let text = (content.cell)(row, place).shown();
        let inner = room.shrink2(vec2(MARGIN_PX, 0.0));
        let is_cut = paint_text(painter, inner, text, &font, color, column.is_number);
        if is_cut && pointer.is_some_and(|pointer| room.contains(pointer)) {
            cut = Some(place);
        }
    }
    response.widget_info(|| {
        let cells = content.columns.iter().enumerate().map(|(place, column)| {
            format!("{} {}", column.title, (content.cell)(row, place).shown())
        });
        let label = cells.collect::<Vec<_>>().join(", ");
        WidgetInfo::selected(Role::Row, true, is_selected, label)
    });
    let act = if response.double_clicked() {
        Some(Act::Fit(row))
    } else if response.clicked() {
        let is_more = ui.input(|input| input.modifiers.command);
        Some(if is_more { Act::Add(row) } else { Act::Pick(row) })
    } else {
        None
    };
    if let Some(place) = cut {
        response.on_hover_text_at_pointer((content.cell)(row, place).shown());
    }
    act
}

/// Writes `text` into one line of `room`, cut short where it is too long. Says whether it was.
fn paint_text(
    painter: &Painter,
    room: Rect,
    text: Cow<'_, str>,
    font: &FontId,
    color: Color32,
    is_right: bool,
) -> bool {
    let mut job = LayoutJob::simple_singleline(text.into_owned(), font.clone(), color);
    job.wrap = TextWrapping::truncate_at_width(room.width().max(0.0));
    let galley = painter.layout_job(job);
    let (align, at) = if is_right {
        (Align2::RIGHT_CENTER, room.right_center())
    } else {
        (Align2::LEFT_CENTER, room.left_center())
    };
    let place = align.anchor_size(at, galley.size());
    let is_cut = galley.elided;
    painter.galley(place.min, galley, color);
    is_cut
}

/// Points down where the greatest stands at the top. Painted: not every font has the sign.
fn triangle(center: Pos2, is_descending: bool, color: Color32) -> Shape {
    let y = if is_descending { 1.0 } else { -1.0 };
    let corners = [(-4.0, -2.5), (4.0, -2.5), (0.0, 3.0)];
    let corners = corners.map(|(dx, dy)| center + vec2(dx, dy * y));
    Shape::convex_polygon(corners.to_vec(), color, Stroke::NONE)
}

fn separator(ui: &Ui) -> Stroke {
    ui.visuals().widgets.noninteractive.bg_stroke
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(top: f32, bottom: f32) -> Rect {
        Rect::from_min_max(pos2(0.0, top), pos2(100.0, bottom))
    }

    #[test]
    fn only_rows_in_view_are_made() {
        assert_eq!(rows_in(view(0.0, 100.0), 20.0, 100_000), 0..5);
        assert_eq!(rows_in(view(1_999_990.0, 2_000_090.0), 20.0, 100_000), 99_999..100_000);
        assert_eq!(rows_in(view(30.0, 50.0), 20.0, 100_000), 1..3);
        assert_eq!(rows_in(view(0.0, 100.0), 20.0, 0), 0..0);
    }

    #[test]
    fn a_row_is_brought_into_view_and_left_alone_where_it_is() {
        let grid =
            |goal| Grid { goal: Some(goal), offset_px: 200.0, height_px: 100.0, ..Grid::default() };
        // In view are rows 10 to 14.
        assert_eq!(grid((12, true)).offset_to_goal(20.0), None);
        assert_eq!(grid((9, false)).offset_to_goal(20.0), Some(180.0));
        assert_eq!(grid((15, false)).offset_to_goal(20.0), Some(220.0));
        assert_eq!(grid((50, true)).offset_to_goal(20.0), Some(960.0));
        assert_eq!(grid((0, true)).offset_to_goal(20.0), Some(0.0));
        // Nothing was drawn yet: the goal waits.
        let mut grid = Grid { goal: Some((50, true)), ..Grid::default() };
        assert_eq!((grid.offset_to_goal(20.0), grid.goal), (None, Some((50, true))));
    }
}
