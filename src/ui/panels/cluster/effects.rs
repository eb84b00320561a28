//! What the parameters of clustering did, in words and small tables.

use egui::{Align, Layout, RichText, Ui};

use crate::base::text::{counted, grouped};
use crate::cluster::params::Method;
use crate::cluster::{Agreement, Indices, Labels, Sweep};
use crate::distance::Metric;
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
        "k" | "seed" => method.has_k(),
        "starts" => matches!(method, Method::KMedoids | Method::KMeans),
        _ => false,
    };
    if is_there { Stand::Live } else { Stand::Absent }
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
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        for (name, value, help) in rows {
            ui.horizontal(|ui| {
                ui.label(name).on_hover_text(help);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.label(RichText::new(value).strong());
                });
            });
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
}
