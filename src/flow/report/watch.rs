//! What a report says of gates, density, encounters, areas and oddities.

use std::collections::BTreeMap;

use super::known::{Known, chart};
use super::traffic::{by_hour, by_kind, faint_sheet, sheet_of};
use super::{Block, Cell, Table};
use crate::ais::Vessel;
use crate::base::chart::{Axis, COLORS, Chart, Mark, Series};
use crate::base::geo::Position;
use crate::base::text::{counted, grouped};
use crate::base::units::nmi_from_m;
use crate::flow::desk::Desk;
use crate::flow::stages::GateOf;
use crate::watch::{Cell as Square, Density, Encounter, Gate, Meeting, OddityKind};

/// Shades of density from little to much: yellow to violet, evenly darker.
const SHADES: [u32; 7] =
    [0x00fc_e0a0, 0x00fb_b45c, 0x00f0_8150, 0x00d9_4f63, 0x00ac_2f79, 0x0075_1c79, 0x003b_0f60];

/// The directions across a gate, seen from its first point.
const SIDES: [&str; 2] = ["to the right", "to the left"];

/// Crossings along each gate, and a table of gates.
pub fn gates(desk: &Desk) -> Option<Known> {
    let of = desk.gates.shown()?.value;
    let mut blocks = Vec::new();
    if let Some(mut sheet) = faint_sheet(desk) {
        for (n, gate) in of.gates.iter().enumerate() {
            sheet.line(&gate.line.points, 2.5, COLORS[n % COLORS.len()]);
            if let Some(at) = gate.line.points.last() {
                sheet.word(*at, &gate.line.name);
            }
        }
        let caption = counted(of.gates.len() as u64, "gate");
        blocks.push(Block::Drawing("gates".into(), caption, sheet.finish()));
    }
    let mut rows = Vec::new();
    for GateOf { line, gate } in &of.gates {
        match gate {
            Err(fault) => {
                let mut row = vec![Cell::text(&line.name), Cell::text(fault)];
                row.resize(9, Cell::Nothing);
                rows.push(row);
            }
            Ok(gate) => rows.extend(gate.flows.iter().zip(SIDES).map(|(flow, side)| {
                let lateral = flow.lateral.as_ref();
                vec![
                    Cell::text(&line.name),
                    Cell::text(side),
                    Cell::Count(flow.crossings as u64),
                    flow.cog_deg.map_or(Cell::Nothing, |deg| Cell::number(deg.round() % 360.0, 0)),
                    flow.sog_kn.map_or(Cell::Nothing, |kn| Cell::number(kn.median, 1)),
                    lateral.map_or(Cell::Nothing, |of| Cell::number(of.mean_m, 0)),
                    lateral.map_or(Cell::Nothing, |of| Cell::number(of.sd_m, 0)),
                    lateral.map_or(Cell::Nothing, |of| Cell::number(100.0 * of.normal_share, 1)),
                    Cell::number(nmi_from_m(gate.length_m), 2),
                ]
            })),
        }
    }
    let columns = [
        "Gate",
        "Direction",
        "Crossings",
        "Mean course, °",
        "Median speed, kn",
        "Normal mean, m from the middle",
        "Normal deviation, m",
        "Normal share, %",
        "Gate's length, nmi",
    ];
    blocks.push(Block::Table(
        Table::new("gates.flows", "Crossings by direction", &columns, rows).whole(),
    ));
    for (n, of) in of.gates.iter().enumerate() {
        let Ok(gate) = &of.gate else { continue };
        let name = |what: &str| format!("gates.{}.{what}", n + 1);
        blocks.extend(chart(&name("lateral"), lateral(&of.line.name, gate, SIDES)));
        let times = gate.crossings.iter().map(|crossing| crossing.t_ms);
        let title = format!("{}: crossings by hour", of.line.name);
        blocks.extend(chart(&name("hours"), by_hour(&title, "Crossings", times)));
        let kinds: Vec<u32> =
            gate.flows[0].by_kind.iter().zip(gate.flows[1].by_kind).map(|(a, b)| a + b).collect();
        let title = format!("{}: crossings by kind of ship", of.line.name);
        blocks.extend(chart(&name("kinds"), by_kind(&title, "Crossings", &kinds)));
    }
    Some(Known::instead(blocks))
}

