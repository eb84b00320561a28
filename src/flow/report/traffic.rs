//! What a report says of the data, of trips, clusters and routes.

use std::collections::BTreeMap;

use super::known::{Known, chart};
use super::{Block, Cell, Sheet, Table};
use crate::ais::{Fleet, ShipKind, Trip};
use crate::base::chart::{Axis, COLORS, Chart, Mark, Series};
use crate::base::geo::Position;
use crate::base::text::{counted, grouped};
use crate::base::time::{duration_text, utc_text};
use crate::base::units::{nmi_from_m, s_from_ms};
use crate::flow::desk::Desk;
use crate::flow::session::Session;

const HOUR_MS: i64 = 3_600_000;

/// The gray of tracks that something else is drawn over.
pub const FAINT: u32 = 0x008e_9aa5;

/// So many bars of names fit side by side.
const MOST_BARS: usize = 40;

/// The color of a kind of ship: as on the map.
pub fn kind_color(kind: ShipKind) -> u32 {
    match ShipKind::ALL.iter().position(|other| *other == kind) {
        Some(place) if kind != ShipKind::Unknown => COLORS[place % COLORS.len()],
        _ => 0x007d_858c,
    }
}

/// What was looked at, a line each.
pub fn summary(desk: &Desk) -> Vec<String> {
    let mut lines = Vec::new();
    let Some(shown) = desk.ingest.shown() else { return lines };
    let reading = shown.value;
    let fleet = &reading.fleet;
    let files = counted(reading.files.len() as u64, "file");
    let reports = counted(fleet.reports().len() as u64, "report");
    lines
        .push(format!("{files}, {reports} of {}", counted(fleet.vessels().len() as u64, "vessel")));
    if let Some((from_ms, to_ms)) = fleet.time_span_ms() {
        let length = duration_text(to_ms - from_ms);
        lines.push(format!("{} to {} UTC ({length})", utc_text(from_ms), utc_text(to_ms)));
    }
    if let Some(area) = fleet.bounds() {
        lines.push(format!(
            "{:.3}° to {:.3}° N, {:.3}° to {:.3}° E",
            area.south_deg, area.north_deg, area.west_deg, area.east_deg
        ));
    }
    if let Some(shown) = desk.filter.shown() {
        let (kept, all) = (shown.value.chosen.kept.len(), shown.value.chosen.trips_in());
        let all = counted(all as u64, "trip");
        lines.push(if kept as u64 == shown.value.chosen.trips_in() as u64 {
            all
        } else {
            format!("{} of {all} pass the filter", grouped(kept as u64))
        });
    }
    lines
}

/// Files, and when reports came.
pub fn data(desk: &Desk) -> Option<Known> {
    let reading = desk.ingest.shown()?.value;
    let mut blocks = Vec::new();
    let rows = reading.files.iter().map(|file| {
        vec![
            Cell::text(file.path.display().to_string()),
            Cell::text(&file.form),
            Cell::Count(file.bytes),
            Cell::Count(file.rows_read),
            Cell::Count(file.rows_kept),
            Cell::Count(file.refused.total()),
            Cell::Count(file.vessels),
            Cell::text(file.fault.clone().unwrap_or_default()),
        ]
    });
    let columns =
        ["File", "Form", "Bytes", "Rows read", "Rows kept", "Rows refused", "Vessels", "Fault"];
    blocks.push(Block::Table(Table::new("files", "Files", &columns, rows.collect()).whole()));
    let rows: Vec<Vec<Cell>> = reading
        .refused()
        .iter()
        .map(|(reason, counted)| vec![Cell::text(reason.name()), Cell::Count(counted.n)])
        .collect();
    if !rows.is_empty() {
        let table = Table::new("refused", "Rows refused, by reason", &["Reason", "Rows"], rows);
        blocks.push(Block::Table(table.whole()));
    }
    let fleet = &reading.fleet;
    blocks.extend(chart("reports.by-time", by_time(fleet)));
    let mut kinds = [0_u32; ShipKind::ALL.len()];
    for vessel in fleet.vessels() {
        let place = ShipKind::ALL.iter().position(|kind| *kind == vessel.kind());
        kinds[place.unwrap_or_default()] += 1;
    }
    blocks.extend(chart("vessels.by-kind", by_kind("Vessels by kind", "Vessels", &kinds)));
    Some(Known::instead(blocks))
}

