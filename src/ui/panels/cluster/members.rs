//! Joins the list of clusters to the desk: what the user does with clusters goes into the session,
//! the view, or becomes a command.

use std::sync::Arc;

use egui::{Color32, Ui};

use super::joint::{ClusterPanels, dim, nothing_ui};
use super::list::{ClusterEdit, ClusterRow};
use crate::cluster::route::Route;
use crate::flow::settings::ClusterEdits;
use crate::flow::stages::ClustersOf;
use crate::flow::{Desk, Key};
use crate::ui::cluster_view::title;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::map::palette::{category, unknown};
use crate::ui::panels::gate_across;

impl ClusterPanels {
    /// The list of clusters.
    pub fn clusters(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let desk = deck.desk;
        let Some(shown) = desk.clusters.shown() else {
            nothing_ui(ui, desk, &desk.clusters);
            return;
        };
        dim(ui, shown.is_stale);
        if self.listed.replace(shown.key) != Some(shown.key) {
            self.list.forget();
        }
        let (key, of) = (shown.key, shown.value);
        let edits = &deck.session.clusters.edits;
        let n_merged = edits.merged.len();
        let names = self.names(key, of, edits);
        let rows = rows(deck, of, &names, ui.visuals().dark_mode);
        let hovered = deck.clusters.hovered();
        for edit in self.list.ui(ui, &rows, hovered, n_merged) {
            apply(deck, of, edit);
        }
    }

    /// What the user called each cluster, looked up once for each result and name.
    fn names(&mut self, key: Key, of: &ClustersOf, edits: &ClusterEdits) -> Vec<Option<String>> {
        if let Some((named, by, names)) = &self.names
            && *named == key
            && by == edits
        {
            return names.clone();
        }
        let names = of.names(edits);
        self.names = Some((key, edits.clone(), names.clone()));
        names
    }
}

/// A row for each cluster, and one for noise where there is some.
fn rows(
    deck: &Deck,
    of: &Arc<ClustersOf>,
    names: &[Option<String>],
    is_dark: bool,
) -> Vec<ClusterRow> {
    let (labels, view) = (of.labels(), &*deck.clusters);
    let routes = routes(deck.desk, of);
    let share = |size: usize| size as f64 / labels.len().max(1) as f64;
    let row = |cluster: Option<u32>, name: String, color: Color32, size: usize| ClusterRow {
        cluster,
        name,
        color,
        size,
        share: share(size),
        direction_deg: None,
        opposite_share: 0.0,
        length_nmi: None,
        sog_kn: None,
        is_shown: !view.is_hidden(cluster),
        is_solo: cluster.is_some() && view.solo() == cluster,
    };
    let mut rows: Vec<ClusterRow> = Vec::with_capacity(labels.clusters() + 1);
    for (cluster, size) in (0..).zip(labels.sizes()) {
        let name = names.get(cluster as usize).cloned().flatten();
        let name = name.unwrap_or_else(|| title(cluster));
        let color = category(view.color_of(cluster), is_dark);
        let plain = row(Some(cluster), name, color, *size as usize);
        rows.push(match routes.iter().find(|route| route.id == cluster) {
            Some(route) => ClusterRow {
                direction_deg: Some(route.direction_deg),
                opposite_share: route.opposite_share,
                length_nmi: Some(route.length_nmi),
                sog_kn: route.sog_kn.map(|spread| spread.median),
                ..plain
            },
            None => plain,
        });
    }
    if labels.noise() > 0 {
        rows.push(row(None, "Noise".into(), unknown(is_dark), labels.noise()));
    }
    rows
}

/// The routes of these very clusters, if they were found already.
fn routes<'a>(desk: &'a Desk, of: &Arc<ClustersOf>) -> &'a [Route] {
    let shown = desk.routes.shown().filter(|shown| Arc::ptr_eq(&shown.value.of.clusters, of));
    shown.map_or(&[], |shown| &shown.value.routes.routes)
}

/// Does what the user did.
fn apply(deck: &mut Deck, of: &Arc<ClustersOf>, edit: ClusterEdit) {
    match edit {
        ClusterEdit::Recolor(cluster, color) => deck.clusters.set_color(cluster, color),
        ClusterEdit::Rename(cluster, name) => {
            let mark = middle(deck.desk, of, cluster);
            rename(&mut deck.session.clusters.edits, of, cluster, mark, name);
        }
        ClusterEdit::Show(cluster, is_shown) => deck.clusters.set_hidden(cluster, !is_shown),
        ClusterEdit::Solo(cluster) => deck.clusters.set_solo(cluster),
        ClusterEdit::ShowAll => deck.clusters.show_all(),
        ClusterEdit::Merge(clusters) => {
            let marks: Vec<Option<usize>> =
                clusters.iter().map(|cluster| middle(deck.desk, of, *cluster)).collect();
            let Some((Some(first), others)) = marks.split_first() else { return };
            let pair = |other: &usize| [of.mark(*first), of.mark(*other)];
            deck.session.clusters.edits.merged.extend(others.iter().flatten().map(pair));
        }
        ClusterEdit::Gate(cluster) => {
            gate_across(deck, cluster);
        }
        ClusterEdit::Unmerge => deck.session.clusters.edits.merged.clear(),
        ClusterEdit::Select(cluster) => {
            let labels = of.labels().as_slice();
            let members = of.of.ids().iter().zip(labels).filter(|(_, label)| **label == cluster);
            let members = members.map(|(id, _)| *id).collect();
            deck.ask(Command::SelectTrips(members));
        }
        ClusterEdit::Hover(cluster) => deck.clusters.set_hovered(Some(cluster)),
    }
}

/// The trip that a cluster is remembered by: its medoid, which stays in it longest while eps
/// moves; its first trip where that is not known.
fn middle(desk: &Desk, of: &Arc<ClustersOf>, cluster: u32) -> Option<usize> {
    let measured = desk.indices.shown().filter(|shown| Arc::ptr_eq(&shown.value.clusters, of));
    let medoid = measured.and_then(|shown| shown.value.medoids.get(cluster as usize).copied());
    let first = || of.labels().as_slice().iter().position(|label| *label == Some(cluster));
    medoid.map(|medoid| medoid as usize).or_else(first)
}

/// Gives the cluster that has trip `place` in it a name, in place of any that it had.
fn rename(
    edits: &mut ClusterEdits,
    of: &ClustersOf,
    cluster: u32,
    place: Option<usize>,
    name: String,
) {
    edits.names.retain(|known| {
        let alone = ClusterEdits { names: vec![known.clone()], ..ClusterEdits::default() };
        of.names(&alone).get(cluster as usize).is_none_or(Option::is_none)
    });
    if let (Some(place), false) = (place, name.is_empty() || name == title(cluster)) {
        edits.names.push((of.mark(place), name));
    }
}
