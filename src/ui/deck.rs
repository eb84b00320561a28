//! What every panel is given: the session to edit, the results to read, and a way to ask.

use super::associate_view::AssociateView;
use super::cluster_view::ClusterView;
use super::command::{Command, Commands};
use super::destination_view::DestinationView;
use super::predict_view::PredictView;
use super::selection::{Pick, Selection};
use super::time_view::TimeView;
use super::training::Training;
use super::watch_view::WatchView;
use super::water_view::WaterView;
use crate::flow::{Desk, Session};

/// The window's state as a panel meets it.
pub struct Deck<'a> {
    /// What is set up; edited in place.
    pub session: &'a mut Session,
    /// What is computed.
    pub desk: &'a Desk,
    /// What is selected.
    pub selection: &'a Selection,
    /// Which part of time is looked at; edited in place.
    pub time: &'a mut TimeView,
    /// What is remembered about clusters: colors, what is hidden, what is pinned; edited in place.
    pub clusters: &'a mut ClusterView,
    /// Which predictions are drawn, and of which ship; edited in place.
    pub predict: &'a mut PredictView,
    /// Which anonymous point and which mistake are looked at; edited in place.
    pub associate: &'a mut AssociateView,
    /// Which port and which voyage are looked at, and where the ship is told to be bound; edited in place.
    pub destination: &'a mut DestinationView,
    /// Runs of all models, and which is looked at; edited in place.
    pub training: &'a mut Training,
    /// Which encounter and which oddity are looked at, and which are shown; edited in place.
    pub watch: &'a mut WatchView,
    /// What is looked at of gates, areas and density; edited in place.
    pub water: &'a mut WaterView,
    /// For everything else.
    pub commands: &'a mut Commands,
}

impl Deck<'_> {
    /// Asks for something.
    pub fn ask(&mut self, command: Command) {
        self.commands.ask(command);
    }

    /// Asks for a change of the selection.
    pub fn pick(&mut self, pick: Pick) {
        self.commands.ask(Command::Select(pick));
    }
}
