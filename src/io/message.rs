//! AIS messages from their bits (ITU-R M.1371-5): positions, static reports, base stations.
//!
//! Fields hold what was sent, in the units of the message; methods give it in ours, with "not
//! available" as `None` or not-a-number.

mod positions;
mod statics;

pub use positions::{BaseStation, ClassA, ClassB, ClassBExtended, LongRange, Motion};
pub use statics::{Size, StaticA, StaticB, Voyage};

use super::batch::Refusal;
use super::bits::{Bits, SixText};
use crate::ais::{NavStatus, Report, ShipType, Static};

/// One message. What a station is and does is in the variant; the rest of the air's traffic is
/// [`Message::Other`].
#[derive(Clone, PartialEq, Debug)]
pub enum Message {
    /// 1, 2, 3: position of a class A ship.
    ClassA(ClassA),
    /// 4, 11: time and place of a base station, or a ship's answer when asked for hers.
    BaseStation(BaseStation),
    /// 5: static and voyage report of a class A ship.
    Voyage(Voyage),
    /// 18: position of a class B ship.
    ClassB(ClassB),
    /// 19: position and static report of a class B ship.
    ClassBExtended(ClassBExtended),
    /// 24, part A: name.
    StaticA(StaticA),
    /// 24, part B: type, call sign, size.
    StaticB(StaticB),
    /// 27: position for reception by satellite.
    LongRange(LongRange),
    /// Any other message.
    Other {
        /// The message type.
        kind: u8,
        /// Who sent it.
        mmsi: u32,
    },
}

/// What every message begins with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// Message type, `1..=27`.
    pub kind: u8,
    /// How often a repeater has sent it on; 3 for "do not repeat".
    pub repeat: u8,
    /// Who sent it.
    pub mmsi: u32,
}

impl Message {
    /// The message of `payload`, six bits a letter, whose last letter carries `fill_bits` bits too
    /// many. Bits behind the end of a message are left aside, as gpsd does.
    ///
    /// # Errors
    ///
    /// [`Refusal::Undecodable`] where a letter is no armor, the type is none of `1..=27`, or the
    /// message ends before its last field that matters: message 5 may lack the bits after the
    /// destination's 19th letter, messages 1 to 4, 11 and 18 their communication state. Also a
    /// message 27 that fills neither its 96 bits nor a slot of 168.
    pub fn from_payload(payload: &[u8], fill_bits: u8) -> Result<Message, Refusal> {
        let bits = Bits::from_payload(payload, fill_bits).ok_or(Refusal::Undecodable)?;
        Message::from_bits(&bits).ok_or(Refusal::Undecodable)
    }

    fn from_bits(bits: &Bits) -> Option<Message> {
        if bits.n_bits() < 38 {
            return None;
        }
        let head = Head {
            kind: bits.uint(0, 6) as u8,
            repeat: bits.uint(6, 2) as u8,
            mmsi: bits.uint(8, 30),
        };
        let (least_bits, read): (usize, fn(Head, &Bits) -> Message) = match head.kind {
            1..=3 => (149, |head, bits| Message::ClassA(ClassA::read(head, bits))),
            4 | 11 => (149, |head, bits| Message::BaseStation(BaseStation::read(head, bits))),
            5 => (420, |head, bits| Message::Voyage(Voyage::read(head, bits))),
            18 => (148, |head, bits| Message::ClassB(ClassB::read(head, bits))),
            19 => (308, |head, bits| Message::ClassBExtended(ClassBExtended::read(head, bits))),
            24 => match bits.uint(38, 2) {
                0 => (160, |head, bits| Message::StaticA(StaticA { head, name: bits.text(40) })),
                1 => (162, |head, bits| Message::StaticB(StaticB::read(head, bits))),
                // Parts 2 and 3 are sent, though the standard knows none.
                _ => return Some(Message::Other { kind: 24, mmsi: head.mmsi }),
            },
            27 => (95, |head, bits| Message::LongRange(LongRange::read(head, bits))),
            kind @ 1..=27 => return Some(Message::Other { kind, mmsi: head.mmsi }),
            _ => return None,
        };
        // A message 27 comes alone or filled up to a slot; what else claims to be one is noise.
        let is_noise = head.kind == 27 && !matches!(bits.n_bits(), 95..=96 | 168);
        (bits.n_bits() >= least_bits && !is_noise).then(|| read(head, bits))
    }

