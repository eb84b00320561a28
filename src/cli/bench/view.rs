//! What the user waits for while looking: filtering and playing.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use rayon::prelude::*;
use serde_json::{Value, json};

use super::{Ground, checked};
use crate::ais::{Ending, Fleet, Mmsi, Report, Reports, Trip, Vessel};
use crate::base::geo::{Position, destination};
use crate::base::job::{Job, Stopped};
use crate::base::rng::Rng;
use crate::flow::session::Sources;
use crate::flow::stage::Stage as _;
use crate::flow::stages::{Clean, FilterStage, Ingest, TripsStage};
use crate::prep::{CleanParams, FilterParams, Moments, TripParams};
use crate::ui::map::geometry::geometry;
use crate::ui::pace;

/// How often a filter is run; the median counts.
const RUNS: usize = 9;
/// Frames played, a sixtieth of a second each.
const FRAMES: usize = 300;
/// How much faster than the ships.
const SPEED: f64 = 60.0;
/// Reports of each ship that is played.
const TRACK: usize = 500;

/// Choosing trips, with an area, which reads every position, and without.
pub fn filter(ground: &Ground) -> Result<Value, Stopped> {
    let made = Sources { made: Some(ground.sea.clone_inner()), ..Sources::default() };
    let job = Job::default();
    let reading = Arc::new(Ingest::run(&checked(&made), &(), &job)?);
    let cleaned = Arc::new(Clean::run(&checked(&CleanParams::default()), &reading, &job)?);
    let trips = Arc::new(TripsStage::run(&checked(&TripParams::default()), &cleaned, &job)?);
    let positions = &trips.fleet().reports().positions;
    let middle = positions.get(positions.len() / 2).copied();
    let middle = middle.ok_or_else(|| Stopped::Failed("no reports".into()))?;

    // An octagon of ten kilometers around somebody: most trips pass it by.
    let mut with_area = FilterParams::default();
    let corner = |i: u32| destination(middle, 45.0 * f64::from(i), 10_000.0);
    with_area.set_area(&(0..8).map(corner).collect::<Vec<_>>());
    let mut without_area = FilterParams {
        kinds: "cargo, tanker".into(),
        speed_min_kn: 5.0,
        ..FilterParams::default()
    };
    let middle_ms =
        trips.fleet().time_span_ms().map(|(first_ms, last_ms)| i64::midpoint(first_ms, last_ms));
    without_area.set_time_window_ms(middle_ms.map(|t_ms| (t_ms, i64::MAX)));

    let run = |params: &FilterParams| {
        let params = checked(params);
        let mut kept = 0;
        let ms = median_ms(RUNS, || {
            kept = FilterStage::run(&params, &trips, &job)?.chosen.kept.len();
            Ok(())
        })?;
        Ok::<_, Stopped>((ms, kept))
    };
    let (area_ms, kept) = run(&with_area)?;
    let (no_area_ms, _) = run(&without_area)?;
    let limit_ms = median_ms(RUNS, || {
        let is_beyond =
            |place: &Position| place.lon_deg > middle.lon_deg && place.lat_deg > middle.lat_deg;
        let chunks = positions.par_chunks(1 << 16);
        let n = chunks.map(|chunk| chunk.iter().filter(|place| is_beyond(place)).count());
        black_box(n.sum::<usize>());
        Ok(())
    })?;
    Ok(json!({
        "ms": area_ms,
        "ms_without_area": no_area_ms,
        "rows_per_s": positions.len() as f64 / area_ms * 1000.0,
        "limit_ms": limit_ms,
        "limit": "a comparison of every position, all cores",
        "trips": trips.trips.trips.len(),
        "trips_kept": kept,
        "cores": rayon::current_num_threads(),
        "n": positions.len(),
    }))
}

