use std::cell::RefCell;
use std::rc::Rc;

use egui::{Key, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::*;

fn row(cluster: Option<u32>, size: usize, direction_deg: Option<f64>) -> ClusterRow {
    ClusterRow {
        cluster,
        name: cluster.map_or("Noise".into(), |cluster| format!("Cluster {}", cluster + 1)),
        color: Color32::RED,
        size,
        share: size as f64 / 100.0,
        direction_deg,
        opposite_share: 0.0,
        length_nmi: direction_deg.map(|deg| deg / 10.0),
        sog_kn: Some(12.0),
        is_shown: true,
        is_solo: false,
    }
}

/// Three clusters of 50, 30 and 15 trips, and five of noise.
fn rows() -> Vec<ClusterRow> {
    vec![
        row(Some(0), 50, Some(90.0)),
        row(Some(1), 30, None),
        row(Some(2), 15, Some(359.7)),
        row(None, 5, None),
    ]
}

fn window(width: f32) -> (Harness<'static>, Rc<RefCell<Vec<ClusterEdit>>>) {
    let said = Rc::new(RefCell::new(Vec::new()));
    let (held, list) = (Rc::clone(&said), RefCell::new(ClusterList::default()));
    let mut harness = Harness::builder().with_size([width, 190.0]).build_ui(move |ui| {
        let edits = list.borrow_mut().ui(ui, &rows(), Some(1), 0);
        let is_deed = |edit: &ClusterEdit| !matches!(edit, ClusterEdit::Hover(_));
        held.borrow_mut().extend(edits.into_iter().filter(is_deed));
    });
    harness.run();
    (harness, said)
}

/// The first words of rows from the top.
fn names(harness: &Harness<'static>) -> Vec<String> {
    let mut names: Vec<(f32, String)> = harness
        .query_all_by_role(Role::Row)
        .map(|row| (row.rect().top(), row.accesskit_node().label().unwrap_or_default()))
        .collect();
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    names.into_iter().map(|(_, label)| label.split(':').next().unwrap().to_owned()).collect()
}

#[test]
fn a_click_on_a_row_selects_its_trips_and_boxes_hide_and_solo() {
    let (mut harness, said) = window(700.0);
    harness.get_by_label_contains("Cluster 2: 30 trips, 30.0 %").click();
    harness.run();
    harness.get_by_label("Show Noise").click();
    harness.run();
    harness.get_by_label("Solo Cluster 3").click();
    harness.run();
    assert_eq!(
        *said.borrow(),
        [ClusterEdit::Select(Some(1)), ClusterEdit::Show(None, false), ClusterEdit::Solo(Some(2))]
    );
}

#[test]
fn two_marked_clusters_can_be_merged_and_one_cannot() {
    let (mut harness, said) = window(700.0);
    harness.get_by_label("Mark Cluster 3 to merge").click();
    harness.run();
    harness.get_by_label("Merge 1").click();
    harness.run();
    assert_eq!(*said.borrow(), []);
    harness.get_by_label("Mark Cluster 1 to merge").click();
    harness.run();
    harness.get_by_label("Merge 2").click();
    harness.run();
    assert_eq!(*said.borrow(), [ClusterEdit::Merge(vec![0, 2])]);
    harness.get_by_label("Merge 0");
}

#[test]
fn a_name_is_typed_over_and_escape_keeps_the_old_one() {
    for (ends_by, expected) in
        [(Key::Enter, vec![ClusterEdit::Rename(1, "Ferry".into())]), (Key::Escape, Vec::new())]
    {
        let (mut harness, said) = window(700.0);
        harness.get_by_label_contains("Cluster 2: ").focus();
        harness.run();
        harness.key_press(Key::F2);
        harness.run_steps(3);
        harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
        harness.run_steps(2);
        harness.get_by_label("Name of the cluster").type_text("Ferry");
        harness.run_steps(2);
        harness.key_press(ends_by);
        harness.run_steps(3);
        assert_eq!(*said.borrow(), expected);
    }
}

#[test]
fn a_color_is_chosen_from_ten() {
    let (mut harness, said) = window(700.0);
    harness.get_by_label("Color of Cluster 2").click();
    harness.run();
    harness.get_by_label("Color 7").click();
    harness.run();
    assert_eq!(*said.borrow(), [ClusterEdit::Recolor(1, 6)]);
    assert!(harness.query_by_label("Color 7").is_none(), "the colors are put away");
}

#[test]
fn titles_sort_and_noise_stays_last() {
    let (mut harness, _) = window(700.0);
    assert_eq!(names(&harness), ["Cluster 1", "Cluster 2", "Cluster 3", "Noise"]);
    harness.get_by_role_and_label(Role::ColumnHeader, "Trips").click();
    harness.run();
    harness.get_by_role_and_label(Role::ColumnHeader, "Trips").click();
    harness.run();
    assert_eq!(names(&harness), ["Cluster 3", "Cluster 2", "Cluster 1", "Noise"]);
    harness.get_by_role_and_label(Role::ColumnHeader, "nmi").click();
    harness.run();
    assert_eq!(names(&harness), ["Cluster 3", "Cluster 1", "Cluster 2", "Noise"]);
}

#[test]
fn the_pointer_on_a_row_is_told() {
    let told = Rc::new(RefCell::new(Vec::new()));
    let (held, list) = (Rc::clone(&told), RefCell::new(ClusterList::default()));
    let mut harness = Harness::builder().with_size([700.0, 190.0]).build_ui(move |ui| {
        *held.borrow_mut() = list.borrow_mut().ui(ui, &rows(), None, 0);
    });
    harness.run();
    harness.get_by_label_contains("Cluster 3: ").hover();
    harness.run();
    assert_eq!(*told.borrow(), [ClusterEdit::Hover(2)]);
}

#[test]
fn where_there_is_no_room_what_can_be_spared_is_left_out() {
    let columns = |width_px: f32| -> Vec<&'static str> {
        Column::that_fit(width_px).into_iter().map(|(column, _)| column.title()).collect()
    };
    assert_eq!(columns(700.0).len(), 10);
    assert_eq!(columns(290.0), ["#", "Cluster", "Trips", "Show", "Solo", "Merge"]);
    let spared = Column::spared(&Column::that_fit(290.0));
    let words = |row: &ClusterRow| -> Vec<String> {
        spared.iter().filter_map(|column| column.words(row)).collect()
    };
    assert_eq!(words(&row(Some(0), 50, Some(90.0))), ["50.0 %", "090°", "9.0 nmi", "12.0 kn"]);
    assert_eq!(words(&row(Some(1), 30, None)), ["30.0 %", "12.0 kn"]);
    let sum: f32 = Column::that_fit(500.0).iter().map(|(_, width)| width).sum();
    assert!((sum - 500.0).abs() < 1.0, "the name takes what is left: {sum}");
}

#[test]
fn courses_have_three_digits_and_both_ways_are_marked() {
    let north = row(Some(2), 15, Some(359.7));
    assert_eq!(Column::Direction.text(&north), Some("000°".into()));
    let both = ClusterRow { opposite_share: 0.4, ..row(Some(0), 1, Some(45.0)) };
    assert_eq!(Column::Direction.text(&both), Some("045° ±".into()));
    assert_eq!(share_text(0.0004), "<0.1 %");
}
