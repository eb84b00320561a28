use super::*;

fn parse(header: &str, rows: &str) -> Batch {
    let delimiter = find_delimiter(header.as_bytes());
    let columns =
        Columns::recognize(header_names(header.as_bytes(), delimiter), &Mapping::default());
    let mut layout = Layout::new(delimiter, columns, &Mapping::default());
    layout.time_format = Some(TimeFormat::Iso);
    layout.parse(&Block { bytes: rows.into(), first_line: 2, ..Block::default() })
}

#[test]
fn rows_become_reports_and_bad_ones_are_counted_with_their_line() {
    let batch = parse(
        "mmsi,time,lat,lon,sog,name",
        "219000001,2020-01-01T00:00:00,55.5,11,12.3,ANNA\r\n\nx,2020-01-01T00:00:00,55,11,1,\n219000001,2020\n219000001,never,1,2,3,\n",
    );
    assert_eq!((batch.reports.len(), batch.rows_read), (1, 4));
    assert_eq!(batch.abouts[0].said.name, "ANNA");
    let places: Vec<_> =
        batch.refused.iter().map(|(reason, counted)| (reason, counted.first[0].line)).collect();
    assert_eq!(places, [(Refusal::TooFewFields, 5), (Refusal::NoVessel, 4), (Refusal::NoTime, 6)]);
}

#[test]
fn a_vessel_is_described_once_however_many_rows_repeat_it() {
    let row = "219000001,2020-01-01T00:00:00,55.5,11,ANNA,IMO9074729,Cargo,100.5\n";
    let batch = parse("mmsi,time,lat,lon,name,imo,vesseltype,length", &row.repeat(50));
    assert_eq!(batch.abouts.len(), 1);
    let said = &batch.abouts[0].said;
    assert_eq!((said.imo, said.ship_type, said.length_m), (9_074_729, ShipType(70), Some(100.5)));
}

#[test]
fn decimal_commas_and_sines_are_read() {
    let batch = parse(
        "mmsi;time;lat;lon;cog_sin;cog_cos",
        "219000001;2020-01-01 00:00:00;55,5;11,25;1;0\n",
    );
    let report = batch.reports[0];
    assert_eq!(
        (report.position.lat_deg, report.position.lon_deg, report.cog_deg),
        (55.5, 11.25, 90.0)
    );
}

#[test]
fn where_nobody_is_named_each_row_is_numbered_by_its_line() {
    let rows = "2020-01-01T00:00:00,55.5,11,3\n\n2020-01-01T00:00:09,55.5,11,3\nnever,1,2,3\n";
    let batch = parse("time,lat,lon,sog", rows);
    let groups: Vec<(u32, usize)> =
        batch.groups.iter().map(|group| (group.id, group.rows.len())).collect();
    assert_eq!(groups, [(2, 1), (4, 1)]);
    assert_eq!(batch.points, [2, 4]);
    let named = parse("OBJECT_ID,time,lat,lon", "77,2020-01-01T00:00:00,55.5,11\n");
    assert_eq!((named.groups[0].id, &named.points[..]), (2, &[77][..]));
    let ordinary = parse("mmsi,time,lat,lon", "219000001,2020-01-01T00:00:00,55.5,11\n");
    assert!(ordinary.points.is_empty());
    assert_eq!(batch.refused.of(Refusal::NoTime), 1);
}

#[test]
fn tables_without_times_are_set_against_arrival() {
    let batch = parse(
        "RemainingTravelTimeInMinutes,Latitude,Longitude,WeekdayInt,WeekOfYearInt,HourInt,TripID",
        "60,54,10,6,17,0,5\n30,54,10.1,6,17,0,5\n",
    );
    assert_eq!(batch.reports[1].t_ms - batch.reports[0].t_ms, 30 * 60_000);
    assert_eq!(batch.groups[0].id, 5);
}
