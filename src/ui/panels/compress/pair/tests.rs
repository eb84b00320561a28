use std::cell::RefCell;
use std::rc::Rc;

use egui::{Modifiers, MouseWheelUnit, TouchPhase, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::*;
use crate::ais::{Ending, Report, Vessel};
use crate::base::geo::Position;

/// An hour of reports, one a minute, of which each tenth is kept; the course swings around north.
fn trip() -> (Fleet, Trip, Vec<bool>) {
    let report = |minute: i64| Report {
        sog_kn: 10.0 + (minute % 10) as f32 * 0.1,
        cog_deg: ((minute % 5) as f32 - 2.0).rem_euclid(360.0),
        ..Report::at(minute * 60_000, Position::new(0.0, minute as f64 / 360.0))
    };
    let fleet = Fleet::from_tracks(vec![(Vessel::default(), (0..=60).map(report).collect())]);
    let (begins, ends) = (Ending::Track, Ending::Track);
    let trip = Trip { vessel: 0, reports: 0..61, length_m: 18_520.0, begins, ends };
    (fleet, trip, (0..=60).map(|minute| minute % 10 == 0).collect())
}

struct Window {
    harness: Harness<'static>,
    pair: Rc<RefCell<Pair>>,
    clicks: Rc<RefCell<Vec<i64>>>,
}

fn window(size: [f32; 2]) -> Window {
    let (pair, clicks) = (Rc::new(RefCell::new(Pair::default())), Rc::default());
    let (inner, inner_clicks): (Rc<RefCell<Pair>>, Rc<RefCell<Vec<i64>>>) =
        (Rc::clone(&pair), Rc::clone(&clicks));
    let (fleet, trip, mask) = trip();
    let mut harness =
        Harness::builder().with_size(size).with_step_dt(1.0 / 60.0).build_ui(move |ui| {
            let subject = Subject {
                key: Key::of("test/1", &0, &[]),
                trip_index: 7,
                fleet: &fleet,
                trip: &trip,
                mask: &mask,
                now_ms: None,
                is_selected: true,
            };
            inner_clicks.borrow_mut().extend(inner.borrow_mut().ui(ui, &subject));
        });
    harness.run_steps(4);
    Window { harness, pair, clicks }
}

fn view(window: &Window) -> View {
    window.pair.borrow().view.unwrap().0
}

#[test]
fn what_is_kept_of_a_trip_and_what_that_costs_stand_beside_its_plots() {
    let window = window([700.0, 190.0]);
    window.harness.get_by_label("kept 7 of 61 (11.5 %)");
    // From 10.0 to 10.0 kn over reports of up to 10.9 kn; courses from 358 to 2 degrees, kept at 358.
    let errors = window.harness.get_by_label_contains("Largest / mean error");
    window.harness.get_by_label_contains("speed 0.90 / 0.44 kn, course 4.00 / 1.97°");
    assert!(errors.rect().bottom() <= 190.0, "all is seen in a low pane: {:?}", errors.rect());
}

#[test]
fn the_pointer_in_one_plot_is_told_above_and_marked_in_both() {
    let mut window = window([1400.0, 190.0]);
    let plot = window.harness.get_by_label_contains("Speed over ground before").rect();
    // Room of two in a hundred at both ends.
    let at =
        |minute: f32| plot.left_center() + vec2(plot.width() * (0.02 + minute / 60.0) / 1.04, 0.0);
    window.harness.hover_at(at(25.0));
    window.harness.run_steps(3);
    window.harness.get_by_label("1970-01-01 00:25:00 UTC, 10.5 kn, 358.0°, left 10.0 kn, 358.0°");
    let hover = window.pair.borrow().hover.unwrap();
    assert!((hover - 25.0 * 60_000.0).abs() < 30_000.0, "{hover}");
    window.harness.drag_at(at(30.0));
    window.harness.drop_at(at(30.0));
    window.harness.run_steps(2);
    assert_eq!(window.clicks.borrow().last(), Some(&(30 * 60_000)));
}

#[test]
fn the_wheel_zooms_both_plots_and_a_button_brings_all_back() {
    let mut window = window([700.0, 190.0]);
    let all = view(&window);
    let plot = window.harness.get_by_label_contains("Course over ground before").rect();
    window.harness.hover_at(plot.center());
    window.harness.step();
    window.harness.event(egui::Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, 200.0),
        modifiers: Modifiers::NONE,
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
    });
    window.harness.run_steps(30);
    let near = view(&window);
    assert!(near.span_ms() < 0.6 * all.span_ms(), "{near:?}");
    window.harness.get_by_label("Fit").click();
    window.harness.run_steps(3);
    assert_eq!(view(&window), all);
}

#[test]
fn over_distance_the_axis_is_the_way_sailed() {
    let mut window = window([700.0, 190.0]);
    window.harness.get_by_label("Distance").click();
    window.harness.run_steps(3);
    // A sixth of a nautical mile a minute: ten in an hour, 18,530 m, and 500 m of room.
    let view = view(&window);
    assert!((view.to_ms - 185_300.0 - 5_000.0).abs() < 100.0, "{view:?}");
    assert!(window.pair.borrow().along == Along::Way);
}

#[test]
fn lines_of_courses_break_where_they_cross_north() {
    let pieces = unbroken(&[350.0, 359.0, 1.0, 10.0, f32::NAN, 200.0]);
    let ranges: Vec<_> = pieces.into_iter().map(|piece| piece.reports).collect();
    assert_eq!(ranges, [0..2, 2..6]);
    assert!(unbroken(&[]).is_empty());
}

#[test]
fn dots_that_would_lie_on_each_other_are_one() {
    let (fleet, trip, _) = trip();
    let mask = vec![true; 61];
    let subject = Subject {
        key: Key::of("test/1", &0, &[]),
        trip_index: 7,
        fleet: &fleet,
        trip: &trip,
        mask: &mask,
        now_ms: None,
        is_selected: true,
    };
    let series = Series::new(&subject, Along::Time);
    let view = View::around(0, 3_600_000);
    let n = |columns: usize| dots(&series, Columns { view, n: columns }, 20, 11.0).len();
    assert_eq!(n(1000), 61);
    assert!(n(30) < 30, "{}", n(30));
}
