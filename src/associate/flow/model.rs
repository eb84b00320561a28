//! How likely it is that one point follows another: a model of motion that the set itself
//! calibrates, from links that are already found.

use std::f64::consts::PI;

use super::super::motion::{M_PER_DEG, Mover};
use super::super::tree::{Bound, Tree};
use super::measure::{Measure, STILL_KN, measure};
use super::tables::{Gaps, Table, bin};
use crate::base::job::{Job, Stopped};
use crate::base::rng::Rng;

/// Shorter than usual, usual, longer.
const GAPS: usize = 3;
/// How far the speed brings a ship, meters.
const RUN_EDGES_M: [f64; 8] = [60.0, 200.0, 600.0, 1500.0, 3500.0, 7000.0, 12_000.0, 18_000.0];
const RUNS: usize = RUN_EDGES_M.len() + 1;
/// Turns of ships under way, degrees; the last class is for ships that lie still at an end.
const TURN_EDGES_DEG: [f64; 4] = [6.0, 20.0, 60.0, 120.0];
const TURNS: usize = TURN_EDGES_DEG.len() + 2;
/// The first bin of misses ends here, meters; each further one at the root of 2 times that.
const FIRST_MISS_M: f64 = 2.0;
const MISSES: usize = 34;
/// Speeds, and changes of speed of either sign, knots. Reports have tenths of a knot.
const SPEED_EDGES_KN: [f64; 7] = [0.15, 0.6, 1.5, 4.0, 7.0, 10.0, 14.0];
const SPEEDS: usize = SPEED_EDGES_KN.len() + 1;
const CHANGE_EDGES_KN: [f64; 12] =
    [0.05, 0.15, 0.25, 0.45, 0.75, 1.25, 2.0, 3.0, 4.5, 7.0, 11.0, 16.0];
const CHANGES: usize = 2 * CHANGE_EDGES_KN.len() + 1;
/// Changes of course, degrees. Many a ship that lies still reports the same course for hours, to the
/// tenth of a degree: the first bin.
const BEND_EDGES_DEG: [f64; 14] =
    [0.05, 0.55, 1.05, 2.05, 4.05, 7.0, 11.0, 17.0, 25.0, 40.0, 60.0, 90.0, 120.0, 150.0];
const BENDS: usize = BEND_EDGES_DEG.len() + 1;
/// How fast both ends are, by the greater speed where one lies still and the smaller where none does.
const PACES: usize = 6;
/// Where on the line a ship is, and how long the line is against the miss.
const SHARES: usize = 10;
const SWEEP_EDGES: [f64; 3] = [0.5, 2.0, 8.0];
/// A line is told from a point if it is longer than the miss and this, meters.
const LEAST_SWEEP_M: f64 = 50.0;

/// Links by which chance and rows of a kind count.
const CHANCE_WEIGHT: f64 = 10.0;
const PARENT_WEIGHT: f64 = 20.0;

/// Random pairs that tell how speeds and courses differ by chance.
const CHANCE_PAIRS: usize = 400_000;

/// How often changes of speed and course come about by chance, between points of the set.
pub(super) struct Chance {
    changes: Vec<f64>,
    bends: Vec<f64>,
}

impl Chance {
    /// Draws pairs of `movers`, of which there must be one.
    pub fn new(movers: &[Mover]) -> Chance {
        let mut rng = Rng::new(1, 0);
        let mut chance =
            Chance { changes: vec![0.0; SPEEDS * CHANGES], bends: vec![0.0; PACES * BENDS] };
        for _ in 0..CHANCE_PAIRS.min(movers.len() * 100) {
            let (a, b) = (&movers[rng.below(movers.len())], &movers[rng.below(movers.len())]);
            let pair = measure(a, b, 1.0);
            chance.changes[speed_of(&pair) * CHANGES + change_of(&pair)] += 1.0;
            chance.bends[pace_of(&pair) * BENDS + bend_of(&pair)] += 1.0;
        }
        chance
    }
}

/// What makes one point likely to follow another, learned from links.
pub(super) struct Model {
    // Gaps up to the first are shorter than usual, beyond the second longer.
    gap_edges_s: [f64; 2],
    // Of ships that lie still, and others.
    gaps: [Gaps; 2],
    misses: Table,
    shares: Table,
    changes: Table,
    bends: Table,
}

