//! A few points of each path that stand for all of them: lower bounds of mean distances, soon found.

use super::DistanceError;
use super::legs::View;
use super::nearest::{Ask, Scratch, arc_m};
use super::paths::Paths;
use super::resample::Point;
use super::simd::Level;

/// By so many points a path is stood for. A register holds sixteen, so that fewer cost as much; but
/// a path has no more of them than it has points.
const POINTS: usize = 12;

/// A path's points in groups, each with one in its middle.
///
/// A point lies no nearer to another path than the middle of its group, less the way between the
/// two. Over all points: `mean d(p) ≥ mean d(middle) - mean |p - middle|`.
pub(super) struct Coarse {
    middles: Paths,
    /// Of each path, the mean distance from a point to the middle of its group, meters.
    spread_m: Vec<f32>,
    /// The smallest group times the number of groups, of all points.
    share: Vec<f32>,
}

impl Coarse {
    pub fn new(paths: &Paths) -> Result<Coarse, DistanceError> {
        let mut middles = Paths::on(*paths.surface());
        let (mut spreads_m, mut shares) = (Vec::new(), Vec::new());
        for index in 0..paths.len() {
            let view = paths.view(index);
            let (n, groups) = (view.n, view.n.min(POINTS));
            let bounds = |group: usize| group * n / groups;
            let (mut own, mut spread_m, mut smallest) = (Vec::with_capacity(groups), 0.0, n);
            for group in 0..groups {
                let (from, to) = (bounds(group), bounds(group + 1));
                let middle = view.point(usize::midpoint(from, to - 1));
                for at in from..to {
                    spread_m += f64::from(apart_m(middle, view.point(at), paths));
                }
                smallest = smallest.min(to - from);
                let at = middle.map(f64::from);
                own.push(Point { at, sog_kn: f32::NAN, cog_deg: f32::NAN });
            }
            middles.push(index, &own)?;
            spreads_m.push((spread_m / n as f64) as f32);
            shares.push((smallest * groups) as f32 / n as f32);
        }
        Ok(Coarse { middles, spread_m: spreads_m, share: shares })
    }

    /// Less than, or as much as, the mean distance from the points of path `index` to `other`.
    fn mean_m(&self, index: usize, other: &View<'_>, level: Level, scratch: &mut Scratch) -> f64 {
        let own = self.middles.view(index);
        let (mean_m, _) = if self.middles.surface().is_sphere() {
            level.pair::<true>(Ask::OneWay, &own, other, scratch)
        } else {
            level.pair::<false>(Ask::OneWay, &own, other, scratch)
        };
        f64::from((self.share[index] * mean_m - self.spread_m[index]).max(0.0))
    }

    /// Whether looking here is much less work than measuring the two paths.
    pub fn is_worth(a: &View<'_>, b: &View<'_>) -> bool {
        a.n.min(b.n) > 2 * POINTS
    }

    /// Whether it shows that the SSPD of two of the paths that it was made of is more than `m`.
    pub fn is_mean_beyond(
        &self,
        (i, a): (usize, &View<'_>),
        (j, b): (usize, &View<'_>),
        m: f64,
        level: Level,
        scratch: &mut Scratch,
    ) -> bool {
        let there_m = self.mean_m(i, b, level, scratch);
        0.5 * there_m > m || f64::midpoint(there_m, self.mean_m(j, a, level, scratch)) > m
    }
}

fn apart_m(a: [f32; 3], b: [f32; 3], paths: &Paths) -> f32 {
    let chord2: f32 = [0, 1, 2].map(|axis| (a[axis] - b[axis]).powi(2)).iter().sum();
    if paths.surface().is_sphere() { arc_m(chord2) } else { chord2.sqrt() }
}
