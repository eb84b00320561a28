//! What stations say of themselves: messages 5 and 24.

use super::Head;
use crate::io::bits::{Bits, SixText};

/// Where the antenna is on board, meters.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Size {
    /// To the bow; 511 for more.
    pub to_bow_m: u16,
    /// To the stern; 511 for more.
    pub to_stern_m: u16,
    /// To port; 63 for more.
    pub to_port_m: u8,
    /// To starboard; 63 for more.
    pub to_starboard_m: u8,
}

/// Message 5.
#[derive(Clone, PartialEq, Debug)]
pub struct Voyage {
    /// Type, repeats, sender.
    pub head: Head,
    /// Edition of the standard that the station follows.
    pub ais_version: u8,
    /// IMO number; 0 for none.
    pub imo: u32,
    /// Call sign.
    pub callsign: SixText<7>,
    /// Name.
    pub name: SixText<20>,
    /// Ship type.
    pub ship_type: u8,
    /// Size.
    pub size: Size,
    /// What fixes the position.
    pub epfd: u8,
    /// Month of arrival; 0 for "not available".
    pub eta_month: u8,
    /// Day of arrival; 0 for "not available".
    pub eta_day: u8,
    /// Hour of arrival; 24 for "not available".
    pub eta_hour: u8,
    /// Minute of arrival; 60 for "not available".
    pub eta_minute: u8,
    /// Decimeters; 0 for "not available", 255 for 25.5 m and more.
    pub draught_dm: u8,
    /// Destination as typed on board.
    pub destination: SixText<20>,
    /// Whether the data terminal is *not* ready, as the standard has it.
    pub dte: u8,
}

/// Message 24, part A.
#[derive(Clone, PartialEq, Debug)]
pub struct StaticA {
    /// Type, repeats, sender.
    pub head: Head,
    /// Name.
    pub name: SixText<20>,
}

/// Message 24, part B.
#[derive(Clone, PartialEq, Debug)]
pub struct StaticB {
    /// Type, repeats, sender.
    pub head: Head,
    /// Ship type.
    pub ship_type: u8,
    /// Vendor in three letters. Before the fourth edition of the standard the name had seven: what
    /// follows is then `model` and `serial` read as letters.
    pub vendor: SixText<7>,
    /// The vendor's number of the model.
    pub model: u8,
    /// Serial number.
    pub serial: u32,
    /// Call sign.
    pub callsign: SixText<7>,
    /// Size; zero for a craft with a mother ship.
    pub size: Size,
    /// The MMSI of the mother ship of an auxiliary craft (MMSI 98xxxxxxx).
    pub mothership: Option<u32>,
}

impl Size {
    pub(super) fn read(bits: &Bits, start: usize) -> Size {
        Size {
            to_bow_m: bits.uint(start, 9) as u16,
            to_stern_m: bits.uint(start + 9, 9) as u16,
            to_port_m: bits.uint(start + 18, 6) as u8,
            to_starboard_m: bits.uint(start + 24, 6) as u8,
        }
    }

    /// Length over all, meters.
    pub fn length_m(&self) -> Option<f32> {
        let length_m = self.to_bow_m + self.to_stern_m;
        (length_m > 0).then(|| f32::from(length_m))
    }

    /// Breadth, meters.
    pub fn width_m(&self) -> Option<f32> {
        let width_m = self.to_port_m + self.to_starboard_m;
        (width_m > 0).then(|| f32::from(width_m))
    }
}

impl Voyage {
    pub(super) fn read(head: Head, bits: &Bits) -> Voyage {
        Voyage {
            head,
            ais_version: bits.uint(38, 2) as u8,
            imo: bits.uint(40, 30),
            callsign: bits.text(70),
            name: bits.text(112),
            ship_type: bits.uint(232, 8) as u8,
            size: Size::read(bits, 240),
            epfd: bits.uint(270, 4) as u8,
            eta_month: bits.uint(274, 4) as u8,
            eta_day: bits.uint(278, 5) as u8,
            eta_hour: bits.uint(283, 5) as u8,
            eta_minute: bits.uint(288, 6) as u8,
            draught_dm: bits.uint(294, 8) as u8,
            destination: bits.text(302),
            dte: bits.uint(422, 1) as u8,
        }
    }

    /// Present draught, meters.
    pub fn draught_m(&self) -> Option<f32> {
        (self.draught_dm > 0).then(|| f32::from(self.draught_dm) / 10.0)
    }

    /// Expected arrival as `MM-DD hh:mm`; empty where there is neither month nor day, `MM-DD`
    /// where there is no time of day.
    pub fn eta(&self) -> String {
        let Voyage { eta_month, eta_day, eta_hour, eta_minute, .. } = self;
        match (eta_month, eta_day) {
            (0, 0) => String::new(),
            _ if *eta_hour > 23 || *eta_minute > 59 => format!("{eta_month:02}-{eta_day:02}"),
            _ => format!("{eta_month:02}-{eta_day:02} {eta_hour:02}:{eta_minute:02}"),
        }
    }
}

impl StaticB {
    pub(super) fn read(head: Head, bits: &Bits) -> StaticB {
        let is_auxiliary = head.mmsi / 10_000_000 == 98;
        StaticB {
            head,
            ship_type: bits.uint(40, 8) as u8,
            vendor: bits.text(48),
            model: bits.uint(66, 4) as u8,
            serial: bits.uint(70, 20),
            callsign: bits.text(90),
            size: if is_auxiliary { Size::default() } else { Size::read(bits, 132) },
            mothership: is_auxiliary.then(|| bits.uint(132, 30)),
        }
    }
}
