//! What is looked at of gates, areas and density: which gate, which crossing, which cell. The window's
//! own; the gates and areas themselves are in the session.

use egui::Color32;

use crate::base::geo::{Position, bearing_deg, destination, distance_m};
use crate::base::text::counted;
use crate::cluster::route::Route;
use crate::flow::Key;
use crate::flow::stages::DensityOf;
use crate::ui::map::palette::category;
use crate::ui::plot::axis::short;
use crate::watch::gates::Side;
use crate::watch::{Cell, Density};

/// What is looked at.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WaterView {
    /// The gate whose crossings are shown, by its place in the list.
    pub gate: usize,
    /// The crossing that was gone to, by its gate and its place among that one's.
    pub crossing: Option<(usize, usize)>,
    /// Only crossings in this direction are listed.
    pub side: Option<Side>,
    /// The area whose rules are shown, by its place in the list.
    pub area: usize,
    /// Only events of this area are listed.
    pub only_area: bool,
    /// The event that was gone to.
    pub event: Option<usize>,
    /// The cell that the pointer is on, on the map, and of which result.
    pub hovered_cell: Option<(Key, Cell)>,
    /// The cell that was gone to, and of which result.
    pub cell: Option<(Key, Cell)>,
}

impl WaterView {
    /// Looks at a gate.
    pub fn look_at_gate(&mut self, gate: usize) {
        if self.gate != gate {
            (self.gate, self.crossing, self.side) = (gate, None, None);
        }
    }

    /// The cell that was gone to, if it is of this result.
    pub fn cell_of(&self, key: Key) -> Option<Cell> {
        self.cell.filter(|(of, _)| *of == key).map(|(_, cell)| cell)
    }
}

/// A direction across a gate: what it is called, and its color.
pub struct Direction {
    /// Such as `northbound`.
    pub name: String,
    /// On the map, in plots and tables.
    pub color: Color32,
}

/// The directions across a gate with these ends, in the order of its flows: to the right of who looks
/// from the first end to the last, and to the left.
pub fn directions(ends: [Position; 2], is_dark: bool) -> [Direction; 2] {
    let right_deg = bearing_deg(middle_of(ends), ends[1]) + 90.0;
    [(0, 0.0), (1, 180.0)].map(|(color, turn_deg)| Direction {
        name: format!("{}bound", compass(right_deg + turn_deg)),
        color: category(color, is_dark),
    })
}

/// The place halfway between both ends, along the great circle.
fn middle_of(ends: [Position; 2]) -> Position {
    let half_m = 0.5 * distance_m(ends[0], ends[1]);
    destination(ends[0], bearing_deg(ends[0], ends[1]), half_m)
}

/// How much farther than the edges of its lane a gate reaches to either side: for the ships outside.
const REACH: f64 = 1.5;

/// A gate reaches at least so far to either side, meters.
const LEAST_REACH_M: f64 = 500.0;

/// The ends of a gate across the lane of `route`, where most of its trips pass, as near to the middle
/// as that is: to port and to starboard of who sails it. `None` for a route without points.
pub fn across(route: &Route) -> Option<[Position; 2]> {
    let middle_m = 0.5 * route.center.last()?.distance_m;
    let most = route.center.iter().map(|point| point.present).max()?;
    let is_busy = |present: usize| present * 10 >= most * 9;
    let of_middle = |at: &f64| (at - middle_m).abs();
    let busy = route.center.iter().filter(|point| is_busy(point.present));
    let point =
        busy.min_by(|a, b| of_middle(&a.distance_m).total_cmp(&of_middle(&b.distance_m)))?;
    let end = |edge_m: f64, turn_deg: f64| {
        let reach_m = (REACH * edge_m.abs()).max(LEAST_REACH_M);
        destination(point.position, point.direction_deg + turn_deg, reach_m)
    };
    Some([end(point.left_m, -90.0), end(point.right_m, 90.0)])
}

/// Whether anybody was in a cell, in either period.
pub fn is_used(of: &DensityOf, cell: Cell) -> bool {
    let was = |density: &Density| density.transits(cell) > 0 || density.ship_hours(cell) > 0.0;
    was(&of.density) || of.before.as_ref().is_some_and(|before| was(&before.density))
}

