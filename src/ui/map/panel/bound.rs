//! Ports, voyages and likely destinations on the map, and the pointer on them.

use egui::{Pos2, Ui};

use super::{MapPanel, Sight};
use crate::ais::PortId;
use crate::base::text::counted;
use crate::base::time::utc_text;
use crate::flow::Desk;
use crate::flow::stages::VoyagesOf;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::destination_view::{DestinationView, is_named, selected_vessel, told_of};
use crate::ui::map::hover;
use crate::ui::map::likely::{self, Likely};
use crate::ui::map::looks::Side;
use crate::ui::map::ports::{self, PortLook, PortUse};
use crate::ui::map::sailed::{Sail, SailedLook};
use crate::ui::map::view::View;
use crate::ui::selection::Pick;
use crate::ui::theme;

/// Ports that are marked at most as likely.
const MOST_LIKELY: usize = 12;

impl MapPanel {
    /// Counts how much each port is used, where ports or voyages are others.
    pub(super) fn follow_uses(&mut self, desk: &Desk) {
        let (Some(ports), Some(voyages)) = (desk.ports.shown(), desk.voyages.shown()) else {
            self.uses = None;
            return;
        };
        let of = [ports.key, voyages.key];
        if !std::sync::Arc::ptr_eq(&ports.value.table, &voyages.value.ports().table) {
            self.uses = None; // Of another list.
        } else if self.uses.as_ref().is_none_or(|(key, _)| *key != of) {
            let ends = voyages.value.found.voyages.iter();
            let ends = ends.map(|voyage| (voyage.departure, voyage.destination));
            self.uses = Some((of, PortUse::of(ports.value.table.len(), ends)));
        }
    }

    /// Voyages, and ports over them.
    pub(super) fn draw_voyages(&mut self, ui: &Ui, view: &View, sight: Sight) {
        let is_dark = ui.visuals().dark_mode;
        if sight.is_sailed() {
            self.sailed_with(sight, is_dark, |layer, look, gpu| {
                layer.paint(ui.painter(), view, look, gpu);
            });
        }
        let ports = sight.desk.ports.shown();
        let Some(ports) = ports.filter(|_| sight.session.map.ports && sight.side == Side::Now)
        else {
            self.ports.clear();
            return;
        };
        let (key, used) = match &self.uses {
            Some((of, used)) => (Some(of[1]), Some(used)),
            None => (None, None),
        };
        let look = PortLook {
            table: &ports.value.table,
            used,
            of: [Some(ports.key), key],
            selected: sight.destination.and_then(DestinationView::port),
            is_quiet: sight.session.map.bound
                && sight.destination.is_some_and(|view| view.told().is_some()),
            is_dark,
            selected_color: theme::selection_color(ui),
        };
        self.ports.paint(ui.painter(), view, &look);
    }

    /// Calls `act` with the layer of voyages and how it looks.
    fn sailed_with<R>(
        &mut self,
        sight: Sight,
        is_dark: bool,
        act: impl FnOnce(
            &mut crate::ui::map::sailed::SailedLayer,
            &SailedLook,
            Option<&eframe::egui_wgpu::RenderState>,
        ) -> R,
    ) -> R {
        let nothing = DestinationView::default();
        let look = SailedLook {
            view: sight.destination.unwrap_or(&nothing),
            vessel: selected_vessel(sight.desk, sight.selection),
            now_ms: sight.time.now_ms(),
            style: self.style(&sight.session.map, sight.time, is_dark),
        };
        act(&mut self.sailed, &look, self.held.render_state())
    }

