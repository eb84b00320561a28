//! How many reports there are over time: the timeline's histogram.

use std::ops::Range;

use rayon::prelude::*;

use crate::ais::{Fleet, Trip};
use crate::base::job::{Job, Stopped};
use crate::base::time::DAY_MS;

/// The most bins: finer than the widest screen, and few enough for a core's first cache.
pub const MAX_BINS: usize = 4096;

/// Lengths of bins in milliseconds that people find round; beyond the last, its doubles.
const ROUND_MS: [i64; 24] = [
    1000,
    2000,
    5000,
    10_000,
    15_000,
    30_000,
    MIN_MS,
    2 * MIN_MS,
    5 * MIN_MS,
    10 * MIN_MS,
    15 * MIN_MS,
    30 * MIN_MS,
    HOUR_MS,
    2 * HOUR_MS,
    3 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
    DAY_MS,
    2 * DAY_MS,
    5 * DAY_MS,
    10 * DAY_MS,
    30 * DAY_MS,
    100 * DAY_MS,
    365 * DAY_MS,
];
const MIN_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MIN_MS;

/// Reports in a unit of parallel work.
const CHUNK: usize = 1 << 16;

/// Counts of reports in bins of time of one round length.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rhythm {
    /// When the first bin begins, UTC milliseconds: a multiple of the bins' length.
    pub first_ms: i64,
    /// How long a bin is, milliseconds; more than zero.
    pub bin_ms: i64,
    /// How many reports each bin has. Empty where there are no reports.
    pub counts: Vec<u32>,
}

/// Counts all reports of `fleet`, in at most [`MAX_BINS`] bins that span them.
///
/// Takes time linear in the number of reports, on all cores.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
pub fn rhythm(fleet: &Fleet, job: &Job) -> Result<Rhythm, Stopped> {
    let bins = fleet.time_span_ms().map_or_else(Rhythm::none, |(first_ms, last_ms)| {
        let bin_ms = round_ms(first_ms, last_ms);
        let first_ms = first_ms.div_euclid(bin_ms) * bin_ms;
        Rhythm { first_ms, bin_ms, counts: vec![0; n_bins(first_ms, last_ms, bin_ms)] }
    });
    bins.counted(fleet, std::iter::once(0..fleet.reports().len()), job)
}

impl Rhythm {
    /// Counts the reports of the `trips` of `fleet` that `mask` holds true for, in the same bins as
    /// these, which are the whole fleet's: to be drawn over them.
    ///
    /// # Errors
    ///
    /// [`Stopped::Cancelled`] if the job was cancelled.
    pub fn of_trips(
        &self,
        fleet: &Fleet,
        trips: &[Trip],
        mask: &[bool],
        job: &Job,
    ) -> Result<Rhythm, Stopped> {
        let kept = trips.iter().zip(mask).filter(|(_, is_kept)| **is_kept);
        self.counted(fleet, kept.map(|(trip, _)| trip.reports.clone()), job)
    }

    /// Counts the reports of the vessels of `fleet` that `mask` holds true for, in the same bins as
    /// these, which are the whole fleet's.
    ///
    /// # Errors
    ///
    /// [`Stopped::Cancelled`] if the job was cancelled.
    pub fn of_vessels(&self, fleet: &Fleet, mask: &[bool], job: &Job) -> Result<Rhythm, Stopped> {
        let kept = mask.iter().enumerate().filter(|(_, is_kept)| **is_kept);
        self.counted(fleet, kept.map(|(vessel, _)| fleet.range(vessel)), job)
    }

    /// When the last bin ends, UTC milliseconds.
    pub fn end_ms(&self) -> i64 {
        self.first_ms + self.counts.len() as i64 * self.bin_ms
    }

