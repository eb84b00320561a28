//! Deep embedded clustering in the window: the network and its training, the embedded trips as a
//! scatter linked with the map, and the curves.

use egui::{Button, Color32, RichText, ScrollArea, Slider, Ui, Vec2};
use egui_plot::{PlotPoint, PlotTransform, Points};

use super::joint::{ClusterPanels, dim, nothing_ui, selected, trip_name};
use crate::base::text::{counted, grouped};
use crate::cluster::params::Method;
use crate::flow::stages::{EmbeddedOf, PlaneOf};
use crate::flow::tray::Shelf as _;
use crate::ui::cluster_view::title;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::form::{Stand, params_ui_where};
use crate::ui::map::palette::{category, unknown};
use crate::ui::panels::prepare::head;
use crate::ui::panels::train::buttons_ui;
use crate::ui::plot::axis::significant;
use crate::ui::plot::{describe, quiet};
use crate::ui::selection::Pick;
use crate::ui::theme;

/// Pixels within which a click finds a trip.
const REACH_PX: f32 = 10.0;

/// The network, its training, and the number of clusters.
pub(super) fn deep_ui(ui: &mut Ui, deck: &mut Deck, is_asking: bool) {
    head(ui, &deck.desk.embed);
    // The first of all models.
    buttons_ui(ui, deck, 0, is_asking);
    let is_trained = deck.desk.embed.shown().is_some();
    let save = ui.add_enabled(is_trained && !is_asking, Button::new("Export network…"));
    if save.on_hover_text("Write the network and the embeddings into a folder").clicked() {
        deck.ask(Command::AskToExport("deep-embed"));
    }
    let desk = deck.desk;
    let so_far = desk.embed.so_far();
    let shown = desk.embed.shown();
    let is_stale = shown.as_ref().is_some_and(|shown| shown.is_stale);
    let known = so_far.as_deref().or(shown.as_ref().map(|shown| shown.value.as_ref()));
    if let Some(of) = known {
        if is_stale && so_far.is_none() {
            let text = "Out of date: trained on other trips or with other settings";
            ui.label(RichText::new(text).color(theme::warning_color(ui)));
        }
        facts(of).into_iter().for_each(|fact| drop(ui.label(fact)));
        ui.checkbox(&mut deck.session.map.reconstruction, "Show reconstructions").on_hover_text(
            "Draw the selected trip on the map as the network makes it again from its few numbers",
        );
    } else {
        let text = "No network is trained yet. Training takes some seconds to minutes; afterwards \
                    a new number of clusters needs no new training.";
        ui.label(RichText::new(text).weak());
    }
    ui.add_space(4.0);
    head(ui, &desk.deep_groups);
    let settings = &mut deck.session.deep;
    let mut k = settings.group.k;
    ui.horizontal(|ui| {
        let slider = Slider::new(&mut k, 0..=60).text("clusters");
        let help = "Number of clusters; 0 for as many as part the embeddings best. A new number \
                    trains no new network.";
        ui.add(slider).on_hover_text(help);
    });
    settings.group.k = k;
    if let Some(groups) = desk.deep_groups.shown() {
        ui.scope(|ui| {
            dim(ui, groups.is_stale);
            let found = &groups.value.clusters;
            let mut text = counted(found.labels.clusters() as u64, "cluster");
            if let Some(ended) = &found.ended {
                text.push_str(&format!("; refining ended: {}", ended.words()));
            }
            ui.label(RichText::new(text).strong());
        });
    }
    ui.collapsing("Refining, network and training", |ui| {
        let is_there = |name: &str| match name {
            "k" | "model" | "tsne" | "perplexity" => Stand::Absent,
            _ => Stand::Live,
        };
        params_ui_where(ui, "deep", settings, &|_| None, &is_there);
    });
}

