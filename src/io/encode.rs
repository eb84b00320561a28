//! AIS sentences from reports and static reports: the way back of [`super::nmea`].
//!
//! ```
//! use fairway::ais::Report;
//! use fairway::base::geo::Position;
//! use fairway::io::encode::{Station, encode_position};
//! let report = Report { sog_kn: 12.3, ..Report::at(1_577_880_000_000, Position::new(11.5, 56.5)) };
//! let mut sentences = Vec::new();
//! encode_position(&mut sentences, Station::ClassA, 219_000_001, &report, true);
//! let sentence = b"\\c:1577880000*5D\\!AIVDM,1,1,,A,13@ndhOP1sPla90PE5p>4?v00000,0*2C\r\n";
//! assert_eq!(sentences, sentence);
//! ```

use super::bits::Armor;
use super::nmea::checksum;
use crate::ais::{Report, Static};

/// Units of a longitude or latitude in a degree: 1/10 000 of a minute.
const PER_DEGREE: f64 = 600_000.0;
/// Letters of a payload that fit into one sentence of 82 characters.
const LETTERS_A_SENTENCE: usize = 60;
/// The communication state of a class B unit that waits for free slots.
const CARRIER_SENSE_STATE: u32 = 0xe_0006;

/// What kind of station sends: it decides on the messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Station {
    /// Messages 1 and 5.
    ClassA,
    /// Messages 18 and 24.
    ClassB,
}

/// Appends the sentence of a position report to `out`: message 1 or 18. With `is_stamped`, a tag
/// block before it tells the report's time; the sentence itself has only its second.
///
/// Values are rounded to what AIS can say (1/10 000 minute, 0.1 kn, 0.1 degrees, whole degrees of
/// heading); not-a-number becomes "not available". Class B has neither status nor rate of turn.
pub fn encode_position(
    out: &mut Vec<u8>,
    station: Station,
    mmsi: u32,
    report: &Report,
    is_stamped: bool,
) {
    let mut armor = Armor::default();
    match station {
        Station::ClassA => {
            put_head(&mut armor, 1, mmsi);
            armor.put(report.status.0.into(), 4);
            armor.put(turn_from_rot(report.rot_deg_min) as u32, 8);
        }
        Station::ClassB => {
            put_head(&mut armor, 18, mmsi);
            armor.put(0, 8);
        }
    }
    armor.put(rounded(report.sog_kn * 10.0, 1022, 1023), 10);
    armor.put(1, 1);
    armor.put(degrees(report.position.lon_deg, 181.0) as u32, 28);
    armor.put(degrees(report.position.lat_deg, 91.0) as u32, 27);
    armor.put(on_circle(report.cog_deg * 10.0, 3600, 3600), 12);
    armor.put(on_circle(report.heading_deg, 360, 511), 9);
    armor.put(report.t_ms.div_euclid(1000).rem_euclid(60) as u32, 6);
    match station {
        Station::ClassA => armor.put(0, 25),
        Station::ClassB => {
            // Carrier sense, no display, DSC, the whole band, obeys message 22.
            armor.put(0b0_0101_1100, 9);
            armor.put(CARRIER_SENSE_STATE, 20);
        }
    }
    put_sentences(out, &mut armor, 0, is_stamped.then_some(report.t_ms));
}

/// Appends the sentences of a static report to `out`: message 5 in two parts, or message 24 in its
/// two halves. `sequence` tells the parts of neighboring messages apart: count it up from message
/// to message; its last digit is used. With `t_ms`, a tag block before each sentence tells the
/// time.
///
/// Texts are cut to what AIS can hold (20 letters; 7 for the call sign), in capitals. Which part
/// of the length lies before the antenna is not known: all of it is astern and to starboard, which
/// the standard reserves for this case.
pub fn encode_static(
    out: &mut Vec<u8>,
    station: Station,
    mmsi: u32,
    about: &Static,
    sequence: u8,
    t_ms: Option<i64>,
) {
    let mut armor = Armor::default();
    match station {
        Station::ClassA => {
            put_head(&mut armor, 5, mmsi);
            armor.put(0, 2);
            armor.put(about.imo, 30);
            armor.put_text(&about.callsign, 7);
            armor.put_text(&about.name, 20);
            armor.put(about.ship_type.0.into(), 8);
            put_size(&mut armor, about);
            armor.put(1, 4);
            let (month, day, hour, minute) = eta(&about.eta).unwrap_or((0, 0, 24, 60));
            armor.put(month, 4);
            armor.put(day, 5);
            armor.put(hour, 5);
            armor.put(minute, 6);
            armor.put(rounded(about.draught_m.unwrap_or(0.0) * 10.0, 255, 0), 8);
            armor.put_text(&about.destination, 20);
            armor.put(0, 2);
            put_sentences(out, &mut armor, sequence, t_ms);
        }
        Station::ClassB => {
            put_head(&mut armor, 24, mmsi);
            armor.put(0, 2);
            armor.put_text(&about.name, 20);
            put_sentences(out, &mut armor, sequence, t_ms);
            let mut armor = Armor::default();
            put_head(&mut armor, 24, mmsi);
            armor.put(1, 2);
            armor.put(about.ship_type.0.into(), 8);
            armor.put_text("FWY", 3);
            armor.put(0, 24);
            armor.put_text(&about.callsign, 7);
            put_size(&mut armor, about);
            armor.put(0, 6);
            put_sentences(out, &mut armor, sequence, t_ms);
        }
    }
}

