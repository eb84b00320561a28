//! AIVDM sentences against what other decoders read in them: gpsd's regression samples, and the
//! `AISHub` sample as pyais decodes it.

use std::collections::VecDeque;
use std::io::Read as _;
use std::path::PathBuf;

use fairway::base::time::{iso_text, utc_text};
use fairway::io::batch::{Oddity, Refusal};
use fairway::io::message::{Message, Motion, Size};
use fairway::io::nmea::{NmeaOptions, each_message, read_all};
use serde_json::{Map, Value, json};

const OPTIONS: NmeaOptions = NmeaOptions { date_ms: 0, accept_bad_checksum: false };

/// The bytes of a file of the project's data, unpacked; `None`, said aloud, where it is absent.
fn data(name: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/nmea").join(name);
    let Ok(packed) = std::fs::read(&path) else {
        println!("skipped: {name} is not here ({})", path.display());
        return None;
    };
    let mut bytes = Vec::new();
    if packed.starts_with(&[0x1f, 0x8b]) {
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).unwrap();
    } else {
        bytes = zstd::decode_all(packed.as_slice()).unwrap();
    }
    Some(bytes)
}

/// The files of a tar archive (ustar), by name.
fn unpack(tar: &[u8]) -> Vec<(String, Vec<u8>)> {
    let text = |field: &[u8]| {
        let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
        String::from_utf8_lossy(&field[..end]).trim().to_owned()
    };
    let mut files = Vec::new();
    let mut at = 0;
    while tar.len() >= at + 512 && tar[at] != 0 {
        let head = &tar[at..at + 512];
        let length = usize::from_str_radix(&text(&head[124..136]), 8).unwrap();
        if head[156] == b'0' {
            files.push((text(&head[..100]), tar[at + 512..at + 512 + length].to_vec()));
        }
        at += 512 + length.next_multiple_of(512);
    }
    files
}

/// A file of the archive of decoders' samples.
fn sample(files: &[(String, Vec<u8>)], name: &str) -> Vec<u8> {
    let found = files.iter().find(|(path, _)| path.ends_with(name));
    found.unwrap_or_else(|| panic!("{name} is in the archive")).1.clone()
}

fn messages(bytes: &[u8], options: &NmeaOptions) -> Vec<Message> {
    let mut all = Vec::new();
    each_message(bytes, options, |_, message| all.extend(message));
    all
}

/// A message in gpsd's words, unscaled; `None` for types we do not read field by field.
fn gpsd_words(message: &Message) -> Option<Map<String, Value>> {
    let head = match message {
        Message::ClassA(m) => m.head,
        Message::BaseStation(m) => m.head,
        Message::Voyage(m) => m.head,
        Message::ClassB(m) => m.head,
        Message::ClassBExtended(m) => m.head,
        Message::StaticA(m) => m.head,
        Message::StaticB(m) => m.head,
        Message::LongRange(m) => m.head,
        Message::Other { .. } => return None,
    };
    let motion = |m: &Motion| {
        json!({
            "speed": m.sog, "accuracy": m.is_accurate, "lon": m.lon, "lat": m.lat,
            "course": m.cog, "heading": m.heading, "second": m.second,
        })
    };
    let size = |m: &Size| {
        json!({
            "to_bow": m.to_bow_m, "to_stern": m.to_stern_m,
            "to_port": m.to_port_m, "to_starboard": m.to_starboard_m,
        })
    };
    let parts = match message {
        Message::ClassA(m) => vec![
            motion(&m.motion),
            json!({
                "status": m.status, "turn": m.turn, "maneuver": m.maneuver, "raim": m.has_raim,
                "radio": m.radio,
            }),
        ],
        Message::BaseStation(m) => vec![json!({
            "timestamp": format!(
                "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                m.year, m.month, m.day, m.hour, m.minute, m.second
            ),
            "accuracy": m.is_accurate, "lon": m.lon, "lat": m.lat, "epfd": m.epfd,
            "raim": m.has_raim, "radio": m.radio,
        })],
        Message::Voyage(m) => vec![
            size(&m.size),
            json!({
                "imo": m.imo, "ais_version": m.ais_version, "callsign": m.callsign.as_str(),
                "shipname": m.name.as_str(), "shiptype": m.ship_type, "epfd": m.epfd,
                "eta": format!(
                    "{:02}-{:02}T{:02}:{:02}Z", m.eta_month, m.eta_day, m.eta_hour, m.eta_minute
                ),
                "draught": m.draught_dm, "destination": m.destination.as_str(), "dte": m.dte,
            }),
        ],
        Message::ClassB(m) => vec![
            motion(&m.motion),
            json!({
                "reserved": m.reserved, "regional": m.regional, "cs": m.is_carrier_sense,
                "display": m.has_display, "dsc": m.has_dsc, "band": m.has_band,
                "msg22": m.obeys_22, "raim": m.has_raim, "radio": m.radio,
            }),
        ],
        Message::ClassBExtended(m) => vec![
            motion(&m.motion),
            size(&m.size),
            json!({
                "reserved": m.reserved, "regional": m.regional, "shipname": m.name.as_str(),
                "shiptype": m.ship_type, "epfd": m.epfd, "raim": m.has_raim, "dte": m.dte,
                "assigned": m.is_assigned,
            }),
        ],
        Message::StaticA(m) => vec![json!({ "shipname": m.name.as_str() })],
        Message::StaticB(m) => vec![
            m.mothership.map_or_else(|| size(&m.size), |mmsi| json!({ "mothership_mmsi": mmsi })),
            json!({
                "shiptype": m.ship_type, "vendorid": m.vendor.as_str(), "model": m.model,
                "serial": m.serial, "callsign": m.callsign.as_str(),
            }),
        ],
        Message::LongRange(m) => vec![json!({
            "status": m.status, "accuracy": m.is_accurate, "lon": m.lon, "lat": m.lat,
            "speed": m.sog, "course": m.cog, "raim": m.has_raim, "gnss": m.latency,
        })],
        Message::Other { .. } => unreachable!("left above"),
    };
    let mut words = Map::new();
    words.insert("type".into(), head.kind.into());
    words.insert("repeat".into(), head.repeat.into());
    words.insert("mmsi".into(), head.mmsi.into());
    for part in parts {
        words.extend(part.as_object().unwrap().clone());
    }
    Some(words)
}

