//! Where a trip crosses the normal lines of a center line.

use super::line::Line;
use super::plane::Xy;

/// How many places of a trip are looked up on the whole line, to tell roughly where it is when.
const SAMPLES: usize = 24;

/// Every so many stations are looked at before those near the best one are.
const STRIDE: usize = 4;

/// How many stations the crossing of a normal may lie away from the station nearest to it.
const SLACK: usize = 2;

/// One trip along a line.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Passage {
    /// Whether the trip sails the way of the line, not against it.
    pub is_along: bool,
    /// The first station it passes, in the order of the line.
    pub first: usize,
    /// Its crossings of the normal lines of that station and all following ones.
    pub crossings: Vec<Crossing>,
}

/// Where a trip crosses a normal line.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Crossing {
    /// How far to starboard of the line, in meters of the plane.
    pub starboard_m: f64,
    /// Where on the trip: an index into its places, with the share of the leg that follows.
    pub at: f64,
}

impl Passage {
    /// The crossing at station `k`, if the trip is there.
    pub fn at(&self, k: usize) -> Option<Crossing> {
        self.crossings.get(k.checked_sub(self.first)?).copied()
    }

    /// How far to starboard of station `k` the trip passes, or would if it went on along the line
    /// for up to `beyond` stations before its first and after its last; in meters of the plane.
    pub fn starboard_m(&self, k: usize, beyond: usize) -> Option<f64> {
        let last = (self.first + self.crossings.len()).checked_sub(1)?;
        let there = k.clamp(self.first, last);
        (there.abs_diff(k) <= beyond).then(|| self.crossings[there - self.first].starboard_m)
    }

    /// The passage along the stations `from..=to` alone, if the trip is at any of them.
    pub fn within(mut self, from: usize, to: usize) -> Option<Passage> {
        let end = self.first + self.crossings.len();
        if end <= from || to < self.first {
            return None;
        }
        self.crossings.truncate(to + 1 - self.first);
        self.crossings.drain(..from.saturating_sub(self.first));
        Some(Passage { first: self.first.max(from) - from, ..self })
    }
}

/// How `places`, in order of time, pass along `line`, or `None` where they cross none of its
/// normal lines.
///
/// The nearest stations of some places tell in which direction the trip sails and between which
/// of its places a station's crossing can lie; there, the first leg that leads across the normal
/// line in that direction counts, and none before the leg of an earlier station. So the trip goes
/// steadily along the line however it loops, and however the line bends. Stations without such a
/// leg, as on the inner side of a sharp bend, are filled in between their neighbors.
pub(super) fn passage(places: &[Xy], line: &Line) -> Option<Passage> {
    if places.len() < 2 || line.len() < 2 {
        return None;
    }
    let samples = samples(places, line);
    let along = rising(samples.iter().copied());
    let mirrored = |(vertex, station)| (places.len() - 1 - vertex, station);
    let against = rising(samples.iter().rev().copied().map(mirrored));
    let is_along = match along.len().cmp(&against.len()) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => {
            let k = along.first()?.1;
            line.ahead_m(k, places[places.len() - 1]) >= line.ahead_m(k, places[0])
        }
    };
    let (first, crossings) = if is_along {
        walk(&Way { places, is_along }, &along, line)?
    } else {
        let (first, mut crossings) = walk(&Way { places, is_along }, &against, line)?;
        let last = (places.len() - 1) as f64;
        crossings.iter_mut().for_each(|crossing| crossing.at = last - crossing.at);
        (first, crossings)
    };
    Some(Passage { is_along, first, crossings })
}

/// The places of a trip in the order in which they follow the line.
struct Way<'a> {
    places: &'a [Xy],
    is_along: bool,
}

impl Way<'_> {
    fn get(&self, i: usize) -> Xy {
        self.places[if self.is_along { i } else { self.places.len() - 1 - i }]
    }

    fn length_m(&self, from: usize, to: usize) -> f64 {
        (from..to).map(|i| self.get(i).distance_m(self.get(i + 1))).sum()
    }
}

/// Some places of a trip, first and last among them, with the station nearest to each.
fn samples(places: &[Xy], line: &Line) -> Vec<(usize, usize)> {
    let (last, n) = (places.len() - 1, places.len().min(SAMPLES));
    (0..n)
        .map(|i| {
            let vertex = i * last / (n - 1);
            (vertex, nearest(places[vertex], line))
        })
        .collect()
}

