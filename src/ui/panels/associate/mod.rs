//! The panels of association: the method and its parameters, which tracks each ship was put into, what
//! went wrong, and how all methods compare. Each draws plain results and gives back what was asked for;
//! this file joins them to the desk.

mod method_table;
mod mistake_table;
mod parameters;
mod segment_plot;

use std::sync::Arc;

use egui::{Button, RichText, Ui};

use self::method_table::{Run, Stand, Table};
use self::mistake_table::MistakeTable;
use self::parameters::Counts;
use self::segment_plot::SegmentPlot;
use crate::associate::Method;
use crate::base::params::Choice as _;
use crate::base::text::grouped;
use crate::flow::stage::Pace;
use crate::flow::stages::{AssociateStudyOf, AssociatedOf, most_live};
use crate::flow::tray::{Shelf, State};
use crate::flow::{Desk, Key, Session};
use crate::ui::associate_view::MistakeKind;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::panels::progress::progress_ui;
use crate::ui::theme::{self, STALE_OPACITY};

/// What the panels of association keep between frames.
#[derive(Default)]
pub struct AssociatePanels {
    /// The last run of each method on the reading at hand.
    runs: Vec<Run>,
    /// The reading, and the result that was noted last.
    noted: (Option<Key>, Option<Key>),
    /// What there was last of a comparison under way: it stays when that is stopped.
    so_far: Option<Arc<AssociateStudyOf>>,
    counts: Option<(Key, Counts)>,
    segments: SegmentPlot,
    mistakes: MistakeTable,
}

/// How association stands, for a line in a panel.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Standing {
    /// There is nothing to read.
    NoData,
    /// Points are being read.
    Reading,
    /// Nothing was found yet, and it must be asked for: so many points, by this method.
    ToAsk(usize, Method),
    /// It is being found.
    Working,
    /// It was found with other settings, and must be asked for again.
    Stale,
    /// It failed, or was stopped: the head of the panel says why.
    Failed,
    /// It is what is wanted, and whether anybody knows the truth.
    Fresh(bool),
}

impl Standing {
    fn of(desk: &Desk, session: &Session) -> Standing {
        let shelf = &desk.associate;
        let read = desk.ingest.shown();
        match (shelf.state(), read) {
            _ if session.sources.is_empty() => Standing::NoData,
            _ if shelf.progress().is_some() => Standing::Working,
            (State::Fault, _) => Standing::Failed,
            (State::Fresh, _) => {
                Standing::Fresh(shelf.shown().is_some_and(|shown| shown.value.truth.is_some()))
            }
            (_, None) => Standing::Reading,
            (_, Some(read)) if read.is_stale => Standing::Reading,
            (State::Stale, _) => Standing::Stale,
            (_, Some(read)) if shelf.pace() == Pace::OnRequest => {
                Standing::ToAsk(read.value.fleet.reports().len(), session.associate.method)
            }
            _ => Standing::Working,
        }
    }

    /// What that means and what can be done; nothing where there is nothing to say.
    fn text(&self) -> Option<String> {
        Some(match self {
            Standing::NoData => {
                "Association needs points: open a file, or the demo (File menu)".into()
            }
            Standing::Reading => "Points are being read".into(),
            Standing::ToAsk(points, method) => format!(
                "{} points: press Run. Up to {} are put into tracks by themselves while sliders move",
                grouped(*points as u64),
                grouped(most_live(*method) as u64),
            ),
            Standing::Working => "Working: what was found before stays meanwhile".into(),
            Standing::Stale => "Out of date: found with other settings. Press Run".into(),
            Standing::Failed => "Nothing was found: press Run to try again".into(),
            Standing::Fresh(false) => {
                "Nobody knows the truth: no ship of this input has more than \
                                       one point. There are no scores, mistakes or segments"
                    .into()
            }
            Standing::Fresh(true) => return None,
        })
    }
}

