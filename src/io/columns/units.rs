//! The units and forms in which a file gives speeds, courses and times.

use serde::{Deserialize, Serialize};

use crate::base::params::Choice;
use crate::base::time::TimeFormat;

/// The unit in which a file gives speed over ground.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpeedUnit {
    /// From the column's name, or from how fast the positions move.
    #[default]
    Auto,
    /// Knots.
    Knots,
    /// Meters a second.
    MetersPerSecond,
    /// Kilometers an hour.
    KilometersPerHour,
    /// Tenths of a knot.
    TenthKnots,
}

impl SpeedUnit {
    /// Knots in one of the unit.
    pub fn kn(self) -> f64 {
        match self {
            SpeedUnit::Auto | SpeedUnit::Knots => 1.0,
            SpeedUnit::MetersPerSecond => 3600.0 / 1852.0,
            SpeedUnit::KilometersPerHour => 1000.0 / 1852.0,
            SpeedUnit::TenthKnots => 0.1,
        }
    }

    /// The unit in words.
    pub fn name(self) -> &'static str {
        Self::CASES.iter().find(|(_, unit)| *unit == self).map_or("", |(name, _)| name)
    }

    /// The unit that a column's name gives away: `speed_kmh`, `SOG (m/s)`.
    pub fn from_column_name(name: &str) -> Option<SpeedUnit> {
        let name: String = name.to_lowercase();
        let ends =
            |ends: &[&str]| ends.iter().any(|end| name.trim_end_matches([')', ']']).ends_with(end));
        if ends(&["m/s", "mps", "_ms", "ms-1", "m_s"]) {
            Some(SpeedUnit::MetersPerSecond)
        } else if ends(&["km/h", "kmh", "kph", "km_h"]) {
            Some(SpeedUnit::KilometersPerHour)
        } else if ends(&["kn", "kt", "kts", "knots"]) {
            Some(SpeedUnit::Knots)
        } else {
            None
        }
    }
}

impl Choice for SpeedUnit {
    const CASES: &'static [(&'static str, SpeedUnit)] = &[
        ("auto", SpeedUnit::Auto),
        ("kn", SpeedUnit::Knots),
        ("m/s", SpeedUnit::MetersPerSecond),
        ("km/h", SpeedUnit::KilometersPerHour),
        ("0.1kn", SpeedUnit::TenthKnots),
    ];
}

/// The unit in which a file gives courses.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AngleUnit {
    /// From the values: beyond 360 they are tenths.
    #[default]
    Auto,
    /// Degrees.
    Degrees,
    /// Tenths of a degree.
    Tenths,
}

impl Choice for AngleUnit {
    const CASES: &'static [(&'static str, AngleUnit)] =
        &[("auto", AngleUnit::Auto), ("deg", AngleUnit::Degrees), ("0.1deg", AngleUnit::Tenths)];
}

/// How times are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the cases are those of TimeFormat")]
pub enum TimeChoice {
    #[default]
    Auto,
    Iso,
    DayFirst,
    MonthFirst,
    Compact,
    EpochS,
    EpochMs,
    TimeOfDay,
}

impl TimeChoice {
    /// The format chosen, or `None` to recognise it.
    pub fn format(self) -> Option<TimeFormat> {
        Some(match self {
            TimeChoice::Auto => return None,
            TimeChoice::Iso => TimeFormat::Iso,
            TimeChoice::DayFirst => TimeFormat::DayFirst,
            TimeChoice::MonthFirst => TimeFormat::MonthFirst,
            TimeChoice::Compact => TimeFormat::Compact,
            TimeChoice::EpochS => TimeFormat::EpochS,
            TimeChoice::EpochMs => TimeFormat::EpochMs,
            TimeChoice::TimeOfDay => TimeFormat::TimeOfDay,
        })
    }
}

impl Choice for TimeChoice {
    const CASES: &'static [(&'static str, TimeChoice)] = &[
        ("auto", TimeChoice::Auto),
        ("iso", TimeChoice::Iso),
        ("day-first", TimeChoice::DayFirst),
        ("month-first", TimeChoice::MonthFirst),
        ("compact", TimeChoice::Compact),
        ("epoch-s", TimeChoice::EpochS),
        ("epoch-ms", TimeChoice::EpochMs),
        ("time-of-day", TimeChoice::TimeOfDay),
    ];
}
