//! Voyages between two ports with the time that was left at each report: what arrival times are
//! learned from.

use crate::base::geo::Position;

/// One report of a voyage whose arrival is known, or sought.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SailingRow {
    /// Which voyage it belongs to, as the file numbers it.
    pub trip: u32,
    /// Where.
    pub position: Position,
    /// Speed over ground, knots; not-a-number where missing, as in every field below.
    pub sog_kn: f32,
    /// Course over ground, degrees from true north.
    pub cog_deg: f32,
    /// Length over all, meters.
    pub length_m: f32,
    /// Breadth, meters.
    pub breadth_m: f32,
    /// Draught, meters.
    pub draught_m: f32,
    /// Minutes since Monday, 00:00 of some week: below 10,080 where only day and hour are known,
    /// growing from week to week where the time is known.
    pub clock_min: f64,
    /// Week of the year, from 1.
    pub week: f32,
    /// Minutes until the arrival.
    pub remaining_min: f32,
}

/// Reports of many voyages on one way, in the order of the file.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Sailings {
    /// The reports.
    pub rows: Vec<SailingRow>,
    /// Whether times are known to the minute, and not only day of the week and hour.
    pub has_minutes: bool,
}

impl Sailings {
    /// The reports of each voyage: its number and its rows' places, by rising number.
    pub fn trips(&self) -> Vec<(u32, Vec<u32>)> {
        let mut order: Vec<u32> = (0..self.rows.len() as u32).collect();
        order.sort_by_key(|row| self.rows[*row as usize].trip); // Stable: the file's order stays.
        let trip = |row: &u32| self.rows[*row as usize].trip;
        let same = |a: &u32, b: &u32| trip(a) == trip(b);
        order.chunk_by(same).map(|rows| (trip(&rows[0]), rows.to_vec())).collect()
    }

    /// The reports of the voyages that `may` names.
    #[must_use]
    pub fn only(&self, may: impl Fn(u32) -> bool) -> Sailings {
        let rows = self.rows.iter().filter(|row| may(row.trip)).copied().collect();
        Sailings { rows, has_minutes: self.has_minutes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_put_together_by_voyage_in_the_order_of_the_file() {
        let row = |trip| SailingRow {
            trip,
            position: Position::new(0.0, 0.0),
            sog_kn: 1.0,
            cog_deg: 0.0,
            length_m: 1.0,
            breadth_m: 1.0,
            draught_m: 1.0,
            clock_min: 0.0,
            week: 1.0,
            remaining_min: 1.0,
        };
        let sailings = Sailings { rows: vec![row(7), row(3), row(7)], ..Sailings::default() };
        assert_eq!(sailings.trips(), [(3, vec![1]), (7, vec![0, 2])]);
        assert_eq!(sailings.only(|trip| trip == 7).rows.len(), 2);
    }
}