    /// How many reports there are in all.
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|n| u64::from(*n)).sum()
    }

    /// The counts from `from_ms` to `to_ms` in `n` equal parts: pixels of a zoomed timeline. A bin's
    /// reports are taken to be spread evenly over it, so that the parts add up to what lies between
    /// both times whatever their number. Zero where there are no bins.
    ///
    /// Takes time linear in the number of parts and bins.
    pub fn rebinned(&self, from_ms: i64, to_ms: i64, n: usize) -> Vec<f32> {
        if to_ms <= from_ms {
            return vec![0.0; n];
        }
        let sums: Vec<f64> = std::iter::once(0.0)
            .chain(self.counts.iter().scan(0.0, |sum, count| {
                *sum += f64::from(*count);
                Some(*sum)
            }))
            .collect();
        // In bins since the first one; and how many reports lie before.
        let bins_at = |t_ms: i64| (t_ms as f64 - self.first_ms as f64) / self.bin_ms as f64;
        let before = |bins: f64| {
            let bins = bins.clamp(0.0, self.counts.len() as f64);
            let whole = bins as usize;
            let part = self.counts.get(whole).map_or(0.0, |count| f64::from(*count));
            sums[whole] + (bins - whole as f64) * part
        };
        let (first, width) = (bins_at(from_ms), bins_at(to_ms) - bins_at(from_ms));
        let edge = |part: usize| before(first + width * part as f64 / n as f64);
        (0..n).map(|part| (edge(part + 1) - edge(part)) as f32).collect()
    }

    fn none() -> Rhythm {
        Rhythm { first_ms: 0, bin_ms: ROUND_MS[0], counts: Vec::new() }
    }

    /// The reports in `ranges`, counted in bins like these.
    fn counted(
        &self,
        fleet: &Fleet,
        ranges: impl Iterator<Item = Range<usize>>,
        job: &Job,
    ) -> Result<Rhythm, Stopped> {
        let chunks = chunked(ranges);
        job.expect(chunks.iter().flatten().map(Range::len).sum());
        let times = &fleet.reports().t_ms;
        let none = || vec![0_u32; self.counts.len()];
        let counts = chunks
            .par_iter()
            .try_fold(none, |mut counts, ranges| {
                for range in ranges {
                    self.count(&times[range.clone()], &mut counts);
                }
                job.advance(ranges.iter().map(Range::len).sum())?;
                Ok::<Vec<u32>, Stopped>(counts)
            })
            .try_reduce(none, |mut counts, others| {
                counts.iter_mut().zip(others).for_each(|(count, other)| *count += other);
                Ok(counts)
            })?;
        Ok(Rhythm { counts, ..*self })
    }

    /// Adds `times`, all of which lie in the bins, to `counts`.
    fn count(&self, times: &[i64], counts: &mut [u32]) {
        // A product in place of a quotient. It is exact: half a millisecond more than a multiple of
        // the bins' length keeps clear of rounding, of which 4096 bins of a century are still far.
        let bins_per_ms = 1.0 / self.bin_ms as f64;
        for t_ms in times {
            let since_ms = (t_ms - self.first_ms) as f64;
            counts[((since_ms + 0.5) * bins_per_ms) as usize] += 1;
        }
    }
}

/// The least round length of which [`MAX_BINS`] bins span both times.
fn round_ms(first_ms: i64, last_ms: i64) -> i64 {
    let longest = ROUND_MS[ROUND_MS.len() - 1];
    let doubles = std::iter::successors(Some(2 * longest), |bin_ms| bin_ms.checked_mul(2));
    ROUND_MS
        .into_iter()
        .chain(doubles)
        .find(|bin_ms| n_bins(first_ms, last_ms, *bin_ms) <= MAX_BINS)
        .expect("4096 of the longest span all times")
}

/// How many bins, beginning at multiples of their length, it takes to have both times in them.
fn n_bins(first_ms: i64, last_ms: i64, bin_ms: i64) -> usize {
    (last_ms.div_euclid(bin_ms) - first_ms.div_euclid(bin_ms)) as usize + 1
}

