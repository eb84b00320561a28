//! A symbol takes 20 bytes on the GPU:
//!
//! | bytes | holds |
//! | --- | --- |
//! | 8 | place, fixed-point mercator as in [`crate::ui::map::vertex`] |
//! | 4 | color, premultiplied |
//! | 4 | time, in steps of the [`Clock`] |
//! | 4 | 4 bits shape, 5 class, 11 size in sixteenths of a point, 12 rotation |

use super::{Symbol, SymbolShape};
use crate::ui::map::vertex::{Clock, WORLD};

/// A symbol as the GPU reads it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct Packed {
    /// See [`Symbol::place`].
    pub place: [u32; 2],
    /// Premultiplied.
    pub color: [u8; 4],
    /// In steps of the clock.
    pub time: u32,
    kind: u32,
}

impl Packed {
    /// The symbol, its time counted by the clock, if it has one.
    pub fn new(symbol: &Symbol, clock: Option<Clock>) -> Packed {
        let sixteenths = (symbol.size_px.clamp(0.0, 127.9) * 16.0) as u32;
        let turn = (symbol.turn_deg.rem_euclid(360.0) * (4096.0 / 360.0)).round() as u32 % 4096;
        Packed {
            place: symbol.place.map(|part| part % WORLD),
            color: symbol.color.to_array(),
            time: clock.map_or(0, |clock| clock.time(symbol.t_ms)),
            kind: symbol.shape as u32
                | u32::from(symbol.class % 32) << 4
                | sixteenths << 9
                | turn << 20,
        }
    }

    /// What it looks like.
    pub fn shape(&self) -> SymbolShape {
        let shapes = [
            SymbolShape::Disc,
            SymbolShape::Ring,
            SymbolShape::Cross,
            SymbolShape::Square,
            SymbolShape::Diamond,
            SymbolShape::Triangle,
        ];
        shapes.get((self.kind & 15) as usize).copied().unwrap_or(SymbolShape::Ship)
    }

    /// Its class.
    pub fn class(&self) -> u8 {
        (self.kind >> 4 & 31) as u8
    }

    /// Its diameter, points of the screen.
    pub fn size_px(&self) -> f32 {
        (self.kind >> 9 & 2047) as f32 / 16.0
    }

    /// Where ahead is, clockwise from north.
    pub fn turn_rad(&self) -> f32 {
        (self.kind >> 20) as f32 * (std::f32::consts::TAU / 4096.0)
    }
}

/// The bits of both parts in turns, so that what is near in both is near in it.
pub fn interleaved([x, y]: [u32; 2]) -> u64 {
    let spread = |part: u32| {
        let steps = [
            (16, 0x0000_ffff_0000_ffff),
            (8, 0x00ff_00ff_00ff_00ff),
            (4, 0x0f0f_0f0f_0f0f_0f0f),
            (2, 0x3333_3333_3333_3333),
            (1, 0x5555_5555_5555_5555),
        ];
        steps.iter().fold(u64::from(part), |bits, (by, mask)| (bits | bits << by) & mask)
    };
    spread(x) | spread(y) << 1
}
