//! A place on the sphere, and a time, as numbers that a network takes.

use crate::base::geo::Position;

/// What longitudes weigh against latitudes: as much as leaves the way from pole to pole monotone.
const LONGITUDE: f64 = 0.55;

/// The spatial encoding of a cell's center: `dim` numbers of order one, in groups of four. Group
/// `n = 1, 2, …` of the center `(λ, φ)` holds
///
/// `0.55 cos φ cos nλ`, `0.55 cos φ sin nλ`, `sin nφ`, `cos nφ`, times `√(dim/4) / n^1.25`.
///
/// Places across the date line are as near as any others, for `n` is whole; the farther apart two
/// latitudes are on a meridian, the farther their encodings, from pole to pole; neighboring cells
/// are near, and no two places share an encoding.
///
/// # Panics
///
/// If `dim` is no multiple of four, or 0.
///
/// # Reference
///
/// Kim et al. (2023), *WAY*, eq. 7, whose formula the text has lost. Its frequencies fall as
/// `10000^(-4i/d)` and are not whole: the date line would be a cliff. Whole frequencies of equal
/// weight would spread latitudes in waves; with these weights the distance grows all the way, as the
/// tests show.
///
/// # Example
///
/// ```
/// use fairway::base::geo::Position;
/// use fairway::learn::spatial_encoding;
/// assert_eq!(spatial_encoding(Position::new(0.0, 0.0), 4), [0.55, 0.0, 0.0, 1.0]);
/// ```
pub fn spatial_encoding(center: Position, dim: usize) -> Vec<f32> {
    assert!(dim > 0 && dim.is_multiple_of(4), "encodings come in groups of four");
    let (lon, lat) = (center.lon_deg.to_radians(), center.lat_deg.to_radians());
    let (size, scale) = (LONGITUDE * lat.cos(), (dim as f64 / 4.0).sqrt());
    let group = |n: usize| {
        let n = n as f64;
        let ((sin_lon, cos_lon), (sin_lat, cos_lat)) = ((n * lon).sin_cos(), (n * lat).sin_cos());
        let weight = scale / n.powf(1.25);
        [size * cos_lon, size * sin_lon, sin_lat, cos_lat].map(|x| (x * weight) as f32)
    };
    (1..=dim / 4).flat_map(group).collect()
}

/// The longest wave of [`time_encoding`], as a multiple of the shortest.
const TIME_BASE: f64 = 1000.0;

/// The time encoding of a moment, `days` after the voyage began: `dim` numbers, in pairs
/// `sin ωt`, `cos ωt` with `ω` falling from 1 to 1/1000 radians a day.
///
/// # Reference
///
/// Kim et al. (2023), *WAY*, eq. 9: positions of Vaswani et al. (2017) for real numbers, base 1000.
pub fn time_encoding(days: f64, dim: usize) -> Vec<f32> {
    waved(&[days], dim)
}

/// [`time_encoding`] of several moments, one behind the other.
pub(super) fn times_of(days: &[f32], dim: usize) -> Vec<f32> {
    waved(&days.iter().map(|days| f64::from(*days)).collect::<Vec<_>>(), dim)
}

fn waved(days: &[f64], dim: usize) -> Vec<f32> {
    let pairs = (0..dim).step_by(2);
    let waves: Vec<f64> = pairs.map(|at| TIME_BASE.powf(at as f64 / dim as f64)).collect();
    let mut encodings = Vec::with_capacity(days.len() * (dim + 1));
    for (at, days) in days.iter().enumerate() {
        for wave in &waves {
            let (sin, cos) = (days / wave).sin_cos();
            encodings.extend([sin as f32, cos as f32]);
        }
        encodings.truncate((at + 1) * dim);
    }
    encodings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(a: (f64, f64), b: (f64, f64)) -> f64 {
        let encoding = |(lon, lat)| spatial_encoding(Position::new(lon, lat), 128);
        let pairs = encoding(a).into_iter().zip(encoding(b));
        pairs.map(|(x, y)| f64::from(x - y).powi(2)).sum::<f64>().sqrt()
    }

    #[test]
    fn longitudes_are_a_circle_across_the_date_line() {
        for lat in [0.5, 35.5, -60.5] {
            let across = apart((179.5, lat), (-179.5, lat));
            assert!((across - apart((0.5, lat), (-0.5, lat))).abs() < 1e-5);
            assert!(across < 0.1 * apart((179.5, lat), (-0.5, lat)));
            assert!(apart((180.0, lat), (-180.0, lat)) < 1e-4);
        }
    }

    #[test]
    fn the_farther_apart_latitudes_are_the_farther_their_encodings() {
        for from in (-18..=18).map(|tens| 5.0 * f64::from(tens)) {
            for way in [-1.0, 1.0] {
                let lats = (0..=180).map(|i| from + way * f64::from(i));
                let far: Vec<f64> = lats
                    .take_while(|lat| lat.abs() <= 90.0)
                    .map(|lat| apart((10.5, from), (10.5, lat)))
                    .collect();
                let grows = far.windows(2).all(|pair| pair[1] > pair[0] - 1e-6);
                assert!(grows && far.len() > usize::from(from.abs() < 90.0), "{from}: {far:?}");
            }
        }
    }

    #[test]
    fn neighboring_cells_are_nearer_than_any_others() {
        for (lon, lat) in [(0.5, 0.5), (-179.5, 52.5), (100.5, -33.5), (4.5, 60.5)] {
            let beside = [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)];
            let far = beside.map(|(e, n)| apart((lon, lat), (lon + e, lat + n)));
            let nearest_other = (0..36)
                .map(|i| (f64::from(i) * 10.0).to_radians())
                .map(|a| apart((lon, lat), (lon + 8.0 * a.cos(), lat + 8.0 * a.sin())))
                .fold(f64::INFINITY, f64::min);
            assert!(far.iter().all(|x| *x < nearest_other), "{far:?} {nearest_other}");
        }
    }

    #[test]
    fn times_turn_slower_from_pair_to_pair() {
        let [start, day] = [0.0, 1.0].map(|days| time_encoding(days, 8));
        assert_eq!(start, [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
        assert!((day[0] - 1.0_f32.sin()).abs() < 1e-6 && (day[1] - 1.0_f32.cos()).abs() < 1e-6);
        let slow = 1.0 / 1000.0_f64.powf(0.75);
        assert!((f64::from(day[6]) - slow.sin()).abs() < 1e-7);
    }

    #[test]
    fn distinct_cells_have_distinct_encodings() {
        let mut all: Vec<Vec<i64>> = (-180..180)
            .flat_map(|lon| (-89..89).map(move |lat| (f64::from(lon) + 0.5, f64::from(lat) + 0.5)))
            .map(|(lon, lat)| {
                let numbers = spatial_encoding(Position::new(lon, lat), 128);
                numbers.iter().map(|x| (f64::from(*x) * 2000.0).round() as i64).collect()
            })
            .collect();
        let n = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), n);
    }
}
