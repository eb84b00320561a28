//! What time it is at a line: as the file says, or put together from the reports' own seconds.

use std::collections::VecDeque;

use super::sentence::Stamp;

/// The pace is the median of this many steps from report to report.
const PACE_STEPS: usize = 511;
/// Over how many reports a change of pace sets in.
const PACE_REPORTS: f64 = 32.0;
/// How far a report moves the clock where several come each second. Late reports hardly do then:
/// at 420 reports a second, as in `AISHub`'s feed of the world, whole bursts are 20 to 40 s late.
const DAMPING: f64 = 0.02;
/// How much farther than the pace one report can move the clock, forward and back, seconds.
const REACH_S: (f64, f64) = (0.5, 0.3);

/// Follows the time through a file.
///
/// Where lines carry no time, a report knows only the second of its minute. It is taken to be at
/// the time with that second that lies nearest to the time expected. The expected time moves on
/// with the file's pace, which is the median step between the seconds of neighboring reports, and
/// is drawn to the reports: the sparser they are, the more. On `AISHub`'s feed, whole (420 reports a
/// second) or thinned down to one report in three seconds, it kept within 30 s of the base stations'
/// clocks, so that minutes were told right, in 27 of 28 thinnings; in one it slipped by two
/// minutes, and below that density slips become common. Damping alone slipped at either end.
#[derive(Clone, Debug)]
pub struct Clock {
    date_ms: i64,
    is_stamped: bool,
    now_ms: Option<i64>,
    follower: Option<Follower>,
}

/// Puts time together from seconds; counts from its own first minute.
#[derive(Clone, Debug)]
struct Follower {
    now_s: f64,
    last_second: u8,
    /// The latest steps, and how often each of -30..=29 is among them.
    steps: VecDeque<i8>,
    counts: [u16; 60],
    pace_s: f64,
    n_steps: f64,
}

impl Clock {
    /// A clock for a file whose first report is taken to be in the first minute from `date_ms`,
    /// should no line say otherwise.
    pub fn new(date_ms: i64) -> Clock {
        Clock { date_ms, is_stamped: false, now_ms: None, follower: None }
    }

    /// The time of the next message (UTC milliseconds), and whether it was put together. `second`
    /// is what the message says of its own time.
    pub fn tell(&mut self, stamp: Stamp, second: Option<u8>) -> (i64, bool) {
        if let Stamp::At(t_ms) = stamp {
            self.is_stamped = true;
            self.now_ms = Some(t_ms);
            return (t_ms, false);
        }
        if !self.is_stamped
            && let Some(second) = second
        {
            let follower = self.follower.get_or_insert_with(|| Follower::new(second));
            let t_s = follower.follow(second);
            self.now_ms = Some(self.date_ms + (follower.now_s * 1000.0) as i64);
            return (self.date_ms + t_s * 1000, true);
        }
        (self.now_ms.unwrap_or(self.date_ms), !self.is_stamped)
    }
}

impl Follower {
    fn new(second: u8) -> Follower {
        Follower {
            now_s: second.into(),
            last_second: second,
            steps: VecDeque::with_capacity(PACE_STEPS + 1),
            counts: [0; 60],
            pace_s: 0.0,
            n_steps: 0.0,
        }
    }

    /// The time of a report with this `second`, in seconds.
    fn follow(&mut self, second: u8) -> i64 {
        let step_s = nearest_s(f64::from(second) - f64::from(self.last_second));
        self.last_second = second;
        self.n_steps = (self.n_steps + 1.0).min(PACE_REPORTS);
        self.pace_s += (self.median_step(step_s as i8) - self.pace_s) / self.n_steps;
        let expected_s = self.now_s + self.pace_s;
        let ahead_s = nearest_s(f64::from(second) - expected_s);
        let (forward_s, back_s) = REACH_S;
        let drawn_s = self.pace_s.clamp(DAMPING, 1.0) * ahead_s;
        self.now_s = expected_s + drawn_s.clamp(-back_s - self.pace_s, forward_s + self.pace_s);
        (expected_s + ahead_s).round() as i64
    }

    /// The median of the latest steps, `newest` among them; zero where it is negative: in the long
    /// run time does not go back.
    fn median_step(&mut self, newest: i8) -> f64 {
        let place = |step: i8| (step + 30) as usize;
        self.steps.push_back(newest);
        self.counts[place(newest)] += 1;
        if self.steps.len() > PACE_STEPS
            && let Some(oldest) = self.steps.pop_front()
        {
            self.counts[place(oldest)] -= 1;
        }
        let half = self.steps.len() / 2;
        let mut below = self.counts[..=place(0)].iter().map(|n| usize::from(*n)).sum::<usize>();
        let mut median = 0;
        while below <= half {
            median += 1;
            below += usize::from(self.counts[place(median)]);
        }
        median.into()
    }
}

/// The same moment of the minute within half a minute.
fn nearest_s(seconds: f64) -> f64 {
    (seconds + 30.0).rem_euclid(60.0) - 30.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;
    use crate::base::time::DAY_MS;

    const NOON_MS: i64 = DAY_MS / 2;

    /// The largest error of the clock, in seconds, for reports that truly are at `times_s`.
    fn worst_s(times_s: impl Iterator<Item = i64>) -> i64 {
        let mut clock = Clock::new(NOON_MS);
        let tell = |t_s: i64| {
            let (t_ms, is_made) = clock.tell(Stamp::None, Some(t_s.rem_euclid(60) as u8));
            assert!(is_made);
            ((t_ms - NOON_MS) / 1000 - t_s).abs()
        };
        times_s.map(tell).max().unwrap()
    }

    #[test]
    fn an_hour_of_reports_is_put_together_without_fault() {
        for every_s in [1, 5, 10, 20, 29] {
            assert_eq!(worst_s((0..3600 / every_s).map(|n| n * every_s)), 0, "every {every_s} s");
        }
        assert_eq!(worst_s((0..360_000).map(|n| n / 100)), 0, "a hundred a second");
    }

    #[test]
    fn late_reports_do_not_drag_the_clock() {
        for a_second in [4, 20, 200] {
            let mut rng = Rng::new(5, 0);
            let times_s = (20 * a_second..2000 * a_second).map(|n| {
                let late_s = if rng.happens(0.1) { rng.below(20) } else { rng.below(4) };
                n / a_second - late_s as i64
            });
            assert_eq!(worst_s(times_s), 0, "{a_second} reports a second");
        }
    }

    #[test]
    fn uneven_sparse_reports_are_followed() {
        let mut rng = Rng::new(6, 0);
        let mut t_s = 0;
        let times_s = (0..2000).map(|_| {
            t_s += rng.below(20) as i64;
            t_s
        });
        assert_eq!(worst_s(times_s), 0);
    }

    #[test]
    fn once_lines_carry_times_they_are_believed() {
        let mut clock = Clock::new(NOON_MS);
        assert_eq!(clock.tell(Stamp::None, None), (NOON_MS, true));
        assert_eq!(clock.tell(Stamp::None, Some(7)), (NOON_MS + 7000, true));
        assert_eq!(clock.tell(Stamp::At(5), Some(9)), (5, false));
        assert_eq!(clock.tell(Stamp::None, Some(9)), (5, false));
        assert_eq!(clock.tell(Stamp::OutOfRange, None), (5, false));
    }
}
