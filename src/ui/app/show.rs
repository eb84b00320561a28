//! Where the panels stand.

use egui::{CentralPanel, Frame, Panel, Ui};

use super::App;
use crate::ui::actions::Status;
use crate::ui::deck::Deck;
use crate::ui::layout::Pane;
use crate::ui::panels::{self, ClusterPanels, DestinationPanels, PredictPanels, WaterPanels};

impl App {
    pub(super) fn panels(&mut self, ui: &mut Ui, status: Status) {
        let App {
            session,
            desk,
            selection,
            time,
            clusters,
            predict,
            associate,
            destination,
            training,
            watch,
            water,
            layout,
            commands,
            errands,
            log,
            recent,
            preview,
            palette,
            map,
            timeline,
            tables,
            filters,
            outliers,
            compression,
            clustering,
            prediction,
            association,
            watching,
            waters,
            destinations,
            path_field,
            ..
        } = self;
        let is_asking = errands.is_busy();
        let mut deck = Deck {
            session,
            desk,
            selection,
            time,
            clusters,
            predict,
            associate,
            destination,
            training,
            watch,
            water,
            commands,
        };
        Panel::top("menu").show(ui, |ui| panels::menu(ui, &mut deck, status, layout));
        Panel::bottom("status").show(ui, |ui| panels::status(ui, &mut deck, map, errands));
        if log.iter().any(|message| !message.is_closed) {
            Panel::bottom("messages").show(ui, |ui| panels::messages(ui, log, &mut deck));
        }
        if !deck.session.sources.is_empty() {
            Panel::bottom("timeline").show(ui, |ui| timeline.ui(ui, &mut deck));
        }
        CentralPanel::default().frame(Frame::NONE).show(ui, |ui| {
            let is_empty = deck.session.sources.is_empty();
            layout.ui(ui, &mut |ui, pane| match pane {
                Pane::Map => {
                    map.ui(ui, &mut deck);
                    if is_empty && !preview.is_open() {
                        panels::start(ui, &mut deck, is_asking, recent);
                    }
                }
                Pane::Sources => panels::sources(ui, &mut deck, is_asking, path_field),
                Pane::Layers => panels::layers(ui, &mut deck, map),
                Pane::Filters => filters.ui(ui, &mut deck),
                Pane::Prepare => panels::prepare(ui, &mut deck),
                Pane::Inspector => tables.inspector(ui, &mut deck),
                Pane::Trips => tables.trips(ui, &mut deck),
                Pane::Vessels => tables.vessels(ui, &mut deck),
                Pane::Profile => tables.profile(ui, &mut deck),
                Pane::Distributions => tables.distributions(ui, &mut deck),
                Pane::Outliers => panels::outliers(ui, &mut deck),
                Pane::OutlierList => outliers.ui(ui, &mut deck),
                Pane::Compress => compression.parameters(ui, &mut deck),
                Pane::Retention => panels::retention(ui, &mut deck),
                Pane::BeforeAfter => compression.before_after(ui, &mut deck),
                Pane::Thresholds => panels::thresholds(ui, &mut deck),
                Pane::Clustering => clustering.parameters(ui, &mut deck, is_asking),
                Pane::Clusters => clustering.clusters(ui, &mut deck),
                Pane::KDistance => clustering.k_distance(ui, &mut deck),
                Pane::Reachability => ClusterPanels::reachability(ui, &mut deck),
                Pane::Scores => clustering.scores(ui, &mut deck),
                Pane::Pairs => clustering.pairs(ui, &mut deck),
                Pane::Eigenvalues => ClusterPanels::spectrum(ui, &mut deck),
                Pane::Embedding => ClusterPanels::embedding(ui, &mut deck),
                Pane::Training => panels::curves(ui, &mut deck),
                Pane::DecStudy => ClusterPanels::compare(ui, &mut deck),
                Pane::Network => panels::network(ui, &mut deck, is_asking),
                Pane::Runs => panels::runs(ui, &mut deck, is_asking),
                Pane::Study => ClusterPanels::study(ui, &mut deck),
                Pane::Predict => PredictPanels::parameters(ui, &mut deck, is_asking),
                Pane::PredictScores => prediction.scores(ui, &mut deck),
                Pane::PredictErrors => prediction.errors(ui, &mut deck),
                Pane::Worst => prediction.worst(ui, &mut deck),
                Pane::Path => prediction.path(ui, &mut deck),
                Pane::Associate => association.parameters(ui, &mut deck),
                Pane::Segments => association.segments(ui, &mut deck),
                Pane::Mistakes => association.mistakes(ui, &mut deck),
                Pane::AssociateMethods => association.methods(ui, &mut deck),
                Pane::Encounters => panels::WatchPanels::encounters(ui, &mut deck),
                Pane::EncounterList => watching.encounter_list(ui, &mut deck),
                Pane::EncounterPlots => watching.encounter_plots(ui, &mut deck),
                Pane::Ahead => watching.ahead(ui, &mut deck),
                Pane::Oddities => panels::WatchPanels::oddities(ui, &mut deck),
                Pane::OddityList => watching.oddity_list(ui, &mut deck),
                Pane::Gates => waters.gates(ui, &mut deck),
                Pane::Lateral => WaterPanels::lateral(ui, &mut deck),
                Pane::GateCounts => waters.gate_counts(ui, &mut deck),
                Pane::Crossings => waters.crossings(ui, &mut deck),
                Pane::Areas => waters.areas(ui, &mut deck),
                Pane::AreaEvents => waters.events(ui, &mut deck),
                Pane::Density => waters.density(ui, &mut deck),
                Pane::Densest => waters.densest(ui, &mut deck),
                Pane::Destinations => DestinationPanels::parameters(ui, &mut deck, is_asking),
                Pane::Bound => DestinationPanels::bound(ui, &mut deck),
                Pane::Voyages => destinations.voyages(ui, &mut deck),
                Pane::Texts => destinations.texts(ui, &mut deck),
                Pane::Ports => destinations.ports(ui, &mut deck, is_asking),
                Pane::DestinationScores => destinations.destination_scores(ui, &mut deck),
                Pane::EtaScores => DestinationPanels::eta_scores(ui, &mut deck, is_asking),
                Pane::Log => panels::log(ui, log),
            });
        });
        panels::preview(ui.ctx(), preview, &mut deck);
        palette.ui(ui.ctx(), &mut deck, status);
    }
}
