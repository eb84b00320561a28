//! Times of day without a date that run over midnight.

use rustc_hash::FxHashMap;

use super::batch::Batch;
use crate::base::time::DAY_MS;

/// A ship whose time of day falls back by more than this has come to the next day.
const FALL_MS: i64 = DAY_MS / 2;

/// What the times of one ship say, in the order of the file.
#[derive(Clone, Copy)]
struct Sequence {
    last_ms: i64,
    falls: u32,
    /// The first time of day before the fall, and the last one after it.
    first_before_ms: i64,
    last_after_ms: i64,
}

/// Moves rows that lie after midnight to the next day, where times have no date and the file runs
/// over midnight; what was done, or could not be, in words.
///
/// It does so if the times of some ship fall back by more than half a day, while those of ships rise
/// otherwise. The day ends in the longest silence between what came after such falls and what came
/// before them, whoever was silent, so that ships that were heard on one side alone are moved too.
/// A file in which ship comes after ship through the same day is left as it is, and so is one that
/// is not in the order of time. Where nobody is named (`is_anonymous`) all rows count as one ship's.
pub fn mend(batches: &mut [Batch], is_anonymous: bool) -> Option<String> {
    let mut ships: FxHashMap<u32, Sequence> = FxHashMap::default();
    let (mut rises, mut drops) = (0_u64, 0_u64);
    for batch in &*batches {
        for group in &batch.groups {
            let id = if is_anonymous { 0 } else { group.id };
            for report in &batch.reports[group.rows.clone()] {
                let t_ms = report.t_ms;
                let ship = ships.entry(id).or_insert(Sequence {
                    last_ms: t_ms,
                    falls: 0,
                    first_before_ms: t_ms,
                    last_after_ms: i64::MIN,
                });
                let step_ms = t_ms - ship.last_ms;
                if step_ms < -FALL_MS {
                    ship.falls += 1;
                } else {
                    rises += u64::from(step_ms > 0);
                    drops += u64::from(step_ms < 0);
                }
                ship.last_ms = t_ms;
                if ship.falls == 0 {
                    ship.first_before_ms = ship.first_before_ms.min(t_ms);
                } else {
                    ship.last_after_ms = ship.last_after_ms.max(t_ms);
                }
            }
        }
    }
    let fell = || ships.values().filter(|ship| ship.falls > 0);
    if drops >= rises.max(1) {
        return None; // Not in the order of time: falls mean nothing.
    }
    let low_ms = fell().map(|ship| ship.last_after_ms).max()?;
    let high_ms = fell().map(|ship| ship.first_before_ms).min()?;
    if low_ms >= high_ms {
        return Some(
            "times of day fall back, and not by one midnight alone: all were left on one day, so \
             that their order may be wrong; give the file a column with the date"
                .into(),
        );
    }
    let reports = || batches.iter().flat_map(|batch| &batch.reports).map(|report| report.t_ms);
    let mut between_ms: Vec<i64> =
        reports().filter(|t_ms| (low_ms..=high_ms).contains(t_ms)).collect();
    between_ms.sort_unstable();
    let silence = between_ms.windows(2).max_by_key(|pair| pair[1] - pair[0])?;
    let begin_ms = silence[1];
    let mut moved = 0_u64;
    for batch in batches {
        for report in batch.reports.iter_mut().filter(|report| report.t_ms < begin_ms) {
            report.t_ms += DAY_MS;
            moved += 1;
        }
        let abouts = batch.abouts.iter_mut();
        let of_next_day = abouts.filter(|about| about.t_ms != i64::MIN && about.t_ms < begin_ms);
        of_next_day.for_each(|about| about.t_ms += DAY_MS);
    }
    Some(format!("times run over midnight: {moved} rows were taken to be of the next day"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Report, Static};
    use crate::base::geo::Position;
    use crate::io::batch::BatchBuilder;

    const HOUR_MS: i64 = 3_600_000;

    /// Rows of ship and hour, in batches of so many.
    fn batches(rows: &[(u32, f64)], size: usize) -> Vec<Batch> {
        let batch = |rows: &[(u32, f64)]| {
            let mut builder = BatchBuilder::default();
            for (id, hour) in rows {
                let t_ms = (hour * HOUR_MS as f64) as i64;
                builder.keep(*id, Report::at(t_ms, Position::new(0.0, 0.0)), None);
                builder.about(*id, t_ms, Static::default());
            }
            builder.finish()
        };
        rows.chunks(size).map(batch).collect()
    }

    /// The hours of each ship after mending.
    fn mended(rows: &[(u32, f64)], is_anonymous: bool) -> Vec<(u32, f64)> {
        let mut all = Vec::new();
        let mut batches = batches(rows, 3);
        mend(&mut batches, is_anonymous);
        for batch in &batches {
            for group in &batch.groups {
                let hours = batch.reports[group.rows.clone()].iter().map(|report| report.t_ms);
                all.extend(hours.map(|t_ms| (group.id, t_ms as f64 / HOUR_MS as f64)));
            }
            for about in &batch.abouts {
                let hour = about.t_ms as f64 / HOUR_MS as f64;
                assert!(all.contains(&(about.id, hour)), "what a ship says is of the same day");
            }
        }
        all.sort_by(|a, b| a.partial_cmp(b).unwrap());
        all
    }

    #[test]
    fn times_that_run_over_midnight_go_on_the_next_day() {
        // Ship 3 is only heard before midnight, ship 4 only after it.
        let rows = [(1, 22.0), (2, 22.5), (3, 23.0), (1, 23.5), (4, 0.2), (1, 0.5), (2, 1.0)];
        let expected =
            [(1, 22.0), (1, 23.5), (1, 24.5), (2, 22.5), (2, 25.0), (3, 23.0), (4, 24.2)];
        assert_eq!(mended(&rows, false), expected);
        let note = mend(&mut batches(&rows, 7), false).unwrap();
        assert!(note.starts_with("times run over midnight: 3 rows"), "{note}");
    }

    #[test]
    fn where_nobody_is_named_the_rows_are_one_sequence() {
        let rows = [(1, 22.0), (2, 23.0), (3, 23.9), (4, 0.1), (5, 3.0)];
        let expected = [(1, 22.0), (2, 23.0), (3, 23.9), (4, 24.1), (5, 27.0)];
        assert_eq!(mended(&rows, true), expected);
        assert_eq!(mended(&rows, false), rows, "each a ship of its own: nothing fell");
    }

    #[test]
    fn what_lies_in_one_day_stays_there() {
        for rows in [
            &[][..],
            &[(1, 5.0)],
            // Ship after ship through the same day.
            &[(1, 0.1), (1, 12.0), (1, 23.9), (2, 0.2), (2, 12.0), (2, 23.8)],
            // Backward in time.
            &[(1, 23.0), (1, 22.0), (1, 9.0), (1, 8.0)],
            // In no order at all.
            &[(1, 23.0), (1, 1.0), (1, 20.0), (1, 2.0), (1, 9.0), (1, 8.0), (1, 7.0)],
        ] {
            let mut sorted = rows.to_vec();
            sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
            assert_eq!(mended(rows, false), sorted);
        }
    }

    #[test]
    fn days_that_cannot_be_told_are_said_to_be() {
        // Two midnights: what came after the first came before the second.
        let rows = [(1, 20.0), (1, 23.0), (1, 2.0), (1, 20.0), (1, 23.0), (1, 2.0), (1, 3.0)];
        let note = mend(&mut batches(&rows, 10), false).unwrap();
        assert!(note.contains("column with the date"), "{note}");
        let mut sorted = rows.to_vec();
        sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
        assert_eq!(mended(&rows, false), sorted);
    }
}
