//! Windows: what is known of a ship when its path is to be predicted, and where it was later.

use serde::{Deserialize, Serialize};

use super::frame::Frame;
use crate::ais::{Fleet, Trip};
use crate::base::geo::{Position, bearing_deg, distance_m};
use crate::base::params::{Field, Form, Params};
use crate::base::units::{mps_from_kn, s_from_ms};

/// What makes a window, and what is predicted from it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct WindowParams {
    /// Reports in a window: the paper's l.
    pub n_reports: usize,
    /// Least time between two of them, seconds; reports in between are passed over.
    pub step_s: f64,
    /// Longest silence within a window, minutes.
    pub gap_min: f64,
    /// Reports over which speed, its change and course are averaged: the paper's k.
    pub n_recent: usize,
    /// How far a target may lie from a report in time, minutes.
    pub tolerance_min: f64,
    /// From one window of a trip to the next, minutes.
    pub stride_min: f64,
    /// The times ahead, minutes, parted by spaces or commas: the paper's tau.
    pub horizons: String,
}

impl Default for WindowParams {
    fn default() -> Self {
        WindowParams {
            n_reports: 12,
            step_s: 50.0,
            gap_min: 10.0,
            n_recent: 4,
            tolerance_min: 6.0,
            stride_min: 5.0,
            horizons: "15 30 45 60".into(),
        }
    }
}

/// The farthest that is predicted, minutes.
pub const FARTHEST_MIN: f64 = 1440.0;

/// The most times ahead.
const MOST_HORIZONS: usize = 24;

impl WindowParams {
    /// The times ahead, minutes, rising; or what is wrong with their list.
    pub fn horizons_min(&self) -> Result<Vec<f64>, String> {
        let words = self.horizons.split([' ', ',', ';']).filter(|word| !word.is_empty());
        let mut horizons = Vec::new();
        for word in words {
            let minutes: f64 = word
                .parse()
                .map_err(|_| format!("horizons: \"{word}\" is no number of minutes"))?;
            if !(1.0..=FARTHEST_MIN).contains(&minutes) {
                return Err(format!("horizons: {word} is not within 1 to {FARTHEST_MIN} min"));
            }
            horizons.push(minutes);
        }
        horizons.sort_by(f64::total_cmp);
        horizons.dedup();
        match horizons.len() {
            0 => Err("horizons: name at least one time ahead, minutes".into()),
            n if n > MOST_HORIZONS => {
                Err(format!("horizons: {n} times ahead, at most {MOST_HORIZONS} are possible"))
            }
            _ => Ok(horizons),
        }
    }
}

impl Params for WindowParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.heading("Windows");
        form.count(
            "reports",
            &mut self.n_reports,
            Field {
                unit: "",
                range: 4..=120,
                help: "Reports in a window, of which the next path is predicted: the paper's l.",
            },
        );
        form.number("step", &mut self.step_s, Field { unit: "s", range: 0.0..=3600.0, help: "Least time between two reports of a window; those in between are passed over, so that windows of dense data reach as far back." });
        form.number(
            "gap",
            &mut self.gap_min,
            Field {
                unit: "min",
                range: 0.1..=240.0,
                help: "Longest silence within a window, and between the reports beside a target.",
            },
        );
        form.count("recent", &mut self.n_recent, Field { unit: "", range: 2..=60, help: "Last reports over which speed, its change and course are averaged: the paper's k." });
        form.number("tolerance", &mut self.tolerance_min, Field { unit: "min", range: 0.1..=120.0, help: "How far the true position may lie from a report in time: it is interpolated between two." });
        form.number(
            "stride",
            &mut self.stride_min,
            Field {
                unit: "min",
                range: 0.1..=1440.0,
                help: "From one window of a trip to the next.",
            },
        );
        form.text(
            "horizons",
            &mut self.horizons,
            "Times ahead, minutes, parted by spaces or commas: the paper's tau.",
        );
    }

    fn faults(&self) -> Vec<String> {
        let mut faults: Vec<String> = self.horizons_min().err().into_iter().collect();
        if self.n_recent > self.n_reports {
            faults.push(format!(
                "recent: {} reports are more than the {} of a window",
                self.n_recent, self.n_reports
            ));
        }
        faults
    }
}

/// A report of a window.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Moment {
    /// Seconds since the window's last report: at most 0.
    pub t_s: f64,
    /// Where the ship was.
    pub position: Position,
    /// Speed over ground, m/s; from its positions where it was not reported.
    pub speed_mps: f64,
    /// Course over ground, degrees from north; from its positions where it was not reported.
    pub course_deg: f64,
}

/// What is known of a ship at its last report: the reports that lead there.
#[derive(Clone, PartialEq, Debug)]
pub struct Window {
    /// Its reports, the last one last.
    pub moments: Vec<Moment>,
    /// Meters ahead and to port of the last one.
    pub frame: Frame,
    /// Mean velocity over the last reports, m/s east and north.
    pub velocity_mps: [f64; 2],
}

/// Reports for the mean velocity that dead reckoning and frames go by.
const VELOCITY_OF: usize = 3;

