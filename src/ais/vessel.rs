//! Who sails: identity, type and size of a vessel.

use serde::{Deserialize, Serialize};

/// A Maritime Mobile Service Identity, or any other number by which a file names a vessel.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct Mmsi(pub u32);

/// What kind of station an MMSI belongs to, by its digits (ITU-R M.585).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum MmsiClass {
    /// `MIDxxxxxx`: a ship.
    Ship,
    /// `00MIDxxxx`: a coast or base station.
    BaseStation,
    /// `111MIDxxx`: a search-and-rescue aircraft.
    SarAircraft,
    /// `99MIDxxxx`: an aid to navigation.
    Aid,
    /// `98MIDxxxx`: a craft of a parent ship.
    Craft,
    /// `970`, `972`, `974`: a search-and-rescue transponder, man overboard, or EPIRB.
    Distress,
    /// `8MIDxxxxx`: a handheld radio.
    Handheld,
    /// `0MIDxxxxx`: a group of ships.
    Group,
    /// Not nine digits, or no country in them: often a test, an inland or a mistyped number.
    Malformed,
}

impl Mmsi {
    /// The kind of station, by the digits alone.
    ///
    /// ```
    /// use fairway::ais::{Mmsi, MmsiClass};
    /// assert_eq!(Mmsi(366_940_480).class(), MmsiClass::Ship);
    /// assert_eq!(Mmsi(3_669_987).class(), MmsiClass::BaseStation); // 003669987
    /// assert_eq!(Mmsi(1).class(), MmsiClass::Malformed);
    /// ```
    pub fn class(self) -> MmsiClass {
        let is_country = |mid: u32| (201..=775).contains(&mid);
        match self.0 {
            2_010_000..=7_759_999 => MmsiClass::BaseStation,
            20_100_000..=77_599_999 => MmsiClass::Group,
            id @ 111_000_000..=111_999_999 if is_country(id / 1000 % 1000) => {
                MmsiClass::SarAircraft
            }
            id @ 200_000_000..=799_999_999 if is_country(id / 1_000_000) => MmsiClass::Ship,
            id @ 800_000_000..=899_999_999 if is_country(id / 100_000 % 1000) => {
                MmsiClass::Handheld
            }
            970_000_000..=970_999_999 | 972_000_000..=972_999_999 | 974_000_000..=974_999_999 => {
                MmsiClass::Distress
            }
            id @ 980_000_000..=989_999_999 if is_country(id / 10_000 % 1000) => MmsiClass::Craft,
            id @ 990_000_000..=999_999_999 if is_country(id / 10_000 % 1000) => MmsiClass::Aid,
            _ => MmsiClass::Malformed,
        }
    }
}

impl MmsiClass {
    /// The class in words.
    pub fn name(self) -> &'static str {
        match self {
            MmsiClass::Ship => "ship",
            MmsiClass::BaseStation => "base station",
            MmsiClass::SarAircraft => "SAR aircraft",
            MmsiClass::Aid => "aid to navigation",
            MmsiClass::Craft => "craft of a ship",
            MmsiClass::Distress => "distress beacon",
            MmsiClass::Handheld => "handheld radio",
            MmsiClass::Group => "group of ships",
            MmsiClass::Malformed => "malformed MMSI",
        }
    }

    /// Whether something with this number may sail: everything but stations on land, aids to
    /// navigation and aircraft. A malformed number is most often a ship's.
    pub fn may_sail(self) -> bool {
        !matches!(self, MmsiClass::BaseStation | MmsiClass::SarAircraft | MmsiClass::Aid)
    }
}

/// Beginnings or parts of the words by which files name ship types, with a code of that type.
const WORDS: &[(&str, u8)] = &[
    ("cargo", 70),
    ("container", 70),
    ("bulk", 70),
    ("tanker", 80),
    ("passenger", 60),
    ("ferry", 60),
    ("cruise", 60),
    ("fishing", 30),
    ("trawler", 30),
    ("hsc", 40),
    ("high speed", 40),
    ("high-speed", 40),
    ("wig", 20),
    ("towing long", 32),
    ("tow", 31),
    ("tug", 52),
    ("dredg", 33),
    ("diving", 34),
    ("military", 35),
    ("naval", 35),
    ("sailing", 36),
    ("pleasure", 37),
    ("yacht", 37),
    ("pilot", 50),
    ("sar", 51),
    ("search", 51),
    ("port tender", 53),
    ("anti-pollution", 54),
    ("law enforcement", 55),
    ("medical", 58),
    ("other", 90),
    ("reserved", 90),
];

/// AIS ship type, `0..=99`; 0 for "not available" (ITU-R M.1371, message 5).
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct ShipType(pub u8);

