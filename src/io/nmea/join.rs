//! Joins the parts of long messages, which other sentences may come between.

use std::collections::VecDeque;
use std::ops::Range;

use super::sentence::{Key, Sentence, Stamp};

/// A message whose parts do not all come within this many lines is given up: receivers count
/// messages from 0 to 9 only, so that a late part belongs to another message. In 85 194 lines of
/// `AISHub`'s feed the parts of a message lie at most 3 lines apart, while a number comes again
/// after about 200.
const LINES_TO_WAIT: u64 = 100;
/// As much for a part that comes before one of lower number. Shorter, because a later part that
/// lost its first one must not be taken for a part of the next message.
const LINES_OUT_OF_ORDER: u64 = 10;
/// Parts whose times lie farther apart do not belong together.
const LONGEST_MS: i64 = 60_000;
/// Bytes of a line that are kept for the user to see, should the other parts never come.
const LINE_KEPT: usize = 800;

/// Parts of messages that are not complete yet.
#[derive(Default)]
pub struct Joiner {
    waiting: VecDeque<Waiting>,
    payload: Vec<u8>,
}

/// A complete message.
pub struct Joined<'a> {
    /// The payloads of all parts.
    pub payload: &'a [u8],
    /// Bits too many in the last letter.
    pub fill_bits: u8,
    /// The time of its first part that has one.
    pub stamp: Stamp,
}

struct Waiting {
    key: Key,
    first_line: u64,
    parts: Vec<Part>,
}

struct Part {
    number: u8,
    fill_bits: u8,
    stamp: Stamp,
    line: u64,
    /// The line the part came in, shortened, and then the payload.
    bytes: Vec<u8>,
    payload: Range<usize>,
}

impl Joiner {
    /// Takes a part of a longer message that came in line number `line`, and gives the message
    /// once all its parts are there. The youngest message that lacks this part gets it.
    pub fn join(&mut self, sentence: &Sentence, line: u64, text: &[u8]) -> Option<Joined<'_>> {
        let fits = |waiting: &Waiting| waiting.lacks(sentence, line);
        let place = self.waiting.iter().rposition(fits).unwrap_or_else(|| {
            let parts = Vec::with_capacity(sentence.key.total.into());
            self.waiting.push_back(Waiting { key: sentence.key, first_line: line, parts });
            self.waiting.len() - 1
        });
        let waiting = &mut self.waiting[place];
        let shown = &text[..text.len().min(LINE_KEPT)];
        waiting.parts.push(Part {
            number: sentence.number,
            fill_bits: sentence.fill_bits,
            stamp: sentence.stamp,
            line,
            bytes: [shown, sentence.payload].concat(),
            payload: shown.len()..shown.len() + sentence.payload.len(),
        });
        if waiting.parts.len() < usize::from(sentence.key.total) {
            return None;
        }
        let mut parts = self.waiting.remove(place)?.parts;
        parts.sort_unstable_by_key(|part| part.number);
        self.payload.clear();
        for part in &parts {
            self.payload.extend_from_slice(&part.bytes[part.payload.clone()]);
        }
        let mut stamps = parts.iter().map(|part| part.stamp);
        Some(Joined {
            payload: &self.payload,
            fill_bits: parts.last()?.fill_bits,
            stamp: stamps.find(|stamp| *stamp != Stamp::None).unwrap_or_default(),
        })
    }

    /// Gives up the messages that wait too long at `line`, and calls `lost` with the line of each
    /// of their parts.
    pub fn give_up(&mut self, line: u64, mut lost: impl FnMut(u64, &[u8])) {
        while let Some(oldest) = self.waiting.front()
            && oldest.first_line.saturating_add(LINES_TO_WAIT) < line
        {
            for part in &oldest.parts {
                lost(part.line, &part.bytes[..part.payload.start]);
            }
            self.waiting.pop_front();
        }
    }
}

