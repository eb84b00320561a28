//! What passes the filter: its parameters, and typed ways to read and to set them.

use serde::{Deserialize, Serialize};

use super::area::{Area, points_of, polygon_of, text_of};
use super::search::Search;
use crate::ais::KindSet;
use crate::base::geo::Position;
use crate::base::params::{Field, Form, Params};
use crate::base::time::{DAY_MS, TimeFormat, TimeReader, iso_text};

/// One way in which a filter chooses, in the order in which trips are tested.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Criterion {
    /// Kind of ship.
    Kind,
    /// Number or name.
    Search,
    /// Window of time.
    Time,
    /// Area on the map.
    Area,
    /// Mean speed.
    Speed,
}

impl Criterion {
    /// Every criterion, in the order in which trips are tested.
    pub const ALL: [Criterion; 5] =
        [Criterion::Kind, Criterion::Search, Criterion::Time, Criterion::Area, Criterion::Speed];

    /// The criterion in a word.
    pub fn name(self) -> &'static str {
        match self {
            Criterion::Kind => "kind",
            Criterion::Search => "search",
            Criterion::Time => "time",
            Criterion::Area => "area",
            Criterion::Speed => "speed",
        }
    }
}

/// Which trips pass. The texts are what the user typed, so that a half-typed one is kept; the
/// methods read and write them as what they mean.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FilterParams {
    /// Kinds of ships by [`ShipKind::key`](crate::ais::ShipKind::key); empty for all.
    pub kinds: String,
    /// Beginnings of MMSI or IMO numbers, parts of names or call signs; empty for all.
    pub search: String,
    /// Points of a polygon as `lon lat, lon lat`, or two corners of a box; empty for everywhere.
    pub area: String,
    /// When the window of time begins, UTC; empty for at any time.
    pub from: String,
    /// When it ends; a day for the end of that day.
    pub to: String,
    /// The least mean speed of a trip, knots.
    pub speed_min_kn: f64,
    /// The greatest mean speed of a trip, knots; 0 for no limit.
    pub speed_max_kn: f64,
}

impl Params for FilterParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let kn = |help| Field { unit: "kn", range: 0.0..=1000.0, help };
        form.heading("Ships");
        form.text("kinds", &mut self.kinds, "Kinds of ships, with commas between: cargo, tanker, passenger, high_speed, fishing, tug, pleasure, service, other, unknown. Empty for all.");
        form.text("search", &mut self.search, "Any of these, with commas between: digits are the beginning of an MMSI or IMO number, other text is a part of a name or call sign. Empty for all.");
        form.heading("Where and when");
        form.text("area", &mut self.area, "Trips with a leg in a polygon: lon lat, lon lat, lon lat. Two points are corners of a box; the western one first if it crosses the date line. Empty for everywhere.");
        form.text("from", &mut self.from, "Trips that go on at this time or later: UTC, such as 2018-06-02T14:00, or a day. Empty for no limit.");
        form.text("to", &mut self.to, "Trips that have begun by this time: UTC, such as 2018-06-02T14:00, or a day, which counts to its end. Empty for no limit.");
        form.heading("How fast");
        form.number("speed_min", &mut self.speed_min_kn, kn("The least mean speed of a trip."));
        form.number(
            "speed_max",
            &mut self.speed_max_kn,
            kn("The greatest mean speed of a trip; 0 for no limit."),
        );
    }

    fn faults(&self) -> Vec<String> {
        let (_, unknown) = KindSet::from_text(&self.kinds);
        let mut faults: Vec<String> =
            unknown.iter().map(|name| format!("kinds: {}", KindSet::fault(name))).collect();
        faults.extend(self.read_area().err());
        for (name, text, is_end) in [("from", &self.from, false), ("to", &self.to, true)] {
            if !text.trim().is_empty() && time_ms(text, is_end).is_none() {
                faults.push(format!(
                    "{name} is \"{text}\"; it must be a UTC time such as 2018-06-02T14:00, or a day"
                ));
            }
        }
        if self.time_window_ms().is_some_and(|(from_ms, to_ms)| from_ms > to_ms) {
            faults.push(format!(
                "the window of time ends (to {}) before it begins (from {})",
                self.to.trim(),
                self.from.trim()
            ));
        }
        if self.speed_max_kn > 0.0 && self.speed_min_kn > self.speed_max_kn {
            faults.push(format!(
                "no trip has a mean speed from {} kn to {} kn; speed_max must be more than speed_min, or 0 for no limit",
                self.speed_min_kn, self.speed_max_kn
            ));
        }
        faults
    }
}

