//! Where fitted models come from: their card.

use egui::{Grid, RichText, Ui};

use crate::base::text::grouped;
use crate::flow::stages::ModelsOf;
use crate::predict::params::Method;
use crate::ui::plot::axis::short;
use crate::ui::predict_view::method_title;

/// The card's lines: what they are called, and what they say.
pub fn lines(models: &ModelsOf) -> Vec<(&'static str, String)> {
    let card = &models.card;
    let mut lines = Vec::new();
    if let Some(file) = &models.file {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        lines.push(("File", name.unwrap_or_else(|| file.display().to_string())));
    }
    let methods: Vec<&str> = models.models.iter().map(|model| method_title(model.method)).collect();
    lines.push(("Methods", methods.join(", ")));
    lines.push((
        "Learned from",
        format!("{} windows of {} ships", grouped(card.windows as u64), grouped(card.ships as u64)),
    ));
    let [from, to] = card.time_span.each_ref().map(|time| day_and_time(time));
    lines.push(("Of", format!("{from} to {to} UTC")));
    let mut minutes: Vec<f64> = models
        .models
        .iter()
        .flat_map(|model| model.ahead.iter().map(|ahead| ahead.minutes))
        .collect();
    minutes.sort_by(f64::total_cmp);
    minutes.dedup();
    let minutes: Vec<String> = minutes.into_iter().map(short).collect();
    lines.push(("Ahead", format!("{} min", minutes.join(", "))));
    for method in Method::ALL {
        if let Some(setting) = card.chosen.get(method.name()) {
            lines.push((method_title(method), setting.clone()));
        }
    }
    if !card.program.is_empty() {
        lines.push(("Program", format!("Fairway {}", card.program)));
    }
    lines
}

/// `2018-06-03T14:20:00Z` as it is read: `2018-06-03 14:20`.
fn day_and_time(iso: &str) -> String {
    let text = iso.replace('T', " ");
    text.get(..16).unwrap_or(&text).to_owned()
}

/// Draws the card.
pub fn card_ui(ui: &mut Ui, models: &ModelsOf) {
    let names_px = 82.0;
    let values_px = (ui.available_width() - names_px - 12.0).max(80.0);
    let grid = Grid::new("card").num_columns(2).spacing([8.0, 2.0]).min_row_height(0.0);
    grid.min_col_width(names_px).max_col_width(values_px).show(ui, |ui| {
        for (name, text) in lines(models) {
            ui.label(RichText::new(name).weak());
            ui.add(egui::Label::new(text).wrap());
            ui.end_row();
        }
    });
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use super::*;
    use crate::flow::stages::Card;

    #[test]
    fn the_card_says_what_was_learned_from_and_what_the_search_chose() {
        let card = Card {
            program: "0.5.0".into(),
            windows: 12_345,
            ships: 67,
            time_span: ["2018-06-03T14:20:05Z".into(), "2018-06-08T00:00:00.250Z".into()],
            bbox: None,
            chosen: BTreeMap::from([("elm".to_owned(), "200 hidden neurons".to_owned())]),
        };
        let file = Some(PathBuf::from("/models/five_days.model"));
        let models =
            ModelsOf { card, models: Vec::new(), search: Vec::new(), trainings: Vec::new(), file };
        let lines = lines(&models);
        let said = |name: &str| lines.iter().find(|line| line.0 == name).map(|line| &*line.1);
        assert_eq!(said("File"), Some("five_days.model"));
        assert_eq!(said("Learned from"), Some("12\u{2009}345 windows of 67 ships"));
        assert_eq!(said("Of"), Some("2018-06-03 14:20 to 2018-06-08 00:00 UTC"));
        assert_eq!(said("ELM raw"), Some("200 hidden neurons"));
    }
}