    /// Who sent it.
    pub fn mmsi(&self) -> u32 {
        match self {
            Message::ClassA(m) => m.head.mmsi,
            Message::BaseStation(m) => m.head.mmsi,
            Message::Voyage(m) => m.head.mmsi,
            Message::ClassB(m) => m.head.mmsi,
            Message::ClassBExtended(m) => m.head.mmsi,
            Message::StaticA(m) => m.head.mmsi,
            Message::StaticB(m) => m.head.mmsi,
            Message::LongRange(m) => m.head.mmsi,
            Message::Other { mmsi, .. } => *mmsi,
        }
    }

    /// The message type, `1..=27`.
    pub fn kind(&self) -> u8 {
        match self {
            Message::ClassA(m) => m.head.kind,
            Message::BaseStation(m) => m.head.kind,
            Message::Voyage(_) => 5,
            Message::ClassB(_) => 18,
            Message::ClassBExtended(_) => 19,
            Message::StaticA(_) | Message::StaticB(_) => 24,
            Message::LongRange(_) => 27,
            Message::Other { kind, .. } => *kind,
        }
    }

    /// The second of the UTC minute at which a ship measured her position, if the message says so.
    pub fn second(&self) -> Option<u8> {
        let second = match self {
            Message::ClassA(m) => m.motion.second,
            Message::ClassB(m) => m.motion.second,
            Message::ClassBExtended(m) => m.motion.second,
            _ => return None,
        };
        (second < 60).then_some(second)
    }

    /// The report of a ship that tells her position, at `t_ms`, or why her position is none.
    /// `None` for messages of other kinds: base stations, aids and aircraft do not sail.
    pub fn report(&self, t_ms: i64) -> Option<Result<Report, Refusal>> {
        let in_motion = |motion: &Motion, rot_deg_min, status| {
            motion.position().map(|position| Report {
                t_ms,
                position,
                sog_kn: motion.sog_kn(),
                cog_deg: motion.cog_deg(),
                heading_deg: motion.heading_deg(),
                rot_deg_min,
                status,
            })
        };
        match self {
            Message::ClassA(m) => Some(in_motion(&m.motion, m.rot_deg_min(), NavStatus(m.status))),
            Message::ClassB(m) => Some(in_motion(&m.motion, f32::NAN, NavStatus::UNDEFINED)),
            Message::ClassBExtended(m) => {
                Some(in_motion(&m.motion, f32::NAN, NavStatus::UNDEFINED))
            }
            Message::LongRange(m) => Some(m.position().map(|position| Report {
                sog_kn: m.sog_kn(),
                cog_deg: m.cog_deg(),
                status: NavStatus(m.status),
                ..Report::at(t_ms, position)
            })),
            _ => None,
        }
    }

    /// What the sender says of herself, in messages 5, 19 and 24.
    pub fn about(&self) -> Option<Static> {
        match self {
            Message::Voyage(m) => Some(Static {
                name: text(&m.name),
                callsign: text(&m.callsign),
                imo: m.imo,
                ship_type: ShipType(m.ship_type),
                length_m: m.size.length_m(),
                width_m: m.size.width_m(),
                draught_m: m.draught_m(),
                destination: text(&m.destination),
                eta: m.eta(),
            }),
            Message::ClassBExtended(m) => Some(Static {
                name: text(&m.name),
                ship_type: ShipType(m.ship_type),
                length_m: m.size.length_m(),
                width_m: m.size.width_m(),
                ..Static::default()
            }),
            Message::StaticA(m) => Some(Static { name: text(&m.name), ..Static::default() }),
            Message::StaticB(m) => Some(Static {
                callsign: text(&m.callsign),
                ship_type: ShipType(m.ship_type),
                length_m: m.size.length_m(),
                width_m: m.size.width_m(),
                ..Static::default()
            }),
            _ => None,
        }
    }
}

