//! What the columns of a table mean: recognised by their names, or named by the user.

use serde::{Deserialize, Serialize};

use crate::base::params::{Choice as _, Form, Params};
use crate::base::time::day_ms;

mod units;

pub use self::units::{AngleUnit, SpeedUnit, TimeChoice};

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "the names are those of AIS")]
pub enum Role {
    Mmsi,
    /// A number or text that names a track, trip or vessel where there is no MMSI.
    Track,
    /// A number that names a row, and no vessel.
    Point,
    Time,
    /// A day, where the time column holds the time of day only.
    Date,
    Lat,
    Lon,
    Sog,
    Cog,
    CogSine,
    CogCosine,
    Heading,
    Rot,
    Status,
    Name,
    Imo,
    Callsign,
    ShipType,
    Length,
    Width,
    DimA,
    DimB,
    DimC,
    DimD,
    Draught,
    Destination,
    Eta,
    /// Minutes until arrival: gives times to tables that have none.
    Remaining,
    /// Hour, weekday (0 Monday) and ISO week of a row, in tables without a date.
    Hour,
    Weekday,
    Week,
    TruthRoute,
    TruthTrip,
    TruthFault,
}

/// Each role, the name by which it is shown, and the column names that stand for it, the likeliest
/// first, in lower case without anything but letters and digits.
const NAMES: &[(Role, &str, &[&str])] = &[
    (Role::Mmsi, "MMSI", &["mmsi", "sourcemmsi", "mmsinumber", "usermmsi", "userid"]),
    (
        Role::Track,
        "track",
        &[
            "trackid",
            "vid",
            "tripid",
            "trajectoryid",
            "trajid",
            "tid",
            "vesselid",
            "shipid",
            "segmentid",
            "trajectory",
            "vessel",
            "ship",
            "id",
        ],
    ),
    (Role::Point, "point", &["pointid", "objectid", "rowid"]),
    (
        Role::Time,
        "time",
        &[
            "basedatetime",
            "timestamp",
            "datetime",
            "sequencedttm",
            "timeutc",
            "timestamputc",
            "datetimeutc",
            "utc",
            "receivedtime",
            "receivedat",
            "recvtime",
            "positiontime",
            "dtposutc",
            "dtmessageutc",
            "movementdatetime",
            "tsposutc",
            "eventtime",
            "time",
            "ts",
            "t",
            "epoch",
            "unixtime",
            "dttm",
        ],
    ),
    (Role::Date, "date", &["date", "day", "dateutc"]),
    (Role::Lat, "latitude", &["lat", "latitude", "latdeg", "latitudedeg", "y", "ycoord", "poslat"]),
    (
        Role::Lon,
        "longitude",
        &["lon", "longitude", "long", "lng", "londeg", "longitudedeg", "x", "xcoord", "poslon"],
    ),
    (
        Role::Sog,
        "speed over ground",
        &[
            "sog",
            "sogkn",
            "sogknots",
            "speedoverground",
            "speed",
            "speedkn",
            "speedknots",
            "sogmps",
            "sogms",
            "speedmps",
            "speedms",
            "sogkmh",
            "speedkmh",
            "velocity",
        ],
    ),
    (
        Role::Cog,
        "course over ground",
        &["cog", "cogdeg", "courseoverground", "course", "coursedeg", "track", "trackangle"],
    ),
    (Role::CogSine, "sine of course", &["cogsin", "sincog", "cogsine", "coursesin", "sincourse"]),
    (
        Role::CogCosine,
        "cosine of course",
        &["cogcos", "coscog", "cogcosine", "coursecos", "coscourse"],
    ),
    (Role::Heading, "heading", &["heading", "trueheading", "hdg", "headingdeg", "th"]),
    (Role::Rot, "rate of turn", &["rot", "rateofturn", "turn", "rotdegmin"]),
    (Role::Status, "status", &["status", "navstatus", "navigationalstatus", "navigationstatus"]),
    (Role::Name, "name", &["vesselname", "shipname", "name"]),
    (Role::Imo, "IMO number", &["imo", "imonumber", "imono"]),
    (Role::Callsign, "call sign", &["callsign", "callsgn"]),
    (
        Role::ShipType,
        "ship type",
        &[
            "vesseltype",
            "shiptype",
            "shiptypeid",
            "typeofship",
            "aistype",
            "shipandcargotype",
            "type",
        ],
    ),
    (Role::Length, "length", &["length", "lengthm", "shiplength", "loa"]),
    (Role::Width, "width", &["width", "beam", "breadth", "widthm", "shipwidth"]),
    (Role::DimA, "to bow", &["dima", "a", "tobow"]),
    (Role::DimB, "to stern", &["dimb", "b", "tostern"]),
    (Role::DimC, "to port", &["dimc", "c", "toport"]),
    (Role::DimD, "to starboard", &["dimd", "d", "tostarboard"]),
    (Role::Draught, "draught", &["draught", "draft", "draughtm", "draftm"]),
    (Role::Destination, "destination", &["destination", "dest"]),
    (Role::Eta, "ETA", &["eta", "etamdhm", "etautc"]),
    (
        Role::Remaining,
        "minutes to arrival",
        &["remainingtraveltimeinminutes", "remainingmins", "remainingminutes"],
    ),
    (Role::Hour, "hour", &["hourint"]),
    (Role::Weekday, "weekday", &["weekdayint"]),
    (Role::Week, "week", &["weekofyearint"]),
    (Role::TruthRoute, "true route", &["truthroute"]),
    (Role::TruthTrip, "true trip", &["truthtrip"]),
    (Role::TruthFault, "planted fault", &["truthfault"]),
];

