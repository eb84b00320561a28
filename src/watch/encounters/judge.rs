//! What kind of encounter it is, who gives way, how grave it is.

use super::{GiveWay, Meeting};
use crate::base::angle::turn_deg;

/// More than 22.5 degrees abaft the beam begins here, degrees from the bow (COLREG 13 b).
pub const ABAFT_DEG: f64 = 112.5;

/// Ships whose courses differ by more than this do not overtake, though one may be seen astern of
/// the other: she passes astern, or opens.
const SAME_WAY_DEG: f64 = 90.0;

/// The relative speed that makes half of the severity, knots.
const HALF_KN: f64 = 5.0;

/// The kind of encounter of two ships on courses `cog_deg`, of which each sees the other at
/// `bearing_deg` from her bow (-180 to 180, starboard positive), at speeds `sog_kn`; and who gives
/// way by COLREG 13 to 15, were both power-driven and in sight of one another.
///
/// - *Head-on* if the courses differ from opposite by no more than `head_on_deg`, however far
///   abeam the ships pass: both give way.
/// - *Overtaking* if one is seen from the other more than 22.5° abaft the beam, on a course that
///   differs by no more than 90°. The faster one gives way, also if she is ahead already: she does
///   until she is past and clear.
/// - *Crossing* otherwise: who has the other on her starboard side gives way. Both may, or none,
///   where their courses lead apart.
pub fn judge(
    cog_deg: [f64; 2],
    bearing_deg: [f64; 2],
    sog_kn: [f64; 2],
    head_on_deg: f64,
) -> (Meeting, GiveWay) {
    let turn = turn_deg(cog_deg[0], cog_deg[1]).abs();
    if turn >= 180.0 - head_on_deg {
        return (Meeting::HeadOn, GiveWay::Both);
    }
    let is_astern = bearing_deg.map(|bearing| bearing.abs() > ABAFT_DEG);
    if is_astern[0] != is_astern[1] && turn <= SAME_WAY_DEG {
        let faster = if sog_kn[0] >= sog_kn[1] { GiveWay::First } else { GiveWay::Second };
        return (Meeting::Overtaking, faster);
    }
    let sees_starboard = bearing_deg.map(|bearing| bearing > 0.0 && bearing <= ABAFT_DEG);
    let gives_way = match sees_starboard {
        [true, true] => GiveWay::Both,
        [true, false] => GiveWay::First,
        [false, true] => GiveWay::Second,
        [false, false] => GiveWay::Neither,
    };
    (Meeting::Crossing, gives_way)
}

/// How grave an encounter is, from 0 to 1: `1 / (1 + f²) · v / (v + 5 kn)`, where `f` is the least
/// share of a ship domain (1 on its edge) and `v` the relative speed at the closest point. At the
/// edge of the domain and at 5 knots it is a quarter.
///
/// Ours: it ranks a list and claims no probability.
pub fn severity(domain: f64, relative_kn: f64) -> f64 {
    (1.0 / (1.0 + domain * domain)) * (relative_kn / (relative_kn + HALF_KN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sectors_follow_the_rules() {
        use GiveWay::*;
        use Meeting::*;
        for (cog_deg, bearing_deg, sog_kn, expected) in [
            // Bow to bow, a little off.
            ([0.0, 175.0], [2.0, -3.0], [10.0, 10.0], (HeadOn, Both)),
            // The first, northbound, has the westbound second on her starboard bow.
            ([0.0, 270.0], [45.0, -45.0], [10.0, 10.0], (Crossing, First)),
            ([0.0, 90.0], [-45.0, 45.0], [10.0, 10.0], (Crossing, Second)),
            // Both northbound, the first astern and faster.
            ([0.0, 0.0], [0.0, -180.0], [14.0, 10.0], (Overtaking, First)),
            ([0.0, 10.0], [170.0, 0.0], [10.0, 15.0], (Overtaking, Second)),
            // The first comes up from 111 degrees off the second's bow: just not abaft.
            ([0.0, 50.0], [19.0, -111.0], [14.0, 10.0], (Crossing, First)),
            ([0.0, 50.0], [17.0, -113.0], [14.0, 10.0], (Overtaking, First)),
        ] {
            assert_eq!(judge(cog_deg, bearing_deg, sog_kn, 10.0), expected, "{cog_deg:?}");
        }
        // Fifteen degrees off opposite: head-on only if that is allowed.
        let kind = |head_on_deg| judge([0.0, 165.0], [5.0, -10.0], [9.0, 9.0], head_on_deg).0;
        assert_eq!((kind(10.0), kind(20.0)), (Crossing, HeadOn));
    }

    #[test]
    fn nearer_and_faster_is_graver() {
        assert_eq!(severity(1.0, 5.0), 0.25);
        assert_eq!(severity(0.0, 0.0), 0.0);
        assert!(severity(0.5, 5.0) > severity(1.0, 5.0));
        assert!(severity(1.0, 20.0) > severity(1.0, 5.0));
    }
}