impl Model {
    /// Learns from `links`, of which there must be one.
    pub fn new(links: &[Measure], chance: &Chance) -> Model {
        let mut gaps_s: Vec<f64> = links.iter().map(|link| link.gap_s).collect();
        gaps_s.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| gaps_s[(share * (gaps_s.len() - 1) as f64) as usize];
        let gap_edges_s = [0.6 * at(0.5), 1.2 * at(0.8)];
        let gaps = [false, true].map(|moves| {
            let mine = links.iter().filter(|link| link.is_moving() == moves);
            Gaps::new(mine.map(|link| link.gap_s).collect())
        });
        let mut misses = vec![0.0; GAPS * RUNS * TURNS * MISSES];
        let mut changes = vec![0.0; GAPS * SPEEDS * CHANGES];
        let mut bends = vec![0.0; GAPS * PACES * BENDS];
        let mut shares = vec![0.0; SWEEPS * TURNS * SHARES];
        // Where ships would be if any place around the line were as good.
        let mut even = vec![0.0; shares.len()];
        for link in links {
            let gap = bin(&gap_edges_s, link.gap_s);
            misses[miss_row(gap, link) * MISSES + miss_of(link)] += 1.0;
            changes[(gap * SPEEDS + speed_of(link)) * CHANGES + change_of(link)] += 1.0;
            bends[(gap * PACES + pace_of(link)) * BENDS + bend_of(link)] += 1.0;
            let row = share_row(link) * SHARES;
            shares[row + share_of(link)] += 1.0;
            let (caps, sides) = (PI * link.miss_m.max(1.0), link.sweep_m);
            for (bin, even) in even[row..row + SHARES].iter_mut().enumerate() {
                let is_end = bin == 0 || bin == SHARES - 1;
                let part = if is_end { 0.5 * caps } else { sides / (SHARES - 2) as f64 };
                *even += part / (caps + sides);
            }
        }
        Model {
            gap_edges_s,
            gaps,
            misses: Table::shares(&misses, MISSES, PARENT_WEIGHT, |row| row / TURNS % RUNS),
            shares: Table::against(&shares, &even, SHARES, CHANCE_WEIGHT),
            changes: Table::against(&changes, &chance.changes, CHANGES, CHANCE_WEIGHT),
            bends: Table::against(&bends, &chance.bends, BENDS, CHANCE_WEIGHT),
        }
    }

    /// The logarithm of how likely the second point is found then and there with its speed and
    /// course, if it follows the first: a density a second and square meter, against chance for
    /// speed and course.
    pub fn log(&self, pair: &Measure) -> f64 {
        let gap = bin(&self.gap_edges_s, pair.gap_s);
        let place = self.misses.log(miss_row(gap, pair), miss_of(pair)) - ring_m2(pair).ln();
        let is_line = pair.sweep_m >= pair.miss_m + LEAST_SWEEP_M;
        let share = if is_line { self.shares.log(share_row(pair), share_of(pair)) } else { 0.0 };
        self.gaps[usize::from(pair.is_moving())].log(pair.gap_s)
            + place
            + share
            + self.changes.log(gap * SPEEDS + speed_of(pair), change_of(pair))
            + self.bends.log(gap * PACES + pace_of(pair), bend_of(pair))
    }

    /// Whether a gap is longer than usual.
    pub fn is_silence(&self, gap_s: f64) -> bool {
        bin(&self.gap_edges_s, gap_s) == GAPS - 1
    }
}

const SWEEPS: usize = SWEEP_EDGES.len() + 1;

fn speed_of(pair: &Measure) -> usize {
    bin(&SPEED_EDGES_KN, pair.from_kn)
}

fn change_of(pair: &Measure) -> usize {
    let size = bin(&CHANGE_EDGES_KN, pair.faster_kn.abs());
    let middle = CHANGE_EDGES_KN.len();
    if pair.faster_kn < 0.0 { middle - size } else { middle + size }
}

fn bend_of(pair: &Measure) -> usize {
    bin(&BEND_EDGES_DEG, pair.turn_deg)
}

fn pace_of(pair: &Measure) -> usize {
    if pair.slow_kn < STILL_KN {
        bin(&[0.05, STILL_KN], pair.fast_kn)
    } else {
        3 + bin(&[2.0, 7.0], pair.slow_kn)
    }
}

fn turn_of(pair: &Measure) -> usize {
    if pair.slow_kn < STILL_KN { TURNS - 1 } else { bin(&TURN_EDGES_DEG, pair.turn_deg) }
}