impl Role {
    /// The role in words.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(role, ..)| *role == self).map_or("", |(_, name, _)| name)
    }

    /// Every role, in the order in which columns are looked for.
    pub fn all() -> impl Iterator<Item = Role> {
        NAMES.iter().map(|(role, ..)| *role)
    }
}

/// Lower case, letters and digits only: `# Timestamp` and `TimeStamp` are one name. A unit in
/// brackets is left away.
fn normal(name: &str) -> String {
    let name = name.split(['(', '[']).next().unwrap_or(name);
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Which column holds what.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Columns {
    /// Role and column, by role.
    found: Vec<(Role, usize)>,
    /// Names of all columns, as in the file.
    pub names: Vec<String>,
}

impl Columns {
    /// Recognises `names`, with the user's own choices in `mapping` going first. The error names a
    /// column that the mapping asks for, that this table lacks, and for which nothing else stands.
    pub fn recognize(names: Vec<String>, mapping: &Mapping) -> Columns {
        let normals: Vec<String> = names.iter().map(|name| normal(name)).collect();
        let mut taken = vec![false; names.len()];
        let mut found = Vec::new();
        for (role, chosen) in mapping.chosen() {
            let place =
                match chosen.strip_prefix('#').and_then(|number| number.parse::<usize>().ok()) {
                    Some(number) => number.checked_sub(1).filter(|place| *place < names.len()),
                    None => names
                        .iter()
                        .position(|name| name.trim() == chosen.trim())
                        .or_else(|| normals.iter().position(|name| *name == normal(chosen))),
                };
            if let Some(place) = place.filter(|place| !taken[*place]) {
                taken[place] = true;
                found.push((role, place));
            }
        }
        for (role, _, synonyms) in NAMES {
            if found.iter().any(|(known, _)| known == role) {
                continue;
            }
            let place = synonyms.iter().find_map(|synonym| {
                normals
                    .iter()
                    .enumerate()
                    .position(|(place, name)| !taken[place] && name == synonym)
            });
            if let Some(place) = place {
                taken[place] = true;
                found.push((*role, place));
            }
        }
        found.sort_unstable();
        Columns { found, names }
    }

    /// The column of `role`.
    pub fn of(&self, role: Role) -> Option<usize> {
        self.found.iter().find(|(known, _)| *known == role).map(|(_, place)| *place)
    }

    /// The name, in the file, of the column of `role`.
    pub fn name_of(&self, role: Role) -> Option<&str> {
        self.of(role).map(|place| self.names[place].as_str())
    }

    /// Every recognised role with its column's name.
    pub fn found(&self) -> impl Iterator<Item = (Role, &str)> {
        self.found.iter().map(|(role, place)| (*role, self.names[*place].as_str()))
    }

    /// Whether rows can be positions: somebody, somewhere.
    pub fn has_positions(&self) -> bool {
        self.of(Role::Lat).is_some() && self.of(Role::Lon).is_some()
    }

    /// Whether rows can be positions, but nothing tells whose.
    pub fn are_anonymous(&self) -> bool {
        self.has_positions() && self.of(Role::Mmsi).is_none() && self.of(Role::Track).is_none()
    }

    /// Whether ships have names, though none that we tell them apart by.
    pub fn name_ships_otherwise(&self) -> bool {
        [Role::Name, Role::Imo, Role::Callsign].iter().any(|role| self.of(*role).is_some())
    }

    /// Whether rows can say something of vessels.
    pub fn has_statics(&self) -> bool {
        const STATIC: [Role; 5] =
            [Role::Name, Role::Imo, Role::Callsign, Role::ShipType, Role::Destination];
        self.of(Role::Mmsi).is_some() && STATIC.iter().any(|role| self.of(*role).is_some())
    }

    /// Whether anything was recognised that a header would name.
    pub fn are_a_header(&self) -> bool {
        self.has_positions() || self.has_statics() || self.found.len() >= 3
    }
}

/// What the user says of the columns; empty and "auto" leave it to recognition.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "each field is documented in `describe`")]
pub struct Mapping {
    pub mmsi_column: String,
    pub time_column: String,
    pub lat_column: String,
    pub lon_column: String,
    pub sog_column: String,
    pub cog_column: String,
    pub heading_column: String,
    pub name_column: String,
    pub type_column: String,
    pub sog_unit: SpeedUnit,
    pub cog_unit: AngleUnit,
    pub time_format: TimeChoice,
    pub date: String,
    pub accept_bad_checksums: bool,
}

/// Midnight of the day that is assumed where a file has times but no date: noon of no real voyage.
pub const DEFAULT_DATE_MS: i64 = 946_684_800_000; // 2000-01-01

impl Mapping {
    /// Midnight of the day to assume, UTC milliseconds.
    pub fn date_ms(&self) -> i64 {
        day_ms(&self.date).unwrap_or(DEFAULT_DATE_MS)
    }

    /// The columns that the user chose.
    fn chosen(&self) -> impl Iterator<Item = (Role, &str)> {
        [
            (Role::Mmsi, &self.mmsi_column),
            (Role::Time, &self.time_column),
            (Role::Lat, &self.lat_column),
            (Role::Lon, &self.lon_column),
            (Role::Sog, &self.sog_column),
            (Role::Cog, &self.cog_column),
            (Role::Heading, &self.heading_column),
            (Role::Name, &self.name_column),
            (Role::ShipType, &self.type_column),
        ]
        .into_iter()
        .map(|(role, name)| (role, name.as_str()))
        .filter(|(_, name)| !name.trim().is_empty())
    }
}

impl Params for Mapping {
    fn describe(&mut self, form: &mut dyn Form) {
        form.text(
            "date",
            &mut self.date,
            "Day to assume where a file has times without dates, as 2018-06-01; empty: 2000-01-01.",
        );
        self.time_format.describe(
            "time_format",
            form,
            "How times are written; times are UTC unless they carry an offset.",
        );
        self.sog_unit.describe("sog_unit", form, "Unit of speed over ground; auto: from the column's name, or from how fast positions move.");
        self.cog_unit.describe(
            "cog_unit",
            form,
            "Unit of course over ground; auto: tenths if values lie beyond 360.",
        );
        form.text(
            "mmsi_column",
            &mut self.mmsi_column,
            "Column with the vessel's number; a name as in the file, or #3 for the third.",
        );
        form.text("time_column", &mut self.time_column, "Column with the time.");
        form.text("lat_column", &mut self.lat_column, "Column with the latitude, degrees north.");
        form.text("lon_column", &mut self.lon_column, "Column with the longitude, degrees east.");
        form.text("sog_column", &mut self.sog_column, "Column with the speed over ground.");
        form.text("cog_column", &mut self.cog_column, "Column with the course over ground.");
        form.text(
            "heading_column",
            &mut self.heading_column,
            "Column with the true heading, degrees.",
        );
        form.text("name_column", &mut self.name_column, "Column with the ship's name.");
        form.text(
            "type_column",
            &mut self.type_column,
            "Column with the ship type, a number or words.",
        );
        form.flag(
            "accept_bad_checksums",
            &mut self.accept_bad_checksums,
            "Decode NMEA sentences whose checksum is missing or wrong as well.",
        );
    }

    fn faults(&self) -> Vec<String> {
        let is_day = self.date.trim().is_empty() || day_ms(&self.date).is_some();
        if is_day {
            Vec::new()
        } else {
            vec![format!("date is \"{}\"; it must be a day such as 2018-06-01", self.date)]
        }
    }
}

#[cfg(test)]
mod tests;
