use egui::{Rect, vec2};

use super::*;
use crate::ais::{Fleet, Report, Vessel};
use crate::base::geo::Position;
use crate::base::job::Job;
use crate::ui::map::geometry::geometry;

fn lane(places: &[(f64, f64)], every_s: i64) -> Geometry {
    let report = |(i, (lon_deg, lat_deg)): (i64, &(f64, f64))| Report {
        sog_kn: 10.0,
        ..Report::at(i * every_s * 1000, Position::new(*lon_deg, *lat_deg))
    };
    let reports = (0..).zip(places).map(report).collect();
    geometry(&Fleet::from_tracks(vec![(Vessel::default(), reports)]), &[], &Job::default()).unwrap()
}

/// Cells of a quarter of a degree of longitude, 20 by 20 around a place on the equator.
fn cells(lon_deg: f64) -> Grid {
    let rect = Rect::from_min_size(Pos2::ZERO, vec2(40.0, 40.0));
    let view = View { world_px: 2880.0, ..View::new(Position::new(lon_deg, 0.0), 0.0, rect) };
    Grid::new(&view, rect, 2.0, CELLS_MAX).unwrap()
}

fn rows(grid: &Grid, sums: &[f32]) -> Vec<Vec<f32>> {
    sums.chunks(grid.size[0] as usize).map(<[f32]>::to_vec).collect()
}

#[test]
fn a_legs_hours_are_spread_along_it() {
    // Half an hour from the middle of one cell to the middle of the fifth, on either way.
    for (from, to) in [(0.125, 1.125), (1.125, 0.125)] {
        let geometry = lane(&[(from, -0.1), (to, -0.1)], 1800);
        let grid = cells(0.0);
        let style = Style::new(true);
        let found = sums(&geometry, 0, &grid, |_, _| true, &style, Measure::ShipHours);
        let row = rows(&grid, &found).swap_remove(10);
        for (cell, expected) in row[9..16].iter().zip([0.0, 0.5, 1.0, 1.0, 1.0, 0.5, 0.0]) {
            assert!((cell - expected * 0.125).abs() < 1e-5, "{row:?}");
        }
        assert!((found.iter().sum::<f32>() - 0.5).abs() < 1e-5);
        let reports = sums(&geometry, 0, &grid, |_, _| true, &style, Measure::Reports);
        let row = rows(&grid, &reports).swap_remove(10);
        assert_eq!(row[9..16], [0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    }
}

#[test]
fn across_the_date_line_hours_go_the_short_way() {
    for (from, to) in [(179.5, -179.5), (-179.5, 179.5)] {
        let geometry = lane(&[(from, 0.1), (to, 0.1)], 600);
        for center in [179.9, -179.9] {
            let grid = cells(center);
            let found =
                sums(&geometry, 0, &grid, |_, _| true, &Style::new(true), Measure::ShipHours);
            assert!((found.iter().sum::<f32>() - 1.0 / 6.0).abs() < 1e-5);
            assert!(found.iter().filter(|hours| **hours > 0.0).count() <= 5);
        }
    }
}

#[test]
fn what_filters_and_windows_leave_out_does_not_count() {
    let geometry = lane(&[(0.0, 0.1), (0.3, 0.1), (0.6, 0.1)], 60);
    let (grid, style) = (cells(0.0), Style::new(true));
    let both = |style: &Style, is_shown: bool| {
        [Measure::Reports, Measure::ShipHours].map(|measure| {
            let found = sums(&geometry, 0, &grid, |_, _| is_shown, style, measure);
            (f64::from(found.iter().sum::<f32>()) * 6000.0).round() / 6000.0
        })
    };
    assert_eq!(both(&style, true), [3.0, 2.0 / 60.0]);
    assert_eq!(both(&style, false), [0.0, 0.0]);
    assert_eq!(both(&Style { shows_rest: false, ..style.clone() }, true), [0.0, 0.0]);
    let window = Style { time_window_ms: Some((30_000, 60_000)), ..style.clone() };
    assert_eq!(both(&window, true), [1.0, 0.5 / 60.0]);
    let window = Style { time_window_ms: Some((60_000, 60_000)), ..style.clone() };
    assert_eq!(both(&window, true), [1.0, 0.0]);
    assert_eq!(both(&Style { speed_window_kn: Some((11.0, 12.0)), ..style }, true), [0.0, 0.0]);
}

#[test]
fn a_picture_is_drawn_and_kept() {
    let geometry = lane(&[(0.0, 0.1), (0.3, 0.1), (0.6, 0.1)], 60);
    let key = Key::of("plain", &0, &[]);
    let mut plain = PlainDensity::default();
    assert_eq!(plain.legend(), None);
    let context = egui::Context::default();
    let rect = Rect::from_min_size(Pos2::ZERO, vec2(400.0, 300.0));
    let view = View::new(Position::new(0.3, 0.0), 6.0, rect);
    let mut kept = Vec::new();
    for of in [None, None, Some(key)] {
        let input = egui::RawInput { screen_rect: Some(rect), ..Default::default() };
        let _ = context.run_ui(input, |ui| {
            let (style, density) = (Style::new(true), DensityStyle::default());
            let all = |_: u32, _: &Slot| true;
            plain.paint(ui.painter(), &view, ((key, of, 0), &geometry), all, &style, &density);
        });
        kept.push(plain.shown.as_ref().unwrap().texture.id());
    }
    assert_eq!(kept[0], kept[1]);
    assert_ne!(kept[0], kept[2]);
    let legend = plain.legend().unwrap();
    assert_eq!(legend.title, "Ship-hours per km²");
    assert!(legend.scale.unwrap().labels.len() >= 2);
}
