//! Where ships are bound and when they arrive: typed destinations, voyages from port to port, the
//! time of arrival; voyages as models take them, baselines, scores.

pub mod annotate;
pub mod baseline;
pub mod dataset;
pub mod eta;
pub mod forecast;
pub mod gazetteer;
pub mod nest;
pub mod refine;
pub mod route_graph;
pub mod score;
pub mod split;
pub mod stay;
pub mod voyage;
pub mod way;
pub mod wording;

pub use annotate::{AnnotateParams, Annotation, Annotator, Candidate};
pub use dataset::{Cells, Classes, Dataset, Intake, Scales};
pub use eta::{EtaError, EtaForecast, EtaModel, EtaParams, EtaQuarter, EtaScores};
pub use forecast::{Conflict, Reported, ShipForecast, Told};
pub use nest::{Journey, Nest, NestParams};
pub use route_graph::{Arrival, RouteGraph};
pub use score::{Answer, Scores, Scoring};
pub use split::{Part, split_by_vessel, split_by_voyage};
pub use voyage::{Refused, UnderWay, Voyage, VoyageParams, VoyageRefusal, Voyages, voyages};
pub use way::{WayError, WayForecast, WayModel, WayParams, WayReady};
