//! Results out: Parquet, GeoJSON and CSV, in documented columns.

use std::io::Write;
use std::path::{Path, PathBuf};

use polars::prelude::{
    Column, DataFrame, DataType, ParquetWriter, PolarsError, StatisticsOptions, TimeUnit, TimeZone,
};

use super::batch::Refusal;
use super::read::Reading;
use super::safe::{WriteError, write_whole};
use crate::ais::{Fleet, Trip, Truth};
use crate::base::job::Job;
use crate::base::note::Tally;
use crate::base::time::iso_text;
use crate::base::units::{nmi_from_m, s_from_ms};

mod labels;

pub use super::npy::npy_f32;
pub use super::safe::write_text as text;
pub use labels::labels_files;

/// Rows in a row group: what readers take at a time.
const GROUP_ROWS: usize = 1 << 18;

/// Some reports of one vessel, for a table of points: vessel, trip if any, indices of reports.
type Run = (usize, Option<u32>, std::ops::Range<usize>);

/// Writes all reports of `fleet` as Parquet, vessel after vessel: `mmsi`, `time` (UTC), `lat`,
/// `lon` (degrees), `sog` (kn), `cog`, `heading` (degrees), `rot` (degrees a minute), `status`,
/// what is known of the vessel, and the truth where there is one.
pub fn reports_parquet(fleet: &Fleet, path: &Path, job: &Job) -> Result<(), WriteError> {
    let runs = (0..fleet.vessels().len()).map(|vessel| (vessel, None, fleet.range(vessel)));
    points_parquet(fleet, &runs.collect::<Vec<_>>(), false, path, job)
}

/// Writes `trips`, each with its id, into `folder` in every form: `stem.parquet`, `stem.geojson`,
/// `stem.csv`, which it names.
pub fn trips_files(
    fleet: &Fleet,
    trips: &[(usize, &Trip)],
    folder: &Path,
    stem: &str,
    job: &Job,
) -> Result<Vec<PathBuf>, WriteError> {
    let paths = ["parquet", "geojson", "csv"].map(|ending| folder.join(format!("{stem}.{ending}")));
    trips_parquet(fleet, trips, &paths[0], job)?;
    trips_geojson(fleet, trips, &paths[1], job)?;
    trips_csv(fleet, trips, &paths[2])?;
    Ok(paths.to_vec())
}

/// Writes the reports of `trips` as Parquet: as [`reports_parquet`], with `trip_id` before.
fn trips_parquet(
    fleet: &Fleet,
    trips: &[(usize, &Trip)],
    path: &Path,
    job: &Job,
) -> Result<(), WriteError> {
    let runs = trips.iter().map(|(id, trip)| (trip.vessel, Some(*id as u32), trip.reports.clone()));
    points_parquet(fleet, &runs.collect::<Vec<_>>(), true, path, job)
}

fn points_parquet(
    fleet: &Fleet,
    runs: &[Run],
    are_trips: bool,
    path: &Path,
    job: &Job,
) -> Result<(), WriteError> {
    job.expect(runs.iter().map(|(.., range)| range.len()).sum());
    let fault = |error: PolarsError| WriteError::Io {
        path: path.to_owned(),
        error: std::io::Error::other(error.to_string()),
    };
    write_whole(path, |file| {
        // The schema is that of a frame without rows.
        let schema = frame(fleet, &[], are_trips).map_err(fault)?.schema().as_ref().clone();
        let writer = ParquetWriter::new(&mut *file)
            .with_statistics(StatisticsOptions::empty()) // polars 0.55 refuses its own for all-null columns.
            .with_row_group_size(Some(GROUP_ROWS));
        let mut writer = writer.batched(&schema).map_err(fault)?;
        let mut group: Vec<Run> = Vec::new();
        let mut rows = 0;
        let mut flush = |group: &mut Vec<Run>, rows: &mut usize| {
            job.advance(*rows).map_err(|_| WriteError::Cancelled)?;
            *rows = 0;
            writer
                .write_batch(&frame(fleet, &std::mem::take(group), are_trips).map_err(fault)?)
                .map_err(fault)
        };
        for (vessel, trip, range) in runs {
            let mut start = range.start;
            while start < range.end {
                let end = range.end.min(start + GROUP_ROWS - rows);
                group.push((*vessel, *trip, start..end));
                rows += end - start;
                start = end;
                if rows == GROUP_ROWS {
                    flush(&mut group, &mut rows)?;
                }
            }
        }
        if rows > 0 {
            flush(&mut group, &mut rows)?;
        }
        writer.finish().map_err(fault)?;
        Ok(())
    })
}

