//! The gate every row of a table passes: units to ours, "not available" to missing, the impossible
//! refused by reason.

use super::batch::{BatchBuilder, Oddity, Refusal};
use super::columns::SpeedUnit;
use crate::ais::{Mmsi, MmsiClass, NavStatus, Report, Truth};
use crate::base::angle::wrap_deg;
use crate::base::geo::Position;

/// 1980-01-01 and 2101-01-01, UTC milliseconds: no AIS is older, and none is from the future.
const POSSIBLE_TIMES_MS: std::ops::Range<i64> = 315_532_800_000..4_133_980_800_000;

/// How a table writes negative courses and speeds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Negative {
    /// Courses from -180 to 180.
    #[default]
    HalfCircle,
    /// Signed numbers that wrapped: 409.6 degrees and 102.4 knots too small (MarineCadastre).
    Wrapped,
}

/// How the numbers of a table are to be understood.
#[derive(Clone, PartialEq, Debug)]
pub struct Units {
    /// Of speed over ground.
    pub sog: SpeedUnit,
    /// Degrees in one unit of course.
    pub cog_deg: f64,
    /// What negative courses and speeds mean.
    pub negative: Negative,
    /// Whether rates of turn are AIS's own numbers rather than degrees a minute.
    pub rot_is_raw: bool,
}

impl Default for Units {
    fn default() -> Self {
        Units {
            sog: SpeedUnit::Knots,
            cog_deg: 1.0,
            negative: Negative::HalfCircle,
            rot_is_raw: false,
        }
    }
}

/// The numbers of a row, as written; not-a-number where the field is empty or no number.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the names are those of the columns")]
pub struct Row {
    pub id: u32,
    pub is_local: bool,
    pub t_ms: Option<i64>,
    pub lat: f64,
    pub lon: f64,
    pub sog: f64,
    pub cog: f64,
    pub heading: f64,
    pub rot: f64,
    pub status: NavStatus,
    pub truth: Option<Truth>,
    pub point: Option<u32>,
}

/// Where a row stands, for the ledger.
#[derive(Clone, Copy)]
pub struct At<'a> {
    /// Line in the file, from 1.
    pub line: u64,
    /// The line as it stands there.
    pub text: &'a [u8],
}

impl Units {
    /// Keeps `row` in `builder`, or refuses it there with the reason. Says whether it was kept.
    pub fn take(&self, builder: &mut BatchBuilder, row: &Row, at: At) -> bool {
        let At { line, text } = at;
        let Some(t_ms) = row.t_ms else {
            builder.refuse(Refusal::NoTime, line, text);
            return false;
        };
        if !POSSIBLE_TIMES_MS.contains(&t_ms) {
            builder.refuse(Refusal::TimeOutOfRange, line, text);
            return false;
        }
        if let Err(reason) = position_fault(row.lat, row.lon) {
            builder.refuse(reason, line, text);
            return false;
        }
        let report = Report {
            t_ms,
            position: Position::new(row.lon, row.lat),
            sog_kn: self.sog_kn(row.sog, builder, at),
            cog_deg: self.cog_deg(row.cog, builder, at),
            heading_deg: if (0.0..360.0).contains(&row.heading) {
                row.heading as f32
            } else {
                f32::NAN
            },
            rot_deg_min: self.rot_deg_min(row.rot),
            status: row.status,
        };
        if !row.is_local {
            match Mmsi(row.id).class() {
                MmsiClass::Malformed => builder.note(Oddity::MalformedMmsi, line, text),
                class if !class.may_sail() => builder.note(Oddity::NotAShip, line, text),
                _ => (),
            }
        }
        builder.keep(row.id, report, row.truth);
        builder.name_point(row.point);
        true
    }

    fn sog_kn(&self, sog: f64, builder: &mut BatchBuilder, at: At) -> f32 {
        if sog.is_nan() {
            return f32::NAN;
        }
        let mut kn = sog * self.sog.kn();
        if kn < 0.0 && self.negative == Negative::Wrapped {
            kn += 102.4;
            if kn < 102.25 {
                builder.note(Oddity::SignedWrapUndone, at.line, at.text);
            }
        }
        if (0.0..102.25).contains(&kn) {
            kn as f32
        } else {
            // 102.3 and what tenths of a knot can say beyond it are "not available".
            let is_sentinel = (102.25..102.45).contains(&kn);
            let oddity = if is_sentinel { Oddity::SpeedMissing } else { Oddity::SpeedUnreadable };
            builder.note(oddity, at.line, at.text);
            f32::NAN
        }
    }

    fn cog_deg(&self, cog: f64, builder: &mut BatchBuilder, at: At) -> f32 {
        if cog.is_nan() {
            return f32::NAN;
        }
        let mut deg = cog * self.cog_deg;
        if deg < 0.0 {
            match self.negative {
                Negative::Wrapped => {
                    deg += 409.6;
                    if deg < 360.0 {
                        builder.note(Oddity::SignedWrapUndone, at.line, at.text);
                    }
                }
                Negative::HalfCircle if deg >= -180.0 => deg = wrap_deg(deg),
                Negative::HalfCircle => (),
            }
        }
        if (0.0..360.0).contains(&deg) {
            // 359.9999 must not round up to 360 as f32.
            let narrow = deg as f32;
            if narrow < 360.0 { narrow } else { 0.0 }
        } else {
            builder.note(Oddity::CourseMissing, at.line, at.text);
            f32::NAN
        }
    }

