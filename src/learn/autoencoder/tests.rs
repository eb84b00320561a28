use super::super::{Ended, TrainParams, Watch};
use super::*;
use crate::base::rng::Rng;

/// Rows on a curve through 12 dimensions: two numbers say all.
fn rows(n: usize) -> Samples {
    let mut rng = Rng::new(5, 0);
    let values = (0..n).flat_map(|_| {
        let (a, b) = (rng.unit(), rng.unit());
        (0..12).map(move |i| (0.5 + 0.4 * (a * 3.0 + 0.3 * f64::from(i)).sin() * b) as f32)
    });
    Samples::whole(Table::new(12, values.collect()))
}

fn shape() -> AutoencoderShape {
    AutoencoderShape { input: 12, hidden: vec![32, 16], embedding: 2 }
}

fn quick(epochs: usize) -> TrainParams {
    TrainParams { epochs, batch: 8, rate: 3e-3, held_out: 0.0, ..TrainParams::default() }
}

fn trained(samples: &Samples, params: &TrainParams) -> (Autoencoder, Outcome) {
    let (job, watch, place) = (Job::default(), Watch::default(), Place::cpu());
    let run = Run::new(params, &place, &job, &watch);
    Autoencoder::fit(&shape(), samples, &Split::all(samples.values.len()), &run).unwrap()
}

#[test]
fn the_loss_falls_on_32_samples() {
    let samples = rows(32);
    let (autoencoder, outcome) = trained(&samples, &quick(150));
    let losses: Vec<f64> = outcome.curves.epochs.iter().map(|epoch| epoch.loss).collect();
    assert!(losses[149] < 0.02 * losses[0], "{} to {}", losses[0], losses[149]);
    assert_eq!((outcome.ended, outcome.epoch), (Ended::Epochs, Some(149)));
    let again = autoencoder.reconstruct(&samples, &Place::cpu(), &Job::default()).unwrap();
    let worst = again.values().iter().zip(samples.values.values()).map(|(a, b)| (a - b).abs());
    assert!(worst.fold(0.0, f32::max) < 0.15);
}

#[test]
fn masked_padding_has_no_influence() {
    let plain = rows(32);
    let mask: Vec<f32> = (0..32 * 12).map(|at| f32::from(at % 12 < 5 + (at / 12) % 8)).collect();
    let garbage = |seed| {
        let mut rng = Rng::new(seed, 0);
        let values = plain.values.values().iter().zip(&mask);
        let values = values.map(|(x, m)| if *m > 0.0 { *x } else { rng.between(-9.0, 9.0) as f32 });
        let (values, mask) = (Table::new(12, values.collect()), Table::new(12, mask.clone()));
        Samples { values, mask: Some(mask) }
    };
    let (one, other) = (trained(&garbage(1), &quick(5)), trained(&garbage(2), &quick(5)));
    assert_eq!(one.0, other.0);
    let embedded =
        |samples: &Samples| one.0.embed(samples, &Place::cpu(), &Job::default()).unwrap();
    assert_eq!(embedded(&garbage(1)), embedded(&garbage(2)));
    assert_ne!(trained(&Samples { mask: None, ..garbage(1) }, &quick(5)).0, one.0);
}

#[test]
fn a_model_read_from_its_folder_gives_the_same_output() {
    use super::super::{Card, Model};
    let samples = rows(32);
    let (autoencoder, _) = trained(&samples, &quick(3));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net");
    let model = Model {
        config: autoencoder.shape().clone(),
        scalers: std::collections::BTreeMap::new(),
        weights: autoencoder.weights().clone(),
        card: Card::default(),
    };
    model.save(&path, "autoencoder", 1).unwrap();
    let read = Model::<AutoencoderShape>::load(&path, "autoencoder", 1).unwrap();
    let again = Autoencoder::new(read.config, read.weights.clone()).unwrap();
    let embed = |net: &Autoencoder| net.embed(&samples, &Place::cpu(), &Job::default()).unwrap();
    assert_eq!(embed(&again), embed(&autoencoder));
    let other = AutoencoderShape { embedding: 3, ..shape() };
    assert!(matches!(Autoencoder::new(other, read.weights), Err(SaveError::OtherShape { .. })));
}

#[test]
fn an_enlarged_network_makes_the_same_rows_of_larger_embeddings() {
    let samples = rows(32);
    let (small, _) = trained(&samples, &quick(5));
    let large = small.enlarged(4.0);
    let (place, job) = (Place::cpu(), Job::default());
    let z = |net: &Autoencoder| net.embed(&samples, &place, &job).unwrap().into_values();
    assert!(z(&small).iter().zip(z(&large)).all(|(a, b)| (4.0 * a - b).abs() < 1e-4));
    let x = |net: &Autoencoder| net.reconstruct(&samples, &place, &job).unwrap().into_values();
    assert!(x(&small).iter().zip(x(&large)).all(|(a, b)| (a - b).abs() < 1e-5));
}

#[test]
fn samples_that_teach_nothing_are_refused_in_words() {
    let (job, watch, place, params) = (Job::default(), Watch::default(), Place::cpu(), quick(1));
    let run = Run::new(&params, &place, &job, &watch);
    let said = |samples: Samples| {
        let split = Split::all(samples.values.len());
        Autoencoder::fit(&shape(), &samples, &split, &run).unwrap_err().to_string()
    };
    assert!(said(Samples::default()).contains("no sample"));
    assert!(said(Samples::whole(Table::new(3, vec![0.0; 9]))).contains("takes 12"));
    assert!(said(Samples::whole(Table::new(12, vec![f32::NAN; 12]))).contains("no number"));
}

#[test]
fn constant_samples_are_learned_without_a_fault() {
    let constant = Samples::whole(Table::new(12, vec![0.0; 12 * 20]));
    let (autoencoder, outcome) = trained(&constant, &quick(3));
    assert!(outcome.weights.is_finite());
    let again = autoencoder.reconstruct(&constant, &Place::cpu(), &Job::default()).unwrap();
    assert!(again.values().iter().all(|x| x.abs() < 0.1));
}

#[test]
fn a_seed_gives_the_same_network_whatever_the_number_of_threads() {
    // Wide enough for products to be shared among threads.
    let shape = AutoencoderShape { input: 256, hidden: vec![200], embedding: 8 };
    let mut rng = Rng::new(1, 0);
    let values = Table::new(256, (0..256 * 256).map(|_| rng.unit() as f32).collect());
    let samples = Samples::whole(values);
    let params = TrainParams { epochs: 2, batch: 256, ..quick(2) };
    let on_threads = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| {
            let (job, watch, place) = (Job::default(), Watch::default(), Place::cpu());
            let run = Run::new(&params, &place, &job, &watch);
            Autoencoder::fit(&shape, &samples, &Split::all(256), &run).unwrap().0
        })
    };
    assert_eq!(on_threads(1), on_threads(3));
}
