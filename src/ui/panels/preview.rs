//! How a file will be understood, correctable before a long load.

use egui::{Context, Grid, RichText, ScrollArea, Ui, Window};

use crate::base::time::utc_text;
use crate::flow::Jobs;
use crate::flow::session::{FileRef, Session};
use crate::flow::stages::{PreviewParams, PreviewStage};
use crate::flow::tray::{Shelf as _, Tray};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::form::params_ui;
use crate::ui::theme;

/// The file that is looked at, and files that wait to be read.
#[derive(Default)]
pub struct Preview {
    file: Option<FileRef>,
    pending: Vec<FileRef>,
    tray: Tray<PreviewStage>,
}

impl Preview {
    /// Shows how `file` is understood.
    pub fn show(&mut self, file: FileRef) {
        self.file = Some(file);
    }

    /// Holds `files` back until the user says that they are understood.
    pub fn hold(&mut self, files: Vec<FileRef>) {
        self.file = files.first().cloned();
        self.pending.extend(files);
    }

    /// The files that waited.
    pub fn take_pending(&mut self) -> Vec<FileRef> {
        self.file = None;
        std::mem::take(&mut self.pending)
    }

    /// Closes the preview and forgets what waited.
    pub fn close(&mut self) {
        *self = Preview::default();
    }

    /// Whether a preview is shown.
    pub fn is_open(&self) -> bool {
        self.file.is_some()
    }

    /// Whether the file is being looked at.
    pub fn is_busy(&self) -> bool {
        self.tray.progress().is_some()
    }

    /// Looks at the file as the session's mapping says.
    pub fn update(&mut self, session: &Session, jobs: &Jobs) {
        if self.file.is_some() {
            let params =
                PreviewParams { file: self.file.clone(), mapping: session.sources.mapping.clone() };
            self.tray.want(&params, (), jobs);
        }
    }
}

/// The preview's window, if a file is looked at.
pub fn preview(context: &Context, preview: &mut Preview, deck: &mut Deck) {
    let Deck { session, commands, .. } = deck;
    let mapping = &mut session.sources.mapping;
    let Some(file) = preview.file.clone() else { return };
    let mut is_open = true;
    Window::new(format!("Preview of {}", file.name()))
        .id(egui::Id::unique("preview"))
        .open(&mut is_open)
        .default_size([820.0, 460.0])
        .show(context, |ui| {
            if !preview.pending.is_empty() {
                let bytes: u64 = preview.pending.iter().map(|file| file.bytes).sum();
                let (n, mb) = (preview.pending.len(), bytes as f64 / 1e6);
                ui.horizontal(|ui| {
                    ui.label(format!(
                        "{n} file{} of {mb:.0} MB wait to be read.",
                        if n == 1 { "" } else { "s" }
                    ));
                    if ui.button("Read").clicked() {
                        commands.ask(Command::ReadPending);
                    }
                    if ui.button("Discard").clicked() {
                        commands.ask(Command::DropPending);
                    }
                });
                ui.separator();
            }
            ui.columns(2, |columns| {
                ScrollArea::vertical()
                    .id_salt("understood")
                    .show(&mut columns[0], |ui| understood(ui, preview));
                ScrollArea::vertical().id_salt("mapping").show(&mut columns[1], |ui| {
                    ui.label(theme::title("Correct it"));
                    params_ui(ui, "preview", mapping, &|_| None);
                });
            });
        });
    if !is_open {
        commands.ask(Command::DropPending);
    }
}

fn understood(ui: &mut Ui, preview: &Preview) {
    for fault in preview.tray.faults() {
        ui.label(RichText::new(fault).color(theme::fault_color(ui)));
    }
    let Some(shown) = preview.tray.shown() else {
        ui.label("Looking at the file…");
        return;
    };
    let found = shown.value;
    ui.label(theme::title("Understood as"));
    ui.label(&found.ledger.form);
    if let Some(fault) = &found.ledger.fault {
        ui.label(RichText::new(fault).color(theme::fault_color(ui)));
    }
    for note in &found.ledger.notes {
        ui.label(RichText::new(note).italics());
    }
    Grid::new("columns").num_columns(2).striped(true).show(ui, |ui| {
        for (role, name) in &found.ledger.columns {
            ui.label(*role);
            ui.monospace(name);
            ui.end_row();
        }
    });
    if !found.reports.is_empty() {
        ui.add_space(6.0);
        ui.label(theme::title("First reports"));
        ScrollArea::horizontal().id_salt("reports").show(ui, |ui| {
            Grid::new("reports").striped(true).show(ui, |ui| {
                for title in ["Vessel", "Time (UTC)", "Lat °", "Lon °", "SOG kn", "COG °"] {
                    ui.strong(title);
                }
                ui.end_row();
                for (id, report) in &found.reports {
                    let number =
                        |x: f32| if x.is_nan() { "–".to_owned() } else { format!("{x:.1}") };
                    ui.monospace(id.to_string());
                    ui.monospace(utc_text(report.t_ms));
                    ui.monospace(format!("{:.5}", report.position.lat_deg));
                    ui.monospace(format!("{:.5}", report.position.lon_deg));
                    ui.monospace(number(report.sog_kn));
                    ui.monospace(number(report.cog_deg));
                    ui.end_row();
                }
            });
        });
    }
    if !found.lines.is_empty() {
        ui.add_space(6.0);
        ui.label(theme::title("First lines"));
        ScrollArea::horizontal().id_salt("lines").show(ui, |ui| {
            for line in &found.lines {
                ui.label(RichText::new(line).monospace().small());
            }
        });
    }
}
