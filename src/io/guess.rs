//! Units that a table does not name, guessed from its first rows.

use super::columns::{AngleUnit, Columns, Mapping, Role, SpeedUnit};
use super::intake::{Negative, Row, Units, position_fault};
use crate::base::geo::{Position, distance_m};
use crate::base::units::{kn_from_mps, s_from_ms};

/// Rows that guesses look at.
pub const SAMPLE_ROWS: usize = 20_000;

/// Fewer moving pairs than this say nothing of the unit of speed.
const FEWEST_PAIRS: usize = 20;

/// The units of a table, and what the user should know of how they were found.
pub fn units(rows: &[Row], columns: &Columns, mapping: &Mapping) -> (Units, Vec<String>) {
    let mut notes = Vec::new();
    let is_marine_cadastre = columns.name_of(Role::Time) == Some("BaseDateTime");
    let negative = if is_marine_cadastre { Negative::Wrapped } else { Negative::HalfCircle };
    let rot_is_raw = columns.of(Role::Rot).is_some()
        && rows.iter().filter(|row| !row.rot.is_nan()).all(|row| row.rot.fract() == 0.0)
        && rows.iter().any(|row| row.rot.abs() > 0.0);
    let units = Units {
        sog: speed_unit(rows, columns, mapping, &mut notes),
        cog_deg: course_deg(rows, mapping, &mut notes),
        negative,
        rot_is_raw,
    };
    (units, notes)
}

fn course_deg(rows: &[Row], mapping: &Mapping, notes: &mut Vec<String>) -> f64 {
    match mapping.cog_unit {
        AngleUnit::Degrees => 1.0,
        AngleUnit::Tenths => 0.1,
        AngleUnit::Auto => {
            // MarineCadastre's unsigned wraps reach 409.5: only what lies beyond counts.
            let known = rows.iter().filter(|row| !row.cog.is_nan()).count();
            let beyond = rows.iter().filter(|row| row.cog > 511.0 && row.cog <= 3600.0).count();
            let are_tenths = known > 0 && beyond * 10 > known;
            if are_tenths {
                notes.push("course read as tenths of a degree: values reach beyond 511".into());
                0.1
            } else {
                1.0
            }
        }
    }
}

fn speed_unit(
    rows: &[Row],
    columns: &Columns,
    mapping: &Mapping,
    notes: &mut Vec<String>,
) -> SpeedUnit {
    if mapping.sog_unit != SpeedUnit::Auto {
        return mapping.sog_unit;
    }
    let Some(name) = columns.name_of(Role::Sog) else { return SpeedUnit::Knots };
    if let Some(unit) = SpeedUnit::from_column_name(name) {
        if unit != SpeedUnit::Knots {
            notes.push(format!("{name} read as {}: the column's name says so", unit.name()));
        }
        return unit;
    }
    let Some(ratio) = moved_against_said(rows) else {
        if columns.are_anonymous() {
            return speed_unit_by_values(name, rows, notes);
        }
        return SpeedUnit::Knots;
    };
    let candidates = [
        SpeedUnit::Knots,
        SpeedUnit::MetersPerSecond,
        SpeedUnit::KilometersPerHour,
        SpeedUnit::TenthKnots,
    ];
    let off = |unit: &SpeedUnit| (ratio / unit.kn()).ln().abs();
    let best = candidates.into_iter().min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or_default();
    // Nearest is not near: noisy positions make all speeds look too low.
    if best == SpeedUnit::Knots || off(&best) > 0.28 {
        return SpeedUnit::Knots;
    }
    notes.push(format!(
        "{name} read as {}: ships move {ratio:.2} kn for each 1 that the column says",
        best.name()
    ));
    best
}

/// What the values alone tell, where nobody is named and so nobody's way is known: whole numbers of
/// which many are beyond what AIS says in knots are tenths.
fn speed_unit_by_values(name: &str, rows: &[Row], notes: &mut Vec<String>) -> SpeedUnit {
    let known = || rows.iter().map(|row| row.sog).filter(|sog| !sog.is_nan());
    let beyond = known().filter(|sog| *sog > 102.3 && *sog <= 1023.0).count();
    if beyond * 50 > known().count() && known().all(|sog| sog.fract() == 0.0) {
        notes.push(format!(
            "{name} read as {}: whole numbers that reach beyond 102.3",
            SpeedUnit::TenthKnots.name()
        ));
        return SpeedUnit::TenthKnots;
    }
    SpeedUnit::Knots
}

/// Median of the speed at which positions move, in knots, over what the speed column says.
fn moved_against_said(rows: &[Row]) -> Option<f64> {
    let mut order: Vec<(u32, i64, usize)> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| position_fault(row.lat, row.lon).is_ok() && row.sog > 0.0)
        .filter_map(|(place, row)| Some((row.id, row.t_ms?, place)))
        .collect();
    order.sort_unstable();
    // Positions on a coarse grid seem to jump: only legs of many steps tell the speed.
    let least_m = (10.0 * grid_m(rows)).max(30.0);
    let mut ratios: Vec<f64> = order
        .windows(2)
        .filter(|pair| pair[0].0 == pair[1].0)
        .filter_map(|pair| {
            let (a, b) = (&rows[pair[0].2], &rows[pair[1].2]);
            let s = s_from_ms(pair[1].1 - pair[0].1);
            let moved_m = distance_m(Position::new(a.lon, a.lat), Position::new(b.lon, b.lat));
            let moved_kn = kn_from_mps(moved_m / s);
            let said = 0.5 * (a.sog + b.sog);
            // Under way, steadily, and far enough that rounded positions do not matter.
            let is_steady = (a.sog - b.sog).abs() < 0.2 * said;
            let tells =
                (2.0..=1800.0).contains(&s) && moved_m > least_m && (3.0..60.0).contains(&moved_kn);
            (tells && is_steady).then_some(moved_kn / said)
        })
        .collect();
    if ratios.len() < FEWEST_PAIRS {
        return None;
    }
    ratios.sort_unstable_by(f64::total_cmp);
    Some(ratios[ratios.len() / 2])
}

