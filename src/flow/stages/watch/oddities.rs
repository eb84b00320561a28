//! What does not fit.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{about, joined, members, point, polygon, rounded, write_features, write_rows};
use crate::ais::{Fleet, PortId, Trip};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::time::iso_text;
use crate::destination::ShipForecast;
use crate::flow::stage::{Pace, Stage};
use crate::flow::stages::{ChosenOf, ForecastsOf, RoutesOf};
use crate::flow::watching::OdditySettings;
use crate::io::Reading;
use crate::watch::{Oddity, OddityKind, Said, Scene, oddities};

/// Chosen trips and what was read; routes and forecasts, where they are asked.
type Known = ((Arc<ChosenOf>, Arc<Reading>), (Option<Arc<RoutesOf>>, Option<Arc<ForecastsOf>>));

/// Trips, ships and reports that do not fit.
pub struct OdditiesStage;

/// What is odd.
pub struct OdditiesOf {
    /// The highest score first. A trip is an index among all trips, not only the chosen ones.
    pub list: Vec<Oddity>,
    /// Whether routes were asked.
    pub of_routes: bool,
    /// Whether forecasts of destinations were asked.
    pub of_forecasts: bool,
    /// The trips that were looked at.
    pub of: Arc<ChosenOf>,
}

impl OdditiesOf {
    /// The fleet of which ships are indices.
    pub fn fleet(&self) -> &Fleet {
        self.of.fleet()
    }

    /// How many there are of each kind, in the order of [`OddityKind::ALL`].
    pub fn by_kind(&self) -> [usize; OddityKind::ALL.len()] {
        OddityKind::ALL.map(|kind| self.list.iter().filter(|odd| odd.kind == kind).count())
    }
}

/// What ships said of themselves, as files tell it.
fn said(fleet: &Fleet) -> Vec<Said> {
    let mut all = Vec::new();
    for (ship, vessel) in fleet.vessels().iter().enumerate().filter(|(_, vessel)| !vessel.is_local)
    {
        let Some(first_ms) = fleet.reports().t_ms[fleet.range(ship)].first() else { continue };
        let one = |t_ms, name: &str, imo| Said { mmsi: vessel.mmsi, t_ms, name: name.into(), imo };
        if vessel.identities.is_empty() {
            all.push(one(*first_ms, &vessel.about.name, vessel.about.imo));
        }
        all.extend(vessel.identities.iter().map(|(t_ms, said)| one(*t_ms, &said.name, said.imo)));
    }
    all
}

/// A ship under way whose typed destination the forecast contradicts. The score is by how much the
/// likeliest port is likelier than those that she may mean.
fn bound_elsewhere(forecasts: &ForecastsOf, ship: &ShipForecast) -> Option<Oddity> {
    let told = ship.last().filter(|told| told.conflict.destination)?;
    let (likeliest, p) = *told.ports.first()?;
    let voyages = &forecasts.voyages;
    let meant =
        |port: PortId| told.reported.annotation.means(port, voyages.table(), voyages.radius_m);
    let p_meant: f64 = told.ports.iter().filter(|(port, _)| meant(*port)).map(|(_, p)| p).sum();
    let title = |port: PortId| voyages.table().port(port).name.clone();
    let from = ship.departure.map_or("where she is".to_owned(), title);
    let why = format!(
        "types \"{}\", but ships on such a way from {from} are bound for {} in {:.0} %, for what she types in {:.0} %",
        told.reported.text.trim(),
        title(likeliest),
        p * 100.0,
        p_meant * 100.0,
    );
    Some(Oddity {
        kind: OddityKind::Bound,
        mmsi: voyages.fleet().vessels()[ship.vessel].mmsi,
        ship: Some(ship.vessel),
        trip: None,
        from_ms: told.t_ms,
        to_ms: told.t_ms,
        place: told.place,
        score: (p - p_meant).clamp(0.0, 1.0),
        why,
        reach: None,
    })
}

