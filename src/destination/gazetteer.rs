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

/// Names and parts of countries as crews write them, with the country's two letters.
const COUNTRY_WORDS: &[(&str, &str)] = &[
    ("USA", "US"),
    ("UNITEDSTATES", "US"),
    ("AMERICA", "US"),
    ("UK", "GB"),
    ("ENGLAND", "GB"),
    ("SCOTLAND", "GB"),
    ("WALES", "GB"),
    ("BRITAIN", "GB"),
    ("HOLLAND", "NL"),
    ("NETHERLANDS", "NL"),
    ("NETH", "NL"),
    ("KOREA", "KR"),
    ("SKOREA", "KR"),
    ("ROK", "KR"),
    ("KOR", "KR"),
    ("JAPAN", "JP"),
    ("JPN", "JP"),
    ("CHINA", "CN"),
    ("PRC", "CN"),
    ("CHN", "CN"),
    ("TAIWAN", "TW"),
    ("ROC", "TW"),
    ("UAE", "AE"),
    ("KSA", "SA"),
    ("RUSSIA", "RU"),
    ("RUS", "RU"),
    ("BRASIL", "BR"),
    ("BRAZIL", "BR"),
    ("BRA", "BR"),
    ("TURKIYE", "TR"),
    ("TURKEY", "TR"),
    ("VIETNAM", "VN"),
    ("GERMANY", "DE"),
    ("GER", "DE"),
    ("DEU", "DE"),
    ("FRANCE", "FR"),
    ("FRA", "FR"),
    ("SPAIN", "ES"),
    ("ESP", "ES"),
    ("ESPANA", "ES"),
    ("ITALY", "IT"),
    ("ITALIA", "IT"),
    ("ITA", "IT"),
    ("POLAND", "PL"),
    ("POL", "PL"),
    ("SWEDEN", "SE"),
    ("SWE", "SE"),
    ("NORWAY", "NO"),
    ("NOR", "NO"),
    ("DENMARK", "DK"),
    ("DEN", "DK"),
    ("FINLAND", "FI"),
    ("FIN", "FI"),
    ("BELGIUM", "BE"),
    ("BELG", "BE"),
    ("BEL", "BE"),
    ("AUSTRALIA", "AU"),
    ("AUS", "AU"),
    ("AUST", "AU"),
    ("CANADA", "CA"),
    ("CAN", "CA"),
    ("MEXICO", "MX"),
    ("MEX", "MX"),
    ("PANAMA", "PA"),
    ("PNMA", "PA"),
    ("PAN", "PA"),
    ("PERU", "PE"),
    ("CHILE", "CL"),
    ("ECUADOR", "EC"),
    ("COLOMBIA", "CO"),
    ("ARGENTINA", "AR"),
    ("ARG", "AR"),
    ("URUGUAY", "UY"),
    ("INDIA", "IN"),
    ("IND", "IN"),
    ("SRILANKA", "LK"),
    ("SINGAPORE", "SG"),
    ("MALAYSIA", "MY"),
    ("INDONESIA", "ID"),
    ("INDO", "ID"),
    ("THAILAND", "TH"),
    ("PHILIPPINES", "PH"),
    ("PHIL", "PH"),
    ("EGYPT", "EG"),
    ("GREECE", "GR"),
    ("GRE", "GR"),
    ("PORTUGAL", "PT"),
    ("IRELAND", "IE"),
    ("ICELAND", "IS"),
    ("ESTONIA", "EE"),
    ("LATVIA", "LV"),
    ("LITHUANIA", "LT"),
    ("SAFRICA", "ZA"),
    ("RSA", "ZA"),
    ("NIGERIA", "NG"),
    ("GHANA", "GH"),
    ("MOROCCO", "MA"),
    ("SAUDI", "SA"),
    ("OMAN", "OM"),
    ("IRAN", "IR"),
    ("ISRAEL", "IL"),
    ("UKRAINE", "UA"),
    ("ROMANIA", "RO"),
    ("BULGARIA", "BG"),
    ("CROATIA", "HR"),
    ("SLOVENIA", "SI"),
    ("NZ", "NZ"),
    ("NEWZEALAND", "NZ"),
    ("CUBA", "CU"),
    ("JAMAICA", "JM"),
    ("BAHAMAS", "BS"),
    ("VENEZUELA", "VE"),
    ("VEN", "VE"),
    ("GUATEMALA", "GT"),
    ("CALIFORNIA", "US"),
    ("CALIF", "US"),
    ("ALASKA", "US"),
    ("HAWAII", "US"),
    ("OREGON", "US"),
    ("WASHINGTON", "US"),
    ("TEXAS", "US"),
    ("TX", "US"),
    ("LOUISIANA", "US"),
    ("FLORIDA", "US"),
    ("FL", "US"),
    ("VIRGINIA", "US"),
    ("NJ", "US"),
    ("NY", "US"),
    ("WA", "US"),
    ("OR", "US"),
    ("AK", "US"),
    ("HI", "US"),
    ("GEORGIA", "US"),
    ("MD", "US"),
    ("MARYLAND", "US"),
    ("CA", "US"),
    ("LA", "US"),
    ("VA", "US"),
    ("SC", "US"),
    ("NC", "US"),
    ("AL", "US"),
    ("MS", "US"),
    ("ME", "US"),
    ("MA", "US"),
    ("CT", "US"),
    ("RI", "US"),
    ("DE", "US"),
    ("PA", "US"),
    ("GA", "US"),
    ("BC", "CA"),
    ("QC", "CA"),
    ("NS", "CA"),
    ("ONTARIO", "CA"),
    ("QUEBEC", "CA"),
    ("QLD", "AU"),
    ("NSW", "AU"),
    ("VIC", "AU"),
    ("TAS", "AU"),
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
}

