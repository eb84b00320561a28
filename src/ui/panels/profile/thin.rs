//! A track of any length as so many lines and marks as its plot has columns of pixels.

use std::ops::Range;

use super::view::View;
use crate::ais::Trip;

/// Over a longer silence no line is drawn.
pub const SILENCE_MS: i64 = 60 * 60_000;

/// How a report is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Outside of all trips.
    Outside,
    /// Of a trip.
    Trip,
    /// Of a selected trip.
    Selected,
}

impl Class {
    /// From the weakest to the strongest, as they are drawn over each other.
    pub const ALL: [Class; 3] = [Class::Outside, Class::Trip, Class::Selected];
}

/// Neighboring reports of one class, as indices into the vessel's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Which.
    pub reports: Range<usize>,
    /// How they are drawn.
    pub class: Class,
}

/// The pieces of a vessel that has the reports `range` of its fleet and the trips `trips`, of which
/// some are selected. What lies outside of trips reaches up to their ends, so that lines do not
/// break there.
pub fn pieces(range: Range<usize>, trips: &[Trip], is_selected: &[bool]) -> Vec<Piece> {
    let (start, n) = (range.start, range.len());
    let mut pieces = Vec::with_capacity(2 * trips.len() + 1);
    let mut next = 0;
    let outside = |from: usize, to: usize, pieces: &mut Vec<Piece>| {
        if from < to {
            let reports = from.saturating_sub(1)..(to + 1).min(n);
            pieces.push(Piece { reports, class: Class::Outside });
        }
    };
    for (trip, is_selected) in trips.iter().zip(is_selected) {
        let reports = trip.reports.start - start..trip.reports.end - start;
        outside(next, reports.start, &mut pieces);
        next = reports.end;
        let class = if *is_selected { Class::Selected } else { Class::Trip };
        pieces.push(Piece { reports, class });
    }
    outside(next, n, &mut pieces);
    pieces
}

/// A line of one class.
#[derive(Clone, PartialEq, Debug)]
pub struct Stroke {
    /// How it is drawn.
    pub class: Class,
    /// Times, UTC milliseconds, and values.
    pub points: Vec<(i64, f32)>,
}

/// A plot's columns of pixels.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Columns {
    /// What is shown.
    pub view: View,
    /// How many there are.
    pub n: usize,
}

impl Columns {
    /// The column of a moment; those at the edges hold all beyond.
    fn of(&self, t_ms: i64) -> usize {
        let part = (t_ms as f64 - self.view.from_ms) / self.view.span_ms();
        ((part * self.n as f64).max(0.0) as usize).min(self.n.saturating_sub(1))
    }

    /// The part of `reports` that is in view, with one more at either end, so that lines go on to
    /// the edges. Nothing if all of them lie on one side.
    fn seen(&self, t_ms: &[i64], reports: &Range<usize>) -> Range<usize> {
        let own = &t_ms[reports.clone()];
        let first = own.partition_point(|t_ms| (*t_ms as f64) < self.view.from_ms);
        let end = own.partition_point(|t_ms| (*t_ms as f64) <= self.view.to_ms);
        if first == own.len() || end == 0 {
            return reports.start..reports.start;
        }
        reports.start + first.saturating_sub(1)..reports.start + (end + 1).min(own.len())
    }
}

/// A line that is being drawn, with what its present column holds.
struct Pen {
    stroke: Stroke,
    column: usize,
    /// First, least, greatest and last report of the column.
    held: [usize; 4],
    is_lifted: bool,
}

impl Pen {
    fn begin(class: Class, column: usize, report: usize) -> Pen {
        let stroke = Stroke { class, points: Vec::new() };
        Pen { stroke, column, held: [report; 4], is_lifted: false }
    }

    fn take(&mut self, values: &[f32], report: usize) {
        let [_, least, greatest, last] = &mut self.held;
        if values[report] < values[*least] {
            *least = report;
        }
        if values[report] > values[*greatest] {
            *greatest = report;
        }
        *last = report;
        self.is_lifted = false;
    }

    fn flush(&mut self, t_ms: &[i64], values: &[f32]) {
        self.held.sort_unstable();
        for (place, report) in self.held.into_iter().enumerate() {
            if place == 0 || self.held[place - 1] != report {
                self.stroke.points.push((t_ms[report], values[report]));
            }
        }
    }

    fn finish(mut self, t_ms: &[i64], values: &[f32]) -> Stroke {
        self.flush(t_ms, values);
        self.stroke
    }
}

