//! The recurrent networks: report by report to a mixture of normal distributions a time ahead.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::mixed::{ellipses, form_of, joined, median, scales};
use super::votes::{VOTE_WIDTH, Vote, Votes, off};
use super::{GruParams, Look, PARTS, Told, split_of, taken, thinned};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::rows::Rows;
use crate::base::scaler::{NotFinite, Scaler};
use crate::learn::{
    Cell, Head, Mixture, Place, Recurrent, RecurrentShape, Run, Sequences, Table, Weights,
};
use crate::predict::dataset::{Dataset, Sample};
use crate::predict::ensemble::{length_m, reckoned_m};
use crate::predict::features::{Inputs, RAW_WIDTH};
use crate::predict::intake::Intake;

/// Numbers of a report as the network reads it.
const STEP_WIDTH: usize = 6;

/// The time that steps are measured by, seconds.
const STEP_S: f64 = 600.0;

/// A ship slower than this is taken to be this fast when steps are put in relation, m/s.
const SLOWEST_MPS: f64 = 1.0;

/// Recurrent networks that read a window report by report, and beside it its features, its place and
/// where other ships went from there; what they give is a mixture of normal distributions for each
/// time ahead.
///
/// What is learned is how far the ship will be off the geometric median of where the neighbors went,
/// in lengths of the way that dead reckoning goes. The place told is the geometric median of the
/// mixture, from which the mean distance is least; ellipses are of the covariance about it, scaled
/// until they held their share of the truths of ships that a network did not learn from.
///
/// # Reference
///
/// Ours: the paper has no recurrent network. Cho et al. 2014 for the gated unit, Bishop 1994 for the
/// mixture, Lakshminarayanan et al. 2017 for joining networks that began apart.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub struct PathGru {
    saved: Saved,
    networks: Vec<Recurrent>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Saved {
    votes: Votes,
    intake: Intake,
    /// Of what stands beside the reports.
    beside: Scaler,
    /// What the networks' numbers are multiplied by at each time ahead, lengths of the way.
    units: Vec<f64>,
    /// Of the ellipses, at each time ahead.
    scales: Vec<[f64; 2]>,
    shape: RecurrentShape,
    weights: Vec<Weights>,
}

impl TryFrom<Saved> for PathGru {
    type Error = String;

    fn try_from(saved: Saved) -> Result<PathGru, String> {
        let n = saved.votes.horizons_min().len();
        let shape = &saved.shape;
        let width = saved.intake.width() + n * VOTE_WIDTH;
        if [shape.beside, saved.beside.names().len()] != [width; 2] || shape.input != STEP_WIDTH {
            return Err("the recurrent networks take other inputs".into());
        }
        let is_all = matches!(shape.head, Head::Mixtures { places, components } if places == n && components > 0);
        if !is_all || [saved.units.len(), saved.scales.len()] != [n; 2] || saved.weights.is_empty()
        {
            return Err("the recurrent networks tell other times ahead".into());
        }
        let mut numbers = saved.units.iter().chain(saved.scales.iter().flatten());
        let is_sound = numbers.all(|x| x.is_finite() && *x > 0.0);
        if !is_sound || !saved.weights.iter().all(Weights::is_finite) {
            return Err("a number of the recurrent networks is not finite".into());
        }
        let network = |weights: &Weights| Recurrent::new(shape.clone(), weights.clone());
        let networks = saved.weights.iter().map(network).collect::<Result<_, _>>();
        let networks = networks.map_err(|error| error.to_string())?;
        Ok(PathGru { saved, networks })
    }
}

impl From<PathGru> for Saved {
    fn from(gru: PathGru) -> Saved {
        gru.saved
    }
}

/// What a network reads of a window, before it is scaled.
struct Read {
    steps: Vec<f32>,
    beside: Vec<f64>,
    votes: Vec<Vote>,
}

impl Read {
    fn of(sample: &Sample, intake: &Intake, votes: &Votes) -> Read {
        let votes = votes.told(sample);
        let mut beside = intake.row(sample);
        beside.extend(votes.iter().flat_map(|vote| vote.numbers));
        Read { steps: steps_of(sample), beside, votes }
    }
}

