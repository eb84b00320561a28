//! Where panels stand, at every size.

use super::*;

/// Draws a window of this size and says where each panel lies.
fn drawn(layout: &mut Layout, size: [f32; 2]) -> BTreeMap<Pane, Rect> {
    let context = egui::Context::default();
    let mut rects = BTreeMap::new();
    for _ in 0..3 {
        rects.clear();
        let screen = Rect::from_min_size(egui::Pos2::ZERO, size.into());
        let input = egui::RawInput { screen_rect: Some(screen), ..Default::default() };
        let _ = context.run_ui(input, |ui| {
            layout.ui(ui, &mut |ui, pane| {
                rects.insert(pane, ui.max_rect());
            });
        });
    }
    rects
}

#[test]
fn the_map_is_the_largest_at_every_size() {
    for workspace in Workspace::ALL {
        let mut layout = Layout { workspace, ..Layout::default() };
        for size in [[1920.0, 1000.0], [1280.0, 700.0], [1024.0, 600.0], [800.0, 400.0]] {
            let rects = drawn(&mut layout, size);
            let map = rects[&Pane::Map].area();
            assert!(rects.values().all(|rect| rect.area() <= map), "{size:?} {rects:?}");
            let below = workspace.arrangement().below[0];
            assert!(rects.contains_key(&Pane::Sources) && rects.contains_key(&below));
        }
    }
}

#[test]
fn panels_keep_their_width_when_the_window_grows() {
    let mut layout = Layout::default();
    let narrow = drawn(&mut layout, [1280.0, 700.0]);
    let wide = drawn(&mut layout, [1920.0, 1000.0]);
    assert!((narrow[&Pane::Sources].width() - wide[&Pane::Sources].width()).abs() < 3.0);
    assert!(wide[&Pane::Map].width() - narrow[&Pane::Map].width() > 600.0);
}

#[test]
fn a_closed_panel_comes_back_and_the_map_stays() {
    let mut layout = Layout::default();
    layout.toggle(Pane::Inspector);
    assert!(!layout.has(Pane::Inspector));
    layout.toggle(Pane::Map);
    assert!(layout.has(Pane::Map));
    let rects = drawn(&mut layout, [1280.0, 700.0]);
    assert!(!rects.contains_key(&Pane::Inspector) && rects.contains_key(&Pane::Map));
    layout.show(Pane::Inspector);
    assert!(drawn(&mut layout, [1280.0, 700.0]).contains_key(&Pane::Inspector));
    layout.show(Pane::Log); // In no arrangement at first.
    assert!(drawn(&mut layout, [1280.0, 700.0]).contains_key(&Pane::Log));
    layout.reset();
    assert!(!layout.has(Pane::Log));
}

#[test]
fn an_arrangement_is_remembered() {
    let mut layout = Layout::default();
    layout.toggle(Pane::Trips);
    layout.workspace = Workspace::Prepare;
    let text = serde_json::to_string(&layout).unwrap();
    let mut back: Layout = serde_json::from_str(&text).unwrap();
    assert_eq!(back.workspace, Workspace::Prepare);
    back.workspace = Workspace::Explore;
    assert!(!back.has(Pane::Trips) && back.has(Pane::Sources));
}

#[test]
fn the_map_can_have_the_window_for_itself() {
    let mut layout = Layout { is_map_alone: true, ..Layout::default() };
    assert_eq!(drawn(&mut layout, [800.0, 600.0]).len(), 1);
}