/// The station nearest to `place`.
pub(super) fn nearest(place: Xy, line: &Line) -> usize {
    let stations = line.places();
    let near = |candidates: &mut dyn Iterator<Item = usize>| {
        let mut best = (0, f64::INFINITY);
        for k in candidates {
            let distance2 = stations[k].distance2(place);
            if distance2 < best.1 {
                best = (k, distance2);
            }
        }
        best.0
    };
    let coarse = near(&mut (0..stations.len()).step_by(STRIDE));
    let around = coarse.saturating_sub(STRIDE)..(coarse + STRIDE + 1).min(stations.len());
    near(&mut { around })
}

/// The longest run of samples whose stations rise from each to the next.
fn rising(samples: impl Iterator<Item = (usize, usize)>) -> Vec<(usize, usize)> {
    let samples: Vec<(usize, usize)> = samples.collect();
    // For each sample, the length of the longest run that ends there, and the one before it.
    let mut runs: Vec<(usize, usize)> = Vec::with_capacity(samples.len());
    for (i, sample) in samples.iter().enumerate() {
        let longest = (0..i)
            .filter(|j| samples[*j].1 < sample.1)
            .map(|j| (runs[j].0 + 1, j))
            .reduce(|best, run| if run.0 > best.0 { run } else { best });
        runs.push(longest.unwrap_or((1, i)));
    }
    let Some(mut i) = (0..runs.len()).max_by_key(|i| (runs[*i].0, usize::MAX - i)) else {
        return Vec::new();
    };
    let mut run = vec![samples[i]];
    while runs[i].1 != i {
        i = runs[i].1;
        run.push(samples[i]);
    }
    run.reverse();
    run
}

/// The crossings of a way that follows the line, and the station of the first of them. `anchors`
/// are places of the way with the stations near them, both rising.
fn walk(way: &Way, anchors: &[(usize, usize)], line: &Line) -> Option<(usize, Vec<Crossing>)> {
    let (head, tail) = (*anchors.first()?, *anchors.last()?);
    let last = way.places.len() - 1;
    let step_m = line.places()[0].distance_m(line.places()[1]).max(f64::MIN_POSITIVE);
    // Before its first anchor, a trip can have passed no more stations than it sailed steps.
    let stations_in = |from, to| (way.length_m(from, to) / step_m) as usize + SLACK;
    let first = head.1.saturating_sub(stations_in(0, head.0));
    let end = tail.1.saturating_add(stations_in(tail.0, last)).min(line.len() - 1);
    let mut found: Vec<(usize, Crossing)> = Vec::with_capacity(end - first + 1);
    // Anchors before `low` lie well before the station, those before `high` not well behind it.
    let (mut low, mut high, mut leg) = (0, 0, 0);
    for k in first..=end {
        while anchors.get(low).is_some_and(|(_, station)| station + SLACK <= k) {
            low += 1;
        }
        while anchors.get(high).is_some_and(|(_, station)| *station < k + SLACK) {
            high += 1;
        }
        let from = leg.max(if low == 0 { 0 } else { anchors[low - 1].0 });
        let to = anchors.get(high).map_or(last, |(vertex, _)| *vertex);
        if from >= to {
            continue;
        }
        let mut before_m = line.ahead_m(k, way.get(from));
        for i in from..to {
            let after_m = line.ahead_m(k, way.get(i + 1));
            if before_m <= 0.0 && after_m >= 0.0 && before_m < after_m {
                let t = before_m / (before_m - after_m);
                let starboard_m = line.starboard_m(k, way.get(i).toward(way.get(i + 1), t));
                found.push((k, Crossing { starboard_m, at: i as f64 + t }));
                leg = i;
                break;
            }
            before_m = after_m;
        }
    }
    let first = found.first()?.0;
    Some((first, filled(&found)))
}

