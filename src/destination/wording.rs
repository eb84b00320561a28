//! What crews type as destination, cut into legs and words.

use crate::ais::port::fold;

/// Words that name no place: parts of ports, and what ships do there.
const EMPTY_WORDS: &[&str] = &[
    "PORT",
    "PT",
    "OF",
    "THE",
    "AND",
    "AT",
    "IN",
    "HARBOR",
    "HARBOUR",
    "HBR",
    "HARB",
    "ANCHORAGE",
    "ANCH",
    "ANCHOR",
    "ANC",
    "ROADS",
    "ROAD",
    "RDS",
    "PS",
    "P",
    "S",
    "PILOT",
    "PILOTS",
    "STATION",
    "STN",
    "BERTH",
    "PIER",
    "DOCK",
    "QUAY",
    "TERMINAL",
    "TERM",
    "TML",
    "OPL",
    "ETA",
    "ORDER",
    "ORDERS",
    "INNER",
    "OUTER",
    "NEW",
    "CITY",
    "GATE",
    "CHANNEL",
    "WAITING",
    "AREA",
    "VTS",
    "N",
    "E",
    "W",
    "NORTH",
    "SOUTH",
    "EAST",
    "WEST",
    "IS",
    "BAY",
    "RIVER",
    "SEA",
    "FOR",
    "BUNKER",
    "BUNKERS",
    "BUNKERING",
    "PAL",
    "TBA",
    "TBN",
    "ZONE",
    "EEZ",
];

/// Words after which comes nothing of the destination.
const ENDS: &[&str] = &["VIA", "ETA", "FROM"];

/// How words that are written in several ways are written here, in texts and in names.
const SPELLINGS: &[(&str, &str)] = &[
    ("SAINT", "ST"),
    ("SANKT", "ST"),
    ("SANTA", "STA"),
    ("SANTO", "STO"),
    ("PUERTO", "PTO"),
    ("PORTO", "PTO"),
    ("PTE", "POINTE"),
    ("ISLAND", "IS"),
    ("ISLANDS", "IS"),
    ("ISL", "IS"),
    ("ISLE", "IS"),
    ("ISLA", "IS"),
    ("FORT", "FT"),
    ("MOUNT", "MT"),
    ("PT", "PORT"),
    ("CAPE", "CAPE"),
    ("TG", "TANJUNG"),
    ("TJG", "TANJUNG"),
    ("TANJONG", "TANJUNG"),
];

/// Whether a word says nothing of which port it is.
pub fn is_empty_word(word: &str) -> bool {
    EMPTY_WORDS.contains(&word) || word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The words of a name or text: folded, and spelled in one way.
pub fn words(text: &str) -> Vec<String> {
    let one = |word: &str| {
        let same = SPELLINGS.iter().find(|(other, _)| *other == word);
        same.map_or(word, |(_, one)| one).to_owned()
    };
    fold(text).split(' ').filter(|word| !word.is_empty()).map(one).collect()
}

/// A typed destination as the ports of call that it names, the last one the destination.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Legs {
    /// The words of each call.
    pub calls: Vec<Vec<String>>,
    /// Whether arrows part them; else dashes or the word TO, which may also stand inside a name.
    pub by_arrow: bool,
}

/// Cuts `text` at arrows: `US LAX > US OAK`, `USLAX<>USOAK`, `KR PUS=>PA PAN`; where there are
/// none, at dashes between spaces, at `//` and at the word TO. What follows VIA or FROM is left out.
pub fn legs(text: &str) -> Legs {
    let arrows: Vec<&str> = text.split(['>', '→', '»']).collect();
    let by_arrow = arrows.len() > 1;
    let pieces: Vec<String> = if by_arrow {
        arrows.iter().map(|piece| (*piece).to_owned()).collect()
    } else {
        let spaced = text.replace("//", " - ").replace(" TO ", " - ").replace(" to ", " - ");
        spaced.split(" - ").map(str::to_owned).collect()
    };
    let calls = pieces.iter().map(|piece| {
        let words = words(piece);
        // A text that begins with FROM says where she was, not where she goes.
        let end = words.iter().position(|word| ENDS.contains(&word.as_str()));
        words[..end.unwrap_or(words.len())].to_vec()
    });
    Legs { calls: calls.filter(|call| !call.is_empty()).collect(), by_arrow }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_parted_by_arrows_dashes_and_words() {
        for (text, calls) in [
            ("US LAX > US OAK", "US LAX|US OAK"),
            ("USLAX<>USOAK", "USLAX|USOAK"),
            ("KR PUS=>PA PAN@@@", "KR PUS|PA PAN"),
            ("US VDZ - US LGB", "US VDZ|US LGB"),
            ("Kiel to Gdynia", "KIEL|GDYNIA"),
            ("E-PAL", "E PAL"),
            ("BUSAN VIA PANAMA", "BUSAN"),
            ("> USLAX >", "USLAX"),
            ("Saint-Nazaire", "ST NAZAIRE"),
            ("@@@", ""),
        ] {
            let calls_found: Vec<String> =
                legs(text).calls.iter().map(|call| call.join(" ")).collect();
            assert_eq!(calls_found.join("|"), calls, "{text}");
        }
        assert!(legs("A>B").by_arrow && !legs("A - B").by_arrow);
    }

    #[test]
    fn numbers_and_parts_of_ports_name_no_place() {
        assert!(["PIER", "187", "ANCH"].into_iter().all(is_empty_word));
        assert!(!["LB", "KIEL"].into_iter().any(is_empty_word));
    }
}