impl FilterParams {
    /// Whether everything passes.
    pub fn is_empty(&self) -> bool {
        !Criterion::ALL.into_iter().any(|criterion| self.is_set(criterion))
    }

    /// Whether `criterion` holds anything back, or is too faulty to say.
    pub fn is_set(&self, criterion: Criterion) -> bool {
        let is_text = |text: &String| !text.trim().is_empty();
        match criterion {
            Criterion::Kind => KindSet::from_text(&self.kinds) != (KindSet::ALL, Vec::new()),
            Criterion::Search => !self.terms().is_empty(),
            Criterion::Time => is_text(&self.from) || is_text(&self.to),
            Criterion::Area => is_text(&self.area),
            Criterion::Speed => self.speed_min_kn != 0.0 || self.speed_max_kn != 0.0,
        }
    }

    /// Lets everything pass `criterion`.
    pub fn clear(&mut self, criterion: Criterion) {
        let none = FilterParams::default();
        match criterion {
            Criterion::Kind => self.kinds = none.kinds,
            Criterion::Search => self.search = none.search,
            Criterion::Time => (self.from, self.to) = (none.from, none.to),
            Criterion::Area => self.area = none.area,
            Criterion::Speed => {
                (self.speed_min_kn, self.speed_max_kn) = (none.speed_min_kn, none.speed_max_kn);
            }
        }
    }

    /// The kinds of ships that pass; names that no kind has are left out.
    pub fn kind_set(&self) -> KindSet {
        KindSet::from_text(&self.kinds).0
    }

    /// Lets ships of these kinds pass alone.
    pub fn set_kinds(&mut self, kinds: KindSet) {
        self.kinds = kinds.text();
    }

    /// The points of the area as they were given: two for a box. `None` without an area, or where
    /// its text is faulty.
    pub fn area_points(&self) -> Option<Vec<Position>> {
        self.read_area().ok().flatten().map(|(points, _)| points)
    }

    /// The polygon of the area, to be drawn: its edges go the short way round, and the last point
    /// joins the first. `None` without an area, or where its text is faulty.
    pub fn area_polygon(&self) -> Option<Vec<Position>> {
        self.area_points().map(|points| polygon_of(&points))
    }

    /// Lets trips through this polygon pass alone, or through the box of which two points are
    /// corners; without points, everywhere. Longitudes may lie beyond 180 degrees, as on a map that
    /// was dragged over the date line. Points are rounded to a meter.
    pub fn set_area(&mut self, points: &[Position]) {
        self.area = text_of(points);
    }

    /// When the window of time begins and ends, UTC milliseconds, both included. An end that is open
    /// or faulty is [`i64::MIN`] or [`i64::MAX`]; `None` where both are.
    pub fn time_window_ms(&self) -> Option<(i64, i64)> {
        let (from_ms, to_ms) = (time_ms(&self.from, false), time_ms(&self.to, true));
        let is_open = from_ms.is_none() && to_ms.is_none();
        (!is_open).then(|| (from_ms.unwrap_or(i64::MIN), to_ms.unwrap_or(i64::MAX)))
    }

