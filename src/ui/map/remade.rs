//! The selected trip as the network of deep clustering makes it again, over the trip itself.

use std::sync::Arc;

use egui::{Painter, Shape, Stroke};

use super::colors::MapColors;
use super::palette::{Legend, LegendEntry, category};
use super::path::{chain, copies};
use super::view::{View, mercator};
use crate::base::geo::Position;
use crate::flow::jobs::Running;
use crate::flow::{Desk, Jobs, Key};
use crate::ui::selection::Selection;

/// The color of what is made again, among the ten.
const COLOR: usize = 0;

/// A trip of a result: the result, and the trip's place among its trips.
type Of = (Key, usize);

/// The layer.
#[derive(Default)]
pub struct Remade {
    shown: Option<(Of, Made)>,
    running: Option<(Of, Running<Option<Made>>)>,
    /// What was found to have nothing to draw.
    empty: Option<Of>,
}

/// A trip made again.
struct Made {
    places: Vec<Position>,
    error_m: f32,
}

impl Remade {
    /// Sees to it that the selected trip is there, as long as `is_wanted`.
    pub fn update(&mut self, desk: &Desk, selection: &Selection, is_wanted: bool, jobs: &Jobs) {
        if let Some((of, running)) = &self.running
            && let Some((outcome, _)) = running.poll()
        {
            match outcome {
                Ok(Some(made)) => self.shown = Some((*of, made)),
                _ => self.empty = Some(*of),
            }
            self.running = None;
        }
        let wanted = if is_wanted { selected(desk, selection) } else { None };
        if self.shown.as_ref().map(|(of, _)| *of) != wanted {
            self.shown = None;
        }
        if self.running.as_ref().is_some_and(|(of, _)| Some(*of) != wanted) {
            self.running = None; // Dropping it cancels it.
        }
        let is_settled = self.shown.is_some() || self.running.is_some() || self.empty == wanted;
        let Some(of) = wanted.filter(|_| !is_settled) else { return };
        let Some(shown) = desk.embed.shown() else { return };
        let (embedded, trip) = (Arc::clone(shown.value), of.1);
        let running = jobs.start(move |job| {
            let Some(done) = &embedded.embedded else { return Ok(None) };
            let Some([_, places]) = done.reconstructed(trip, job)? else { return Ok(None) };
            let row = done.prepared.row_of(trip);
            let error_m = row.and_then(|row| done.errors_m.get(row).copied()).unwrap_or(f32::NAN);
            Ok(Some(Made { places, error_m }))
        });
        self.running = Some((of, running));
    }

    /// Whether it is being made.
    pub fn is_busy(&self) -> bool {
        self.running.is_some()
    }

    /// Draws it.
    pub fn draw(&self, painter: &Painter, view: &View, colors: &MapColors, is_dark: bool) {
        let Some((_, made)) = &self.shown else { return };
        let Some(first) = made.places.first() else { return };
        let painter = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
        let line = chain(made.places.iter().copied(), mercator(*first)[0]);
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for [x, y] in &line {
            (low, high) = ([low[0].min(*x), low[1].min(*y)], [high[0].max(*x), high[1].max(*y)]);
        }
        for copy in copies(view, &[low, high]) {
            let points: Vec<_> = line
                .iter()
                .map(|[x, y]| view.mercator_to_screen([x + f64::from(copy), *y]))
                .collect();
            let color = category(COLOR, is_dark);
            let under = Stroke::new(5.0, colors.sea.gamma_multiply(0.75));
            painter.add(Shape::line(points.clone(), under));
            painter.add(Shape::line(points.clone(), Stroke::new(2.25, color)));
            for at in &points {
                painter.circle(*at, 2.25, color, Stroke::new(0.75, colors.sea));
            }
        }
    }

    /// What it is, and how far off.
    pub fn legend(&self, is_dark: bool) -> Option<Legend> {
        let (_, made) = self.shown.as_ref()?;
        Some(Legend {
            title: "Made again by the network".into(),
            entries: vec![LegendEntry {
                color: category(COLOR, is_dark),
                label: format!("{:.0} m off on average", made.error_m),
            }],
            scale: None,
            remark: None,
        })
    }
}

/// The first of the selected trips that the network has embedded.
fn selected(desk: &Desk, selection: &Selection) -> Option<Of> {
    let shown = desk.embed.shown()?;
    let trips = desk.trips.shown()?;
    let of = &shown.value.of;
    let is_of_these =
        selection.key() == Some(trips.key) && Arc::ptr_eq(trips.value, &of.chosen.trips);
    if !is_of_these || shown.value.embedded.is_none() {
        return None;
    }
    let places = selection.trips().iter().filter_map(|trip| of.ids().binary_search(trip).ok());
    places.map(|place| (shown.key, place)).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::geo::short_distance_m;
    use crate::flow::Session;
    use crate::flow::tray::Shelf as _;
    use crate::ui::selection::Pick;

    #[test]
    fn the_selected_trip_is_made_again_near_where_it_was_sailed() {
        let (mut desk, mut session) = (Desk::default(), Session::default());
        session.sources.make_demo();
        for setting in ["synth.rows=30000", "deep.layers=64", "deep.epochs=30", "deep.device=cpu"] {
            session.set(setting).unwrap();
        }
        let wanted = desk.wanted(&["deep-embed"], &session).unwrap();
        for _ in 0..3 {
            desk.update(&session, &Jobs::Inline, &wanted);
            desk.embed.request();
        }
        desk.update(&session, &Jobs::Inline, &wanted);
        let (mut selection, mut layer) = (Selection::default(), Remade::default());
        layer.update(&desk, &selection, true, &Jobs::Inline);
        assert!(layer.legend(true).is_none(), "nothing is selected");
        selection.pick(Pick::Trip(3), &desk);
        layer.update(&desk, &selection, true, &Jobs::Inline);
        layer.update(&desk, &selection, true, &Jobs::Inline);
        let (_, made) = layer.shown.as_ref().expect("it was made");
        let of = desk.embed.shown().unwrap().value;
        let place = of.of.ids().binary_search(&3).unwrap();
        let own =
            of.embedded.as_ref().unwrap().reconstructed(place, &crate::base::job::Job::default());
        let [own, _] = own.unwrap().unwrap();
        let sum_m: f64 = own.iter().zip(&made.places).map(|(a, b)| short_distance_m(*a, *b)).sum();
        assert!((sum_m / own.len() as f64 - f64::from(made.error_m)).abs() < 1.0);
        assert!(layer.legend(true).unwrap().entries[0].label.contains("m off"));
        // Switched off it is gone at once.
        layer.update(&desk, &selection, false, &Jobs::Inline);
        assert!(layer.legend(true).is_none() && !layer.is_busy());
    }
}
