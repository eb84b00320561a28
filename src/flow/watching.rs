//! Parameters of what a safety officer asks: of which reports, along which lines, in which areas.
//!
//! Lines and areas are texts, so that `--set`, project files and undo hold them like any other
//! parameter, and a half-typed one is kept; [`GateSettings::read`] and [`AreaSettings::read`] say what
//! they mean.

use serde::{Deserialize, Serialize};

use super::places::{Named, named_places, text_of_places};
use super::whose::moment_ms;
use crate::base::geo::Position;
use crate::base::params::{Choice, Field, Form, Params, label_in};
use crate::prep::FilterParams;
use crate::watch::{Area, AreaParams, DensityParams, EncounterParams, GateParams, OddityParams};

/// Of which reports it is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Of those of the trips that pass the filter: what the map shows.
    #[default]
    Trips,
    /// Of all that cleaning left, ships that lie still among them.
    Fleet,
}

impl Choice for Subject {
    const CASES: &'static [(&'static str, Subject)] =
        &[("trips", Subject::Trips), ("fleet", Subject::Fleet)];
}

/// Which reports are watched.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WatchedParams {
    /// Of which ways.
    pub subject: Subject,
    /// When the window of time begins, UTC; empty for at any time.
    pub from: String,
    /// When it ends; a day for the end of that day.
    pub to: String,
}

impl WatchedParams {
    /// First and last time, UTC milliseconds; `None` for at any time.
    pub fn window_ms(&self) -> Option<(i64, i64)> {
        window(&self.from, &self.to).time_window_ms()
    }

    /// Watches this window of time alone; with `None`, at any time.
    pub fn set_window_ms(&mut self, window_ms: Option<(i64, i64)>) {
        let mut window = FilterParams::default();
        window.set_time_window_ms(window_ms);
        (self.from, self.to) = (window.from, window.to);
    }
}

/// A filter reads windows of time already.
fn window(from: &str, to: &str) -> FilterParams {
    FilterParams { from: from.to_owned(), to: to.to_owned(), ..FilterParams::default() }
}

impl Params for WatchedParams {
    fn describe(&mut self, form: &mut dyn Form) {
        self.subject.describe("subject", form, "Of which reports it is asked: those of the trips that pass the filter, or of the whole cleaned fleet, ships that lie still among them.");
        form.text("from", &mut self.from, "When the window of time begins: UTC, such as 2018-06-02T14:00, or a day. Empty for no limit.");
        form.text("to", &mut self.to, "When the window of time ends: UTC, such as 2018-06-02T14:00, or a day, which counts to its end. Empty for no limit.");
    }

    fn faults(&self) -> Vec<String> {
        window(&self.from, &self.to).faults()
    }
}

/// A line across a lane.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct GateLine {
    /// What it is called.
    pub name: String,
    /// Two places or more.
    pub points: Vec<Position>,
}

/// Which gates there are, and how crossings are counted.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct GateSettings {
    /// Lines, as `Name: lon lat, lon lat; Name: …`.
    pub lines: String,
    /// How crossings are counted.
    pub params: GateParams,
}

impl GateSettings {
    /// The gates, or what is wrong with the text.
    ///
    /// # Errors
    ///
    /// In words, for the user.
    pub fn read(&self) -> Result<Vec<GateLine>, String> {
        let named = named_places(&self.lines, "gate")?;
        let line = |named: Named| match named.rules.first() {
            Some(rule) => Err(format!("gate {} has \"{rule}\"; a gate has no rules", named.name)),
            None if named.points.len() < 2 => {
                Err(format!("gate {} has one end; draw a line of two places or more", named.name))
            }
            None => Ok(GateLine { name: named.name, points: named.points }),
        };
        named.into_iter().map(line).collect()
    }

    /// Has these gates from now on.
    pub fn write(&mut self, gates: &[GateLine]) {
        let texts = gates.iter().map(|gate| text_of_places(&gate.name, &[], &gate.points));
        self.lines = texts.collect::<Vec<_>>().join("; ");
    }
}

impl Params for GateSettings {
    fn label(name: &str) -> Option<&'static str> {
        GateParams::label(name)
    }

    fn describe(&mut self, form: &mut dyn Form) {
        form.text("lines", &mut self.lines, "Lines across lanes: a name, a colon and two places or more, as in \"Strait: 11.1 56.2, 11.4 56.3\". A semicolon stands between gates, a comma between places; longitude comes first.");
        self.params.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        let lines = self.read().err().map(|fault| format!("lines: {fault}"));
        lines.into_iter().chain(self.params.faults()).collect()
    }
}

