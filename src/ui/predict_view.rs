//! What is remembered about predictions: which methods are drawn, and of which ship at what moment.

use std::sync::Arc;

use egui::Color32;

use super::command::Command;
use super::map::palette::{category, unknown};
use super::selection::Selection;
use super::time_view::TimeView;
use crate::flow::Desk;
use crate::flow::predicting::PathParams;
use crate::flow::stages::PathOf;
use crate::flow::tray::Shelf as _;
use crate::predict::params::Method;
use crate::prep::moment::{SILENCE_MS, previous_report_before};

/// Of which methods ellipses are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Ellipses {
    /// Of none.
    None,
    /// Of the method that was chosen last.
    #[default]
    One,
    /// Of all that are drawn.
    All,
}

/// Which predictions are drawn. Not part of the session: looking is not analysing.
#[derive(Clone, PartialEq, Debug)]
pub struct PredictView {
    /// By the order of [`Method::ALL`].
    is_drawn: [bool; Method::ALL.len()],
    chosen: Method,
    /// Of which methods ellipses are drawn.
    pub ellipses: Ellipses,
    /// Whether the map says why there is no path: where the user is at predicting.
    pub is_told: bool,
    target: Target,
}

impl Default for PredictView {
    /// The paper's method, and what it has to beat.
    fn default() -> Self {
        let is_drawn =
            Method::ALL.map(|method| matches!(method, Method::SogCog | Method::Ensemble));
        PredictView {
            is_drawn,
            chosen: Method::Ensemble,
            ellipses: Ellipses::default(),
            is_told: false,
            target: Target::Off,
        }
    }
}

impl PredictView {
    /// Whether the paths of a method are drawn.
    pub fn is_drawn(&self, method: Method) -> bool {
        self.is_drawn[place(method)]
    }

    /// Draws the paths of a method, or no longer. One that is drawn anew is the chosen one.
    pub fn set_drawn(&mut self, method: Method, is_drawn: bool) {
        self.is_drawn[place(method)] = is_drawn;
        if is_drawn {
            self.chosen = method;
        } else if self.chosen == method
            && let Some(other) = Method::ALL.into_iter().rev().find(|other| self.is_drawn(*other))
        {
            self.chosen = other;
        }
    }

    /// The method that was chosen last, which is drawn over the others.
    pub fn chosen(&self) -> Method {
        self.chosen
    }

    /// Whose path is predicted.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Says whose path is predicted.
    pub fn set_target(&mut self, target: Target) {
        self.target = target;
    }
}

fn place(method: Method) -> usize {
    Method::ALL.iter().position(|other| *other == method).unwrap_or(0)
}

/// What a method is called where there is room for capitals.
pub fn method_title(method: Method) -> &'static str {
    match method {
        Method::Linear => "Linear",
        Method::SogCog => "SOG-COG",
        Method::Elm => "ELM raw",
        Method::LsSvm => "LS-SVM",
        Method::Gmm => "GMM",
        Method::Gpr => "GPR",
        Method::Ensemble => "Ensemble",
        Method::Mlp => "MLP",
        Method::Gru => "GRU",
    }
}

/// What a method does, in a sentence.
pub fn method_help(method: Method) -> &'static str {
    match method {
        Method::Linear => "Straight on along the last three reports",
        Method::SogCog => "Straight on with the last reported speed and course",
        Method::Elm => "An extreme learning machine on reports as they come",
        Method::LsSvm => "A least-squares support vector machine",
        Method::Gmm => "Gaussian mixture regression",
        Method::Gpr => "Gaussian process regression",
        Method::Ensemble => "The paper's: models of clusters, chosen and fused by the neighbors",
        Method::Mlp => "A perceptron on features of the window",
        Method::Gru => "Recurrent networks that read the window and what neighbors did",
    }
}

/// The color of a method on the map and in plots. None is that of the selection.
pub fn method_color(method: Method, is_dark: bool) -> Color32 {
    match method {
        Method::Linear => unknown(is_dark),
        Method::SogCog => category(0, is_dark),
        Method::Elm => category(2, is_dark),
        Method::LsSvm => category(4, is_dark),
        Method::Gmm => category(8, is_dark),
        Method::Gpr => category(9, is_dark),
        Method::Ensemble => category(1, is_dark),
        Method::Mlp => category(6, is_dark),
        Method::Gru => category(3, is_dark),
    }
}

/// Whose path is to be predicted, and from when on.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Target {
    /// Nobody looks.
    #[default]
    Off,
    /// No ship is selected.
    NoShip,
    /// The ship has no trip, and there is no moment.
    NoTrip,
    /// The ship does not report at the moment.
    Silent,
    /// From a report on.
    At(PathParams),
}

