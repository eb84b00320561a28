//! How dense traffic is, and how that changed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{WatchedOf, members, polygon, rounded, write_features, write_rows};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::flow::stage::{Pace, Stage};
use crate::flow::watching::DensitySettings;
use crate::watch::{Change, Density, Grid, density};

/// Ship-hours and transits in cells.
pub struct DensityStage;

/// How dense traffic is.
pub struct DensityOf {
    /// In the watched period.
    pub density: Density,
    /// How many days that is.
    pub days: f64,
    /// An earlier period beside it, where one is set.
    pub before: Option<Before>,
    /// Whose.
    pub of: Arc<WatchedOf>,
}

/// An earlier period, and what has changed since.
pub struct Before {
    /// In that period.
    pub density: Density,
    /// How many days that is.
    pub days: f64,
    /// The watched period less this one.
    pub change: Change,
}

const DAY_MS: f64 = 86_400_000.0;

/// The part of `window_ms` in which there is traffic, in days.
fn days_within((first, last): (i64, i64), window_ms: (i64, i64)) -> f64 {
    (last.min(window_ms.1) as f64 - first.max(window_ms.0) as f64).max(0.0) / DAY_MS
}

impl Stage for DensityStage {
    const NAME: &'static str = "density/1";
    const TITLE: &'static str = "Density";
    const NEEDS: &'static [&'static str] = &["watched"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 4;

    type Params = DensitySettings;
    type Input = Arc<WatchedOf>;
    type Output = DensityOf;

    fn run(
        settings: &Checked<DensitySettings>,
        of: &Arc<WatchedOf>,
        job: &Job,
    ) -> Result<DensityOf, Stopped> {
        let failed = |fault: String| Stopped::Failed(fault);
        let params = Checked::new(&settings.params).map_err(|faults| failed(faults.join("; ")))?;
        let fleet = of.fleet();
        let grid = Grid::around(fleet, params.cell_m).map_err(|error| failed(error.to_string()))?;
        let now = density(fleet, &grid, of.window_ms, &params, job)?;
        let days = of.days();
        let before = match (settings.before_ms(), fleet.time_span_ms()) {
            (Some(window_ms), Some(span_ms)) => {
                let earlier = density(fleet, &grid, Some(window_ms), &params, job)?;
                let before_days = days_within(span_ms, window_ms);
                let change = earlier.change_to(&now, before_days, days).ok_or_else(|| {
                    failed("one of the two periods has no traffic to compare: look at before_from, before_to and the watched window".into())
                })?;
                Some(Before { density: earlier, days: before_days, change })
            }
            _ => None,
        };
        Ok(DensityOf { density: now, days, before, of: Arc::clone(of) })
    }

    fn figures(output: &DensityOf) -> Map<String, Value> {
        let density = &output.density;
        let most = density.cells().map(|cell| density.hours_km2(cell)).fold(0.0, f64::max);
        let transits = density.cells().map(|cell| density.transits(cell)).max();
        let mut figures = members(json!({
            "density": density.cells().count(),
            "rows": density.grid().rows(),
            "columns": density.grid().columns(),
            "days": rounded(output.days, 4),
            "ship_hours": rounded(density.total_hours(), 3),
            "most_hours_km2": rounded(most, 3),
            "most_transits": transits,
        }));
        if let Some(before) = &output.before {
            figures.insert(
                "before".into(),
                json!({
                    "density": before.density.cells().count(),
                    "days": rounded(before.days, 4),
                    "ship_hours": rounded(before.density.total_hours(), 3),
                }),
            );
        }
        figures
    }

    /// A row a cell in `density.csv`, its outline in `density.geojson`.
    fn export(output: &DensityOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let rows = rows(output);
        job.go_on().map_err(|stopped| stopped.to_string())?;
        let features: Vec<Value> =
            rows.iter().map(|(corners, row)| polygon(corners, row.clone())).collect();
        let rows: Vec<Value> = rows.into_iter().map(|(_, row)| row).collect();
        Ok(vec![
            write_rows(folder, "density.csv", &COLUMNS, &rows)?,
            write_features(folder, "density.geojson", &features)?,
        ])
    }
}

const COLUMNS: [&str; 9] = [
    "row",
    "column",
    "lat",
    "lon",
    "ship_hours",
    "hours_km2",
    "transits",
    "change_hours_km2_day",
    "change_transits_day",
];

/// The cells with traffic in either period: outline and figures.
fn rows(output: &DensityOf) -> Vec<([Position; 4], Value)> {
    let (density, grid) = (&output.density, output.density.grid());
    let earlier = |index: usize| {
        let cell = grid.cell(index);
        let before = output.before.as_ref().map(|before| &before.density);
        before.is_some_and(|before| before.ship_hours(cell) > 0.0 || before.transits(cell) > 0)
    };
    let is_used = |index: &usize| {
        let cell = grid.cell(*index);
        density.ship_hours(cell) > 0.0 || density.transits(cell) > 0 || earlier(*index)
    };
    let row = |index: usize| {
        let cell = grid.cell(index);
        let ((west, east), (south, north)) = (grid.lon_deg(cell), grid.lat_deg(cell));
        let corners = [(west, south), (east, south), (east, north), (west, north)];
        let corners = corners.map(|(lon, lat)| Position::new(lon, lat));
        let middle = grid.center(cell);
        let change = output.before.as_ref().map(|before| &before.change);
        let changed =
            |of: fn(&Change) -> &Vec<f64>| change.and_then(|change| rounded(of(change)[index], 6));
        let row = json!({
            "row": cell.row,
            "column": cell.column,
            "lat": rounded(middle.lat_deg, 6),
            "lon": rounded(middle.lon_deg, 6),
            "ship_hours": rounded(density.ship_hours(cell), 5),
            "hours_km2": rounded(density.hours_km2(cell), 5),
            "transits": density.transits(cell),
            "change_hours_km2_day": changed(|change| &change.hours_km2_day),
            "change_transits_day": changed(|change| &change.transits_day),
        });
        (corners, row)
    };
    (0..grid.cells()).filter(is_used).map(row).collect()
}
