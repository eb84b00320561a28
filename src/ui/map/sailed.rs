//! Voyages from port to port and ships under way: lines in the colors of the ports where they end.
//!
//! Drawn by the layer that draws trips, from the reports of each voyage put together anew.

use std::sync::Arc;

use eframe::egui_wgpu::RenderState;
use egui::{Painter, Pos2};
use rustc_hash::FxHashMap;

use super::found::{Held, Lines, show, whole_trips};
use super::palette::{ColorBy, Legend, LegendEntry, category, unknown};
use super::pick::pick;
use super::plain;
use super::tracks::{Look, Style, TrackLayer, upload};
use super::view::View;
use crate::ais::{Fleet, PortId, Reports, Vessel};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::text::grouped;
use crate::flow::look::MapParams;
use crate::flow::stages::VoyagesOf;
use crate::flow::{Desk, Jobs, Key};
use crate::ui::destination_view::DestinationView;

/// How near to a line the pointer must be, points of the screen.
const PICK_PX: f32 = 8.0;

/// Ports of arrival that have a color of their own.
const MOST_PORTS: usize = 10;

/// What a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sail {
    /// A voyage, as an index into all.
    Voyage(usize),
    /// A ship under way, as an index into all.
    UnderWay(usize),
}

/// Lines and what each is.
struct Sailed {
    of: Arc<VoyagesOf>,
    lines: Lines,
    sails: Vec<Sail>,
    /// The place of each port of arrival among the most frequent.
    ranks: FxHashMap<PortId, u32>,
    /// These ports with their arrivals.
    ports: Vec<(PortId, usize)>,
}

impl Sailed {
    fn new(
        of: Arc<VoyagesOf>,
        gpu: Option<&RenderState>,
        key: Key,
        job: &Job,
    ) -> Result<Sailed, Stopped> {
        let (fleet, sails, rows) = lines_of(&of);
        job.go_on()?;
        let geometry = super::geometry::geometry(&fleet, &whole_trips(&fleet), job)?;
        let uploaded = gpu.map(|gpu| upload(gpu, key, &geometry));
        let ports: Vec<(PortId, usize)> = of.arrivals().into_iter().take(MOST_PORTS).collect();
        let ranks = (0..).zip(&ports).map(|(rank, (port, _))| (*port, rank)).collect();
        Ok(Sailed { of, lines: Lines { rows, geometry, uploaded }, sails, ranks, ports })
    }

    fn destination(&self, sail: Sail) -> Option<PortId> {
        match sail {
            Sail::Voyage(index) => Some(self.of.found.voyages[index].destination),
            Sail::UnderWay(_) => None,
        }
    }

    /// First and last time of a line.
    fn span_ms(&self, sail: Sail) -> (i64, i64) {
        match sail {
            Sail::Voyage(index) => {
                let voyage = &self.of.found.voyages[index];
                (voyage.departed_ms, voyage.arrived_ms)
            }
            Sail::UnderWay(index) => {
                let times = &self.of.fleet().reports().t_ms;
                let reports = &self.of.found.under_way[index].reports;
                let first = reports.first().map_or(i64::MAX, |first| times[*first as usize]);
                (first, i64::MAX)
            }
        }
    }
}

/// A line for each voyage and each ship under way that has reports: as a fleet, what each is, and the
/// report that each comes from.
fn lines_of(of: &VoyagesOf) -> (Fleet, Vec<Sail>, Vec<u32>) {
    let reports = of.fleet().reports();
    let (mut all, mut rows, mut starts, mut sails) =
        (Reports::default(), Vec::new(), vec![0], Vec::new());
    let voyages = of.found.voyages.iter().map(|voyage| &voyage.reports).enumerate();
    let under_way = of.found.under_way.iter().map(|ship| &ship.reports).enumerate();
    let lines = voyages
        .map(|(index, own)| (Sail::Voyage(index), own))
        .chain(under_way.map(|(index, own)| (Sail::UnderWay(index), own)));
    for (sail, own) in lines.filter(|(_, own)| !own.is_empty()) {
        for row in own {
            all.push(reports.get(*row as usize));
            rows.push(*row);
        }
        starts.push(rows.len());
        sails.push(sail);
    }
    (Fleet::new(vec![Vessel::default(); sails.len()], starts, all), sails, rows)
}

/// All that says how the layer looks in a frame.
pub struct SailedLook<'a> {
    /// Which voyage and which port are selected.
    pub view: &'a DestinationView,
    /// The selected ship, as an index into the voyages' fleet.
    pub vessel: Option<usize>,
    /// The moment, if one is chosen: then what is under way at it is drawn.
    pub now_ms: Option<i64>,
    /// As trips would be drawn.
    pub style: Style,
}

