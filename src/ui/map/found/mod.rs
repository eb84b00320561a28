//! Points without identity and the tracks they were put into: the layer of association.
//!
//! Tracks are drawn by the layer that draws trips, from the same reports put together anew; the true
//! ones too, when identity is not hidden.

use std::sync::Arc;

use eframe::egui_wgpu::RenderState;
use egui::{Color32, Painter, Pos2, Shape, Stroke};

use self::made::{Dots, mistakes, points};
use super::palette::ColorBy;
use super::pick::pick;
use super::plain;
use super::symbols::{SymbolLayer, SymbolStyle};
use super::tracks::{Look, Style, TrackLayer};
use super::view::View;
use crate::ais::Fleet;
use crate::associate::Mistake;
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::flow::jobs::Running;
use crate::flow::look::MapParams;
use crate::flow::stages::{AssociatedOf, truth_of};
use crate::flow::{Desk, Jobs, Key};
use crate::ui::associate_view::AssociateView;

mod card;
mod legends;
mod made;

pub use card::card;
pub use made::{BROKEN, WRONG};
pub(super) use made::{Lines, whole_trips};

/// How near to a point or line the pointer must be, points of the screen.
const PICK_PX: f32 = 8.0;

/// Points stand back behind tracks.
const POINTS_BEHIND: f32 = 0.55;

/// Something that is made on a job's thread, and the next of it.
pub(super) struct Held<T> {
    shown: Option<(Key, T)>,
    making: Option<(Key, Running<T>)>,
    failed: Option<(Key, String)>,
}

impl<T> Default for Held<T> {
    fn default() -> Self {
        Held { shown: None, making: None, failed: None }
    }
}

impl<T: Send + 'static> Held<T> {
    /// Makes what `key` names, one at a time and each to its end. Says whether something new is
    /// shown.
    pub(super) fn want(
        &mut self,
        key: Key,
        jobs: &Jobs,
        make: impl FnOnce(&Job) -> Result<T, Stopped> + Send + 'static,
    ) -> bool {
        let is_new = self.collect();
        let is_at_hand = self.shown.as_ref().is_some_and(|(of, _)| *of == key)
            || self.failed.as_ref().is_some_and(|(of, _)| *of == key);
        if is_at_hand || self.making.is_some() {
            return is_new;
        }
        self.making = Some((key, jobs.start(make)));
        self.collect() || is_new // There already, where jobs run at once.
    }

    /// What is shown.
    pub(super) fn shown(&self) -> Option<&T> {
        self.shown.as_ref().map(|(_, shown)| shown)
    }

    /// The same with its name.
    pub(super) fn keyed(&self) -> Option<(Key, &T)> {
        self.shown.as_ref().map(|(key, shown)| (*key, shown))
    }

    /// The same, to be changed.
    pub(super) fn shown_mut(&mut self) -> Option<&mut T> {
        self.shown.as_mut().map(|(_, shown)| shown)
    }

    /// Whether something is being made.
    pub(super) fn is_busy(&self) -> bool {
        self.making.is_some()
    }

    /// Why there is nothing new.
    pub(super) fn fault(&self) -> Option<&str> {
        self.failed.as_ref().map(|(_, fault)| fault.as_str())
    }

    fn collect(&mut self) -> bool {
        let Some((key, running)) = &self.making else { return false };
        let Some((outcome, _)) = running.poll() else { return false };
        let key = *key;
        self.making = None;
        match outcome {
            Ok(made) => (self.shown, self.failed) = (Some((key, made)), None),
            Err(Stopped::Failed(fault)) => self.failed = Some((key, fault)),
            Err(Stopped::Cancelled) => return false,
        }
        true
    }
}

/// What lines on the map are: found tracks or the truth.
struct Tracks {
    lines: Lines,
    /// What was found; none of the truth.
    of: Option<Arc<AssociatedOf>>,
}

/// The mistakes of a result.
struct Mistakes {
    links: Lines,
    marks: Dots,
}

/// The layer of association, and what it keeps between frames.
#[derive(Default)]
pub struct FoundLayer {
    points: Held<Dots>,
    point_layer: SymbolLayer,
    tracks: Held<Tracks>,
    track_layer: TrackLayer,
    mistakes: Held<Mistakes>,
    link_layer: TrackLayer,
    mark_layer: SymbolLayer,
    /// For what the looks of tracks were sent: which of them is selected.
    selected: Option<(Key, Option<u32>)>,
    is_dark: bool,
}

