//! What stations say of time, place and motion: messages 1 to 4, 11, 18, 19 and 27. Fields hold
//! what was sent, in the units of the message; methods give it in ours.

use super::{Head, Size};
use crate::base::geo::Position;
use crate::base::time::{DAY_MS, ymd_ms};
use crate::io::batch::Refusal;
use crate::io::bits::{Bits, SixText};

/// Units of a longitude or latitude in a degree: 1/10 000 of a minute.
const PER_DEGREE: i32 = 600_000;
/// The same in message 27, which has tenths of a minute.
const PER_DEGREE_LONG_RANGE: i32 = 600;
/// Degrees a minute that "turning faster than 5 degrees in 30 seconds" (±127) is taken for.
const FAST_TURN_DEG_MIN: f32 = 708.0;

/// Motion and place, alike in messages 1, 2, 3, 18 and 19.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Motion {
    /// Tenths of a knot; 1022 for 102.2 kn and more, 1023 for "not available".
    pub sog: u16,
    /// Whether the position is better than 10 m.
    pub is_accurate: bool,
    /// Ten-thousandths of a minute east; 181 degrees for "not available".
    pub lon: i32,
    /// Ten-thousandths of a minute north; 91 degrees for "not available".
    pub lat: i32,
    /// Tenths of a degree; 3600 for "not available".
    pub cog: u16,
    /// Degrees; 511 for "not available".
    pub heading: u16,
    /// Second of the UTC minute; 60 and more where there is none.
    pub second: u8,
}

/// Messages 1, 2, 3.
#[derive(Clone, PartialEq, Debug)]
pub struct ClassA {
    /// Type, repeats, sender.
    pub head: Head,
    /// Navigational status, `0..=15`.
    pub status: u8,
    /// Rate of turn as sent: 4.733 times the root of degrees a minute; -128 for "not available",
    /// ±127 for faster than 5 degrees in 30 seconds without an indicator.
    pub turn: i8,
    /// Motion and place.
    pub motion: Motion,
    /// Special maneuver (of inland ships): 0 not available, 1 none, 2 engaged.
    pub maneuver: u8,
    /// Whether the receiver checks its own integrity.
    pub has_raim: bool,
    /// Communication state.
    pub radio: u32,
}

/// Messages 4 and 11.
#[derive(Clone, PartialEq, Debug)]
pub struct BaseStation {
    /// Type, repeats, sender.
    pub head: Head,
    /// UTC year; 0 for "not available".
    pub year: u16,
    /// `1..=12`; 0 for "not available".
    pub month: u8,
    /// `1..=31`; 0 for "not available".
    pub day: u8,
    /// `0..=23`; 24 for "not available".
    pub hour: u8,
    /// `0..=59`; 60 for "not available".
    pub minute: u8,
    /// `0..=59`; 60 for "not available".
    pub second: u8,
    /// Whether the position is better than 10 m.
    pub is_accurate: bool,
    /// Ten-thousandths of a minute east.
    pub lon: i32,
    /// Ten-thousandths of a minute north.
    pub lat: i32,
    /// What fixes the position: 1 for GPS, 7 for surveyed.
    pub epfd: u8,
    /// Whether the receiver checks its own integrity.
    pub has_raim: bool,
    /// Communication state.
    pub radio: u32,
}

/// Message 18.
#[derive(Clone, PartialEq, Debug)]
pub struct ClassB {
    /// Type, repeats, sender.
    pub head: Head,
    /// Bits for regional use before the speed.
    pub reserved: u8,
    /// Motion and place.
    pub motion: Motion,
    /// Bits for regional use after the second.
    pub regional: u8,
    /// Whether the unit waits for a free slot (CSTDMA) instead of reserving one.
    pub is_carrier_sense: bool,
    /// Whether the unit has a display.
    pub has_display: bool,
    /// Whether the unit has digital selective calling.
    pub has_dsc: bool,
    /// Whether the unit can use the whole marine band.
    pub has_band: bool,
    /// Whether the unit obeys message 22.
    pub obeys_22: bool,
    /// Whether the unit works as a base station told it to.
    pub is_assigned: bool,
    /// Whether the receiver checks its own integrity.
    pub has_raim: bool,
    /// Communication state with its selector.
    pub radio: u32,
}