/// How crossings lie along a gate: to the right upward, to the left downward, or what these `sides`
/// are called, with the fitted mixtures of a normal and a uniform distribution.
pub fn lateral(name: &str, gate: &Gate, sides: [&str; 2]) -> Chart {
    let half_m = 0.5 * gate.length_m;
    let middle_m = |n: usize| (n as f64 + 0.5) * gate.bin_m - half_m;
    let mut series = Vec::new();
    for (n, (flow, side)) in gate.flows.iter().zip(sides).enumerate() {
        let sign = if n == 0 { 1.0 } else { -1.0 };
        let bars =
            flow.bins.iter().enumerate().map(|(n, count)| [middle_m(n), sign * f64::from(*count)]);
        series.push(Series::new(side, n, Mark::Bars(gate.bin_m), bars));
        let Some(fit) = &flow.lateral else { continue };
        let density = |at_m: f64| {
            let z = (at_m - fit.mean_m) / fit.sd_m;
            let normal = (-0.5 * z * z).exp() / (fit.sd_m * std::f64::consts::TAU.sqrt());
            let width_m = fit.high_m - fit.low_m;
            let uniform =
                if (fit.low_m..=fit.high_m).contains(&at_m) { 1.0 / width_m } else { 0.0 };
            fit.normal_share * normal + (1.0 - fit.normal_share) * uniform
        };
        let line = (0..=200).map(|step| {
            let at_m = -half_m + f64::from(step) / 200.0 * gate.length_m;
            [at_m, sign * density(at_m) * gate.bin_m * flow.crossings as f64]
        });
        series.push(Series::new(format!("fitted, {side}"), 4 + n, Mark::Line, line));
    }
    Chart {
        title: format!("{name}: where ships cross"),
        x: Axis::linear("Along the gate, m from its middle"),
        y: Axis::from_zero("Crossings"),
        series,
    }
}

/// The most shapes that a picture of density is made of: a page of ten megabytes is none to send.
const MOST_SHAPES: usize = 12_000;

/// Ship-hours per square kilometer and the corners of what is drawn: cells or, where those are too
/// many, squares of so many by so many cells.
fn merged(density: &Density) -> (u32, Vec<(f64, [Position; 4])>) {
    let grid = density.grid();
    let mut by = 1;
    let hours = loop {
        let mut hours: BTreeMap<(u32, u32), f64> = BTreeMap::new();
        for cell in density.cells().filter(|cell| density.ship_hours(*cell) > 0.0) {
            *hours.entry((cell.row / by, cell.column / by)).or_default() +=
                density.ship_hours(cell);
        }
        if hours.len() <= MOST_SHAPES {
            break hours;
        }
        by *= 2;
    };
    let shape = |((row, column), hours): ((u32, u32), f64)| {
        let last = |first: u32, n: u32| (first + by - 1).min(n - 1);
        let low = Square { row: row * by, column: column * by };
        let high =
            Square { row: last(low.row, grid.rows()), column: last(low.column, grid.columns()) };
        let n = f64::from(high.row - low.row + 1) * f64::from(high.column - low.column + 1);
        let (west, east) = (grid.lon_deg(low).0, grid.lon_deg(high).1);
        let (south, north) = (grid.lat_deg(low).0, grid.lat_deg(high).1);
        let corners = [(west, south), (east, south), (east, north), (west, north)];
        let corners = corners.map(|(lon, lat)| Position::new(lon, lat));
        (hours / (n * grid.area_km2(low)), corners)
    };
    (by, hours.into_iter().map(shape).collect())
}

