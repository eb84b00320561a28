//! Time across the bottom of the window: how many reports there were when, a window to brush, and
//! a moment that plays.

use std::sync::Arc;

use egui::{Button, ComboBox, RichText, Ui};

use self::strip::Strip;
use crate::base::job::{Job, Stopped};
use crate::base::time::{duration_text, utc_text};
use crate::flow::jobs::Running;
use crate::flow::{Desk, Jobs, Key};
use crate::prep::rhythm::{Rhythm, rhythm};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::time_view::{SPEEDS, TRAILS, TimeView};

mod strip;
pub mod ticks;

/// What the timeline keeps between frames.
#[derive(Default)]
pub struct Timeline {
    all: Counted,
    /// Of the trips that pass the filter; none while it lets everything through.
    kept: Counted,
    strip: Strip,
}

/// Counts of one result, and those of the next while they are made.
#[derive(Default)]
struct Counted {
    shown: Option<(Key, Rhythm)>,
    making: Option<(Key, Running<Rhythm>)>,
}

impl Counted {
    fn counts(&self) -> Option<&Rhythm> {
        self.shown.as_ref().map(|(_, rhythm)| rhythm)
    }

    /// Sees to it that the counts are those of `key`.
    fn want(
        &mut self,
        key: Key,
        jobs: &Jobs,
        count: impl FnOnce(&Job) -> Result<Rhythm, Stopped> + Send + 'static,
    ) {
        if let Some((of, running)) = &self.making
            && let Some((outcome, _)) = running.poll()
        {
            // A histogram that fails is not worth a message: there are other ways to see the data.
            self.shown = Some((*of, outcome.unwrap_or_else(|_| nothing())));
            self.making = None;
        }
        if self.making.is_none() && self.shown.as_ref().is_none_or(|(of, _)| *of != key) {
            self.making = Some((key, jobs.start(count)));
        }
    }
}

fn nothing() -> Rhythm {
    Rhythm { first_ms: 0, bin_ms: 1000, counts: Vec::new() }
}

impl Timeline {
    /// Counts the reports of new data, on a thread.
    pub fn update(&mut self, desk: &Desk, jobs: &Jobs) {
        let Some(cleaned) = desk.clean.shown() else {
            *self = Timeline::default();
            return;
        };
        let (key, cleaned) = (cleaned.key, Arc::clone(cleaned.value));
        self.all.want(key, jobs, move |job| rhythm(&cleaned.fleet, job));
        let filtered = desk.filter.shown().filter(|shown| {
            let chosen = &shown.value.chosen;
            chosen.kept.len() < chosen.trips_in()
        });
        match (filtered, &self.all.shown) {
            (Some(shown), Some((_, all))) => {
                let (of, all) = (Arc::clone(shown.value), all.clone());
                self.kept.want(shown.key, jobs, move |job| {
                    let (fleet, trips) = (of.fleet(), &of.trips.trips.trips);
                    all.of_trips(fleet, trips, &of.chosen.trip_mask, job)
                });
            }
            _ => self.kept = Counted::default(),
        }
    }

    /// Whether reports are being counted.
    pub fn is_busy(&self) -> bool {
        self.all.making.is_some() || self.kept.making.is_some()
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, deck: &mut Deck) {
        ui.add_space(2.0);
        controls(ui, deck);
        self.strip.ui(ui, deck.time, self.all.counts(), self.kept.counts());
        ui.add_space(2.0);
    }
}

fn controls(ui: &mut Ui, deck: &mut Deck) {
    ui.horizontal(|ui| {
        let has_time = deck.time.span_ms().is_some_and(|(first_ms, last_ms)| last_ms > first_ms);
        ui.add_enabled_ui(has_time, |ui| {
            let play = if deck.time.is_playing { "Pause" } else { "Play" };
            let wide = egui::vec2(52.0, 0.0);
            if ui.add(Button::new(play).min_size(wide)).on_hover_text("Space").clicked() {
                deck.ask(Command::Play);
            }
            let stop = ui.add_enabled(deck.time.now_ms().is_some(), Button::new("Stop"));
            if stop.on_hover_text("Show all times at once (Backspace)").clicked() {
                deck.ask(Command::Stop);
            }
            for (name, by_ms, keys) in [
                ("-1 min", -60_000, "Left; an hour with Shift"),
                ("+1 min", 60_000, "Right; an hour with Shift"),
            ] {
                if ui.button(name).on_hover_text(keys).clicked() {
                    deck.ask(Command::Step(by_ms));
                }
            }
            habits(ui, deck.time);
        });
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| times(ui, deck));
    });
}

/// Speed, trail and loop.
fn habits(ui: &mut Ui, time: &mut TimeView) {
    let label =
        ui.label("Speed").on_hover_text("Seconds of traffic to a second; [ and ] change it");
    let combo = ComboBox::from_id_salt("speed").width(74.0).selected_text(speed_text(time.speed));
    let response = combo.show_ui(ui, |ui| {
        for speed in SPEEDS {
            ui.selectable_value(&mut time.speed, speed, speed_text(speed));
        }
    });
    response.response.labelled_by(label.id);
    let label = ui.label("Trail").on_hover_text("How much of its way a moving ship trails");
    let shown = TRAILS.iter().find(|(minutes, _)| *minutes == time.trail_min);
    let shown =
        shown.map_or_else(|| format!("{} min", time.trail_min), |(_, name)| (*name).to_owned());
    let combo = ComboBox::from_id_salt("trail").width(84.0).selected_text(shown);
    let response = combo.show_ui(ui, |ui| {
        for (minutes, name) in TRAILS {
            ui.selectable_value(&mut time.trail_min, minutes, name);
        }
    });
    response.response.labelled_by(label.id);
    ui.checkbox(&mut time.loops, "Loop");
}

/// The moment, and the window; from the right.
fn times(ui: &mut Ui, deck: &mut Deck) {
    let whole = |t_ms: i64| utc_text(t_ms - t_ms.rem_euclid(1000));
    if let Some(now_ms) = deck.time.now_ms() {
        ui.label(RichText::new(format!("{} UTC", whole(now_ms))).monospace().strong());
    }
    if let Some((from_ms, to_ms)) = deck.time.brush_ms() {
        if ui.small_button("Clear").on_hover_text("Show all times").clicked() {
            deck.ask(Command::ClearBrush);
        }
        let lasts = duration_text(to_ms - from_ms);
        let to = whole(to_ms);
        let same_day = whole(from_ms)[..10] == to[..10];
        let to = if same_day { &to[11..] } else { &to };
        ui.label(format!("Window {} to {to} UTC, {lasts}", whole(from_ms)));
    } else if deck.time.now_ms().is_none() {
        ui.label(RichText::new("Drag over the histogram for a window, click for a moment").weak());
    }
}

fn speed_text(speed: f64) -> String {
    match speed {
        3600.0.. if speed < 86_400.0 => format!("{} h/s", speed / 3600.0),
        86_400.0.. => format!("{} d/s", speed / 86_400.0),
        _ => format!("{speed} x"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_told_in_words() {
        let texts = [1.0, 60.0, 1800.0, 3600.0, 86_400.0].map(speed_text);
        assert_eq!(texts, ["1 x", "60 x", "1800 x", "1 h/s", "1 d/s"]);
    }
}
