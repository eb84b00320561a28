//! Parameters drawn as sliders, boxes and lists, from their one description.

use egui::{ComboBox, DragValue, RichText, Slider, TextEdit, Ui};

use crate::base::params::{self, Entry, Field, Form, Params};

/// Draws every field of `params`. `effect` says what a field did, for the number beside it.
pub fn params_ui<P: Params>(
    ui: &mut Ui,
    id: &str,
    params: &mut P,
    effect: &dyn Fn(&str) -> Option<String>,
) {
    let defaults = params::manual(&P::default());
    ui.push_id(id, |ui| {
        let mut editor = Editor { ui, defaults, effect, label: P::label };
        params.describe(&mut editor);
    });
}

/// How a field stands in a form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stand {
    /// It can be set.
    Live,
    /// It says what it is, but has no effect as the others stand, and cannot be set.
    Idle,
    /// It is left out: it belongs to another method.
    Absent,
}

/// As [`params_ui`], where not all fields matter: `stand` says which do.
pub fn params_ui_where<P: Params>(
    ui: &mut Ui,
    id: &str,
    params: &mut P,
    effect: &dyn Fn(&str) -> Option<String>,
    stand: &dyn Fn(&str) -> Stand,
) {
    where_ui(ui, id, params, effect, (stand, true));
}

/// As [`params_ui_where`] without headings: the fields stand among others.
pub fn part_ui<P: Params>(
    ui: &mut Ui,
    id: &str,
    params: &mut P,
    effect: &dyn Fn(&str) -> Option<String>,
    stand: &dyn Fn(&str) -> Stand,
) {
    where_ui(ui, id, params, effect, (stand, false));
}

fn where_ui<P: Params>(
    ui: &mut Ui,
    id: &str,
    params: &mut P,
    effect: &dyn Fn(&str) -> Option<String>,
    (stand, has_titles): (&dyn Fn(&str) -> Stand, bool),
) {
    let defaults = params::manual(&P::default());
    let title = None;
    let label = P::label;
    ui.push_id(id, |ui| {
        params.describe(&mut Partly { ui, defaults, effect, stand, label, has_titles, title });
    });
}

/// Draws only the fields that matter.
struct Partly<'a> {
    ui: &'a mut Ui,
    defaults: Vec<Entry>,
    effect: &'a dyn Fn(&str) -> Option<String>,
    stand: &'a dyn Fn(&str) -> Stand,
    label: Label,
    has_titles: bool,
    /// A heading whose first field is still to come: one without any is left out.
    title: Option<&'static str>,
}

impl Partly<'_> {
    fn field(&mut self, name: &str, draw: impl FnOnce(&mut Editor)) {
        let stand = (self.stand)(name);
        if stand == Stand::Absent {
            return;
        }
        if let Some(title) = self.title.take() {
            self.ui.add_space(6.0);
            self.ui.label(super::theme::title(title));
        }
        let (defaults, effect) = (std::mem::take(&mut self.defaults), self.effect);
        let label = self.label;
        // By its name, so that a field that comes or goes does not take another's place.
        let scope = egui::UiBuilder::new().id_salt(name);
        let drawn = self.ui.scope_builder(scope, |ui| {
            if stand == Stand::Idle {
                ui.disable();
            }
            let mut editor = Editor { ui, defaults, effect, label };
            draw(&mut editor);
            editor.defaults
        });
        self.defaults = drawn.inner;
    }
}

impl Form for Partly<'_> {
    fn number(&mut self, name: &'static str, value: &mut f64, field: Field<f64>) {
        self.field(name, |editor| editor.number(name, value, field));
    }

    fn count(&mut self, name: &'static str, value: &mut usize, field: Field<usize>) {
        self.field(name, |editor| editor.count(name, value, field));
    }

    fn flag(&mut self, name: &'static str, value: &mut bool, help: &'static str) {
        self.field(name, |editor| editor.flag(name, value, help));
    }

    fn choice(
        &mut self,
        name: &'static str,
        value: &mut usize,
        options: &[&'static str],
        help: &'static str,
    ) {
        self.field(name, |editor| editor.choice(name, value, options, help));
    }

    fn text(&mut self, name: &'static str, value: &mut String, help: &'static str) {
        self.field(name, |editor| editor.text(name, value, help));
    }

    fn heading(&mut self, title: &'static str) {
        self.title = Some(title).filter(|_| self.has_titles);
    }
}

/// A number whose default is less than this part of its range is set by powers of ten.
const TINY: f64 = 1e-3;

/// A number that may be next to nothing, with three digits: `2e-6`, `0.05`.
fn tiny_text(value: f64) -> String {
    if value == 0.0 || value.abs() >= 0.01 {
        return super::plot::axis::short(value);
    }
    let text = format!("{value:.2e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    format!("{}e{power}", digits.trim_end_matches('0').trim_end_matches('.'))
}

/// What a field is called, where its name says too little.
type Label = fn(&str) -> Option<&'static str>;

struct Editor<'a> {
    ui: &'a mut Ui,
    defaults: Vec<Entry>,
    effect: &'a dyn Fn(&str) -> Option<String>,
    label: Label,
}

