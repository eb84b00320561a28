//! Clusters on the map beyond their tracks: what they are called, the legend, how routes look.

use egui::Color32;

use super::looks::Side;
use super::palette::{Legend, LegendEntry, category, unknown};
use super::routes::RouteLook;
use crate::base::params::Choice as _;
use crate::base::text::grouped;
use crate::cluster::Labels;
use crate::cluster::params::Method;
use crate::flow::settings::ClusterEdits;
use crate::flow::stages::{ClustersOf, metric_name};
use crate::flow::{Desk, Key, Session};
use crate::ui::cluster_view::{ClusterView, title};

/// So many clusters stand in the legend at most, and at least; the others are counted.
const MOST: usize = 10;
const LEAST: usize = 3;

/// What else stands in the corner of the legend, and an entry, points of the screen.
const REST_PX: f32 = 250.0;
const ENTRY_PX: f32 = 16.0;

/// What the clusters of the result at hand are called.
#[derive(Default)]
pub struct Titles {
    of: Option<(Key, ClusterEdits)>,
    titles: Vec<String>,
}

impl Titles {
    /// Keeps up with the result and with the names that the user gives.
    pub fn update(&mut self, desk: &Desk, edits: &ClusterEdits) {
        let shown = desk.clusters.shown();
        let is_of = |(key, of): &(Key, ClusterEdits)| {
            shown.as_ref().is_some_and(|shown| shown.key == *key) && of == edits
        };
        if self.of.as_ref().is_some_and(is_of) {
            return;
        }
        self.titles = shown.as_ref().map_or_else(Vec::new, |shown| titles(shown.value, edits));
        self.of = shown.map(|shown| (shown.key, edits.clone()));
    }

    fn title_of(&self, cluster: u32) -> String {
        self.titles.get(cluster as usize).map_or_else(|| title(cluster), Clone::clone)
    }
}

/// What each cluster is called: by the user, or by its number.
pub fn titles(clusters: &ClustersOf, edits: &ClusterEdits) -> Vec<String> {
    let names = clusters.names(edits).into_iter().zip(0..);
    names.map(|(name, cluster)| name.unwrap_or_else(|| title(cluster))).collect()
}

/// How clusters were made, in a few words.
pub fn in_words(clusters: &ClustersOf, session: &Session) -> String {
    let params = &clusters.params.cluster;
    let method = Method::CASES.iter().find(|(_, case)| *case == params.method);
    let mut words = vec![method.map_or("", |(name, _)| *name).to_owned()];
    if params.method.has_eps() {
        let eps = params.eps;
        let eps = if eps >= 100.0 { format!("{eps:.0}") } else { format!("{eps:.3}") };
        words.push(format!("eps {eps} {}", session.distances.unit()).trim_end().to_owned());
    }
    words.extend(clusters.min_trips.map(|min_trips| format!("min trips {min_trips}")));
    if params.method.has_k() {
        words.push(format!("k {}", params.k));
    }
    words.push(format!("by {}", metric_name(session.distances.measure.metric)));
    words.join(", ")
}

/// The clusters that one map shows.
#[derive(Clone, Copy)]
pub struct Groups<'a> {
    pub clusters: &'a ClusterView,
    pub titles: &'a Titles,
    pub side: Side,
}

