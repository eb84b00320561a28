//! The right panel of clustering: every parameter in the order of the flow, and beside it what it
//! did.

use egui::{CollapsingHeader, RichText, ScrollArea, Ui};

use super::Pair;
use super::deep::deep_ui;
use super::effects::{
    cluster_stand, distance_detail, distance_stand, indices_ui, labels_text, pairs_text,
    sweep_text, waiting_ui,
};
use super::eps::{eps_ui, flags_ui, remedy, remedy_ui};
use super::joint::{ClusterPanels, dim, set_pair};
use super::weights::weights_ui;
use crate::base::text::{counted, grouped};
use crate::cluster::params::Method;
use crate::distance::Metric;
use crate::flow::tray::{Shelf, State};
use crate::flow::{Desk, Session};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::form::{Stand, params_ui, params_ui_where};
use crate::ui::panels::prepare::head;

impl ClusterPanels {
    /// The parameters of distances, clusters, sweep and routes. `is_asking` says whether a dialog is
    /// open.
    pub fn parameters(&mut self, ui: &mut Ui, deck: &mut Deck, is_asking: bool) {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.add_space(4.0);
            teach_ui(ui, deck);
            let Deck { session, desk, .. } = deck;
            distances_ui(ui, session, desk);
            ui.separator();
            self.clusters_ui(ui, session, desk);
            if deck.session.clusters.cluster.method == Method::Deep {
                deep_ui(ui, deck, is_asking);
            }
            let Deck { session, desk, .. } = deck;
            ui.separator();
            head(ui, &desk.indices);
            match desk.indices.shown() {
                Some(shown) => {
                    let measured = shown.value;
                    ui.scope(|ui| {
                        dim(ui, shown.is_stale);
                        indices_ui(ui, &measured.indices, measured.agreement.as_ref());
                    });
                }
                None => waiting_ui(ui, "No clusters to measure yet"),
            }
            ui.separator();
            sweep_ui(ui, session, desk);
            ui.separator();
            routes_ui(ui, session, desk);
            ui.separator();
            acts_ui(ui, deck);
        });
    }

    /// Method, density, eps, and what came of them.
    fn clusters_ui(&mut self, ui: &mut Ui, session: &mut Session, desk: &Desk) {
        let unit = session.distances.unit();
        head(ui, &desk.clusters);
        for shelf in [&desk.tree as &dyn Shelf, &desk.optics, &desk.spectrum] {
            waited_for_ui(ui, shelf);
        }
        let shown = desk.clusters.shown();
        let effect = shown
            .as_ref()
            .map(|shown| labels_text(shown.value.labels(), shown.value.params.cluster.method));
        let has_eps = session.clusters.cluster.method.has_eps();
        // With eps it stands beside that.
        if let (Some(shown), Some(effect), false) = (&shown, &effect, has_eps) {
            ui.scope(|ui| {
                dim(ui, shown.is_stale);
                ui.label(RichText::new(effect).strong());
            });
        }
        let settings = &mut session.clusters;
        let by_hand = (settings.cluster.eps, settings.density.min_trips, settings.cluster.k);
        choose_ui(ui, &mut settings.choose, settings.cluster.method);
        params_ui_where(ui, "method", &mut settings.cluster, &|_| None, &|name| match name {
            "method" => Stand::Live,
            _ => Stand::Absent,
        });
        let method = settings.cluster.method;
        if method.marks_noise() {
            let cores = shown.as_ref().and_then(|shown| {
                let cores = shown.value.clustering.cores?;
                Some(format!(
                    "{} of {} core",
                    grouped(cores as u64),
                    grouped(shown.value.labels().len() as u64)
                ))
            });
            params_ui(ui, "density", &mut settings.density, &|_| cores.clone());
        }
        if method.has_eps() {
            let curve = self.curve(desk);
            eps_ui(ui, &mut settings.cluster.eps, curve, unit, effect);
            if let Some(shown) = &shown {
                flags_ui(ui, &shown.value.clustering.flags);
                let eps = settings.cluster.eps;
                let found = curve
                    .filter(|_| !shown.is_stale)
                    .and_then(|curve| remedy(curve, eps, shown.value.labels(), unit));
                if let Some(found) = found
                    && remedy_ui(ui, &found, unit)
                {
                    settings.cluster.eps = found.eps;
                }
            }
        } else if let Some(shown) = &shown {
            flags_ui(ui, &shown.value.clustering.flags);
        }
        params_ui_where(ui, "cluster", &mut settings.cluster, &|_| None, &|name| {
            cluster_stand(method, name)
        });
        if method == Method::Spectral {
            params_ui(ui, "spectrum", &mut settings.spectrum, &|_| None);
        }
        if by_hand != (settings.cluster.eps, settings.density.min_trips, settings.cluster.k) {
            settings.choose = false;
        }
    }
}

