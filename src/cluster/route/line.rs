//! A line with stations at even steps, across which trips are measured.

use super::plane::Xy;

/// A line that runs into itself again within this share of its length loops there: a ship that
/// waited or let another pass, no part of the way.
const LOOP_SHARE: f64 = 0.25;

/// A tangent is taken over so many steps to either side: over one, it would follow noise.
const REACH: usize = 2;

/// Stations along a way, each with the direction of the way there.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Line {
    // Invariant: one tangent a place; there are none or at least two.
    places: Vec<Xy>,
    // Unit vectors, east and north.
    tangents: Vec<(f64, f64)>,
}

impl Line {
    /// Stations about `step_m` apart along `way`, from which noise finer than the step and loops
    /// are taken away. Empty for a way that leads nowhere.
    pub fn along(way: &[Xy], step_m: f64) -> Line {
        let posts = thinned(way, step_m);
        let even = resampled(&posts, step_m);
        Line::through(resampled(&without_loops(even), step_m))
    }

    /// The line with its stations at `places`; empty for fewer than two.
    pub fn through(places: Vec<Xy>) -> Line {
        if places.len() < 2 {
            return Line::default();
        }
        let last = places.len() - 1;
        let tangents = (0..=last)
            .map(|k| {
                let (x, y) = places[k.saturating_sub(REACH)].way_to(places[(k + REACH).min(last)]);
                let length = x.hypot(y);
                if length > 0.0 { (x / length, y / length) } else { (0.0, 1.0) }
            })
            .collect();
        Line { places, tangents }
    }

