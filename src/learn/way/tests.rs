//! What must hold of every network over voyages.

use rayon::prelude::*;

use super::super::{Card, Model, TrainParams, Watch};
use super::plain::Cost;
use super::train::kept_steps;
use super::*;
use crate::base::params::Choice as _;
use crate::base::rng::Rng;

const PORTS: usize = 8;
const CELLS: usize = 40;
const FEATURES: usize = 5;

/// Voyages of random ways; each begins in a cell of its own, which tells where it ends.
struct Made(Vec<VoyageBatch>);

fn one(i: usize, rng: &mut Rng) -> VoyageBatch {
    let n = 2 + i % 5;
    let cell = |k: usize, rng: &mut Rng| if k == 0 { i % CELLS } else { rng.below(CELLS) };
    let cells: Vec<usize> = (0..n).map(|k| cell(k, rng)).collect();
    let messages: Vec<u32> = (0..n).map(|_| 1 + rng.below(4) as u32).collect();
    let n_messages = messages.iter().sum::<u32>() as usize;
    let features = (0..n_messages * FEATURES).map(|_| rng.normal() as f32).collect();
    let center = |cell: &usize| [*cell as f32 * 9.0 - 180.0, (*cell % 7) as f32 * 20.0 - 60.0];
    VoyageBatch {
        steps: vec![n as u32],
        messages,
        features,
        centers: cells.iter().map(center).collect(),
        days: (0..n).map(|k| k as f32).collect(),
        cells: cells.iter().map(|cell| *cell as u32).collect(),
        bins: cells.iter().map(|cell| [*cell as u32, (*cell % 7) as u32, 3, 1]).collect(),
        from: vec![rng.below(PORTS) as u32],
        kinds: vec![rng.below(3) as u32],
        to: vec![Some(rng.below(PORTS) as u32)],
        days_left: (0..n).map(|k| (n - k) as f32).collect(),
    }
}

fn joined(batches: &[&VoyageBatch]) -> VoyageBatch {
    let mut all = VoyageBatch::default();
    for one in batches {
        all.steps.extend(&one.steps);
        all.messages.extend(&one.messages);
        all.features.extend(&one.features);
        all.centers.extend(&one.centers);
        all.days.extend(&one.days);
        all.cells.extend(&one.cells);
        all.bins.extend(&one.bins);
        all.from.extend(&one.from);
        all.kinds.extend(&one.kinds);
        all.to.extend(&one.to);
        all.days_left.extend(&one.days_left);
    }
    all
}

impl Made {
    fn new(n: usize) -> Made {
        Made((0..n).map(|i| one(i, &mut Rng::new(7, i as u64))).collect())
    }
}

impl Voyages for Made {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn steps(&self, i: usize) -> usize {
        self.0[i].n_steps()
    }

    fn batch(&self, among: &[usize], _rng: Option<&mut Rng>) -> VoyageBatch {
        joined(&among.iter().map(|i| &self.0[*i]).collect::<Vec<_>>())
    }
}

fn shape(network: Network) -> WayShape {
    WayShape {
        units: 16,
        layers: 2,
        heads: 4,
        dropout: 0.0,
        features: FEATURES,
        kinds: 3,
        cells: CELLS,
        bins: [CELLS, 7, 5, 5],
        days: Some(2.0),
        ..WayShape::new(network, Size::Tiny, PORTS)
    }
}

/// Every network, and WAY in every form.
fn shapes() -> Vec<WayShape> {
    let networks = Network::CASES.iter().map(|(_, network)| shape(*network));
    let forms = Aggregation::CASES[1..]
        .iter()
        .map(|(_, aggregation)| WayShape { aggregation: *aggregation, ..shape(Network::Way) });
    let bare = WayShape { local: false, departure: false, ..shape(Network::Way) };
    let alone = WayShape { ship_type: false, ..bare.clone() };
    networks.chain(forms).chain([bare, alone]).collect()
}

fn begun(shape: &WayShape) -> WayNet {
    WayNet::new(shape.clone(), Weights::begin(&shape.slots(), 3)).unwrap()
}

fn told(net: &WayNet, batch: &VoyageBatch) -> Told {
    net.ready(&Place::cpu()).unwrap().tell(batch).unwrap()
}

fn trained(shape: &WayShape, made: &Made, params: &TrainParams) -> (WayNet, Outcome) {
    let (job, watch, place) = (Job::default(), Watch::default(), Place::cpu());
    let how = WayTraining { hidden_share: 0.0, gradient_dropout: false, ..WayTraining::default() };
    let run = Run::new(params, &place, &job, &watch);
    WayNet::fit(shape, made, &Split::all(made.len()), &how, &run).unwrap()
}

