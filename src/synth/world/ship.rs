//! Ships of the world: sizes, speeds and draughts that fit their trade.

use crate::ais::{ShipKind, ShipType, Static};
use crate::base::rng::Rng;
use crate::synth::ships::{imo_number, mmsi_number, ship_name};
use crate::synth::water::Hull;

/// A ship that sails the world.
#[derive(Clone, Debug)]
pub(super) struct Ship {
    /// Her number.
    pub mmsi: crate::ais::Mmsi,
    /// What her static reports say, without a voyage.
    pub about: Static,
    /// What kind she is of.
    pub kind: ShipKind,
    /// Speed on the open sea when the owner is not in a hurry, knots.
    pub service_kn: f64,
    /// Beam, meters.
    pub beam_m: f64,
    /// Draught when full, meters.
    pub full_draught_m: f64,
    /// Always about half full, as container ships are; others go out laden and come back empty.
    pub is_liner: bool,
    /// How far she is at home on voyages, nautical miles.
    pub range_nmi: f64,
    /// Whether her crew types names, codes, or both, see [`super::typed`].
    pub manner: usize,
    /// Chance of a slip in what her crew does.
    pub carelessness: f64,
}

impl Ship {
    /// Ship number `index`, of this kind.
    pub fn build(kind: ShipKind, index: usize, seed: usize, rng: &mut Rng) -> Ship {
        let is_liner = kind == ShipKind::Cargo && rng.happens(0.4);
        // Type, length (low, high), speed of the shortest, and of the longest, knots.
        let (code, length_m, kn) = match kind {
            ShipKind::Cargo if is_liner => (71, (120.0, 366.0), (13.5, 18.5)),
            ShipKind::Cargo => (70 + rng.below(2) as u8 * 9, (80.0, 300.0), (10.5, 13.0)),
            ShipKind::Tanker => (80 + rng.below(5) as u8, (90.0, 333.0), (11.0, 13.5)),
            ShipKind::Passenger => (60, (100.0, 300.0), (16.0, 21.0)),
            ShipKind::HighSpeed => (40, (40.0, 110.0), (25.0, 34.0)),
            ShipKind::Fishing => (30, (20.0, 90.0), (9.0, 12.0)),
            ShipKind::Tug => (52, (24.0, 60.0), (8.0, 11.0)),
            _ => (90, (50.0, 160.0), (10.0, 13.0)),
        };
        // There are more small ships than large ones.
        let share = rng.unit().powf(1.4);
        let long_m = (length_m.0 + (length_m.1 - length_m.0) * share).round();
        let breadth = if kind == ShipKind::Tanker { 0.178 } else { 0.152 };
        let beam_m = (long_m * breadth * rng.between(0.94, 1.06)).round().max(5.0);
        let depth = if kind == ShipKind::Passenger { 0.23 } else { 0.345 };
        let full_draught_m = (beam_m * depth * rng.between(0.93, 1.07) * 10.0).round() / 10.0;
        let about = Static {
            name: ship_name(index, rng),
            callsign: format!("QW{}{}", char::from(b'A' + rng.below(26) as u8), 100 + index % 9900),
            imo: imo_number(index, seed),
            ship_type: ShipType(code),
            length_m: Some(long_m as f32),
            width_m: Some(beam_m as f32),
            draught_m: Some(full_draught_m as f32),
            ..Static::default()
        };
        Ship {
            mmsi: mmsi_number(index, seed),
            about,
            kind,
            service_kn: kn.0 + (kn.1 - kn.0) * share + 0.5 * rng.normal().clamp(-2.0, 2.0),
            beam_m,
            full_draught_m,
            is_liner,
            range_nmi: 350.0 * (long_m / 100.0).powf(2.3),
            manner: rng.below(8),
            carelessness: rng.unit() * rng.unit(),
        }
    }

    /// Her draught, laden or in ballast, meters.
    pub fn draught_m(&self, is_laden: bool, rng: &mut Rng) -> f64 {
        let full = match (self.is_liner || self.kind == ShipKind::Passenger, is_laden) {
            (true, _) => rng.between(0.72, 0.95),
            (false, true) => rng.between(0.90, 1.0),
            (false, false) => rng.between(0.52, 0.64),
        };
        (self.full_draught_m * full * 10.0).round() / 10.0
    }

    /// What decides through which canals she goes at this draught.
    pub fn hull(&self, draught_m: f64) -> Hull {
        Hull { draught_m, beam_m: self.beam_m }
    }
}