impl Waiting {
    fn lacks(&self, sentence: &Sentence, line: u64) -> bool {
        let (mine, its) = (self.key, sentence.key);
        let is_one_message = match (mine.group, its.group) {
            // Within a group of a tag block the channel says nothing new.
            (Some(mine), Some(its)) if mine != its => false,
            (Some(_), Some(_)) => true,
            _ => mine.channel == its.channel,
        };
        let age = line.saturating_sub(self.first_line);
        is_one_message
            && (mine.total, mine.sequence, mine.talker) == (its.total, its.sequence, its.talker)
            && age <= LINES_TO_WAIT
            && self.parts.iter().all(|part| {
                let in_order = part.number < sentence.number;
                let together = match (part.stamp, sentence.stamp) {
                    (Stamp::At(a), Stamp::At(b)) => a.abs_diff(b) <= LONGEST_MS.unsigned_abs(),
                    _ => true,
                };
                part.number != sentence.number
                    && together
                    && (in_order || age <= LINES_OUT_OF_ORDER)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key { total: 2, sequence: 3, channel: b'A', talker: *b"AI", group: None };

    fn part(key: Key, number: u8, payload: &[u8]) -> Sentence<'_> {
        Sentence { key, number, payload, fill_bits: number, stamp: Stamp::None }
    }

    fn joined(joiner: &mut Joiner, sentence: &Sentence, line: u64) -> Option<String> {
        let whole = joiner.join(sentence, line, b"line")?;
        Some(format!("{}/{}", String::from_utf8_lossy(whole.payload), whole.fill_bits))
    }

    #[test]
    fn parts_join_across_other_messages_and_out_of_order() {
        let mut joiner = Joiner::default();
        let other = Key { channel: b'B', ..KEY };
        assert_eq!(joined(&mut joiner, &part(KEY, 1, b"ab"), 1), None);
        assert_eq!(joined(&mut joiner, &part(other, 2, b"yz"), 2), None);
        assert_eq!(joined(&mut joiner, &part(KEY, 2, b"cd"), 3).as_deref(), Some("abcd/2"));
        assert_eq!(joined(&mut joiner, &part(other, 1, b"wx"), 4).as_deref(), Some("wxyz/2"));
    }

    #[test]
    fn a_stale_part_does_not_join_a_later_message() {
        let mut joiner = Joiner::default();
        assert_eq!(joined(&mut joiner, &part(KEY, 1, b"old"), 1), None);
        assert_eq!(joined(&mut joiner, &part(KEY, 2, b"late"), 102), None);
        let mut lost = vec![];
        joiner.give_up(102, |line, text| lost.push((line, text.to_vec())));
        assert_eq!(lost, [(1, b"line".to_vec())]);
        assert_eq!(joined(&mut joiner, &part(KEY, 1, b"new"), 120), None, "the second is too old");
        assert_eq!(joined(&mut joiner, &part(KEY, 2, b"2"), 121).as_deref(), Some("new2/2"));
    }

    #[test]
    fn parts_of_different_times_do_not_join() {
        let at = |number, t_ms| Sentence { stamp: Stamp::At(t_ms), ..part(KEY, number, b"x") };
        let mut joiner = Joiner::default();
        assert_eq!(joined(&mut joiner, &at(1, 0), 1), None);
        assert_eq!(joined(&mut joiner, &at(2, 60_001), 2), None);
        assert_eq!(joined(&mut joiner, &at(2, 60_000), 3).as_deref(), Some("xx/2"));
    }

    #[test]
    fn the_younger_of_two_first_parts_gets_the_second() {
        let mut joiner = Joiner::default();
        assert_eq!(joined(&mut joiner, &part(KEY, 1, b"one"), 1), None);
        assert_eq!(joined(&mut joiner, &part(KEY, 1, b"two"), 2), None);
        assert_eq!(joined(&mut joiner, &part(KEY, 2, b"!"), 3).as_deref(), Some("two!/2"));
        assert_eq!(joined(&mut joiner, &part(KEY, 2, b"!"), 4).as_deref(), Some("one!/2"));
    }

    #[test]
    fn groups_of_tag_blocks_keep_messages_apart() {
        let mut joiner = Joiner::default();
        let (a, b) = (Key { group: Some(1), ..KEY }, Key { group: Some(2), channel: 0, ..KEY });
        assert_eq!(joined(&mut joiner, &part(a, 1, b"a"), 1), None);
        assert_eq!(joined(&mut joiner, &part(b, 1, b"b"), 2), None);
        assert_eq!(joined(&mut joiner, &part(a, 2, b"!"), 3).as_deref(), Some("a!/2"));
        let on_another_channel = Key { channel: b'B', ..b };
        let second = part(on_another_channel, 2, b"!");
        assert_eq!(joined(&mut joiner, &second, 4).as_deref(), Some("b!/2"));
    }
}
