//! What to mind when reading a report: how far the data cover what they are taken for, in sentences.

use crate::ais::{Fleet, Trip};
use crate::base::text::{counted, grouped};
use crate::base::time::{duration_text, utc_text};
use crate::flow::desk::Desk;
use crate::flow::stages::ChosenOf;
use crate::io::Reading;
use crate::prep::{Cleaned, Verdict};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// No report at all for longer than this is a gap: where any ship sails, some station hears her.
const GAP_MS: i64 = HOUR_MS;

/// A ship under way that is not heard for longer than this is silent.
const SILENCE_MS: i64 = 10 * MINUTE_MS;

/// Fewer reports than these say little of a sea, or of a vessel.
const FEW_REPORTS: usize = 1000;
const FEW_OF_A_VESSEL: usize = 10;

/// Shares above which something is worth a sentence.
const SHARE: f64 = 0.01;

/// What is to be minded about data and results, the gravest first.
pub fn warnings(desk: &Desk) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(shown) = desk.ingest.shown() {
        of_reading(shown.value, &mut said);
        of_coverage(&shown.value.fleet, &mut said);
    }
    if let Some(shown) = desk.clean.shown() {
        of_cleaning(shown.value, &mut said);
    }
    if let Some(shown) = desk.filter.shown() {
        of_trips(shown.value, &mut said);
    }
    if let Some(shown) = desk.clusters.shown() {
        let labels = shown.value.labels();
        let (noise, all) = (labels.noise(), labels.len());
        if noise > 0 {
            said.push(format!(
                "{} of {} are in no cluster ({}): routes say nothing of them.",
                grouped(noise as u64),
                counted(all as u64, "trip"),
                percent(noise, all)
            ));
        }
    }
    said
}

fn percent(part: usize, all: usize) -> String {
    let share = if all == 0 { 0.0 } else { 100.0 * part as f64 / all as f64 };
    match share {
        _ if part == 0 => "0 %".into(),
        share if share < 0.1 => "less than 0.1 %".into(),
        share => format!("{share:.1} %"),
    }
}

/// Whether a count is worth a sentence among so many.
fn is_much(part: usize, all: usize) -> bool {
    part as f64 > SHARE * all as f64
}

fn of_reading(reading: &Reading, said: &mut Vec<String>) {
    for file in &reading.files {
        if let Some(fault) = &file.fault {
            said.push(format!("{} was not read, or not to its end: {fault}.", file.path.display()));
        }
        said.extend(file.notes.iter().map(|note| format!("{}: {note}.", file.path.display())));
    }
    let refused = reading.refused();
    let (n, all) = (refused.total() as usize, reading.total(|file| file.rows_read) as usize);
    if n > 0 {
        let most = refused.iter().max_by_key(|(_, counted)| counted.n);
        let why = most.map_or("", |(reason, _)| reason.name());
        said.push(format!(
            "{} of {} were refused ({}), most of them for: {why}.",
            grouped(n as u64),
            counted(all as u64, "row"),
            percent(n, all)
        ));
    }
    let reports = reading.fleet.reports().len();
    for (odd, counted) in reading.odd().iter() {
        if is_much(counted.n as usize, reports) {
            let n = grouped(counted.n);
            said.push(format!("{n} rows were odd but kept: {}.", odd.name()));
        }
    }
}

/// Periods without any report, in order.
fn gaps(fleet: &Fleet) -> Vec<(i64, i64)> {
    let mut times = fleet.reports().t_ms.clone();
    times.sort_unstable();
    let far = times.windows(2).filter(|two| two[1] - two[0] > GAP_MS);
    far.map(|two| (two[0], two[1])).collect()
}

fn of_coverage(fleet: &Fleet, said: &mut Vec<String>) {
    let n = fleet.reports().len();
    if n < FEW_REPORTS {
        said.push(format!("There are few data: {} in all.", counted(n as u64, "report")));
    }
    let gaps = gaps(fleet);
    let total_ms: i64 = gaps.iter().map(|(from_ms, to_ms)| to_ms - from_ms).sum();
    if let Some((from_ms, to_ms)) = gaps.iter().max_by_key(|(from_ms, to_ms)| to_ms - from_ms) {
        said.push(format!(
            "Nothing was received from {} to {} UTC ({}){}.",
            utc_text(*from_ms),
            utc_text(*to_ms),
            duration_text(to_ms - from_ms),
            match gaps.len() {
                1 => String::new(),
                n => format!(
                    ", the longest of {n} gaps of more than an hour, {} in all",
                    duration_text(total_ms)
                ),
            }
        ));
    }
    if let Some((from_ms, to_ms)) = fleet.time_span_ms()
        && to_ms - from_ms < 24 * HOUR_MS
    {
        said.push(format!(
            "The data span {}: no full day, so that hours of the day cannot be compared.",
            duration_text(to_ms - from_ms)
        ));
    }
    let vessels = fleet.vessels().len();
    let few = (0..vessels).filter(|vessel| fleet.range(*vessel).len() < FEW_OF_A_VESSEL).count();
    if is_much(few, vessels) {
        said.push(format!(
            "{} of {} sent fewer than {FEW_OF_A_VESSEL} reports ({}).",
            grouped(few as u64),
            counted(vessels as u64, "vessel"),
            percent(few, vessels)
        ));
    }
}

