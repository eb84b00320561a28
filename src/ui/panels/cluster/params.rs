//! What the parameters of clustering did, in words and small tables.

use egui::{RichText, Ui};

use crate::base::text::{counted, grouped};
use crate::cluster::params::Method;
use crate::cluster::{Agreement, Indices, Labels, Sweep};
use crate::distance::{Metric, Weights};
use crate::ui::form::Stand;
use crate::ui::plot::axis::{compact, significant};
use crate::ui::theme;

/// `12 clusters, 9 % noise`.
pub fn labels_text(labels: &Labels, method: Method) -> String {
    let clusters = counted(labels.clusters() as u64, "cluster");
    if !method.marks_noise() {
        return clusters;
    }
    let percent = 100.0 * labels.noise() as f64 / labels.len().max(1) as f64;
    // Neither none nor all is rounded to.
    let percent = match labels.noise() {
        0 => "no noise".to_owned(),
        _ if percent < 1.0 => "under 1 % noise".to_owned(),
        noise if noise == labels.len() => "all noise".to_owned(),
        _ => format!("{:.0} % noise", percent.min(99.0)),
    };
    format!("{clusters}, {percent}")
}

/// `4.2M pairs, 3.1M pairs/s`.
pub fn pairs_text(n_pairs: usize, pairs_per_s: f64) -> String {
    let pairs = if n_pairs < 10_000 { grouped(n_pairs as u64) } else { rough(n_pairs as f64) };
    format!("{pairs} pairs, {} pairs/s", rough(pairs_per_s))
}

/// A number to two digits.
fn rough(value: f64) -> String {
    let unit = 10_f64.powf((value.max(1.0).log10() - 1.0).floor());
    compact((value / unit).round() * unit)
}

/// `200 pairs tried; best eps 0.05, MinPts 5`.
pub fn sweep_text(sweep: &Sweep, unit: &str) -> String {
    let tried = format!("{} tried", counted(sweep.rows.len() as u64, "pair"));
    match sweep.best.and_then(|best| sweep.rows.get(best)) {
        Some(best) => format!(
            "{tried}; best eps {}{}, MinPts {}",
            significant(best.eps.into(), 4),
            super::unit_text(unit),
            best.min_trips
        ),
        None => format!("{tried}; none gave two clusters"),
    }
}

/// Which fields of the distance a metric has.
pub fn distance_stand(metric: Metric, name: &str) -> Stand {
    match name {
        "metric" => Stand::Live,
        "band" if metric == Metric::Dtw => Stand::Live,
        _ => Stand::Absent,
    }
}

/// Which fields few need to see.
pub fn distance_detail(name: &str) -> Stand {
    match name {
        "surface" | "resample" | "limit" => Stand::Live,
        _ => Stand::Absent,
    }
}

/// Which fields a method has, but for eps, which has a slider of its own.
pub fn cluster_stand(method: Method, name: &str) -> Stand {
    let is_there = match name {
        "min_cluster_size" => method == Method::Hdbscan,
        "k" => method.has_k(),
        "starts" => matches!(method, Method::KMedoids | Method::KMeans),
        "seed" => method.has_k(),
        _ => false,
    };
    if is_there { Stand::Live } else { Stand::Absent }
}

/// Lets the weights sum to one again after one was moved: the others give way in proportion.
pub fn balance(before: Weights, weights: &mut Weights) {
    let old = [before.sspd, before.sog, before.cog];
    let mut new = [weights.sspd, weights.sog, weights.cog];
    let Some(moved) = (0..3).find(|i| new[*i] != old[*i]) else { return };
    let [a, b] = [(moved + 1) % 3, (moved + 2) % 3];
    // To the digits of a slider; where two were moved at once they were set by hand.
    if new[a] != old[a] || new[b] != old[b] {
        return;
    }
    new[moved] = (new[moved].clamp(0.0, 1.0) * 1000.0).round() / 1000.0;
    let rest = 1.0 - new[moved];
    let sum = old[a] + old[b];
    let part = if sum > 0.0 { old[a] / sum } else { 0.5 };
    new[a] = (rest * part * 1000.0).round() / 1000.0;
    new[b] = ((rest - new[a]) * 1000.0).round().max(0.0) / 1000.0;
    [weights.sspd, weights.sog, weights.cog] = new;
}