/// Lines through `values`: of each class and column at most its first, least, greatest and last
/// value, so that no peak is lost and a million reports cost no more than a thousand. Lines break
/// in silences, where a value is not known, and where the class changes; of lines that begin and
/// end in one column one is left.
pub fn strokes(t_ms: &[i64], values: &[f32], pieces: &[Piece], columns: Columns) -> Vec<Stroke> {
    let mut done = Vec::new();
    let mut pens: [Option<Pen>; 3] = [None, None, None];
    for piece in pieces {
        let pen = &mut pens[piece.class as usize];
        for report in columns.seen(t_ms, &piece.reports) {
            if values[report].is_nan() {
                lift(pen);
                continue;
            }
            let column = columns.of(t_ms[report]);
            match pen {
                Some(open) if column == open.column => open.take(values, report),
                Some(open)
                    if !open.is_lifted && t_ms[report] - t_ms[open.held[3]] <= SILENCE_MS =>
                {
                    open.flush(t_ms, values);
                    (open.column, open.held) = (column, [report; 4]);
                }
                _ => {
                    let next = Pen::begin(piece.class, column, report);
                    done.extend(pen.replace(next).map(|pen| pen.finish(t_ms, values)));
                }
            }
        }
        lift(pen);
    }
    done.extend(pens.into_iter().flatten().map(|pen| pen.finish(t_ms, values)));
    done
}

fn lift(pen: &mut Option<Pen>) {
    if let Some(pen) = pen {
        pen.is_lifted = true;
    }
}

/// The values of one class in one column, from a row of pixels up to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// How they are drawn.
    pub class: Class,
    /// In which column.
    pub column: usize,
    /// The lowest row.
    pub from: u32,
    /// The row after the highest.
    pub to: u32,
}

/// Marks where values in `0..top` lie, on a raster of `rows`, at most 128, by `columns`: as many
/// as there are runs of filled pixels, however many reports fill them. In order of class.
pub fn marks(
    t_ms: &[i64],
    values: &[f32],
    pieces: &[Piece],
    columns: Columns,
    rows: u32,
    top: f32,
) -> Vec<Mark> {
    let rows = rows.clamp(1, 128);
    let mut found = Vec::new();
    for class in Class::ALL {
        let mut filled: u128 = 0;
        let mut column = 0;
        for piece in pieces.iter().filter(|piece| piece.class == class) {
            for report in columns.seen(t_ms, &piece.reports) {
                let is_seen =
                    (columns.view.from_ms..=columns.view.to_ms).contains(&(t_ms[report] as f64));
                if values[report].is_nan() || !is_seen {
                    continue;
                }
                let at = columns.of(t_ms[report]);
                if at != column {
                    runs(class, column, filled, &mut found);
                    (column, filled) = (at, 0);
                }
                let row = (values[report] / top * rows as f32).max(0.0) as u32;
                filled |= 1 << row.min(rows - 1);
            }
        }
        runs(class, column, filled, &mut found);
    }
    found
}

