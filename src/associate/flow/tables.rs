//! Logarithms of how often something is seen, in bins.

/// In which bin `x` falls: how many of the rising `edges` are not above it.
pub(super) fn bin(edges: &[f64], x: f64) -> usize {
    edges.partition_point(|edge| *edge <= x)
}

/// Rows of bins, each a class of pairs; what is kept is the logarithm of how much more often a bin is
/// seen than by chance.
pub(super) struct Table {
    width: usize,
    logs: Vec<f64>,
}

impl Table {
    /// From `counts` of links, row by row, and how often `chance` gives each bin, whose rows repeat
    /// as often as needed. Chance counts as much as `weight` links, so that a class that was hardly
    /// seen says little.
    pub fn against(counts: &[f64], chance: &[f64], width: usize, weight: f64) -> Table {
        let mut logs = Vec::with_capacity(counts.len());
        let chances = chance.chunks_exact(width).cycle();
        for (row, chance) in counts.chunks_exact(width).zip(chances) {
            let (n, all) = (row.iter().sum::<f64>(), chance.iter().sum::<f64>());
            for (count, chance) in row.iter().zip(chance) {
                // What chance never gave is taken as hardly ever.
                let chance = (chance + 0.1) / (all + 0.1 * width as f64);
                logs.push(((count + weight * chance) / ((n + weight) * chance)).ln());
            }
        }
        Table { width, logs }
    }

    /// The logarithm of the share of each bin in its row. Neighboring bins lend each other half of
    /// their counts, and rows of one parent, `parent_of(row)`, count as much as `weight` links more.
    pub fn shares(
        counts: &[f64],
        width: usize,
        weight: f64,
        parent_of: impl Fn(usize) -> usize,
    ) -> Table {
        let rows = counts.len() / width;
        let parents = (0..rows).map(&parent_of).max().map_or(0, |last| last + 1);
        let mut parent = vec![1.0; parents * width];
        let smooth: Vec<f64> = counts.chunks_exact(width).flat_map(lent).collect();
        for (row, counts) in smooth.chunks_exact(width).enumerate() {
            let parent = &mut parent[parent_of(row) * width..][..width];
            parent.iter_mut().zip(counts).for_each(|(all, count)| *all += count);
        }
        let mut logs = Vec::with_capacity(counts.len());
        for (row, counts) in smooth.chunks_exact(width).enumerate() {
            let parent = &parent[parent_of(row) * width..][..width];
            let (n, all) = (counts.iter().sum::<f64>(), parent.iter().sum::<f64>());
            for (count, parent) in counts.iter().zip(parent) {
                logs.push(((count + weight * parent / all) / (n + weight)).ln());
            }
        }
        Table { width, logs }
    }

    /// What is kept of a bin.
    pub fn log(&self, row: usize, bin: usize) -> f64 {
        self.logs[row * self.width + bin]
    }
}

/// Counts of which each lends a quarter to either neighbor.
fn lent(row: &[f64]) -> Vec<f64> {
    let at = |k: usize| row[k.min(row.len() - 1)];
    (0..row.len())
        .map(|k| 0.25 * at(k.saturating_sub(1)) + 0.5 * at(k) + 0.25 * at(k + 1))
        .collect()
}

/// How gaps between successive points are distributed: as fine as there are gaps to tell, since
/// reporting intervals make sharp peaks.
pub(super) struct Gaps {
    // Invariant: one logarithm a span between edges, which rise.
    edges: Vec<f64>,
    logs: Vec<f64>,
}

/// Gaps in a span, about; and the most spans.
const GAPS_IN_SPAN: usize = 30;
const MOST_SPANS: usize = 100;

/// The share of gaps that follow no rule, with a density that falls as the gap grows.
const BROAD: f64 = 0.03;

impl Gaps {
    /// From gaps in seconds. They are taken as rounded to seconds.
    pub fn new(mut gaps_s: Vec<f64>) -> Gaps {
        gaps_s.sort_unstable_by(f64::total_cmp);
        let n = gaps_s.len();
        let spans = (n / GAPS_IN_SPAN).clamp(1, MOST_SPANS);
        let mut edges = vec![0.0];
        for span in 1..=spans {
            let Some(gap_s) = gaps_s.get((span * n / spans).saturating_sub(1)) else { break };
            let edge = gap_s.floor() + 0.5;
            if edge >= edges[edges.len() - 1] + 1.0 {
                edges.push(edge);
            }
        }
        let until = |edge: f64| gaps_s.partition_point(|gap_s| *gap_s <= edge);
        let log = |span: &[f64]| {
            let count = (until(span[1]) - until(span[0])) as f64;
            let density = (count + 0.5) / (n as f64 + 10.0) / (span[1] - span[0]);
            ((1.0 - BROAD) * density + broad(0.5 * (span[0] + span[1]))).ln()
        };
        let logs = edges.windows(2).map(log).collect();
        Gaps { edges, logs }
    }

    /// The logarithm of the density at `gap_s`, a second.
    pub fn log(&self, gap_s: f64) -> f64 {
        let after = self.edges.partition_point(|edge| *edge <= gap_s);
        let span = after.checked_sub(1).and_then(|span| self.logs.get(span));
        span.copied().unwrap_or_else(|| broad(gap_s).ln())
    }
}

/// Log-uniform over about e^10: from seconds to a day.
fn broad(gap_s: f64) -> f64 {
    BROAD / (10.0 * (gap_s + 10.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_twice_as_often_as_by_chance_has_the_logarithm_of_two() {
        let table = Table::against(&[800.0, 200.0, 0.0, 0.0], &[4e6, 6e6], 2, 0.001);
        assert!((table.log(0, 0) - 2.0_f64.ln()).abs() < 1e-4);
        assert!((table.log(0, 1) - (1.0_f64 / 3.0).ln()).abs() < 1e-4);
        assert!(table.log(1, 0).abs() < 1e-9, "a class that was never seen says nothing");
    }

    #[test]
    fn a_row_with_few_counts_follows_its_parent() {
        // The second row is of the same parent.
        let counts = [0.0, 0.0, 900.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        let table = Table::shares(&counts, 5, 20.0, |_| 0);
        for row in [0, 1] {
            // Half stays, a quarter goes to either side; a little is left for what was never seen.
            for (bin, share) in [(1, 0.25), (2, 0.5), (3, 0.25)] {
                assert!((table.log(row, bin).exp() - share).abs() < 0.01, "{row} {bin}");
            }
            assert!((0.0..0.01).contains(&table.log(row, 0).exp()));
        }
    }

    #[test]
    fn gaps_of_two_intervals_have_two_peaks() {
        let gaps_s: Vec<f64> = (0..2000).map(|i| if i % 2 == 0 { 10.0 } else { 180.0 }).collect();
        let gaps = Gaps::new(gaps_s);
        // Each peak is at most as wide as the way to the one before.
        for (gap_s, least) in [(10.0, 0.04), (180.0, 0.002)] {
            assert!(gaps.log(gap_s).exp() > least, "{gap_s}");
        }
        assert!(gaps.log(1000.0).exp() < 1e-5 && gaps.log(1000.0).is_finite());
        assert!(Gaps::new(Vec::new()).log(10.0).is_finite());
    }
}
