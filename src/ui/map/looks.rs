//! How each line of the table of looks is drawn: what the filter, the selection and clusters say of
//! a trip.

use super::geometry::Slot;
use super::tracks::Look;
use crate::flow::stages::{ChosenOf, TripsOf};
use crate::flow::tray::Shown;
use crate::flow::{Desk, Key};
use crate::prep::Chosen;
use crate::ui::cluster_view::{ClusterView, TripLabel};
use crate::ui::selection::Selection;

/// Which result a map shows, where two are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Side {
    /// What is computed now.
    #[default]
    Now,
    /// The clusters that are pinned.
    Pinned,
}

/// What is said of trips.
#[derive(Clone, Copy)]
pub struct Said<'a> {
    pub desk: &'a Desk,
    pub selection: &'a Selection,
    pub clusters: &'a ClusterView,
    /// Whether the color of tracks says their cluster.
    pub by_cluster: bool,
    pub side: Side,
}

/// Says how each slot of a geometry looks.
pub struct Looker<'a> {
    clusters: &'a ClusterView,
    by_cluster: bool,
    side: Side,
    passes: Passes<'a>,
    names: &'a [u64],
    is_selected: Vec<bool>,
}

impl<'a> Looker<'a> {
    /// For the geometry of `trips`, the result `key`, which have these `names`
    /// ([`crate::ui::cluster_view::trip_names`]).
    pub fn new(
        said: Said<'a>,
        key: Option<Key>,
        trips: Option<&TripsOf>,
        names: &'a [u64],
    ) -> Looker<'a> {
        let picked = said.selection.trips();
        let mut is_selected = Vec::new();
        if key.is_some() && said.selection.key() == key {
            is_selected = vec![false; picked.iter().max().map_or(0, |last| last + 1)];
            picked.iter().for_each(|trip| is_selected[*trip] = true);
        }
        let passes = Passes::new(trips, said.desk.filter.shown().as_ref());
        let Said { clusters, by_cluster, side, .. } = said;
        Looker { clusters, by_cluster, side, passes, names, is_selected }
    }

    /// How a slot looks.
    pub fn look(&self, slot: &Slot) -> Look {
        let is_selected = slot.trip.is_some_and(|trip| {
            self.is_selected.get(trip as usize).is_some_and(|is_selected| *is_selected)
        });
        let look = self.of(slot.trip.map(|trip| trip as usize), slot.vessel as usize);
        Look { is_selected, ..look }
    }

    /// Whether a slot is drawn.
    pub fn is_shown(&self, slot: &Slot) -> bool {
        self.of(slot.trip.map(|trip| trip as usize), slot.vessel as usize).is_shown
    }

    /// How a ship looks: as the trip that it is on. Says nothing of the selection.
    pub fn of(&self, trip: Option<usize>, vessel: usize) -> Look {
        let Looker { clusters, by_cluster, side, .. } = *self;
        let passes = self.passes.has_ship(trip, vessel);
        let Some(name) = trip.and_then(|trip| self.names.get(trip)).copied() else {
            let is_shown = passes && !clusters.shows_only_changed();
            return Look { is_shown, ..Look::default() };
        };
        let label = self.label(name);
        let is_changed = !clusters.shows_only_changed() || clusters.is_changed(name);
        let cluster = label.cluster();
        let is_seen = match side {
            Side::Now => clusters.is_shown(cluster),
            Side::Pinned => clusters.is_pinned_shown(cluster),
        };
        let is_there = match side {
            Side::Now => passes,
            Side::Pinned => label.is_known(),
        };
        Look {
            is_shown: is_there && is_changed && (is_seen || !by_cluster || !label.is_known()),
            is_selected: false,
            is_hovered: cluster.is_some_and(|cluster| self.is_hovered(cluster)),
            is_faint: by_cluster && cluster.is_none(),
            group: cluster.map(|cluster| self.color_of(cluster) as u32),
        }
    }

    /// Where a trip is on this side.
    pub fn label_of(&self, trip: usize) -> TripLabel {
        self.names.get(trip).map_or(TripLabel::Unknown, |name| self.label(*name))
    }

    fn label(&self, name: u64) -> TripLabel {
        let Looker { clusters, side, .. } = *self;
        match side {
            Side::Now => clusters.label_of(name),
            Side::Pinned => {
                clusters.pinned().map_or(TripLabel::Unknown, |pinned| pinned.label_of(name))
            }
        }
    }

    fn color_of(&self, cluster: u32) -> usize {
        let Looker { clusters, side, .. } = *self;
        match (side, clusters.pinned()) {
            (Side::Pinned, Some(pinned)) => pinned.color_of(cluster),
            _ => clusters.color_of(cluster),
        }
    }

    fn is_hovered(&self, cluster: u32) -> bool {
        let Looker { clusters, side, .. } = *self;
        let Some(hovered) = clusters.hovered() else { return false };
        match side {
            Side::Now => hovered == cluster,
            Side::Pinned => clusters.counterpart(cluster) == Some(hovered),
        }
    }
}

/// What passes the filter. Everything does while the filter's result is of other trips than those
/// on the map: it comes with the next ones.
struct Passes<'a>(Option<&'a Chosen>);

