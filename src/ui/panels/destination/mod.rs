//! The panels of destinations: ports, typed texts, voyages, where the selected ship is bound, and how
//! models do. Each draws plain results and gives back what was asked for; this file joins them to the
//! desk.

mod agreement;
mod arrival;
mod bars;
mod bound;
mod parameters;
mod port_sheet;
mod posterior;
mod refused;
mod score_plots;
mod score_table;
mod scores;
mod teller;
mod text_sheet;
mod voyage_sheet;

use std::sync::Arc;

use egui::{RichText, Ui};

use self::port_sheet::PortSheet;
use self::text_sheet::{TIMES, TextSheet};
use self::voyage_sheet::VoyageSheet;
use crate::base::text::{counted, grouped};
use crate::flow::jobs::Running;
use crate::flow::tray::{Shelf, State};
use crate::flow::{Desk, Key};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::destination_view::selected_vessel;
use crate::ui::map::ports::PortUse;
use crate::ui::panels::tables::grid::Act;
use crate::ui::panels::tables::listing::{Listing, Look};
use crate::ui::panels::tables::made::Made;
use crate::ui::panels::tables::rows::Sort;
use crate::ui::panels::tables::sheet;
use crate::ui::selection::Pick;
use crate::ui::theme::{self, STALE_OPACITY};

/// What the panels of destinations keep between frames.
pub struct DestinationPanels {
    voyages: Listing<VoyageSheet>,
    voyage_sheet: Option<(Key, Arc<VoyageSheet>)>,
    making: Option<(Key, Running<VoyageSheet>)>,
    texts: Listing<TextSheet>,
    text_sheet: Made<Key, TextSheet>,
    ports: Listing<PortSheet>,
    port_sheet: Made<Key, PortSheet>,
    shows_by_vessel: bool,
}

impl Default for DestinationPanels {
    /// Voyages by their begin, texts and ports with the most frequent first.
    fn default() -> Self {
        let most = |column| Sort { column, is_descending: true };
        DestinationPanels {
            voyages: Listing::new(&voyage_sheet::ABOUT, Sort { column: 3, is_descending: false }),
            voyage_sheet: None,
            making: None,
            texts: Listing::new(&text_sheet::ABOUT, most(TIMES)),
            text_sheet: Made::default(),
            ports: Listing::new(&port_sheet::ABOUT, most(5)),
            port_sheet: Made::default(),
            shows_by_vessel: false,
        }
    }
}

impl DestinationPanels {
    /// Whether something is being made.
    pub fn is_busy(&self) -> bool {
        self.making.is_some()
    }

    /// Voyages as a table.
    pub fn voyages(&mut self, ui: &mut Ui, deck: &mut Deck) {
        self.follow_voyages(deck.desk, ui);
        let Some((key, rows)) = self.voyage_sheet.clone() else {
            lack_ui(ui, deck, "voyages");
            return;
        };
        if rows.of.found.voyages.is_empty() {
            none_ui(ui, deck);
            return;
        }
        let shown = deck.desk.voyages.shown();
        let is_now = shown.as_ref().is_some_and(|shown| shown.key == key);
        if !is_now || shown.is_some_and(|shown| shown.is_stale) {
            ui.multiply_opacity(STALE_OPACITY);
        }
        let port = deck.destination.port();
        let (brush, view) = (deck.time.brush_ms(), &*deck.destination);
        let found = &rows.of.found;
        let is_kept = |row: usize| {
            let voyage = &found.voyages[row];
            let is_within = brush.is_none_or(|(from_ms, to_ms)| {
                voyage.departed_ms <= to_ms && voyage.arrived_ms >= from_ms
            });
            let is_of_port =
                port.is_none_or(|port| [voyage.departure, voyage.destination].contains(&port));
            is_within && is_of_port
        };
        let kept_by = Key::of("kept", &(port.map(|port| port.0), brush), &[]);
        let chosen = view.voyage().filter(|_| is_now);
        let vessel = selected_vessel(deck.desk, deck.selection);
        let look = Look {
            is_selected: &|row| match chosen {
                Some(chosen) => chosen == row,
                None => vessel == Some(found.voyages[row].vessel),
            },
            current: chosen,
            mark: &|_| None,
            kept: Some((kept_by, &is_kept)),
        };
        let mut asked = Vec::new();
        let act = self.voyages.ui(ui, (key, &rows), &look, |ui| {
            let refused = found.refused.len();
            if refused > 0 {
                let text = format!("{} more were refused", grouped(refused as u64));
                let help = "The panel Ports and voyages counts them by reason";
                ui.label(RichText::new(text).weak()).on_hover_text(help);
            }
            if let Some(port) = port {
                let name = &rows.of.table().port(port).name;
                if ui.small_button(format!("From and to {name}: show all")).clicked() {
                    asked.push(Asked::AllPorts);
                }
            }
            if brush.is_some() && ui.small_button("All times").clicked() {
                asked.push(Asked::AllTimes);
            }
            made_ui(ui, rows.of.is_made);
        });
        for asked in asked {
            match asked {
                Asked::AllPorts => deck.destination.select_port(None),
                Asked::AllTimes => deck.ask(Command::ClearBrush),
            }
        }
        if let (Some(act), true) = (act, is_now) {
            let (Act::Pick(row) | Act::Add(row) | Act::Fit(row)) = act;
            deck.ask(Command::GoToVoyage(row, matches!(act, Act::Fit(_))));
        }
    }

