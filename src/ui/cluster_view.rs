//! The window's memory about clusters: their colors, which are shown, and the result that is pinned.
//!
//! A result comes and goes with each move of a slider, and its clusters are numbered anew each time.
//! What the user knows them by, their color, stays: [`ClusterView::follow`] gives each cluster what
//! the earlier one had that it goes on from.

use std::collections::HashMap;
use std::sync::Arc;

use super::map::palette::N_COLORS;
use crate::ais::{Fleet, Trip};
use crate::cluster::Labels;
use crate::flow::{Desk, Key};

mod colors;
mod pinned;
#[cfg(test)]
mod tests;

use colors::colors;
pub use pinned::{About, Difference, Pinned};

/// What the window remembers about clusters.
#[derive(Default)]
pub struct ClusterView {
    now: Option<Followed>,
    marks: Vec<Mark>,
    is_noise_hidden: bool,
    solo: Option<u32>,
    hovered: Option<u32>,
    /// What panels have said in this frame.
    pointed: Option<u32>,
    /// The color of the cluster that each trip was in last, by the trip's name.
    last_colors: HashMap<u64, u8>,
    pinned: Option<Pinned>,
    difference: Option<Difference>,
    shows_only_changed: bool,
    version: u64,
    hover_version: u64,
}

/// A result whose clusters have colors.
#[derive(Clone, PartialEq, Debug)]
struct Followed {
    key: Key,
    labels: Labels,
    /// One a trip, in the order of `labels`: see [`trip_names`].
    names: Arc<[u64]>,
    /// Where a trip of this name stands among them.
    places: Arc<HashMap<u64, u32>>,
}

/// What is known of one cluster.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Mark {
    color: u8,
    /// The user chose the color.
    is_chosen: bool,
    is_hidden: bool,
}

/// Where a result puts a trip.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TripLabel {
    /// In a cluster.
    Cluster(u32),
    /// In none.
    Noise,
    /// Nowhere: the trip was not among those that were clustered.
    Unknown,
}

impl TripLabel {
    /// The cluster, if it is in one.
    pub fn cluster(self) -> Option<u32> {
        match self {
            TripLabel::Cluster(cluster) => Some(cluster),
            TripLabel::Noise | TripLabel::Unknown => None,
        }
    }

    /// Whether the trip was among those that were clustered.
    pub fn is_known(self) -> bool {
        self != TripLabel::Unknown
    }
}

/// A name for each trip that stays while filters and thresholds move: made of the ship and of the
/// trip's first moment.
pub fn trip_names<'a>(fleet: &Fleet, trips: impl IntoIterator<Item = &'a Trip>) -> Vec<u64> {
    let name = |trip: &Trip| {
        let vessel = &fleet.vessels()[trip.vessel];
        // Ships that share a number may begin at the same moment.
        let ship = u64::from(vessel.mmsi.0) << 8 | u64::from(vessel.part);
        let t_ms = fleet.reports().t_ms[trip.reports.start] as u64;
        // Moments of one ship differ, and neighboring numbers of ships lie far apart.
        ship.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(t_ms)
    };
    trips.into_iter().map(name).collect()
}

/// What a cluster is called that has no name of its own: counted from one.
pub fn title(cluster: u32) -> String {
    format!("Route {}", cluster + 1)
}

impl ClusterView {
    /// Goes over to the clusters that the desk shows, or forgets all where it shows none.
    pub fn follow_desk(&mut self, desk: &Desk) {
        match desk.clusters.shown() {
            Some(shown) => self.follow(shown.key, shown.value.labels(), || {
                trip_names(shown.value.chosen().fleet(), shown.value.of.originals())
            }),
            None if self.now.is_some() => self.forget(),
            None => (),
        }
        self.complete_pinned(desk);
    }

    /// Goes over to the result of this key, unless it is followed already. Each cluster keeps color
    /// and visibility of the one that it goes on from ([`Labels::heirs`]); `names` gives
    /// [`trip_names`] in the order of `labels`.
    ///
    /// Of ten clusters or fewer no two share a color but by the user's choice. New clusters take
    /// the color that most of their trips had last if it is free, else the least used one.
    pub fn follow(&mut self, key: Key, labels: &Labels, names: impl FnOnce() -> Vec<u64>) {
        if self.key() == Some(key) {
            return;
        }
        let now = Followed::new(key, labels.clone(), names());
        let before = self.now.take();
        let heirs = match &before {
            Some(before) => now.heirs(before),
            None => vec![None; labels.clusters()],
        };
        let earlier: Vec<Option<Mark>> =
            heirs.iter().map(|heir| Some(self.marks[(*heir)? as usize])).collect();
        let colors = colors(&now, &earlier, self.pinned.as_ref(), &self.last_colors);
        let mark =
            |(color, earlier): (u8, &Option<Mark>)| Mark { color, ..earlier.unwrap_or_default() };
        self.marks = colors.into_iter().zip(&earlier).map(mark).collect();
        self.solo = self.solo.and_then(|solo| {
            heirs.iter().position(|heir| *heir == Some(solo)).map(|cluster| cluster as u32)
        });
        (self.hovered, self.pointed) = (None, None);
        self.hover_version += 1;
        for (name, label) in now.names.iter().zip(now.labels.as_slice()) {
            if let Some(label) = label {
                self.last_colors.insert(*name, self.marks[*label as usize].color);
            }
        }
        self.now = Some(now);
        self.compare();
        self.version += 1;
    }

    /// Forgets everything: there is no result, and none to come of the same trips.
    pub fn forget(&mut self) {
        *self = ClusterView {
            version: self.version + 1,
            hover_version: self.hover_version + 1,
            ..ClusterView::default()
        };
    }

