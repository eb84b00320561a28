//! Why what lies between two ports is no voyage: counts by reason, as bars.

use egui::{Align2, FontId, Rect, RichText, Sense, Ui, vec2};

use crate::base::text::grouped;
use crate::destination::{VoyageRefusal, Voyages};
use crate::ui::map::palette::unknown;
use crate::ui::plot::describe;

const ROW_PX: f32 = 18.0;
const NUMBER_PX: f32 = 52.0;

/// How many were refused for a reason, the most frequent first, and how many of them were valid before
/// refinement.
pub fn reasons(voyages: &Voyages) -> Vec<(VoyageRefusal, usize, usize)> {
    let by_reason = voyages.refused_by_reason();
    let refined = |reason: VoyageRefusal| {
        voyages.refused.iter().filter(|of| of.reason == reason && of.was_refined).count()
    };
    let mut reasons: Vec<_> =
        by_reason.into_iter().map(|(reason, n)| (reason, n, refined(reason))).collect();
    reasons.sort_by_key(|(reason, n, _)| (std::cmp::Reverse(*n), *reason));
    reasons
}

/// What helps, if too many are refused for this reason.
fn remedy(reason: VoyageRefusal) -> &'static str {
    match reason {
        VoyageRefusal::SamePort => "She came back: no passage between two ports",
        VoyageRefusal::TooFewReports => "Refinement or gaps left too little of it",
        VoyageRefusal::NoAcceleration => "Lower the speed from which a ship makes way",
        VoyageRefusal::StopAtSea => "Allow longer stops, or take a list with more ports",
        VoyageRefusal::Gap => "Allow longer silences, as satellites leave them",
        VoyageRefusal::NoText => {
            "Switch off that a destination must be reported, for data without static reports"
        }
        VoyageRefusal::OtherText => {
            "Look at the typed destinations: some may be misunderstood, others are stale"
        }
    }
}

/// Draws the reasons.
pub fn refused_ui(ui: &mut Ui, voyages: &Voyages) {
    let reasons = reasons(voyages);
    if reasons.is_empty() {
        ui.label(RichText::new("Nothing was refused").weak());
        return;
    }
    let most = reasons[0].1.max(1) as f32;
    ui.spacing_mut().item_spacing.y = 1.0;
    for (reason, n, refined) in reasons {
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), ROW_PX), Sense::hover());
        let room = rect.with_max_x(rect.right() - NUMBER_PX);
        let width = room.width() * n as f32 / most;
        let bar = Rect::from_min_size(room.min, vec2(width.max(1.0), ROW_PX - 2.0));
        let color = unknown(ui.visuals().dark_mode).gamma_multiply(0.4);
        ui.painter().rect_filled(bar, 2.0, color);
        let (font, ink) = (FontId::proportional(12.0), ui.visuals().text_color());
        let at = room.left_center() + vec2(4.0, -1.0);
        ui.painter().text(at, Align2::LEFT_CENTER, reason.name(), font.clone(), ink);
        let count = grouped(n as u64);
        ui.painter().text(rect.right_center(), Align2::RIGHT_CENTER, &count, font, ink);
        describe(&response, &format!("{}: {count}", reason.name()));
        let by = if refined > 0 {
            format!("{} were valid before refinement. ", grouped(refined as u64))
        } else {
            String::new()
        };
        response.on_hover_text(format!("{by}{}", remedy(reason)));
    }
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;
    use crate::ais::PortId;
    use crate::destination::Refused;

    fn voyages() -> Voyages {
        let refused = |reason, was_refined| Refused {
            vessel: 0,
            departure: PortId(0),
            destination: PortId(1),
            time_span_ms: (0, 1),
            reason,
            was_refined,
        };
        let refused = vec![
            refused(VoyageRefusal::Gap, true),
            refused(VoyageRefusal::NoText, false),
            refused(VoyageRefusal::Gap, false),
        ];
        Voyages { refused, ..Voyages::default() }
    }

    #[test]
    fn reasons_are_counted_the_most_frequent_first() {
        let expected = [(VoyageRefusal::Gap, 2, 1), (VoyageRefusal::NoText, 1, 0)];
        assert_eq!(reasons(&voyages()), expected);
        let mut harness = Harness::builder().with_size([300.0, 100.0]).build_ui(|ui| {
            refused_ui(ui, &voyages());
            refused_ui(ui, &Voyages::default());
        });
        harness.run();
        harness.get_by_label("a long silence: 2");
        harness.get_by_label("no destination reported: 1");
        harness.get_by_label("Nothing was refused");
    }
}
