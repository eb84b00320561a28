//! Who trades with whom: trips from port to port, given or by a model of gravity.

use std::collections::BTreeMap;

use super::WorldParams;
use crate::ais::{HarborSize, PortId, PortTable, ShipKind};
use crate::base::geo::distance_m;
use crate::base::rng::Rng;
use crate::base::units::nmi_from_m;
use crate::synth::water::Water;

/// How many trips ships of a kind make from one port to another.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Flow {
    /// Where they leave.
    pub from: PortId,
    /// Where they arrive.
    pub to: PortId,
    /// What kind of ships.
    pub kind: ShipKind,
    /// How many trips, in any unit: flows are weighed against one another.
    pub trips: f64,
}

/// Flows between ports that are named by their numbers in the World Port Index: where from, where
/// to, what kind of ships, how many trips. And how many of them name a port that is not in the
/// table.
pub fn flows_by_wpi(
    trips: impl IntoIterator<Item = (u32, u32, ShipKind, f64)>,
    ports: &PortTable,
) -> (Vec<Flow>, usize) {
    let by_number: BTreeMap<u32, PortId> =
        ports.iter().filter_map(|(id, port)| Some((port.wpi?, id))).collect();
    let (mut flows, mut n_strange) = (Vec::new(), 0);
    for (from, to, kind, trips) in trips {
        match (by_number.get(&from), by_number.get(&to)) {
            (Some(from), Some(to)) => flows.push(Flow { from: *from, to: *to, kind, trips }),
            _ => n_strange += 1,
        }
    }
    (flows, n_strange)
}

/// Random stream of the gravity model.
const STREAM: u64 = 2;
/// How many partners a port has in the trade of one kind of ships.
const PARTNERS: usize = 10;

/// A trade of the gravity model.
struct Trade {
    kind: ShipKind,
    /// Its share of all trips.
    share: f64,
    /// Trips fall with this power of the distance,
    falls: f64,
    /// measured from here, nautical miles;
    near_nmi: f64,
    /// and there are none beyond.
    far_nmi: f64,
    /// How much more is carried from ports that export than to them, as a power of e.
    one_way: f64,
}

/// Shares are about those of the trips that ships of these kinds make; the rest is ours.
const TRADES: [Trade; 3] = [
    Trade {
        kind: ShipKind::Cargo,
        share: 0.60,
        falls: 0.9,
        near_nmi: 300.0,
        far_nmi: 13_000.0,
        one_way: 0.5,
    },
    Trade {
        kind: ShipKind::Tanker,
        share: 0.32,
        falls: 0.7,
        near_nmi: 300.0,
        far_nmi: 13_000.0,
        one_way: 1.2,
    },
    Trade {
        kind: ShipKind::Passenger,
        share: 0.08,
        falls: 2.5,
        near_nmi: 60.0,
        far_nmi: 1500.0,
        one_way: 0.0,
    },
];

/// Trips between the largest of `ports` that lie on the sea: the more, the larger both and the
/// nearer, and the better what one has to sell is what the other buys.
///
/// Masses and goods are drawn by the seed around the harbors' sizes: a world like ours, not ours.
pub fn gravity(params: &WorldParams, ports: &PortTable, water: &Water) -> Vec<Flow> {
    let chosen = chosen(params, ports, water);
    let mut flows = Vec::new();
    for (number, trade) in (0..).zip(&TRADES) {
        let mut rng = Rng::new(params.seed as u64, STREAM + (number << 8));
        // Trades differ in where they are at home, and in who sells to whom.
        let masses: Vec<f64> =
            chosen.iter().map(|(_, mass)| mass * (0.9 * rng.normal()).exp()).collect();
        let sells: Vec<f64> = chosen.iter().map(|_| rng.between(-1.0, 1.0)).collect();
        let mut own = Vec::new();
        for a in 0..chosen.len() {
            let mut partners: Vec<(f64, usize)> = (0..chosen.len())
                .filter(|b| *b != a)
                .filter_map(|b| {
                    let place = |i: usize| ports.port(chosen[i].0).position;
                    let nmi = nmi_from_m(distance_m(place(a), place(b)));
                    let trips = masses[a] * masses[b] / (nmi + trade.near_nmi).powf(trade.falls)
                        * (trade.one_way * (sells[a] - sells[b])).exp();
                    (nmi > 20.0 && nmi < trade.far_nmi).then_some((trips, b))
                })
                .collect();
            partners.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
            partners.truncate(PARTNERS);
            own.extend(partners.into_iter().map(|(trips, b)| (a, b, trips)));
        }
        let total: f64 = own.iter().map(|(_, _, trips)| trips).sum();
        flows.extend(own.into_iter().map(|(a, b, trips)| Flow {
            from: chosen[a].0,
            to: chosen[b].0,
            kind: trade.kind,
            trips: 1e6 * trade.share * trips / total,
        }));
    }
    flows
}

