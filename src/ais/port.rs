//! Ports: names, codes and places, found by place and by name.

use std::fmt;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::base::geo::{Position, distance_m};

/// A port's code in the United Nations' list of places for trade (UN/LOCODE): two letters of the
/// country, three letters or digits of the place.
///
/// ```
/// use fairway::ais::Locode;
/// let code = Locode::from_text("us lgb").unwrap();
/// assert_eq!((code.to_string().as_str(), code.country()), ("US LGB", "US"));
/// assert_eq!(Locode::from_text("USLGB"), Some(code));
/// assert_eq!(Locode::from_text("US LG1"), None); // 0 and 1 would be read as O and I.
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Locode(
    // Invariant: two upper-case letters, then three upper-case letters or digits from 2 to 9.
    [u8; 5],
);

impl Locode {
    /// Reads five letters in any case, with or without a space after the second.
    pub fn from_text(text: &str) -> Option<Locode> {
        let mut code = [0; 5];
        let mut n = 0;
        for byte in text.trim().bytes() {
            if byte == b' ' && n == 2 {
                continue;
            }
            *code.get_mut(n)? = byte.to_ascii_uppercase();
            n += 1;
        }
        let is_place = |byte: &u8| byte.is_ascii_uppercase() || (b'2'..=b'9').contains(byte);
        let is_code = n == 5
            && code[..2].iter().all(u8::is_ascii_uppercase)
            && code[2..].iter().all(is_place);
        is_code.then_some(Locode(code))
    }

    /// The five letters without a space: `USLGB`.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default() // Letters and digits always are.
    }

    /// The country's two letters (ISO 3166).
    pub fn country(&self) -> &str {
        &self.as_str()[..2]
    }

    /// The three letters of the place.
    pub fn place(&self) -> &str {
        &self.as_str()[2..]
    }
}

impl fmt::Display for Locode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.country(), self.place())
    }
}

impl TryFrom<String> for Locode {
    type Error = String;
    fn try_from(text: String) -> Result<Locode, String> {
        Locode::from_text(&text).ok_or_else(|| format!("\"{text}\" is no UN/LOCODE"))
    }
}

impl From<Locode> for String {
    fn from(code: Locode) -> String {
        code.as_str().to_owned()
    }
}

/// How large a harbor is, as the World Port Index judges it by area, facilities and wharf space.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub enum HarborSize {
    /// Nothing is said.
    #[default]
    Unknown,
    /// Very small.
    VerySmall,
    /// Small.
    Small,
    /// Medium.
    Medium,
    /// Large.
    Large,
}

impl HarborSize {
    /// The size from the words of the World Port Index, in any case.
    pub fn from_text(text: &str) -> HarborSize {
        match text.trim().to_ascii_lowercase().as_str() {
            "large" | "l" => HarborSize::Large,
            "medium" | "m" => HarborSize::Medium,
            "small" | "s" => HarborSize::Small,
            "very small" | "v" => HarborSize::VerySmall,
            _ => HarborSize::Unknown,
        }
    }

    /// The size in words.
    pub fn name(self) -> &'static str {
        match self {
            HarborSize::Unknown => "unknown",
            HarborSize::VerySmall => "very small",
            HarborSize::Small => "small",
            HarborSize::Medium => "medium",
            HarborSize::Large => "large",
        }
    }
}

/// A place where voyages begin and end.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Port {
    /// Its name, as the list writes it.
    pub name: String,
    /// Other names it goes by.
    pub aliases: Vec<String>,
    /// Its UN/LOCODE, if it has one.
    pub locode: Option<Locode>,
    /// Its number in the World Port Index, if it has one.
    pub wpi: Option<u32>,
    /// Its country, as the list writes it: a name or two letters. Empty where nothing is said.
    pub country: String,
    /// How large it is.
    pub size: HarborSize,
    /// Where it lies.
    pub position: Position,
}

/// A port of a [`PortTable`]: its place there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct PortId(pub u32);

/// Degrees of latitude and longitude to a cell of the index.
const CELL_DEG: f64 = 0.5;
/// Meters to a degree of latitude, a hair less than they are, so that cells reach far enough.
const M_PER_DEG: f64 = 111_194.0;
/// Cells around the world.
const N_ACROSS: i32 = 720;

