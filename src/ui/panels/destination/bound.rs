//! Where the selected ship is bound: what is reported, what is told, and both over time.

use egui::{Label, RichText, ScrollArea, Ui, UiBuilder, pos2, vec2};

use super::agreement::{Agreement, arrival_text};
use super::arrival::{Arrivals, arrivals_ui, when_text};
use super::bars::bars_ui;
use super::posterior::posterior_ui;
use super::{DestinationPanels, STALE_OPACITY, made_ui, progress_ui};
use crate::ais::PortId;
use crate::base::time::utc_text;
use crate::destination::forecast::{Ground, reported};
use crate::destination::{ShipForecast, Told};
use crate::flow::stages::VoyagesOf;
use crate::flow::tray::Shelf;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::destination_view::{Lack, Remedy, is_named, selected_vessel, told_of};
use crate::ui::map::likely::percent;
use crate::ui::theme;

/// Room for each part, as shares of the width.
const FACTS: f32 = 0.34;
const BARS: f32 = 0.28;

impl DestinationPanels {
    /// Where the selected ship is bound at the moment.
    pub fn bound(ui: &mut Ui, deck: &mut Deck) {
        let desk = deck.desk;
        let found = match told_of(desk, deck.destination.target()) {
            Ok(found) => found,
            Err(lack) => {
                lack_ui(ui, deck, &lack);
                return;
            }
        };
        let Some(told) = deck.destination.told().cloned() else { return };
        let now_ms = deck.time.now_ms();
        let (Some(step), Some(of)) = (told.at(now_ms), found.ship.told.get(told.place(now_ms)))
        else {
            return;
        };
        if found.is_old {
            ui.multiply_opacity(STALE_OPACITY);
        }
        let voyages = &found.of.all.voyages;
        let ports = voyages.table();
        let named = &of.reported.annotation;
        let is_reported = |port: PortId| is_named(named, port, ports, 1.0);
        let agreement =
            Agreement::of(&of.reported.text, Some(named), step, ports, voyages.radius_m);
        let area = ui.available_rect_before_wrap();
        let gap = 12.0;
        let width = area.width() - 2.0 * gap;
        let (facts, bars) = (FACTS * width, BARS * width);
        let part = |from: f32, width: f32| {
            egui::Rect::from_min_size(
                pos2(area.left() + from, area.top()),
                vec2(width, area.height()),
            )
        };
        ui.scope_builder(UiBuilder::new().max_rect(part(0.0, facts)), |ui| {
            ScrollArea::vertical().id_salt("facts").auto_shrink([false, false]).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                facts_ui(ui, voyages, found.ship, of, &agreement, now_ms);
                ui.label(RichText::new(format!("Told by {}", found.of.all.by)).weak().small());
            });
        });
        let clicked = ui
            .scope_builder(UiBuilder::new().max_rect(part(facts + gap, bars)), |ui| {
                ui.label(RichText::new(moment_text(step.t_ms, now_ms)).weak().small());
                bars_ui(ui, (&told, step), ports, &is_reported)
            })
            .inner;
        let rest = part(facts + bars + 2.0 * gap, width - facts - bars);
        let asked = ui
            .scope_builder(UiBuilder::new().max_rect(rest), |ui| {
                posterior_ui(ui, &told, ports, now_ms.or(Some(step.t_ms)))
            })
            .inner;
        if let Some(t_ms) = asked {
            deck.time.is_playing = false;
            deck.time.set_now_ms(t_ms);
        }
        if let Some(port) = clicked {
            deck.ask(Command::GoToPort(port));
        }
    }
}

/// `By her reports until 2018-06-03 14:20 UTC`.
fn moment_text(step_ms: i64, now_ms: Option<i64>) -> String {
    let text = utc_text(step_ms);
    let minute = text.get(..16).unwrap_or_default();
    match now_ms {
        // A step is told at its end.
        Some(now_ms) if now_ms < step_ms => format!("First told at {minute} UTC"),
        Some(_) => format!("By her reports until {minute} UTC"),
        None => format!("By all her reports, until {minute} UTC"),
    }
}