    fn rot_deg_min(&self, rot: f64) -> f32 {
        if !self.rot_is_raw {
            return if rot.abs() <= 720.0 { rot as f32 } else { f32::NAN };
        }
        let raw = if rot > 127.0 { rot - 256.0 } else { rot };
        let is_said = (-127.0..=127.0).contains(&raw);
        if is_said { (raw.signum() * (raw / 4.733).powi(2)) as f32 } else { f32::NAN }
    }
}

/// What is wrong with a position as written, if anything.
pub fn position_fault(lat: f64, lon: f64) -> Result<(), Refusal> {
    if lat.is_nan() || lon.is_nan() {
        Err(Refusal::NoPosition)
    } else if (lat - 91.0).abs() < 1e-6 || (lon - 181.0).abs() < 1e-6 {
        Err(Refusal::PositionNotAvailable)
    } else if lat.abs() > 90.0 || lon.abs() > 180.0 {
        Err(Refusal::PositionOutOfRange)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::batch::Batch;

    fn row() -> Row {
        Row {
            id: 219_000_001,
            is_local: false,
            t_ms: Some(1_500_000_000_000),
            lat: 55.0,
            lon: 11.0,
            sog: 10.0,
            cog: 90.0,
            heading: 91.0,
            rot: f64::NAN,
            status: NavStatus(0),
            truth: None,
            point: None,
        }
    }

    fn take(units: &Units, row: Row) -> Batch {
        let mut builder = BatchBuilder::default();
        units.take(&mut builder, &row, At { line: 1, text: b"" });
        builder.finish()
    }

    #[test]
    fn what_is_not_available_becomes_missing() {
        let batch =
            take(&Units::default(), Row { sog: 102.3, cog: 360.0, heading: 511.0, ..row() });
        let report = batch.reports[0];
        assert!(report.sog_kn.is_nan() && report.cog_deg.is_nan() && report.heading_deg.is_nan());
        assert_eq!(
            (batch.odd.of(Oddity::SpeedMissing), batch.odd.of(Oddity::CourseMissing)),
            (1, 1)
        );
    }

    #[test]
    fn impossible_rows_are_refused_by_reason() {
        for (row, reason) in [
            (Row { lat: 91.0, ..row() }, Refusal::PositionNotAvailable),
            (Row { lon: 181.0, ..row() }, Refusal::PositionNotAvailable),
            (Row { lat: 90.5, ..row() }, Refusal::PositionOutOfRange),
            (Row { lon: f64::NAN, ..row() }, Refusal::NoPosition),
            (Row { t_ms: None, ..row() }, Refusal::NoTime),
            (Row { t_ms: Some(5), ..row() }, Refusal::TimeOutOfRange),
        ] {
            let batch = take(&Units::default(), row);
            assert_eq!(
                (batch.reports.len(), batch.refused.of(reason), batch.rows_read),
                (0, 1, 1),
                "{reason:?}"
            );
        }
    }

    #[test]
    fn signed_wraps_are_undone_and_noted() {
        let units = Units { negative: Negative::Wrapped, ..Units::default() };
        let batch = take(&units, Row { cog: -140.7, sog: -1.4, ..row() });
        let report = batch.reports[0];
        assert!((report.cog_deg - 268.9).abs() < 1e-3 && (report.sog_kn - 101.0).abs() < 1e-3);
        assert_eq!(batch.odd.of(Oddity::SignedWrapUndone), 2);
        let batch = take(&units, Row { sog: -0.1, ..row() });
        assert!(batch.reports[0].sog_kn.is_nan());
    }

    #[test]
    fn units_are_turned_into_ours() {
        let units = Units { sog: SpeedUnit::TenthKnots, cog_deg: 0.1, ..Units::default() };
        let report = take(&units, Row { sog: 71.0, cog: 3355.0, ..row() }).reports[0];
        assert!((report.sog_kn - 7.1).abs() < 1e-5 && (report.cog_deg - 335.5).abs() < 1e-4);
        let units = Units { sog: SpeedUnit::MetersPerSecond, ..Units::default() };
        assert!((take(&units, row()).reports[0].sog_kn - 19.438).abs() < 1e-3);
        let report = take(&Units::default(), Row { cog: -90.0, ..row() }).reports[0];
        assert_eq!(report.cog_deg, 270.0);
    }

    #[test]
    fn raw_rates_of_turn_become_degrees_a_minute() {
        let units = Units { rot_is_raw: true, ..Units::default() };
        let rot = |raw: f64| take(&units, Row { rot: raw, ..row() }).reports[0].rot_deg_min;
        assert!((rot(20.0) - 17.856).abs() < 1e-2);
        assert!((rot(236.0) + 17.856).abs() < 1e-2, "unsigned bytes wrap");
        assert!(rot(-128.0).is_nan() && rot(128.0).is_nan());
    }
}
