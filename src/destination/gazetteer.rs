//! Names, codes and countries of ports, indexed so that a misspelt name is found among ten
//! thousand without comparing it with each.

use rustc_hash::{FxHashMap, FxHashSet};

use super::wording::words;
use crate::ais::{Locode, PortId, PortTable};

/// Names that crews use and lists do not have, with the port's code.
const NICKNAMES: &[(&str, &str)] = &[
    ("LA", "USLAX"),
    ("L A", "USLAX"),
    ("LB", "USLGB"),
    ("SF", "USSFO"),
    ("FRISCO", "USSFO"),
    ("NY", "USNYC"),
    ("NYC", "USNYC"),
    ("NOLA", "USMSY"),
    ("PHILLY", "USPHL"),
    ("HUENEME", "USNTD"),
    ("RDAM", "NLRTM"),
    ("R DAM", "NLRTM"),
    ("ROTT", "NLRTM"),
    ("EUROPOORT", "NLRTM"),
    ("MAASVLAKTE", "NLRTM"),
    ("ADAM", "NLAMS"),
    ("A DAM", "NLAMS"),
    ("BHAVEN", "DEBRV"),
    ("B HAVEN", "DEBRV"),
    ("WHAVEN", "DEWVN"),
    ("HBG", "DEHAM"),
    ("FLUSHING", "NLVLI"),
    ("HK", "HKHKG"),
    ("SPORE", "SGSIN"),
    ("S PORE", "SGSIN"),
    ("SING", "SGSIN"),
    ("ST PETERSBURG", "RULED"),
    ("ST PETE", "RULED"),
    ("LENINGRAD", "RULED"),
    ("COPENHAGEN", "DKCPH"),
    ("GOTHENBURG", "SEGOT"),
    ("GOTEBORG", "SEGOT"),
    ("LEGHORN", "ITLIV"),
    ("GENOA", "ITGOA"),
    ("NAPLES", "ITNAP"),
    ("VENICE", "ITVCE"),
    ("PIRAEUS", "GRPIR"),
    ("LISBON", "PTLIS"),
    ("ISTANBUL", "TRIST"),
    ("PUSAN", "KRPUS"),
    ("BUSAN NEW PORT", "KRPUS"),
    ("GIB", "GIGIB"),
    ("KLANG", "MYPKG"),
    ("HOCHIMINH", "VNSGN"),
    ("JEBEL ALI", "AEJEA"),
    ("MANZANILLO MEX", "MXZLO"),
];

/// Names and parts of countries as crews write them, by the country's two letters.
const COUNTRY_WORDS: &[(&str, &str)] = &[
    (
        "US",
        "USA UNITEDSTATES AMERICA CALIFORNIA CALIF ALASKA HAWAII OREGON WASHINGTON TEXAS \
         TX LOUISIANA FLORIDA FL VIRGINIA NJ NY WA OR AK HI GEORGIA MD MARYLAND CA LA VA \
         SC NC AL MS ME MA CT RI DE PA GA",
    ),
    ("GB", "UK ENGLAND SCOTLAND WALES BRITAIN"),
    ("NL", "HOLLAND NETHERLANDS NETH"),
    ("KR", "KOREA SKOREA ROK KOR"),
    ("JP", "JAPAN JPN"),
    ("CN", "CHINA PRC CHN"),
    ("TW", "TAIWAN ROC"),
    ("AE", "UAE"),
    ("SA", "KSA SAUDI"),
    ("RU", "RUSSIA RUS"),
    ("BR", "BRASIL BRAZIL BRA"),
    ("TR", "TURKIYE TURKEY"),
    ("VN", "VIETNAM"),
    ("DE", "GERMANY GER DEU"),
    ("FR", "FRANCE FRA"),
    ("ES", "SPAIN ESP ESPANA"),
    ("IT", "ITALY ITALIA ITA"),
    ("PL", "POLAND POL"),
    ("SE", "SWEDEN SWE"),
    ("NO", "NORWAY NOR"),
    ("DK", "DENMARK DEN"),
    ("FI", "FINLAND FIN"),
    ("BE", "BELGIUM BELG BEL"),
    ("AU", "AUSTRALIA AUS AUST QLD NSW VIC TAS"),
    ("CA", "CANADA CAN BC QC NS ONTARIO QUEBEC"),
    ("MX", "MEXICO MEX"),
    ("PA", "PANAMA PNMA PAN"),
    ("PE", "PERU"),
    ("CL", "CHILE"),
    ("EC", "ECUADOR"),
    ("CO", "COLOMBIA"),
    ("AR", "ARGENTINA ARG"),
    ("UY", "URUGUAY"),
    ("IN", "INDIA IND"),
    ("LK", "SRILANKA"),
    ("SG", "SINGAPORE"),
    ("MY", "MALAYSIA"),
    ("ID", "INDONESIA INDO"),
    ("TH", "THAILAND"),
    ("PH", "PHILIPPINES PHIL"),
    ("EG", "EGYPT"),
    ("GR", "GREECE GRE"),
    ("PT", "PORTUGAL"),
    ("IE", "IRELAND"),
    ("IS", "ICELAND"),
    ("EE", "ESTONIA"),
    ("LV", "LATVIA"),
    ("LT", "LITHUANIA"),
    ("ZA", "SAFRICA RSA"),
    ("NG", "NIGERIA"),
    ("GH", "GHANA"),
    ("MA", "MOROCCO"),
    ("OM", "OMAN"),
    ("IR", "IRAN"),
    ("IL", "ISRAEL"),
    ("UA", "UKRAINE"),
    ("RO", "ROMANIA"),
    ("BG", "BULGARIA"),
    ("HR", "CROATIA"),
    ("SI", "SLOVENIA"),
    ("NZ", "NZ NEWZEALAND"),
    ("CU", "CUBA"),
    ("JM", "JAMAICA"),
    ("BS", "BAHAMAS"),
    ("VE", "VENEZUELA VEN"),
    ("GT", "GUATEMALA"),
];