impl Stage for OdditiesStage {
    const NAME: &'static str = "oddities/1";
    const TITLE: &'static str = "Oddities";
    const NEEDS: &'static [&'static str] = &["filter"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 4;

    type Params = OdditySettings;
    type Input = Known;
    type Output = OdditiesOf;

    fn run(
        settings: &Checked<OdditySettings>,
        ((chosen, reading), (routes, forecasts)): &Known,
        job: &Job,
    ) -> Result<OdditiesOf, Stopped> {
        let params =
            Checked::new(&settings.params).map_err(|faults| Stopped::Failed(faults.join("; ")))?;
        let (ids, trips): (Vec<usize>, Vec<Trip>) =
            chosen.kept().map(|(id, trip)| (id, trip.clone())).unzip();
        let labels: Vec<Option<u32>> = routes
            .as_ref()
            .map_or(Vec::new(), |routes| routes.of.clusters.labels().as_slice().to_vec());
        let cleaned = &chosen.trips.cleaned;
        let scene = Scene {
            fleet: &cleaned.fleet,
            read: Some((&reading.fleet, &cleaned.verdicts)),
            trips: &trips,
            labels: &labels,
            routes: routes.as_ref().map_or(&[], |routes| &routes.routes.routes),
            said: &said(&reading.fleet),
        };
        let mut list = oddities(&scene, &params, job)?;
        for odd in &mut list {
            odd.trip = odd.trip.map(|trip| ids[trip]);
        }
        if let Some(forecasts) = forecasts {
            let told = forecasts.ships.iter().filter_map(|ship| bound_elsewhere(forecasts, ship));
            list.extend(told);
            list.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.from_ms.cmp(&b.from_ms)));
        }
        let (of_routes, of_forecasts) = (routes.is_some(), forecasts.is_some());
        Ok(OdditiesOf { list, of_routes, of_forecasts, of: Arc::clone(chosen) })
    }

    fn figures(output: &OdditiesOf) -> Map<String, Value> {
        let by_kind: Map<String, Value> = OddityKind::ALL
            .iter()
            .zip(output.by_kind())
            .map(|(kind, n)| (kind.name().to_owned(), n.into()))
            .collect();
        members(json!({
            "oddities": output.list.len(),
            "by_kind": by_kind,
            "of_routes": output.of_routes,
            "of_forecasts": output.of_forecasts,
        }))
    }

    /// A row an oddity in `oddities.csv`; where to look, and where a silent ship can have been, in
    /// `oddities.geojson`.
    fn export(output: &OdditiesOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let rows: Vec<Value> = output.list.iter().map(|odd| row(output, odd)).collect();
        job.go_on().map_err(|stopped| stopped.to_string())?;
        let mut features = Vec::new();
        for (odd, row) in output.list.iter().zip(&rows).filter(|(odd, _)| odd.place.is_valid()) {
            features.push(point(odd.place, row.clone()));
            if let Some(reach) = &odd.reach {
                let mut row = row.clone();
                row["part"] = "reach".into();
                features.push(polygon(&reach.ring(RING), row));
            }
        }
        Ok(vec![
            write_rows(folder, "oddities.csv", &COLUMNS, &rows)?,
            write_features(folder, "oddities.geojson", &features)?,
        ])
    }
}

/// The corners of the area that a silent ship can have reached.
const RING: usize = 64;

const COLUMNS: [&str; 12] = [
    "score", "kind", "why", "from", "to", "lat", "lon", "mmsi", "name", "type", "length_m",
    "trip_id",
];

fn row(output: &OdditiesOf, odd: &Oddity) -> Value {
    let ship = odd.ship.map(|ship| about(&output.fleet().vessels()[ship]));
    let mut ship = ship.unwrap_or_default();
    ship.insert("mmsi".into(), odd.mmsi.0.into());
    joined(
        ship,
        json!({
            "score": rounded(odd.score, 4),
            "kind": odd.kind.name(),
            "why": odd.why,
            "from": iso_text(odd.from_ms),
            "to": iso_text(odd.to_ms),
            "lat": rounded(odd.place.lat_deg, 7),
            "lon": rounded(odd.place.lon_deg, 7),
            "trip_id": odd.trip,
        }),
    )
}
