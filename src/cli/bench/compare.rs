//! Compression and distances, each beside plain code for the same.

use std::hint::black_box;
use std::time::Instant;

use rayon::ThreadPoolBuilder;
use serde_json::{Value, json};

use super::lanes::{plane, tracks, trips};
use super::view::median_ms;
use super::{Ground, checked};
use crate::base::job::{Job, Stopped};
use crate::compress::{CompressParams, Line, Ruler, errors, keep, retention, significance};
use crate::distance::{DistanceParams, Metric, Paths, SurfaceChoice};

/// How often what takes milliseconds is run; the median counts.
const RUNS: usize = 5;
/// Trips that distances are measured between: 44,850 pairs.
const TRIPS: usize = 300;
/// Points of each.
const POINTS: usize = 100;
/// The tolerance of the peers' compression, meters.
const EPS_M: f64 = 50.0;

type Xy = [f64; 2];

/// Runs `work` on one core.
fn on_one_core<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, Stopped> {
    let pool = ThreadPoolBuilder::new().num_threads(1).build();
    Ok(pool.map_err(|error| Stopped::Failed(error.to_string()))?.install(work))
}

/// The significance of every point of 2,000 lines of 500 points on a plane, as the peers have them;
/// and all that is measured of reports, from degrees, with speeds and courses.
pub fn dp(ground: &Ground) -> Result<Value, Stopped> {
    let (fleet, lines) = tracks(ground.some(2000), 500, 7);
    let n = fleet.reports().len();
    let job = Job::default();
    let planes: Vec<Vec<Xy>> = lines.iter().map(|trip| plane(&fleet, trip)).collect();
    let laid = |places: &Vec<Xy>| Line {
        x_m: places.iter().map(|place| place[0]).collect(),
        y_m: places.iter().map(|place| place[1]).collect(),
        t_s: vec![0.0; places.len()],
    };
    let plane_lines: Vec<Line> = planes.iter().map(laid).collect();
    let mut significance_m = vec![0.0; n];
    let ms = median_ms(RUNS, || {
        for (line, trip) in plane_lines.iter().zip(&lines) {
            let to = &mut significance_m[trip.reports.clone()];
            significance(line, Ruler::Nearest, to, &job)?;
        }
        Ok(())
    })?;
    let reports_ms = on_one_core(|| {
        median_ms(RUNS, || {
            black_box(crate::compress::measure(&fleet, &lines, Ruler::Nearest, &job)?);
            Ok(())
        })
    })??;
    let mut kept = 0;
    let plain_ms = median_ms(RUNS, || {
        kept = planes.iter().map(|line| plain_dp(line, EPS_M)).sum();
        Ok(())
    })?;
    Ok(json!({
        "points_per_s": n as f64 / ms * 1000.0,
        "ms": ms,
        "reports_per_s": n as f64 / reports_ms * 1000.0,
        "kept": significance_m.iter().filter(|m| f64::from(**m) > EPS_M).count(),
        "plain_points_per_s": n as f64 / plain_ms * 1000.0,
        "plain": "textbook Douglas-Peucker at 50 m alone, one core",
        "plain_kept": kept,
        "lines": lines.len(),
        "cores": 1,
        "n": n,
    }))
}

/// A moved threshold, on ten million reports.
pub fn dp_move(ground: &Ground) -> Result<Value, Stopped> {
    let (fleet, lines) = tracks(ground.some(20_000), 500, 7);
    let job = Job::default();
    let measured = crate::compress::measure(&fleet, &lines, Ruler::Nearest, &job)?;
    let mut tolerance_m = 50.0;
    let mut params = || {
        tolerance_m += 10.0;
        checked(&CompressParams { tolerance_m, ..CompressParams::default() })
    };
    let mut kept = None;
    let ms = median_ms(RUNS, || {
        kept = Some(keep(&fleet, &lines, &measured, &params(), &job)?);
        Ok(())
    })?;
    let kept = kept.ok_or_else(|| Stopped::Failed("nothing ran".into()))?;
    let errors_ms = median_ms(RUNS, || {
        black_box(errors(&fleet, &lines, &kept, &job)?);
        Ok(())
    })?;
    let curve_ms = median_ms(RUNS, || {
        black_box(retention(&measured, &params(), 1.0, 20_000.0));
        Ok(())
    })?;
    let limit_ms = median_ms(RUNS, || {
        let columns = [measured.significance_m(), measured.speed_kn(), measured.course_deg()];
        black_box(columns.iter().map(|column| column.iter().sum::<f32>()).sum::<f32>());
        Ok(())
    })?;
    Ok(json!({
        "ms": ms,
        "errors_ms": errors_ms,
        "retention_ms": curve_ms,
        "limit_ms": limit_ms,
        "limit": "adding up the three columns that are compared, one core",
        "reports_kept": kept.reports_kept(),
        "cores": rayon::current_num_threads(),
        "n": fleet.reports().len(),
    }))
}

/// SSPD on the plane.
pub fn sspd(ground: &Ground) -> Result<Value, Stopped> {
    pairs(ground, Metric::Sspd, SurfaceChoice::Plane, Some(plain_sspd))
}

/// MSSPD on the plane: what clustering uses.
pub fn msspd(ground: &Ground) -> Result<Value, Stopped> {
    pairs(ground, Metric::Msspd, SurfaceChoice::Plane, None)
}

/// Hausdorff on the plane.
pub fn hausdorff(ground: &Ground) -> Result<Value, Stopped> {
    pairs(ground, Metric::Hausdorff, SurfaceChoice::Plane, Some(plain_hausdorff))
}

/// Discrete Fréchet on the plane.
pub fn frechet(ground: &Ground) -> Result<Value, Stopped> {
    pairs(ground, Metric::Frechet, SurfaceChoice::Plane, Some(plain_frechet))
}