/// The reports of `runs` as a frame of polars: Fairway's one schema, with the trip first where runs
/// are trips, be there any or none.
fn frame(fleet: &Fleet, runs: &[Run], are_trips: bool) -> Result<DataFrame, PolarsError> {
    let reports = fleet.reports();
    let height = runs.iter().map(|(.., range)| range.len()).sum();
    let number = |name: &str, column: &[f32]| {
        Column::new(name.into(), gather(column, runs)).fill_nan_with_null()
    };
    let of_vessel = |name: &str, text: &dyn Fn(usize) -> String| {
        Column::new(
            name.into(),
            per_row(runs, |vessel| Some(text(vessel)).filter(|text| !text.is_empty())),
        )
    };
    let vessels = fleet.vessels();
    let is_local = vessels.iter().any(|vessel| vessel.is_local);
    let ids = per_row(runs, |vessel| vessels[vessel].mmsi.0);
    let times = Column::new("time".into(), gather(&reports.t_ms, runs))
        .cast(&DataType::Datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC)))?;
    let positions = gather(&reports.positions, runs);
    let typed = typed(fleet, runs);
    let mut columns = Vec::new();
    if are_trips {
        let trips: Vec<Option<u32>> = runs
            .iter()
            .flat_map(|(_, trip, range)| std::iter::repeat_n(*trip, range.len()))
            .collect();
        columns.push(Column::new("trip_id".into(), trips));
    }
    columns.extend([
        Column::new(if is_local { "vessel_id" } else { "mmsi" }.into(), ids),
        times,
        Column::new("lat".into(), positions.iter().map(|place| place.lat_deg).collect::<Vec<_>>()),
        Column::new("lon".into(), positions.iter().map(|place| place.lon_deg).collect::<Vec<_>>()),
        number("sog", &reports.sog_kn)?,
        number("cog", &reports.cog_deg)?,
        number("heading", &reports.heading_deg)?,
        number("rot_deg_min", &reports.rot_deg_min)?,
        Column::new(
            "status".into(),
            gather(&reports.status, runs).iter().map(|status| status.0).collect::<Vec<u8>>(),
        ),
        of_vessel("name", &|vessel| vessels[vessel].about.name.clone()),
        of_vessel("callsign", &|vessel| vessels[vessel].about.callsign.clone()),
        Column::new("destination".into(), typed.iter().map(|typed| typed.0).collect::<Vec<_>>()),
        Column::new("eta".into(), typed.iter().map(|typed| typed.1).collect::<Vec<_>>()),
        Column::new(
            "imo".into(),
            per_row(runs, |vessel| Some(vessels[vessel].about.imo).filter(|imo| *imo > 0)),
        ),
        Column::new(
            "ship_type".into(),
            per_row(runs, |vessel| {
                Some(vessels[vessel].about.ship_type.0).filter(|code| *code > 0)
            }),
        ),
        Column::new("length".into(), per_row(runs, |vessel| vessels[vessel].about.length_m)),
        Column::new("width".into(), per_row(runs, |vessel| vessels[vessel].about.width_m)),
        Column::new("draught".into(), typed.iter().map(|typed| typed.2).collect::<Vec<_>>()),
    ]);
    if !reports.truth.is_empty() {
        let truth = gather(&reports.truth, runs);
        let known = |id: u32| Some(id).filter(|id| *id != Truth::NONE);
        columns.extend([
            Column::new(
                "truth_route".into(),
                truth.iter().map(|truth| known(truth.route)).collect::<Vec<_>>(),
            ),
            Column::new(
                "truth_trip".into(),
                truth.iter().map(|truth| known(truth.trip)).collect::<Vec<_>>(),
            ),
            Column::new(
                "truth_fault".into(),
                truth
                    .iter()
                    .map(|truth| Some(truth.fault.name()).filter(|name| !name.is_empty()))
                    .collect::<Vec<_>>(),
            ),
        ]);
    }
    DataFrame::new(height, columns)
}

/// The rows of `runs` of a column.
fn gather<T: Copy>(column: &[T], runs: &[Run]) -> Vec<T> {
    runs.iter().flat_map(|(_, _, range)| column[range.clone()].iter().copied()).collect()
}

