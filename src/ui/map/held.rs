//! What the map holds of the trips: their geometry, made off the UI thread, and its copy on the GPU.

use std::sync::Arc;

use eframe::egui_wgpu::RenderState;

use super::geometry::{Geometry, Slot, geometry};
use super::kept::HeldKept;
use super::marks;
use super::symbols::{Marks, SymbolLayer};
use super::tracks::{Look, TrackLayer, Uploaded, upload};
use super::vertex::Clock;
use crate::base::job::Stopped;
use crate::flow::jobs::Running;
use crate::flow::look::MapParams;
use crate::flow::stages::{ChosenOf, TripsOf};
use crate::flow::tray::Shown;
use crate::flow::{Desk, Jobs, Key};
use crate::prep::Chosen;
use crate::ui::selection::Selection;

/// The geometry that is shown, and the next one while it is made.
pub struct Held {
    render_state: Option<RenderState>,
    pub layer: TrackLayer,
    making: Option<(Key, Running<Made>)>,
    shown: Option<(Key, Arc<Geometry>)>,
    /// What the geometry was made of.
    of: Option<Arc<TripsOf>>,
    failed: Option<(Key, String)>,
    pub removed: HeldMarks,
    pub cuts: HeldMarks,
    pub kept: HeldKept,
    /// For what the looks were sent.
    looks: Option<Looks>,
}

/// All that says how the slots look.
#[derive(PartialEq)]
struct Looks {
    of: Key,
    filter: Option<Key>,
    selection: Selection,
}

/// What a job brings: the geometry, and what went to the GPU where there is one.
struct Made {
    of: Arc<TripsOf>,
    geometry: Geometry,
    uploaded: Option<Uploaded>,
}

impl Held {
    pub fn new(render_state: Option<RenderState>) -> Held {
        let layer = TrackLayer::new();
        Held {
            render_state,
            layer,
            making: None,
            shown: None,
            of: None,
            failed: None,
            removed: HeldMarks::default(),
            cuts: HeldMarks::default(),
            kept: HeldKept::default(),
            looks: None,
        }
    }

    /// Draws without the GPU from now on: its driver failed.
    pub fn give_up_gpu(&mut self) {
        self.render_state = None;
        self.layer.clear();
        (self.removed, self.cuts) = (HeldMarks::default(), HeldMarks::default());
    }

    pub fn has_gpu(&self) -> bool {
        self.render_state.is_some()
    }

    pub fn render_state(&self) -> Option<&RenderState> {
        self.render_state.as_ref()
    }

    /// The geometry at hand and the result it was made of.
    pub fn geometry(&self) -> Option<(Key, &Arc<Geometry>)> {
        self.shown.as_ref().map(|(key, geometry)| (*key, geometry))
    }

    pub fn is_busy(&self) -> bool {
        self.making.is_some()
            || self.removed.making.is_some()
            || self.cuts.making.is_some()
            || self.kept.is_busy()
    }

    pub fn fault(&self) -> Option<&str> {
        self.failed.as_ref().map(|(_, fault)| fault.as_str())
    }

