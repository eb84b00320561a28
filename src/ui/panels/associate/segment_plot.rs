//! The paper's segment plot: a lane a ship, over time, in the colors of the tracks that her points were
//! put into. A ship that was found whole has one color; two ships that share one were joined.

use std::ops::Range;
use std::sync::Arc;

use egui::{
    Align2, FontId, Pos2, Rect, Response, ScrollArea, Sense, Stroke, StrokeKind, Ui, pos2, vec2,
};

use crate::associate::Segment;
use crate::base::text::{counted, grouped};
use crate::base::time::{duration_text, utc_text};
use crate::flow::Key;
use crate::flow::stages::AssociatedOf;
use crate::ui::associate_view::AssociateView;
use crate::ui::map::palette::category;
use crate::ui::panels::timeline::ticks::ticks;
use crate::ui::plot::describe;
use crate::ui::theme;
use crate::ui::time_view::TimeView;

/// Room for the names of ships, and for the times beneath.
const NAMES_PX: f32 = 104.0;
const TIMES_PX: f32 = 16.0;

/// Height of a lane.
const LEAST_LANE_PX: f32 = 9.0;
const MOST_LANE_PX: f32 = 24.0;

/// Lanes lower than this have no room for a name each.
const NAMED_LANE_PX: f32 = 11.0;

/// A segment is at least so wide, and this near to the pointer it is under it.
const LEAST_PX: f32 = 2.0;
const PICK_PX: f32 = 6.0;

/// What is not of the selected track keeps this part of its opacity.
const OTHERS: f32 = 0.35;

/// A ship's lane.
struct Lane {
    title: String,
    /// Hers of all segments.
    segments: Range<usize>,
}

/// A result as lanes.
struct Sheet {
    key: Key,
    breaks_first: bool,
    lanes: Vec<Lane>,
    span_ms: (i64, i64),
}

/// The plot, and what it keeps between frames.
#[derive(Default)]
pub struct SegmentPlot {
    sheet: Option<Sheet>,
    breaks_first: bool,
    zooms: bool,
}

/// What the user did in the plot.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Act {
    /// A point of the segment under the pointer.
    pub hovered: Option<u32>,
    /// A point of the segment that was clicked.
    pub clicked: Option<u32>,
    /// Whether it was clicked twice: the map is to go there.
    pub fits: bool,
}

impl Sheet {
    fn new(key: Key, of: &AssociatedOf, breaks_first: bool) -> Sheet {
        let all = &of.segments;
        let mut lanes: Vec<Lane> = Vec::new();
        let mut start = 0;
        for own in all.chunk_by(|a, b| a.vessel == b.vessel) {
            let title = of.ship_title(own[0].first).unwrap_or_default();
            lanes.push(Lane { title, segments: start..start + own.len() });
            start += own.len();
        }
        if breaks_first {
            lanes.sort_by_key(|lane| usize::MAX - lane.segments.len()); // Stable: else by ship.
        }
        let from = all.iter().map(|segment| segment.from_ms).min().unwrap_or(0);
        let to = all.iter().map(|segment| segment.to_ms).max().unwrap_or(0);
        Sheet { key, breaks_first, lanes, span_ms: (from, to) }
    }
}

/// Where times lie on the screen.
#[derive(Clone, Copy)]
struct Across {
    left: f32,
    width: f32,
    from_ms: i64,
    to_ms: i64,
}

impl Across {
    fn x(&self, t_ms: i64) -> f32 {
        let span_ms = (self.to_ms - self.from_ms).max(1) as f64;
        self.left + ((t_ms - self.from_ms) as f64 / span_ms * f64::from(self.width)) as f32
    }

    fn x_range(&self, segment: &Segment) -> [f32; 2] {
        let [left, right] = [segment.from_ms, segment.to_ms].map(|t_ms| self.x(t_ms));
        [left, right.max(left + LEAST_PX)]
    }
}

