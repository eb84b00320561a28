//! Lists of ports: of one's own, official, bundled.

use super::*;
use crate::ais::PortId;

fn read(text: &str) -> Result<PortReading, PortError> {
    table_of("a.csv", text.as_bytes(), &PortColumns::default())
}

fn shared(name: &str) -> Option<std::path::PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("../shared/data/reference").join(name);
    if !path.exists() {
        println!("skipped: no ../shared/data/reference/{name}");
    }
    path.exists().then_some(path)
}

#[test]
fn the_bundled_ports_are_the_worlds_main_ports() {
    let ports = bundled();
    assert!((1_500..1_800).contains(&ports.len()), "{}", ports.len());
    for (code, lon, lat) in [
        ("NLRTM", 4.5, 51.9),
        ("USLGB", -118.2, 33.75),
        ("SGKEP", 103.85, 1.28),
        ("DEHAM", 9.9, 53.5),
        ("NZAKL", 174.77, -36.85),
    ] {
        let code = Locode::from_text(code).unwrap();
        let id = ports.with_code(code).next().unwrap_or_else(|| panic!("{code}"));
        let far_m = crate::base::geo::distance_m(ports.port(id).position, Position::new(lon, lat));
        assert!(far_m < 20_000.0, "{code}: {far_m}");
        assert!(ports.port(id).wpi.is_some() && !ports.port(id).country.is_empty());
    }
}

#[test]
fn a_table_of_ones_own_is_read_by_the_names_of_its_columns() {
    let reading = read(
        "Port;Code;Lat;Lng;Country\nKiel;DEKEL;54,32;10,15;Germany\n\n\"Gdynia \"\"N\"\"\";;54.53;18.55;\n",
    )
    .unwrap();
    let ports = reading.table.ports();
    assert_eq!((reading.rows, reading.refused.total(), reading.kind), (2, 0, "table of ports"));
    assert_eq!((ports[0].name.as_str(), ports[0].position), ("Kiel", Position::new(10.15, 54.32)));
    assert_eq!(ports[0].locode.unwrap().as_str(), "DEKEL");
    assert_eq!((ports[1].name.as_str(), ports[1].locode), ("Gdynia \"N\"", None));
}

#[test]
fn columns_that_the_user_names_go_before_the_usual_ones() {
    let text = b"name,berth,north,east\nA,B,1,2\n";
    let columns = PortColumns {
        name: "Berth".into(),
        lat: "north".into(),
        lon: "east".into(),
        ..PortColumns::default()
    };
    let reading = table_of("a.csv", text, &columns).unwrap();
    assert_eq!(reading.table.port(PortId(0)).name, "B");
    let columns = PortColumns { lat: "south".into(), ..columns };
    let error = table_of("a.csv", text, &columns).unwrap_err().to_string();
    assert!(error.contains("for the port's latitude among name, berth, north, east"), "{error}");
}

#[test]
fn rows_without_a_place_are_counted_by_reason() {
    let reading = read("name,lat,lon\nA,1,2\nB,,\nC,north,2\nD,91,0\n,3,4\n").unwrap();
    let refused = |reason| reading.refused.of(reason);
    assert_eq!((reading.rows, reading.table.len()), (5, 1));
    assert_eq!(refused(PortRefusal::NoPosition), 1);
    assert_eq!(refused(PortRefusal::BadPosition), 2);
    assert_eq!(refused(PortRefusal::NoName), 1);
    let (_, first) = reading.refused.iter().next().unwrap();
    assert_eq!((first.first[0].line, first.first[0].text.as_str()), (6, ",3,4"));
}

#[test]
fn a_table_without_ports_says_what_is_wrong() {
    for (text, part) in [
        ("", "a.csv: the file is empty"),
        ("\0\u{1}\u{2}\u{3}", "a.csv: it is no text: its first bytes are 00 01 02 03"),
        ("PAR1\0", "a.csv: it is no text: its first bytes are 50 41 52 31; a table such as CSV"),
        ("name,lat,lon\n", "no port in 0 rows (there are none)"),
        ("name,lat,lon\nA,,\nB,,\n", "no port in 2 rows (no position: 2)"),
        ("a,b,c\n1,2,3\n", "no column for the port's name among a, b, c"),
        ("name,lat\nA,1\n", "no column for the port's longitude among name, lat"),
    ] {
        let error = read(text).unwrap_err().to_string();
        assert!(error.starts_with("a.csv: ") && error.contains(part), "{error}");
    }
    let missing = read_ports(Path::new("/no/such.csv"), &PortColumns::default());
    assert!(missing.unwrap_err().to_string().contains("/no/such.csv: it cannot be read"));
}

