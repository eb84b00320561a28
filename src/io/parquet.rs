//! Parquet in: ours and foreign. Here polars reads; the same gate as for text judges the rows.

use std::fs::File;
use std::io::Cursor;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Once};

use polars::io::mmap::MmapBytesReader;
use polars::prelude::{
    DataFrame, DataType, ParquetReader, PolarsError, PolarsResult, SerReader as _, Series, TimeUnit,
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::batch::{Batch, BatchBuilder, Refusal};
use super::columns::{Columns, Mapping, Role};
use super::intake::{At, Row, Units};
use super::number::parse_f64;
use super::table::{STATIC_ROLES, finish_dims, local_id, tell};
use crate::ais::{Fault, NavStatus, Static, Truth};
use crate::base::job::{Job, Stopped};
use crate::base::time::{TimeFormat, TimeReader, recognize_format};

/// Rows that are decoded at a time.
const SLICE_ROWS: usize = 1 << 18;

/// Where a Parquet file's bytes are.
pub enum Bytes<'a> {
    /// On disk.
    File(&'a Path),
    /// In memory, unpacked.
    Memory(Arc<[u8]>),
}

/// What keeps a Parquet file from being read.
#[derive(Debug)]
pub enum ParquetFault {
    /// polars says why.
    Polars(PolarsError),
    /// The job ended.
    Stopped(Stopped),
}

impl From<PolarsError> for ParquetFault {
    fn from(error: PolarsError) -> Self {
        ParquetFault::Polars(error)
    }
}

impl From<Stopped> for ParquetFault {
    fn from(stopped: Stopped) -> Self {
        ParquetFault::Stopped(stopped)
    }
}

/// A Parquet file opened as far as its schema.
pub struct Opened<'a> {
    bytes: Bytes<'a>,
    /// What the columns hold.
    pub columns: Columns,
    /// How many rows there are.
    pub rows: usize,
}

impl<'a> Opened<'a> {
    /// Reads the schema.
    pub fn open(bytes: Bytes<'a>, mapping: &Mapping) -> PolarsResult<Opened<'a>> {
        let mut reader = reader(&bytes)?;
        let names = reader.schema()?.iter_names().map(ToString::to_string).collect::<Vec<_>>();
        let rows = reader.num_rows()?;
        Ok(Opened { bytes, columns: Columns::recognize(names, mapping), rows })
    }

    /// The recognised columns of `rows` rows from row `start`.
    fn slice(&self, start: usize, rows: usize) -> PolarsResult<DataFrame> {
        let names: Vec<String> = self.columns.found().map(|(_, name)| name.to_owned()).collect();
        reader(&self.bytes)?.with_columns(Some(names)).with_slice(Some((start, rows))).finish()
    }

    /// The first rows without judging them, and the format of times that are text.
    pub fn sample(
        &self,
        most: usize,
        date_ms: i64,
    ) -> PolarsResult<(Vec<Row>, Option<TimeFormat>)> {
        let frame = self.slice(0, most.min(self.rows))?;
        let format = self.time_format(&frame);
        let values = Values::new(&frame, 0, &self.columns, format, date_ms)?;
        Ok(((0..frame.height()).filter_map(|row| values.row(row)).collect(), format))
    }

    fn time_format(&self, frame: &DataFrame) -> Option<TimeFormat> {
        let column = frame.column(self.columns.name_of(Role::Time)?).ok()?;
        let text = column.str().ok()?;
        let samples: Vec<&[u8]> = text.iter().flatten().take(1000).map(str::as_bytes).collect();
        recognize_format(&samples)
    }

    /// Decodes all rows, on all cores, and lets go of them; gives their number.
    pub fn decode(&self) -> PolarsResult<usize> {
        let starts: Vec<usize> = (0..self.rows).step_by(SLICE_ROWS).collect();
        starts
            .into_par_iter()
            .map(|start| Ok(self.slice(start, SLICE_ROWS.min(self.rows - start))?.height()))
            .sum()
    }

    /// Reads all rows, on all cores; they count as `bytes` steps of `job`.
    pub fn read(
        &self,
        units: &Units,
        format: Option<TimeFormat>,
        date_ms: i64,
        bytes: usize,
        job: &Job,
    ) -> Result<Vec<Batch>, ParquetFault> {
        let starts: Vec<usize> = (0..self.rows).step_by(SLICE_ROWS).collect();
        starts
            .into_par_iter()
            .map(|start| {
                job.go_on()?;
                let rows = SLICE_ROWS.min(self.rows - start);
                let frame = self.slice(start, rows)?;
                let values = Values::new(&frame, start as u64, &self.columns, format, date_ms)?;
                let batch = values.read(units, self.columns.has_positions());
                job.advance((bytes as f64 * rows as f64 / self.rows as f64) as usize)?;
                Ok(batch)
            })
            .collect()
    }
}

/// Runs `read`; `None` where it panicked. polars panics on some damaged files, on whichever thread
/// it decodes them: that is the file's fault, not ours, and no backtrace is printed for it.
pub fn guarded<T>(read: impl FnOnce() -> T) -> Option<T> {
    static HUSH: Once = Once::new();
    static READING: AtomicUsize = AtomicUsize::new(0);
    HUSH.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            // Paths of our own code begin in its folder; those of crates are absolute.
            let is_foreign =
                panic.location().is_none_or(|place| Path::new(place.file()).is_absolute());
            if READING.load(Relaxed) == 0 || !is_foreign {
                loud(panic);
            }
        }));
    });
    READING.fetch_add(1, Relaxed);
    let outcome = panic::catch_unwind(AssertUnwindSafe(read));
    READING.fetch_sub(1, Relaxed);
    outcome.ok()
}

