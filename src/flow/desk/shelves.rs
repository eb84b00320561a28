//! All trays in the order of the flow, and which of them are wanted.

use super::Desk;
use crate::cluster::params::Method;
use crate::flow::bound::TellerChoice;
use crate::flow::session::Session;
use crate::flow::tray::{Exporter, Shelf};

/// Which stages are to be kept up: some that somebody looks at, and those that they need.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted(Vec<&'static str>);

impl Wanted {
    /// Everything up to the trips that pass the filter: what looking at traffic needs.
    pub fn explore() -> Wanted {
        Wanted(vec!["ingest", "clean", "trips", "filter"])
    }

    /// Whether stage `name` is to be kept up.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(&name)
    }
}

impl Desk {
    /// Every tray, in the order of the flow.
    pub fn shelves(&self) -> Vec<&dyn Shelf> {
        vec![
            &self.ingest,
            &self.clean,
            &self.trips,
            &self.filter,
            &self.outliers,
            &self.repair,
            &self.measure,
            &self.compress,
            &self.retention,
            &self.pairs,
            &self.distances,
            &self.sweep,
            &self.tree,
            &self.optics,
            &self.spectrum,
            &self.embed,
            &self.deep_groups,
            &self.plane,
            &self.dec_study,
            &self.clusters,
            &self.indices,
            &self.routes,
            &self.study,
            &self.windows,
            &self.fit,
            &self.scores,
            &self.ends,
            &self.path,
            &self.associate,
            &self.associate_study,
            &self.watched,
            &self.gates,
            &self.density,
            &self.encounters,
            &self.ahead,
            &self.areas,
            &self.oddities,
            &self.ports,
            &self.destinations,
            &self.voyages,
            &self.nests,
            &self.route_graph,
            &self.destination_fit,
            &self.destination_scores,
            &self.forecasts,
            &self.forecast,
            &self.eta_fit,
            &self.eta_scores,
        ]
    }

    /// Every tray, to cancel or to request.
    pub fn shelves_mut(&mut self) -> Vec<&mut dyn Shelf> {
        vec![
            &mut self.ingest,
            &mut self.clean,
            &mut self.trips,
            &mut self.filter,
            &mut self.outliers,
            &mut self.repair,
            &mut self.measure,
            &mut self.compress,
            &mut self.retention,
            &mut self.pairs,
            &mut self.distances,
            &mut self.sweep,
            &mut self.tree,
            &mut self.optics,
            &mut self.spectrum,
            &mut self.embed,
            &mut self.deep_groups,
            &mut self.plane,
            &mut self.dec_study,
            &mut self.clusters,
            &mut self.indices,
            &mut self.routes,
            &mut self.study,
            &mut self.windows,
            &mut self.fit,
            &mut self.scores,
            &mut self.ends,
            &mut self.path,
            &mut self.associate,
            &mut self.associate_study,
            &mut self.watched,
            &mut self.gates,
            &mut self.density,
            &mut self.encounters,
            &mut self.ahead,
            &mut self.areas,
            &mut self.oddities,
            &mut self.ports,
            &mut self.destinations,
            &mut self.voyages,
            &mut self.nests,
            &mut self.route_graph,
            &mut self.destination_fit,
            &mut self.destination_scores,
            &mut self.forecasts,
            &mut self.forecast,
            &mut self.eta_fit,
            &mut self.eta_scores,
        ]
    }

    /// Stages `names` and all that they need as `session` stands, or the name that no stage has.
    pub fn wanted(&self, names: &[&str], session: &Session) -> Result<Wanted, String> {
        let shelves = self.shelves();
        let mut closed: Vec<&'static str> = Vec::new();
        let mut open: Vec<&str> = names.to_vec();
        while let Some(name) = open.pop() {
            let shelf = shelves.iter().find(|shelf| shelf.name() == name).ok_or(name)?;
            if !closed.contains(&shelf.name()) {
                closed.push(shelf.name());
                open.extend(shelf.needs());
                if shelf.name() == "clusters" {
                    open.extend(needs_of(session));
                }
                if shelf.name() == "oddities" {
                    open.extend(session.oddities.of_routes.then_some("routes"));
                    open.extend(session.oddities.of_forecasts.then_some("forecasts"));
                }
                if shelf.name() == "forecasts" && session.destination.by == TellerChoice::Network {
                    open.push("destination-fit");
                }
                if shelf.name() == "windows" && session.predict.params.has_region {
                    open.push("clusters");
                }
            }
        }
        Ok(Wanted(closed))
    }

    /// Writes what stage `name` shows, if it shows anything, whenever and wherever it is called.
    pub fn exporter(&self, name: &str) -> Option<Exporter> {
        self.shelves().into_iter().find(|shelf| shelf.name() == name)?.exporter()
    }

    /// Whether anything is being worked on.
    pub fn is_busy(&self) -> bool {
        self.shelves().iter().any(|shelf| shelf.progress().is_some())
    }
}

/// What clusters are cut from, by the method that is chosen.
fn needs_of(session: &Session) -> Vec<&'static str> {
    let settings = &session.clusters;
    let mut needs = match settings.cluster.method {
        Method::Dbscan | Method::Hdbscan => vec!["tree"],
        Method::Optics => vec!["optics"],
        Method::Spectral => vec!["spectrum"],
        Method::Deep => vec!["deep-groups"],
        Method::KMedoids | Method::KMeans => Vec::new(),
    };
    if settings.follows_sweep() && !session.distances.is_pruned() {
        needs.push("sweep");
    }
    needs
}
