//! The list of clusters: a row a cluster, noise last; what the user does with one is given back.

use std::collections::BTreeSet;

use egui::{Color32, RichText, ScrollArea, Sense, TextStyle, Ui, vec2};

use self::row::{Parts, row_ui, swatch_colors};
use crate::base::text::{counted, grouped};

mod columns;
mod row;
#[cfg(test)]
mod tests;

pub use columns::Column;

/// What a row says.
#[derive(Clone, PartialEq, Debug)]
pub struct ClusterRow {
    /// Which cluster; none for noise.
    pub cluster: Option<u32>,
    /// What the user called it, or its number.
    pub name: String,
    /// Its color.
    pub color: Color32,
    /// How many trips it has.
    pub size: usize,
    /// Which share of all trips that is.
    pub share: f64,
    /// The course of its route, degrees.
    pub direction_deg: Option<f64>,
    /// The share of its trips that sail against that.
    pub opposite_share: f64,
    /// How long its route is, nautical miles.
    pub length_nmi: Option<f64>,
    /// The median of its trips' mean speeds, knots.
    pub sog_kn: Option<f64>,
    /// Whether the user lets it be seen.
    pub is_shown: bool,
    /// Whether it alone is to be seen.
    pub is_solo: bool,
}

/// What the user did in the list.
#[derive(Clone, PartialEq, Debug)]
pub enum ClusterEdit {
    /// Chose one of the ten colors for a cluster.
    Recolor(u32, usize),
    /// Gave a cluster a name; an empty one takes it away.
    Rename(u32, String),
    /// Shows a cluster, or noise, or hides it.
    Show(Option<u32>, bool),
    /// Shows a cluster alone, or all that are not hidden.
    Solo(Option<u32>),
    /// Shows every cluster, and noise.
    ShowAll,
    /// Makes clusters one.
    Merge(Vec<u32>),
    /// Takes all merges back.
    Unmerge,
    /// Selects the trips of a cluster, or noise.
    Select(Option<u32>),
    /// Draws a gate across the lane of a cluster.
    Gate(u32),
    /// Has the pointer on a cluster.
    Hover(u32),
}

/// What the list keeps between frames.
#[derive(Default)]
pub struct ClusterList {
    /// What it is sorted by; by number, that is by size, at first.
    sort: (Column, bool),
    /// The clusters that are to become one.
    marked: BTreeSet<u32>,
    /// The cluster that is being renamed, and what is typed.
    renaming: Option<(u32, String)>,
}

impl ClusterList {
    /// Forgets what was meant for clusters that are no longer there.
    pub fn forget(&mut self) {
        self.marked.clear();
        self.renaming = None;
    }