#[test]
fn the_base_size_has_the_papers_parameters() {
    let of = |network, size| way_parameters(network, size, 3243);
    let share = |n: usize, millions: f64| (n as f64 / (millions * 1e6) - 1.0).abs();
    assert!(share(of(Network::Way, Size::Base), 2.04) < 0.01);
    assert!(share(of(Network::Way, Size::Small), 0.52) < 0.04);
    assert!(share(of(Network::Way, Size::Tiny), 0.24) < 0.03);
    for (network, millions) in [
        (Network::Lstm, 4.76),
        (Network::Gru, 4.62),
        (Network::Decoder, 5.02),
        (Network::Traisformer, 1.30),
    ] {
        let n = of(network, Size::Base);
        assert!(share(n, millions) < 0.06, "{network:?}: {n}");
    }
    // By hand, of the smallest: tables, one layer of each kind, heads.
    let small = WayShape { layers: 1, units: 4, heads: 1, widening: 1, ..shape(Network::Gru) };
    let gru = 2 * (4 * 12 + 12);
    assert_eq!(small.parameters(), 41 * 4 + gru + (4 * 8 + 8) + (4 * 3 + 3));
}

#[test]
fn the_processor_tells_what_the_tensor_library_does() {
    let made = Made::new(12);
    let all: Vec<usize> = (0..made.len()).collect();
    let mut unknown = made.batch(&all, None);
    unknown.from[3] = PORTS as u32;
    for shape in plain_shapes() {
        let net = WayNet::new(shape.clone(), stirred(&shape)).unwrap();
        let place = Place::cpu();
        let on =
            On::Device(Places::of(&shape.slots()), Placed::fixed(net.weights(), place.device()));
        let by_library = ReadyWay { shape: shape.clone(), on, place };
        let (plain, wanted) = (told(&net, &unknown), by_library.tell(&unknown).unwrap());
        let near = |a: &Table, b: &Table| {
            assert!(a.len() == unknown.n_steps() && a.len() == b.len());
            let pairs = a.values().iter().zip(b.values());
            pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
        };
        assert!(near(&plain.ports, &wanted.ports) < 1e-5, "{shape:?}");
        assert!(near(&plain.days_left.unwrap(), &wanted.days_left.unwrap()) < 1e-4, "{shape:?}");
    }
}

/// Weights that are not those of the beginning, where norms do nothing.
fn stirred(shape: &WayShape) -> Weights {
    let mut weights = Weights::begin(&shape.slots(), 3);
    let mut rng = Rng::new(5, 0);
    for part in &mut weights.parts {
        part.values.iter_mut().for_each(|x| *x += 0.1 * rng.normal() as f32);
    }
    weights
}

/// Networks that the processor is asked about without the library, in every form, and a larger one.
fn plain_shapes() -> impl Iterator<Item = WayShape> {
    let larger = WayShape { units: 64, layers: 3, ..shape(Network::Way) };
    shapes().into_iter().filter(|shape| Plain::takes(shape.network)).chain([larger])
}

#[test]
fn gradients_on_the_processor_are_those_of_the_tensor_library() {
    let made = Made::new(12);
    let all: Vec<usize> = (0..made.len()).collect();
    let mut batch = made.batch(&all, None);
    (batch.from[3], batch.to[5]) = (PORTS as u32, None);
    // Some steps count, of some voyages none.
    let rows: Vec<usize> = kept_steps(&batch, true, &mut Rng::new(1, 0));
    assert!(rows.len() > 10 && rows.len() < batch.n_steps());
    for shape in plain_shapes() {
        let (weights, how, place) = (stirred(&shape), WayTraining::default(), Place::cpu());
        let placed = Placed::tracked(&weights, place.device());
        let (places, device) = (Places::of(&shape.slots()), place.device().clone().autodiff());
        let tell = Tell {
            shape: &shape,
            places: places.clone(),
            voyages: &made,
            how: &how,
            epoch_seed: 0,
            step: 0,
            plain: None,
            spare: Vec::new(),
        };
        let net = Net { places: &places, weights: &placed, device: &device, drops: None };
        let (loss, _) = tell.cost(&net, &batch, &rows).unwrap();
        let wanted = read(loss.clone()).unwrap()[0];
        let mut by_library = loss.backward();

        let cost = Cost { rows: &rows, eta_weight: how.eta_weight };
        let plain = Plain::new(&shape, &weights);
        // Lots that hold sums of another step.
        let mut spare = vec![vec![vec![7.0; 3]]];
        let (told, slopes) = plain.cost_back(&batch, cost, 1, &mut spare);
        assert!((told as f32 - wanted).abs() < 1e-4 * wanted, "{told} {wanted}");
        assert!((plain.cost(&batch, cost) - told).abs() < 1e-5 * told);
        for ((tensor, slope), part) in placed.tensors.iter().zip(&slopes).zip(&weights.parts) {
            let wanted = tensor.grad_remove(&mut by_library).map(|grad| read(grad).unwrap());
            let wanted = wanted.unwrap_or_else(|| vec![0.0; slope.len()]);
            let size = wanted.iter().map(|x| x.abs()).fold(0.0, f32::max);
            let off = wanted.iter().zip(slope).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(off <= 1e-4 * size + 1e-6, "{}: {off} of {size}; {shape:?}", part.name);
        }
    }
}