/// The map of ship-hours.
pub fn density(desk: &Desk) -> Option<Known> {
    let of = desk.density.shown()?.value;
    let (density, grid) = (&of.density, of.density.grid());
    let (by, drawn) = merged(density);
    let (least, most) = drawn
        .iter()
        .fold((f64::INFINITY, 0.0_f64), |(a, b), (value, _)| (a.min(*value), b.max(*value)));
    let mut blocks = Vec::new();
    if let Some(mut sheet) = sheet_of(desk).filter(|_| most > 0.0) {
        // Even steps of the logarithm, over three powers of ten at the most.
        let low = least.max(most / 1000.0).log10();
        let high = most.log10();
        let step = ((high - low) / SHADES.len() as f64).max(1e-6);
        let mut shaded: BTreeMap<usize, Vec<[Position; 4]>> = BTreeMap::new();
        for (value, quad) in drawn {
            let shade = ((value.log10() - low) / step).max(0.0) as usize;
            shaded.entry(shade.min(SHADES.len() - 1)).or_default().push(quad);
        }
        for (shade, quads) in shaded {
            sheet.fill(quads, SHADES[shade], 0.9);
        }
        for (n, color) in SHADES.iter().enumerate() {
            let from = 10_f64.powf(low + n as f64 * step);
            sheet.legend(*color, format!("from {}", two_digits(from)));
        }
        let mut caption =
            "Ship-hours per square kilometer, each cell in the shade of its class".to_owned();
        if by > 1 {
            caption += &format!("; {by} by {by} cells are drawn as one");
        }
        blocks.push(Block::Drawing("density".into(), caption, sheet.finish()));
    }
    let mut cells: Vec<_> = density.cells().collect();
    cells.sort_by(|a, b| density.hours_km2(*b).total_cmp(&density.hours_km2(*a)));
    let rows = cells.into_iter().map(|cell| {
        let middle = grid.center(cell);
        vec![
            Cell::number(middle.lat_deg, 4),
            Cell::number(middle.lon_deg, 4),
            Cell::number(density.hours_km2(cell), 3),
            Cell::number(density.ship_hours(cell), 3),
            Cell::Count(density.transits(cell).into()),
        ]
    });
    let columns = ["Latitude, °", "Longitude, °", "Ship-hours per km²", "Ship-hours", "Transits"];
    let mut table = Table::new("density.cells", "Densest cells", &columns, rows.collect());
    table.shown = 10;
    blocks.push(Block::Table(table));
    Some(Known::beside(blocks))
}

/// A number with two significant digits, or its whole part where that has more: `0.0031`, `0.42`,
/// `7.0`, `120`.
fn two_digits(value: f64) -> String {
    let decimals = if value > 0.0 { 1.0 - value.log10().floor() } else { 0.0 };
    format!("{value:.0$}", decimals.clamp(0.0, 9.0) as usize)
}

/// Name, kind and number of a ship, in a cell.
fn ship(vessel: &Vessel) -> Cell {
    let name = if vessel.about.name.is_empty() {
        vessel.mmsi.0.to_string()
    } else {
        vessel.about.name.clone()
    };
    Cell::Text(format!("{name} ({})", vessel.kind().name()))
}

/// The gravest encounters, and how close ships came.
pub fn encounters(desk: &Desk) -> Option<Known> {
    let of = desk.encounters.shown()?.value;
    let list = &of.encounters.list;
    let mut blocks = Vec::new();
    let color = |meeting: Meeting| match meeting {
        Meeting::HeadOn => COLORS[9],
        Meeting::Crossing => COLORS[1],
        Meeting::Overtaking => COLORS[0],
    };
    if let Some(mut sheet) = faint_sheet(desk) {
        for encounter in list.iter().rev() {
            let radius = 1.5 + 3.5 * encounter.severity.clamp(0.0, 1.0);
            sheet.dot(encounter.place, radius, color(encounter.meeting));
        }
        for meeting in [Meeting::HeadOn, Meeting::Crossing, Meeting::Overtaking] {
            sheet.legend(color(meeting), meeting.name());
        }
        let n = counted(list.len() as u64, "encounter");
        let caption = format!("{n}, each where both were closest; the larger the graver");
        blocks.push(Block::Drawing("encounters".into(), caption, sheet.finish()));
    }
    let nmi = |encounter: &Encounter| nmi_from_m(encounter.cpa_m);
    let distances = Chart::histogram(
        "How close ships came",
        "Closest approach, nmi",
        "Encounters",
        list.iter().map(nmi),
    );
    blocks.extend(chart("encounters.cpa", distances));
    let times = list.iter().map(|encounter| encounter.cpa_ms);
    blocks.extend(chart("encounters.hours", by_hour("Encounters by hour", "Encounters", times)));
    let vessels = of.of.fleet().vessels();
    let rows = list.iter().map(|encounter| {
        let [a, b] = encounter.ships.map(|of| &vessels[of]);
        vec![
            Cell::number(encounter.severity, 3),
            Cell::Time(encounter.cpa_ms),
            Cell::text(encounter.meeting.name()),
            ship(a),
            ship(b),
            Cell::number(nmi(encounter), 3),
            Cell::number(encounter.relative_kn, 1),
            Cell::number(encounter.domain, 2),
            Cell::number(encounter.place.lat_deg, 5),
            Cell::number(encounter.place.lon_deg, 5),
        ]
    });
    let columns = [
        "Severity",
        "Closest at, UTC",
        "Kind",
        "First ship",
        "Second ship",
        "Closest, nmi",
        "Relative speed, kn",
        "Domain",
        "Latitude, °",
        "Longitude, °",
    ];
    let caption = "The gravest encounters; a domain below 1 was entered";
    blocks.push(Block::Table(Table::new("encounters.list", caption, &columns, rows.collect())));
    Some(Known::beside(blocks))
}