    fn follow_voyages(&mut self, desk: &Desk, ui: &Ui) {
        if let Some((key, running)) = &self.making
            && let Some((outcome, _)) = running.poll()
        {
            let key = *key;
            self.making = None;
            self.voyage_sheet = outcome.ok().map(|sheet| (key, Arc::new(sheet)));
        }
        let Some(shown) = desk.voyages.shown() else {
            self.voyage_sheet = None;
            return;
        };
        let is_at_hand = self.voyage_sheet.as_ref().is_some_and(|(key, _)| *key == shown.key);
        if !is_at_hand && self.making.is_none() {
            let of = Arc::clone(shown.value);
            let work = move |_: &crate::base::job::Job| Ok(VoyageSheet::new(of));
            self.making = Some((shown.key, sheet::jobs(ui.ctx()).start(work)));
        }
    }

    /// Distinct typed destinations with what each was understood as.
    pub fn texts(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let Some(shown) = deck.desk.destinations.shown() else {
            lack_ui(ui, deck, "typed destinations");
            return;
        };
        let of = shown.value;
        if of.texts.is_empty() {
            ui.label(
                "No ship reported a destination: these reports hold no static and voyage data. \
                 Voyages can be cut all the same, where the port reached need not be reported.",
            );
            reported_ui(ui, deck);
            return;
        }
        if shown.is_stale {
            ui.multiply_opacity(STALE_OPACITY);
        }
        let rows = self.text_sheet.get(shown.key, || TextSheet::new(&of.texts, &of.ports.table));
        let port = deck.destination.port();
        let (silent, [texts, times]) = (of.silent_ships, rows.understood());
        let warning = theme::warning_color(ui);
        let look = Look {
            is_selected: &|row| port.is_some() && rows.port(row) == port,
            current: None,
            mark: &|row| rows.port(row).is_none().then_some(warning),
            kept: None,
        };
        let act = self.texts.ui(ui, (shown.key, rows), &look, |ui| {
            let share = |(n, of): (u64, u64)| 100.0 * n as f64 / of.max(1) as f64;
            let text = format!(
                "Understood: {:.0} % of texts, {:.0} % of all that was typed",
                share(texts),
                share(times)
            );
            ui.label(text).on_hover_text("Texts that name a port of the list");
            if silent > 0 {
                let text = format!("{} without a destination", counted(silent as u64, "ship"));
                ui.label(RichText::new(text).weak());
            }
        });
        if let Some(Act::Pick(row) | Act::Add(row) | Act::Fit(row)) = act
            && let Some(port) = rows.port(row)
        {
            deck.ask(Command::GoToPort(port));
        }
    }