impl Target {
    /// The selected ship at its last report until the moment, so that the path changes with her
    /// reports and not with every frame; without a moment at the end of the selected trip. None
    /// while the selection is of another result than the one that is shown.
    pub fn of(desk: &Desk, selection: &Selection, time: &TimeView) -> Option<Target> {
        let Some(shown) = desk.trips.shown() else { return Some(Target::NoShip) };
        let Some(vessel) = selection.vessel() else { return Some(Target::NoShip) };
        if selection.key() != Some(shown.key) {
            return None;
        }
        let fleet = shown.value.fleet();
        let about = fleet.vessels().get(vessel)?;
        let times = &fleet.reports().t_ms;
        let Some(now_ms) = time.now_ms() else {
            let trip = selection.trip().and_then(|trip| shown.value.trips.trips.get(trip));
            let at = |last_ms| Target::At(PathParams::of(about, last_ms));
            return Some(trip.map_or(Target::NoTrip, |trip| at(trip.time_span_ms(fleet).1)));
        };
        let last = previous_report_before(fleet, vessel, now_ms.saturating_add(1));
        let last_ms = last.map(|report| times[report]);
        let last_ms = last_ms.filter(|last_ms| now_ms - last_ms <= SILENCE_MS);
        Some(last_ms.map_or(Target::Silent, |last_ms| Target::At(PathParams::of(about, last_ms))))
    }
}

/// A predicted path that can be drawn.
#[derive(Clone, Copy)]
pub struct Found<'a> {
    /// The path.
    pub of: &'a Arc<PathOf>,
    /// Whether its models are older than what is set up.
    pub is_old: bool,
}

/// Why there is no path.
#[derive(Clone, PartialEq, Debug)]
pub enum Lack {
    /// Nobody looks.
    Off,
    /// No ship is selected.
    NoShip,
    /// The ship has no trip.
    NoTrip,
    /// The ship does not report at the moment.
    Silent,
    /// Nothing was fitted yet.
    NoModels,
    /// Models are being fitted or read.
    Fitting,
    /// Models could not be fitted or read.
    NotFitted(String),
    /// What was fitted belongs to other settings or trips.
    OldModels,
    /// It is being predicted.
    Working,
    /// No prediction can be made here.
    Fault(String),
}

impl Lack {
    /// What is missing, and what that means.
    pub fn text(&self) -> String {
        match self {
            Lack::Off => "The predicted path is switched off".into(),
            Lack::NoShip => "Select a ship: click a track on the map, or a row of a table".into(),
            Lack::NoTrip => "The selected ship has no trip: there is nothing to go on from".into(),
            Lack::Silent => {
                "The ship does not report at this moment: her last report is more than half an \
                 hour old, or still to come"
                    .into()
            }
            Lack::NoModels => "No models are fitted yet".into(),
            Lack::Fitting => "Models are being made ready".into(),
            Lack::NotFitted(fault) => format!("There are no models: {fault}"),
            Lack::OldModels => {
                "The models were fitted to other trips or with other settings: fit them again"
                    .into()
            }
            Lack::Working => "Working".into(),
            Lack::Fault(fault) => fault.clone(),
        }
    }

    /// The likely remedy: what a button says, and what it asks for.
    pub fn remedy(&self) -> Option<(&'static str, Command)> {
        match self {
            Lack::NoModels | Lack::OldModels => Some(("Fit models", Command::Retry("predict-fit"))),
            Lack::Silent => Some(("Go to the end of the trip", Command::Stop)),
            Lack::Fault(fault) if fault.contains("no window ends here") => {
                Some(("Ten minutes on", Command::Step(10 * 60_000)))
            }
            Lack::Fault(fault) if fault.contains("on no trip") => {
                Some(("Go to the end of the trip", Command::Stop))
            }
            Lack::Fault(fault) if fault.contains("passes the filter") => {
                Some(("Clear all filters", Command::ClearFilters))
            }
            _ => None,
        }
    }

    /// What the map says of it, if anything: the panel of the path says it in full.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Lack::NoModels => Some("Fit models to see where this ship will be"),
            Lack::NotFitted(_) => Some("No predicted path: there are no models"),
            Lack::OldModels => {
                Some("No predicted path: the models are out of date, fit them again")
            }
            Lack::Silent => Some("No predicted path: the ship does not report at this moment"),
            Lack::Fault(_) => Some("No predicted path here: the tab Predicted path says why"),
            Lack::Off | Lack::NoShip | Lack::NoTrip | Lack::Fitting | Lack::Working => None,
        }
    }
}