/// What gpsd reads in the only sample of 163 bits.
const GPSD_CUT_STATE: u32 = 1076;

/// How many names of class B ships gpsd remembers until the other half of their static report.
const GPSD_REMEMBERS: usize = 8;

/// What gpsd prints: a class B static report once both its halves are there.
fn gpsd_reports(bytes: &[u8]) -> Vec<Map<String, Value>> {
    let mut names: VecDeque<(u32, Value)> = VecDeque::new();
    let mut all = Vec::new();
    for message in messages(bytes, &OPTIONS) {
        let Some(mut words) = gpsd_words(&message) else { continue };
        let mmsi = message.mmsi();
        match message {
            Message::StaticA(_) => {
                names.push_front((mmsi, words["shipname"].take()));
                names.truncate(GPSD_REMEMBERS);
            }
            Message::StaticB(_) => {
                let Some(place) = names.iter().position(|(of, _)| *of == mmsi) else { continue };
                let (_, name) = names.remove(place).unwrap();
                words.insert("shipname".into(), name);
                all.push(words);
            }
            _ => all.push(words),
        }
    }
    all
}

#[test]
fn every_field_is_what_gpsd_reads() {
    let Some(tar) = data("decoders_samples.tar.zst") else { return };
    let files = unpack(&tar);
    for (log, chk, n) in [
        ("gpsd/sample.aivdm", "gpsd/sample.aivdm.ju.chk", 22),
        ("gpsd/ais-raw-messages.log", "gpsd/ais-raw-messages.log.chk", 102),
        ("gpsd/ais-18-27.log", "gpsd/ais-18-27.log.chk", 138),
        ("gpsd/ais-nmea.log", "gpsd/ais-nmea.log.chk", 160),
        ("gpsd/ais-nmea-type6-fid55.log", "gpsd/ais-nmea-type6-fid55.log.chk", 970),
    ] {
        let ours = gpsd_reports(&sample(&files, log));
        let mut n_equal = 0;
        for line in String::from_utf8_lossy(&sample(&files, chk)).lines() {
            let Ok(theirs) = serde_json::from_str::<Map<String, Value>>(line) else { continue };
            let kinds = [1, 2, 3, 4, 5, 11, 18, 19, 24, 27].map(Value::from);
            if theirs["class"] != "AIS" || !kinds.contains(&theirs["type"]) {
                continue;
            }
            // Of a communication state cut short, gpsd takes what is left for the lowest bits of
            // the number; we take it for the highest, as they are sent. The standard knows neither.
            let is_cut = |word: &str| word == "radio" && theirs["radio"] == GPSD_CUT_STATE;
            let differs = |ours: &Map<String, Value>| {
                ours.iter().any(|(word, value)| theirs.get(word) != Some(value) && !is_cut(word))
            };
            // gpsd prints its last report once more after some sentences of other kinds.
            if n_equal > 0 && !differs(&ours[n_equal - 1]) && ours.get(n_equal).is_none_or(differs)
            {
                continue;
            }
            let ours = ours.get(n_equal).unwrap_or_else(|| panic!("{log}: missing {line}"));
            assert!(!differs(ours), "{log}, number {n_equal}\n ours {ours:?}\ntheirs {theirs:?}");
            n_equal += 1;
        }
        assert_eq!((n_equal, ours.len()), (n, n), "{log}");
    }
}

