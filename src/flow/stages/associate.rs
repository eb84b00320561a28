//! Reports whose ships are hidden, put into tracks again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::ais::Fleet;
use crate::associate::{
    AssociateParams, Association, Method, Mistake, Points, Score, associate, mistakes, score,
};
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Choice as _};
use crate::base::time::iso_text;
use crate::flow::stage::{Pace, Stage};
use crate::io::{Reading, export};

/// Tracks of points without identity.
pub struct AssociateStage;

/// Tracks that were found, and how right they are.
pub struct AssociatedOf {
    /// By which method.
    pub method: Method,
    /// The points: the reports of the fleet in its order, without their ships.
    pub points: Points,
    /// What was found.
    pub found: Association,
    /// The ship of each point, where the input names ships with more than one report.
    pub truth: Option<Vec<u32>>,
    /// How right it is, where the truth is known.
    pub score: Option<Score>,
    /// Wrong links and broken tracks, in the order of time, where the truth is known.
    pub mistakes: Vec<Mistake>,
    /// Where the points come from.
    pub reading: Arc<Reading>,
}

/// The ship of each report; none where no ship has two.
fn truth_of(fleet: &Fleet) -> Option<Vec<u32>> {
    let owners = fleet.owners();
    (fleet.vessels().len() < owners.len()).then_some(owners)
}

impl Stage for AssociateStage {
    const NAME: &'static str = "associate/1";
    const TITLE: &'static str = "Track association";
    const NEEDS: &'static [&'static str] = &["ingest"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 4;

    type Params = AssociateParams;
    type Input = Arc<Reading>;
    type Output = AssociatedOf;

    fn run(
        params: &Checked<AssociateParams>,
        reading: &Arc<Reading>,
        job: &Job,
    ) -> Result<AssociatedOf, Stopped> {
        let reports = reading.fleet.reports();
        if reports.is_empty() {
            return Err(Stopped::Failed("there are no points to put into tracks".into()));
        }
        let points = Points::new(
            reports.t_ms.clone(),
            reports.positions.clone(),
            reports.sog_kn.clone(),
            reports.cog_deg.clone(),
        )
        .map_err(|error| Stopped::Failed(error.to_string()))?;
        let truth = truth_of(&reading.fleet);
        let found = associate(&points, truth.as_deref(), params, job)?;
        let score = truth.as_ref().and_then(|truth| score(&points, &found, truth));
        let mistakes = truth.as_ref().map_or(Vec::new(), |truth| mistakes(&points, &found, truth));
        let (method, reading) = (params.method, Arc::clone(reading));
        Ok(AssociatedOf { method, points, found, truth, score, mistakes, reading })
    }

    fn figures(output: &AssociatedOf) -> Map<String, Value> {
        let mut figures = Map::new();
        figures.insert("method".into(), method_name(output.method).into());
        figures.insert("points".into(), output.points.len().into());
        figures.insert("tracks".into(), output.found.tracks.into());
        figures.insert("guessed".into(), output.found.guessed.into());
        if let Value::Object(more) = json!(output.score) {
            figures.extend(more);
        }
        figures
    }

    /// `associate.csv`: a row a point, with the track that it was put into.
    fn export(output: &AssociatedOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("associate.csv");
        let number = |x: f32| if x.is_finite() { x.to_string() } else { String::new() };
        let (points, found) = (&output.points, &output.found);
        let rows = (0..points.len()).map(|i| {
            let at = points.positions()[i];
            let next = found.links[i].map_or(String::new(), |link| link.to_string());
            format!(
                "{i},{},{:.6},{:.6},{},{},{},{next},\"{}\"",
                iso_text(points.t_ms()[i]),
                at.lat_deg,
                at.lon_deg,
                number(points.sog_kn()[i]),
                number(points.cog_deg()[i]),
                found.labels[i],
                found.why[i].words(),
            )
        });
        let head = "point_id,time,lat,lon,sog,cog,track,linked_to,why";
        export::lines(&path, head, rows).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}

/// The name by which a method is set.
fn method_name(method: Method) -> &'static str {
    Method::CASES.iter().find(|(_, case)| *case == method).map_or("", |(name, _)| name)
}
