//! Who came close to whom.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    WatchedOf, about, joined, line, members, prefixed, rounded, rounded_course, write_features,
    write_rows,
};
use crate::ais::Vessel;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::time::iso_text;
use crate::base::units::nmi_from_m;
use crate::flow::stage::{Pace, Stage};
use crate::flow::watching::EncounterSettings;
use crate::watch::encounters::heat;
use crate::watch::{Cell, Encounter, Encounters, GiveWay, Grid, Meeting, encounters};

/// Pairs of ships that came close.
pub struct EncountersStage;

/// Encounters, and where they are many.
pub struct EncountersOf {
    /// The gravest first, and what was left out.
    pub encounters: Encounters,
    /// How many had their closest point in each cell; cells without are left out.
    pub heat: Vec<(Cell, u32)>,
    /// The cells; none without encounters.
    pub grid: Option<Grid>,
    /// Whose.
    pub of: Arc<WatchedOf>,
}

impl Stage for EncountersStage {
    const NAME: &'static str = "encounters/1";
    const TITLE: &'static str = "Encounters";
    const NEEDS: &'static [&'static str] = &["watched"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 4;

    type Params = EncounterSettings;
    type Input = Arc<WatchedOf>;
    type Output = EncountersOf;

    fn run(
        settings: &Checked<EncounterSettings>,
        of: &Arc<WatchedOf>,
        job: &Job,
    ) -> Result<EncountersOf, Stopped> {
        let failed = |fault: String| Stopped::Failed(fault);
        let params = Checked::new(&settings.params).map_err(|faults| failed(faults.join("; ")))?;
        let found = encounters(of.fleet(), of.window_ms, &params, job)?;
        let places = found.list.iter().map(|encounter| encounter.place);
        let grid = if found.list.is_empty() {
            None
        } else {
            let grid = Grid::around_places(places, settings.heat_cell_m);
            Some(grid.map_err(|error| failed(format!("heat_cell: {error}")))?)
        };
        let heat = grid.as_ref().map_or(Vec::new(), |grid| heat(&found.list, grid));
        Ok(EncountersOf { encounters: found, heat, grid, of: Arc::clone(of) })
    }

    fn figures(output: &EncountersOf) -> Map<String, Value> {
        let list = &output.encounters.list;
        let by_kind: Map<String, Value> = [Meeting::HeadOn, Meeting::Crossing, Meeting::Overtaking]
            .into_iter()
            .map(|kind| {
                let n = list.iter().filter(|encounter| encounter.meeting == kind).count();
                (kind.name().to_owned(), n.into())
            })
            .collect();
        let left_out: Map<String, Value> = output
            .encounters
            .left_out
            .iter()
            .map(|(why, n)| (why.name().to_owned(), (*n).into()))
            .collect();
        members(json!({
            "encounters": list.len(),
            "by_kind": by_kind,
            "breaches": list.iter().filter(|encounter| encounter.is_breach()).count(),
            "closest_m": list.iter().map(|encounter| encounter.cpa_m).reduce(f64::min).and_then(|m| rounded(m, 1)),
            "left_out": left_out,
        }))
    }

    /// A row an encounter in `encounters.csv`, the closest points in `encounters.geojson`, cells
    /// in `encounters.heat.csv`.
    fn export(output: &EncountersOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let (list, vessels) = (&output.encounters.list, output.of.fleet().vessels());
        let rows: Vec<Value> = list.iter().map(|encounter| row(vessels, encounter)).collect();
        job.go_on().map_err(|stopped| stopped.to_string())?;
        let shapes = list.iter().zip(&rows).map(|(met, row)| line(&met.positions, row.clone()));
        let cells: Vec<Value> = match &output.grid {
            Some(grid) => output.heat.iter().map(|(cell, n)| heat_row(grid, *cell, *n)).collect(),
            None => Vec::new(),
        };
        Ok(vec![
            write_rows(folder, "encounters.csv", &COLUMNS, &rows)?,
            write_features(folder, "encounters.geojson", &shapes.collect::<Vec<_>>())?,
            write_rows(folder, "encounters.heat.csv", &["lat", "lon", "encounters"], &cells)?,
        ])
    }
}

/// What stands of an encounter in a row.
pub(super) const COLUMNS: [&str; 25] = [
    "time",
    "severity",
    "kind",
    "give_way",
    "cpa_m",
    "cpa_nmi",
    "until_cpa_s",
    "domain",
    "relative_kn",
    "lat",
    "lon",
    "from",
    "to",
    "a_mmsi",
    "a_name",
    "a_type",
    "a_length_m",
    "a_sog_kn",
    "a_cog_deg",
    "b_mmsi",
    "b_name",
    "b_type",
    "b_length_m",
    "b_sog_kn",
    "b_cog_deg",
];

fn heat_row(grid: &Grid, cell: Cell, n: u32) -> Value {
    let middle = grid.center(cell);
    json!({"lat": rounded(middle.lat_deg, 6), "lon": rounded(middle.lon_deg, 6), "encounters": n})
}

/// What is known of an encounter of two of `vessels`.
pub(super) fn row(vessels: &[Vessel], encounter: &Encounter) -> Value {
    let [a, b] = encounter.ships.map(|ship| about(&vessels[ship]));
    let mut ships = prefixed("a_", a);
    ships.extend(prefixed("b_", b));
    let give_way = match encounter.give_way {
        GiveWay::First => "a",
        GiveWay::Second => "b",
        GiveWay::Both => "both",
        GiveWay::Neither => "neither",
    };
    joined(
        ships,
        json!({
            "time": iso_text(encounter.cpa_ms),
            "severity": rounded(encounter.severity, 4),
            "kind": encounter.meeting.name(),
            "give_way": give_way,
            "cpa_m": rounded(encounter.cpa_m, 1),
            "cpa_nmi": rounded(nmi_from_m(encounter.cpa_m), 4),
            "until_cpa_s": rounded(encounter.until_cpa_s, 0),
            "domain": rounded(encounter.domain, 3),
            "relative_kn": rounded(encounter.relative_kn, 2),
            "lat": rounded(encounter.place.lat_deg, 7),
            "lon": rounded(encounter.place.lon_deg, 7),
            "from": iso_text(encounter.from_ms),
            "to": iso_text(encounter.to_ms),
            "a_sog_kn": rounded(encounter.sog_kn[0], 2),
            "a_cog_deg": rounded_course(encounter.cog_deg[0]),
            "b_sog_kn": rounded(encounter.sog_kn[1], 2),
            "b_cog_deg": rounded_course(encounter.cog_deg[1]),
        }),
    )
}
