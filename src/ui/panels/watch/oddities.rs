//! The panels of oddities: what is odd, how many there are of each kind, and the list.

use egui::{Label, Rect, RichText, ScrollArea, Sense, Ui, vec2};

use super::{STALE_OPACITY, WatchPanels, odd_table, standing_ui};
use crate::base::text::grouped;
use crate::flow::stages::OdditiesOf;
use crate::flow::tray::Shelf;
use crate::flow::{Desk, Key};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::form::{Stand, params_ui_where};
use crate::ui::map::oddity_color;
use crate::ui::panels::prepare::head;
use crate::ui::panels::tables::grid::Act;
use crate::ui::panels::tables::listing::Look;
use crate::ui::theme;
use crate::ui::watch_view::{WatchView, go};
use crate::watch::OddityKind;

/// How a stage is called, and what it finds.
const STAGE: (&str, &str) = ("oddities", "Oddities");

/// What needs the routes of clusters.
const OF_ROUTES: [OddityKind; 3] = [OddityKind::OffRoute, OddityKind::Speed, OddityKind::Against];

impl WatchPanels {
    /// The right panel: what is odd, and how many there are of each kind.
    pub fn oddities(ui: &mut Ui, deck: &mut Deck) {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.add_space(4.0);
            let desk = deck.desk;
            head(ui, &desk.oddities);
            let shown = desk.oddities.shown();
            standing_ui(ui, deck, STAGE, &desk.oddities);
            if let Some(shown) = &shown {
                ui.scope(|ui| {
                    if shown.is_stale {
                        ui.multiply_opacity(STALE_OPACITY);
                    }
                    kinds_ui(ui, shown.value, deck.watch);
                });
                if ui.small_button("Export…").clicked() {
                    deck.ask(Command::AskToExport("oddities"));
                }
            }
            ui.separator();
            let settings = &mut deck.session.oddities;
            ui.checkbox(&mut settings.of_routes, "Hold against routes").on_hover_text(
                "Trips that fit no route, odd speeds in a lane, courses against it. Trips are \
                 clustered for it, as the workspace Cluster has it: that takes longer",
            );
            let hint = routes_hint(desk, settings.of_routes);
            if let Some(hint) = hint {
                ui.add(Label::new(RichText::new(hint).color(theme::warning_color(ui))).wrap());
            }
            ui.checkbox(&mut settings.of_forecasts, "Hold against forecasts").on_hover_text(
                "Ships whose way leads elsewhere than the destination that they type. Voyages are \
                 cut and forecast for it: that takes longer",
            );
            if settings.of_forecasts
                && let Some(fault) = desk.forecasts.faults().first()
            {
                let text = RichText::new(format!("There are no forecasts: {fault}"));
                ui.add(Label::new(text.color(theme::warning_color(ui))).wrap());
            }
            ui.checkbox(&mut deck.session.map.watch.oddities, "Oddities on the map")
                .on_hover_text("Marks by kind, the larger the odder");
            ui.separator();
            let has_routes = settings.of_routes;
            params_ui_where(ui, "oddities", settings, &|_| None, &|name| stand(name, has_routes));
        });
    }

    /// The table of oddities.
    pub fn oddity_list(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let desk = deck.desk;
        standing_ui(ui, deck, STAGE, &desk.oddities);
        let Some(shown) = desk.oddities.shown() else { return };
        let (of, list) = (shown.value, &shown.value.list);
        if list.is_empty() {
            ui.add(Label::new(none_text(of)).wrap());
            return;
        }
        if shown.is_stale {
            ui.multiply_opacity(STALE_OPACITY);
        }
        let rows = self.odd_rows.get(shown.key, || odd_table::rows(list, of.fleet()));
        let (view, is_dark) = (&*deck.watch, ui.visuals().dark_mode);
        let selected = view.selected_odd(list);
        let look = Look {
            is_selected: &|row| Some(row) == selected,
            current: selected,
            mark: &|row| Some(oddity_color(list[row].kind, is_dark)),
            kept: Some((Key::of("kinds", &view.oddities, &[]), &|row| {
                view.shows_odd(list[row].kind)
            })),
        };
        let act = self.odd.ui(ui, (shown.key, rows), &look, |_| ());
        if let Some(Act::Pick(row) | Act::Add(row) | Act::Fit(row)) = act {
            go::to_oddity(deck, &list[row], true);
        }
    }
}