/// Endings that lists add to names and crews leave out.
const SUFFIXES: &[&str] = &[
    "KO", "GANG", "KANG", "HANG", "HARBOR", "HARBORS", "HARBOUR", "CITY", "HAVN", "HAMN", "SADAM",
    "LIMANI", "TERMINAL",
];

/// Beginnings that lists add to names and crews leave out; the longer ones first.
const PREFIXES: &[&[&str]] = &[
    &["PORT", "OF"],
    &["PTO", "DE", "LA"],
    &["PTO", "DEL"],
    &["PTO", "DE"],
    &["BAHIA", "DE"],
    &["BAIA", "DE"],
    &["PTO"],
    &["MINA"],
    &["MUHAFAZAT"],
];

/// What is left of a name without its beginning is longer than this: else it could be any word.
const SHORTEST_REST: usize = 4;

/// A name that a port goes by, its words written as one.
pub struct Name {
    /// Letters and digits only.
    pub key: Box<str>,
    /// Whose it is.
    pub port: PortId,
    /// A bit for each letter in it.
    letters: u64,
}

/// Names, codes and countries of ports.
pub struct Gazetteer {
    /// Every name of every port, the shorter first.
    pub names: Vec<Name>,
    exact: FxHashMap<Box<str>, Vec<PortId>>,
    codes: FxHashMap<Locode, Vec<PortId>>,
    places: FxHashMap<[u8; 3], Vec<PortId>>,
    /// The names in which each pair of letters occurs.
    pairs: Vec<Vec<u32>>,
    /// What a word says of the country: two letters each.
    countries: FxHashMap<Box<str>, Vec<[u8; 2]>>,
    country_of: Vec<Option<[u8; 2]>>,
    is_country: FxHashSet<[u8; 2]>,
}

impl Gazetteer {
    /// Indexes the ports of `table`, and further names of the user's: each with the code of a port
    /// of the table; others are left out.
    pub fn new(table: &PortTable, further: &[(String, Locode)]) -> Gazetteer {
        let mut gazetteer = Gazetteer {
            names: Vec::new(),
            exact: FxHashMap::default(),
            codes: FxHashMap::default(),
            places: FxHashMap::default(),
            pairs: vec![Vec::new(); 36 * 36],
            countries: FxHashMap::default(),
            country_of: Vec::new(),
            is_country: FxHashSet::default(),
        };
        for (country, words) in COUNTRY_WORDS {
            words.split(' ').for_each(|word| gazetteer.country_word(word, country));
        }
        for (id, port) in table.iter() {
            let country = port.locode.map(|code| code.country().to_owned());
            let country =
                country.or_else(|| (port.country.len() == 2).then(|| port.country.clone()));
            gazetteer.country_of.push(country.as_deref().and_then(two));
            if let Some(country) = &country {
                gazetteer.country_word(country, country);
                gazetteer.country_word(&words(&port.country).concat(), country);
                gazetteer.is_country.extend(two(country));
            }
            for name in std::iter::once(&port.name).chain(&port.aliases) {
                if let Some(code) =
                    Locode::from_text(name).filter(|_| name.len() == 5 && is_upper(name))
                {
                    gazetteer.code(code, id);
                } else {
                    variants(name).iter().for_each(|key| gazetteer.name(key, id));
                }
            }
            port.locode.into_iter().for_each(|code| gazetteer.code(code, id));
        }
        let by_size = |ids: &mut Vec<PortId>| {
            ids.sort_by_key(|id| (std::cmp::Reverse(table.port(*id).size), *id));
            ids.dedup();
        };
        gazetteer.codes.values_mut().for_each(by_size);
        gazetteer.places.values_mut().for_each(by_size);
        let nicknames = NICKNAMES
            .iter()
            .filter_map(|(name, code)| Some(((*name).to_owned(), Locode::from_text(code)?)));
        let all: Vec<(String, Locode)> = nicknames.chain(further.iter().cloned()).collect();
        for (name, code) in all {
            if let Some(id) = gazetteer.with_code(code).first().copied() {
                gazetteer.name(&words(&name).concat(), id);
            }
        }
        gazetteer.exact.values_mut().for_each(by_size);
        gazetteer.index_pairs();
        gazetteer
    }