impl Groups<'_> {
    /// The color of a cluster on the map.
    pub fn color(&self, cluster: u32, is_dark: bool) -> Color32 {
        let index = match (self.side, self.clusters.pinned()) {
            (Side::Pinned, Some(pinned)) => pinned.color_of(cluster),
            _ => self.clusters.color_of(cluster),
        };
        category(index, is_dark)
    }

    /// What a cluster is called.
    pub fn title_of(&self, cluster: u32) -> String {
        match (self.side, self.clusters.pinned()) {
            (Side::Pinned, Some(pinned)) => pinned.title_of(cluster),
            _ => self.titles.title_of(cluster),
        }
    }

    /// The same cluster as it is known now, if it is.
    pub fn as_of_now(&self, cluster: u32) -> Option<u32> {
        match self.side {
            Side::Now => Some(cluster),
            Side::Pinned => self.clusters.counterpart(cluster),
        }
    }

    /// How the route of a cluster is drawn; `None` where it is hidden.
    pub fn route_look(&self, cluster: u32, trips: usize, is_dark: bool) -> Option<RouteLook> {
        let hovered = self.clusters.hovered();
        let is_shown = self.is_shown(Some(cluster)) && self.is_of_interest(cluster);
        is_shown.then(|| RouteLook {
            color: self.color(cluster, is_dark),
            is_hovered: hovered.is_some() && self.as_of_now(cluster) == hovered,
            label: format!("{} · {}", self.title_of(cluster), grouped(trips as u64)),
        })
    }

    /// What the colors say: up to ten clusters by size, as a map of this height has room for, and
    /// how much else there is.
    pub fn legend(&self, is_dark: bool, height_px: f32) -> Legend {
        let most = (((height_px - REST_PX) / ENTRY_PX).max(0.0) as usize).clamp(LEAST, MOST);
        let mut entries = Vec::new();
        let mut say = |color: Color32, label: String| entries.push(LegendEntry { color, label });
        match self.labels() {
            Some(labels) => {
                let sizes = (0..).zip(labels.sizes());
                let (shown, hidden): (Vec<_>, Vec<_>) =
                    sizes.partition(|(cluster, _)| self.is_shown(Some(*cluster)));
                for (cluster, size) in shown.iter().take(most) {
                    let count = grouped(u64::from(**size));
                    say(
                        self.color(*cluster, is_dark),
                        format!("{}: {count}", self.title_of(*cluster)),
                    );
                }
                let count = |n: usize| grouped(n as u64);
                if shown.len() > most {
                    say(Color32::TRANSPARENT, format!("and {} more", count(shown.len() - most)));
                }
                if !hidden.is_empty() {
                    say(Color32::TRANSPARENT, format!("{} hidden", count(hidden.len())));
                }
                let is_hidden = if self.is_shown(None) { "" } else { " (hidden)" };
                let noise = count(labels.noise());
                say(unknown(is_dark).gamma_multiply(0.5), format!("Noise: {noise}{is_hidden}"));
            }
            None => say(unknown(is_dark).gamma_multiply(0.5), "No clusters yet".into()),
        }
        Legend { title: "Cluster".into(), entries, scale: None, remark: None }
    }

    /// Whether trips left or came to a cluster, where only that is asked for.
    fn is_of_interest(&self, cluster: u32) -> bool {
        let only = self.clusters.difference().filter(|_| self.clusters.shows_only_changed());
        only.is_none_or(|difference| {
            let [pinned, now] = &difference.has_changed;
            let of = if self.side == Side::Pinned { pinned } else { now };
            of.get(cluster as usize) == Some(&true)
        })
    }

    fn labels(&self) -> Option<&Labels> {
        match self.side {
            Side::Now => self.clusters.labels(),
            Side::Pinned => Some(self.clusters.pinned()?.labels()),
        }
    }

    fn is_shown(&self, cluster: Option<u32>) -> bool {
        match self.side {
            Side::Now => self.clusters.is_shown(cluster),
            Side::Pinned => self.clusters.is_pinned_shown(cluster),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::cluster_view::About;

    /// Clusters of so many trips each, and three trips that are noise.
    fn view(sizes: &[usize]) -> ClusterView {
        let groups = (0..).zip(sizes).flat_map(|(group, size)| vec![Some(group); *size]);
        let labels = Labels::new(&groups.chain([None; 3]).collect::<Vec<_>>());
        let mut view = ClusterView::default();
        view.follow(Key::of("1", &sizes, &[]), &labels, || (0..labels.len() as u64).collect());
        view
    }

    fn said(view: &ClusterView) -> Vec<String> {
        said_on(view, 800.0)
    }

    fn said_on(view: &ClusterView, height_px: f32) -> Vec<String> {
        let titles = Titles::default();
        let groups = Groups { clusters: view, titles: &titles, side: Side::Now };
        groups.legend(true, height_px).entries.into_iter().map(|entry| entry.label).collect()
    }

    #[test]
    fn the_legend_says_the_clusters_with_their_counts_and_noise() {
        let mut view = view(&[1200, 30]);
        assert_eq!(said(&view), ["Route 1: 1\u{2009}200", "Route 2: 30", "Noise: 3"]);
        view.set_hidden(Some(0), true);
        view.set_hidden(None, true);
        assert_eq!(said(&view), ["Route 2: 30", "1 hidden", "Noise: 3 (hidden)"]);
        assert_eq!(said(&ClusterView::default()), ["No clusters yet"]);
    }

    #[test]
    fn beyond_ten_clusters_the_legend_only_counts() {
        let legend = said(&view(&[2; 14]));
        assert_eq!(legend.len(), 12);
        assert_eq!(legend[9..], ["Route 10: 2", "and 4 more", "Noise: 3"]);
        let small = said_on(&view(&[2; 14]), 200.0);
        assert_eq!((small.len(), small[3].as_str()), (5, "and 11 more"));
    }

    #[test]
    fn where_only_changes_are_asked_for_other_routes_are_left_out_on_both_sides() {
        let (mut view, titles) = (view(&[9, 4]), Titles::default());
        view.pin(About::default());
        // One of the second cluster's trips becomes noise.
        let groups = [vec![Some(0); 9], vec![Some(1); 3], vec![None; 4]].concat();
        let labels = Labels::new(&groups);
        view.follow(Key::of("2", &(), &[]), &labels, || (0..labels.len() as u64).collect());
        view.show_only_changed(true);
        for side in [Side::Now, Side::Pinned] {
            let groups = Groups { clusters: &view, titles: &titles, side };
            let is_drawn = [0, 1].map(|cluster| groups.route_look(cluster, 4, true).is_some());
            assert_eq!(is_drawn, [false, true], "{side:?}");
        }
    }

    #[test]
    fn a_route_looks_like_its_cluster_and_is_hidden_with_it() {
        let (mut view, titles) = (view(&[9, 4]), Titles::default());
        let look = |view: &ClusterView, cluster| {
            let groups = Groups { clusters: view, titles: &titles, side: Side::Now };
            groups.route_look(cluster, 4, true)
        };
        let second = look(&view, 1).unwrap();
        assert_eq!((second.color, second.label.as_str()), (category(1, true), "Route 2 · 4"));
        assert!(!second.is_hovered);
        view.set_hovered(Some(1));
        view.begin_frame();
        assert!(look(&view, 1).unwrap().is_hovered && !look(&view, 0).unwrap().is_hovered);
        view.set_solo(Some(0));
        assert_eq!(look(&view, 1), None);
    }
}
