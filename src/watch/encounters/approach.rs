//! How two ships pass each other, leg by leg, exactly.

use super::EncounterParams;
use super::piece::{Leg, SLACK_M};
use crate::base::units::mps_from_kn;
use crate::watch::sphere::{Ground, Vector, Xy};

/// A velocity below this has no course that a domain could lie along, meters a second.
const COURSE_MPS: f64 = 0.1;

/// The domains of both ships: half length and half width of the ellipse around each, meters.
pub(super) type Domains = [(f64, f64); 2];

/// A time in which two ships are within range of each other.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Approach {
    pub from_s: f64,
    pub to_s: f64,
    /// How they stand to each other when it begins.
    pub begin: Look,
    /// And when they are nearest.
    pub cpa: Look,
    /// The least share of a domain's radius at which the other ship passes; 1 on its edge.
    pub domain: f64,
    /// How long they keep together.
    pub together_s: f64,
}

/// Two ships at a moment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Look {
    pub t_s: f64,
    pub distance_m: f64,
    pub places: [Vector; 2],
    /// From the first ship to the second.
    pub way: Xy,
    /// Over ground, meters a second.
    pub velocities: [Xy; 2],
}

impl Approach {
    /// Takes in what follows.
    pub fn go_on(&mut self, next: &Approach) {
        self.to_s = next.to_s;
        self.together_s += next.together_s;
        self.domain = self.domain.min(next.domain);
        if next.cpa.distance_m < self.cpa.distance_m {
            self.cpa = next.cpa;
        }
    }
}

