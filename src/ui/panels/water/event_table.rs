//! What ships did in areas under watch, as a table: a row goes to the ship, the place and the time.

use egui::Ui;

use super::ship::{Ship, ships_of};
use crate::ais::{Fleet, NavStatus};
use crate::flow::Key;
use crate::ui::map::event_color;
use crate::ui::panels::tables::cell::Cell;
use crate::ui::panels::tables::grid::Column;
use crate::ui::panels::tables::ordered::{About, Ordered};
use crate::ui::panels::tables::rows::Sort;
use crate::watch::{AreaEvent, AreaEventKind};

/// Which events are listed: of a result, and of one area if only that is.
pub type Listed = (Key, Option<usize>);

/// Events as rows.
struct Sheet {
    areas: Vec<String>,
    /// Which of all events each row is.
    rows: Vec<(usize, AreaEvent)>,
    /// The ship of each row.
    ships: Vec<Ship>,
}

impl Sheet {
    fn event(&self, row: usize) -> &AreaEvent {
        &self.rows[row].1
    }
}

/// From left to right.
const COLUMNS: &[Column<Sheet>] = &[
    Column {
        title: "Ship",
        help: "Who it was",
        width_px: 130.0,
        is_number: false,
        cell: |sheet, row| sheet.ships[row].title(),
    },
    Column {
        title: "What",
        help: "The rule that she met: entered, left, too fast, lay still",
        width_px: 72.0,
        is_number: false,
        cell: |sheet, row| {
            let kind = sheet.event(row).kind;
            Cell::Text(kind.name(), kind as u32)
        },
    },
    Column {
        title: "Area",
        help: "The area",
        width_px: 100.0,
        is_number: false,
        cell: |sheet, row| {
            let area = sheet.event(row).area;
            Cell::Text(sheet.areas.get(area).map_or("", String::as_str), area as u32)
        },
    },
    Column {
        title: "From UTC",
        help: "When it began",
        width_px: 136.0,
        is_number: false,
        cell: |sheet, row| Cell::Time(sheet.event(row).from_ms),
    },
    Column {
        title: "Lasted",
        help: "How long; entering and leaving take no time",
        width_px: 80.0,
        is_number: true,
        cell: |sheet, row| {
            let event = sheet.event(row);
            match event.kind {
                AreaEventKind::Entered | AreaEventKind::Left => Cell::Missing,
                _ => Cell::Span(event.to_ms - event.from_ms),
            }
        },
    },
    Column {
        title: "Top kn",
        help: "The greatest speed over ground meanwhile",
        width_px: 58.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.event(row).top_kn, 1),
    },
    Column {
        title: "Type",
        help: "The ship's type",
        width_px: 92.0,
        is_number: false,
        cell: |sheet, row| sheet.ships[row].kind(),
    },
    Column {
        title: "Said",
        help: "What she said to be doing",
        width_px: 110.0,
        is_number: false,
        cell: |sheet, row| match sheet.event(row).status {
            NavStatus::UNDEFINED => Cell::Missing,
            status => Cell::Text(status.name(), u32::from(status.0)),
        },
    },
    Column {
        title: "Where",
        help: "Whether place and time are those of the edge; else she was silent when she crossed it",
        width_px: 70.0,
        is_number: false,
        cell: |sheet, row| {
            let is_exact = sheet.event(row).is_exact;
            Cell::Text(if is_exact { "exact" } else { "unsure" }, u32::from(!is_exact))
        },
    },
];

static ABOUT: About<Sheet> =
    About { name: "Table of events", columns: COLUMNS, n_rows: |sheet| sheet.rows.len() };

/// The table, and how it is sorted.
pub struct EventTable(Ordered<Listed, Sheet>);

impl Default for EventTable {
    /// In the order of time.
    fn default() -> Self {
        EventTable(Ordered::new(&ABOUT, Sort { column: 3, is_descending: false }))
    }
}

impl EventTable {
    /// Draws the events that are `listed`; the one gone to last is selected. Gives back the place
    /// among all `events` of one that was picked.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        listed: Listed,
        (fleet, events): (&Fleet, &[AreaEvent]),
        areas: &[String],
        gone_to: Option<usize>,
    ) -> Option<usize> {
        self.0.take(listed, || {
            let is_listed =
                |(_, event): &(usize, &AreaEvent)| listed.1.is_none_or(|area| event.area == area);
            let rows = events.iter().enumerate().filter(is_listed);
            let rows: Vec<(usize, AreaEvent)> =
                rows.map(|(place, event)| (place, *event)).collect();
            let ships = ships_of(fleet, rows.iter().map(|(_, event)| event.ship));
            Sheet { areas: areas.to_vec(), rows, ships }
        });
        let is_it = |sheet: &Sheet, row: usize| Some(sheet.rows[row].0) == gone_to;
        let is_dark = ui.visuals().dark_mode;
        let color = |sheet: &Sheet, row: usize| Some(event_color(sheet.event(row).kind, is_dark));
        let row = self.0.ui(ui, is_it, color)?;
        Some(self.0.sheet()?.rows[row].0)
    }
}

#[cfg(test)]
mod tests {
    use egui::accesskit::Role;
    use egui_kittest::Harness;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    use super::*;
    use crate::ui::panels::water::made;

    #[test]
    fn a_row_says_who_did_what_where_and_for_how_long() {
        let fleet = made::fleet(2, 0);
        let event = |area, kind, to_ms| AreaEvent {
            area,
            ship: 1,
            kind,
            from_ms: 0,
            to_ms,
            place: made::ends()[0],
            top_kn: 12.25,
            status: NavStatus::UNDEFINED,
            is_exact: true,
        };
        let events = vec![
            event(0, AreaEventKind::Entered, 0),
            event(1, AreaEventKind::Fast, 600_000),
            event(0, AreaEventKind::Left, 0),
        ];
        let mut table = EventTable::default();
        let key = Key::of("areas/1", &(), &[]);
        let mut only = None;
        let mut harness = Harness::builder().with_size([1000.0, 300.0]).build_ui_state(
            move |ui, is_one: &mut bool| {
                only = is_one.then_some(1).or(only);
                let areas = ["Bay".to_owned(), "Port".to_owned()];
                table.ui(ui, (key, only), (&fleet, &events), &areas, None);
            },
            false,
        );
        harness.run();
        let labels = |harness: &Harness<bool>| -> Vec<String> {
            let rows = harness.query_all_by_role(Role::Row);
            rows.map(|row| row.accesskit_node().label().unwrap_or_default()).collect()
        };
        assert_eq!(labels(&harness).len(), 3);
        *harness.state_mut() = true;
        harness.run();
        let rows = labels(&harness);
        assert_eq!(rows.len(), 1);
        assert!(rows[0].contains("What too fast, Area Port"), "{rows:?}");
        assert!(rows[0].contains("Lasted 10 min, Top kn 12.2"), "{rows:?}");
    }
}
