//! Where one vessel is at a moment.

use crate::ais::Track;
use crate::base::geo::{Position, wrap_lon_deg};

/// A longer silence is not bridged: where the ship was then is not known.
pub const SILENCE_MS: i64 = 30 * 60_000;

/// A vessel at a moment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Moment {
    /// Where it is, on the straight way from its last report to the next.
    pub position: Position,
    /// Speed over ground as last reported, knots.
    pub sog_kn: f32,
    /// Course over ground as last reported, degrees.
    pub cog_deg: f32,
    /// How long ago it reported last, milliseconds.
    pub age_ms: i64,
}

/// Where the vessel of `track` is at `now_ms`; `None` before its first report, after its last, and
/// in silences.
pub fn moment(track: &Track<'_>, now_ms: i64) -> Option<Moment> {
    let next = track.t_ms.partition_point(|t_ms| *t_ms <= now_ms);
    let last = next.checked_sub(1)?;
    let age_ms = now_ms - track.t_ms[last];
    let from = track.positions[last];
    let position = if age_ms == 0 {
        from
    } else {
        let to = *track.positions.get(next)?;
        let step_ms = track.t_ms[next] - track.t_ms[last];
        if step_ms > SILENCE_MS {
            return None;
        }
        let part = age_ms as f64 / step_ms as f64;
        // The short way around, also across the date line.
        let d_lon = wrap_lon_deg(to.lon_deg - from.lon_deg);
        Position::new(
            wrap_lon_deg(from.lon_deg + part * d_lon),
            from.lat_deg + part * (to.lat_deg - from.lat_deg),
        )
    };
    let (sog_kn, cog_deg) = (track.sog_kn[last], track.cog_deg[last]);
    Some(Moment { position, sog_kn, cog_deg, age_ms })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Fleet, Report, Vessel};

    #[test]
    fn a_ship_is_on_the_way_between_two_reports_and_nowhere_in_silences() {
        let report = |minute: i64, lon_deg, sog_kn| Report {
            sog_kn,
            ..Report::at(minute * 60_000, Position::new(lon_deg, 10.0))
        };
        let own = vec![report(0, 179.0, 5.0), report(20, -179.0, 6.0), report(60, -178.0, 7.0)];
        let fleet = Fleet::from_tracks(vec![(Vessel::default(), own)]);
        let at = |minute: i64| moment(&fleet.track(0), minute * 60_000);
        assert_eq!(at(-1), None);
        assert_eq!(at(0).map(|at| (at.position.lon_deg, at.sog_kn)), Some((179.0, 5.0)));
        // A quarter of the way over the date line.
        assert_eq!(at(5).map(|at| (at.position.lon_deg, at.age_ms)), Some((179.5, 300_000)));
        assert_eq!(at(15).map(|at| at.position.lon_deg), Some(-179.5));
        assert_eq!(at(40), None);
        assert_eq!(at(60).map(|at| at.sog_kn), Some(7.0));
        assert_eq!(at(61), None);
    }
}
