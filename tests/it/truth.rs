//! Made traffic asks for its truth back: every planted fault counted, every sailing found.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use fairway::ais::{Fault, Truth};
use fairway::base::job::Job;
use fairway::base::params::Checked;
use fairway::flow::desk::Wanted;
use fairway::flow::stages::TripsOf;
use fairway::flow::{Desk, Jobs, Session};
use fairway::io::{Reading, Refusal};
use fairway::prep::{Cleaned, Verdict};
use fairway::synth::{RouteKind, Sea, SeaParams, make};

/// A made sea, and what the stages of the desk found in it.
struct Found {
    sea: Sea,
    reading: Arc<Reading>,
    cleaned: Arc<Cleaned>,
    trips: Arc<TripsOf>,
}

/// Runs the desk on the sea of `params`.
fn find(params: SeaParams) -> Found {
    let sea = make(&Checked::new(&params).unwrap(), &Job::default()).unwrap();
    let (mut session, mut desk) = (Session::default(), Desk::default());
    session.sources.made = Some(params);
    desk.update(&session, &Jobs::Inline, &Wanted::explore());
    let (reading, cleaned, trips) = (desk.ingest.shown(), desk.clean.shown(), desk.trips.shown());
    Found {
        sea,
        reading: Arc::clone(reading.unwrap().value),
        cleaned: Arc::clone(cleaned.unwrap().value),
        trips: Arc::clone(trips.unwrap().value),
    }
}

/// The default sea, made once for all tests.
fn found() -> &'static Found {
    static FOUND: OnceLock<Found> = OnceLock::new();
    FOUND.get_or_init(|| find(SeaParams { rows: 400_000, seed: 11, ..SeaParams::default() }))
}

/// How many reports of each planted fault cleaning gave each verdict.
fn verdicts(found: &Found) -> BTreeMap<(Fault, Verdict), usize> {
    let mut counts = BTreeMap::new();
    for (index, verdict) in found.cleaned.verdicts.iter().enumerate() {
        *counts.entry((found.reading.fleet.truth(index).fault, *verdict)).or_insert(0) += 1;
    }
    counts
}

#[test]
fn every_report_without_position_is_refused_and_no_other() {
    let Found { sea, reading, .. } = found();
    let planted = sea.planted[&Fault::NoPosition] as u64;
    assert!(planted > 100, "{:?}", sea.planted);
    assert_eq!(reading.refused().of(Refusal::PositionNotAvailable), planted);
    assert_eq!(reading.refused().total(), planted);
    assert_eq!(reading.total(|file| file.rows_read), 400_000);
    assert_eq!(reading.total(|file| file.rows_kept), 400_000 - planted);
}

#[test]
fn every_planted_duplicate_is_removed_and_next_to_nothing_else_as_one() {
    let found = found();
    let (planted, counts) = (found.sea.planted[&Fault::Duplicate], verdicts(found));
    let removed = found.cleaned.removed[&Verdict::Duplicate];
    assert!(planted > 200);
    assert_eq!(removed, planted, "{counts:?}");
}

#[test]
fn planted_jumps_are_removed_and_sound_reports_stay() {
    let found = found();
    let counts = verdicts(found);
    let of = |fault, verdict| counts.get(&(fault, verdict)).copied().unwrap_or(0);
    let planted = found.sea.planted[&Fault::Jump];
    let hit = of(Fault::Jump, Verdict::Jump);
    let wrong: usize = Fault::ALL
        .into_iter()
        .filter(|fault| *fault != Fault::Jump)
        .map(|fault| of(fault, Verdict::Jump))
        .sum();
    println!("{hit} of {planted} jumps, {wrong} sound reports taken for jumps");
    assert!(planted > 100 && hit * 100 >= planted * 99, "{counts:?}");
    assert!(wrong * 1000 <= found.cleaned.reports_in(), "{counts:?}");
}

#[test]
fn cleaning_accounts_for_every_report() {
    let Found { cleaned, reading, .. } = found();
    assert_eq!(cleaned.reports_in(), reading.fleet.reports().len());
    assert_eq!(cleaned.fleet.reports().len(), cleaned.reports_kept() + cleaned.mended.steps);
}

#[test]
fn wrong_speeds_are_mended() {
    let Found { cleaned, .. } = found();
    let reports = cleaned.fleet.reports();
    let planted =
        (0..reports.len()).filter(|index| reports.truth(*index).fault == Fault::WrongSpeed);
    let still_wrong = planted.filter(|index| reports.sog_kn[*index] > 60.0).count();
    assert_eq!(still_wrong, 0);
}