/// What is known of a vessel, once for each of its rows.
fn per_row<T: Clone>(runs: &[Run], known: impl Fn(usize) -> T) -> Vec<T> {
    runs.iter()
        .flat_map(|(vessel, _, range)| std::iter::repeat_n(known(*vessel), range.len()))
        .collect()
}

/// What the crew had typed by each row's time: destination, arrival and draught; where no times of it
/// are known, what they typed last.
fn typed<'a>(
    fleet: &'a Fleet,
    runs: &[Run],
) -> Vec<(Option<&'a str>, Option<&'a str>, Option<f32>)> {
    let said = |text: &'a str| Some(text).filter(|text| !text.is_empty());
    let times = &fleet.reports().t_ms;
    let of_run = |(vessel, _, range): &Run| {
        let vessel = &fleet.vessels()[*vessel];
        let (about, notes) = (&vessel.about, &vessel.voyages);
        range.clone().map(move |report| {
            if notes.is_empty() {
                return (said(&about.destination), said(&about.eta), about.draught_m);
            }
            let n = notes.partition_point(|(since_ms, _)| *since_ms <= times[report]);
            match n.checked_sub(1).map(|at| &notes[at].1) {
                None => (None, None, about.draught_m),
                Some(note) => {
                    let dm = Some(note.draught_dm).filter(|dm| *dm > 0);
                    let draught_m = dm.map(|dm| f32::from(dm) / 10.0).or(about.draught_m);
                    (said(&note.destination), said(&note.eta), draught_m)
                }
            }
        })
    };
    runs.iter().flat_map(of_run).collect()
}

/// Not-a-number to null: other programs know missing values, not our mark for them.
trait FillNan {
    fn fill_nan_with_null(self) -> Result<Column, PolarsError>;
}

impl FillNan for Column {
    fn fill_nan_with_null(self) -> Result<Column, PolarsError> {
        let series = self.as_materialized_series();
        let floats = series.f32()?;
        let filled: Vec<Option<f32>> =
            floats.iter().map(|number| number.filter(|number| !number.is_nan())).collect();
        Ok(Column::new(series.name().clone(), filled))
    }
}

/// Writes `trips` as a table: `trip_id`, `mmsi`, `part`, `name`, `ship_type`, `begin`, `end` (UTC),
/// `duration_min`, `length_nmi`, `mean_kn`, `reports`, `begins_by`, `ends_by`.
fn trips_csv(fleet: &Fleet, trips: &[(usize, &Trip)], path: &Path) -> Result<(), WriteError> {
    let fault = |error| WriteError::Io { path: path.to_owned(), error };
    write_whole(path, |file| {
        let header = "trip_id,mmsi,part,name,ship_type,begin,end,duration_min,length_nmi,mean_kn,reports,begins_by,ends_by";
        writeln!(file, "{header}").map_err(fault)?;
        for (id, trip) in trips {
            let vessel = &fleet.vessels()[trip.vessel];
            let (from_ms, to_ms) = trip.time_span_ms(fleet);
            writeln!(
                file,
                "{id},{},{},{},{},{},{},{:.1},{:.3},{:.2},{},{},{}",
                vessel.mmsi.0,
                vessel.part,
                quoted(&vessel.about.name),
                vessel.about.ship_type.0,
                iso_text(from_ms),
                iso_text(to_ms),
                s_from_ms(to_ms - from_ms) / 60.0,
                nmi_from_m(trip.length_m),
                trip.mean_kn(fleet),
                trip.reports.len(),
                trip.begins.name(),
                trip.ends.name(),
            )
            .map_err(fault)?;
        }
        Ok(())
    })
}

/// Writes `trips` as GeoJSON: a `LineString` a trip (cut in two at the date line), with what
/// [`trips_csv`] says as properties and `times` in milliseconds since 1970, one for each place.
fn trips_geojson(
    fleet: &Fleet,
    trips: &[(usize, &Trip)],
    path: &Path,
    job: &Job,
) -> Result<(), WriteError> {
    let fault = |error| WriteError::Io { path: path.to_owned(), error };
    job.expect(trips.len());
    write_whole(path, |file| {
        write!(file, "{{\"type\":\"FeatureCollection\",\"features\":[").map_err(fault)?;
        for (place, (id, trip)) in trips.iter().enumerate() {
            job.step().map_err(|_| WriteError::Cancelled)?;
            let separator = if place == 0 { "\n" } else { ",\n" };
            write!(file, "{separator}{}", feature(fleet, *id, trip)).map_err(fault)?;
        }
        writeln!(file, "\n]}}").map_err(fault)
    })
}

