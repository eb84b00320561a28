//! A window as numbers: the paper's features, what is known of the ship, and where it is.

use super::window::{Moment, Window, WindowParams};
use crate::ais::{ShipKind, Vessel};
use crate::base::angle::turn_deg;
use crate::base::geo::{EARTH_RADIUS_M, Position};

/// What kinds of numbers a method learns from, besides the motion itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Inputs {
    /// Length, draught and ship type: the paper's static information.
    pub has_ship: bool,
    /// Where on earth and on which course.
    pub has_place: bool,
    /// Which cluster of trips it may be part of: the paper's context.
    #[serde(default)]
    pub has_region: bool,
}

impl Inputs {
    /// Everything.
    pub fn all() -> Inputs {
        Inputs { has_ship: true, has_place: true, has_region: true }
    }

    /// The inputs in words, for tables.
    pub fn name(self) -> String {
        let parts =
            [(self.has_ship, "ship"), (self.has_place, "place"), (self.has_region, "region")];
        let named = parts.iter().filter(|(has, _)| *has).map(|(_, name)| *name);
        std::iter::once("motion").chain(named).collect::<Vec<_>>().join(", ")
    }
}

/// The names of the features, in the order of [`features`]. Regions are no feature of a window
/// alone: see [`Intake`](super::intake::Intake).
pub fn feature_names(inputs: Inputs) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for axis in ["ahead", "port"] {
        for which in ["first", "second", "middle 1", "middle 2", "last but one", "last"] {
            names.push(format!("{axis}, {which} (m)"));
        }
        names.push(format!("{axis}, mean of first half (m)"));
        names.push(format!("{axis}, mean of second half (m)"));
        names.push(format!("velocity {axis}, last but one (m/s)"));
        names.push(format!("velocity {axis}, last (m/s)"));
        names.push(format!("velocity {axis}, mean (m/s)"));
    }
    names.extend(
        [
            "mean speed (m/s)",
            "mean change of speed (m/s2)",
            "last speed (m/s)",
            "last course off the mean (sine)",
            "mean turn (degrees/min)",
            "length of window (s)",
        ]
        .map(String::from),
    );
    if inputs.has_ship {
        names.extend(
            ["length (m)", "length known", "draught (m)", "draught known"].map(String::from),
        );
        names.extend(ShipKind::ALL.map(|kind| format!("is {}", kind.name())));
    }
    if inputs.has_place {
        names.extend(
            ["x (km)", "y (km)", "z (km)", "course (sine)", "course (cosine)"].map(String::from),
        );
    }
    names
}

/// The features of `window` of `vessel`, all finite.
///
/// # Reference
///
/// Tu et al., III-B: along each axis the first, middle and last two coordinates and the means of
/// both halves; the last two velocities and the mean; mean speed, its change and the course over the
/// last k. Ours adds the last speed, the turn and the length of the window, and gives courses in the
/// window's own frame; the course over ground is part of the place.
pub fn features(
    window: &Window,
    vessel: &Vessel,
    inputs: Inputs,
    params: &WindowParams,
) -> Vec<f64> {
    let moments = &window.moments;
    let n = moments.len();
    let local: Vec<[f64; 2]> =
        moments.iter().map(|moment| window.frame.local_m(moment.position)).collect();
    let steps: Vec<f64> = moments.windows(2).map(|pair| pair[1].t_s - pair[0].t_s).collect();
    let mut out = Vec::with_capacity(64);
    for axis in [0, 1] {
        let at = |place: usize| local[place][axis];
        let half = (n / 2).max(1);
        out.extend(
            [0, 1.min(n - 1), (half - 1).min(n - 1), half.min(n - 1), n.saturating_sub(2), n - 1]
                .map(at),
        );
        out.push(mean((0..half).map(at)));
        out.push(mean((half.min(n - 1)..n).map(at)));
        let velocity = |step: usize| (at(step + 1) - at(step)) / steps[step];
        let last = steps.len();
        out.push(if last >= 2 { velocity(last - 2) } else { 0.0 });
        out.push(if last >= 1 { velocity(last - 1) } else { 0.0 });
        out.push(mean((0..last).map(velocity)));
    }
    let recent = &moments[n.saturating_sub(params.n_recent)..];
    let last = window.last();
    out.push(mean(recent.iter().map(|moment| moment.speed_mps)));
    let span_s = last.t_s - recent[0].t_s;
    let per_s = |change: f64| if span_s > 0.0 { change / span_s } else { 0.0 };
    out.push(per_s(last.speed_mps - recent[0].speed_mps));
    out.push(last.speed_mps);
    out.push((last.course_deg - window.frame.course_deg()).to_radians().sin());
    let turn = |pair: &[Moment]| turn_deg(pair[0].course_deg, pair[1].course_deg);
    out.push(per_s(recent.windows(2).map(turn).sum::<f64>()) * 60.0);
    out.push(-moments[0].t_s);
    if inputs.has_ship {
        for value in [vessel.about.length_m, vessel.about.draught_m] {
            let known = value.filter(|value| value.is_finite() && *value > 0.0);
            out.extend([known.map_or(0.0, f64::from), f64::from(u8::from(known.is_some()))]);
        }
        out.extend(ShipKind::ALL.map(|kind| f64::from(u8::from(kind == vessel.kind()))));
    }
    if inputs.has_place {
        let (sine, cosine) = window.frame.course_deg().to_radians().sin_cos();
        out.extend(place_km(window.frame.origin()));
        out.extend([sine, cosine]);
    }
    out
}

/// Numbers of [`raw`] for each report.
pub const RAW_WIDTH: usize = 6;

/// The reports of a window as they came: longitude and latitude, degrees; speed, m/s; sine and
/// cosine of the course; seconds since the last. What the paper's plain ELM learns from.
pub fn raw(window: &Window) -> Vec<f64> {
    let moment = |moment: &Moment| -> [f64; RAW_WIDTH] {
        let (sine, cosine) = moment.course_deg.to_radians().sin_cos();
        let place = moment.position;
        [place.lon_deg, place.lat_deg, moment.speed_mps, sine, cosine, moment.t_s]
    };
    window.moments.iter().flat_map(moment).collect()
}

/// A place as kilometers from the center of the earth: near places have near numbers everywhere,
/// across the date line and at the poles.
pub fn place_km(place: Position) -> [f64; 3] {
    let (lat_sine, lat_cosine) = place.lat_deg.to_radians().sin_cos();
    let (lon_sine, lon_cosine) = place.lon_deg.to_radians().sin_cos();
    let r_km = EARTH_RADIUS_M / 1000.0;
    [r_km * lat_cosine * lon_cosine, r_km * lat_cosine * lon_sine, r_km * lat_sine]
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0_usize), |(sum, n), value| (sum + value, n + 1));
    if n == 0 { 0.0 } else { sum / n as f64 }
}