    /// The table of ports.
    pub fn ports(&mut self, ui: &mut Ui, deck: &mut Deck, is_asking: bool) {
        let Some(shown) = deck.desk.ports.shown() else {
            parameters::list_ui(ui, deck, is_asking);
            return;
        };
        let voyages = deck.desk.voyages.shown();
        let of_these =
            voyages.filter(|voyages| Arc::ptr_eq(&voyages.value.ports().table, &shown.value.table));
        let of: Vec<Key> =
            [shown.key].into_iter().chain(of_these.as_ref().map(|voyages| voyages.key)).collect();
        let key = Key::of("ports as rows", &(), &of);
        let rows = self.port_sheet.get(key, || {
            let n = shown.value.table.len();
            let used = of_these.map(|voyages| {
                let ends = voyages.value.found.voyages.iter();
                Arc::new(PortUse::of(n, ends.map(|one| (one.departure, one.destination))))
            });
            PortSheet::new(&shown.value.table, used.as_ref())
        });
        let chosen = deck.destination.port().map(|port| port.0 as usize);
        let look = Look {
            is_selected: &|row| chosen == Some(row),
            current: chosen,
            mark: &|_| None,
            kept: None,
        };
        let mut asks = false;
        let (kind, refused) = (shown.value.kind, shown.value.refused.total());
        let act = self.ports.ui(ui, (key, rows), &look, |ui| {
            let text = if refused > 0 {
                format!("{kind} list, {} gave no port", counted(refused, "row"))
            } else {
                format!("{kind} list")
            };
            ui.label(RichText::new(text).weak());
            let button = ui.add_enabled(!is_asking, egui::Button::new("Choose a list…").small());
            asks = button.on_hover_text("World Port Index, UN/LOCODE or your own table").clicked();
        });
        if asks {
            deck.ask(Command::AskForPorts);
        }
        match act {
            Some(Act::Fit(row)) => deck.ask(Command::GoToPort(PortSheet::port(row))),
            Some(Act::Pick(row) | Act::Add(row)) => {
                deck.destination.select_port(Some(PortSheet::port(row)));
            }
            None => (),
        }
    }
}

/// What was asked for beside a table.
enum Asked {
    AllPorts,
    AllTimes,
}

/// Says that a figure is of made traffic.
fn made_ui(ui: &mut Ui, is_made: bool) {
    if is_made {
        let text = RichText::new("Made voyages").color(theme::warning_color(ui)).strong();
        ui.label(text).on_hover_text("Every figure here is of made traffic that never was");
    }
}

/// Why there are no `things` yet.
fn lack_ui(ui: &mut Ui, deck: &Deck, things: &str) {
    let desk = deck.desk;
    if deck.session.sources.is_empty() {
        ui.label(format!(
            "No {things}: open a file of AIS reports, or made world voyages (File menu)"
        ));
        return;
    }
    let before: [&dyn Shelf; 5] =
        [&desk.ingest, &desk.clean, &desk.ports, &desk.destinations, &desk.voyages];
    if let Some(shelf) = before.into_iter().find(|shelf| shelf.state() == State::Fault) {
        ui.label(format!("No {things}: {} failed", shelf.title().to_lowercase()));
        for fault in shelf.faults() {
            ui.label(RichText::new(fault).color(theme::fault_color(ui)));
        }
        return;
    }
    ui.label(RichText::new(format!("No {things} yet: working")).weak());
}

/// Why tracks gave no voyage, and what helps.
fn none_ui(ui: &mut Ui, deck: &mut Deck) {
    let Some(shown) = deck.desk.voyages.shown() else { return };
    let found = &shown.value.found;
    ui.label(RichText::new("No voyage was found").strong());
    if found.stays_in_port == 0 {
        ui.label(
            "No ship lay still within the circle of a port: are these the ports of these waters, and \
             is the radius wide enough?",
        );
    } else if found.refused.is_empty() {
        ui.label(format!(
            "Ships lay still in ports ({}), but none went from one to another while she was seen",
            counted(found.stays_in_port as u64, "stay")
        ));
    } else {
        ui.label(format!("{} were refused:", counted(found.refused.len() as u64, "passage")));
        refused::refused_ui(ui, found);
    }
    if shown.value.typed.texts.is_empty() {
        ui.label("No ship reported a destination: there are no static reports.");
        reported_ui(ui, deck);
    }
}

/// A button for data without static reports.
fn reported_ui(ui: &mut Ui, deck: &mut Deck) {
    let params = &mut deck.session.voyages.voyage;
    if !params.requires_reported {
        ui.label(RichText::new("Voyages need no reported destination now").weak());
    } else if ui.button("Cut voyages without reported destinations").clicked() {
        params.requires_reported = false;
    }
}

/// How far a step is, if it works.
fn progress_ui(ui: &mut Ui, shelf: &dyn Shelf) {
    if let Some((done, total, _)) = shelf.progress() {
        let part = if total > 0 { done as f32 / total as f32 } else { 0.0 };
        ui.add(egui::ProgressBar::new(part).desired_width(110.0).show_percentage());
    }
}

/// Selects the ship of a voyage that is shown.
pub fn vessel_pick(desk: &Desk, voyage: usize) -> Option<Pick> {
    let of = desk.voyages.shown()?.value;
    let (trips, voyage) = (desk.trips.shown()?, of.found.voyages.get(voyage)?);
    let is_same = Arc::ptr_eq(&trips.value.cleaned, &of.typed.cleaned);
    is_same.then_some(Pick::Vessel(voyage.vessel))
}
