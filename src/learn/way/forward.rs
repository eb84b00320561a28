//! A batch of voyages through a network: what it tells at every step.

use std::collections::HashMap;

use burn::tensor::Tensor;
use burn::tensor::activation::{relu, sigmoid};

use super::super::weights::tensor;
use super::batch::VoyageBatch;
use super::parts::{Groups, Net, Order};
use super::shape::{Aggregation, Network, WayShape};
use super::space::{spatial_encoding, times_of};
use crate::base::geo::Position;

/// What `TrAISformer` looks up in bins, a table each.
pub const AXES: [&str; 4] = ["lon", "lat", "sog", "cog"];

/// What heads read at every step: `[step, d]`, steps as the batch has them.
pub fn forward(shape: &WayShape, net: &Net, batch: &VoyageBatch) -> Tensor<2> {
    match shape.network {
        Network::Way => way(shape, net, batch),
        Network::Traisformer => {
            let axes = AXES.iter().enumerate().map(|(axis, name)| {
                let bins: Vec<usize> = batch.bins.iter().map(|bins| bins[axis] as usize).collect();
                net.looked_up(&format!("{name}.table"), &bins)
            });
            decoder(shape, net, batch, Tensor::cat(axes.collect(), 1))
        }
        Network::Decoder => decoder(shape, net, batch, cells(net, batch)),
        Network::Lstm | Network::LstmAttention | Network::Gru | Network::GruAttention => {
            recurrent(shape, net, batch)
        }
    }
}

/// Ports at the steps that `x` has a row for, as logits: `[step, port]`.
pub fn ports(net: &Net, x: Tensor<2>) -> Tensor<2> {
    net.dense("ports", 1, x)
}

/// Arrivals at the steps that `x` has a row for, in the shape's days: `[step, quantile]`.
pub fn arrivals(net: &Net, x: Tensor<2>) -> Tensor<2> {
    net.dense("arrival", 1, x)
}

/// Cells looked up: `[step, d]`.
fn cells(net: &Net, batch: &VoyageBatch) -> Tensor<2> {
    let cells: Vec<usize> = batch.cells.iter().map(|cell| *cell as usize).collect();
    net.looked_up("cell.table", &cells)
}

/// The longest piece of a tensor that carries gradients from which single steps are cut: cutting
/// each of many from the whole would take quadratic time.
const PIECE: usize = 16;

/// Cells that remember, over looked-up cells of the grid.
fn recurrent(shape: &WayShape, net: &Net, batch: &VoyageBatch) -> Tensor<2> {
    let order = Order::of(&batch.steps);
    let read = net.dropped(cells(net, batch)).select(0, net.indices(&order.rows.concat()));
    let mut inputs = Vec::with_capacity(order.rows.len());
    let mut at = 0;
    for rows in order.rows.chunks(PIECE) {
        let n: usize = rows.iter().map(Vec::len).sum();
        let piece = read.clone().narrow(0, at, n);
        at += n;
        let mut own = 0;
        for rows in rows {
            inputs.push(piece.clone().narrow(0, own, rows.len()));
            own += rows.len();
        }
    }
    let states = net.recurrent("steps", shape.layers, shape.network.is_lstm(), inputs);
    let states = Tensor::cat(states, 0).select(0, net.indices(&order.places));
    if !shape.network.looks_back() {
        return net.dropped(states);
    }
    let groups = Groups::of(&batch.steps);
    let seen = net.attended("back", 1, (states.clone(), states.clone()), &groups);
    net.dropped(net.dense("join", 1, Tensor::cat(vec![seen, states], 1)).tanh())
}

