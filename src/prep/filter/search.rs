//! Ships by number or name.

use crate::ais::Vessel;

/// What is searched for: any of several terms.
#[derive(Clone, PartialEq, Debug)]
pub struct Search(Vec<Term>);

#[derive(Clone, PartialEq, Debug)]
enum Term {
    /// The beginning of an MMSI or IMO number.
    Digits(String),
    /// A part of a name or call sign, in lower case.
    Text(String),
}

impl Search {
    /// The terms of `text`, which commas separate.
    pub fn new(text: &str) -> Search {
        let term = |term: &str| {
            let is_number = term.bytes().all(|byte| byte.is_ascii_digit());
            if is_number { Term::Digits(term.to_owned()) } else { Term::Text(term.to_lowercase()) }
        };
        let terms = text.split(',').map(str::trim).filter(|term| !term.is_empty());
        Search(terms.map(term).collect())
    }

    /// Whether nothing is searched for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a term fits `vessel`.
    pub fn finds(&self, vessel: &Vessel) -> bool {
        self.0.iter().any(|term| match term {
            // A base station's 2190064 is written 002190064 as well.
            Term::Digits(digits) => {
                let (mmsi, imo) = (vessel.mmsi.0, vessel.about.imo);
                begins_with(mmsi, 1, digits)
                    || begins_with(mmsi, 9, digits)
                    || imo > 0 && begins_with(imo, 1, digits)
            }
            Term::Text(text) => {
                has_part(&vessel.about.name, text) || has_part(&vessel.about.callsign, text)
            }
        })
    }
}

/// Whether `number`, with zeros before it up to `width`, begins with `digits`.
fn begins_with(number: u32, width: usize, digits: &str) -> bool {
    let mut text = [b'0'; 10];
    let mut rest = number;
    for digit in text.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let n_zeros = text.iter().take_while(|digit| **digit == b'0').count();
    text[n_zeros.min(text.len() - width)..].starts_with(digits.as_bytes())
}

/// Whether `part`, in lower case, occurs in `text` in any case. AIS sends ASCII: no allocation there.
fn has_part(text: &str, part: &str) -> bool {
    if text.is_ascii() {
        let (text, part) = (text.as_bytes(), part.as_bytes());
        text.windows(part.len()).any(|piece| piece.eq_ignore_ascii_case(part))
    } else {
        text.to_lowercase().contains(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Mmsi, Static};

    fn vessel(mmsi: u32, imo: u32, name: &str, callsign: &str) -> Vessel {
        let (name, callsign) = (name.to_owned(), callsign.to_owned());
        let about = Static { name, callsign, imo, ..Static::default() };
        Vessel { mmsi: Mmsi(mmsi), about, ..Vessel::default() }
    }

    #[test]
    fn digits_begin_a_number_and_words_are_part_of_a_name() {
        let ship = vessel(219_000_431, 9_321_483, "EMMA MÆRSK", "OYGR2");
        for (text, is_found) in [
            ("219", true),
            ("219000431", true),
            ("2190004311", false),
            ("19000", false),
            ("9321", true),
            ("321", false),
            ("0", false),
            ("emma", true),
            ("Mærsk", true),
            ("MA MÆ", true),
            ("oygr", true),
            ("gr2", true),
            ("anna", false),
            ("anna, emma", true),
            ("999, , 2190", true),
            ("emma maersk", false),
            ("-219", false),
        ] {
            assert_eq!(Search::new(text).finds(&ship), is_found, "{text}");
        }
        assert!(Search::new(" , ").is_empty() && !Search::new("a").is_empty());
    }

    #[test]
    fn numbers_may_be_written_with_zeros_before() {
        let station = vessel(2_190_064, 0, "", "");
        for (text, is_found) in [
            ("002190064", true),
            ("00219", true),
            ("2190064", true),
            ("0219", false),
            ("000", false),
        ] {
            assert_eq!(Search::new(text).finds(&station), is_found, "{text}");
        }
        assert!(Search::new("0").finds(&vessel(0, 0, "", "")), "a number that is zero");
        let longest = vessel(u32::MAX, 0, "", "");
        assert!(Search::new("4294967295").finds(&longest) && !Search::new("29").finds(&longest));
    }
}
