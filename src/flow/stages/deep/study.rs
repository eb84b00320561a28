//! Deep clustering beside the paper's baseline, on the same trips.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::DeepGroupsOf;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::cluster::deep::{BaselineParams, Side, Study, baseline, study};
use crate::flow::stage::{Pace, Stage};
use crate::io::export;

/// The paper's comparison: deep clustering against Douglas-Peucker, DTW and DBSCAN.
pub struct DecStudyStage;

/// Both methods on the same trips.
pub struct DecStudyOf {
    /// How they did.
    pub study: Study,
    /// The share of reports that the baseline's compression kept.
    pub kept_share: f64,
    /// The deep clusters.
    pub groups: Arc<DeepGroupsOf>,
}

impl Stage for DecStudyStage {
    const NAME: &'static str = "dec-study/1";
    const TITLE: &'static str = "Deep clustering compared";
    const NEEDS: &'static [&'static str] = &["deep-groups"];
    const PACE: Pace = Pace::OnRequest;
    const KEPT: usize = 4;

    type Params = BaselineParams;
    type Input = Arc<DeepGroupsOf>;
    type Output = DecStudyOf;

    fn run(
        params: &Checked<BaselineParams>,
        groups: &Arc<DeepGroupsOf>,
        job: &Job,
    ) -> Result<DecStudyOf, Stopped> {
        let of = &groups.embedded.of;
        let base = baseline(of.fleet(), of.trips(), params, job)?;
        let fleet = of.chosen.fleet();
        let truth: Vec<Option<u32>> =
            of.originals().iter().map(|trip| trip.true_route(fleet)).collect();
        job.go_on()?;
        let study = study(&truth, &groups.clusters.labels, &base);
        Ok(DecStudyOf { study, kept_share: base.kept_share, groups: Arc::clone(groups) })
    }

    fn figures(output: &DecStudyOf) -> Map<String, Value> {
        let study = &output.study;
        let small: Vec<Value> = study
            .small_routes
            .iter()
            .map(|small| {
                json!({
                    "route": small.route,
                    "trips": small.trips,
                    "found_deep": small.is_found_deep,
                    "found_baseline": small.is_found_baseline,
                })
            })
            .collect();
        let figures = json!({
            "deep": side(&study.deep),
            "baseline": side(&study.baseline),
            "small_routes": small,
            "thrown_away": study.thrown_away,
            "baseline_kept_share": output.kept_share,
        });
        let Value::Object(figures) = figures else { unreachable!("an object was written") };
        figures
    }

    /// `dec-study.csv`: a row a method.
    fn export(output: &DecStudyOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("dec-study.csv");
        let head = "method,clusters,noise,noise_share,silhouette,calinski_harabasz,ari,nmi,\
                    small_routes_found,small_routes_lost";
        let text = |x: Option<f64>| x.map_or(String::new(), |x| format!("{x:.4}"));
        let count = |n: Option<usize>| n.map_or(String::new(), |n| n.to_string());
        let row = |(method, of): (&str, &Side)| {
            format!(
                "{method},{},{},{:.4},{},{},{},{},{},{}",
                of.clusters,
                of.noise,
                of.noise_share,
                text(of.silhouette),
                text(of.calinski_harabasz),
                text(of.ari),
                text(of.nmi),
                count(of.small_found),
                count(of.small_lost),
            )
        };
        let study = &output.study;
        let rows = [("deep", &study.deep), ("dp+dtw+dbscan", &study.baseline)];
        export::lines(&path, head, rows.into_iter().map(row)).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}

fn side(side: &Side) -> Value {
    json!({
        "clusters": side.clusters,
        "noise": side.noise,
        "noise_share": side.noise_share,
        "silhouette": side.silhouette,
        "calinski_harabasz": side.calinski_harabasz,
        "ari": side.ari,
        "nmi": side.nmi,
        "small_routes_found": side.small_found,
        "small_routes_lost": side.small_lost,
    })
}