/// Ports, found by place, by code and by name.
#[derive(Clone, Debug, Default)]
pub struct PortTable {
    // Invariant: every position is valid; `cells` and `codes` name each port by its place in
    // `ports`; `folded` holds each port's names as they are searched.
    ports: Vec<Port>,
    cells: FxHashMap<(i32, i32), Vec<u32>>,
    codes: FxHashMap<Locode, Vec<u32>>,
    folded: Vec<Vec<String>>,
}

/// Ports are equal if the ports are; the index follows from them.
impl PartialEq for PortTable {
    fn eq(&self, other: &PortTable) -> bool {
        self.ports == other.ports
    }
}

impl PortTable {
    /// A table of `ports`; those without a valid position are left out, since nothing can be found
    /// near them. Readers count them before.
    pub fn new(ports: Vec<Port>) -> PortTable {
        let ports: Vec<Port> = ports.into_iter().filter(|port| port.position.is_valid()).collect();
        let mut cells: FxHashMap<(i32, i32), Vec<u32>> = FxHashMap::default();
        let mut codes: FxHashMap<Locode, Vec<u32>> = FxHashMap::default();
        for (index, port) in (0..).zip(&ports) {
            cells.entry(cell_of(port.position)).or_default().push(index);
            if let Some(code) = port.locode {
                codes.entry(code).or_default().push(index);
            }
        }
        for same in codes.values_mut() {
            same.sort_by_key(|index| std::cmp::Reverse(ports[*index as usize].size));
        }
        let names = |port: &Port| {
            std::iter::once(&port.name).chain(&port.aliases).map(|name| fold(name)).collect()
        };
        let folded = ports.iter().map(names).collect();
        PortTable { ports, cells, codes, folded }
    }

    /// How many ports there are.
    pub fn len(&self) -> usize {
        self.ports.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ports.is_empty()
    }

    /// The ports, in the order of the list.
    pub fn ports(&self) -> &[Port] {
        &self.ports
    }

    /// Port `id`.
    ///
    /// # Panics
    ///
    /// If `id` is of another, longer table.
    pub fn port(&self, id: PortId) -> &Port {
        &self.ports[id.0 as usize]
    }

    /// Every port with its id.
    pub fn iter(&self) -> impl Iterator<Item = (PortId, &Port)> {
        (0..).map(PortId).zip(&self.ports)
    }

