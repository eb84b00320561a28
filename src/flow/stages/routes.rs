//! What the trips of each cluster have in common.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::IndicesOf;
use crate::ais::ShipKind;
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::cluster::route::{Route, RouteParams, Routes, routes};
use crate::flow::stage::{Pace, Stage};
use crate::io::export;

/// Center lines, widths and speeds of clusters.
pub struct RoutesStage;

/// The routes of clusters.
pub struct RoutesOf {
    /// One for each cluster that leads anywhere.
    pub routes: Routes,
    /// The clusters, measured.
    pub of: Arc<IndicesOf>,
}

/// About so far apart stand the arrows of an exported route, meters.
const ARROWS_M: f64 = 10_000.0;

impl Stage for RoutesStage {
    const NAME: &'static str = "routes/1";
    const TITLE: &'static str = "Routes";
    const NEEDS: &'static [&'static str] = &["indices"];
    const PACE: Pace = Pace::Live;

    type Params = RouteParams;
    type Input = Arc<IndicesOf>;
    type Output = RoutesOf;

    fn run(
        params: &Checked<RouteParams>,
        of: &Arc<IndicesOf>,
        job: &Job,
    ) -> Result<RoutesOf, Stopped> {
        let trips = &of.clusters.of;
        let usize_of = |members: Vec<u32>| members.into_iter().map(|trip| trip as usize).collect();
        let members: Vec<Vec<usize>> =
            of.clusters.labels().members().into_iter().map(usize_of).collect();
        let medoids: Vec<Option<usize>> =
            of.medoids.iter().map(|medoid| Some(*medoid as usize)).collect();
        let routes = routes(trips.fleet(), trips.trips(), &members, &medoids, params, job)?;
        Ok(RoutesOf { routes, of: Arc::clone(of) })
    }

    fn figures(output: &RoutesOf) -> Map<String, Value> {
        let routes: Vec<Value> = output.routes.routes.iter().map(figures).collect();
        let mut figures = Map::new();
        figures.insert("routes".into(), routes.into());
        figures.insert("without".into(), output.routes.without.clone().into());
        figures
    }

    /// `routes.geojson`: a ribbon, a center line and arrows for each route; `routes.csv`: a row a
    /// route; `routes.profile.csv`: a row a point of a center line.
    fn export(output: &RoutesOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let paths = ["routes.geojson", "routes.csv", "routes.profile.csv"].map(|n| folder.join(n));
        let features: Vec<Value> = output.routes.routes.iter().flat_map(features).collect();
        let collection = json!({"type": "FeatureCollection", "features": features});
        let texts = [collection.to_string(), table(output), profile(output)];
        for (path, text) in paths.iter().zip(texts) {
            export::text(path, &text).map_err(|error| error.to_string())?;
        }
        Ok(paths.to_vec())
    }
}

fn figures(route: &Route) -> Value {
    let by_kind: Map<String, Value> = ShipKind::ALL
        .iter()
        .zip(route.by_kind)
        .filter(|(_, n)| *n > 0)
        .map(|(kind, n)| (kind.name().to_owned(), n.into()))
        .collect();
    json!({
        "id": route.id,
        "trips": route.members.len(),
        "vessels": route.vessels,
        "length_nmi": route.length_nmi,
        "median_width_m": route.median_width_m,
        "direction_deg": route.direction_deg,
        "opposite_share": route.opposite_share,
        "median_sog_kn": route.sog_kn.map(|spread| spread.median),
        "median_duration_h": route.duration_s.median / 3600.0,
        "by_kind": by_kind,
        "by_hour_utc": route.by_hour,
    })
}

fn features(route: &Route) -> Vec<Value> {
    let shape = route.shape(ARROWS_M);
    let place = |at: &Position| json!([rounded(at.lon_deg), rounded(at.lat_deg)]);
    let line = |line: &Vec<Position>| -> Value { line.iter().map(place).collect() };
    let center: Value = shape.center.iter().map(line).collect();
    let ribbon: Value = shape.ribbon.iter().map(|ring| json!([line(ring)])).collect();
    let arrows: Value = shape.arrows.iter().map(|arrow| place(&arrow.position)).collect();
    let feature = |part: &str, kind: &str, coordinates: Value| {
        let mut properties = figures(route);
        properties["part"] = part.into();
        json!({
            "type": "Feature",
            "properties": properties,
            "geometry": {"type": kind, "coordinates": coordinates},
        })
    };
    let directions: Vec<f64> = shape.arrows.iter().map(|arrow| arrow.direction_deg).collect();
    let mut arrows = feature("arrows", "MultiPoint", arrows);
    arrows["properties"]["directions_deg"] = directions.into();
    vec![
        feature("ribbon", "MultiPolygon", ribbon),
        feature("center", "MultiLineString", center),
        arrows,
    ]
}

/// To a hundred-thousandth of a minute: a few centimeters.
fn rounded(deg: f64) -> f64 {
    (deg * 1e7).round() / 1e7
}

fn table(output: &RoutesOf) -> String {
    let mut text = String::from(
        "cluster,trips,vessels,length_nmi,median_width_m,direction_deg,opposite_share,median_sog_kn,median_duration_h\n",
    );
    for route in &output.routes.routes {
        let sog_kn = route.sog_kn.map_or(String::new(), |spread| format!("{:.2}", spread.median));
        text.push_str(&format!(
            "{},{},{},{:.2},{:.0},{:.1},{:.3},{sog_kn},{:.2}\n",
            route.id,
            route.members.len(),
            route.vessels,
            route.length_nmi,
            route.median_width_m,
            route.direction_deg,
            route.opposite_share,
            route.duration_s.median / 3600.0,
        ));
    }
    text
}

fn profile(output: &RoutesOf) -> String {
    let mut text = String::from(
        "cluster,distance_m,lat,lon,direction_deg,left_m,right_m,trips,sog_p10_kn,sog_median_kn,sog_p90_kn\n",
    );
    for route in &output.routes.routes {
        for point in &route.center {
            let sog = point.sog_kn.map_or(",,".to_owned(), |spread| {
                format!("{:.2},{:.2},{:.2}", spread.p10, spread.median, spread.p90)
            });
            text.push_str(&format!(
                "{},{:.0},{:.6},{:.6},{:.1},{:.0},{:.0},{},{sog}\n",
                route.id,
                point.distance_m,
                point.position.lat_deg,
                point.position.lon_deg,
                point.direction_deg,
                point.left_m,
                point.right_m,
                point.present,
            ));
        }
    }
    text
}
