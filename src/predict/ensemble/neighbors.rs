//! The windows that are like one, and where their ships went.

use crate::base::nearest::Nearest;
use crate::predict::dataset::KEY_WIDTH;

/// Steps towards the geometric median of the neighbors.
const MEDIAN_STEPS: usize = 6;

/// The nearest windows among those that may be, nearest first, with their weights.
pub(in crate::predict) fn neighbors(
    nearest: &Nearest,
    key: &[f64; KEY_WIDTH],
    k: usize,
    may: &dyn Fn(u32) -> bool,
) -> Vec<(u32, f64)> {
    let mut found = Vec::new();
    nearest.find_among(key, k, may, &mut found);
    // Half as far as the middle one of them weighs no more than five times as much.
    let middle = found.get(found.len() / 2).map_or(1.0, |(_, distance)| distance.max(1e-6));
    for (_, distance) in &mut found {
        let share = *distance / middle;
        *distance = 1.0 / (share * share + 0.05);
    }
    found
}

/// The weighted geometric median of where neighbors went; nowhere else if there are none.
pub(in crate::predict) fn median_of(neighbors: &[(u32, f64)], off: &[[f64; 2]]) -> [f64; 2] {
    fn mean(
        neighbors: &[(u32, f64)],
        off: &[[f64; 2]],
        weight: impl Fn(&[f64; 2]) -> f64,
    ) -> [f64; 2] {
        let mut sum = [0.0; 3];
        for (place, near) in neighbors {
            let off = &off[*place as usize];
            let weight = near * weight(off);
            sum[0] += weight * off[0];
            sum[1] += weight * off[1];
            sum[2] += weight;
        }
        if sum[2] > 0.0 { [sum[0] / sum[2], sum[1] / sum[2]] } else { [0.0; 2] }
    }
    let mut median = mean(neighbors, off, |_| 1.0);
    for _ in 0..MEDIAN_STEPS {
        let from = median;
        median = mean(neighbors, off, |off| {
            let (ahead, port) = (off[0] - from[0], off[1] - from[1]);
            1.0 / (ahead * ahead + port * port).sqrt().max(1e-4) // No hypot: nothing here overflows.
        });
    }
    median
}