fn text<const N: usize>(text: &SixText<N>) -> String {
    text.as_str().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(payload: &str, fill_bits: u8) -> Message {
        Message::from_payload(payload.as_bytes(), fill_bits).unwrap()
    }

    #[test]
    fn a_class_a_position_is_read_field_by_field() {
        // The first of gpsd's samples, checked there against two other decoders.
        let Message::ClassA(m) = decode("15RTgt0PAso;90TKcjM8h6g208CQ", 0) else { panic!() };
        assert_eq!(m.head, Head { kind: 1, repeat: 0, mmsi: 371_798_000 });
        assert_eq!((m.status, m.turn, m.motion.sog, m.motion.cog), (0, -127, 123, 2240));
        assert_eq!((m.motion.lon, m.motion.lat, m.motion.heading), (-74_037_230, 29_028_980, 215));
        assert_eq!((m.motion.second, m.maneuver, m.has_raim, m.radio), (33, 0, false, 34017));
        assert!((m.rot_deg_min() + 708.0).abs() < 1e-3);
    }

    #[test]
    fn messages_cut_short_are_refused_and_longer_ones_read() {
        let whole = "15RTgt0PAso;90TKcjM8h6g208CQ";
        for length in 0..25 {
            let cut = Message::from_payload(&whole.as_bytes()[..length], 0);
            assert_eq!(cut, Err(Refusal::Undecodable), "{length}");
        }
        assert_eq!(decode(&format!("{whole}000"), 0), decode(whole, 0));
        for payload in ["", "0", "0000000", "L000000", "w000000000"] {
            let read = Message::from_payload(payload.as_bytes(), 0);
            assert_eq!(read, Err(Refusal::Undecodable), "{payload}");
        }
    }

    #[test]
    fn the_last_bits_of_a_class_b_report_are_told_apart() {
        use crate::io::bits::Armor;
        let mut armor = Armor::default();
        for (value, n) in [(19, 6), (0, 2), (219_000_001, 30), (0, 8), (105, 10), (1, 1)] {
            armor.put(value, n);
        }
        for (value, n) in [(6_900_000, 28), (33_900_000, 27), (900, 12), (91, 9), (7, 6), (9, 4)] {
            armor.put(value, n);
        }
        armor.put_text("SKYLARK", 20);
        for (value, n) in [(37, 8), (9, 9), (3, 9), (2, 6), (1, 6), (1, 4), (1, 1), (0, 1), (1, 1)]
        {
            armor.put(value, n);
        }
        armor.put(0, 4);
        let (payload, fill_bits) = armor.finish();
        let message = Message::from_payload(payload, fill_bits).unwrap();
        let Message::ClassBExtended(m) = &message else { panic!() };
        assert_eq!((m.regional, m.epfd, m.has_raim, m.dte, m.is_assigned), (9, 1, true, 0, true));
        let about = message.about().unwrap();
        assert_eq!(
            (&*about.name, about.length_m, about.width_m),
            ("SKYLARK", Some(12.0), Some(3.0))
        );
        let report = message.report(5).unwrap().unwrap();
        assert_eq!((report.position.lon_deg, report.position.lat_deg), (11.5, 56.5));
    }

    #[test]
    fn an_auxiliary_craft_names_its_mother_ship() {
        use crate::io::bits::Armor;
        let mut armor = Armor::default();
        for (value, n) in [(24, 6), (0, 2), (982_190_001, 30), (1, 2), (37, 8)] {
            armor.put(value, n);
        }
        armor.put_text("SRT", 3);
        for (value, n) in [(1, 4), (311_616, 20)] {
            armor.put(value, n);
        }
        armor.put_text("OYAB", 7);
        armor.put(219_000_001, 30);
        armor.put(0, 6);
        let (payload, fill_bits) = armor.finish();
        let Message::StaticB(m) = Message::from_payload(payload, fill_bits).unwrap() else {
            panic!()
        };
        assert_eq!((m.mothership, m.size), (Some(219_000_001), Size::default()));
        assert_eq!((m.model, m.serial, m.callsign.as_str()), (1, 311_616, "OYAB"));
        assert_eq!(&m.vendor.as_str()[..3], "SRT");
    }
}