    /// Lets trips in this window of time pass alone; with `None`, at any time. [`i64::MIN`] and
    /// [`i64::MAX`] stand for open ends.
    pub fn set_time_window_ms(&mut self, window_ms: Option<(i64, i64)>) {
        // A time too far away to be written is no limit either.
        let text = |t_ms: i64, is_end| {
            Some(iso_text(t_ms))
                .filter(|text| time_ms(text, is_end) == Some(t_ms))
                .unwrap_or_default()
        };
        (self.from, self.to) = window_ms.map_or_else(Default::default, |(from_ms, to_ms)| {
            (text(from_ms, false), text(to_ms, true))
        });
    }

    /// Whether a trip of this mean speed passes, knots.
    pub(super) fn takes_speed(&self, mean_kn: f64) -> bool {
        self.speed_min_kn <= mean_kn && (self.speed_max_kn == 0.0 || mean_kn <= self.speed_max_kn)
    }

    /// What is searched for.
    pub(super) fn terms(&self) -> Search {
        Search::new(&self.search)
    }

    /// The area, if there is one and its text is not faulty.
    pub(super) fn shape(&self) -> Option<Area> {
        self.read_area().ok().flatten().map(|(_, area)| area)
    }

    fn read_area(&self) -> Result<Option<(Vec<Position>, Area)>, String> {
        let points = points_of(&self.area)?;
        if points.is_empty() && self.area.trim().is_empty() {
            return Ok(None);
        }
        let area = Area::new(&points)?;
        Ok(Some((points, area)))
    }
}