/// What is needed before there can be clusters, where it is not there.
fn teach_ui(ui: &mut Ui, deck: &mut Deck) {
    if deck.session.sources.is_empty() {
        ui.label("Clusters are made of trips: open a file, or the demo.");
        if ui.button("Open the demo").on_hover_text("A made sea with known routes").clicked() {
            deck.ask(Command::Demo);
        }
        ui.separator();
        return;
    }
    let n_chosen = deck.desk.filter.shown().map(|shown| shown.value.chosen.kept.len());
    let n_trips = deck.desk.trips.shown().map(|shown| shown.value.trips.trips.len());
    match (n_chosen, n_trips) {
        (Some(0), Some(n)) if n > 0 => {
            ui.label(format!("None of {} passes the filter.", counted(n as u64, "trip")));
            if ui.button("Clear the filter").clicked() {
                deck.ask(Command::ClearFilters);
            }
            ui.separator();
        }
        (Some(0), _) => {
            ui.label(
                "There are no trips: every piece was cut too short. Lower the minimum length or \
                 time in Clean and cut.",
            );
            ui.separator();
        }
        (Some(1), _) => {
            ui.label("One trip alone makes no cluster: let more pass the filter.");
            ui.separator();
        }
        _ => (),
    }
}

/// The head of a step, if it is not done: it is what later steps wait for.
fn waited_for_ui(ui: &mut Ui, shelf: &dyn Shelf) {
    if !matches!(shelf.state(), State::Fresh | State::Waiting) {
        head(ui, shelf);
    }
}

fn distances_ui(ui: &mut Ui, session: &mut Session, desk: &Desk) {
    head(ui, &desk.distances);
    for shelf in [&desk.repair as &dyn Shelf, &desk.measure, &desk.compress, &desk.pairs] {
        waited_for_ui(ui, shelf);
    }
    if let Some(shown) = desk.pairs.shown() {
        let text = pairs_text(shown.value.n_pairs(), shown.value.pairs_per_s());
        ui.scope(|ui| {
            dim(ui, shown.is_stale);
            ui.label(text);
        });
    }
    let settings = &mut session.distances;
    let metric = settings.measure.metric;
    params_ui_where(ui, "distances", &mut settings.measure, &|_| None, &|name| {
        distance_stand(metric, name)
    });
    if settings.measure.metric == Metric::Msspd {
        weights_ui(ui, &mut settings.weights);
        params_ui_where(ui, "scale", &mut settings.weights, &|_| None, &|name| match name {
            "scale" => Stand::Live,
            _ => Stand::Absent,
        });
    }
    CollapsingHeader::new("More of distances").show(ui, |ui| {
        params_ui_where(ui, "more", &mut settings.measure, &|_| None, &distance_detail);
    });
}

