//! The panels that there are.

use serde::{Deserialize, Serialize};

/// A panel that can be moved, resized and put behind a tab.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Pane {
    /// The map; always there.
    Map,
    /// Files, and what was refused of them.
    Sources,
    /// What the map draws.
    Layers,
    /// Which trips are looked at.
    Filters,
    /// Cleaning and trips.
    Prepare,
    /// The selected vessel and trip.
    Inspector,
    /// All trips.
    Trips,
    /// All vessels.
    Vessels,
    /// Speed and course of the selected.
    Profile,
    /// How lengths and durations are distributed.
    Distributions,
    /// What counts as an outlier of motion.
    Outliers,
    /// The outliers that were found, and how sharply ships turn.
    OutlierList,
    /// Compression, and what it costs.
    Compress,
    /// What is kept at every tolerance.
    Retention,
    /// One trip before and after compression.
    BeforeAfter,
    /// The paper's tolerances.
    Thresholds,
    /// Distances, clusters and routes: their parameters.
    Clustering,
    /// The clusters that were found.
    Clusters,
    /// How far each trip lies from its nearest.
    KDistance,
    /// Trips in an order in which clusters are valleys.
    Reachability,
    /// What each pair of eps and `MinPts` scores, as maps.
    Scores,
    /// The same as a table.
    Pairs,
    /// What each number of clusters is worth.
    Eigenvalues,
    /// Embedded trips on a plane.
    Embedding,
    /// How the training of a network goes.
    Training,
    /// Deep clustering beside the paper's baseline.
    DecStudy,
    /// A model that is trained: which, how large, where, and how.
    Network,
    /// The trainings that there were.
    Runs,
    /// How distances change with compression, noise and direction.
    Study,
    /// Prediction: its parameters, its models, and which methods are drawn.
    Predict,
    /// How far off each method is.
    PredictScores,
    /// The same by the time ahead, as plots.
    PredictErrors,
    /// The predictions that were farthest off.
    Worst,
    /// Where the selected ship will be.
    Path,
    /// Association: its method, its parameters, and what came of it.
    Associate,
    /// Which tracks each ship's points were put into.
    Segments,
    /// Wrong links and broken tracks.
    Mistakes,
    /// How every method of association does.
    AssociateMethods,
    /// What counts as an encounter of ships, and what was found.
    Encounters,
    /// The encounters that were found.
    EncounterList,
    /// Encounters by hour and kind, and the distance over time in one.
    EncounterPlots,
    /// The encounters that are to come.
    Ahead,
    /// What counts as odd, and what was found.
    Oddities,
    /// The oddities that were found.
    OddityList,
    /// Lines across lanes, and how crossings are counted.
    Gates,
    /// How crossings lie along a gate.
    Lateral,
    /// Crossings of a gate by type, size, speed, hour and day.
    GateCounts,
    /// Crossings of a gate one by one.
    Crossings,
    /// Areas under watch and their rules.
    Areas,
    /// What happened in them.
    AreaEvents,
    /// Exact density, and what counts for it.
    Density,
    /// The densest cells, and hours by type and hour.
    Densest,
    /// Ports, voyages and who tells destinations: the parameters.
    Destinations,
    /// Where the selected ship is bound.
    Bound,
    /// Voyages from port to port.
    Voyages,
    /// Typed destinations and the ports that they name.
    Texts,
    /// The table of ports.
    Ports,
    /// How models do at naming the port.
    DestinationScores,
    /// How far off arrival times are.
    EtaScores,
    /// What was said.
    Log,
}

impl Pane {
    /// All of them, in the order of the menu.
    pub const ALL: [Pane; 60] = [
        Pane::Map,
        Pane::Sources,
        Pane::Layers,
        Pane::Filters,
        Pane::Prepare,
        Pane::Inspector,
        Pane::Trips,
        Pane::Vessels,
        Pane::Profile,
        Pane::Distributions,
        Pane::Outliers,
        Pane::OutlierList,
        Pane::Compress,
        Pane::Retention,
        Pane::BeforeAfter,
        Pane::Thresholds,
        Pane::Clustering,
        Pane::Clusters,
        Pane::KDistance,
        Pane::Reachability,
        Pane::Scores,
        Pane::Pairs,
        Pane::Eigenvalues,
        Pane::Embedding,
        Pane::Training,
        Pane::DecStudy,
        Pane::Network,
        Pane::Runs,
        Pane::Study,
        Pane::Predict,
        Pane::PredictScores,
        Pane::PredictErrors,
        Pane::Worst,
        Pane::Path,
        Pane::Associate,
        Pane::Segments,
        Pane::Mistakes,
        Pane::AssociateMethods,
        Pane::Encounters,
        Pane::EncounterList,
        Pane::EncounterPlots,
        Pane::Ahead,
        Pane::Oddities,
        Pane::OddityList,
        Pane::Gates,
        Pane::Lateral,
        Pane::GateCounts,
        Pane::Crossings,
        Pane::Areas,
        Pane::AreaEvents,
        Pane::Density,
        Pane::Densest,
        Pane::Destinations,
        Pane::Bound,
        Pane::Voyages,
        Pane::Texts,
        Pane::Ports,
        Pane::DestinationScores,
        Pane::EtaScores,
        Pane::Log,
    ];

