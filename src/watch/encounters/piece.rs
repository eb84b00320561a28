//! What each ship does in a slice of time, and which ships come near each other in it.

use std::ops::Range;

use crate::ais::NavStatus;
use crate::base::geo::{Position, short_distance_m};
use crate::base::units::{mps_from_kn, s_from_ms};

use super::EncounterParams;
use crate::watch::sphere::{Vector, heading};

/// How far a chord may lead below the Earth beside another, meters: distances are held against the
/// range on flat ground, and found by the index in space.
pub(super) const SLACK_M: f64 = 10.0;

/// How long a slice is, seconds: a ship sails about as far in it as ships see each other.
pub(super) const SLICE_S: f64 = 600.0;

/// At anchor, moored, aground.
const LIES: [NavStatus; 3] = [NavStatus(1), NavStatus(5), NavStatus(6)];

/// A ship that says that she lies is believed below this speed, knots.
const LIES_KN: f64 = 3.0;

/// The greatest speed that AIS can tell, knots; beyond, it is "not available".
const MOST_SOG_KN: f32 = 102.2;

/// What is known of one ship, as columns of one length; those for speed, course and status may be
/// empty. Times never decrease.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trace<'a> {
    pub ship: usize,
    pub t_ms: &'a [i64],
    pub positions: &'a [Position],
    pub sog_kn: &'a [f32],
    pub cog_deg: &'a [f32],
    pub status: &'a [NavStatus],
}

/// The way between two reports, or the part of it that lies in a slice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leg {
    /// When it begins and ends, seconds since the window began.
    pub from_s: f64,
    pub to_s: f64,
    pub from: Vector,
    pub to: Vector,
    /// Velocity over ground as reported, else that of the leg: meters a second, in space.
    pub velocity: Vector,
    pub is_still: bool,
}

impl Leg {
    /// Where the ship is at `t_s`.
    pub fn at(&self, t_s: f64) -> Vector {
        self.from.toward(self.to, (t_s - self.from_s) / (self.to_s - self.from_s))
    }

    fn clipped(&self, from_s: f64, to_s: f64) -> Leg {
        let (from_s, to_s) = (from_s.max(self.from_s), to_s.min(self.to_s));
        Leg { from: self.at(from_s), to: self.at(to_s), from_s, to_s, ..*self }
    }
}

/// All ships in a slice of time.
#[derive(Debug, Default)]
pub(super) struct Slice {
    pub legs: Vec<Leg>,
    pub pieces: Vec<Piece>,
}

/// One ship in a slice of time: legs in order of time, in a box in space.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Index of her trace.
    pub trace: usize,
    /// Her legs, of [`Slice::legs`].
    pub legs: Range<usize>,
    low: Vector,
    high: Vector,
}

