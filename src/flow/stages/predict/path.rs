//! Where one ship will be, by every fitted method, and where it was.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{ModelsOf, ends};
use crate::ais::Trip;
use crate::base::geo::{Position, distance_m};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::time::utc_text;
use crate::base::units::nmi_from_m;
use crate::flow::predicting::PathParams;
use crate::flow::stage::{Pace, Stage};
use crate::flow::stages::ChosenOf;
use crate::io::export;
use crate::predict::dataset::Sample;
use crate::predict::frame::Frame;
use crate::predict::model::Forecast;
use crate::predict::params::Method;
use crate::predict::window::{Window, position_later};

/// The predicted path of one ship.
pub struct PathStage;

/// The path by one method.
#[derive(Clone, Debug, PartialEq)]
pub struct OnePath {
    /// The method.
    pub method: Method,
    /// A place for each time ahead, rising.
    pub forecasts: Vec<Forecast>,
    /// For each, how far the ship truly was from there, nautical miles, where that is known.
    pub errors_nmi: Vec<Option<f64>>,
}

/// Predicted paths from one report of a ship.
pub struct PathOf {
    /// The ship, in its fleet.
    pub vessel: usize,
    /// The trip among all.
    pub trip: usize,
    /// The report that the paths go on from.
    pub report: usize,
    /// Its time, UTC milliseconds.
    pub t_ms: i64,
    /// Its place and course.
    pub frame: Frame,
    /// Whether it is in waters that the models know.
    pub is_known: bool,
    /// A path a method.
    pub paths: Vec<OnePath>,
    /// Where the ship went after that, up to the farthest time ahead, within its trip.
    pub truth: Vec<Position>,
    /// The trips.
    pub chosen: Arc<ChosenOf>,
}

