//! How good clusters are.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{ClustersOf, DistancesOf};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::cluster::{Agreement, Indices, agreement};
use crate::flow::stage::{Pace, Stage};
use crate::io::export;

/// Clusters measured: by themselves and, where it is known, against the truth.
pub struct IndicesStage;

/// How good clusters are.
pub struct IndicesOf {
    /// By themselves.
    pub indices: Indices,
    /// Against the true routes, where files or made traffic know them.
    pub agreement: Option<Agreement>,
    /// The medoid of each cluster, among the grouped trips; none where far pairs were not measured.
    pub medoids: Vec<u32>,
    /// What was measured.
    pub clusters: Arc<ClustersOf>,
}

impl Stage for IndicesStage {
    const NAME: &'static str = "indices/1";
    const TITLE: &'static str = "Indices";
    const NEEDS: &'static [&'static str] = &["clusters"];
    const PACE: Pace = Pace::Live;

    type Params = ();
    type Input = (Arc<DistancesOf>, Arc<ClustersOf>);
    type Output = IndicesOf;

    fn run(
        _: &Checked<()>,
        (distances, clusters): &(Arc<DistancesOf>, Arc<ClustersOf>),
        job: &Job,
    ) -> Result<IndicesOf, Stopped> {
        let (ground, labels) = (&distances.ground, clusters.labels());
        let fleet = clusters.chosen().fleet();
        let truth: Vec<Option<u32>> =
            clusters.of.originals().iter().map(|trip| trip.true_route(fleet)).collect();
        job.go_on()?;
        Ok(IndicesOf {
            indices: ground.indices(labels).unwrap_or_default(),
            agreement: agreement(&truth, labels.as_slice()),
            medoids: ground.medoids(labels).unwrap_or_default(),
            clusters: Arc::clone(clusters),
        })
    }

    fn figures(output: &IndicesOf) -> Map<String, Value> {
        let Indices { silhouette, calinski_harabasz, davies_bouldin } = output.indices;
        let mut figures = json!({
            "silhouette": silhouette,
            "calinski_harabasz": calinski_harabasz,
            "davies_bouldin": davies_bouldin,
            "noise_share":
                output.clusters.labels().noise() as f64 / output.clusters.labels().len().max(1) as f64,
        });
        if let Some(Agreement { trips, ari, nmi, homogeneity, completeness }) = output.agreement {
            for (name, value) in [
                ("ari", ari),
                ("nmi", nmi),
                ("homogeneity", homogeneity),
                ("completeness", completeness),
            ] {
                figures[name] = value.into();
            }
            figures["trips_with_truth"] = trips.into();
        }
        let Value::Object(figures) = figures else { unreachable!("an object was written") };
        figures
    }

    fn export(output: &IndicesOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("indices.json");
        let text = Value::Object(Self::figures(output)).to_string();
        export::text(&path, &text).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}