/// What is known of a network, in lines.
fn facts(of: &EmbeddedOf) -> Vec<String> {
    let curves = of.curves();
    let mut lines = Vec::new();
    if !curves.device.is_empty() {
        lines.push(format!("On {}", curves.device));
    }
    match &of.embedded {
        None => {
            let now = curves.epochs.len();
            lines.push(format!(
                "Training: {now} of {}",
                counted(curves.most_epochs as u64, "epoch")
            ));
            if let Some(last) = curves.epochs.last() {
                lines.push(format!(
                    "Loss {}, {} trips a second",
                    significant(last.loss, 3),
                    grouped(last.samples_per_s as u64)
                ));
            }
        }
        Some(done) => {
            let n = done.prepared.trips.len();
            let parameters = done.autoencoder.weights().count();
            let shape = done.autoencoder.shape();
            lines.push(format!(
                "{} as {} numbers each; {} weights ({:.1} MB)",
                counted(n as u64, "trip"),
                shape.embedding,
                grouped(parameters as u64),
                parameters as f64 * 4.0 / 1e6
            ));
            let nine = done.error_m_of(0.9).unwrap_or_default();
            let mean_m = done.mean_error_m();
            lines.push(format!(
                "Reconstructed {mean_m:.0} m off on average, 90 % within {nine:.0} m"
            ));
            let left_out = done.prepared.n_trips - n;
            if left_out > 0 {
                lines
                    .push(format!("{} too short to be embedded", counted(left_out as u64, "trip")));
            }
            if let Some(ended) = &done.ended {
                lines.push(format!(
                    "{}: {}",
                    counted(curves.epochs.len() as u64, "epoch"),
                    ended.words()
                ));
            }
        }
    }
    lines.extend(curves.notes);
    lines
}

impl ClusterPanels {
    /// Embedded trips on a plane, colored as on the map; a click selects a trip.
    pub fn embedding(ui: &mut Ui, deck: &mut Deck) {
        let desk = deck.desk;
        ui.horizontal_wrapped(|ui| {
            let plane = &mut deck.session.deep.plane;
            let mut keeps = plane.keeps_neighbors;
            ui.selectable_value(&mut keeps, false, "Principal components");
            ui.selectable_value(&mut keeps, true, "Neighbors (t-SNE)");
            plane.keeps_neighbors = keeps;
            if keeps {
                let slider = Slider::new(&mut plane.perplexity, 2.0..=200.0).text("neighbors");
                ui.add(slider.logarithmic(true).fixed_decimals(0));
            }
            if let Some(share) = desk.plane.shown().and_then(|shown| shown.value.share) {
                let text = format!("{:.0} % of the variance", 100.0 * share);
                ui.label(RichText::new(text).weak());
            }
        });
        let Some(shown) = desk.plane.shown() else {
            let settings = &deck.session.clusters;
            if desk.embed.shown().is_none() && desk.embed.progress().is_none() {
                ui.label("Nothing is embedded: train the network in the Clustering panel");
                if settings.cluster.method != Method::Deep
                    && ui.button("Cluster by the deep method").clicked()
                {
                    deck.session.clusters.cluster.method = Method::Deep;
                }
            } else {
                nothing_ui(ui, desk, &desk.plane);
            }
            return;
        };
        dim(ui, shown.is_stale);
        let of = shown.value;
        if let Some((trip, is_more)) = scatter_ui(ui, of, deck) {
            deck.pick(if is_more { Pick::AlsoTrip(trip) } else { Pick::Trip(trip) });
        }
        membership_ui(ui, of, deck);
    }
}

