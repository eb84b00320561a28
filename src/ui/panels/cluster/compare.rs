//! The paper's comparison: deep clustering beside compression, DTW and DBSCAN on the same trips.

use egui::{Button, Grid, ProgressBar, RichText, ScrollArea, Ui};

use super::joint::{ClusterPanels, dim, nothing_ui};
use crate::base::text::grouped;
use crate::cluster::deep::{Side, Study};
use crate::flow::stages::DecStudyOf;
use crate::flow::tray::Shelf as _;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::plot::axis::significant;
use crate::ui::theme;

/// A line of the table: what is measured, what that means, and what it is of a method.
type Line = (&'static str, &'static str, fn(&Side) -> String);

const LINES: [Line; 9] = [
    ("Clusters", "How many were found", |side| grouped(side.clusters as u64)),
    ("Noise", "Trips in no cluster", |side| grouped(side.noise as u64)),
    ("Noise share", "Of all trips", |side| format!("{:.1} %", 100.0 * side.noise_share)),
    ("Silhouette", "From -1 to 1, by DTW; noise is left out", |side| number(side.silhouette)),
    ("Calinski-Harabasz", "Larger is better", |side| number(side.calinski_harabasz)),
    ("ARI", "Agreement with the true routes: 1 for the same, 0 for chance", |side| {
        number(side.ari)
    }),
    ("NMI", "Mutual information with the true routes, 0 to 1", |side| number(side.nmi)),
    ("Rare routes found", "True routes with few trips that have a cluster of their own", |side| {
        count(side.small_found)
    }),
    ("Rare routes lost", "Those that have none", |side| count(side.small_lost)),
];

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "unknown".into(), |value| significant(value, 3))
}

fn count(n: Option<usize>) -> String {
    n.map_or_else(|| "unknown".into(), |n| grouped(n as u64))
}

impl ClusterPanels {
    /// Both methods side by side, with a button that runs the comparison.
    pub fn compare(ui: &mut Ui, deck: &mut Deck) {
        let desk = deck.desk;
        let shelf = &desk.dec_study;
        let shown = shelf.shown();
        ui.horizontal_wrapped(|ui| {
            theme::state_dot(ui, shelf.state());
            if let Some((done, total, _)) = shelf.progress() {
                if ui.button("Stop comparing").clicked() {
                    deck.commands.ask(Command::Cancel("dec-study"));
                }
                let share = if total > 0 { (done as f32 / total as f32).min(1.0) } else { 0.0 };
                ui.add(ProgressBar::new(share).desired_width(160.0));
            } else {
                let is_ready = desk.deep_groups.shown().is_some_and(|groups| !groups.is_stale);
                let text = if shown.is_some() { "Compare again" } else { "Compare" };
                let compare = ui.add_enabled(is_ready, Button::new(text));
                let help = "Group the same trips by Douglas-Peucker, DTW and DBSCAN, the paper's \
                            baseline: measures all pairs of trips";
                if compare.on_hover_text(help).clicked() {
                    deck.commands.ask(Command::Retry("dec-study"));
                }
                if !is_ready {
                    let text = if desk.embed.shown().is_none() {
                        "Train the autoencoder first (panel Clustering, or workspace Models)"
                    } else {
                        "Waits for deep clusters"
                    };
                    ui.label(RichText::new(text).weak());
                } else if shown.is_none() {
                    let text = "Deep clustering beside the paper's baseline, on the same trips";
                    ui.label(RichText::new(text).weak());
                }
            }
        });
        for fault in shelf.faults() {
            ui.label(RichText::new(fault).color(theme::fault_color(ui)));
        }
        let Some(shown) = shown else {
            if desk.repair.shown().is_none() {
                nothing_ui(ui, desk, &desk.repair);
            }
            return;
        };
        dim(ui, shown.is_stale);
        ScrollArea::both().auto_shrink([false, false]).show(ui, |ui| table_ui(ui, shown.value));
    }
}

fn table_ui(ui: &mut Ui, of: &DecStudyOf) {
    let study = &of.study;
    ui.horizontal_top(|ui| {
        Grid::new("study").num_columns(3).striped(true).spacing([18.0, 2.0]).show(ui, |ui| {
            ui.label("");
            ui.label(RichText::new("deep").strong());
            ui.label(RichText::new("DP, DTW, DBSCAN").strong());
            ui.end_row();
            for (name, help, value) in LINES {
                ui.label(name).on_hover_text(help);
                ui.monospace(value(&study.deep));
                ui.monospace(value(&study.baseline));
                ui.end_row();
            }
        });
        ui.add_space(16.0);
        ui.vertical(|ui| small_routes_ui(ui, study, of.kept_share));
    });
}

/// What became of each route with few trips.
fn small_routes_ui(ui: &mut Ui, study: &Study, kept_share: f64) {
    let found = |is_found: bool| if is_found { "found" } else { "lost" };
    if !study.small_routes.is_empty() {
        Grid::new("small").num_columns(4).striped(true).spacing([18.0, 2.0]).show(ui, |ui| {
            for title in ["rare route", "trips", "deep", "DBSCAN"] {
                ui.label(RichText::new(title).weak());
            }
            ui.end_row();
            for small in &study.small_routes {
                ui.monospace(small.route.to_string());
                ui.monospace(grouped(small.trips as u64));
                ui.label(found(small.is_found_deep));
                ui.label(found(small.is_found_baseline));
                ui.end_row();
            }
        });
    }
    let text = format!(
        "{} that the baseline throws away as noise; it kept {:.1} % of the reports",
        crate::base::text::counted(study.thrown_away as u64, "deep cluster"),
        100.0 * kept_share
    );
    ui.label(RichText::new(text).weak());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_known_without_truth_is_said_to_be_unknown() {
        assert_eq!((number(None), number(Some(0.916_6))), ("unknown".into(), "0.917".into()));
        assert_eq!((count(None), count(Some(2))), ("unknown".into(), "2".into()));
    }
}
