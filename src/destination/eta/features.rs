//! What is known of a voyage at each report: from the report and those before it alone.

use rayon::prelude::*;

use super::way::ToGo;
use crate::ais::{SailingRow, Sailings};
use crate::base::forest::Columns;
use crate::base::units::kn_from_mps;

/// Minutes in a week.
const WEEK_MIN: f64 = 10_080.0;
/// Speeds above this are errors, knots.
const FASTEST_KN: f64 = 30.0;
/// A ship that is slower than this makes no way, knots.
pub const SLOW_KN: f64 = 4.0;
/// Meters that a knot makes in a minute.
const M_PER_KN_MIN: f64 = 1852.0 / 60.0;

/// The features, in the order of [`columns`].
pub const NAMES: [&str; 26] = [
    "longitude",
    "latitude",
    "distance to go",
    "spread of that",
    "distance from the usual way",
    "length",
    "breadth",
    "draught",
    "speed",
    "course, east",
    "course, north",
    "weekday",
    "hour of the day",
    "week of the year",
    "time under way",
    "speed made good, last hour",
    "speed made good, last four hours",
    "speed made good so far",
    "greatest speed so far",
    "deviation of speeds so far",
    "mean speed so far",
    "share of slow reports so far",
    "distance at the first report",
    "time to go at this speed",
    "hour of arrival at this speed",
    "hour of the week of arrival at this speed",
];

/// A report in the order of its voyage.
#[derive(Clone, Copy)]
struct Step {
    row: u32,
    /// Minutes since the hour or minute of the first report.
    clock_min: f64,
    to_go_m: f64,
}

/// The features of every row, `[feature, row]`.
///
/// Where only hours are known, a voyage's reports are put in order by hour and, within an hour, by
/// the distance to go; and the time within an hour is reckoned from where the ship was when the hour
/// began, which the last report of the hour before and the first of this tell.
pub fn columns(sailings: &Sailings, to_go: &[ToGo]) -> Columns {
    let trips = sailings.trips();
    let of_trip = |(_, rows): &(u32, Vec<u32>)| {
        let steps = in_order(sailings, to_go, rows);
        features_of(sailings, to_go, &steps)
    };
    let made: Vec<Vec<(u32, [f32; NAMES.len()])>> = trips.par_iter().map(of_trip).collect();
    let mut columns = vec![vec![f32::NAN; sailings.rows.len()]; NAMES.len()];
    for (row, features) in made.into_iter().flatten() {
        for (column, feature) in columns.iter_mut().zip(features) {
            column[row as usize] = feature;
        }
    }
    Columns::new(columns)
}

/// A voyage's reports in time order, as far as it is known.
fn in_order(sailings: &Sailings, to_go: &[ToGo], rows: &[u32]) -> Vec<Step> {
    let clock = |row: &u32| sailings.rows[*row as usize].clock_min;
    let start = if sailings.has_minutes {
        rows.iter().map(clock).fold(f64::INFINITY, f64::min)
    } else {
        // Hours of a week go round: a voyage begins behind the longest silence.
        let mut hours: Vec<f64> = rows.iter().map(clock).collect();
        hours.sort_by(f64::total_cmp);
        hours.dedup();
        let before = |at: usize| {
            if at == 0 {
                hours[0] + WEEK_MIN - hours[hours.len() - 1]
            } else {
                hours[at] - hours[at - 1]
            }
        };
        let first =
            (0..hours.len()).max_by(|a, b| before(*a).total_cmp(&before(*b)).then(b.cmp(a)));
        first.map_or(0.0, |at| hours[at])
    };
    let step = |row: &u32| {
        let since = clock(row) - start;
        let clock_min = if sailings.has_minutes { since } else { since.rem_euclid(WEEK_MIN) };
        Step { row: *row, clock_min, to_go_m: f64::from(to_go[*row as usize].to_go_m) }
    };
    let mut steps: Vec<Step> = rows.iter().map(step).collect();
    let order = |a: &Step, b: &Step| {
        a.clock_min.total_cmp(&b.clock_min).then(b.to_go_m.total_cmp(&a.to_go_m))
    };
    steps.sort_by(order);
    steps
}

/// What is remembered of a voyage from report to report.
struct Memory {
    /// Minutes since the start, and the distance to go then.
    knots: Vec<(f64, f64)>,
    n: f64,
    sum: f64,
    squares: f64,
    greatest: f64,
    slow: f64,
    length_m: f32,
    breadth_m: f32,
    draught_m: f32,
    least_m: f64,
}