/// DTW on the plane.
pub fn dtw(ground: &Ground) -> Result<Value, Stopped> {
    pairs(ground, Metric::Dtw, SurfaceChoice::Plane, Some(plain_dtw))
}

/// SSPD on the sphere.
pub fn sspd_sphere(ground: &Ground) -> Result<Value, Stopped> {
    pairs(ground, Metric::Sspd, SurfaceChoice::Sphere, None)
}

/// Hausdorff on the sphere.
pub fn hausdorff_sphere(ground: &Ground) -> Result<Value, Stopped> {
    pairs(ground, Metric::Hausdorff, SurfaceChoice::Sphere, None)
}

/// DTW on the sphere.
pub fn dtw_sphere(ground: &Ground) -> Result<Value, Stopped> {
    pairs(ground, Metric::Dtw, SurfaceChoice::Sphere, None)
}

type Plain = fn(&[Xy], &[Xy]) -> f64;

fn pairs(
    ground: &Ground,
    metric: Metric,
    surface: SurfaceChoice,
    plain: Option<Plain>,
) -> Result<Value, Stopped> {
    let n_trips = ground.some(TRIPS);
    let (fleet, trips) = trips(n_trips, POINTS, 7);
    let job = Job::default();
    let fault = |error: crate::distance::DistanceError| Stopped::Failed(error.to_string());
    let paths = Paths::new(&fleet, &trips, surface, 0, &job).map_err(fault)?;
    let params = DistanceParams { metric, surface, ..DistanceParams::default() };
    let ms = on_one_core(|| {
        median_ms(RUNS, || {
            black_box(crate::distance::measure(&paths, &params, &job).map_err(fault)?);
            Ok(())
        })
    })??;
    let n = n_trips * (n_trips - 1) / 2;
    let mut figures = json!({
        "pairs_per_s_per_core": n as f64 / ms * 1000.0,
        "points": POINTS,
        "cores": 1,
        "n": n,
    });
    if let Some(plain) = plain {
        // A tenth of the trips is enough for code that is slow.
        let planes: Vec<Vec<Xy>> = trips.iter().take(60).map(|trip| plane(&fleet, trip)).collect();
        let start = Instant::now();
        let mut n_plain = 0;
        for (i, a) in planes.iter().enumerate() {
            for b in &planes[i + 1..] {
                black_box(plain(a, b));
                n_plain += 1;
            }
        }
        let plain_s = start.elapsed().as_secs_f64();
        figures["plain_pairs_per_s"] = (f64::from(n_plain) / plain_s).into();
        figures["plain"] = "the same by its definition, one core".into();
    }
    Ok(figures)
}

/// How far `p` lies from the segment from `a` to `b`.
fn to_segment_m(p: Xy, a: Xy, b: Xy) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length2 = dx * dx + dy * dy;
    let along = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2.max(1e-12);
    let t = along.clamp(0.0, 1.0);
    (p[0] - a[0] - t * dx).hypot(p[1] - a[1] - t * dy)
}

fn to_line_m(p: Xy, line: &[Xy]) -> f64 {
    line.windows(2).map(|leg| to_segment_m(p, leg[0], leg[1])).fold(f64::INFINITY, f64::min)
}

fn plain_sspd(a: &[Xy], b: &[Xy]) -> f64 {
    let spd = |a: &[Xy], b: &[Xy]| {
        a.iter().map(|p| to_line_m(*p, b)).sum::<f64>() / a.len().max(1) as f64
    };
    f64::midpoint(spd(a, b), spd(b, a))
}

fn plain_hausdorff(a: &[Xy], b: &[Xy]) -> f64 {
    let way = |a: &[Xy], b: &[Xy]| a.iter().map(|p| to_line_m(*p, b)).fold(0.0, f64::max);
    way(a, b).max(way(b, a))
}

fn plain_frechet(a: &[Xy], b: &[Xy]) -> f64 {
    plain_table(a, b, f64::max)
}

fn plain_dtw(a: &[Xy], b: &[Xy]) -> f64 {
    plain_table(a, b, |before, here| before + here)
}

/// The last field of the table of matched points, row by row.
fn plain_table(a: &[Xy], b: &[Xy], join: fn(f64, f64) -> f64) -> f64 {
    let mut before: Vec<f64> = Vec::new();
    for (i, p) in a.iter().enumerate() {
        let mut row: Vec<f64> = Vec::with_capacity(b.len());
        for (j, q) in b.iter().enumerate() {
            let here = (p[0] - q[0]).hypot(p[1] - q[1]);
            let up = before.get(j).copied();
            let (left, across) = match j.checked_sub(1) {
                Some(j) => (row.get(j).copied(), before.get(j).copied()),
                None => (None, None),
            };
            let best = [up, left, across].into_iter().flatten().fold(f64::INFINITY, f64::min);
            row.push(if i + j == 0 { here } else { join(best, here) });
        }
        before = row;
    }
    before.last().copied().unwrap_or(0.0)
}

/// How many points Douglas-Peucker keeps of `line`.
fn plain_dp(line: &[Xy], eps_m: f64) -> usize {
    let mut kept = line.len().min(2);
    let mut open = vec![(0, line.len().saturating_sub(1))];
    while let Some((from, to)) = open.pop() {
        let (mut farthest, mut most_m) = (from, eps_m);
        for at in from + 1..to {
            let m = to_segment_m(line[at], line[from], line[to]);
            if m > most_m {
                (farthest, most_m) = (at, m);
            }
        }
        if farthest > from {
            kept += 1;
            open.extend([(from, farthest), (farthest, to)]);
        }
    }
    kept
}
