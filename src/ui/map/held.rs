//! What the map holds of the trips: their geometry, made off the UI thread, and its copy on the GPU.

use std::sync::Arc;

use eframe::egui_wgpu::RenderState;

use super::geometry::{Geometry, geometry};
use super::tracks::{Look, TrackLayer, Uploaded, upload};
use crate::base::job::Stopped;
use crate::flow::jobs::Running;
use crate::flow::stages::TripsOf;
use crate::flow::tray::Shown;
use crate::flow::{Jobs, Key};
use crate::ui::selection::Selection;

/// The geometry that is shown, and the next one while it is made.
pub struct Held {
    render_state: Option<RenderState>,
    pub layer: TrackLayer,
    making: Option<(Key, Running<Made>)>,
    shown: Option<(Key, Arc<Geometry>)>,
    failed: Option<(Key, String)>,
    /// For which geometry and selection the looks were sent.
    looks: Option<(Key, Selection)>,
}

/// What a job brings: the geometry, and what went to the GPU where there is one.
struct Made {
    geometry: Geometry,
    uploaded: Option<Uploaded>,
}

impl Held {
    pub fn new(render_state: Option<RenderState>) -> Held {
        let layer = TrackLayer::new();
        Held { render_state, layer, making: None, shown: None, failed: None, looks: None }
    }

    pub fn has_gpu(&self) -> bool {
        self.render_state.is_some()
    }

    /// The geometry at hand and the result it was made of.
    pub fn geometry(&self) -> Option<(Key, &Arc<Geometry>)> {
        self.shown.as_ref().map(|(key, geometry)| (*key, geometry))
    }

    pub fn is_busy(&self) -> bool {
        self.making.is_some()
    }

    pub fn fault(&self) -> Option<&str> {
        self.failed.as_ref().map(|(_, fault)| fault.as_str())
    }

    /// Makes the geometry of new trips on a thread, and there sends it to the GPU.
    pub fn update(&mut self, shown: Option<Shown<'_, TripsOf>>, jobs: &Jobs) {
        let Some(shown) = shown else {
            (self.making, self.shown, self.looks, self.failed) = (None, None, None, None);
            self.layer.clear();
            return;
        };
        self.collect();
        let is_at_hand = self.shown.as_ref().is_some_and(|(key, _)| *key == shown.key)
            || self.failed.as_ref().is_some_and(|(key, _)| *key == shown.key);
        // One at a time, to its end: while a slider is dragged, the map follows a little behind.
        if !is_at_hand && self.making.is_none() {
            let (output, key) = (Arc::clone(shown.value), shown.key);
            let render_state = self.render_state.clone();
            let make = move |job: &_| {
                let geometry = geometry(output.fleet(), &output.trips.trips, job)?;
                let uploaded =
                    render_state.as_ref().map(|render_state| upload(render_state, key, &geometry));
                Ok(Made { geometry, uploaded })
            };
            self.making = Some((key, jobs.start(make)));
            self.collect(); // There already, where jobs run at once.
        }
    }

    fn collect(&mut self) {
        let Some((key, running)) = &self.making else { return };
        let Some((outcome, _)) = running.poll() else { return };
        let key = *key;
        self.making = None;
        match outcome {
            Ok(Made { geometry, uploaded }) => {
                if let (Some(render_state), Some(uploaded)) = (&self.render_state, uploaded) {
                    self.layer.show(render_state, uploaded, &geometry);
                }
                (self.shown, self.looks) = (Some((key, Arc::new(geometry))), None);
                self.failed = None;
            }
            Err(Stopped::Failed(fault)) => self.failed = Some((key, fault)),
            Err(Stopped::Cancelled) => (),
        }
    }

    /// Tells the GPU what is selected, if that changed.
    pub fn send_looks(&mut self, selection: &Selection) {
        let Some((key, _)) = &self.shown else { return };
        if self.looks.as_ref().is_some_and(|(of, sent)| of == key && sent == selection) {
            return;
        }
        if let Some(render_state) = &self.render_state {
            let mut is_selected =
                vec![false; selection.trips().iter().max().map_or(0, |last| last + 1)];
            if selection.key() == Some(*key) {
                selection.trips().iter().for_each(|trip| is_selected[*trip] = true);
            }
            self.layer.set_looks(render_state, |_, slot| Look {
                is_selected: slot
                    .trip
                    .is_some_and(|trip| is_selected.get(trip as usize) == Some(&true)),
                ..Look::default()
            });
        }
        self.looks = Some((*key, selection.clone()));
    }
}
