//! Where a model is at home: the waters that its windows are of.

use serde::{Deserialize, Serialize};

use crate::base::geo::{Position, wrap_lon_deg};

/// Height of a cell, degrees: 6 nautical miles.
const CELL_DEG: f64 = 0.1;

/// The waters that windows are of, in cells of about 6 by 6 nautical miles.
///
/// What was learned from ships in one place says nothing of ships in another: lanes, harbors and the
/// turns between them are elsewhere. A place is known if there is a window in its cell or in one of
/// the eight about it, so within 6 to 12 nautical miles. Across the date line and near the poles
/// cells meet as they do on earth.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(from = "Vec<(i32, i32)>", into = "Vec<(i32, i32)>")]
pub struct Waters {
    /// Row from the equator and column from 180 W, sorted.
    cells: Vec<(i32, i32)>,
}

impl From<Vec<(i32, i32)>> for Waters {
    fn from(mut cells: Vec<(i32, i32)>) -> Waters {
        cells.sort_unstable();
        cells.dedup();
        Waters { cells }
    }
}

impl From<Waters> for Vec<(i32, i32)> {
    fn from(waters: Waters) -> Vec<(i32, i32)> {
        waters.cells
    }
}

impl Waters {
    /// The waters about `places`.
    pub fn of(places: impl Iterator<Item = Position>) -> Waters {
        let cell = |place: Position| {
            let row = row_of(place.lat_deg);
            (row, column_of(row, place.lon_deg))
        };
        places.map(cell).collect::<Vec<_>>().into()
    }

    /// Whether something was learned near `place`.
    pub fn knows(&self, place: Position) -> bool {
        let middle = row_of(place.lat_deg);
        (middle - 1..=middle + 1).any(|row| {
            let (column, n) = (column_of(row, place.lon_deg), columns(row));
            (column - 1..=column + 1)
                .any(|column| self.cells.binary_search(&(row, column.rem_euclid(n))).is_ok())
        })
    }
}

fn row_of(lat_deg: f64) -> i32 {
    (lat_deg.clamp(-90.0, 90.0) / CELL_DEG).floor() as i32
}

/// How many cells go around the earth in `row`: as many as are about as wide as high.
fn columns(row: i32) -> i32 {
    let middle_deg = (f64::from(row) + 0.5) * CELL_DEG;
    ((360.0 / CELL_DEG * middle_deg.to_radians().cos()).floor() as i32).max(1)
}

fn column_of(row: i32, lon_deg: f64) -> i32 {
    let n = columns(row);
    let share = (wrap_lon_deg(lon_deg) + 180.0) / 360.0;
    ((share * f64::from(n)).floor() as i32).rem_euclid(n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::geo::distance_m;
    use crate::base::rng::Rng;

    fn at(lat_deg: f64, lon_deg: f64) -> Position {
        Position::new(lon_deg, lat_deg)
    }

    #[test]
    fn within_six_miles_is_known_and_beyond_nineteen_is_not() {
        let mut rng = Rng::new(3, 0);
        let (mut near, mut far) = (0, 0);
        for home in [at(34.1, -119.3), at(0.0, 0.0), at(57.4, 179.99), at(-62.0, -180.0)] {
            let waters = Waters::of([home].into_iter());
            for _ in 0..2000 {
                let lat_deg = home.lat_deg + rng.between(-0.5, 0.5);
                let lon_deg = home.lon_deg + rng.between(-1.0, 1.0);
                let place = at(lat_deg, wrap_lon_deg(lon_deg));
                let nmi = distance_m(home, place) / 1852.0;
                if nmi < 5.9 {
                    assert!(waters.knows(place), "{place:?} is {nmi} nmi from {home:?}");
                    near += 1;
                } else if nmi > 19.0 {
                    assert!(!waters.knows(place), "{place:?} is {nmi} nmi from {home:?}");
                    far += 1;
                }
            }
        }
        assert!(near > 100 && far > 3000, "{near} {far}");
    }

    #[test]
    fn the_pole_is_near_itself_from_every_side() {
        let waters = Waters::of([at(89.97, 10.0)].into_iter());
        assert!(waters.knows(at(89.97, -170.0)) && waters.knows(at(90.0, 55.0)));
        assert!(!waters.knows(at(-90.0, 10.0)));
    }

    #[test]
    fn waters_of_nothing_know_no_place() {
        assert!(!Waters::default().knows(at(0.0, 0.0)));
    }
}
