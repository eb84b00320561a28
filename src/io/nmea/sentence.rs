//! One sentence of a line: where it begins, whether its checksum is right, its fields, and the
//! time and group that stand beside it.

use memchr::{memchr, memchr_iter};

use super::NmeaOptions;
use crate::base::time::{TimeFormat, TimeReader};
use crate::io::batch::Refusal;

/// 1980-01-01 and 2100-01-01, UTC milliseconds: times outside are none.
const TIMES_MS: std::ops::Range<i64> = 315_532_800_000..4_102_444_800_000;
/// Seconds since 1970 reach this number in the year 5138, milliseconds did in 1973.
const LEAST_EPOCH_MS: i64 = 100_000_000_000;
/// Stands for "no sequence number" in [`Key::sequence`].
const NO_SEQUENCE: u8 = u8::MAX;

/// The time that stands beside a sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Stamp {
    /// There is none.
    #[default]
    None,
    /// There is one, before 1980 or after 2100.
    OutOfRange,
    /// UTC milliseconds.
    At(i64),
}

/// What the parts of one message have in common.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key {
    /// How many parts there are.
    pub total: u8,
    /// The number that the receiver gave to this message, `0..=9`.
    pub sequence: u8,
    /// Radio channel: `A`, `B`, 0 for none.
    pub channel: u8,
    /// Who talks: `AI`, `BS`, ...
    pub talker: [u8; 2],
    /// The group that a tag block names.
    pub group: Option<u32>,
}

/// One sentence, its checksum right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sentence<'a> {
    /// What it shares with other parts of its message.
    pub key: Key,
    /// Which part it is, `1..=key.total`.
    pub number: u8,
    /// Six-bit letters.
    pub payload: &'a [u8],
    /// Bits too many in the last letter, `0..=5`.
    pub fill_bits: u8,
    /// The time beside it.
    pub stamp: Stamp,
}

/// Finds and reads the sentences of lines.
pub struct Reader {
    accepts_bad_checksum: bool,
    times: [TimeReader; 6],
}

impl Reader {
    /// A reader of lines.
    pub fn new(options: &NmeaOptions) -> Reader {
        // Month-first is left out: it cannot be told from day-first line by line.
        let times = [
            TimeFormat::Iso,
            TimeFormat::EpochMs,
            TimeFormat::EpochS,
            TimeFormat::Compact,
            TimeFormat::DayFirst,
            TimeFormat::TimeOfDay,
        ];
        Reader {
            accepts_bad_checksum: options.accept_bad_checksum,
            times: times.map(|format| TimeReader::new(format, options.date_ms)),
        }
    }

    /// Calls `found` for every sentence in `line`, good or refused. Two sentences can share a line
    /// where a logger lost a line end; each is read for itself.
    pub fn read<'a>(
        &mut self,
        line: &'a [u8],
        mut found: impl FnMut(Result<Sentence<'a>, Refusal>),
    ) {
        let mut starts = memchr_iter(b'!', line).filter(|at| is_start(&line[*at..])).peekable();
        if starts.peek().is_none() {
            return found(Err(Refusal::NotASentence));
        }
        let mut lead = 0;
        while let Some(start) = starts.next() {
            let end = starts.peek().copied().unwrap_or(line.len());
            let (sentence, rest) = self.sentence(&line[start..end]);
            found(sentence.map(|sentence| self.beside(sentence, &line[lead..start], rest)));
            lead = end - rest.len();
        }
    }

