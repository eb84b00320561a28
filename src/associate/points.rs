//! Points without identity: what is known of each besides whose it is.

use crate::base::geo::{Position, wrap_lon_deg};

/// Why columns are not points.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PointsError {
    /// Columns differ in length.
    #[error("the column of {column} has {found} rows, the column of times {expected}")]
    Length {
        /// Which column.
        column: &'static str,
        /// How many rows it has.
        found: usize,
        /// How many times there are.
        expected: usize,
    },
    /// Links are numbered in 32 bits.
    #[error("{0} points are more than can be numbered; the most are 4,294,967,294")]
    TooMany(usize),
}

/// Points without identity, as columns, in any order.
///
/// Speed and course may be missing (not-a-number), of some points or of all: they are then guessed
/// (see [`super::motion`]). A point without a valid place belongs to no track but its own.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Points {
    // Invariant: all columns have one length, below `u32::MAX`.
    t_ms: Vec<i64>,
    positions: Vec<Position>,
    sog_kn: Vec<f32>,
    cog_deg: Vec<f32>,
}

impl Points {
    /// Points from columns: UTC milliseconds, places, speeds over ground in knots, courses over
    /// ground in degrees. Empty columns of speeds or courses stand for none known.
    ///
    /// # Errors
    ///
    /// [`PointsError`] if columns differ in length.
    pub fn new(
        t_ms: Vec<i64>,
        positions: Vec<Position>,
        mut sog_kn: Vec<f32>,
        mut cog_deg: Vec<f32>,
    ) -> Result<Points, PointsError> {
        let expected = t_ms.len();
        if expected >= u32::MAX as usize {
            return Err(PointsError::TooMany(expected));
        }
        for column in [&mut sog_kn, &mut cog_deg] {
            if column.is_empty() {
                column.resize(expected, f32::NAN);
            }
        }
        for (column, found) in
            [("places", positions.len()), ("speeds", sog_kn.len()), ("courses", cog_deg.len())]
        {
            if found != expected {
                return Err(PointsError::Length { column, found, expected });
            }
        }
        Ok(Points { t_ms, positions, sog_kn, cog_deg })
    }

    /// How many points there are.
    pub fn len(&self) -> usize {
        self.t_ms.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.t_ms.is_empty()
    }

    /// The time of each, UTC milliseconds.
    pub fn t_ms(&self) -> &[i64] {
        &self.t_ms
    }

    /// The place of each.
    pub fn positions(&self) -> &[Position] {
        &self.positions
    }

    /// The speed over ground of each, knots; not-a-number where it is missing.
    pub fn sog_kn(&self) -> &[f32] {
        &self.sog_kn
    }

    /// The course over ground of each, degrees; not-a-number where it is missing.
    pub fn cog_deg(&self) -> &[f32] {
        &self.cog_deg
    }

    /// The points at `rows`, in that order.
    #[must_use]
    pub fn at(&self, rows: &[u32]) -> Points {
        let rows = || rows.iter().map(|row| *row as usize);
        Points {
            t_ms: rows().map(|row| self.t_ms[row]).collect(),
            positions: rows().map(|row| self.positions[row]).collect(),
            sog_kn: rows().map(|row| self.sog_kn[row]).collect(),
            cog_deg: rows().map(|row| self.cog_deg[row]).collect(),
        }
    }

    /// Whether two rows are the same in everything, and everything is known.
    fn are_alike(&self, a: u32, b: u32) -> bool {
        let (a, b) = (a as usize, b as usize);
        self.t_ms[a] == self.t_ms[b]
            && self.positions[a] == self.positions[b]
            && self.sog_kn[a] == self.sog_kn[b]
            && self.cog_deg[a] == self.cog_deg[b]
    }

    /// The rows by time, then by what else is known: an order that does not hang on that of the
    /// rows, but among points that are alike in everything.
    pub fn by_time(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = (0..self.len() as u32).collect();
        rows.sort_by(|a, b| {
            let (a, b) = (*a as usize, *b as usize);
            let (p, q) = (self.positions[a], self.positions[b]);
            self.t_ms[a]
                .cmp(&self.t_ms[b])
                .then(p.lat_deg.total_cmp(&q.lat_deg))
                .then(p.lon_deg.total_cmp(&q.lon_deg))
                .then(self.sog_kn[a].total_cmp(&self.sog_kn[b]))
                .then(self.cog_deg[a].total_cmp(&self.cog_deg[b]))
        });
        rows
    }
}

/// One point with a valid place, as methods see it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Spot {
    /// Seconds since the first point.
    pub t_s: f64,
    /// Degrees east of the middle of the set, -180 to 180: no seam at the date line.
    pub lon_deg: f64,
    /// Degrees north.
    pub lat_deg: f64,
    /// Speed, knots; not-a-number where it is missing.
    pub v_kn: f64,
    /// Course, degrees; not-a-number where it is missing.
    pub c_deg: f64,
}

