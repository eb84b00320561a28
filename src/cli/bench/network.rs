//! Training: an epoch of the autoencoder of deep clustering, and of its refinement.

use std::time::Instant;

use serde_json::{Value, json};

use super::Ground;
use crate::base::job::{Job, Stopped};
use crate::base::rng::Rng;
use crate::learn::{
    Autoencoder, AutoencoderShape, Place, RefineParams, Run, Samples, Schedule, Split, Table,
    TrainParams, Watch, refine,
};

/// The network of the workload that PyTorch is measured with (`shared/bench/b_torch.py`): there and
/// back, samples of a step, by Adam.
const INPUT: usize = 200;
const HIDDEN: [usize; 3] = [500, 500, 2000];
const EMBEDDING: usize = 10;
const BATCH: usize = 256;

/// Steps of an epoch, and epochs of which the fastest counts.
const STEPS: usize = 8;
const EPOCHS: usize = 5;

/// Clusters that are told apart.
const CLUSTERS: usize = 8;

/// Samples a second of both kinds of epoch on the CPU.
pub fn autoencoder(ground: &Ground) -> Result<Value, Stopped> {
    let steps = ((STEPS as f64 * ground.share).round() as usize).clamp(2, STEPS);
    let n = BATCH * steps;
    let mut rng = Rng::new(7, 0);
    let values = (0..n * INPUT).map(|_| rng.normal() as f32).collect();
    let samples = Samples::whole(Table::new(INPUT, values));
    let shape = AutoencoderShape { input: INPUT, hidden: HIDDEN.to_vec(), embedding: EMBEDDING };
    let params = TrainParams {
        epochs: EPOCHS,
        batch: BATCH,
        schedule: Schedule::Constant,
        patience: 0,
        clip: 0.0,
        held_out: 0.0,
        ..TrainParams::default()
    };
    let (place, job, watch) = (Place::cpu(), Job::default(), Watch::default());
    let split = Split::by_share(n, 0.0, 7);
    let start = Instant::now();
    let run = Run::new(&params, &place, &job, &watch);
    let (network, outcome) = Autoencoder::fit(&shape, &samples, &split, &run)?;
    let fit_s = start.elapsed().as_secs_f64();
    let paces = outcome.curves.epochs.iter().map(|epoch| epoch.samples_per_s);
    let fastest = paces.fold(0.0, f64::max);

    let embedding = network.embed(&samples, &place, &job)?;
    let centers: Vec<f32> = (0..CLUSTERS).flat_map(|at| embedding.row(at).to_vec()).collect();
    let steps_of = RefineParams {
        tolerance: 0.0,
        update_interval: steps,
        most_steps: steps * EPOCHS,
        batch: BATCH,
        ..RefineParams::default()
    };
    let start = Instant::now();
    let centers = Table::new(EMBEDDING, centers);
    let watch = Watch::default();
    let refined = refine(&network, &samples, &centers, &steps_of, &place, &job, &watch)?;
    let refine_s = start.elapsed().as_secs_f64();
    let rounds = refined.curves.epochs.iter().map(|epoch| epoch.samples_per_s);
    Ok(json!({
        "samples_per_s": fastest,
        "dec_samples_per_s": rounds.fold(0.0, f64::max),
        "fit_s": fit_s,
        "refine_s": refine_s,
        "parameters": shape.parameters(),
        "workload": format!(
            "{INPUT}-500-500-2000-{EMBEDDING} and back, batch {BATCH}, Adam, forward, backward and step, \
             32 bits; DEC: the encoder and {CLUSTERS} centers"
        ),
        "peer": "none in this run: PyTorch's figure is that of shared/bench/b_torch.py on the same machine",
        "device": place.name(),
        "cores": rayon::current_num_threads(),
        "n": n,
    }))
}