impl<'a> Passes<'a> {
    fn new(trips: Option<&TripsOf>, filter: Option<&Shown<'a, ChosenOf>>) -> Passes<'a> {
        let is_of_these = |filter: &&Shown<'a, ChosenOf>| {
            trips.is_some_and(|trips| std::ptr::eq(trips, &raw const *filter.value.trips))
        };
        Passes(filter.filter(is_of_these).map(|filter| &filter.value.chosen))
    }

    /// Whether a ship passes: on a trip, as that does.
    fn has_ship(&self, trip: Option<usize>, vessel: usize) -> bool {
        let Some(chosen) = self.0 else { return true };
        match trip {
            Some(trip) => chosen.trip_mask.get(trip) == Some(&true),
            None => chosen.vessel_mask.get(vessel) == Some(&true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Labels;
    use crate::ui::cluster_view::About;

    const NAMES: [u64; 7] = [10, 11, 12, 13, 14, 15, 16];
    const A: Option<u32> = Some(0);
    const B: Option<u32> = Some(1);

    /// Trips 0 to 2 in cluster 0, 3 and 4 in 1, 5 noise; 6 was not clustered.
    fn clusters() -> ClusterView {
        let mut view = ClusterView::default();
        let labels = Labels::new(&[A, A, A, B, B, None]);
        view.follow(Key::of("1", &(), &[]), &labels, || NAMES[..6].to_vec());
        view
    }

    fn looks(clusters: &ClusterView, by_cluster: bool, side: Side) -> Vec<Look> {
        let (desk, selection) = (Desk::default(), Selection::default());
        let said = Said { desk: &desk, selection: &selection, clusters, by_cluster, side };
        let looker = Looker::new(said, None, None, &NAMES);
        let slot = |trip| Slot { vessel: 0, trip: Some(trip), kind: 0, reports: 0..1 };
        (0..7).map(|trip| looker.look(&slot(trip))).collect()
    }

    /// The trips that are shown.
    fn shown(clusters: &ClusterView, by_cluster: bool, side: Side) -> Vec<usize> {
        let looks = looks(clusters, by_cluster, side);
        (0..7).filter(|trip| looks[*trip].is_shown).collect()
    }

    #[test]
    fn trips_have_their_clusters_color_and_noise_is_faint() {
        let looks = looks(&clusters(), true, Side::Now);
        let groups: Vec<Option<u32>> = looks.iter().map(|look| look.group).collect();
        assert_eq!(groups, [A, A, A, B, B, None, None]);
        let is_faint: Vec<bool> = looks.iter().map(|look| look.is_faint).collect();
        assert_eq!(is_faint, [false, false, false, false, false, true, true]);
        assert_eq!(shown(&clusters(), true, Side::Now), [0, 1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn hidden_clusters_are_left_out_where_color_says_the_cluster() {
        let mut view = clusters();
        view.set_hidden(A, true);
        assert_eq!(shown(&view, true, Side::Now), [3, 4, 5, 6]);
        assert_eq!(shown(&view, false, Side::Now), [0, 1, 2, 3, 4, 5, 6]);
        view.set_solo(B);
        // Not clustered is not noise: it may yet turn out to be of this cluster.
        assert_eq!(shown(&view, true, Side::Now), [3, 4, 6]);
    }

    #[test]
    fn the_members_of_a_cluster_that_is_pointed_at_are_highlighted() {
        let mut view = clusters();
        view.set_hovered(B);
        view.begin_frame();
        for by_cluster in [true, false] {
            let looks = looks(&view, by_cluster, Side::Now);
            let hovered: Vec<usize> = (0..7).filter(|trip| looks[*trip].is_hovered).collect();
            assert_eq!(hovered, [3, 4]);
        }
    }

    #[test]
    fn the_pinned_side_shows_the_pinned_clusters_and_only_what_changed_on_demand() {
        let mut view = clusters();
        view.pin(About::default());
        // Trip 2 goes over to B, which is the larger one now; noise was filtered out.
        view.follow(Key::of("2", &(), &[]), &Labels::new(&[A, A, B, B, B]), || NAMES[..5].to_vec());
        let groups = |side: Side| -> Vec<Option<u32>> {
            looks(&view, true, side).iter().map(|look| look.group).collect()
        };
        assert_eq!(groups(Side::Pinned), [A, A, A, B, B, None, None]);
        assert_eq!(groups(Side::Now), [A, A, B, B, B, None, None]);
        assert_eq!(shown(&view, true, Side::Pinned), [0, 1, 2, 3, 4, 5]);
        view.show_only_changed(true);
        for side in [Side::Now, Side::Pinned] {
            assert_eq!(shown(&view, true, side), [2]);
        }
        view.show_only_changed(false);
        // B is the first cluster now, and the second one of the pinned.
        view.set_hovered(Some(0));
        view.begin_frame();
        let looks = looks(&view, true, Side::Pinned);
        assert_eq!((0..7).filter(|trip| looks[*trip].is_hovered).collect::<Vec<_>>(), [3, 4]);
    }
}
