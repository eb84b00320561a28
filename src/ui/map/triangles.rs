//! A polygon as triangles, so that it can be filled.

use egui::{Pos2, Vec2};

/// The triangles that make up a polygon whose edges do not cross, by the places of their corners.
/// What does cross itself is filled in part. Takes time by the cube of the number of corners, which
/// are few.
pub fn triangles(corners: &[Pos2]) -> Vec<[u32; 3]> {
    let mut left: Vec<u32> = (0..corners.len() as u32).collect();
    let at = |index: u32| corners[index as usize];
    let turn = |a: u32, b: u32, c: u32| cross(at(b) - at(a), at(c) - at(b));
    let area: f32 = (0..corners.len())
        .map(|i| {
            let (a, b) = (corners[i], corners[(i + 1) % corners.len()]);
            a.x * b.y - b.x * a.y
        })
        .sum();
    let sign = area.signum();
    let mut found = Vec::with_capacity(corners.len().saturating_sub(2));
    while left.len() > 2 {
        let n = left.len();
        let ear = (0..n).find(|place| {
            let [a, b, c] = [left[(place + n - 1) % n], left[*place], left[(place + 1) % n]];
            sign * turn(a, b, c) > 0.0
                && left.iter().all(|other| {
                    [a, b, c].contains(other) || {
                        let sides = [turn(a, b, *other), turn(b, c, *other), turn(c, a, *other)];
                        sides.iter().any(|side| sign * side < 0.0)
                    }
                })
        });
        // Corners on a line, or edges that cross: what can be filled was.
        let Some(place) = ear else { break };
        found.push([left[(place + n - 1) % n], left[place], left[(place + 1) % n]]);
        left.remove(place);
    }
    found
}

fn cross(a: Vec2, b: Vec2) -> f32 {
    a.x * b.y - a.y * b.x
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    fn filled(corners: &[Pos2]) -> f32 {
        let area = |[a, b, c]: [u32; 3]| {
            let [a, b, c] = [a, b, c].map(|index| corners[index as usize]);
            0.5 * cross(b - a, c - a).abs()
        };
        triangles(corners).into_iter().map(area).sum()
    }

    #[test]
    fn triangles_cover_a_polygon_whichever_way_it_goes_round() {
        // A square of 10 by 10 with a notch of 5 by 5 at a corner.
        let mut corners = [(0, 0), (10, 0), (10, 5), (5, 5), (5, 10), (0, 10)]
            .map(|(x, y)| pos2(x as f32, y as f32));
        assert!((filled(&corners) - 75.0).abs() < 1e-3);
        assert_eq!(triangles(&corners).len(), 4);
        corners.reverse();
        assert!((filled(&corners) - 75.0).abs() < 1e-3);
    }

    #[test]
    fn lines_and_crossing_edges_end() {
        let line = [pos2(0.0, 0.0), pos2(1.0, 1.0), pos2(2.0, 2.0)];
        assert_eq!(triangles(&line), Vec::<[u32; 3]>::new());
        let bow = [pos2(0.0, 0.0), pos2(1.0, 1.0), pos2(1.0, 0.0), pos2(0.0, 1.0)];
        assert!(triangles(&bow).len() < 3);
        assert!(triangles(&[]).is_empty());
    }
}
