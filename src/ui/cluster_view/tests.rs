use super::TripLabel::{Cluster, Noise, Unknown};
use super::{About, ClusterView, title, trip_names};
use crate::ais::{Ending, Fleet, Mmsi, Report, Trip, Vessel};
use crate::base::geo::Position;
use crate::cluster::Labels;
use crate::flow::key::Key;

fn key(name: &str) -> Key {
    Key::of(name, &(), &[])
}

/// Labels of the trips named 0, 1, 2 and so on.
fn follow(view: &mut ClusterView, name: &str, groups: &[Option<u32>]) {
    let names = (0..groups.len() as u64).collect();
    view.follow(key(name), &Labels::new(groups), || names);
}

fn colors(view: &ClusterView) -> Vec<usize> {
    let n = view.labels().map_or(0, Labels::clusters) as u32;
    (0..n).map(|cluster| view.color_of(cluster)).collect()
}

const A: Option<u32> = Some(0);
const B: Option<u32> = Some(1);
const C: Option<u32> = Some(2);

#[test]
fn the_first_clusters_take_the_colors_in_order() {
    let mut view = ClusterView::default();
    follow(&mut view, "1", &[A, A, A, B, B, C, None]);
    assert_eq!(colors(&view), [0, 1, 2]);
    let all: Vec<Option<u32>> = (0..12).map(Some).collect();
    let mut many = ClusterView::default();
    follow(&mut many, "1", &all);
    assert_eq!(colors(&many), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
}

#[test]
fn a_cluster_keeps_its_color_though_its_number_changes() {
    let mut view = ClusterView::default();
    follow(&mut view, "1", &[A, A, A, B, B, None]);
    // B grows and becomes cluster 0; A loses a trip and becomes cluster 1.
    follow(&mut view, "2", &[A, A, None, B, B, B]);
    assert_eq!(view.labels().unwrap().as_slice()[3], Some(0));
    assert_eq!(colors(&view), [1, 0]);
}

#[test]
fn a_part_that_splits_off_takes_the_least_used_free_color() {
    let mut view = ClusterView::default();
    follow(&mut view, "1", &[A, A, A, A, A, B, B, B]);
    follow(&mut view, "2", &[A, A, A, C, C, B, B, B]);
    assert_eq!(colors(&view), [0, 1, 2]);
}

#[test]
fn a_cluster_that_was_noise_for_a_while_gets_its_color_back() {
    let mut view = ClusterView::default();
    follow(&mut view, "1", &[A, A, A, B, B, C, C]);
    follow(&mut view, "2", &[A, A, A, None, None, C, C]);
    assert_eq!(colors(&view), [0, 2]);
    follow(&mut view, "3", &[A, A, A, B, B, C, C]);
    assert_eq!(colors(&view), [0, 1, 2]);
}

#[test]
fn no_two_of_ten_clusters_share_a_color_even_where_more_did_before() {
    let mut view = ClusterView::default();
    let mut groups: Vec<Option<u32>> = (0..11).map(Some).collect();
    follow(&mut view, "1", &groups);
    assert_eq!((view.color_of(0), view.color_of(10)), (0, 0));
    groups[5] = None; // Its color is free; ten are left.
    follow(&mut view, "2", &groups);
    assert_eq!(colors(&view), [0, 1, 2, 3, 4, 6, 7, 8, 9, 5]);
}

#[test]
fn a_chosen_color_outranks_all_others_and_stays() {
    let mut view = ClusterView::default();
    follow(&mut view, "1", &[A, A, A, B, B, None]);
    view.set_color(1, 7);
    follow(&mut view, "2", &[A, A, C, B, B, B]);
    assert_eq!(colors(&view), [7, 0, 1], "B, A, and C with the color that B gave up");
    view.set_color(0, 0);
    follow(&mut view, "3", &[A, A, C, B, B, None]);
    assert_eq!(colors(&view), [0, 0, 1], "two of one color, as the user wants it");
}

#[test]
fn what_is_hidden_stays_hidden_and_solo_stays_solo() {
    let mut view = ClusterView::default();
    follow(&mut view, "1", &[A, A, A, B, B, None]);
    view.set_hidden(Some(0), true);
    view.set_hidden(None, true);
    follow(&mut view, "2", &[A, A, None, B, B, B]);
    assert_eq!([Some(0), Some(1), None].map(|of| view.is_shown(of)), [true, false, false]);
    view.set_solo(Some(1));
    assert_eq!([Some(0), Some(1), None].map(|of| view.is_shown(of)), [false, true, false]);
    follow(&mut view, "3", &[A, A, A, B, B, None]);
    assert_eq!(view.solo(), Some(0));
    follow(&mut view, "4", &[None, None, None, B, B, None]);
    assert_eq!((view.solo(), view.is_shown(Some(0))), (None, true));
    view.show_all();
    assert!(view.is_shown(None));
}

#[test]
fn a_filter_that_takes_trips_away_does_not_mix_up_clusters() {
    let mut view = ClusterView::default();
    follow(&mut view, "1", &[A, A, A, B, B, C]);
    // Trips 0, 1 and 2 no longer pass.
    view.follow(key("2"), &Labels::new(&[B, B, C]), || vec![3, 4, 5]);
    assert_eq!(colors(&view), [1, 2]);
    follow(&mut view, "3", &[A, A, A, B, B, C]);
    assert_eq!(colors(&view), [0, 1, 2]);
}

#[test]
fn the_same_result_again_changes_nothing() {
    let mut view = ClusterView::default();
    follow(&mut view, "1", &[A, A, B]);
    view.set_hovered(Some(1));
    view.begin_frame();
    let version = view.version();
    view.follow(key("1"), &Labels::new(&[A, B, B]), || unreachable!("names are not asked for"));
    assert_eq!((view.version(), view.hovered()), (version, Some(1)));
}

#[test]
fn what_is_pointed_at_lasts_as_long_as_some_panel_says_so() {
    let mut view = ClusterView::default();
    follow(&mut view, "1", &[A, A, B]);
    view.set_hovered(Some(1));
    view.set_hovered(None); // Another panel, where the pointer is not.
    assert_eq!((view.hovered(), view.is_moving()), (None, true));
    assert!(view.begin_frame());
    assert_eq!(view.hovered(), Some(1));
    view.set_hovered(Some(1));
    let version = view.hover_version();
    assert!(!view.begin_frame() && view.hover_version() == version);
    assert!(view.begin_frame());
    assert_eq!(view.hovered(), None);
}

#[test]
fn a_pinned_result_is_compared_with_those_that_follow() {
    let mut view = ClusterView::default();
    view.pin(About::default());
    assert!(view.pinned().is_none(), "there is nothing to pin");
    follow(&mut view, "1", &[A, A, A, A, A, B, None]);
    view.pin(About { in_words: "eps 500 m".into(), ..About::default() });
    follow(&mut view, "2", &[A, A, A, C, C, B, B]);
    let difference = view.difference().unwrap();
    assert_eq!((difference.clusters, difference.noise), ([2, 3], [1, 0]));
    assert_eq!((difference.changed, difference.trips), (3, 7));
    assert_eq!(difference.is_changed, [false, false, false, true, true, false, true]);
    // A gave trips to C, and B took one in from noise.
    assert_eq!(difference.has_changed, [vec![true; 2], vec![true; 3]]);
    assert_eq!(
        difference.in_words(),
        "Clusters: 2, now 3. Noise: 1, now 0. 3 of 7 trips changed cluster."
    );
    assert_eq!((view.pinned().unwrap().key(), view.pinned().unwrap().color_of(1)), (key("1"), 1));
    let pinned = view.pinned().unwrap();
    assert_eq!((pinned.in_words(), pinned.title_of(1)), ("eps 500 m", title(1)));
    view.unpin();
    assert!(view.pinned().is_none() && view.difference().is_none());
}

#[test]
fn trips_that_only_one_of_two_results_has_did_not_change_cluster() {
    let mut view = ClusterView::default();
    follow(&mut view, "1", &[A, A, A, B, B, C]);
    view.pin(About::default());
    view.follow(key("2"), &Labels::new(&[B, B, None, A]), || vec![3, 4, 5, 99]);
    let difference = view.difference().unwrap();
    assert_eq!((difference.trips, difference.only_in, difference.changed), (3, [3, 1], 1));
    assert_eq!(difference.is_changed, [false, false, true, false]);
    assert!(difference.in_words().ends_with("Trips gone: 3, new: 1."));
    let pinned = view.pinned().unwrap();
    assert_eq!([99, 5, 0].map(|name| pinned.label_of(name)), [Unknown, Cluster(2), Cluster(0)]);
    assert_eq!([0, 5, 99].map(|name| view.label_of(name)), [Unknown, Noise, Cluster(1)]);
    assert_eq!([0, 5, 99].map(|name| view.is_changed(name)), [false, true, false]);
}

#[test]
fn a_cluster_has_the_color_of_the_pinned_one_that_it_goes_on_from() {
    let mut view = ClusterView::default();
    follow(&mut view, "1", &[A, A, A, A, B, B]);
    view.pin(About::default());
    // Half of A joins B, then leaves: step by step A's color would go over to B's trips.
    follow(&mut view, "2", &[None, None, A, A, A, A]);
    assert_eq!(colors(&view), [0]);
    follow(&mut view, "3", &[None, None, None, A, A, A]);
    assert_eq!(colors(&view), [1]);
}

#[test]
fn only_what_changed_can_be_asked_for_while_something_is_pinned() {
    let mut view = ClusterView::default();
    follow(&mut view, "1", &[A, A, B]);
    view.show_only_changed(true);
    assert!(!view.shows_only_changed());
    view.pin(About::default());
    assert!(!view.shows_only_changed(), "a new pin begins with all");
    view.show_only_changed(true);
    assert!(view.shows_only_changed());
}

#[test]
fn what_does_not_exist_is_neither_hidden_nor_colored_nor_alone() {
    let mut view = ClusterView::default();
    view.set_color(3, 1);
    view.set_hidden(Some(3), true);
    view.set_solo(Some(3));
    assert_eq!((view.solo(), view.is_shown(Some(3)), view.color_of(13)), (None, true, 3));
    follow(&mut view, "1", &[A, A, B]);
    let version = view.version();
    view.forget();
    assert!(view.key().is_none() && view.version() > version);
}

#[test]
fn trips_are_named_by_ship_and_first_moment() {
    let report = |t_s: i64| Report::at(t_s * 1000, Position::new(10.0, 57.0));
    let track = |mmsi: u32| {
        let vessel = Vessel { mmsi: Mmsi(mmsi), ..Vessel::default() };
        (vessel, (0..4).map(report).collect())
    };
    let fleet = Fleet::from_tracks(vec![track(219_000_001), track(219_000_002)]);
    let trip = |vessel: usize, start: usize, end: usize| Trip {
        vessel,
        reports: start..end,
        length_m: 1.0,
        begins: Ending::Track,
        ends: Ending::Track,
    };
    let names = trip_names(&fleet, &[trip(0, 0, 2), trip(0, 2, 4), trip(1, 4, 8)]);
    assert!(names[0] != names[1] && names[0] != names[2] && names[1] != names[2]);
    // Another end, another index: the same trip.
    assert_eq!(trip_names(&fleet, &[trip(0, 0, 4)]), names[..1]);
}

#[test]
fn ships_that_share_a_number_and_begin_at_once_have_trips_of_their_own() {
    let vessel = |part| Vessel { mmsi: Mmsi(5), part, ..Vessel::default() };
    let reports = || vec![Report::at(7, Position::new(0.0, 0.0)); 2];
    let fleet = Fleet::from_tracks(vec![(vessel(1), reports()), (vessel(2), reports())]);
    let trip = |vessel: usize| Trip {
        vessel,
        reports: fleet.range(vessel),
        length_m: 0.0,
        begins: Ending::Track,
        ends: Ending::Track,
    };
    let names = trip_names(&fleet, &[trip(0), trip(1)]);
    assert_ne!(names[0], names[1]);
}

#[test]
fn what_is_hidden_now_is_hidden_in_the_pinned_result_too() {
    let mut view = ClusterView::default();
    follow(&mut view, "1", &[A, A, A, B, B, None]);
    view.pin(About::default());
    // B goes on as the largest cluster; A is noise, and something new is there.
    follow(&mut view, "2", &[None, None, C, B, B, B]);
    assert_eq!((view.counterpart(0), view.counterpart(1)), (Some(1), Some(0)));
    follow(&mut view, "3", &[None, None, None, B, B, B]);
    assert_eq!((view.counterpart(0), view.counterpart(1)), (None, Some(0)));
    let shown = |view: &ClusterView| [Some(0), Some(1), None].map(|of| view.is_pinned_shown(of));
    assert_eq!(shown(&view), [true, true, true]);
    view.set_hidden(Some(0), true);
    assert_eq!(shown(&view), [true, false, true]);
    view.set_solo(Some(0));
    assert_eq!(shown(&view), [false, true, false]);
}
