use super::*;

fn check(header: &str, expected: &[(Role, &str)]) {
    let names = header.split(',').map(String::from).collect();
    let columns = Columns::recognize(names, &Mapping::default());
    for (role, name) in expected {
        assert_eq!(columns.name_of(*role), Some(*name), "{role:?} of {header}");
    }
}

#[test]
fn columns_of_every_dialect_are_recognised() {
    check(
        "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo",
        &[
            (Role::Mmsi, "MMSI"),
            (Role::Time, "BaseDateTime"),
            (Role::Draught, "Draft"),
            (Role::ShipType, "VesselType"),
        ],
    );
    check(
        "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,Name,Ship type,Cargo type,Width,Length,Type of position fixing device,Draught,Destination,ETA,Data source type,A,B,C,D",
        &[
            (Role::Time, "# Timestamp"),
            (Role::Status, "Navigational status"),
            (Role::ShipType, "Ship type"),
            (Role::DimA, "A"),
            (Role::Eta, "ETA"),
        ],
    );
    check(
        "OBJECT_ID,VID,SEQUENCE_DTTM,LAT,LON,SPEED_OVER_GROUND,COURSE_OVER_GROUND",
        &[(Role::Track, "VID"), (Role::Time, "SEQUENCE_DTTM"), (Role::Sog, "SPEED_OVER_GROUND")],
    );
    check(
        "point_id,point_id_original,track_id,time,lat,lon,speed,course",
        &[(Role::Track, "track_id"), (Role::Cog, "course")],
    );
    check(
        "Segment_nr,Timestamp,Latitude,Longitude,SOG,COG_sin,COG_cos,TrackID,MMSI,ShipTypeID",
        &[(Role::CogSine, "COG_sin"), (Role::Mmsi, "MMSI"), (Role::ShipType, "ShipTypeID")],
    );
    check(
        "time,mmsi,lon,lat,Speed (km/h),true heading",
        &[(Role::Sog, "Speed (km/h)"), (Role::Heading, "true heading")],
    );
}

#[test]
fn the_users_choice_goes_before_recognition() {
    let mapping = Mapping { lat_column: "b".into(), lon_column: "#1".into(), ..Mapping::default() };
    let names = ["where", "b", "lat", "lon"].map(String::from).to_vec();
    let columns = Columns::recognize(names, &mapping);
    assert_eq!((columns.of(Role::Lat), columns.of(Role::Lon)), (Some(1), Some(0)));
}

#[test]
fn units_are_read_from_column_names() {
    for (name, unit) in [
        ("SOG", None),
        ("speed (m/s)", Some(SpeedUnit::MetersPerSecond)),
        ("speed_kmh", Some(SpeedUnit::KilometersPerHour)),
        ("sog_kn", Some(SpeedUnit::Knots)),
    ] {
        assert_eq!(SpeedUnit::from_column_name(name), unit, "{name}");
    }
}

#[test]
fn a_wrong_day_is_a_fault() {
    let mapping = Mapping { date: "1.6.2018".into(), ..Mapping::default() };
    assert_eq!(mapping.faults().len(), 1);
}
