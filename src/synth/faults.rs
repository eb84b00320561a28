//! What goes wrong with reports: silences, jumps, missing positions, wrong speeds, repeated rows,
//! shared numbers. (Destinations are misspelt where they are typed, in `work`.)

use std::ops::Range;

use super::SeaParams;
use super::line::micro;
use crate::ais::{Fault, Reports, Truth};
use crate::base::geo::{Position, destination};
use crate::base::rng::Rng;

/// "Not available" as receivers write it: 181 degrees east, 91 degrees north.
pub const NO_POSITION: Position = Position::new(181.0, 91.0);
/// A jump leads so far away, meters: farther than any ship gets between two reports.
const JUMP_M: Range<f64> = 30_000.0..150_000.0;
/// Two faults of one track have at least so many good reports between them.
const APART: usize = 3;

/// The reports of one ship with faults of every kind but shared numbers, each named in the truth
/// column. Faults stay apart, and spare first and last reports.
pub(super) fn plant(params: &SeaParams, clean: Reports, rng: &mut Rng) -> Reports {
    let silences = silences(params, &clean, rng);
    let (jump, nowhere) = (params.jump_share, params.no_position_share);
    let (speed, double) = (params.wrong_speed_share, params.duplicate_share);
    if silences.is_empty() && jump + nowhere + speed + double == 0.0 {
        return clean;
    }
    let mut faulty = Reports::default();
    faulty.reserve(clean.len() + clean.len() / 100);
    faulty.truth.reserve(clean.len() + clean.len() / 100);
    let mut silences = silences.into_iter().peekable();
    let mut good_before = 0;
    let mut index = 0;
    while index < clean.len() {
        let (mut report, mut truth) = (clean.get(index), clean.truth(index));
        if let Some(silence) = silences.next_if(|silence| silence.start == index) {
            index = silence.end;
            (report, truth) = (clean.get(index), clean.truth(index));
            truth.fault = Fault::Gap;
        }
        let until_silence = silences.peek().map_or(usize::MAX, |silence| silence.start - index);
        let is_free = truth.fault == Fault::None
            && good_before >= APART
            && until_silence > APART
            && index + APART < clean.len()
            && (1..=APART).all(|ahead| clean.truth(index + ahead).fault == Fault::None);
        let dice = if is_free { rng.unit() } else { 1.0 };
        if dice < jump {
            truth.fault = Fault::Jump;
            let far = destination(
                report.position,
                360.0 * rng.unit(),
                rng.between(JUMP_M.start, JUMP_M.end),
            );
            report.position = Position::new(micro(far.lon_deg), micro(far.lat_deg));
        } else if dice < jump + nowhere {
            truth.fault = Fault::NoPosition;
            report.position = NO_POSITION;
            (report.sog_kn, report.cog_deg) = (f32::NAN, f32::NAN);
        } else if dice < jump + nowhere + speed {
            truth.fault = Fault::WrongSpeed;
            report.sog_kn = wrong_sog_kn(rng);
        }
        faulty.push_with_truth(report, truth);
        if (jump + nowhere + speed..jump + nowhere + speed + double).contains(&dice) {
            truth.fault = Fault::Duplicate;
            faulty.push_with_truth(report, truth);
        }
        good_before = if truth.fault == Fault::None { good_before + 1 } else { 0 };
        index += 1;
    }
    faulty
}

/// The reports of `own` and of another ship under the same number, in time order; of one time,
/// the own first.
pub(super) fn mix(own: &Reports, others: &Reports) -> Reports {
    let mut mixed = Reports::default();
    mixed.reserve(own.len() + others.len());
    let mut next = 0;
    let push_other = |mixed: &mut Reports, at: usize| {
        let truth = Truth { fault: Fault::SharedMmsi, ..others.truth(at) };
        mixed.push_with_truth(others.get(at), truth);
    };
    for index in 0..own.len() {
        while next < others.len() && others.t_ms[next] < own.t_ms[index] {
            push_other(&mut mixed, next);
            next += 1;
        }
        mixed.push_with_truth(own.get(index), own.truth(index));
    }
    for at in next..others.len() {
        push_other(&mut mixed, at);
    }
    mixed
}

/// "Not available" one time in two, else more than ships reach.
fn wrong_sog_kn(rng: &mut Rng) -> f32 {
    if rng.happens(0.5) { f32::NAN } else { (rng.between(650.0, 1022.0) as i32) as f32 / 10.0 }
}

