//! Where ships are bound and when they arrive.
//!
//! From reports to forecasts, in the order of the flow:
//!
//! 1. What crews type ([`wording`]) becomes ports, each with a confidence ([`Annotator`], over the
//!    index of a [`gazetteer`]).
//! 2. Where ships lie ([`stay`]) parts their tracks into [`voyages`] from port to port; those that are
//!    not valid are counted by reason ([`VoyageRefusal`]), errors of transmission within the others are
//!    taken out ([`refine`]).
//! 3. A [`Nest`] has a step for every stay in a cell of a grid, and in each step the messages sent
//!    there: what all that tells the destination takes, laid out as arrays by [`dataset::dataset`].
//! 4. The destination is told by guesses ([`baseline`]), by counts of earlier voyages
//!    ([`RouteGraph`]) or by networks ([`way`]), which learn from a part of the voyages ([`split`]) and are
//!    compared on another ([`score`]); [`forecast`] sets it beside what the crew reported.
//!
//! Apart from that, [`eta`] learns when ships arrive on one way from files of voyages on it.
//!
//! # Reference
//!
//! Kim et al. (2023), *WAY: Estimation of Vessel Destination in Worldwide AIS Trajectory*, for annotation,
//! voyages, nested sequences, networks and scores; each module says where it departs from it.

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
