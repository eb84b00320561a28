//! The forms in which people have AIS: each is read as the same reports.

use fairway::base::time::{day_ms, iso_text, utc_text};
use fairway::flow::Session;
use fairway::io::{Mapping, Reading};

use crate::ground::read_bytes;

/// What a row of every dialect says.
#[derive(Clone, Copy)]
pub struct Said {
    pub mmsi: u32,
    pub t_ms: i64,
    pub lat: f64,
    pub lon: f64,
    pub sog: f64,
    pub cog: f64,
    pub name: &'static str,
}

impl Said {
    /// The parts of `31/12/2015 12:00:00`, as `2015 12 31 12:00:00`.
    fn time(&self) -> [String; 4] {
        let text = utc_text(self.t_ms);
        [&text[..4], &text[5..7], &text[8..10], &text[11..]].map(String::from)
    }
}

/// Two ships of which one sails east at 12 knots and one west at 15, a report a minute, in the
/// order of time: enough for units to be told by how fast they move.
pub fn said() -> Vec<Said> {
    let noon_ms = day_ms("2015-12-31").unwrap() + 12 * 3_600_000;
    let row = |minute: i64| {
        let (t_ms, passed) = (noon_ms + minute * 60_000, minute as f64);
        let east_deg = 0.2 / 60.0 / 55_f64.to_radians().cos();
        let west_deg = 0.25 / 60.0 / 56_f64.to_radians().cos();
        [
            Said {
                mmsi: 219_000_001,
                t_ms,
                lat: 55.0,
                lon: 11.0 + passed * east_deg,
                sog: 12.0,
                cog: 90.0,
                name: "ANNA",
            },
            Said {
                mmsi: 230_000_002,
                t_ms,
                lat: 56.0,
                lon: 12.5 - passed * west_deg,
                sog: 15.0,
                cog: 270.0,
                name: "BERTA",
            },
        ]
    };
    (0..30).flat_map(row).collect()
}

/// A file with `header` and a line for each row.
pub fn text(header: &str, line: impl Fn(&Said) -> String) -> String {
    let lines: Vec<String> = said().iter().map(line).collect();
    format!("{header}\n{}\n", lines.join("\n"))
}

/// That the reading holds what was said: every report, to the last digit that the form writes.
pub fn check(dialect: &str, reading: &Reading) {
    let ledger = &reading.files[0];
    assert_eq!((ledger.rows_kept, ledger.rows_read), (60, 60), "{dialect}: {:?}", ledger.refused);
    let mut expected = said();
    expected.sort_by_key(|said| said.mmsi);
    let found = reading.fleet.tracks().flat_map(|track| {
        (0..track.len()).map(move |i| {
            (track.vessel, track.t_ms[i], track.positions[i], track.sog_kn[i], track.cog_deg[i])
        })
    });
    for (said, (vessel, t_ms, place, sog_kn, cog_deg)) in expected.iter().zip(found) {
        assert_eq!((vessel.mmsi.0, iso_text(t_ms)), (said.mmsi, iso_text(said.t_ms)), "{dialect}");
        assert!(
            (place.lat_deg - said.lat).abs() < 1e-5 && (place.lon_deg - said.lon).abs() < 1e-5,
            "{dialect}: {place:?}"
        );
        assert!(
            (f64::from(sog_kn) - said.sog).abs() < 0.06,
            "{dialect}: {sog_kn} kn: {:?}",
            ledger.notes
        );
        assert!(
            (f64::from(cog_deg) - said.cog).abs() < 0.06,
            "{dialect}: {cog_deg} deg: {:?}",
            ledger.notes
        );
    }
}

pub fn check_text(dialect: &str, text: &str) -> Reading {
    let reading = read_bytes("a.csv", text.as_bytes(), &Mapping::default())
        .unwrap_or_else(|stopped| panic!("{dialect}: {stopped:?}"));
    check(dialect, &reading);
    reading
}

fn comma(number: f64) -> String {
    format!("{number:.6}").replace('.', ",")
}

const DMA: &str = "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,Name,Ship type,Cargo type,Width,Length,Type of position fixing device,Draught,Destination,ETA,Data source type,A,B,C,D";

