//! Shapes as `GeoJSON` has them: cut where they cross the date line (RFC 7946, 3.1.9).

use serde_json::{Value, json};

use crate::base::geo::{Position, wrap_lon_deg};

/// A place, to so many digits behind the point.
fn place(at: Position, digits: i32) -> Value {
    let by = 10_f64.powi(digits);
    let rounded = |x: f64| (x * by).round() / by + 0.0; // No -0.
    json!([rounded(at.lon_deg), rounded(at.lat_deg)])
}

/// The line through `places`, to so many `digits` of a degree: in two or more parts where it crosses
/// the date line, each to the edge. Places that are none are left out; one place alone is said twice,
/// since a line has two.
///
/// From two degrees west of the edge at 10° north to two degrees east of it at 14°, it is cut at 12°:
///
/// ```
/// use fairway::base::geo::Position;
/// let line = fairway::io::shapes::line([Position::new(178.0, 10.0), Position::new(-178.0, 14.0)], 6);
/// assert_eq!(line["type"], "MultiLineString");
/// let parts = "[[[178.0,10.0],[180.0,12.0]],[[-180.0,12.0],[-178.0,14.0]]]";
/// assert_eq!(line["coordinates"].to_string(), parts);
/// ```
pub fn line(places: impl IntoIterator<Item = Position>, digits: i32) -> Value {
    let mut parts: Vec<Vec<Position>> = vec![Vec::new()];
    for at in places.into_iter().filter(|at| at.is_valid()) {
        let part = parts.last_mut().expect("there is a part");
        if let Some(before) = part.last().copied()
            && (at.lon_deg - before.lon_deg).abs() > 180.0
        {
            let (edge_deg, lat_deg) = edge(before, wrap_lon_deg(at.lon_deg - before.lon_deg), at);
            part.push(Position::new(edge_deg, lat_deg));
            parts.push(vec![Position::new(-edge_deg, lat_deg)]);
        }
        parts.last_mut().expect("there is a part").push(at);
    }
    for part in &mut parts {
        part.extend((part.len() == 1).then(|| part[0]));
    }
    let told =
        |part: &Vec<Position>| -> Value { part.iter().map(|at| place(*at, digits)).collect() };
    match &parts[..] {
        [part] => json!({"type": "LineString", "coordinates": told(part)}),
        _ => {
            json!({"type": "MultiLineString", "coordinates": parts.iter().map(told).collect::<Value>()})
        }
    }
}

/// On which side the way from `from` by `step_deg` of longitude to `to` meets the date line, and at
/// what latitude.
fn edge(from: Position, step_deg: f64, to: Position) -> (f64, f64) {
    let edge_deg = if from.lon_deg > 0.0 { 180.0 } else { -180.0 };
    let share = if step_deg == 0.0 { 0.0 } else { (edge_deg - from.lon_deg) / step_deg };
    (edge_deg, from.lat_deg + share.clamp(0.0, 1.0) * (to.lat_deg - from.lat_deg))
}

/// The polygon around `corners`, to so many `digits` of a degree: in two where it lies on both sides of
/// the date line.
///
/// Each corner is taken by the short way from the one before.
pub fn polygon(corners: &[Position], digits: i32) -> Value {
    let mut lon_deg = 0.0;
    let unrolled = corners.iter().enumerate().map(|(at, corner)| {
        lon_deg =
            if at == 0 { corner.lon_deg } else { lon_deg + wrap_lon_deg(corner.lon_deg - lon_deg) };
        [lon_deg, corner.lat_deg]
    });
    let unrolled: Vec<[f64; 2]> = unrolled.collect();
    let ring = |corners: Vec<[f64; 2]>, shift_deg: f64| -> Option<Value> {
        let first = corners.first().copied()?;
        let all = corners.into_iter().chain([first]);
        let all = all.map(|[lon, lat]| place(Position::new(lon + shift_deg, lat), digits));
        Some(json!([all.collect::<Vec<_>>()]))
    };
    // The world and its copies to the west and to the east, as far as they are touched.
    let parts = [-360.0, 0.0, 360.0].map(|shift_deg| {
        let within = half(&unrolled, |lon_deg| lon_deg + shift_deg + 180.0);
        ring(half(&within, |lon_deg| 180.0 - (lon_deg + shift_deg)), shift_deg)
    });
    let parts: Vec<Value> = parts.into_iter().flatten().collect();
    match &parts[..] {
        [part] => json!({"type": "Polygon", "coordinates": part}),
        _ => json!({"type": "MultiPolygon", "coordinates": parts}),
    }
}

