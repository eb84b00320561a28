//! Every method of association on the same points, whole and thinned out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::associate::{method_name, points_of, truth_of};
use crate::associate::study::Row;
use crate::associate::{AssociateParams, Method, Study, study};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::flow::stage::{Pace, Stage};
use crate::io::{Reading, export};

/// The paper's comparison of methods, and its test of how few points suffice.
pub struct AssociateStudyStage;

/// The rows, and where the points come from.
pub struct AssociateStudyOf {
    /// A row a method and share of points.
    pub study: Study,
    /// Where the points come from.
    pub reading: Arc<Reading>,
}

/// Settings of all methods: which of them is chosen counts for nothing, and so makes no other key.
pub fn study_params(params: &AssociateParams) -> AssociateParams {
    AssociateParams { method: Method::default(), ..params.clone() }
}

impl Stage for AssociateStudyStage {
    const NAME: &'static str = "associate-study/1";
    const TITLE: &'static str = "Methods of association";
    const NEEDS: &'static [&'static str] = &["ingest"];
    const PACE: Pace = Pace::OnRequest;
    const KEPT: usize = 4;

    type Params = AssociateParams;
    type Input = Arc<Reading>;
    type Output = AssociateStudyOf;

    fn run(
        params: &Checked<AssociateParams>,
        reading: &Arc<Reading>,
        job: &Job,
    ) -> Result<AssociateStudyOf, Stopped> {
        let (points, truth) = (points_of(reading)?, truth_of(&reading.fleet));
        let of = |study: Study| AssociateStudyOf { study, reading: Arc::clone(reading) };
        let show = |study: &Study| job.show(of(study.clone()));
        Ok(of(study(&points, truth.as_deref(), params, &show, job)?))
    }

    /// `rows`: one a method and share of points. `removed` is of how many points one was removed, 0
    /// for none. Scores are there where the truth is known; `fault` says why there is no result.
    fn figures(output: &AssociateStudyOf) -> Map<String, Value> {
        let rows: Value = output.study.rows.iter().map(row_figures).collect();
        Map::from_iter([("rows".to_owned(), rows)])
    }

    /// `associate-study.csv`: the same rows.
    fn export(output: &AssociateStudyOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("associate-study.csv");
        let rows = output.study.rows.iter().map(|row| {
            let figures = row_figures(row);
            let cell = |column: &str| match &figures[column] {
                Value::Null => String::new(),
                Value::String(text) => export::quoted(text),
                number => number.to_string(),
            };
            COLUMNS.map(cell).join(",")
        });
        export::lines(&path, &COLUMNS.join(","), rows).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}

const COLUMNS: [&str; 11] = [
    "method",
    "removed",
    "points",
    "tracks",
    "correct_neighbor_rate",
    "jumps",
    "merges",
    "ari",
    "atd_score",
    "seconds",
    "fault",
];

fn row_figures(row: &Row) -> Value {
    let mut figures = json!({
        "method": method_name(row.method),
        "removed": row.removed,
        "points": row.points,
    });
    if row.fault.is_none() {
        figures["tracks"] = row.tracks.into();
    }
    if let Some(score) = &row.score {
        figures["correct_neighbor_rate"] = score.correct_neighbor_rate.into();
        figures["jumps"] = score.jumps.into();
        figures["merges"] = score.merges.into();
        figures["ari"] = score.ari.into();
        figures["atd_score"] = score.atd_score.into();
    }
    figures["seconds"] = row.seconds.into();
    if let Some(fault) = &row.fault {
        figures["fault"] = fault.clone().into();
    }
    figures
}