/// A Transformer decoder over looked-up tokens, whose places are counted in steps.
fn decoder(shape: &WayShape, net: &Net, batch: &VoyageBatch, x: Tensor<2>) -> Tensor<2> {
    let d = shape.units;
    let mut places = Vec::with_capacity(batch.n_steps() * d);
    for n in &batch.steps {
        (0..*n).for_each(|k| places.extend(step_encoding(k, d)));
    }
    let mut x = net.dropped(x + tensor(places, [batch.n_steps(), d], net.device));
    let groups = Groups::of(&batch.steps);
    for layer in 0..shape.layers {
        let name = |part: &str| format!("block.{layer}.{part}");
        let seen = net.attended(&name("steps"), shape.heads, (x.clone(), x.clone()), &groups);
        x = net.normed(&name("steps"), x, seen);
        let fed = net.dense(&name("feed"), 2, x.clone());
        x = net.normed(&name("feed"), x, fed);
    }
    x
}

/// Where a step stands in its voyage, as Vaswani et al. (2017) tell it.
pub fn step_encoding(k: u32, dim: usize) -> Vec<f32> {
    let pair = |at: usize| {
        let (sin, cos) = (f64::from(k) / 10_000_f64.powf(at as f64 / dim as f64)).sin_cos();
        [sin as f32, cos as f32]
    };
    (0..dim).step_by(2).flat_map(pair).collect()
}

/// WAY: channels, then blocks that aggregate them, look back and feed forward.
fn way(shape: &WayShape, net: &Net, batch: &VoyageBatch) -> Tensor<2> {
    let (n, n_channels) = (batch.n_steps(), shape.channels());
    let mut x = net.dropped(channels(shape, net, batch)); // [channel * step, d], space first
    let groups = Groups::of(&batch.steps);
    for layer in 0..shape.layers {
        let name = |part: &str| format!("block.{layer}.{part}");
        let space = x.clone().narrow(0, 0, n);
        let one = aggregated(shape, net, &name("channels"), x.clone(), &groups);
        let one = net.normed(&name("channels"), space, one);
        let seen = net.attended(&name("steps"), shape.heads, (one.clone(), one.clone()), &groups);
        let one = net.normed(&name("steps"), one, seen);
        let is_last = layer + 1 == shape.layers;
        x = if is_last || n_channels == 1 {
            one // Of the last block nobody reads the other channels.
        } else {
            Tensor::cat(vec![one, x.narrow(0, n, (n_channels - 1) * n)], 0)
        };
        let fed = net.dense(&name("feed"), 2, x.clone());
        x = net.normed(&name("feed"), x, fed);
    }
    x
}

/// The channels one below the other, space first: `[channel * step, d]`.
fn channels(shape: &WayShape, net: &Net, batch: &VoyageBatch) -> Tensor<2> {
    let (n, d) = (batch.n_steps(), shape.units);
    let space = space_of(&batch.centers, d);
    let mut channels = vec![tensor(space, [n, d], net.device)];
    let times = tensor(times_of(&batch.days, d), [n, d], net.device);
    let owners = batch.owners();
    let of_voyage = |name: &str, classes: &[u32]| {
        let rows: Vec<usize> = owners.iter().map(|voyage| classes[*voyage] as usize).collect();
        net.looked_up(name, &rows)
    };
    if shape.local {
        channels.push(local(shape, net, batch) + times.clone());
    }
    if shape.departure {
        channels.push(of_voyage("departure.table", &batch.from) + times.clone());
    }
    if shape.ship_type {
        channels.push(of_voyage("type.table", &batch.kinds) + times);
    }
    Tensor::cat(channels, 0)
}

/// Spatial encodings of cells by their centers, each reckoned once: `[cell, dim]`.
pub fn space_of(centers: &[[f32; 2]], dim: usize) -> Vec<f32> {
    let mut known: HashMap<[u32; 2], Vec<f32>> = HashMap::new();
    let mut space = Vec::with_capacity(centers.len() * dim);
    for center in centers {
        let encoding = known.entry(center.map(f32::to_bits)).or_insert_with(|| {
            let [lon_deg, lat_deg] = center.map(f64::from);
            spatial_encoding(Position::new(lon_deg, lat_deg), dim)
        });
        space.extend_from_slice(encoding);
    }
    space
}

