//! How far a ship gets, and chains of reports that she gets along.

use crate::base::geo::{Position, short_distance_m};

/// After so long a silence nearly every place can be reached, and the first reports must prove
/// anew whose they are.
const SILENCE_MS: i64 = 600_000;

/// No way is longer than this for each degree north and each degree east of it.
const M_PER_DEG: f64 = 111_196.0;

/// How far a ship may get.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    /// The highest speed, meters a millisecond.
    pub m_per_ms: f64,
    /// What a position may be off besides.
    pub tolerance_m: f64,
    /// A chain of more reports than this, in quick succession, is taken for a ship's, not for wrong positions.
    pub jump_run: usize,
    /// Further off than this is another ship, not the same one by another clock.
    pub apart_m: f64,
}

impl Reach {
    /// Whether a ship gets from `a` to `b` in `dt_ms`.
    pub fn allows(&self, a: Position, b: Position, dt_ms: i64) -> bool {
        self.is_within(a, b, dt_ms, self.tolerance_m)
    }

    /// Whether `b` lies where no error of a clock explains it.
    pub fn is_apart(&self, a: Position, b: Position, dt_ms: i64) -> bool {
        !self.is_within(a, b, dt_ms, self.apart_m)
    }

    fn is_within(&self, a: Position, b: Position, dt_ms: i64, besides_m: f64) -> bool {
        let limit_m = self.m_per_ms * dt_ms as f64 + besides_m;
        // That settles nearly all cases without a cosine.
        let bound_m = M_PER_DEG * ((a.lon_deg - b.lon_deg).abs() + (a.lat_deg - b.lat_deg).abs());
        bound_m <= limit_m || short_distance_m(a, b) <= limit_m
    }
}

/// Reports each of which can be reached from the one before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Chain {
    /// Its first report, as an index into the track.
    pub first: usize,
    /// Its last report.
    pub last: usize,
    /// How many it has.
    pub n: usize,
    /// The report before the last.
    pub before: Option<usize>,
    /// The last report before the latest long silence, if there was one.
    pub settled: Option<usize>,
    /// The first report after it, and how many there are since.
    pub anew: usize,
    pub n_anew: usize,
    /// The most reports it had without a long silence between.
    longest: usize,
}

impl Chain {
    pub fn new(report: usize) -> Chain {
        Chain {
            first: report,
            last: report,
            n: 1,
            before: None,
            settled: None,
            anew: report,
            n_anew: 1,
            longest: 1,
        }
    }

    /// Whether it has too many reports to be of wrong positions. Over long silences these could
    /// be reached from each other too; so those do not count.
    pub fn is_proved(&self, jump_run: usize) -> bool {
        self.longest > jump_run
    }

    /// A chain of which only this much is known: for tests.
    #[cfg(test)]
    pub(super) fn spanning(first: usize, last: usize, n: usize) -> Chain {
        Chain { first, last, n, longest: n, ..Chain::new(first) }
    }

    /// Adds the report that comes `dt_ms` after the last.
    pub fn extend(&mut self, report: usize, dt_ms: i64) {
        if dt_ms > SILENCE_MS {
            self.settled = Some(self.last);
            (self.anew, self.n_anew) = (report, 0);
        }
        self.before = Some(self.last);
        self.last = report;
        self.n += 1;
        self.n_anew += 1;
        self.longest = self.longest.max(self.n_anew);
    }

    /// What it was up to its last report before the latest long silence, and what came after.
    pub fn parted(self, last: usize) -> (Chain, Chain) {
        let settled = Chain { last, n: self.n - self.n_anew, ..self };
        let anew =
            Chain { first: self.anew, n: self.n_anew, settled: None, longest: self.n_anew, ..self };
        (settled, anew)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ship_gets_as_far_as_time_and_tolerance_allow() {
        let reach = Reach { m_per_ms: 0.03, tolerance_m: 300.0, jump_run: 5, apart_m: 5000.0 };
        let place = |m: f64| Position::new(180.0, 60.0 + m / 111_195.0);
        for (m, dt_ms, is_allowed) in [
            (20.0, 300, true),
            (299.0, 1, true),
            (301.0, 1, false),
            (599.0, 10_000, true),
            (601.0, 10_000, false),
        ] {
            assert_eq!(
                reach.allows(place(0.0), place(m), dt_ms),
                is_allowed,
                "{m} m in {dt_ms} ms"
            );
        }
        assert!(reach.allows(Position::new(179.999, 0.0), Position::new(-179.999, 0.0), 1));
        assert!(!reach.is_apart(place(0.0), place(4990.0), 1));
        assert!(reach.is_apart(place(0.0), place(5010.0), 1));
    }

    #[test]
    fn only_quick_succession_proves_a_ship() {
        let (mut quick, mut slow) = (Chain::new(0), Chain::new(0));
        for report in 1..6 {
            quick.extend(report, SILENCE_MS);
            slow.extend(report, SILENCE_MS + 1);
        }
        assert!(quick.is_proved(5) && !slow.is_proved(5));
    }

    #[test]
    fn a_chain_parts_at_its_latest_silence() {
        let mut chain = Chain::new(0);
        [10, 10, SILENCE_MS + 1, 10].iter().zip(1..).for_each(|(dt, i)| chain.extend(i, *dt));
        let (settled, anew) = chain.parted(chain.settled.unwrap());
        assert_eq!((settled.first, settled.last, settled.n), (0, 2, 3));
        assert_eq!((anew.first, anew.last, anew.n, anew.settled), (3, 4, 2, None));
    }
}