/// The time that `text` says; a day for its first millisecond, or at the end of a window its last.
fn time_ms(text: &str, is_end: bool) -> Option<i64> {
    let text = text.trim();
    let t_ms = TimeReader::new(TimeFormat::Iso, 0).read(text.as_bytes())?;
    let is_day = text.len() == 10;
    Some(if is_day && is_end { t_ms + DAY_MS - 1 } else { t_ms })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::ShipKind;
    use crate::base::params::{Checked, manual, set};
    use crate::base::time::utc_text;

    fn faults(settings: &[(&str, &str)]) -> Vec<String> {
        let mut params = FilterParams::default();
        for (name, text) in settings {
            set(&mut params, name, text).unwrap();
        }
        Checked::new(&params).err().unwrap_or_default()
    }

    #[test]
    fn by_default_everything_passes() {
        let params = FilterParams::default();
        assert!(params.is_empty() && Checked::new(&params).is_ok());
        assert_eq!((params.kind_set(), params.time_window_ms()), (KindSet::ALL, None));
        assert_eq!((params.area_points(), params.area_polygon()), (None, None));
        assert!(params.takes_speed(0.0) && params.takes_speed(500.0));
        assert_eq!(manual(&params).len(), 7);
    }

    #[test]
    fn every_criterion_is_set_and_cleared_by_itself() {
        for (name, text, criterion) in [
            ("kinds", "tanker", Criterion::Kind),
            ("kinds", "tankr", Criterion::Kind),
            ("search", "219", Criterion::Search),
            ("area", "1 2, 3 4", Criterion::Area),
            ("area", "1", Criterion::Area),
            ("from", "2018-06-02", Criterion::Time),
            ("to", "2018-06-02", Criterion::Time),
            ("speed_min", "5", Criterion::Speed),
            ("speed_max", "5", Criterion::Speed),
        ] {
            let mut params = FilterParams::default();
            set(&mut params, name, text).unwrap();
            for other in Criterion::ALL {
                assert_eq!(params.is_set(other), other == criterion, "{name} {other:?}");
            }
            params.clear(criterion);
            assert_eq!(params, FilterParams::default(), "{name}");
        }
    }

    #[test]
    fn kinds_area_and_time_are_read_back_as_they_were_set() {
        let mut params = FilterParams::default();
        let kinds: KindSet = [ShipKind::Tanker, ShipKind::HighSpeed].into_iter().collect();
        params.set_kinds(kinds);
        let corners = [Position::new(11.0, 55.0), Position::new(12.5, 56.0)];
        params.set_area(&corners);
        params.set_time_window_ms(Some((1_527_948_000_000, 1_527_951_600_500)));
        assert_eq!(params.kind_set(), kinds);
        assert_eq!(params.area_points().unwrap(), corners);
        assert_eq!(params.area_polygon().unwrap().len(), 4);
        assert_eq!(params.time_window_ms(), Some((1_527_948_000_000, 1_527_951_600_500)));
        let texts = [&params.kinds, &params.area, &params.from, &params.to].map(String::as_str);
        let expected = [
            "tanker, high_speed",
            "11 55, 12.5 56",
            "2018-06-02T14:00:00Z",
            "2018-06-02T15:00:00.500Z",
        ];
        assert_eq!(texts, expected);
        assert!(Checked::new(&params).is_ok());
        params.set_kinds(KindSet::ALL);
        params.set_area(&[]);
        params.set_time_window_ms(None);
        assert_eq!(params, FilterParams::default());
    }

    #[test]
    fn ends_of_the_window_may_be_open_and_a_day_counts_whole() {
        let window = |from: &str, to: &str| {
            let params =
                FilterParams { from: from.into(), to: to.into(), ..FilterParams::default() };
            params.time_window_ms()
        };
        let text = |window: Option<(i64, i64)>| window.map(|(a, b)| [utc_text(a), utc_text(b)]);
        let day = ["2018-06-02 00:00:00", "2018-06-02 23:59:59.999"].map(String::from);
        assert_eq!(text(window("2018-06-02", "2018-06-02")), Some(day));
        let hour = ["2018-06-02 14:00:00", "2018-06-02 15:00:00"].map(String::from);
        assert_eq!(text(window(" 2018-06-02T14:00", "2018-06-02 15:00:00Z")), Some(hour));
        assert_eq!(window("1970-01-01", ""), Some((0, i64::MAX)));
        assert_eq!(window("", "1970-01-01"), Some((i64::MIN, DAY_MS - 1)));
        assert_eq!(window("", " "), None);
        let mut params = FilterParams::default();
        for (open, expected) in [
            ((5, i64::MAX), Some((5, i64::MAX))),
            ((i64::MIN, 5), Some((i64::MIN, 5))),
            ((i64::MIN, i64::MAX), None),
            ((i64::MAX / 2, i64::MAX), None),
        ] {
            params.set_time_window_ms(Some(open));
            assert_eq!(params.time_window_ms(), expected, "{open:?}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        for (settings, part) in [
            (
                &[("kinds", "cargo, tankr")][..],
                "kinds: \"tankr\" is no kind of ship; did you mean tanker?",
            ),
            (&[("area", "1 2")], "area has too few points"),
            (&[("from", "yesterday")], "from is \"yesterday\"; it must be a UTC time such as"),
            (&[("to", "2018-02-30")], "to is \"2018-02-30\""),
            (&[("from", "2018-06-02T25:00")], "from is \"2018-06-02T25:00\""),
            (
                &[("from", "2018-06-03"), ("to", "2018-06-02")],
                "the window of time ends (to 2018-06-02) before it begins (from 2018-06-03)",
            ),
            (
                &[("speed_min", "9"), ("speed_max", "8")],
                "no trip has a mean speed from 9 kn to 8 kn",
            ),
        ] {
            let faults = faults(settings);
            assert!(faults.len() == 1 && faults[0].starts_with(part), "{settings:?}: {faults:?}");
        }
        let all = [("kinds", "x, y"), ("area", "0"), ("from", "0"), ("to", "0")];
        assert_eq!(faults(&all).len(), 5, "each fault is told");
        assert!(
            faults(&[("speed_min", "9"), ("from", "2018-06-02"), ("to", "2018-06-02")]).is_empty()
        );
    }
}