/// Message 19.
#[derive(Clone, PartialEq, Debug)]
pub struct ClassBExtended {
    /// Type, repeats, sender.
    pub head: Head,
    /// Bits for regional use before the speed.
    pub reserved: u8,
    /// Motion and place.
    pub motion: Motion,
    /// Bits for regional use after the second.
    pub regional: u8,
    /// Name.
    pub name: SixText<20>,
    /// Ship type.
    pub ship_type: u8,
    /// Size.
    pub size: Size,
    /// What fixes the position.
    pub epfd: u8,
    /// Whether the receiver checks its own integrity.
    pub has_raim: bool,
    /// Whether the data terminal is *not* ready, as the standard has it.
    pub dte: u8,
    /// Whether the unit works as a base station told it to.
    pub is_assigned: bool,
}

/// Message 27.
#[derive(Clone, PartialEq, Debug)]
pub struct LongRange {
    /// Type, repeats, sender.
    pub head: Head,
    /// Whether the position is better than 10 m.
    pub is_accurate: bool,
    /// Whether the receiver checks its own integrity.
    pub has_raim: bool,
    /// Navigational status, `0..=15`.
    pub status: u8,
    /// Tenths of a minute east; 181 degrees for "not available".
    pub lon: i32,
    /// Tenths of a minute north; 91 degrees for "not available".
    pub lat: i32,
    /// Knots; 63 for "not available".
    pub sog: u8,
    /// Degrees; 511 for "not available".
    pub cog: u16,
    /// The bit after the course: 0 where the position is a current one (ITU-R M.1371-5).
    pub latency: bool,
}

impl Motion {
    pub(super) fn read(bits: &Bits, start: usize) -> Motion {
        Motion {
            sog: bits.uint(start, 10) as u16,
            is_accurate: bits.flag(start + 10),
            lon: bits.int(start + 11, 28),
            lat: bits.int(start + 39, 27),
            cog: bits.uint(start + 66, 12) as u16,
            heading: bits.uint(start + 78, 9) as u16,
            second: bits.uint(start + 87, 6) as u8,
        }
    }

    /// Where, or why there is no place.
    pub fn position(&self) -> Result<Position, Refusal> {
        position(self.lon, self.lat, PER_DEGREE)
    }

    /// Speed over ground, knots.
    pub fn sog_kn(&self) -> f32 {
        if self.sog == 1023 { f32::NAN } else { f32::from(self.sog) / 10.0 }
    }

    /// Course over ground, degrees. Not-a-number also for values above 360 degrees, which the
    /// standard forbids.
    pub fn cog_deg(&self) -> f32 {
        if self.cog < 3600 { f32::from(self.cog) / 10.0 } else { f32::NAN }
    }

    /// True heading, degrees. Not-a-number also for the forbidden 360 to 510.
    pub fn heading_deg(&self) -> f32 {
        if self.heading < 360 { f32::from(self.heading) } else { f32::NAN }
    }
}

impl ClassA {
    pub(super) fn read(head: Head, bits: &Bits) -> ClassA {
        ClassA {
            head,
            status: bits.uint(38, 4) as u8,
            turn: bits.int(42, 8) as i8,
            motion: Motion::read(bits, 50),
            maneuver: bits.uint(143, 2) as u8,
            has_raim: bits.flag(148),
            radio: bits.uint(149, 19),
        }
    }

    /// Rate of turn, degrees a minute, starboard positive; ±708 where only the side is known.
    pub fn rot_deg_min(&self) -> f32 {
        match self.turn {
            -128 => f32::NAN,
            127 => FAST_TURN_DEG_MIN,
            -127 => -FAST_TURN_DEG_MIN,
            turn => {
                let root = f32::from(turn) / 4.733;
                root * root.abs()
            }
        }
    }
}

impl BaseStation {
    pub(super) fn read(head: Head, bits: &Bits) -> BaseStation {
        BaseStation {
            head,
            year: bits.uint(38, 14) as u16,
            month: bits.uint(52, 4) as u8,
            day: bits.uint(56, 5) as u8,
            hour: bits.uint(61, 5) as u8,
            minute: bits.uint(66, 6) as u8,
            second: bits.uint(72, 6) as u8,
            is_accurate: bits.flag(78),
            lon: bits.int(79, 28),
            lat: bits.int(107, 27),
            epfd: bits.uint(134, 4) as u8,
            has_raim: bits.flag(148),
            radio: bits.uint(149, 19),
        }
    }

    /// Where the station says it is.
    pub fn position(&self) -> Result<Position, Refusal> {
        position(self.lon, self.lat, PER_DEGREE)
    }