#[test]
fn gradients_know_which_numbers_were_dropped() {
    let made = Made::new(6);
    let all: Vec<usize> = (0..made.len()).collect();
    let batch = made.batch(&all, None);
    let rows: Vec<usize> = (0..batch.n_steps()).collect();
    let cost = Cost { rows: &rows, eta_weight: 1.0 };
    for aggregation in [Aggregation::MultiHead, Aggregation::Cross, Aggregation::Concatenation] {
        let shape = WayShape { dropout: 0.3, aggregation, ..shape(Network::Way) };
        rise_as_told(&shape, &batch, cost);
    }
    rise_as_told(&WayShape { dropout: 0.3, ..shape(Network::Traisformer) }, &batch, cost);
}

/// Holds gradients, where numbers are dropped, to the rise of the cost.
fn rise_as_told(shape: &WayShape, batch: &VoyageBatch, cost: Cost) {
    let weights = stirred(shape);
    let plain = Plain::new(shape, &weights);
    let (whole, slopes) = plain.cost_back(batch, cost, 9, &mut Vec::new());
    assert_ne!(whole, plain.cost(batch, cost), "something was dropped");
    assert_ne!(whole, plain.cost_back(batch, cost, 8, &mut Vec::new()).0, "by the seed");
    // Along a way of its own for each matrix, the cost rises as the gradients say.
    let mut rng = Rng::new(11, 0);
    for (at, slope) in slopes.iter().enumerate() {
        let way: Vec<f32> = slope.iter().map(|_| rng.normal() as f32).collect();
        let long = way.iter().map(|x| x * x).sum::<f32>().sqrt();
        let moved = |by: f32| {
            let mut other = weights.clone();
            let pairs = other.parts[at].values.iter_mut().zip(&way);
            pairs.for_each(|(x, way)| *x += by * way / long);
            Plain::new(shape, &other).cost_back(batch, cost, 9, &mut Vec::new()).0
        };
        let rise = (moved(2e-3) - moved(-2e-3)) / 4e-3;
        let told: f32 = slope.iter().zip(&way).map(|(a, b)| a * b / long).sum();
        let off = (rise - f64::from(told)).abs();
        let name = &weights.parts[at].name;
        assert!(off < 0.03 * rise.abs() + 2e-3, "{shape:?} {name}: {rise} {told}");
    }
}

#[test]
fn a_later_step_changes_nothing_told_before() {
    let voyage = one(4, &mut Rng::new(1, 0));
    let n = voyage.n_steps();
    assert_eq!(n, 6);
    let mut rng = Rng::new(2, 0);
    let mut other = voyage.clone();
    let from = 3;
    let first = other.messages[..from].iter().sum::<u32>() as usize * FEATURES;
    other.features[first..].iter_mut().for_each(|x| *x = rng.normal() as f32);
    for k in from..n {
        other.centers[k] = [rng.between(-180.0, 180.0) as f32, 10.0];
        other.cells[k] = (other.cells[k] + 5) % CELLS as u32;
        other.bins[k] = [1, 1, 1, 1];
        other.days[k] += 20.0;
    }
    for shape in shapes() {
        let net = begun(&shape);
        let (one, two) = (told(&net, &voyage), told(&net, &other));
        let until = from * PORTS;
        assert_eq!(one.ports.values()[..until], two.ports.values()[..until], "{shape:?}");
        assert!(one.ports.row(n - 1) != two.ports.row(n - 1), "{shape:?}");
        let (one, two) = (one.days_left.unwrap(), two.days_left.unwrap());
        assert_eq!(one.values()[..from * 3], two.values()[..from * 3]);
    }
}

#[test]
fn voyages_beside_one_another_have_no_influence() {
    let made = Made::new(9);
    let all = made.batch(&[0, 1, 2, 3, 4, 5, 6, 7, 8], None);
    for shape in shapes() {
        let net = begun(&shape);
        let beside = told(&net, &all);
        for (i, start) in all.starts().into_iter().enumerate() {
            let alone = told(&net, &made.0[i]);
            for k in 0..made.steps(i) {
                let pairs = alone.ports.row(k).iter().zip(beside.ports.row(start + k));
                for (a, b) in pairs {
                    assert!((a - b).abs() < 1e-5, "{shape:?}: {a} {b}");
                }
            }
        }
        for row in &beside.ports {
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        }
    }
}

