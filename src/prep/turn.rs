//! Turns back: where a ship sails the way it came, without stopping.

use crate::base::geo::{EARTH_RADIUS_M, Position, wrap_lon_deg};

/// Posts along a leg: fewer would blur where it turns, more would follow noise.
const POSTS_A_LEG: f64 = 8.0;

/// A way is straight if it leads this share of its length away from its beginning. A ship that
/// circles steadily never goes that straight while it turns by 150°: its share is 0.74.
const STRAIGHT: f64 = 0.8;

/// How much longer than its leg at the turn a straight way is.
const LEG_SHARE: f64 = 1.5;

/// The places, as indices into `places`, where a ship turned by more than `turn_deg` between two
/// straight ways of at least `leg_m`, none at either end. Each is the report that lies furthest
/// along the old course.
///
/// The track is first thinned to posts an eighth of a leg apart, so that noise and the exact shape
/// of the turn do not matter. A straight way is longer by half than its leg at the turn, so that a
/// single wrong position is no turn. Of the posts around one turn the one with the sharpest counts. A
/// ship that circles, tacks or loops around a place never sails straight enough on both sides.
pub(super) fn turns(places: &[Position], turn_deg: f64, leg_m: f64) -> Vec<usize> {
    let posts = posts(places, leg_m / POSTS_A_LEG);
    let cos_limit = turn_deg.to_radians().cos();
    let mut turns = Vec::new();
    let mut sharpest: Option<(usize, f64)> = None;
    // Where ways of just `leg_m` to and from post `k` begin and end; neither ever goes back.
    let (mut back, mut ahead) = (0, 0);
    for k in 1..posts.len().saturating_sub(1) {
        let here_m = posts[k].path_m;
        if let Some((best, _)) = sharpest
            && here_m - posts[best].path_m > leg_m
        {
            turns.push(apex(places, &posts, best));
            sharpest = None;
        }
        while here_m - posts[back + 1].path_m >= leg_m {
            back += 1;
        }
        while ahead < posts.len() && posts[ahead].path_m - here_m < leg_m {
            ahead += 1;
        }
        let Some((back, ahead)) = lengthened(&posts, back, k, ahead, leg_m) else { continue };
        let (old, new) = (posts[back].way_to(&posts[k]), posts[k].way_to(&posts[ahead]));
        let dot = old.0 * new.0 + old.1 * new.1;
        if dot > 0.0 && cos_limit <= 0.0 {
            continue;
        }
        let (old_m, new_m) = (length_m(old), length_m(new));
        let is_straight = old_m >= STRAIGHT * (here_m - posts[back].path_m)
            && new_m >= STRAIGHT * (posts[ahead].path_m - here_m);
        let cos = dot / (old_m * new_m);
        let is_sharper = sharpest.is_none_or(|(_, sharpest)| cos < sharpest);
        if is_straight && cos < cos_limit && is_sharper {
            sharpest = Some((k, cos));
        }
    }
    turns.extend(sharpest.map(|(best, _)| apex(places, &posts, best)));
    turns
}

/// The posts `back` and `ahead`, moved away from `k` until the ways between are longer than their
/// legs at `k` by [`LEG_SHARE`]; if the track is long enough for that and for `leg_m`.
fn lengthened(
    posts: &[Post],
    mut back: usize,
    k: usize,
    mut ahead: usize,
    leg_m: f64,
) -> Option<(usize, usize)> {
    let here_m = posts[k].path_m;
    let old_m = leg_m.max(LEG_SHARE * (here_m - posts[k - 1].path_m));
    let new_m = leg_m.max(LEG_SHARE * (posts[k + 1].path_m - here_m));
    while here_m - posts[back].path_m < old_m {
        back = back.checked_sub(1)?;
    }
    while posts.get(ahead)?.path_m - here_m < new_m {
        ahead += 1;
    }
    Some((back, ahead))
}

fn length_m((x_m, y_m): (f64, f64)) -> f64 {
    (x_m * x_m + y_m * y_m).sqrt()
}

/// A report some way from the one before.
struct Post {
    report: usize,
    /// East and north of the first post, along the track, meters.
    x_m: f64,
    y_m: f64,
    /// Length of the way over all posts so far.
    path_m: f64,
}

impl Post {
    fn way_to(&self, other: &Post) -> (f64, f64) {
        (other.x_m - self.x_m, other.y_m - self.y_m)
    }
}

/// The first report and each one at least `step_m` from the post before it.
fn posts(places: &[Position], step_m: f64) -> Vec<Post> {
    let Some(first) = places.first() else { return Vec::new() };
    let mut posts = vec![Post { report: 0, x_m: 0.0, y_m: 0.0, path_m: 0.0 }];
    let mut origin = *first;
    // A cosine serves for some kilometers; directions need no more.
    let (mut cos_lat, mut cos_at_deg) = (origin.lat_deg.to_radians().cos(), origin.lat_deg);
    let mut last = (0.0, 0.0, 0.0);
    for (report, place) in places.iter().enumerate() {
        let (x_m, y_m) = offset_m(origin, cos_lat, *place);
        let step2 = x_m * x_m + y_m * y_m;
        if step2 >= step_m * step_m {
            last = (last.0 + x_m, last.1 + y_m, last.2 + step2.sqrt());
            posts.push(Post { report, x_m: last.0, y_m: last.1, path_m: last.2 });
            origin = *place;
            if (origin.lat_deg - cos_at_deg).abs() > 0.05 {
                (cos_lat, cos_at_deg) = (origin.lat_deg.to_radians().cos(), origin.lat_deg);
            }
        }
    }
    posts
}