    /// The ports with this code, the largest first.
    pub fn with_code(&self, code: Locode) -> &[PortId] {
        self.codes.get(&code).map_or(&[], Vec::as_slice)
    }

    /// The ports of any country whose code ends in these three letters, the largest first.
    pub fn with_place(&self, place: &str) -> &[PortId] {
        let place: Option<[u8; 3]> = place.as_bytes().try_into().ok();
        place.and_then(|place| self.places.get(&place)).map_or(&[], Vec::as_slice)
    }

    /// The ports that go by exactly this name, written as one word; the largest first.
    pub fn with_name(&self, key: &str) -> &[PortId] {
        self.exact.get(key).map_or(&[], Vec::as_slice)
    }

    /// The countries that a word may mean, as two letters each: `CA` is California and Canada.
    pub fn countries(&self, word: &str) -> &[[u8; 2]] {
        self.countries.get(word).map_or(&[], Vec::as_slice)
    }

    /// Whether these two letters are a country in which ports lie.
    pub fn is_country_code(&self, letters: &str) -> bool {
        two(letters).is_some_and(|code| self.is_country.contains(&code))
    }

    /// The port's country, if it has a code.
    pub fn country_of(&self, port: PortId) -> Option<[u8; 2]> {
        self.country_of[port.0 as usize]
    }

    /// Names that differ from `key` by at most `most` errors, with their distance (Damerau and
    /// Levenshtein: letters put in, left out, exchanged, or two neighbors swapped). An error
    /// spoils at most three pairs of neighboring letters and changes the length by at most one, so
    /// that only names of about this length which share the other pairs are compared.
    pub fn like(&self, key: &str, most: usize, counts: &mut Counts) -> Vec<(&Name, usize)> {
        let wanted = pairs_of(key.as_bytes());
        let needed = wanted.len().saturating_sub(3 * most).max(1) as u8;
        let first = self.n_shorter(key.len().saturating_sub(most));
        let last = self.n_shorter(key.len() + most + 1);
        counts.0.resize(self.names.len(), 0);
        let mut near = Vec::new();
        for pair in &wanted {
            let having = &self.pairs[*pair];
            let from = having.partition_point(|name| *name < first);
            for name in having[from..].iter().take_while(|name| **name < last) {
                let count = &mut counts.0[*name as usize];
                *count = count.saturating_add(1);
                if *count == needed {
                    near.push(*name);
                }
            }
        }
        counts.0[first as usize..last as usize].fill(0);
        near.sort_unstable();
        let letters = letters_of(key);
        let close = near.into_iter().filter_map(|name| {
            let name = &self.names[name as usize];
            // An error changes at most two of the letters that occur.
            if (name.letters ^ letters).count_ones() as usize > 2 * most {
                return None;
            }
            let distance = distance(key.as_bytes(), name.key.as_bytes());
            (distance <= most).then_some((name, distance))
        });
        close.collect()
    }

    /// How many names have fewer letters than `letters`.
    fn n_shorter(&self, letters: usize) -> u32 {
        self.names.partition_point(|name| name.key.len() < letters) as u32
    }

    /// Puts the names in order of length and notes which pairs of letters each has.
    fn index_pairs(&mut self) {
        self.names.sort_by_key(|name| name.key.len()); // Stable: the table's order within.
        for (number, name) in (0..).zip(&self.names) {
            let mut pairs = pairs_of(name.key.as_bytes());
            pairs.sort_unstable();
            pairs.dedup();
            pairs.into_iter().for_each(|pair| self.pairs[pair].push(number));
        }
    }

    fn code(&mut self, code: Locode, id: PortId) {
        self.codes.entry(code).or_default().push(id);
        if let Ok(place) = code.place().as_bytes().try_into() {
            self.places.entry(place).or_default().push(id);
        }
    }

    fn name(&mut self, key: &str, id: PortId) {
        if key.len() < 2 {
            return;
        }
        let same = self.exact.entry(key.into()).or_default();
        if same.contains(&id) {
            return;
        }
        same.push(id);
        self.names.push(Name { key: key.into(), port: id, letters: letters_of(key) });
    }

