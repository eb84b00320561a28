//! Encounters as rows of a table: those that were, and those that are to come.

use egui::Ui;

use crate::ais::{Fleet, Vessel};
use crate::base::units::nmi_from_m;
use crate::flow::Key;
use crate::ui::map::meeting_color;
use crate::ui::panels::tables::cell::{Cell, ranks};
use crate::ui::panels::tables::grid::{Act, Column};
use crate::ui::panels::tables::listing::{About, Listing, Look};
use crate::ui::panels::tables::made::Made;
use crate::ui::panels::tables::rows::Sort;
use crate::ui::watch_view::{WatchView, place_of};
use crate::watch::{Encounter, GiveWay};

/// An encounter, made ready.
struct MeetRow {
    met: Encounter,
    /// From when on it is to come, UTC milliseconds.
    at_ms: i64,
    ships: [Ship; 2],
    /// Who gives way, and the place in the order of names.
    gives_way: (String, u32),
    /// What is searched, in small letters.
    words: String,
}

/// What stands of a ship.
struct Ship {
    title: String,
    rank: u32,
    about: String,
    length_m: Option<f32>,
}

/// Rows of a list of encounters, seen from `at_ms`.
fn rows(list: &[Encounter], fleet: &Fleet, at_ms: i64) -> Vec<MeetRow> {
    let vessels = |met: &Encounter| met.ships.map(|ship| &fleet.vessels()[ship]);
    let titles: Vec<String> = list.iter().flat_map(vessels).map(Vessel::title).collect();
    let ranks = ranks(&titles.iter().map(String::as_str).collect::<Vec<_>>());
    let row = |(place, met): (usize, &Encounter)| {
        let ship = |which: usize| {
            let vessel = vessels(met)[which];
            let kind = vessel.kind().name();
            let about = match vessel.about.length_m.filter(|m| *m > 0.0) {
                Some(m) => format!("{kind}, {m:.0} m"),
                None => kind.to_owned(),
            };
            Ship {
                title: titles[2 * place + which].clone(),
                rank: ranks[2 * place + which],
                about,
                length_m: vessel.about.length_m,
            }
        };
        let ships = [ship(0), ship(1)];
        let gives_way = match met.give_way {
            GiveWay::First => (ships[0].title.clone(), ships[0].rank),
            GiveWay::Second => (ships[1].title.clone(), ships[1].rank),
            GiveWay::Both => ("both".to_owned(), u32::MAX - 2),
            GiveWay::Neither => ("neither".to_owned(), u32::MAX - 1),
        };
        let [one, other] = vessels(met).map(|vessel| {
            format!("{} {} {}", vessel.title(), vessel.mmsi.0, vessel.kind().name()).to_lowercase()
        });
        let words = format!("{one} {other} {}", met.meeting.name());
        MeetRow { met: met.clone(), at_ms, ships, gives_way, words }
    };
    list.iter().enumerate().map(row).collect()
}

fn name_cell(ship: &Ship) -> Cell<'_> {
    Cell::Text(&ship.title, ship.rank)
}

fn about_cell(ship: &Ship) -> Cell<'_> {
    // By length, in decimeters.
    let rank = ship.length_m.map_or(u32::MAX, |m| (m * 10.0) as u32);
    Cell::Text(&ship.about, rank)
}

type MeetColumn = Column<Vec<MeetRow>>;

const SEVERITY: MeetColumn = Column {
    title: "Severity",
    help: "How grave it is, 0 to 1: how deep in a ship's domain, and how fast against each other",
    width_px: 62.0,
    is_number: true,
    cell: |rows, at| Cell::Decimal(rows[at].met.severity, 3),
};

const TIME: MeetColumn = Column {
    title: "Time UTC",
    help: "When the ships are closest",
    width_px: 132.0,
    is_number: false,
    cell: |rows, at| Cell::Time(rows[at].met.cpa_ms),
};