const PART: &[u8] = b",\"DE\",,\".GERMANY\",,,,,,,,\r\n\
    ,\"DE\",\"KEL\",\"Kiel\",\"Kiel\",\"SH\",\"12345---\",\"AF\",\"9401\",,\"5420N 01008E\",\r\n\
    ,\"DE\",\"XXX\",\"Dorf\",\"Dorf\",,\"--3-----\",\"AF\",\"9401\",,\"5420N 01008E\",\r\n\
    ,\"DE\",\"YYY\",\"Nirgends\",\"Nirgends\",,\"1-------\",\"AF\",\"9401\",,,\r\n\
    \"X\",\"DE\",\"ZZZ\",\"Alt\",\"Alt\",,\"1-------\",\"AF\",\"9401\",,\"5420N 01008E\",\r\n\
    ,\"DE\",\"BRV\",\"Br\xfcckhafen\",\"Brueckhafen\",,\"1-------\",\"AF\",,,\"5360N 00835E\",\r\n\
    ,\"DE\",\"CUX\",\"C\xfcxhaven\",\"Cuxhaven\",,\"1-------\",\"AF\",,,\"5352S 00842W\",\r\n";

#[test]
fn unlocode_is_read_from_its_archive_or_from_a_part() {
    let archive = zip::archive_of(&[
        ("2024-2 SubdivisionCodes.csv", b"\"DE\",\"SH\",\"S\",\"Land\"\n", true),
        ("2024-2 UNLOCODE CodeListPart1.csv", PART, true),
    ]);
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("list.zip", archive.as_slice()), ("part.csv", PART)] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let reading = read_ports(&path, &PortColumns::default()).unwrap();
        let ports = reading.table.ports();
        assert_eq!((reading.kind, reading.rows, ports.len()), ("UN/LOCODE", 6, 2), "{name}");
        assert_eq!(ports[0].locode.unwrap().to_string(), "DE KEL");
        assert_eq!(ports[0].country, "GERMANY");
        assert!((ports[0].position.lat_deg - 54.333_333).abs() < 1e-5);
        assert_eq!(ports[1].name, "Cüxhaven");
        assert!(ports[1].position.lat_deg < 0.0 && ports[1].position.lon_deg < 0.0);
        for reason in [
            PortRefusal::NotAPort,
            PortRefusal::NoPosition,
            PortRefusal::Removed,
            PortRefusal::BadPosition,
        ] {
            assert_eq!(reading.refused.of(reason), 1, "{reason:?}");
        }
    }
    let empty = zip::archive_of(&[("readme.txt", b"hello", false)]);
    let error = archive_error(&empty);
    assert!(
        error.contains("no file in the archive looks like UN/LOCODE")
            && error.contains("readme.txt"),
        "{error}"
    );
}

fn archive_error(bytes: &[u8]) -> String {
    archive("list.zip", bytes).unwrap_err().to_string()
}

#[test]
fn the_world_port_index_is_read_whole() {
    let Some(path) = shared("world_port_index.csv.zst") else { return };
    let reading = read_ports(&path, &PortColumns::default()).unwrap();
    assert_eq!((reading.rows, reading.table.len()), (3_768, 3_768));
    assert_eq!(reading.kind, "World Port Index");
    let coded = reading.table.ports().iter().filter(|port| port.locode.is_some()).count();
    assert!((3_250..=3_338).contains(&coded), "{coded}");
}

#[test]
fn the_official_unlocode_archive_is_read_whole() {
    let Some(path) = shared("unlocode_2024-2.zip") else { return };
    let reading = read_ports(&path, &PortColumns::default()).unwrap();
    assert_eq!(reading.rows, reading.table.len() as u64 + reading.refused.total());
    assert!(reading.table.len() > 10_000, "{}", reading.table.len());
    let beach = Locode::from_text("USLGB").unwrap();
    assert_eq!(reading.table.with_code(beach).count(), 1);
}
