//! Parameters described once, used four ways: edited, checked, set by name, documented.

use std::fmt::Display;
use std::ops::{Deref, RangeInclusive};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::text::nearest;

/// The parameters of one stage: plain data that the user edits in place.
pub trait Params:
    Clone + PartialEq + Default + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Presents every field to `form`, in the order a user should meet them.
    fn describe(&mut self, form: &mut dyn Form);

    /// What is wrong though every field is in its range, in words the user can act on.
    fn faults(&self) -> Vec<String> {
        Vec::new()
    }

    /// Called when the field `name` was set by its name, perhaps to the value that it had.
    fn was_set(&mut self, _name: &str) {}
}

impl Params for () {
    fn describe(&mut self, _: &mut dyn Form) {}
}

/// Something that visits fields: an egui editor, a range checker, a `--set name=value`, a manual.
///
/// A field's `name` is what `--set` takes; underscores stand for the spaces of its label.
pub trait Form {
    /// A real number.
    fn number(&mut self, name: &'static str, value: &mut f64, field: Field<f64>);
    /// A whole number.
    fn count(&mut self, name: &'static str, value: &mut usize, field: Field<usize>);
    /// Something that is so or not.
    fn flag(&mut self, name: &'static str, value: &mut bool, help: &'static str);
    /// One of a closed list; `value` is its place there.
    fn choice(
        &mut self,
        name: &'static str,
        value: &mut usize,
        options: &[&'static str],
        help: &'static str,
    );
    /// Free text; empty leaves it open: chosen for the user, or without a limit.
    fn text(&mut self, name: &'static str, value: &mut String, help: &'static str);
    /// Begins a group of fields. Forms without headings ignore it.
    fn heading(&mut self, _title: &'static str) {}
}

/// What there is to say of a number besides its value.
#[derive(Clone, Debug)]
pub struct Field<T> {
    /// The unit, as written behind a number; empty where there is none.
    pub unit: &'static str,
    /// What the number may be.
    pub range: RangeInclusive<T>,
    /// What it means, in a sentence; the symbol in the paper, where there is one.
    pub help: &'static str,
}

/// A closed list of which a parameter is one: an enum with a name for each case.
pub trait Choice: Copy + PartialEq + 'static {
    /// Every case, with the name by which the user chooses it.
    const CASES: &'static [(&'static str, Self)];

    /// Presents this choice to `form`.
    fn describe(&mut self, name: &'static str, form: &mut dyn Form, help: &'static str) {
        let place = Self::CASES.iter().position(|(_, case)| case == self);
        let mut place = place.expect("every case is in the list");
        let options: Vec<&'static str> = Self::CASES.iter().map(|(option, _)| *option).collect();
        form.choice(name, &mut place, &options, help);
        *self = Self::CASES[place].1;
    }
}

/// Parameters whose every field was in range. Stages accept nothing else.
#[derive(Clone, Debug)]
pub struct Checked<P>(P);

impl<P: Params> Checked<P> {
    /// Lists what is out of range, in words the user can act on.
    pub fn new(params: &P) -> Result<Checked<P>, Vec<String>> {
        let mut params = params.clone();
        let mut checker = Checker::default();
        params.describe(&mut checker);
        checker.faults.extend(params.faults());
        if checker.faults.is_empty() { Ok(Checked(params)) } else { Err(checker.faults) }
    }
}

impl<P: Clone> Checked<P> {
    /// The parameters by themselves, to be edited again.
    pub fn clone_inner(&self) -> P {
        self.0.clone()
    }
}

impl<P> Deref for Checked<P> {
    type Target = P;
    fn deref(&self) -> &P {
        &self.0
    }
}

#[derive(Default)]
struct Checker {
    faults: Vec<String>,
}

impl Checker {
    fn check<T: PartialOrd + Display>(&mut self, name: &str, value: &T, field: &Field<T>) {
        if !field.range.contains(value) {
            let (low, high) = (field.range.start(), field.range.end());
            let unit =
                if field.unit.is_empty() { String::new() } else { format!(" {}", field.unit) };
            self.faults.push(format!(
                "{name} is {value}{unit}; it must lie between {low} and {high}{unit}"
            ));
        }
    }
}

impl Form for Checker {
    fn number(&mut self, name: &'static str, value: &mut f64, field: Field<f64>) {
        self.check(name, value, &field);
    }
    fn count(&mut self, name: &'static str, value: &mut usize, field: Field<usize>) {
        self.check(name, value, &field);
    }
    fn flag(&mut self, _: &'static str, _: &mut bool, _: &'static str) {}
    fn choice(&mut self, _: &'static str, _: &mut usize, _: &[&'static str], _: &'static str) {}
    fn text(&mut self, _: &'static str, _: &mut String, _: &'static str) {}
}

/// Sets the field called `name` from `text`, or says what is wrong: no such field (and which is
/// nearest), not a value of its kind, out of its range.
pub fn set(params: &mut impl Params, name: &str, text: &str) -> Result<(), String> {
    let mut changed = params.clone();
    let mut setter = Setter { name, text, names: Vec::new(), outcome: None };
    changed.describe(&mut setter);
    let Setter { names, outcome, .. } = setter;
    match outcome {
        None => Err(match nearest(name, names) {
            Some(near) => format!("there is no parameter {name}; did you mean {near}?"),
            None => format!("there is no parameter {name}: this stage has none"),
        }),
        Some(Err(fault)) => Err(fault),
        Some(Ok(())) => {
            // Only this field's own faults: another `--set` may be about to mend the others.
            let mut checker = Checker::default();
            changed.clone().describe(&mut checker);
            let own =
                checker.faults.into_iter().find(|fault| fault.starts_with(&format!("{name} is ")));
            own.map_or(Ok(()), Err)?;
            changed.was_set(name);
            *params = changed;
            Ok(())
        }
    }
}

struct Setter<'a> {
    name: &'a str,
    text: &'a str,
    names: Vec<&'static str>,
    outcome: Option<Result<(), String>>,
}

