//! The choice of the map's base, in a few lines of a panel.

use egui::{ComboBox, Response, RichText, TextEdit, Ui};

use super::BaseTiles;
use crate::base::params::Choice as _;
use crate::flow::map_base::{Base, BaseChoice};
use crate::ui::theme;

/// Edits `choice` and shows what is wrong with it, with a button to try again. True when the user
/// asks for the system's dialog to choose a `PMTiles` file, which is the caller's to open.
pub fn base_ui(ui: &mut Ui, choice: &mut BaseChoice, tiles: &mut BaseTiles) -> bool {
    let mut wants_dialog = false;
    ui.horizontal(|ui| {
        let label = ui.label("Base").on_hover_text("What lies under the map");
        let combo = ComboBox::from_id_salt("map base").selected_text(choice.base.label());
        let response = combo.show_ui(ui, |ui| {
            for (_, base) in Base::CASES {
                ui.selectable_value(&mut choice.base, *base, base.label())
                    .on_hover_text(base.help());
            }
        });
        response.response.labelled_by(label.id).on_hover_text(choice.base.help());
    });
    match choice.base {
        Base::Custom => {
            let url = "https://tiles.example.org/{z}/{x}/{y}.png";
            line_ui(ui, "Address", &mut choice.url, url)
                .on_hover_text("Where the tiles are, with {z}, {x} and {y} (or {-y}) in it");
            line_ui(ui, "Credit", &mut choice.credit, "© whose map it is")
                .on_hover_text("What the service demands to be written on the map");
        }
        Base::PmTiles => {
            line_ui(ui, "File", &mut choice.file, "path of a .pmtiles file")
                .on_hover_text("A PMTiles archive of version 3 with PNG or JPEG tiles");
            wants_dialog = ui.button("Choose file…").clicked();
        }
        Base::OpenSeaMap | Base::Emodnet => {
            ui.label(RichText::new("Not for navigation").weak());
        }
        Base::Coast | Base::OpenStreetMap | Base::None => (),
    }
    if let Some(fault) = tiles.fault() {
        ui.label(RichText::new(fault).color(theme::fault_color(ui)));
        if ui.button("Try again").clicked() {
            tiles.retry();
        }
    }
    wants_dialog
}

/// A line of text that counts when it is done: no address is tried out letter by letter.
fn line_ui(ui: &mut Ui, name: &str, value: &mut String, hint: &str) -> Response {
    let row = ui.horizontal(|ui| {
        let label = ui.label(name);
        let id = ui.scope_id().with(("map base", name));
        let draft: Option<String> = ui.data(|data| data.get_temp(id));
        let mut text = draft.unwrap_or_else(|| value.clone());
        let edit =
            TextEdit::singleline(&mut text).id(id).hint_text(hint).desired_width(f32::INFINITY);
        let response = ui.add(edit).labelled_by(label.id);
        if response.has_focus() {
            ui.data_mut(|data| data.insert_temp(id, text));
        } else {
            if response.lost_focus() {
                text.trim().clone_into(value);
            }
            ui.data_mut(|data| data.remove_temp::<String>(id));
        }
        response
    });
    row.inner
}
