//! Speeds over ground that the ship did not have (Algorithm 2, lines 10 to 15).

use super::gather::Plan;
use super::limits::CleanParams;
use crate::ais::Fleet;
use crate::base::geo::short_distance_m;
use crate::base::units::{mps_from_kn, s_from_ms};

/// A way confirms a speed if it differs by less than this share of itself.
const CONFIRMED_SHARE: f64 = 0.2;

/// Notes in `plan` which speeds of its ship `ship` are to be replaced by the speed before.
///
/// - A speed is *impossible* below zero or beyond `smax`. Ours: beyond `smax` it stays where the
///   way sailed since the report before confirms it, for a ship's type may be wrong. With no speed
///   before, it becomes missing.
/// - A speed is *sudden* if it differs from the speed before by more than `s0` and the way sailed
///   is, but for `d0`, the way at the speed before. Ours: and if that explains the way sailed better than
///   the new speed does; otherwise, between reports that follow each other quickly, every way
///   would do, and one wrong speed would never be left again.
///
/// The speed before is the one already mended; the paper takes the one sent, and so carries each
/// wrong speed on to the next report.
pub(super) fn mend_speeds(
    fleet: &Fleet,
    ship: usize,
    smax_kn: f64,
    params: &CleanParams,
    plan: &mut Plan,
) {
    let reports = fleet.reports();
    let mut before: Option<(usize, f64)> = None;
    for run in &plan.runs[plan.ships[ship].runs.clone()] {
        for report in run.start as usize..run.end as usize {
            let sog_kn = f64::from(reports.sog_kn[report]);
            let before_kn = before.map_or(f64::NAN, |(_, kn)| kn);
            let is_impossible = sog_kn < 0.0 || sog_kn > smax_kn;
            // Not so where one of them is missing.
            let changes_much = (sog_kn - before_kn).abs() > params.s0_kn;
            let mut mended_kn = sog_kn;
            if is_impossible || changes_much {
                let way = before.map(|(before, _)| Way {
                    m: short_distance_m(reports.positions[before], reports.positions[report]),
                    s: s_from_ms(reports.t_ms[report] - reports.t_ms[before]),
                });
                let misses_m = |kn: f64| way.as_ref().map_or(f64::INFINITY, |way| way.misses_m(kn));
                if is_impossible {
                    let is_confirmed = sog_kn > 0.0
                        && way
                            .as_ref()
                            .is_some_and(|way| way.misses_m(sog_kn) < CONFIRMED_SHARE * way.m);
                    if !is_confirmed {
                        mended_kn = before_kn;
                        plan.mended.impossible_speeds += 1;
                    }
                } else if misses_m(before_kn) < params.d0_m
                    && misses_m(before_kn) < misses_m(sog_kn)
                {
                    mended_kn = before_kn;
                    plan.mended.sudden_speeds += 1;
                }
                if mended_kn.to_bits() != sog_kn.to_bits() {
                    plan.speeds.push((report as u32, mended_kn as f32));
                }
            }
            before = Some((report, mended_kn));
        }
    }
}

/// The way between two reports.
struct Way {
    m: f64,
    s: f64,
}

impl Way {
    /// How far the way is from what a ship sails at this speed.
    fn misses_m(&self, kn: f64) -> f64 {
        (self.m - mps_from_kn(kn) * self.s).abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Report, Vessel};
    use crate::base::geo::Position;

    /// Mends speeds of a ship that sails north at 12 kn, reporting once a minute.
    fn check(sent_kn: &[f32], expected_kn: &[f32], impossible: usize, sudden: usize) {
        let reports = sent_kn.iter().enumerate().map(|(minute, sog_kn)| {
            let place = Position::new(0.0, minute as f64 * 12.0 / 3600.0);
            Report { sog_kn: *sog_kn, ..Report::at(minute as i64 * 60_000, place) }
        });
        let fleet = Fleet::from_tracks(vec![(Vessel::default(), reports.collect())]);
        let mut plan = Plan::default();
        plan.add_ship(0, 0, 0, sent_kn.iter().map(|_| true));
        mend_speeds(&fleet, 0, 30.0, &CleanParams::default(), &mut plan);
        let mut mended_kn = sent_kn.to_vec();
        plan.speeds.iter().for_each(|(report, kn)| mended_kn[*report as usize] = *kn);
        let bits = |speeds: &[f32]| speeds.iter().map(|kn| kn.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&mended_kn), bits(expected_kn), "{sent_kn:?} became {mended_kn:?}");
        assert_eq!(
            (plan.mended.impossible_speeds, plan.mended.sudden_speeds),
            (impossible, sudden)
        );
    }

    #[test]
    fn impossible_speeds_become_the_speed_before() {
        check(&[12.0, -1.0, 95.0, 12.5], &[12.0, 12.0, 12.0, 12.5], 2, 0);
        check(&[12.0, f32::INFINITY, 12.5], &[12.0, 12.0, 12.5], 1, 0);
    }

    #[test]
    fn an_impossible_first_speed_becomes_missing() {
        check(&[95.0, 12.0], &[f32::NAN, 12.0], 1, 0);
    }

    #[test]
    fn a_sudden_speed_that_the_way_does_not_show_becomes_the_speed_before() {
        check(&[12.0, 28.0, 12.5, 0.0, 12.0], &[12.0, 12.0, 12.5, 12.5, 12.0], 0, 2);
    }

    #[test]
    fn after_a_wrong_first_speed_the_true_one_is_believed() {
        check(&[0.0, 12.0, 12.0], &[0.0, 12.0, 12.0], 0, 0);
    }

    #[test]
    fn missing_speeds_stay_missing() {
        check(&[f32::NAN, 12.0, f32::NAN, 28.0], &[f32::NAN, 12.0, f32::NAN, 28.0], 0, 0);
    }

    #[test]
    fn a_speed_beyond_the_limit_stays_where_the_way_confirms_it() {
        let place = |minute: i64| Position::new(0.0, minute as f64 * 40.0 / 3600.0);
        let report = |minute| Report { sog_kn: 40.0, ..Report::at(minute * 60_000, place(minute)) };
        let fleet = Fleet::from_tracks(vec![(Vessel::default(), (0..3).map(report).collect())]);
        let mut plan = Plan::default();
        plan.add_ship(0, 0, 0, [true; 3].into_iter());
        mend_speeds(&fleet, 0, 30.0, &CleanParams::default(), &mut plan);
        assert_eq!(
            plan.speeds.len(),
            1,
            "only the first, with no way before it: {:?}",
            plan.speeds
        );
        assert!(plan.speeds[0].1.is_nan());
    }
}
