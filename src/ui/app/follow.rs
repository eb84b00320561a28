//! What the window wants of the desk, and what it writes into the session by itself: whose path, from
//! which moment on, which ship, and what the map shows in a workspace.

use super::App;
use crate::base::time::iso_text;
use crate::flow::bound::TellerChoice;
use crate::flow::desk::Wanted;
use crate::flow::look::TrackColor;
use crate::flow::tray::Shelf as _;
use crate::ui::destination_view;
use crate::ui::layout::{Pane, Workspace};
use crate::ui::predict_view::Target;

/// While time plays, encounters are foretold anew after so much of it, milliseconds.
const AHEAD_STEP_MS: i64 = 30_000;

impl App {
    /// In the workspace of clustering the map shows clusters, in that of association points and found
    /// tracks, in that of watching encounters and the like, in that of destinations ports and voyages,
    /// and elsewhere what it showed before, as long as the user did not choose otherwise.
    pub(super) fn suit_map(&mut self) {
        let workspace = self.layout.workspace;
        let before = self.suited.replace(workspace);
        if before == Some(workspace) {
            return;
        }
        if workspace == Workspace::Associate {
            self.session.map.found = true;
        } else if before == Some(Workspace::Associate) {
            self.session.map.found = false;
        }
        if (workspace == Workspace::Watch) != (before == Some(Workspace::Watch)) {
            // Each of the two keeps its own.
            std::mem::swap(&mut self.session.map.watch, &mut self.watch.layers);
        }
        let is_bound = workspace == Workspace::Destinations;
        if is_bound || before == Some(Workspace::Destinations) {
            (self.session.map.ports, self.session.map.voyages) = (is_bound, is_bound);
        }
        let color_by = &mut self.session.map.color_by;
        if workspace == Workspace::Cluster && *color_by == TrackColor::default() {
            *color_by = TrackColor::Cluster;
        } else if before == Some(Workspace::Cluster)
            && *color_by == TrackColor::Cluster
            && self.clusters.pinned().is_none()
        {
            *color_by = TrackColor::default();
        }
    }

    /// What somebody looks at: the steps behind panels that are open, and behind layers of the map.
    pub(super) fn wanted(&self) -> Wanted {
        let mut names = vec!["filter"];
        let is_open = |pane: &Pane| {
            if pane.is_costly() { self.layout.is_in_front(*pane) } else { self.layout.has(*pane) }
        };
        for pane in Pane::ALL.into_iter().filter(is_open) {
            names.extend(pane.stages());
        }
        if [Pane::Network, Pane::Runs].into_iter().any(|pane| self.layout.has(pane)) {
            names.extend(self.training.model().stages());
        }
        names.extend(self.session.map_stages());
        if self.is_path_seen() {
            if !self.session.predict.model.is_empty() {
                names.push("predict-fit");
            }
            // Without models there is nothing to wait for, and without a ship nothing to predict.
            if matches!(self.predict.target(), Target::At(_)) && self.desk.fit.shown().is_some() {
                names.push("path");
            }
        }
        if self.palette.is_open() {
            names.push("ports"); // To be found by name.
        }
        let by_network = self.session.destination.by == TellerChoice::Network;
        if by_network && self.layout.has(Pane::Destinations) {
            names.push("destination-fit");
        }
        if matches!(self.destination.target(), destination_view::Target::At(..)) {
            names.push("forecast");
        }
        self.desk.wanted(&names, &self.session).unwrap_or_else(|_| Wanted::explore())
    }

    /// Whether a predicted path would be seen if there was one.
    fn is_path_seen(&self) -> bool {
        self.session.map.path || self.layout.has(Pane::Path)
    }

    /// Whose path is to be predicted, and from when on: written into the session where that changed.
    pub(super) fn follow_path(&mut self) {
        let target = if self.is_path_seen() {
            Target::of(&self.desk, &self.selection, &self.time)
        } else {
            Some(Target::Off)
        };
        let Some(target) = target else { return };
        if let Target::At(params) = &target
            && self.session.path != *params
        {
            self.session.path = params.clone();
        }
        self.predict.is_told = self.layout.workspace == Workspace::Predict;
        self.predict.set_target(target);
    }

    /// From which moment on encounters are foretold: written into the session where that changed.
    pub(super) fn follow_moment(&mut self) {
        if !self.session.map.watch.ahead && !self.layout.has(Pane::Ahead) {
            return;
        }
        // Not every frame while it plays.
        let at = self.time.now_ms().map(|now_ms| now_ms - now_ms.rem_euclid(AHEAD_STEP_MS));
        let at = at.map(iso_text).unwrap_or_default();
        if self.session.ahead.at != at {
            self.session.ahead.at = at;
        }
    }

    /// Of which ship it is to be told where she is bound: written into the session where that changed.
    pub(super) fn follow_bound(&mut self) {
        use destination_view::Target;
        let is_there = self.layout.workspace == Workspace::Destinations;
        let is_seen = self.layout.has(Pane::Bound) || (is_there && self.session.map.bound);
        let fit = &self.desk.destination_fit;
        let lacks_network = self.session.destination.by == TellerChoice::Network
            && fit.shown().is_none()
            && fit.progress().is_none()
            && fit.faults().is_empty();
        let target = if is_seen && lacks_network && self.desk.voyages.shown().is_some() {
            Target::NoNetwork
        } else if is_seen {
            Target::of(&self.desk, &self.selection, &self.destination, &self.time)
        } else {
            Target::Off
        };
        if let Target::At(params, _) = &target
            && self.session.forecast != *params
        {
            self.session.forecast = params.clone();
        }
        self.destination.is_told = is_there;
        self.destination.set_target(target);
    }
}