/// Ship types in the groups that people filter and color by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum ShipKind {
    /// 70 to 79.
    Cargo,
    /// 80 to 89.
    Tanker,
    /// 60 to 69.
    Passenger,
    /// 40 to 49.
    HighSpeed,
    /// 30.
    Fishing,
    /// 31, 32, 52: towing and tugs.
    Tug,
    /// 36, 37: sailing and pleasure craft.
    Pleasure,
    /// 33, 34, 35, 50 to 59: dredgers, divers, pilots, search and rescue, law enforcement, navy.
    Service,
    /// Every other number.
    Other,
    /// 0: not known.
    Unknown,
}

impl ShipKind {
    /// Every kind, in the order of legends.
    pub const ALL: [ShipKind; 10] = [
        ShipKind::Cargo,
        ShipKind::Tanker,
        ShipKind::Passenger,
        ShipKind::HighSpeed,
        ShipKind::Fishing,
        ShipKind::Tug,
        ShipKind::Pleasure,
        ShipKind::Service,
        ShipKind::Other,
        ShipKind::Unknown,
    ];

    /// The kind in words.
    pub fn name(self) -> &'static str {
        match self {
            ShipKind::Cargo => "Cargo",
            ShipKind::Tanker => "Tanker",
            ShipKind::Passenger => "Passenger",
            ShipKind::HighSpeed => "High-speed craft",
            ShipKind::Fishing => "Fishing",
            ShipKind::Tug => "Tug, towing",
            ShipKind::Pleasure => "Sailing, pleasure",
            ShipKind::Service => "Service, government",
            ShipKind::Other => "Other",
            ShipKind::Unknown => "Unknown",
        }
    }

    /// The fastest that ships of this kind are taken to sail, in knots: `smax` of the paper's
    /// Algorithm 2, which leaves the figures open.
    pub fn fastest_kn(self) -> f64 {
        match self {
            ShipKind::Cargo | ShipKind::Tanker => 30.0,
            ShipKind::Fishing | ShipKind::Tug => 25.0,
            ShipKind::Passenger => 40.0,
            ShipKind::Pleasure | ShipKind::Service | ShipKind::Other | ShipKind::Unknown => 50.0,
            ShipKind::HighSpeed => 60.0,
        }
    }
}

impl ShipType {
    /// The group this type belongs to.
    pub fn kind(self) -> ShipKind {
        match self.0 {
            0 => ShipKind::Unknown,
            30 => ShipKind::Fishing,
            31 | 32 | 52 => ShipKind::Tug,
            33..=35 | 50 | 51 | 53..=59 => ShipKind::Service,
            36 | 37 => ShipKind::Pleasure,
            40..=49 => ShipKind::HighSpeed,
            60..=69 => ShipKind::Passenger,
            70..=79 => ShipKind::Cargo,
            80..=89 => ShipKind::Tanker,
            _ => ShipKind::Other,
        }
    }

    /// The type from a number in a file: an AIS code, or one of the four-digit codes of the US
    /// Coast Guard that MarineCadastre wrote until 2018.
    pub fn from_number(number: u32) -> ShipType {
        ShipType(match number {
            0..=255 => number as u8,
            1001 | 1002 => 30,
            1003 | 1004 | 1016 => 70,
            1010 | 1011 | 1018 | 1020 | 1021 | 1005..=1009 | 1022 => 90,
            1012..=1015 => 60,
            1017 | 1024 => 80,
            1019 => 37,
            1023 | 1025 => 31,
            _ => 0,
        })
    }

    /// The type from words as files write them: `Cargo`, `Tanker`, `Passenger ship`, `HSC`. An
    /// unknown word gives `ShipType(0)`.
    pub fn from_text(text: &str) -> ShipType {
        let text = text.trim().to_ascii_lowercase();
        if let Ok(number) = text.parse::<f64>() {
            let is_code = number >= 0.0 && number.fract() == 0.0 && number < 1e5;
            return if is_code { ShipType::from_number(number as u32) } else { ShipType(0) };
        }
        let word = WORDS.iter().find(|(word, _)| text.starts_with(word));
        ShipType(
            word.or_else(|| WORDS.iter().find(|(word, _)| text.contains(word)))
                .map_or(0, |(_, code)| *code),
        )
    }
}

/// What static and voyage reports say of a vessel. Empty, `None` or 0 where they say nothing.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Static {
    /// Ship's name as sent, without padding.
    pub name: String,
    /// Call sign.
    pub callsign: String,
    /// Number in the register of the International Maritime Organization; 0 for none.
    pub imo: u32,
    /// Ship type.
    pub ship_type: ShipType,
    /// Length over all, meters.
    pub length_m: Option<f32>,
    /// Breadth, meters.
    pub width_m: Option<f32>,
    /// Present draught, meters.
    pub draught_m: Option<f32>,
    /// Destination as typed on board.
    pub destination: String,
    /// Expected arrival as typed: `MM-DD hh:mm` from AIS (which sends no year), a date from files.
    pub eta: String,
}