/// Crossings at every station from the first to the last found, in proportion between those.
fn filled(found: &[(usize, Crossing)]) -> Vec<Crossing> {
    let mut crossings: Vec<Crossing> = found.first().map(|(_, one)| *one).into_iter().collect();
    for pair in found.windows(2) {
        let ((k, one), (next, other)) = (pair[0], pair[1]);
        crossings.extend((k + 1..=next).map(|station| {
            let t = (station - k) as f64 / (next - k) as f64;
            Crossing {
                starboard_m: one.starboard_m + t * (other.starboard_m - one.starboard_m),
                at: one.at + t * (other.at - one.at),
            }
        }));
    }
    crossings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xy(x_m: f64, y_m: f64) -> Xy {
        Xy { x_m, y_m }
    }

    /// 10 km east along the equator, stations every 100 m.
    fn east() -> Line {
        Line::along(&[xy(0.0, 0.0), xy(10_000.0, 0.0)], 100.0)
    }

    #[test]
    fn a_trip_300_m_to_starboard_crosses_every_normal_there() {
        let places: Vec<Xy> = (0..=20).map(|i| xy(f64::from(i) * 500.0, -300.0)).collect();
        let passage = passage(&places, &east()).unwrap();
        assert!(passage.is_along);
        assert_eq!((passage.first, passage.crossings.len()), (0, 101));
        let middle = passage.at(52).unwrap();
        assert!((middle.starboard_m - 300.0).abs() < 1e-9 && (middle.at - 10.4).abs() < 1e-9);
    }

    #[test]
    fn a_trip_against_the_line_keeps_the_sides_of_the_line_and_its_own_time() {
        let places: Vec<Xy> = (0..=20).rev().map(|i| xy(f64::from(i) * 500.0, -300.0)).collect();
        let passage = passage(&places, &east()).unwrap();
        assert!(!passage.is_along);
        let middle = passage.at(52).unwrap();
        assert!((middle.starboard_m - 300.0).abs() < 1e-9 && (middle.at - 9.6).abs() < 1e-9);
    }

    #[test]
    fn a_trip_that_covers_a_part_is_absent_elsewhere() {
        let places: Vec<Xy> = (0..=20).map(|i| xy(3020.0 + f64::from(i) * 100.0, 50.0)).collect();
        let passage = passage(&places, &east()).unwrap();
        assert_eq!((passage.first, passage.crossings.len()), (31, 20));
        assert!(passage.at(30).is_none() && passage.at(51).is_none());
    }

    #[test]
    fn a_trip_that_loops_goes_steadily_along() {
        let mut places: Vec<Xy> = (0..=50).map(|i| xy(f64::from(i) * 100.0, 0.0)).collect();
        places.extend((1..72).map(|i| {
            let (sine, cosine) = (f64::from(i) * 10.0).to_radians().sin_cos();
            xy(5000.0 + 800.0 * sine, 800.0 - 800.0 * cosine)
        }));
        places.extend((0..=50).map(|i| xy(5000.0 + f64::from(i) * 100.0, 0.0)));
        let passage = passage(&places, &east()).unwrap();
        assert!(passage.crossings.is_sorted_by(|a, b| a.at <= b.at));
        assert_eq!(passage.crossings.len(), 101);
    }

    #[test]
    fn the_third_leg_of_a_serpentine_is_not_taken_for_the_first() {
        // East, back west and east again, 1 km apart; the trip sails the third leg alone.
        let mut way: Vec<Xy> = (0..=50).map(|i| xy(f64::from(i) * 100.0, 0.0)).collect();
        way.extend((0..=50).map(|i| xy(5000.0 - f64::from(i) * 100.0, 1000.0)));
        way.extend((0..=50).map(|i| xy(f64::from(i) * 100.0, 2000.0)));
        let line = Line::along(&way, 100.0);
        let places: Vec<Xy> = (2..=48).map(|i| xy(f64::from(i) * 100.0, 1950.0)).collect();
        let passage = passage(&places, &line).unwrap();
        assert!(passage.is_along && passage.first > 100);
        assert!(passage.crossings.iter().all(|crossing| (crossing.starboard_m - 50.0).abs() < 1.0));
    }

    #[test]
    fn what_stands_still_or_lies_elsewhere_does_not_pass() {
        assert_eq!(passage(&[xy(5010.0, 0.0); 9], &east()), None);
        assert_eq!(passage(&[xy(-5000.0, 0.0), xy(-4000.0, 0.0)], &east()), None);
        assert_eq!(passage(&[xy(1.0, 0.0)], &east()), None);
        assert_eq!(passage(&[xy(0.0, 0.0), xy(9.0, 0.0)], &Line::default()), None);
    }
}
