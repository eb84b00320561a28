//! Type I: how sharply a track turns at its control points.

use super::params::OutlierParams;
use super::posts::Posts;
use crate::base::job::{Job, Stopped};
use crate::compress::rdp2;

/// A bend of a track.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Bend {
    /// The post where it is sharpest.
    pub post: usize,
    /// The angle between the ways back and ahead: 180 straight on, 0 straight back.
    pub angle_deg: f64,
}

/// The bends along `posts`: of control points within an arm of one another along the way, the
/// sharpest; where that leaves room, the next sharpest.
///
/// The angle is formed with the places an arm away on either side, or with the neighboring control
/// points where these are nearer, whichever is sharper: by the first a ship that needs some room to
/// turn back turns back, by the second a zigzag shorter than an arm is one.
pub(super) fn bends(
    posts: &Posts,
    params: &OutlierParams,
    job: &Job,
) -> Result<Vec<Bend>, Stopped> {
    let mut mask = vec![false; posts.len()];
    rdp2(&posts.line, params.tolerance_m, params.slope_deg, &mut mask, job)?;
    let control: Vec<usize> = (0..posts.len()).filter(|post| mask[*post]).collect();
    let mut candidates: Vec<Bend> = control
        .windows(3)
        .map(|three| {
            let [before, post, after] = [three[0], three[1], three[2]];
            let (back, ahead) = arms(posts, post, params.arm_m);
            let of_arms = angle_deg(posts.way(post, back), posts.way(post, ahead));
            let (back, ahead) = (back.max(before), ahead.min(after));
            let of_control = angle_deg(posts.way(post, back), posts.way(post, ahead));
            Bend { post, angle_deg: of_arms.min(of_control) }
        })
        .collect();
    // Stable: of equally sharp ones the first.
    candidates.sort_by(|a, b| a.angle_deg.total_cmp(&b.angle_deg));
    // By post, as the bends of a trip are few.
    let mut bends: Vec<Bend> = Vec::new();
    for bend in candidates {
        let place = bends.partition_point(|known| known.post < bend.post);
        let is_off = |known: &Bend| {
            (posts.path_m[known.post] - posts.path_m[bend.post]).abs() > params.arm_m
        };
        let has_room = place.checked_sub(1).is_none_or(|before| is_off(&bends[before]))
            && bends.get(place).is_none_or(is_off);
        if has_room {
            bends.insert(place, bend);
        }
    }
    Ok(bends)
}

/// The nearest posts before and after `post` that lie at least `arm_m` off, or the ends.
fn arms(posts: &Posts, post: usize, arm_m: f64) -> (usize, usize) {
    let is_off = |other: &usize| {
        let (x, y) = posts.way(post, *other);
        x.hypot(y) >= arm_m
    };
    let back = (0..post).rev().find(is_off).unwrap_or(0);
    let ahead = (post + 1..posts.len()).find(is_off).unwrap_or(posts.len() - 1);
    (back, ahead)
}

/// The angle between two ways, 0 to 180; 180 if one of them leads nowhere.
fn angle_deg(a: (f64, f64), b: (f64, f64)) -> f64 {
    if a == (0.0, 0.0) || b == (0.0, 0.0) {
        return 180.0;
    }
    let (cross, dot) = (a.0 * b.1 - a.1 * b.0, a.0 * b.0 + a.1 * b.1);
    cross.abs().atan2(dot).to_degrees()
}