#[test]
fn thirty_two_voyages_are_learned_by_heart_by_every_network() {
    let made = Made::new(32);
    let among: Vec<usize> = (0..32).collect();
    let train = TrainParams { epochs: 220, batch: 32, rate: 1e-2, ..TrainParams::default() };
    shapes().into_par_iter().for_each(|shape| {
        let shape = WayShape { layers: 1, ..shape };
        let (net, outcome) = trained(&shape, &made, &train);
        let ready = net.ready(&Place::cpu()).unwrap();
        let (mut right, mut steps, mut off) = (0, 0, 0.0);
        let count = |at: usize, told: Told| {
            let to = made.0[at].to[0].unwrap() as usize;
            let days_left = told.days_left.unwrap();
            for (k, row) in told.ports.iter().enumerate() {
                let best = (0..PORTS).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap();
                right += usize::from(best == to);
                steps += 1;
                off += (days_left.row(k)[1] - made.0[at].days_left[k]).abs();
            }
        };
        ready.tell_each(&made, &among, &Job::default(), count).unwrap();
        assert!(right * 100 >= 98 * steps, "{right} of {steps}: {shape:?}");
        let days = off / steps as f32;
        assert!(days < 0.4, "{days} days: {shape:?}");
        let epochs = &outcome.curves.epochs;
        assert!(epochs[epochs.len() - 1].loss < epochs[0].loss / 4.0, "{shape:?}");
    });
}

#[test]
fn a_network_read_from_its_folder_tells_the_same() {
    let made = Made::new(8);
    let params = TrainParams { epochs: 2, batch: 4, ..TrainParams::default() };
    let folder = tempfile::tempdir().unwrap();
    for shape in shapes() {
        let (net, _) = trained(&shape, &made, &params);
        let model = Model {
            config: net.shape().clone(),
            scalers: std::collections::BTreeMap::new(),
            weights: net.weights().clone(),
            card: Card::default(),
        };
        let path = folder.path().join("net");
        model.save(&path, "way", 1).unwrap();
        let read = Model::<WayShape>::load(&path, "way", 1).unwrap();
        let again = WayNet::new(read.config, read.weights).unwrap();
        assert_eq!(told(&again, &made.0[3]), told(&net, &made.0[3]));
    }
}

#[test]
fn one_seed_gives_one_network_and_going_on_gives_the_same() {
    let made = Made::new(24);
    let shape = WayShape { dropout: 0.1, ..shape(Network::Way) };
    let params = TrainParams { epochs: 12, batch: 5, ..TrainParams::default() };
    let (job, place, how) = (Job::default(), Place::cpu(), WayTraining::default());
    let split = Split::by_share(24, 0.2, 1);
    let whole = {
        let watch = Watch::default();
        let run = Run::new(&params, &place, &job, &watch);
        WayNet::fit(&shape, &made, &split, &how, &run).unwrap().0
    };
    // Cancelled after nine epochs; every fifth is kept.
    let stopping = Job::default();
    let cancels = stopping.clone();
    let half = Watch::telling(move |curves| {
        if curves.epochs.len() == 9 {
            cancels.cancel();
        }
    });
    let run = Run::new(&params, &place, &stopping, &half);
    let stopped = WayNet::fit(&shape, &made, &split, &how, &run);
    assert_eq!(stopped.map(|_| ()), Err(Stopped::Cancelled));
    let checkpoint = half.checkpoint().unwrap();
    assert!(!checkpoint.epochs.is_empty());
    let watch = Watch::default();
    let run = Run::new(&params, &place, &job, &watch).resuming(&checkpoint);
    let resumed = WayNet::fit(&shape, &made, &split, &how, &run).unwrap().0;
    assert_eq!(resumed, whole);
}

#[test]
fn a_training_is_cancelled_within_a_batch_and_odd_shapes_are_refused() {
    let made = Made::new(8);
    let (place, watch, how) = (Place::cpu(), Watch::default(), WayTraining::default());
    let params = TrainParams { epochs: 1000, batch: 4, ..TrainParams::default() };
    let job = Job::default();
    job.cancel();
    let run = Run::new(&params, &place, &job, &watch);
    let fit = |shape: &WayShape, run: &Run| {
        WayNet::fit(shape, &made, &Split::all(8), &how, run).map(|_| ()).unwrap_err()
    };
    assert_eq!(fit(&shape(Network::Way), &run), Stopped::Cancelled);
    let odd = WayShape { units: 18, ..shape(Network::Way) };
    let job = Job::default();
    let run = Run::new(&params, &place, &job, &watch);
    assert!(matches!(fit(&odd, &run), Stopped::Failed(_)));
}
