//! Scores as plots: the accuracy by quarter of the voyage, whether probabilities are what they promise,
//! and the error of the arrival by the time to go.

use egui::{Pos2, RichText, Sense, Shape, Stroke, Ui, vec2};
use egui_plot::{PlotBounds, PlotResponse};

use super::score_table::{Row, model_color};
use crate::destination::eta::EtaBand;
use crate::ui::plot::axis::{short, spaced_marks};
use crate::ui::plot::{describe, quiet};

/// How near to a point the pointer must be, points of the screen.
const NEAR_PX: f32 = 10.0;

/// The least distance of two numbers beside an axis and below one, points.
const STEP_PX: f64 = 28.0;
const ACROSS_PX: f64 = 38.0;

/// A point of a plot with what it says.
struct Spot {
    at: [f64; 2],
    radius_px: f32,
    text: String,
}

/// A line of a plot.
struct Series {
    title: String,
    color: egui::Color32,
    spots: Vec<Spot>,
}

/// The accuracy in each quarter of the voyages, a line a model.
pub fn quarters_ui(ui: &mut Ui, rows: &[Row]) {
    let is_dark = ui.visuals().dark_mode;
    let of = |(place, row): (usize, &Row)| {
        let scores = row.scores.as_ref()?;
        let spots = (1..).zip(scores.quarters).filter(|(_, share)| share.is_finite());
        let spots = spots.map(|(quarter, share)| Spot {
            at: [f64::from(quarter), 100.0 * share],
            radius_px: 3.5,
            text: format!("{}: {:.1} % in quarter {quarter}", row.model, 100.0 * share),
        });
        let color = model_color(place, is_dark);
        Some(Series { title: row.model.clone(), color, spots: spots.collect() })
    };
    let series: Vec<Series> = rows.iter().enumerate().filter_map(of).collect();
    let bounds = ([0.8, 0.0], [4.2, 103.0]);
    plot_ui(ui, "Accuracy, %, by quarter of the voyage", &series, bounds, "", &[]);
}

/// How often a model is right where it gives a probability, beside the honest diagonal. Larger dots
/// are of more answers.
pub fn reliability_ui(ui: &mut Ui, rows: &[Row]) {
    let is_dark = ui.visuals().dark_mode;
    let of = |(place, row): (usize, &Row)| {
        let bins = &row.scores.as_ref()?.calibration;
        let most = bins.iter().map(|bin| bin.n).max().filter(|most| *most > 0)? as f64;
        let spots = bins.iter().filter(|bin| bin.n > 0).map(|bin| Spot {
            at: [100.0 * bin.probability, 100.0 * bin.right],
            radius_px: (2.0 + 4.0 * (bin.n as f64 / most).sqrt()) as f32,
            text: format!(
                "{}: says {:.0} %, is right in {:.0} % of {} steps",
                row.model,
                100.0 * bin.probability,
                100.0 * bin.right,
                bin.n
            ),
        });
        let color = model_color(place, is_dark);
        Some(Series { title: row.model.clone(), color, spots: spots.collect() })
    };
    let series: Vec<Series> = rows.iter().enumerate().filter_map(of).collect();
    let honest = [[0.0, 0.0], [100.0, 100.0]];
    let title = "Right, %, by probability; dashed: what it promises";
    plot_ui(ui, title, &series, ([0.0, 0.0], [102.0, 103.0]), " %", &[honest]);
}

/// The mean error of the arrival by how long it still took, a line for each kind of forecast.
pub fn bands_ui(ui: &mut Ui, all: &[(String, &[EtaBand])]) {
    let is_dark = ui.visuals().dark_mode;
    let of = |(place, (title, bands)): (usize, &(String, &[EtaBand]))| {
        let spots = bands.iter().map(|band| Spot {
            at: [middle(band), band.mae_min],
            radius_px: 3.5,
            text: format!(
                "{title}: {:.0} min off at {} to go, {} reports",
                band.mae_min,
                range_text(band),
                band.n
            ),
        });
        Series { title: title.clone(), color: model_color(place, is_dark), spots: spots.collect() }
    };
    let series: Vec<Series> = all.iter().enumerate().map(of).collect();
    let spots = || series.iter().flat_map(|series| &series.spots);
    let most = spots().map(|spot| spot.at[1]).fold(1.0, f64::max);
    let far = spots().map(|spot| spot.at[0]).fold(1.0, f64::max);
    let bounds = ([0.0, 0.0], [1.06 * far, 1.1 * most]);
    plot_ui(ui, "Mean error, minutes, by hours to go", &series, bounds, " h", &[]);
}

/// Where a band stands: in its middle; the last one, which is open, by its beginning.
fn middle(band: &EtaBand) -> f64 {
    if band.to_h.is_finite() { 0.5 * (band.from_h + band.to_h) } else { 1.25 * band.from_h }
}