#[test]
fn the_publishers_forms_are_read_as_the_same_reports() {
    let sixteen = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo";
    let iso = |s: &Said| utc_text(s.t_ms).replace(' ', "T");
    let reading = check_text(
        "MarineCadastre, 16 columns, course wrapped",
        &text(sixteen, |s| {
            let cog = if s.cog > 204.7 { s.cog - 409.6 } else { s.cog };
            format!(
                "{},{},{:.6},{:.6},{:.1},{cog:.1},511.0,{},IMO9074729,OXYZ,1004,under way using engine,100,20,6.5,",
                s.mmsi,
                iso(s),
                s.lat,
                s.lon,
                s.sog,
                s.name
            )
        }),
    );
    let vessel = &reading.fleet.vessels()[0];
    assert_eq!(
        (vessel.about.name.as_str(), vessel.about.imo, vessel.about.length_m),
        ("ANNA", 9_074_729, Some(100.0))
    );
    check_text(
        "MarineCadastre, 17 columns",
        &text(&format!("{sixteen},TransceiverClass"), |s| {
            format!(
                "{},{},{:.6},{:.6},{:.1},{:.1},511,{},,,70,0,100,20,,70,A",
                s.mmsi,
                iso(s),
                s.lat,
                s.lon,
                s.sog,
                s.cog,
                s.name
            )
        }),
    );
    let dma = |s: &Said| {
        let [year, month, day, clock] = s.time();
        format!(
            "{day}/{month}/{year} {clock},Class A,{},{:.6},{:.6},Under way using engine,0.0,{:.1},{:.1},90,Unknown,OXYZ,{},Cargo,,20,100,GPS,6.5,GDYNIA,31/12/2015 20:00:00,AIS,80,20,10,10",
            s.mmsi, s.lat, s.lon, s.sog, s.cog, s.name
        )
    };
    let reading = check_text("DMA, wide", &text(DMA, dma));
    let vessel = &reading.fleet.vessels()[1];
    assert_eq!(
        (vessel.about.name.as_str(), vessel.about.draught_m, vessel.about.ship_type.0),
        ("BERTA", Some(6.5), 70)
    );
    assert_eq!(vessel.voyages[0].1.destination, "GDYNIA");
    assert!(reading.fleet.reports().status.iter().all(|status| status.0 == 0));
    check_text(
        "DMA, semicolons and decimal commas",
        &text(&DMA.replace(',', ";"), |s| {
            let [year, month, day, clock] = s.time();
            format!(
                "{day}/{month}/{year} {clock};Class A;{};{};{};Under way using engine;0,0;{:.0},0;{:.0},0;90;Unknown;OXYZ;{};Cargo;;20;100;GPS;6,5;GDYNIA;;AIS;80;20;10;10",
                s.mmsi,
                comma(s.lat),
                comma(s.lon),
                s.sog,
                s.cog,
                s.name
            )
        }),
    );
    check_text(
        "ATD 2025",
        &text("point_id,point_id_original,track_id,time,lat,lon,speed,course", |s| {
            format!("0,603,{},{},{},{},{:.1},{:.1}", s.mmsi, iso(s), s.lat, s.lon, s.sog, s.cog)
        }),
    );
    let kattegat = check_text(
        "Kattegat: sine, cosine and meters a second",
        &text(
            "Segment_nr,Timestamp,Latitude,Longitude,SOG,COG_sin,COG_cos,TrackID,MMSI,ShipTypeID",
            |s| {
                let (sine, cosine) = s.cog.to_radians().sin_cos();
                format!(
                    "1,{},{},{},{},{sine},{cosine},7,{},70",
                    utc_text(s.t_ms),
                    s.lat,
                    s.lon,
                    s.sog * 1852.0 / 3600.0,
                    s.mmsi
                )
            },
        ),
    );
    assert!(
        kattegat.files[0].notes.iter().any(|note| note.contains("SOG read as m/s")),
        "{:?}",
        kattegat.files[0].notes
    );
}

#[test]
fn norfolks_tenths_and_times_of_day_are_of_the_day_that_is_named() {
    let text =
        text("OBJECT_ID,VID,SEQUENCE_DTTM,LAT,LON,SPEED_OVER_GROUND,COURSE_OVER_GROUND", |s| {
            format!(
                "1,{},{},{:.6},{:.6},{:.0},{:.0}",
                s.mmsi,
                s.time()[3],
                s.lat,
                s.lon,
                10.0 * s.sog,
                10.0 * s.cog
            )
        });
    let mut session = Session::default();
    session.set("sources.date=2015-12-31").unwrap();
    let reading = read_bytes("norfolk.csv", text.as_bytes(), &session.sources.mapping).unwrap();
    check("Norfolk", &reading);
    assert!(reading.fleet.vessels()[0].is_local, "VID is no MMSI");
}