/// The indices, and how far the clusters fit the truth where it is known.
pub fn indices_ui(ui: &mut Ui, indices: &Indices, agreement: Option<&Agreement>) {
    let known = |value: Option<f64>, digits: i32| {
        value.map_or("none".to_owned(), |value| significant(value, digits))
    };
    let three = |value: Option<f64>| value.map_or("none".to_owned(), |value| format!("{value:.3}"));
    let mut rows = vec![
        (
            "Silhouette",
            three(indices.silhouette),
            "How much nearer trips are to their own cluster than to the next: -1 to 1, more is \
             better. Noise is left out of all three indices.",
        ),
        (
            "Calinski-Harabasz",
            known(indices.calinski_harabasz, 4),
            "How far clusters lie apart for how wide they are, by medoids: more is better",
        ),
        (
            "Davies-Bouldin",
            three(indices.davies_bouldin),
            "How wide clusters are for how far they lie apart, by medoids: less is better",
        ),
    ];
    if let Some(agreement) = agreement {
        rows.push((
            "ARI",
            format!("{:.3}", agreement.ari),
            "Adjusted Rand index against the true routes: 1 for the same groups, 0 for chance",
        ));
        rows.push((
            "NMI",
            format!("{:.3}", agreement.nmi),
            "Normalized mutual information with the true routes: 0 to 1",
        ));
        rows.push((
            "Homogeneity",
            format!("{:.3}", agreement.homogeneity),
            "1 if each cluster holds trips of one true route only",
        ));
        rows.push((
            "Completeness",
            format!("{:.3}", agreement.completeness),
            "1 if each true route's trips are all in one cluster",
        ));
    }
    egui::Grid::new("indices").num_columns(2).striped(true).spacing([8.0, 2.0]).show(ui, |ui| {
        for (name, value, help) in rows {
            ui.label(name).on_hover_text(help);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.label(value);
            });
            ui.end_row();
        }
    });
    if let Some(agreement) = agreement {
        let n = counted(agreement.trips as u64, "trip");
        ui.label(RichText::new(format!("Truth is known of {n}")).small().weak());
    }
}

/// Something that is not there yet, and why.
pub fn waiting_ui(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).weak());
}

/// Faults of a step, as it says them.
pub fn faults_ui(ui: &mut Ui, faults: &[String]) {
    for fault in faults {
        ui.label(RichText::new(fault).color(theme::fault_color(ui)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::made;
    use super::*;

    #[test]
    fn clusters_and_noise_are_told_without_rounding_to_none_or_all() {
        let labels = |noise: usize, of: usize| {
            Labels::new(
                &(0..of).map(|i| (i >= noise).then_some((i % 2) as u32)).collect::<Vec<_>>(),
            )
        };
        for (noise, of, expected) in [
            (9, 100, "2 clusters, 9 % noise"),
            (0, 100, "2 clusters, no noise"),
            (1, 1000, "2 clusters, under 1 % noise"),
            (999, 1000, "1 cluster, 99 % noise"),
            (100, 100, "0 clusters, all noise"),
        ] {
            assert_eq!(labels_text(&labels(noise, of), Method::Dbscan), expected);
        }
        assert_eq!(labels_text(&labels(0, 9), Method::Spectral), "2 clusters");
    }

    #[test]
    fn pairs_are_told_to_two_digits() {
        assert_eq!(pairs_text(4_194_304, 3_141_592.0), "4.2M pairs, 3.1M pairs/s");
        assert_eq!(pairs_text(1225, 99_600.0), "1\u{2009}225 pairs, 100k pairs/s");
        assert_eq!(pairs_text(0, 0.0), "0 pairs, 0 pairs/s");
    }

    #[test]
    fn the_best_pair_is_told() {
        let text = sweep_text(&made::sweep(), "m");
        assert!(text.contains(" pairs tried; best eps ") && text.contains(" m, MinPts "), "{text}");
        assert_eq!(sweep_text(&Sweep::default(), ""), "0 pairs tried; none gave two clusters");
    }

    #[test]
    fn each_method_has_its_own_fields_only() {
        let fields = |method| -> Vec<&str> {
            ["method", "eps", "min_cluster_size", "k", "starts", "seed"]
                .into_iter()
                .filter(|name| cluster_stand(method, name) == Stand::Live)
                .collect()
        };
        assert_eq!(fields(Method::Dbscan), [""; 0]);
        assert_eq!(fields(Method::Hdbscan), ["min_cluster_size"]);
        assert_eq!(fields(Method::KMedoids), ["k", "starts", "seed"]);
        assert_eq!(fields(Method::Spectral), ["k", "seed"]);
    }

    #[test]
    fn moving_a_weight_moves_the_others_in_proportion() {
        let before = Weights { sspd: 0.6, sog: 0.3, cog: 0.1, ..Weights::default() };
        let mut weights = Weights { sspd: 0.2, ..before };
        balance(before, &mut weights);
        assert_eq!((weights.sspd, weights.sog, weights.cog), (0.2, 0.6, 0.2));
        let only = Weights { sspd: 1.0, sog: 0.0, cog: 0.0, ..Weights::default() };
        let mut weights = Weights { sspd: 0.5, ..only };
        balance(only, &mut weights);
        assert_eq!((weights.sspd, weights.sog, weights.cog), (0.5, 0.25, 0.25));
        for moved in [0.0, 0.123, 0.9999, 1.0] {
            let mut weights = Weights { cog: moved, ..before };
            balance(before, &mut weights);
            assert!((weights.sspd + weights.sog + weights.cog - 1.0).abs() < 1e-9, "{weights:?}");
        }
        let mut untouched = before;
        balance(before, &mut untouched);
        assert_eq!(untouched, before);
    }
}
