//! Where the ships of all trips go on to, from each trip's last report.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::ModelsOf;
use crate::ais::{Fleet, Trip};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::time::iso_text;
use crate::flow::stage::{Pace, Stage};
use crate::flow::stages::ChosenOf;
use crate::io::export;
use crate::predict::dataset::Sample;
use crate::predict::frame::Frame;
use crate::predict::model::Forecast;
use crate::predict::params::Method;
use crate::predict::window::{Window, WindowParams};

/// Predictions from the end of every chosen trip.
pub struct EndsStage;

/// Predictions from the end of one trip.
pub struct EndOf {
    /// The trip among all.
    pub trip: usize,
    /// The report that they go on from.
    pub report: usize,
    /// Its place and course.
    pub frame: Frame,
    /// Whether it is in waters that the models know.
    pub is_known: bool,
    /// A place for each method and time ahead.
    pub told: Vec<(Method, Vec<Forecast>)>,
}

/// Predictions from the ends of trips.
pub struct EndsOf {
    /// One a trip that is long enough.
    pub ends: Vec<EndOf>,
    /// Trips that are too short for a window at their end.
    pub too_short: usize,
    /// The trips.
    pub chosen: Arc<ChosenOf>,
}

impl Stage for EndsStage {
    const NAME: &'static str = "predict/2";
    const TITLE: &'static str = "Predictions";
    const NEEDS: &'static [&'static str] = &["filter", "predict-fit"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 2;

    type Params = ();
    type Input = (Arc<ModelsOf>, Arc<ChosenOf>);
    type Output = EndsOf;

    fn run(
        _: &Checked<()>,
        (models, chosen): &(Arc<ModelsOf>, Arc<ChosenOf>),
        job: &Job,
    ) -> Result<EndsOf, Stopped> {
        let fleet = chosen.fleet();
        let trips: Vec<(usize, &Trip)> = chosen.kept().collect();
        job.expect(trips.len());
        let of_trip = |&(id, trip): &(usize, &Trip)| {
            job.step()?;
            let last = trip.reports.end - 1;
            let vessel = &fleet.vessels()[trip.vessel];
            let mut told = Vec::new();
            let (mut frame, mut is_known) = (None, true);
            for model in &models.models {
                let window = Window::ending_at(fleet, trip.reports.start, last, &model.window);
                let Some(window) = window else { continue };
                let sample = Sample::of(&window, vessel, &model.window);
                frame = Some(window.frame);
                is_known &= model.waters.knows(window.frame.origin());
                told.push((model.method, model.forecast(&sample)));
            }
            Ok(frame.map(|frame| EndOf { trip: id, report: last, frame, is_known, told }))
        };
        let found: Vec<Option<EndOf>> =
            trips.par_iter().map(of_trip).collect::<Result<_, Stopped>>()?;
        let too_short = found.iter().filter(|end| end.is_none()).count();
        let ends = found.into_iter().flatten().collect();
        Ok(EndsOf { ends, too_short, chosen: Arc::clone(chosen) })
    }

    fn figures(output: &EndsOf) -> Map<String, Value> {
        let mut figures = Map::new();
        let n: usize = output.ends.iter().flat_map(|end| &end.told).map(|(_, f)| f.len()).sum();
        figures.insert("trips".into(), output.ends.len().into());
        figures.insert("too_short".into(), output.too_short.into());
        let outside = output.ends.iter().filter(|end| !end.is_known).count();
        figures.insert("outside_known_waters".into(), outside.into());
        figures.insert("predictions".into(), n.into());
        figures
    }

    /// `predict.csv`: a row a trip, method and time ahead; `predict.geojson`: paths and ellipses.
    fn export(output: &EndsOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let paths = ["predict.csv", "predict.geojson"].map(|name| folder.join(name));
        let fleet = output.chosen.fleet();
        let head = "trip_id,mmsi,name,time,method,minutes,lat,lon,half_axis_50_long_m,\
                    half_axis_50_short_m,half_axis_90_long_m,half_axis_90_short_m,\
                    ellipse_direction_deg,in_known_waters";
        let mut rows = Vec::new();
        let mut features = Vec::new();
        for end in &output.ends {
            let vessel = &fleet.vessels()[output.chosen.trips.trips.trips[end.trip].vessel];
            let time = iso_text(fleet.reports().t_ms[end.report]);
            for (method, told) in &end.told {
                job.go_on().map_err(|stopped| stopped.to_string())?;
                for told in told {
                    let axes = told.ellipses.map_or(",,,,".to_owned(), |[half, most]| {
                        let [a, b] = half.half_axes_m;
                        let [c, d] = most.half_axes_m;
                        let turned = (end.frame.course_deg() - half.turned_deg).rem_euclid(360.0);
                        format!("{a:.0},{b:.0},{c:.0},{d:.0},{turned:.0}")
                    });
                    rows.push(format!(
                        "{},{},{},{time},{},{},{:.6},{:.6},{axes},{}",
                        end.trip,
                        vessel.mmsi.0,
                        export::quoted(&vessel.about.name),
                        method.name(),
                        told.minutes,
                        told.position.lat_deg,
                        told.position.lon_deg,
                        end.is_known,
                    ));
                }
                let about = json!({"trip_id": end.trip, "mmsi": vessel.mmsi.0, "time": time});
                features.extend(self::features(end.frame, *method, told, &about));
            }
        }
        export::lines(&paths[0], head, rows).map_err(|error| error.to_string())?;
        let all = json!({"type": "FeatureCollection", "features": features});
        export::text(&paths[1], &all.to_string()).map_err(|error| error.to_string())?;
        Ok(paths.to_vec())
    }
}