/// All that says how the layer looks in a frame.
pub struct FoundLook<'a> {
    /// What results there are.
    pub desk: &'a Desk,
    /// Which layers are wanted.
    pub params: &'a MapParams,
    /// What is selected; nothing in pictures.
    pub view: Option<&'a AssociateView>,
    /// As trips would be drawn.
    pub style: Style,
    /// What is selected has this color.
    pub selected: Color32,
}

impl FoundLayer {
    /// Draws without the GPU from now on.
    pub fn give_up_gpu(&mut self) {
        *self = FoundLayer::default();
    }

    /// Whether something is being made.
    pub fn is_busy(&self) -> bool {
        self.points.making.is_some()
            || self.tracks.making.is_some()
            || self.mistakes.making.is_some()
    }

    /// Why it shows less than it should.
    pub fn fault(&self) -> Option<&str> {
        let failed = [&self.points.failed, &self.tracks.failed, &self.mistakes.failed];
        failed.into_iter().flatten().map(|(_, fault)| fault.as_str()).next()
    }

    /// Makes what is wanted, on threads.
    pub fn update(
        &mut self,
        desk: &Desk,
        wanted: &MapParams,
        render_state: Option<&RenderState>,
        jobs: &Jobs,
    ) {
        let read = desk.ingest.shown().filter(|_| wanted.found);
        let Some(read) = read else {
            if self.points.shown.is_some() || self.is_busy() {
                *self = FoundLayer { is_dark: self.is_dark, ..FoundLayer::default() };
            }
            return;
        };
        let fleet = Arc::clone(&read.value.fleet);
        let is_dark = self.is_dark;
        let key = Key::of("points", &is_dark, &[read.key]);
        if self.points.want(key, jobs, move |_| Ok(points(&fleet, is_dark)))
            && let Some((key, dots)) = &self.points.shown
        {
            self.point_layer.upload(render_state, *key, &dots.marks);
        }
        let so_far = desk.associate.so_far();
        let found = match (so_far, desk.associate.shown()) {
            (Some(of), _) => Some((so_far_key(&of), of)),
            (None, shown) => shown.map(|shown| (shown.key, Arc::clone(shown.value))),
        };
        // What was found in another reading is of no use.
        let found = found.filter(|(_, of)| Arc::ptr_eq(&of.reading, read.value));
        self.update_tracks(&read.value.fleet, read.key, found.as_ref(), wanted, render_state, jobs);
        self.update_mistakes(found.filter(|_| wanted.mistakes), render_state, jobs);
    }

    fn update_tracks(
        &mut self,
        fleet: &Arc<Fleet>,
        read: Key,
        found: Option<&(Key, Arc<AssociatedOf>)>,
        wanted: &MapParams,
        render_state: Option<&RenderState>,
        jobs: &Jobs,
    ) {
        let gpu = render_state.cloned();
        let is_new = if !wanted.hide_identity {
            let (key, fleet) = (Key::of("true tracks", &(), &[read]), Arc::clone(fleet));
            self.tracks.want(key, jobs, move |job| {
                let owners = truth_of(&fleet);
                let n = if owners.is_some() { fleet.vessels().len() } else { 0 };
                // Where each report is a ship by itself there are no lines.
                let none = (Fleet::default(), Vec::new());
                let of = owners.as_ref().map_or((&none.0, &none.1), |owners| (&*fleet, owners));
                let lines = Lines::new((of.0, of.1, n), gpu.as_ref(), key, job)?;
                Ok(Tracks { lines, of: None })
            })
        } else if let Some((key, of)) = found {
            let (key, of) = (Key::of("found tracks", &(), &[*key]), Arc::clone(of));
            self.tracks.want(key, jobs, move |job| {
                let labels = (&*of.reading.fleet, &*of.found.labels, of.found.tracks);
                let lines = Lines::new(labels, gpu.as_ref(), key, job)?;
                Ok(Tracks { lines, of: Some(of) })
            })
        } else {
            self.tracks = Held::default();
            self.track_layer.clear();
            false
        };
        if is_new {
            self.selected = None;
            show(
                &mut self.track_layer,
                render_state,
                self.tracks.shown.as_mut().map(|(_, t)| &mut t.lines),
            );
        }
    }