/// Which areas are watched, and how.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AreaSettings {
    /// Areas, as `Name [rules]: lon lat, lon lat, lon lat; Name: …`.
    pub areas: String,
    /// How they are watched.
    pub params: AreaParams,
}

impl AreaSettings {
    /// The areas, or what is wrong with the text.
    ///
    /// # Errors
    ///
    /// In words, for the user.
    pub fn read(&self) -> Result<Vec<Area>, String> {
        named_places(&self.areas, "area")?.into_iter().map(area).collect()
    }

    /// Has these areas from now on.
    pub fn write(&mut self, areas: &[Area]) {
        let text = |area: &Area| text_of_places(&area.name, &rules_of(area), &area.corners);
        self.areas = areas.iter().map(text).collect::<Vec<_>>().join("; ");
    }
}

/// An area without rules tells who enters and who leaves.
fn area(named: Named) -> Result<Area, String> {
    let mut area = Area { name: named.name, corners: named.points, ..Area::default() };
    if named.rules.is_empty() {
        (area.tells_entering, area.tells_leaving) = (true, true);
    }
    for rule in &named.rules {
        let words: Vec<&str> = rule.split_whitespace().collect();
        let number = || words.get(1).and_then(|word| word.parse::<f64>().ok());
        match (words.first().copied(), number()) {
            (Some("enter"), _) => area.tells_entering = true,
            (Some("leave"), _) => area.tells_leaving = true,
            (Some("max"), Some(kn)) => area.above_kn = Some(kn),
            (Some("still"), Some(min)) => area.stopped_min = Some(min),
            (Some("kinds"), _) => area.kinds = words[1..].join(", "),
            _ => {
                return Err(format!(
                    "area {} has the rule \"{rule}\"; rules are enter, leave, max 12 kn, still 30 min, kinds cargo tanker",
                    area.name
                ));
            }
        }
    }
    Ok(area)
}

/// The rules that make `area` what it is.
fn rules_of(area: &Area) -> Vec<String> {
    let mut rules = Vec::new();
    let has_limit = area.above_kn.is_some() || area.stopped_min.is_some();
    let is_plain = area.tells_entering && area.tells_leaving && !has_limit;
    if is_plain && area.kinds.trim().is_empty() {
        return rules;
    }
    rules.extend(area.tells_entering.then(|| "enter".to_owned()));
    rules.extend(area.tells_leaving.then(|| "leave".to_owned()));
    rules.extend(area.above_kn.map(|kn| format!("max {kn} kn")));
    rules.extend(area.stopped_min.map(|min| format!("still {min} min")));
    let kinds: Vec<&str> =
        area.kinds.split([',', ' ']).filter(|kind| !kind.trim().is_empty()).collect();
    if !kinds.is_empty() {
        rules.push(format!("kinds {}", kinds.join(" ")));
    } else if rules.is_empty() {
        rules.push("kinds".into()); // Nothing is told: not the same as no rules.
    }
    rules
}

impl Params for AreaSettings {
    fn label(name: &str) -> Option<&'static str> {
        AreaParams::label(name)
    }

    fn describe(&mut self, form: &mut dyn Form) {
        form.text("areas", &mut self.areas, "Areas: a name, rules in brackets, a colon and the corners of a polygon, as in \"Harbor [enter, leave, max 12 kn, still 30 min, kinds cargo tanker]: 11.1 56.2, 11.4 56.3, 11.2 56.5\". A semicolon stands between areas; longitude comes first; without rules, who enters and leaves is told.");
        self.params.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        let areas = self.read().err().map(|fault| format!("areas: {fault}"));
        areas.into_iter().chain(self.params.faults()).collect()
    }
}

/// What counts for density, and which earlier period it is compared with.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DensitySettings {
    /// What counts.
    pub params: DensityParams,
    /// When the earlier period begins, UTC; empty for no limit.
    pub before_from: String,
    /// When it ends.
    pub before_to: String,
}

impl DensitySettings {
    /// First and last time of the earlier period, UTC milliseconds; `None` for none.
    pub fn before_ms(&self) -> Option<(i64, i64)> {
        window(&self.before_from, &self.before_to).time_window_ms()
    }
}

