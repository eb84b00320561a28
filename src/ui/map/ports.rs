//! Ports: dots with their names where there is room, larger where more voyages begin and end.

use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Stroke, vec2};
use rustc_hash::FxHashSet;

use super::colors::MapColors;
use super::view::{View, mercator};
use crate::ais::{HarborSize, Port, PortId, PortTable};
use crate::flow::Key;

mod card;

pub use card::card;

/// Two ports that are drawn lie at least about so far apart, points of the screen.
const APART_PX: f32 = 7.0;

/// Names that are written at most.
const MOST_NAMES: usize = 90;

/// Radius of a port without voyages, and of the one with the most.
const LEAST_PX: f32 = 2.2;
const MOST_PX: f32 = 9.0;

const TEXT_PX: f32 = 11.0;

/// How far from a port's edge the pointer may be.
const PICK_PX: f32 = 6.0;

/// The zoom from which harbors of a size are drawn, and from which their names are: without voyages.
/// In the order of [`HarborSize`].
const DRAWN_FROM: [f64; 5] = [5.0, 5.0, 4.0, 2.0, 0.0];
const NAMED_FROM: [f64; 5] = [8.0, 8.5, 7.0, 5.0, 3.5];

/// How many voyages begin and end in each port of a table, by its id.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PortUse {
    /// Voyages that begin there.
    pub departures: Vec<u32>,
    /// Voyages that end there.
    pub arrivals: Vec<u32>,
}

impl PortUse {
    /// Of the ends of voyages in a table of `n` ports.
    pub fn of(n: usize, ends: impl Iterator<Item = (PortId, PortId)>) -> PortUse {
        let mut of = PortUse { departures: vec![0; n], arrivals: vec![0; n] };
        for (from, to) in ends {
            for (counts, port) in [(&mut of.departures, from), (&mut of.arrivals, to)] {
                if let Some(count) = counts.get_mut(port.0 as usize) {
                    *count += 1;
                }
            }
        }
        of
    }

    /// Voyages that begin or end there.
    pub fn total(&self, port: PortId) -> u32 {
        let of = |counts: &[u32]| counts.get(port.0 as usize).copied().unwrap_or(0);
        of(&self.departures) + of(&self.arrivals)
    }
}

/// How ports are drawn in a frame.
#[derive(Clone, Copy)]
pub struct PortLook<'a> {
    /// The ports.
    pub table: &'a PortTable,
    /// How much they are used; nothing where no voyages are known.
    pub used: Option<&'a PortUse>,
    /// The results that ports and voyages are of.
    pub of: [Option<Key>; 2],
    /// The one that is selected.
    pub selected: Option<PortId>,
    /// Whether they stand back behind something else: smaller contrast, and no names but the selected.
    pub is_quiet: bool,
    /// Whether it is dark.
    pub is_dark: bool,
    /// What is selected has this color.
    pub selected_color: Color32,
}

/// A port on the screen.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Dot {
    port: PortId,
    at: Pos2,
    radius_px: f32,
}

/// The layer, and what it keeps between frames.
#[derive(Default)]
pub struct PortLayer {
    /// Ports from the most to the least important, of a table and its uses.
    order: Option<([Option<Key>; 2], Vec<u32>)>,
    /// What was drawn last, the topmost last: what the pointer finds.
    dots: Vec<Dot>,
}

impl PortLayer {
    /// Draws the ports in view, the important ones first: others that would lie on them are left out
    /// until the map is nearer.
    pub fn paint(&mut self, painter: &Painter, view: &View, look: &PortLook) {
        let painter = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
        self.follow(look);
        let order = self.order.as_ref().map_or(&[][..], |(_, order)| order);
        self.dots = dots(order, view, look);
        let colors = MapColors::of(look.is_dark);
        for dot in &self.dots {
            let is_selected = look.selected == Some(dot.port);
            let is_used = look.used.is_some_and(|used| used.total(dot.port) > 0);
            let fill = if is_selected {
                look.selected_color
            } else if is_used {
                colors.ink
            } else {
                colors.ink.gamma_multiply(0.55)
            };
            let fill = if look.is_quiet && !is_selected { fill.gamma_multiply(0.45) } else { fill };
            painter.circle(dot.at, dot.radius_px, fill, Stroke::new(1.0, colors.sea));
            if is_selected {
                let ring = Stroke::new(2.0, look.selected_color);
                painter.circle_stroke(dot.at, dot.radius_px + 4.0, ring);
            }
        }
        self.names(&painter, view, look, &colors);
    }