    fn update_mistakes(
        &mut self,
        found: Option<(Key, Arc<AssociatedOf>)>,
        render_state: Option<&RenderState>,
        jobs: &Jobs,
    ) {
        let Some((key, of)) = found.filter(|(_, of)| of.truth.is_some()) else {
            self.mistakes = Held::default();
            self.link_layer.clear();
            self.mark_layer.clear();
            return;
        };
        let (key, gpu) = (Key::of("mistakes", &(), &[key]), render_state.cloned());
        let is_new = self.mistakes.want(key, jobs, move |job| {
            let links = Lines::of_wrong_links(&of, gpu.as_ref(), key, job)?;
            Ok(Mistakes { links, marks: mistakes(&of) })
        });
        if is_new && let Some((key, made)) = &mut self.mistakes.shown {
            show(&mut self.link_layer, render_state, Some(&mut made.links));
            self.mark_layer.upload(render_state, *key, &made.marks.marks);
        }
    }

    /// What the tracks on the map were found by; none of the truth.
    fn found(&self) -> Option<&Arc<AssociatedOf>> {
        self.tracks.shown.as_ref()?.1.of.as_ref()
    }

    /// Draws the layer. Says how many symbols had to be left out, where there is no GPU.
    pub fn paint(
        &mut self,
        painter: &Painter,
        view: &View,
        look: &FoundLook,
        render_state: Option<&RenderState>,
    ) -> usize {
        let FoundLook { params, style, .. } = look;
        self.is_dark = style.is_dark;
        self.send_looks(look, render_state);
        let time_window_ms = style.time_window_ms;
        let symbols = SymbolStyle { time_window_ms, ..SymbolStyle::new(style.is_dark) };
        let mut n_left_out = 0;
        let has_lines = self.has_lines();
        let alpha = if has_lines { POINTS_BEHIND } else { 1.0 };
        if params.points || !has_lines {
            // From afar many lie close together.
            let scale = ((view.zoom() as f32 - 5.0) / 8.0).clamp(0.5, 1.0);
            let behind = SymbolStyle { alpha, scale, has_outline: false, ..symbols.clone() };
            n_left_out += self.point_layer.paint(painter, view, &behind);
        }
        if let Some((_, tracks)) = &self.tracks.shown {
            let style = self.track_style(look);
            if render_state.is_some() {
                self.track_layer.paint(painter, view, &style);
            } else {
                let chosen = self.chosen(look.view);
                let look = |slot, _: &_| look_of(slot, chosen, style.hovered);
                plain::draw(&tracks.lines.geometry, painter, view, &style, look);
            }
        }
        if let (Some((_, made)), true) = (&self.mistakes.shown, params.mistakes) {
            let style = Style {
                color_by: ColorBy::Single,
                single: WRONG,
                width_px: 2.5,
                alpha: 0.95,
                shows_points: false,
                fades: false,
                hovered: None,
                ..style.clone()
            };
            if render_state.is_some() {
                self.link_layer.paint(painter, view, &style);
            } else {
                plain::draw(&made.links.geometry, painter, view, &style, |_, _| Look::default());
            }
            n_left_out += self.mark_layer.paint(painter, view, &symbols);
        }
        paint_current(painter, view, look);
        n_left_out
    }

    fn has_lines(&self) -> bool {
        self.tracks.shown.as_ref().is_some_and(|(_, tracks)| !tracks.lines.rows.is_empty())
    }

    fn track_style(&self, look: &FoundLook) -> Style {
        let hovered = look.view.and_then(AssociateView::hovered);
        let hovered = hovered.and_then(|row| self.slot_of(row));
        Style {
            color_by: ColorBy::Vessel,
            alpha: look.style.alpha.max(0.75),
            hovered,
            shows_rest: true,
            shows_trips: true,
            ..look.style.clone()
        }
    }

    /// The slot of the line that a point is on: its found track, or its true ship.
    fn slot_of(&self, row: u32) -> Option<u32> {
        let (_, tracks) = self.tracks.shown.as_ref()?;
        let slots = tracks.lines.geometry.slots();
        // Slots stand line after line, and each line has one. Rows of the truth do too.
        let place = match &tracks.of {
            Some(of) => {
                let track = of.found.labels.get(row as usize)?;
                slots.binary_search_by_key(track, |slot| slot.vessel).ok()?
            }
            None => slots.partition_point(|slot| slot.reports.end <= row),
        };
        slots.get(place).map(|_| place as u32)
    }

    fn chosen(&self, view: Option<&AssociateView>) -> Option<u32> {
        self.slot_of(view?.point()?)
    }

    /// Tells the GPU which track is selected, if that changed.
    fn send_looks(&mut self, look: &FoundLook, render_state: Option<&RenderState>) {
        let Some((key, _)) = &self.tracks.shown else { return };
        let now = Some((*key, self.chosen(look.view)));
        if let (true, Some(render_state)) = (self.selected != now, render_state) {
            let chosen = self.chosen(look.view);
            self.track_layer.set_looks(render_state, |slot, _| look_of(slot, chosen, None));
        }
        self.selected = now;
    }

