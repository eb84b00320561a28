//! How far a stage is, as panels show it.

use egui::{ProgressBar, RichText, Ui};

use crate::flow::tray::Shelf;

/// A bar with the share that is done, or the seconds that have passed where the whole is not known;
/// nothing while a stage does not work.
pub fn progress_ui(ui: &mut Ui, shelf: &dyn Shelf) {
    let Some((done, total, elapsed)) = shelf.progress() else { return };
    if total > 0 {
        let share = (done as f32 / total as f32).min(1.0);
        let bar = ProgressBar::new(share).desired_width(110.0);
        ui.add(bar.text(format!("{:.0} %", 100.0 * share)));
    } else {
        ui.label(RichText::new(format!("{:.0} s", elapsed.as_secs_f64())).weak());
    }
}