impl SegmentPlot {
    /// Draws the segments of a result. The selected track stands out. Says what was done.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        (key, of): (Key, &Arc<AssociatedOf>),
        time: &TimeView,
        view: &AssociateView,
    ) -> Act {
        let is_same = |sheet: &Sheet| (sheet.key, sheet.breaks_first) == (key, self.breaks_first);
        if !self.sheet.as_ref().is_some_and(is_same) {
            self.sheet = Some(Sheet::new(key, of, self.breaks_first));
        }
        let Some(sheet) = &self.sheet else { return Act::default() };
        let head = ui.horizontal(|ui| {
            ui.checkbox(&mut self.breaks_first, "Most broken first")
                .on_hover_text("Ships in the order of how often they were broken, else by number");
            let brush = time.brush_ms();
            ui.add_enabled_ui(brush.is_some(), |ui| {
                ui.checkbox(&mut self.zooms, "Zoom to the time window").on_hover_text(
                    "The window that is brushed on the timeline, or that a mistake set",
                );
            });
            let (rect, _) = ui.allocate_exact_size(
                vec2(ui.available_width(), ui.spacing().interact_size.y),
                Sense::hover(),
            );
            rect
        });
        let (from_ms, to_ms) = time.brush_ms().filter(|_| self.zooms).unwrap_or(sheet.span_ms);
        let room = ui.available_rect_before_wrap();
        if room.height() < 2.0 * TIMES_PX || room.width() < 2.0 * NAMES_PX {
            return Act::default();
        }
        let (lanes_rect, times_rect) = room.split_top_bottom_at_y(room.bottom() - TIMES_PX);
        let across = Across {
            left: room.left() + NAMES_PX,
            // The bar that scrolls lies at the right.
            width: room.width() - NAMES_PX - 12.0,
            from_ms,
            to_ms,
        };
        let n = sheet.lanes.len();
        let lane_px =
            (lanes_rect.height() / n.max(1) as f32).clamp(LEAST_LANE_PX, MOST_LANE_PX).floor();
        let plot = Plot { of, sheet, across, lane_px, view };
        let builder = egui::UiBuilder::new().max_rect(lanes_rect);
        let act = ui.scope_builder(builder, |ui| {
            let area = ScrollArea::vertical().id_salt("lanes").auto_shrink([false, false]);
            area.show_viewport(ui, |ui, viewport| plot.lanes_ui(ui, viewport, time)).inner
        });
        plot.times_ui(ui, times_rect);
        let act = act.inner;
        let text = act.1.map_or_else(
            || {
                "A lane a ship; colors are found tracks. A click selects a track, two go there"
                    .to_owned()
            },
            |segment| plot.text(segment),
        );
        let weak = ui.visuals().weak_text_color();
        let color = if act.1.is_some() { ui.visuals().text_color() } else { weak };
        let font = FontId::proportional(11.5);
        let painter = ui.painter().with_clip_rect(head.inner.intersect(ui.clip_rect()));
        painter.text(head.inner.left_center(), Align2::LEFT_CENTER, text, font, color);
        act.0
    }
}

/// A frame of the plot.
struct Plot<'a> {
    of: &'a AssociatedOf,
    sheet: &'a Sheet,
    across: Across,
    lane_px: f32,
    view: &'a AssociateView,
}