    /// The point under the pointer.
    pub fn pick(&self, view: &View, pointer: Pos2, style: &Style) -> Option<u32> {
        let symbols =
            SymbolStyle { time_window_ms: style.time_window_ms, ..SymbolStyle::new(style.is_dark) };
        // Marks first: they are what is looked for.
        if let Some((_, made)) = &self.mistakes.shown
            && let Some(hit) = self.mark_layer.pick(view, pointer, PICK_PX, &symbols)
        {
            return made.marks.rows.get(hit.index).copied();
        }
        if let Some((_, dots)) = &self.points.shown
            && let Some(hit) = self.point_layer.pick(view, pointer, PICK_PX, &symbols)
        {
            return dots.rows.get(hit.index).copied();
        }
        let (_, tracks) = self.tracks.shown.as_ref()?;
        let geometry = &tracks.lines.geometry;
        let hit = pick(geometry, view, pointer, PICK_PX, |_, _| true, style.time_window_ms)?;
        tracks.lines.rows.get(hit.report_index).copied()
    }

    /// The places of the track that a point is in, by the newest result; at least its own.
    pub fn places_with(desk: &Desk, row: u32) -> Vec<Position> {
        let Some(read) = desk.ingest.shown() else { return Vec::new() };
        let positions = &read.value.fleet.reports().positions;
        let found = desk.associate.shown();
        let found = found.filter(|found| Arc::ptr_eq(&found.value.reading, read.value));
        let own = positions.get(row as usize).copied();
        match found {
            Some(found) => {
                let labels = &found.value.found.labels;
                let track = labels.get(row as usize);
                let is_in = |label: &u32| track == Some(label);
                let members = labels.iter().zip(positions).filter(|(label, _)| is_in(label));
                members.map(|(_, place)| *place).chain(own).collect()
            }
            None => own.into_iter().collect(),
        }
    }
}

/// The selected point, and the mistake that is looked at: what was linked, and dashed what should
/// have been.
fn paint_current(painter: &Painter, view: &View, look: &FoundLook) {
    let (Some(of), Some(shown)) = (look.desk.ingest.shown(), look.view) else { return };
    let painter = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
    let positions = &of.value.fleet.reports().positions;
    let at = |row: u32| positions.get(row as usize).map(|place| view.to_screen(*place));
    if let Some(at) = shown.point().and_then(at) {
        painter.circle_stroke(at, 6.0, Stroke::new(2.0, look.selected));
    }
    let Some(found) = look.desk.associate.shown().filter(|_| look.params.mistakes) else {
        return;
    };
    let is_it = |mistake: &&Mistake| shown.mistake() == Some(mistake.row);
    let Some(mistake) = found.value.mistakes.iter().find(is_it) else { return };
    let Some(from) = at(mistake.row) else { return };
    painter.circle_stroke(from, 14.0, Stroke::new(2.5, look.selected));
    if let Some(to) = mistake.right.and_then(at) {
        let line = [from, to];
        painter.extend(Shape::dashed_line(&line, Stroke::new(2.5, look.selected), 7.0, 5.0));
        painter.circle_stroke(to, 6.0, Stroke::new(2.0, look.selected));
    }
    if let Some(to) = mistake.linked.and_then(at) {
        let color = if found.value.is_wrong(mistake) { WRONG } else { look.selected };
        painter.line_segment([from, to], Stroke::new(3.0, color));
        painter.circle_filled(to, 4.0, color);
    }
}

/// The key of what there is so far. Its place in memory is its own as long as somebody holds it.
fn so_far_key(of: &Arc<AssociatedOf>) -> Key {
    Key::of("so far", &(Arc::as_ptr(of) as usize), &[])
}

fn look_of(slot: u32, chosen: Option<u32>, hovered: Option<u32>) -> Look {
    Look { is_selected: chosen == Some(slot), is_hovered: hovered == Some(slot), ..Look::default() }
}

/// Lets a layer show lines that were sent to the GPU.
pub(super) fn show(
    layer: &mut TrackLayer,
    render_state: Option<&RenderState>,
    lines: Option<&mut Lines>,
) {
    match (render_state, lines) {
        (Some(render_state), Some(lines)) => {
            if let Some(uploaded) = lines.uploaded.take() {
                layer.show(render_state, uploaded, &lines.geometry);
            }
        }
        _ => layer.clear(),
    }
}