impl Setter<'_> {
    fn set<T>(
        &mut self,
        name: &'static str,
        value: &mut T,
        kind: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) {
        self.names.push(name);
        if name == self.name {
            self.outcome = Some(match parse(self.text.trim()) {
                Some(parsed) => {
                    *value = parsed;
                    Ok(())
                }
                None => Err(format!("{name} is \"{}\"; it must be {kind}", self.text)),
            });
        }
    }
}

impl Form for Setter<'_> {
    fn number(&mut self, name: &'static str, value: &mut f64, _: Field<f64>) {
        self.set(name, value, "a number", |text| text.parse().ok());
    }
    fn count(&mut self, name: &'static str, value: &mut usize, _: Field<usize>) {
        self.set(name, value, "a whole number", |text| text.parse().ok());
    }
    fn flag(&mut self, name: &'static str, value: &mut bool, _: &'static str) {
        self.set(name, value, "true or false", |text| match text {
            "true" | "yes" | "on" | "1" => Some(true),
            "false" | "no" | "off" | "0" => Some(false),
            _ => None,
        });
    }
    fn choice(
        &mut self,
        name: &'static str,
        value: &mut usize,
        options: &[&'static str],
        _: &'static str,
    ) {
        let kind = format!("one of {}", options.join(", "));
        self.set(name, value, &kind, |text| options.iter().position(|option| *option == text));
    }
    fn text(&mut self, name: &'static str, value: &mut String, _: &'static str) {
        self.set(name, value, "a text", |text| Some(text.to_owned()));
    }
}

/// One line of the manual: a field and all there is to say of it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Entry {
    /// What `--set` takes.
    pub name: &'static str,
    /// The value now; in the manual, the default.
    pub value: serde_json::Value,
    /// The unit, empty where there is none.
    pub unit: &'static str,
    /// What it may be: a range or a list.
    pub range: String,
    /// What it means.
    pub help: &'static str,
}

/// Every field of `params`, with its value, range, unit and meaning.
pub fn manual(params: &impl Params) -> Vec<Entry> {
    let mut manual = Manual::default();
    params.clone().describe(&mut manual);
    manual.0
}

#[derive(Default)]
struct Manual(Vec<Entry>);

