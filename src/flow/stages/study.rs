//! The paper's three experiments on distances, with trips of the data at hand.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{DistancesOf, PairsOf};
use crate::ais::{Ending, Fleet, Report, Track, Trip, Vessel};
use crate::base::angle::wrap_deg;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Field, Form, Params};
use crate::cluster::study::{
    Change, Direction, Measure, Noise, against_compression, against_direction, against_noise,
};
use crate::compress::{CompressParams, PAPER_TOLERANCES_M, compress, thin};
use crate::distance::{
    DistanceParams, Distances, Metric, Part, Paths, SurfaceChoice, Weights, measure,
};
use crate::flow::stage::{Pace, Stage};
use crate::io::export;

/// How distances change with compression, noise and direction.
pub struct StudyStage;

/// What noise is added, and how the MSSPD is weighed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct StudyParams {
    /// The share of reports that are disturbed, percent.
    pub noise_percent: f64,
    /// How far at the highest level, meters.
    pub noise_m: f64,
    /// Seed of the disturbance.
    pub seed: usize,
}

impl Default for StudyParams {
    fn default() -> Self {
        StudyParams { noise_percent: 10.0, noise_m: 1000.0, seed: 1 }
    }
}

impl Params for StudyParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.number(
            "noise_share",
            &mut self.noise_percent,
            Field { unit: "%", range: 0.1..=100.0, help: "The share of reports that noise moves." },
        );
        form.number(
            "noise",
            &mut self.noise_m,
            Field {
                unit: "m",
                range: 1.0..=100_000.0,
                help: "How far noise moves reports at its highest level (standard deviation).",
            },
        );
        form.count(
            "seed",
            &mut self.seed,
            Field { unit: "", range: 0..=1_000_000_000, help: "Seed of what is drawn by chance." },
        );
    }
}

/// The distances that are studied, in the order of all rows.
pub const MEASURES: [&str; 4] = ["frechet", "hausdorff", "sspd", "msspd"];

/// The distance between two trips.
type Distance = fn(&[Report], &[Report]) -> f64;

/// Levels of noise, of the highest.
const LEVELS: [f64; 6] = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0];

/// What came of the experiments.
pub struct StudyOf {
    /// The trip that is compressed and disturbed, among all trips.
    pub trip: usize,
    /// One that sails the same way.
    pub same: usize,
    /// One that sails against it; none where the one that sails the same way was turned round.
    pub opposite: Option<usize>,
    /// Change rates against compression; the setting is the tolerance, meters.
    pub compression: Vec<Change>,
    /// Change rates against noise; the setting is in meters.
    pub noise: Vec<Change>,
    /// Same way and opposite: Fréchet, Hausdorff and SSPD in meters, MSSPD in its own unit.
    pub direction: Vec<Direction>,
}

