//! A result that is kept beside later ones, and what differs.

use std::sync::Arc;

use super::{ClusterView, Followed, TripLabel};
use crate::base::text::grouped;
use crate::cluster::Labels;
use crate::flow::stages::RoutesOf;
use crate::flow::{Desk, Key};

/// A result that is kept to be compared with.
pub struct Pinned {
    pub(super) result: Followed,
    pub(super) colors: Vec<u8>,
    pub(super) about: About,
}

/// What is remembered with a pinned result.
#[derive(Clone, Default)]
pub struct About {
    /// Its parameters in words.
    pub in_words: String,
    /// What its clusters were called.
    pub titles: Vec<String>,
    /// Its routes with their key, if they were there.
    pub routes: Option<(Key, Arc<RoutesOf>)>,
}

impl ClusterView {
    /// Keeps the result that is followed, to be looked at beside later ones. Nothing happens where
    /// nothing is followed.
    pub fn pin(&mut self, about: About) {
        let Some(now) = &self.now else { return };
        let colors = self.marks.iter().map(|mark| mark.color).collect();
        self.pinned = Some(Pinned { result: now.clone(), colors, about });
        self.shows_only_changed = false;
        self.compare();
        self.version += 1;
    }

    /// Routes that came only after their clusters were pinned belong to them too.
    pub(super) fn complete_pinned(&mut self, desk: &Desk) {
        let Some(pinned) = self.pinned.as_mut().filter(|pinned| pinned.about.routes.is_none())
        else {
            return;
        };
        let clusters = desk.clusters.shown().filter(|shown| shown.key == pinned.result.key);
        let routes = desk.routes.shown().filter(|routes| {
            clusters.is_some_and(|shown| Arc::ptr_eq(&routes.value.of.clusters, shown.value))
        });
        if let Some(routes) = routes {
            pinned.about.routes = Some((routes.key, Arc::clone(routes.value)));
            self.version += 1;
        }
    }

    /// Lets go of the pinned result.
    pub fn unpin(&mut self) {
        (self.pinned, self.difference, self.shows_only_changed) = (None, None, false);
        self.version += 1;
    }

    /// The result that is pinned.
    pub fn pinned(&self) -> Option<&Pinned> {
        self.pinned.as_ref()
    }

    /// What changed since the pinned result.
    pub fn difference(&self) -> Option<&Difference> {
        self.difference.as_ref()
    }

    /// Whether only trips are shown whose cluster changed since the pinned result.
    pub fn shows_only_changed(&self) -> bool {
        self.shows_only_changed && self.difference.is_some()
    }

    /// Shows only trips whose cluster changed since the pinned result, or all again.
    pub fn show_only_changed(&mut self, is_so: bool) {
        self.shows_only_changed = is_so;
        self.version += 1;
    }

    /// Whether the trip of this name changed cluster since the pinned result.
    pub fn is_changed(&self, name: u64) -> bool {
        let place = self.now.as_ref().and_then(|now| now.places.get(&name));
        place.zip(self.difference.as_ref()).is_some_and(|(place, difference)| {
            difference.is_changed.get(*place as usize) == Some(&true)
        })
    }

    /// The cluster that goes on from this one of the pinned result, if one does.
    pub fn counterpart(&self, of_pinned: u32) -> Option<u32> {
        let heirs = &self.difference.as_ref()?.heirs;
        heirs.iter().position(|heir| *heir == Some(of_pinned)).map(|cluster| cluster as u32)
    }

    /// Whether a cluster of the pinned result, or noise (`None`), is to be seen: as the one that
    /// goes on from it is. One from which none goes on is seen unless another is alone.
    pub fn is_pinned_shown(&self, of_pinned: Option<u32>) -> bool {
        match of_pinned.map(|cluster| self.counterpart(cluster)) {
            None => self.is_shown(None),
            Some(None) => self.solo.is_none(),
            Some(now) => self.is_shown(now),
        }
    }

    pub(super) fn compare(&mut self) {
        self.difference = match (&self.now, &self.pinned) {
            (Some(now), Some(pinned)) => Some(Difference::between(&pinned.result, now)),
            _ => None,
        };
    }
}

impl Pinned {
    /// Which result it is.
    pub fn key(&self) -> Key {
        self.result.key
    }