impl AssociatePanels {
    /// Notes how each run went, for the table of methods. Called on every frame.
    pub fn follow(&mut self, desk: &Desk) {
        let read = desk.ingest.shown().map(|shown| shown.key);
        if self.noted.0 != read {
            *self = AssociatePanels { noted: (read, None), ..AssociatePanels::default() };
        }
        let Some(shown) = desk.associate.shown().filter(|shown| self.noted.1 != Some(shown.key))
        else {
            return;
        };
        self.noted.1 = Some(shown.key);
        if !is_of_reading(desk, shown.value) {
            return;
        }
        let figures = desk.associate.figures().unwrap_or_default();
        let seconds = figures.get("seconds").and_then(serde_json::Value::as_f64);
        let run = Run::new(shown.value, seconds.unwrap_or(f64::NAN));
        self.runs.retain(|other| other.row.method != run.row.method);
        self.runs.push(run);
        self.counts = Some((shown.key, Counts::of(shown.value)));
    }

    /// Which tracks each ship's points were put into, over time.
    pub fn segments(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let Some((key, of)) = result_ui(ui, deck) else { return };
        let act = self.segments.ui(ui, (key, &of), deck.time, deck.associate);
        if let Some(row) = act.hovered {
            deck.associate.hover(row);
        }
        if let Some(row) = act.clicked {
            deck.associate.select(Some(row));
        }
        if act.fits {
            deck.ask(Command::FitSelection);
        }
    }

    /// Wrong links and broken tracks, to be gone through.
    pub fn mistakes(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let Some((key, of)) = result_ui(ui, deck) else { return };
        if of.mistakes.is_empty() {
            ui.label("No mistakes: every ship has a track of her own");
            return;
        }
        let listed = deck.associate.listed(&of);
        let place = deck.associate.place_in(&of, &listed);
        ui.horizontal_wrapped(|ui| {
            for kind in MistakeKind::ALL {
                let n = of.mistakes.iter().filter(|mistake| kind.has(&of, mistake)).count();
                let title = format!("{} ({})", kind.title(), grouped(n as u64));
                ui.selectable_value(&mut deck.associate.kind, kind, title);
            }
            ui.separator();
            let is_any = !listed.is_empty();
            for (title, is_on, keys) in [("Previous", false, "Shift+N"), ("Next", true, "N")] {
                let help = format!("The map and the time window go there ({keys})");
                let button = ui.add_enabled(is_any, Button::new(title));
                if button.on_hover_text(help).clicked() {
                    deck.ask(Command::StepMistake(is_on));
                }
            }
            let n = grouped(listed.len() as u64);
            ui.label(match place {
                Some(place) => format!("{} of {n}", grouped(place as u64 + 1)),
                None => n,
            });
            let help = "Show all times and places again";
            if deck.time.brush_ms().is_some() && ui.button("Show all").on_hover_text(help).clicked()
            {
                deck.ask(Command::ClearBrush);
                deck.ask(Command::FitAll);
            }
        });
        if let Some(mistake) = self.mistakes.ui(ui, (key, &of), deck.associate) {
            deck.ask(Command::GoToMistake(mistake));
        }
    }

