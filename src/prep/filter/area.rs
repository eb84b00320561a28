//! An area on the map: a polygon of longitudes and latitudes, and whether a ship was in it.

use std::ops::RangeInclusive;

use crate::base::geo::{Position, wrap_lon_deg};

/// A polygon whose edges are straight in longitude and latitude and go the short way round. Its
/// edges belong to it; where it crosses itself, what is enclosed twice does not.
#[derive(Clone, PartialEq, Debug)]
pub struct Area {
    // Invariant: the ring ends where it begins and lies within the box, whose middle is `x_deg` 0.
    // Each of the bands of latitude, equally high, lists the edges that come into it, by the point
    // of the ring that they begin with: a leg is only held against edges near it.
    ring: Vec<Spot>,
    bands: Vec<Vec<u32>>,
    middle_deg: f64,
    half_width_deg: f64,
    south_deg: f64,
    north_deg: f64,
}

/// The most bands that the edges of an area are sorted into.
const MAX_BANDS: usize = 256;

/// Beside the four sides of a box: a position that is not known.
const NOWHERE: u8 = 16;

/// A place east of the middle of an area; and on which sides of its box it lies.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Spot {
    x_deg: f64,
    lat_deg: f64,
    sides: u8,
}

/// The points that `text` lists as `lon lat, lon lat`. The error says what is no point.
pub fn points_of(text: &str) -> Result<Vec<Position>, String> {
    let parts = text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty());
    let point = |part: &str| {
        let numbers: Option<Vec<f64>> =
            part.split_whitespace().map(|number| number.parse().ok()).collect();
        let Some([lon_deg, lat_deg]) = numbers.as_deref() else {
            return Err(format!(
                "area has \"{part}\"; a point is longitude and latitude, such as 11.65 56.75, and a comma stands between points"
            ));
        };
        let place = Position::new(*lon_deg, *lat_deg);
        if place.is_valid() {
            Ok(place)
        } else {
            Err(format!(
                "area has the point {lon_deg} {lat_deg}; longitudes lie between -180 and 180, latitudes between -90 and 90"
            ))
        }
    };
    parts.map(point).collect()
}