    /// Its clusters.
    pub fn labels(&self) -> &Labels {
        &self.result.labels
    }

    /// Its parameters in words.
    pub fn in_words(&self) -> &str {
        &self.about.in_words
    }

    /// What a cluster was called.
    pub fn title_of(&self, cluster: u32) -> String {
        let title = self.about.titles.get(cluster as usize);
        title.map_or_else(|| super::title(cluster), Clone::clone)
    }

    /// Its routes with their key, if they were there.
    pub fn routes(&self) -> Option<&(Key, Arc<RoutesOf>)> {
        self.about.routes.as_ref()
    }

    /// Which of the ten colors a cluster had.
    pub fn color_of(&self, cluster: u32) -> usize {
        self.colors.get(cluster as usize).map_or(0, |color| usize::from(*color))
    }

    /// Where the trip of this name is.
    pub fn label_of(&self, name: u64) -> TripLabel {
        self.result.label_of(name)
    }
}

/// What differs between a pinned result and the one that is followed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// How many clusters the pinned result has, and how many this one.
    pub clusters: [usize; 2],
    /// How many trips are noise in either.
    pub noise: [usize; 2],
    /// How many trips both have.
    pub trips: usize,
    /// How many of these changed cluster, to noise and from noise included.
    pub changed: usize,
    /// How many trips only the pinned result has, and how many only this one.
    pub only_in: [usize; 2],
    /// For each trip of this result, whether it changed cluster. A new one did not.
    pub is_changed: Vec<bool>,
    /// For each cluster of this result the pinned one that it goes on from.
    pub heirs: Vec<Option<u32>>,
    /// For each cluster, whether trips left it or came to it: the pinned ones, and this result's.
    pub has_changed: [Vec<bool>; 2],
}

impl Difference {
    pub(super) fn between(before: &Followed, now: &Followed) -> Difference {
        let heirs = now.heirs(before);
        let (mut trips, mut is_changed) = (0, Vec::with_capacity(now.names.len()));
        let mut has_changed = [before, now].map(|of| vec![false; of.labels.clusters()]);
        for (name, label) in now.names.iter().zip(now.labels.as_slice()) {
            let was = before.label_of(*name);
            trips += usize::from(was.is_known());
            let is_other = match (was, label) {
                (TripLabel::Unknown, _) | (TripLabel::Noise, None) => false,
                (TripLabel::Cluster(was), Some(label)) => heirs[*label as usize] != Some(was),
                (TripLabel::Noise, Some(_)) | (TripLabel::Cluster(_), None) => true,
            };
            is_changed.push(is_other);
            if is_other {
                for (has_changed, label) in has_changed.iter_mut().zip([was.cluster(), *label]) {
                    if let Some(label) = label {
                        has_changed[label as usize] = true;
                    }
                }
            }
        }
        // What left a cluster is in another one now, and what came to it was in another one then.
        let [of_before, of_now] = &mut has_changed;
        for (is_so, heir) in of_now.iter_mut().zip(&heirs) {
            if let Some(heir) = heir {
                let was_so = &mut of_before[*heir as usize];
                *is_so |= *was_so;
                *was_so = *is_so;
            }
        }
        Difference {
            clusters: [before, now].map(|of| of.labels.clusters()),
            noise: [before, now].map(|of| of.labels.noise()),
            trips,
            changed: is_changed.iter().filter(|changed| **changed).count(),
            only_in: [before, now].map(|of| of.names.len() - trips),
            is_changed,
            heirs,
            has_changed,
        }
    }

    /// The line of differences: `Clusters: 12, now 14. Noise: still 9. 83 of 1 204 trips changed
    /// cluster.`
    pub fn in_words(&self) -> String {
        let number = |n: usize| grouped(n as u64);
        let change = |[before, now]: [usize; 2]| {
            if before == now {
                format!("still {}", number(now))
            } else {
                format!("{}, now {}", number(before), number(now))
            }
        };
        let mut text = format!(
            "Clusters: {}. Noise: {}. {} of {} trips changed cluster.",
            change(self.clusters),
            change(self.noise),
            number(self.changed),
            number(self.trips)
        );
        let [gone, new] = self.only_in;
        if gone + new > 0 {
            text += &format!(" Trips gone: {}, new: {}.", number(gone), number(new));
        }
        text
    }
}
