//! Embedded trips in groups: centers by k-means, refined together with the encoder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::EmbeddedOf;
use super::embed::curves_figures;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::cluster::deep::{DeepClusters, DeepParams, group};
use crate::flow::stage::{Pace, Stage};
use crate::io::export;
use crate::learn::{Ended, Watch};

/// Groups embedded trips.
pub struct DeepGroupsStage;

/// Trips in groups that a network tells apart.
pub struct DeepGroupsOf {
    /// The groups.
    pub clusters: DeepClusters,
    /// What was grouped.
    pub embedded: Arc<EmbeddedOf>,
}

impl Stage for DeepGroupsStage {
    const NAME: &'static str = "deep-groups/1";
    const TITLE: &'static str = "Deep clusters";
    const NEEDS: &'static [&'static str] = &["deep-embed"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 8;

    type Params = DeepParams;
    type Input = Arc<EmbeddedOf>;
    type Output = DeepGroupsOf;

    fn run(
        params: &Checked<DeepParams>,
        embedded: &Arc<EmbeddedOf>,
        job: &Job,
    ) -> Result<DeepGroupsOf, Stopped> {
        let Some(done) = &embedded.embedded else {
            return Err(Stopped::Failed("the autoencoder is not trained yet".into()));
        };
        let clusters = group(done, params, embedded.device, job, &Watch::default())?;
        Ok(DeepGroupsOf { clusters, embedded: Arc::clone(embedded) })
    }

    fn figures(output: &DeepGroupsOf) -> Map<String, Value> {
        let clusters = &output.clusters;
        let tried: Vec<Value> = clusters
            .tried
            .iter()
            .map(|tried| json!({"k": tried.k, "silhouette": tried.silhouette}))
            .collect();
        let figures = json!({
            "clusters": clusters.labels.clusters(),
            "sizes": clusters.labels.sizes(),
            "left_out": clusters.labels.noise(),
            "tried": tried,
            "refining": curves_figures(&clusters.curves),
            "ended": clusters.ended.as_ref().map(Ended::words),
        });
        let Value::Object(figures) = figures else { unreachable!("an object was written") };
        figures
    }

    /// `deep-groups.csv`: a row a trip: its cluster and how much it belongs to each.
    fn export(output: &DeepGroupsOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("deep-groups.csv");
        let Some(embedded) = &output.embedded.embedded else { return Ok(Vec::new()) };
        let clusters = &output.clusters;
        let columns: Vec<String> = (0..clusters.q.width()).map(|i| format!("q{i}")).collect();
        let head = format!("trip_id,cluster,{}", columns.join(","));
        let ids = output.embedded.of.ids();
        let labels = clusters.labels.as_slice();
        let rows = embedded.prepared.trips.iter().enumerate().map(|(row, trip)| {
            let q: Vec<String> = clusters.q.row(row).iter().map(|q| format!("{q:.6}")).collect();
            let label = labels[*trip as usize].map_or(String::new(), |label| label.to_string());
            format!("{},{label},{}", ids[*trip as usize], q.join(","))
        });
        export::lines(&path, &head, rows).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}