/// Names, codes and countries of ports.
pub struct Gazetteer {
    /// Every name of every port.
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
        for (word, country) in COUNTRY_WORDS {
            gazetteer.country_word(word, country);
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
    /// spoils at most three pairs of neighboring letters, so that only names which share the others
    /// are compared.
    pub fn like(&self, key: &str, most: usize, counts: &mut Counts) -> Vec<(&Name, usize)> {
        let wanted = pairs_of(key.as_bytes());
        let needed = wanted.len().saturating_sub(3 * most).max(1) as u8;
        counts.0.resize(self.names.len(), 0);
        let mut seen = Vec::new();
        let mut near = Vec::new();
        for pair in &wanted {
            for name in &self.pairs[*pair] {
                let count = &mut counts.0[*name as usize];
                if *count == 0 {
                    seen.push(*name);
                }
                *count = count.saturating_add(1);
                if *count == needed {
                    near.push(*name);
                }
            }
        }
        for name in seen {
            counts.0[name as usize] = 0;
        }
        near.sort_unstable();
        let close = near.into_iter().filter_map(|name| {
            let name = &self.names[name as usize];
            let is_near = name.key.len().abs_diff(key.len()) <= most;
            let distance = is_near.then(|| strsim::damerau_levenshtein(key, &name.key))?;
            (distance <= most).then_some((name, distance))
        });
        close.collect()
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
        let number = self.names.len() as u32;
        let mut pairs = pairs_of(key.as_bytes());
        pairs.sort_unstable();
        pairs.dedup();
        pairs.into_iter().for_each(|pair| self.pairs[pair].push(number));
        self.names.push(Name { key: key.into(), port: id });
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
            let is_country = COUNTRY_WORDS.iter().any(|(word, _)| *word == rest);
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
    let number = |byte: u8| match byte {
        b'A'..=b'Z' => Some(usize::from(byte - b'A')),
        b'0'..=b'9' => Some(26 + usize::from(byte - b'0')),
        _ => None,
    };
    key.windows(2).filter_map(|pair| Some(number(pair[0])? * 36 + number(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::Port;
    use crate::base::geo::Position;

    fn table(ports: &[(&str, &str)]) -> PortTable {
        let port = |(name, code): &(&str, &str)| Port {
            name: (*name).into(),
            locode: Locode::from_text(code),
            position: Position::new(1.0, 1.0),
            ..Port::default()
        };
        PortTable::new(ports.iter().map(port).collect())
    }

    #[test]
    fn names_of_lists_are_known_in_the_forms_that_crews_write() {
        for (name, forms) in [
            ("Tokyo Ko", "TOKYOKO TOKYO"),
            ("Keppel - (East Singapore)", "KEPPELEASTSINGAPORE KEPPEL EASTSINGAPORE"),
            ("Mumbai (Bombay)", "MUMBAIBOMBAY MUMBAI BOMBAY"),
            ("Saint John's", "STJOHNS"),
            ("Port", "PORT"),
            ("Puerto de la Luz", "PTODELALUZ"),
            ("Bahia De Valparaiso", "BAHIADEVALPARAISO VALPARAISO"),
            ("Panama City", "PANAMACITY"),
            ("New York City", "NEWYORKCITY NEWYORK"),
        ] {
            assert_eq!(variants(name).join(" "), forms, "{name}");
        }
    }

    #[test]
    fn what_is_found_by_pairs_is_what_comparing_with_all_finds() {
        let stems = ["HAMBURG", "ROTTERDAM", "ANTWERP", "GDYNIA", "GDANSK", "BUSAN", "LONGBEACH"];
        let mut rng = crate::base::rng::Rng::new(5, 0);
        let mut ports = Vec::new();
        for n in 0..600 {
            let mut name: Vec<u8> = stems[n % stems.len()].into();
            for _ in 0..rng.below(4) {
                let at = rng.below(name.len());
                match rng.below(3) {
                    0 => name[at] = b'A' + rng.below(26) as u8,
                    1 => name.insert(at, b'A' + rng.below(26) as u8),
                    _ if at > 0 => name.swap(at - 1, at),
                    _ => drop(name.remove(at)),
                }
            }
            ports.push((String::from_utf8(name).unwrap(), String::new()));
        }
        let pairs: Vec<(&str, &str)> =
            ports.iter().map(|(name, code)| (name.as_str(), code.as_str())).collect();
        let gazetteer = Gazetteer::new(&table(&pairs), &[]);
        let mut counts = Counts::default();
        for key in stems {
            for most in [1, 2] {
                let plain = gazetteer
                    .names
                    .iter()
                    .filter(|name| strsim::damerau_levenshtein(key, &name.key) <= most);
                let found = gazetteer.like(key, most, &mut counts);
                // An error next to another spoils no more pairs: all but words of few pairs agree.
                let known: Vec<&str> = found.iter().map(|(name, _)| &*name.key).collect();
                for name in plain {
                    let shared = pairs_of(name.key.as_bytes());
                    let shares = pairs_of(key.as_bytes()).iter().any(|pair| shared.contains(pair));
                    assert!(known.contains(&&*name.key) || !shares, "{key} {most}: {}", name.key);
                }
                assert!(found.iter().all(|(_, distance)| *distance <= most));
            }
        }
    }

    #[test]
    fn words_may_mean_several_countries() {
        let gazetteer =
            Gazetteer::new(&table(&[("Vancouver", "CAVAN"), ("Oakland", "USOAK")]), &[]);
        assert_eq!(gazetteer.countries("CA"), [*b"US", *b"CA"]);
        assert_eq!(gazetteer.countries("KIEL"), [[0_u8; 2]; 0]);
        assert!(gazetteer.is_country_code("US") && !gazetteer.is_country_code("XX"));
        assert_eq!(gazetteer.with_name("LA"), [], "Los Angeles is not in this table");
        assert_eq!(gazetteer.with_place("VAN"), [PortId(0)]);
    }
}
