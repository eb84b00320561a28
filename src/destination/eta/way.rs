//! How far it still is, along the way that others took.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::ais::Sailings;
use crate::base::geo::{Position, short_distance_m};
use crate::base::job::{Job, Stopped};

/// Voyages whose last report comes earlier than this before the arrival say nothing of the end of
/// the way, minutes.
const COMPLETE_MIN: f32 = 30.0;
/// Moves shorter than this are no progress but noise of rounded positions, meters.
const STEP_M: f64 = 2_000.0;
/// A voyage has at most one point in each square of this size, degrees.
const THIN_DEG: f64 = 0.02;
/// Squares in which points are looked up, degrees.
const CELL_DEG: f64 = 0.05;
/// Places are told apart by this, degrees: what the published positions are rounded to.
const PLACE_DEG: f64 = 0.01;
/// How many points of other voyages tell how far it is.
const NEIGHBORS: usize = 40;
/// Squares around a place beyond which no point is looked for.
const REACH_CELLS: i32 = 60;

/// The ways of complete voyages, to be asked how far it is from anywhere near them.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Ways {
    points: Vec<Point>,
    /// Where voyages end: the middle of their last reports.
    end: Position,
}

/// A point of a voyage.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
struct Point {
    trip: u32,
    lon_deg: f32,
    lat_deg: f32,
    /// Along the voyage's own way, to its end.
    to_go_m: f32,
}

/// Points with their distances in meters, nearest first.
type Near = Vec<(f32, Point)>;

/// How far it is from a place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ToGo {
    /// To the end of the way, meters: the median of those who passed near by.
    pub to_go_m: f32,
    /// How much they differ: standard deviation, meters.
    pub spread_m: f32,
    /// How far the nearest of them passed, meters.
    pub off_m: f32,
}

impl Ways {
    /// Learns the ways of voyages whose minutes remaining are known; none if no voyage is complete.
    pub fn learn(sailings: &Sailings) -> Option<Ways> {
        let trips = sailings.trips();
        let of_trip = |(trip, rows): &(u32, Vec<u32>)| points_of(sailings, *trip, rows);
        let learned: Vec<(Vec<Point>, Position)> = trips.par_iter().filter_map(of_trip).collect();
        let mut lons: Vec<f64> = learned.iter().map(|(_, end)| end.lon_deg).collect();
        let mut lats: Vec<f64> = learned.iter().map(|(_, end)| end.lat_deg).collect();
        if learned.is_empty() {
            return None;
        }
        let end = Position::new(median(&mut lons), median(&mut lats));
        let points = learned.into_iter().flat_map(|(points, _)| points).collect();
        Some(Ways { points, end })
    }

    /// Where voyages end.
    pub fn end(&self) -> Position {
        self.end
    }

    /// How far it is from each row's place by the ways of other voyages than its own. Where nobody
    /// passed near, the straight way.
    pub fn to_go(&self, sailings: &Sailings, job: &Job) -> Result<Vec<ToGo>, Stopped> {
        let mut cells: FxHashMap<(i32, i32), Vec<u32>> = FxHashMap::default();
        for (index, point) in (0..).zip(&self.points) {
            let place = (f64::from(point.lon_deg), f64::from(point.lat_deg));
            cells.entry(square(place, CELL_DEG)).or_default().push(index);
        }
        // Rows share places: each is looked up once.
        let place_of = |position: Position| square((position.lon_deg, position.lat_deg), PLACE_DEG);
        let mut places: Vec<(i32, i32)> =
            sailings.rows.iter().map(|row| place_of(row.position)).collect();
        places.sort_unstable();
        places.dedup();
        let near = |place: &(i32, i32)| {
            job.go_on()?;
            let middle = |n: i32| f64::from(n) * PLACE_DEG;
            Ok((*place, self.near(&cells, Position::new(middle(place.0), middle(place.1)))))
        };
        let known: FxHashMap<(i32, i32), Near> =
            places.par_iter().map(near).collect::<Result<_, Stopped>>()?;
        let of_row = |row: &crate::ais::SailingRow| {
            let near = &known[&place_of(row.position)];
            let others = near.iter().filter(|(_, point)| point.trip != row.trip).take(NEIGHBORS);
            let others: Vec<(f32, f32)> =
                others.map(|(far_m, point)| (*far_m, point.to_go_m)).collect();
            let Some((off_m, _)) = others.first() else {
                let to_go_m = short_distance_m(row.position, self.end) as f32;
                return ToGo { to_go_m, spread_m: f32::NAN, off_m: f32::NAN };
            };
            let n = others.len() as f64;
            let mut far: Vec<f64> = others.iter().map(|(_, far)| f64::from(*far)).collect();
            let mean = far.iter().sum::<f64>() / n;
            let variance = far.iter().map(|far| (far - mean) * (far - mean)).sum::<f64>() / n;
            let to_go_m = median(&mut far) as f32;
            ToGo { to_go_m, spread_m: variance.sqrt() as f32, off_m: *off_m }
        };
        Ok(sailings.rows.par_iter().map(of_row).collect())
    }