fn of_cleaning(cleaned: &Cleaned, said: &mut Vec<String>) {
    let all = cleaned.reports_in();
    let removed = |verdict: Verdict| cleaned.removed.get(&verdict).copied().unwrap_or_default();
    let (jumps, stations) = (removed(Verdict::Jump), removed(Verdict::NotShip));
    if jumps > 0 {
        said.push(format!(
            "{} lay where their ships cannot have been and were removed ({}).",
            counted(jumps as u64, "report"),
            percent(jumps, all)
        ));
    }
    if stations > 0 {
        said.push(format!(
            "{} came from stations on land, aids to navigation or aircraft and were removed ({}).",
            counted(stations as u64, "report"),
            percent(stations, all)
        ));
    }
    let doubled = removed(Verdict::Duplicate) + removed(Verdict::SameTime);
    if is_much(doubled, all) {
        said.push(format!(
            "{} were sent or stored twice ({}).",
            counted(doubled as u64, "report"),
            percent(doubled, all)
        ));
    }
    if !cleaned.shared.is_empty() {
        said.push(format!(
            "{} used by several ships at a time; they were told apart.",
            match cleaned.shared.len() {
                1 => "One MMSI was".to_owned(),
                n => format!("{n} MMSIs were"),
            }
        ));
    }
}

/// How much of the time of trips lies in silences: milliseconds of silence, and of all.
fn silence_ms<'a>(fleet: &Fleet, trips: impl Iterator<Item = &'a Trip>) -> (i64, i64) {
    let (mut silent, mut all) = (0, 0);
    for trip in trips {
        for two in trip.track(fleet).t_ms.windows(2) {
            let step_ms = two[1] - two[0];
            all += step_ms;
            silent += if step_ms > SILENCE_MS { step_ms } else { 0 };
        }
    }
    (silent, all)
}

fn of_trips(chosen: &ChosenOf, said: &mut Vec<String>) {
    let fleet = chosen.fleet();
    let (kept, all) = (chosen.chosen.kept.len(), chosen.chosen.trips_in());
    if kept == 0 {
        said.push(if all == 0 {
            "There are no trips: no piece of a track is long enough.".into()
        } else {
            "No trip passes the filter.".to_owned()
        });
        return;
    }
    if kept < all {
        said.push(format!(
            "A filter is set: {} of {} are looked at.",
            grouped(kept as u64),
            counted(all as u64, "trip")
        ));
    }
    let (silent, under_way) = silence_ms(fleet, chosen.kept().map(|(_, trip)| trip));
    if under_way > 0 && silent as f64 > SHARE * under_way as f64 {
        said.push(format!(
            "Ships under way were silent for more than {} at a time during {:.1} % of their trips' time: what they did meanwhile is not known.",
            duration_text(SILENCE_MS),
            100.0 * silent as f64 / under_way as f64
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Mmsi, Report, Vessel};
    use crate::base::geo::Position;

    /// A fleet of one vessel that reports at these minutes.
    fn fleet(minutes: &[i64]) -> Fleet {
        let vessel = Vessel { mmsi: Mmsi(211_000_001), ..Vessel::default() };
        let report = |minute: &i64| {
            let place = Position::new(5.0 + *minute as f64 / 1000.0, 50.0);
            Report::at(minute * MINUTE_MS, place)
        };
        Fleet::from_tracks(vec![(vessel, minutes.iter().map(report).collect())])
    }

    #[test]
    fn gaps_are_periods_of_more_than_an_hour_without_any_report() {
        let fleet = fleet(&[0, 60, 121, 130, 330]);
        assert_eq!(
            gaps(&fleet),
            [(60 * MINUTE_MS, 121 * MINUTE_MS), (130 * MINUTE_MS, 330 * MINUTE_MS)]
        );
        let mut said = Vec::new();
        of_coverage(&fleet, &mut said);
        let all = said.join("\n");
        assert!(
            all.contains("from 1970-01-01 02:10:00 to 1970-01-01 05:30:00 UTC (3 h 20 min)"),
            "{all}"
        );
        assert!(
            all.contains("the longest of 2 gaps of more than an hour, 4 h 21 min in all"),
            "{all}"
        );
        assert!(all.contains("few data: 5 reports") && all.contains("no full day"), "{all}");
        assert!(all.contains("1 of 1 vessel sent fewer than 10 reports (100.0 %)"), "{all}");
    }

    #[test]
    fn silence_counts_only_steps_of_more_than_ten_minutes() {
        let fleet = fleet(&[0, 5, 10, 30, 40]);
        let trip = Trip {
            vessel: 0,
            reports: 0..5,
            length_m: 1.0,
            begins: crate::ais::Ending::Track,
            ends: crate::ais::Ending::Track,
        };
        assert_eq!(silence_ms(&fleet, [trip].iter()), (20 * MINUTE_MS, 40 * MINUTE_MS));
    }

    #[test]
    fn shares_are_told_to_a_tenth_of_a_percent() {
        assert_eq!(
            [percent(0, 0), percent(1, 2), percent(1, 100_000)],
            ["0 %", "50.0 %", "less than 0.1 %"]
        );
    }
}
