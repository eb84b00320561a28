//! What ships do in areas.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    WatchedOf, about, joined, members, point, polygon, rounded, write_features, write_rows,
};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::time::iso_text;
use crate::flow::stage::{Pace, Stage};
use crate::flow::watching::AreaSettings;
use crate::watch::{Area, AreaError, AreaEvent, AreaEventKind, watch_areas};

/// Rules of areas, and who broke them.
pub struct AreasStage;

/// What ships did in areas.
pub struct AreasOf {
    /// The areas, as they are listed.
    pub areas: Vec<Area>,
    /// By time, then area and ship.
    pub events: Vec<AreaEvent>,
    /// Areas that are none, by their place in the list, and why.
    pub faults: Vec<(usize, String)>,
    /// Whose.
    pub of: Arc<WatchedOf>,
}

impl AreasOf {
    /// How many events of `kind` there were in area `area`, or in all.
    pub fn count(&self, area: Option<usize>, kind: AreaEventKind) -> usize {
        let is_meant =
            |event: &&AreaEvent| event.kind == kind && area.is_none_or(|area| event.area == area);
        self.events.iter().filter(is_meant).count()
    }
}

/// Every kind of event, in the order of tables.
const KINDS: [AreaEventKind; 4] =
    [AreaEventKind::Entered, AreaEventKind::Left, AreaEventKind::Fast, AreaEventKind::Stopped];

impl Stage for AreasStage {
    const NAME: &'static str = "areas/1";
    const TITLE: &'static str = "Area watch";
    const NEEDS: &'static [&'static str] = &["watched"];
    const PACE: Pace = Pace::Live;

    type Params = AreaSettings;
    type Input = Arc<WatchedOf>;
    type Output = AreasOf;

    fn run(
        settings: &Checked<AreaSettings>,
        of: &Arc<WatchedOf>,
        job: &Job,
    ) -> Result<AreasOf, Stopped> {
        let areas = settings.read().map_err(Stopped::Failed)?;
        let params =
            Checked::new(&settings.params).map_err(|faults| Stopped::Failed(faults.join("; ")))?;
        let (mut events, mut faults) = (Vec::new(), Vec::new());
        // One by one: an area that is none must not take the others along.
        for (place, area) in areas.iter().enumerate() {
            let one = std::slice::from_ref(area);
            match watch_areas(of.fleet(), one, of.window_ms, &params, job) {
                Ok(found) => {
                    events
                        .extend(found.into_iter().map(|event| AreaEvent { area: place, ..event }));
                }
                Err(AreaError::Stopped(stopped)) => return Err(stopped),
                Err(fault) => faults.push((place, fault.to_string())),
            }
        }
        events.sort_by_key(|event| (event.from_ms, event.area, event.ship));
        Ok(AreasOf { areas, events, faults, of: Arc::clone(of) })
    }

    fn figures(output: &AreasOf) -> Map<String, Value> {
        let counts = |area: Option<usize>| -> Map<String, Value> {
            let count =
                |kind: AreaEventKind| (kind.name().to_owned(), output.count(area, kind).into());
            KINDS.into_iter().map(count).collect()
        };
        let list = output.areas.iter().enumerate().map(|(place, area)| {
            let fault = output.faults.iter().find(|(at, _)| *at == place).map(|(_, fault)| fault);
            json!({"name": area.name, "events": counts(Some(place)), "fault": fault})
        });
        members(json!({
            "areas": output.areas.len(),
            "events": output.events.len(),
            "by_kind": counts(None),
            "list": list.collect::<Vec<Value>>(),
        }))
    }

    /// A row an event in `areas.csv`; areas and events in `areas.geojson`.
    fn export(output: &AreasOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let rows: Vec<Value> = output.events.iter().map(|event| row(output, event)).collect();
        job.go_on().map_err(|stopped| stopped.to_string())?;
        let areas = output
            .areas
            .iter()
            .map(|area| polygon(&area.corners, json!({"area": area.name, "kinds": area.kinds})));
        let events =
            output.events.iter().zip(&rows).map(|(event, row)| point(event.place, row.clone()));
        let features: Vec<Value> = areas.chain(events).collect();
        Ok(vec![
            write_rows(folder, "areas.csv", &COLUMNS, &rows)?,
            write_features(folder, "areas.geojson", &features)?,
        ])
    }
}

const COLUMNS: [&str; 13] = [
    "area", "kind", "from", "to", "mmsi", "name", "type", "length_m", "lat", "lon", "top_kn",
    "status", "is_exact",
];

fn row(output: &AreasOf, event: &AreaEvent) -> Value {
    joined(
        about(&output.of.fleet().vessels()[event.ship]),
        json!({
            "area": output.areas[event.area].name,
            "kind": event.kind.name(),
            "from": iso_text(event.from_ms),
            "to": iso_text(event.to_ms),
            "lat": rounded(event.place.lat_deg, 7),
            "lon": rounded(event.place.lon_deg, 7),
            "top_kn": rounded(event.top_kn, 2),
            "status": event.status.name(),
            "is_exact": event.is_exact,
        }),
    )
}
