//! What the graphics driver complains of. By default wgpu ends the program then; a window with
//! unsaved work must not.

use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui_wgpu::RenderState;

/// The first complaint of a device since it was watched or asked last.
#[derive(Clone, Default)]
pub struct Complaint(Arc<Mutex<Option<String>>>);

impl Complaint {
    /// Listens to a device from now on: to what it refuses, and to its loss.
    pub fn of(render_state: &RenderState) -> Complaint {
        let complaint = Complaint::default();
        let heard = complaint.clone();
        let device = &render_state.device;
        device
            .on_uncaptured_error(Arc::new(move |error: wgpu::Error| heard.say(error.to_string())));
        let heard = complaint.clone();
        device.set_device_lost_callback(move |reason, words| {
            // Destroyed is what a device is when the window closes.
            if reason != wgpu::DeviceLostReason::Destroyed {
                heard.say(format!("the device was lost: {words}"));
            }
        });
        complaint
    }

    fn say(&self, words: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(words);
    }

    /// The complaint, which is forgotten.
    pub fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_complaint_is_told_once() {
        let complaint = Complaint::default();
        assert_eq!(complaint.take(), None);
        complaint.say("out of memory".into());
        complaint.say("and so on".into());
        assert_eq!(complaint.take().as_deref(), Some("out of memory"));
        assert_eq!(complaint.take(), None);
    }
}