const IN: MeetColumn = Column {
    title: "In",
    help: "How long until the ships are closest",
    width_px: 58.0,
    is_number: true,
    cell: |rows, at| Cell::Span(rows[at].met.cpa_ms - rows[at].at_ms),
};

const SHIP: MeetColumn = Column {
    title: "Ship",
    help: "One of the two",
    width_px: 112.0,
    is_number: false,
    cell: |rows, at| name_cell(&rows[at].ships[0]),
};

const ABOUT: MeetColumn = Column {
    title: "Type, length",
    help: "Of the first ship; sorts by length",
    width_px: 96.0,
    is_number: false,
    cell: |rows, at| about_cell(&rows[at].ships[0]),
};

const OTHER: MeetColumn = Column {
    title: "Other ship",
    help: "The other of the two",
    width_px: 112.0,
    is_number: false,
    cell: |rows, at| name_cell(&rows[at].ships[1]),
};

const OTHER_ABOUT: MeetColumn = Column {
    title: "Its type, length",
    help: "Of the other ship; sorts by length",
    width_px: 96.0,
    is_number: false,
    cell: |rows, at| about_cell(&rows[at].ships[1]),
};

const CPA_M: MeetColumn = Column {
    title: "CPA m",
    help: "How close they come, from antenna to antenna",
    width_px: 54.0,
    is_number: true,
    cell: |rows, at| Cell::Decimal(rows[at].met.cpa_m, 0),
};

const CPA_NMI: MeetColumn = Column {
    title: "CPA nmi",
    help: "The same in nautical miles",
    width_px: 58.0,
    is_number: true,
    cell: |rows, at| Cell::Decimal(nmi_from_m(rows[at].met.cpa_m), 3),
};

const UNTIL: MeetColumn = Column {
    title: "Time to CPA",
    help: "From coming within range of each other until they were closest",
    width_px: 80.0,
    is_number: true,
    cell: |rows, at| Cell::Span((rows[at].met.until_cpa_s * 1000.0) as i64),
};

const KIND: MeetColumn = Column {
    title: "Kind",
    help: "By the sectors of COLREG 13 to 15, when they came within range",
    width_px: 76.0,
    is_number: false,
    cell: |rows, at| {
        let meeting = rows[at].met.meeting;
        Cell::Text(meeting.name(), place_of(meeting) as u32)
    },
};

const GIVES_WAY: MeetColumn = Column {
    title: "Gives way",
    help: "Who has to keep out of the other's way",
    width_px: 108.0,
    is_number: false,
    cell: |rows, at| {
        let (name, rank) = &rows[at].gives_way;
        Cell::Text(name, *rank)
    },
};

const DOMAIN: MeetColumn = Column {
    title: "Domain",
    help: "How near to the middle of a ship's domain the other came: 0 there, 1 on its edge",
    width_px: 58.0,
    is_number: true,
    cell: |rows, at| Cell::Decimal(rows[at].met.domain, 2),
};

const BREACH: MeetColumn = Column {
    title: "Breach",
    help: "Whether one was in the other's domain",
    width_px: 52.0,
    is_number: false,
    cell: |rows, at| {
        if rows[at].met.is_breach() { Cell::Text("yes", 0) } else { Cell::Text("no", 1) }
    },
};

const RELATIVE: MeetColumn = Column {
    title: "Relative kn",
    help: "How fast they move against each other when they are closest",
    width_px: 72.0,
    is_number: true,
    cell: |rows, at| Cell::Decimal(rows[at].met.relative_kn, 1),
};

const COLUMNS: &[MeetColumn] = &[
    SEVERITY,
    TIME,
    SHIP,
    ABOUT,
    OTHER,
    OTHER_ABOUT,
    CPA_M,
    CPA_NMI,
    UNTIL,
    KIND,
    GIVES_WAY,
    DOMAIN,
    BREACH,
    RELATIVE,
];

const COLUMNS_AHEAD: &[MeetColumn] = &[
    IN,
    TIME,
    SHIP,
    ABOUT,
    OTHER,
    OTHER_ABOUT,
    CPA_M,
    CPA_NMI,
    KIND,
    GIVES_WAY,
    DOMAIN,
    BREACH,
    RELATIVE,
    SEVERITY,
];

