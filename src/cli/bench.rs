//! `fairway bench`: the program's speeds on fixed, seeded inputs, each beside a limit measured in
//! the same run.

mod associate;
mod compare;
mod forecast;
mod group;
mod lanes;
mod network;
mod view;
mod watch;
mod way;

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use serde_json::{Map, Value, json};

use super::Failure;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::text::nearest;
use crate::flow::made::{Form, write_sea};
use crate::flow::session::{Sources, sources_of};
use crate::flow::stage::Stage as _;
use crate::flow::stages::{Clean, Ingest, TripsStage};
use crate::prep::{CleanParams, TripParams};
use crate::synth::{SeaParams, make};

#[derive(Args, Debug)]
pub struct BenchArguments {
    /// What to measure; everything where nothing is named, but for the table of `destinations`,
    /// which takes minutes.
    names: Vec<String>,
    /// Rows of made traffic to measure on: 2 million, 10 million for frame and hover.
    #[arg(long)]
    rows: Option<usize>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

type Bench = fn(&Ground) -> Result<Value, Stopped>;

const BENCHES: &[(&str, Bench)] = &[
    ("load", load),
    ("nmea", nmea),
    ("parquet", parquet),
    ("synth", synth),
    ("trips", trips),
    ("filter", view::filter),
    ("play", view::play),
    ("frame", view::frame),
    ("train-frame", view::train_frame),
    ("hover", view::hover),
    ("dp", compare::dp),
    ("dp-move", compare::dp_move),
    ("sspd", compare::sspd),
    ("msspd", compare::msspd),
    ("hausdorff", compare::hausdorff),
    ("frechet", compare::frechet),
    ("dtw", compare::dtw),
    ("sspd-sphere", compare::sspd_sphere),
    ("hausdorff-sphere", compare::hausdorff_sphere),
    ("dtw-sphere", compare::dtw_sphere),
    ("eps", group::eps),
    ("weights", group::weights),
    ("sweep", group::sweep),
    ("spectral", group::spectral),
    ("ensemble", forecast::ensemble),
    ("autoencoder", network::autoencoder),
    ("cbtr", associate::cbtr),
    ("flow", associate::flow),
    ("encounters", watch::encounters_of_all),
    ("density", watch::density_and_gates),
    ("oddities", watch::oddities_of_all),
    ("way", way::way),
    ("destinations", way::destinations),
];

/// What is measured only where it is named: it trains many networks.
const ON_REQUEST: &str = "destinations";

/// Where benchmarks find their files.
struct Ground {
    folder: PathBuf,
    sea: Checked<SeaParams>,
    /// For what is measured on very many reports.
    large_sea: Checked<SeaParams>,
    /// What share of the usual is measured on: less where few rows are asked for.
    share: f64,
}

pub fn bench(arguments: &BenchArguments) -> Result<(), Failure> {
    let known: Vec<&str> = BENCHES.iter().map(|(name, _)| *name).collect();
    for name in &arguments.names {
        if !known.contains(&name.as_str()) {
            let near = nearest(name, known.iter().copied()).unwrap_or_default();
            return Err(Failure::Usage(format!(
                "there is no benchmark {name}; did you mean {near}? ({})",
                known.join(", ")
            )));
        }
    }
    let sea_of = |rows: usize| {
        let rows = arguments.rows.unwrap_or(rows);
        let params = SeaParams { rows, seed: 42, ..SeaParams::default() };
        Checked::new(&params).map_err(|faults| Failure::Usage(faults.join("\n")))
    };
    let (sea, large_sea) = (sea_of(2_000_000)?, sea_of(10_000_000)?);
    let folder = std::env::temp_dir().join(format!("fairway-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)
        .map_err(|error| Failure::Run(format!("{}: {error}", folder.display())))?;
    let share = arguments.rows.map_or(1.0, |rows| (rows as f64 / 2e6).min(1.0));
    let ground = Ground { folder, sea, large_sea, share };
    let mut results = Map::new();
    let mut outcome = Ok(());
    for (name, bench) in BENCHES.iter().filter(|(name, _)| {
        let is_asked = arguments.names.iter().any(|known| known == name);
        is_asked || arguments.names.is_empty() && *name != ON_REQUEST
    }) {
        match bench(&ground) {
            Ok(figures) => {
                if !arguments.json {
                    println!("{name:<10} {figures}");
                }
                results.insert((*name).to_owned(), figures);
            }
            Err(stopped) => {
                outcome = Err(Failure::Run(format!("{name}: {stopped:?}")));
                break;
            }
        }
    }
    fs::remove_dir_all(&ground.folder).ok(); // What is left in a temporary folder harms nobody.
    outcome?;
    if arguments.json {
        writeln!(std::io::stdout(), "{}", Value::Object(results)).ok();
    }
    Ok(())
}

/// CSV file to trips, by the stages that the window runs.
fn load(ground: &Ground) -> Result<Value, Stopped> {
    let path = ground.file(Form::MarineCadastre)?;
    let limit_s = scan_s(&path);
    reset_peak();
    let start = Instant::now();
    let (stages_s, rows) = to_trips(&path)?;
    let s = start.elapsed().as_secs_f64();
    Ok(json!({
        "rows_per_s": rows as f64 / s,
        "seconds": {"ingest": stages_s[0], "clean": stages_s[1], "trips": stages_s[2]},
        "limit_rows_per_s": rows as f64 / limit_s,
        "limit": "reading the file and counting its lines, one core",
        "cores": rayon::current_num_threads(),
        "n": rows,
        "peak_mb": peak_mb(),
    }))
}

/// NMEA file to columns.
fn nmea(ground: &Ground) -> Result<Value, Stopped> {
    let path = ground.file(Form::Nmea)?;
    let sentences = count_lines(&path);
    let limit_s = scan_s(&path);
    reset_peak();
    let start = Instant::now();
    let reading = Ingest::run(&sources(&path), &(), &Job::default())?;
    let s = start.elapsed().as_secs_f64();
    Ok(json!({
        "rows_per_s": sentences as f64 / s,
        "messages": reading.total(|file| file.messages),
        "limit_rows_per_s": sentences as f64 / limit_s,
        "limit": "reading the file and counting its lines, one core",
        "cores": rayon::current_num_threads(),
        "n": sentences,
        "peak_mb": peak_mb(),
    }))
}

/// Parquet file to columns.
fn parquet(ground: &Ground) -> Result<Value, Stopped> {
    let path = ground.file(Form::Parquet)?;
    reset_peak();
    let start = Instant::now();
    let reading = Ingest::run(&sources(&path), &(), &Job::default())?;
    let s = start.elapsed().as_secs_f64();
    let rows = reading.total(|file| file.rows_read);
    let start = Instant::now();
    crate::flow::made::decode_parquet(&path).map_err(Stopped::Failed)?;
    let limit_s = start.elapsed().as_secs_f64();
    Ok(json!({
        "rows_per_s": rows as f64 / s,
        "limit_rows_per_s": rows as f64 / limit_s,
        "limit": "polars decoding the file, all cores",
        "cores": rayon::current_num_threads(),
        "n": rows,
        "peak_mb": peak_mb(),
    }))
}

/// Made traffic, without writing it; and with, as MarineCadastre CSV.
fn synth(ground: &Ground) -> Result<Value, Stopped> {
    let start = Instant::now();
    let sea = make(&ground.sea, &Job::default())?;
    let made_s = start.elapsed().as_secs_f64();
    let rows = sea.fleet.reports().len();
    drop(sea);
    let start = Instant::now();
    write_sea(
        &ground.sea,
        Form::MarineCadastre,
        &ground.folder.join("again.csv"),
        &Job::default(),
    )?;
    let written_s = start.elapsed().as_secs_f64();
    Ok(json!({
        "rows_per_s": rows as f64 / written_s,
        "made_rows_per_s": rows as f64 / made_s,
        "cores": rayon::current_num_threads(),
        "n": rows,
    }))
}

/// Cleaning and cutting, from columns.
fn trips(ground: &Ground) -> Result<Value, Stopped> {
    let made = Sources { made: Some(ground.sea.clone_inner()), ..Sources::default() };
    let job = Job::default();
    let reading = Arc::new(Ingest::run(&checked(&made), &(), &job)?);
    let start = Instant::now();
    let cleaned = Arc::new(Clean::run(&checked(&CleanParams::default()), &reading, &job)?);
    let clean_s = start.elapsed().as_secs_f64();
    let trips = TripsStage::run(&checked(&TripParams::default()), &cleaned, &job)?;
    let s = start.elapsed().as_secs_f64();
    let rows = reading.fleet.reports().len();
    Ok(json!({
        "rows_per_s": rows as f64 / s,
        "clean_rows_per_s": rows as f64 / clean_s,
        "segment_rows_per_s": rows as f64 / (s - clean_s),
        "trips": trips.trips.trips.len(),
        "cores": rayon::current_num_threads(),
        "n": rows,
    }))
}

fn checked<P: crate::base::params::Params>(params: &P) -> Checked<P> {
    Checked::new(params).expect("defaults are in range")
}

fn sources(path: &Path) -> Checked<Sources> {
    checked(&Sources { files: sources_of(&[path.to_owned()]), ..Sources::default() })
}

/// Seconds of each stage, and rows read.
fn to_trips(path: &Path) -> Result<([f64; 3], u64), Stopped> {
    let job = Job::default();
    let start = Instant::now();
    let reading = Arc::new(Ingest::run(&sources(path), &(), &job)?);
    let ingested_s = start.elapsed().as_secs_f64();
    let cleaned = Arc::new(Clean::run(&checked(&CleanParams::default()), &reading, &job)?);
    let cleaned_s = start.elapsed().as_secs_f64();
    TripsStage::run(&checked(&TripParams::default()), &cleaned, &job)?;
    let s = start.elapsed().as_secs_f64();
    Ok(([ingested_s, cleaned_s - ingested_s, s - cleaned_s], reading.total(|file| file.rows_read)))
}

impl Ground {
    /// `n` things, or the share of them that is asked for; some at least.
    fn some(&self, n: usize) -> usize {
        ((n as f64 * self.share) as usize).clamp(60.min(n), n)
    }

    /// The sea in `form`, written once.
    fn file(&self, form: Form) -> Result<PathBuf, Stopped> {
        let path = self.folder.join(format!("sea.{}", form.ending()));
        if !path.exists() {
            write_sea(&self.sea, form, &path, &Job::default())?;
        }
        Ok(path)
    }
}

/// Seconds to read the file and find its line ends: no reader of lines can be faster on one core.
fn scan_s(path: &Path) -> f64 {
    let start = Instant::now();
    count_lines(path);
    start.elapsed().as_secs_f64()
}

fn count_lines(path: &Path) -> usize {
    let Ok(mut file) = fs::File::open(path) else { return 0 };
    let mut buffer = vec![0; 1 << 20];
    let mut lines = 0;
    while let Ok(n @ 1..) = file.read(&mut buffer) {
        lines += memchr::memchr_iter(b'\n', &buffer[..n]).count();
    }
    lines
}

/// Forgets the highest memory use so far, where the system can (Linux).
fn reset_peak() {
    fs::write("/proc/self/clear_refs", "5").ok();
}

/// Highest memory in use since [`reset_peak`], megabytes; `null` where the system does not say.
fn peak_mb() -> Value {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kb.map_or(Value::Null, |kb| (kb / 1024.0).round().into())
}