impl Static {
    /// Takes over everything that `newer` says.
    pub fn update(&mut self, newer: &Static) {
        let text = |mine: &mut String, new: &String| {
            if !new.is_empty() {
                mine.clone_from(new);
            }
        };
        text(&mut self.name, &newer.name);
        text(&mut self.callsign, &newer.callsign);
        text(&mut self.destination, &newer.destination);
        text(&mut self.eta, &newer.eta);
        if newer.imo != 0 {
            self.imo = newer.imo;
        }
        if newer.ship_type != ShipType(0) {
            self.ship_type = newer.ship_type;
        }
        self.length_m = newer.length_m.or(self.length_m);
        self.width_m = newer.width_m.or(self.width_m);
        self.draught_m = newer.draught_m.or(self.draught_m);
    }
}

/// One vessel of a fleet.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Vessel {
    /// The number by which its reports name it.
    pub mmsi: Mmsi,
    /// Whether the number is no MMSI but a track's, trip's or row's own in its file.
    pub is_local: bool,
    /// 0, or 1 and up for further ships that were found to share one MMSI.
    pub part: u8,
    /// Latest of what its static reports said, field by field.
    pub about: Static,
    /// Destinations and arrival times as they were typed, each with the time of the first report
    /// that said so (UTC milliseconds), in time order.
    pub voyages: Vec<(i64, VoyageNote)>,
    /// Names and IMO numbers that it gave, each with the time of the first report that said so (UTC
    /// milliseconds), in time order: one entry more for each change.
    pub identities: Vec<(i64, Claim)>,
}

/// Whom a vessel claims to be.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Claim {
    /// Its name; empty for none.
    pub name: String,
    /// Its IMO number; 0 for none.
    pub imo: u32,
}

/// What the crew typed for a voyage.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VoyageNote {
    /// Destination as typed.
    pub destination: String,
    /// Arrival as typed.
    pub eta: String,
    /// Draught in decimeters; 0 for none.
    pub draught_dm: u16,
}

impl Vessel {
    /// The kind of station; a local number counts as a ship's.
    pub fn class(&self) -> MmsiClass {
        if self.is_local { MmsiClass::Ship } else { self.mmsi.class() }
    }

    /// The group of its ship type.
    pub fn kind(&self) -> ShipKind {
        self.about.ship_type.kind()
    }

    /// What to call it: its name, or its number; with a letter where several share the number.
    pub fn title(&self) -> String {
        let part = match self.part {
            0 => String::new(),
            part => format!(" ({})", char::from(b'a' + part.min(25))),
        };
        if self.about.name.is_empty() {
            format!("{}{part}", self.mmsi.0)
        } else {
            format!("{}{part}", self.about.name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mmsi_classes_follow_the_digits() {
        for (id, class) in [
            (219_000_001, MmsiClass::Ship),
            (2_190_064, MmsiClass::BaseStation),
            (111_219_501, MmsiClass::SarAircraft),
            (992_191_509, MmsiClass::Aid),
            (982_190_001, MmsiClass::Craft),
            (970_123_456, MmsiClass::Distress),
            (821_900_001, MmsiClass::Handheld),
            (21_900_000, MmsiClass::Group),
            (100_008, MmsiClass::Malformed),
            (0, MmsiClass::Malformed),
            (999_999_999, MmsiClass::Malformed),
            (1_193_046, MmsiClass::Malformed),
        ] {
            assert_eq!(Mmsi(id).class(), class, "{id}");
        }
    }

    #[test]
    fn ship_types_are_read_from_words_and_numbers() {
        for (text, kind) in [
            ("Cargo", ShipKind::Cargo),
            ("70", ShipKind::Cargo),
            ("70.0", ShipKind::Cargo),
            ("1004", ShipKind::Cargo),
            ("Tanker", ShipKind::Tanker),
            ("HSC", ShipKind::HighSpeed),
            ("Towing long/wide", ShipKind::Tug),
            ("SAR", ShipKind::Service),
            ("Sailing", ShipKind::Pleasure),
            ("Undefined", ShipKind::Unknown),
            ("", ShipKind::Unknown),
            ("-3", ShipKind::Unknown),
        ] {
            assert_eq!(ShipType::from_text(text).kind(), kind, "{text}");
        }
    }

    #[test]
    fn a_newer_static_report_overwrites_only_what_it_says() {
        let mut about = Static { name: "EARLY DAWN".into(), imo: 7_821_130, ..Static::default() };
        about.update(&Static { draught_m: Some(4.0), imo: 0, ..Static::default() });
        assert_eq!(
            (about.name.as_str(), about.imo, about.draught_m),
            ("EARLY DAWN", 7_821_130, Some(4.0))
        );
    }
}
