//! A result that is kept beside later ones, and what differs.

use std::sync::Arc;

use super::Followed;
use crate::base::text::grouped;
use crate::cluster::Labels;
use crate::cluster::route::Routes;
use crate::flow::key::Key;

/// A result that is kept to be compared with.
pub struct Pinned {
    pub(super) result: Followed,
    pub(super) colors: Vec<u8>,
    pub(super) in_words: String,
    pub(super) routes: Option<Arc<Routes>>,
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
        &self.in_words
    }

    /// Its routes, if there were some.
    pub fn routes(&self) -> Option<&Arc<Routes>> {
        self.routes.as_ref()
    }

    /// Which of the ten colors a cluster had.
    pub fn color_of(&self, cluster: u32) -> usize {
        self.colors.get(cluster as usize).map_or(0, |color| usize::from(*color))
    }

    /// The label of the trip of this name; `None` where it was not clustered then.
    pub fn label_of(&self, name: u64) -> Option<Option<u32>> {
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
}

impl Difference {
    pub(super) fn between(before: &Followed, now: &Followed) -> Difference {
        let heirs = now.heirs(before);
        let (mut trips, mut is_changed) = (0, Vec::with_capacity(now.names.len()));
        for (name, label) in now.names.iter().zip(now.labels.as_slice()) {
            let was = before.label_of(*name);
            trips += usize::from(was.is_some());
            is_changed.push(was.is_some_and(|was| match label {
                Some(label) => was.is_none() || heirs[*label as usize] != was,
                None => was.is_some(),
            }));
        }
        Difference {
            clusters: [before, now].map(|of| of.labels.clusters()),
            noise: [before, now].map(|of| of.labels.noise()),
            trips,
            changed: is_changed.iter().filter(|changed| **changed).count(),
            only_in: [before, now].map(|of| of.names.len() - trips),
            is_changed,
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
