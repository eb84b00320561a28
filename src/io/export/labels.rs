//! Which cluster each trip is in, as tables.

use std::io::Write;
use std::path::{Path, PathBuf};

use polars::prelude::{
    Column, DataFrame, DataType, ParquetWriter, PolarsError, TimeUnit, TimeZone,
};

use super::quoted;
use crate::ais::{Fleet, Trip};
use crate::base::job::Job;
use crate::base::time::iso_text;
use crate::base::units::nmi_from_m;
use crate::io::safe::{WriteError, write_whole};

/// Writes `stem.csv` and `stem.parquet` into `folder`, which it names: a row a trip with
/// `trip_id`, `mmsi`, `begin`, `end` (UTC), `length_nmi`, and `cluster`, empty for noise.
pub fn labels_files(
    fleet: &Fleet,
    trips: &[(usize, &Trip)],
    labels: &[Option<u32>],
    folder: &Path,
    stem: &str,
    job: &Job,
) -> Result<Vec<PathBuf>, WriteError> {
    let paths = ["csv", "parquet"].map(|ending| folder.join(format!("{stem}.{ending}")));
    job.go_on().map_err(|_| WriteError::Cancelled)?;
    csv(fleet, trips, labels, &paths[0])?;
    job.go_on().map_err(|_| WriteError::Cancelled)?;
    let fault = |error: PolarsError| WriteError::Io {
        path: paths[1].clone(),
        error: std::io::Error::other(error.to_string()),
    };
    write_whole(&paths[1], |file| {
        let mut frame = frame(fleet, trips, labels).map_err(fault)?;
        ParquetWriter::new(&mut *file).finish(&mut frame).map_err(fault)?;
        Ok(())
    })?;
    Ok(paths.to_vec())
}

fn csv(
    fleet: &Fleet,
    trips: &[(usize, &Trip)],
    labels: &[Option<u32>],
    path: &Path,
) -> Result<(), WriteError> {
    let fault = |error| WriteError::Io { path: path.to_owned(), error };
    write_whole(path, |file| {
        writeln!(file, "trip_id,mmsi,name,begin,end,length_nmi,cluster").map_err(fault)?;
        for ((id, trip), label) in trips.iter().zip(labels) {
            let vessel = &fleet.vessels()[trip.vessel];
            let (from_ms, to_ms) = trip.time_span_ms(fleet);
            writeln!(
                file,
                "{id},{},{},{},{},{:.3},{}",
                vessel.mmsi.0,
                quoted(&vessel.about.name),
                iso_text(from_ms),
                iso_text(to_ms),
                nmi_from_m(trip.length_m),
                label.map_or(String::new(), |label| label.to_string()),
            )
            .map_err(fault)?;
        }
        Ok(())
    })
}

fn frame(
    fleet: &Fleet,
    trips: &[(usize, &Trip)],
    labels: &[Option<u32>],
) -> Result<DataFrame, PolarsError> {
    let times = |name: &str, of: fn((i64, i64)) -> i64| {
        let times: Vec<i64> = trips.iter().map(|(_, trip)| of(trip.time_span_ms(fleet))).collect();
        Column::new(name.into(), times)
            .cast(&DataType::Datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC)))
    };
    let ids: Vec<u32> = trips.iter().map(|(id, _)| *id as u32).collect();
    let mmsi: Vec<u32> =
        trips.iter().map(|(_, trip)| fleet.vessels()[trip.vessel].mmsi.0).collect();
    let lengths: Vec<f64> = trips.iter().map(|(_, trip)| nmi_from_m(trip.length_m)).collect();
    DataFrame::new(
        trips.len(),
        vec![
            Column::new("trip_id".into(), ids),
            Column::new("mmsi".into(), mmsi),
            times("begin", |(from_ms, _)| from_ms)?,
            times("end", |(_, to_ms)| to_ms)?,
            Column::new("length_nmi".into(), lengths),
            Column::new("cluster".into(), labels.to_vec()),
        ],
    )
}
