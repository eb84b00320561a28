//! Where all ships under way are bound, at their last reports.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::{DestinationFitOf, RouteGraphOf, VoyagesOf, code};
use crate::ais::{Fleet, PortTable};
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Choice as _};
use crate::base::time::iso_text;
use crate::destination::forecast::{Ask, Ground, Says, Teller, tell};
use crate::destination::nest::{Journey, NestParams};
use crate::destination::way::{Network, WayForecast};
use crate::destination::{Arrival, Nest, ShipForecast, Told};
use crate::flow::stage::{Pace, Stage};
use crate::io::export;

/// Forecasts of all ships under way.
pub struct ForecastsStage;

/// Where ships are bound.
pub struct ForecastsOf {
    /// A ship that has left a port, or was seen in none, and has not arrived; told at her last report.
    pub ships: Vec<ShipForecast>,
    /// Who tells, in words.
    pub by: String,
    /// The network that tells in place of routes.
    pub network: Option<Arc<DestinationFitOf>>,
    /// What was learned from.
    pub routes: Arc<RouteGraphOf>,
    /// The voyages, ports and fleet.
    pub voyages: Arc<VoyagesOf>,
}

/// What forecasts of these voyages are made of.
pub(super) fn ground(voyages: &VoyagesOf) -> Ground<'_> {
    Ground {
        fleet: voyages.fleet(),
        named: &voyages.typed.named,
        ports: voyages.table(),
        radius_m: voyages.radius_m,
    }
}

/// A network to be asked, and how it wants voyages cut.
pub(super) struct Asking<'a> {
    params: &'a NestParams,
    ask: Box<Ask<'a>>,
}

/// The network of a result, if it is whole.
pub(super) fn asking(network: &DestinationFitOf) -> Option<Asking<'_>> {
    let (model, ready) = (network.model.as_ref()?, network.ready.as_ref()?);
    let classes = model.classes().ports();
    let says = |told: &WayForecast| {
        let ports =
            told.answer().ports.iter().map(|(class, p)| (classes[*class as usize], *p)).collect();
        let arrival = told.days_left.map(|days| {
            let [low_days, days, high_days] = days.map(f64::from);
            Arrival { days, low_days, high_days, voyages: 0 }
        });
        Says { ports, arrival }
    };
    let ask = move |nest: &Nest| -> Result<Vec<Says>, Stopped> {
        Ok(ready.forecast(nest)?.iter().map(says).collect())
    };
    Some(Asking { params: model.nest_params(), ask: Box::new(ask) })
}

/// Routes, or the network where there is one.
pub(super) fn teller<'a>(routes: &'a RouteGraphOf, asking: Option<&'a Asking<'a>>) -> Teller<'a> {
    let model = asking.map(|asking| (asking.params, &*asking.ask));
    Teller { graph: &routes.graph, model }
}

/// What a network is called.
fn name(network: &DestinationFitOf) -> &'static str {
    let named = network.model.as_ref().map(|model| model.params().network);
    let case = Network::CASES.iter().find(|(_, case)| Some(*case) == named);
    case.map_or("network", |(name, _)| name)
}

impl Stage for ForecastsStage {
    const NAME: &'static str = "forecasts/1";
    const TITLE: &'static str = "Destinations of ships under way";
    const NEEDS: &'static [&'static str] = &["route-graph", "voyages"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 2;

    type Params = ();
    type Input = ((Arc<RouteGraphOf>, Arc<VoyagesOf>), Option<Arc<DestinationFitOf>>);
    type Output = ForecastsOf;

    fn run(
        _: &Checked<()>,
        ((routes, voyages), network): &Self::Input,
        job: &Job,
    ) -> Result<ForecastsOf, Stopped> {
        let ground = ground(voyages);
        let ask = network.as_deref().and_then(asking);
        let teller = teller(routes, ask.as_ref());
        let under_way = &voyages.found.under_way;
        job.expect(under_way.len());
        let told: Vec<Option<ShipForecast>> = under_way
            .par_iter()
            .map(|ship| {
                job.step()?;
                tell(&ground, &Journey::under_way(ship), &teller, None, true)
            })
            .collect::<Result<_, Stopped>>()?;
        Ok(ForecastsOf {
            ships: told.into_iter().flatten().collect(),
            by: match network.as_deref() {
                Some(network) => name(network),
                None if routes.card.voyages == 0 => "course and distance: no voyage is known",
                None => "routes of earlier voyages",
            }
            .into(),
            network: network.clone(),
            routes: Arc::clone(routes),
            voyages: Arc::clone(voyages),
        })
    }

    fn figures(output: &ForecastsOf) -> Map<String, Value> {
        let last = || output.ships.iter().filter_map(ShipForecast::last);
        let count = |test: &dyn Fn(&Told) -> bool| last().filter(|told| test(told)).count();
        let mut figures = Map::new();
        figures.insert("ships".into(), output.ships.len().into());
        let unknown = output.ships.iter().filter(|ship| ship.departure.is_none()).count();
        figures.insert("departure_unknown".into(), unknown.into());
        let named = count(&|told| told.reported.annotation.best().is_some());
        figures.insert("reported".into(), named.into());
        figures.insert(
            "destination_conflicts".into(),
            count(&|told| told.conflict.destination).into(),
        );
        figures.insert("arrival_conflicts".into(), count(&|told| told.conflict.arrival).into());
        figures.insert("by".into(), output.by.clone().into());
        figures
            .insert("made".into(), (output.voyages.is_made || output.routes.card.is_made).into());
        figures
    }

    /// `forecasts.csv`: a row a ship; `forecasts.geojson`: ships and their likely ports.
    fn export(output: &ForecastsOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let paths = ["forecasts.csv", "forecasts.geojson"].map(|name| folder.join(name));
        let (fleet, table) = (output.voyages.fleet(), output.voyages.table());
        let rows =
            output.ships.iter().filter_map(|ship| Some(row(fleet, table, ship, ship.last()?)));
        export::lines(&paths[0], HEAD, rows).map_err(|error| error.to_string())?;
        let mut features = Vec::new();
        for ship in &output.ships {
            job.go_on().map_err(|stopped| stopped.to_string())?;
            features.extend(ship.last().map(|told| feature(fleet, table, ship, told)));
        }
        super::write_features(&paths[1], features)?;
        Ok(paths.to_vec())
    }
}

