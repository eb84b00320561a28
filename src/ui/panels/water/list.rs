//! The list of gates, or of areas: one is looked at, and can be renamed, shown and deleted.

use egui::{Color32, RichText, Role, Sense, Ui, WidgetInfo, vec2};

use super::name_field::{Typing, name_ui};
use crate::ui::theme;

/// One of the list.
pub struct Row {
    /// What it is called.
    pub name: String,
    /// What came of it, line by line.
    pub lines: Vec<String>,
    /// Why nothing came of it.
    pub fault: Option<String>,
    /// On the map.
    pub color: Color32,
}

/// What was done with one of the list.
#[derive(Clone, PartialEq, Debug)]
pub enum Edit {
    /// Look at it.
    Select(usize),
    /// Show it on the map.
    Fit(usize),
    /// Call it something else.
    Rename(usize, String),
    /// Take it away.
    Delete(usize),
}

/// Draws the list; `what` is what each is. `more` draws what else can be set of the one looked at.
pub fn list_ui(
    ui: &mut Ui,
    what: &str,
    rows: &[Row],
    selected: usize,
    typing: &mut Typing,
    mut more: impl FnMut(&mut Ui, usize),
) -> Option<Edit> {
    let mut edit = None;
    for (place, row) in rows.iter().enumerate() {
        ui.push_id((what, place), |ui| {
            let is_selected = place == selected;
            let response = ui.horizontal(|ui| {
                let (dot, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
                ui.painter().rect_filled(dot, 2.0, row.color);
                ui.selectable_label(is_selected, RichText::new(&row.name).strong())
            });
            let name = response.inner;
            if name.clicked() {
                edit = Some(Edit::Select(place));
            }
            if name.double_clicked() {
                edit = Some(Edit::Fit(place));
            }
            ui.indent("about", |ui| {
                for line in &row.lines {
                    ui.add(egui::Label::new(RichText::new(line).weak()).wrap());
                }
                if let Some(fault) = &row.fault {
                    let fault = RichText::new(fault).color(theme::fault_color(ui));
                    ui.add(egui::Label::new(fault).wrap());
                }
                if !is_selected {
                    return;
                }
                if let Some(name) =
                    name_ui(ui, typing, place, &row.name, &format!("Name of the {what}"))
                {
                    edit = Some(Edit::Rename(place, name));
                }
                ui.horizontal_wrapped(|ui| {
                    let help = format!("Show the {what} on the map; so does a double click");
                    if button(ui, "Show", &format!("Show {}", row.name), &help) {
                        edit = Some(Edit::Fit(place));
                    }
                    let help = format!("Take the {what} away; Ctrl+Z brings it back");
                    if button(ui, "Delete", &format!("Delete {}", row.name), &help) {
                        edit = Some(Edit::Delete(place));
                    }
                });
                more(ui, place);
            });
        });
    }
    edit
}

fn button(ui: &mut Ui, text: &str, said: &str, help: &str) -> bool {
    let response = ui.small_button(text);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, said));
    response.on_hover_text(help).clicked()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;

    #[test]
    fn one_is_looked_at_renamed_and_deleted() {
        let edits = Rc::new(RefCell::new(Vec::new()));
        let inner = Rc::clone(&edits);
        let mut typing = None;
        let mut harness = Harness::builder().with_size([300.0, 300.0]).build_ui(move |ui| {
            let row = |name: &str, fault: Option<&str>| Row {
                name: name.into(),
                lines: vec![format!("about {name}")],
                fault: fault.map(str::to_owned),
                color: Color32::RED,
            };
            let rows = [row("North", None), row("South", Some("it has no length"))];
            inner.borrow_mut().extend(list_ui(ui, "gate", &rows, 1, &mut typing, |_, _| ()));
        });
        harness.run();
        harness.get_by_label("it has no length");
        harness.get_by_label("North").click();
        harness.run();
        harness.get_by_label("Delete South").click();
        harness.run();
        assert_eq!(*edits.borrow(), [Edit::Select(0), Edit::Delete(1)]);
        harness.get_by_label("Name of the gate").focus();
        harness.run();
        harness.get_by_label("Name of the gate").type_text(" lane: 2");
        harness.run();
        harness.key_press(egui::Key::Enter);
        harness.run();
        let last = edits.borrow().last().cloned();
        assert!(
            matches!(&last, Some(Edit::Rename(1, name)) if name.contains("South") && name.contains("lane 2")),
            "{last:?}"
        );
    }
}