fn facts_ui(
    ui: &mut Ui,
    voyages: &VoyagesOf,
    ship: &ShipForecast,
    of: &Told,
    agreement: &Agreement,
    now_ms: Option<i64>,
) {
    let ports = voyages.table();
    let name = |port: PortId| ports.port(port).name.as_str();
    ui.horizontal_wrapped(|ui| {
        let title = voyages.fleet().vessels()[ship.vessel].title();
        ui.label(RichText::new(title).strong());
        let from = ship.departure.map_or("an unknown port", name);
        ui.label(RichText::new(format!("from {from}")).weak());
        made_ui(ui, voyages.is_made);
    });
    if !of.reported.text.is_empty() {
        let best = of.reported.annotation.best();
        let means = best.map_or(String::new(), |best| {
            format!(": {}, confidence {:.2}", name(best.port), best.confidence)
        });
        ui.add(Label::new(format!("Reported {}{means}", of.reported.text)).wrap());
    }
    let text = RichText::new(agreement.text(ports));
    let is_warning = agreement.is_warning() || of.conflict.destination;
    if is_warning {
        warning_ui(ui, text);
    } else {
        ui.add(Label::new(text.weak()).wrap());
    }
    if let Some((port, p)) = of.ports.first() {
        ui.label(format!("Likeliest: {} {}", name(*port), percent(*p)));
    } else {
        ui.label(RichText::new("No port can be told here: nobody sailed here before").weak());
    }
    let at_ms = now_ms.unwrap_or(of.t_ms).max(of.t_ms);
    let Some([low_ms, middle_ms, high_ms]) = of.arrives_ms() else {
        ui.label(RichText::new("The arrival cannot be told here").weak());
        return;
    };
    ui.label(format!("Arrival told {}", when_text(middle_ms, at_ms)));
    if let Some(reported_ms) = of.reported.arrives_ms {
        let beside = arrival_text(reported_ms, middle_ms, at_ms);
        let text = format!("Reported {}: {beside}", when_text(reported_ms, at_ms));
        if of.conflict.arrival || reported_ms < at_ms {
            warning_ui(ui, RichText::new(text));
        } else {
            ui.add(Label::new(text).wrap());
        }
    }
    let true_ms = ship.truth.map(|(_, arrived_ms)| arrived_ms);
    let told = crate::ui::destination_view::told::Arrival { low_ms, middle_ms, high_ms };
    let reported_ms = of.reported.arrives_ms.filter(|reported_ms| *reported_ms >= at_ms);
    arrivals_ui(ui, Arrivals { now_ms: at_ms, told, reported_ms, true_ms });
    if let Some((port, arrived_ms)) = ship.truth {
        let arrived = when_text(arrived_ms, at_ms);
        ui.add(Label::new(RichText::new(format!("Came true: {}, {arrived}", name(port))).weak()));
    }
}

/// A line that cannot be overlooked.
fn warning_ui(ui: &mut Ui, text: RichText) {
    let color = theme::warning_color(ui);
    egui::Frame::new()
        .fill(color.gamma_multiply(0.12))
        .stroke(egui::Stroke::new(1.0, color))
        .corner_radius(3.0)
        .inner_margin(egui::Margin::symmetric(5, 2))
        .show(ui, |ui| ui.add(Label::new(text.color(color).strong()).wrap()));
}

/// What the selected ship reports, though nothing can be told of her.
fn reported_ui(ui: &mut Ui, deck: &Deck) {
    let (Some(shown), Some(vessel)) =
        (deck.desk.voyages.shown(), selected_vessel(deck.desk, deck.selection))
    else {
        return;
    };
    let of = shown.value;
    let ground = Ground {
        fleet: of.fleet(),
        named: &of.typed.named,
        ports: of.table(),
        radius_m: of.radius_m,
    };
    let Some(last_ms) = of.fleet().track(vessel).t_ms.last().copied() else { return };
    let now_ms = deck.time.now_ms().unwrap_or(last_ms);
    let reported = reported(&ground, vessel, now_ms);
    let title = of.fleet().vessels()[vessel].title();
    let text = match reported.annotation.best() {
        _ if reported.text.is_empty() => format!("{title} reports no destination"),
        None => format!("{title} reports {}, which names no port of the list", reported.text),
        Some(best) => format!(
            "{title} reports {}: {}, confidence {:.2}",
            reported.text,
            of.table().port(best.port).name,
            best.confidence
        ),
    };
    ui.add(Label::new(text).wrap());
    if let Some(arrives_ms) = reported.arrives_ms {
        ui.label(format!("Reported arrival {}", when_text(arrives_ms, now_ms)));
    }
}

/// What is missing, and the likely remedy.
fn lack_ui(ui: &mut Ui, deck: &mut Deck, lack: &Lack) {
    let color = match lack {
        Lack::Fault(_) | Lack::NoVoyages(Some(_)) => theme::fault_color(ui),
        _ => ui.visuals().text_color(),
    };
    ui.add(Label::new(RichText::new(lack.text()).color(color)).wrap());
    if let Some((text, remedy)) = lack.remedy()
        && ui.button(text).clicked()
    {
        match remedy {
            Remedy::GoTo(t_ms) => {
                deck.time.clear_brush();
                deck.time.set_now_ms(t_ms);
            }
            Remedy::Ask(command) => deck.ask(command()),
        }
    }
    if matches!(lack, Lack::Fault(_) | Lack::NoNetwork | Lack::Working) {
        reported_ui(ui, deck);
    }
    let desk = deck.desk;
    if *lack == Lack::Working {
        let before: [&dyn Shelf; 5] =
            [&desk.voyages, &desk.nests, &desk.route_graph, &desk.forecasts, &desk.forecast];
        for shelf in before.into_iter().filter(|shelf| shelf.progress().is_some()) {
            ui.horizontal(|ui| {
                ui.label(RichText::new(shelf.title()).weak());
                progress_ui(ui, shelf);
            });
        }
    }
}