/// Ranges of reports that nobody heard, one in a share of the sailings: out of reach of the
/// coast for some minutes, or of the satellites for hours. The report after each is planted.
fn silences(params: &SeaParams, clean: &Reports, rng: &mut Rng) -> Vec<Range<usize>> {
    let mut silences = Vec::new();
    let mut start = 0;
    for trip in clean.truth.chunk_by(|a, b| a.trip == b.trip) {
        let range = start..start + trip.len();
        start = range.end;
        if trip[0].trip == Truth::NONE || trip.len() < 40 || !rng.happens(params.gap_share) {
            continue;
        }
        let (from_ms, to_ms) = (clean.t_ms[range.start], clean.t_ms[range.end - 1]);
        let minutes =
            if rng.happens(0.6) { rng.between(15.0, 45.0) } else { rng.between(60.0, 180.0) };
        let silent_ms = (minutes * 60_000.0).min(0.5 * (to_ms - from_ms) as f64) as i64;
        let latest_ms = to_ms - silent_ms - (to_ms - from_ms) / 10;
        let begin_ms = from_ms + ((latest_ms - from_ms) as f64 * rng.between(0.15, 1.0)) as i64;
        let index_of =
            |t_ms: i64| range.start + clean.t_ms[range.clone()].partition_point(|t| *t < t_ms);
        let silence = index_of(begin_ms)..index_of(begin_ms + silent_ms);
        let is_inside = silence.start > range.start + APART && silence.end + APART < range.end;
        if is_inside && silence.len() >= 5 {
            silences.push(silence);
        }
    }
    silences
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{NavStatus, Report};
    use crate::base::geo::distance_m;

    /// A ship on one trip, straight north at ten knots, a report a minute.
    fn straight(n: usize) -> Reports {
        let mut reports = Reports::default();
        for i in 0..n {
            let at = Position::new(-45.0, micro(41.0 + 0.00278 * i as f64));
            let report = Report {
                sog_kn: 10.0,
                cog_deg: 0.0,
                status: NavStatus(0),
                ..Report::at(i as i64 * 60_000, at)
            };
            reports.push_with_truth(report, Truth { route: 0, trip: 0, fault: Fault::None });
        }
        reports
    }

    fn indices(reports: &Reports, fault: Fault) -> Vec<usize> {
        (0..reports.len()).filter(|index| reports.truth[*index].fault == fault).collect()
    }

    fn faulty() -> Reports {
        let params = SeaParams {
            gap_share: 1.0,
            jump_share: 0.02,
            no_position_share: 0.02,
            wrong_speed_share: 0.02,
            duplicate_share: 0.02,
            ..SeaParams::default()
        };
        plant(&params, straight(5000), &mut Rng::new(4, 4))
    }

    #[test]
    fn a_jump_leads_far_away_and_back() {
        let reports = faulty();
        let jumps = indices(&reports, Fault::Jump);
        assert!(jumps.len() > 30, "{}", jumps.len());
        for at in jumps {
            let [before, there, after] = [at - 1, at, at + 1].map(|i| reports.positions[i]);
            assert!(distance_m(before, there) > 25_000.0 && distance_m(there, after) > 25_000.0);
            assert!(distance_m(before, after) < 1000.0);
        }
    }

    #[test]
    fn missing_positions_and_wrong_speeds_are_what_receivers_write() {
        let reports = faulty();
        let nowhere = indices(&reports, Fault::NoPosition);
        assert!(
            nowhere.len() > 30 && nowhere.iter().all(|at| reports.positions[*at] == NO_POSITION)
        );
        let speeds = indices(&reports, Fault::WrongSpeed);
        assert!(speeds.len() > 30);
        assert!(speeds.iter().all(|at| reports.sog_kn[*at].is_nan() || reports.sog_kn[*at] > 60.0));
    }

    #[test]
    fn a_duplicate_is_exactly_the_row_before() {
        let reports = faulty();
        let doubles = indices(&reports, Fault::Duplicate);
        assert!(doubles.len() > 30);
        assert!(doubles.iter().all(|at| reports.get(*at).is_same(&reports.get(at - 1))));
        let twice = (1..reports.len()).filter(|at| reports.get(*at).is_same(&reports.get(at - 1)));
        assert_eq!(twice.count(), doubles.len());
    }

    #[test]
    fn a_gap_is_a_silence_within_a_trip() {
        let reports = faulty();
        let gaps = indices(&reports, Fault::Gap);
        assert_eq!(gaps.len(), 1);
        assert!(reports.t_ms[gaps[0]] - reports.t_ms[gaps[0] - 1] > 10 * 60_000);
        let longest = reports.t_ms.windows(2).map(|pair| pair[1] - pair[0]).max();
        assert_eq!(longest, Some(reports.t_ms[gaps[0]] - reports.t_ms[gaps[0] - 1]));
    }

    #[test]
    fn without_shares_nothing_changes() {
        let (clean, mut rng) = (straight(100), Rng::new(4, 4));
        let same = plant(&SeaParams::faultless(), clean.clone(), &mut rng);
        // Headings are not-a-number: compared as text.
        assert!(format!("{same:?}") == format!("{clean:?}"));
    }

    #[test]
    fn two_ships_under_one_number_come_in_time_order() {
        let (own, other) = (straight(50), straight(30));
        let mixed = mix(&own, &other);
        assert_eq!(mixed.len(), 80);
        assert!(mixed.t_ms.is_sorted());
        assert_eq!(indices(&mixed, Fault::SharedMmsi).len(), 30);
        assert_eq!(mixed.truth[0].fault, Fault::None);
    }
}
