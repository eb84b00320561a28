//! The paper's three experiments: how distances change with compression, noise and direction.

use egui::{Color32, Grid, RichText, Ui};
use egui_plot::{AxisHints, Line, LineStyle, Plot, PlotPoints};

use crate::cluster::study::Change;
use crate::flow::stages::{MEASURES, StudyOf};
use crate::ui::map::palette::category;
use crate::ui::plot::axis::{short, significant};
use crate::ui::plot::{describe, quiet};

/// What each distance is called, and its line where colors alone do not tell.
const NAMES: [&str; 4] = ["Fréchet", "Hausdorff", "SSPD", "MSSPD"];

/// A line that is drawn beside those of other distances.
fn style(place: usize) -> LineStyle {
    if place < 2 { LineStyle::dashed_dense() } else { LineStyle::Solid }
}

fn color(place: usize, is_dark: bool) -> Color32 {
    category(place, is_dark)
}

/// Change rates against compression and against noise, and the table of directions, side by side.
pub fn study_ui(ui: &mut Ui, study: &StudyOf) {
    let is_dark = ui.visuals().dark_mode;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 10.0;
        for (place, name) in NAMES.iter().enumerate() {
            ui.label(RichText::new(*name).small().strong().color(color(place, is_dark)));
        }
        let opposite = match study.opposite {
            Some(trip) => format!("trip {trip} against it"),
            None => "the same turned round against it".to_owned(),
        };
        let text = format!("trip {}, trip {} the same way, {opposite}", study.trip, study.same);
        ui.label(RichText::new(text).small().weak())
            .on_hover_text("Change rate: by what share of itself a distance changes");
    });
    ui.columns(3, |columns| {
        let title = "Change rate over reports dropped, %";
        let by_rate = |change: &Change| 100.0 * change.rate;
        changes_ui(&mut columns[0], title, &study.compression, &by_rate);
        let title = "Change rate over noise, m";
        changes_ui(&mut columns[1], title, &study.noise, &|change| change.setting);
        directions_ui(&mut columns[2], study);
    });
}

fn changes_ui(ui: &mut Ui, title: &str, rows: &[Change], x: &dyn Fn(&Change) -> f64) {
    let is_dark = ui.visuals().dark_mode;
    ui.label(RichText::new(title).small().weak());
    let points = |place: usize| -> Vec<[f64; 2]> {
        rows.iter().filter_map(|row| Some([x(row), row.gammas[place]?])).collect()
    };
    let marks = AxisHints::new_y()
        .label_spacing(12.0..=20.0)
        .formatter(|mark, _| if mark.value < 0.0 { String::new() } else { short(mark.value) });
    let plot: Plot<'_> = quiet(title).include_y(0.0).show_axes([true, true]);
    let plot = plot.custom_y_axes(vec![marks.min_thickness(36.0)]).show(ui, |plot| {
        for (place, name) in NAMES.iter().enumerate() {
            let line = Line::new(*name, PlotPoints::from(points(place)));
            let line = line.color(color(place, is_dark)).width(1.8).style(style(place));
            plot.line(line.allow_hover(false));
        }
    });
    let last: Vec<String> = NAMES
        .iter()
        .enumerate()
        .filter_map(|(place, name)| {
            let [at, gamma] = *points(place).last()?;
            Some(format!("{name} {} at {}", significant(gamma, 2), significant(at, 3)))
        })
        .collect();
    describe(&plot.response, &format!("{title}: {}", last.join(", ")));
}

fn directions_ui(ui: &mut Ui, study: &StudyOf) {
    ui.label(RichText::new("Same way and opposite").small().weak());
    let grid = Grid::new("directions").num_columns(4).striped(true).min_row_height(0.0);
    grid.spacing([12.0, 1.0]).show(ui, |ui| {
        for head in ["distance", "same", "opposite", "ratio"] {
            ui.label(RichText::new(head).small().weak());
        }
        ui.end_row();
        for ((name, key), found) in NAMES.iter().zip(MEASURES).zip(&study.direction) {
            // Meters, but for the MSSPD, whose parts have different units.
            let unit = if key == "msspd" { "" } else { " m" };
            ui.label(RichText::new(*name).small());
            let values = [found.same, found.opposite];
            let values = values.map(|value| format!("{}{unit}", significant(value, 3)));
            let ratio = found.ratio().map_or("-".to_owned(), |ratio| significant(ratio, 3));
            for text in values.into_iter().chain([ratio]) {
                ui.label(RichText::new(text).small());
            }
            ui.end_row();
        }
    });
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;
    use crate::cluster::study::Direction;

    #[test]
    fn the_study_says_its_trips_its_curves_and_its_ratios() {
        let row = |setting: f64, gamma: f64| Change {
            setting,
            rate: setting / 100.0,
            gammas: vec![Some(gamma), Some(gamma / 2.0), None, Some(gamma / 4.0)],
        };
        let study = StudyOf {
            trip: 17,
            same: 23,
            opposite: None,
            compression: vec![row(0.0, 0.0), row(40.0, 0.2)],
            noise: vec![row(0.0, 0.0), row(500.0, 0.4)],
            direction: vec![Direction { same: 2.0, opposite: 50.0 }; 4],
        };
        let mut harness =
            Harness::builder().with_size([900.0, 240.0]).build_ui(move |ui| study_ui(ui, &study));
        harness.run();
        harness.get_by_label_contains("trip 17, trip 23 the same way, the same turned round");
        harness.get_by_label_contains(
            "Fréchet 0.20 at 40.0, Hausdorff 0.10 at 40.0, MSSPD 0.050 at 40.0",
        );
        assert_eq!(harness.get_all_by_label("25.0").count(), 4, "ratios");
    }
}