/// The fields of a line of CSV, quotes undone.
fn csv_fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut is_quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.next_if_eq(&'"').is_some() => {
                fields.last_mut().unwrap().push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => fields.push(String::new()),
            _ => fields.last_mut().unwrap().push(letter),
        }
    }
    fields
}

/// pyais has no word for some ship types and gives the nearest, or 0, in messages 5 and 19 though
/// not in 24; we keep the number everywhere, which says as much as the ship said.
fn pyais_ship_type(ship_type: u8) -> u8 {
    match ship_type {
        25..=29 => 25,
        45..=48 => 45,
        65..=68 => 65,
        75..=78 => 75,
        85..=88 => 85,
        95..=98 => 95,
        20..=37 | 40..=99 => ship_type,
        _ => 0,
    }
}

/// A field of pyais' table.
#[derive(Clone, Debug)]
enum Field {
    Empty,
    Number(f64),
    Text(String),
    /// Of a kind of message that we do not read field by field.
    Unread,
}

impl Field {
    fn is(&self, theirs: &str) -> bool {
        match self {
            Field::Empty => theirs.is_empty(),
            // The table has six decimals.
            Field::Number(ours) => theirs.parse().is_ok_and(|x: f64| (x - ours).abs() < 5.1e-7),
            // The standard fills texts up with `@`, so that a text ends at the first; like gpsd we
            // leave out what stands behind. pyais shows it, and only strips `@` from the end.
            Field::Text(ours) => theirs.split('@').next().unwrap().trim() == ours.trim(),
            Field::Unread => true,
        }
    }
}

/// What pyais' table says of a message: type, mmsi, lon, lat, sog, cog, heading, shipname, imo,
/// destination, draught, ship type.
fn pyais_row(message: &Message) -> [Field; 12] {
    let number = |value: f64| Field::Number(value);
    let text = |text: &str| Field::Text(text.to_owned());
    let mut row = [const { Field::Empty }; 12];
    row[0] = number(message.kind().into());
    row[1] = number(message.mmsi().into());
    let mut put_motion = |m: &Motion| {
        row[2] = number(f64::from(m.lon) / 600_000.0);
        row[3] = number(f64::from(m.lat) / 600_000.0);
        row[4] = number(f64::from(m.sog) / 10.0);
        row[5] = number(f64::from(m.cog) / 10.0);
        row[6] = number(m.heading.into());
    };
    match message {
        Message::ClassA(m) => put_motion(&m.motion),
        Message::ClassB(m) => put_motion(&m.motion),
        Message::ClassBExtended(m) => {
            put_motion(&m.motion);
            row[7] = text(m.name.as_str());
            row[11] = number(pyais_ship_type(m.ship_type).into());
        }
        Message::BaseStation(m) => {
            row[2] = number(f64::from(m.lon) / 600_000.0);
            row[3] = number(f64::from(m.lat) / 600_000.0);
        }
        Message::LongRange(m) => {
            row[2] = number(f64::from(m.lon) / 600.0);
            row[3] = number(f64::from(m.lat) / 600.0);
            row[4] = number(m.sog.into());
            row[5] = number(m.cog.into());
        }
        Message::Voyage(m) => {
            row[7] = text(m.name.as_str());
            row[8] = number(m.imo.into());
            row[9] = text(m.destination.as_str());
            row[10] = number(f64::from(m.draught_dm) / 10.0);
            row[11] = number(pyais_ship_type(m.ship_type).into());
        }
        Message::StaticA(m) => row[7] = text(m.name.as_str()),
        Message::StaticB(m) => row[11] = number(m.ship_type.into()),
        Message::Other { .. } => row[2..].fill(Field::Unread),
    }
    row
}