impl Editor<'_> {
    /// The line above a field: its name, what it did, and a way back to the default.
    fn head(&mut self, name: &str, help: &str, is_default: bool) -> (egui::Id, bool) {
        let effect = (self.effect)(name);
        let title = self.label_of(name);
        let row = self.ui.horizontal(|ui| {
            let label = ui.label(&title).on_hover_text(help);
            let mut is_reset = false;
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if !is_default {
                    is_reset = ui
                        .small_button("reset")
                        .on_hover_text(format!("{title} back to its default"))
                        .clicked();
                }
                if let Some(effect) = effect {
                    ui.label(RichText::new(effect).weak());
                }
            });
            (label.id, is_reset)
        });
        row.inner
    }

    /// A name as a label: that of its parameters, or `stop_sog` as "stop sog".
    fn label_of(&self, name: &str) -> String {
        (self.label)(name).map_or_else(|| name.replace('_', " "), Into::into)
    }

    fn default_of(&self, name: &str) -> Option<&serde_json::Value> {
        self.defaults.iter().find(|entry| entry.name == name).map(|entry| &entry.value)
    }
}

fn suffix(unit: &str) -> String {
    if unit.is_empty() || unit == "°" { unit.to_owned() } else { format!(" {unit}") }
}

impl Form for Editor<'_> {
    fn number(&mut self, name: &'static str, value: &mut f64, field: Field<f64>) {
        let default = self.default_of(name).and_then(serde_json::Value::as_f64);
        let (label, is_reset) = self.head(name, field.help, default == Some(*value));
        if let (true, Some(default)) = (is_reset, default) {
            *value = default;
        }
        let (low, high) = (*field.range.start(), *field.range.end());
        // A range over several powers of ten is only usable when each gets its share.
        let is_wide = high > 200.0 * low.abs().max(1.0) && low >= 0.0;
        let mut slider = Slider::new(value, field.range)
            .suffix(suffix(field.unit))
            .logarithmic(is_wide)
            .update_while_editing(false);
        if is_wide {
            slider = slider.smallest_positive(low.max(0.01 * high / 1000.0)).max_decimals(2);
        } else if let Some(usual) = default.filter(|usual| *usual > 0.0 && *usual < TINY * high) {
            slider = slider
                .logarithmic(true)
                .smallest_positive(usual / 1000.0)
                .custom_formatter(|value, _| tiny_text(value));
        }
        let width = (self.ui.available_width() - 92.0).max(60.0);
        self.ui.spacing_mut().slider_width = width;
        self.ui.add(slider).labelled_by(label).on_hover_text(field.help);
    }

    fn count(&mut self, name: &'static str, value: &mut usize, field: Field<usize>) {
        let default = self.default_of(name).and_then(serde_json::Value::as_u64).map(|n| n as usize);
        let (label, is_reset) = self.head(name, field.help, default == Some(*value));
        if let (true, Some(default)) = (is_reset, default) {
            *value = default;
        }
        let (low, high) = (*field.range.start(), *field.range.end());
        if high - low > 1_000_000 {
            let drag = DragValue::new(value)
                .range(field.range)
                .suffix(suffix(field.unit))
                .update_while_editing(false);
            self.ui.add(drag).labelled_by(label).on_hover_text(field.help);
            return;
        }
        let slider = Slider::new(value, field.range)
            .suffix(suffix(field.unit))
            .logarithmic(high > 200 * low.max(1))
            .update_while_editing(false);
        let width = (self.ui.available_width() - 92.0).max(60.0);
        self.ui.spacing_mut().slider_width = width;
        self.ui.add(slider).labelled_by(label).on_hover_text(field.help);
    }

    fn flag(&mut self, name: &'static str, value: &mut bool, help: &'static str) {
        let (effect, title) = ((self.effect)(name), self.label_of(name));
        self.ui.horizontal(|ui| {
            ui.checkbox(value, title).on_hover_text(help);
            if let Some(effect) = effect {
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    ui.label(RichText::new(effect).weak());
                });
            }
        });
    }

    fn choice(
        &mut self,
        name: &'static str,
        value: &mut usize,
        options: &[&'static str],
        help: &'static str,
    ) {
        let title = self.label_of(name);
        self.ui.horizontal(|ui| {
            let label = ui.label(title).on_hover_text(help);
            let shown = options.get(*value).copied().unwrap_or_default();
            let response = ComboBox::from_id_salt(name).selected_text(shown).show_ui(ui, |ui| {
                for (place, option) in options.iter().enumerate() {
                    ui.selectable_value(value, place, *option);
                }
            });
            response.response.labelled_by(label.id).on_hover_text(help);
        });
    }

    fn text(&mut self, name: &'static str, value: &mut String, help: &'static str) {
        let title = self.label_of(name);
        self.ui.horizontal(|ui| {
            let label = ui.label(title).on_hover_text(help);
            let edit = TextEdit::singleline(value).hint_text("auto").desired_width(f32::INFINITY);
            ui.add(edit).labelled_by(label.id).on_hover_text(help);
        });
    }

    fn heading(&mut self, title: &'static str) {
        self.ui.add_space(6.0);
        self.ui.label(super::theme::title(title));
    }
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;
    use crate::flow::watching::EncounterSettings;

    #[test]
    fn a_field_goes_by_its_label_where_it_has_one() {
        let mut harness = Harness::builder().with_size([300.0, 1200.0]).build_ui(|ui| {
            params_ui(ui, "encounters", &mut EncounterSettings::default(), &|_| None);
        });
        harness.run();
        assert!(harness.query_all_by_label("Greatest CPA").next().is_some());
        assert!(harness.query_all_by_label("cpa").next().is_none());
    }

    #[test]
    fn numbers_next_to_nothing_are_written_by_powers_of_ten() {
        for (value, text) in
            [(2e-6, "2e-6"), (0.0, "0"), (1.234e-5, "1.23e-5"), (0.05, "0.05"), (1.0, "1")]
        {
            assert_eq!(tiny_text(value), text);
        }
    }
}