impl Stage for StudyStage {
    const NAME: &'static str = "distance-study/1";
    const TITLE: &'static str = "Study of distances";
    const NEEDS: &'static [&'static str] = &["distances"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 2;

    type Params = StudyParams;
    type Input = (Arc<PairsOf>, Arc<DistancesOf>);
    type Output = StudyOf;

    fn run(
        params: &Checked<StudyParams>,
        (pairs, distances): &(Arc<PairsOf>, Arc<DistancesOf>),
        job: &Job,
    ) -> Result<StudyOf, Stopped> {
        let of = &distances.of;
        let (fleet, trips) = (of.fleet(), of.trips());
        let (trip, same) = companions(trips, distances)
            .ok_or_else(|| Stopped::Failed("no two trips sail the same way".into()))?;
        let opposite = pairs.all().and_then(|all| against(all, trips, trip, same));
        let reports = |index: usize| reports_of(trips[index].track(fleet));
        let (a, b) = (reports(trip), reports(same));
        let c = opposite.map_or_else(|| turned(&b), reports);
        let by: [Distance; 4] = [
            |a, b| between(Metric::Frechet, a, b),
            |a, b| between(Metric::Hausdorff, a, b),
            |a, b| between(Metric::Sspd, a, b),
            |a, b| between(Metric::Msspd, a, b),
        ];
        let measures = MEASURES.iter().zip(&by);
        let measures: Vec<Measure> =
            measures.map(|(name, distance)| Measure { name, distance }).collect();
        let noise = Noise {
            share: params.noise_percent / 100.0,
            place_m: params.noise_m,
            seed: params.seed as u64,
            ..Noise::default()
        };
        let mut noisy = against_noise(&a, &b, &measures, &noise, &LEVELS, job)?;
        noisy.iter_mut().for_each(|change| change.setting *= params.noise_m);
        let tolerances = [&[0.0][..], &PAPER_TOLERANCES_M].concat();
        Ok(StudyOf {
            trip: of.ids()[trip],
            same: of.ids()[same],
            opposite: opposite.map(|opposite| of.ids()[opposite]),
            compression: against_compression(&a, &b, &measures, &thinned, &tolerances, job)?,
            noise: noisy,
            direction: against_direction(&a, &b, &c, &measures, job)?,
        })
    }

    fn figures(output: &StudyOf) -> Map<String, Value> {
        let gammas = |change: &Change| -> Map<String, Value> {
            let named = MEASURES.iter().zip(&change.gammas);
            named.map(|(name, gamma)| ((*name).to_owned(), (*gamma).into())).collect()
        };
        let compression: Vec<Value> = output
            .compression
            .iter()
            .map(|row| json!({"tolerance_m": row.setting, "rate": row.rate, "gamma": gammas(row)}))
            .collect();
        let noise: Vec<Value> = output
            .noise
            .iter()
            .map(|row| json!({"noise_m": row.setting, "gamma": gammas(row)}))
            .collect();
        let direction: Map<String, Value> = MEASURES
            .iter()
            .zip(&output.direction)
            .map(|(name, found)| {
                let ratio = found.ratio();
                let found = json!({"same": found.same, "opposite": found.opposite, "ratio": ratio});
                ((*name).to_owned(), found)
            })
            .collect();
        let figures = json!({
            "trip": output.trip,
            "same": output.same,
            "opposite": output.opposite,
            "compression": compression,
            "noise": noise,
            "direction": direction,
        });
        let Value::Object(figures) = figures else { unreachable!("an object was written") };
        figures
    }

    fn export(output: &StudyOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("distance-study.csv");
        let head = format!("experiment,setting,rate,{}\n", MEASURES.join(","));
        let row = |experiment: &str, change: &Change| {
            let text = |gamma: &Option<f64>| gamma.map_or(String::new(), |gamma| gamma.to_string());
            let gammas: Vec<String> = change.gammas.iter().map(text).collect();
            format!("{experiment},{},{},{}\n", change.setting, change.rate, gammas.join(","))
        };
        let compression = output.compression.iter().map(|change| row("compression", change));
        let noise = output.noise.iter().map(|change| row("noise", change));
        let side = |name: &str, value: fn(&Direction) -> f64| {
            let values: Vec<String> =
                output.direction.iter().map(|found| value(found).to_string()).collect();
            format!("{name},,,{}\n", values.join(","))
        };
        let direction =
            [side("same way", |found| found.same), side("opposite", |found| found.opposite)];
        let rows: String = compression.chain(noise).chain(direction).collect();
        export::text(&path, &(head + &rows)).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}

/// The trip with the nearest neighbor of about its own length, and that neighbor; trips of many
/// reports first: there is something to compress.
fn companions(trips: &[Trip], distances: &DistancesOf) -> Option<(usize, usize)> {
    let near = &distances.ground.near;
    let pair = |a: usize, reports: usize| {
        let is_like = |b: usize| {
            let ratio = trips[a].length_m / trips[b].length_m.max(1.0);
            (0.8..1.25).contains(&ratio) && trips[b].reports.len() >= reports
        };
        near.of(a)
            .map(|(b, distance)| (b as usize, distance))
            .find(|(b, distance)| *distance > 0.0 && is_like(*b))
            .map(|(b, distance)| (a, b, distance))
    };
    let mut lengths: Vec<f64> = trips.iter().map(|trip| trip.length_m).collect();
    lengths.sort_by(f64::total_cmp);
    let middle_m = lengths.get(lengths.len() / 2).copied().unwrap_or(0.0);
    [(100, middle_m), (10, middle_m), (2, 0.0)].into_iter().find_map(|(reports, length_m)| {
        (0..trips.len())
            .filter(|a| trips[*a].reports.len() >= reports && trips[*a].length_m >= length_m)
            .filter_map(|a| pair(a, reports))
            .min_by(|a, b| a.2.total_cmp(&b.2))
            .map(|(a, b, _)| (a, b))
    })
}

/// The trip nearest to `trip` of those of about its length that sail against it.
fn against(all: &Distances, trips: &[Trip], trip: usize, same: usize) -> Option<usize> {
    let (sspd, cog) = (all.part(Part::Sspd)?, all.part(Part::Cog)?);
    let is_against = |other: &usize| {
        let ratio = trips[trip].length_m / trips[*other].length_m.max(1.0);
        *other != trip && cog.get(trip, *other) > 150.0 && (0.5..2.0).contains(&ratio)
    };
    let found = (0..all.n())
        .filter(is_against)
        .min_by(|a, b| sspd.get(trip, *a).total_cmp(&sspd.get(trip, *b)))?;
    // One on another lane says more of lanes than of direction.
    let limit_m = 10.0 * sspd.get(trip, same).max(500.0);
    (sspd.get(trip, found) <= limit_m).then_some(found)
}

/// The reports of a track, one by one.
fn reports_of(track: Track) -> Vec<Report> {
    (0..track.len())
        .map(|at| Report {
            sog_kn: track.sog_kn[at],
            cog_deg: track.cog_deg[at],
            ..Report::at(track.t_ms[at], track.positions[at])
        })
        .collect()
}

/// The same way back.
fn turned(reports: &[Report]) -> Vec<Report> {
    let times = reports.iter().map(|report| report.t_ms);
    let back = |(report, t_ms): (&Report, i64)| Report {
        t_ms,
        cog_deg: wrap_deg(f64::from(report.cog_deg) + 180.0) as f32,
        ..*report
    };
    reports.iter().rev().zip(times).map(back).collect()
}

/// A fleet with one trip.
fn alone(reports: &[Report]) -> (Fleet, Trip) {
    let fleet = Fleet::from_tracks(vec![(Vessel::default(), reports.to_vec())]);
    let (begins, ends) = (Ending::Track, Ending::Track);
    (fleet, Trip { vessel: 0, reports: 0..reports.len(), length_m: 0.0, begins, ends })
}

/// The reports that Douglas-Peucker keeps.
fn thinned(reports: &[Report], tolerance_m: f64) -> Vec<Report> {
    let (fleet, trip) = alone(reports);
    let params = CompressParams {
        tolerance_m,
        keeps_speeds: false,
        keeps_courses: false,
        ..CompressParams::default()
    };
    let job = Job::default();
    let trips = [trip];
    let kept = Checked::new(&params)
        .ok()
        .and_then(|params| compress(&fleet, &trips, &params, &job).ok())
        .and_then(|compressed| thin(&fleet, &trips, &compressed.kept, &job).ok());
    kept.map_or_else(Vec::new, |(fleet, trips)| reports_of(trips[0].track(&fleet)))
}

/// The distance between two trips: meters; of the MSSPD as the paper has it, unscaled, with the
/// SSPD in degrees of arc. Not-a-number where there is none.
fn between(metric: Metric, a: &[Report], b: &[Report]) -> f64 {
    /// Meters in a degree of arc.
    const DEGREE_M: f64 = 111_194.93;
    let (fleet_a, a) = alone(a);
    let (fleet_b, b) = alone(b);
    let tracks = [a.track(&fleet_a), b.track(&fleet_b)];
    let params = DistanceParams { metric, ..DistanceParams::default() };
    let job = Job::default();
    let found = Paths::from_tracks(&tracks, SurfaceChoice::Auto, 0, &job)
        .and_then(|paths| measure(&paths, &params, &job));
    let part = |part| {
        let found = found.as_ref().ok()?.part(part)?.values().first()?;
        Some(f64::from(*found))
    };
    match (part(Part::Sspd), part(Part::Sog), part(Part::Cog)) {
        (Some(m), None, None) => m,
        (Some(m), Some(kn), Some(deg)) => {
            let Weights { sspd, sog, cog, .. } = Weights::default();
            (sspd * m / DEGREE_M + sog * kn + cog * deg) / 3.0
        }
        _ => f64::NAN,
    }
}