    /// Forgets what was drawn: the layer is switched off.
    pub fn clear(&mut self) {
        self.dots.clear();
    }

    /// The port under the pointer, of those that were drawn last.
    pub fn pick(&self, pointer: Pos2) -> Option<PortId> {
        let near = self.dots.iter().filter_map(|dot| {
            let off_px = dot.at.distance(pointer) - dot.radius_px;
            (off_px <= PICK_PX).then_some((off_px, dot.port))
        });
        near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, port)| port)
    }

    /// Sorts the ports anew where the table or its uses are others.
    fn follow(&mut self, look: &PortLook) {
        if self.order.as_ref().is_none_or(|(of, _)| *of != look.of) {
            let importance = |index: &u32| {
                let port = &look.table.ports()[*index as usize];
                let used = look.used.map_or(0, |used| used.total(PortId(*index)));
                std::cmp::Reverse((used, port.size))
            };
            let mut order: Vec<u32> = (0..look.table.len() as u32).collect();
            order.sort_by_key(importance);
            self.order = Some((look.of, order));
        }
    }

    /// Writes names beside the dots, none over another or over a dot.
    fn names(&self, painter: &Painter, view: &View, look: &PortLook, colors: &MapColors) {
        let mut taken: Vec<Rect> = Vec::new();
        let zoom = view.zoom();
        // The selected one finds room first.
        let is_selected = |dot: &&Dot| look.selected == Some(dot.port);
        let chosen = self.dots.iter().filter(is_selected);
        let others = self.dots.iter().filter(|dot| !is_selected(dot));
        for dot in chosen.chain(others) {
            if taken.len() >= MOST_NAMES {
                break;
            }
            let port = look.table.port(dot.port);
            let is_used = look.used.is_some_and(|used| used.total(dot.port) > 0);
            let from = NAMED_FROM[port.size as usize] - if is_used { 2.5 } else { 0.0 };
            if (zoom < from || look.is_quiet) && look.selected != Some(dot.port) {
                continue;
            }
            let font = FontId::proportional(TEXT_PX);
            let galley = painter.layout_no_wrap(port.name.clone(), font, colors.ink);
            let size = galley.size() + vec2(4.0, 0.0);
            let gap = vec2(dot.radius_px + 2.0, 0.0);
            let rects = [
                Align2::LEFT_CENTER.anchor_size(dot.at + gap, size),
                Align2::RIGHT_CENTER.anchor_size(dot.at - gap, size),
                Align2::CENTER_BOTTOM.anchor_size(dot.at - vec2(0.0, gap.x), size),
                Align2::CENTER_TOP.anchor_size(dot.at + vec2(0.0, gap.x), size),
            ];
            let is_free = |rect: &Rect| {
                view.clip_rect.contains_rect(*rect)
                    && taken.iter().all(|other| !other.intersects(*rect))
            };
            let Some(rect) = rects.into_iter().find(is_free) else { continue };
            painter.rect_filled(rect, 2.0, colors.plate.gamma_multiply(0.6));
            painter.galley(rect.min + vec2(2.0, 0.0), galley, colors.ink);
            taken.push(rect);
        }
    }
}

/// The ports that are drawn, in the order of `order`: one to a cell of the screen.
fn dots(order: &[u32], view: &View, look: &PortLook) -> Vec<Dot> {
    let zoom = view.zoom();
    let most = order.first().map_or(0, |first| look.used.map_or(0, |u| u.total(PortId(*first))));
    let visible = view.visible();
    let room = view.clip_rect.expand(MOST_PX);
    let mut taken: FxHashSet<(i32, i32)> = FxHashSet::default();
    let mut dots = Vec::new();
    for index in order {
        let id = PortId(*index);
        let port: &Port = look.table.port(id);
        let used = look.used.map_or(0, |used| used.total(id));
        let is_selected = look.selected == Some(id);
        if used == 0 && zoom < DRAWN_FROM[port.size as usize] && !is_selected {
            continue;
        }
        let [x, y] = mercator(port.position);
        // Several copies of the world may be in view.
        let first = (visible.min[0] - x).ceil() as i32;
        let last = (visible.max[0] - x).floor() as i32;
        for copy in first..=last.min(first + 8) {
            let at = view.mercator_to_screen([x + f64::from(copy), y]);
            if !room.contains(at) {
                continue;
            }
            let cell = |px: f32| (px / APART_PX).floor() as i32;
            if !taken.insert((cell(at.x), cell(at.y))) && !is_selected {
                continue;
            }
            dots.push(Dot { port: id, at, radius_px: radius_px(used, most, port.size) });
        }
    }
    dots
}

