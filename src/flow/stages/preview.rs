//! The first rows of a file as they will be understood. Not a step of the analysis: the window
//! keeps a tray of it beside the desk, for the file that the user looks at.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Form, Params};
use crate::flow::stage::{Pace, Stage};
use crate::io::preview::Preview;
use crate::io::{FileRef, Mapping, preview};

/// A look into one file.
pub struct PreviewStage;

/// Which file, and what the user says of it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct PreviewParams {
    /// The file.
    pub file: Option<FileRef>,
    /// Columns, units and dates.
    pub mapping: Mapping,
}

impl Params for PreviewParams {
    fn describe(&mut self, form: &mut dyn Form) {
        self.mapping.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        self.mapping.faults()
    }
}

impl Stage for PreviewStage {
    const NAME: &'static str = "preview/1";
    const TITLE: &'static str = "Preview";
    const NEEDS: &'static [&'static str] = &[];
    const PACE: Pace = Pace::Settled;

    type Params = PreviewParams;
    type Input = ();
    type Output = Preview;

    fn run(params: &Checked<PreviewParams>, (): &(), job: &Job) -> Result<Preview, Stopped> {
        match &params.file {
            Some(file) => preview(file, &params.mapping, job),
            None => Ok(Preview::default()),
        }
    }

    fn figures(_: &Preview) -> Map<String, Value> {
        Map::new()
    }

    fn export(_: &Preview, _: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        Ok(Vec::new())
    }
}
