//! Six-bit armor: the bits of an AIS message as the letters of a sentence, and back.
//!
//! Each letter of a payload stands for six bits: `0`..`W` for 0..39, `` ` ``..`w` for 40..63. Texts
//! inside a message are six-bit too, in another alphabet: `@`, `A`..`Z`, ..., `?`.

/// Letters whose bits are kept: more than any message that is read field by field (424 bits).
const KEPT_LETTERS: usize = 72;

/// The bits of one message, unpacked from its payload. Bits past the end read as zero.
#[derive(Clone, Debug)]
pub struct Bits {
    // Invariant: six bits a letter from the front; room for an eight-byte load at every kept bit.
    bytes: [u8; 64],
    n_bits: usize,
}

impl Bits {
    /// The bits of `payload`, whose last letter carries `fill_bits` bits too many. `None` where a
    /// letter is none of the armor's alphabet, or there are fewer bits than fill bits.
    ///
    /// Of long messages only the first 432 bits can be read; [`Bits::n_bits`] still tells the length.
    pub fn from_payload(payload: &[u8], fill_bits: u8) -> Option<Bits> {
        let n_bits = (6 * payload.len()).checked_sub(usize::from(fill_bits))?;
        let mut bytes = [0; 64];
        let (kept, rest) = payload.split_at(payload.len().min(KEPT_LETTERS));
        let mut chunks = kept.chunks_exact(8);
        let mut at = 0;
        let mut keep = |letters: [u8; 8]| {
            let packed = (pack(letters)? << 16).to_be_bytes();
            bytes[at..at + 8].copy_from_slice(&packed);
            at += 6;
            Some(())
        };
        for chunk in chunks.by_ref() {
            keep(chunk.try_into().ok()?)?;
        }
        let tail = chunks.remainder();
        if !tail.is_empty() {
            let mut letters = [b'0'; 8];
            letters[..tail.len()].copy_from_slice(tail);
            keep(letters)?;
        }
        // What the fill bits hold is no part of the message.
        if let [byte, next, ..] = &mut bytes[(n_bits / 8).min(62)..]
            && n_bits < 6 * KEPT_LETTERS
        {
            *byte &= !(0xff >> (n_bits % 8));
            *next = 0;
        }
        let is_armor = |byte: &u8| matches!(byte, b'0'..=b'W' | b'`'..=b'w');
        rest.iter().all(is_armor).then_some(Bits { bytes, n_bits })
    }

    /// How many bits the message has.
    pub fn n_bits(&self) -> usize {
        self.n_bits
    }

    /// The `n` bits from `start` as an unsigned number, `n` in `1..=32`.
    ///
    /// # Panics
    ///
    /// If `start` lies beyond the 432 bits that are kept.
    #[inline]
    pub fn uint(&self, start: usize, n: usize) -> u32 {
        let word: [u8; 8] = self.bytes[start / 8..start / 8 + 8].try_into().expect("eight bytes");
        ((u64::from_be_bytes(word) << (start % 8)) >> (64 - n)) as u32
    }

    /// The `n` bits from `start` as a signed number (two's complement), `n` in `1..=32`.
    ///
    /// # Panics
    ///
    /// If `start` lies beyond the 432 bits that are kept.
    #[inline]
    pub fn int(&self, start: usize, n: usize) -> i32 {
        let unused = 32 - n as u32;
        ((self.uint(start, n) << unused) as i32) >> unused
    }

    /// Whether bit `start` is set.
    #[inline]
    pub fn flag(&self, start: usize) -> bool {
        self.uint(start, 1) == 1
    }

    /// The text of `N` letters from `start`.
    pub fn text<const N: usize>(&self, start: usize) -> SixText<N> {
        SixText(std::array::from_fn(|place| {
            let six = self.uint(start + 6 * place, 6) as u8;
            if six < 32 { six + 64 } else { six }
        }))
    }
}

/// A text of `N` letters as a message carries it, filled up with `@`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SixText<const N: usize>([u8; N]);

impl<const N: usize> SixText<N> {
    /// The text up to the first `@`, without spaces at its end.
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == b'@').unwrap_or(N);
        std::str::from_utf8(self.0[..end].trim_ascii_end()).expect("six-bit letters are ASCII")
    }
}

/// Puts bits into armor, first to last.
#[derive(Clone, Debug)]
pub struct Armor {
    letters: [u8; KEPT_LETTERS],
    n_letters: usize,
    waiting: u64,
    n_waiting: u32,
}

impl Default for Armor {
    fn default() -> Self {
        Armor { letters: [0; KEPT_LETTERS], n_letters: 0, waiting: 0, n_waiting: 0 }
    }
}

impl Armor {
    /// Appends the lowest `n` bits of `value`, `n` in `1..=32`.
    ///
    /// # Panics
    ///
    /// If the message grows beyond 432 bits.
    pub fn put(&mut self, value: u32, n: u32) {
        self.waiting = (self.waiting << n) | (u64::from(value) & ((1 << n) - 1));
        self.n_waiting += n;
        while self.n_waiting >= 6 {
            self.n_waiting -= 6;
            self.letter((self.waiting >> self.n_waiting) as u8 & 63);
        }
    }

