//! One row of the list of clusters.

use egui::{
    Align2, Button, Checkbox, Color32, Key, Popup, Rect, Response, Role, Sense, Stroke, StrokeKind,
    TextEdit, TextStyle, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::{ClusterEdit, ClusterList, ClusterRow, Column, palette_ui, said, swatch_name};
use crate::ui::map::palette::{N_COLORS, category};

/// The colors to choose from.
pub fn swatch_colors(ui: &Ui) -> Vec<Color32> {
    let is_dark = ui.visuals().dark_mode;
    (0..N_COLORS as usize).map(|place| category(place, is_dark)).collect()
}

/// How rows are laid out.
pub struct Parts<'a> {
    /// The columns, with their widths.
    pub shown: &'a [(Column, f32)],
    /// Those for which there is no room: they stand in small words below the name.
    pub spared: &'a [Column],
    /// Height of the line of columns.
    pub line_px: f32,
    /// Height of a row.
    pub height_px: f32,
}

/// Draws a row, lit where the pointer is on its cluster anywhere. Adds what the user did to `edits`.
pub fn row_ui(
    ui: &mut Ui,
    list: &mut ClusterList,
    row: &ClusterRow,
    parts: &Parts,
    is_lit: bool,
    edits: &mut Vec<ClusterEdit>,
) {
    let (rect, _) =
        ui.allocate_exact_size(vec2(ui.available_width(), parts.height_px), Sense::hover());
    let id = ui.scope_id().with(("cluster", row.cluster));
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Row, true, said(row)));
    ground(ui, rect, &response, is_lit);
    // What is put into a part of the row must not move where the next row begins.
    let within = UiBuilder::new().max_rect(rect).id_salt(("row", row.cluster));
    let ui = &mut ui.new_child(within);
    let mut left = rect.left();
    for (column, width_px) in parts.shown {
        let size = vec2(*width_px, parts.line_px);
        let cell = Rect::from_min_size(pos2(left, rect.top()), size);
        left = cell.right();
        match (column, row.cluster) {
            (Column::Color, Some(cluster)) => swatch_ui(ui, cell, row, cluster, edits),
            (Column::Color, None) => {
                ui.painter().circle_filled(cell.center(), 4.0, row.color);
            }
            (Column::Name, Some(cluster)) => name_ui(ui, list, cell, row, cluster, edits),
            (Column::Show, cluster) => {
                let mut is_shown = row.is_shown;
                if check_ui(ui, cell, &mut is_shown, &format!("Show {}", row.name)) {
                    edits.push(ClusterEdit::Show(cluster, is_shown));
                }
            }
            (Column::Solo, Some(cluster)) => {
                let mut is_solo = row.is_solo;
                if check_ui(ui, cell, &mut is_solo, &format!("Solo {}", row.name)) {
                    edits.push(ClusterEdit::Solo(is_solo.then_some(cluster)));
                }
            }
            (Column::Merge, Some(cluster)) => {
                let mut is_marked = list.marked.contains(&cluster);
                if check_ui(ui, cell, &mut is_marked, &format!("Mark {} to merge", row.name)) {
                    if is_marked {
                        list.marked.insert(cluster);
                    } else {
                        list.marked.remove(&cluster);
                    }
                }
            }
            (Column::Solo | Column::Merge, None) => (),
            _ => {
                let visuals = ui.visuals();
                let color =
                    if row.is_shown { visuals.text_color() } else { visuals.weak_text_color() };
                let text = column.text(row).unwrap_or_else(|| "–".into());
                column.paint(ui, cell, &text, color, TextStyle::Body);
            }
        }
    }
    below_ui(ui, rect, row, parts);
    act(ui, list, row, &response, rect, edits);
}

/// What has no column, in small words.
fn below_ui(ui: &Ui, rect: Rect, row: &ClusterRow, parts: &Parts) {
    let words: Vec<String> = parts.spared.iter().filter_map(|column| column.words(row)).collect();
    if words.is_empty() {
        return;
    }
    let indent_px = parts.shown.first().map_or(0.0, |(_, width_px)| *width_px);
    let at = pos2(rect.left() + indent_px + 4.0, rect.top() + parts.line_px - 3.0);
    let color = ui.visuals().weak_text_color();
    let font = TextStyle::Small.resolve(ui.style());
    ui.painter().text(at, Align2::LEFT_TOP, words.join(", "), font, color);
}