    /// The result that is followed.
    pub fn key(&self) -> Option<Key> {
        self.now.as_ref().map(|now| now.key)
    }

    /// The labels of the result that is followed.
    pub fn labels(&self) -> Option<&Labels> {
        self.now.as_ref().map(|now| &now.labels)
    }

    /// Where the trip of this name ([`trip_names`]) is.
    pub fn label_of(&self, name: u64) -> TripLabel {
        self.now.as_ref().map_or(TripLabel::Unknown, |now| now.label_of(name))
    }

    /// Rises with each change of what is asked for here, but for [`ClusterView::hovered`]: who
    /// draws by it need not compare.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Rises with each move of [`ClusterView::hovered`].
    pub fn hover_version(&self) -> u64 {
        self.hover_version
    }

    /// Which of the ten colors of [`super::map::palette::category`] a cluster has.
    pub fn color_of(&self, cluster: u32) -> usize {
        let mark = self.marks.get(cluster as usize);
        mark.map_or((cluster % N_COLORS) as usize, |mark| usize::from(mark.color))
    }

    /// Gives a cluster a color of the user's choice, one of ten, over and over.
    pub fn set_color(&mut self, cluster: u32, color: usize) {
        if let Some(mark) = self.marks.get_mut(cluster as usize) {
            mark.color = (color % N_COLORS as usize) as u8;
            mark.is_chosen = true;
            self.version += 1;
        }
    }

    /// Whether a cluster, or noise (`None`), is to be seen now.
    pub fn is_shown(&self, cluster: Option<u32>) -> bool {
        match self.solo {
            Some(solo) => cluster == Some(solo),
            None => !self.is_hidden(cluster),
        }
    }

    /// Whether the user hid a cluster, or noise (`None`). Solo does not change that.
    pub fn is_hidden(&self, cluster: Option<u32>) -> bool {
        match cluster {
            Some(cluster) => self.marks.get(cluster as usize).is_some_and(|mark| mark.is_hidden),
            None => self.is_noise_hidden,
        }
    }

    /// Hides a cluster, or noise (`None`), or shows it again.
    pub fn set_hidden(&mut self, cluster: Option<u32>, is_hidden: bool) {
        match cluster {
            Some(cluster) => {
                let Some(mark) = self.marks.get_mut(cluster as usize) else { return };
                mark.is_hidden = is_hidden;
            }
            None => self.is_noise_hidden = is_hidden,
        }
        self.version += 1;
    }

    /// The one cluster that is shown, if only one is.
    pub fn solo(&self) -> Option<u32> {
        self.solo
    }

    /// Shows this cluster alone, or, by `None`, all that are not hidden.
    pub fn set_solo(&mut self, cluster: Option<u32>) {
        self.solo = cluster.filter(|cluster| (*cluster as usize) < self.marks.len());
        self.version += 1;
    }

    /// Shows every cluster, and noise.
    pub fn show_all(&mut self) {
        self.marks.iter_mut().for_each(|mark| mark.is_hidden = false);
        (self.is_noise_hidden, self.solo) = (false, None);
        self.version += 1;
    }

    /// The cluster that the pointer is on, wherever it was said in the frame before.
    pub fn hovered(&self) -> Option<u32> {
        self.hovered
    }

    /// Says that the pointer is on a cluster, or on a trip of it, to be highlighted everywhere from
    /// the next frame on, until a frame in which nobody says so. `None` says nothing: another panel
    /// may know.
    pub fn set_hovered(&mut self, cluster: Option<u32>) {
        self.pointed = cluster.or(self.pointed);
    }

    /// To be called once a frame, before panels are drawn. Gives whether the highlight moved.
    pub fn begin_frame(&mut self) -> bool {
        let pointed = self.pointed.take();
        let is_other = pointed != self.hovered;
        self.hovered = pointed;
        self.hover_version += u64::from(is_other);
        is_other
    }

    /// Whether the window still has to learn where the pointer went.
    pub fn is_moving(&self) -> bool {
        self.pointed != self.hovered
    }
}

impl Followed {
    fn new(key: Key, labels: Labels, names: Vec<u64>) -> Followed {
        let places = (0..).zip(&names).map(|(place, name)| (*name, place)).collect();
        Followed { key, labels, names: names.into(), places: Arc::new(places) }
    }

    fn label_of(&self, name: u64) -> TripLabel {
        let place = self.places.get(&name);
        match place.and_then(|place| self.labels.as_slice().get(*place as usize)) {
            Some(Some(cluster)) => TripLabel::Cluster(*cluster),
            Some(None) => TripLabel::Noise,
            None => TripLabel::Unknown,
        }
    }

    /// For each cluster the one of `earlier` that it goes on from, whatever trips came and went.
    fn heirs(&self, earlier: &Followed) -> Vec<Option<u32>> {
        if self.names == earlier.names {
            return self.labels.heirs(&earlier.labels);
        }
        let groups: Vec<Option<u32>> =
            self.names.iter().map(|name| earlier.label_of(*name).cluster()).collect();
        let before = Labels::new(&groups);
        // Fewer trips may number its clusters in another way.
        let mut numbers = vec![0; before.clusters()];
        for (number, group) in before.as_slice().iter().zip(&groups) {
            if let (Some(number), Some(group)) = (number, group) {
                numbers[*number as usize] = *group;
            }
        }
        let heirs = self.labels.heirs(&before).into_iter();
        heirs.map(|heir| Some(numbers[heir? as usize])).collect()
    }
}