/// The steps in which the table gives positions, meters: 1111 for hundredths of a degree; zero for fine ones.
fn grid_m(rows: &[Row]) -> f64 {
    const DEGREE_M: f64 = 111_120.0;
    let is_on = |degrees: f64, per_degree: f64| {
        let steps = degrees * per_degree;
        (steps - steps.round()).abs() < 1e-4
    };
    let known = || rows.iter().filter(|row| position_fault(row.lat, row.lon).is_ok());
    let n = known().count();
    let per_degree =
        [1.0, 10.0, 100.0, 1000.0, 10_000.0, 100_000.0].into_iter().find(|per_degree| {
            let on = known()
                .filter(|row| is_on(row.lat, *per_degree) && is_on(row.lon, *per_degree))
                .count();
            on * 20 >= n * 19
        });
    per_degree.map_or(0.0, |per_degree| DEGREE_M / per_degree)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::NavStatus;

    /// A ship on the equator at 12 knots whose speed column says `said`, a report a minute.
    fn sailing(said: f64, cog: f64) -> Vec<Row> {
        let step_deg = 12.0 / 3600.0;
        (0..60)
            .map(|minute| Row {
                id: 1,
                is_local: false,
                t_ms: Some(1_600_000_000_000 + minute * 60_000),
                lat: 0.0,
                lon: minute as f64 * step_deg,
                sog: said,
                cog,
                heading: f64::NAN,
                rot: f64::NAN,
                status: NavStatus::UNDEFINED,
                truth: None,
                point: None,
            })
            .collect()
    }

    fn columns(names: &[&str]) -> Columns {
        Columns::recognize(names.iter().map(ToString::to_string).collect(), &Mapping::default())
    }

    #[test]
    fn the_unit_of_speed_is_found_from_how_fast_ships_move() {
        for (said, unit) in [
            (12.0, SpeedUnit::Knots),
            (6.17, SpeedUnit::MetersPerSecond),
            (22.2, SpeedUnit::KilometersPerHour),
            (120.0, SpeedUnit::TenthKnots),
            (40.0, SpeedUnit::Knots),
        ] {
            let found = units(
                &sailing(said, 90.0),
                &columns(&["mmsi", "lat", "lon", "SOG"]),
                &Mapping::default(),
            );
            assert_eq!(found.0.sog, unit, "{said}: {:?}", found.1);
        }
    }

    #[test]
    fn positions_on_a_coarse_grid_do_not_tell_the_unit() {
        let mut rows = sailing(12.0, 90.0);
        // Hundredths of a degree: every third report seems to have sailed thrice as far.
        rows.iter_mut().for_each(|row| row.lon = (row.lon * 100.0).round() / 100.0);
        let found = units(&rows, &columns(&["mmsi", "lat", "lon", "SOG"]), &Mapping::default());
        assert_eq!((found.0.sog, found.1.len()), (SpeedUnit::Knots, 0));
    }

    #[test]
    fn a_name_or_the_user_goes_before_the_guess() {
        let rows = sailing(12.0, 90.0);
        let named = units(&rows, &columns(&["speed (m/s)"]), &Mapping::default()).0;
        assert_eq!(named.sog, SpeedUnit::MetersPerSecond);
        let mapping = Mapping { sog_unit: SpeedUnit::KilometersPerHour, ..Mapping::default() };
        assert_eq!(
            units(&rows, &columns(&["speed (m/s)"]), &mapping).0.sog,
            SpeedUnit::KilometersPerHour
        );
    }

    #[test]
    fn where_nobody_is_named_the_values_tell_tenths_of_a_knot() {
        let nobody = columns(&["lat", "lon", "SOG"]);
        let of = |said: f64| {
            let mut rows = sailing(said, 90.0);
            rows.iter_mut().zip(0..).for_each(|(row, id)| row.id = id);
            units(&rows, &nobody, &Mapping::default()).0.sog
        };
        assert_eq!(of(120.0), SpeedUnit::TenthKnots);
        assert_eq!(of(120.5), SpeedUnit::Knots, "102.3 and more are not available");
        assert_eq!(of(12.0), SpeedUnit::Knots);
    }

    #[test]
    fn courses_beyond_the_circle_are_tenths() {
        let names = columns(&["mmsi", "cog"]);
        assert_eq!(units(&sailing(12.0, 2700.0), &names, &Mapping::default()).0.cog_deg, 0.1);
        assert_eq!(units(&sailing(12.0, 270.0), &names, &Mapping::default()).0.cog_deg, 1.0);
    }
}