/// East and north of `origin`, meters, as on a plane.
fn offset_m(origin: Position, cos_lat: f64, place: Position) -> (f64, f64) {
    let mut d_lon_deg = place.lon_deg - origin.lon_deg;
    if d_lon_deg.abs() > 180.0 {
        d_lon_deg = wrap_lon_deg(d_lon_deg);
    }
    let north = place.lat_deg - origin.lat_deg;
    (EARTH_RADIUS_M * d_lon_deg.to_radians() * cos_lat, EARTH_RADIUS_M * north.to_radians())
}

/// The report around post `k` that lies furthest along the way there.
fn apex(places: &[Position], posts: &[Post], k: usize) -> usize {
    let (before, after) = (posts[k - 1].way_to(&posts[k]), posts[k].way_to(&posts[k + 1]));
    let (x, y) = (before.0 - after.0, before.1 - after.1);
    let origin = places[posts[k].report];
    let cos_lat = origin.lat_deg.to_radians().cos();
    let along = |report: &usize| {
        let (x_m, y_m) = offset_m(origin, cos_lat, places[*report]);
        x * x_m + y * y_m
    };
    let around = posts[k - 1].report + 1..posts[k + 1].report;
    around.max_by(|a, b| along(a).total_cmp(&along(b))).expect("the post itself lies there")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    /// The turns on a way given by meters east and north of 180° at the equator.
    fn turns_on(way: impl IntoIterator<Item = (f64, f64)>) -> Vec<usize> {
        let place = |(x, y)| Position::new(wrap_lon_deg(180.0 + x / 111_195.0), y / 111_195.0);
        turns(&way.into_iter().map(place).collect::<Vec<_>>(), 150.0, 3000.0)
    }

    #[test]
    fn a_ferry_that_turns_back_turns_once() {
        let way = (0..=200).map(|i: i32| (f64::from(100 - (i - 100).abs()) * 100.0, 0.0));
        assert_eq!(turns_on(way), [100]);
    }

    #[test]
    fn a_ferry_on_its_third_crossing_turned_twice() {
        let x = |i: i32| if i < 200 { 100 - (i - 100).abs() } else { i - 200 };
        assert_eq!(turns_on((0..=300).map(|i| (f64::from(x(i)) * 100.0, 0.0))), [100, 200]);
    }

    #[test]
    fn noise_moves_a_turn_only_a_little() {
        let mut rng = Rng::new(1, 0);
        let mut way = Vec::new();
        for i in 0..=400 {
            let x = f64::from(200 - i32::abs(i - 200)) * 50.0;
            way.push((x + 20.0 * rng.normal(), 20.0 * rng.normal()));
        }
        let found = turns_on(way);
        assert!(found.len() == 1 && found[0].abs_diff(200) < 5, "{found:?}");
    }

    #[test]
    fn a_wide_turn_back_is_found_at_its_far_end() {
        // East along y = 0, half a circle of radius 300 m, west along y = 600.
        let mut way: Vec<(f64, f64)> = (0..100).map(|i| (f64::from(i) * 100.0, 0.0)).collect();
        way.extend((0..=18).map(|i| {
            let (sine, cosine) = (f64::from(i) * 10.0).to_radians().sin_cos();
            (10_000.0 + 300.0 * sine, 300.0 - 300.0 * cosine)
        }));
        way.extend((1..100).map(|i| (10_000.0 - f64::from(i) * 100.0, 600.0)));
        let found = turns_on(way);
        assert!(found.len() == 1 && found[0].abs_diff(109) <= 2, "{found:?}");
    }

    #[test]
    fn a_ship_that_circles_never_turns_back() {
        for radius in [100.0, 300.0, 700.0, 1000.0, 1500.0, 3000.0] {
            let way = (0..2000).map(|i| {
                let (sine, cosine) = (f64::from(i) * 50.0 / radius).sin_cos();
                (radius * sine, radius * cosine)
            });
            assert_eq!(turns_on(way), [] as [usize; 0], "{radius} m");
        }
    }

    #[test]
    fn a_right_angle_and_a_zigzag_are_no_turns_back() {
        let corner = (0..200)
            .map(|i: i32| (f64::from(i.min(100)) * 100.0, f64::from((i - 100).max(0)) * 100.0));
        assert!(turns_on(corner).is_empty());
        let tacks =
            (0..400).map(|i: i32| (f64::from(i) * 70.0, f64::from((i % 100 - 50).abs()) * 70.0));
        assert!(turns_on(tacks).is_empty());
    }

    #[test]
    fn a_single_wrong_position_is_no_turn_back() {
        let way = (0..200).map(|i| (f64::from(i) * 100.0, if i == 100 { 9000.0 } else { 0.0 }));
        assert!(turns_on(way).is_empty());
        let sparse = (0..20).map(|i| (f64::from(i) * 4000.0, if i == 10 { 9000.0 } else { 0.0 }));
        assert!(turns_on(sparse).is_empty());
    }

    #[test]
    fn short_and_empty_ways_have_no_turns() {
        assert!(turns_on([]).is_empty());
        assert!(turns_on([(0.0, 0.0)]).is_empty());
        assert!(turns_on([(0.0, 0.0), (9e3, 0.0), (0.0, 0.0)]).is_empty());
    }
}
