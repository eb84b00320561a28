//! Networks for destinations: how fast they learn and tell, and how they rank on world voyages.

use std::hint::black_box;
use std::time::Instant;

use serde_json::{Value, json};

use super::{Ground, checked};
use crate::ais::{PortId, PortTable, ShipKind};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::rng::Rng;
use crate::destination::baseline::{MostFrequent, NearestOnCourse, questions};
use crate::destination::dataset::{Dataset, dataset};
use crate::destination::nest::{Journey, N_FEATURES, Nest, NestParams, Step};
use crate::destination::split::{Part, split_by_voyage};
use crate::destination::way::{
    Aggregation, Network, Place, Run, Size, TrainParams, Watch, WayModel, WayParams,
    seconds_per_epoch,
};
use crate::destination::{Answer, Scores, Scoring};
use crate::flow::made::world_ports;
use crate::synth::{water::Water, world};

/// Steps of a made voyage, and messages of a step: what world voyages have on average.
const STEPS: usize = 40;
const MESSAGES: usize = 8;

/// Voyages a step of learning takes.
const BATCH: usize = 64;

/// What one ship may take at most, milliseconds: so that a click is answered within a frame.
const SHIP_LIMIT_MS: f64 = 5.0;

/// Learning by WAY in all sizes, and what asking about one ship takes at base size; beside it the
/// Transformer decoder over cells.
pub fn way(bench: &Ground) -> Result<Value, Stopped> {
    let (ports, place, job) = (plain_ports(150), Place::cpu(), Job::default());
    let mut told = json!({"cores": rayon::current_num_threads()});
    let mut n_learned = 0;
    let peer = ("decoder", Network::Decoder, Size::Base, 256);
    for (name, network, size, n) in [
        ("tiny", Network::Way, Size::Tiny, 512),
        ("small", Network::Way, Size::Small, 256),
        ("base", Network::Way, Size::Base, 256),
        peer,
    ] {
        let data = random_voyages(bench.some(n), 150);
        let all: Vec<usize> = (0..data.len()).collect();
        // The first epoch warms up.
        let train = TrainParams { epochs: 2, batch: BATCH, ..TrainParams::default() };
        let params = WayParams { network, size, train, ..WayParams::default() };
        let watch = Watch::default();
        let run = Run::new(&params.train, &place, &job, &watch);
        let (model, outcome) = WayModel::fit(&data, &all, &[], &ports, &params, &run)?;
        let per_s = outcome.curves.epochs.last().map_or(0.0, |epoch| epoch.samples_per_s);
        n_learned += data.len();
        let key = if name == "tiny" { "samples_per_s".into() } else { format!("{name}_per_s") };
        told[key] = per_s.into();
        if name == "base" {
            let ready = model.ready(&place)?;
            let mut times: Vec<f64> = Vec::new();
            for nest in data.nests.iter().cycle().take(50) {
                let start = Instant::now();
                black_box(ready.forecast(nest)?);
                times.push(start.elapsed().as_secs_f64() * 1e3);
            }
            times.sort_by(f64::total_cmp);
            told["ship_ms"] = times[times.len() / 2].into();
            told["ship_ms_least"] = times[0].into();
            told["ship_limit_ms"] = SHIP_LIMIT_MS.into();
        }
    }
    told["n"] = n_learned.into();
    told["samples"] =
        "voyages that the tiny WAY learns from; small, base, decoder beside it".into();
    told["steps"] = STEPS.into();
    told["messages"] = MESSAGES.into();
    told["peer"] = "a Transformer decoder of base size over looked-up cells".into();
    Ok(told)
}

/// Ports on a grid.
fn plain_ports(n: usize) -> PortTable {
    let place = |i: usize| Position::new((i % 30) as f64 * 10.0 - 150.0, (i / 30) as f64 * 9.0);
    PortTable::new(
        (0..n)
            .map(|i| crate::ais::Port {
                name: format!("port {i}"),
                position: place(i),
                ..crate::ais::Port::default()
            })
            .collect(),
    )
}

/// Voyages that wander, of equal size: speed alone is asked for.
fn random_voyages(n: usize, ports: usize) -> Dataset {
    let mut rng = Rng::new(42, 0);
    let mut nest = || {
        let port = |rng: &mut Rng| Some(PortId(rng.below(ports) as u32));
        let (from, to) = (port(&mut rng), port(&mut rng));
        let mut place = Position::new(rng.between(-150.0, 150.0).round() + 0.5, 0.5);
        let mut steps = Vec::new();
        for k in 0..STEPS {
            place.lon_deg += if rng.happens(0.5) { 1.0 } else { 0.0 };
            place.lat_deg += if rng.happens(0.5) { 1.0 } else { -1.0 };
            steps.push(Step {
                center: place,
                messages: k * MESSAGES..(k + 1) * MESSAGES,
                days: k as f32 * 0.2,
                days_left: (STEPS - k) as f32 * 0.2,
                days_left_reported: None,
                last: (place, 90.0),
            });
        }
        let features = (0..STEPS * MESSAGES * N_FEATURES).map(|_| rng.unit() as f32).collect();
        Nest { steps, features, from, to, kind: ShipKind::Cargo }
    };
    let nests = (0..n).map(|_| nest()).collect();
    Dataset {
        params: NestParams::default(),
        nests,
        journeys: (0..n as u32).collect(),
        vessels: (0..n as u64).collect(),
    }
}