    fn country_word(&mut self, word: &str, country: &str) {
        let Some(country) = two(country).filter(|_| word.len() >= 2) else { return };
        let meant = self.countries.entry(word.into()).or_default();
        if !meant.contains(&country) {
            meant.push(country);
        }
    }
}

/// Room to count in, kept from one search to the next.
#[derive(Default)]
pub struct Counts(Vec<u8>);

fn two(letters: &str) -> Option<[u8; 2]> {
    letters.as_bytes().try_into().ok()
}

fn is_upper(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// The forms in which crews write a name of a list, each as one word: `Keppel - (East Singapore)`
/// is KEPPELEASTSINGAPORE, KEPPEL and EASTSINGAPORE; `Tokyo Ko` is TOKYOKO and TOKYO.
fn variants(name: &str) -> Vec<String> {
    let mut parts = vec![name.to_owned()];
    if name.contains(['(', '/', ',']) || name.contains(" - ") {
        let cut = name.replace(" - ", "(");
        parts.extend(cut.split(['(', ')', '/', ',']).map(str::to_owned));
    }
    let mut keys = Vec::new();
    for part in parts {
        let mut words = words(&part);
        keys.push(words.concat());
        if words.len() > 1 && words.last().is_some_and(|last| SUFFIXES.contains(&last.as_str())) {
            words.pop();
            let rest = words.concat();
            let is_country =
                COUNTRY_WORDS.iter().any(|(_, words)| words.split(' ').any(|word| word == rest));
            keys.extend(Some(rest).filter(|rest| rest.len() > 3 && !is_country));
        }
        for prefix in PREFIXES {
            let n = prefix.len();
            let begins = words.iter().zip(*prefix).all(|(word, prefix)| word == prefix);
            let rest = words.get(n..).unwrap_or_default().concat();
            if begins && !rest.is_empty() {
                keys.extend(Some(rest).filter(|rest| rest.len() > SHORTEST_REST));
                break;
            }
        }
    }
    keys.retain(|key| key.len() > 2);
    keys
}

/// The pairs of neighboring letters of a word, each as a number.
fn pairs_of(key: &[u8]) -> Vec<usize> {
    let pair = |pair: &[u8]| Some(number_of(pair[0])? * 36 + number_of(pair[1])?);
    key.windows(2).filter_map(pair).collect()
}

/// A bit for each letter and digit of a word.
fn letters_of(key: &str) -> u64 {
    key.bytes().filter_map(number_of).fold(0, |bits, number| bits | 1 << number)
}

/// A letter or digit as a number below 36.
fn number_of(byte: u8) -> Option<usize> {
    match byte {
        b'A'..=b'Z' => Some(usize::from(byte - b'A')),
        b'0'..=b'9' => Some(26 + usize::from(byte - b'0')),
        _ => None,
    }
}

/// Longest words that are compared.
pub const MOST_LETTERS: usize = 40;

/// The Damerau-Levenshtein distance of two words of folded letters: the fewest letters put in, left
/// out or exchanged, or neighbors swapped, that make one of the other, also where something is put
/// between swapped neighbors. What is longer than [`MOST_LETTERS`] is infinitely far. Ten times as
/// fast as a distance of any text, which knows no alphabet.
///
/// # Reference
///
/// Lowrance, Wagner (1975), *An extension of the string-to-string correction problem*, J. ACM 22.
fn distance(a: &[u8], b: &[u8]) -> usize {
    const SIDE: usize = MOST_LETTERS + 2;
    if a.len() > MOST_LETTERS || b.len() > MOST_LETTERS {
        return usize::MAX;
    }
    let most = (a.len() + b.len()) as u8;
    // `table[i + 1][j + 1]` is the distance of the first i letters from the first j.
    let mut table = [[0_u8; SIDE]; SIDE];
    table[0] = [most; SIDE];
    for i in 0..=a.len() {
        table[i + 1][0] = most;
        table[i + 1][1] = i as u8;
    }
    for j in 0..=b.len() {
        table[1][j + 1] = j as u8;
    }
    let mut last_row = [0_usize; 37]; // Where each letter stood last in `a`.
    for i in 1..=a.len() {
        let mut last_column = 0;
        for j in 1..=b.len() {
            let (row, column) = (last_row[number_of(b[j - 1]).unwrap_or(36)], last_column);
            let is_same = a[i - 1] == b[j - 1];
            if is_same {
                last_column = j;
            }
            let exchanged = table[i][j] + u8::from(!is_same);
            let one_more = table[i + 1][j].min(table[i][j + 1]) + 1;
            let between = (i - row - 1) + (j - column - 1);
            let swapped = table[row][column] + 1 + between as u8;
            table[i + 1][j + 1] = exchanged.min(one_more).min(swapped);
        }
        last_row[number_of(a[i - 1]).unwrap_or(36)] = i;
    }
    usize::from(table[a.len() + 1][b.len() + 1])
}

#[cfg(test)]
mod tests;
