//! Embedded trips on a plane, for the eye.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::DeepGroupsOf;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::cluster::deep::{NeighborhoodParams, neighborhood_plane, principal_plane};
use crate::flow::deep::PlaneParams;
use crate::flow::stage::{Pace, Stage};
use crate::io::export;

/// Lays embeddings out.
pub struct PlaneStage;

/// Embedded trips on a plane.
pub struct PlaneOf {
    /// A place for each row of what was embedded.
    pub xy: Vec<[f32; 2]>,
    /// The share of the variance that both axes show; none where neighbors were kept.
    pub share: Option<f64>,
    /// What is laid out.
    pub groups: Arc<DeepGroupsOf>,
}

impl Stage for PlaneStage {
    const NAME: &'static str = "deep-plane/1";
    const TITLE: &'static str = "Plane of embeddings";
    const NEEDS: &'static [&'static str] = &["deep-groups"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 4;

    type Params = PlaneParams;
    type Input = Arc<DeepGroupsOf>;
    type Output = PlaneOf;

    fn run(
        params: &Checked<PlaneParams>,
        groups: &Arc<DeepGroupsOf>,
        job: &Job,
    ) -> Result<PlaneOf, Stopped> {
        let rows = &groups.clusters.embedding;
        let (xy, share) = if params.keeps_neighbors {
            let n = rows.len() as f64;
            // More neighbors than a third of all are no neighborhood.
            let perplexity = params.perplexity.min((n / 3.0).max(2.0));
            let params = NeighborhoodParams { perplexity, ..NeighborhoodParams::default() };
            (neighborhood_plane(rows, &params, job)?, None)
        } else {
            let flat = principal_plane(rows)?;
            (flat.xy, Some(flat.share))
        };
        Ok(PlaneOf { xy, share, groups: Arc::clone(groups) })
    }

    fn figures(output: &PlaneOf) -> Map<String, Value> {
        let mut figures = Map::new();
        figures.insert("trips".into(), output.xy.len().into());
        figures.insert("variance_share".into(), output.share.into());
        figures
    }

    /// `deep-plane.csv`: a row a trip.
    fn export(output: &PlaneOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("deep-plane.csv");
        let embedded = &output.groups.embedded;
        let Some(done) = &embedded.embedded else { return Ok(Vec::new()) };
        let (ids, labels) = (embedded.of.ids(), output.groups.clusters.labels.as_slice());
        let rows = done.prepared.trips.iter().zip(&output.xy).map(|(trip, [x, y])| {
            let label = labels[*trip as usize].map_or(String::new(), |label| label.to_string());
            format!("{},{label},{x},{y}", ids[*trip as usize])
        });
        export::lines(&path, "trip_id,cluster,x,y", rows).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}
