//! The right panel of association: what was found, the method, its parameters.

use egui::{Label, RichText, ScrollArea, Ui};

use super::{AssociatePanels, STALE_OPACITY, about, is_of_reading, run_ui, standing_ui};
use crate::associate::{Method, Why};
use crate::base::params::Choice as _;
use crate::base::text::{counted, grouped};
use crate::flow::stages::AssociatedOf;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::form::{Stand, params_ui_where};
use crate::ui::panels::prepare::head;
use crate::ui::theme;

/// How often each reason to link or not was given.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    why: Vec<(Why, usize)>,
    tracks: usize,
}

impl Counts {
    /// Of a result.
    pub fn of(of: &AssociatedOf) -> Counts {
        let mut counts: Vec<(Why, usize)> = Vec::new();
        for why in &of.found.why {
            match counts.iter_mut().find(|(other, _)| other == why) {
                Some((_, n)) => *n += 1,
                None => counts.push((*why, 1)),
            }
        }
        Counts { why: counts, tracks: of.found.tracks }
    }

    fn n(&self, why: Why) -> u64 {
        self.why.iter().find(|(other, _)| *other == why).map_or(0, |(_, n)| *n as u64)
    }

    /// What a parameter did.
    fn effect(&self, name: &str) -> Option<String> {
        Some(match name {
            "longest_silence" => format!("{} bridged", grouped(self.n(Why::Bridged))),
            "end_cost" => format!("{} end", grouped(self.n(Why::Ended))),
            "moving_speed" => format!("{} move", grouped(self.n(Why::Moving))),
            "moving_cosine" | "longest_gap" => {
                format!("{} alone", grouped(self.n(Why::NoCandidate)))
            }
            "steady_cosine" => format!("{} lie still", grouped(self.n(Why::Steady))),
            "abnormal" => format!("{} cut off", grouped(self.n(Why::Abnormal))),
            "turning_cosine" => counted(self.n(Why::TurningPoint), "turn"),
            "test_every" => format!("{} known", grouped(self.n(Why::Given))),
            "tracks" => counted(self.tracks as u64, "track"),
            _ => return None,
        })
    }
}

/// Whether a field matters to a method.
fn stand(method: Method, name: &str) -> Stand {
    let is_its = match name {
        "method" => false, // It has controls of its own.
        "longest_silence" | "link_rounds" | "end_cost" | "between" | "between_least" => {
            method == Method::Flow
        }
        "least_gap" | "longest_gap" | "moving_speed" | "moving_weight" | "steady_weight"
        | "angle_weight" | "moving_cosine" | "steady_cosine" | "abnormal" | "turning_distance"
        | "turning_cosine" => method == Method::Cbtr,
        "neighbors" => method == Method::NpcCluster,
        "test_every" => method == Method::Npc,
        "units" | "epochs" | "window" | "network_seed" | "device" => method == Method::Lstm,
        "rounds" => method == Method::Em,
        "tracks" | "starts" | "seed" => matches!(method, Method::Em | Method::Kmeans),
        // What is new here is better seen than hidden.
        _ => true,
    };
    if is_its { Stand::Live } else { Stand::Absent }
}

impl AssociatePanels {
    /// The right panel.
    pub fn parameters(&mut self, ui: &mut Ui, deck: &mut Deck) {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.add_space(4.0);
            head(ui, &deck.desk.associate);
            let shown = deck.desk.associate.shown();
            if let Some(shown) = shown.filter(|shown| is_of_reading(deck.desk, shown.value)) {
                ui.scope(|ui| {
                    if shown.is_stale {
                        ui.multiply_opacity(STALE_OPACITY);
                    }
                    summary(shown.value).into_iter().for_each(|line| {
                        ui.add(Label::new(line).wrap());
                    });
                });
            }
            standing_ui(ui, deck);
            ui.horizontal(|ui| {
                run_ui(ui, deck);
                let is_there = deck.desk.associate.shown().is_some();
                if is_there && ui.small_button("Export…").clicked() {
                    deck.ask(Command::AskToExport("associate"));
                }
            });
            ui.add_space(4.0);
            ui.separator();
            map_ui(ui, deck);
            ui.add_space(4.0);
            ui.separator();
            ui.label(theme::title("Method"));
            let params = &mut deck.session.associate;
            for (_, method) in Method::CASES {
                let (title, help) = about(*method);
                ui.radio_value(&mut params.method, *method, title).on_hover_text(help);
            }
            ui.add(Label::new(RichText::new(about(params.method).1).weak()).wrap());
            let method = params.method;
            let is_fresh = |counts: &&Counts| {
                let shown = deck.desk.associate.shown();
                shown.is_some_and(|shown| shown.value.method == method) && !counts.why.is_empty()
            };
            let counts = self.counts.as_ref().map(|(_, counts)| counts).filter(is_fresh);
            let effect = |name: &str| counts?.effect(name);
            params_ui_where(ui, "associate", params, &effect, &|name| stand(method, name));
        });
    }
}