/// Area grows with use.
fn radius_px(used: u32, most: u32, size: HarborSize) -> f32 {
    if used == 0 {
        return LEAST_PX + 0.35 * f32::from(size as u8);
    }
    let share = f64::from(used) / f64::from(most.max(1));
    let least = LEAST_PX + 1.0;
    least + (MOST_PX - least) * share.sqrt() as f32
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;
    use crate::base::geo::Position;

    fn port(name: &str, size: HarborSize, lon: f64, lat: f64) -> Port {
        Port { name: name.into(), size, position: Position::new(lon, lat), ..Port::default() }
    }

    fn whole_world() -> View {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(1024.0, 768.0));
        View::new(Position::new(0.0, 30.0), 2.0, rect)
    }

    fn table() -> PortTable {
        PortTable::new(vec![
            port("Small", HarborSize::Small, 10.0, 54.0),
            port("Large", HarborSize::Large, 10.001, 54.0),
            port("Far", HarborSize::Large, -120.0, 34.0),
            port("Tiny", HarborSize::VerySmall, 100.0, 1.0),
        ])
    }

    fn look<'a>(table: &'a PortTable, used: Option<&'a PortUse>) -> PortLook<'a> {
        PortLook {
            table,
            used,
            of: [None; 2],
            selected: None,
            is_quiet: false,
            is_dark: true,
            selected_color: Color32::YELLOW,
        }
    }

    fn drawn(view: &View, look: &PortLook) -> Vec<(u32, f32)> {
        let mut layer = PortLayer::default();
        layer.follow(look);
        let order = layer.order.unwrap().1;
        dots(&order, view, look).iter().map(|dot| (dot.port.0, dot.radius_px)).collect()
    }

    #[test]
    fn of_ports_that_lie_on_each_other_the_larger_is_drawn_and_small_ones_wait_for_the_zoom() {
        let table = table();
        let ids = |view: &View| -> Vec<u32> {
            drawn(view, &look(&table, None)).iter().map(|dot| dot.0).collect()
        };
        assert_eq!(ids(&whole_world()), [1, 2]);
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        let near = View::new(Position::new(10.0, 54.0), 17.0, rect);
        assert_eq!(ids(&near), [1, 0], "a thousandth of a degree is seen close in");
        let tiny = View::new(Position::new(100.0, 1.0), 6.0, rect);
        assert_eq!(ids(&tiny), [3]);
    }

    #[test]
    fn voyages_make_a_port_larger_and_let_it_be_seen_from_afar() {
        let table = table();
        let port = PortId;
        let ends = [(port(3), port(2)), (port(3), port(2)), (port(3), port(0)), (port(0), port(3))];
        let used = PortUse::of(4, ends.into_iter());
        assert_eq!([0, 1, 2, 3].map(|id| used.total(port(id))), [2, 0, 2, 4]);
        let dots = drawn(&whole_world(), &look(&table, Some(&used)));
        assert_eq!(dots[0], (3, MOST_PX), "the most used one is the largest, and drawn first");
        assert_eq!(dots.iter().map(|dot| dot.0).collect::<Vec<_>>(), [3, 2, 0]);
        assert!(dots[1].1 < MOST_PX && dots[1].1 > LEAST_PX);
    }

    #[test]
    fn the_pointer_finds_the_nearest_dot() {
        let mut layer = PortLayer::default();
        let dot = |port, x| Dot { port: PortId(port), at: pos2(x, 100.0), radius_px: 3.0 };
        layer.dots = vec![dot(7, 100.0), dot(8, 112.0)];
        assert_eq!(layer.pick(pos2(107.0, 100.0)), Some(PortId(8)));
        assert_eq!(layer.pick(pos2(92.0, 100.0)), Some(PortId(7)));
        assert_eq!(layer.pick(pos2(100.0, 120.0)), None);
        layer.clear();
        assert_eq!(layer.pick(pos2(100.0, 100.0)), None);
    }

    #[test]
    fn across_the_date_line_a_port_is_drawn_where_it_is_seen() {
        let table = PortTable::new(vec![port("Suva", HarborSize::Large, 178.4, -18.1)]);
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        let view = View::new(Position::new(-179.0, -18.0), 6.0, rect);
        let dots = dots(&[0], &view, &look(&table, None));
        assert_eq!(dots.len(), 1);
        assert!(rect.contains(dots[0].at) && dots[0].at.x < 400.0, "{:?}", dots[0].at);
    }
}