    /// Draws `rows`, `hovered` lit. Says what the user did; `n_merged` is how many merges he made.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        rows: &[ClusterRow],
        hovered: Option<u32>,
        n_merged: usize,
    ) -> Vec<ClusterEdit> {
        let mut edits = Vec::new();
        self.bar_ui(ui, rows, n_merged, &mut edits);
        ui.spacing_mut().item_spacing.y = 0.0;
        let shown = Column::that_fit(ui.available_width());
        self.head_ui(ui, &shown);
        let order = self.order(rows);
        let spared = Column::spared(&shown);
        let line_px = (ui.text_style_height(&TextStyle::Body) + 6.0).round();
        // What has no column stands below the name.
        let below_px =
            if spared.is_empty() { 0.0 } else { ui.text_style_height(&TextStyle::Small) };
        let height_px = line_px + below_px.round();
        let area = ScrollArea::vertical().id_salt("clusters").auto_shrink([false, false]);
        area.show_rows(ui, height_px, order.len(), |ui, range| {
            for row in order[range].iter().map(|place| &rows[*place]) {
                let is_lit = row.cluster.is_some() && row.cluster == hovered;
                let parts = Parts { shown: &shown, spared: &spared, line_px, height_px };
                row_ui(ui, self, row, &parts, is_lit, &mut edits);
            }
        });
        edits
    }

    /// Counts, and what can be done with several clusters.
    fn bar_ui(
        &mut self,
        ui: &mut Ui,
        rows: &[ClusterRow],
        n_merged: usize,
        edits: &mut Vec<ClusterEdit>,
    ) {
        ui.horizontal_wrapped(|ui| {
            let clusters = rows.iter().filter(|row| row.cluster.is_some()).count();
            let trips: usize = rows.iter().map(|row| row.size).sum();
            let text = counted(clusters as u64, "cluster");
            ui.label(format!("{text} of {}", counted(trips as u64, "trip")));
            let n = self.marked.len();
            let merge = egui::Button::new(format!("Merge {n}")).small();
            let help = "Makes the marked clusters one; it stays so while parameters move";
            if ui.add_enabled(n > 1, merge).on_hover_text(help).clicked() {
                edits.push(ClusterEdit::Merge(self.marked.iter().copied().collect()));
                self.marked.clear();
            }
            if n_merged > 0 {
                let text = format!("Undo {}", counted(n_merged as u64, "merge"));
                if ui.small_button(text).on_hover_text("Each cluster is its own again").clicked() {
                    edits.push(ClusterEdit::Unmerge);
                }
            }
            if rows.iter().any(|row| !row.is_shown || row.is_solo)
                && ui.small_button("Show all").on_hover_text("No cluster is hidden").clicked()
            {
                edits.push(ClusterEdit::ShowAll);
            }
        });
    }

    /// The titles, which sort.
    fn head_ui(&mut self, ui: &mut Ui, shown: &[(Column, f32)]) {
        let height_px = (ui.text_style_height(&TextStyle::Small) + 6.0).round();
        let (rect, _) =
            ui.allocate_exact_size(vec2(ui.available_width(), height_px), Sense::hover());
        let mut left = rect.left();
        for (column, width_px) in shown {
            let cell = egui::Rect::from_min_size(
                egui::pos2(left, rect.top()),
                vec2(*width_px, rect.height()),
            );
            left = cell.right();
            if column.title().is_empty() {
                continue;
            }
            let is_sorted = self.sort.0 == *column && column.sorts();
            let sense = if column.sorts() { Sense::click() } else { Sense::hover() };
            let response = ui.interact(cell, ui.scope_id().with(("head", column.title())), sense);
            response.widget_info(|| {
                let title = column.title();
                egui::WidgetInfo::selected(egui::Role::ColumnHeader, true, is_sorted, title)
            });
            if response.clicked() {
                self.sort = (*column, is_sorted && !self.sort.1);
            }
            let color = if is_sorted || response.hovered() {
                ui.visuals().strong_text_color()
            } else {
                ui.visuals().weak_text_color()
            };
            column.paint(ui, cell, column.title(), color, TextStyle::Small);
            response.on_hover_text(column.help());
        }
        let line = ui.visuals().widgets.noninteractive.bg_stroke;
        ui.painter().hline(rect.x_range(), rect.bottom(), line);
    }

    /// The places of rows from the top; noise is last, whichever way.
    fn order(&self, rows: &[ClusterRow]) -> Vec<usize> {
        let (column, is_turned) = self.sort;
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|a, b| {
            let (a, b) = (&rows[*a], &rows[*b]);
            let by = column.compare(a, b);
            let by = if is_turned { by.reverse() } else { by };
            a.cluster.is_none().cmp(&b.cluster.is_none()).then(by).then(a.cluster.cmp(&b.cluster))
        });
        order
    }
}

/// The row of a cluster, in words for those who cannot see it.
fn said(row: &ClusterRow) -> String {
    let mut text =
        format!("{}: {}, {:.1} %", row.name, counted(row.size as u64, "trip"), 100.0 * row.share);
    for column in [Column::Direction, Column::Length, Column::Speed] {
        if let Some(value) = column.text(row) {
            text += &format!(", {} {value}", column.title());
        }
    }
    text
}

/// How many trips a row has, and which share that is.
fn share_text(share: f64) -> String {
    let percent = 100.0 * share;
    if percent > 0.0 && percent < 0.1 { "<0.1 %".into() } else { format!("{percent:.1} %") }
}

fn size_text(size: usize) -> String {
    grouped(size as u64)
}

/// A title beside a swatch of its color.
fn swatch_name(row: &ClusterRow) -> String {
    format!("Color of {}", row.name)
}

/// Draws the ten colors to choose from. Gives back the one that was clicked.
fn palette_ui(ui: &mut Ui) -> Option<usize> {
    let mut chosen = None;
    ui.label(RichText::new("Color").small().weak());
    for line in 0..2 {
        ui.horizontal(|ui| {
            for (place, color) in swatch_colors(ui).into_iter().enumerate().skip(5 * line).take(5) {
                let (rect, response) = ui.allocate_exact_size(vec2(22.0, 22.0), Sense::click());
                let name = format!("Color {}", place + 1);
                response.widget_info(|| {
                    egui::WidgetInfo::labeled(egui::Role::Button, true, name.clone())
                });
                ui.painter().rect_filled(rect.shrink(2.0), 3.0, color);
                if response.hovered() || response.has_focus() {
                    let ring = egui::Stroke::new(2.0, ui.visuals().strong_text_color());
                    ui.painter().rect_stroke(rect, 4.0, ring, egui::StrokeKind::Inside);
                }
                if response.clicked() {
                    chosen = Some(place);
                }
            }
        });
    }
    chosen
}
