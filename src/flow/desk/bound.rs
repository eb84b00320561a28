//! The part of the flow that tells where ships are bound, and when they arrive.

use super::Desk;
use super::files::CARD;
use super::shelves::Wanted;
use crate::flow::bound::{EtaSettings, PortSettings, TellerChoice};
use crate::flow::jobs::Jobs;
use crate::flow::session::Session;
use crate::flow::stage::Asked;
use crate::flow::stages::{
    DestinationFitParams, EtaFitParams, EtaScoresParams, ForecastsOf, PortsOf, PortsParams,
    RouteGraphParams,
};
use crate::prep::Cleaned;

impl Desk {
    pub(super) fn want_ports(&mut self, settings: &PortSettings, jobs: &Jobs) -> Asked<PortsOf> {
        let file = self.files.ports.of(&settings.file, None);
        self.ports.want(&PortsParams { settings: settings.clone(), file }, (), jobs)
    }

    /// From files of voyages on one way to arrival times.
    pub(super) fn arrivals(&mut self, settings: &EtaSettings, jobs: &Jobs, wanted: &Wanted) {
        if !wanted.has("eta-fit") {
            return;
        }
        let (params, files) = (settings.params.clone(), &mut self.files);
        let model = files.eta_model.of(&settings.model, None);
        let train = files.eta_train.of(&settings.train);
        let test = files.eta_test.of(&settings.test);
        let fit = self.eta_fit.want(&EtaFitParams { params, train, model }, (), jobs);
        if wanted.has("eta-scores") {
            let params = settings.params.clone();
            self.eta_scores.want(&EtaScoresParams { params, test }, &fit, jobs);
        }
    }

    /// From cleaned reports and ports to voyages, and to where ships are bound.
    pub(super) fn bound(
        &mut self,
        session: &Session,
        cleaned: &Asked<Cleaned>,
        ports: &Asked<PortsOf>,
        jobs: &Jobs,
        wanted: &Wanted,
    ) -> Option<Asked<ForecastsOf>> {
        let settings = &session.voyages;
        if !wanted.has("destinations") {
            return None;
        }
        let typed = self.destinations.want(&settings.annotate, (cleaned, ports), jobs);
        if !wanted.has("voyages") {
            return None;
        }
        let voyages = self.voyages.want(&settings.voyage, &typed, jobs);
        if !wanted.has("nests") {
            return None;
        }
        let nests = self.nests.want(&session.destination.nest, &voyages, jobs);
        if wanted.has("destination-scores") {
            self.destination_scores.want(&session.destination.of_scores(), &nests, jobs);
        }
        let told_by = &session.destination;
        let network = wanted.has("destination-fit").then(|| {
            let card = self.files.destination_card.of(&told_by.model, Some(CARD));
            self.destination_fit.want(&DestinationFitParams::of(told_by, card), &nests, jobs)
        });
        let network = network.filter(|_| told_by.by == TellerChoice::Network);
        if !wanted.has("route-graph") {
            return None;
        }
        let file = self.files.routes.of(&session.destination.routes, None);
        let routes = self.route_graph.want(&RouteGraphParams { file }, &nests, jobs);
        if !wanted.has("forecasts") {
            return None;
        }
        let all = self.forecasts.want(&(), ((&routes, &voyages), network.as_ref()), jobs);
        if wanted.has("forecast") {
            self.forecast.want(&session.forecast, (&all, &nests), jobs);
        }
        Some(all)
    }
}