/// The part of a ring where `inside`, of a longitude, is positive; nothing of a ring that only touches it
/// (Sutherland, Hodgman 1974).
fn half(ring: &[[f64; 2]], inside: impl Fn(f64) -> f64) -> Vec<[f64; 2]> {
    if ring.iter().all(|[lon, _]| inside(*lon) <= 0.0) {
        return Vec::new();
    }
    let mut kept = Vec::with_capacity(ring.len() + 2);
    for (at, corner) in ring.iter().enumerate() {
        let before = ring[(at + ring.len() - 1) % ring.len()];
        let (was, is) = (inside(before[0]), inside(corner[0]));
        if (was < 0.0) != (is < 0.0) && was != is {
            let share = was / (was - is);
            kept.push([0, 1].map(|axis| before[axis] + share * (corner[axis] - before[axis])));
        }
        if is >= 0.0 {
            kept.push(*corner);
        }
    }
    kept.dedup();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon_deg: f64, lat_deg: f64) -> Position {
        Position::new(lon_deg, lat_deg)
    }

    #[test]
    fn a_line_on_one_side_is_one_and_a_place_alone_is_said_twice() {
        let told = line([at(1.0, 2.0), Position::new(f64::NAN, 0.0), at(3.0, -0.0)], 3);
        assert_eq!(told["type"], "LineString");
        assert_eq!(told["coordinates"].to_string(), "[[1.0,2.0],[3.0,0.0]]");
        assert_eq!(line([at(1.0, 2.0)], 1)["coordinates"].to_string(), "[[1.0,2.0],[1.0,2.0]]");
        assert_eq!(line([], 1)["coordinates"].to_string(), "[]");
    }

    #[test]
    fn a_line_there_and_back_over_the_date_line_has_three_parts() {
        let told = line([at(-179.0, 0.0), at(179.0, 2.0), at(-179.0, 4.0)], 6);
        let parts = "[[[-179.0,0.0],[-180.0,1.0]],[[180.0,1.0],[179.0,2.0],[180.0,3.0]],[[-180.0,3.0],[-179.0,4.0]]]";
        assert_eq!(told["coordinates"].to_string(), parts);
    }

    #[test]
    fn a_polygon_over_the_date_line_is_two_and_one_beside_it_one() {
        let box_of =
            |west: f64, east: f64| [at(west, 0.0), at(east, 0.0), at(east, 1.0), at(west, 1.0)];
        let one = polygon(&box_of(170.0, 180.0), 6);
        assert_eq!(one["type"], "Polygon");
        assert_eq!(
            one["coordinates"].to_string(),
            "[[[170.0,0.0],[180.0,0.0],[180.0,1.0],[170.0,1.0],[170.0,0.0]]]"
        );
        let two = polygon(&box_of(179.0, -178.0), 6);
        assert_eq!(two["type"], "MultiPolygon");
        let rings = two["coordinates"].as_array().unwrap();
        assert_eq!(rings.len(), 2);
        for (ring, lons) in rings.iter().zip([[-180.0, -178.0], [179.0, 180.0]]) {
            let ring = ring[0].as_array().unwrap();
            assert_eq!((ring.len(), &ring[0]), (5, &ring[4]), "closed");
            let of = |corner: &Value| corner[0].as_f64().unwrap();
            let least = ring.iter().map(of).fold(f64::INFINITY, f64::min);
            let most = ring.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
            assert_eq!([least, most], lons, "{ring:?}");
        }
        // Drawn from the other side it is the same, in the same order.
        let turned = polygon(&box_of(179.0, 182.0), 6);
        assert_eq!(turned, two);
    }
}