impl Form for Manual {
    fn number(&mut self, name: &'static str, value: &mut f64, field: Field<f64>) {
        let range = format!("{} to {}", field.range.start(), field.range.end());
        let value = (*value).into();
        self.0.push(Entry { name, value, unit: field.unit, range, help: field.help });
    }
    fn count(&mut self, name: &'static str, value: &mut usize, field: Field<usize>) {
        let range = format!("{} to {}", field.range.start(), field.range.end());
        let value = (*value).into();
        self.0.push(Entry { name, value, unit: field.unit, range, help: field.help });
    }
    fn flag(&mut self, name: &'static str, value: &mut bool, help: &'static str) {
        let range = "true or false".into();
        self.0.push(Entry { name, value: (*value).into(), unit: "", range, help });
    }
    fn choice(
        &mut self,
        name: &'static str,
        value: &mut usize,
        options: &[&'static str],
        help: &'static str,
    ) {
        let range = options.join(", ");
        self.0.push(Entry { name, value: options[*value].into(), unit: "", range, help });
    }
    fn text(&mut self, name: &'static str, value: &mut String, help: &'static str) {
        let range = "text; empty: left open".into();
        self.0.push(Entry { name, value: value.clone().into(), unit: "", range, help });
    }
}

/// Checks for tests that `defaults` are in range, and that each field can be set by its name to the
/// value that the manual tells.
#[cfg(test)]
pub fn check_that_defaults_can_be_set<P: Params + std::fmt::Debug>(defaults: &P) {
    assert!(Checked::new(defaults).is_ok());
    for entry in manual(defaults) {
        let text = entry.value.as_str().map_or(entry.value.to_string(), str::to_owned);
        let mut params = defaults.clone();
        assert_eq!(set(&mut params, entry.name, &text), Ok(()), "{}", entry.name);
        assert_eq!(params, *defaults, "{}", entry.name);
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
    enum Side {
        Port,
        Starboard,
    }
    impl Choice for Side {
        const CASES: &'static [(&'static str, Side)] =
            &[("port", Side::Port), ("starboard", Side::Starboard)];
    }

    #[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
    struct Gate {
        width_m: f64,
        ships: usize,
        is_open: bool,
        side: Side,
        name: String,
    }
    impl Default for Gate {
        fn default() -> Self {
            Gate { width_m: 100.0, ships: 2, is_open: true, side: Side::Port, name: String::new() }
        }
    }
    impl Params for Gate {
        fn describe(&mut self, form: &mut dyn Form) {
            form.number(
                "width",
                &mut self.width_m,
                Field { unit: "m", range: 1.0..=1000.0, help: "Width." },
            );
            form.count("ships", &mut self.ships, Field { unit: "", range: 1..=9, help: "Ships." });
            form.flag("open", &mut self.is_open, "Open.");
            self.side.describe("side", form, "Side.");
            form.text("name", &mut self.name, "Name.");
        }
    }

    #[test]
    fn every_kind_of_field_is_set_by_name() {
        let mut gate = Gate::default();
        for (name, text) in [
            ("width", "250.5"),
            ("ships", "3"),
            ("open", "false"),
            ("side", "starboard"),
            ("name", "A"),
        ] {
            set(&mut gate, name, text).unwrap();
        }
        let expected = Gate {
            width_m: 250.5,
            ships: 3,
            is_open: false,
            side: Side::Starboard,
            name: "A".into(),
        };
        assert_eq!(gate, expected);
    }

    #[test]
    fn a_wrong_setting_changes_nothing_and_says_why() {
        let mut gate = Gate::default();
        for (name, text, fault) in [
            ("widht", "1", "there is no parameter widht; did you mean width?"),
            ("width", "wide", "width is \"wide\"; it must be a number"),
            ("width", "0", "width is 0 m; it must lie between 1 and 1000 m"),
            ("width", "NaN", "width is NaN m; it must lie between 1 and 1000 m"),
            ("ships", "-1", "ships is \"-1\"; it must be a whole number"),
            ("side", "left", "side is \"left\"; it must be one of port, starboard"),
        ] {
            assert_eq!(set(&mut gate, name, text), Err(fault.to_string()));
        }
        assert_eq!(gate, Gate::default());
    }

    #[test]
    fn the_manual_lists_every_field_with_its_default() {
        let entries = manual(&Gate::default());
        assert_eq!(entries.len(), 5);
        assert_eq!(entries[0].range, "1 to 1000");
        assert_eq!(entries[3].value, "port");
    }

    #[test]
    fn what_is_out_of_range_is_not_checked_parameters() {
        assert!(Checked::new(&Gate::default()).is_ok());
        let faults =
            Checked::new(&Gate { width_m: 5000.0, ships: 0, ..Gate::default() }).unwrap_err();
        assert_eq!(faults.len(), 2, "{faults:?}");
    }
}
