//! The layers of watching: encounters, where they are many, those to come, and what is odd.

use std::sync::Arc;

use eframe::egui_wgpu::RenderState;
use egui::{Color32, Painter, Pos2, Shape, Stroke, Ui};

use self::meeting::Meeting;
use super::colors::MapColors;
use super::palette::Legend;
use super::symbols::{Marks, Symbol, SymbolLayer, SymbolStyle};
use super::vertex::Clock;
use super::view::View;
use crate::flow::look::WatchLayers;
use crate::flow::stages::{AheadOf, EncountersOf, OdditiesOf};
use crate::flow::{Desk, Key, Session};
use crate::ui::deck::Deck;
use crate::ui::time_view::TimeView;
use crate::ui::watch_view::motion::Way;
use crate::ui::watch_view::{WatchView, go};
use crate::watch::{Encounter, Oddity};

mod card;
mod ground;
mod heat;
mod marks;
mod meeting;

pub use card::give_way_text;
pub use marks::{meeting_color, oddity_color};
pub use meeting::ship_color;

/// How near to a mark the pointer must be, points of the screen.
const PICK_PX: f32 = 9.0;

/// The most encounters ahead whose paths are drawn, the gravest.
const MOST_AHEAD: usize = 60;

/// Marks of a result.
#[derive(Default)]
struct Marked {
    layer: SymbolLayer,
    key: Option<Key>,
}

impl Marked {
    /// Shows the symbols of a result, unless they are shown already; of none, none.
    fn follow(
        &mut self,
        key: Option<Key>,
        is_dark: bool,
        render_state: Option<&RenderState>,
        symbols: impl FnOnce() -> Vec<Symbol>,
    ) {
        let key = key.map(|key| Key::of("marks of watching", &is_dark, &[key]));
        if self.key == key {
            return;
        }
        self.key = key;
        let Some(key) = key else {
            self.layer.clear();
            return;
        };
        let symbols = symbols();
        let times = || symbols.iter().map(|symbol| symbol.t_ms);
        let span_ms = (times().min().unwrap_or(0), times().max().unwrap_or(0));
        self.layer.upload(render_state, key, &Arc::new(Marks::new(&symbols, Clock::new(span_ms))));
    }
}

/// The layers, and what they keep between frames.
#[derive(Default)]
pub struct WatchLayer {
    met: Marked,
    odd: Marked,
}

/// All that says how the layers look in a frame.
pub struct WatchLook<'a> {
    /// What results there are.
    pub desk: &'a Desk,
    /// What is set up.
    pub session: &'a Session,
    /// What is selected and which kinds are shown.
    pub view: &'a WatchView,
    /// Which part of time is looked at.
    pub time: &'a TimeView,
    /// The colors of the map.
    pub colors: MapColors,
    /// Whether it is dark.
    pub is_dark: bool,
    /// What is selected has this color.
    pub selected: Color32,
}

impl<'a> WatchLook<'a> {
    fn layers(&self) -> WatchLayers {
        self.session.map.watch
    }

    fn encounters(&self) -> Option<(Key, &'a EncountersOf)> {
        let shown = self.desk.encounters.shown()?;
        Some((shown.key, shown.value))
    }

    fn oddities(&self) -> Option<(Key, &'a OdditiesOf)> {
        let shown = self.desk.oddities.shown().filter(|_| self.layers().oddities)?;
        Some((shown.key, shown.value))
    }

    fn ahead(&self) -> Option<&'a AheadOf> {
        let shown = self.desk.ahead.shown().filter(|_| self.layers().ahead)?;
        Some(shown.value)
    }

    fn met(&self) -> Option<(Key, &'a EncountersOf)> {
        self.encounters().filter(|_| self.layers().encounters)
    }

    fn met_style(&self) -> SymbolStyle {
        SymbolStyle { classes: marks::shown_classes(self.view), ..self.style() }
    }

    fn odd_style(&self) -> SymbolStyle {
        SymbolStyle { classes: marks::shown_odd_classes(self.view), ..self.style() }
    }

    fn style(&self) -> SymbolStyle {
        // The window that is brushed, not the trail of the moment: what is to come shows too.
        SymbolStyle { time_window_ms: self.time.brush_ms(), ..SymbolStyle::new(self.is_dark) }
    }

    /// An encounter with the ways of its ships.
    fn meeting(&self, of: &'a EncountersOf, met: &'a Encounter) -> Meeting<'a> {
        let (fleet, params) = (of.of.fleet(), &self.session.encounters.params);
        let silence_ms = (params.silence_min * 60_000.0) as i64;
        let ways = met.ships.map(|ship| Way::of(fleet, ship, silence_ms));
        self.meeting_of(met, fleet, ways)
    }

    fn meeting_of(
        &self,
        met: &'a Encounter,
        fleet: &'a crate::ais::Fleet,
        ways: [Way<'a>; 2],
    ) -> Meeting<'a> {
        Meeting {
            met,
            fleet,
            ways,
            params: &self.session.encounters.params,
            now_ms: self.time.now_ms(),
            colors: self.colors,
            is_dark: self.is_dark,
            selected: self.selected,
        }
    }
}

