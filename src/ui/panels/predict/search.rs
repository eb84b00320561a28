//! The settings that were tried for each method.

use egui::{Align, Grid, Layout, RichText, Ui};

use crate::predict::score::Scores;
use crate::ui::predict_view::method_title;

/// Draws what was tried: the mean error on inner folds, and how often it was chosen.
pub fn search_ui(ui: &mut Ui, scores: &Scores) {
    let grid = Grid::new("settings tried").striped(true).num_columns(4).spacing([14.0, 2.0]);
    grid.show(ui, |ui| {
        for (title, help) in [
            ("Method", "The method that was tried"),
            ("Setting", "What was set"),
            ("Mean error, nmi", "Over the inner folds of all folds: no ship that is scored"),
            ("Chosen", "In how many of the folds it was the best"),
        ] {
            ui.label(RichText::new(title).weak()).on_hover_text(help);
        }
        ui.end_row();
        for (tried, n_chosen) in &scores.search {
            let text = |text: &str| {
                let text = RichText::new(text);
                if tried.is_chosen { text.strong() } else { text }
            };
            ui.label(text(method_title(tried.method)));
            ui.label(text(&tried.setting));
            let chosen = format!("{n_chosen} of {}", scores.n_folds);
            for number in [format!("{:.3}", tried.mean_nmi), chosen] {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.label(text(&number));
                });
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
    use crate::predict::params::Method;
    use crate::predict::tune::Tried;

    #[test]
    fn every_setting_says_how_far_off_it_was_and_how_often_it_was_chosen() {
        let tried = |setting: &str, mean_nmi, is_chosen| Tried {
            method: Method::Elm,
            setting: setting.into(),
            mean_nmi,
            is_chosen,
        };
        let scores = Scores {
            search: vec![
                (tried("50 hidden neurons", 1.25, false), 3),
                (tried("200 hidden neurons", 1.125, true), 7),
            ],
            n_folds: 10,
            ..Scores::default()
        };
        let mut harness = Harness::new_ui(move |ui| search_ui(ui, &scores));
        harness.run();
        for label in ["50 hidden neurons", "1.250", "3 of 10", "1.125", "7 of 10"] {
            harness.get_by_label(label);
        }
    }
}
