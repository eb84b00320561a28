//! Sources: what was read, what was refused and why, and how columns are understood.

use std::path::PathBuf;

use egui::{CollapsingHeader, RichText, ScrollArea, TextEdit, Ui};

use crate::base::note::Counted;
use crate::base::text::{counted, grouped};
use crate::base::time::{duration_text, utc_text};
use crate::flow::session::{FileLedger, FileRef};
use crate::flow::tray::Shelf as _;
use crate::ui::command::{Command, Commands};
use crate::ui::deck::Deck;
use crate::ui::form::params_ui;
use crate::ui::theme;

/// The left panel.
pub fn sources(ui: &mut Ui, deck: &mut Deck, is_asking: bool, path_field: &mut String) {
    let Deck { session, desk, commands, .. } = deck;
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.add_space(4.0);
        open_row(ui, commands, is_asking, path_field);
        let is_made = session.sources.made.is_some() || session.sources.world.is_some();
        if is_made {
            ui.label(
                RichText::new("Made traffic: no such ships exist").color(theme::warning_color(ui)),
            );
        }
        let shown = desk.ingest.shown();
        for file in &session.sources.files {
            let ledger = shown
                .as_ref()
                .and_then(|shown| shown.value.files.iter().find(|ledger| ledger.path == file.path));
            file_ui(ui, file, ledger, commands);
        }
        if let Some(shown) = &shown {
            for ledger in shown.value.files.iter().filter(|_| is_made) {
                ledger_ui(ui, ledger);
            }
            if let Some((first_ms, last_ms)) = shown.value.fleet.time_span_ms() {
                ui.add_space(4.0);
                ui.label(format!("{} UTC", utc_text(first_ms - first_ms.rem_euclid(1000))));
                ui.label(format!(
                    "to {} UTC, {}",
                    utc_text(last_ms - last_ms.rem_euclid(1000)),
                    duration_text(last_ms - first_ms)
                ));
            }
        }
        for fault in desk.ingest.faults().iter().flat_map(|fault| fault.lines()) {
            ui.label(RichText::new(fault).color(theme::fault_color(ui)));
        }
        if let Some(sea) = &mut session.sources.made {
            ui.add_space(6.0);
            CollapsingHeader::new("The made sea")
                .show(ui, |ui| params_ui(ui, "synth", sea, &|_| None));
        }
        if let Some(world) = &mut session.sources.world {
            ui.add_space(6.0);
            CollapsingHeader::new("The made voyages")
                .show(ui, |ui| params_ui(ui, "world", world, &|_| None));
        }
        if !session.sources.files.is_empty() {
            ui.add_space(6.0);
            CollapsingHeader::new("Columns, units and dates")
                .show(ui, |ui| params_ui(ui, "mapping", &mut session.sources.mapping, &|_| None));
        }
    });
}

fn open_row(ui: &mut Ui, commands: &mut Commands, is_asking: bool, path_field: &mut String) {
    ui.horizontal_wrapped(|ui| {
        if ui.add_enabled(!is_asking, egui::Button::new("Add files…")).clicked() {
            commands.ask(Command::AskForFiles);
        }
        if ui.add_enabled(!is_asking, egui::Button::new("Add folder…")).clicked() {
            commands.ask(Command::AskForFolder);
        }
        if ui.button("Demo").on_hover_text("Open made traffic").clicked() {
            commands.ask(Command::Demo);
        }
        let help = "Open made voyages between the ports of the world, with destinations as typed";
        if ui.button("World").on_hover_text(help).clicked() {
            commands.ask(Command::World);
        }
    });
    // Where no dialog can be shown (a container, a remote screen), a path still can be typed.
    ui.horizontal(|ui| {
        let edit = TextEdit::singleline(path_field)
            .hint_text("or type a path, then Enter")
            .desired_width(f32::INFINITY);
        let response = ui.add(edit);
        response
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Path to open"));
        let is_entered =
            response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if is_entered && !path_field.trim().is_empty() {
            commands.ask(Command::Open(vec![PathBuf::from(path_field.trim())]));
            path_field.clear();
        }
    });
}

fn file_ui(ui: &mut Ui, file: &FileRef, ledger: Option<&FileLedger>, commands: &mut Commands) {
    ui.push_id(&file.path, |ui| {
        ui.separator();
        ui.horizontal(|ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if ui
                    .small_button("Close")
                    .on_hover_text(format!("Close {}", file.name()))
                    .clicked()
                {
                    commands.ask(Command::Remove(file.path.clone()));
                }
                if ui
                    .small_button("Preview")
                    .on_hover_text(format!("How {} is understood", file.name()))
                    .clicked()
                {
                    commands.ask(Command::Preview(file.clone()));
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    let name = egui::Label::new(RichText::new(file.name()).strong()).truncate();
                    ui.add(name).on_hover_text(file.path.display().to_string());
                });
            });
        });
        if let Some(ledger) = ledger {
            ledger_ui(ui, ledger);
        }
    });
}

/// What became of a file's rows.
pub fn ledger_ui(ui: &mut Ui, ledger: &FileLedger) {
    if let Some(fault) = &ledger.fault {
        ui.label(RichText::new(fault).color(theme::fault_color(ui)));
    }
    if ledger.rows_read == 0 && ledger.fault.is_some() {
        return;
    }
    ui.label(RichText::new(&ledger.form).weak());
    let vessels = match ledger.vessels {
        0 => "names no vessel".into(),
        n => counted(n, "vessel"),
    };
    ui.label(format!(
        "{} of {} rows kept · {vessels}",
        grouped(ledger.rows_kept),
        grouped(ledger.rows_read),
    ));
    for note in &ledger.notes {
        ui.label(RichText::new(note).italics().weak());
    }
    if ledger.refused.total() > 0 {
        let title = RichText::new(format!("{} rows refused", grouped(ledger.refused.total())))
            .color(theme::warning_color(ui));
        CollapsingHeader::new(title).id_salt("refused").show(ui, |ui| {
            for (reason, counted) in ledger.refused.iter() {
                reason_ui(ui, reason.name(), counted);
            }
        });
    }
    if ledger.odd.total() > 0 {
        let title =
            RichText::new(format!("{} oddities in kept rows", grouped(ledger.odd.total()))).weak();
        CollapsingHeader::new(title).id_salt("odd").show(ui, |ui| {
            for (oddity, counted) in ledger.odd.iter() {
                reason_ui(ui, oddity.name(), counted);
            }
        });
    }
}

fn reason_ui(ui: &mut Ui, name: &str, counted: &Counted) {
    CollapsingHeader::new(format!("{} × {name}", grouped(counted.n))).id_salt(name).show(
        ui,
        |ui| {
            for place in &counted.first {
                let line =
                    if place.line > 0 { format!("line {}: ", place.line) } else { String::new() };
                ui.label(RichText::new(format!("{line}{}", place.text)).monospace().small());
            }
            let more = counted.n.saturating_sub(counted.first.len() as u64);
            if more > 0 && !counted.first.is_empty() {
                ui.label(RichText::new(format!("and {} more", grouped(more))).weak());
            }
        },
    );
}
