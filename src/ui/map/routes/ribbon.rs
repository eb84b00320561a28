//! A route as it lies on the mercator plane, and what of it is in view.

use std::f64::consts::TAU;
use std::ops::Range;

use egui::epaint::{Vertex, WHITE_UV};
use egui::{Color32, Mesh, Pos2, Rect};

use crate::base::geo::{EARTH_RADIUS_M, wrap_lon_deg};
use crate::base::text::{counted, grouped};
use crate::cluster::route::Route;
use crate::ui::map::view::{MercatorRect, View, mercator};

/// Stations that lie closer to the last one drawn than this are left out.
const THIN_PX: f32 = 4.0;

/// So far outside of the view all is left out: lines are wide.
const MARGIN_PX: f32 = 12.0;

/// A route with its edges. Longitudes go on beyond 180°, so nothing jumps at the date line.
pub struct Ribbon {
    /// The number of its cluster.
    pub cluster: u32,
    /// How many trips it is of.
    pub trips: usize,
    /// What is known of it, in lines.
    pub about: Vec<String>,
    // At least two.
    stations: Vec<Station>,
    bounds: MercatorRect,
}

/// A point of the center line, and the edges beside it.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Station {
    center: [f64; 2],
    left: [f64; 2],
    right: [f64; 2],
    along_m: f64,
}

/// A station on the screen.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Across {
    /// The edge to port.
    pub left: Pos2,
    /// The center line.
    pub center: Pos2,
    /// The edge to starboard.
    pub right: Pos2,
}

/// An arrow on the screen: where it stands, and a unit vector of where it points.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ArrowAt {
    /// Its middle.
    pub at: Pos2,
    /// Where it points.
    pub ahead: egui::Vec2,
}

impl Ribbon {
    /// The ribbon of a route; `None` for one without a center line.
    pub fn of(route: &Route) -> Option<Ribbon> {
        let mut lon_deg = route.center.first()?.position.lon_deg;
        let mut stations: Vec<Station> = Vec::with_capacity(route.center.len());
        for point in &route.center {
            lon_deg += wrap_lon_deg(point.position.lon_deg - lon_deg);
            let center = [lon_deg / 360.0 + 0.5, mercator(point.position)[1]];
            let per_m = 1.0 / (TAU * EARTH_RADIUS_M * point.position.lat_deg.to_radians().cos());
            let (sine, cosine) = point.direction_deg.to_radians().sin_cos();
            let beside = |starboard_m: f64| {
                let away = starboard_m * per_m;
                [center[0] + away * cosine, center[1] + away * sine]
            };
            let (mut left, mut right) = (beside(-point.left_m), beside(point.right_m));
            if let Some(last) = stations.last() {
                // On the inner side of a bend that is narrower than the route is wide, an edge
                // waits rather than turns back.
                let leads_on = |from: [f64; 2], to: [f64; 2]| {
                    (to[0] - from[0]) * sine - (to[1] - from[1]) * cosine > 0.0
                };
                left = if leads_on(last.left, left) { left } else { last.left };
                right = if leads_on(last.right, right) { right } else { last.right };
            }
            stations.push(Station { center, left, right, along_m: point.distance_m });
        }
        let is_sound = |station: &Station| {
            let places = [station.center, station.left, station.right];
            places.iter().flatten().all(|part| part.is_finite()) && station.along_m.is_finite()
        };
        stations.retain(is_sound);
        let bounds = bounds(stations.iter().flat_map(|at| [at.center, at.left, at.right]));
        let (cluster, trips) = (route.id, route.members.len());
        let about = about(route);
        (stations.len() >= 2).then_some(Ribbon { cluster, trips, about, stations, bounds })
    }

    /// In which copies of the world some of it may be in view.
    pub fn copies(&self, view: &View) -> Range<i32> {
        let (visible, bounds) = (view.visible(), &self.bounds);
        let margin = f64::from(MARGIN_PX) / view.world_px;
        let is_beside =
            visible.min[1] - margin > bounds.max[1] || visible.max[1] + margin < bounds.min[1];
        let first = (visible.min[0] - margin - bounds.max[0]).ceil() as i32;
        let end = (visible.max[0] + margin - bounds.min[0]).floor() as i32 + 1;
        first..if is_beside { first } else { end }
    }

    /// The parts in view of one copy of the world, thinned out to what can be seen. Each has two
    /// stations or more.
    pub fn in_view(&self, view: &View, copy: i32) -> Vec<Vec<Across>> {
        let clip = view.clip_rect.expand(MARGIN_PX);
        let (mut parts, mut part): (Vec<Vec<Across>>, Vec<Across>) = Default::default();
        let mut last = self.stations[0].across(view, copy);
        for (place, station) in self.stations.iter().enumerate().skip(1) {
            let next = station.across(view, copy);
            let is_end = place + 1 == self.stations.len();
            if !is_end && last.is_near(&next) {
                continue;
            }
            if last.bounds().union(next.bounds()).intersects(clip) {
                if part.is_empty() {
                    part.push(last);
                }
                part.push(next);
            } else if !part.is_empty() {
                parts.push(std::mem::take(&mut part));
            }
            last = next;
        }
        if !part.is_empty() {
            parts.push(part);
        }
        parts
    }

