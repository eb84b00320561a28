//! All trays, and the flow between them in one function.

use std::sync::Arc;

use super::jobs::Jobs;
use super::predicting::PredictSettings;
use super::session::Session;
use super::stage::Asked;
use super::stages::{
    AheadParams, AheadStage, AreasStage, AssociateStage, AssociateStudyStage, ByAsked, ChosenOf,
    Clean, ClustersOf, ClustersStage, CompressStage, DecStudyStage, DeepGroupsOf, DeepGroupsStage,
    DensityStage, DestinationFitStage, DestinationScoresStage, DestinationsStage, DistancesOf,
    DistancesStage, EmbedStage, EncountersStage, EndsStage, EtaFitStage, EtaScoresStage,
    FilterStage, FitParams, FitStage, ForecastStage, ForecastsStage, GatesStage, GroupParams,
    IndicesStage, Ingest, MeasureParams, MeasureStage, NestsStage, OdditiesStage, OpticsStage,
    OutliersOf, OutliersStage, PairsStage, PathStage, PlaneStage, PortsStage, RepairStage,
    RepairedOf, RetentionStage, RouteGraphStage, RoutesOf, RoutesStage, ScoresStage, SpectrumStage,
    StudyStage, SweepStage, TrainedParams, TreeStage, TripsStage, VoyagesStage, WatchedStage,
    WindowsStage, study_params, without_tolerance,
};
use super::tray::{Shelf, State, Tray};
use crate::cluster::params::Method;
use crate::distance::{Metric, Weights};

mod bound;
mod files;
mod shelves;

use self::files::{CARD, Files};
pub use self::shelves::Wanted;

/// Everything computed, kept up with everything set up. A clone shares the results and has none of
/// the work that goes on.
#[derive(Default, Clone)]
pub struct Desk {
    /// Files to a fleet.
    pub ingest: Tray<Ingest>,
    /// What is wrong taken away.
    pub clean: Tray<Clean>,
    /// Tracks cut into trips.
    pub trips: Tray<TripsStage>,
    /// Trips chosen from all.
    pub filter: Tray<FilterStage>,
    /// Sharp turns and small loops in them.
    pub outliers: Tray<OutliersStage>,
    /// Silences within trips filled.
    pub repair: Tray<RepairStage>,
    /// Reports measured, so that thresholds only compare.
    pub measure: Tray<MeasureStage>,
    /// What is kept of each trip.
    pub compress: Tray<CompressStage>,
    /// How much is kept at every tolerance.
    pub retention: Tray<RetentionStage>,
    /// The components of the distance of every pair.
    pub pairs: Tray<PairsStage>,
    /// One distance a pair.
    pub distances: Tray<DistancesStage>,
    /// Every pair of eps and `MinPts` tried.
    pub sweep: Tray<SweepStage>,
    /// The clusters of every eps.
    pub tree: Tray<TreeStage>,
    /// The order for the reachability plot.
    pub optics: Tray<OpticsStage>,
    /// Eigenvectors, and what every k is worth.
    pub spectrum: Tray<SpectrumStage>,
    /// Trips embedded by a network.
    pub embed: Tray<EmbedStage>,
    /// Embedded trips in groups.
    pub deep_groups: Tray<DeepGroupsStage>,
    /// Embedded trips on a plane.
    pub plane: Tray<PlaneStage>,
    /// Deep clusters beside the paper's baseline.
    pub dec_study: Tray<DecStudyStage>,
    /// Trips in groups.
    pub clusters: Tray<ClustersStage>,
    /// How good the groups are.
    pub indices: Tray<IndicesStage>,
    /// What the trips of each group have in common.
    pub routes: Tray<RoutesStage>,
    /// How distances change with compression, noise and direction.
    pub study: Tray<StudyStage>,
    /// What predictions are learned from.
    pub windows: Tray<WindowsStage>,
    /// Fitted prediction models.
    pub fit: Tray<FitStage>,
    /// How far off prediction methods are.
    pub scores: Tray<ScoresStage>,
    /// Where the ships of all trips go on to.
    pub ends: Tray<EndsStage>,
    /// Where one ship will be.
    pub path: Tray<PathStage>,
    /// Tracks of points whose ships are hidden.
    pub associate: Tray<AssociateStage>,
    /// How every method does at that.
    pub associate_study: Tray<AssociateStudyStage>,
    /// The reports of which the safety officer asks.
    pub watched: Tray<WatchedStage>,
    /// Who crossed which line.
    pub gates: Tray<GatesStage>,
    /// How dense traffic is.
    pub density: Tray<DensityStage>,
    /// Who came close to whom.
    pub encounters: Tray<EncountersStage>,
    /// Who will come close to whom.
    pub ahead: Tray<AheadStage>,
    /// What ships did in areas.
    pub areas: Tray<AreasStage>,
    /// What does not fit.
    pub oddities: Tray<OdditiesStage>,
    /// The table of ports.
    pub ports: Tray<PortsStage>,
    /// What crews typed, and the ports that it names.
    pub destinations: Tray<DestinationsStage>,
    /// Voyages from port to port.
    pub voyages: Tray<VoyagesStage>,
    /// Voyages cut on a grid.
    pub nests: Tray<NestsStage>,
    /// Their routes, counted.
    pub route_graph: Tray<RouteGraphStage>,
    /// A network that tells destinations.
    pub destination_fit: Tray<DestinationFitStage>,
    /// How well models tell destinations.
    pub destination_scores: Tray<DestinationScoresStage>,
    /// Where all ships under way are bound.
    pub forecasts: Tray<ForecastsStage>,
    /// Where one ship is bound.
    pub forecast: Tray<ForecastStage>,
    /// Estimators of arrivals, of files of their own.
    pub eta_fit: Tray<EtaFitStage>,
    /// How far off they are.
    pub eta_scores: Tray<EtaScoresStage>,
    files: Files,
}

