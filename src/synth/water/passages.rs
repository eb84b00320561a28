//! Canals and straits too narrow for the mask: ways drawn by hand from one open water to another.

use crate::base::geo::{Position, distance_m};

/// A way through narrow water, both directions.
pub(super) struct Passage {
    /// What seafarers call it.
    pub name: &'static str,
    /// Deepest draught that goes through, meters.
    pub draught_m: f64,
    /// Broadest ship that goes through, meters.
    pub beam_m: f64,
    /// What a meter of it costs against one of open water: locks and convoys take time.
    pub cost: f64,
    /// Longitudes and latitudes of its middle. Both ends lie in open water or are another's end.
    pub line: &'static [(f64, f64)],
}

impl Passage {
    /// Places on its middle, corners among them, no farther apart than [`STEP_M`].
    pub fn places(&self) -> Vec<Position> {
        let corner = |i: usize| Position::new(self.line[i].0, self.line[i].1);
        let mut places = vec![corner(0)];
        for i in 1..self.line.len() {
            let (from, to) = (corner(i - 1), corner(i));
            let n = (distance_m(from, to) / STEP_M).ceil().max(1.0);
            places.extend((1..n as usize).map(|step| {
                let share = step as f64 / n;
                Position::new(
                    from.lon_deg + share * (to.lon_deg - from.lon_deg),
                    from.lat_deg + share * (to.lat_deg - from.lat_deg),
                )
            }));
            places.push(to);
        }
        places
    }
}

/// Ships join a passage at places so far apart, meters.
const STEP_M: f64 = 8000.0;

/// No limit.
const ANY: f64 = f64::INFINITY;

const fn canal(
    name: &'static str,
    draught_m: f64,
    beam_m: f64,
    line: &'static [(f64, f64)],
) -> Passage {
    Passage { name, draught_m, beam_m, cost: 1.5, line }
}

const fn strait(name: &'static str, draught_m: f64, line: &'static [(f64, f64)]) -> Passage {
    Passage { name, draught_m, beam_m: ANY, cost: 1.0, line }
}

