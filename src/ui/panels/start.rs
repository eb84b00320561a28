//! What the window shows while there is nothing to show.

use egui::{Align2, Button, Frame, RichText, Ui};

use crate::ui::command::{Command, Commands};

/// Open, drop here, or the demo.
pub fn start(ui: &mut Ui, commands: &mut Commands, is_asking: bool) {
    let rect = ui.max_rect();
    egui::Area::new(egui::Id::unique("start"))
        .pivot(Align2::CENTER_CENTER)
        .fixed_pos(rect.center())
        .show(ui.ctx(), |ui| {
            Frame::window(ui.style()).inner_margin(24.0).show(ui, |ui| {
                ui.set_max_width(420.0);
                ui.vertical_centered(|ui| {
                    ui.label(RichText::new("Fairway").size(26.0).strong());
                    ui.label("A workbench for ship traffic");
                    ui.add_space(12.0);
                    let wide = egui::vec2(260.0, 30.0);
                    if ui
                        .add_enabled(!is_asking, Button::new("Open AIS files…").min_size(wide))
                        .clicked()
                    {
                        commands.ask(Command::AskForFiles);
                    }
                    if ui
                        .add_enabled(!is_asking, Button::new("Open a folder…").min_size(wide))
                        .clicked()
                    {
                        commands.ask(Command::AskForFolder);
                    }
                    if ui.add(Button::new("Open made demo traffic").min_size(wide)).clicked() {
                        commands.ask(Command::Demo);
                    }
                    ui.add_space(12.0);
                    ui.label(RichText::new("or drop files here").weak());
                    ui.label(
                        RichText::new("CSV of any kind, NMEA, Parquet; also .gz and .zst").weak(),
                    );
                });
            });
        });
}