fn miss_row(gap: usize, pair: &Measure) -> usize {
    (gap * RUNS + bin(&RUN_EDGES_M, pair.run_m)) * TURNS + turn_of(pair)
}

fn miss_of(pair: &Measure) -> usize {
    let halvings = 2.0 * (pair.miss_m / FIRST_MISS_M).log2();
    if halvings < 0.0 { 0 } else { (halvings as usize + 1).min(MISSES - 1) }
}

fn share_row(pair: &Measure) -> usize {
    bin(&SWEEP_EDGES, pair.sweep_m / (pair.miss_m + LEAST_SWEEP_M)) * TURNS + turn_of(pair)
}

fn share_of(pair: &Measure) -> usize {
    let inner = SHARES - 2;
    match pair.share {
        share if share <= 0.0 => 0,
        share if share >= 1.0 => SHARES - 1,
        share => 1 + ((share * inner as f64) as usize).min(inner - 1),
    }
}

/// The area, around the line, of all places in the same bin of misses, square meters.
fn ring_m2(pair: &Measure) -> f64 {
    let edge = |bin: usize| FIRST_MISS_M * 2.0_f64.powf(0.5 * bin as f64);
    let bin = miss_of(pair);
    let (inner, outer) = (if bin == 0 { 0.0 } else { edge(bin - 1) }, edge(bin));
    PI * (outer * outer - inner * inner) + 2.0 * pair.sweep_m * (outer - inner)
}

/// What stands for the model as long as there are no links to learn from: ships keep their speed and
/// course more or less, and short gaps are likelier than long ones. Positions have some `noise_m`.
pub(super) fn first_guess(pair: &Measure, noise_m: f64) -> f64 {
    let scale_m = noise_m + 0.05 * pair.gap_s + 0.15 * pair.run_m;
    let area_m2 = 2.0 * PI * scale_m * scale_m + 2.0 * scale_m * pair.sweep_m;
    // Student's t in the plane, with two degrees of freedom.
    let place = -area_m2.ln() - 2.0 * (1.0 + 0.25 * (pair.miss_m / scale_m).powi(2)).ln();
    let gap = -(pair.gap_s + 10.0).ln() - 2.0;
    let change = 1.0 - pair.faster_kn.abs() / (1.0 + 0.1 * pair.fast_kn);
    let bend = if pair.slow_kn > 1.0 { 0.7 - pair.turn_deg / 40.0 } else { 0.0 };
    place + gap + change + bend
}

/// Neighbors by which crowds are measured, and the least distance to the last of them, meters.
const NEIGHBORS: usize = 24;
const LEAST_CROWD_M: f64 = 200.0;

/// How crowded it is around each mover: the logarithm of points a second and square meter, over the
/// whole time of the set. What a link is worth is weighed against it.
pub(super) fn crowds(movers: &[Mover], job: &Job) -> Result<Vec<f64>, Stopped> {
    job.expect(movers.len());
    let span_s = movers.last().map_or(1.0, |last| (last.t_s - movers[0].t_s).max(1.0));
    let rows: Vec<[f64; 3]> = movers.iter().map(|m| [m.lon_deg, m.lat_deg, m.parallel]).collect();
    let tree = Tree::new(&rows, movers, [M_PER_DEG, M_PER_DEG, 0.0]);
    // Squares of meters. Whoever is closer than the least distance counts as being there, and of
    // boxes that are near enough one is as good as the other.
    let least_m2 = LEAST_CROWD_M * LEAST_CROWD_M;
    let crowd = |here: &Mover, _: u32| {
        let bound = |bound: &Bound<3>| {
            let parallel = bound.low(2).min(here.parallel);
            let east = bound.beyond(0, here.lon_deg) * M_PER_DEG * parallel;
            let north = bound.beyond(1, here.lat_deg) * M_PER_DEG;
            ((east * east + north * north) * (1.0 - 1e-9)).max(least_m2 * (1.0 + 1e-9))
        };
        let distance = |there: &Mover, _| {
            let (east, north) = here.way_m(there);
            (east * east + north * north).max(least_m2)
        };
        let near = tree.cheapest(NEIGHBORS, f64::INFINITY, bound, distance);
        let radius_m2 = near.last().map_or(least_m2, |last| last.0);
        (near.len() as f64 / (PI * radius_m2 * span_s)).ln()
    };
    tree.ask_all(job, crowd)
}