/// Every passage. Limits are those that canal authorities and pilots publish, rounded; lines are
/// good to some kilometers and for no chart.
#[rustfmt::skip] // A point a line would be pages.
pub(super) const PASSAGES: &[Passage] = &[
    strait("Port Said", ANY, &[(32.45, 31.65), (32.31, 31.25)]),
    canal("Suez Canal", 20.1, 77.5, &[(32.31, 31.25), (32.32, 30.85), (32.31, 30.58), (32.40, 30.33), (32.57, 30.05), (32.57, 29.90)]),
    strait("Suez", ANY, &[(32.57, 29.90), (32.58, 29.72), (32.72, 29.45), (32.85, 29.20)]),
    strait("Cristóbal", ANY, &[(-79.92, 9.65), (-79.92, 9.36)]),
    canal("Panama Canal", 15.2, 51.2, &[(-79.92, 9.36), (-79.92, 9.27), (-79.80, 9.18), (-79.69, 9.11), (-79.60, 9.00), (-79.56, 8.95)]),
    strait("Balboa", ANY, &[(-79.56, 8.95), (-79.52, 8.85), (-79.45, 8.55)]),
    strait("Elbe", ANY, &[(8.10, 54.05), (8.70, 53.92), (9.14, 53.88)]),
    canal("Kiel Canal", 9.5, 32.5, &[(9.14, 53.88), (9.30, 53.98), (9.37, 54.15), (9.66, 54.30), (9.90, 54.37), (10.15, 54.37)]),
    strait("Kieler Förde", ANY, &[(10.15, 54.37), (10.22, 54.45), (10.45, 54.60)]),
    strait("Great Belt", 17.0, &[(11.35, 56.30), (11.05, 56.05), (10.87, 55.80), (10.88, 55.55), (11.02, 55.34), (10.95, 55.10), (10.85, 54.80), (10.95, 54.60), (11.25, 54.58), (11.75, 54.42), (12.20, 54.50), (12.45, 54.70)]),
    strait("Øresund", ANY, &[(12.30, 56.35), (12.62, 56.05), (12.68, 55.93), (12.70, 55.75)]),
    strait("Drogden", 7.7, &[(12.70, 55.75), (12.72, 55.58), (12.75, 55.40), (12.75, 55.15)]),
    strait("Bosporus", ANY, &[(29.20, 41.40), (29.12, 41.22), (29.06, 41.12), (29.03, 41.05), (28.98, 41.00), (28.80, 40.85), (28.50, 40.77)]),
    strait("Dardanelles", ANY, &[(28.20, 40.73), (27.60, 40.70), (27.00, 40.53), (26.68, 40.40), (26.40, 40.20), (26.38, 40.14), (26.18, 40.03), (25.95, 39.98), (25.70, 39.95)]),
    strait("Kerch Strait", 8.0, &[(36.50, 44.80), (36.52, 45.10), (36.60, 45.35), (36.80, 45.55), (36.90, 45.75)]),
    strait("Strait of Gibraltar", ANY, &[(-6.30, 35.90), (-5.60, 35.95), (-5.35, 36.00), (-4.80, 36.05)]),
    strait("Strait of Messina", ANY, &[(15.50, 37.80), (15.58, 38.08), (15.595, 38.19), (15.625, 38.235), (15.675, 38.265), (15.62, 38.42)]),
    strait("Strait of Bonifacio", ANY, &[(8.40, 41.35), (9.05, 41.33), (9.25, 41.31), (9.45, 41.25), (9.90, 41.25)]),
    strait("Strait of Tiran", ANY, &[(34.55, 27.75), (34.47, 27.97), (34.50, 28.15), (34.60, 28.45)]),
    strait("Bab el Mandeb", ANY, &[(42.55, 13.60), (43.15, 12.85), (43.32, 12.55), (43.50, 12.30), (44.10, 12.15)]),
    strait("Strait of Hormuz", ANY, &[(55.40, 26.10), (55.95, 26.45), (56.40, 26.62), (56.65, 26.42), (56.80, 25.90)]),
    strait("Strait of Malacca", 20.5, &[(100.40, 3.30), (101.00, 2.90), (101.60, 2.45), (102.10, 2.02), (102.90, 1.52), (103.30, 1.22)]),
    strait("Singapore Strait", ANY, &[(103.30, 1.22), (103.50, 1.14), (103.75, 1.16), (103.87, 1.21), (104.07, 1.26), (104.35, 1.29), (104.60, 1.35), (105.10, 1.50)]),
    strait("Sunda Strait", 18.0, &[(104.60, -6.50), (105.40, -6.15), (105.75, -5.97), (106.00, -5.70), (106.40, -5.30)]),
    strait("Torres Strait", 12.2, &[(140.90, -10.90), (141.90, -10.60), (142.22, -10.51), (142.60, -10.40), (143.20, -9.95), (144.10, -9.35), (144.60, -9.20)]),
    strait("Kanmon Strait", 14.0, &[(130.50, 34.15), (130.86, 33.96), (130.95, 33.93), (131.05, 33.96), (131.40, 33.93), (131.90, 33.82), (132.40, 33.90), (132.98, 34.12), (133.40, 34.25), (133.80, 34.37), (134.25, 34.45), (134.75, 34.58), (135.02, 34.61), (135.15, 34.45), (135.00, 34.27), (134.90, 34.00), (134.90, 33.75)]),
    strait("Uraga Channel", ANY, &[(139.70, 34.95), (139.77, 35.15), (139.77, 35.27), (139.72, 35.33), (139.80, 35.45), (139.93, 35.52)]),
    strait("Irago Channel", ANY, &[(137.10, 34.35), (137.00, 34.56), (136.85, 34.75)]),
    strait("Tsugaru Strait", ANY, &[(139.70, 41.10), (140.30, 41.35), (140.80, 41.45), (141.30, 41.60), (141.80, 41.55)]),
    strait("Qiongzhou Strait", 10.0, &[(109.40, 20.25), (109.90, 20.15), (110.40, 20.15), (111.00, 20.25)]),
    strait("Verde Island Passage", ANY, &[(119.60, 13.90), (120.10, 13.80), (120.75, 13.68), (121.05, 13.60), (121.40, 13.55), (121.70, 13.20)]),
    strait("San Bernardino Strait", ANY, &[(123.20, 12.55), (123.60, 12.55), (124.00, 12.52), (124.25, 12.60), (124.50, 12.80), (124.90, 13.00)]),
    strait("Cook Strait", ANY, &[(173.60, -40.40), (174.45, -40.95), (174.55, -41.35), (174.80, -41.80)]),
    strait("Strait of Magellan", 21.3, &[(-67.90, -52.45), (-68.70, -52.42), (-69.40, -52.52), (-69.90, -52.62), (-70.30, -52.75), (-70.65, -53.00), (-70.80, -53.40), (-70.95, -53.75), (-71.30, -53.93), (-71.90, -53.76), (-72.30, -53.58), (-72.90, -53.32), (-73.50, -53.05), (-74.20, -52.78), (-75.10, -52.50)]),
    strait("Strait of Belle Isle", ANY, &[(-58.20, 50.90), (-56.80, 51.45), (-56.00, 51.80), (-55.00, 52.15)]),
    strait("Juan de Fuca", ANY, &[(-125.00, 48.50), (-124.00, 48.28), (-123.20, 48.22), (-122.85, 48.20)]),
];

/// Which passages a ship of this draught and beam cannot take, a bit each; unknown sizes (not a
/// number) go through all.
pub(super) fn closed_to(draught_m: f64, beam_m: f64) -> u64 {
    let is_closed = |passage: &Passage| draught_m > passage.draught_m || beam_m > passage.beam_m;
    PASSAGES
        .iter()
        .enumerate()
        .filter(|(_, passage)| is_closed(passage))
        .fold(0, |bits, (i, _)| bits | 1 << i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canals_are_as_long_as_they_are() {
        for (name, km) in [("Suez Canal", 160.0), ("Panama Canal", 65.0), ("Kiel Canal", 98.0)] {
            let passage = PASSAGES.iter().find(|passage| passage.name == name).unwrap();
            let places = passage.places();
            let legs = places.windows(2).map(|leg| distance_m(leg[0], leg[1]));
            assert!(legs.clone().all(|m| m <= STEP_M * 1.01));
            let length_km = legs.sum::<f64>() / 1000.0;
            assert!((length_km / km - 1.0).abs() < 0.08, "{name}: {length_km}");
        }
    }

    #[test]
    fn large_ships_cannot_take_small_canals() {
        let names = |bits: u64| -> Vec<&str> {
            let is_set = |i: &usize| bits >> i & 1 == 1;
            (0..PASSAGES.len()).filter(is_set).map(|i| PASSAGES[i].name).collect()
        };
        assert!(PASSAGES.len() <= 64);
        assert_eq!(closed_to(f64::NAN, f64::NAN), 0);
        assert_eq!(closed_to(6.0, 20.0), 0);
        assert!(names(closed_to(10.0, 40.0)).contains(&"Kiel Canal"));
        assert!(!names(closed_to(10.0, 40.0)).contains(&"Panama Canal"));
        let giant = names(closed_to(21.0, 60.0));
        assert!(
            ["Suez Canal", "Panama Canal", "Strait of Malacca"].iter().all(|n| giant.contains(n))
        );
    }
}