fn features_of(
    sailings: &Sailings,
    to_go: &[ToGo],
    steps: &[Step],
) -> Vec<(u32, [f32; NAMES.len()])> {
    let Some(first) = steps.first() else { return Vec::new() };
    let first_m = first.to_go_m;
    let mut memory = Memory {
        knots: Vec::new(),
        n: 0.0,
        sum: 0.0,
        squares: 0.0,
        greatest: 0.0,
        slow: 0.0,
        length_m: f32::NAN,
        breadth_m: f32::NAN,
        draught_m: f32::NAN,
        least_m: f64::INFINITY,
    };
    let mut made = Vec::with_capacity(steps.len());
    let (mut hour, mut hour_sum, mut hour_n) = (f64::NAN, 0.0, 0.0);
    for step in steps {
        let row = &sailings.rows[step.row as usize];
        let before_m = memory.least_m;
        memory.take(row, step.to_go_m);
        let speed_kn = f64::from(row.sog_kn).clamp(0.0, FASTEST_KN);
        let now_min = if sailings.has_minutes {
            memory.knots.push((step.clock_min, memory.least_m));
            step.clock_min
        } else {
            if step.clock_min != hour {
                let begins_m = match hour {
                    // The hour before, and this: halfway between its last report and this one.
                    _ if hour == step.clock_min - 60.0 => f64::midpoint(before_m, memory.least_m),
                    _ => memory.least_m,
                };
                // Nothing tells when in her first hour a ship set out: halfway is the least wrong.
                let at_min = if hour.is_nan() { step.clock_min + 30.0 } else { step.clock_min };
                memory.knots.push((at_min, begins_m));
                (hour, hour_sum, hour_n) = (step.clock_min, 0.0, 0.0);
            }
            if speed_kn.is_finite() {
                hour_sum += speed_kn;
                hour_n += 1.0;
            }
            let (began_min, began_m) = memory.knots[memory.knots.len() - 1];
            let mean_kn = if hour_n > 0.0 { f64::max(hour_sum / hour_n, 1.0) } else { 8.0 };
            let since_min = (began_m - memory.least_m) / (mean_kn * M_PER_KN_MIN);
            began_min + since_min.clamp(0.0, hour + 59.0 - began_min)
        };
        made.push((
            step.row,
            memory.features(row, to_go[step.row as usize], now_min, first_m, step),
        ));
    }
    made
}

impl Memory {
    fn take(&mut self, row: &SailingRow, to_go_m: f64) {
        self.least_m = self.least_m.min(to_go_m);
        let keep = |mine: &mut f32, new: f32| {
            if new.is_finite() {
                *mine = new;
            }
        };
        keep(&mut self.length_m, row.length_m);
        keep(&mut self.breadth_m, row.breadth_m);
        keep(&mut self.draught_m, row.draught_m);
        let speed_kn = f64::from(row.sog_kn).min(FASTEST_KN);
        if speed_kn.is_finite() {
            self.n += 1.0;
            self.sum += speed_kn;
            self.squares += speed_kn * speed_kn;
            self.greatest = self.greatest.max(speed_kn);
            self.slow += f64::from(u8::from(speed_kn < SLOW_KN));
        }
    }

    /// The distance to go at an earlier minute.
    fn to_go_at(&self, min: f64) -> f64 {
        let after = self.knots.partition_point(|(at, _)| *at <= min);
        match (after.checked_sub(1).map(|at| self.knots[at]), self.knots.get(after)) {
            (Some((a_min, a_m)), Some((b_min, b_m))) if *b_min > a_min => {
                a_m + (b_m - a_m) * (min - a_min) / (b_min - a_min)
            }
            (Some((_, m)), _) => m,
            (None, Some((_, m))) => *m,
            (None, None) => f64::NAN,
        }
    }

    /// Speed made good over the last `minutes`, knots; not-a-number before there are 20 of them.
    fn made_good_kn(&self, now_min: f64, minutes: f64) -> f64 {
        let from = self.knots.first().map_or(now_min, |(first, _)| first.max(now_min - minutes));
        let lasted = now_min - from;
        if lasted < 20.0 {
            f64::NAN
        } else {
            (self.to_go_at(from) - self.least_m) / lasted / M_PER_KN_MIN
        }
    }

    fn features(
        &self,
        row: &SailingRow,
        to_go: ToGo,
        now_min: f64,
        first_m: f64,
        step: &Step,
    ) -> [f32; NAMES.len()] {
        let hours = self.made_good_kn(now_min, 240.0);
        let speed_kn = f64::from(row.sog_kn).min(FASTEST_KN);
        let reckoned_kn = if hours.is_nan() { speed_kn.max(5.0) } else { hours };
        let reckoned_kn =
            if reckoned_kn.is_nan() { 8.0 } else { reckoned_kn.max(kn_from_mps(2.2)) };
        let left_min = step.to_go_m / (reckoned_kn * M_PER_KN_MIN);
        // The minute of the week, as well as it is known.
        let week_min = (row.clock_min + now_min - step.clock_min).rem_euclid(WEEK_MIN);
        let arrival_min = (week_min + left_min).rem_euclid(WEEK_MIN);
        let (sine, cosine) = row.cog_deg.to_radians().sin_cos();
        let mean = self.sum / self.n;
        let deviation = (self.squares / self.n - mean * mean).max(0.0).sqrt();
        [
            row.position.lon_deg as f32,
            row.position.lat_deg as f32,
            to_go.to_go_m,
            to_go.spread_m,
            to_go.off_m,
            self.length_m,
            self.breadth_m,
            self.draught_m,
            row.sog_kn,
            sine,
            cosine,
            (week_min / 1440.0).floor() as f32,
            (week_min % 1440.0 / 60.0) as f32,
            row.week,
            now_min as f32,
            self.made_good_kn(now_min, 60.0) as f32,
            hours as f32,
            self.made_good_kn(now_min, f64::INFINITY) as f32,
            self.greatest as f32,
            deviation as f32,
            mean as f32,
            (self.slow / self.n) as f32,
            first_m as f32,
            left_min as f32,
            (arrival_min % 1440.0 / 60.0) as f32,
            (arrival_min / 60.0) as f32,
        ]
    }
}