/// How many reports came in each hour, or each of longer even periods.
fn by_time(fleet: &Fleet) -> Chart {
    let (x, y) = (Axis::time("Time, UTC"), Axis::from_zero("Reports"));
    let Some((first_ms, last_ms)) = fleet.time_span_ms() else {
        return Chart { title: String::new(), x, y, series: Vec::new() };
    };
    let hours = (last_ms - first_ms) / HOUR_MS + 1;
    let (step_ms, what) = match hours {
        ..=2 => (HOUR_MS / 12, "five minutes"),
        3..=336 => (HOUR_MS, "hour"),
        _ => (24 * HOUR_MS * (hours / 24 / 400 + 1), "day"),
    };
    let what = if step_ms > 24 * HOUR_MS { "period" } else { what };
    let first = first_ms.div_euclid(step_ms);
    let mut counts = vec![0_u64; (last_ms.div_euclid(step_ms) - first + 1) as usize];
    for t_ms in &fleet.reports().t_ms {
        counts[(t_ms.div_euclid(step_ms) - first) as usize] += 1;
    }
    let at = |n: usize| ((first + n as i64) * step_ms) as f64 + 0.5 * step_ms as f64;
    let points = counts.iter().enumerate().map(|(n, count)| [at(n), *count as f64]);
    let series = Series::new("", 0, Mark::Bars(step_ms as f64), points);
    Chart::of(format!("Reports in each {what}"), x, y, series)
}

/// A bar for each kind that there is.
pub fn by_kind(title: &str, things: &str, counts: &[u32]) -> Chart {
    let bars = ShipKind::ALL.iter().zip(counts).filter(|(_, n)| **n > 0);
    Chart::bars(title, "Kind of ship", things, bars.map(|(kind, n)| (kind.name(), f64::from(*n))))
}

/// A bar for each hour of the day.
pub fn by_hour(title: &str, things: &str, times_ms: impl Iterator<Item = i64>) -> Chart {
    let mut hours = [0_u32; 24];
    for t_ms in times_ms {
        hours[t_ms.div_euclid(HOUR_MS).rem_euclid(24) as usize] += 1;
    }
    let points = hours.iter().enumerate().map(|(hour, n)| [hour as f64 + 0.5, f64::from(*n)]);
    let mut x = Axis::linear("Hour of the day, UTC");
    x.includes = vec![0.0, 24.0];
    let series = Series::new("", 0, Mark::Bars(1.0), points);
    Chart::of(title, x, Axis::from_zero(things), series)
}

/// The distributions of lengths, durations and mean speeds of `trips`.
pub fn distributions<'a>(
    fleet: &Fleet,
    trips: impl Iterator<Item = &'a Trip> + Clone,
) -> [Chart; 3] {
    let hours = |trip: &Trip| {
        let (from_ms, to_ms) = trip.time_span_ms(fleet);
        s_from_ms(to_ms - from_ms) / 3600.0
    };
    [
        Chart::histogram(
            "Lengths of trips",
            "Length, nmi",
            "Trips",
            trips.clone().map(|trip| nmi_from_m(trip.length_m)),
        ),
        Chart::histogram("Durations of trips", "Duration, h", "Trips", trips.clone().map(hours)),
        Chart::histogram(
            "Mean speeds of trips",
            "Mean speed, kn",
            "Trips",
            trips.map(|trip| trip.mean_kn(fleet)),
        ),
    ]
}

