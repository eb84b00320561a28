//! All trays, and the flow between them in one function.

use super::jobs::Jobs;
use super::session::Session;
use super::stages::{Clean, FilterStage, Ingest, TripsStage};
use super::tray::{Shelf, State, Tray};

/// Everything computed, kept up with everything set up.
#[derive(Default)]
pub struct Desk {
    /// Files to a fleet.
    pub ingest: Tray<Ingest>,
    /// What is wrong taken away.
    pub clean: Tray<Clean>,
    /// Tracks cut into trips.
    pub trips: Tray<TripsStage>,
    /// Trips chosen from all.
    pub filter: Tray<FilterStage>,
}

/// Which stages are to be kept up: some that somebody looks at, and those that they need.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted(Option<Vec<&'static str>>);

impl Wanted {
    /// Every stage.
    pub fn all() -> Wanted {
        Wanted(None)
    }

    /// Whether stage `name` is to be kept up.
    pub fn has(&self, name: &str) -> bool {
        self.0.as_ref().is_none_or(|names| names.contains(&name))
    }
}

impl Desk {
    /// Brings every wanted tray a step nearer to what `session` asks for. Called on every frame.
    pub fn update(&mut self, session: &Session, jobs: &Jobs, wanted: &Wanted) {
        if session.sources.is_empty() {
            self.clear();
            return;
        }
        let fleet = self.ingest.want(&session.sources, (), jobs);
        if wanted.has("clean") {
            let cleaned = self.clean.want(&session.clean, &fleet, jobs);
            if wanted.has("trips") {
                let trips = self.trips.want(&session.trips, &cleaned, jobs);
                if wanted.has("filter") {
                    self.filter.want(&session.filter, &trips, jobs);
                }
            }
        }
    }

    /// Lets go of everything: there is nothing to read any more.
    fn clear(&mut self) {
        if self.ingest.state() != State::Waiting {
            self.ingest.clear();
            self.clean.clear();
            self.trips.clear();
            self.filter.clear();
        }
    }

    /// Every tray, in the order of the flow.
    pub fn shelves(&self) -> Vec<&dyn Shelf> {
        vec![&self.ingest, &self.clean, &self.trips, &self.filter]
    }

    /// Every tray, to cancel or to request.
    pub fn shelves_mut(&mut self) -> Vec<&mut dyn Shelf> {
        vec![&mut self.ingest, &mut self.clean, &mut self.trips, &mut self.filter]
    }

    /// Stages `names` and all that they need, or the name that no stage has.
    pub fn wanted(&self, names: &[String]) -> Result<Wanted, String> {
        let shelves = self.shelves();
        let mut closed: Vec<&'static str> = Vec::new();
        let mut open: Vec<String> = names.to_vec();
        while let Some(name) = open.pop() {
            let shelf = shelves.iter().find(|shelf| shelf.name() == name).ok_or(name)?;
            if !closed.contains(&shelf.name()) {
                closed.push(shelf.name());
                open.extend(shelf.needs().iter().map(ToString::to_string));
            }
        }
        Ok(Wanted(Some(closed)))
    }

    /// Whether anything is being worked on.
    pub fn is_busy(&self) -> bool {
        self.shelves().iter().any(|shelf| shelf.progress().is_some())
    }
}