impl Window {
    /// The window of a trip's reports `from..=last` of `fleet` that ends at `last`; none where there
    /// are too few, or a silence is too long.
    pub fn ending_at(
        fleet: &Fleet,
        from: usize,
        last: usize,
        params: &WindowParams,
    ) -> Option<Window> {
        let reports = fleet.reports();
        let mut places = vec![last];
        let mut at = last;
        while places.len() < params.n_reports && at > from {
            let next = at;
            loop {
                at -= 1;
                let age_s = s_from_ms(reports.t_ms[next] - reports.t_ms[at]);
                if age_s > 0.0 && age_s >= params.step_s || at == from {
                    break;
                }
            }
            let age_s = s_from_ms(reports.t_ms[next] - reports.t_ms[at]);
            if age_s > params.gap_min * 60.0 {
                return None;
            }
            if age_s <= 0.0 || age_s < params.step_s {
                break; // The trip's first report, too near to the one before.
            }
            places.push(at);
        }
        if places.len() < params.n_reports {
            return None;
        }
        places.reverse();
        Some(Window::of(fleet, &places))
    }

    /// The window of these reports of `fleet`, of different times, at least two.
    fn of(fleet: &Fleet, places: &[usize]) -> Window {
        let reports = fleet.reports();
        let end_ms = reports.t_ms[places[places.len() - 1]];
        let mut moments: Vec<Moment> = Vec::with_capacity(places.len());
        for (i, &at) in places.iter().enumerate() {
            // Towards the next for the first report, from the one before for all others.
            let (a, b) = if i == 0 { (at, places[1]) } else { (places[i - 1], at) };
            let (here, there) = (reports.positions[a], reports.positions[b]);
            let (sog_kn, cog_deg) = (f64::from(reports.sog_kn[at]), f64::from(reports.cog_deg[at]));
            let speed_mps = if sog_kn.is_finite() {
                mps_from_kn(sog_kn)
            } else {
                distance_m(here, there) / s_from_ms(reports.t_ms[b] - reports.t_ms[a])
            };
            let course_deg = match cog_deg.is_finite() {
                true => cog_deg,
                false if here == there => moments.last().map_or(0.0, |before| before.course_deg),
                false => bearing_deg(here, there),
            };
            let t_s = s_from_ms(reports.t_ms[at] - end_ms);
            moments.push(Moment { t_s, position: reports.positions[at], speed_mps, course_deg });
        }
        Window::from_moments(moments)
    }

    /// The window of `moments`, at least one.
    pub fn from_moments(moments: Vec<Moment>) -> Window {
        let last = moments[moments.len() - 1];
        let recent = &moments[moments.len().saturating_sub(VELOCITY_OF)..];
        let mut velocity_mps = [0.0; 2];
        for moment in recent {
            let (sine, cosine) = moment.course_deg.to_radians().sin_cos();
            velocity_mps[0] += moment.speed_mps * sine / recent.len() as f64;
            velocity_mps[1] += moment.speed_mps * cosine / recent.len() as f64;
        }
        let [east, north] = velocity_mps;
        let course_deg = if east.hypot(north) > 1e-6 {
            east.atan2(north).to_degrees().rem_euclid(360.0)
        } else {
            last.course_deg
        };
        Window { frame: Frame::new(last.position, course_deg), velocity_mps, moments }
    }

    /// The last report.
    pub fn last(&self) -> Moment {
        self.moments[self.moments.len() - 1]
    }

    /// The length of the mean velocity, m/s.
    pub fn speed_mps(&self) -> f64 {
        self.velocity_mps[0].hypot(self.velocity_mps[1])
    }
}

/// Where the ship of report `last` was `ahead_s` later, interpolated along the great circle between
/// the two reports of `reports..end` around that moment; none beyond the last, in a silence longer
/// than `gap_min`, or farther than `tolerance_min` from both.
pub fn position_later(
    fleet: &Fleet,
    last: usize,
    end: usize,
    ahead_s: f64,
    params: &WindowParams,
) -> Option<Position> {
    let reports = fleet.reports();
    let times = &reports.t_ms[last..end];
    let goal_ms = times[0] + (ahead_s * 1000.0).round() as i64;
    let after = last + times.partition_point(|t_ms| *t_ms < goal_ms);
    if after >= end {
        return None;
    }
    let here = reports.positions[after];
    if reports.t_ms[after] == goal_ms || after == last {
        return Some(here);
    }
    let before = after - 1;
    let (since_s, until_s) =
        (s_from_ms(goal_ms - reports.t_ms[before]), s_from_ms(reports.t_ms[after] - goal_ms));
    let is_near = since_s.min(until_s) <= params.tolerance_min * 60.0;
    if !is_near || since_s + until_s > 2.0 * params.tolerance_min.max(params.gap_min) * 60.0 {
        return None;
    }
    let frame = Frame::new(reports.positions[before], 0.0);
    let [x, y] = frame.local_m(here);
    let share = since_s / (since_s + until_s);
    Some(frame.position([x * share, y * share]))
}

/// The last reports of `trip`'s windows, one every stride, from the first that there is.
pub fn window_ends(fleet: &Fleet, trip: &Trip, params: &WindowParams) -> Vec<usize> {
    let times = &fleet.reports().t_ms;
    let mut ends = Vec::new();
    let mut next_ms = i64::MIN;
    for last in trip.reports.clone() {
        if times[last] >= next_ms {
            ends.push(last);
            next_ms = times[last] + (params.stride_min * 60_000.0) as i64;
        }
    }
    ends
}