fn reader(bytes: &Bytes) -> PolarsResult<ParquetReader<Box<dyn MmapBytesReader>>> {
    let reader: Box<dyn MmapBytesReader> = match bytes {
        Bytes::File(path) => Box::new(File::open(path)?),
        Bytes::Memory(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
    };
    Ok(ParquetReader::new(reader))
}

/// The columns of a frame, as plain numbers and codes; those that the table lacks are `None`.
struct Values {
    mmsi: Option<Vec<f64>>,
    track: Option<Said>,
    point: Option<Vec<f64>>,
    t_ms: Option<Vec<Option<i64>>>,
    lat: Option<Vec<f64>>,
    lon: Option<Vec<f64>>,
    sog: Option<Vec<f64>>,
    cog: Option<Vec<f64>>,
    heading: Option<Vec<f64>>,
    rot: Option<Vec<f64>>,
    status: Option<Said>,
    truth: Option<Vec<Truth>>,
    statics: Vec<(Role, Said)>,
    rows: usize,
    /// The first row's place in the file, from 0.
    start: u64,
}

/// A column of numbers or of texts.
enum Said {
    Numbers(Vec<f64>),
    /// For each row its place in the list of texts, or [`NO_CODE`].
    Codes(Vec<u32>, Vec<String>),
}

const NO_CODE: u32 = u32::MAX;

impl Values {
    fn new(
        frame: &DataFrame,
        start: u64,
        columns: &Columns,
        format: Option<TimeFormat>,
        date_ms: i64,
    ) -> PolarsResult<Values> {
        let series = |role: Role| {
            let column = columns.name_of(role).and_then(|name| frame.column(name).ok())?;
            Some(column.as_materialized_series().rechunk())
        };
        let number = |role: Role| series(role).map(|series| numbers(&series)).transpose();
        let said = |role: Role| series(role).map(|series| said(&series)).transpose();
        let cog = match (number(Role::Cog)?, number(Role::CogSine)?, number(Role::CogCosine)?) {
            (None, Some(sine), Some(cosine)) => {
                Some(sine.iter().zip(&cosine).map(|(s, c)| s.atan2(*c).to_degrees()).collect())
            }
            (cog, ..) => cog,
        };
        let mut statics = Vec::new();
        for role in STATIC_ROLES {
            statics.extend(said(role)?.map(|said| (role, said)));
        }
        let rows = frame.height();
        let (route, trip, fault) =
            (number(Role::TruthRoute)?, number(Role::TruthTrip)?, said(Role::TruthFault)?);
        let truth = (route.is_some() || trip.is_some() || fault.is_some()).then(|| {
            let id = |column: &Option<Vec<f64>>, row: usize| {
                column.as_ref().map_or(Truth::NONE, |ids| {
                    if ids[row].is_nan() { Truth::NONE } else { ids[row] as u32 }
                })
            };
            let fault = |row| {
                fault
                    .as_ref()
                    .and_then(|fault| fault.text(row))
                    .map_or(Fault::None, |name| Fault::from_name(&name))
            };
            (0..rows)
                .map(|row| Truth {
                    route: id(&route, row),
                    trip: id(&trip, row),
                    fault: fault(row),
                })
                .collect()
        });
        Ok(Values {
            mmsi: number(Role::Mmsi)?,
            track: said(Role::Track)?,
            point: number(Role::Point)?,
            t_ms: series(Role::Time)
                .map(|series| times_ms(&series, format, date_ms))
                .transpose()?,
            lat: number(Role::Lat)?,
            lon: number(Role::Lon)?,
            sog: number(Role::Sog)?,
            cog,
            heading: number(Role::Heading)?,
            rot: number(Role::Rot)?,
            status: said(Role::Status)?,
            truth,
            statics,
            rows,
            start,
        })
    }

    fn id(&self, row: usize) -> Option<u32> {
        match (&self.mmsi, &self.track) {
            (Some(mmsi), _) => {
                let is_whole = mmsi[row] >= 0.0
                    && mmsi[row] <= f64::from(u32::MAX)
                    && mmsi[row].fract() == 0.0;
                is_whole.then_some(mmsi[row] as u32)
            }
            (None, Some(track)) => local_id(track.text(row)?.as_bytes()),
            // Nobody is named: each row is a vessel of its own.
            (None, None) => u32::try_from(self.start + row as u64 + 1).ok(),
        }
    }

    fn row(&self, row: usize) -> Option<Row> {
        let number =
            |column: &Option<Vec<f64>>| column.as_ref().map_or(f64::NAN, |column| column[row]);
        Some(Row {
            id: self.id(row)?,
            is_local: self.mmsi.is_none(),
            t_ms: self.t_ms.as_ref().and_then(|times| times[row]),
            lat: number(&self.lat),
            lon: number(&self.lon),
            sog: number(&self.sog),
            cog: number(&self.cog),
            heading: number(&self.heading),
            rot: number(&self.rot),
            status: match &self.status {
                Some(Said::Numbers(codes)) if (0.0..=15.0).contains(&codes[row]) => {
                    NavStatus(codes[row] as u8)
                }
                Some(texts @ Said::Codes(..)) => texts
                    .text(row)
                    .map_or(NavStatus::UNDEFINED, |text| NavStatus::from_text(text.as_bytes())),
                _ => NavStatus::UNDEFINED,
            },
            truth: self.truth.as_ref().map(|truth| truth[row]),
            point: match (&self.point, &self.mmsi, &self.track) {
                (Some(point), ..) if point[row] >= 0.0 => Some(point[row] as u32),
                (Some(_), ..) | (None, None, None) => Some((self.start + row as u64 + 1) as u32),
                _ => None,
            },
        })
    }

    /// All rows of the frame.
    fn read(&self, units: &Units, has_positions: bool) -> Batch {
        let mut builder = BatchBuilder::default();
        let mut last_said: Vec<u64> = Vec::new();
        for row in 0..self.rows {
            let line = self.start + row as u64 + 1;
            let Some(values) = self.row(row) else {
                builder.refuse(Refusal::NoVessel, line, b"");
                continue;
            };
            let text = format_args!("{} {} {}", values.id, values.lat, values.lon);
            let is_kept = if has_positions {
                // The text is only made for rows that go into the ledger.
                let is_odd = values.t_ms.is_none()
                    || super::intake::position_fault(values.lat, values.lon).is_err();
                let text = if is_odd { text.to_string() } else { String::new() };
                units.take(&mut builder, &values, At { line, text: text.as_bytes() })
            } else {
                builder.count_static_row();
                true
            };
            if !is_kept || self.statics.is_empty() {
                continue;
            }
            let hash = self.statics.iter().fold(0_u64, |hash, (_, said)| {
                let bits = match said {
                    Said::Numbers(numbers) => numbers[row].to_bits(),
                    Said::Codes(codes, _) => u64::from(codes[row]),
                };
                (hash.rotate_left(5) ^ bits).wrapping_mul(0x517c_c1b7_2722_0a95)
            });
            let owner = builder.owner(values.id) as usize;
            if owner >= last_said.len() {
                last_said.resize(owner + 1, !hash);
            }
            if last_said[owner] != hash {
                last_said[owner] = hash;
                let said = self.said(row);
                if said != Static::default() {
                    builder.about(values.id, values.t_ms.unwrap_or(i64::MIN), said);
                }
            }
        }
        builder.finish()
    }

    fn said(&self, row: usize) -> Static {
        let mut said = Static::default();
        let mut dims = [f64::NAN; 4];
        for (role, column) in &self.statics {
            if let Some(text) = column.text(row) {
                tell(&mut said, &mut dims, *role, &text);
            }
        }
        finish_dims(&mut said, dims);
        said
    }
}

impl Said {
    fn text(&self, row: usize) -> Option<String> {
        match self {
            Said::Numbers(numbers) if numbers[row].is_nan() => None,
            Said::Numbers(numbers) => Some(numbers[row].to_string()),
            Said::Codes(codes, _) if codes[row] == NO_CODE => None,
            Said::Codes(codes, texts) => Some(texts[codes[row] as usize].clone()),
        }
    }
}

/// A column as numbers, whatever its type; not-a-number where it has none.
fn numbers(series: &Series) -> PolarsResult<Vec<f64>> {
    if let Ok(texts) = series.str() {
        let number = |text: Option<&str>| {
            text.and_then(|text| parse_f64(text.as_bytes())).unwrap_or(f64::NAN)
        };
        return Ok(texts.iter().map(number).collect());
    }
    let cast = series.cast(&DataType::Float64)?;
    let floats = cast.f64()?;
    Ok(match floats.cont_slice() {
        Ok(slice) => slice.to_vec(),
        Err(_) => floats.iter().map(|number| number.unwrap_or(f64::NAN)).collect(),
    })
}

fn said(series: &Series) -> PolarsResult<Said> {
    if let Ok(texts) = series.str() {
        let mut places: FxHashMap<&str, u32> = FxHashMap::default();
        let mut list = Vec::new();
        let mut last: Option<(&str, u32)> = None;
        let codes = texts
            .iter()
            .map(|text| {
                let Some(text) = text else { return NO_CODE };
                if let Some((known, code)) = last
                    && known == text
                {
                    return code;
                }
                let code = *places.entry(text).or_insert_with(|| {
                    list.push(text.to_owned());
                    list.len() as u32 - 1
                });
                last = Some((text, code));
                code
            })
            .collect();
        return Ok(Said::Codes(codes, list));
    }
    if matches!(series.dtype(), DataType::Categorical(..) | DataType::Enum(..)) {
        return said(&series.cast(&DataType::String)?);
    }
    Ok(Said::Numbers(numbers(series)?))
}

/// A column as UTC milliseconds: a datetime in any unit, a text, or a number since 1970.
fn times_ms(
    series: &Series,
    format: Option<TimeFormat>,
    date_ms: i64,
) -> PolarsResult<Vec<Option<i64>>> {
    match series.dtype() {
        DataType::Datetime(unit, _) => {
            let per_ms = match unit {
                TimeUnit::Nanoseconds => 1_000_000,
                TimeUnit::Microseconds => 1_000,
                TimeUnit::Milliseconds => 1,
            };
            let physical = series.to_physical_repr();
            Ok(physical.i64()?.iter().map(|time| Some(time?.div_euclid(per_ms))).collect())
        }
        DataType::String => {
            let mut reader = TimeReader::new(format.unwrap_or(TimeFormat::Iso), date_ms);
            Ok(series.str()?.iter().map(|text| reader.read(text?.as_bytes())).collect())
        }
        _ => {
            // Seconds, milliseconds, micro- or nanoseconds since 1970, by their size.
            let since = |number: f64| match number.abs() {
                0.0..1e11 => Some((number * 1e3).round() as i64),
                1e11..1e14 => Some(number as i64),
                1e14..1e17 => Some((number / 1e3) as i64),
                1e17..1e20 => Some((number / 1e6) as i64),
                _ => None,
            };
            Ok(numbers(series)?.into_iter().map(since).collect())
        }
    }
}
