//! What the map holds of the trips: their geometry, made off the UI thread, and its copy on the GPU.

use std::sync::Arc;

use eframe::egui_wgpu::RenderState;

use super::geometry::{Geometry, geometry};
use super::kept::HeldKept;
use super::looks::{Looker, Said, Side};
use super::marks;
use super::symbols::{Marks, SymbolLayer};
use super::tracks::{TrackLayer, Uploaded, upload};
use super::vertex::Clock;
use crate::base::job::Stopped;
use crate::flow::jobs::Running;
use crate::flow::look::MapParams;
use crate::flow::stages::TripsOf;
use crate::flow::tray::Shown;
use crate::flow::{Desk, Jobs, Key};
use crate::ui::cluster_view::trip_names;
use crate::ui::selection::Selection;

/// The geometry that is shown, and the next one while it is made.
pub struct Held {
    render_state: Option<RenderState>,
    pub layer: TrackLayer,
    /// The same vertices with the looks of a pinned result, while there is one.
    pub pinned: TrackLayer,
    making: Option<(Key, Running<Made>)>,
    shown: Option<(Key, Arc<Geometry>)>,
    /// What the geometry was made of.
    of: Option<Arc<TripsOf>>,
    /// What the trips are known by to clusters.
    names: Vec<u64>,
    failed: Option<(Key, String)>,
    pub removed: HeldMarks,
    pub cuts: HeldMarks,
    pub outliers: HeldMarks,
    pub kept: HeldKept,
    /// For what the looks were sent, now and pinned.
    looks: [Option<Looks>; 2],
}

/// All that says how the slots look.
#[derive(PartialEq)]
struct Looks {
    of: Key,
    filter: Option<Key>,
    selection: Selection,
    by_cluster: bool,
    /// Versions of what is remembered about clusters.
    clusters: [u64; 2],
}

/// What a job brings: the geometry, and what went to the GPU where there is one.
struct Made {
    of: Arc<TripsOf>,
    geometry: Geometry,
    names: Vec<u64>,
    uploaded: Option<Uploaded>,
}

impl Held {
    pub fn new(render_state: Option<RenderState>) -> Held {
        Held {
            render_state,
            layer: TrackLayer::new(),
            pinned: TrackLayer::new(),
            making: None,
            shown: None,
            of: None,
            names: Vec::new(),
            failed: None,
            removed: HeldMarks::default(),
            cuts: HeldMarks::default(),
            outliers: HeldMarks::default(),
            kept: HeldKept::default(),
            looks: [None, None],
        }
    }

    /// Draws without the GPU from now on: its driver failed.
    pub fn give_up_gpu(&mut self) {
        self.render_state = None;
        self.layer.clear();
        self.pinned.clear();
        (self.removed, self.cuts) = (HeldMarks::default(), HeldMarks::default());
        self.outliers = HeldMarks::default();
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
            || self.outliers.making.is_some()
            || self.kept.is_busy()
    }

    pub fn fault(&self) -> Option<&str> {
        self.failed.as_ref().map(|(_, fault)| fault.as_str())
    }

    /// Makes the geometry of new trips on a thread, and there sends it to the GPU.
    pub fn update(&mut self, shown: Option<Shown<'_, TripsOf>>, jobs: &Jobs) {
        let Some(shown) = shown else {
            (self.making, self.shown, self.of, self.failed) = (None, None, None, None);
            self.looks = [None, None];
            self.layer.clear();
            self.pinned.clear();
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
                let names = trip_names(output.fleet(), &output.trips.trips);
                Ok(Made { of: output, geometry, names, uploaded })
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
        match desk.outliers.shown() {
            Some(shown) if wanted.outliers => {
                let of = Arc::clone(shown.value);
                self.outliers.want(shown.key, render_state, jobs, move || {
                    let clock = Clock::new(of.fleet().time_span_ms().unwrap_or((0, 0)));
                    Marks::new(&marks::outliers(&of), clock)
                });
            }
            _ => self.outliers = HeldMarks::default(),
        }
        self.kept.want(desk.compress.shown().filter(|_| wanted.kept), jobs);
    }

    fn collect(&mut self) {
        let Some((key, running)) = &self.making else { return };
        let Some((outcome, _)) = running.poll() else { return };
        let key = *key;
        self.making = None;
        match outcome {
            Ok(Made { of, geometry, names, uploaded }) => {
                if let (Some(render_state), Some(uploaded)) = (&self.render_state, uploaded) {
                    self.layer.show(render_state, uploaded, &geometry);
                }
                (self.shown, self.looks) = (Some((key, Arc::new(geometry))), [None, None]);
                self.pinned.clear();
                (self.of, self.names) = (Some(of), names);
                self.failed = None;
            }
            Err(Stopped::Failed(fault)) => self.failed = Some((key, fault)),
            Err(Stopped::Cancelled) => (),
        }
    }

    /// Tells the GPU how trips look on one side, if that changed: four bytes a trip.
    pub fn send_looks(&mut self, said: Said) {
        let Some((key, _)) = &self.shown else { return };
        let looks = Looks {
            of: *key,
            filter: said.desk.filter.shown().map(|filter| filter.key),
            selection: said.selection.clone(),
            by_cluster: said.by_cluster,
            clusters: [said.clusters.version(), said.clusters.hover_version()],
        };
        let sent = said.side as usize;
        if self.looks[sent].as_ref() == Some(&looks) {
            return;
        }
        if let Some(render_state) = &self.render_state {
            let looker = Looker::new(said, Some(*key), self.of.as_deref(), &self.names);
            let layer = match said.side {
                Side::Now => &mut self.layer,
                Side::Pinned => {
                    if !self.pinned.shares_vertices_with(&self.layer) {
                        self.pinned = self.layer.twin(render_state);
                    }
                    &mut self.pinned
                }
            };
            layer.set_looks(render_state, |_, slot| looker.look(slot));
        }
        self.looks[sent] = Some(looks);
    }

    /// Nothing is pinned any more.
    pub fn forget_pinned(&mut self) {
        self.pinned.clear();
        self.looks[Side::Pinned as usize] = None;
    }

    /// The tracks of a side, on the GPU.
    pub fn layer(&self, side: Side) -> &TrackLayer {
        match side {
            Side::Now => &self.layer,
            Side::Pinned => &self.pinned,
        }
    }

    /// Says how trips look.
    pub fn looker<'a>(&'a self, said: Said<'a>) -> Looker<'a> {
        let key = self.shown.as_ref().map(|(key, _)| *key);
        Looker::new(said, key, self.of.as_deref(), &self.names)
    }

    /// Says how the trips of `output` look, of which there may be no geometry yet: they have no
    /// clusters then.
    pub fn looker_of<'a>(&'a self, said: Said<'a>, output: &TripsOf) -> Looker<'a> {
        let is_at_hand = self.of.as_deref().is_some_and(|of| std::ptr::eq(of, output));
        Looker::new(said, None, Some(output), if is_at_hand { &self.names } else { &[] })
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