/// Draws the plane. Gives back a trip that was clicked, and whether it comes besides others.
fn scatter_ui(ui: &mut Ui, of: &PlaneOf, deck: &mut Deck) -> Option<(usize, bool)> {
    let embedded = &of.groups.embedded;
    let done = embedded.embedded.as_ref()?;
    let labels = of.groups.clusters.labels.as_slice();
    let is_dark = ui.visuals().dark_mode;
    let view = &*deck.clusters;
    let color = |cluster: Option<u32>| -> Color32 {
        let color = cluster.map_or(unknown(is_dark), |c| category(view.color_of(c), is_dark));
        let is_dimmed =
            !view.is_shown(cluster) || (view.hovered().is_some() && cluster != view.hovered());
        if is_dimmed { color.gamma_multiply(0.25) } else { color }
    };
    let is_selected = selected(deck, &embedded.of);
    let n_clusters = of.groups.clusters.labels.clusters() as u32;
    let trips = &done.prepared.trips;
    let place = |row: usize| of.xy[row].map(f64::from);
    let title_text = format!(
        "{} in {}",
        counted(trips.len() as u64, "embedded trip"),
        counted(n_clusters.into(), "cluster")
    );
    let lit = theme::selection_color(ui);
    let plot = quiet("embedding").show_grid(false).show_axes([false, false]).show(ui, |plot| {
        for cluster in (0..n_clusters).map(Some).chain([None]) {
            let rows = (0..trips.len()).filter(|row| labels[trips[*row] as usize] == cluster);
            let points: Vec<[f64; 2]> = rows.map(place).collect();
            let points = Points::new(cluster.map_or("none".into(), title), points);
            plot.points(points.color(color(cluster)).radius(2.2).allow_hover(false));
        }
        let marked = (0..trips.len())
            .filter(|row| is_selected.get(trips[*row] as usize) == Some(&true))
            .map(place)
            .collect::<Vec<_>>();
        plot.points(Points::new("selected", marked).color(lit).radius(5.0).allow_hover(false));
    });
    describe(&plot.response, &format!("Plane of {title_text}"));
    let pointer = plot.response.hover_pos()?;
    let found = nearest(&plot.transform, trips.len(), &place, pointer.to_vec2())?;
    let trip = trips[found];
    let label = labels[trip as usize];
    let text = format!(
        "{}: {}",
        trip_name(&embedded.of, trip),
        label.map_or("no cluster".to_owned(), title)
    );
    deck.clusters.set_hovered(label);
    let (is_clicked, is_more) =
        (plot.response.clicked(), ui.input(|input| input.modifiers.command));
    plot.response.on_hover_text_at_pointer(text);
    let id = *embedded.of.ids().get(trip as usize)?;
    is_clicked.then_some((id, is_more))
}

/// The row nearest to the pointer, if it is near.
fn nearest(
    transform: &PlotTransform,
    n: usize,
    place: &dyn Fn(usize) -> [f64; 2],
    pointer: Vec2,
) -> Option<usize> {
    let distance = |row: usize| {
        let [x, y] = place(row);
        let at = transform.position_from_point(&PlotPoint::new(x, y)).to_vec2();
        (at - pointer).length()
    };
    let found = (0..n).min_by(|a, b| distance(*a).total_cmp(&distance(*b)))?;
    (distance(found) <= REACH_PX).then_some(found)
}

/// How much the selected trip belongs to each cluster.
fn membership_ui(ui: &mut Ui, of: &PlaneOf, deck: &Deck) {
    let embedded = &of.groups.embedded;
    let is_selected = selected(deck, &embedded.of);
    let Some(trip) = is_selected.iter().position(|is| *is) else { return };
    let Some(done) = &embedded.embedded else { return };
    let Some(q) = of.groups.clusters.membership(done, trip) else {
        ui.label(RichText::new("The selected trip is too short to be embedded").weak());
        return;
    };
    let mut shares: Vec<(usize, f32)> = q.iter().copied().enumerate().collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    ScrollArea::horizontal().id_salt("membership").show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new("The selected trip belongs to").weak());
            for (cluster, share) in shares.into_iter().take(4).filter(|(_, share)| *share > 0.005) {
                ui.label(format!("{} {:.0} %", title(cluster as u32), 100.0 * share));
            }
            if let Some(row) = done.prepared.row_of(trip) {
                let text = format!("reconstructed {:.0} m off", done.errors_m[row]);
                ui.label(RichText::new(text).weak());
            }
        });
    });
}