/// The table of encounters that were.
static MET: About<Vec<MeetRow>> = About {
    name: "Table of encounters",
    thing: "encounter",
    search: "Search Table of encounters",
    hint: "Name, MMSI, type",
    columns: COLUMNS,
    n_rows: Vec::len,
    words: |rows, at| &rows[at].words,
};

/// The table of those that are to come.
static AHEAD: About<Vec<MeetRow>> = About {
    name: "Table of encounters ahead",
    search: "Search Table of encounters ahead",
    columns: COLUMNS_AHEAD,
    ..MET
};

/// A table of encounters with its rows.
pub struct MeetTable {
    listing: Listing<Vec<MeetRow>>,
    rows: Made<Key, Vec<MeetRow>>,
}

impl MeetTable {
    /// Of those that were: the gravest first.
    pub fn met() -> MeetTable {
        let sort = Sort { column: 0, is_descending: true };
        MeetTable { listing: Listing::new(&MET, sort), rows: Made::default() }
    }

    /// Of those to come: the next one first.
    pub fn ahead() -> MeetTable {
        let sort = Sort { column: 0, is_descending: false };
        MeetTable { listing: Listing::new(&AHEAD, sort), rows: Made::default() }
    }

    /// Draws those of the result's list that `view` shows, seen from `at_ms`. Says what was done with
    /// which of the list.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        (key, list, fleet): (Key, &[Encounter], &Fleet),
        at_ms: i64,
        view: &WatchView,
        selected: Option<usize>,
    ) -> Option<Act> {
        let rows = self.rows.get(key, || rows(list, fleet, at_ms));
        let is_dark = ui.visuals().dark_mode;
        let look = Look {
            is_selected: &|row| Some(row) == selected,
            current: selected,
            mark: &|row| Some(meeting_color(rows[row].met.meeting, is_dark)),
            kept: Some((shown_kinds(view), &|row| view.shows(&rows[row].met))),
        };
        self.listing.ui(ui, (key, rows), &look, |_| ())
    }
}

/// A key that changes with the kinds of encounters that are shown.
fn shown_kinds(view: &WatchView) -> Key {
    Key::of("kinds", &(view.meetings, view.only_breaches), &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::watch_view::{MEETINGS, crossing};

    #[test]
    fn a_row_says_who_met_whom_how_close_and_who_gave_way() {
        let (fleet, found) = crossing();
        let at_ms = found.list[0].cpa_ms - 600_000;
        let rows = rows(&found.list, &fleet, at_ms);
        let texts = |columns: &[MeetColumn]| -> Vec<String> {
            columns.iter().map(|column| (column.cell)(&rows, 0).shown().into_owned()).collect()
        };
        let row = texts(COLUMNS);
        assert_eq!(row[2..6], ["ALPHA", "Cargo, 120 m", "BRAVO", "Tanker, 200 m"]);
        assert_eq!(row[6..8], ["131", "0.071"]);
        // The first, to the east, has the second, to the north, on her starboard side.
        assert_eq!(row[9..11], ["crossing", "ALPHA"]);
        assert_eq!((row[12].as_str(), row[13].as_str()), ("yes", "17.0"));
        assert_eq!(texts(COLUMNS_AHEAD)[0], "10 min");
        let words = &rows[0].words;
        assert!(words.contains("bravo 219000002 tanker") && words.ends_with("crossing"), "{words}");
    }

    #[test]
    fn every_switch_changes_the_key_of_the_kinds_that_are_shown() {
        let mut seen = vec![shown_kinds(&WatchView::default())];
        for place in 0..=MEETINGS.len() {
            let mut view = WatchView::default();
            match view.meetings.get_mut(place) {
                Some(is_shown) => *is_shown = false,
                None => view.only_breaches = true,
            }
            assert!(!seen.contains(&shown_kinds(&view)));
            seen.push(shown_kinds(&view));
        }
    }
}