    /// The ports with this code, the largest harbor first: lists name a few twice.
    pub fn with_code(&self, code: Locode) -> impl Iterator<Item = PortId> + '_ {
        self.codes.get(&code).into_iter().flatten().map(|index| PortId(*index))
    }

    /// The port nearest to `place` and how far it is, in meters, if one lies within `radius_m`; of
    /// equally near ones the first. Takes about as long as there are ports near by: over water far
    /// from any port, 20 ns.
    pub fn nearest(&self, place: Position, radius_m: f64) -> Option<(PortId, f64)> {
        let mut best: Option<(PortId, f64)> = None;
        self.for_each_within(place, radius_m, |id, far_m| {
            if best.is_none_or(|(first, least_m)| (far_m, id) < (least_m, first)) {
                best = Some((id, far_m));
            }
        });
        best
    }

    /// All ports within `radius_m` of `place` with their distances in meters, nearest first.
    pub fn within(&self, place: Position, radius_m: f64) -> Vec<(PortId, f64)> {
        let mut found = Vec::new();
        self.for_each_within(place, radius_m, |id, far_m| found.push((id, far_m)));
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        found
    }

    fn for_each_within(&self, place: Position, radius_m: f64, mut take: impl FnMut(PortId, f64)) {
        if !place.is_valid() || radius_m.is_nan() || radius_m < 0.0 {
            return;
        }
        let reach_deg = radius_m / M_PER_DEG;
        let (south, north) = (place.lat_deg - reach_deg, place.lat_deg + reach_deg);
        let rows = row_of(south.max(-90.0))..=row_of(north.min(90.0));
        // The widest that the circle gets in longitude; around a pole, all of it.
        let widest = (radius_m / 6_371_000.0).sin() / place.lat_deg.to_radians().cos();
        let is_all = north >= 89.9
            || south <= -89.9
            || reach_deg >= 89.0
            || widest.is_nan()
            || widest >= 0.99;
        let first = column_of(place.lon_deg);
        let columns = if is_all {
            0..=N_ACROSS - 1
        } else {
            let reach = (widest.asin().to_degrees() / CELL_DEG).ceil() as i32;
            if 2 * reach + 1 >= N_ACROSS { 0..=N_ACROSS - 1 } else { first - reach..=first + reach }
        };
        for row in rows {
            for column in columns.clone() {
                let Some(cell) = self.cells.get(&(row, column.rem_euclid(N_ACROSS))) else {
                    continue;
                };
                for index in cell {
                    let far_m = distance_m(place, self.ports[*index as usize].position);
                    if far_m <= radius_m {
                        take(PortId(*index), far_m);
                    }
                }
            }
        }
    }

    /// Up to `most` ports that `text` may mean, the likeliest first: by code, by the whole name, by
    /// its beginning, by the beginning of a word in it, by a part of it; of equals the larger
    /// harbor. Case and accents do not matter.
    pub fn search(&self, text: &str, most: usize) -> Vec<PortId> {
        let wanted = fold(text);
        if wanted.is_empty() {
            return Vec::new();
        }
        let code = Locode::from_text(text);
        let rank = |id: usize| {
            let is_coded = code.is_some() && self.ports[id].locode == code;
            if is_coded {
                return Some(0);
            }
            self.folded[id].iter().filter_map(|name| rank_in(name, &wanted)).min()
        };
        let mut found: Vec<(usize, std::cmp::Reverse<HarborSize>, usize)> = (0..self.len())
            .filter_map(|id| Some((rank(id)?, std::cmp::Reverse(self.ports[id].size), id)))
            .collect();
        found.sort_unstable();
        found.into_iter().take(most).map(|(_, _, id)| PortId(id as u32)).collect()
    }

    /// A number that differs where names, codes, places or their order do: what was learned on one
    /// table does not fit another.
    pub fn fingerprint(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64; // FNV-1a.
        let mut take = |bytes: &[u8]| {
            for byte in bytes {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        for port in &self.ports {
            take(port.name.as_bytes());
            take(&[0]);
            take(port.locode.map_or([0; 5], |code| code.0).as_slice());
            take(&port.position.lon_deg.to_bits().to_le_bytes());
            take(&port.position.lat_deg.to_bits().to_le_bytes());
        }
        hash
    }
}

fn row_of(lat_deg: f64) -> i32 {
    (lat_deg / CELL_DEG).floor() as i32
}

fn column_of(lon_deg: f64) -> i32 {
    ((lon_deg + 180.0) / CELL_DEG).floor() as i32
}

fn cell_of(place: Position) -> (i32, i32) {
    (row_of(place.lat_deg), column_of(place.lon_deg).rem_euclid(N_ACROSS))
}

/// How well `name` fits `wanted`, from 1 for the same; none if it does not.
fn rank_in(name: &str, wanted: &str) -> Option<usize> {
    let at = name.find(wanted)?;
    let begins_word = || name.match_indices(wanted).any(|(at, _)| name[..at].ends_with(' '));
    Some(match at {
        0 if name.len() == wanted.len() => 1,
        0 => 2,
        _ if begins_word() => 3,
        _ => 4,
    })
}

/// A name as it is searched and compared: upper case, accents taken off, everything but letters
/// and digits made one space.
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for c in name.chars() {
        let plain = match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => {
                folded.push(c.to_ascii_uppercase());
                continue;
            }
            // Apostrophes part no words: S'PORE, ST JOHN'S.
            '\'' | '\u{2019}' | '`' => continue,
            'à'..='å' | 'À'..='Å' | 'ā' | 'Ā' | 'ă' | 'Ă' | 'ą' | 'Ą' => "A",
            'æ' | 'Æ' => "AE",
            'ç' | 'Ç' | 'ć' | 'Ć' | 'č' | 'Č' => "C",
            'ď' | 'Ď' | 'đ' | 'Đ' | 'ð' | 'Ð' => "D",
            'è'..='ë' | 'È'..='Ë' | 'ē' | 'Ē' | 'ė' | 'Ė' | 'ę' | 'Ę' | 'ě' | 'Ě' => {
                "E"
            }
            'ğ' | 'Ğ' | 'ģ' | 'Ģ' => "G",
            'ì'..='ï' | 'Ì'..='Ï' | 'ī' | 'Ī' | 'İ' | 'ı' | 'į' | 'Į' => "I",
            'ķ' | 'Ķ' => "K",
            'ł' | 'Ł' | 'ļ' | 'Ļ' => "L",
            'ñ' | 'Ñ' | 'ń' | 'Ń' | 'ň' | 'Ň' | 'ņ' | 'Ņ' => "N",
            'ò'..='ö' | 'Ò'..='Ö' | 'ø' | 'Ø' | 'ō' | 'Ō' | 'ő' | 'Ő' => "O",
            'œ' | 'Œ' => "OE",
            'ř' | 'Ř' => "R",
            'ś' | 'Ś' | 'š' | 'Š' | 'ş' | 'Ş' | 'ș' | 'Ș' => "S",
            'ß' => "SS",
            'ť' | 'Ť' | 'ţ' | 'Ţ' | 'ț' | 'Ț' => "T",
            'þ' | 'Þ' => "TH",
            'ù'..='ü' | 'Ù'..='Ü' | 'ū' | 'Ū' | 'ů' | 'Ů' | 'ű' | 'Ű' | 'ų' | 'Ų' => {
                "U"
            }
            'ý' | 'Ý' | 'ÿ' => "Y",
            'ź' | 'Ź' | 'ż' | 'Ż' | 'ž' | 'Ž' => "Z",
            _ => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
                continue;
            }
        };
        folded.push_str(plain);
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(name: &str, code: &str, lon_deg: f64, lat_deg: f64) -> Port {
        Port {
            name: name.into(),
            locode: Locode::from_text(code),
            position: Position::new(lon_deg, lat_deg),
            ..Port::default()
        }
    }

    fn names(table: &PortTable, ids: &[PortId]) -> Vec<String> {
        ids.iter().map(|id| table.port(*id).name.clone()).collect()
    }

    #[test]
    fn a_code_is_two_letters_and_three_letters_or_digits() {
        for (text, code) in [
            ("USLGB", Some("USLGB")),
            (" us lgb ", Some("USLGB")),
            ("GT SJ2", Some("GTSJ2")),
            ("USLG", None),
            ("USLGBX", None),
            ("U SLGB", None),
            ("U1LGB", None),
            ("USLG0", None),
            ("", None),
            ("ÜSLGB", None),
        ] {
            assert_eq!(Locode::from_text(text).map(String::from).as_deref(), code, "{text}");
        }
        let code: Locode = serde_json::from_str("\"USLGB\"").unwrap();
        assert_eq!((code.country(), code.place()), ("US", "LGB"));
        assert!(serde_json::from_str::<Locode>("\"LONG BEACH\"").is_err());
    }

    #[test]
    fn the_nearest_port_within_reach_is_found() {
        let table = PortTable::new(vec![port("A", "", 10.0, 54.0), port("B", "", 10.1, 54.0)]);
        let (id, far_m) = table.nearest(Position::new(10.06, 54.0), 10_000.0).unwrap();
        assert_eq!(id, PortId(1));
        assert!((far_m - 2614.3).abs() < 0.5, "{far_m}"); // 0.04° at the cosine of 54°.
        assert_eq!(table.nearest(Position::new(10.06, 54.0), 2_600.0), None);
        assert_eq!(table.nearest(Position::new(10.04, 54.0), 5e4).unwrap().0, PortId(0));
        assert_eq!(table.nearest(Position::new(f64::NAN, 54.0), 5e4), None);
        let both = table.within(Position::new(10.06, 54.0), 10_000.0);
        assert_eq!(both.iter().map(|(id, _)| id.0).collect::<Vec<_>>(), [1, 0]);
    }

    #[test]
    fn ports_are_found_across_the_date_line_and_around_a_pole() {
        let table = PortTable::new(vec![
            port("West", "", 179.95, -17.0),
            port("East", "", -179.98, 64.0),
            port("North", "", 90.0, 89.9),
            port("Edge", "", 180.0, 10.0),
        ]);
        for (lon, lat, found) in [
            (-179.95, -17.0, Some(0)),
            (179.98, 64.0, Some(1)),
            (-90.0, 89.9, Some(2)),
            (-179.99, 10.0, Some(3)),
            (179.99, 10.0, Some(3)),
            (0.0, 0.0, None),
        ] {
            let nearest = table.nearest(Position::new(lon, lat), 30_000.0);
            assert_eq!(nearest.map(|(id, _)| id.0), found, "{lon} {lat}");
        }
    }

    #[test]
    fn the_index_finds_what_a_plain_search_finds() {
        let mut rng = crate::base::rng::Rng::new(3, 0);
        let mut place = || Position::new(rng.between(-180.0, 180.0), rng.between(-90.0, 90.0));
        let ports: Vec<Port> =
            (0..2000).map(|_| Port { position: place(), ..Port::default() }).collect();
        let table = PortTable::new(ports);
        for n in 0..400 {
            let (from, radius_m) = (place(), 2_000.0 * f64::from(n));
            let plain = table
                .iter()
                .map(|(id, port)| (id, distance_m(from, port.position)))
                .filter(|(_, far_m)| *far_m <= radius_m)
                .min_by(|a, b| a.1.total_cmp(&b.1));
            assert_eq!(table.nearest(from, radius_m), plain, "{from:?} {radius_m}");
        }
    }

    #[test]
    fn a_search_goes_by_code_then_name_then_parts_of_it() {
        let mut beach = port("Long Beach", "US LGB", -118.2, 33.75);
        beach.size = HarborSize::Large;
        let table = PortTable::new(vec![
            port("Palm Beach", "US PAB", -80.0, 26.7),
            port("Långsele", "", 17.0, 63.0),
            port("Long Island", "", -75.0, 23.0),
            beach,
            port("Furulong", "", 1.0, 1.0),
        ]);
        for (text, found) in [
            ("us pab", vec!["Palm Beach"]),
            ("USLGB", vec!["Long Beach"]),
            ("long", vec!["Long Beach", "Long Island", "Furulong"]),
            ("beach", vec!["Long Beach", "Palm Beach"]),
            ("LANG", vec!["Långsele"]),
            ("long beach", vec!["Long Beach"]),
            ("  ", vec![]),
            ("nowhere", vec![]),
        ] {
            assert_eq!(names(&table, &table.search(text, 9)), found, "{text}");
        }
        assert_eq!(table.search("long", 1).len(), 1);
    }

    #[test]
    fn of_two_ports_with_one_code_the_larger_comes_first() {
        let mut large = port("Hamburg", "DE HAM", 9.9, 53.5);
        large.size = HarborSize::Large;
        let table = PortTable::new(vec![port("Hamburg Harbor", "DE HAM", 9.98, 53.5), large]);
        let found: Vec<PortId> = table.with_code(Locode::from_text("DEHAM").unwrap()).collect();
        assert_eq!(found, [PortId(1), PortId(0)]);
    }

    #[test]
    fn names_are_folded_to_letters_digits_and_single_spaces() {
        for (name, folded) in [
            ("  São  Luís ", "SAO LUIS"),
            ("ÅRHUS", "ARHUS"),
            ("Port-Louis (Mauritius)", "PORT LOUIS MAURITIUS"),
            ("St. John's", "ST JOHNS"),
            ("Świnoujście", "SWINOUJSCIE"),
            ("神戸", ""),
        ] {
            assert_eq!(fold(name), folded);
        }
    }

    #[test]
    fn another_table_has_another_fingerprint() {
        let one = PortTable::new(vec![port("A", "", 1.0, 2.0), port("B", "", 3.0, 4.0)]);
        let turned = PortTable::new(vec![port("B", "", 3.0, 4.0), port("A", "", 1.0, 2.0)]);
        assert_eq!(one.fingerprint(), one.clone().fingerprint());
        assert_ne!(one.fingerprint(), turned.fingerprint());
    }

    #[test]
    fn a_port_without_a_place_is_left_out() {
        let nowhere = Port { position: Position::new(f64::NAN, 1.0), ..Port::default() };
        assert!(PortTable::new(vec![nowhere]).is_empty());
    }
}