    /// The station's clock, UTC milliseconds; `None` where a part of it is not available.
    pub fn t_ms(&self) -> Option<i64> {
        let (hour, minute, second) =
            (i64::from(self.hour), i64::from(self.minute), i64::from(self.second));
        let clock_ms = ((hour * 60 + minute) * 60 + second) * 1000;
        let is_clock = minute < 60 && second < 60 && clock_ms < DAY_MS;
        let midnight_ms = ymd_ms(self.year.into(), self.month.into(), self.day.into())?;
        is_clock.then_some(midnight_ms + clock_ms)
    }
}

impl ClassB {
    pub(super) fn read(head: Head, bits: &Bits) -> ClassB {
        ClassB {
            head,
            reserved: bits.uint(38, 8) as u8,
            motion: Motion::read(bits, 46),
            regional: bits.uint(139, 2) as u8,
            is_carrier_sense: bits.flag(141),
            has_display: bits.flag(142),
            has_dsc: bits.flag(143),
            has_band: bits.flag(144),
            obeys_22: bits.flag(145),
            is_assigned: bits.flag(146),
            has_raim: bits.flag(147),
            radio: bits.uint(148, 20),
        }
    }
}

impl ClassBExtended {
    pub(super) fn read(head: Head, bits: &Bits) -> ClassBExtended {
        ClassBExtended {
            head,
            reserved: bits.uint(38, 8) as u8,
            motion: Motion::read(bits, 46),
            regional: bits.uint(139, 4) as u8,
            name: bits.text(143),
            ship_type: bits.uint(263, 8) as u8,
            size: Size::read(bits, 271),
            epfd: bits.uint(301, 4) as u8,
            has_raim: bits.flag(305),
            dte: bits.uint(306, 1) as u8,
            is_assigned: bits.flag(307),
        }
    }
}

impl LongRange {
    pub(super) fn read(head: Head, bits: &Bits) -> LongRange {
        LongRange {
            head,
            is_accurate: bits.flag(38),
            has_raim: bits.flag(39),
            status: bits.uint(40, 4) as u8,
            lon: bits.int(44, 18),
            lat: bits.int(62, 17),
            sog: bits.uint(79, 6) as u8,
            cog: bits.uint(85, 9) as u16,
            latency: bits.flag(94),
        }
    }

    /// Where, or why there is no place.
    pub fn position(&self) -> Result<Position, Refusal> {
        position(self.lon, self.lat, PER_DEGREE_LONG_RANGE)
    }

    /// Speed over ground, knots.
    pub fn sog_kn(&self) -> f32 {
        if self.sog == 63 { f32::NAN } else { f32::from(self.sog) }
    }

    /// Course over ground, degrees.
    pub fn cog_deg(&self) -> f32 {
        if self.cog < 360 { f32::from(self.cog) } else { f32::NAN }
    }
}

/// A ship that knows only one of the two does not know where she is.
fn position(lon: i32, lat: i32, per_degree: i32) -> Result<Position, Refusal> {
    if lon == 181 * per_degree || lat == 91 * per_degree {
        return Err(Refusal::PositionNotAvailable);
    }
    let per_degree = f64::from(per_degree);
    let place = Position::new(f64::from(lon) / per_degree, f64::from(lat) / per_degree);
    if place.is_valid() { Ok(place) } else { Err(Refusal::PositionOutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_available_ends_here() {
        let motion = Motion {
            sog: 1023,
            is_accurate: false,
            lon: 181 * PER_DEGREE,
            lat: 0,
            cog: 3600,
            heading: 511,
            second: 60,
        };
        assert!(motion.sog_kn().is_nan() && motion.cog_deg().is_nan());
        assert!(motion.heading_deg().is_nan());
        assert_eq!(motion.position(), Err(Refusal::PositionNotAvailable));
        let beyond = Motion { lon: 181 * PER_DEGREE - 1, ..motion };
        assert_eq!(beyond.position(), Err(Refusal::PositionOutOfRange));
        let here = Motion { lon: -180 * PER_DEGREE, lat: 90 * PER_DEGREE, ..motion };
        assert_eq!(here.position(), Ok(Position::new(-180.0, 90.0)));
    }

    #[test]
    fn rates_of_turn_are_squares_with_a_sign() {
        let bits = Bits::from_payload(b"15RTgt0PAso;90TKcjM8h6g208CQ", 0).unwrap();
        let mut m = ClassA::read(Head { kind: 1, repeat: 0, mmsi: 1 }, &bits);
        for (turn, expected) in [(0, 0.0), (5, 1.116), (-5, -1.116), (126, 708.7), (127, 708.0)] {
            m.turn = turn;
            assert!((m.rot_deg_min() - expected).abs() < 0.05, "{turn}: {}", m.rot_deg_min());
        }
        m.turn = -128;
        assert!(m.rot_deg_min().is_nan());
    }
}