impl Stage for PathStage {
    const NAME: &'static str = "path/2";
    const TITLE: &'static str = "Predicted path";
    const NEEDS: &'static [&'static str] = &["filter", "predict-fit"];
    const PACE: Pace = Pace::Live;
    const KEPT: usize = 64;

    type Params = PathParams;
    type Input = (Arc<ModelsOf>, Arc<ChosenOf>);
    type Output = PathOf;

    fn run(
        params: &Checked<PathParams>,
        (models, chosen): &(Arc<ModelsOf>, Arc<ChosenOf>),
        _: &Job,
    ) -> Result<PathOf, Stopped> {
        let failed = |text: String| Err(Stopped::Failed(text));
        if params.mmsi == 0 {
            return failed("no ship is chosen: select one, or set path.mmsi".into());
        }
        let fleet = chosen.fleet();
        let goal_ms = params.t_ms().map_err(Stopped::Failed)?;
        let is_hers = |trip: &Trip| {
            let vessel = &fleet.vessels()[trip.vessel];
            vessel.mmsi.0 as usize == params.mmsi && usize::from(vessel.part) == params.part
        };
        let times = &fleet.reports().t_ms;
        let hers: Vec<(usize, &Trip)> = chosen.kept().filter(|(_, trip)| is_hers(trip)).collect();
        if hers.is_empty() {
            return failed(format!("{} has no trip that passes the filter", params.mmsi));
        }
        let found = match goal_ms {
            None => hers.last().map(|(id, trip)| (*id, *trip, trip.reports.end - 1)),
            Some(goal_ms) => hers.iter().find_map(|(id, trip)| {
                let (from, to) = trip.time_span_ms(fleet);
                let is_under_way = (from..=to).contains(&goal_ms);
                is_under_way.then(|| {
                    let reports = &times[trip.reports.clone()];
                    let after = reports.partition_point(|t_ms| *t_ms <= goal_ms);
                    (*id, *trip, trip.reports.start + after - 1)
                })
            }),
        };
        let Some((id, trip, last)) = found else {
            let when = utc_text(goal_ms.unwrap_or_default());
            let spans: Vec<(i64, i64)> =
                hers.iter().map(|(_, trip)| trip.time_span_ms(fleet)).collect();
            let nearest = nearest_spans(&spans, goal_ms.unwrap_or_default());
            return failed(format!("the ship is on no trip at {when} UTC; {nearest}"));
        };
        let vessel = &fleet.vessels()[trip.vessel];
        let mut paths = Vec::new();
        let mut farthest_min = 0.0_f64;
        let (mut frame, mut is_known) = (None, true);
        for model in &models.models {
            let window = Window::ending_at(fleet, trip.reports.start, last, &model.window);
            let Some(window) = window else {
                return failed(ends::too_few(fleet, trip, last, &model.window));
            };
            let sample = Sample::of(&window, vessel, &model.window);
            frame = Some(window.frame);
            is_known &= model.waters.knows(window.frame.origin());
            let forecasts = model.forecast(&sample);
            let errors_nmi = forecasts
                .iter()
                .map(|told| {
                    let (end, s) = (trip.reports.end, told.minutes * 60.0);
                    let truth = position_later(fleet, last, end, s, &model.window)?;
                    Some(nmi_from_m(distance_m(truth, told.position)))
                })
                .collect();
            farthest_min = forecasts.iter().map(|told| told.minutes).fold(farthest_min, f64::max);
            paths.push(OnePath { method: model.method, forecasts, errors_nmi });
        }
        let Some(frame) = frame else { return failed("there is no fitted model".into()) };
        let until_ms = times[last] + (farthest_min * 60_000.0) as i64;
        let truth = (last..trip.reports.end)
            .take_while(|i| times[*i] <= until_ms)
            .map(|i| fleet.reports().positions[i])
            .collect();
        Ok(PathOf {
            vessel: trip.vessel,
            trip: id,
            report: last,
            t_ms: times[last],
            frame,
            is_known,
            paths,
            truth,
            chosen: Arc::clone(chosen),
        })
    }

    fn figures(output: &PathOf) -> Map<String, Value> {
        let paths: Vec<Value> = output
            .paths
            .iter()
            .flat_map(|path| {
                path.forecasts.iter().zip(&path.errors_nmi).map(|(told, error_nmi)| {
                    let mut figures = ends::forecast_figures(path.method, told);
                    figures["error_nmi"] = json!(error_nmi);
                    figures
                })
            })
            .collect();
        let vessel = &output.chosen.fleet().vessels()[output.vessel];
        let mut figures = Map::new();
        figures.insert("mmsi".into(), vessel.mmsi.0.into());
        figures.insert("name".into(), vessel.about.name.clone().into());
        figures.insert("trip_id".into(), output.trip.into());
        figures.insert("time".into(), utc_text(output.t_ms).into());
        figures.insert("in_known_waters".into(), output.is_known.into());
        figures.insert("paths".into(), paths.into());
        figures
    }

    /// `path.geojson`: a line and its ellipses for each method, and the true path.
    fn export(output: &PathOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let file = folder.join("path.geojson");
        let mut features: Vec<Value> = Vec::new();
        for path in &output.paths {
            features.extend(ends::features(output.frame, path.method, &path.forecasts, &json!({})));
        }
        let truth: Vec<Value> = output.truth.iter().map(|at| ends::place(*at)).collect();
        features.push(json!({
            "type": "Feature",
            "properties": {"part": "truth"},
            "geometry": {"type": "LineString", "coordinates": truth},
        }));
        let all = json!({"type": "FeatureCollection", "features": features});
        export::text(&file, &all.to_string()).map_err(|error| error.to_string())?;
        Ok(vec![file])
    }
}

/// When the trips before and after a moment that lies on none were.
fn nearest_spans(spans: &[(i64, i64)], t_ms: i64) -> String {
    let before = spans.iter().filter(|(_, to)| *to < t_ms).max_by_key(|(_, to)| *to);
    let after = spans.iter().filter(|(from, _)| *from > t_ms).min_by_key(|(from, _)| *from);
    let name = |which: &str, span: Option<&(i64, i64)>| {
        span.map(|(from, to)| {
            format!("her {which} one is from {} to {}", utc_text(*from), utc_text(*to))
        })
    };
    let named: Vec<String> =
        [name("last", before), name("next", after)].into_iter().flatten().collect();
    named.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trips_about_a_moment_on_none_are_named() {
        let hour = 3_600_000;
        let spans = [(0, hour), (3 * hour, 4 * hour), (9 * hour, 10 * hour)];
        assert_eq!(
            nearest_spans(&spans, 5 * hour),
            "her last one is from 1970-01-01 03:00:00 to 1970-01-01 04:00:00, her next one is from \
             1970-01-01 09:00:00 to 1970-01-01 10:00:00"
        );
        assert!(nearest_spans(&spans, 11 * hour).starts_with("her last one is from 1970-01-01 09"));
    }
}