/// The layer, and what it keeps between frames.
#[derive(Default)]
pub struct SailedLayer {
    held: Held<Sailed>,
    layer: TrackLayer,
    /// How each line looks.
    looks: Vec<Look>,
    /// What the looks were sent for.
    sent: Option<Key>,
    hovered: Option<u32>,
}

impl SailedLayer {
    /// Draws without the GPU from now on.
    pub fn give_up_gpu(&mut self) {
        *self = SailedLayer::default();
    }

    /// Whether something is being made.
    pub fn is_busy(&self) -> bool {
        self.held.is_busy()
    }

    /// Why it shows less than it should.
    pub fn fault(&self) -> Option<&str> {
        self.held.fault()
    }

    /// Makes what is wanted, on threads.
    pub fn update(
        &mut self,
        desk: &Desk,
        wanted: &MapParams,
        render_state: Option<&RenderState>,
        jobs: &Jobs,
    ) {
        let Some(shown) = desk.voyages.shown().filter(|_| wanted.voyages) else {
            if self.held.shown().is_some() || self.is_busy() {
                *self = SailedLayer::default();
            }
            return;
        };
        let (key, of) = (Key::of("sailed", &(), &[shown.key]), Arc::clone(shown.value));
        let gpu = render_state.cloned();
        let is_new = self.held.want(key, jobs, move |job| Sailed::new(of, gpu.as_ref(), key, job));
        if is_new {
            (self.sent, self.looks) = (None, Vec::new());
            show(&mut self.layer, render_state, self.held.shown_mut().map(|of| &mut of.lines));
        }
    }

    /// Draws the layer.
    pub fn paint(
        &mut self,
        painter: &Painter,
        view: &View,
        look: &SailedLook,
        render_state: Option<&RenderState>,
    ) {
        self.follow(look, render_state);
        let Some(of) = self.held.shown() else { return };
        let style = self.style(look);
        if render_state.is_some() {
            self.layer.paint(painter, view, &style);
        } else {
            let looks = &self.looks;
            plain::draw(&of.lines.geometry, painter, view, &style, |slot, _| {
                looks.get(slot as usize).copied().unwrap_or_default()
            });
        }
    }

    fn style(&self, look: &SailedLook) -> Style {
        Style {
            color_by: ColorBy::Group,
            alpha: look.style.alpha.max(0.7),
            hovered: self.hovered,
            shows_rest: true,
            shows_trips: true,
            fades: false,
            // What is under way at the moment, as far as it came.
            time_window_ms: match look.now_ms {
                Some(now_ms) => Some((i64::MIN / 4, now_ms)),
                None => look.style.time_window_ms,
            },
            ..look.style.clone()
        }
    }

    /// Says how each line looks, and tells the GPU if that changed.
    fn follow(&mut self, look: &SailedLook, render_state: Option<&RenderState>) {
        let Some((key, of)) = self.held.keyed() else { return };
        let looks: Vec<Look> = of.sails.iter().map(|sail| look_of(of, *sail, look)).collect();
        if self.sent == Some(key) && self.looks == looks {
            return;
        }
        (self.sent, self.looks) = (Some(key), looks);
        if let Some(render_state) = render_state {
            let looks = &self.looks;
            self.layer.set_looks(render_state, |slot, _| {
                looks.get(slot as usize).copied().unwrap_or_default()
            });
        }
    }

    /// The line under the pointer.
    pub fn pick(&mut self, view: &View, pointer: Option<Pos2>, look: &SailedLook) -> Option<Sail> {
        self.hovered = None;
        let pointer = pointer?;
        let of = self.held.shown()?;
        let geometry = &of.lines.geometry;
        let is_shown = |slot: u32, _: &_| self.looks.get(slot as usize).is_none_or(|l| l.is_shown);
        let window_ms = self.style(look).time_window_ms;
        let hit = pick(geometry, view, pointer, PICK_PX, is_shown, window_ms)?;
        self.hovered = Some(hit.slot);
        self.held.shown()?.sails.get(hit.slot as usize).copied()
    }

    /// The voyages that are drawn.
    pub fn of(&self) -> Option<&Arc<VoyagesOf>> {
        Some(&self.held.shown()?.of)
    }

    /// What the colors mean.
    pub fn legend(&self, is_dark: bool) -> Option<Legend> {
        let of = self.held.shown()?;
        let entry = |(rank, (port, n)): (usize, &(PortId, usize))| LegendEntry {
            color: category(rank, is_dark),
            label: format!("{} ({})", of.of.table().port(*port).name, grouped(*n as u64)),
        };
        let mut entries: Vec<LegendEntry> = of.ports.iter().enumerate().map(entry).collect();
        let n: usize = of.ports.iter().map(|(_, n)| n).sum();
        let others = of.of.found.voyages.len() - n;
        let under_way = of.of.found.under_way.len();
        for (n, text) in [(others, "other ports"), (under_way, "under way")] {
            if n > 0 {
                let label = format!("{text} ({})", grouped(n as u64));
                entries.push(LegendEntry { color: unknown(is_dark), label });
            }
        }
        let remark = of.of.is_made.then_some("Made voyages: traffic that never was");
        Some(Legend { title: "Voyages to".into(), entries, scale: None, remark })
    }
}

