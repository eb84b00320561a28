//! The rules of an area under watch: who enters, who leaves, who is too fast, who lies still.

use egui::{DragValue, RichText, Ui};

use super::kinds::kinds_ui;
use crate::ais::KindSet;
use crate::ui::theme;
use crate::watch::{Area, AreaEvent, AreaEventKind};

/// The limits that a rule begins with: knots and minutes.
const USUAL_KN: f64 = 12.0;
const USUAL_MIN: f64 = 30.0;

/// Draws the rules of `area`, to be edited. Says whether one was.
pub fn rules_ui(ui: &mut Ui, area: &mut Area) -> bool {
    let before = area.clone();
    ui.checkbox(&mut area.tells_entering, "Tell who enters");
    ui.checkbox(&mut area.tells_leaving, "Tell who leaves");
    limit_ui(ui, &mut area.above_kn, "Tell who is faster than", "Speed limit", (USUAL_KN, " kn"));
    limit_ui(
        ui,
        &mut area.stopped_min,
        "Tell who lies still for",
        "Time to lie still",
        (USUAL_MIN, " min"),
    );
    kinds_ui(ui, &mut area.kinds);
    let (_, unknown) = KindSet::from_text(&area.kinds);
    if let Some(name) = unknown.first() {
        let fault = RichText::new(KindSet::fault(name)).color(theme::fault_color(ui));
        ui.add(egui::Label::new(fault).wrap());
    }
    *area != before
}

fn limit_ui(
    ui: &mut Ui,
    limit: &mut Option<f64>,
    title: &str,
    said: &str,
    (usual, unit): (f64, &str),
) {
    ui.horizontal(|ui| {
        let mut is_on = limit.is_some();
        if ui.checkbox(&mut is_on, title).changed() {
            *limit = is_on.then_some(usual);
        }
        if let Some(value) = limit {
            let drag = DragValue::new(value).range(0.0..=10_000.0).speed(0.1).max_decimals(1);
            let response = ui.add(drag.suffix(unit).update_while_editing(false));
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, said));
        }
    });
}

/// How many events of each rule an area has, in words; none for rules that it has not.
pub fn counts_of(area: &Area, place: usize, events: &[AreaEvent]) -> Vec<String> {
    let n = |kind| events.iter().filter(|e| e.area == place && e.kind == kind).count();
    let told = [
        (area.tells_entering, AreaEventKind::Entered),
        (area.tells_leaving, AreaEventKind::Left),
        (area.above_kn.is_some(), AreaEventKind::Fast),
        (area.stopped_min.is_some(), AreaEventKind::Stopped),
    ];
    let words = told.into_iter().filter(|(is_told, _)| *is_told);
    words.map(|(_, kind)| format!("{} {}", n(kind), kind.name())).collect()
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;
    use crate::ais::NavStatus;
    use crate::base::geo::Position;

    #[test]
    fn rules_are_switched_and_limits_begin_with_usual_ones() {
        let mut harness = Harness::builder().with_size([300.0, 250.0]).build_ui_state(
            |ui, area: &mut Area| {
                rules_ui(ui, area);
            },
            Area { kinds: "tankr".into(), ..Area::default() },
        );
        harness.run();
        harness.get_by_label("Tell who enters").click();
        harness.run();
        harness.get_by_label("Tell who is faster than").click();
        harness.run();
        harness.get_by_label("Speed limit");
        assert!(harness.query_by_label("Time to lie still").is_none());
        let area = harness.state();
        assert!(area.tells_entering && area.above_kn == Some(USUAL_KN) && !area.tells_leaving);
        harness.get_by_label("unknown: tankr");
    }

    #[test]
    fn events_are_counted_by_rule_and_area() {
        let area = Area { tells_entering: true, above_kn: Some(9.0), ..Area::default() };
        let event = |area, kind| AreaEvent {
            area,
            ship: 0,
            kind,
            from_ms: 0,
            to_ms: 0,
            place: Position::new(0.0, 0.0),
            top_kn: 0.0,
            status: NavStatus::UNDEFINED,
            is_exact: true,
        };
        let entered = AreaEventKind::Entered;
        let events = [event(0, entered), event(1, entered), event(1, entered)];
        assert_eq!(counts_of(&area, 1, &events), ["2 entered", "0 too fast"]);
    }
}
