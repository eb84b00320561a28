//! Which tracks a ship's points are in, one after another: the paper's segment plot.

use super::links::Association;
use super::points::Points;

/// Points of one vessel that follow one another in time and are in one track.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Segment {
    /// Whose points these are in truth.
    pub vessel: u32,
    /// The track that they were put into.
    pub track: u32,
    /// The first of them.
    pub first: u32,
    /// The last of them.
    pub last: u32,
    /// When the first was reported, UTC milliseconds.
    pub from_ms: i64,
    /// When the last was.
    pub to_ms: i64,
    /// How many there are.
    pub points: u32,
}

/// The segments of all vessels, by vessel and time. `truth` is the vessel of each point. A vessel
/// that was found whole has one; none where lengths differ.
///
/// # Example
///
/// A vessel whose third point was put into another track has two:
///
/// ```
/// use fairway::associate::{Association, Points, segments};
/// use fairway::base::geo::Position;
/// let points =
///     Points::new(vec![0, 10, 20], vec![Position::new(0.0, 0.0); 3], vec![], vec![]).unwrap();
/// let found = Association { labels: vec![0, 0, 1], tracks: 2, ..Association::default() };
/// let segments = segments(&points, &found, &[5, 5, 5]);
/// assert_eq!(segments.iter().map(|s| (s.track, s.points)).collect::<Vec<_>>(), [(0, 2), (1, 1)]);
/// ```
pub fn segments(points: &Points, found: &Association, truth: &[u32]) -> Vec<Segment> {
    if truth.len() != points.len() || found.labels.len() != points.len() {
        return Vec::new();
    }
    let mut rows = points.by_time();
    rows.sort_by_key(|row| truth[*row as usize]); // Stable: within a vessel by time.
    let mut segments: Vec<Segment> = Vec::new();
    for row in rows {
        let (vessel, track) = (truth[row as usize], found.labels[row as usize]);
        let t_ms = points.t_ms()[row as usize];
        match segments.last_mut() {
            Some(last) if (last.vessel, last.track) == (vessel, track) => {
                (last.last, last.to_ms) = (row, t_ms);
                last.points += 1;
            }
            _ => segments.push(Segment {
                vessel,
                track,
                first: row,
                last: row,
                from_ms: t_ms,
                to_ms: t_ms,
                points: 1,
            }),
        }
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::geo::Position;

    fn points(t_ms: Vec<i64>) -> Points {
        let places = vec![Position::new(0.0, 0.0); t_ms.len()];
        Points::new(t_ms, places, Vec::new(), Vec::new()).unwrap()
    }

    fn found(labels: &[u32]) -> Association {
        Association { labels: labels.to_vec(), ..Association::default() }
    }

    #[test]
    fn a_vessel_has_a_segment_for_each_change_of_track() {
        // Rows out of order of time; vessel 1 goes from track 0 to 2 and back.
        let points = points(vec![30, 0, 10, 20, 15]);
        let segments = segments(&points, &found(&[0, 0, 2, 0, 1]), &[1, 1, 1, 1, 0]);
        let told: Vec<_> = segments
            .iter()
            .map(|s| (s.vessel, s.track, s.first, s.last, s.from_ms, s.to_ms, s.points))
            .collect();
        let expected = [
            (0, 1, 4, 4, 15, 15, 1),
            (1, 0, 1, 1, 0, 0, 1),
            (1, 2, 2, 2, 10, 10, 1),
            (1, 0, 3, 0, 20, 30, 2),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn vessels_that_share_a_track_have_segments_of_their_own() {
        let segments = segments(&points(vec![0, 1, 2, 3]), &found(&[0; 4]), &[7, 3, 7, 3]);
        assert_eq!(
            segments.iter().map(|s| (s.vessel, s.points)).collect::<Vec<_>>(),
            [(3, 2), (7, 2)]
        );
    }

    #[test]
    fn a_truth_of_another_length_has_none() {
        assert_eq!(segments(&points(vec![0, 1]), &found(&[0, 0]), &[1]), []);
    }
}