/// The trips that pass the filter: map, distributions, ships.
pub fn chosen(desk: &Desk) -> Option<Known> {
    let chosen = desk.filter.shown()?.value;
    let fleet = chosen.fleet();
    let mut blocks = Vec::new();
    if let Some(mut sheet) = sheet_of(desk) {
        let tracks = chosen.kept().map(|(_, trip)| {
            let kind = fleet.vessels()[trip.vessel].kind();
            (trip.track(fleet).positions, kind_color(kind))
        });
        let tracks: Vec<_> = tracks.collect();
        sheet.tracks(tracks.into_iter(), 0.8, 0.55);
        let is_there = |kind: &&ShipKind| {
            chosen.kept().any(|(_, trip)| fleet.vessels()[trip.vessel].kind() == **kind)
        };
        for kind in ShipKind::ALL.iter().filter(is_there) {
            sheet.legend(kind_color(*kind), kind.name());
        }
        let caption = format!("{} by kind of ship", counted(chosen.kept().len() as u64, "trip"));
        blocks.push(Block::Drawing("traffic".into(), caption, sheet.finish()));
    }
    let charts =
        distributions(fleet, chosen.kept().map(|(_, trip)| trip).collect::<Vec<_>>().into_iter());
    let names = ["trips.lengths", "trips.durations", "trips.speeds"];
    blocks.extend(names.into_iter().zip(charts).filter_map(|(name, of)| chart(name, of)));
    let begins = chosen.kept().map(|(_, trip)| trip.time_span_ms(fleet).0);
    blocks.extend(chart(
        "trips.by-hour",
        by_hour("Trips by the hour that they begin", "Trips", begins),
    ));
    blocks.push(Block::Table(busiest(fleet, chosen.kept().map(|(_, trip)| trip))));
    Some(Known::beside(blocks))
}

/// The vessels with the most miles.
fn busiest<'a>(fleet: &Fleet, trips: impl Iterator<Item = &'a Trip>) -> Table {
    let mut by_vessel: BTreeMap<usize, (u64, f64, i64)> = BTreeMap::new();
    for trip in trips {
        let (from_ms, to_ms) = trip.time_span_ms(fleet);
        let of = by_vessel.entry(trip.vessel).or_default();
        *of = (of.0 + 1, of.1 + trip.length_m, of.2 + to_ms - from_ms);
    }
    let mut vessels: Vec<_> = by_vessel.into_iter().collect();
    vessels.sort_by(|(_, a), (_, b)| b.1.total_cmp(&a.1));
    let rows = vessels.into_iter().map(|(vessel, (n, length_m, ms))| {
        let vessel = &fleet.vessels()[vessel];
        vec![
            Cell::Text(vessel.mmsi.0.to_string()),
            Cell::text(&vessel.about.name),
            Cell::text(vessel.kind().name()),
            vessel.about.length_m.map_or(Cell::Nothing, |m| Cell::number(m.into(), 0)),
            Cell::Count(n),
            Cell::number(nmi_from_m(length_m), 1),
            Cell::number(s_from_ms(ms) / 3600.0, 1),
        ]
    });
    let columns = ["MMSI", "Name", "Kind", "Length, m", "Trips", "Sailed, nmi", "Under way, h"];
    Table::new("vessels", "Vessels by the way that they sailed", &columns, rows.collect())
}

/// A map of all trips that pass the filter, with nothing on it yet.
pub fn sheet_of(desk: &Desk) -> Option<Sheet> {
    let chosen = desk.filter.shown()?.value;
    let fleet = chosen.fleet();
    let trips: Vec<&Trip> = chosen.kept().map(|(_, trip)| trip).collect();
    Sheet::around(trips.iter().flat_map(|trip| trip.track(fleet).positions.iter().copied()))
}

/// The same with the trips faintly drawn.
pub fn faint_sheet(desk: &Desk) -> Option<Sheet> {
    let chosen = desk.filter.shown()?.value;
    let fleet = chosen.fleet();
    let mut sheet = sheet_of(desk)?;
    let tracks: Vec<_> =
        chosen.kept().map(|(_, trip)| (trip.track(fleet).positions, FAINT)).collect();
    sheet.tracks(tracks.into_iter(), 0.5, 0.35);
    Some(sheet)
}