#[test]
fn delimiters_quotes_line_ends_and_comments_do_not_matter() {
    let header = "mmsi,time,lat,lon,sog,cog,name";
    let line = |s: &Said| {
        format!(
            "{},{},{},{},{},{},{}",
            s.mmsi,
            utc_text(s.t_ms),
            s.lat,
            s.lon,
            s.sog,
            s.cog,
            s.name
        )
    };
    let plain = text(header, line);
    check_text("plain", &plain);
    for (dialect, text) in [
        ("tabs", plain.replace(',', "\t")),
        ("semicolons", plain.replace(',', ";")),
        ("bars", plain.replace(',', "|")),
        ("CRLF", plain.replace('\n', "\r\n")),
        ("BOM", format!("\u{feff}{plain}")),
        ("BOM and CRLF", format!("\u{feff}{plain}").replace('\n', "\r\n")),
        ("no last line end", plain.trim_end().to_owned()),
        ("empty lines", plain.replace('\n', "\n\n")),
        ("comments before the header", format!("# exported by somebody\n# on some day\n{plain}")),
        ("header as a comment", format!("# {plain}")),
        ("names in upper case", plain.replacen(header, &header.to_uppercase(), 1)),
        (
            "names of two cases with spaces",
            plain.replacen(
                header,
                "Mmsi, Date Time ,LAT,Longitude,Speed over ground,COG,Ship Name",
                1,
            ),
        ),
        ("spaces around fields", plain.replace(',', " , ")),
        (
            "lines with more fields than the header",
            plain.replace("ANNA", "ANNA,,,x").replace("BERTA", "BERTA,"),
        ),
        ("lines that end early", plain.replace(",ANNA", "").replace(",BERTA", "")),
    ] {
        check_text(dialect, &text);
    }
    let quoted =
        text("\"mmsi\",\"time\",\"name, of ship\",\"name\",\"lat\",\"lon\",\"sog\",\"cog\"", |s| {
            format!(
                "\"{}\",\"{}\",\"x\",\"{}, \"\"OF KIEL\"\"\",\"{}\",\"{}\",\"{}\",\"{}\"",
                s.mmsi,
                utc_text(s.t_ms),
                s.name,
                s.lat,
                s.lon,
                s.sog,
                s.cog
            )
        });
    let reading = check_text("quotes around commas and quotes", &quoted);
    assert_eq!(reading.fleet.vessels()[0].about.name, "ANNA, \"OF KIEL\"");
}

#[test]
fn every_way_to_write_a_time_is_recognised() {
    for (dialect, time) in [
        ("ISO, T, Z", (|s| iso_text(s.t_ms)) as fn(&Said) -> String),
        ("ISO with milliseconds", |s| format!("{}.000Z", utc_text(s.t_ms).replace(' ', "T"))),
        ("ISO with an offset", |s| format!("{}+02:00", utc_text(s.t_ms + 7_200_000))),
        ("ISO without seconds", |s| utc_text(s.t_ms)[..16].to_owned()),
        ("seconds since 1970", |s| (s.t_ms / 1000).to_string()),
        ("seconds with a fraction", |s| format!("{}.0", s.t_ms / 1000)),
        ("milliseconds since 1970", |s| s.t_ms.to_string()),
        ("day first, points", |s| {
            let [y, m, d, clock] = s.time();
            format!("{d}.{m}.{y} {clock}")
        }),
        ("month first", |s| {
            let [y, m, d, clock] = s.time();
            format!("{m}/{d}/{y} {clock}")
        }),
        ("compact", |s| {
            let [y, m, d, clock] = s.time();
            format!("{y}{m}{d} {}", clock.replace(':', ""))
        }),
        ("compact in one", |s| {
            let [y, m, d, clock] = s.time();
            format!("{y}{m}{d}{}", clock.replace(':', ""))
        }),
    ] {
        check_text(
            dialect,
            &text("mmsi,timestamp,lat,lon,sog,cog", |s| {
                format!("{},{},{},{},{},{}", s.mmsi, time(s), s.lat, s.lon, s.sog, s.cog)
            }),
        );
    }
    check_text(
        "day and time in two columns",
        &text("mmsi,date,time,lat,lon,sog,cog", |s| {
            let text = utc_text(s.t_ms);
            format!(
                "{},{},{},{},{},{},{}",
                s.mmsi,
                &text[..10],
                &text[11..],
                s.lat,
                s.lon,
                s.sog,
                s.cog
            )
        }),
    );
}

#[test]
fn the_user_names_columns_and_units_that_nobody_could_guess() {
    let text = text("who,when,up,right,how_fast,whither", |s| {
        format!(
            "{},{},{},{},{},{}",
            s.mmsi,
            utc_text(s.t_ms),
            s.lat,
            s.lon,
            s.sog * 1.852,
            s.cog * 10.0
        )
    });
    let mut session = Session::default();
    for setting in [
        "mmsi_column=who",
        "time_column=WHEN",
        "lat_column=#3",
        "lon_column= right",
        "sog_column=how_fast",
        "cog_column=#6",
        "sog_unit=km/h",
        "cog_unit=0.1deg",
        "time_format=iso",
    ] {
        session.set(&format!("sources.{setting}")).unwrap();
    }
    check(
        "named columns",
        &read_bytes("a.csv", text.as_bytes(), &session.sources.mapping).unwrap(),
    );
    for (name, unit) in [
        ("SOG (km/h)", 1.852),
        ("speed_kmh", 1.852),
        ("speed [m/s]", 1852.0 / 3600.0),
        ("sog_kn", 1.0),
    ] {
        check_text(
            name,
            &self::text(&format!("mmsi,time,lat,lon,{name},cog"), |s| {
                format!(
                    "{},{},{},{},{},{}",
                    s.mmsi,
                    utc_text(s.t_ms),
                    s.lat,
                    s.lon,
                    s.sog * unit,
                    s.cog
                )
            }),
        );
    }
}