/// What gated units remember of each step's messages: `[step, d]`.
fn local(shape: &WayShape, net: &Net, batch: &VoyageBatch) -> Tensor<2> {
    let order = Order::of(&batch.messages);
    let width = shape.features;
    let input = |rows: &Vec<usize>| {
        let mut values = Vec::with_capacity(rows.len() * width);
        rows.iter().for_each(|row| {
            values.extend_from_slice(&batch.features[row * width..(row + 1) * width]);
        });
        tensor(values, [rows.len(), width], net.device)
    };
    let inputs = order.rows.iter().map(input).collect();
    let states = net.recurrent("local", shape.layers, false, inputs);
    // Only what was remembered last is read on: the end of each step's messages.
    let mut ends = Vec::with_capacity(states.len());
    let (mut at, mut kept) = (0, 0);
    let mut places: HashMap<usize, usize> = HashMap::new();
    for (t, state) in states.iter().enumerate() {
        let (own, next) = (order.rows[t].len(), order.rows.get(t + 1).map_or(0, Vec::len));
        if own > next {
            ends.push(state.clone().narrow(0, next, own - next));
            for row in next..own {
                places.insert(at + row, kept);
                kept += 1;
            }
        }
        at += own;
    }
    let rows: Vec<usize> = order.lasts.iter().map(|last| places[last]).collect();
    Tensor::cat(ends, 0).select(0, net.indices(&rows))
}

/// One channel of several, at every step: `[channel * step, d] -> [step, d]`.
fn aggregated(shape: &WayShape, net: &Net, name: &str, x: Tensor<2>, groups: &Groups) -> Tensor<2> {
    let (n_channels, d) = (shape.channels(), shape.units);
    let n = x.dims()[0] / n_channels;
    match shape.aggregation {
        Aggregation::Concatenation => {
            let beside = x.reshape([n_channels, n, d]).swap_dims(0, 1).reshape([n, n_channels * d]);
            net.dense(&format!("{name}.out"), 1, beside)
        }
        Aggregation::Cross => {
            let channel = |at: usize| x.clone().narrow(0, at * n, n);
            // Alone, the space channel attends to itself.
            let others = if n_channels == 1 { 0..1 } else { 1..n_channels };
            let (share, space) = (1.0 / others.len() as f64, channel(0));
            let seen = others
                .map(|at| net.attended(name, shape.heads, (space.clone(), channel(at)), groups));
            let sum = seen.reduce(|a, b| a + b).unwrap_or(space);
            sum.mul_scalar(share)
        }
        Aggregation::MultiHead | Aggregation::Channel => {
            let (heads, narrow) = shape.channel_heads();
            let split = x.reshape([n_channels, n, heads, d / heads]);
            let pooled = |pool: Tensor<4>| {
                // [channel, step, head, 1] -> [head, step, channel]
                pool.reshape([n_channels, n, heads]).permute([2, 1, 0])
            };
            let mean = pooled(split.clone().mean_dim(3));
            let most = pooled(split.clone().max_dim(3));
            let both = Tensor::cat(vec![mean, most], 1); // [head, 2 * step, channel]
            let stack = |part: &str, rows: usize, columns: usize| {
                net.at(&format!("{name}.{part}")).reshape([heads, rows, columns])
            };
            let thin = both.matmul(stack("squeeze", n_channels, narrow))
                + stack("squeeze_bias", 1, narrow);
            let wide = relu(thin).matmul(stack("widen", narrow, n_channels))
                + stack("widen_bias", 1, n_channels);
            let sum = wide.clone().narrow(1, 0, n) + wide.narrow(1, n, n);
            let shares = sigmoid(sum).permute([2, 1, 0]); // [channel, step, head]
            let weighted = split * shares.reshape([n_channels, n, heads, 1]);
            let strongest = weighted.max_dim(0).reshape([n, d]);
            net.dense(&format!("{name}.out"), 1, strongest)
        }
    }
}
