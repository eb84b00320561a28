//! What of the workspace Watch is looked at: encounters, oddities, gates, areas or density.
//!
//! The panel that was brought to the front last says it. What belongs to it stands in front beside it
//! and is drawn on the map; the marks of another question would lie over it.

use super::layout::{Layout, Pane, Workspace};
use crate::flow::look::WatchLayers;

/// A question of the safety officer, with its panels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Subject {
    /// Who came close to whom.
    #[default]
    Encounters,
    /// What does not fit.
    Oddities,
    /// Who crossed a line.
    Gates,
    /// What happened in an area.
    Areas,
    /// Where ships are, and how long.
    Density,
}

impl Subject {
    const ALL: [Subject; 5] =
        [Subject::Encounters, Subject::Oddities, Subject::Gates, Subject::Areas, Subject::Density];

    /// Its panels: what is set, and what was found.
    fn panes(self) -> (Pane, &'static [Pane]) {
        match self {
            Subject::Encounters => {
                (Pane::Encounters, &[Pane::EncounterList, Pane::EncounterPlots, Pane::Ahead])
            }
            Subject::Oddities => (Pane::Oddities, &[Pane::OddityList]),
            Subject::Gates => (Pane::Gates, &[Pane::Lateral, Pane::GateCounts, Pane::Crossings]),
            Subject::Areas => (Pane::Areas, &[Pane::AreaEvents]),
            Subject::Density => (Pane::Density, &[Pane::Densest]),
        }
    }

    /// What a panel is about; nothing of these for those that serve all.
    fn of(pane: Pane) -> Option<Subject> {
        Subject::ALL.into_iter().find(|subject| {
            let (set, found) = subject.panes();
            set == pane || found.contains(&pane)
        })
    }

    /// The marks that are drawn for it, until the user chooses others.
    fn usual(self) -> WatchLayers {
        let is = |subject| self == subject;
        WatchLayers {
            encounters: is(Subject::Encounters),
            heat: false,
            ahead: is(Subject::Encounters),
            oddities: is(Subject::Oddities),
        }
    }
}

/// Follows which panels are in front, and keeps the layers of each subject.
#[derive(Debug)]
pub struct Subjects {
    now: Subject,
    /// The panels that were in front; none outside the workspace.
    fronts: Vec<Pane>,
    layers: [WatchLayers; Subject::ALL.len()],
}

impl Default for Subjects {
    fn default() -> Self {
        let layers = Subject::ALL.map(Subject::usual);
        Subjects { now: Subject::default(), fronts: Vec::new(), layers }
    }
}

impl Subjects {
    /// Notices a panel that came to the front, and takes up what it is about: its panels, and the
    /// layers that the map last showed with it.
    pub fn follow(&mut self, layout: &mut Layout, layers: &mut WatchLayers) {
        if layout.workspace != Workspace::Watch {
            self.fronts.clear();
            return;
        }
        if layout.is_map_alone {
            return;
        }
        let fronts = layout.fronts();
        if fronts == self.fronts {
            return;
        }
        let is_entered = self.fronts.is_empty();
        let come = fronts.iter().filter(|pane| is_entered || !self.fronts.contains(pane));
        let subjects: Vec<Subject> = come.filter_map(|pane| Subject::of(*pane)).collect();
        // What is still in sight stays.
        if !subjects.is_empty() && !subjects.contains(&self.now) {
            self.layers[self.now as usize] = *layers;
            self.now = subjects[0];
            *layers = self.layers[self.now as usize];
            bring(self.now, &fronts, layout);
        } else if !is_entered && subjects.contains(&self.now) {
            bring(self.now, &fronts, layout);
        }
        self.fronts = layout.fronts();
    }
}

/// Brings the panels of a subject to the front where those of another one stand before them. What was
/// closed stays closed, and what serves all subjects stays in front.
fn bring(subject: Subject, fronts: &[Pane], layout: &mut Layout) {
    let (set, found) = subject.panes();
    for group in [&[set][..], found] {
        if group.iter().any(|pane| fronts.contains(pane)) {
            continue;
        }
        let Some(first) = group.iter().copied().find(|pane| layout.has(*pane)) else { continue };
        let over = layout.front_over(first);
        if over.and_then(Subject::of).is_some_and(|other| other != subject) {
            layout.show(first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch() -> (Layout, Subjects, WatchLayers) {
        let mut layout = Layout::default();
        layout.workspace = Workspace::Watch;
        let (mut subjects, mut layers) = (Subjects::default(), Subject::Encounters.usual());
        subjects.follow(&mut layout, &mut layers);
        (layout, subjects, layers)
    }

    #[test]
    fn a_panel_that_comes_to_the_front_brings_what_belongs_to_it() {
        let (mut layout, mut subjects, mut layers) = watch();
        assert!(layers.encounters && !layers.oddities);
        layout.show(Pane::Oddities);
        subjects.follow(&mut layout, &mut layers);
        assert!(layout.is_in_front(Pane::OddityList));
        assert!(layers.oddities && !layers.encounters && !layers.ahead);
        layout.show(Pane::Crossings);
        subjects.follow(&mut layout, &mut layers);
        assert!(layout.is_in_front(Pane::Gates) && layout.is_in_front(Pane::Crossings));
        assert_eq!(layers, WatchLayers::default());
    }

    #[test]
    fn what_the_user_chose_to_see_with_a_subject_is_there_again() {
        let (mut layout, mut subjects, mut layers) = watch();
        layers.oddities = true; // Both at once, as asked.
        layout.show(Pane::EncounterPlots);
        subjects.follow(&mut layout, &mut layers);
        assert!(layers.encounters && layers.oddities, "still about encounters");
        for pane in [Pane::Density, Pane::EncounterList] {
            layout.show(pane);
            subjects.follow(&mut layout, &mut layers);
        }
        assert!(layers.encounters && layers.oddities);
    }

    #[test]
    fn a_panel_that_serves_all_stays_in_front_and_a_closed_one_closed() {
        let (mut layout, mut subjects, mut layers) = watch();
        layout.show(Pane::Inspector);
        subjects.follow(&mut layout, &mut layers);
        layout.show(Pane::OddityList);
        subjects.follow(&mut layout, &mut layers);
        assert!(layout.is_in_front(Pane::Inspector) && layers.oddities);
        layout.toggle(Pane::AreaEvents);
        layout.show(Pane::Areas);
        subjects.follow(&mut layout, &mut layers);
        assert!(!layout.has(Pane::AreaEvents));
    }

    #[test]
    fn other_workspaces_are_left_alone() {
        let (mut layout, mut subjects, mut layers) = watch();
        layout.workspace = Workspace::Explore;
        layers = WatchLayers { oddities: true, ..layers };
        subjects.follow(&mut layout, &mut layers);
        layout.show(Pane::Oddities);
        subjects.follow(&mut layout, &mut layers);
        assert!(layers.encounters && layers.oddities);
    }
}