    /// How all methods do on these points.
    pub fn methods(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let shelf = &deck.desk.associate_study;
        let is_running = shelf.progress().is_some();
        if is_running {
            self.so_far = shelf.so_far();
        } else if shelf.faults().is_empty() {
            self.so_far = None;
        }
        let shown = shelf.shown();
        let (of, stand) = match (&self.so_far, shown) {
            (Some(so_far), _) if is_running => (Some(Arc::clone(so_far)), Stand::Live),
            (Some(so_far), _) => (Some(Arc::clone(so_far)), Stand::Stopped),
            (None, Some(shown)) if shown.is_stale => (Some(Arc::clone(shown.value)), Stand::Stale),
            (None, Some(shown)) => (Some(Arc::clone(shown.value)), Stand::Fresh),
            (None, None) if is_running => (None, Stand::Live),
            (None, None) => (None, Stand::None),
        };
        // Of another reading nothing is to be compared.
        let read = deck.desk.ingest.shown();
        let of =
            of.filter(|of| read.as_ref().is_some_and(|read| Arc::ptr_eq(read.value, &of.reading)));
        if read.is_none() {
            standing_ui(ui, deck);
            return;
        }
        let study = of.as_ref().map(|of| &of.study);
        ui.horizontal_wrapped(|ui| {
            let name = "associate-study";
            if is_running {
                if ui.button("Stop comparing").clicked() {
                    deck.ask(Command::Cancel(name));
                }
                progress_ui(ui, &deck.desk.associate_study);
            } else if ui
                .add_enabled(stand != Stand::Fresh, Button::new("Compare all methods"))
                .on_hover_text("Each on all points, and with every fifth and every second removed")
                .clicked()
            {
                deck.ask(Command::Retry(name));
            }
            ui.label(RichText::new(stand.text(study)).weak());
            for fault in deck.desk.associate_study.faults().iter().filter(|_| stand == Stand::None)
            {
                ui.label(RichText::new(fault).color(theme::fault_color(ui)));
            }
            if stand == Stand::Fresh && ui.small_button("Export…").clicked() {
                deck.ask(Command::AskToExport(name));
            }
        });
        let table = Table::of(&self.runs, study, stand);
        if let Some(method) = table.ui(ui, deck.session.associate.method) {
            deck.session.associate.method = method;
        }
    }
}

/// Whether a result is of the points that are there now.
fn is_of_reading(desk: &Desk, of: &AssociatedOf) -> bool {
    desk.ingest.shown().is_some_and(|read| Arc::ptr_eq(read.value, &of.reading))
}

/// What was found and is known to be right or wrong; else says why there is no such thing.
fn result_ui(ui: &mut Ui, deck: &mut Deck) -> Option<(Key, Arc<AssociatedOf>)> {
    let shown = deck.desk.associate.shown();
    let shown = shown.filter(|shown| is_of_reading(deck.desk, shown.value));
    match shown {
        Some(shown) if shown.value.truth.is_some() => {
            if shown.is_stale {
                ui.multiply_opacity(STALE_OPACITY);
            }
            Some((shown.key, Arc::clone(shown.value)))
        }
        _ => {
            standing_ui(ui, deck);
            run_ui(ui, deck);
            None
        }
    }
}

/// Says how association stands.
fn standing_ui(ui: &mut Ui, deck: &Deck) {
    let standing = Standing::of(deck.desk, deck.session);
    let Some(text) = standing.text() else { return };
    let color = match standing {
        Standing::Stale | Standing::Failed => theme::warning_color(ui),
        _ => ui.visuals().weak_text_color(),
    };
    ui.label(RichText::new(text).color(color));
}

/// A button that runs the method, or stops it.
fn run_ui(ui: &mut Ui, deck: &mut Deck) {
    let standing = Standing::of(deck.desk, deck.session);
    if deck.desk.associate.progress().is_some() {
        if ui.button("Stop run").on_hover_text("What was found before stays").clicked() {
            deck.ask(Command::Cancel("associate"));
        }
        progress_ui(ui, &deck.desk.associate);
        return;
    }
    let is_due = matches!(standing, Standing::ToAsk(..) | Standing::Stale | Standing::Failed);
    let run = ui.add_enabled(is_due, Button::new("Run"));
    let run = run.on_hover_text("Put the points into tracks");
    if run.on_disabled_hover_text("There is nothing new to be found").clicked() {
        deck.ask(Command::Retry("associate"));
    }
}

