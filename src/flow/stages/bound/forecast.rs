//! Where one ship is bound, step by step along her voyage.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::forecasts::{ForecastsOf, HEAD, asking, feature, ground, row, teller, told_figures};
use super::{NestsOf, code, place};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::time::{iso_text, utc_text};
use crate::destination::ShipForecast;
use crate::destination::forecast::tell;
use crate::destination::nest::Journey;
use crate::flow::bound::ForecastParams;
use crate::flow::stage::{Pace, Stage};
use crate::io::export;

/// The forecast of one ship.
pub struct ForecastStage;

/// Where one ship is bound.
pub struct ForecastOf {
    /// The ship at each step of her voyage up to the moment; none where none is chosen.
    pub ship: Option<ShipForecast>,
    /// The moment, UTC milliseconds: that asked for, or her last report's.
    pub at_ms: i64,
    /// Her reports on this voyage up to the moment, as indices into the fleet's.
    pub reports: Vec<u32>,
    /// Whether the network that tells learned from this very voyage: then it may know it by heart.
    pub is_learned: bool,
    /// All ships under way, with the voyages, ports and fleet.
    pub all: Arc<ForecastsOf>,
}

impl Stage for ForecastStage {
    const NAME: &'static str = "forecast/1";
    const TITLE: &'static str = "Destination of a ship";
    const NEEDS: &'static [&'static str] = &["forecasts", "nests"];
    const PACE: Pace = Pace::Live;
    const KEPT: usize = 64;

    type Params = ForecastParams;
    type Input = (Arc<ForecastsOf>, Arc<NestsOf>);
    type Output = ForecastOf;

    fn run(
        params: &Checked<ForecastParams>,
        (all, nests): &(Arc<ForecastsOf>, Arc<NestsOf>),
        _: &Job,
    ) -> Result<ForecastOf, Stopped> {
        let failed = |text: String| Err(Stopped::Failed(text));
        let goal_ms = params.t_ms().map_err(Stopped::Failed)?;
        if params.mmsi == 0 {
            let (ship, reports) = (None, Vec::new());
            return Ok(ForecastOf {
                ship,
                at_ms: 0,
                reports,
                is_learned: false,
                all: Arc::clone(all),
            });
        }
        let voyages = &all.voyages;
        let fleet = voyages.fleet();
        let vessel = fleet.vessels().iter().position(|vessel| {
            vessel.mmsi.0 as usize == params.mmsi && usize::from(vessel.part) == params.part
        });
        let Some(vessel) = vessel else {
            return failed(format!("there is no ship {} among those that were read", params.mmsi));
        };
        let times = &fleet.reports().t_ms;
        let under_way = voyages.found.under_way.iter().find(|ship| ship.vessel == vessel);
        let hers = (0..).zip(&voyages.found.voyages).filter(|(_, one)| one.vessel == vessel);
        let hers: Vec<_> = hers.collect();
        // The voyage that she is on at the moment; without one, the voyage that she is on at last.
        let open = under_way.filter(|ship| {
            let first = ship.reports.first().map_or(i64::MAX, |index| times[*index as usize]);
            goal_ms.is_none_or(|goal_ms| first <= goal_ms)
        });
        let (mut journey, number) = if let Some(ship) = open {
            (Journey::under_way(ship), None)
        } else {
            let on = |one: &&(usize, &crate::destination::Voyage)| match goal_ms {
                Some(goal_ms) => (one.1.departed_ms..=one.1.arrived_ms).contains(&goal_ms),
                None => true,
            };
            let Some((index, voyage)) = hers.iter().rfind(on) else {
                let spans: Vec<(i64, i64)> =
                    hers.iter().map(|(_, one)| (one.departed_ms, one.arrived_ms)).collect();
                return failed(no_voyage(&spans, goal_ms));
            };
            (Journey::from(*voyage), nests.of_voyage(*index))
        };
        // What is read from a file was not learned from this voyage.
        let own = number.filter(|_| all.routes.file.is_none());
        let learned = all.network.as_ref().map_or(&[][..], |network| &network.learned);
        let is_learned = number.is_some_and(|number| learned.binary_search(&number).is_ok());
        if let Some(goal_ms) = goal_ms {
            journey.reports.retain(|index| times[*index as usize] <= goal_ms);
        }
        let reports = journey.reports.clone();
        let ask = all.network.as_deref().and_then(asking);
        let teller = teller(&all.routes, ask.as_ref());
        let Some(ship) = tell(&ground(voyages), &journey, &teller, own, false)? else {
            return failed("she has reported no place on this voyage by then".into());
        };
        let last_ms = ship.last().map_or(0, |told| told.t_ms);
        let at_ms = goal_ms.unwrap_or(last_ms);
        Ok(ForecastOf { ship: Some(ship), at_ms, reports, is_learned, all: Arc::clone(all) })
    }

    fn figures(output: &ForecastOf) -> Map<String, Value> {
        let mut figures = Map::new();
        let voyages = &output.all.voyages;
        let (fleet, table) = (voyages.fleet(), voyages.table());
        if let Some(ship) = &output.ship {
            let vessel = &fleet.vessels()[ship.vessel];
            figures.insert("mmsi".into(), vessel.mmsi.0.into());
            figures.insert("name".into(), vessel.about.name.clone().into());
            figures.insert("from".into(), json!(ship.departure.map(|port| code(table, port))));
            let truth = ship
                .truth
                .map(|(port, ms)| json!({"port": code(table, port), "arrived": iso_text(ms)}));
            figures.insert("truth".into(), json!(truth));
            figures.insert("learned_from".into(), output.is_learned.into());
            figures.insert(
                "now".into(),
                ship.last().map_or(Value::Null, |told| told_figures(table, told)),
            );
            let steps = ship.told.iter().map(|told| told_figures(table, told));
            figures.insert("rows".into(), steps.collect());
        } else {
            let ships = output.all.ships.iter().map(|ship| {
                let mut figures = ship.last().map_or(Value::Null, |told| told_figures(table, told));
                figures["mmsi"] = fleet.vessels()[ship.vessel].mmsi.0.into();
                figures["name"] = fleet.vessels()[ship.vessel].about.name.clone().into();
                figures["from"] = json!(ship.departure.map(|port| code(table, port)));
                figures
            });
            figures.insert("rows".into(), ships.collect());
        }
        figures.insert("by".into(), output.all.by.clone().into());
        figures.insert("made".into(), (voyages.is_made || output.all.routes.card.is_made).into());
        figures
    }

    /// `forecast.csv`: a row a step of the ship's voyage, or a row a ship; `forecast.geojson`: her way
    /// and the likely ports, or all ships.
    fn export(output: &ForecastOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let paths = ["forecast.csv", "forecast.geojson"].map(|name| folder.join(name));
        let (fleet, table) = (output.all.voyages.fleet(), output.all.voyages.table());
        let ships = output.ship.as_ref().map_or(output.all.ships.as_slice(), std::slice::from_ref);
        let rows = ships
            .iter()
            .flat_map(|ship| ship.told.iter().map(|told| row(fleet, table, ship, told)));
        export::lines(&paths[0], HEAD, rows).map_err(|error| error.to_string())?;
        let way = json!({
            "type": "Feature",
            "properties": {"part": "way"},
            "geometry": super::line(fleet, &output.reports),
        });
        // Without one ship, all are points.
        let mut features: Vec<Value> = match &output.ship {
            Some(_) => vec![way],
            None => ships
                .iter()
                .filter_map(|ship| Some(feature(fleet, table, ship, ship.last()?)))
                .collect(),
        };
        let last = output.ship.as_ref().and_then(ShipForecast::last);
        for (port, p) in last.into_iter().flat_map(|told| &told.ports) {
            features.push(json!({
                "type": "Feature",
                "properties": {"part": "port", "name": table.port(*port).name, "p": p},
                "geometry": {"type": "Point", "coordinates": place(table.port(*port).position)},
            }));
        }
        super::write_features(&paths[1], features)?;
        Ok(paths.to_vec())
    }
}

/// Why a ship is told nothing of.
fn no_voyage(spans: &[(i64, i64)], goal_ms: Option<i64>) -> String {
    let Some(goal_ms) = goal_ms else {
        return "she is not under way, and has made no valid voyage".into();
    };
    let when = utc_text(goal_ms);
    let nearest = spans
        .iter()
        .min_by_key(|(from, to)| if goal_ms < *from { from - goal_ms } else { goal_ms - to });
    match nearest {
        None => format!("she is on no voyage at {when} UTC, and has made no valid one"),
        Some((from, to)) => format!(
            "she is on no voyage at {when} UTC; her nearest is from {} to {}",
            utc_text(*from),
            utc_text(*to)
        ),
    }
}
