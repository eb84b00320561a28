use burn::tensor::Device;

use super::super::{TrainParams, Watch};
use super::*;
use crate::base::rng::Rng;

fn shape(cell: Cell) -> RecurrentShape {
    RecurrentShape {
        cell,
        input: 2,
        beside: 0,
        units: 16,
        layers: 1,
        hidden: vec![16],
        head: Head::Numbers(1),
    }
}

/// The sum of the first numbers of sequences of 2 to 8 steps.
fn sums(n: usize) -> (Sequences, Table) {
    let mut rng = Rng::new(9, 0);
    let (mut x, mut y) = (Sequences::new(2), Vec::new());
    for i in 0..n {
        let steps: Vec<f32> = (0..2 * (2 + i % 7)).map(|_| rng.between(-1.0, 1.0) as f32).collect();
        y.push(steps.iter().step_by(2).sum());
        x.push(&steps);
    }
    (x, Table::new(1, y))
}

fn fitted(shape: &RecurrentShape, x: &Sequences, y: &Table, epochs: usize) -> (Recurrent, Outcome) {
    let params = TrainParams { epochs, batch: 16, rate: 0.01, ..TrainParams::default() };
    let (job, watch, place) = (Job::default(), Watch::default(), Place::cpu());
    let run = Run::new(&params, &place, &job, &watch);
    Recurrent::fit(shape, x, y, &Split::all(x.len()), &run).unwrap()
}

#[test]
fn both_cells_learn_to_add_up_32_sequences() {
    let (x, y) = sums(32);
    for cell in [Cell::Gru, Cell::Lstm] {
        let (network, outcome) = fitted(&shape(cell), &x, &y, 120);
        let epochs = &outcome.curves.epochs;
        assert!(epochs[119].loss < 0.05 * epochs[0].loss, "{cell:?} {epochs:?}");
        let out = network.predict(&x, &Place::cpu(), &Job::default()).unwrap();
        let worst =
            out.values().iter().zip(y.values()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 0.6, "{cell:?} {worst}");
        assert_eq!(Recurrent::new(shape(cell), network.weights().clone()).unwrap(), network);
    }
}

#[test]
fn a_longer_neighbor_in_the_batch_has_no_influence() {
    for cell in [Cell::Gru, Cell::Lstm] {
        let shape = RecurrentShape { layers: 2, ..shape(cell) };
        let network = Recurrent { weights: shape.begin(3), shape };
        let (mut alone, mut together) = (Sequences::new(2), Sequences::new(2));
        let short = [0.3, -0.2, 0.9, 0.1];
        alone.push(&short);
        together.push(&[0.5; 40]);
        together.push(&short);
        let out = |x: &Sequences| network.predict(x, &Place::cpu(), &Job::default()).unwrap();
        let (one, other) = (out(&alone), out(&together));
        assert!((one.row(0)[0] - other.row(1)[0]).abs() < 1e-6, "{cell:?}");
        assert!((one.row(0)[0] - other.row(0)[0]).abs() > 1e-4);
    }
}

#[test]
fn a_step_of_a_gru_is_what_its_formula_says() {
    // One unit: x gives (update, reset, new) = (0, 0, 1), the state 2 gives (0, 0, 4) before
    // the reset gate halves it: new = tanh(1 + 2), half of it and half of the state.
    let row = |values: &[f32]| tensor(values.to_vec(), [1, values.len()], &Device::flex());
    let next = gru(row(&[0.0, 0.0, 1.0]), row(&[0.0, 0.0, 4.0]), row(&[2.0]), 1);
    let wanted = 0.5 * 3.0_f32.tanh() + 1.0;
    assert!((read(next).unwrap()[0] - wanted).abs() < 1e-6);
    // All gates half open, memory 1, new tanh(0): memory 1/2, output half its tanh.
    let (next, memory) = lstm(row(&[0.0; 4]), row(&[1.0]), 1);
    assert_eq!(read(memory).unwrap(), [0.5]);
    assert!((read(next).unwrap()[0] - 0.5 * 0.5_f32.tanh()).abs() < 1e-6);
}

#[test]
fn the_size_is_that_of_the_books_and_forget_gates_begin_open() {
    // PyTorch's nn.LSTM(2, 16): 4 * 16 * (2 + 16 + 2) = 1280; behind it 16 * 16 + 16 + 16 + 1.
    assert_eq!(shape(Cell::Lstm).parameters(), 1280 + 272 + 17);
    assert_eq!(shape(Cell::Gru).parameters(), 960 + 272 + 17);
    let weights = shape(Cell::Lstm).begin(1);
    assert!(weights.parts[2].values[16..32].iter().all(|x| *x == 1.0));
}

#[test]
fn sequences_that_cannot_be_read_are_named() {
    let check = |sequences: &Sequences| sequences.check(2, 0).unwrap_err().to_string();
    assert!(check(&Sequences::new(2)).contains("no sequence"));
    let mut x = Sequences::new(2);
    x.push(&[1.0, 2.0]);
    x.push(&[]);
    assert!(check(&x).contains("sequence 1 has no step"));
    let mut x = Sequences::new(2);
    x.push(&[1.0, 2.0]);
    x.push(&[1.0, f32::NAN]);
    assert!(check(&x).contains("sequence 1 holds"));
    assert!(x.check(3, 0).is_err());
}