/// What happened in areas.
pub fn areas(desk: &Desk) -> Option<Known> {
    let of = desk.areas.shown()?.value;
    let mut blocks = Vec::new();
    if let Some(mut sheet) = faint_sheet(desk) {
        for (n, area) in of.areas.iter().enumerate() {
            let color = COLORS[n % COLORS.len()];
            let mut ring = area.corners.clone();
            ring.extend(area.corners.first().copied());
            sheet.line(&ring, 2.0, color);
            if let Some(at) = area.corners.first() {
                sheet.word(*at, &area.name);
            }
            for event in of.events.iter().filter(|event| event.area == n) {
                sheet.dot(event.place, 2.5, color);
            }
        }
        let caption = format!(
            "{} with {}",
            counted(of.areas.len() as u64, "area"),
            counted(of.events.len() as u64, "event")
        );
        blocks.push(Block::Drawing("areas".into(), caption, sheet.finish()));
    }
    let vessels = of.of.fleet().vessels();
    let rows = of.events.iter().map(|event| {
        vec![
            Cell::Time(event.from_ms),
            Cell::text(&of.areas[event.area].name),
            Cell::text(event.kind.name()),
            ship(&vessels[event.ship]),
            Cell::Time(event.to_ms),
            Cell::number(event.top_kn, 1),
            Cell::number(event.place.lat_deg, 5),
            Cell::number(event.place.lon_deg, 5),
        ]
    });
    let columns = [
        "From, UTC",
        "Area",
        "Event",
        "Ship",
        "To, UTC",
        "Greatest speed, kn",
        "Latitude, °",
        "Longitude, °",
    ];
    blocks.push(Block::Table(Table::new(
        "areas.events",
        "Events by time",
        &columns,
        rows.collect(),
    )));
    Some(Known::beside(blocks))
}

/// What is odd, and why.
pub fn oddities(desk: &Desk) -> Option<Known> {
    let of = desk.oddities.shown()?.value;
    let mut blocks = Vec::new();
    let color = |kind: OddityKind| {
        let place = OddityKind::ALL.iter().position(|other| *other == kind);
        COLORS[place.unwrap_or_default() % COLORS.len()]
    };
    let counts = of.by_kind();
    if let Some(mut sheet) = faint_sheet(desk) {
        for odd in of.list.iter().rev().filter(|odd| odd.place.is_valid()) {
            sheet.dot(odd.place, 1.5 + 3.0 * odd.score.clamp(0.0, 1.0), color(odd.kind));
        }
        for (kind, _) in OddityKind::ALL.iter().zip(counts).filter(|(_, n)| *n > 0) {
            sheet.legend(color(*kind), kind.name());
        }
        let n = grouped(of.list.len() as u64);
        let caption = format!("Oddities: {n}; the larger the dot, the odder");
        blocks.push(Block::Drawing("oddities".into(), caption, sheet.finish()));
    }
    let bars = OddityKind::ALL.iter().zip(counts).map(|(kind, n)| (kind.name(), n as f64));
    blocks
        .extend(chart("oddities.kinds", Chart::bars("Oddities by kind", "Kind", "Oddities", bars)));
    let vessels = of.fleet().vessels();
    let rows = of.list.iter().map(|odd| {
        let vessel = odd.ship.and_then(|of| vessels.get(of));
        let name = vessel.map_or(Cell::Nothing, |of| Cell::text(&of.about.name));
        vec![
            Cell::number(odd.score, 3),
            Cell::text(odd.kind.name()),
            Cell::text(&odd.why),
            Cell::Text(odd.mmsi.0.to_string()),
            name,
            Cell::Time(odd.from_ms),
            Cell::number(odd.place.lat_deg, 5),
            Cell::number(odd.place.lon_deg, 5),
        ]
    });
    let columns =
        ["Score", "Kind", "Why", "MMSI", "Name", "From, UTC", "Latitude, °", "Longitude, °"];
    blocks.push(Block::Table(Table::new(
        "oddities.list",
        "The oddest first",
        &columns,
        rows.collect(),
    )));
    Some(Known::beside(blocks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_densities_keep_their_digits() {
        for (value, text) in
            [(0.003_14, "0.0031"), (0.42, "0.42"), (7.0, "7.0"), (24.08, "24"), (120.4, "120")]
        {
            assert_eq!(two_digits(value), text);
        }
    }
}
