//! Where ships are bound and when they arrive: typed destinations, voyages from port to port, the
//! time of arrival.

pub mod annotate;
pub mod eta;
pub mod gazetteer;
pub mod refine;
pub mod stay;
pub mod voyage;
pub mod wording;

pub use annotate::{AnnotateParams, Annotation, Annotator, Candidate};
pub use eta::{EtaError, EtaForecast, EtaModel, EtaParams, EtaScores};
pub use voyage::{Refused, UnderWay, Voyage, VoyageParams, VoyageRefusal, Voyages, voyages};