/// Which rows the spots stand for.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Rows {
    /// The row of each spot.
    pub of_spots: Vec<u32>,
    /// Rows that repeat that of a spot in everything, and the spot: one report, heard twice.
    pub twins: Vec<(u32, u32)>,
}

/// The spots of `points` in an order that does not hang on that of the rows, and which rows they
/// stand for. Points are only taken for one if speed and course are known and the same too: two
/// ships in one place by the digits of a file are not rare, and their motion tells them apart.
pub(super) fn spots(points: &Points) -> (Vec<Spot>, Rows) {
    let mut rows = Rows::default();
    for row in points.by_time() {
        if !points.positions[row as usize].is_valid() {
            continue;
        }
        match rows.of_spots.last() {
            Some(last) if points.are_alike(*last, row) => {
                rows.twins.push((row, rows.of_spots.len() as u32 - 1));
            }
            _ => rows.of_spots.push(row),
        }
    }
    let Some(first) = rows.of_spots.first() else { return (Vec::new(), rows) };
    let begin_ms = points.t_ms[*first as usize];
    // Summed in the canonical order, so that the last digits do not hang on the rows either.
    let (mut sine, mut cosine) = (0.0, 0.0);
    for row in &rows.of_spots {
        let (s, c) = points.positions[*row as usize].lon_deg.to_radians().sin_cos();
        sine += s;
        cosine += c;
    }
    let middle_deg = f64::atan2(sine, cosine).to_degrees();
    let spot = |row: &u32| {
        let row = *row as usize;
        let v_kn = f64::from(points.sog_kn[row]);
        Spot {
            t_s: points.t_ms[row].saturating_sub(begin_ms) as f64 / 1000.0,
            lon_deg: wrap_lon_deg(points.positions[row].lon_deg - middle_deg),
            lat_deg: points.positions[row].lat_deg,
            v_kn: if v_kn.is_finite() && v_kn >= 0.0 { v_kn } else { f64::NAN },
            c_deg: f64::from(points.cog_deg[row]),
        }
    };
    (rows.of_spots.iter().map(spot).collect(), rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(n: usize) -> Vec<Position> {
        vec![Position::new(1.0, 2.0); n]
    }

    #[test]
    fn columns_of_different_lengths_are_refused() {
        let found = Points::new(vec![0, 1], places(2), vec![1.0], Vec::new());
        let expected = PointsError::Length { column: "speeds", found: 1, expected: 2 };
        assert_eq!(found, Err(expected));
    }

    #[test]
    fn empty_columns_of_motion_mean_none_is_known() {
        let points = Points::new(vec![0, 1], places(2), Vec::new(), Vec::new()).unwrap();
        assert!(points.sog_kn().iter().chain(points.cog_deg()).all(|x| x.is_nan()));
    }

    #[test]
    fn the_order_of_rows_does_not_change_the_spots() {
        let t_ms = vec![5000, 1000, 1000, 3000];
        let lons = [179.9, -179.9, 179.8, 180.0];
        let positions: Vec<Position> = lons.iter().map(|lon| Position::new(*lon, 0.0)).collect();
        let points = Points::new(t_ms, positions, vec![1.0; 4], vec![0.0; 4]).unwrap();
        let (there, rows) = spots(&points);
        let (turned, _) = spots(&points.at(&[3, 2, 1, 0]));
        assert_eq!(there, turned);
        assert_eq!(rows.of_spots, [1, 2, 3, 0]);
        assert!(there.iter().all(|spot| spot.lon_deg.abs() < 0.3), "no seam: {there:?}");
    }

    #[test]
    fn points_without_a_place_are_no_spots() {
        let mut positions = places(3);
        positions[1] = Position::new(f64::NAN, 0.0);
        positions[2] = Position::new(0.0, 91.0);
        let points = Points::new(vec![0; 3], positions, Vec::new(), Vec::new()).unwrap();
        assert_eq!(spots(&points).1.of_spots, [0]);
    }

    #[test]
    fn a_report_that_was_heard_twice_is_one_spot() {
        let of = |courses: Vec<f32>| {
            Points::new(vec![7, 5, 5, 5], places(4), vec![3.0; 4], courses).unwrap()
        };
        let rows = spots(&of(vec![9.0, 9.0, 9.0, 9.0])).1;
        assert_eq!(rows, Rows { of_spots: vec![1, 0], twins: vec![(2, 0), (3, 0)] });
        let rows = spots(&of(vec![9.0, 8.0, 9.0, 9.0])).1;
        assert_eq!(rows, Rows { of_spots: vec![1, 2, 0], twins: vec![(3, 1)] });
        // Without courses nobody knows.
        assert_eq!(spots(&of(Vec::new())).1.twins, []);
    }
}
