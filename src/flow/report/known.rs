//! What a report says of the stages that it knows, beyond their figures.

use serde_json::{Map, Value};

use super::Block;
use super::{traffic, watch};
use crate::base::chart::{Axis, Chart, Mark, Series};
use crate::compress::Retention;
use crate::flow::desk::Desk;
use crate::flow::session::Session;

/// What there is to say of a stage.
#[derive(Default)]
pub struct Known {
    /// Charts, maps and tables.
    pub blocks: Vec<Block>,
    /// Whether its tables stand for the lists among the figures.
    pub replaces_lists: bool,
}

impl Known {
    /// Blocks beside the lists among the figures.
    pub fn beside(blocks: Vec<Block>) -> Known {
        Known { blocks, replaces_lists: false }
    }

    /// Blocks in place of the lists among the figures.
    pub fn instead(blocks: Vec<Block>) -> Known {
        Known { blocks, replaces_lists: true }
    }
}

/// A chart under this name, if it shows anything.
pub fn chart(name: &str, chart: Chart) -> Option<Block> {
    (!chart.is_empty()).then(|| Block::Chart(name.to_owned(), Box::new(chart)))
}

/// What there is to say of stage `name`, whose figures these are.
pub fn blocks(name: &str, figures: &Map<String, Value>, desk: &Desk, session: &Session) -> Known {
    let known = match name {
        "ingest" => traffic::data(desk),
        "filter" => traffic::chosen(desk),
        "clusters" => traffic::clusters(desk, session),
        "routes" => traffic::routes(desk, session),
        "retention" => Some(Known::instead(retention(desk).into_iter().collect())),
        "predict-scores" => Some(Known::beside(errors(figures).into_iter().collect())),
        "gates" => watch::gates(desk),
        "density" => watch::density(desk),
        "encounters" => watch::encounters(desk),
        "areas" => watch::areas(desk),
        "oddities" => watch::oddities(desk),
        _ => None,
    };
    known.unwrap_or_default()
}

/// The share of reports that is kept at every tolerance.
pub fn retention(desk: &Desk) -> Option<Block> {
    chart("retention", retention_chart(&desk.retention.shown()?.value.retention))
}

/// The retention curve as a plot.
pub fn retention_chart(of: &Retention) -> Chart {
    let points = of.tolerance_m.iter().enumerate();
    let points = points.map(|(step, tolerance_m)| [*tolerance_m, 100.0 * of.share(step)]);
    let series = Series::new("", 0, Mark::Line, points);
    let (x, y) = (Axis::log10("Tolerance, m"), Axis::from_zero("Kept, %"));
    Chart::of("Reports kept at every tolerance", x, y, series)
}

/// The mean error of each method by the time ahead, from the rows of the figures.
fn errors(figures: &Map<String, Value>) -> Option<Block> {
    let rows = figures.get("rows")?.as_array()?;
    let mut series: Vec<Series> = Vec::new();
    for row in rows {
        let (Some(method), Some(ahead_min), Some(mean_nmi)) =
            (row["method"].as_str(), row["horizon_min"].as_f64(), row["mean_nmi"].as_f64())
        else {
            continue;
        };
        let place = series.iter().position(|of| of.name == method).unwrap_or_else(|| {
            series.push(Series::new(method, series.len(), Mark::Line, []));
            series.len() - 1
        });
        series[place].points.push([ahead_min, mean_nmi]);
    }
    let (x, y) = (Axis::from_zero("Time ahead, min"), Axis::from_zero("Mean error, nmi"));
    let title = "Error by time ahead".to_owned();
    chart("predict-scores.errors", Chart { title, x, y, series })
}