    /// What its tab says.
    pub fn title(self) -> &'static str {
        match self {
            Pane::Map => "Map",
            Pane::Sources => "Sources",
            Pane::Layers => "Layers",
            Pane::Filters => "Filters",
            Pane::Prepare => "Clean and cut",
            Pane::Inspector => "Inspector",
            Pane::Trips => "Trips",
            Pane::Vessels => "Vessels",
            Pane::Profile => "Profile",
            Pane::Distributions => "Distributions",
            Pane::Outliers => "Motion outliers",
            Pane::OutlierList => "Turns and loops",
            Pane::Compress => "Compression",
            Pane::Retention => "Retention",
            Pane::BeforeAfter => "Before and after",
            Pane::Thresholds => "Thresholds",
            Pane::Clustering => "Clustering",
            Pane::Clusters => "Clusters",
            Pane::KDistance => "k-distance",
            Pane::Reachability => "Reachability",
            Pane::Scores => "Scores",
            Pane::Pairs => "Pairs tried",
            Pane::Eigenvalues => "Eigenvalues",
            Pane::Embedding => "Embedding",
            Pane::Training => "Training curves",
            Pane::DecStudy => "Deep and baseline",
            Pane::Network => "Training",
            Pane::Runs => "Runs",
            Pane::Study => "Study of distances",
            Pane::Predict => "Prediction",
            Pane::PredictScores => "Errors of methods",
            Pane::PredictErrors => "Error by time ahead",
            Pane::Worst => "Worst cases",
            Pane::Path => "Predicted path",
            Pane::Associate => "Association",
            Pane::Segments => "Segments",
            Pane::Mistakes => "Mistakes",
            Pane::AssociateMethods => "Methods compared",
            Pane::Encounters => "Encounters",
            Pane::EncounterList => "Encounters found",
            Pane::EncounterPlots => "Encounter plots",
            Pane::Ahead => "Encounters ahead",
            Pane::Oddities => "Oddities",
            Pane::OddityList => "Oddities found",
            Pane::Gates => "Gates",
            Pane::Lateral => "Across the gate",
            Pane::GateCounts => "Crossings counted",
            Pane::Crossings => "Crossings",
            Pane::Areas => "Areas",
            Pane::AreaEvents => "Area events",
            Pane::Density => "Density",
            Pane::Densest => "Densest cells",
            Pane::Destinations => "Ports and voyages",
            Pane::Bound => "Where bound",
            Pane::Voyages => "Voyages",
            Pane::Texts => "Typed destinations",
            Pane::Ports => "Ports",
            Pane::DestinationScores => "Destination scores",
            Pane::EtaScores => "Arrival scores",
            Pane::Log => "Log",
        }
    }
}

impl Pane {
    /// The steps of the analysis whose results it shows, beyond trips: worked on while it is open.
    pub fn stages(self) -> &'static [&'static str] {
        match self {
            Pane::Outliers | Pane::OutlierList => &["outliers"],
            Pane::Compress | Pane::BeforeAfter => &["compress"],
            Pane::Retention => &["retention", "compress"],
            Pane::Thresholds => &["retention"],
            Pane::Clustering => &["tree", "indices", "sweep", "routes"],
            Pane::Clusters => &["clusters", "routes"],
            Pane::KDistance => &["tree"],
            Pane::Reachability => &["optics", "clusters"],
            Pane::Scores | Pane::Pairs => &["sweep"],
            Pane::Eigenvalues => &["spectrum"],
            Pane::Embedding => &["deep-plane"],
            Pane::Training => &["deep-groups"],
            Pane::DecStudy => &["dec-study"],
            Pane::Study => &["distance-study"],
            Pane::Predict => &["predict-fit", "predict-scores"],
            Pane::PredictScores | Pane::PredictErrors | Pane::Worst => &["predict-scores"],
            // The path itself is worked on while there is a ship to predict.
            Pane::Path => &["predict-fit"],
            Pane::Associate | Pane::Segments | Pane::Mistakes => &["associate"],
            Pane::AssociateMethods => &["associate", "associate-study"],
            Pane::Encounters | Pane::EncounterList | Pane::EncounterPlots => &["encounters"],
            Pane::Ahead => &["ahead"],
            Pane::Oddities | Pane::OddityList => &["oddities"],
            Pane::Gates | Pane::Lateral | Pane::GateCounts | Pane::Crossings => &["gates"],
            Pane::Areas | Pane::AreaEvents => &["areas"],
            Pane::Density | Pane::Densest => &["density"],
            // Where a ship is bound is worked on while there is one.
            Pane::Destinations | Pane::Bound | Pane::Voyages => &["voyages"],
            Pane::Texts => &["destinations"],
            Pane::Ports => &["ports"],
            Pane::DestinationScores => &["destination-scores"],
            Pane::EtaScores => &["eta-fit", "eta-scores"],
            _ => &[],
        }
    }

    /// Whether its steps take so long that they are worked on only while it is in front.
    pub fn is_costly(self) -> bool {
        matches!(self, Pane::Eigenvalues | Pane::Study | Pane::Density | Pane::Densest)
    }
}