    /// The sentence at the front of `text`, and what follows its checksum.
    fn sentence<'a>(&self, text: &'a [u8]) -> (Result<Sentence<'a>, Refusal>, &'a [u8]) {
        let (body, sum, rest) = match memchr(b'*', text) {
            Some(star) => {
                let after = &text[star + 1..];
                let (sum, rest) = after.split_at(after.len().min(2));
                (&text[1..star], hex(sum), rest)
            }
            None => (text[1..].trim_ascii_end(), None, &[][..]),
        };
        if sum != Some(checksum(body)) && !self.accepts_bad_checksum {
            return (Err(Refusal::Checksum), rest);
        }
        (fields(body), rest)
    }

    /// Adds the time and the group that stand before and behind `sentence`.
    fn beside<'a>(&mut self, sentence: Sentence<'a>, lead: &[u8], rest: &[u8]) -> Sentence<'a> {
        if lead.is_empty() && rest.is_empty() {
            return sentence;
        }
        let mut sentence = sentence;
        let (prefix, tags) = split_tags(lead);
        for tag in tags.split(|byte| *byte == b'\\').filter(|tag| !tag.is_empty()) {
            self.read_tag(tag, &mut sentence);
        }
        if sentence.stamp == Stamp::None {
            sentence.stamp = self.prefix_time(prefix).map_or(Stamp::None, Stamp::At);
        }
        if sentence.stamp == Stamp::None && rest.len() > 8 {
            sentence.stamp = self.suffix_time(rest).map_or(Stamp::None, Stamp::At);
        }
        sentence
    }

    /// `g:1-2-1234,s:r003669945,c:1577836800*4A`, without the backslashes around it.
    fn read_tag(&self, tag: &[u8], sentence: &mut Sentence) {
        let star = memchr(b'*', tag).unwrap_or(tag.len());
        let (body, sum) = (&tag[..star], tag.get(star + 1..).and_then(hex));
        if sum != Some(checksum(body)) && !self.accepts_bad_checksum {
            return;
        }
        for field in body.split(|byte| *byte == b',') {
            match field {
                [b'c', b':', time @ ..] => {
                    sentence.stamp = match epoch_ms(time) {
                        Some(t_ms) if TIMES_MS.contains(&t_ms) => Stamp::At(t_ms),
                        Some(_) => Stamp::OutOfRange,
                        None => sentence.stamp,
                    };
                }
                [b'g', b':', group @ ..] => {
                    let mut numbers = group.split(|byte| *byte == b'-').map(whole_number);
                    let _ = (numbers.next(), numbers.next());
                    sentence.key.group = numbers.next().flatten().and_then(|id| id.try_into().ok());
                }
                _ => (),
            }
        }
    }

    /// The time in what a logger wrote before a sentence: `2020-01-01T00:00:00Z `, `[1577836800]`,
    /// `2020-01-01 00:00:00,`, `12.5;host;20200101 000000;`.
    fn prefix_time(&mut self, prefix: &[u8]) -> Option<i64> {
        let is_mark = |byte: &u8| b",;|[]\"'\t<>()".contains(byte);
        let is_mark_or_space = |byte: &u8| is_mark(byte) || *byte == b' ';
        prefix
            .split(is_mark)
            .find_map(|text| self.time(text))
            .or_else(|| prefix.split(is_mark_or_space).find_map(|text| self.time(text)))
    }

    /// The time in what a receiver wrote behind a checksum: the first field that is nothing but a
    /// time. The US Coast Guard's stations write `,s1234,d-99,T12.3,r003669945,1241544035`; where
    /// a second number follows, it was added later on the way.
    fn suffix_time(&mut self, rest: &[u8]) -> Option<i64> {
        rest.split(|byte| *byte == b',').find_map(|text| {
            let is_number = text.len() >= 9 && text[0].is_ascii_digit();
            if is_number { self.time(text) } else { None }
        })
    }

    fn time(&mut self, text: &[u8]) -> Option<i64> {
        let text = text.trim_ascii();
        if !text.first()?.is_ascii_digit() {
            return None;
        }
        let plausible = |t_ms: &i64| TIMES_MS.contains(t_ms);
        self.times.iter_mut().find_map(|reader| reader.read(text).filter(plausible))
    }
}

/// Whether a sentence of AIS begins here: `!AIVDM,`, `!BSVDO,`.
fn is_start(text: &[u8]) -> bool {
    matches!(text, [b'!', a, b, b'V', b'D', b'M' | b'O', b',', ..]
        if a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric())
}

/// `AIVDM,2,1,3,A,56K8@vh2...,0`: everything between `!` and `*`.
fn fields(body: &[u8]) -> Result<Sentence<'_>, Refusal> {
    let mut fields = body[6..].split(|byte| *byte == b',');
    let mut next = || fields.next().ok_or(Refusal::NotASentence);
    let (total, number, sequence, channel) = (next()?, next()?, next()?, next()?);
    let payload = next()?;
    let fill_bits = match next()? {
        [] => 0,
        [digit @ b'0'..=b'5', ..] => digit - b'0',
        _ => return Err(Refusal::Undecodable),
    };
    let ([total @ b'1'..=b'9'], [number @ b'1'..=b'9']) = (total, number) else {
        return Err(Refusal::Undecodable);
    };
    if number > total || payload.is_empty() {
        return Err(Refusal::Undecodable);
    }
    let sequence = whole_number(sequence).and_then(|number| number.try_into().ok());
    Ok(Sentence {
        key: Key {
            total: total - b'0',
            sequence: sequence.unwrap_or(NO_SEQUENCE),
            channel: channel.first().copied().unwrap_or(0),
            talker: [body[0], body[1]],
            group: None,
        },
        number: number - b'0',
        payload,
        fill_bits,
        stamp: Stamp::None,
    })
}

/// What stands before the tag blocks, and the tag blocks: `host \s:x*hh\` gives `host ` and the
/// rest.
fn split_tags(lead: &[u8]) -> (&[u8], &[u8]) {
    let mut start = lead.len();
    while let [before @ .., b'\\'] = &lead[..start]
        && let Some(open) = before.iter().rposition(|byte| *byte == b'\\')
    {
        start = open;
    }
    lead.split_at(start)
}

