//! The ship of a row: what tables of crossings and events say of her.

use crate::ais::{Fleet, ShipKind};
use crate::ui::panels::tables::cell::{Cell, ranks};

/// What tables say of a ship.
pub struct Ship {
    title: String,
    /// The place of the title in the order of all of a table.
    rank: u32,
    kind: ShipKind,
    length_m: Option<f32>,
    number: u32,
    is_local: bool,
}

/// The ships with these indices in `fleet`, one for each row.
pub fn ships_of(fleet: &Fleet, rows: impl Iterator<Item = usize>) -> Vec<Ship> {
    let ship = |index: usize| {
        let vessel = &fleet.vessels()[index];
        Ship {
            title: vessel.title(),
            rank: 0,
            kind: vessel.kind(),
            length_m: vessel.about.length_m,
            number: vessel.mmsi.0,
            is_local: vessel.is_local,
        }
    };
    let mut ships: Vec<Ship> = rows.map(ship).collect();
    let ranks = ranks(&ships.iter().map(|ship| ship.title.as_str()).collect::<Vec<_>>());
    ships.iter_mut().zip(ranks).for_each(|(ship, rank)| ship.rank = rank);
    ships
}

impl Ship {
    /// Her name, or number.
    pub fn title(&self) -> Cell<'_> {
        Cell::Text(&self.title, self.rank)
    }

    /// Her type.
    pub fn kind(&self) -> Cell<'_> {
        Cell::Text(self.kind.name(), self.kind as u32)
    }

    /// Her length, meters.
    pub fn length(&self) -> Cell<'_> {
        self.length_m.map_or(Cell::Missing, |length_m| Cell::Decimal(length_m.into(), 0))
    }

    /// The number by which her reports name her.
    pub fn number(&self) -> Cell<'_> {
        Cell::Number(if self.is_local { "local" } else { "" }, self.number.into())
    }
}
