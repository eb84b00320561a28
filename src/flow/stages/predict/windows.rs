//! What predictions are learned from: windows of the chosen trips.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::ais::{Fleet, Trip};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::time::iso_text;
use crate::flow::stage::{Pace, Stage};
use crate::flow::stages::{ChosenOf, ClustersOf, OutliersOf};
use crate::io::export;
use crate::predict::dataset::{Dataset, dataset};
use crate::predict::window::WindowParams;

/// Windows of trips that pass the filter.
pub struct WindowsStage;

/// Windows, and the trips they are of.
pub struct WindowsOf {
    /// The windows; their trips are places among the chosen ones.
    pub data: Dataset,
    /// The trips.
    pub chosen: Arc<ChosenOf>,
}

impl WindowsOf {
    /// The fleet whose reports the windows are made of.
    pub fn fleet(&self) -> &Fleet {
        self.chosen.fleet()
    }

    /// The index among all trips of the one that window `sample` is of.
    pub fn trip_id(&self, sample: usize) -> usize {
        self.chosen.chosen.kept[self.data.places[sample].0 as usize]
    }

    /// The trip that window `sample` is of.
    pub fn trip(&self, sample: usize) -> &Trip {
        &self.chosen.trips.trips.trips[self.trip_id(sample)]
    }

    /// When window `sample` ends, UTC milliseconds.
    pub fn t_ms(&self, sample: usize) -> i64 {
        self.fleet().reports().t_ms[self.data.places[sample].1 as usize]
    }
}

impl Stage for WindowsStage {
    const NAME: &'static str = "windows/1";
    const TITLE: &'static str = "Windows";
    const NEEDS: &'static [&'static str] = &["filter", "outliers"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 2;

    type Params = WindowParams;
    type Input = ((Arc<ChosenOf>, Arc<OutliersOf>), Option<Arc<ClustersOf>>);
    type Output = WindowsOf;

    fn run(
        params: &Checked<WindowParams>,
        ((chosen, outliers), clusters): &Self::Input,
        job: &Job,
    ) -> Result<WindowsOf, Stopped> {
        let trips: Vec<&Trip> = chosen.kept().map(|(_, trip)| trip).collect();
        let cut = |trip: usize| outliers.outliers.cut(trip);
        let mut data = dataset(chosen.fleet(), &trips, &cut, params, job)?;
        if let Some(clusters) = clusters {
            let of_all = clusters.by_trip();
            let of_chosen: Vec<Option<u32>> = chosen.kept().map(|(id, _)| of_all[id]).collect();
            data.set_groups(&of_chosen);
        }
        Ok(WindowsOf { data, chosen: Arc::clone(chosen) })
    }

    fn figures(output: &WindowsOf) -> Map<String, Value> {
        let data = &output.data;
        let known = |horizon: usize| data.truths.iter().filter(|t| t[horizon].is_some()).count();
        let of_horizon: Map<String, Value> = data
            .horizons_min
            .iter()
            .enumerate()
            .map(|(horizon, minutes)| (minutes.to_string(), known(horizon).into()))
            .collect();
        let mut figures = Map::new();
        figures.insert("windows".into(), data.len().into());
        figures.insert("ships".into(), data.n_ships().into());
        figures.insert("cut".into(), data.is_cut.iter().filter(|cut| **cut).count().into());
        figures.insert("known_by_horizon".into(), of_horizon.into());
        figures
    }

    /// `windows.csv`: a row a window, with where its ship was at each time ahead.
    fn export(output: &WindowsOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("windows.csv");
        let data = &output.data;
        let mut head = "trip_id,mmsi,time,lat,lon,speed_mps,course_deg,is_cut".to_owned();
        for minutes in &data.horizons_min {
            head.push_str(&format!(",ahead_{minutes}_m,port_{minutes}_m"));
        }
        let row = |i: usize| {
            let sample = &data.samples[i];
            let (origin, course) = (sample.frame.origin(), sample.frame.course_deg());
            let mmsi = output.fleet().vessels()[output.trip(i).vessel].mmsi.0;
            let mut row = format!(
                "{},{mmsi},{},{:.6},{:.6},{:.3},{course:.1},{}",
                output.trip_id(i),
                iso_text(output.t_ms(i)),
                origin.lat_deg,
                origin.lon_deg,
                sample.speed_mps,
                data.is_cut[i],
            );
            for horizon in 0..data.horizons_min.len() {
                match data.target_m(i, horizon) {
                    Some([ahead, port]) => row.push_str(&format!(",{ahead:.1},{port:.1}")),
                    None => row.push_str(",,"),
                }
            }
            row
        };
        export::lines(&path, &head, (0..data.len()).map(row)).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}

/// A number for JSON, which has no infinity.
pub(super) fn finite(x: f64) -> Value {
    if x.is_finite() { json!(x) } else { Value::Null }
}
