//! Two maps side by side: the clusters that are pinned, and those of now. They show the same view,
//! and what is pointed at on one is marked on the other.

use egui::{Align, Color32, Layout, Painter, Rect, RichText, Stroke, Ui, UiBuilder, vec2};

use super::{MapPanel, camera_of};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::map::clusters::in_words;
use crate::ui::map::looks::Side;
use crate::ui::map::pick::Hit;
use crate::ui::map::view::View;

/// Height of the line of differences, and of the titles below it.
const LINE_PX: f32 = 24.0;
const TITLE_PX: f32 = 20.0;

/// Between the maps.
const GAP_PX: f32 = 3.0;

impl MapPanel {
    /// Draws both maps in `rect`. Gives what the pointer is on.
    pub(super) fn two_maps(&mut self, ui: &mut Ui, deck: &mut Deck, rect: Rect) -> Option<Hit> {
        let (line, below) = rect.split_top_bottom_at_y(rect.top() + LINE_PX);
        ui.painter().rect_filled(rect, 0.0, ui.visuals().panel_fill);
        part(ui, line.shrink2(vec2(6.0, 0.0)), "differences", |ui| differences_ui(ui, deck));
        let (titles, maps) = below.split_top_bottom_at_y(below.top() + TITLE_PX);
        let halves = |of: Rect| {
            let (left, right) = of.split_left_right_at_x(of.center().x);
            [
                left.with_max_x(left.right() - 0.5 * GAP_PX),
                right.with_min_x(right.left() + 0.5 * GAP_PX),
            ]
        };
        let in_words = deck.clusters.pinned().map_or("", |pinned| pinned.in_words());
        let said = [format!("A: pinned {in_words}"), format!("B: now {}", now_in_words(deck))];
        for ((title, said), id) in halves(titles).into_iter().zip(said).zip(["A", "B"]) {
            part(ui, title.shrink2(vec2(6.0, 0.0)), id, |ui| {
                ui.add(egui::Label::new(RichText::new(&said).strong()).truncate())
                    .on_hover_text(said);
            });
        }
        let [left, right] = halves(maps);
        if self.beside.is_none() {
            self.link(Side::Now);
        }
        self.fill(right);
        self.beside = Some(left);
        let mut hovered = None;
        for (side, rect, id) in [(Side::Pinned, left, "map A"), (Side::Now, right, "map B")] {
            let before = camera_of(self.memory_of(side));
            let hit = part(ui, rect, id, |ui| self.map_ui(ui, deck, side));
            hovered = hovered.or(hit);
            if camera_of(self.memory_of(side)) != before {
                self.link(side);
            }
        }
        let is_over = ui
            .input(|input| input.pointer.hover_pos())
            .is_some_and(|at| left.contains(at) || right.contains(at));
        if !is_over {
            self.pointer = None;
        }
        hovered
    }

    /// Moves the other map to where this one is.
    fn link(&mut self, from: Side) {
        let camera = camera_of(self.memory_of(from));
        let other = match from {
            Side::Now => Side::Pinned,
            Side::Pinned => Side::Now,
        };
        let memory = self.memory_of(other);
        memory.center_at(walkers::lon_lat(camera.lon, camera.lat));
        memory.set_zoom(camera.zoom).ok(); // It is the other map's zoom.
    }

    /// Marks where the pointer is on the other map.
    pub(super) fn draw_pointer(&self, painter: &Painter, view: &View, side: Side, ink: Color32) {
        if let Some((_, place)) = self.pointer.filter(|(of, _)| *of != side) {
            let at = view.to_screen(place);
            painter.circle_stroke(at, 6.0, Stroke::new(1.5, ink));
            painter.circle_filled(at, 1.5, ink);
        }
    }
}

/// Lets `add` fill a part of the panel.
fn part<R>(ui: &mut Ui, rect: Rect, id: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    let builder =
        UiBuilder::new().max_rect(rect).id_salt(id).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.set_clip_rect(ui.clip_rect().intersect(rect));
        add(ui)
    })
    .inner
}

/// What changed since the pinned result, and what to do about it.
fn differences_ui(ui: &mut Ui, deck: &mut Deck) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let button = ui.button("Unpin").on_hover_text("One map again");
        if button.clicked() {
            deck.ask(Command::Unpin);
        }
        let mut is_so = deck.clusters.shows_only_changed();
        let check = ui
            .checkbox(&mut is_so, "Only what changed")
            .on_hover_text("Show only trips whose cluster changed, on both maps");
        if check.changed() {
            deck.clusters.show_only_changed(is_so);
        }
        let text = match deck.clusters.difference() {
            Some(difference) => difference.in_words(),
            None => "There are no clusters to compare with.".to_owned(),
        };
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(egui::Label::new(&text).truncate()).on_hover_text(text);
        });
    });
}

fn now_in_words(deck: &Deck) -> String {
    let Some(shown) = deck.desk.clusters.shown() else { return String::new() };
    let words = in_words(shown.value, deck.session);
    if shown.is_stale { format!("{words} (working)") } else { words }
}