/// `3 to 6 h`.
fn range_text(band: &EtaBand) -> String {
    if band.to_h.is_finite() {
        format!("{} to {} h", short(band.from_h), short(band.to_h))
    } else {
        format!("more than {} h", short(band.from_h))
    }
}

fn plot_ui(
    ui: &mut Ui,
    title: &str,
    series: &[Series],
    (low, high): ([f64; 2], [f64; 2]),
    unit: &'static str,
    dashed: &[[[f64; 2]; 2]],
) {
    let (head, _) = ui.allocate_exact_size(
        vec2(ui.available_width(), ui.text_style_height(&egui::TextStyle::Small)),
        Sense::hover(),
    );
    let plot = quiet(title)
        .show_axes([true, true])
        .y_axis_min_width(32.0)
        .x_grid_spacer(|input| spaced_marks(&input, ACROSS_PX))
        .y_grid_spacer(|input| spaced_marks(&input, STEP_PX))
        .x_axis_formatter(move |mark, _| format!("{}{unit}", short(mark.value)))
        .y_axis_formatter(|mark, _| short(mark.value))
        .show(ui, |plot| plot.set_plot_bounds(PlotBounds::from_min_max(low, high)));
    let painter = ui.painter().with_clip_rect(plot.transform.frame().expand(4.0));
    for line in dashed {
        let ends = line.map(|point| at(&plot, point));
        let stroke = Stroke::new(1.0, ui.visuals().weak_text_color());
        painter.extend(Shape::dashed_line(&ends, stroke, 6.0, 4.0));
    }
    let pointer = plot.response.hover_pos();
    let mut nearest: Option<(f32, &str)> = None;
    for of in series {
        let points: Vec<Pos2> = of.spots.iter().map(|spot| at(&plot, spot.at)).collect();
        painter.add(Shape::line(points.clone(), Stroke::new(1.75, of.color)));
        for (screen, spot) in points.iter().zip(&of.spots) {
            painter.circle_filled(*screen, spot.radius_px, of.color);
            let off_px = pointer.map_or(f32::INFINITY, |pointer| pointer.distance(*screen));
            if off_px < NEAR_PX && nearest.is_none_or(|(least, _)| off_px < least) {
                nearest = Some((off_px, &spot.text));
            }
        }
    }
    let text = match nearest {
        Some((_, text)) => RichText::new(text).small(),
        None => RichText::new(title).small().weak(),
    };
    ui.scope_builder(egui::UiBuilder::new().max_rect(head), |ui| {
        ui.add(egui::Label::new(text).truncate().selectable(false));
    });
    let last = |of: &Series| {
        let spot = of.spots.last()?;
        Some(format!("{} {}", of.title, short((10.0 * spot.at[1]).round() / 10.0)))
    };
    let told: Vec<String> = series.iter().filter_map(last).collect();
    describe(&plot.response, &format!("{title}: {}", told.join(", ")));
}

fn at<R>(plot: &PlotResponse<R>, point: [f64; 2]) -> Pos2 {
    plot.transform.position_from_point(&point.into())
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    use super::super::score_table::tests::rows;
    use super::*;

    #[test]
    fn plots_say_the_last_value_of_each_model_and_leave_out_what_is_not_known() {
        let mut harness = Harness::builder().with_size([900.0, 220.0]).build_ui(|ui| {
            ui.columns(2, |columns| {
                quarters_ui(&mut columns[0], &rows());
                reliability_ui(&mut columns[1], &rows());
            });
        });
        harness.run_steps(3);
        harness.get_by_label_contains("by quarter of the voyage: WAY 79.2, Most frequent 39.6");
        let honest = harness.get_by_label_contains("what it promises: ");
        let label = honest.accesskit_node().label().unwrap();
        assert!(label.ends_with(": WAY 90"), "{label}");
    }

    #[test]
    fn bands_of_time_to_go_stand_at_their_middles_and_the_open_one_beyond() {
        let band = |from_h, to_h| EtaBand { from_h, to_h, n: 3, mae_min: 12.0 };
        assert_eq!(middle(&band(3.0, 6.0)), 4.5);
        assert_eq!(middle(&band(96.0, f64::INFINITY)), 120.0);
        assert_eq!(range_text(&band(96.0, f64::INFINITY)), "more than 96 h");
        let bands = [band(0.0, 1.0), band(3.0, 6.0)];
        let mut harness = Harness::builder().with_size([400.0, 220.0]).build_ui(move |ui| {
            bands_ui(ui, &[("forest".to_owned(), &bands)]);
        });
        harness.run_steps(3);
        harness.get_by_label_contains("by hours to go: forest 12");
    }
}