/// The columns of [`row`].
pub(super) const HEAD: &str = "mmsi,name,time,lat,lon,from,port_1,p_1,port_2,p_2,port_3,p_3,arrives,\
                               arrives_earliest,arrives_latest,reported,reported_port,\
                               reported_arrival,destination_conflict,arrival_conflict";

/// What is told of a ship, as a row for CSV.
pub(super) fn row(fleet: &Fleet, table: &PortTable, ship: &ShipForecast, told: &Told) -> String {
    let vessel = &fleet.vessels()[ship.vessel];
    let mut row = format!(
        "{},{},{},{:.5},{:.5},{}",
        vessel.mmsi.0,
        export::quoted(&vessel.about.name),
        iso_text(told.t_ms),
        told.place.lat_deg,
        told.place.lon_deg,
        ship.departure.map(|port| export::quoted(&code(table, port))).unwrap_or_default(),
    );
    for place in 0..3 {
        match told.ports.get(place) {
            Some((port, p)) => {
                row.push_str(&format!(",{},{p:.4}", export::quoted(&code(table, *port))));
            }
            None => row.push_str(",,"),
        }
    }
    match told.arrives_ms() {
        Some([low, middle, high]) => {
            row.push_str(&format!(",{},{},{}", iso_text(middle), iso_text(low), iso_text(high)));
        }
        None => row.push_str(",,,"),
    }
    let reported = &told.reported;
    let named = reported.annotation.best().map(|best| export::quoted(&code(table, best.port)));
    row.push_str(&format!(
        ",{},{},{},{},{}",
        export::quoted(&reported.text),
        named.unwrap_or_default(),
        reported.arrives_ms.map(iso_text).unwrap_or_default(),
        told.conflict.destination,
        told.conflict.arrival,
    ));
    row
}

/// What is told of a ship, for JSON.
pub(super) fn told_figures(table: &PortTable, told: &Told) -> Value {
    let port = |(port, p): &(crate::ais::PortId, f64)| json!({"port": table.port(*port).name, "locode": table.port(*port).locode.map(String::from), "p": p});
    let reported = &told.reported;
    let best = reported.annotation.best();
    json!({
        "time": iso_text(told.t_ms),
        "lat": told.place.lat_deg,
        "lon": told.place.lon_deg,
        "ports": told.ports.iter().take(5).map(port).collect::<Vec<_>>(),
        "arrives": told.arrives_ms().map(|ms| ms.map(iso_text)),
        "reported": reported.text,
        "reported_port": best.map(|best| table.port(best.port).name.clone()),
        "reported_confidence": best.map(|best| best.confidence),
        "reported_arrival": reported.arrives_ms.map(iso_text),
        "destination_conflict": told.conflict.destination,
        "arrival_conflict": told.conflict.arrival,
    })
}

/// What is told of a ship, as a point at her place.
pub(super) fn feature(fleet: &Fleet, table: &PortTable, ship: &ShipForecast, told: &Told) -> Value {
    let vessel = &fleet.vessels()[ship.vessel];
    let mut properties = told_figures(table, told);
    properties["mmsi"] = vessel.mmsi.0.into();
    properties["name"] = vessel.about.name.clone().into();
    properties["from"] = ship.departure.map(|port| code(table, port)).into();
    json!({
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": super::place(told.place)},
    })
}