/// Clusters and their routes, as far as they are asked for.
#[derive(Default)]
struct Grouped {
    clusters: Option<Asked<ClustersOf>>,
    routes: Option<Asked<RoutesOf>>,
}

impl Desk {
    /// Brings every wanted tray a step nearer to what `session` asks for. Called on every frame.
    pub fn update(&mut self, session: &Session, jobs: &Jobs, wanted: &Wanted) {
        // Work whose panel was closed meanwhile ends here.
        self.shelves_mut().into_iter().for_each(Shelf::take_in);
        // Ports and arrivals have files of their own.
        let ports = wanted.has("ports").then(|| self.want_ports(&session.ports, jobs));
        self.arrivals(&session.eta, jobs, wanted);
        if session.sources.is_empty() {
            if self.ingest.state() != State::Waiting {
                // There is nothing to read any more.
                *self = Desk {
                    ports: std::mem::take(&mut self.ports),
                    eta_fit: std::mem::take(&mut self.eta_fit),
                    eta_scores: std::mem::take(&mut self.eta_scores),
                    files: std::mem::take(&mut self.files),
                    ..Desk::default()
                };
            }
            return;
        }
        let fleet = self.ingest.want(&session.sources, (), jobs);
        if wanted.has("associate") {
            self.associate.want(&session.associate, &fleet, jobs);
        }
        if wanted.has("associate-study") {
            self.associate_study.want(&study_params(&session.associate), &fleet, jobs);
        }
        if !wanted.has("clean") {
            return;
        }
        let cleaned = self.clean.want(&session.clean, &fleet, jobs);
        let forecasts = ports.and_then(|ports| self.bound(session, &cleaned, &ports, jobs, wanted));
        if !wanted.has("trips") {
            return;
        }
        let trips = self.trips.want(&session.trips, &cleaned, jobs);
        if wanted.has("filter") {
            let chosen = self.filter.want(&session.filter, &trips, jobs);
            let Grouped { clusters, routes } = self.compare(session, &chosen, jobs, wanted);
            // Without routes and forecasts where they are not asked; not at all while they are not
            // even begun.
            let settings = &session.oddities;
            let routes = routes.as_ref().filter(|_| settings.of_routes);
            let forecasts = forecasts.as_ref().filter(|_| settings.of_forecasts);
            let has_all = routes.is_some() == settings.of_routes
                && forecasts.is_some() == settings.of_forecasts;
            if wanted.has("oddities") && has_all {
                let sources = ((&chosen, &fleet), (routes, forecasts));
                self.oddities.want(settings, sources, jobs);
            }
            if wanted.has("outliers") {
                let outliers = self.outliers.want(&session.outliers, &chosen, jobs);
                self.predict(session, &chosen, &outliers, clusters.as_ref(), jobs, wanted);
            }
            // After models are taken in: paths ahead are told by those that there are.
            self.watch(session, &chosen, jobs, wanted);
        }
    }