impl Params for DensitySettings {
    fn label(name: &str) -> Option<&'static str> {
        DensityParams::label(name)
    }

    fn describe(&mut self, form: &mut dyn Form) {
        self.params.describe(form);
        form.heading("Difference to another period");
        form.text("before_from", &mut self.before_from, "When the period begins that the watched one is compared with: UTC, or a day. Empty for no limit; with both empty, nothing is compared.");
        form.text(
            "before_to",
            &mut self.before_to,
            "When the period ends that the watched one is compared with; a day counts to its end.",
        );
    }

    fn faults(&self) -> Vec<String> {
        let before = window(&self.before_from, &self.before_to).faults();
        let before = before.into_iter().map(|fault| format!("before_from, before_to: {fault}"));
        self.params.faults().into_iter().chain(before).collect()
    }
}

/// What counts as an encounter, and in which cells they are counted.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct EncounterSettings {
    /// What counts.
    pub params: EncounterParams,
    /// How wide and high the cells of the heat map are, meters.
    pub heat_cell_m: f64,
}

impl Default for EncounterSettings {
    fn default() -> Self {
        EncounterSettings { params: EncounterParams::default(), heat_cell_m: 1852.0 }
    }
}

impl Params for EncounterSettings {
    fn label(name: &str) -> Option<&'static str> {
        label_in(&[("heat_cell", "Cell of the heat map")], name)
            .or_else(|| EncounterParams::label(name))
    }

    fn describe(&mut self, form: &mut dyn Form) {
        self.params.describe(form);
        form.heading("Heat map");
        let cell = Field {
            unit: "m",
            range: 50.0..=1_000_000.0,
            help: "How wide and high the cells are in which encounters are counted.",
        };
        form.number("heat_cell", &mut self.heat_cell_m, cell);
    }

    fn faults(&self) -> Vec<String> {
        self.params.faults()
    }
}

/// From when on, and how far, encounters are foretold.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct AheadSettings {
    /// From when on, UTC, ISO 8601; empty for the last report of all. The window of the program sets
    /// it to the moment on its timeline.
    pub at: String,
    /// How far ahead, minutes.
    pub minutes: f64,
    /// Ships that were not heard for longer are left out, minutes.
    pub heard_min: f64,
    /// Whether fitted models tell the paths, where there are any.
    pub by_models: bool,
}

impl Default for AheadSettings {
    fn default() -> Self {
        AheadSettings { at: String::new(), minutes: 30.0, heard_min: 10.0, by_models: true }
    }
}

impl AheadSettings {
    /// The moment, UTC milliseconds; none for the last report of all.
    ///
    /// # Errors
    ///
    /// In words, for the user.
    pub fn at_ms(&self) -> Result<Option<i64>, String> {
        moment_ms("at", &self.at)
    }
}

impl Params for AheadSettings {
    fn describe(&mut self, form: &mut dyn Form) {
        let min = |range, help| Field { unit: "min", range, help };
        form.text("at", &mut self.at, "From when on, UTC, as 2018-06-03T14:20:00Z; empty for the last report of all. In the window it is the moment on the timeline.");
        form.number(
            "minutes",
            &mut self.minutes,
            min(1.0..=180.0, "How far ahead encounters are foretold."),
        );
        form.number(
            "heard",
            &mut self.heard_min,
            min(0.5..=120.0, "Ships that were not heard for longer are left out."),
        );
        form.flag("by_models", &mut self.by_models, "Fitted models tell the paths, where there are any; else ships go straight on with their last speed and course.");
    }

    fn faults(&self) -> Vec<String> {
        self.at_ms().err().into_iter().collect()
    }
}

/// What is odd, and whether routes are asked.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OdditySettings {
    /// Whether trips are held against the routes of clusters, which have to be found for it.
    pub of_routes: bool,
    /// Whether typed destinations are held against forecasts of where ships are bound.
    pub of_forecasts: bool,
    /// What is odd.
    pub params: OddityParams,
}