/// Seconds, also with a fraction, or milliseconds since 1970.
fn epoch_ms(text: &[u8]) -> Option<i64> {
    let point = memchr(b'.', text).unwrap_or(text.len());
    let whole = i64::try_from(whole_number(&text[..point])?).ok()?;
    if whole >= LEAST_EPOCH_MS {
        return Some(whole);
    }
    let fraction = text.get(point + 1..).unwrap_or_default();
    let digits = fraction.iter().take(3).zip([100, 10, 1]);
    let ms = digits.map(|(byte, weight)| i64::from(byte.wrapping_sub(b'0')) * weight).sum::<i64>();
    fraction.iter().all(u8::is_ascii_digit).then_some(whole * 1000 + ms)
}

fn whole_number(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    text.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0'))
    })
}

fn hex(text: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    match text {
        [high, low, ..] => Some((digit(*high)? * 16 + digit(*low)?) as u8),
        _ => None,
    }
}

/// The exclusive-or of all bytes: the checksum of NMEA 0183.
pub(crate) fn checksum(body: &[u8]) -> u8 {
    body.iter().fold(0, |sum, byte| sum ^ byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::utc_text;

    const GOOD: &str = "!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A";

    fn read(line: &str) -> Vec<Result<Sentence<'_>, Refusal>> {
        let mut all = vec![];
        let mut reader = Reader::new(&NmeaOptions { date_ms: 0, accept_bad_checksum: false });
        reader.read(line.as_bytes(), |sentence| all.push(sentence));
        all
    }

    fn tag(body: &str) -> String {
        format!("\\{body}*{:02X}\\", checksum(body.as_bytes()))
    }

    #[test]
    fn the_time_is_found_wherever_receivers_put_it() {
        let noon = "2020-01-01 12:00:00";
        for (before, behind, expected) in [
            ("", "", None),
            ("2020-01-01T12:00:00Z ", "", Some(noon)),
            ("2020-01-01 12:00:00,", "", Some(noon)),
            ("[2020-01-01 12:00:00] ", "", Some(noon)),
            ("[2020-01-01 12:00:00.250] udp: ", "", Some("2020-01-01 12:00:00.250")),
            ("1577880000 ", "", Some(noon)),
            ("1577880000000;", "", Some(noon)),
            ("17;20200101 120000;", "", Some(noon)),
            ("01/01/2020 12:00:00\t", "", Some(noon)),
            ("host 1577880000.0 ", "", Some(noon)),
            ("4711 ", "", None),
            (&tag("s:r1,c:1577880000"), "", Some(noon)),
            (&tag("c:1577880000250"), "", Some("2020-01-01 12:00:00.250")),
            (r"\c:1577880000*00\", "", None),
            (r"2020-01-01T12:00:00Z \c:1577883600*00\", "", Some(noon)),
            (&(tag("c:1577880000") + &tag("n:1")), "", Some(noon)),
            ("", ",s1234,d-99,T12.3,r003669945,1577880000", Some(noon)),
            ("", ",d-108,S0097,t050102.00,T02.59,r003669946,1577880000,1577879940", Some(noon)),
            ("", ",b003669794,1577880000,", Some(noon)),
            ("", ",r003669945", None),
        ] {
            let line = format!("{before}{GOOD}{behind}");
            let found = match read(&line)[0].unwrap().stamp {
                Stamp::At(t_ms) => Some(utc_text(t_ms)),
                _ => None,
            };
            assert_eq!(found.as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn a_tag_with_an_impossible_time_says_so() {
        assert_eq!(read(&format!("{}{GOOD}", tag("c:0")))[0].unwrap().stamp, Stamp::OutOfRange);
    }

    #[test]
    fn lines_without_a_good_sentence_are_refused() {
        for (line, refusal) in [
            ("foobar", Refusal::NotASentence),
            ("$GPGGA,1*00", Refusal::NotASentence),
            ("AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A", Refusal::NotASentence),
            ("!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0", Refusal::Checksum),
            ("!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4", Refusal::Checksum),
            ("!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CP,0*4A", Refusal::Checksum),
            ("!AIVDM,1,1,,A*16", Refusal::NotASentence),
            ("!AIVDM,1,2,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*49", Refusal::Undecodable),
            ("!AIVDM,1,1,,B,,0*25", Refusal::Undecodable),
        ] {
            assert_eq!(read(line), [Err(refusal)], "{line}");
        }
    }

    #[test]
    fn two_sentences_on_one_line_are_both_read() {
        let line = format!("!AIVDM,1,1,,A,15RTgt0P{GOOD}{}{GOOD}", tag("c:1577880001"));
        let all = read(&line);
        assert_eq!(all[0], Err(Refusal::Checksum));
        assert_eq!(all[1].unwrap().payload, b"15RTgt0PAso;90TKcjM8h6g208CQ");
        assert_eq!(all[2].unwrap().stamp, Stamp::At(1_577_880_001_000));
    }

    #[test]
    fn a_tag_block_names_the_group_of_a_part() {
        let group = |tag: &str| read(&format!("{tag}{GOOD}"))[0].unwrap().key.group;
        assert_eq!(group(&tag("g:1-2-1604,c:1577880000")), Some(1604));
        assert_eq!(group(r"\g:1-2-1604*00\"), None);
        assert_eq!(group(&tag("g:1-2--001")), None);
    }
}