    /// Makes the geometry of new trips on a thread, and there sends it to the GPU.
    pub fn update(&mut self, shown: Option<Shown<'_, TripsOf>>, jobs: &Jobs) {
        let Some(shown) = shown else {
            (self.making, self.shown, self.of, self.looks, self.failed) =
                (None, None, None, None, None);
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
                Ok(Made { of: output, geometry, uploaded })
            };
            self.making = Some((key, jobs.start(make)));
            self.collect(); // There already, where jobs run at once.
        }
    }

    /// Makes the marks that are wanted, on threads.
    pub fn update_marks(&mut self, desk: &Desk, wanted: &MapParams, jobs: &Jobs) {
        let render_state = self.render_state.as_ref();
        match (desk.ingest.shown(), desk.clean.shown()) {
            (Some(read), Some(cleaned))
                if wanted.removed && !cleaned.is_stale && !read.is_stale =>
            {
                let (fleet, of) = (Arc::clone(&read.value.fleet), Arc::clone(cleaned.value));
                self.removed.want(cleaned.key, render_state, jobs, move || {
                    let clock = Clock::new(fleet.time_span_ms().unwrap_or((0, 0)));
                    Marks::new(&marks::removed(&fleet, &of), clock)
                });
            }
            (Some(_), Some(_)) if wanted.removed => (),
            _ => self.removed = HeldMarks::default(),
        }
        match desk.trips.shown() {
            Some(shown) if wanted.cuts => {
                let of = Arc::clone(shown.value);
                self.cuts.want(shown.key, render_state, jobs, move || {
                    let clock = Clock::new(of.fleet().time_span_ms().unwrap_or((0, 0)));
                    Marks::new(&marks::cuts(&of), clock)
                });
            }
            _ => self.cuts = HeldMarks::default(),
        }
        self.kept.want(desk.compress.shown().filter(|_| wanted.kept), jobs);
    }

    fn collect(&mut self) {
        let Some((key, running)) = &self.making else { return };
        let Some((outcome, _)) = running.poll() else { return };
        let key = *key;
        self.making = None;
        match outcome {
            Ok(Made { of, geometry, uploaded }) => {
                if let (Some(render_state), Some(uploaded)) = (&self.render_state, uploaded) {
                    self.layer.show(render_state, uploaded, &geometry);
                }
                (self.shown, self.looks) = (Some((key, Arc::new(geometry))), None);
                self.of = Some(of);
                self.failed = None;
            }
            Err(Stopped::Failed(fault)) => self.failed = Some((key, fault)),
            Err(Stopped::Cancelled) => (),
        }
    }

    /// Tells the GPU what is selected and what passes the filter, if that changed: four bytes a trip.
    pub fn send_looks(&mut self, selection: &Selection, filter: Option<Shown<'_, ChosenOf>>) {
        let Some((key, _)) = &self.shown else { return };
        let looks = Looks {
            of: *key,
            filter: filter.as_ref().map(|filter| filter.key),
            selection: selection.clone(),
        };
        if self.looks.as_ref() == Some(&looks) {
            return;
        }
        if let Some(render_state) = &self.render_state {
            let passes = Passes::new(self.trips(), filter.as_ref());
            let mut is_selected =
                vec![false; selection.trips().iter().max().map_or(0, |last| last + 1)];
            if selection.key() == Some(*key) {
                selection.trips().iter().for_each(|trip| is_selected[*trip] = true);
            }
            self.layer.set_looks(render_state, |_, slot| Look {
                is_shown: passes.has(slot),
                is_selected: slot
                    .trip
                    .is_some_and(|trip| is_selected.get(trip as usize) == Some(&true)),
                ..Look::default()
            });
        }
        self.looks = Some(looks);
    }

    /// The trips that the geometry is of.
    pub fn trips(&self) -> Option<&TripsOf> {
        self.of.as_deref()
    }
}

/// Marks of a result, and those of the next while they are made.
#[derive(Default)]
pub struct HeldMarks {
    pub layer: SymbolLayer,
    making: Option<(Key, Running<Marks>)>,
}

impl HeldMarks {
    fn want(
        &mut self,
        key: Key,
        render_state: Option<&RenderState>,
        jobs: &Jobs,
        make: impl FnOnce() -> Marks + Send + 'static,
    ) {
        if self.making.is_none() && self.layer.key() != Some(key) {
            self.making = Some((key, jobs.start(move |_| Ok(make()))));
        }
        if let Some((key, running)) = &self.making
            && let Some((outcome, _)) = running.poll()
        {
            // A failure is a bug that the log tells; no marks are shown then.
            self.layer.upload(render_state, *key, &Arc::new(outcome.unwrap_or_default()));
            self.making = None;
        }
    }
}

/// What passes the filter. Everything does while the filter's result is of other trips than those
/// on the map: it comes with the next ones.
pub struct Passes<'a>(Option<&'a Chosen>);

impl<'a> Passes<'a> {
    pub fn new(trips: Option<&TripsOf>, filter: Option<&Shown<'a, ChosenOf>>) -> Passes<'a> {
        let is_of_these = |filter: &&Shown<'a, ChosenOf>| {
            trips.is_some_and(|trips| std::ptr::eq(trips, &raw const *filter.value.trips))
        };
        Passes(filter.filter(is_of_these).map(|filter| &filter.value.chosen))
    }

    /// Whether a line of the table of looks passes.
    pub fn has(&self, slot: &Slot) -> bool {
        self.has_ship(slot.trip.map(|trip| trip as usize), slot.vessel as usize)
    }

    /// Whether a ship passes: on a trip, as that does.
    pub fn has_ship(&self, trip: Option<usize>, vessel: usize) -> bool {
        let Some(chosen) = self.0 else { return true };
        match trip {
            Some(trip) => chosen.trip_mask.get(trip) == Some(&true),
            None => chosen.vessel_mask.get(vessel) == Some(&true),
        }
    }
}
