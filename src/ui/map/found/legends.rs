//! What the colors of the layer of association mean.

use super::{BROKEN, FoundLayer, WRONG};
use crate::associate::Mistake;
use crate::base::text::{counted, grouped};
use crate::flow::Desk;
use crate::flow::look::MapParams;
use crate::flow::stages::AssociatedOf;
use crate::ui::map::palette::{Legend, LegendEntry, category, unknown};

impl FoundLayer {
    /// What the colors mean.
    pub fn legends(&self, desk: &Desk, params: &MapParams, is_dark: bool) -> Vec<Legend> {
        let entry = |color, label: String| LegendEntry { color, label };
        let legend = |title: &str, entries: Vec<LegendEntry>, remark| Legend {
            title: title.into(),
            entries,
            scale: None,
            remark,
        };
        let n = self.points.shown.as_ref().map_or(0, |(_, dots)| dots.rows.len());
        let mut legends = Vec::new();
        let ten = Some("Ten colors, over and over");
        match (self.found(), params.hide_identity) {
            (Some(of), true) => legends.push(legend(
                "Found tracks",
                vec![entry(category(0, is_dark), counted(of.found.tracks as u64, "track"))],
                ten,
            )),
            (_, true) => legends.push(legend(
                "Points, identity hidden",
                vec![entry(unknown(is_dark), counted(n as u64, "point"))],
                None,
            )),
            (_, false) if !self.has_lines() => legends.push(legend(
                "Points",
                vec![entry(unknown(is_dark), counted(n as u64, "point"))],
                Some("The input tells of no ship's track"),
            )),
            (_, false) => {
                let ships =
                    desk.ingest.shown().map_or(0, |shown| shown.value.fleet.vessels().len());
                legends.push(legend(
                    "True identity",
                    vec![entry(category(0, is_dark), counted(ships as u64, "ship"))],
                    ten,
                ));
            }
        }
        let found = desk.associate.shown().map(|shown| shown.value);
        if let Some(of) = found.filter(|of| params.mistakes && of.truth.is_some()) {
            let count = |is: fn(&AssociatedOf, &Mistake) -> bool| {
                grouped(of.mistakes.iter().filter(|mistake| is(of, mistake)).count() as u64)
            };
            let entries = vec![
                entry(WRONG, format!("wrong link ({})", count(AssociatedOf::is_wrong))),
                entry(BROKEN, format!("broken track ({})", count(AssociatedOf::is_broken))),
            ];
            legends.push(legend("Mistakes", entries, None));
        }
        legends
    }
}