    /// From chosen trips to what the safety officer asks of their reports.
    fn watch(&mut self, session: &Session, chosen: &Asked<ChosenOf>, jobs: &Jobs, wanted: &Wanted) {
        if !wanted.has("watched") {
            return;
        }
        let watched = self.watched.want(&session.watched, chosen, jobs);
        if wanted.has("gates") {
            self.gates.want(&session.gates, &watched, jobs);
        }
        if wanted.has("density") {
            self.density.want(&session.density, &watched, jobs);
        }
        if wanted.has("encounters") {
            self.encounters.want(&session.encounters, &watched, jobs);
        }
        if wanted.has("ahead") {
            // Models that are there already: those of the predicted path.
            let models = self.fit.shown().filter(|_| session.ahead.by_models);
            let models =
                models.map(|shown| Asked { key: shown.key, value: Some(Arc::clone(shown.value)) });
            let encounter = session.encounters.params.clone();
            let params = AheadParams { settings: session.ahead.clone(), encounter };
            self.ahead.want(&params, (&watched, models.as_ref()), jobs);
        }
        if wanted.has("areas") {
            self.areas.want(&session.areas, &watched, jobs);
        }
    }

    /// From chosen trips, less what teaches nothing, to predicted paths.
    fn predict(
        &mut self,
        session: &Session,
        chosen: &Asked<ChosenOf>,
        outliers: &Asked<OutliersOf>,
        clusters: Option<&Asked<ClustersOf>>,
        jobs: &Jobs,
        wanted: &Wanted,
    ) {
        let settings = &session.predict;
        let takes_clusters = settings.params.has_region;
        let clusters = clusters.filter(|_| takes_clusters);
        if !wanted.has("windows") || (takes_clusters && clusters.is_none()) {
            return;
        }
        let sources = ((chosen, outliers), clusters);
        let windows = self.windows.want(&settings.params.window, sources, jobs);
        if wanted.has("predict-scores") {
            self.scores.want(
                &PredictSettings { model: String::new(), ..settings.clone() },
                &windows,
                jobs,
            );
        }
        if !wanted.has("predict-fit") {
            return;
        }
        let file = self.files.model.of(&settings.model, None);
        let models = self.fit.want(&FitParams::of(settings, file), &windows, jobs);
        if wanted.has("predict") {
            self.ends.want(&(), (&models, chosen), jobs);
        }
        if wanted.has("path") {
            self.path.want(&session.path, (&models, chosen), jobs);
        }
    }

    /// From chosen trips to the distances between them, and on.
    fn compare(
        &mut self,
        session: &Session,
        chosen: &Asked<ChosenOf>,
        jobs: &Jobs,
        wanted: &Wanted,
    ) -> Grouped {
        let params = &session.compress;
        if !wanted.has("repair") {
            return Grouped::default();
        }
        let repaired = self.repair.want(&params.repair, chosen, jobs);
        let deep = self.deep(session, &repaired, jobs, wanted);
        if !wanted.has("significance") {
            return Grouped::default();
        }
        let measured = self.measure.want(&MeasureParams::of(params), &repaired, jobs);
        if wanted.has("retention") {
            self.retention.want(&without_tolerance(params), &measured, jobs);
        }
        if !wanted.has("compress") {
            return Grouped::default();
        }
        let compressed = self.compress.want(params, &measured, jobs);
        if !wanted.has("pairs") {
            return Grouped::default();
        }
        let pairs = self.pairs.want(&session.distances.pairs(), &compressed, jobs);
        if !wanted.has("distances") {
            return Grouped::default();
        }
        // No other metric has weights, be they right or wrong.
        let weights = match session.distances.measure.metric {
            Metric::Msspd => session.distances.weights,
            _ => Weights::default(),
        };
        let distances = self.distances.want(&weights, &pairs, jobs);
        if wanted.has("distance-study") {
            self.study.want(&session.study, (&pairs, &distances), jobs);
        }
        self.group(session, &distances, deep.as_ref(), jobs, wanted)
    }