/// The times in which the ships of `a` and `b`, legs in order of time, are within range of each
/// other and not lying still; those less than the time to rejoin apart are one.
pub(super) fn approaches(
    a: &[Leg],
    b: &[Leg],
    domains: Domains,
    params: &EncounterParams,
) -> Vec<Approach> {
    let mut found: Vec<Approach> = Vec::new();
    let (mut i, mut j) = (0, 0);
    while let (Some(one), Some(other)) = (a.get(i), b.get(j)) {
        let (from_s, to_s) = (one.from_s.max(other.from_s), one.to_s.min(other.to_s));
        let is_left_out = one.is_still && other.is_still
            || !params.counts_still && (one.is_still || other.is_still);
        if from_s < to_s
            && !is_left_out
            && let Some(next) = step([one, other], from_s, to_s, domains, params)
        {
            match found.last_mut() {
                Some(last) if next.from_s - last.to_s <= params.rejoin_min * 60.0 => {
                    last.go_on(&next);
                }
                _ => found.push(next),
            }
        }
        if one.to_s <= other.to_s {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}

/// The part of a step, in which both ships sail evenly, where they are within range.
fn step(
    legs: [&Leg; 2],
    from_s: f64,
    to_s: f64,
    domains: Domains,
    params: &EncounterParams,
) -> Option<Approach> {
    let begin = legs.map(|leg| leg.at(from_s));
    let end = legs.map(|leg| leg.at(to_s));
    let (d0, d1) = (begin[1].minus(begin[0]), end[1].minus(end[0]));
    let change = d1.minus(d0);
    let nearest = least_at(d0.dot(change), change.dot(change), 0.0, 1.0);
    if d0.plus(change.times(nearest)).length_m() > params.range_m + SLACK_M {
        return None;
    }
    let ground = Ground::around(begin[0].plus(begin[1]).plus(end[0]).plus(end[1]));
    let (way, change) = (ground.way(d0), ground.way(d1.minus(d0)));
    let (within, until) = within(way, change, params.range_m)?;
    let velocities = legs.map(|leg| ground.way(leg.velocity));
    let look = |share: f64| {
        let way = way.plus(change.times(share));
        let t_s = from_s + share * (to_s - from_s);
        let places = [begin[0].toward(end[0], share), begin[1].toward(end[1], share)];
        Look { t_s, distance_m: way.length_m(), places, way, velocities }
    };
    let at = least_at(way.dot(change), change.dot(change), within, until);
    let share =
        |ship: usize| least_domain(way, change, velocities[ship], domains[ship], (within, until));
    let middle = look(0.5 * (within + until));
    let differ_mps = velocities[1].minus(velocities[0]).length_m();
    let is_together =
        middle.distance_m <= params.together_m && differ_mps <= mps_from_kn(params.together_kn);
    let lasts_s = (until - within) * (to_s - from_s);
    let (begin, cpa) = (look(within), look(at));
    Some(Approach {
        from_s: begin.t_s,
        to_s: look(until).t_s,
        begin,
        cpa,
        domain: share(0).min(share(1)),
        together_s: if is_together { lasts_s } else { 0.0 },
    })
}

/// Where in `low..=high` the polynomial `a x² + 2 b x` (of a square) is least.
fn least_at(b: f64, a: f64, low: f64, high: f64) -> f64 {
    if a > 0.0 { (-b / a).clamp(low, high) } else { low }
}

/// First and last share of the step in which `way + share · change` is no longer than `range_m`.
fn within(way: Xy, change: Xy, range_m: f64) -> Option<(f64, f64)> {
    let (a, b) = (change.dot(change), way.dot(change));
    let c = way.dot(way) - range_m * range_m;
    if a <= 0.0 {
        return (c <= 0.0).then_some((0.0, 1.0));
    }
    let root = (b * b - a * c).max(0.0).sqrt();
    if b * b < a * c {
        return None;
    }
    let (first, last) = (((-b - root) / a).max(0.0), ((-b + root) / a).min(1.0));
    (first <= last).then_some((first, last))
}

/// The least share of a domain at which the other ship passes. The domain lies along `velocity`.
fn least_domain(
    way: Xy,
    change: Xy,
    velocity: Xy,
    (ahead_m, beside_m): (f64, f64),
    (within, until): (f64, f64),
) -> f64 {
    let speed_mps = velocity.length_m();
    let along = if speed_mps > COURSE_MPS {
        velocity.times(1.0 / speed_mps)
    } else {
        Xy { x_m: 0.0, y_m: 1.0 }
    };
    let scaled =
        |way: Xy| Xy { x_m: way.dot(along.starboard()) / beside_m, y_m: way.dot(along) / ahead_m };
    let (way, change) = (scaled(way), scaled(change));
    let at = least_at(way.dot(change), change.dot(change), within, until);
    way.plus(change.times(at)).length_m()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xy(x_m: f64, y_m: f64) -> Xy {
        Xy { x_m, y_m }
    }

    #[test]
    fn a_ship_that_passes_300_m_abeam_is_in_range_between_two_moments() {
        // From 1000 m ahead to 1000 m astern, 300 m aside; 500 m away at 400 m ahead and astern.
        let (first, last) = within(xy(300.0, 1000.0), xy(0.0, -2000.0), 500.0).unwrap();
        assert!((first - 0.3).abs() < 1e-12 && (last - 0.7).abs() < 1e-12);
        assert_eq!(within(xy(600.0, 1000.0), xy(0.0, -2000.0), 500.0), None);
        assert_eq!(within(xy(300.0, 0.0), xy(0.0, 0.0), 500.0), Some((0.0, 1.0)));
        assert_eq!(within(xy(300.0, 1000.0), xy(0.0, -100.0), 500.0), None);
    }

    #[test]
    fn a_domain_is_longer_ahead_than_beside() {
        let stays = xy(0.0, 0.0);
        let share = |way, velocity| least_domain(way, stays, velocity, (400.0, 160.0), (0.0, 1.0));
        let east = xy(5.0, 0.0);
        assert!((share(xy(400.0, 0.0), east) - 1.0).abs() < 1e-12);
        assert!((share(xy(0.0, 400.0), east) - 2.5).abs() < 1e-12);
        // From 800 m ahead to 800 m astern, 80 m aside: half the domain when abeam.
        let passed =
            least_domain(xy(800.0, -80.0), xy(-1600.0, 0.0), east, (400.0, 160.0), (0.0, 1.0));
        assert!((passed - 0.5).abs() < 1e-12);
    }
}
