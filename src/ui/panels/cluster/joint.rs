//! Joins the plots and the table to the desk: what they give back is written into the session.

use std::sync::Arc;

use egui::{Color32, RichText, Ui};

use super::k_distance::{Curve, k_distance_ui};
use super::list::ClusterList;
use super::pairs::Pairs;
use super::reachability::Reachability;
use super::scores::ScoreMaps;
use super::spectrum::spectrum_ui;
use super::study::study_ui;
use super::{Pair, effects};
use crate::cluster::params::Method;
use crate::flow::settings::{ClusterEdits, ClusterSettings};
use crate::flow::stages::RepairedOf;
use crate::flow::tray::{Shelf, State};
use crate::flow::{Desk, Key};
use crate::ui::deck::Deck;
use crate::ui::map::palette::{category, unknown};
use crate::ui::selection::Pick;
use crate::ui::theme::STALE_OPACITY;

/// What the panels of clustering keep between frames.
#[derive(Default)]
pub struct ClusterPanels {
    curve: Option<(Key, Curve)>,
    maps: ScoreMaps,
    pairs: Pairs,
    pub(super) list: ClusterList,
    /// The result that the list was drawn for last.
    pub(super) listed: Option<Key>,
    /// What the user called the clusters of a result.
    pub(super) names: Option<(Key, ClusterEdits, Vec<Option<String>>)>,
}

impl ClusterPanels {
    /// The k-distance plot, whose line moves eps.
    pub fn k_distance(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let desk = deck.desk;
        let Some(shown) = desk.tree.shown() else {
            nothing_ui(ui, desk, &desk.tree);
            return;
        };
        dim(ui, shown.is_stale);
        let Some(curve) = self.curve(desk) else { return };
        let unit = deck.session.distances.unit();
        let settings = &mut deck.session.clusters;
        if let Some(eps) = k_distance_ui(ui, curve, settings.cluster.eps, unit) {
            set_eps(settings, eps);
        }
    }

    /// The curve of the tree that is shown, sorted once.
    pub(super) fn curve(&mut self, desk: &Desk) -> Option<&Curve> {
        let shown = desk.tree.shown()?;
        if self.curve.as_ref().is_none_or(|(key, _)| *key != shown.key) {
            self.curve = Some((shown.key, Curve::of(shown.value)));
        }
        self.curve.as_ref().map(|(_, curve)| curve)
    }

    /// The reachability plot: its line moves eps, a click selects a trip.
    pub fn reachability(ui: &mut Ui, deck: &mut Deck) {
        let desk = deck.desk;
        let Some(shown) = desk.optics.shown() else {
            nothing_ui(ui, desk, &desk.optics);
            return;
        };
        let clusters = desk.clusters.shown();
        dim(ui, shown.is_stale || clusters.as_ref().is_none_or(|clusters| clusters.is_stale));
        // An order of other trips than those that are grouped has no clusters yet.
        let n = shown.value.order().len();
        let of = clusters.map(|clusters| clusters.value).filter(|of| of.labels().len() == n);
        let labels = of.map_or(&[][..], |of| of.labels().as_slice());
        let is_selected = of.map(|of| selected(deck, &of.of)).unwrap_or_default();
        let is_dark = ui.visuals().dark_mode;
        let view = &*deck.clusters;
        let color = |cluster: Option<u32>| -> Color32 {
            let color = cluster.map_or(unknown(is_dark), |c| category(view.color_of(c), is_dark));
            let is_dimmed =
                !view.is_shown(cluster) || (view.hovered().is_some() && cluster != view.hovered());
            if is_dimmed { color.gamma_multiply(0.35) } else { color }
        };
        let name =
            |trip: u32| of.map_or_else(|| format!("Trip {trip}"), |of| trip_name(&of.of, trip));
        let plot = Reachability {
            optics: shown.value,
            labels,
            color: &color,
            is_selected: &|trip| is_selected.get(trip as usize) == Some(&true),
            name: &name,
            eps: deck.session.clusters.cluster.eps,
            unit: deck.session.distances.unit(),
        };
        let act = plot.ui(ui);
        if let Some(eps) = act.eps {
            set_eps(&mut deck.session.clusters, eps);
        }
        if let Some(trip) = act.hovered {
            deck.clusters.set_hovered(labels.get(trip as usize).copied().flatten());
        }
        let clicked = act.clicked.zip(of).and_then(|(trip, of)| of.of.ids().get(trip as usize));
        if let Some(id) = clicked {
            deck.pick(if act.is_more { Pick::AlsoTrip(*id) } else { Pick::Trip(*id) });
        }
    }

    /// The maps of scores; a click on a cell sets eps and `MinPts`.
    pub fn scores(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let Deck { session, desk, .. } = deck;
        let Some(shown) = desk.sweep.shown() else {
            nothing_ui(ui, desk, &desk.sweep);
            return;
        };
        dim(ui, shown.is_stale);
        let unit = session.distances.unit();
        let settings = &mut session.clusters;
        if let Some(pair) = self.maps.ui(ui, shown.value, now(settings), unit) {
            set_pair(settings, pair);
        }
    }