#[test]
fn every_message_of_the_aishub_sample_is_what_pyais_reads() {
    let Some(bytes) = data("aishub_sample.txt.zst") else { return };
    let Some(table) = data("aishub_sample_decoded.csv.gz") else { return };
    let ours = messages(&bytes, &OPTIONS);
    let table = String::from_utf8(table).unwrap();
    let mut rows = table.lines().map(csv_fields);
    let head = rows.next().unwrap();
    for ours in &ours {
        let theirs = rows.next().unwrap();
        for ((name, field), theirs) in head[1..].iter().zip(pyais_row(ours)).zip(&theirs[1..]) {
            assert!(field.is(theirs), "{name}: {field:?}, pyais {theirs:?}\n{ours:?}");
        }
    }
    assert_eq!((ours.len(), rows.next()), (82_748, None));
}

#[test]
fn every_line_of_the_aishub_sample_is_accounted_for() {
    let Some(bytes) = data("aishub_sample.txt.zst") else { return };
    let batch = read_all(&bytes, &OPTIONS);
    assert_eq!(batch.messages, 82_748);
    let refused = |refusal| batch.refused.of(refusal);
    // Eight addressed messages that claim six fill bits, and types 37 and 41.
    assert_eq!(refused(Refusal::Undecodable), 10);
    assert_eq!(refused(Refusal::PartsMissing), 4);
    assert_eq!(refused(Refusal::PositionNotAvailable), 1048);
    assert_eq!(refused(Refusal::PositionOutOfRange), 7);
    assert_eq!(batch.rows_read, batch.reports.len() as u64 + batch.refused.total());
    let later_parts = |line: &&[u8]| matches!(line, [b'!', .., _] if line[9] > b'1');
    let n_later = bytes.split(|byte| *byte == b'\n').filter(later_parts).count() as u64;
    // Of the four parts without company two are second ones.
    assert_eq!(82_748 + 10 + 4 + (n_later - 2), 85_194);
    assert_eq!(batch.odd.of(Oddity::TimeReconstructed), batch.reports.len() as u64);
}

#[test]
fn reconstructed_time_keeps_up_with_the_base_stations() {
    let Some(bytes) = data("aishub_sample.txt.zst") else { return };
    let mut clocks_ms: Vec<i64> = messages(&bytes, &OPTIONS)
        .iter()
        .filter_map(|message| match message {
            Message::BaseStation(m) if m.head.kind == 4 => m.t_ms(),
            _ => None,
        })
        .collect();
    let n = clocks_ms.len();
    let median = |clocks_ms: &mut [i64]| {
        clocks_ms.sort_unstable();
        clocks_ms[clocks_ms.len() / 2]
    };
    let true_s = (median(&mut clocks_ms[n - 100..]) - median(&mut clocks_ms[..100])) / 1000;
    let batch = read_all(&bytes, &OPTIONS);
    let mut t_s: Vec<i64> = batch.reports.iter().map(|report| report.t_ms / 1000).collect();
    t_s.sort_unstable();
    // One in fifty is late by half a minute and more, and told a minute too early or too late.
    let n = t_s.len();
    let made_s = (t_s[n - n / 50] - t_s[n / 50]) * 50 / 48;
    assert!((made_s - true_s).abs() < 20, "{made_s} s, by the base stations {true_s} s");
}

#[test]
fn tag_blocks_give_the_times_that_libais_reads() {
    let Some(tar) = data("decoders_samples.tar.zst") else { return };
    let files = unpack(&tar);
    let batch = read_all(&sample(&files, "libais/tagblock.nmea"), &OPTIONS);
    assert!(batch.refused.is_empty());
    let mut n = 0;
    for line in String::from_utf8(sample(&files, "libais/tagblock.json")).unwrap().lines() {
        let theirs: Value = serde_json::from_str(line).unwrap();
        let time = theirs["tagblock_timestamp"].as_str().unwrap();
        let is_then = |t_ms| iso_text(t_ms).trim_end_matches('Z') == &time[..19];
        let number = |word: &str| theirs[word].as_f64().unwrap();
        if theirs["type"] == 5 {
            let about = &batch.abouts[0];
            assert!(is_then(about.t_ms), "{time}");
            assert_eq!(
                (theirs["mmsi"].as_u64().unwrap(), "ROSINANTE"),
                (about.id.into(), &*about.said.name)
            );
        } else {
            let report = batch.reports.iter().find(|report| is_then(report.t_ms)).unwrap();
            // libais has positions and speeds in single precision.
            assert!((report.position.lon_deg - number("lon")).abs() < 2e-5);
            assert!((report.position.lat_deg - number("lat")).abs() < 2e-5);
            assert!((f64::from(report.sog_kn) - number("speed")).abs() < 1e-6);
            assert!((f64::from(report.cog_deg) - number("course")).abs() < 1e-4);
            assert!((f64::from(report.heading_deg) - number("heading")).abs() < 1e-9);
        }
        n += 1;
    }
    assert_eq!((n, batch.messages), (4, 4));
}

