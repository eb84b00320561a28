//! Ports as rows.

use std::sync::Arc;

use crate::ais::port::fold;
use crate::ais::{PortId, PortTable};
use crate::ui::map::ports::PortUse;
use crate::ui::panels::tables::cell::{Cell, ranks};
use crate::ui::panels::tables::grid::Column;
use crate::ui::panels::tables::listing::About;

/// The ports of a table with what voyages say of them.
pub struct PortSheet {
    /// The ports.
    pub table: Arc<PortTable>,
    used: Option<Arc<PortUse>>,
    texts: Vec<String>,
    codes: Vec<String>,
    names: Vec<u32>,
    countries: Vec<u32>,
    code_ranks: Vec<u32>,
}

impl PortSheet {
    /// Of a table; uses where voyages are known.
    pub fn new(table: &Arc<PortTable>, used: Option<&Arc<PortUse>>) -> PortSheet {
        let ports = table.ports();
        let codes: Vec<String> = ports
            .iter()
            .map(|port| {
                port.locode.map_or(String::new(), |l| format!("{} {}", l.country(), l.place()))
            })
            .collect();
        let texts = ports
            .iter()
            .zip(&codes)
            .map(|(port, code)| {
                let aliases = port.aliases.join(" ");
                let folded = fold(&format!("{} {aliases}", port.name));
                let plain = format!("{} {aliases} {code} {}", port.name, port.country);
                let joined = code.replace(' ', "");
                format!("{plain} {joined} {folded}").to_lowercase()
            })
            .collect();
        let rank = |of: &dyn Fn(usize) -> String| {
            let all: Vec<String> = (0..ports.len()).map(of).collect();
            ranks(&all.iter().map(String::as_str).collect::<Vec<_>>())
        };
        PortSheet {
            table: Arc::clone(table),
            used: used.map(Arc::clone),
            names: rank(&|row| ports[row].name.clone()),
            countries: rank(&|row| ports[row].country.clone()),
            code_ranks: rank(&|row| codes[row].clone()),
            texts,
            codes,
        }
    }

    fn count(&self, row: usize, of: fn(&PortUse) -> &Vec<u32>) -> Cell<'_> {
        let count = self.used.as_ref().and_then(|used| of(used).get(row));
        count.map_or(Cell::Missing, |n| Cell::Count(u64::from(*n)))
    }

    /// The port of a row.
    pub fn port(row: usize) -> PortId {
        PortId(row as u32)
    }
}

/// The table.
pub static ABOUT: About<PortSheet> = About {
    name: "Table of ports",
    thing: "port",
    search: "Search ports",
    hint: "Name, LOCODE, country",
    columns: COLUMNS,
    n_rows: |sheet| sheet.texts.len(),
    words: |sheet, row| &sheet.texts[row],
};

const COLUMNS: &[Column<PortSheet>] = &[
    Column {
        title: "Port",
        help: "Its name, as the list writes it",
        width_px: 150.0,
        is_number: false,
        cell: |sheet, row| Cell::Text(&sheet.table.ports()[row].name, sheet.names[row]),
    },
    Column {
        title: "LOCODE",
        help: "Its UN/LOCODE: two letters of the country and three of the place",
        width_px: 66.0,
        is_number: false,
        cell: |sheet, row| Cell::Text(&sheet.codes[row], sheet.code_ranks[row]),
    },
    Column {
        title: "Country",
        help: "As the list writes it",
        width_px: 110.0,
        is_number: false,
        cell: |sheet, row| Cell::Text(&sheet.table.ports()[row].country, sheet.countries[row]),
    },
    Column {
        title: "Harbor",
        help: "How large it is, as the World Port Index judges it",
        width_px: 76.0,
        is_number: false,
        cell: |sheet, row| {
            let size = sheet.table.ports()[row].size;
            Cell::Text(size.name(), size as u32)
        },
    },
    Column {
        title: "Departures",
        help: "Voyages that begin there",
        width_px: 80.0,
        is_number: true,
        cell: |sheet, row| sheet.count(row, |used| &used.departures),
    },
    Column {
        title: "Arrivals",
        help: "Voyages that end there",
        width_px: 66.0,
        is_number: true,
        cell: |sheet, row| sheet.count(row, |used| &used.arrivals),
    },
    Column {
        title: "Latitude °",
        help: "Degrees north of the equator",
        width_px: 78.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.table.ports()[row].position.lat_deg, 3),
    },
    Column {
        title: "Longitude °",
        help: "Degrees east of Greenwich",
        width_px: 84.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.table.ports()[row].position.lon_deg, 3),
    },
    Column {
        title: "WPI",
        help: "Its number in the World Port Index",
        width_px: 56.0,
        is_number: true,
        cell: |sheet, row| {
            let wpi = sheet.table.ports()[row].wpi;
            wpi.map_or(Cell::Missing, |number| Cell::Number("", u64::from(number)))
        },
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::destination_view::made::ports;

    #[test]
    fn a_port_is_found_by_name_code_and_without_accents() {
        let sheet = PortSheet::new(&ports(), None);
        for (text, row) in
            [("us lax", 0), ("uslgb", 1), ("goteborg", 2), ("göteborg", 2), ("gothen", 2)]
        {
            let found: Vec<usize> =
                (0..3).filter(|row| (ABOUT.words)(&sheet, *row).contains(text)).collect();
            assert_eq!(found, [row], "{text}");
        }
    }

    #[test]
    fn voyages_are_counted_where_they_are_known() {
        let cells =
            |sheet: &PortSheet| [4, 5].map(|c| (COLUMNS[c].cell)(sheet, 1).shown().into_owned());
        assert_eq!(cells(&PortSheet::new(&ports(), None)), ["–", "–"]);
        let used = PortUse::of(3, [(PortId(0), PortId(1)), (PortId(2), PortId(1))].into_iter());
        assert_eq!(cells(&PortSheet::new(&ports(), Some(&Arc::new(used)))), ["0", "2"]);
    }
}