/// A method's title and what it does, by the name it is set by.
const ABOUT: [(&str, &str, &str); 7] = [
    (
        "flow",
        "Flow (ours)",
        "The cheapest one-to-one links of all points together, by a model of motion that is learned from them",
    ),
    (
        "cbtr",
        "CBTR",
        "Each point to its best possible next point; ends and wrong turns cut off (Chen, Harrison, Huang)",
    ),
    (
        "npc",
        "NPC classification",
        "Each point to the label whose last known point comes nearest: half of the labels are given away",
    ),
    (
        "npc-cluster",
        "NPC clustering",
        "Each point to the one of its nearest neighbors that comes nearest to where it would be",
    ),
    (
        "lstm",
        "LSTM",
        "Each point to the one nearest to what a recurrent network foretells, which learns from CBTR's links",
    ),
    ("em", "EM", "A mixture of normal distributions over time, place and motion"),
    ("kmeans", "k-means", "The challenge's own baseline: k-means over time, place and motion"),
];

/// What a method is called, and what it does.
fn about(method: Method) -> (&'static str, &'static str) {
    let name = Method::CASES.iter().find(|(_, case)| *case == method).map_or("", |(name, _)| name);
    let about = ABOUT.iter().find(|(other, ..)| *other == name);
    about.map_or((name, ""), |(_, title, help)| (title, help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Jobs;

    fn updated(session: &Session, asks: bool) -> Desk {
        let mut desk = Desk::default();
        let wanted = desk.wanted(&["associate"], session).unwrap();
        for _ in 0..4 {
            desk.update(session, &Jobs::Inline, &wanted);
            if asks {
                desk.associate.request();
            }
        }
        desk
    }

    #[test]
    fn few_points_are_put_into_tracks_at_once_and_many_on_request() {
        let mut session = Session::default();
        assert_eq!(Standing::of(&Desk::default(), &session), Standing::NoData);
        session.sources.make_demo();
        session.set("synth.rows=1000").unwrap();
        session.set("associate.method=cbtr").unwrap();
        assert_eq!(Standing::of(&updated(&session, false), &session), Standing::Fresh(true));
        session.set("synth.rows=30000").unwrap();
        let mut desk = updated(&session, false);
        let standing = Standing::of(&desk, &session);
        assert!(matches!(standing, Standing::ToAsk(n, Method::Cbtr) if n > 20_000), "{standing:?}");
        assert!(standing.text().unwrap().contains("press Run. Up to 20\u{2009}000"));
        desk = updated(&session, true);
        assert_eq!(Standing::of(&desk, &session), Standing::Fresh(true));
        // A moved slider makes it stale, and nothing runs by itself.
        session.set("associate.moving_speed=4").unwrap();
        let wanted = desk.wanted(&["associate"], &session).unwrap();
        desk.update(&session, &Jobs::Inline, &wanted);
        assert_eq!(Standing::of(&desk, &session), Standing::Stale);
    }

    #[test]
    fn every_method_has_a_title_and_says_what_it_does() {
        for (name, method) in Method::CASES {
            let (title, help) = about(*method);
            assert!(!title.is_empty() && !help.is_empty(), "{name}");
        }
    }

    #[test]
    fn each_run_is_noted_once_and_the_last_of_a_method_stands() {
        let mut session = Session::default();
        session.sources.make_demo();
        session.set("synth.rows=1000").unwrap();
        let mut panels = AssociatePanels::default();
        let mut desk = Desk::default();
        let wanted = desk.wanted(&["associate"], &session).unwrap();
        for setting in ["method=cbtr", "method=npc", "method=cbtr", "moving_speed=4"] {
            session.set(&format!("associate.{setting}")).unwrap();
            for _ in 0..3 {
                desk.update(&session, &Jobs::Inline, &wanted);
                panels.follow(&desk);
            }
        }
        let methods: Vec<Method> = panels.runs.iter().map(|run| run.row.method).collect();
        assert_eq!(methods, [Method::Npc, Method::Cbtr]);
        assert!(panels.runs.iter().all(|run| run.row.seconds >= 0.0 && run.row.score.is_some()));
        session.set("synth.rows=1200").unwrap();
        for _ in 0..3 {
            desk.update(&session, &Jobs::Inline, &wanted);
            panels.follow(&desk);
        }
        assert_eq!(panels.runs.len(), 1, "other points, other runs");
    }
}
