//! Kinds of ships, chosen from a list, as the text in which parameters hold them.

use egui::Ui;

use crate::ais::{KindSet, ShipKind};

/// A menu of kinds for `text`; empty is all.
pub fn kinds_ui(ui: &mut Ui, text: &mut String) {
    let (before, unknown) = KindSet::from_text(text);
    ui.horizontal(|ui| {
        ui.label("Kinds");
        let n = ShipKind::ALL.iter().filter(|kind| before.has(**kind)).count();
        let title = match (unknown.first(), n) {
            (Some(name), _) => format!("unknown: {name}"),
            (None, n) if n == ShipKind::ALL.len() => "all kinds".into(),
            (None, 1) => before.iter().map(ShipKind::name).collect(),
            (None, n) => format!("{n} kinds"),
        };
        ui.menu_button(title, |ui| {
            let mut kinds = before;
            if ui.button("All kinds").clicked() {
                kinds = KindSet::ALL;
            }
            for kind in ShipKind::ALL {
                let mut is_on = before.has(kind);
                if ui.checkbox(&mut is_on, kind.name()).changed() {
                    // The first choice of all: that one alone.
                    kinds = match (before == KindSet::ALL, is_on) {
                        (true, _) => KindSet::NONE.with(kind),
                        (false, true) => before.with(kind),
                        (false, false) => before.without(kind),
                    };
                }
            }
            if kinds != before {
                let is_all = kinds == KindSet::ALL || kinds == KindSet::NONE;
                *text = if is_all { String::new() } else { kinds.text() };
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;

    #[test]
    fn kinds_are_chosen_from_all_one_by_one() {
        let mut harness = Harness::builder()
            .with_size([300.0, 500.0])
            .build_ui_state(|ui, text: &mut String| kinds_ui(ui, text), String::new());
        harness.run();
        harness.get_by_label("all kinds").click();
        harness.run();
        harness.get_by_label("Tanker").click();
        harness.run();
        assert_eq!(harness.state(), "tanker");
    }
}