    /// Arrows about `step_m` apart, half a step from the ends, in view of one copy of the world;
    /// one in the middle where the route is shorter.
    pub fn arrows(&self, view: &View, copy: i32, step_m: f64) -> Vec<ArrowAt> {
        let total_m = self.stations.last().map_or(0.0, |station| station.along_m);
        let step_m = total_m / (total_m / step_m).round().max(1.0);
        let clip = view.clip_rect.expand(MARGIN_PX);
        let mut arrows = Vec::new();
        for pair in self.stations.windows(2) {
            let [from, to] = [pair[0], pair[1]].map(|station| station.across(view, copy).center);
            let way = to - from;
            let (from_m, to_m) = (pair[0].along_m, pair[1].along_m);
            if !Rect::from_two_pos(from, to).intersects(clip) || way.length() == 0.0 {
                continue;
            }
            // The first arrow stands half a step from the beginning.
            let first = (from_m / step_m - 0.5).ceil().max(0.0);
            let mut at_m = (first + 0.5) * step_m;
            while at_m < to_m {
                let at = from + way * ((at_m - from_m) / (to_m - from_m)) as f32;
                if clip.contains(at) {
                    arrows.push(ArrowAt { at, ahead: way.normalized() });
                }
                at_m += step_m;
            }
        }
        arrows
    }

    /// How far a point of the screen lies from the center line, screen points, if it lies on the
    /// ribbon or within `reach_px` of the center line.
    pub fn distance_px(&self, view: &View, pointer: Pos2, reach_px: f32) -> Option<f32> {
        let near = Rect::from_center_size(pointer, egui::Vec2::splat(2.0 * reach_px));
        let mut least = None;
        for copy in self.copies(view) {
            for pair in self.stations.windows(2) {
                let [from, to] = [pair[0], pair[1]].map(|station| station.across(view, copy));
                if !from.bounds().union(to.bounds()).intersects(near) {
                    continue;
                }
                let distance = distance_to_leg(pointer, from.center, to.center);
                let is_on = is_in_quad(pointer, [from.left, from.right, to.right, to.left]);
                if (is_on || distance <= reach_px) && least.is_none_or(|least| distance < least) {
                    least = Some(distance);
                }
            }
        }
        least
    }
}

impl Station {
    fn across(&self, view: &View, copy: i32) -> Across {
        let on_screen = |[x, y]: [f64; 2]| view.mercator_to_screen([x + f64::from(copy), y]);
        Across {
            left: on_screen(self.left),
            center: on_screen(self.center),
            right: on_screen(self.right),
        }
    }
}

impl Across {
    fn is_near(&self, other: &Across) -> bool {
        let is_near = |a: Pos2, b: Pos2| a.distance_sq(b) < THIN_PX * THIN_PX;
        is_near(self.left, other.left)
            && is_near(self.center, other.center)
            && is_near(self.right, other.right)
    }

    fn bounds(&self) -> Rect {
        Rect::from_points(&[self.left, self.center, self.right])
    }
}

/// The water between the edges of a part, as quads from station to station: a ribbon may bend back
/// over itself, which no fan of triangles can.
pub fn fill(part: &[Across], color: Color32, mesh: &mut Mesh) {
    let first = mesh.vertices.len() as u32;
    for across in part {
        let corner = |pos| Vertex { pos, uv: WHITE_UV, color };
        mesh.vertices.extend([corner(across.left), corner(across.right)]);
    }
    for place in 0..part.len().saturating_sub(1) as u32 {
        let [left, right, next_left, next_right] = [0, 1, 2, 3].map(|i| first + 2 * place + i);
        mesh.indices.extend([left, right, next_left, next_left, right, next_right]);
    }
}

/// What is known of a route, in lines.
fn about(route: &Route) -> Vec<String> {
    let mut lines = vec![
        format!(
            "{} of {}",
            counted(route.members.len() as u64, "trip"),
            counted(route.vessels as u64, "ship")
        ),
        format!(
            "Direction {:03.0}°, {:.1} nmi long, {} m wide",
            route.direction_deg,
            route.length_nmi,
            grouped(route.median_width_m.max(0.0).round() as u64)
        ),
    ];
    if let Some(sog_kn) = route.sog_kn {
        lines.push(format!(
            "{:.1} kn, most between {:.1} and {:.1}",
            sog_kn.median, sog_kn.p10, sog_kn.p90
        ));
    }
    if route.opposite_share > 0.005 {
        lines.push(format!("{:.0} % sail against it", 100.0 * route.opposite_share));
    }
    lines
}

fn bounds(places: impl Iterator<Item = [f64; 2]>) -> MercatorRect {
    let none = MercatorRect { min: [f64::INFINITY; 2], max: [f64::NEG_INFINITY; 2] };
    places.fold(none, |MercatorRect { min, max }, [x, y]| MercatorRect {
        min: [min[0].min(x), min[1].min(y)],
        max: [max[0].max(x), max[1].max(y)],
    })
}

fn distance_to_leg(point: Pos2, from: Pos2, to: Pos2) -> f32 {
    let way = to - from;
    let part = ((point - from).dot(way) / way.length_sq().max(f32::MIN_POSITIVE)).clamp(0.0, 1.0);
    point.distance(from + part * way)
}

/// Whether a point lies in a quad that may be folded: by how often its edges cross the line to the
/// right of the point.
fn is_in_quad(point: Pos2, corners: [Pos2; 4]) -> bool {
    let crosses = |from: Pos2, to: Pos2| {
        (from.y > point.y) != (to.y > point.y)
            && point.x < from.x + (point.y - from.y) / (to.y - from.y) * (to.x - from.x)
    };
    (0..4).filter(|i| crosses(corners[*i], corners[(*i + 1) % 4])).count() % 2 == 1
}