/// What the pointer and keys do with a row as a whole.
fn act(
    ui: &Ui,
    list: &mut ClusterList,
    row: &ClusterRow,
    response: &Response,
    rect: Rect,
    edits: &mut Vec<ClusterEdit>,
) {
    // Also where the pointer is on a box or a name within it.
    if let (Some(cluster), true) = (row.cluster, ui.rect_contains_pointer(rect)) {
        edits.push(ClusterEdit::Hover(cluster));
    }
    if response.clicked() {
        edits.push(ClusterEdit::Select(row.cluster));
    }
    menu_ui(response, row, edits);
    let wants_rename = response.has_focus() && ui.input(|input| input.key_pressed(Key::F2));
    if let (Some(cluster), true) = (row.cluster, wants_rename) {
        list.renaming = Some((cluster, row.name.clone()));
    }
}

/// What else can be done with a cluster, on the other button of the mouse.
fn menu_ui(response: &Response, row: &ClusterRow, edits: &mut Vec<ClusterEdit>) {
    let Some(cluster) = row.cluster else { return };
    response.context_menu(|ui| {
        let gate = ui.add_enabled(row.length_nmi.is_some(), Button::new("Gate across this lane"));
        let help = "A line across its route counts who passes, in the workspace Watch";
        let gate = gate.on_hover_text(help);
        if gate.on_disabled_hover_text("This cluster has no route").clicked() {
            edits.push(ClusterEdit::Gate(cluster));
            ui.close();
        }
    });
}

fn ground(ui: &Ui, rect: Rect, response: &Response, is_lit: bool) {
    let visuals = ui.visuals();
    if is_lit || response.hovered() {
        ui.painter().rect_filled(rect, 0.0, visuals.selection.bg_fill.gamma_multiply(0.4));
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 0.0, visuals.selection.stroke, StrokeKind::Inside);
    }
}

/// A box to tick. Says whether it was.
fn check_ui(ui: &mut Ui, cell: Rect, value: &mut bool, name: &str) -> bool {
    let size = vec2(ui.spacing().icon_width, cell.height());
    let place = Rect::from_center_size(cell.center(), size);
    ui.put(place, Checkbox::without_text(value)).accessible_name(name).changed()
}

fn swatch_ui(ui: &Ui, cell: Rect, row: &ClusterRow, cluster: u32, edits: &mut Vec<ClusterEdit>) {
    let id = ui.scope_id().with(("swatch", cluster));
    let response = ui.interact(cell, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, swatch_name(row)));
    let rect = Rect::from_center_size(cell.center(), vec2(13.0, 13.0));
    let color = if row.is_shown { row.color } else { row.color.gamma_multiply(0.3) };
    ui.painter().rect_filled(rect, 3.0, color);
    if response.hovered() || response.has_focus() {
        let ring = Stroke::new(1.5, ui.visuals().strong_text_color());
        ui.painter().rect_stroke(rect.expand(2.0), 4.0, ring, StrokeKind::Inside);
    }
    let chosen = Popup::menu(&response).show(palette_ui).and_then(|shown| shown.inner);
    if let Some(color) = chosen {
        Popup::close_id(ui.ctx(), Popup::default_response_id(&response));
        edits.push(ClusterEdit::Recolor(cluster, color));
    }
}

/// The name, or where it is typed.
fn name_ui(
    ui: &mut Ui,
    list: &mut ClusterList,
    cell: Rect,
    row: &ClusterRow,
    cluster: u32,
    edits: &mut Vec<ClusterEdit>,
) {
    if let Some((renaming, text)) = &mut list.renaming
        && *renaming == cluster
    {
        let edit = TextEdit::singleline(text).margin(vec2(3.0, 1.0));
        let response = ui.put(cell.shrink(1.0), edit).accessible_name("Name of the cluster");
        if response.lost_focus() {
            let is_dropped = ui.input(|input| input.key_pressed(Key::Escape));
            let text = text.trim().to_owned();
            if !is_dropped && text != row.name {
                edits.push(ClusterEdit::Rename(cluster, text));
            }
            list.renaming = None;
        } else if !response.has_focus() {
            response.request_focus();
        }
        return;
    }
    let color =
        if row.is_shown { ui.visuals().text_color() } else { ui.visuals().weak_text_color() };
    Column::Name.paint(ui, cell, &row.name, color, TextStyle::Body);
    // Over the row's own response: a single click is passed on to it.
    let response = ui.interact(cell, ui.scope_id().with(("name", cluster)), Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, row.name.clone()));
    menu_ui(&response, row, edits);
    if response.double_clicked() {
        list.renaming = Some((cluster, row.name.clone()));
    } else if response.clicked() {
        edits.push(ClusterEdit::Select(Some(cluster)));
    }
}
