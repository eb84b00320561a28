use std::cell::Cell as Held;
use std::rc::Rc;

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::super::made;
use super::*;

fn row(eps: f32, min_trips: usize, sc: f64, ch: f64) -> Row {
    let (sc, ch) = (Some(sc), Some(ch));
    Row {
        eps,
        min_trips,
        clusters: 2,
        noise: 1,
        sc,
        ch,
        db: Some(1.0 / f64::from(eps)),
        scch: sc,
        score: sc,
    }
}

/// Two `MinPts` by two eps, of which silhouette and Calinski-Harabasz prefer different ones.
fn tie() -> Sweep {
    let rows = vec![
        row(1.0, 2, 0.1, 9.0),
        row(2.0, 2, 0.2, 1.0),
        row(1.0, 3, 0.3, 2.0),
        row(2.0, 3, 0.635, 3.0),
    ];
    Sweep { rows, best: Some(3) }
}

#[test]
fn each_figure_has_its_own_best() {
    let sweep = tie();
    assert_eq!(Figure::Silhouette.best(&sweep), Some(3));
    assert_eq!(Figure::CalinskiHarabasz.best(&sweep), Some(0));
    // 1 / eps is least at 2; of the two the larger eps, which is the same: the first.
    assert_eq!(Figure::DaviesBouldin.best(&sweep), Some(1));
    assert_eq!(Figure::Clusters.best(&sweep), None);
}

#[test]
fn a_click_on_a_cell_gives_back_its_pair() {
    let picked = Rc::new(Held::new(None));
    let held = Rc::clone(&picked);
    let mut harness = Harness::builder().with_size([700.0, 190.0]).build_ui(move |ui| {
        let mut maps = ScoreMaps::default();
        let now = Pair { eps: 1.5, min_trips: 2 };
        if let Some(pair) = maps.ui(ui, &tie(), now, "m") {
            held.set(Some(pair));
        }
    });
    harness.run();
    let map = harness.get_by_label_contains("Map of Calinski-Harabasz").rect();
    // The upper row is MinPts 3, the right half eps 2.
    for (x, y, eps, min_trips) in [(0.75, 0.25, 2.0, 3), (0.25, 0.75, 1.0, 2)] {
        let at = map.min + vec2(x, y) * map.size();
        harness.hover_at(at);
        harness.step();
        harness.drag_at(at);
        harness.step();
        harness.drop_at(at);
        harness.run();
        assert_eq!(picked.get(), Some(Pair { eps, min_trips }));
    }
}

#[test]
fn hovering_a_cell_shows_every_figure_of_its_pair() {
    let mut harness = Harness::builder().with_size([700.0, 300.0]).build_ui(move |ui| {
        let now = Pair { eps: 1.5, min_trips: 2 };
        ScoreMaps::default().ui(ui, &tie(), now, "m");
    });
    harness.run();
    let map = harness.get_by_label_contains("Map of Silhouette").rect();
    // The heads of maps say their largest value too.
    let before = harness.query_all_by_label("0.635").count();
    harness.hover_at(map.min + vec2(0.75, 0.25) * map.size());
    harness.run_steps(30);
    harness.get_by_label("eps 2.000 m, MinPts 3");
    // Silhouette, SCCH and score.
    assert_eq!(harness.query_all_by_label("0.635").count(), before + 3);
}

#[test]
fn maps_can_be_put_away_but_for_the_last() {
    let mut maps = ScoreMaps::default();
    maps.toggle(Figure::Noise);
    assert_eq!(maps.shown.last(), Some(&Figure::Noise));
    for figure in Figure::ALL {
        if maps.shown.contains(&figure) {
            maps.toggle(figure);
        }
    }
    assert_eq!(maps.shown, [Figure::Noise]);
}

#[test]
fn a_sweep_of_made_trips_is_told_in_words() {
    let sweep = made::sweep();
    let best = sweep.best.map(|best| &sweep.rows[best]);
    let text = said(Figure::Score, best, "m");
    assert!(text.starts_with("Map of Score over eps and MinPts: best "), "{text}");
    assert_eq!(said(Figure::Noise, None, ""), "Map of Noise over eps and MinPts");
}