impl Plot<'_> {
    /// The lanes in view. Gives what was done, and the segment under the pointer.
    fn lanes_ui(&self, ui: &mut Ui, viewport: Rect, time: &TimeView) -> (Act, Option<usize>) {
        let lanes = &self.sheet.lanes;
        ui.set_min_size(vec2(viewport.width(), lanes.len() as f32 * self.lane_px));
        let origin = ui.max_rect().min;
        let rect = Rect::from_min_size(origin + viewport.min.to_vec2(), viewport.size());
        let response = ui.interact(rect, ui.scope_id().with("segments"), Sense::click());
        describe(
            &response,
            &format!(
                "Segment plot: {} in {} of {}",
                counted(lanes.len() as u64, "ship"),
                counted(self.of.segments.len() as u64, "segment"),
                counted(self.of.found.tracks as u64, "found track"),
            ),
        );
        let first = (viewport.min.y / self.lane_px).floor().max(0.0) as usize;
        let end = ((viewport.max.y / self.lane_px).ceil().max(0.0) as usize).min(lanes.len());
        let hovered = self.under(&response, origin.y);
        let track_of =
            |row: Option<u32>| row.and_then(|row| self.of.found.labels.get(row as usize).copied());
        let lit = [track_of(self.view.point()), track_of(self.view.hovered())];
        self.window_ui(ui, rect, time);
        for place in first.min(end)..end {
            let top = origin.y + place as f32 * self.lane_px;
            self.lane_ui(ui, place, top, lit);
        }
        if let Some(now_ms) = time.now_ms() {
            let stroke = Stroke::new(1.0, ui.visuals().strong_text_color());
            ui.painter().vline(self.across.x(now_ms), rect.y_range(), stroke);
        }
        let row = hovered.map(|segment| self.of.segments[segment].first);
        let act = Act {
            hovered: row,
            clicked: row.filter(|_| response.clicked()),
            fits: row.is_some() && response.double_clicked(),
        };
        (act, hovered)
    }

    /// What is brushed, as a band behind the lanes.
    fn window_ui(&self, ui: &Ui, rect: Rect, time: &TimeView) {
        let Some((from_ms, to_ms)) = time.brush_ms() else { return };
        let [left, right] = [from_ms, to_ms].map(|t_ms| self.across.x(t_ms));
        let all = left..=right.max(left + 1.0);
        let left = all.start().max(self.across.left);
        let right = all.end().min(self.across.left + self.across.width);
        let band = Rect::from_x_y_ranges(left..=right.max(left), rect.y_range());
        ui.painter().rect_filled(band, 0.0, ui.visuals().selection.bg_fill.gamma_multiply(0.25));
    }

    fn lane_ui(&self, ui: &Ui, place: usize, top: f32, [selected, hovered]: [Option<u32>; 2]) {
        let (lane, across) = (&self.sheet.lanes[place], self.across);
        let painter = ui.painter();
        let middle = top + 0.5 * self.lane_px;
        let every = (NAMED_LANE_PX / self.lane_px).ceil() as usize;
        if place.is_multiple_of(every.max(1)) {
            let names = Rect::from_min_max(
                pos2(across.left - NAMES_PX, top - self.lane_px),
                pos2(across.left - 4.0, top + 2.0 * self.lane_px),
            );
            let font = FontId::proportional(10.0);
            let color = ui.visuals().weak_text_color();
            let painter = painter.with_clip_rect(names.intersect(ui.clip_rect()));
            painter.text(
                pos2(names.right(), middle),
                Align2::RIGHT_CENTER,
                &lane.title,
                font,
                color,
            );
        }
        let field = Rect::from_x_y_ranges(
            across.left..=across.left + across.width,
            top..=top + self.lane_px,
        );
        let painter = painter.with_clip_rect(field.expand(1.0).intersect(ui.clip_rect()));
        let line = Stroke::new(1.0, ui.visuals().widgets.noninteractive.bg_stroke.color);
        painter.hline(field.x_range(), middle, Stroke::new(1.0, line.color.gamma_multiply(0.6)));
        let is_dark = ui.visuals().dark_mode;
        let mut drawn = f32::NEG_INFINITY;
        for segment in &self.of.segments[lane.segments.clone()] {
            let [left, right] = across.x_range(segment);
            let is_lit = [selected, hovered].contains(&Some(segment.track));
            // Of many on one point of the screen the first stands for all.
            if right < field.left() || left > field.right() || (right - drawn < 0.5 && !is_lit) {
                continue;
            }
            drawn = right;
            let bar = Rect::from_x_y_ranges(left..=right, top + 1.0..=top + self.lane_px - 1.0);
            let color = category(segment.track as usize, is_dark);
            let is_back = selected.is_some() && !is_lit;
            painter.rect_filled(
                bar,
                1.5,
                if is_back { color.gamma_multiply(OTHERS) } else { color },
            );
            if is_lit {
                let stroke = Stroke::new(1.5, theme::selection_color(ui));
                painter.rect_stroke(bar, 1.5, stroke, StrokeKind::Outside);
            }
        }
    }

    /// The times beneath.
    fn times_ui(&self, ui: &Ui, rect: Rect) {
        let across = self.across;
        let painter = ui.painter();
        let color = ui.visuals().weak_text_color();
        let font = FontId::proportional(10.0);
        let line = ui.visuals().widgets.noninteractive.bg_stroke;
        painter.hline(across.left..=across.left + across.width, rect.top(), line);
        for tick in ticks(across.from_ms, across.to_ms, across.width) {
            let x = across.x(tick.t_ms);
            painter.vline(x, rect.top()..=rect.top() + 4.0, Stroke::new(1.0, color));
            let at = pos2(x, rect.bottom());
            painter.text(at, Align2::CENTER_BOTTOM, tick.label, font.clone(), color);
        }
        painter.text(rect.left_bottom(), Align2::LEFT_BOTTOM, "UTC", font, color);
    }

    /// The segment under the pointer: of its lane the one that is there, or nearest.
    fn under(&self, response: &Response, top: f32) -> Option<usize> {
        let Pos2 { x, y } = response.hover_pos()?;
        let lane = self.sheet.lanes.get(((y - top) / self.lane_px).floor().max(0.0) as usize)?;
        let away = |segment: &Segment| {
            let [left, right] = self.across.x_range(segment);
            (left - x).max(x - right).max(0.0)
        };
        let own = lane.segments.clone().map(|place| (away(&self.of.segments[place]), place));
        let (away_px, place) = own.min_by(|(a, _), (b, _)| a.total_cmp(b))?;
        (away_px <= PICK_PX).then_some(place)
    }

    /// What a segment says.
    fn text(&self, place: usize) -> String {
        let segment = &self.of.segments[place];
        let ship = self.of.ship_title(segment.first).unwrap_or_default();
        let clock = |t_ms: i64| utc_text(t_ms).get(11..19).unwrap_or_default().to_owned();
        format!(
            "{ship}: found track {}, {} to {} UTC ({}), {}",
            grouped(segment.track.into()),
            clock(segment.from_ms),
            clock(segment.to_ms),
            duration_text(segment.to_ms - segment.from_ms),
            counted(segment.points.into(), "point"),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;
    use crate::flow::stages::broken_and_joined;

    fn key() -> Key {
        Key::of("test", &(), &[])
    }

    #[test]
    fn ships_stand_by_number_or_the_most_broken_first() {
        let of = broken_and_joined();
        let n = |sheet: Sheet| -> Vec<usize> {
            sheet.lanes.iter().map(|lane| lane.segments.len()).collect()
        };
        assert_eq!(n(Sheet::new(key(), &of, false)), [2, 1]);
        assert_eq!(Sheet::new(key(), &of, true).span_ms, (0, 180_000));
        let mut whole = of;
        whole.segments.rotate_left(2); // The second ship first.
        assert_eq!(n(Sheet::new(key(), &whole, false)), [1, 2]);
        assert_eq!(n(Sheet::new(key(), &whole, true)), [2, 1]);
    }

    #[test]
    fn a_click_on_a_segment_gives_a_point_of_it_and_between_segments_none() {
        let acts = Rc::new(RefCell::new(Vec::new()));
        let inner = Rc::clone(&acts);
        let (of, mut plot) = (Arc::new(broken_and_joined()), SegmentPlot::default());
        let mut harness = Harness::builder().with_size([620.0, 160.0]).build_ui(move |ui| {
            let (time, view) = (TimeView::default(), AssociateView::default());
            let act = plot.ui(ui, (key(), &of), &time, &view);
            inner.borrow_mut().push(act);
        });
        harness.run();
        let rect = harness.get_by_label_contains("Segment plot: 2 ships in 3 segments").rect();
        let mut click = |share: f32| {
            // Names are at the left of the first lane, then three minutes.
            let at = pos2(
                rect.left() + NAMES_PX + share * (rect.width() - NAMES_PX - 12.0),
                rect.top() + 8.0,
            );
            acts.borrow_mut().clear();
            harness.hover_at(at);
            harness.step();
            harness.drag_at(at);
            harness.step();
            harness.drop_at(at);
            harness.run();
            acts.borrow().iter().find_map(|act| act.clicked)
        };
        assert_eq!(click(0.2), Some(0), "from the first minute to the second");
        assert_eq!(click(0.5), None, "the ship is silent, as far as tracks tell");
        assert_eq!(click(0.9), Some(2), "its rest is in the other track");
    }

    #[test]
    fn a_segment_says_whose_it_is_where_it_was_put_and_when() {
        let of = broken_and_joined();
        let sheet = Sheet::new(key(), &of, false);
        let across = Across { left: 0.0, width: 100.0, from_ms: 0, to_ms: 180_000 };
        let view = AssociateView::default();
        let plot = Plot { of: &of, sheet: &sheet, across, lane_px: 10.0, view: &view };
        let said = plot.text(1);
        let expected = "found track 1, 00:02:00 to 00:03:00 UTC (1 min), 2 points";
        assert!(said.ends_with(expected), "{said}");
        assert_eq!(across.x_range(&of.segments[0]), [0.0, 100.0 / 3.0]);
    }
}