/// How many trips each cluster has.
pub fn clusters(desk: &Desk, session: &Session) -> Option<Known> {
    let clusters = desk.clusters.shown()?.value;
    let names = cluster_names(desk, session);
    let sizes = clusters.labels().sizes();
    let bars: Vec<(&str, f64)> = names
        .iter()
        .map(String::as_str)
        .zip(sizes.iter().map(|n| f64::from(*n)))
        .take(MOST_BARS)
        .collect();
    let title = if sizes.len() > MOST_BARS {
        "Trips in the first clusters"
    } else {
        "Trips in each cluster"
    };
    let of = Chart::bars(title, "Cluster", "Trips", bars);
    Some(Known::beside(chart("clusters.sizes", of).into_iter().collect()))
}

/// What clusters are called: by the user, or counted from one.
fn cluster_names(desk: &Desk, session: &Session) -> Vec<String> {
    let Some(shown) = desk.clusters.shown() else { return Vec::new() };
    let named = shown.value.names(&session.clusters.edits).into_iter().enumerate();
    named.map(|(n, name)| name.unwrap_or_else(|| format!("Route {}", n + 1))).collect()
}

/// The map of routes, and a table of them.
pub fn routes(desk: &Desk, session: &Session) -> Option<Known> {
    let of = desk.routes.shown()?.value;
    let names = cluster_names(desk, session);
    let name =
        |id: u32| names.get(id as usize).cloned().unwrap_or_else(|| format!("Route {}", id + 1));
    let mut blocks = Vec::new();
    if let Some(mut sheet) = faint_sheet(desk) {
        for route in &of.routes.routes {
            let color = COLORS[route.id as usize % COLORS.len()];
            sheet.fill(ribbon(route), color, 0.3);
            let center: Vec<Position> = route.center.iter().map(|point| point.position).collect();
            sheet.line(&center, 2.0, color);
            if let Some(middle) = center.get(center.len() / 2) {
                sheet.word(*middle, &name(route.id));
            }
        }
        let n = counted(of.routes.routes.len() as u64, "route");
        let caption = format!("{n}: center lines, and ribbons as wide as traffic is");
        blocks.push(Block::Drawing("routes".into(), caption, sheet.finish()));
    }
    let rows = of.routes.routes.iter().map(|route| {
        vec![
            Cell::Text(name(route.id)),
            Cell::Count(route.members.len() as u64),
            Cell::Count(route.vessels as u64),
            Cell::number(route.length_nmi, 1),
            Cell::number(route.median_width_m, 0),
            Cell::number(route.direction_deg, 0),
            Cell::number(100.0 * route.opposite_share, 1),
            route.sog_kn.map_or(Cell::Nothing, |spread| Cell::number(spread.median, 1)),
            Cell::number(route.duration_s.median / 3600.0, 2),
        ]
    });
    let columns = [
        "Route",
        "Trips",
        "Vessels",
        "Length, nmi",
        "Median width, m",
        "Direction, °",
        "Opposite, %",
        "Median speed, kn",
        "Median duration, h",
    ];
    blocks.push(Block::Table(Table::new("routes.table", "Routes", &columns, rows.collect())));
    Some(Known::instead(blocks))
}

/// A route's width, piece by piece along its center line.
fn ribbon(route: &crate::cluster::route::Route) -> Vec<[Position; 4]> {
    let edge = |point: &crate::cluster::route::CenterPoint, aside: f64, m: f64| {
        crate::base::geo::destination(point.position, point.direction_deg + aside, m)
    };
    let pieces =
        route.center.windows(2).filter(|two| two.iter().all(|p| p.left_m + p.right_m > 0.0));
    let quad = |two: &[crate::cluster::route::CenterPoint]| {
        let [a, b] = [&two[0], &two[1]];
        [
            edge(a, -90.0, a.left_m),
            edge(a, 90.0, a.right_m),
            edge(b, 90.0, b.right_m),
            edge(b, -90.0, b.left_m),
        ]
    };
    pieces.map(quad).collect()
}