impl Slice {
    /// What `traces` do from `from_s` to `to_s`, in seconds since `zero_ms`. Ships that no pair may
    /// have are left out.
    pub fn of(
        traces: &[Trace<'_>],
        zero_ms: i64,
        (from_s, to_s): (f64, f64),
        params: &EncounterParams,
    ) -> Slice {
        let mut slice = Slice::default();
        let ms = |s: f64| zero_ms + (s * 1000.0).round() as i64;
        let (from_ms, to_ms) = (ms(from_s), ms(to_s));
        for (index, trace) in traces.iter().enumerate() {
            let first = trace.t_ms.partition_point(|t_ms| *t_ms <= from_ms).saturating_sub(1);
            let last = trace.t_ms.partition_point(|t_ms| *t_ms < to_ms);
            let begin = slice.legs.len();
            for report in first..last.min(trace.t_ms.len().saturating_sub(1)) {
                let leg = leg(trace, report, zero_ms, params);
                slice.legs.extend(leg.map(|leg| leg.clipped(from_s, to_s)));
            }
            let legs = begin..slice.legs.len();
            let own = &slice.legs[legs.clone()];
            let may_meet = params.counts_still || own.iter().any(|leg| !leg.is_still);
            if own.is_empty() || !may_meet {
                slice.legs.truncate(begin);
                continue;
            }
            let (low, high) = around(own);
            slice.pieces.push(Piece { trace: index, legs, low, high });
        }
        slice
    }

    /// Every pair of pieces that may come within `range_m` of each other, each once, the lower
    /// index first; sorted.
    ///
    /// Pieces are sorted into cubes in space, about as large as they are, by all cubes that their
    /// boxes, half the range wider on all sides, touch. A pair is looked at in the one cube that has
    /// the lowest corner of what their boxes share.
    pub fn near_pairs(&self, range_m: f64) -> Vec<(usize, usize)> {
        let reach_m = 0.5 * (range_m + SLACK_M);
        let cube_m = range_m + 6000.0;
        let cell = |x: f64| (x / cube_m).floor() as i64;
        let key = |x: i64, y: i64, z: i64| {
            // 21 bits each: cubes of 6 km and more reach around the Earth with 12.
            let part = |n: i64| (n + (1 << 20)) as u64 & 0x1f_ffff;
            part(x) << 42 | part(y) << 21 | part(z)
        };
        let mut entries: Vec<(u64, u32)> = Vec::with_capacity(4 * self.pieces.len());
        for (index, piece) in self.pieces.iter().enumerate() {
            let (low, high) = piece.wider(reach_m);
            for x in cell(low.x)..=cell(high.x) {
                for y in cell(low.y)..=cell(high.y) {
                    for z in cell(low.z)..=cell(high.z) {
                        entries.push((key(x, y, z), index as u32));
                    }
                }
            }
        }
        entries.sort_unstable();
        let mut pairs = Vec::new();
        for cube in entries.chunk_by(|a, b| a.0 == b.0) {
            for (place, (_, a)) in cube.iter().enumerate() {
                let (low_a, high_a) = self.pieces[*a as usize].wider(reach_m);
                for (_, b) in &cube[place + 1..] {
                    let (low_b, high_b) = self.pieces[*b as usize].wider(reach_m);
                    let low = most(low_a, low_b);
                    let is_shared = low.x <= high_a.x.min(high_b.x)
                        && low.y <= high_a.y.min(high_b.y)
                        && low.z <= high_a.z.min(high_b.z);
                    if is_shared && key(cell(low.x), cell(low.y), cell(low.z)) == cube[0].0 {
                        pairs.push((*a as usize, *b as usize));
                    }
                }
            }
        }
        pairs.sort_unstable();
        pairs
    }
}

impl Piece {
    fn wider(&self, reach_m: f64) -> (Vector, Vector) {
        let reach = Vector { x: reach_m, y: reach_m, z: reach_m };
        (self.low.minus(reach), self.high.plus(reach))
    }
}

/// The leg from `report` to the next, if the ship is known to sail it: no silence, no jump, and
/// some time passes.
fn leg(trace: &Trace<'_>, report: usize, zero_ms: i64, params: &EncounterParams) -> Option<Leg> {
    let (t0, t1) = (trace.t_ms[report], trace.t_ms[report + 1]);
    let (p0, p1) = (trace.positions[report], trace.positions[report + 1]);
    let s = s_from_ms(t1 - t0);
    let is_known = p0.is_valid() && p1.is_valid();
    if s <= 0.0 || s > params.silence_min * 60.0 || !is_known {
        return None;
    }
    // Positions are good to some 10 m: over a second, that is no jump.
    if short_distance_m(p0, p1) > mps_from_kn(params.jump_kn) * s + 50.0 {
        return None;
    }
    let (from, to) = (Vector::to(p0), Vector::to(p1));
    let sailed = to.minus(from).times(1.0 / s);
    let known = |column: &[f32]| column.get(report).copied().filter(|x| x.is_finite());
    let sog_kn = known(trace.sog_kn).filter(|sog| (0.0..=MOST_SOG_KN).contains(sog));
    let speed_mps = sog_kn.map_or(sailed.length_m(), |sog_kn| mps_from_kn(f64::from(sog_kn)));
    let way = match known(trace.cog_deg).filter(|_| sog_kn.is_some()) {
        Some(cog_deg) => heading(from, f64::from(cog_deg)),
        None => sailed.unit(),
    };
    let lies = trace.status.get(report).is_some_and(|status| LIES.contains(status));
    let still_mps = mps_from_kn(if lies { LIES_KN.max(params.still_kn) } else { params.still_kn });
    Some(Leg {
        from_s: s_from_ms(t0 - zero_ms),
        to_s: s_from_ms(t1 - zero_ms),
        from,
        to,
        velocity: way.times(speed_mps),
        is_still: speed_mps < still_mps,
    })
}

/// The lowest and highest corner of the box around `legs`.
fn around(legs: &[Leg]) -> (Vector, Vector) {
    let places = legs.iter().flat_map(|leg| [leg.from, leg.to]);
    let none = Vector { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY, z: f64::NEG_INFINITY };
    places.fold((none.times(-1.0), none), |(low, high), place| {
        (most(low.times(-1.0), place.times(-1.0)).times(-1.0), most(high, place))
    })
}

/// The greater of each coordinate.
fn most(a: Vector, b: Vector) -> Vector {
    Vector { x: a.x.max(b.x), y: a.y.max(b.y), z: a.z.max(b.z) }
}
