//! The panels of training: the model and its settings, the runs, and their curves.

mod buttons;
mod curves;
mod network;
mod runs;

pub(super) use buttons::buttons_ui;
pub use curves::curves;
pub use network::network;
pub use runs::runs;

use egui::Color32;

use crate::ui::map::palette::category;
use crate::ui::plot::axis::significant;
use crate::ui::training::{Run, Score};

/// The color of a run, in the list and in plots.
fn run_color(run: &Run, is_dark: bool) -> Color32 {
    category((run.id as usize).wrapping_sub(1), is_dark)
}

/// `reconstruction error 214 m`.
fn score_text(score: &Score) -> String {
    let unit = if score.unit.is_empty() { String::new() } else { format!(" {}", score.unit) };
    format!("{} {}{unit}", score.name, significant(score.value, 3))
}

/// Seconds as people say them: `0.4 s`, `12 s`, `3 min 20 s`.
fn seconds_text(seconds: f64) -> String {
    if seconds < 10.0 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    if whole < 120 { format!("{whole} s") } else { format!("{} min {} s", whole / 60, whole % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_scores_are_said_as_people_say_them() {
        let told = [0.43, 9.96, 61.2, 200.4].map(seconds_text);
        assert_eq!(told, ["0.4 s", "10.0 s", "61 s", "3 min 20 s"]);
        let score = Score { name: "loss".into(), value: 0.012_34, unit: "" };
        assert_eq!(score_text(&score), "loss 0.0123");
        let score = Score { name: "error".into(), value: 214.2, unit: "m" };
        assert_eq!(score_text(&score), "error 214 m");
    }
}
