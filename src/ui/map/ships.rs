//! Ships where they are at the moment that plays.

use eframe::egui_wgpu::RenderState;
use egui::{Color32, Painter, Pos2};

use super::looks::Looker;
use super::palette::{self, ColorBy};
use super::symbols::{Symbol, SymbolLayer, SymbolShape, SymbolStyle};
use super::tracks::Style;
use super::vertex::fixed;
use super::view::View;
use crate::flow::Key;
use crate::flow::stages::TripsOf;
use crate::prep::{Moments, ShipAt};
use crate::ui::selection::Selection;

/// Length of a ship on the map, points of the screen; of a selected one.
const SIZE_PX: f32 = 13.0;
const SELECTED_PX: f32 = 19.0;

/// Below this a ship lies still: it points nowhere.
const STILL_KN: f32 = 0.5;

/// The ships of a moment, and what finds those of the next quickly.
#[derive(Default)]
pub struct Ships {
    moments: Option<(Key, Moments)>,
    layer: SymbolLayer,
    shown: Vec<ShipAt>,
    symbols: Vec<Symbol>,
}

/// How ships are to look.
pub struct ShipLook<'a> {
    pub style: &'a Style,
    pub looker: &'a Looker<'a>,
    pub selection: &'a Selection,
    pub selected: Color32,
}

impl Ships {
    /// The result whose ships are shown.
    pub fn key(&self) -> Option<Key> {
        self.moments.as_ref().map(|(key, _)| *key)
    }

    /// Forgets the ships: no moment is chosen.
    pub fn clear(&mut self) {
        if !self.shown.is_empty() {
            (self.shown, self.symbols) = (Vec::new(), Vec::new());
            self.layer.clear();
        }
    }

    /// Finds where the ships of `output`, which is the result `key`, are at `t_ms`.
    pub fn place(
        &mut self,
        (key, output): (Key, &TripsOf),
        t_ms: i64,
        look: &ShipLook,
        render_state: Option<&RenderState>,
    ) {
        let fleet = output.fleet();
        if self.moments.as_ref().is_none_or(|(of, _)| *of != key) {
            self.moments = Some((key, Moments::new(fleet, &output.trips.trips)));
        }
        let Some((_, moments)) = &mut self.moments else { return };
        let (ships, symbols) = (&mut self.shown, &mut self.symbols);
        ships.clear();
        symbols.clear();
        moments.at(fleet, t_ms, |ship| {
            let of_trip = look.looker.of(ship.trip, ship.vessel);
            if of_trip.is_shown {
                symbols.push(symbol(output, &ship, key, look, of_trip.group));
                ships.push(ship);
            }
        });
        self.layer.set(render_state, symbols);
    }

    /// Draws them. Says how many there was no room for.
    pub fn paint(&self, painter: &Painter, view: &View, is_dark: bool) -> usize {
        self.layer.paint(painter, view, &SymbolStyle::new(is_dark))
    }

    /// The ship nearest to `pos` within `radius_px`.
    pub fn pick(&self, view: &View, pos: Pos2, radius_px: f32, is_dark: bool) -> Option<&ShipAt> {
        let hit = self.layer.pick(view, pos, radius_px, &SymbolStyle::new(is_dark))?;
        self.shown.get(hit.index)
    }
}

fn symbol(
    output: &TripsOf,
    ship: &ShipAt,
    key: Key,
    look: &ShipLook,
    group: Option<u32>,
) -> Symbol {
    let ShipLook { style, selection, .. } = look;
    let is_selected = selection.key() == Some(key)
        && (selection.vessel() == Some(ship.vessel)
            || ship.trip.is_some_and(|trip| selection.trips().contains(&trip)));
    let kind = output.fleet().vessels()[ship.vessel].kind();
    let is_dark = style.is_dark;
    let color = match style.color_by {
        ColorBy::ShipType => palette::kind_color(kind, is_dark),
        ColorBy::Vessel => palette::category(ship.vessel, is_dark),
        ColorBy::Group => match group {
            Some(group) => palette::category(group as usize, is_dark),
            None => palette::unknown(is_dark),
        },
        ColorBy::Speed if !ship.sog_kn.is_nan() => {
            let (from, to) = style.speed_scale_kn;
            palette::scale_color((ship.sog_kn - from) / (to - from).max(0.1), is_dark)
        }
        ColorBy::Course if !ship.cog_deg.is_nan() => palette::course_color(ship.cog_deg, is_dark),
        ColorBy::Speed | ColorBy::Course => palette::unknown(is_dark),
        ColorBy::Time | ColorBy::Single => style.single,
    };
    let points = ship.sog_kn >= STILL_KN && !ship.cog_deg.is_nan();
    Symbol {
        size_px: if is_selected { SELECTED_PX } else { SIZE_PX } * if points { 1.0 } else { 0.6 },
        turn_deg: if points { ship.cog_deg } else { 0.0 },
        ..Symbol::new(
            fixed(ship.position),
            if is_selected { look.selected } else { color },
            if points { SymbolShape::Ship } else { SymbolShape::Disc },
        )
    }
}