    /// The table of tried pairs; a row sets eps and `MinPts`.
    pub fn pairs(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let Deck { session, desk, .. } = deck;
        let Some(shown) = desk.sweep.shown() else {
            nothing_ui(ui, desk, &desk.sweep);
            return;
        };
        dim(ui, shown.is_stale);
        let unit = session.distances.unit();
        let settings = &mut session.clusters;
        if let Some(pair) = self.pairs.ui(ui, shown.value, now(settings), unit) {
            set_pair(settings, pair);
        }
    }

    /// How distances change with compression, noise and direction.
    pub fn study(ui: &mut Ui, deck: &mut Deck) {
        let desk = deck.desk;
        let Some(shown) = desk.study.shown() else {
            nothing_ui(ui, desk, &desk.study);
            return;
        };
        dim(ui, shown.is_stale);
        study_ui(ui, shown.value);
    }

    /// Eigenvalues and what every k is worth; the line sets k.
    pub fn spectrum(ui: &mut Ui, deck: &mut Deck) {
        let Deck { session, desk, .. } = deck;
        let Some(shown) = desk.spectrum.shown() else {
            nothing_ui(ui, desk, &desk.spectrum);
            return;
        };
        dim(ui, shown.is_stale);
        let settings = &mut session.clusters;
        let k = settings.cluster.k;
        if let Some(k) = spectrum_ui(ui, &shown.value.spectrum, &shown.value.curve, k) {
            settings.cluster.k = k;
            settings.choose = false;
            if !settings.cluster.method.has_k() {
                settings.cluster.method = Method::Spectral;
            }
        }
    }
}

/// The pair that is set.
fn now(settings: &ClusterSettings) -> Pair {
    Pair { eps: settings.cluster.eps, min_trips: settings.density.min_trips }
}

fn set_eps(settings: &mut ClusterSettings, eps: f64) {
    settings.cluster.eps = eps;
    settings.choose = false;
    // A method that knows no eps would not follow.
    if !settings.cluster.method.has_eps() {
        settings.cluster.method = Method::Dbscan;
    }
}

/// Sets both, by the user's hand.
pub(super) fn set_pair(settings: &mut ClusterSettings, pair: Pair) {
    set_eps(settings, pair.eps);
    settings.density.min_trips = pair.min_trips;
}

/// Draws what follows as older than what is wanted, if it is.
pub(super) fn dim(ui: &mut Ui, is_stale: bool) {
    if is_stale {
        ui.multiply_opacity(STALE_OPACITY);
    }
}

/// Which of the grouped trips are selected; empty if none is.
pub(super) fn selected(deck: &Deck, of: &RepairedOf) -> Vec<bool> {
    let is_of_these = deck.desk.trips.shown().is_some_and(|shown| {
        Arc::ptr_eq(shown.value, &of.chosen.trips) && deck.selection.key() == Some(shown.key)
    });
    let trips = deck.selection.trips();
    if !is_of_these || trips.is_empty() {
        return Vec::new();
    }
    let mut is_selected = vec![false; of.ids().len()];
    for place in trips.iter().filter_map(|trip| of.ids().binary_search(trip).ok()) {
        is_selected[place] = true;
    }
    is_selected
}

/// A trip by its ship and its number.
pub(super) fn trip_name(of: &RepairedOf, place: u32) -> String {
    match (of.originals().get(place as usize), of.ids().get(place as usize)) {
        (Some(trip), Some(id)) => {
            format!("{}, trip {id}", of.chosen.fleet().vessels()[trip.vessel].title())
        }
        _ => format!("Trip {place}"),
    }
}

/// Why there is nothing to draw yet, and what it waits for.
pub(super) fn nothing_ui(ui: &mut Ui, desk: &Desk, shelf: &dyn Shelf) {
    effects::faults_ui(ui, shelf.faults());
    if !shelf.faults().is_empty() {
        return;
    }
    // The first step on the way that cannot go on is what keeps it.
    let kept_by = desk.shelves().into_iter().find(|step| step.state() == State::Fault);
    if let Some(step) = kept_by {
        effects::waiting_ui(
            ui,
            &format!("{} has a fault, so there is nothing to show:", step.title()),
        );
        effects::faults_ui(ui, step.faults());
        return;
    }
    let working = desk.shelves().into_iter().find(|step| step.state() == State::Working);
    match working {
        Some(step) => {
            ui.horizontal(|ui| {
                ui.label(RichText::new(format!("{} ...", step.title())).weak());
            });
        }
        None => effects::waiting_ui(ui, "No trips yet: open a file, or the demo (File menu)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picked_pair_sets_both_ends_choosing_and_brings_a_method_that_knows_eps() {
        let mut settings = ClusterSettings::default();
        settings.cluster.method = Method::Spectral;
        set_pair(&mut settings, Pair { eps: 0.05, min_trips: 7 });
        assert_eq!((settings.cluster.eps, settings.density.min_trips), (0.05, 7));
        assert!(!settings.choose && settings.cluster.method == Method::Dbscan);
        settings.cluster.method = Method::Optics;
        set_eps(&mut settings, 0.1);
        assert_eq!((settings.cluster.method, now(&settings).eps), (Method::Optics, 0.1));
    }
}