/// Voyages of the table, where nothing else is asked for; the ports between which they go; epochs
/// of every network, voyages of a step, and the rate.
const VOYAGES: usize = 1500;
const PORTS: usize = 40;
const EPOCHS: usize = 16;
const LOT: usize = 16;
const RATE: f64 = 3e-3;

/// Networks by name, each as a change of the tiny WAY: WAY with gradient dropout and without, its
/// rivals as the paper ranks them, its ablations.
fn rows() -> Vec<(String, WayParams)> {
    let tiny = WayParams { size: Size::Tiny, ..WayParams::default() };
    let plain = WayParams { gradient_dropout: false, ..tiny.clone() };
    let rivals = [
        Network::Way,
        Network::Traisformer,
        Network::Decoder,
        Network::Gru,
        Network::Lstm,
        Network::GruAttention,
        Network::LstmAttention,
    ];
    let mut rows = vec![("way, gradient dropout".to_owned(), tiny)];
    rows.extend(rivals.iter().map(|network| {
        (network.name().to_owned(), WayParams { network: *network, ..plain.clone() })
    }));
    let without = |local: bool, departure: bool, ship_type: bool| WayParams {
        local,
        departure,
        ship_type,
        ..plain.clone()
    };
    rows.push(("way, no local pattern".into(), without(false, true, true)));
    rows.push(("way, no departure".into(), without(true, false, true)));
    rows.push(("way, no ship type".into(), without(true, true, false)));
    for aggregation in [Aggregation::Concatenation, Aggregation::Cross, Aggregation::Channel] {
        let name = format!("way, {}", aggregation.name());
        rows.push((name, WayParams { aggregation, ..plain.clone() }));
    }
    rows
}

/// The paper's table on world voyages: 1,500 of them or as many as `--rows` says, between 40
/// ports, a tenth for validation and a fifth for tests, tiny size, one seed.
pub fn destinations(bench: &Ground) -> Result<Value, Stopped> {
    let voyages = if bench.share < 1.0 { bench.sea.rows } else { VOYAGES };
    let params = world::WorldParams { voyages, ports: PORTS, ..world::WorldParams::default() };
    let (ports, job, place) = (world_ports(), Job::default(), Place::cpu());
    let made = world::make(&checked(&params), &ports, &[], &Water::load(), &job)?;
    let reports = made.reports_of_voyages();
    let journeys: Vec<Journey> = made
        .voyages
        .iter()
        .zip(&reports)
        .map(|(voyage, reports)| Journey {
            vessel: voyage.vessel,
            reports: reports.clone().map(|i| i as u32).collect(),
            from: Some(voyage.from),
            to: Some(voyage.to),
            arrive_ms: voyage.arrive_ms,
        })
        .collect();
    let data = dataset(&made.fleet, &journeys, &NestParams::default(), &job)?;
    let to: Vec<PortId> = data.nests.iter().filter_map(|nest| nest.to).collect();
    let parts = split_by_voyage(&to, 0.1, 0.2, 1);
    let of = |part: Part| -> Vec<usize> { (0..data.len()).filter(|i| parts[*i] == part).collect() };
    let (train, validation, test) = (of(Part::Train), of(Part::Validation), of(Part::Test));
    let mut table = Vec::new();
    let mut add = |name: &str, parameters: usize, scores: &Scores, seconds: Option<f64>| {
        let row = json!({
            "model": name,
            "parameters": parameters,
            "accuracy": scores.accuracy,
            "quarters": scores.quarters,
            "macro_f1": scores.macro_f1,
            "top3": scores.top3,
            "calibration_error": scores.calibration_error,
            "eta_mae_days": scores.eta_mae_days,
            "eta_reported_mae_days": scores.eta_reported_mae_days,
            "seconds_per_epoch": seconds,
        });
        eprintln!("{row}");
        table.push(row);
    };
    let classes = data.classes(&train);
    let frequent = MostFrequent::fit(train.iter().map(|i| &data.nests[*i]), &classes);
    let nearest = NearestOnCourse::new(&ports, &classes);
    let baseline = |answers: &dyn Fn(&Nest) -> Vec<Answer>| {
        let mut scoring = Scoring::default();
        for i in &test {
            let nest = &data.nests[*i];
            scoring.add(&questions(nest, &classes), &answers(nest));
        }
        scoring.scores()
    };
    add("most frequent", 0, &baseline(&|nest| frequent.answers(nest)), None);
    add("nearest on course", 0, &baseline(&|nest| nearest.answers(nest)), None);
    for (name, mut params) in rows() {
        (params.train.epochs, params.train.batch, params.train.rate) = (EPOCHS, LOT, RATE);
        let watch = Watch::default();
        let run = Run::new(&params.train, &place, &job, &watch);
        let (model, outcome) = WayModel::fit(&data, &train, &validation, &ports, &params, &run)?;
        let scores = model.scores(&data, &test, &place, &job)?;
        add(&name, model.parameters(), &scores, seconds_per_epoch(&outcome, train.len()));
    }
    let steps: usize = data.nests.iter().map(Nest::len).sum();
    Ok(json!({
        "rows": table,
        "data": "world voyages made by this program",
        "voyages": [train.len(), validation.len(), test.len()],
        "ports": classes.len(),
        "steps_a_voyage": steps as f64 / data.len().max(1) as f64,
        "epochs": EPOCHS,
        "cores": rayon::current_num_threads(),
    }))
}