fn feature(fleet: &Fleet, id: usize, trip: &Trip) -> serde_json::Value {
    let track = trip.track(fleet);
    let mut lines: Vec<Vec<[f64; 2]>> = vec![Vec::new()];
    for place in track.positions {
        let line = lines.last_mut().expect("there is one");
        let crosses =
            line.last().is_some_and(|[lon_deg, _]| (lon_deg - place.lon_deg).abs() > 180.0);
        if crosses {
            lines.push(Vec::new());
        }
        lines.last_mut().expect("there is one").push([place.lon_deg, place.lat_deg]);
    }
    // A line needs two places: one left alone at the date line is said twice.
    lines.iter_mut().filter(|line| line.len() == 1).for_each(|line| line.push(line[0]));
    let geometry = if lines.len() == 1 {
        serde_json::json!({"type": "LineString", "coordinates": lines[0]})
    } else {
        serde_json::json!({"type": "MultiLineString", "coordinates": lines})
    };
    let (from_ms, to_ms) = trip.time_span_ms(fleet);
    serde_json::json!({
        "type": "Feature",
        "id": id,
        "properties": {
            "trip_id": id,
            "mmsi": track.vessel.mmsi.0,
            "part": track.vessel.part,
            "name": track.vessel.about.name,
            "ship_type": track.vessel.about.ship_type.0,
            "begin": iso_text(from_ms),
            "end": iso_text(to_ms),
            "length_nmi": nmi_from_m(trip.length_m),
            "mean_kn": trip.mean_kn(fleet),
            "reports": trip.reports.len(),
            "begins_by": trip.begins.name(),
            "ends_by": trip.ends.name(),
            "times": track.t_ms,
        },
        "geometry": geometry,
    })
}

/// Writes what became of every file, and the first rows refused for each reason: `file`, `reason`,
/// `count`, `line`, `text`.
pub fn refused_csv(reading: &Reading, path: &Path) -> Result<(), WriteError> {
    let fault = |error| WriteError::Io { path: path.to_owned(), error };
    write_whole(path, |file| {
        writeln!(file, "file,reason,count,line,text").map_err(fault)?;
        for ledger in &reading.files {
            let name = quoted(&ledger.path.display().to_string());
            if let Some(text) = &ledger.fault {
                writeln!(file, "{name},file fault,1,,{}", quoted(text)).map_err(fault)?;
            }
            refused_rows(file, &name, &ledger.refused).map_err(fault)?;
        }
        Ok(())
    })
}

fn refused_rows(
    file: &mut impl Write,
    name: &str,
    refused: &Tally<Refusal>,
) -> std::io::Result<()> {
    for (reason, counted) in refused.iter() {
        for place in &counted.first {
            writeln!(
                file,
                "{name},{},{},{},{}",
                quoted(reason.name()),
                counted.n,
                place.line,
                quoted(&place.text)
            )?;
        }
        if counted.first.is_empty() {
            writeln!(file, "{name},{},{},,", quoted(reason.name()), counted.n)?;
        }
    }
    Ok(())
}

/// A field for CSV, in quotes where it needs them.
pub fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Writes a table: its head and its rows, each a line.
pub fn lines(
    path: &Path,
    head: &str,
    rows: impl IntoIterator<Item = String>,
) -> Result<(), WriteError> {
    let fault = |error| WriteError::Io { path: path.to_owned(), error };
    write_whole(path, |file| {
        writeln!(file, "{head}").map_err(fault)?;
        rows.into_iter().try_for_each(|row| writeln!(file, "{row}").map_err(fault))
    })
}

/// Writes a plain table of counts.
pub fn counts_csv<'a>(
    what: &str,
    counts: impl IntoIterator<Item = (&'a str, u64)>,
    path: &Path,
) -> Result<PathBuf, WriteError> {
    let fault = |error| WriteError::Io { path: path.to_owned(), error };
    write_whole(path, |file| {
        writeln!(file, "{what},count").map_err(fault)?;
        for (name, n) in counts {
            writeln!(file, "{},{n}", quoted(name)).map_err(fault)?;
        }
        Ok(())
    })?;
    Ok(path.to_owned())
}