#[test]
fn ships_that_share_a_number_are_told_apart() {
    let Found { cleaned, reading, .. } =
        find(SeaParams { rows: 400_000, seed: 12, shared_share: 0.3, ..SeaParams::default() });
    let (before, after) = (&reading.fleet, &cleaned.fleet);
    // Numbers under which a second ship sent a good number of reports.
    let mut planted: BTreeMap<u32, usize> = BTreeMap::new();
    for (index, owner) in before.owners().into_iter().enumerate() {
        if before.truth(index).fault == Fault::SharedMmsi {
            *planted.entry(before.vessels()[owner as usize].mmsi.0).or_default() += 1;
        }
    }
    planted.retain(|_, reports| *reports >= 100);
    let split: BTreeSet<u32> = cleaned.shared.iter().map(|shared| shared.mmsi.0).collect();
    let hit = planted.keys().filter(|mmsi| split.contains(mmsi)).count();
    println!("{hit} of {} shared numbers split, {} split in all", planted.len(), split.len());
    assert!(planted.len() >= 15 && hit * 10 >= planted.len() * 9, "{planted:?} {split:?}");
    assert!(split.len() <= hit + 1, "ships that share nothing are not split: {split:?}");
    // Of each ship that comes out, the reports of whichever of both she is not.
    let is_other = |index: &usize| after.truth(*index).fault == Fault::SharedMmsi;
    let (mut mixed, mut all) = (0, 0);
    for range in (0..after.vessels().len())
        .filter(|vessel| split.contains(&after.vessels()[*vessel].mmsi.0))
        .map(|vessel| after.range(vessel))
    {
        let others = range.clone().filter(is_other).count();
        mixed += others.min(range.len() - others);
        all += range.len();
    }
    println!("{mixed} of {all} reports of split ships with the wrong one");
    assert!(mixed * 50 <= all, "{mixed} of {all}");
}

#[test]
fn true_sailings_are_found_whole() {
    let Found { sea, trips, .. } = found();
    let fleet = trips.fleet();
    let reports = fleet.reports();
    // What cleaning left of each sailing, and whether a silence was planted in it.
    let (mut left, mut has_gap) = (vec![0_usize; sea.trips.len()], vec![false; sea.trips.len()]);
    let mut is_shared = vec![false; sea.trips.len()];
    for (index, owner) in fleet.owners().into_iter().enumerate() {
        let truth = reports.truth(index);
        if truth.trip != Truth::NONE {
            left[truth.trip as usize] += 1;
            has_gap[truth.trip as usize] |= truth.fault == Fault::Gap;
            is_shared[truth.trip as usize] |= fleet.vessels()[owner as usize].part > 0;
        }
    }
    let mut found: Vec<Vec<usize>> = vec![Vec::new(); sea.trips.len()];
    for trip in &trips.trips.trips {
        let mut own: BTreeMap<u32, usize> = BTreeMap::new();
        trip.reports
            .clone()
            .for_each(|index| *own.entry(reports.truth(index).trip).or_default() += 1);
        own.into_iter()
            .filter(|(id, _)| *id != Truth::NONE)
            .for_each(|(id, n)| found[id as usize].push(n));
    }
    let is_asked = |id: &usize| {
        let route = sea.routes.get(sea.trips[*id].route as usize);
        route.is_some_and(|route| route.kind == RouteKind::Lane)
            && !has_gap[*id]
            && !is_shared[*id]
            && left[*id] >= 30
    };
    let asked: Vec<usize> = (0..sea.trips.len()).filter(is_asked).collect();
    let whole = asked
        .iter()
        .filter(|id| matches!(found[**id].as_slice(), [n] if n * 10 >= left[**id] * 9))
        .count();
    println!("{whole} of {} lane sailings found whole", asked.len());
    assert!(asked.len() > 200, "{}", asked.len());
    assert!(whole * 100 >= asked.len() * 95, "{whole} of {}", asked.len());
}

#[test]
fn trips_share_no_report_and_add_up() {
    let Found { trips, .. } = found();
    let fleet = trips.fleet();
    let all = &trips.trips;
    let mut taken = vec![false; fleet.reports().len()];
    for trip in &all.trips {
        assert!(trip.reports.len() >= 2);
        for index in trip.reports.clone() {
            assert!(
                !std::mem::replace(&mut taken[index], true),
                "report {index} belongs to two trips"
            );
        }
    }
    assert_eq!(all.reports, taken.iter().filter(|is_taken| **is_taken).count());
    assert_eq!(all.reports + all.stopped + all.dropped.reports, fleet.reports().len());
}
