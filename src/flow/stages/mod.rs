//! The steps of the analysis: each joins a method to its parameters, figures and export.

mod associate;
mod associate_study;
mod bound;
mod clean;
mod clusters;
mod compress;
mod deep;
mod distances;
mod filter;
mod indices;
mod ingest;
mod outliers;
mod predict;
mod preview;
mod repair;
mod routes;
mod study;
mod trips;
mod tuning;
mod watch;

#[cfg(test)]
pub use associate::broken_and_joined;
pub use associate::{AssociateStage, AssociatedOf, most_live, truth_of};
pub use associate_study::{AssociateStudyOf, AssociateStudyStage, study_params};
pub use bound::{
    DestinationFitOf, DestinationFitParams, DestinationFitStage, DestinationRow,
    DestinationScoresOf, DestinationScoresStage, DestinationsOf, DestinationsStage, EtaCard,
    EtaFitOf, EtaFitParams, EtaFitStage, EtaScoresOf, EtaScoresParams, EtaScoresStage, EtaWay,
    EtaWayScores, ForecastOf, ForecastStage, ForecastsOf, ForecastsStage, MADE, NestsOf,
    NestsStage, PortsOf, PortsParams, PortsStage, RouteGraphOf, RouteGraphParams, RouteGraphStage,
    RoutesCard, SplitOf, TypedText, VoyagesOf, VoyagesStage,
};
pub use clean::Clean;
pub use clusters::{By, ByAsked, ClustersOf, ClustersStage, GroupParams};
pub use compress::{
    CompressStage, CompressedOf, MeasureParams, MeasureStage, MeasuredOf, RetentionOf,
    RetentionStage, without_tolerance,
};
pub use deep::{
    DecStudyOf, DecStudyStage, DeepGroupsOf, DeepGroupsStage, EmbedStage, EmbeddedOf, PlaneOf,
    PlaneStage, TrainedParams, checked_network, data_key,
};
pub use distances::{DistancesOf, DistancesStage, Measured, PairsOf, PairsStage, metric_name};
pub use filter::{ChosenOf, FilterStage};
pub use indices::{IndicesOf, IndicesStage};
pub use ingest::Ingest;
pub use outliers::{OutliersOf, OutliersStage};
pub use predict::{
    Card, EndOf, EndsOf, EndsStage, FitParams, FitStage, ModelsOf, OnePath, PathOf, PathStage,
    ScoresOf, ScoresStage, Training, WindowsOf, WindowsStage, checked_models, save_models,
};
pub use preview::{PreviewParams, PreviewStage};
pub use repair::{RepairStage, RepairedOf};
pub use routes::{RoutesOf, RoutesStage};
pub use study::{MEASURES, StudyOf, StudyParams, StudyStage};
pub use trips::{TripsOf, TripsStage};
pub use tuning::{OpticsStage, SpectrumOf, SpectrumStage, SweepStage, TreeStage};
pub use watch::{
    AheadOf, AheadParams, AheadStage, AreasOf, AreasStage, Before, DensityOf, DensityStage,
    EncountersOf, EncountersStage, GateOf, GatesOf, GatesStage, OdditiesOf, OdditiesStage, ToldBy,
    WatchedOf, WatchedStage,
};