/// Whether results choose what could be set by hand.
fn choose_ui(ui: &mut Ui, choose: &mut bool, method: Method) {
    let (is_there, help) = match method {
        Method::Dbscan | Method::Optics => (
            true,
            "eps and MinPts follow the best pair of the sweep, until one of them is set by hand",
        ),
        Method::Spectral => {
            (true, "k follows the largest gap of the eigenvalues, until it is set by hand")
        }
        _ => (false, "Only dbscan, optics and spectral have something to choose by"),
    };
    let text = match method {
        Method::Spectral => "Choose k for me",
        _ => "Choose eps and MinPts for me",
    };
    ui.add_enabled_ui(is_there, |ui| {
        ui.checkbox(choose, text).on_hover_text(help).on_disabled_hover_text(help);
    });
}

fn sweep_ui(ui: &mut Ui, session: &mut Session, desk: &Desk) {
    head(ui, &desk.sweep);
    if let Some(shown) = desk.sweep.shown() {
        let sweep = shown.value;
        ui.scope(|ui| {
            dim(ui, shown.is_stale);
            ui.label(sweep_text(sweep, session.distances.unit()));
        });
        let best = sweep.best.and_then(|best| sweep.rows.get(best)).map(Pair::of);
        let settings = &mut session.clusters;
        let now = Pair { eps: settings.cluster.eps, min_trips: settings.density.min_trips };
        if let Some(best) = best.filter(|best| *best != now && !settings.follows_sweep()) {
            let help = "Sets eps and MinPts once; later sweeps change nothing";
            if ui.button("Take the best pair").on_hover_text(help).clicked() {
                set_pair(settings, best);
            }
        }
    }
    CollapsingHeader::new("What is tried").show(ui, |ui| {
        params_ui(ui, "sweep", &mut session.sweep, &|_| None);
    });
}

fn routes_ui(ui: &mut Ui, session: &mut Session, desk: &Desk) {
    head(ui, &desk.routes);
    if let Some(shown) = desk.routes.shown() {
        let routes = &shown.value.routes;
        let mut text = counted(routes.routes.len() as u64, "route");
        if !routes.without.is_empty() {
            let n = counted(routes.without.len() as u64, "cluster");
            text += &format!("; {n} without one");
        }
        ui.scope(|ui| {
            dim(ui, shown.is_stale);
            ui.label(text);
        });
    }
    CollapsingHeader::new("How routes are found").show(ui, |ui| {
        params_ui(ui, "routes", &mut session.routes, &|_| None);
    });
}

/// What can be done with the clusters: kept to be compared with, or written into files.
fn acts_ui(ui: &mut Ui, deck: &mut Deck) {
    let desk = deck.desk;
    let mut asked = None;
    let (text, command) = match deck.clusters.pinned() {
        Some(_) => ("Unpin", Command::Unpin),
        None => ("Pin to compare", Command::Pin),
    };
    let help = "Keeps these clusters on a map of their own beside those to come";
    let button = ui.add_enabled(desk.clusters.shown().is_some(), egui::Button::new(text));
    if button.on_hover_text(help).clicked() {
        deck.ask(command);
    }
    ui.horizontal_wrapped(|ui| {
        ui.label("Export");
        for (text, stage, is_there, help) in [
            (
                "Labels",
                "clusters",
                desk.clusters.shown().is_some(),
                "CSV and Parquet: the cluster of each trip",
            ),
            (
                "Routes",
                "routes",
                desk.routes.shown().is_some(),
                "GeoJSON and CSV: center lines, ribbons, profiles",
            ),
            (
                "Pairs",
                "sweep",
                desk.sweep.shown().is_some(),
                "All pairs of eps and MinPts that were tried",
            ),
            (
                "Distances",
                "distances",
                desk.distances.shown().is_some(),
                "The matrix of distances (.npy)",
            ),
        ] {
            let button = ui.add_enabled(is_there, egui::Button::new(text).small());
            if button.on_hover_text(help).clicked() {
                asked = Some(stage);
            }
        }
    });
    if let Some(stage) = asked {
        deck.ask(Command::AskToExport(stage));
    }
}
