use std::cell::Cell;
use std::rc::Rc;

use egui::{Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use egui_plot::PlotBounds;

use super::*;
use crate::ui::plot::quiet;

/// A plot of 400 x 200 points without axes, over x from 0 to 100 and y from 10 to 1000 on a
/// scale of powers of ten, with a line; and what the line stands for.
fn window(line: DragLine<'static>, value: f64) -> (Harness<'static>, Rc<Cell<f64>>) {
    let held = Rc::new(Cell::new(value));
    let inner = Rc::clone(&held);
    let mut harness =
        Harness::builder().with_size([420.0, 220.0]).with_step_dt(1.0 / 60.0).build_ui(move |ui| {
            let plot = quiet("plot").width(400.0).height(200.0).show_axes(false).show(ui, |plot| {
                plot.set_plot_bounds(PlotBounds::from_min_max([0.0, 1.0], [100.0, 3.0]));
            });
            if let Some(value) = line.show(ui, &plot, inner.get()) {
                inner.set(value);
            }
        });
    harness.run();
    (harness, held)
}

fn center(harness: &Harness<'static>, label: &str) -> Pos2 {
    harness.get_by_role_and_label(Role::Slider, label).rect().center()
}

fn drag(harness: &mut Harness<'static>, from: Pos2, to: Pos2) {
    harness.hover_at(from);
    harness.step();
    harness.drag_at(from);
    harness.step();
    harness.hover_at(from + (to - from) * 0.5);
    harness.step();
    harness.hover_at(to);
    harness.step();
    harness.drop_at(to);
    harness.run();
}

#[test]
fn dragging_a_vertical_line_changes_its_value_by_as_much_as_the_pointer_moves() {
    let (mut harness, value) = window(DragLine::vertical("k"), 25.0);
    let from = center(&harness, "k") + vec2(3.0, 0.0);
    // A hundred points of four hundred are a quarter of the axis; taken hold of three beside.
    drag(&mut harness, from, from + vec2(100.0, 10.0));
    assert!((value.get() - 50.0).abs() < 0.3, "{}", value.get());
}

#[test]
fn dragging_a_line_on_a_scale_of_powers_multiplies_its_value() {
    let line = DragLine::horizontal("eps").scale(Scale::Log10).range(1.0..=500.0);
    let (mut harness, value) = window(line, 100.0);
    let from = center(&harness, "eps");
    drag(&mut harness, from, from + vec2(0.0, 50.0));
    // Fifty points of two hundred are half a power of ten.
    assert!((value.get() - 31.6).abs() < 0.5, "{}", value.get());
    let from = center(&harness, "eps");
    drag(&mut harness, from, from - vec2(0.0, 160.0));
    assert_eq!(value.get(), 500.0, "not beyond its range");
}

#[test]
fn a_press_beside_the_line_moves_nothing() {
    let (mut harness, value) = window(DragLine::vertical("k"), 25.0);
    let from = center(&harness, "k") + vec2(20.0, 0.0);
    drag(&mut harness, from, from + vec2(100.0, 0.0));
    assert_eq!(value.get(), 25.0);
}

#[test]
fn arrows_move_the_line_that_has_the_focus_and_no_other() {
    let (mut harness, value) = window(DragLine::vertical("k").whole().range(2.0..=50.0), 25.0);
    harness.key_press(Key::ArrowRight);
    harness.run();
    assert_eq!(value.get(), 25.0);
    harness.get_by_role_and_label(Role::Slider, "k").focus();
    harness.run();
    harness.key_press(Key::ArrowRight);
    harness.run();
    assert_eq!(value.get(), 26.0);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowLeft);
    harness.run();
    assert_eq!(value.get(), 16.0);
}

#[test]
fn an_arrow_is_worth_a_point_of_the_screen() {
    let line = DragLine::horizontal("eps").scale(Scale::Log10);
    let (mut harness, value) = window(line, 100.0);
    harness.get_by_role_and_label(Role::Slider, "eps").focus();
    harness.run();
    harness.key_press(Key::ArrowUp);
    harness.run();
    // A hundredth of a power of ten: 100 becomes 102.3.
    assert_eq!(value.get(), 102.0);
}

#[test]
fn whole_numbers_snap() {
    let (mut harness, value) = window(DragLine::vertical("k").whole(), 25.0);
    let from = center(&harness, "k");
    drag(&mut harness, from, from + vec2(21.0, 0.0));
    assert_eq!(value.get(), 30.0);
}

#[test]
fn what_lies_beyond_the_plot_waits_at_its_edge() {
    let (mut harness, value) = window(DragLine::vertical("k"), 1e9);
    let from = center(&harness, "k");
    assert!(from.x > 380.0, "{from}");
    drag(&mut harness, from - vec2(2.0, 0.0), pos2(200.0, 100.0));
    assert!((45.0..55.0).contains(&value.get()), "{}", value.get());
    let line = DragLine::horizontal("eps").scale(Scale::Log10);
    let (harness, _) = window(line, 0.0);
    assert!(center(&harness, "eps").y > 180.0, "nothing is less than none");
}

#[test]
fn it_says_its_value_with_the_unit_and_the_note() {
    let line = DragLine::horizontal("eps").unit("m").note("412 of 500 trips core");
    assert_eq!(line.text(1234.5), "eps 1\u{2009}235 m: 412 of 500 trips core");
    assert_eq!(DragLine::vertical("k").whole().text(7.0), "k 7");
    assert_eq!(DragLine::vertical("eps").text(0.0425), "eps 0.04250");
}

#[test]
fn digits_that_the_screen_cannot_tell_apart_are_dropped() {
    for (value, resolution, expected) in [
        (1234.567, 37.0, 1230.0),
        (0.123_456, 0.002, 0.123),
        (0.1, 0.0, 0.1),
        (5.0e7, 2.0e5, 5.0e7),
    ] {
        assert_eq!(rounded(value, resolution), expected);
    }
}
