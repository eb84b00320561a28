//! Oddities: what does not fit the traffic around it, or cannot be true. Each has a score, a place,
//! a time, and a sentence that says why.

mod identity;
mod lanes;
mod motion;
mod off_lane;
mod params;
mod silence;
#[cfg(test)]
mod tests;
mod two_places;

use rayon::prelude::*;

pub use identity::is_valid_imo;
pub use params::OddityParams;
pub use silence::Reach;

use self::lanes::Lanes;
use crate::ais::{Fleet, Mmsi, Trip};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::text::grouped;
use crate::base::units::nmi_from_m;
use crate::cluster::route::Route;
use crate::prep::Verdict;

/// What is known when oddities are looked for. All but the fleet may be empty, and what needs it is
/// not found then.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The cleaned fleet.
    pub fleet: &'a Fleet,
    /// The fleet as it was read, with what became of each report: for position jumps.
    pub read: Option<(&'a Fleet, &'a [Verdict])>,
    /// Trips of the cleaned fleet, sorted by vessel and time.
    pub trips: &'a [Trip],
    /// The cluster of each trip, as many as there are trips: for trips that fit no route.
    pub labels: &'a [Option<u32>],
    /// The routes of the clusters; see [`Route::id`].
    pub routes: &'a [Route],
    /// What ships said of themselves, in any order: for names and numbers that change.
    pub said: &'a [Said],
}

/// What a ship said of herself in a static report.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Said {
    /// Under which number.
    pub mmsi: Mmsi,
    /// When, UTC milliseconds.
    pub t_ms: i64,
    /// Her name; empty for none.
    pub name: String,
    /// Her IMO number; 0 for none.
    pub imo: u32,
}

/// Something odd.
#[derive(Clone, PartialEq, Debug)]
pub struct Oddity {
    /// What kind it is.
    pub kind: OddityKind,
    /// The number of the ship.
    pub mmsi: Mmsi,
    /// The ship, as an index of the vessel in the cleaned fleet. `None` for one of which cleaning
    /// left nothing.
    pub ship: Option<usize>,
    /// The trip, where it is one of a trip.
    pub trip: Option<usize>,
    /// When it began, UTC milliseconds.
    pub from_ms: i64,
    /// When it ended.
    pub to_ms: i64,
    /// Where to look.
    pub place: Position,
    /// How odd, 0 to 1. For what is measured, 1 less the limit divided by what was found: 0 at the
    /// limit, a half at twice as much.
    pub score: f64,
    /// Why, in a sentence.
    pub why: String,
    /// Of a dark period, where the ship can have been.
    pub reach: Option<Reach>,
}

/// Kinds of oddities.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OddityKind {
    /// A trip that fits no route.
    OffRoute,
    /// A sudden stop where ships do not stop.
    Stop,
    /// A sudden turn.
    Turn,
    /// A speed outside of those in the lane.
    Speed,
    /// A course against the lane.
    Against,
    /// A silence under way where others are heard.
    Dark,
    /// Positions where the ship cannot have been.
    Jump,
    /// One number in two places at a time.
    TwoPlaces,
    /// A number, name or IMO number that cannot be right, or changed.
    Identity,
    /// A typed destination where her way does not lead. Never found here: whoever forecasts
    /// destinations adds it.
    Bound,
}

impl OddityKind {
    /// Every kind, in the order of lists.
    pub const ALL: [OddityKind; 10] = [
        OddityKind::OffRoute,
        OddityKind::Stop,
        OddityKind::Turn,
        OddityKind::Speed,
        OddityKind::Against,
        OddityKind::Dark,
        OddityKind::Jump,
        OddityKind::TwoPlaces,
        OddityKind::Identity,
        OddityKind::Bound,
    ];

    /// The kind in words.
    pub fn name(self) -> &'static str {
        match self {
            OddityKind::OffRoute => "off any route",
            OddityKind::Stop => "sudden stop",
            OddityKind::Turn => "sudden turn",
            OddityKind::Speed => "odd speed in lane",
            OddityKind::Against => "against the lane",
            OddityKind::Dark => "dark period",
            OddityKind::Jump => "position jump",
            OddityKind::TwoPlaces => "in two places",
            OddityKind::Identity => "identity",
            OddityKind::Bound => "bound elsewhere",
        }
    }
}

/// All that is odd in `scene`: the highest score first, then by time.
///
/// Takes time linear in the number of reports, on all cores; the order of threads changes nothing.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
///
/// # Panics
///
/// If there are labels, but not as many as trips; or verdicts, but not as many as reports read.
pub fn oddities(
    scene: &Scene<'_>,
    params: &Checked<OddityParams>,
    job: &Job,
) -> Result<Vec<Oddity>, Stopped> {
    let n_labels = scene.labels.len();
    assert!(n_labels == 0 || n_labels == scene.trips.len(), "a label for each trip, or none");
    job.expect(scene.fleet.vessels().len() + scene.trips.len());
    let lanes = Lanes::new(scene.routes);
    let stops = motion::stop_places(scene.fleet);
    let heard = silence::Heard::new(scene.fleet, params);
    let by_trip = (0..scene.trips.len())
        .into_par_iter()
        .map(|trip| {
            let mut found = Vec::new();
            off_lane::look(scene, trip, &lanes, params, &mut found);
            motion::look_at_turns(scene, trip, params, &mut found);
            job.step()?;
            Ok(found)
        })
        .collect::<Result<Vec<Vec<Oddity>>, Stopped>>()?;
    let by_ship = (0..scene.fleet.vessels().len())
        .into_par_iter()
        .map(|ship| {
            let mut found = Vec::new();
            motion::look_at_stops(scene, ship, &stops, params, &mut found);
            silence::look(scene, ship, &heard, params, &mut found);
            job.step()?;
            Ok(found)
        })
        .collect::<Result<Vec<Vec<Oddity>>, Stopped>>()?;
    let mut all: Vec<Oddity> = by_trip.into_iter().chain(by_ship).flatten().collect();
    two_places::look_for_jumps(scene, &mut all);
    two_places::look_for_shared(scene, &mut all);
    identity::look(scene, &mut all);
    job.go_on()?;
    all.sort_by(|a, b| {
        let rest = |one: &Oddity| (one.from_ms, one.kind, one.mmsi, one.ship, one.trip);
        b.score.total_cmp(&a.score).then_with(|| rest(a).cmp(&rest(b)))
    });
    Ok(all)
}

/// A distance in the sentence of an oddity: `2.5 nmi`, `5 795 nmi`.
fn nmi_text(m: f64) -> String {
    match nmi_from_m(m) {
        nmi if nmi < 100.0 => format!("{nmi:.1} nmi"),
        nmi => format!("{} nmi", grouped(nmi.round() as u64)),
    }
}

/// The score of something measured: 0 at its limit, a half at twice as much, nearly 1 far beyond.
fn score(limit: f64, found: f64) -> f64 {
    if found > limit { 1.0 - limit / found } else { 0.0 }
}
