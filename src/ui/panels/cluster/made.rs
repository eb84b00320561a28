//! A small made set for the tests of these panels.

use crate::base::job::Job;
use crate::base::params::Checked;
use crate::cluster::{
    DensityParams, Ground, Labels, Optics, Spectrum, SpectrumParams, Sweep, SweepParams, Tree,
};
use crate::distance::Condensed;

/// Sixty places on a line: three routes of 18 some 1 m apart within, 100 m from each other, and
/// six strays far off.
pub fn ground() -> Ground {
    let place = |i: usize| match i {
        54.. => 2000.0 + 150.0 * i as f32,
        _ => 100.0 * (i % 3) as f32 + 0.3 * (i / 3) as f32 + 0.01 * (i * i % 7) as f32,
    };
    ground_of(&(0..60).map(place).collect::<Vec<f32>>())
}

/// Any places on a line; of two that are infinite, none is near the other.
pub fn ground_of(places: &[f32]) -> Ground {
    let between = |i: usize, j: usize| {
        let distance = (places[i] - places[j]).abs();
        if distance.is_nan() { f32::INFINITY } else { distance }
    };
    let matrix = Condensed::from_fn(places.len(), between);
    Ground::new(&matrix, 20, &Job::default()).unwrap()
}

/// Its tree.
pub fn tree(min_trips: usize) -> Tree {
    let params = Checked::new(&DensityParams { min_trips }).unwrap();
    ground().tree(&params, &Job::default()).unwrap()
}

/// Its order.
pub fn optics(min_trips: usize) -> Optics {
    let params = Checked::new(&DensityParams { min_trips }).unwrap();
    ground().optics(&params, &Job::default()).unwrap()
}

/// Its clusters for `MinPts` 3: three and six strays at 1.5 m.
pub fn labels(eps: f32) -> Labels {
    tree(3).cut(&ground().near, eps)
}

/// All pairs of `MinPts` 2 to 5 and ten eps.
pub fn sweep() -> Sweep {
    let params = SweepParams { min_trips_high: 5, eps_count: 10, ..SweepParams::default() };
    ground().sweep(&Checked::new(&params).unwrap(), &Job::default()).unwrap()
}

/// Its first ten eigenvectors.
pub fn spectrum() -> Spectrum {
    let params = SpectrumParams { k_max: 10, ..SpectrumParams::default() };
    ground().spectrum(&Checked::new(&params).unwrap(), &Job::default()).unwrap()
}
