//! The name of a gate or an area: a text, and where it is typed.

use egui::{Key, TextEdit, Ui};

/// Signs that divide names and places where gates and areas are written as text.
const DIVIDERS: [char; 5] = [':', ';', '[', ']', '\n'];

/// What is being typed: for which, and the text so far.
pub type Typing = Option<(usize, String)>;

/// `text` as a name: without what divides names and places.
pub fn clean(text: &str) -> String {
    text.replace(DIVIDERS, " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name that none of `names` is yet: `what` and a number.
pub fn new_name<'a>(what: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    let is_free = |name: &String| names.clone().all(|other| other != name);
    (1..=names.clone().count() + 1)
        .map(|n| format!("{what} {n}"))
        .find(is_free)
        .unwrap_or_else(|| what.to_owned())
}

/// A field in which the name is typed; gives it back once it is whole: Enter, or another field. Esc
/// leaves it as it was.
pub fn name_ui(
    ui: &mut Ui,
    typing: &mut Typing,
    index: usize,
    name: &str,
    label: &str,
) -> Option<String> {
    if typing.as_ref().is_none_or(|(of, _)| *of != index) {
        *typing = Some((index, name.to_owned()));
    }
    let (_, text) = typing.as_mut()?;
    let edit = TextEdit::singleline(text).desired_width(f32::INFINITY);
    let response = ui.add(edit);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, label));
    if response.has_focus() {
        return None;
    }
    let given = clean(text);
    *typing = None;
    let is_dropped = ui.input(|input| input.key_pressed(Key::Escape));
    let is_new = response.lost_focus() && !is_dropped && !given.is_empty() && given != name;
    is_new.then_some(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_nothing_that_divides_them_from_places() {
        assert_eq!(clean("  Dover: west; [A]  lane "), "Dover west A lane");
    }

    #[test]
    fn new_names_are_free() {
        let names = ["Gate 1", "Gate 3"];
        assert_eq!(new_name("Gate", names.into_iter()), "Gate 2");
        assert_eq!(new_name("Area", names.into_iter()), "Area 1");
    }
}