fn put_head(armor: &mut Armor, kind: u32, mmsi: u32) {
    armor.put(kind, 6);
    armor.put(0, 2);
    armor.put(mmsi, 30);
}

fn put_size(armor: &mut Armor, about: &Static) {
    let length_m = rounded(about.length_m.unwrap_or(0.0), 1022, 0);
    let width_m = rounded(about.width_m.unwrap_or(0.0), 126, 0);
    armor.put(length_m.saturating_sub(511), 9);
    armor.put(length_m.min(511), 9);
    armor.put(width_m.saturating_sub(63), 6);
    armor.put(width_m.min(63), 6);
}

/// `value` as a whole number up to `most`, or `missing` for not-a-number.
fn rounded(value: f32, most: u32, missing: u32) -> u32 {
    if value.is_nan() { missing } else { (value.round().max(0.0) as u32).min(most) }
}

/// `value` as a whole number, the full circle being zero; or `missing` for not-a-number.
fn on_circle(value: f32, full: u32, missing: u32) -> u32 {
    if value.is_nan() { missing } else { value.round().rem_euclid(full as f32) as u32 % full }
}

fn degrees(value_deg: f64, missing_deg: f64) -> i32 {
    let value_deg = if value_deg.is_nan() { missing_deg } else { value_deg };
    (value_deg * PER_DEGREE).round() as i32
}

/// 4.733 times the root of the turn; more than 126 of it cannot be told.
fn turn_from_rot(rot_deg_min: f32) -> i8 {
    if rot_deg_min.is_nan() {
        return i8::MIN;
    }
    let root = (4.733 * rot_deg_min.abs().sqrt()).round().min(126.0);
    root.copysign(rot_deg_min) as i8
}

/// Month, day, hour and minute of `MM-DD hh:mm`; 24:60 for a day alone.
fn eta(text: &str) -> Option<(u32, u32, u32, u32)> {
    let (day, clock) = text.split_once(' ').unwrap_or((text, "24:60"));
    let (month, day) = day.split_once('-')?;
    let (hour, minute) = clock.split_once(':')?;
    let number = |text: &str, most| text.parse().ok().filter(|number| *number <= most);
    Some((number(month, 12)?, number(day, 31)?, number(hour, 24)?, number(minute, 60)?))
}

/// Appends the payload of `armor` in as many sentences as it needs.
fn put_sentences(out: &mut Vec<u8>, armor: &mut Armor, sequence: u8, t_ms: Option<i64>) {
    let (payload, fill_bits) = armor.finish();
    let total = payload.len().div_ceil(LETTERS_A_SENTENCE);
    for (part, letters) in payload.chunks(LETTERS_A_SENTENCE).enumerate() {
        if let Some(t_ms) = t_ms {
            put_tag(out, t_ms);
        }
        let start = out.len() + 1;
        out.extend_from_slice(b"!AIVDM,");
        out.extend_from_slice(&[b'0' + total as u8, b',', b'1' + part as u8, b',']);
        if total > 1 {
            out.push(b'0' + sequence % 10);
        }
        out.extend_from_slice(b",A,");
        out.extend_from_slice(letters);
        let fill_bits = if part + 1 == total { fill_bits } else { 0 };
        out.extend_from_slice(&[b',', b'0' + fill_bits]);
        put_checksum(out, start);
        out.extend_from_slice(b"\r\n");
    }
}