impl PathGru {
    /// Trains networks on windows `which` of `data`.
    ///
    /// Takes `O(n log n)` time for the votes and `O(epochs * networks * windows * units^2)` for the
    /// networks, which are trained side by side.
    pub(super) fn fit(
        data: &Dataset,
        which: &[usize],
        inputs: Inputs,
        params: &GruParams,
        look: &Look,
        job: &Job,
    ) -> Result<PathGru, Stopped> {
        let fault = |fault: NotFinite| Stopped::Failed(fault.to_string());
        let n = data.horizons_min.len();
        let votes = Votes::of(data, which, params.n_neighbors);
        let intake = Intake::of(data, which, inputs).placed();
        let read: Vec<Read> = which
            .par_iter()
            .with_min_len(32)
            .map(|i| {
                job.go_on()?;
                Ok(Read::of(&data.samples[*i], &intake, &votes))
            })
            .collect::<Result<_, Stopped>>()?;
        let mut names = intake.names();
        for minutes in &data.horizons_min {
            names.extend((0..VOTE_WIDTH).map(|at| format!("vote {at} at {minutes} min")));
        }
        let mut rows = Rows::new(names.len());
        read.iter().for_each(|read| rows.push(&read.beside));
        let beside = Scaler::of(&names, &rows).map_err(fault)?;
        let rows = beside.applied(&rows).map_err(fault)?;
        let mut x = Sequences::with_beside(STEP_WIDTH, names.len());
        for (read, row) in read.iter().zip(&rows) {
            x.push_beside(&read.steps, &taken(row).collect::<Vec<_>>());
        }
        let missed = |at: usize, horizon: usize| -> Option<[f64; 2]> {
            let off = off(data, which[at], horizon)?;
            let vote = read[at].votes[horizon].median;
            Some([off[0] - vote[0], off[1] - vote[1]])
        };
        let units: Vec<f64> = (0..n)
            .map(|horizon| {
                let known: Vec<[f64; 2]> =
                    (0..which.len()).filter_map(|at| missed(at, horizon)).collect();
                let sum: f64 = known.iter().map(|[a, b]| a.hypot(*b)).sum();
                (sum / known.len().max(1) as f64).max(1e-6)
            })
            .collect();
        let mut y = Vec::with_capacity(which.len() * 2 * n);
        for at in 0..which.len() {
            for (horizon, unit) in units.iter().enumerate() {
                let missed = missed(at, horizon).unwrap_or([f64::NAN; 2]);
                y.extend(missed.map(|x| (x / unit) as f32));
            }
        }
        let y = Table::new(2 * n, y);
        let shape = RecurrentShape {
            cell: Cell::Gru,
            input: STEP_WIDTH,
            beside: names.len(),
            units: params.units,
            layers: 1,
            hidden: vec![params.hidden],
            head: Head::Mixtures { places: n, components: params.components },
        };
        let place = Place::choose(params.device);
        let job = job.uncounted();
        let n_networks = params.n_networks.min(PARTS as usize);
        let trained: Vec<(Recurrent, Vec<Vec<f64>>)> = (0..n_networks)
            .into_par_iter()
            .map(|at| {
                let mut split = split_of(data, which, at as u32, params.seed);
                split.train = thinned(&split.train, params.n_windows, at);
                let held = split.validation.clone();
                split.validation = thinned(&held, params.n_windows / 4, at);
                let train = params.train(at);
                let watch = look.watch(at);
                let run = Run::new(&train, &place, &job, &watch);
                let (network, _) = Recurrent::fit(&shape, &x, &y, &split, &run)?;
                let forms = forms_of(&network, &x, &y, &split.validation, &job)?;
                Ok((network, forms))
            })
            .collect::<Result<_, Stopped>>()?;
        let scales = (0..n)
            .map(|horizon| {
                scales(trained.iter().flat_map(|(_, forms)| forms[horizon].clone()).collect())
            })
            .collect();
        let networks: Vec<Recurrent> = trained.into_iter().map(|(network, _)| network).collect();
        let weights = networks.iter().map(|network| network.weights().clone()).collect();
        let saved = Saved { votes, intake, beside, units, scales, shape, weights };
        Ok(PathGru { saved, networks })
    }