/// The ports that take part, with their masses: the largest that ships reach, of equals by lot.
fn chosen(params: &WorldParams, ports: &PortTable, water: &Water) -> Vec<(PortId, f64)> {
    let mut rng = Rng::new(params.seed as u64, STREAM);
    let mut all: Vec<(HarborSize, f64, PortId)> =
        ports.iter().map(|(id, port)| (port.size, rng.unit(), id)).collect();
    all.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.total_cmp(&b.1)));
    all.into_iter()
        .filter(|(_, _, id)| water.approach_m(ports.port(*id).position).is_some())
        .take(params.ports)
        .map(|(size, _, id)| {
            let mass = match size {
                HarborSize::Large => 1.0,
                HarborSize::Medium => 0.4,
                HarborSize::Small => 0.15,
                HarborSize::VerySmall | HarborSize::Unknown => 0.08,
            };
            (id, mass)
        })
        .collect()
}

/// Where ships go from a port.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Way {
    /// The port there.
    pub to: PortId,
    /// How many go there.
    pub trips: f64,
    /// How far, by great circle, nautical miles.
    pub nmi: f64,
}

/// All flows, by kind of ship and port of departure.
pub(super) struct Network {
    /// Ways from a port, for a kind of ship.
    ways: BTreeMap<(ShipKind, PortId), Vec<Way>>,
    /// Kinds and ports that ships leave, with how many do.
    starts: Vec<((ShipKind, PortId), f64)>,
}

impl Network {
    /// The network of flows between ports that are in the table and apart.
    pub fn new(flows: &[Flow], ports: &PortTable, water: &Water) -> Network {
        let mut ways: BTreeMap<(ShipKind, PortId), Vec<Way>> = BTreeMap::new();
        let mut is_sailed: BTreeMap<PortId, bool> = BTreeMap::new();
        let mut sailed = |id: PortId| {
            *is_sailed.entry(id).or_insert_with(|| {
                let port = ports.ports().get(id.0 as usize);
                port.is_some_and(|port| water.approach_m(port.position).is_some())
            })
        };
        for flow in flows {
            let is_sound = flow.trips > 0.0 && flow.trips.is_finite() && flow.from != flow.to;
            if is_sound && sailed(flow.from) && sailed(flow.to) {
                let place = |id: PortId| ports.port(id).position;
                let nmi = nmi_from_m(distance_m(place(flow.from), place(flow.to)));
                let own = ways.entry((flow.kind, flow.from)).or_default();
                own.push(Way { to: flow.to, trips: flow.trips, nmi });
            }
        }
        let trips = |ways: &Vec<Way>| ways.iter().map(|way| way.trips).sum();
        let starts = ways.iter().map(|(start, ways)| (*start, trips(ways))).collect();
        Network { ways, starts }
    }

    /// Whether nobody sails.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// A kind of ship and the port where she begins, as often as ships leave it.
    pub fn start(&self, rng: &mut Rng) -> (ShipKind, PortId) {
        let weights = self.starts.iter().map(|(_, trips)| *trips);
        self.starts[drawn(weights, rng)].0
    }

    /// Where ships of this kind go from a port; empty where none does.
    pub fn ways(&self, kind: ShipKind, from: PortId) -> &[Way] {
        self.ways.get(&(kind, from)).map_or(&[], Vec::as_slice)
    }
}

/// A place among weights, as often as its weight says.
///
/// # Panics
///
/// If there are none.
pub(super) fn drawn(weights: impl Iterator<Item = f64> + Clone, rng: &mut Rng) -> usize {
    let mut left = rng.unit() * weights.clone().sum::<f64>();
    let mut last = None;
    for (place, weight) in weights.enumerate() {
        last = Some(place);
        left -= weight;
        if left < 0.0 {
            break;
        }
    }
    last.expect("there is something to draw from")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::Port;

    #[test]
    fn flows_find_their_ports_by_number() {
        let port = |wpi| Port { wpi: Some(wpi), ..Port::default() };
        let table = PortTable::new(vec![port(31_140), port(44_600)]);
        let trips =
            [(44_600, 31_140, ShipKind::Cargo, 7.0), (44_600, 99_999, ShipKind::Tanker, 5.0)];
        let (flows, n_strange) = flows_by_wpi(trips, &table);
        let flow = Flow { from: PortId(1), to: PortId(0), kind: ShipKind::Cargo, trips: 7.0 };
        assert_eq!((flows, n_strange), (vec![flow], 1));
    }

    #[test]
    fn draws_are_as_frequent_as_their_weights() {
        let mut rng = Rng::new(1, 1);
        let mut counts = [0; 3];
        for _ in 0..30_000 {
            counts[drawn([1.0, 0.0, 2.0].into_iter(), &mut rng)] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((f64::from(counts[2]) / f64::from(counts[0]) - 2.0).abs() < 0.1, "{counts:?}");
    }
}