/// `\c:1577836800*hh\`, in milliseconds where the time is no whole second.
fn put_tag(out: &mut Vec<u8>, t_ms: i64) {
    let mut digits = [0; 20];
    let mut rest = if t_ms % 1000 == 0 { t_ms / 1000 } else { t_ms }.unsigned_abs();
    let mut first = digits.len();
    while rest > 0 || first == digits.len() {
        first -= 1;
        digits[first] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.push(b'\\');
    let start = out.len();
    out.extend_from_slice(b"c:");
    out.extend_from_slice(&digits[first..]);
    put_checksum(out, start);
    out.push(b'\\');
}

fn put_checksum(out: &mut Vec<u8>, start: usize) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let sum = checksum(&out[start..]);
    out.extend_from_slice(&[b'*', HEX[usize::from(sum >> 4)], HEX[usize::from(sum & 15)]]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ais::{NavStatus, ShipType};
    use crate::base::geo::Position;
    use crate::io::batch::Refusal;
    use crate::io::nmea::{NmeaOptions, read_all};

    #[test]
    fn not_available_goes_through() {
        let t_ms = 1_577_880_000_250;
        let place = Position::new(-11.5, -56.5);
        for station in [Station::ClassA, Station::ClassB] {
            let mut out = Vec::new();
            encode_position(&mut out, station, 1, &Report::at(t_ms, place), true);
            let nowhere = Position::new(f64::NAN, f64::NAN);
            encode_position(&mut out, station, 1, &Report::at(t_ms, nowhere), true);
            let batch = read_all(&out, &NmeaOptions::default());
            assert!(batch.reports[0].is_same(&Report::at(t_ms, place)));
            assert!(batch.reports[0].rot_deg_min.is_nan());
            assert_eq!(batch.reports[0].status, NavStatus::UNDEFINED);
            assert_eq!(batch.refused.of(Refusal::PositionNotAvailable), 1);
        }
    }

    #[test]
    fn a_course_just_below_north_becomes_north() {
        let report = Report {
            cog_deg: 359.96,
            heading_deg: 359.7,
            ..Report::at(0, Position::new(0.0, 0.0))
        };
        let mut out = Vec::new();
        encode_position(&mut out, Station::ClassA, 1, &report, false);
        let read = read_all(&out, &NmeaOptions::default()).reports[0];
        assert_eq!((read.cog_deg, read.heading_deg), (0.0, 0.0));
    }

    proptest! {
        #[test]
        fn positions_come_back_within_what_ais_can_say(
            mmsi in 0_u32..1 << 30,
            t_s in 631_152_000_i64..4_000_000_000,
            (lon_deg, lat_deg) in (-180.0..=180.0, -90.0..=90.0),
            (sog_kn, cog_deg, heading_deg) in (0.0_f32..102.2, 0.0_f32..360.0, 0.0_f32..360.0),
            (rot_deg_min, status) in (-700.0_f32..700.0, 0_u8..16),
            is_class_a: bool,
        ) {
            let report = Report {
                sog_kn, cog_deg, heading_deg, rot_deg_min, status: NavStatus(status),
                ..Report::at(t_s * 1000, Position::new(lon_deg, lat_deg))
            };
            let station = if is_class_a { Station::ClassA } else { Station::ClassB };
            let mut out = Vec::new();
            encode_position(&mut out, station, mmsi, &report, true);
            let batch = read_all(&out, &NmeaOptions::default());
            prop_assert_eq!((batch.rows_read, batch.groups[0].id), (1, mmsi));
            let read = batch.reports[0];
            prop_assert_eq!(read.t_ms, report.t_ms);
            prop_assert!((read.position.lon_deg - lon_deg).abs() <= 0.51 / PER_DEGREE);
            prop_assert!((read.position.lat_deg - lat_deg).abs() <= 0.51 / PER_DEGREE);
            prop_assert!((read.sog_kn - sog_kn).abs() <= 0.0501);
            let turned = |a: f32, b: f32| (a - b).abs().min(360.0 - (a - b).abs());
            prop_assert!(turned(read.cog_deg, cog_deg) <= 0.0501);
            prop_assert!(turned(read.heading_deg, heading_deg) <= 0.501);
            if is_class_a {
                let root = |rot: f32| 4.733 * rot.abs().sqrt().copysign(rot);
                prop_assert!((root(read.rot_deg_min) - root(rot_deg_min)).abs() <= 0.51);
                prop_assert_eq!(read.status, report.status);
            }
        }

        #[test]
        fn static_reports_come_back_as_they_were(
            (imo, ship_type) in (0_u32..1 << 30, 0_u8..=255),
            (name, callsign) in ("[A-Z0-9]([A-Z0-9 .-]{0,18}[A-Z0-9])?", "[A-Z0-9]{0,7}"),
            destination in "([A-Z0-9>][A-Z0-9 >]{0,18}[A-Z0-9])?",
            (length_m, width_m, draught_dm) in (1_u16..1022, 1_u8..126, 1_u8..=255),
            (month, day, hour, minute) in (1..=12, 1..=31, 0..=23, 0..=59),
            (sequence, t_s) in (0_u8..=255, 1_500_000_000_i64..1_600_000_000),
        ) {
            let about = Static {
                name, callsign, imo, ship_type: ShipType(ship_type),
                length_m: Some(length_m.into()), width_m: Some(width_m.into()),
                draught_m: Some(f32::from(draught_dm) / 10.0), destination,
                eta: format!("{month:02}-{day:02} {hour:02}:{minute:02}"),
            };
            let mut out = Vec::new();
            encode_static(&mut out, Station::ClassA, 219_000_001, &about, sequence, Some(t_s * 1000));
            let batch = read_all(&out, &NmeaOptions::default());
            prop_assert_eq!((batch.messages, batch.rows_read), (1, 0));
            prop_assert_eq!((batch.abouts[0].id, batch.abouts[0].t_ms), (219_000_001, t_s * 1000));
            prop_assert_eq!(&batch.abouts[0].said, &about);
            let mut out = Vec::new();
            encode_static(&mut out, Station::ClassB, 219_000_001, &about, sequence, None);
            let batch = read_all(&out, &NmeaOptions::default());
            let mut read = Static::default();
            batch.abouts.iter().for_each(|half| read.update(&half.said));
            let expected = Static {
                imo: 0, draught_m: None, destination: String::new(), eta: String::new(), ..about
            };
            prop_assert_eq!((batch.messages, read), (2, expected));
        }
    }
}
