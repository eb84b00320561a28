//! What the networks for destinations are made of, and how many numbers they learn.

use serde::{Deserialize, Serialize};

use super::super::dense;
use super::super::weights::{Begin, Slot, count};
use crate::base::params::Choice;

/// Which network tells the destination.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Network {
    /// WAY: channels of space, local pattern, departure and type, aggregated at every step.
    #[default]
    Way,
    /// `TrAISformer` (Nguyen, Fablet 2021): longitude, latitude, speed and course in bins, looked up
    /// and put side by side, through a Transformer decoder.
    Traisformer,
    /// A Transformer decoder over looked-up cells.
    Decoder,
    /// Long short-term memory over looked-up cells.
    Lstm,
    /// The same with attention to its own past states (Luong et al. 2015).
    LstmAttention,
    /// Gated recurrent units over looked-up cells.
    Gru,
    /// The same with attention to its own past states.
    GruAttention,
}

impl Choice for Network {
    const CASES: &'static [(&'static str, Network)] = &[
        ("way", Network::Way),
        ("traisformer", Network::Traisformer),
        ("decoder", Network::Decoder),
        ("lstm", Network::Lstm),
        ("lstm_attention", Network::LstmAttention),
        ("gru", Network::Gru),
        ("gru_attention", Network::GruAttention),
    ];
}

/// The name by which a user chooses `case`.
fn chosen<C: Choice>(case: C) -> &'static str {
    C::CASES.iter().find(|(_, other)| *other == case).map_or("", |(name, _)| name)
}

impl Network {
    /// The name by which a user chooses it.
    pub fn name(self) -> &'static str {
        chosen(self)
    }

    /// Whether it looks up cells of the grid.
    fn looks_up_cells(self) -> bool {
        !matches!(self, Network::Way | Network::Traisformer)
    }

    pub(super) fn is_lstm(self) -> bool {
        matches!(self, Network::Lstm | Network::LstmAttention)
    }

    pub(super) fn is_recurrent(self) -> bool {
        self.is_lstm() || matches!(self, Network::Gru | Network::GruAttention)
    }

    pub(super) fn looks_back(self) -> bool {
        matches!(self, Network::LstmAttention | Network::GruAttention)
    }
}

/// How large a network is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// 32 units, 2 layers, 4 heads.
    #[default]
    Tiny,
    /// 64 units, 2 layers, 4 heads.
    Small,
    /// The paper's: 128 units, 4 layers, 8 heads.
    Base,
}

impl Size {
    /// The name by which a user chooses it.
    pub fn name(self) -> &'static str {
        chosen(self)
    }
}

impl Choice for Size {
    const CASES: &'static [(&'static str, Size)] =
        &[("tiny", Size::Tiny), ("small", Size::Small), ("base", Size::Base)];
}

/// How WAY makes one channel of several: an ablation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// Multi-head channel attention, the paper's.
    #[default]
    MultiHead,
    /// The same with one head: channel attention (Hu et al. 2018).
    Channel,
    /// The space channel attends to the past of each other channel (Tsai et al. 2019).
    Cross,
    /// Channels side by side through one matrix.
    Concatenation,
}

impl Aggregation {
    /// The name by which a user chooses it.
    pub fn name(self) -> &'static str {
        chosen(self)
    }
}

impl Choice for Aggregation {
    const CASES: &'static [(&'static str, Aggregation)] = &[
        ("multi_head", Aggregation::MultiHead),
        ("channel", Aggregation::Channel),
        ("cross", Aggregation::Cross),
        ("concatenation", Aggregation::Concatenation),
    ];
}

/// What a network for destinations is made of.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct WayShape {
    /// Which network.
    pub network: Network,
    /// Units: the paper's d, a multiple of four and of the heads.
    pub units: usize,
    /// Layers: the paper's N.
    pub layers: usize,
    /// Heads: the paper's h.
    pub heads: usize,
    /// How many times `units` the feed-forward layers are wide between.
    pub widening: usize,
    /// How WAY aggregates its channels.
    pub aggregation: Aggregation,
    /// Whether WAY has the channel of the local pattern,
    pub local: bool,
    /// of the departure,
    pub departure: bool,
    /// and of the ship type.
    pub ship_type: bool,
    /// Days that the arrival is counted in by the head that tells it; none without that head.
    pub days: Option<f64>,
    /// Share of the numbers that are dropped while it learns.
    pub dropout: f64,
    /// Numbers of a message.
    pub features: usize,
    /// How many ports it knows.
    pub ports: usize,
    /// How many ship types there are.
    pub kinds: usize,
    /// How many cells are looked up by networks that do.
    pub cells: usize,
    /// Bins of longitude, latitude, speed and course.
    pub bins: [usize; 4],
}

