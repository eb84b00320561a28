//! What was odd but not fatal: counted by kind, the first few places of each kept.

use std::collections::BTreeMap;
use std::sync::Arc;

/// How many places of each kind are kept.
pub const KEPT_PLACES: usize = 5;

/// Where something odd was met, with the text that was met there.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    /// The file's path.
    pub file: Arc<str>,
    /// Line in the file, or row where the file has no lines; from 1.
    pub line: u64,
    /// What stood there, shortened.
    pub text: String,
}

/// Odd things of one kind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counted {
    /// How many there were.
    pub n: u64,
    /// The first of them, in the order of file and line; at most [`KEPT_PLACES`].
    pub first: Vec<Place>,
}

/// Odd things counted by kind. Merging is independent of order, so that parallel readers agree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tally<K: Ord>(BTreeMap<K, Counted>);

impl<K: Ord> Default for Tally<K> {
    fn default() -> Self {
        Tally(BTreeMap::new())
    }
}

impl<K: Ord + Copy> Tally<K> {
    /// Counts one of `kind`. The place is only made while places of this kind are still wanted.
    pub fn count(&mut self, kind: K, place: impl FnOnce() -> Place) {
        let counted = self.0.entry(kind).or_default();
        counted.n += 1;
        if counted.first.len() < KEPT_PLACES {
            counted.first.push(place());
        }
    }

    /// Counts `n` of `kind` of which no single place is worth telling.
    pub fn add(&mut self, kind: K, n: u64) {
        if n > 0 {
            self.0.entry(kind).or_default().n += n;
        }
    }

    /// Adds what `other` counted.
    pub fn merge(&mut self, other: Tally<K>) {
        for (kind, counted) in other.0 {
            let mine = self.0.entry(kind).or_default();
            mine.n += counted.n;
            mine.first.extend(counted.first);
            mine.first.sort();
            mine.first.truncate(KEPT_PLACES);
        }
    }

    /// All kinds together.
    pub fn total(&self) -> u64 {
        self.0.values().map(|counted| counted.n).sum()
    }

    /// How many of `kind`.
    pub fn of(&self, kind: K) -> u64 {
        self.0.get(&kind).map_or(0, |counted| counted.n)
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every kind with its count and places.
    pub fn iter(&self) -> impl Iterator<Item = (K, &Counted)> {
        self.0.iter().map(|(kind, counted)| (*kind, counted))
    }

    /// Moves each place by `lines` and names its file: for readers that only know their block.
    pub fn relocate(&mut self, file: &Arc<str>, lines: u64) {
        for place in self.0.values_mut().flat_map(|counted| &mut counted.first) {
            place.file = Arc::clone(file);
            place.line += lines;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(line: u64) -> Place {
        Place { file: "a.csv".into(), line, text: String::new() }
    }

    #[test]
    fn the_first_places_are_kept_in_whatever_order_parts_arrive() {
        let part = |lines: std::ops::Range<u64>| {
            let mut tally = Tally::default();
            lines.for_each(|line| tally.count('x', || place(line)));
            tally
        };
        let (mut one, mut other) = (part(0..10), part(10..20));
        one.merge(part(10..20));
        other.merge(part(0..10));
        assert_eq!(one, other);
        assert_eq!((one.total(), one.of('x'), one.of('y')), (20, 20, 0));
        let (_, counted) = one.iter().next().unwrap();
        assert_eq!(counted.first.iter().map(|p| p.line).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    }
}
