//! Everything that was said since the window opened.

use egui::{RichText, ScrollArea, Ui};

use crate::ui::command::Message;
use crate::ui::theme;

/// All messages, the newest first; each can be copied.
pub fn log(ui: &mut Ui, messages: &[Message]) {
    if messages.is_empty() {
        ui.label(RichText::new("Nothing was said yet").weak());
        return;
    }
    if ui.button("Copy all").clicked() {
        let texts: Vec<&str> = messages.iter().map(|message| message.text.as_str()).collect();
        ui.ctx().copy_text(texts.join("\n"));
    }
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        for message in messages.iter().rev() {
            let color =
                if message.is_fault { theme::fault_color(ui) } else { ui.visuals().text_color() };
            ui.label(RichText::new(&message.text).color(color));
        }
    });
}