/// What the map shows of all this.
fn map_ui(ui: &mut Ui, deck: &mut Deck) {
    let map = &mut deck.session.map;
    ui.label(theme::title("On the map"));
    if !map.found {
        ui.label(RichText::new("Points and found tracks are switched off").weak());
        if ui.button("Show on the map").clicked() {
            map.found = true;
        }
        return;
    }
    ui.checkbox(&mut map.hide_identity, "Hide identity").on_hover_text(
        "Points in one color and the tracks that were found; without it colors say which ship \
         it is in truth. No method ever looks at the truth, but NPC classification at its half",
    );
    ui.checkbox(&mut map.mistakes, "Mark mistakes")
        .on_hover_text("Red: links to another ship. Rings: where a ship's track breaks off");
}

/// What was found, in lines that fit a narrow panel.
fn summary(of: &AssociatedOf) -> Vec<String> {
    let mut lines = vec![format!(
        "{} of {}, by {}",
        counted(of.found.tracks as u64, "track"),
        counted(of.points.len() as u64, "point"),
        about(of.method).0,
    )];
    if let Some(score) = &of.score {
        lines.push(format!("{} in truth", counted(score.vessels as u64, "ship")));
        lines.push(format!("Neighbors right: {:.2} %", 100.0 * score.correct_neighbor_rate));
        lines.push(format!(
            "{}, {}",
            counted(score.jumps as u64, "jump"),
            counted(score.merges as u64, "merge"),
        ));
        lines.push(format!("ARI {:.3}, ATD score {:.4}", score.ari, score.atd_score));
    }
    if of.found.guessed > 0 {
        let guessed = counted(of.found.guessed as u64, "point");
        lines.push(format!("Speed or course of {guessed} is guessed"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::associate::AssociateParams;
    use crate::base::params::manual;
    use crate::flow::stages::broken_and_joined;

    #[test]
    fn each_method_shows_its_own_parameters_and_each_parameter_is_some_methods() {
        let names: Vec<&str> =
            manual(&AssociateParams::default()).iter().map(|entry| entry.name).collect();
        let n = |method| names.iter().filter(|name| stand(method, name) == Stand::Live).count();
        let expected = [5, 11, 1, 1, 5, 4, 3];
        let methods = [
            Method::Flow,
            Method::Cbtr,
            Method::Npc,
            Method::NpcCluster,
            Method::Lstm,
            Method::Em,
            Method::Kmeans,
        ];
        assert_eq!(methods.map(n), expected);
        for name in names.iter().filter(|name| **name != "method") {
            assert!(
                Method::CASES.iter().any(|(_, method)| stand(*method, name) == Stand::Live),
                "{name}"
            );
        }
    }

    #[test]
    fn what_was_found_is_said_in_full_and_beside_the_sliders() {
        let of = broken_and_joined();
        let lines = summary(&of);
        assert_eq!(lines[0], "2 tracks of 8 points, by Flow (ours)");
        assert_eq!(
            lines[1..4],
            ["2 ships in truth", "Neighbors right: 62.50 %", "1 jump, 1 merge"]
        );
        let counts = Counts::of(&of);
        assert_eq!(counts.effect("end_cost").as_deref(), Some("3 end"));
        assert_eq!(counts.effect("tracks").as_deref(), Some("2 tracks"));
        assert_eq!(counts.effect("between"), None);
    }
}
