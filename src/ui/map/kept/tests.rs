use super::*;
use crate::base::geo::Position;
use crate::flow::{Desk, Session};

const SCREEN: Rect = Rect { min: Pos2::ZERO, max: pos2(800.0, 600.0) };

fn view(lon_deg: f64, lat_deg: f64, zoom: f64) -> View {
    View::new(Position::new(lon_deg, lat_deg), zoom, SCREEN)
}

/// A trip along the equator from `from_deg`, a report each hundredth of a degree and second.
fn lines(from_deg: f64, n: usize) -> KeptLines {
    let mut lines = KeptLines::default();
    let report = |at: usize| {
        let lon_deg = from_deg + 0.01 * at as f64;
        (fixed(Position::new(lon_deg, 0.0)), 1000 * at as i64)
    };
    lines.add((3, 1), (0..n).map(report));
    lines
}

fn pieces(lines: &KeptLines, view: &View, window_ms: Option<(i64, i64)>) -> Pieces {
    let mut pieces = Pieces::default();
    lines.trips.iter().for_each(|trip| pieces.add(lines, trip, view, window_ms));
    pieces
}

#[test]
fn marks_lie_where_the_reports_are_on_both_sides_of_the_date_line() {
    let lines = lines(179.9, 21);
    for center in [180.0, -179.95, 179.95] {
        let view = view(center, 0.0, 10.0);
        let pieces = pieces(&lines, &view, None);
        assert_eq!((pieces.marks.len(), pieces.lines.len()), (21, 1), "{center}");
        let middle = view.to_screen(Position::new(180.0, 0.0));
        assert!((pieces.marks[10] - middle).length() < 0.01, "{:?} {middle:?}", pieces.marks[10]);
        assert!(pieces.lines[0].is_sorted_by(|a, b| a.x < b.x), "eastward, not around the world");
    }
    assert!(pieces(&lines, &view(0.0, 0.0, 10.0), None).lines.is_empty());
    assert!(pieces(&lines, &view(180.0, 40.0, 10.0), None).marks.is_empty());
}

#[test]
fn a_small_map_shows_a_trip_in_every_copy_of_the_world() {
    let lines = lines(0.0, 1);
    // Worlds of 256 points on 800: with the middle at 400, copies at 144 and 656 are seen too.
    let marks = pieces(&lines, &view(0.0, 0.0, 0.0), None).marks;
    let mut xs: Vec<f32> = marks.iter().map(|mark| mark.x).collect();
    xs.sort_by(f32::total_cmp);
    assert_eq!(xs, [144.0, 400.0, 656.0]);
}

#[test]
fn the_time_window_cuts_lines_and_leaves_marks_out() {
    let lines = lines(0.0, 21);
    let pieces = pieces(&lines, &view(0.1, 0.0, 12.0), Some((5_000, 8_000)));
    assert_eq!((pieces.marks.len(), pieces.lines.len()), (4, 1));
    assert_eq!(pieces.lines[0].len(), 4);
}

#[test]
fn marks_that_lie_on_each_other_are_crowded_and_those_apart_are_not() {
    let lines = lines(0.0, 101);
    // A degree on 800 points, then on 45.
    let (near, far) = (view(0.5, 0.0, 10.0), view(0.5, 0.0, 6.0));
    assert!(!pieces(&lines, &near, None).is_crowded());
    let far = pieces(&lines, &far, None);
    assert!(far.is_crowded() && far.n == 101 && far.marks.len() < 12, "{}", far.marks.len());
    assert!(!Pieces::default().is_crowded());
}

#[test]
fn lines_are_the_fainter_the_more_of_the_map_they_cover() {
    let view = view(0.0, 0.0, 10.0);
    let with = |n: usize| Pieces {
        lines: vec![vec![pos2(0.0, 300.0), pos2(800.0, 300.0)]; n],
        ..Pieces::default()
    };
    // A line covers a six-hundredth of a map that is 600 points high.
    assert_eq!(with(10).opacity(&view), 0.8);
    assert!((with(120).opacity(&view) - 0.3).abs() < 1e-3);
    assert_eq!(with(6000).opacity(&view), 0.15);
    let beside = vec![vec![pos2(0.0, -9.0), pos2(800.0, -9.0)]; 6000];
    assert_eq!(Pieces { lines: beside, ..Pieces::default() }.opacity(&view), 0.8);
}

/// A small made sea, compressed.
fn desk() -> Desk {
    let (mut desk, mut session) = (Desk::default(), Session::default());
    session.sources.make_demo();
    session.set("synth.rows=30000").unwrap();
    session.set("map.kept=true").unwrap();
    let wanted = desk.wanted(&session.map.stages(), &session).unwrap();
    for _ in 0..10 {
        desk.update(&session, &Jobs::Inline, &wanted);
    }
    desk
}

#[test]
fn of_selected_trips_all_is_drawn_and_of_the_others_only_close_in() {
    let desk = desk();
    let result = desk.compress.shown().expect("the map asks for it");
    let trips = desk.trips.shown().unwrap();
    let mut held = HeldKept::default();
    held.want(Some(result), &Jobs::Inline);
    let (_, lines) = held.shown.as_ref().unwrap();
    let (kept, of) = lines.n;
    assert!(0 < kept && kept < of && lines.places.len() == kept, "{kept} {of}");
    let trip = &lines.trips[0];
    let first = trips.value.trips.trips[trip.index].track(trips.value.fleet()).positions[0];
    let index = trip.index;
    let hidden = std::cell::Cell::new(None);
    let n_shapes = |held: &HeldKept, view: &View, selected: &[usize]| {
        let context = egui::Context::default();
        let output = context.run_ui(egui::RawInput::default(), |ui| {
            let look = KeptLook {
                of: trips.value,
                selected,
                is_shown: &|trip, _| hidden.get() != Some(trip),
                window_ms: None,
                is_dark: true,
            };
            held.paint(&ui.painter().with_clip_rect(SCREEN), view, &look);
        });
        output.shapes.len()
    };
    let far = View::new(first, 3.0, SCREEN);
    assert_eq!(n_shapes(&held, &far, &[]), 0);
    assert!(held.is_crowded.get() && held.legend(true).unwrap().remark.is_some());
    assert!(n_shapes(&held, &far, &[index]) >= 3, "a line and a mark");
    let near = View::new(first, 16.0, SCREEN);
    assert!(n_shapes(&held, &near, &[]) >= 2);
    assert!(!held.is_crowded.get() && held.legend(true).unwrap().remark.is_none());
    hidden.set(Some(index));
    assert_eq!(n_shapes(&held, &far, &[index]), 0, "what the map hides has no marks");
    held.want(None, &Jobs::Inline);
    assert_eq!(n_shapes(&held, &near, &[]), 0, "the layer is off");
}