/// The figures of a cell, line by line.
pub fn cell_lines(of: &DensityOf, cell: Cell) -> Vec<String> {
    let (density, grid) = (&of.density, of.density.grid());
    let mut lines = Vec::new();
    if is_used(of, cell) {
        let (hours, by_km2) = (density.ship_hours(cell), density.hours_km2(cell));
        lines.push(format!("{} ship-hours, {} per km²", short(hours), short(by_km2)));
        lines.push(counted(density.transits(cell).into(), "transit"));
    } else {
        lines.push("Nobody was here".into());
    }
    if let Some(before) = &of.before {
        let index = grid.index(cell);
        let hours = before.change.hours_km2_day[index];
        let transits = before.change.transits_day[index];
        let sign = |value: f64| if value > 0.0 { "+" } else { "" };
        lines.push(format!("{}{} ship-hours per km² and day", sign(hours), short(hours)));
        lines.push(format!("{}{} transits a day", sign(transits), short(transits)));
    }
    lines.push(format!("Cell of {} km²", short(grid.area_km2(cell))));
    lines
}

/// The direction of `course_deg` in words: of eight.
pub fn compass(course_deg: f64) -> &'static str {
    const NAMES: [&str; 8] =
        ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"];
    let place = (course_deg.rem_euclid(360.0) / 45.0).round() as usize % 8;
    NAMES[place]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::route::{CenterPoint, Spread};

    #[test]
    fn courses_have_names() {
        for (course_deg, name) in [
            (0.0, "north"),
            (22.0, "north"),
            (23.0, "north-east"),
            (180.0, "south"),
            (-90.0, "west"),
            (359.0, "north"),
        ] {
            assert_eq!(compass(course_deg), name, "{course_deg}");
        }
    }

    #[test]
    fn a_gate_names_its_directions_by_the_compass() {
        // From west to east: to the right is south.
        let ends = [Position::new(9.0, 50.0), Position::new(9.2, 50.0)];
        let names = directions(ends, true).map(|direction| direction.name);
        assert_eq!(names, ["southbound", "northbound"]);
        // Across the date line, from south to north.
        let ends = [Position::new(180.0, -1.0), Position::new(-179.999, 1.0)];
        let names = directions(ends, true).map(|direction| direction.name);
        assert_eq!(names, ["eastbound", "westbound"]);
    }

    fn route(present: [usize; 3]) -> Route {
        let center = present.iter().enumerate().map(|(place, present)| CenterPoint {
            position: Position::new(10.0 + 0.1 * place as f64, 0.0),
            distance_m: 11_119.5 * place as f64,
            direction_deg: 90.0,
            left_m: 1000.0,
            right_m: 100.0,
            sog_kn: None,
            present: *present,
        });
        Route {
            id: 3,
            members: Vec::new(),
            sailing: 0,
            medoid: 0,
            center: center.collect(),
            direction_deg: 90.0,
            opposite_share: 0.0,
            length_nmi: 12.0,
            median_width_m: 1100.0,
            sog_kn: None,
            duration_s: Spread { mean: 0.0, p10: 0.0, median: 0.0, p90: 0.0 },
            by_kind: [0; 10],
            by_hour: [0; 24],
            vessels: 0,
            first_ms: 0,
            last_ms: 0,
        }
    }

    #[test]
    fn a_gate_across_a_lane_reaches_over_its_edges_where_most_pass() {
        let [port, starboard] = across(&route([5, 50, 50])).unwrap();
        // The lane leads east: port is north.
        assert!((port.lon_deg - 10.1).abs() < 1e-6 && port.lat_deg > 0.0, "{port:?}");
        let middle = Position::new(10.1, 0.0);
        assert!((distance_m(port, middle) - 1500.0).abs() < 0.1);
        assert!((distance_m(starboard, middle) - LEAST_REACH_M).abs() < 0.1);
        let [busy, _] = across(&route([50, 5, 5])).unwrap();
        assert!((busy.lon_deg - 10.0).abs() < 1e-6, "where most pass: {busy:?}");
        // Who sails along the lane crosses from right to left.
        assert_eq!(directions([port, starboard], true)[1].name, "eastbound");
        assert_eq!(across(&Route { center: Vec::new(), ..route([1; 3]) }), None);
    }

    #[test]
    fn another_gate_lets_go_of_the_crossing() {
        let mut view = WaterView { crossing: Some((0, 4)), ..WaterView::default() };
        view.look_at_gate(0);
        assert_eq!(view.crossing, Some((0, 4)));
        view.look_at_gate(1);
        assert_eq!((view.gate, view.crossing), (1, None));
    }
}