    /// The points nearest to a place, with their distances in meters; enough that [`NEIGHBORS`]
    /// are left without one voyage's own.
    fn near(&self, cells: &FxHashMap<(i32, i32), Vec<u32>>, place: Position) -> Near {
        let (x, y) = square((place.lon_deg, place.lat_deg), CELL_DEG);
        let mut found: Near = Vec::new();
        let mut enough_at = None;
        for ring in 0..=REACH_CELLS {
            for dx in -ring..=ring {
                let is_side = dx.abs() == ring;
                let step = if is_side || ring == 0 { 1 } else { 2 * ring };
                for dy in (-ring..=ring).step_by(step as usize) {
                    for index in cells.get(&(x + dx, y + dy)).into_iter().flatten() {
                        let point = self.points[*index as usize];
                        let at = Position::new(f64::from(point.lon_deg), f64::from(point.lat_deg));
                        found.push((short_distance_m(place, at) as f32, point));
                    }
                }
            }
            // A ring more, since a square's far corner lies behind the next square's near side.
            if found.len() >= 3 * NEIGHBORS {
                let enough_at = *enough_at.get_or_insert(ring);
                if ring > enough_at {
                    break;
                }
            }
        }
        let most = 3 * NEIGHBORS;
        let order = |a: &(f32, Point), b: &(f32, Point)| {
            a.0.total_cmp(&b.0)
                .then(a.1.trip.cmp(&b.1.trip))
                .then(a.1.to_go_m.total_cmp(&b.1.to_go_m))
        };
        if found.len() > most {
            found.select_nth_unstable_by(most, order);
            found.truncate(most);
        }
        found.sort_unstable_by(order);
        found
    }
}

fn square((lon_deg, lat_deg): (f64, f64), size_deg: f64) -> (i32, i32) {
    ((lon_deg / size_deg).round() as i32, (lat_deg / size_deg).round() as i32)
}

/// The middle of some numbers, which it sorts; not-a-number of none.
pub fn median(numbers: &mut [f64]) -> f64 {
    if numbers.is_empty() {
        return f64::NAN;
    }
    numbers.sort_unstable_by(f64::total_cmp);
    let half = numbers.len() / 2;
    if numbers.len() % 2 == 1 {
        numbers[half]
    } else {
        f64::midpoint(numbers[half - 1], numbers[half])
    }
}

/// The points of one voyage, and where it ends; none if it never arrives.
fn points_of(sailings: &Sailings, trip: u32, rows: &[u32]) -> Option<(Vec<Point>, Position)> {
    let row = |index: &u32| &sailings.rows[*index as usize];
    let mut rows = rows.to_vec();
    rows.retain(|index| row(index).remaining_min.is_finite());
    rows.sort_by(|a, b| row(a).remaining_min.total_cmp(&row(b).remaining_min));
    let first = row(rows.first()?);
    if first.remaining_min > COMPLETE_MIN {
        return None;
    }
    let (mut points, mut squares) = (Vec::new(), rustc_hash::FxHashSet::default());
    let (mut to_go_m, mut last) = (0.0, first.position);
    // Reports of one minute are one place: their order is not known.
    for minute in rows.chunk_by(|a, b| row(a).remaining_min == row(b).remaining_min) {
        let n = minute.len() as f64;
        let lon = minute.iter().map(|index| row(index).position.lon_deg).sum::<f64>() / n;
        let lat = minute.iter().map(|index| row(index).position.lat_deg).sum::<f64>() / n;
        let here = Position::new(lon, lat);
        let step_m = short_distance_m(last, here);
        if step_m > STEP_M {
            to_go_m += step_m;
            last = here;
        }
        if squares.insert(square((lon, lat), THIN_DEG)) {
            let to_go_m = (to_go_m + if step_m > STEP_M { 0.0 } else { step_m }) as f32;
            points.push(Point { trip, lon_deg: lon as f32, lat_deg: lat as f32, to_go_m });
        }
    }
    Some((points, first.position))
}