/// A frame of playing: where each ship is. Every ship is at sea all the time, the hardest case.
pub fn play(ground: &Ground) -> Result<Value, Stopped> {
    let fleet = busy_fleet(ground.sea.rows, ground.sea.seed as u64);
    let trip = |vessel: usize| {
        let (begins, ends) = (Ending::Track, Ending::Track);
        Trip { vessel, reports: fleet.range(vessel), length_m: 0.0, begins, ends }
    };
    let trips: Vec<Trip> = (0..fleet.vessels().len()).map(trip).collect();
    let mut moments = Moments::new(&fleet, &trips);
    let (first_ms, last_ms) =
        fleet.time_span_ms().ok_or_else(|| Stopped::Failed("no reports".into()))?;
    let t_ms = |frame: usize| {
        let played_ms = (frame as f64 * SPEED * 1000.0 / 60.0) as i64;
        first_ms + ((last_ms - first_ms) / 3 + played_ms).min(last_ms - first_ms)
    };
    let mut latest = Vec::with_capacity(trips.len());
    // The first frame is a jump from nowhere.
    moments.at(&fleet, t_ms(0), |ship| latest.push(ship.report_index));
    let mut ships = 0;
    let mut frames_ms = Vec::with_capacity(FRAMES);
    for frame in 1..=FRAMES {
        let start = Instant::now();
        moments.at(&fleet, t_ms(frame), |ship| {
            black_box(ship.position);
            ships += 1;
        });
        frames_ms.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    frames_ms.sort_by(f64::total_cmp);
    let limit_ms = median_ms(RUNS, || {
        let positions = &fleet.reports().positions;
        black_box(latest.iter().map(|report| positions[*report].lon_deg).sum::<f64>());
        Ok(())
    })?;
    let ms = frames_ms[FRAMES / 2];
    let a_frame = f64::from(ships) / FRAMES as f64;
    Ok(json!({
        "ms": ms,
        "slowest_ms": frames_ms[FRAMES - 1],
        "rows_per_s": a_frame / ms * 1000.0,
        "limit_ms": limit_ms,
        "limit": "reading one position of each ship, one core",
        "ships": a_frame,
        "speed": SPEED,
        "cores": 1,
        "n": fleet.reports().len(),
    }))
}

/// A frame of the whole window.
pub fn frame(ground: &Ground) -> Result<Value, Stopped> {
    let made = Some(ground.large_sea.clone_inner());
    pace::frame(&Sources { made, ..Sources::default() })
}

/// A frame of the whole window while a network is trained.
pub fn train_frame(ground: &Ground) -> Result<Value, Stopped> {
    let made = Some(ground.sea.clone_inner());
    pace::train_frame(&Sources { made, ..Sources::default() })
}

/// What lies under the pointer.
pub fn hover(ground: &Ground) -> Result<Value, Stopped> {
    let job = Job::default();
    let made = Sources { made: Some(ground.large_sea.clone_inner()), ..Sources::default() };
    let reading = Arc::new(Ingest::run(&checked(&made), &(), &job)?);
    let cleaned = Arc::new(Clean::run(&checked(&CleanParams::default()), &reading, &job)?);
    drop(reading);
    let output = TripsStage::run(&checked(&TripParams::default()), &cleaned, &job)?;
    let geometry = geometry(output.fleet(), &output.trips.trips, &job)?;
    Ok(pace::hover(&output, &geometry))
}

/// `n` reports in all, [`TRACK`] each of ships that report every ten seconds or so, all at once.
fn busy_fleet(n: usize, seed: u64) -> Fleet {
    let mut random = Rng::new(seed, 0);
    let mut reports = Reports::default();
    reports.reserve(n);
    let (mut vessels, mut starts) = (Vec::new(), vec![0]);
    while reports.len() < n {
        let lon_deg = 360.0 * random.unit() - 180.0;
        let lat_deg = 120.0 * random.unit() - 60.0;
        for i in 0..TRACK.min(n - reports.len()) {
            let t_ms = 10_000 * i as i64 + (9000.0 * random.unit()) as i64;
            let place = Position::new(lon_deg, lat_deg + 5e-4 * i as f64);
            reports.push(Report { sog_kn: 11.0, cog_deg: 0.0, ..Report::at(t_ms, place) });
        }
        vessels.push(Vessel { mmsi: Mmsi(vessels.len() as u32), ..Vessel::default() });
        starts.push(reports.len());
    }
    Fleet::new(vessels, starts, reports)
}

/// The median time of `n` runs, milliseconds.
pub fn median_ms(n: usize, mut run: impl FnMut() -> Result<(), Stopped>) -> Result<f64, Stopped> {
    let mut times = Vec::with_capacity(n);
    for _ in 0..n {
        let start = Instant::now();
        run()?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[n / 2])
}