/// Why no window of `trip` ends at report `last`.
pub(super) fn too_few(fleet: &Fleet, trip: &Trip, last: usize, params: &WindowParams) -> String {
    let minutes = (fleet.reports().t_ms[last] - fleet.reports().t_ms[trip.reports.start]) / 60_000;
    format!(
        "no window ends here: the trip has {} reports in {minutes} min so far; a window is {} \
         reports, {} s or more apart, without a silence over {} min",
        last + 1 - trip.reports.start,
        params.n_reports,
        params.step_s,
        params.gap_min,
    )
}

/// A predicted place, for JSON.
pub(super) fn forecast_figures(method: Method, told: &Forecast) -> Value {
    let axes = told.ellipses.map(|ellipses| ellipses.map(|ellipse| ellipse.half_axes_m));
    json!({
        "method": method.name(),
        "minutes": told.minutes,
        "lat": told.position.lat_deg,
        "lon": told.position.lon_deg,
        "half_axes_50_m": axes.map(|axes| axes[0]),
        "half_axes_90_m": axes.map(|axes| axes[1]),
    })
}

/// A place as `GeoJSON` has it, to a tenth of a meter.
pub(super) fn place(at: Position) -> Value {
    let rounded = |x: f64| (x * 1e6).round() / 1e6;
    json!([rounded(at.lon_deg), rounded(at.lat_deg)])
}

/// The line of a predicted path, and the ellipses about its places.
pub(super) fn features(
    frame: Frame,
    method: Method,
    told: &[Forecast],
    about: &Value,
) -> Vec<Value> {
    let feature = |part: &str, more: Value, kind: &str, coordinates: Value| {
        let mut properties = about.clone();
        properties["method"] = method.name().into();
        properties["part"] = part.into();
        if let (Some(all), Value::Object(more)) = (properties.as_object_mut(), more) {
            all.extend(more);
        }
        let geometry = json!({"type": kind, "coordinates": coordinates});
        json!({"type": "Feature", "properties": properties, "geometry": geometry})
    };
    let mut line = vec![place(frame.origin())];
    line.extend(told.iter().map(|told| place(told.position)));
    let minutes: Vec<f64> = told.iter().map(|told| told.minutes).collect();
    let mut features =
        vec![feature("path", json!({"minutes": minutes}), "LineString", line.into())];
    for told in told {
        for (share, ellipse) in [50, 90].iter().zip(told.ellipses.iter().flatten()) {
            let ring: Vec<Value> = ellipse
                .outline_m(36)
                .iter()
                .map(|[ahead, port]| {
                    place(frame.position([told.local_m[0] + ahead, told.local_m[1] + port]))
                })
                .collect();
            let more = json!({"minutes": told.minutes, "share_percent": share});
            features.push(feature("ellipse", more, "Polygon", json!([ring])));
        }
    }
    features
}