#[test]
fn faulty_samples_give_what_can_be_saved() {
    use Refusal::{
        Checksum, NotASentence, PartsMissing, PositionNotAvailable, PositionOutOfRange, Undecodable,
    };
    let Some(tar) = data("decoders_samples.tar.zst") else { return };
    let files = unpack(&tar);
    for (name, messages, kept, refused, first) in [
        // Groups called "-001": the parts join by their sequence number.
        ("gfw_ais_tools/bad-tagblock-group.nmea", 1, 0, &[][..], ""),
        // Halves from two talkers, a message of 400 bits, and three payloads without a sentence.
        (
            "gfw_ais_tools/bad-type5.nmea",
            1,
            0,
            &[(NotASentence, 3), (PartsMissing, 2), (Undecodable, 1)],
            "",
        ),
        ("gfw_ais_tools/ee-multiline.nmea", 8, 6, &[], "2022-08-29 14:14:34"),
        // The same sentences cut after their checksum was made.
        ("gfw_ais_tools/errors.nmea", 3, 3, &[(Checksum, 2)], "2023-11-08 00:01:24"),
        ("gfw_ais_tools/mixed_types.nmea", 99, 30, &[], "1970-01-01 00:00:59"),
        ("gfw_ais_tools/multi-part.nmea", 43, 0, &[], ""),
        ("gfw_ais_tools/sample.nmea", 3, 1, &[], "2020-09-04 17:12:06.500"),
        // A message 5 in one sentence, its checksum wrong.
        ("gfw_ais_tools/single-message-type-5.nmea", 0, 0, &[(Checksum, 1)], ""),
        // Two parts on one line, behind tag blocks with wrong checksums.
        ("gfw_ais_tools/spire-test.nmea", 2, 0, &[], ""),
        // Letters too many behind good messages.
        ("gfw_ais_tools/type1-bad-bitcount.nmea", 12, 12, &[], "2023-10-11 08:19:59"),
        ("gfw_ais_tools/type8.nmea", 1, 0, &[], ""),
        ("pyais/ais_test_messages", 7, 6, &[], "1970-01-01 00:00:14"),
        ("pyais/messages.ais", 6, 6, &[], "1970-01-01 00:00:14"),
        ("pyais/mixed.txt", 12, 10, &[(NotASentence, 8), (Checksum, 1)], "1970-01-01 00:00:14"),
        // Half the lines have lost their payload.
        (
            "pyais/nmea_data_sample.txt",
            778,
            758,
            &[(PositionNotAvailable, 4), (PartsMissing, 20), (Undecodable, 100)],
            "1970-01-01 00:00:09",
        ),
        (
            "pyais/sample.ais",
            11,
            10,
            &[(NotASentence, 2), (Checksum, 1), (Undecodable, 1)],
            "1970-01-01 00:00:14",
        ),
        ("pyais/timestamped.ais", 4, 4, &[(NotASentence, 4)], "1970-01-01 00:00:00"),
        // Much of it is noise that passed its checksum.
        ("libais/test.aivdm", 227, 25, &[(Undecodable, 34)], "2010-04-28 00:00:27"),
        ("libais/typeexamples.nmea", 26, 3, &[(PositionOutOfRange, 2)], "2012-01-01 05:01:00"),
    ] {
        let batch = read_all(&sample(&files, name), &OPTIONS);
        let found: Vec<_> =
            batch.refused.iter().map(|(refusal, counted)| (refusal, counted.n)).collect();
        let time = batch.reports.first().map(|report| utc_text(report.t_ms)).unwrap_or_default();
        assert_eq!(
            (batch.messages, batch.reports.len(), &*found, &*time),
            (messages, kept, refused, first),
            "{name}"
        );
    }
}
