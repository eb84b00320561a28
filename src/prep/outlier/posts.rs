//! Posts: the reports of a trip that show where it goes.

use crate::ais::Track;
use crate::compress::{Line, Plane};

/// The first report with a position and each one at least a step from the post before it, on a
/// plane along the trip.
///
/// A ship at rest has one post however often she reports, and between posts a ship has moved by
/// more than noise. Reports without a position are none.
pub(super) struct Posts {
    pub plane: Plane,
    pub line: Line,
    /// Which report each post is.
    pub reports: Vec<u32>,
    /// How long the way over all posts is so far, meters.
    pub path_m: Vec<f64>,
}

impl Posts {
    pub fn along(track: &Track<'_>, step_m: f64) -> Posts {
        let plane = Plane::along(track.positions);
        let (mut x_m, mut y_m) = (Vec::new(), Vec::new());
        plane.project(track.positions, &mut x_m, &mut y_m);
        let mut posts =
            Posts { plane, line: Line::default(), reports: Vec::new(), path_m: Vec::new() };
        let mut last: Option<(f64, f64, f64)> = None;
        for (report, place) in track.positions.iter().enumerate() {
            if !place.is_valid() {
                continue;
            }
            let (x, y) = (x_m[report], y_m[report]);
            let leg_m = last.map_or(0.0, |(x0, y0, _)| (x - x0).hypot(y - y0));
            // With a step of zero, too, two posts are two places.
            if last.is_some() && (leg_m < step_m || leg_m == 0.0) {
                continue;
            }
            let path_m = last.map_or(0.0, |(.., path_m)| path_m + leg_m);
            posts.line.x_m.push(x);
            posts.line.y_m.push(y);
            posts.line.t_s.push(0.0); // RDP2 asks for places alone.
            posts.reports.push(report as u32);
            posts.path_m.push(path_m);
            last = Some((x, y, path_m));
        }
        posts
    }

    pub fn len(&self) -> usize {
        self.reports.len()
    }

    /// The way from post `from` to post `to`, as the ship would fly it.
    pub fn way(&self, from: usize, to: usize) -> (f64, f64) {
        let Line { x_m, y_m, .. } = &self.line;
        (x_m[to] - x_m[from], y_m[to] - y_m[from])
    }
}