    /// Appends `text` as `n` six-bit letters: in capitals, cut or filled up with `@`, `?` for
    /// letters that AIS does not have.
    pub fn put_text(&mut self, text: &str, n: usize) {
        let letters = text.chars().map(|letter| match letter.to_ascii_uppercase() {
            six @ (' '..='?' | 'A'..='_') => six as u32 % 64,
            _ => u32::from(b'?'),
        });
        letters.chain(std::iter::repeat(0)).take(n).for_each(|six| self.put(six, 6));
    }

    /// The payload so far and how many fill bits its last letter carries.
    pub fn finish(&mut self) -> (&[u8], u8) {
        let fill_bits = (6 - self.n_waiting) % 6;
        if fill_bits > 0 {
            self.put(0, fill_bits);
        }
        (&self.letters[..self.n_letters], fill_bits as u8)
    }

    fn letter(&mut self, six: u8) {
        self.letters[self.n_letters] = if six < 40 { six + b'0' } else { six + b'8' };
        self.n_letters += 1;
    }
}

/// The 48 bits of eight letters, or `None` where one is none of the alphabet. All eight letters
/// are looked at together, a byte of the word each.
fn pack(letters: [u8; 8]) -> Option<u64> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x80 * EACH;
    let word = u64::from_be_bytes(letters);
    if word & TOPS != 0 {
        return None;
    }
    // Bytes are below 0x80, so no sum carries over: the top bit of a byte says `byte >= limit`.
    let reaches = |limit: u64| word + (0x80 - limit) * EACH;
    let is_high = reaches(0x60);
    let is_armor = reaches(0x30) & !(reaches(0x58) & !is_high) & !reaches(0x78);
    if is_armor & TOPS != TOPS {
        return None;
    }
    let sixes = word - 0x30 * EACH - ((is_high & TOPS) >> 4);
    let twelves = ((sixes & 0x3f00_3f00_3f00_3f00) >> 2) | (sixes & 0x003f_003f_003f_003f);
    let halves = ((twelves & 0x0fff_0000_0fff_0000) >> 4) | (twelves & 0x0000_0fff_0000_0fff);
    Some(((halves & 0x00ff_ffff_0000_0000) >> 8) | (halves & 0x00ff_ffff))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_stands_for_its_six_bits() {
        let six_of = |letter| Bits::from_payload(&[letter], 0).map(|bits| bits.uint(0, 6));
        let mut next = 0;
        for letter in 0..=255 {
            if matches!(letter, b'0'..=b'W' | b'`'..=b'w') {
                assert_eq!(six_of(letter), Some(next), "{letter}");
                next += 1;
            } else {
                assert_eq!(six_of(letter), None, "{letter}");
            }
        }
        assert_eq!(next, 64);
    }

    #[test]
    fn fill_bits_shorten_the_message() {
        let bits = Bits::from_payload(b"1w", 2).unwrap();
        assert_eq!((bits.n_bits(), bits.uint(0, 6), bits.uint(6, 4)), (10, 1, 15));
    }

    #[test]
    fn a_wrong_letter_is_found_wherever_it_stands() {
        for length in 1..100 {
            for place in 0..length {
                let mut payload = vec![b'w'; length];
                assert!(Bits::from_payload(&payload, 0).is_some());
                payload[place] = b'X';
                assert!(Bits::from_payload(&payload, 0).is_none(), "{place} of {length}");
            }
        }
    }

    #[test]
    fn negative_numbers_keep_their_sign() {
        let mut armor = Armor::default();
        armor.put(-74_037_230_i32 as u32, 28);
        armor.put(5, 3);
        let (payload, fill_bits) = armor.finish();
        let bits = Bits::from_payload(payload, fill_bits).unwrap();
        assert_eq!((bits.n_bits(), bits.int(0, 28), bits.uint(28, 3)), (31, -74_037_230, 5));
    }

    #[test]
    fn texts_come_back_in_capitals_and_cut() {
        for (text, expected) in [
            ("Ever Dawn", "EVER DAWN"),
            ("A@B", "A?B"),
            ("ÅRØ", "?R?"),
            ("0123456789AB", "0123456789"),
        ] {
            let mut armor = Armor::default();
            armor.put_text(text, 10);
            let (payload, fill_bits) = armor.finish();
            let bits = Bits::from_payload(payload, fill_bits).unwrap();
            assert_eq!(bits.text::<10>(0).as_str(), expected);
        }
    }

    #[test]
    fn fill_bits_read_as_zero() {
        for length in 1..=5 {
            for fill_bits in 0..6 {
                let bits = Bits::from_payload(&vec![b'w'; length], fill_bits).unwrap();
                assert_eq!(bits.uint(0, 32).count_ones() as usize, bits.n_bits());
            }
        }
    }

    #[test]
    fn a_payload_shorter_than_its_fill_bits_is_refused() {
        assert!(Bits::from_payload(b"", 1).is_none());
        assert_eq!(Bits::from_payload(b"", 0).unwrap().n_bits(), 0);
    }
}
