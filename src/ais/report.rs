//! What a vessel sent: position reports, one by one and as columns.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::base::geo::Position;

/// Navigational status, `0..=15`; 15 for "not defined" (ITU-R M.1371, message 1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct NavStatus(pub u8);

impl Default for NavStatus {
    fn default() -> Self {
        NavStatus::UNDEFINED
    }
}

impl NavStatus {
    /// Nothing is known.
    pub const UNDEFINED: NavStatus = NavStatus(15);

    const NAMES: [&'static str; 16] = [
        "under way using engine",
        "at anchor",
        "not under command",
        "restricted maneuverability",
        "constrained by her draught",
        "moored",
        "aground",
        "engaged in fishing",
        "under way sailing",
        "reserved for HSC",
        "reserved for WIG",
        "power-driven vessel towing astern",
        "power-driven vessel pushing ahead or towing alongside",
        "reserved for future use",
        "AIS-SART is active",
        "not defined",
    ];

    /// The status in words.
    pub fn name(self) -> &'static str {
        Self::NAMES[usize::from(self.0.min(15))]
    }

    /// Reads a number or the words that files use, in any case.
    pub fn from_text(text: &[u8]) -> NavStatus {
        let text = text.trim_ascii();
        match text {
            [] => NavStatus::UNDEFINED,
            [d @ b'0'..=b'9'] => NavStatus(d - b'0'),
            [b'1', d @ b'0'..=b'5'] => NavStatus(10 + d - b'0'),
            _ => {
                // "Restricted manoeuvrability", "Engaged in fishing": the first letters tell.
                const STARTS: [(&str, u8); 16] = [
                    ("under way using", 0),
                    ("under way sail", 8),
                    ("underway sail", 8),
                    ("underway", 0),
                    ("at anchor", 1),
                    ("not under", 2),
                    ("restricted", 3),
                    ("constrained", 4),
                    ("moored", 5),
                    ("aground", 6),
                    ("engaged in fish", 7),
                    ("fishing", 7),
                    ("reserved for hsc", 9),
                    ("reserved for wig", 10),
                    ("power-driven vessel tow", 11),
                    ("power-driven vessel push", 12),
                ];
                let starts = |start: &str| {
                    text.get(..start.len())
                        .is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
                };
                let found = STARTS.iter().find(|(start, _)| starts(start));
                found.map_or(NavStatus::UNDEFINED, |(_, status)| NavStatus(*status))
            }
        }
    }
}

/// One position report. What was not available is not-a-number.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Report {
    /// UTC milliseconds.
    pub t_ms: i64,
    /// Where.
    pub position: Position,
    /// Speed over ground, knots.
    pub sog_kn: f32,
    /// Course over ground, degrees from true north.
    pub cog_deg: f32,
    /// True heading, degrees.
    pub heading_deg: f32,
    /// Rate of turn, degrees a minute, starboard positive.
    pub rot_deg_min: f32,
    /// Navigational status.
    pub status: NavStatus,
}

impl Report {
    /// A report of which only time and place are known.
    pub fn at(t_ms: i64, position: Position) -> Report {
        Report {
            t_ms,
            position,
            sog_kn: f32::NAN,
            cog_deg: f32::NAN,
            heading_deg: f32::NAN,
            rot_deg_min: f32::NAN,
            status: NavStatus::UNDEFINED,
        }
    }

    /// Whether both reports say the same, bit by bit: a message received or stored twice.
    pub fn is_same(&self, other: &Report) -> bool {
        let bits = |report: &Report| {
            (
                report.t_ms,
                report.position.lon_deg.to_bits(),
                report.position.lat_deg.to_bits(),
                report.sog_kn.to_bits(),
                report.cog_deg.to_bits(),
                report.heading_deg.to_bits(),
            )
        };
        bits(self) == bits(other)
    }
}

/// A fault planted by `synth`, as the column `truth_fault` names it.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[repr(u8)]
pub enum Fault {
    /// As it should be.
    #[default]
    None = 0,
    /// A single position far away from the track.
    Jump = 1,
    /// Position "not available": 91 degrees north, 181 degrees east.
    NoPosition = 2,
    /// Speed "not available" or beyond what ships reach.
    WrongSpeed = 3,
    /// Exactly the row before, once more.
    Duplicate = 4,
    /// Sent by another ship under the same MMSI.
    SharedMmsi = 5,
    /// The first report after a silence that the ship's motion does not explain.
    Gap = 6,
    /// Destination misspelt.
    Misspelt = 7,
}

impl Fault {
    /// Every fault, in the order of its number.
    pub const ALL: [Fault; 8] = [
        Fault::None,
        Fault::Jump,
        Fault::NoPosition,
        Fault::WrongSpeed,
        Fault::Duplicate,
        Fault::SharedMmsi,
        Fault::Gap,
        Fault::Misspelt,
    ];

    /// The fault as files write it.
    pub fn name(self) -> &'static str {
        match self {
            Fault::None => "",
            Fault::Jump => "jump",
            Fault::NoPosition => "no_position",
            Fault::WrongSpeed => "wrong_speed",
            Fault::Duplicate => "duplicate",
            Fault::SharedMmsi => "shared_mmsi",
            Fault::Gap => "gap",
            Fault::Misspelt => "misspelt",
        }
    }

    /// The fault a file names; [`Fault::None`] for what it does not know.
    pub fn from_name(name: &str) -> Fault {
        Fault::ALL.into_iter().find(|fault| fault.name() == name).unwrap_or_default()
    }
}