/// What the pointer is on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WatchHit {
    /// An encounter, by its place in the list.
    Encounter(usize),
    /// One that is to come.
    Ahead(usize),
    /// An oddity.
    Oddity(usize),
}

impl WatchLayer {
    /// Draws without the GPU from now on.
    pub fn give_up_gpu(&mut self) {
        *self = WatchLayer::default();
    }

    /// Draws the layers. Says how many symbols had to be left out, where there is no GPU.
    pub fn paint(
        &mut self,
        painter: &Painter,
        view: &View,
        look: &WatchLook,
        render_state: Option<&RenderState>,
    ) -> usize {
        let (met, odd) = (look.met(), look.oddities());
        self.met.follow(met.map(|(key, _)| key), look.is_dark, render_state, || {
            met.map_or(Vec::new(), |(_, of)| marks::encounters(&of.encounters.list, look.is_dark))
        });
        self.odd.follow(odd.map(|(key, _)| key), look.is_dark, render_state, || {
            odd.map_or(Vec::new(), |(_, of)| marks::oddities(&of.list, look.is_dark))
        });
        if look.layers().heat
            && let Some((_, of)) = look.encounters()
            && let Some(grid) = &of.grid
        {
            heat::draw(painter, view, grid, &of.heat, look.is_dark);
        }
        let mut n_left_out = self.met.layer.paint(painter, view, &look.met_style());
        if let Some((_, of)) = odd {
            let selected = look.view.selected_odd(&of.list).map(|place| &of.list[place]);
            if let Some(oddity) = selected {
                draw_reach(painter, view, oddity, look);
            }
        }
        n_left_out += self.odd.layer.paint(painter, view, &look.odd_style());
        if let Some(of) = look.ahead() {
            draw_ahead(painter, view, of, look);
        }
        if let Some((_, of)) = met
            && let Some(place) = look.view.selected(&of.encounters.list, of.of.fleet(), false)
        {
            look.meeting(of, &of.encounters.list[place]).draw(painter, view);
        }
        n_left_out
    }

    /// What is under the pointer.
    pub fn pick(&self, view: &View, pointer: Pos2, look: &WatchLook) -> Option<WatchHit> {
        if let Some(of) = look.ahead() {
            let near = |met: &Encounter| view.to_screen(met.place).distance(pointer) <= PICK_PX;
            if let Some(place) =
                drawn_ahead(of, look).find(|place| near(&of.encounters.list[*place]))
            {
                return Some(WatchHit::Ahead(place));
            }
        }
        if look.met().is_some()
            && let Some(hit) = self.met.layer.pick(view, pointer, PICK_PX, &look.met_style())
        {
            return Some(WatchHit::Encounter(hit.index));
        }
        look.oddities()?;
        let hit = self.odd.layer.pick(view, pointer, PICK_PX, &look.odd_style())?;
        Some(WatchHit::Oddity(hit.index))
    }

    /// What the colors mean.
    pub fn legends(look: &WatchLook) -> Vec<Legend> {
        let mut legends = Vec::new();
        if let Some((_, of)) = look.met() {
            let list = &of.encounters.list;
            legends.push(marks::encounters_legend(list, look.view, look.is_dark));
        }
        if let Some((_, of)) = look.encounters().filter(|_| look.layers().heat) {
            legends.push(heat::legend(&of.heat, look.is_dark));
        }
        if let Some((_, of)) = look.oddities() {
            legends.push(marks::oddities_legend(&of.list, look.view, look.is_dark));
        }
        legends
    }
}