/// Quantiles of the arrival that the head tells: the median is the answer, trained by its mean
/// absolute error; the outer ones say how sure it is.
pub const QUANTILES: [f64; 3] = [0.1, 0.5, 0.9];

/// Deviation of looked-up tables at first.
const TABLE: Begin = Begin::Normal(0.5);

impl WayShape {
    /// A network of this size for voyages in the paper's form: cells of a degree, 17 numbers a
    /// message, 10 types of ships, no arrival head.
    pub fn new(network: Network, size: Size, ports: usize) -> WayShape {
        let (units, layers, heads, widening) = match size {
            Size::Tiny => (32, 2, 4, 2),
            Size::Small => (64, 2, 4, 2),
            Size::Base => (128, 4, 8, 4),
        };
        WayShape {
            network,
            units,
            layers,
            heads,
            widening,
            aggregation: Aggregation::MultiHead,
            local: true,
            departure: true,
            ship_type: true,
            days: None,
            dropout: 0.1,
            features: 17,
            ports,
            kinds: 10,
            cells: 360 * 180,
            bins: [360, 180, 32, 73],
        }
    }

    /// How many numbers it learns.
    pub fn parameters(&self) -> usize {
        count(&self.slots())
    }

    /// What contradicts itself, in words.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let WayShape { units, layers, heads, .. } = *self;
        if layers == 0 || units == 0 || heads == 0 || self.widening == 0 {
            return Some("a network has at least a unit, a layer and a head");
        }
        if !units.is_multiple_of(4) || !units.is_multiple_of(heads) {
            return Some("units come in fours and are shared evenly by the heads");
        }
        if self.ports == 0 || self.features == 0 || self.kinds == 0 {
            return Some("there is no port, type or number of a message to tell from");
        }
        (!(0.0..1.0).contains(&self.dropout)).then_some("not everything can be dropped")
    }

    /// How many channels WAY has: the paper's C.
    pub(super) fn channels(&self) -> usize {
        1 + [self.local, self.departure, self.ship_type].iter().filter(|has| **has).count()
    }

    /// Heads of the channel attention, and its bottleneck's width.
    pub(super) fn channel_heads(&self) -> (usize, usize) {
        let heads = if self.aggregation == Aggregation::MultiHead { self.heads } else { 1 };
        (heads, self.channels().div_ceil(2))
    }

    /// Its matrices: names, sizes, first values.
    pub(super) fn slots(&self) -> Vec<Slot> {
        let d = self.units;
        let mut slots = Vec::new();
        match self.network {
            Network::Way => self.channel_slots(&mut slots),
            Network::Traisformer => {
                for (axis, bins) in ["lon", "lat", "sog", "cog"].iter().zip(self.bins) {
                    slots.push(Slot::new(format!("{axis}.table"), bins, d / 4, TABLE));
                }
            }
            _ => slots.push(Slot::new("cell.table", self.cells + 1, d, TABLE)),
        }
        debug_assert!(!self.network.looks_up_cells() || slots.len() == 1);
        if self.network.is_recurrent() {
            recurrent_slots(&mut slots, "steps", d, (d, self.layers), self.network.is_lstm());
            if self.network.looks_back() {
                attention_slots(&mut slots, "back", d);
                slots.extend(dense::slots("join", &[2 * d, d]));
            }
        } else {
            for layer in 0..self.layers {
                let name = |part: &str| format!("block.{layer}.{part}");
                if self.network == Network::Way {
                    self.aggregation_slots(&mut slots, &name("channels"));
                    norm_slots(&mut slots, &name("channels"), d);
                }
                attention_slots(&mut slots, &name("steps"), d);
                norm_slots(&mut slots, &name("steps"), d);
                slots.extend(dense::slots(&name("feed"), &[d, self.widening * d, d]));
                norm_slots(&mut slots, &name("feed"), d);
            }
        }
        slots.extend(dense::slots("ports", &[d, self.ports]));
        if self.days.is_some() {
            slots.extend(dense::slots("arrival", &[d, QUANTILES.len()]));
        }
        slots
    }

    fn channel_slots(&self, slots: &mut Vec<Slot>) {
        let d = self.units;
        if self.local {
            recurrent_slots(slots, "local", self.features, (d, self.layers), false);
        }
        if self.departure {
            slots.push(Slot::new("departure.table", self.ports + 1, d, TABLE));
        }
        if self.ship_type {
            slots.push(Slot::new("type.table", self.kinds, d, TABLE));
        }
    }

    fn aggregation_slots(&self, slots: &mut Vec<Slot>, name: &str) {
        let (d, n) = (self.units, self.channels());
        match self.aggregation {
            Aggregation::MultiHead | Aggregation::Channel => {
                let (heads, narrow) = self.channel_heads();
                let slot = |part: &str, rows: usize, columns: usize, begin: Begin| {
                    Slot::new(format!("{name}.{part}"), rows, columns, begin)
                };
                // A stack of one matrix for each head, one below the other.
                slots.push(slot("squeeze", heads * n, narrow, Begin::Even(n)));
                slots.push(slot("squeeze_bias", heads, narrow, Begin::Constant(0.1)));
                slots.push(slot("widen", heads * narrow, n, Begin::Even(narrow)));
                slots.push(slot("widen_bias", heads, n, Begin::Constant(0.0)));
                slots.extend(dense::slots(&format!("{name}.out"), &[d, d]));
            }
            Aggregation::Cross => attention_slots(slots, name, d),
            Aggregation::Concatenation => {
                slots.extend(dense::slots(&format!("{name}.out"), &[n * d, d]));
            }
        }
    }
}