/// What is known of a report in made or labelled data. Methods never see it; scores do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Truth {
    /// The route it sails, or [`Truth::NONE`].
    pub route: u32,
    /// The trip it belongs to, or [`Truth::NONE`].
    pub trip: u32,
    /// The fault planted here.
    pub fault: Fault,
}

impl Truth {
    /// "Not known" for routes and trips.
    pub const NONE: u32 = u32::MAX;
    /// Nothing is known.
    pub const UNKNOWN: Truth = Truth { route: Truth::NONE, trip: Truth::NONE, fault: Fault::None };
}

/// Many reports, as columns of one length.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Reports {
    /// UTC milliseconds.
    pub t_ms: Vec<i64>,
    /// Places.
    pub positions: Vec<Position>,
    /// Speeds over ground, knots.
    pub sog_kn: Vec<f32>,
    /// Courses over ground, degrees.
    pub cog_deg: Vec<f32>,
    /// Headings, degrees.
    pub heading_deg: Vec<f32>,
    /// Rates of turn, degrees a minute.
    pub rot_deg_min: Vec<f32>,
    /// Navigational status.
    pub status: Vec<NavStatus>,
    /// The truth beside the reports: as long as they are, or empty where none is known.
    pub truth: Vec<Truth>,
}

impl Reports {
    /// How many reports there are.
    pub fn len(&self) -> usize {
        self.t_ms.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.t_ms.is_empty()
    }

    /// Report `index`.
    pub fn get(&self, index: usize) -> Report {
        Report {
            t_ms: self.t_ms[index],
            position: self.positions[index],
            sog_kn: self.sog_kn[index],
            cog_deg: self.cog_deg[index],
            heading_deg: self.heading_deg[index],
            rot_deg_min: self.rot_deg_min[index],
            status: self.status[index],
        }
    }

    /// What is known of report `index`.
    pub fn truth(&self, index: usize) -> Truth {
        self.truth.get(index).copied().unwrap_or(Truth::UNKNOWN)
    }

    /// Appends a report of which no truth is known, or need not be kept.
    ///
    /// # Panics
    ///
    /// If the reports so far have a truth column; use [`Reports::push_with_truth`] then.
    pub fn push(&mut self, report: Report) {
        assert!(self.truth.is_empty(), "these reports carry their truth");
        self.push_columns(report);
    }

    /// Appends a report with what is known of it.
    pub fn push_with_truth(&mut self, report: Report, truth: Truth) {
        assert_eq!(self.truth.len(), self.len(), "earlier reports carry no truth");
        self.push_columns(report);
        self.truth.push(truth);
    }

    fn push_columns(&mut self, report: Report) {
        self.t_ms.push(report.t_ms);
        self.positions.push(report.position);
        self.sog_kn.push(report.sog_kn);
        self.cog_deg.push(report.cog_deg);
        self.heading_deg.push(report.heading_deg);
        self.rot_deg_min.push(report.rot_deg_min);
        self.status.push(report.status);
    }

    /// Appends all of `other`.
    pub fn append(&mut self, other: &mut Reports) {
        self.t_ms.append(&mut other.t_ms);
        self.positions.append(&mut other.positions);
        self.sog_kn.append(&mut other.sog_kn);
        self.cog_deg.append(&mut other.cog_deg);
        self.heading_deg.append(&mut other.heading_deg);
        self.rot_deg_min.append(&mut other.rot_deg_min);
        self.status.append(&mut other.status);
        self.truth.append(&mut other.truth);
    }

    /// Appends the reports `range` of `other`, with their truth where it is known.
    pub fn extend_from(&mut self, other: &Reports, range: Range<usize>) {
        self.t_ms.extend_from_slice(&other.t_ms[range.clone()]);
        self.positions.extend_from_slice(&other.positions[range.clone()]);
        self.sog_kn.extend_from_slice(&other.sog_kn[range.clone()]);
        self.cog_deg.extend_from_slice(&other.cog_deg[range.clone()]);
        self.heading_deg.extend_from_slice(&other.heading_deg[range.clone()]);
        self.rot_deg_min.extend_from_slice(&other.rot_deg_min[range.clone()]);
        self.status.extend_from_slice(&other.status[range.clone()]);
        if !other.truth.is_empty() {
            self.truth.extend_from_slice(&other.truth[range]);
        }
    }

    /// Makes room for `n` reports more.
    pub fn reserve(&mut self, n: usize) {
        self.t_ms.reserve(n);
        self.positions.reserve(n);
        self.sog_kn.reserve(n);
        self.cog_deg.reserve(n);
        self.heading_deg.reserve(n);
        self.rot_deg_min.reserve(n);
        self.status.reserve(n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_is_read_from_numbers_and_words() {
        for (text, status) in [
            ("0", 0),
            ("12", 12),
            ("", 15),
            ("undefined", 15),
            ("Under way using engine", 0),
            ("UNDER WAY SAILING", 8),
            ("Moored", 5),
            ("Restricted manoeuvrability", 3),
            ("99", 15),
        ] {
            assert_eq!(NavStatus::from_text(text.as_bytes()), NavStatus(status), "{text}");
        }
    }

    #[test]
    fn faults_go_through_their_names() {
        for fault in Fault::ALL {
            assert_eq!(Fault::from_name(fault.name()), fault);
            assert_eq!(Fault::ALL[fault as usize], fault);
        }
    }

    #[test]
    fn columns_give_back_the_reports_put_in() {
        let mut reports = Reports::default();
        let report = Report { sog_kn: 12.5, ..Report::at(5, Position::new(1.0, 2.0)) };
        reports.push(report);
        assert!(reports.get(0).is_same(&report));
        assert_eq!(reports.truth(0), Truth::UNKNOWN);
    }
}