/// A switch, a bar and a count for each kind: the plot of counts is the filter.
fn kinds_ui(ui: &mut Ui, of: &OdditiesOf, view: &mut WatchView) {
    let counts = of.by_kind();
    let most = counts.into_iter().max().unwrap_or(0).max(1);
    let is_dark = ui.visuals().dark_mode;
    for (place, (kind, n)) in OddityKind::ALL.into_iter().zip(counts).enumerate() {
        let lack = lack(of, kind);
        ui.horizontal(|ui| {
            let title = format!("{} ({})", kind.name(), grouped(n as u64));
            let text =
                if lack.is_some() { RichText::new(title).weak() } else { RichText::new(title) };
            let check = ui.checkbox(&mut view.oddities[place], text);
            check.on_hover_text(
                lack.unwrap_or("Whether this kind is shown, in the table and on the map"),
            );
            let room = ui.available_size_before_wrap();
            let (rect, _) = ui.allocate_exact_size(vec2(room.x.max(10.0), 12.0), Sense::hover());
            let left = rect.left().max(ui.min_rect().left() + 150.0);
            let width = (rect.right() - left).max(0.0) * n as f32 / most as f32;
            let bar = Rect::from_min_size(egui::pos2(left, rect.top()), vec2(width, 10.0));
            let color = oddity_color(kind, is_dark);
            let is_shown = view.oddities[place];
            let color = if is_shown { color } else { color.gamma_multiply(0.35) };
            ui.painter().rect_filled(bar, 2.0, color);
        });
    }
    ui.horizontal(|ui| {
        for (title, is_on) in [("All kinds", true), ("None", false)] {
            if ui.small_button(title).clicked() {
                view.oddities = [is_on; OddityKind::ALL.len()];
            }
        }
    });
}

/// Why there is nothing of a kind, where it was not looked for.
fn lack(of: &OdditiesOf, kind: OddityKind) -> Option<&'static str> {
    match kind {
        kind if OF_ROUTES.contains(&kind) && !of.of_routes => {
            Some("Not looked for: hold trips against routes, below")
        }
        OddityKind::Bound if !of.of_forecasts => {
            Some("Not looked for: hold typed destinations against forecasts, below")
        }
        _ => None,
    }
}

/// What is missing where trips are to be held against routes.
fn routes_hint(desk: &Desk, of_routes: bool) -> Option<String> {
    if !of_routes {
        return None;
    }
    match desk.routes.shown() {
        None => {
            let ways: [&dyn Shelf; 5] =
                [&desk.pairs, &desk.distances, &desk.clusters, &desk.indices, &desk.routes];
            let fault = ways.iter().flat_map(|shelf| shelf.faults()).next();
            Some(match fault {
                Some(fault) => format!("There are no routes: {fault}"),
                None => "There are no routes yet: trips are being compared and clustered".into(),
            })
        }
        Some(shown) if shown.value.routes.routes.is_empty() => Some(
            "There are no clusters, so there are no routes to hold trips against: set clustering \
             up in the workspace Cluster"
                .into(),
        ),
        Some(_) => None,
    }
}

/// Parameters of routes and lanes have no effect without them.
fn stand(name: &str, has_routes: bool) -> Stand {
    const OF_LANES: [&str; 9] = [
        "off_share",
        "off_factor",
        "off_length",
        "lane_time",
        "ends",
        "opposite_share",
        "against",
        "band_factor",
        "band",
    ];
    match name {
        "of_routes" | "of_forecasts" => Stand::Absent, // These have switches of their own.
        "against_speed" if !has_routes => Stand::Idle,
        name if OF_LANES.contains(&name) && !has_routes => Stand::Idle,
        _ => Stand::Live,
    }
}

fn none_text(of: &OdditiesOf) -> &'static str {
    if of.of.kept().len() == 0 {
        "Nothing is odd, but no trip passes the filter either: let more pass"
    } else if of.of_routes {
        "Nothing is odd, by these limits"
    } else {
        "Nothing is odd, by these limits. Trips were not held against routes"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::manual;
    use crate::flow::watching::OdditySettings;

    #[test]
    fn parameters_of_lanes_are_idle_without_routes_and_none_is_misspelt() {
        let names: Vec<&str> =
            manual(&OdditySettings::default()).iter().map(|entry| entry.name).collect();
        let n = |has_routes: bool, is: Stand| {
            names.iter().filter(|name| stand(name, has_routes) == is).count()
        };
        assert_eq!((n(false, Stand::Idle), n(true, Stand::Idle)), (10, 0));
        assert_eq!(n(true, Stand::Absent), 2);
    }

    #[test]
    fn a_hint_says_what_is_missing_of_routes() {
        let desk = Desk::default();
        assert_eq!(routes_hint(&desk, false), None);
        assert!(routes_hint(&desk, true).unwrap().starts_with("There are no routes yet"));
    }
}