    pub(super) fn horizons_min(&self) -> &[f64] {
        self.saved.votes.horizons_min()
    }

    pub(super) fn is_of(&self, own: Inputs) -> bool {
        let placed = Inputs { has_place: true, ..own };
        matches!(&self.saved.intake, Intake::Features { inputs, .. } if *inputs == placed)
    }

    pub(super) fn tell(&self, sample: &Sample) -> Vec<Told> {
        let saved = &self.saved;
        let Read { steps, mut beside, votes } = Read::of(sample, &saved.intake, &saved.votes);
        if beside.len() != saved.beside.names().len() || saved.beside.apply(&mut beside).is_err() {
            return Vec::new();
        }
        let beside: Vec<f32> = taken(&beside).collect();
        let of_each: Vec<Vec<Mixture>> = self
            .networks
            .iter()
            .map(|network| saved.shape.head.mixtures(&network.answer(&steps, &beside)))
            .collect();
        let mut told = Vec::with_capacity(votes.len());
        for (horizon, vote) in votes.iter().enumerate() {
            let mixtures: Vec<Mixture> = of_each.iter().map(|of| of[horizon].clone()).collect();
            let mixture = joined(&mixtures);
            let [ahead, port] = median(&mixture).map(|x| x * saved.units[horizon]);
            let horizon_s = self.horizons_min()[horizon] * 60.0;
            let length = length_m(sample, horizon_s);
            let local_m = [
                reckoned_m(sample, horizon_s) + (vote.median[0] + ahead) * length,
                (vote.median[1] + port) * length,
            ];
            let unit_m = saved.units[horizon] * length;
            let ellipses = Some(ellipses(&mixture, saved.scales[horizon], unit_m));
            told.push(Told { local_m, ellipses });
        }
        told
    }
}

/// How far out the truths of `held` windows are in what `network` says of them, by time ahead.
fn forms_of(
    network: &Recurrent,
    x: &Sequences,
    y: &Table,
    held: &[usize],
    job: &Job,
) -> Result<Vec<Vec<f64>>, Stopped> {
    let mut forms = vec![Vec::new(); y.width() / 2];
    for &at in held {
        job.go_on()?;
        let (steps, beside) = x.sequence(at);
        let mixtures = network.shape().head.mixtures(&network.answer(steps, beside));
        for ((mixture, truth), forms) in
            mixtures.iter().zip(y.row(at).chunks_exact(2)).zip(&mut forms)
        {
            let truth = [f64::from(truth[0]), f64::from(truth[1])];
            if truth.iter().all(|x| x.is_finite()) {
                forms.push(form_of(mixture, truth));
            }
        }
    }
    Ok(forms)
}

/// The reports of a window as the network reads them: how long ago; how far ahead and to port of
/// where dead reckoning has the ship then, in lengths of ten minutes' way; how much faster than now;
/// which way it headed, off the course now.
pub(super) fn steps_of(sample: &Sample) -> Vec<f32> {
    let pace_mps = sample.speed_mps.max(SLOWEST_MPS);
    let mut steps = Vec::with_capacity(sample.raw.len());
    for report in sample.raw.chunks_exact(RAW_WIDTH) {
        let place = Position::new(report[0], report[1]);
        let [ahead, port] = sample.frame.local_m(place);
        let (speed_mps, sine, cosine, t_s) = (report[2], report[3], report[4], report[5]);
        let (frame_sine, frame_cosine) = sample.frame.course_deg().to_radians().sin_cos();
        let length = pace_mps * STEP_S;
        let step = [
            t_s / STEP_S + 0.5,
            5.0 * (ahead - sample.speed_mps * t_s) / length,
            5.0 * port / length,
            2.0 * (speed_mps / pace_mps - 1.0),
            2.0 * (sine * frame_cosine - cosine * frame_sine),
            2.0 * (cosine * frame_cosine + sine * frame_sine - 1.0),
        ];
        steps.extend(taken(&step));
    }
    steps
}