/// The text that [`points_of`] reads as `points`, to a meter.
pub fn text_of(points: &[Position]) -> String {
    let rounded = |deg: f64| (deg * 1e5).round() / 1e5 + 0.0; // No -0.
    let text = |point: &Position| {
        let is_in = point.lon_deg.abs() <= 180.0;
        let lon_deg = if is_in { point.lon_deg } else { wrap_lon_deg(point.lon_deg) };
        format!("{} {}", rounded(lon_deg), rounded(point.lat_deg))
    };
    points.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// The polygon that `points` stand for: themselves, or the box of which they are two corners. A box
/// wider than half the world has further points on its long sides, as the edges of a polygon go the
/// short way.
///
/// Corners may come in any order while the box does not cross the date line; one that does, begins
/// with its western corner.
pub fn polygon_of(points: &[Position]) -> Vec<Position> {
    let [a, b] = points else { return points.to_vec() };
    let (west, east) = if b.lon_deg - a.lon_deg < -180.0 || a.lon_deg <= b.lon_deg {
        (a.lon_deg, b.lon_deg)
    } else {
        (b.lon_deg, a.lon_deg)
    };
    let width_deg = if west <= east { east - west } else { east - west + 360.0 };
    let (south, north) = (a.lat_deg.min(b.lat_deg), a.lat_deg.max(b.lat_deg));
    let mut lons = vec![west];
    if width_deg > 180.0 {
        lons.push(wrap_lon_deg(west + 0.5 * width_deg));
    }
    lons.push(east);
    let south = lons.iter().map(|lon| Position::new(*lon, south));
    let north = lons.iter().rev().map(|lon| Position::new(*lon, north));
    south.chain(north).collect()
}

impl Area {
    /// The area that `points` stand for, as `polygon_of` has it.
    ///
    /// # Errors
    ///
    /// What is wrong, in words: fewer than two points, all on one line, or around a pole.
    pub fn new(points: &[Position]) -> Result<Area, String> {
        if points.len() < 2 {
            return Err(
                "area has too few points; two are corners of a box, three or more a polygon".into(),
            );
        }
        let mut ring = polygon_of(points);
        ring.push(ring[0]);
        // Each point by the short way from the one before, so that the date line is no edge.
        let mut turns = 0.0;
        let mut lons = vec![ring[0].lon_deg];
        for edge in ring.windows(2) {
            let d_lon_deg = edge[1].lon_deg - edge[0].lon_deg;
            if d_lon_deg > 180.0 {
                turns -= 360.0;
            } else if d_lon_deg < -180.0 {
                turns += 360.0;
            }
            lons.push(edge[1].lon_deg + turns);
        }
        if turns != 0.0 {
            return Err("area goes around a pole; its edges go the short way round, so give a box of the northernmost latitudes instead, such as -180 80, 180 90".into());
        }
        let (west, east) = ends(lons.iter().copied());
        let (south_deg, north_deg) = ends(ring.iter().map(|place| place.lat_deg));
        let is_on_a_line = ring.windows(2).zip(lons.windows(2)).all(|(edge, x)| {
            let (x0, y0) = (lons[0], ring[0].lat_deg);
            (x[0] - x0) * (edge[1].lat_deg - y0) == (x[1] - x0) * (edge[0].lat_deg - y0)
        });
        if is_on_a_line {
            return Err("area encloses nothing: all its points lie on one line (edges go the short way round: for long ones, give a point between)".into());
        }
        if east - west > 360.0 {
            return Err("area goes around the Earth more than once".into());
        }
        let middle_deg = 0.5 * (west + east);
        let spot = |(x, place): (&f64, &Position)| Spot {
            x_deg: x - middle_deg,
            lat_deg: place.lat_deg,
            sides: 0,
        };
        let spots = lons.iter().zip(&ring).map(spot).collect::<Vec<_>>();
        let mut area = Area {
            half_width_deg: ends(spots.iter().map(|spot| spot.x_deg)).1,
            bands: vec![Vec::new(); (4 * spots.len()).min(MAX_BANDS)],
            ring: spots,
            middle_deg: wrap_lon_deg(middle_deg),
            south_deg,
            north_deg,
        };
        for (edge, ends) in area.ring.windows(2).enumerate() {
            let bands = area.bands_of(ends[0], ends[1]);
            area.bands[bands].iter_mut().for_each(|band| band.push(edge as u32));
        }
        Ok(area)
    }

    /// Whether a ship that was at these places, one after the other, was in the area: at one of them,
    /// or on the straight way between two.
    ///
    /// Takes time linear in the number of places; more only near the edges.
    pub fn meets(&self, places: &[Position]) -> bool {
        let Some((first, rest)) = places.split_first() else { return false };
        let mut last = self.spot(*first);
        // Who is not in the area at first must cross an edge to be in it.
        if self.has(last) {
            return true;
        }
        for place in rest {
            let next = self.spot(*place);
            let is_far = last.sides & next.sides != 0;
            if !is_far && self.leg_meets(last, next) {
                return true;
            }
            last = next;
        }
        false
    }

    #[inline]
    fn spot(&self, place: Position) -> Spot {
        let (mut x_deg, lat_deg) = (place.lon_deg - self.middle_deg, place.lat_deg);
        if x_deg >= 180.0 {
            x_deg -= 360.0;
        }
        if x_deg < -180.0 {
            x_deg += 360.0;
        }
        let side = |is_there: bool, side: u8| if is_there { side } else { 0 };
        let sides = side(x_deg < -self.half_width_deg, 1)
            | side(x_deg > self.half_width_deg, 2)
            | side(lat_deg < self.south_deg, 4)
            | side(lat_deg > self.north_deg, 8)
            | side(!place.is_valid(), NOWHERE);
        Spot { x_deg, lat_deg, sides }
    }

    /// Whether a leg from outside the area comes into it.
    fn leg_meets(&self, from: Spot, to: Spot) -> bool {
        if (from.sides | to.sides) & NOWHERE != 0 {
            return self.has(to); // The way there is not known.
        }
        let d_deg = to.x_deg - from.x_deg;
        if d_deg.abs() <= 180.0 {
            return self.is_crossed(from, to);
        }
        // The leg goes round the back of the Earth, seen from the area: it leaves on one side and
        // comes in on the other.
        let around_deg = 360.0_f64.copysign(d_deg);
        let (before, after) = (
            Spot { x_deg: from.x_deg + around_deg, ..from },
            Spot { x_deg: to.x_deg - around_deg, ..to },
        );
        self.is_crossed(from, after) || self.is_crossed(before, to)
    }

    fn is_crossed(&self, from: Spot, to: Spot) -> bool {
        let (west, east) = (from.x_deg.min(to.x_deg), from.x_deg.max(to.x_deg));
        let is_beside = east < -self.half_width_deg || west > self.half_width_deg;
        !is_beside && self.edges_near(from, to).any(|[a, b]| do_cross(from, to, a, b))
    }

    /// Whether `spot` lies in the area or on its edge.
    fn has(&self, spot: Spot) -> bool {
        if spot.sides != 0 {
            return false;
        }
        let mut is_in = false;
        for [a, b] in self.edges_near(spot, spot) {
            if do_cross(spot, spot, a, b) {
                return true;
            }
            if (a.lat_deg > spot.lat_deg) != (b.lat_deg > spot.lat_deg) {
                let share = (spot.lat_deg - a.lat_deg) / (b.lat_deg - a.lat_deg);
                is_in ^= spot.x_deg < a.x_deg + share * (b.x_deg - a.x_deg);
            }
        }
        is_in
    }

    /// The edges in the bands between both latitudes; one that is in several comes several times.
    fn edges_near(&self, a: Spot, b: Spot) -> impl Iterator<Item = [Spot; 2]> {
        let edges = self.bands[self.bands_of(a, b)].iter().flatten();
        edges.map(|edge| [self.ring[*edge as usize], self.ring[*edge as usize + 1]])
    }

    /// The bands between both latitudes; the outermost for latitudes beyond.
    fn bands_of(&self, a: Spot, b: Spot) -> RangeInclusive<usize> {
        let per_deg = self.bands.len() as f64 / (self.north_deg - self.south_deg);
        let band = |lat_deg: f64| {
            (((lat_deg - self.south_deg) * per_deg) as usize).min(self.bands.len() - 1)
        };
        band(a.lat_deg.min(b.lat_deg))..=band(a.lat_deg.max(b.lat_deg))
    }
}

/// The least and the greatest of `numbers`.
fn ends(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), n| (low.min(n), high.max(n)))
}

/// Whether the segments `ab` and `cd` have a point in common, their ends included.
fn do_cross(a: Spot, b: Spot, c: Spot, d: Spot) -> bool {
    let are_apart = |a: f64, b: f64, c: f64, d: f64| a.max(b) < c.min(d) || c.max(d) < a.min(b);
    if are_apart(a.x_deg, b.x_deg, c.x_deg, d.x_deg)
        || are_apart(a.lat_deg, b.lat_deg, c.lat_deg, d.lat_deg)
    {
        return false;
    }
    // On which side of `pq` lies `r`?
    let side = |p: Spot, q: Spot, r: Spot| {
        (q.x_deg - p.x_deg) * (r.lat_deg - p.lat_deg)
            - (q.lat_deg - p.lat_deg) * (r.x_deg - p.x_deg)
    };
    let parts = |p, q, r, s| {
        let (one, other) = (side(p, q, r), side(p, q, s));
        !(one > 0.0 && other > 0.0 || one < 0.0 && other < 0.0)
    };
    parts(a, b, c, d) && parts(c, d, a, b)
}

#[cfg(test)]
mod tests;