/// Layers of cells that remember: the input's and the state's matrix and a bias each.
fn recurrent_slots(
    slots: &mut Vec<Slot>,
    name: &str,
    input: usize,
    (units, layers): (usize, usize),
    is_lstm: bool,
) {
    let wide = units * if is_lstm { 4 } else { 3 };
    let even = Begin::Even(units);
    for layer in 0..layers {
        let rows = if layer == 0 { input } else { units };
        slots.push(Slot::new(format!("{name}.{layer}.input"), rows, wide, even));
        slots.push(Slot::new(format!("{name}.{layer}.state"), units, wide, even));
        slots.push(Slot::new(format!("{name}.{layer}.input_bias"), 1, wide, even));
        slots.push(Slot::new(format!("{name}.{layer}.state_bias"), 1, wide, even));
    }
}

/// Queries, keys and values in one matrix, and what brings heads together.
fn attention_slots(slots: &mut Vec<Slot>, name: &str, units: usize) {
    for part in ["query", "key", "value"] {
        slots.extend(dense::slots(&format!("{name}.{part}"), &[units, units]));
    }
    slots.extend(dense::slots(&format!("{name}.out"), &[units, units]));
}

fn norm_slots(slots: &mut Vec<Slot>, name: &str, units: usize) {
    slots.push(Slot::new(format!("{name}.norm"), 1, units, Begin::Constant(1.0)));
    slots.push(Slot::new(format!("{name}.norm_bias"), 1, units, Begin::Constant(0.0)));
}

/// How many numbers a network of this size learns for so many ports, in the paper's form: cells of a
/// degree of which a network that looks them up knows 29,700 (what the paper's counts come to), and
/// no arrival head.
///
/// ```
/// use fairway::learn::{Network, Size, way_parameters};
/// let base = way_parameters(Network::Way, Size::Base, 3243);
/// assert!((base as f64 / 2.04e6 - 1.0).abs() < 0.03); // The paper's 2.04 million.
/// ```
pub fn way_parameters(network: Network, size: Size, ports: usize) -> usize {
    WayShape { cells: PAPER_CELLS, ..WayShape::new(network, size, ports) }.parameters()
}

/// Cells of the paper's baselines: 4.62 million numbers of its GRU less those of cells and head.
const PAPER_CELLS: usize = 29_700;