impl Params for OdditySettings {
    fn label(name: &str) -> Option<&'static str> {
        OddityParams::label(name)
    }

    fn describe(&mut self, form: &mut dyn Form) {
        form.flag("of_routes", &mut self.of_routes, "Hold trips against the routes of clusters: those that fit none, speeds and courses that are odd in a lane. Trips are compared and grouped for it.");
        form.flag("of_forecasts", &mut self.of_forecasts, "Hold typed destinations against where ships under way are likely bound: those whose way leads elsewhere. Voyages are cut and forecast for it.");
        self.params.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        self.params.faults()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::Checked;

    /// Every field that has a slider or a box has a label, and every label fits a narrow panel.
    fn check_labels<P: Params>(without: &[&str]) {
        for entry in crate::base::params::manual(&P::default()) {
            let label = P::label(entry.name);
            assert_eq!(label.is_none(), without.contains(&entry.name), "{}", entry.name);
            assert!(label.is_none_or(|label| label.len() <= 36), "{label:?}");
        }
    }

    #[test]
    fn what_an_officer_sets_has_a_label_in_words() {
        check_labels::<EncounterSettings>(&[]);
        check_labels::<GateSettings>(&["lines"]);
        check_labels::<AreaSettings>(&["areas"]);
        check_labels::<DensitySettings>(&["kinds", "before_from", "before_to"]);
        check_labels::<OdditySettings>(&["of_routes", "of_forecasts"]);
        assert_eq!(EncounterSettings::label("cpa"), Some("Greatest CPA"));
    }

    #[test]
    fn a_rule_alone_tells_of_nothing_else() {
        let read = |rule: &str| {
            let areas = format!("A [{rule}]: 1 2, 3 4, 5 2");
            AreaSettings { areas, ..AreaSettings::default() }.read().unwrap().remove(0)
        };
        let told = |rule: &str| (read(rule).tells_entering, read(rule).tells_leaving);
        assert_eq!((told("enter"), told("leave")), ((true, false), (false, true)));
        assert_eq!((told("max 12 kn"), told("kinds")), ((false, false), (false, false)));
        assert_eq!(
            (read("max 12 kn").above_kn, read("still 5 min").stopped_min),
            (Some(12.0), Some(5.0))
        );
    }

    #[test]
    fn gates_and_areas_are_read_as_they_were_written() {
        let ends = vec![Position::new(11.1, 56.25), Position::new(-179.5, -3.0)];
        let mut gates = GateSettings::default();
        let lines = vec![
            GateLine { name: "Strait, east".into(), points: ends.clone() },
            GateLine { name: "Gate 2".into(), points: ends.clone() },
        ];
        gates.write(&lines);
        assert_eq!(gates.read(), Ok(lines));

        let corners = [ends, vec![Position::new(0.0, 1.0)]].concat();
        let mut settings = AreaSettings::default();
        let areas = vec![
            Area {
                name: "Plain".into(),
                corners: corners.clone(),
                tells_entering: true,
                tells_leaving: true,
                ..Area::default()
            },
            Area {
                name: "Slow".into(),
                corners: corners.clone(),
                above_kn: Some(12.5),
                stopped_min: Some(30.0),
                kinds: "cargo, tanker".into(),
                ..Area::default()
            },
            Area { name: "Silent".into(), corners, ..Area::default() },
        ];
        settings.write(&areas);
        assert_eq!(settings.read(), Ok(areas));
    }

    #[test]
    fn what_is_wrong_with_a_text_is_told() {
        let gates = |lines: &str| GateSettings { lines: lines.into(), ..Default::default() };
        for (text, told) in [
            ("West: 11 56", "one end"),
            ("West: 11 56, 200 3", "200 3"),
            ("West: 11 56, 12", "\"12\""),
            ("West [enter]: 11 56, 12 56", "no rules"),
        ] {
            let faults = Checked::new(&gates(text)).expect_err(text);
            assert!(faults.len() == 1 && faults[0].contains(told), "{text}: {faults:?}");
        }
        assert_eq!(
            gates("11 56, 12 56").read().map(|lines| lines[0].name.clone()),
            Ok("gate 1".into())
        );
        let areas =
            AreaSettings { areas: "Harbor [max fast]: 1 1, 2 2, 3 1".into(), ..Default::default() };
        assert!(areas.faults()[0].contains("max fast"), "{:?}", areas.faults());
    }

    #[test]
    fn a_window_that_ends_before_it_begins_is_refused() {
        let mut watched = WatchedParams::default();
        assert_eq!(watched.window_ms(), None);
        watched.set_window_ms(Some((0, 60_000)));
        assert_eq!(watched.window_ms(), Some((0, 60_000)));
        assert!(Checked::new(&watched).is_ok());
        watched.to = "1969-01-01".into();
        assert!(Checked::new(&watched).is_err());
    }
}