/// The path of `target`, or why there is none. While a ship is played, the path from the report
/// before stands until the next is there.
pub fn path_of<'a>(desk: &'a Desk, target: &Target) -> Result<Found<'a>, Lack> {
    let params = match target {
        Target::Off => return Err(Lack::Off),
        Target::NoShip => return Err(Lack::NoShip),
        Target::NoTrip => return Err(Lack::NoTrip),
        Target::Silent => return Err(Lack::Silent),
        Target::At(params) => params,
    };
    let Some(models) = desk.fit.shown() else {
        return Err(match desk.fit.faults().first() {
            _ if desk.fit.progress().is_some() => Lack::Fitting,
            Some(fault) => Lack::NotFitted(fault.clone()),
            None => Lack::NoModels,
        });
    };
    let shown = desk.path.shown().filter(|shown| is_of(shown.value, params));
    if let Some(shown) = shown {
        let is_now = !shown.is_stale;
        let is_same = PathParams::of(vessel_of(shown.value), shown.value.t_ms) == *params;
        if is_now || !models.is_stale || is_same {
            // A fault is of what is wanted now, not of what was there before.
            return match desk.path.faults().first() {
                Some(fault) if !is_now => Err(Lack::Fault(fault.clone())),
                _ => Ok(Found { of: shown.value, is_old: models.is_stale }),
            };
        }
    }
    Err(match desk.path.faults().first() {
        Some(fault) => Lack::Fault(fault.clone()),
        None if models.is_stale && desk.fit.progress().is_some() => Lack::Fitting,
        None if models.is_stale => Lack::OldModels,
        None => Lack::Working,
    })
}

fn vessel_of(of: &PathOf) -> &crate::ais::Vessel {
    &of.chosen.fleet().vessels()[of.vessel]
}

fn is_of(of: &PathOf, params: &PathParams) -> bool {
    let vessel = vessel_of(of);
    vessel.mmsi.0 as usize == params.mmsi && usize::from(vessel.part) == params.part
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::desk::Wanted;
    use crate::flow::{Jobs, Session};
    use crate::ui::selection::Pick;

    #[test]
    fn the_method_drawn_last_is_chosen_until_it_is_not_drawn_any_more() {
        let mut view = PredictView::default();
        let drawn = |view: &PredictView| -> Vec<Method> {
            Method::ALL.into_iter().filter(|method| view.is_drawn(*method)).collect()
        };
        assert_eq!(drawn(&view), [Method::SogCog, Method::Ensemble]);
        view.set_drawn(Method::Gpr, true);
        assert_eq!(view.chosen(), Method::Gpr);
        view.set_drawn(Method::Gpr, false);
        assert_eq!(view.chosen(), Method::Ensemble);
    }

    #[test]
    fn every_method_has_a_color_of_its_own() {
        for is_dark in [true, false] {
            let mut colors: Vec<[u8; 4]> =
                Method::ALL.map(|method| method_color(method, is_dark).to_array()).into();
            colors.sort_unstable();
            colors.dedup();
            assert_eq!(colors.len(), Method::ALL.len());
        }
    }

    #[test]
    fn a_path_goes_on_from_the_last_report_until_the_moment_and_else_from_the_end_of_the_trip() {
        let (mut desk, mut session) = (Desk::default(), Session::default());
        session.sources.make_demo();
        session.set("synth.rows=20000").unwrap();
        for _ in 0..10 {
            desk.update(&session, &Jobs::Inline, &Wanted::explore());
        }
        let (mut selection, mut time) = (Selection::default(), TimeView::default());
        assert_eq!(Target::of(&desk, &selection, &time), Some(Target::NoShip));
        selection.pick(Pick::Trip(2), &desk);
        let output = desk.trips.shown().unwrap().value;
        let (fleet, trip) = (output.fleet(), &output.trips.trips[2]);
        let (about, (from_ms, to_ms)) = (&fleet.vessels()[trip.vessel], trip.time_span_ms(fleet));
        let at = |t_ms| Some(Target::At(PathParams::of(about, t_ms)));
        assert_eq!(Target::of(&desk, &selection, &time), at(to_ms));
        time.set_span_ms(fleet.time_span_ms());
        let reports = &fleet.reports().t_ms[trip.reports.clone()];
        time.set_now_ms(reports[5]);
        assert_eq!(Target::of(&desk, &selection, &time), at(reports[5]));
        // Between two reports the first of them stands.
        time.set_now_ms(reports[6] - 1);
        assert_eq!(Target::of(&desk, &selection, &time), at(reports[5]));
        // What is written is read back to the millisecond.
        let params = PathParams::of(about, from_ms + 1);
        assert_eq!(params.t_ms(), Ok(Some(from_ms + 1)));
    }

    #[test]
    fn what_is_missing_is_said_with_its_remedy() {
        let desk = Desk::default();
        assert_eq!(path_of(&desk, &Target::NoShip).err(), Some(Lack::NoShip));
        let lack = path_of(&desk, &Target::At(PathParams::default())).err().unwrap();
        assert_eq!(lack, Lack::NoModels);
        assert!(matches!(lack.remedy(), Some(("Fit models", Command::Retry("predict-fit")))));
        let lack = Lack::Fault("the ship is on no trip at 2018-06-03 14:20:00 UTC".into());
        assert!(matches!(lack.remedy(), Some((_, Command::Stop))));
        assert!(lack.hint().is_some() && Lack::NoShip.hint().is_none());
    }
}