/// Says what the pointer is on.
pub fn card_ui(ui: &mut Ui, desk: &Desk, hit: WatchHit) {
    match hit {
        WatchHit::Encounter(place) => {
            let Some(of) = desk.encounters.shown().map(|shown| shown.value) else { return };
            if let Some(met) = of.encounters.list.get(place) {
                card::encounter_card(ui, met, of.of.fleet(), false);
            }
        }
        WatchHit::Ahead(place) => {
            let Some(of) = desk.ahead.shown().map(|shown| shown.value) else { return };
            if let Some(met) = of.encounters.list.get(place) {
                card::encounter_card(ui, met, of.of.fleet(), true);
            }
        }
        WatchHit::Oddity(place) => {
            let Some(of) = desk.oddities.shown().map(|shown| shown.value) else { return };
            if let Some(oddity) = of.list.get(place) {
                card::oddity_card(ui, oddity, of.fleet());
            }
        }
    }
}

/// Selects what was clicked. The map stays where it is.
pub fn click(deck: &mut Deck, hit: WatchHit) {
    let desk = deck.desk;
    match hit {
        WatchHit::Encounter(place) => {
            if let Some(of) = desk.encounters.shown().map(|shown| shown.value)
                && let Some(met) = of.encounters.list.get(place)
            {
                go::to_encounter(deck, met, of.of.fleet(), false, false);
            }
        }
        WatchHit::Ahead(place) => {
            if let Some(of) = desk.ahead.shown().map(|shown| shown.value)
                && let Some(met) = of.encounters.list.get(place)
            {
                go::to_encounter(deck, met, of.of.fleet(), true, false);
            }
        }
        WatchHit::Oddity(place) => {
            if let Some(of) = desk.oddities.shown().map(|shown| shown.value)
                && let Some(oddity) = of.list.get(place)
            {
                go::to_oddity(deck, oddity, false);
            }
        }
    }
}

/// The encounters ahead that are drawn, by their places in the list.
fn drawn_ahead<'a>(of: &'a AheadOf, look: &'a WatchLook) -> impl Iterator<Item = usize> + 'a {
    let list = of.encounters.list.iter().enumerate();
    list.filter(|(_, met)| look.view.shows(met)).map(|(place, _)| place).take(MOST_AHEAD)
}

/// The encounters ahead: the paths of both ships until they are closest, dashed, and a ring there; the
/// one that is looked at in full.
fn draw_ahead(painter: &Painter, view: &View, of: &AheadOf, look: &WatchLook) {
    let clipped = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
    let fleet = of.of.fleet();
    let selected = look.view.selected(&of.encounters.list, fleet, true);
    let way = |ship: usize| of.path_of(ship).map(Way::ahead);
    for place in drawn_ahead(of, look) {
        let met = &of.encounters.list[place];
        let color = marks::meeting_color(met.meeting, look.is_dark);
        for ship in met.ships {
            let pieces = way(ship).map(|way| way.pieces(way.t_ms[0], met.cpa_ms));
            for piece in pieces.unwrap_or_default() {
                let points = ground::line(view, &piece);
                let stroke = Stroke::new(1.5, color);
                clipped.extend(Shape::dashed_line(&points, stroke, 5.0, 4.0));
            }
        }
        let at = view.to_screen(met.place);
        clipped.circle_stroke(at, 7.0, Stroke::new(4.0, look.colors.sea.gamma_multiply(0.7)));
        clipped.circle_stroke(at, 7.0, Stroke::new(2.0, color));
        if met.is_breach() {
            clipped.circle_filled(at, 3.0, color);
        }
    }
    if let Some(met) = selected.and_then(|place| of.encounters.list.get(place))
        && let [Some(one), Some(other)] = met.ships.map(way)
    {
        look.meeting_of(met, fleet, [one, other]).draw(painter, view);
    }
}

/// A dark period: the gap, and the area where the ship can have been; of other oddities the place.
fn draw_reach(painter: &Painter, view: &View, oddity: &Oddity, look: &WatchLook) {
    let clipped = &painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
    if let Some(reach) = &oddity.reach {
        let color = marks::oddity_color(oddity.kind, look.is_dark);
        ground::area(clipped, view, &reach.ring(72), color, 0.16);
        let ends = ground::line(view, &[reach.from, reach.to]);
        clipped.extend(Shape::dashed_line(&ends, Stroke::new(2.0, look.selected), 7.0, 5.0));
        for at in ends {
            clipped.circle_filled(at, 4.0, look.selected);
        }
    }
    clipped.circle_stroke(view.to_screen(oddity.place), 14.0, Stroke::new(2.5, look.selected));
}
