//! What is known of a point, beside the pointer.

use egui::{RichText, Ui};

use super::made::{BROKEN, WRONG};
use crate::ais::Vessel;
use crate::associate::Mistake;
use crate::base::text::{counted, grouped};
use crate::base::time::{duration_text, utc_text};
use crate::flow::Desk;
use crate::flow::look::MapParams;
use crate::flow::stages::AssociatedOf;
use crate::ui::map::hover::{motion_text, swatch};
use crate::ui::map::palette::category;

/// Says of a point when and how fast it was, which track it is in and why, and whether that is right.
pub fn card(ui: &mut Ui, desk: &Desk, params: &MapParams, row: u32) {
    let Some(read) = desk.ingest.shown() else { return };
    let fleet = &read.value.fleet;
    if row as usize >= fleet.reports().len() {
        return;
    }
    let report = fleet.reports().get(row as usize);
    ui.label(RichText::new(format!("Point {}", grouped(row.into()))).strong());
    ui.label(format!("{} UTC", utc_text(report.t_ms - report.t_ms.rem_euclid(1000))));
    ui.label(motion_text(report.sog_kn, report.cog_deg));
    if params.hide_identity {
        ui.label(RichText::new("Identity hidden").weak());
    } else {
        let owner = fleet.starts().partition_point(|start| *start <= row as usize) - 1;
        let ship = fleet.vessels().get(owner).map(Vessel::title).unwrap_or_default();
        swatch(ui, category(owner, ui.visuals().dark_mode), RichText::new(ship).strong());
    }
    let found = desk.associate.shown().map(|shown| shown.value);
    let Some(of) = found.filter(|of| std::sync::Arc::ptr_eq(&of.reading, read.value)) else {
        ui.label(RichText::new("Not put into a track yet").weak());
        return;
    };
    let Some(track) = of.found.labels.get(row as usize).copied() else { return };
    swatch(
        ui,
        category(track as usize, ui.visuals().dark_mode),
        RichText::new(track_text(of, track)),
    );
    ui.label(RichText::new(link_text(of, row)).weak());
    if !params.mistakes {
        return;
    }
    if let Some(mistake) = of.mistakes.iter().find(|mistake| mistake.row == row) {
        for (color, line) in mistake_lines(of, mistake) {
            ui.label(RichText::new(line).color(color).strong());
        }
    }
}

/// `Found track 5: 412 points`.
pub fn track_text(of: &AssociatedOf, track: u32) -> String {
    let n = of.found.labels.iter().filter(|label| **label == track).count();
    format!("Found track {}: {}", grouped(track.into()), counted(n as u64, "point"))
}

/// What a point was linked to and why, or why not.
fn link_text(of: &AssociatedOf, row: u32) -> String {
    let at = row as usize;
    let why = of.found.why[at].words();
    match of.found.links[at] {
        Some(to) => {
            let gap_ms = of.points.t_ms()[to as usize] - of.points.t_ms()[at];
            let when = if gap_ms < 0 { "before" } else { "later" };
            let gap = duration_text(gap_ms.abs());
            format!("Linked to point {}, {gap} {when}: {why}", grouped(to.into()))
        }
        None => format!("Not linked: {why}"),
    }
}

/// What is wrong at a point, each with its color on the map.
fn mistake_lines(of: &AssociatedOf, mistake: &Mistake) -> Vec<(egui::Color32, String)> {
    let mut lines = Vec::new();
    if of.is_wrong(mistake) {
        lines.push((WRONG, "Wrong link: to another ship".to_owned()));
    }
    if let Some(right) = mistake.right.filter(|_| of.is_broken(mistake)) {
        let track = of.found.labels.get(right as usize).copied().unwrap_or_default();
        let right = grouped(right.into());
        let text =
            format!("Broken here: goes on at point {right}, in track {}", grouped(track.into()));
        lines.push((BROKEN, text));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::stages::broken_and_joined;

    #[test]
    fn a_point_says_what_it_was_linked_to_and_what_is_wrong_with_that() {
        let of = broken_and_joined();
        assert_eq!(track_text(&of, 1), "Found track 1: 6 points");
        assert_eq!(link_text(&of, 2), "Linked to point 7, 1 min later: likeliest of all");
        assert_eq!(link_text(&of, 1), "Not linked: track ends");
        let said: Vec<Vec<String>> = of
            .mistakes
            .iter()
            .map(|m| mistake_lines(&of, m).into_iter().map(|line| line.1).collect())
            .collect();
        let broken = "Broken here: goes on at point 2, in track 1";
        assert_eq!(said, [vec![broken], vec!["Wrong link: to another ship"]]);
    }
}