/// The same ranges, cut and grouped into about [`CHUNK`] indices each.
fn chunked(ranges: impl Iterator<Item = Range<usize>>) -> Vec<Vec<Range<usize>>> {
    let mut chunks = Vec::new();
    let (mut chunk, mut n) = (Vec::new(), 0);
    for Range { mut start, end } in ranges {
        while start < end {
            let until = end.min(start + CHUNK - n);
            n += until - start;
            chunk.push(start..until);
            start = until;
            if n == CHUNK {
                chunks.push(std::mem::take(&mut chunk));
                n = 0;
            }
        }
    }
    chunks.push(chunk);
    chunks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ais::{Ending, Report, Vessel};
    use crate::base::geo::Position;

    /// A fleet of which each vessel reports at these times, in seconds.
    fn fleet(tracks: &[&[i64]]) -> Fleet {
        let reports = |times: &[i64]| {
            times.iter().map(|t_s| Report::at(t_s * 1000, Position::new(0.0, 0.0))).collect()
        };
        Fleet::from_tracks(tracks.iter().map(|own| (Vessel::default(), reports(own))).collect())
    }

    fn trip(vessel: usize, reports: Range<usize>) -> Trip {
        Trip { vessel, reports, length_m: 0.0, begins: Ending::Track, ends: Ending::Track }
    }

    fn count(fleet: &Fleet) -> Rhythm {
        rhythm(fleet, &Job::default()).unwrap()
    }

    #[test]
    fn reports_are_counted_by_the_second_while_that_is_fine_enough() {
        let rhythm = count(&fleet(&[&[100, 101, 101], &[103]]));
        let expected = Rhythm { first_ms: 100_000, bin_ms: 1000, counts: vec![1, 2, 0, 1] };
        assert_eq!(rhythm, expected);
        assert_eq!((rhythm.total(), rhythm.end_ms()), (4, 104_000));
    }

    #[test]
    fn bins_are_of_the_least_round_length_that_spans_all() {
        const DAY_S: i64 = 86_400;
        for (span_s, bin_s) in [
            (0, 1),
            (4095, 1),
            (4096, 2),
            (3600 * 8, 10),
            (DAY_S, 30),
            (5 * DAY_S, 120),
            (365 * DAY_S, 10_800),
            (20 * 365 * DAY_S, 2 * DAY_S),
            (5000 * 365 * DAY_S, 730 * DAY_S),
        ] {
            let rhythm = count(&fleet(&[&[0, span_s]]));
            assert_eq!(rhythm.bin_ms, bin_s * 1000, "{span_s} s");
            assert!(rhythm.counts.len() <= MAX_BINS && rhythm.total() == 2);
        }
    }

    #[test]
    fn bins_begin_at_round_times_also_before_1970() {
        // 86 399 s to 86 401 s and more: bins of two seconds begin at even ones.
        let rhythm = count(&fleet(&[&[86_399, 86_401, 91_000]]));
        assert_eq!((rhythm.first_ms, rhythm.bin_ms), (86_398_000, 2000));
        assert_eq!(rhythm.counts[..2], [1, 1]);
        let rhythm = count(&fleet(&[&[-5, 5000]]));
        assert_eq!((rhythm.first_ms, rhythm.counts[0]), (-6000, 1));
    }

    #[test]
    fn a_fleet_without_reports_has_no_bins() {
        for fleet in [fleet(&[]), fleet(&[&[], &[]])] {
            let rhythm = count(&fleet);
            assert_eq!((rhythm.counts.len(), rhythm.total()), (0, 0));
            assert_eq!(rhythm.rebinned(0, 10, 3), [0.0; 3]);
        }
    }

    #[test]
    fn a_subset_is_counted_in_the_bins_of_the_whole() {
        let fleet = fleet(&[&[0, 1, 2, 3], &[2, 3]]);
        let whole = count(&fleet);
        let (trips, job) = ([trip(0, 0..2), trip(0, 2..4), trip(1, 4..6)], Job::default());
        let of_trips = whole.of_trips(&fleet, &trips, &[true, false, true], &job).unwrap();
        assert_eq!(of_trips.counts, [1, 1, 1, 1]);
        let of_vessels = whole.of_vessels(&fleet, &[true, false], &job).unwrap();
        assert_eq!((of_vessels.counts, of_vessels.first_ms), (vec![1; 4], whole.first_ms));
        assert_eq!(whole.of_vessels(&fleet, &[false; 2], &job).unwrap().counts, [0; 4]);
    }

    #[test]
    fn a_cancelled_job_counts_no_further() {
        let job = Job::default();
        job.cancel();
        assert_eq!(rhythm(&fleet(&[&[1, 2]]), &job), Err(Stopped::Cancelled));
    }

    #[test]
    fn a_zoomed_piece_has_each_pixels_share() {
        let rhythm = Rhythm { first_ms: 1000, bin_ms: 1000, counts: vec![4, 0, 8] };
        for (from_ms, to_ms, n, parts) in [
            (1000, 4000, 3, &[4.0, 0.0, 8.0][..]),
            (1000, 4000, 1, &[12.0]),
            (1000, 2000, 4, &[1.0; 4]),
            (1500, 3500, 2, &[2.0, 4.0]),
            (0, 2000, 2, &[0.0, 4.0]),
            (3000, 5000, 2, &[8.0, 0.0]),
            (9000, 9900, 2, &[0.0, 0.0]),
            (2000, 2000, 2, &[0.0, 0.0]),
            (4000, 1000, 1, &[0.0]),
            (1000, 4000, 0, &[]),
        ] {
            assert_eq!(rhythm.rebinned(from_ms, to_ms, n), parts, "{from_ms} to {to_ms} in {n}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_report_lies_in_its_bin(
            mut times in prop::collection::vec(
                prop_oneof![-100_000_i64..100_000, -100_000_000_000_000_i64..100_000_000_000_000],
                1..60,
            ),
        ) {
            times.sort_unstable();
            let reports =
                times.iter().map(|t_ms| Report::at(*t_ms, Position::new(0.0, 0.0))).collect();
            let rhythm = count(&Fleet::from_tracks(vec![(Vessel::default(), reports)]));
            let mut expected = vec![0; rhythm.counts.len()];
            for t_ms in &times {
                expected[((t_ms - rhythm.first_ms) / rhythm.bin_ms) as usize] += 1;
            }
            prop_assert_eq!(&rhythm.counts, &expected);
            prop_assert!(rhythm.counts[0] > 0 && rhythm.counts[rhythm.counts.len() - 1] > 0);
        }

        #[test]
        fn the_first_and_last_moment_of_a_bin_lie_in_it(
            bin in 0_i64..4096,
            round in 0..ROUND_MS.len(),
        ) {
            let bin_ms = ROUND_MS[round];
            let rhythm = Rhythm { first_ms: -bin_ms, bin_ms, counts: vec![0; MAX_BINS] };
            let mut counts = rhythm.counts.clone();
            let begin_ms = (bin - 1) * bin_ms;
            rhythm.count(&[begin_ms, begin_ms + bin_ms - 1], &mut counts);
            prop_assert_eq!(counts[bin as usize], 2);
        }

        #[test]
        fn parts_add_up_to_the_whole(
            counts in prop::collection::vec(0_u32..1000, 1..50),
            n in 1_usize..200,
        ) {
            let rhythm = Rhythm { first_ms: 5000, bin_ms: 1000, counts };
            let parts = rhythm.rebinned(0, rhythm.end_ms() + 777, n);
            let sum: f64 = parts.iter().map(|part| f64::from(*part)).sum();
            prop_assert!((sum - rhythm.total() as f64).abs() < 1e-4 * (1.0 + sum), "{}", sum);
            prop_assert!(parts.iter().all(|part| *part >= 0.0));
        }
    }
}