fn look_of(of: &Sailed, sail: Sail, look: &SailedLook) -> Look {
    let (from_ms, to_ms) = of.span_ms(sail);
    let is_at = look.now_ms.is_none_or(|now_ms| (from_ms..=to_ms).contains(&now_ms));
    let destination = of.destination(sail);
    let (is_voyage, vessel, ends) = match sail {
        Sail::Voyage(index) => {
            let voyage = &of.of.found.voyages[index];
            let ends = [Some(voyage.departure), destination];
            (look.view.voyage() == Some(index), voyage.vessel, ends)
        }
        Sail::UnderWay(index) => {
            let ship = &of.of.found.under_way[index];
            (look.view.voyage().is_none(), ship.vessel, [ship.departure, None])
        }
    };
    let is_her = look.vessel == Some(vessel);
    let is_selected = match (look.vessel, look.view.port()) {
        (Some(_), _) if look.view.voyage().is_some() => is_voyage,
        (Some(_), _) => is_her,
        (None, Some(port)) => ends.contains(&Some(port)),
        (None, None) => false,
    };
    Look {
        is_shown: is_at,
        is_selected,
        is_hovered: false,
        is_faint: destination.is_none() && !is_selected,
        group: destination.and_then(|port| of.ranks.get(&port).copied()),
    }
}

/// The places of a voyage or of a ship under way.
pub fn places(of: &VoyagesOf, sail: Sail) -> Vec<Position> {
    let reports = match sail {
        Sail::Voyage(index) => of.found.voyages.get(index).map(|voyage| &voyage.reports),
        Sail::UnderWay(index) => of.found.under_way.get(index).map(|ship| &ship.reports),
    };
    let places = &of.fleet().reports().positions;
    reports.into_iter().flatten().map(|row| places[*row as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::destination_view::made::{HOUR_MS, sailed};

    fn made() -> Sailed {
        let key = Key::of("test", &(), &[]);
        Sailed::new(Arc::new(sailed()), None, key, &Job::default()).unwrap()
    }

    #[test]
    fn each_voyage_and_each_ship_under_way_is_a_line() {
        let of = made();
        assert_eq!(of.sails, [Sail::Voyage(0), Sail::UnderWay(0)]);
        assert_eq!(of.lines.geometry.slots().len(), 2);
        assert_eq!(of.lines.rows, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]);
        assert_eq!(places(&of.of, Sail::UnderWay(0)).len(), 1);
        assert!(places(&of.of, Sail::Voyage(9)).is_empty());
    }

    #[test]
    fn lines_have_their_ports_color_and_at_a_moment_only_those_under_way_are_drawn() {
        let of = made();
        let view = DestinationView::default();
        let look = |now_ms, vessel| {
            let style = Style::new(true);
            let look = SailedLook { view: &view, vessel, now_ms, style };
            of.sails.iter().map(|sail| look_of(&of, *sail, &look)).collect::<Vec<Look>>()
        };
        let all = look(None, None);
        assert_eq!((all[0].group, all[1].group), (Some(0), None));
        assert!(all.iter().all(|look| look.is_shown && !look.is_selected) && all[1].is_faint);
        let shown = |now_ms| -> Vec<bool> {
            look(Some(now_ms), None).iter().map(|look| look.is_shown).collect()
        };
        assert_eq!(shown(5 * HOUR_MS), [true, false]);
        assert_eq!(shown(11 * HOUR_MS), [false, true]);
        assert!(look(None, Some(0)).iter().all(|look| look.is_selected), "her lines");
        assert!(!look(None, Some(1))[0].is_selected);
    }

    #[test]
    fn a_selected_port_lights_what_begins_or_ends_there_and_a_voyage_itself_alone() {
        let of = made();
        let mut view = DestinationView::default();
        view.select_port(Some(PortId(2)));
        let lit = |view: &DestinationView, vessel| -> Vec<bool> {
            let look = SailedLook { view, vessel, now_ms: None, style: Style::new(true) };
            of.sails.iter().map(|sail| look_of(&of, *sail, &look).is_selected).collect()
        };
        assert_eq!(lit(&view, None), [true, false]);
        view.select_port(Some(PortId(1)));
        assert_eq!(lit(&view, None), [false, false]);
        view.select_voyage(Some(0), &of.of);
        assert_eq!(lit(&view, Some(0)), [true, false]);
    }
}