    /// From trips to what a network tells apart.
    fn deep(
        &mut self,
        session: &Session,
        repaired: &Asked<RepairedOf>,
        jobs: &Jobs,
        wanted: &Wanted,
    ) -> Option<Asked<DeepGroupsOf>> {
        let settings = &session.deep;
        if !wanted.has("deep-embed") {
            return None;
        }
        let card = self.files.network_card.of(&settings.model, Some(CARD));
        let embedded = self.embed.want(&TrainedParams::of(settings, card), repaired, jobs);
        if !wanted.has("deep-groups") {
            return None;
        }
        let groups = self.deep_groups.want(&settings.group, &embedded, jobs);
        if wanted.has("deep-plane") {
            self.plane.want(&settings.plane, &groups, jobs);
        }
        if wanted.has("dec-study") {
            self.dec_study.want(&settings.baseline, &groups, jobs);
        }
        Some(groups)
    }

    /// From distances to clusters and their routes. None where nothing is to be grouped yet.
    fn group(
        &mut self,
        session: &Session,
        distances: &Asked<DistancesOf>,
        deep: Option<&Asked<DeepGroupsOf>>,
        jobs: &Jobs,
        wanted: &Wanted,
    ) -> Grouped {
        let mut settings = session.clusters.clone();
        let sweep = wanted.has("sweep").then(|| self.sweep.want(&session.sweep, distances, jobs));
        let spectrum =
            wanted.has("spectrum").then(|| self.spectrum.want(&settings.spectrum, distances, jobs));
        // Of near pairs alone nothing is swept; and what nobody sweeps stands as it was chosen last.
        if let Some(sweep) = sweep
            && settings.follows_sweep()
            && !session.distances.is_pruned()
        {
            // Until the sweep is done there is nothing to cut by.
            let Some(best) = sweep.value else { return Grouped::default() };
            settings.take_best(&best);
        }
        let density = &settings.density;
        let tree = wanted.has("tree").then(|| self.tree.want(density, distances, jobs));
        let optics = wanted.has("optics").then(|| self.optics.want(density, distances, jobs));
        if settings.follows_gap() {
            let Some(known) = spectrum.as_ref().and_then(|asked| asked.value.as_ref()) else {
                return Grouped::default();
            };
            settings.take_gap(&known.spectrum);
        }
        if !wanted.has("clusters") {
            return Grouped::default();
        }
        let by = match (settings.cluster.method, &tree, &optics, &spectrum) {
            (Method::Dbscan | Method::Hdbscan, Some(tree), ..) => ByAsked::Tree(tree),
            (Method::Optics, _, Some(optics), _) => ByAsked::Optics(optics),
            (Method::Spectral, .., Some(spectrum)) => ByAsked::Spectrum(spectrum),
            (Method::Deep, ..) => match deep {
                Some(deep) => ByAsked::Deep(deep),
                None => return Grouped::default(),
            },
            _ => ByAsked::Nothing,
        };
        let merged = settings.edits.merged.clone();
        let params = GroupParams { cluster: settings.cluster, merged };
        let clusters = self.clusters.want(&params, (distances, by), jobs);
        let routes = wanted.has("indices").then(|| {
            let indices = self.indices.want(&(), (distances, &clusters), jobs);
            wanted.has("routes").then(|| self.routes.want(&session.routes, &indices, jobs))
        });
        Grouped { clusters: Some(clusters), routes: routes.flatten() }
    }

    /// Writes what results chose into `session`, where the user lets them: the sliders stand where
    /// the clusters come from, and stay there when the user takes over.
    pub fn follow_choice(&self, session: &mut Session) {
        let settings = &mut session.clusters;
        if settings.follows_sweep()
            && let Some(sweep) = self.sweep.shown().filter(|sweep| !sweep.is_stale)
        {
            settings.take_best(sweep.value);
        }
        if settings.follows_gap()
            && let Some(known) = self.spectrum.shown().filter(|known| !known.is_stale)
        {
            settings.take_gap(&known.value.spectrum);
        }
    }
}
