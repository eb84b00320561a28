//! Steps inserted into silences in which a ship sailed on (Algorithm 2, lines 18 to 22).

use rayon::prelude::*;

use super::limits::CleanParams;
use crate::ais::{Fleet, Report, Reports, Truth};
use crate::base::angle::{turn_deg, wrap_deg};
use crate::base::geo::{Position, short_distance_m, wrap_lon_deg};
use crate::base::job::{Job, Stopped};
use crate::base::units::{mps_from_kn, s_from_ms};

/// The fleet with steps inserted, and how many.
///
/// Where a silence lasts longer than `t0` and the ship sailed `m` steps in it at the speed before,
/// 3 or more, every feature that varies with time goes from its value before to its value after in
/// `m` equal steps, the last of which is the report that ends the silence.
///
/// The paper counts a step in units of its clock, which it does not name; ours is `t0`. And ours
/// inserts no more than one step a `t0`, for at a speed near zero the paper's `m` grows without
/// limit, and none into silences longer than [`CleanParams::longest_min`]. Directions take the
/// short way round; what is missing at either end stays missing.
pub(super) fn insert_steps(
    fleet: &Fleet,
    params: &CleanParams,
    job: &Job,
) -> Result<(Fleet, usize), Stopped> {
    let has_truth = !fleet.reports().truth.is_empty();
    let tracks: Vec<Reports> = (0..fleet.vessels().len())
        .into_par_iter()
        .map(|vessel| {
            job.go_on()?;
            let mut reports = Reports::default();
            let range = fleet.range(vessel);
            for index in range.clone() {
                let report = fleet.reports().get(index);
                if index > range.start {
                    for step in steps(fleet.reports().get(index - 1), report, params) {
                        if has_truth {
                            reports.push_with_truth(step, Truth::UNKNOWN);
                        } else {
                            reports.push(step);
                        }
                    }
                }
                if has_truth {
                    reports.push_with_truth(report, fleet.truth(index));
                } else {
                    reports.push(report);
                }
            }
            Ok(reports)
        })
        .collect::<Result<_, Stopped>>()?;
    let mut reports = Reports::default();
    let mut starts = vec![0];
    for mut track in tracks {
        reports.append(&mut track);
        starts.push(reports.len());
    }
    let n = reports.len() - fleet.reports().len();
    Ok((Fleet::new(fleet.vessels().to_vec(), starts, reports), n))
}

/// What is to be inserted between two reports.
fn steps(before: Report, after: Report, params: &CleanParams) -> impl Iterator<Item = Report> {
    let lasts_s = s_from_ms(after.t_ms - before.t_ms);
    let mut n = 0;
    if lasts_s > params.t0_s && lasts_s <= 60.0 * params.longest_min {
        let step_m = mps_from_kn(f64::from(before.sog_kn)) * params.t0_s;
        let m =
            (short_distance_m(before.position, after.position) / step_m).min(lasts_s / params.t0_s);
        if step_m > 0.0 && m >= 3.0 {
            n = m as i64;
        }
    }
    (1..n).map(move |i| {
        let share = i as f64 / n as f64;
        let between = |a: f32, b: f32| a + (b - a) * share as f32;
        let toward = |a: f32, b: f32| {
            let (a, b) = (f64::from(a), f64::from(b));
            wrap_deg(a + share * turn_deg(a, b)) as f32
        };
        let d_lon_deg = wrap_lon_deg(after.position.lon_deg - before.position.lon_deg);
        Report {
            t_ms: before.t_ms + (after.t_ms - before.t_ms) * i / n,
            position: Position::new(
                wrap_lon_deg(before.position.lon_deg + share * d_lon_deg),
                before.position.lat_deg
                    + share * (after.position.lat_deg - before.position.lat_deg),
            ),
            sog_kn: between(before.sog_kn, after.sog_kn),
            cog_deg: toward(before.cog_deg, after.cog_deg),
            heading_deg: toward(before.heading_deg, after.heading_deg),
            rot_deg_min: between(before.rot_deg_min, after.rot_deg_min),
            status: before.status,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::Vessel;

    /// The ways from 0 to `s` seconds at the equator, going east at 10 kn.
    fn inserted(s: i64, sog_kn: f32) -> Vec<Report> {
        let place = |s: i64| Position::new(wrap_lon_deg(179.98 + s as f64 * 10.0 / 216_000.0), 0.0);
        let at = |s: i64, cog_deg| Report { sog_kn, cog_deg, ..Report::at(s * 1000, place(s)) };
        steps(at(0, 350.0), at(s, 10.0), &CleanParams::default()).collect()
    }

    #[test]
    fn a_silence_of_ten_steps_gets_nine_between() {
        let steps = inserted(1800, 10.0);
        assert_eq!(steps.len(), 9);
        assert_eq!(steps[4].t_ms, 900_000);
        assert!(steps[4].cog_deg < 1e-3 || steps[4].cog_deg > 359.999, "{}", steps[4].cog_deg);
        assert!(
            (steps[4].position.lon_deg - (-179.978_333)).abs() < 1e-5,
            "{:?}",
            steps[4].position
        );
    }

    #[test]
    fn short_silences_and_ships_that_lay_still_get_none() {
        assert_eq!(inserted(180, 10.0).len(), 0);
        assert_eq!(inserted(400, 10.0).len(), 0);
        assert_eq!(inserted(1800, 0.0).len(), 0);
        assert_eq!(inserted(1800, f32::NAN).len(), 0);
    }

    #[test]
    fn silences_longer_than_wanted_get_none() {
        assert_eq!(inserted(1801, 10.0).len(), 0);
    }

    #[test]
    fn a_slow_ship_gets_no_more_than_one_step_in_t0() {
        assert_eq!(inserted(1800, 0.1).len(), 9);
    }

    #[test]
    fn the_reports_around_the_steps_stay_as_they_are() {
        let at =
            |s: i64, lat| Report { sog_kn: 10.0, ..Report::at(s * 1000, Position::new(0.0, lat)) };
        let fleet = Fleet::from_tracks(vec![(Vessel::default(), vec![at(0, 0.0), at(900, 0.05)])]);
        let (with, n) = insert_steps(&fleet, &CleanParams::default(), &Job::default()).unwrap();
        assert_eq!((n, with.reports().len()), (4, 6));
        assert_eq!(with.reports().t_ms, [0, 180_000, 360_000, 540_000, 720_000, 900_000]);
        assert!(with.reports().get(5).is_same(&fleet.reports().get(1)));
    }
}