    /// The ports where the selected ship is likely bound. Says why there are none, if that is to be
    /// told.
    pub(super) fn draw_bound(ui: &Ui, view: &View, sight: Sight) -> Option<&'static str> {
        let destination = sight.destination.filter(|_| sight.side == Side::Now)?;
        if !sight.session.map.bound {
            return None;
        }
        let found = match told_of(sight.desk, destination.target()) {
            Ok(found) => found,
            Err(lack) => return lack.hint().filter(|_| destination.is_told),
        };
        let told = destination.told()?;
        let now_ms = sight.time.now_ms();
        let of = found.ship.told.get(told.place(now_ms))?;
        let voyages = &found.of.all.voyages;
        let (table, is_dark) = (voyages.table(), ui.visuals().dark_mode);
        let likely: Vec<Likely> = of
            .ports
            .iter()
            .take(MOST_LIKELY)
            .map(|(port, probability)| Likely {
                place: table.port(*port).position,
                name: table.port(*port).name.clone(),
                probability: *probability,
                color: told.color(*port, is_dark),
                is_reported: is_named(&of.reported.annotation, *port, table, 1.0),
            })
            .collect();
        let mut painter = ui.painter().clone();
        if found.is_old {
            painter.multiply_opacity(0.5);
        }
        likely::draw(&painter, view, &likely, Some(of.place), is_dark);
        None
    }

    /// The same where voyages are drawn, or ports: a click selects a voyage, a ship or a port. Says
    /// whether the pointer is on one of them.
    pub(super) fn point_bound(
        &mut self,
        ui: &Ui,
        (view, pointer): (&View, Option<Pos2>),
        is_clicked: bool,
        deck: &mut Deck,
    ) -> bool {
        let sight = Sight::of(deck, Side::Now);
        let is_sailed = sight.is_sailed();
        let port = pointer.filter(|_| sight.session.map.ports).and_then(|at| self.ports.pick(at));
        let sail = if is_sailed {
            let pointer = pointer.filter(|_| port.is_none());
            let is_dark = ui.visuals().dark_mode;
            self.sailed_with(sight, is_dark, |layer, look, _| layer.pick(view, pointer, look))
        } else {
            None
        };
        let of = self.sailed.of().cloned();
        if let Some(at) = pointer {
            if let Some(port) = port {
                self.port_card(ui, at, port, deck);
            } else if let (Some(sail), Some(of)) = (sail, &of) {
                hover::at_pointer(ui, at, |ui| {
                    let mut lines = sail_lines(of, sail).into_iter();
                    if let Some(title) = lines.next() {
                        ui.strong(title);
                    }
                    lines.for_each(|line| drop(ui.label(line)));
                });
            }
        }
        if is_clicked {
            match (port, sail, &of) {
                (Some(port), ..) => deck.destination.select_port(Some(port)),
                (None, Some(sail), Some(of)) => pick_sail(deck, sail, of),
                (None, None, _) if is_sailed => deck.pick(Pick::Nothing),
                _ => (),
            }
        }
        port.is_some() || sail.is_some() || is_sailed
    }

    fn port_card(&self, ui: &Ui, at: Pos2, port: PortId, deck: &Deck) {
        let Some(shown) = deck.desk.ports.shown() else { return };
        let Some(of) = shown.value.table.ports().get(port.0 as usize) else { return };
        let used = self.uses.as_ref().map(|(_, used)| used);
        hover::at_pointer(ui, at, |ui| ports::card(ui, port, of, used));
    }
}

/// Selects a voyage with its ship, or a ship under way.
fn pick_sail(deck: &mut Deck, sail: Sail, of: &VoyagesOf) {
    match sail {
        Sail::Voyage(index) => deck.ask(Command::GoToVoyage(index, false)),
        Sail::UnderWay(index) => {
            deck.destination.select_voyage(None, of);
            if let Some(ship) = of.found.under_way.get(index) {
                deck.pick(Pick::Vessel(ship.vessel));
            }
        }
    }
}

/// Which ship, from where to where, and when.
fn sail_lines(of: &VoyagesOf, sail: Sail) -> Vec<String> {
    let name = |port: PortId| of.table().port(port).name.clone();
    let minute = |t_ms: i64| utc_text(t_ms).get(..16).unwrap_or_default().to_owned();
    match sail {
        Sail::Voyage(index) => {
            let voyage = &of.found.voyages[index];
            vec![
                of.fleet().vessels()[voyage.vessel].title(),
                format!("{} to {}", name(voyage.departure), name(voyage.destination)),
                format!("{} to {} UTC", minute(voyage.departed_ms), minute(voyage.arrived_ms)),
                counted(voyage.reports.len() as u64, "report"),
            ]
        }
        Sail::UnderWay(index) => {
            let ship = &of.found.under_way[index];
            let times = &of.fleet().reports().t_ms;
            let last_ms = ship.reports.last().map_or(0, |last| times[*last as usize]);
            let from = ship.departure.map_or("an unknown port".to_owned(), name);
            vec![
                of.fleet().vessels()[ship.vessel].title(),
                format!("Under way from {from}"),
                format!("Last report {} UTC", minute(last_ms)),
            ]
        }
    }
}