/// Adds a mark for each run of ones.
fn runs(class: Class, column: usize, mut filled: u128, marks: &mut Vec<Mark>) {
    let mut row = 0;
    while filled != 0 {
        let zeros = filled.trailing_zeros();
        filled >>= zeros;
        let ones = filled.trailing_ones();
        marks.push(Mark { class, column, from: row + zeros, to: row + zeros + ones });
        row += zeros + ones;
        filled = filled.checked_shr(ones).unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::Ending;

    fn columns(to_ms: f64, n: usize) -> Columns {
        Columns { view: View { from_ms: 0.0, to_ms }, n }
    }

    fn trip(reports: Range<usize>) -> Trip {
        let (begins, ends) = (Ending::Track, Ending::Track);
        Trip { vessel: 0, reports, length_m: 1.0, begins, ends }
    }

    #[test]
    fn pieces_cover_a_track_and_those_outside_reach_up_to_trips() {
        let trips = [trip(102..104), trip(104..106)];
        let found = pieces(100..110, &trips, &[false, true]);
        let expected = [
            (0..3, Class::Outside),
            (2..4, Class::Trip),
            (4..6, Class::Selected),
            (5..10, Class::Outside),
        ];
        assert_eq!(found, expected.map(|(reports, class)| Piece { reports, class }));
    }

    #[test]
    fn a_million_reports_become_a_few_points_and_keep_their_peaks() {
        let t_ms: Vec<i64> = (0..1_000_000).collect();
        let mut values: Vec<f32> = t_ms.iter().map(|t_ms| (t_ms % 7) as f32).collect();
        (values[123_456], values[654_321]) = (99.0, -5.0);
        let pieces = [Piece { reports: 0..t_ms.len(), class: Class::Trip }];
        let found = strokes(&t_ms, &values, &pieces, columns(1e6, 500));
        assert_eq!(found.len(), 1);
        let points = &found[0].points;
        assert!(points.len() <= 2000, "{}", points.len());
        assert!(points.contains(&(123_456, 99.0)) && points.contains(&(654_321, -5.0)));
        assert!(points.is_sorted_by_key(|(t_ms, _)| *t_ms));
    }

    #[test]
    fn lines_break_in_silences_and_where_a_value_is_not_known() {
        let minute_ms = 60_000;
        let t_ms = [0, 1, 2, 3, 70, 71].map(|minute| minute * minute_ms);
        let values = [1.0, 2.0, f32::NAN, 3.0, 4.0, 5.0];
        let pieces = [Piece { reports: 0..6, class: Class::Outside }];
        let found = strokes(&t_ms, &values, &pieces, columns(80.0 * 60_000.0, 80));
        let values: Vec<Vec<f32>> = found
            .iter()
            .map(|stroke| stroke.points.iter().map(|(_, value)| *value).collect())
            .collect();
        assert_eq!(values, [vec![1.0, 2.0], vec![3.0], vec![4.0, 5.0]]);
    }

    #[test]
    fn a_line_does_not_go_on_from_one_trip_to_the_next() {
        let t_ms = [0, 100, 200, 300, 400, 500];
        let class = |reports, class| Piece { reports, class };
        let pieces =
            [class(0..2, Class::Trip), class(1..5, Class::Outside), class(4..6, Class::Trip)];
        let found = strokes(&t_ms, &[1.0; 6], &pieces, columns(600.0, 60));
        let of_trips = found.iter().filter(|stroke| stroke.class == Class::Trip);
        let ends: Vec<(i64, i64)> = of_trips
            .map(|stroke| (stroke.points[0].0, stroke.points[stroke.points.len() - 1].0))
            .collect();
        assert_eq!(ends, [(0, 100), (400, 500)]);
    }

    #[test]
    fn lines_are_few_though_trips_are_many() {
        let t_ms: Vec<i64> = (0..100_000).collect();
        let values = vec![1.0; t_ms.len()];
        let pieces: Vec<Piece> = (0..10_000)
            .map(|piece| Piece { reports: 10 * piece..10 * piece + 10, class: Class::Trip })
            .collect();
        let found = strokes(&t_ms, &values, &pieces, columns(1e5, 100));
        assert!(found.len() <= 100, "{}", found.len());
    }

    #[test]
    fn only_what_is_in_view_is_drawn_and_a_report_beyond_each_edge() {
        let t_ms: Vec<i64> = (0..10).map(|n| n * 1000).collect();
        let values = vec![1.0; 10];
        let pieces = [Piece { reports: 0..10, class: Class::Trip }];
        let columns = Columns { view: View { from_ms: 2500.0, to_ms: 5500.0 }, n: 300 };
        let found = strokes(&t_ms, &values, &pieces, columns);
        let times: Vec<i64> = found[0].points.iter().map(|(t_ms, _)| t_ms / 1000).collect();
        assert_eq!(times, [2, 3, 4, 5, 6]);
        let found = marks(&t_ms, &values, &pieces, columns, 10, 10.0);
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn pieces_beside_the_view_leave_no_trace_in_it() {
        let t_ms = [0, 10, 500, 510, 990, 1000];
        let values = [9.0, 8.0, 5.0, 5.0, 7.0, 6.0];
        let pieces: Vec<Piece> =
            [0..2, 2..4, 4..6].map(|reports| Piece { reports, class: Class::Trip }).into();
        let view = View { from_ms: 400.0, to_ms: 600.0 };
        let found = strokes(&t_ms, &values, &pieces, Columns { view, n: 20 });
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].points, [(500, 5.0), (510, 5.0)]);
    }

    #[test]
    fn neighboring_pixels_are_one_mark() {
        let t_ms = [0, 1, 2, 3, 900];
        let values = [15.0, 25.0, 35.0, 355.0, 90.0];
        let pieces = [Piece { reports: 0..5, class: Class::Trip }];
        let found = marks(&t_ms, &values, &pieces, columns(1000.0, 10), 36, 360.0);
        let mark = |column, from, to| Mark { class: Class::Trip, column, from, to };
        assert_eq!(found, [mark(0, 1, 4), mark(0, 35, 36), mark(9, 9, 10)]);
        let full = marks(&[0, 0], &[0.0, 1.0], &pieces_of(2), columns(10.0, 1), 500, 1.0);
        assert_eq!(full.len(), 2); // More rows than there are bits for are cut to 128.
        assert_eq!(full[1].to, 128);
    }

    fn pieces_of(n: usize) -> Vec<Piece> {
        vec![Piece { reports: 0..n, class: Class::Trip }]
    }
}