    pub fn places(&self) -> &[Xy] {
        &self.places
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Direction of the way at station `k`: a unit vector, east and north.
    pub fn tangent(&self, k: usize) -> (f64, f64) {
        self.tangents[k]
    }

    /// How far `place` lies ahead of the normal line through station `k`, in meters of the plane.
    pub fn ahead_m(&self, k: usize, place: Xy) -> f64 {
        let ((x, y), (east, north)) = (self.places[k].way_to(place), self.tangents[k]);
        x * east + y * north
    }

    /// How far `place` lies to starboard of the tangent at station `k`, in meters of the plane.
    pub fn starboard_m(&self, k: usize, place: Xy) -> f64 {
        let ((x, y), (east, north)) = (self.places[k].way_to(place), self.tangents[k]);
        x * north - y * east
    }

    /// The place `starboard_m` meters of the plane to starboard of station `k`.
    pub fn beside(&self, k: usize, starboard_m: f64) -> Xy {
        let (east, north) = self.tangents[k];
        self.places[k].moved((starboard_m * north, -starboard_m * east))
    }

    /// The same way from its end to its beginning.
    pub fn reversed(mut self) -> Line {
        self.places.reverse();
        Line::through(self.places)
    }

    /// The line with `n` more stations, straight on, at either end.
    pub fn extended(&self, n: usize) -> Line {
        let last = self.len().saturating_sub(1);
        if last == 0 {
            return self.clone();
        }
        // The last steps alone would follow noise: straight on is as over the last few.
        let reach = last.min(4);
        let (x0, y0) = self.places[reach].way_to(self.places[0]);
        let (x1, y1) = self.places[last - reach].way_to(self.places[last]);
        let share = |i: usize| i as f64 / reach as f64;
        let mut places = Vec::with_capacity(self.len() + 2 * n);
        places.extend((1..=n).rev().map(|i| self.places[0].moved((x0 * share(i), y0 * share(i)))));
        places.extend_from_slice(&self.places);
        places.extend((1..=n).map(|i| self.places[last].moved((x1 * share(i), y1 * share(i)))));
        Line::through(places)
    }

    /// The line through the stations `from..from + starboard_m.len()`, each moved sideways by that
    /// many meters of the plane. Stations that would come to lie behind the one before them, as on
    /// the inner side of a bend, go.
    pub fn shifted(&self, from: usize, starboard_m: &[f64], step_m: f64) -> Line {
        let mut places: Vec<Xy> = Vec::with_capacity(starboard_m.len());
        let mut last = from;
        for (k, offset_m) in (from..self.len()).zip(starboard_m) {
            let place = self.beside(k, *offset_m);
            let leads_on = places.last().is_none_or(|before| {
                let (x, y) = before.way_to(place);
                let (east, north) = self.tangents[last];
                x * east + y * north > 0.0
            });
            if leads_on {
                places.push(place);
                last = k;
            }
        }
        Line::through(resampled(&places, step_m))
    }

    /// The stations `from..=to` alone, with the tangents they had; at least two.
    pub fn part(mut self, from: usize, to: usize) -> Line {
        self.places.truncate(to + 1);
        self.tangents.truncate(to + 1);
        self.places.drain(..from);
        self.tangents.drain(..from);
        self
    }
}

/// Sum of the ways between `places`, in meters on the Earth.
pub(super) fn length_m(places: &[Xy]) -> f64 {
    places.windows(2).map(|pair| pair[0].distance_m(pair[1])).sum()
}

/// The first place and each one at least `step_m` from the last one taken; the end in any case.
fn thinned(way: &[Xy], step_m: f64) -> Vec<Xy> {
    let Some((first, end)) = way.first().zip(way.last()) else { return Vec::new() };
    let mut posts = vec![*first];
    let mut last = *first;
    for place in way {
        if last.distance_m(*place) >= step_m {
            posts.push(*place);
            last = *place;
        }
    }
    if last != *end {
        // A short last leg takes the last post's place, or its direction would be noise.
        if posts.len() > 1 && last.distance_m(*end) < 0.5 * step_m {
            posts.pop();
        }
        posts.push(*end);
    }
    posts
}

/// Places at even steps of about `step_m` along `way`, both ends included; none where it leads
/// nowhere.
pub(super) fn resampled(way: &[Xy], step_m: f64) -> Vec<Xy> {
    let total_m = length_m(way);
    if !(total_m > 0.0 && total_m.is_finite() && step_m > 0.0) {
        return Vec::new();
    }
    evenly(way, ((total_m / step_m).round() as usize).max(1))
}

/// `steps + 1` places at even steps along `way`, both ends included.
///
/// # Panics
///
/// If `way` or `steps` is empty.
pub(super) fn evenly(way: &[Xy], steps: usize) -> Vec<Xy> {
    let even_m = length_m(way) / steps as f64;
    let mut places = Vec::with_capacity(steps + 1);
    places.push(way[0]);
    let mut walked_m = 0.0;
    for pair in way.windows(2) {
        let leg_m = pair[0].distance_m(pair[1]);
        while places.len() < steps && places.len() as f64 * even_m <= walked_m + leg_m {
            let t = (places.len() as f64 * even_m - walked_m) / leg_m.max(f64::MIN_POSITIVE);
            places.push(pair[0].toward(pair[1], t.clamp(0.0, 1.0)));
        }
        walked_m += leg_m;
    }
    places.push(way[way.len() - 1]);
    places
}

/// The places but for those on loops: ways that cross themselves soon after.
fn without_loops(mut places: Vec<Xy>) -> Vec<Xy> {
    let reach = (LOOP_SHARE * places.len() as f64) as usize;
    let mut from = 0;
    while from + 3 < places.len() {
        let far = (from + reach).min(places.len() - 2);
        let again = (from + 2..=far)
            .rev()
            .find(|to| cross([places[from], places[from + 1]], [places[*to], places[*to + 1]]));
        if let Some(to) = again {
            places.drain(from + 1..=to);
        }
        from += 1;
    }
    places
}

/// Whether two straight ways cross.
fn cross(a: [Xy; 2], b: [Xy; 2]) -> bool {
    let side = |from: Xy, to: Xy, place: Xy| {
        let ((x, y), (px, py)) = (from.way_to(to), from.way_to(place));
        x * py - y * px
    };
    side(a[0], a[1], b[0]) * side(a[0], a[1], b[1]) < 0.0
        && side(b[0], b[1], a[0]) * side(b[0], b[1], a[1]) < 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xy(x_m: f64, y_m: f64) -> Xy {
        Xy { x_m, y_m }
    }

    #[test]
    fn stations_lie_at_even_steps_and_keep_both_ends() {
        let line = Line::along(&[xy(0.0, 0.0), xy(300.0, 0.0), xy(1000.0, 0.0)], 100.0);
        assert_eq!(line.len(), 11);
        assert!(
            line.places().iter().zip(0..).all(|(p, k)| (p.x_m - 100.0 * f64::from(k)).abs() < 1e-6)
        );
        assert_eq!(line.tangent(5), (1.0, 0.0));
        assert_eq!(
            (line.ahead_m(5, xy(520.0, 7.0)), line.starboard_m(5, xy(520.0, 7.0))),
            (20.0, -7.0)
        );
    }

    #[test]
    fn a_loop_is_cut_and_the_way_goes_on() {
        // East for 4 km, a full circle of 200 m radius to port, east for 4 km.
        let mut way: Vec<Xy> = (0..=40).map(|i| xy(f64::from(i) * 100.0, 0.0)).collect();
        way.extend((1..36).map(|i| {
            let (sine, cosine) = (f64::from(i) * 10.0).to_radians().sin_cos();
            xy(4000.0 + 200.0 * sine, 200.0 - 200.0 * cosine)
        }));
        way.extend((1..=40).map(|i| xy(4000.0 + f64::from(i) * 100.0, 1.0)));
        let line = Line::along(&way, 100.0);
        assert!((length_m(line.places()) - 8000.0).abs() < 200.0, "{}", length_m(line.places()));
    }

    #[test]
    fn a_line_goes_straight_on_beyond_its_ends() {
        let line = Line::along(&[xy(0.0, 0.0), xy(0.0, 1000.0)], 100.0).extended(2);
        let (first, last) = (line.places()[0], line.places()[line.len() - 1]);
        assert!((first.y_m + 200.0).abs() < 1e-6 && (last.y_m - 1200.0).abs() < 1e-6);
    }

    #[test]
    fn a_way_that_leads_nowhere_has_no_line() {
        assert_eq!(Line::along(&[], 100.0).len(), 0);
        assert_eq!(Line::along(&[xy(1.0, 1.0); 5], 100.0).len(), 0);
        assert_eq!(Line::along(&[xy(f64::NAN, 1.0); 5], 100.0).len(), 0);
    }
}
