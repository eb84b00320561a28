//! How well destinations and arrivals were told.

use serde::Serialize;

/// What a model says at a step of a voyage.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Answer {
    /// Ports as classes with their probabilities, the likeliest first, three or more where it has
    /// as many. Not-a-number from models that know no probability.
    pub ports: Vec<(u32, f64)>,
    /// Days to the arrival, if it tells.
    pub days_left: Option<f64>,
}

/// The truth of a step.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Question {
    /// The class of the port that the voyage reaches; none for a port that the model cannot know.
    /// It counts as not told.
    pub to: Option<u32>,
    /// Days to the arrival.
    pub days_left: f64,
    /// The same as the crew reported it, if they did.
    pub days_left_reported: Option<f64>,
}

/// Probabilities in ten equal ranges.
const BINS: usize = 10;

/// Answers whose first port had a probability in one range.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct Bin {
    /// How many there are.
    pub n: usize,
    /// Their mean probability; 0 of none.
    pub probability: f64,
    /// The share that was right; 0 of none. Equal to the probability if the model is honest.
    pub right: f64,
}

/// How well a model did.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Scores {
    /// How many voyages.
    pub voyages: usize,
    /// How many steps.
    pub steps: usize,
    /// Share of the steps whose port was told.
    pub accuracy: f64,
    /// The same in the quarters of the voyages; a voyage's step `k` of `K`, from 0, is of quarter
    /// `4 k / K`, rounded down. Not-a-number where no step is.
    pub quarters: [f64; 4],
    /// Mean over ports of the harmonic mean of precision and recall, over steps. Ports count that are
    /// the truth or the answer of some step, as in scikit-learn; those that no model can know are
    /// one.
    pub macro_f1: f64,
    /// Share of the steps whose port was among the first three.
    pub top3: f64,
    /// By the probability of the first port; empty where the model knows none.
    pub calibration: Vec<Bin>,
    /// Mean distance of probability and truth, each answer weighing as much: the expected
    /// calibration error.
    pub calibration_error: Option<f64>,
    /// Mean absolute error of the arrival, days, over steps that have an answer.
    pub eta_mae_days: Option<f64>,
    /// The crews' mean absolute error, days, over steps where they reported an arrival.
    pub eta_reported_mae_days: Option<f64>,
    /// The model's, over those same steps.
    pub eta_mae_days_where_reported: Option<f64>,
}

/// Counts answers.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scoring {
    voyages: usize,
    right: [usize; 4],
    steps: [usize; 4],
    top3: usize,
    /// For each class, then for those unknown: true and told, told, true.
    classes: std::collections::BTreeMap<Option<u32>, [usize; 3]>,
    bins: [(usize, f64, usize); BINS],
    errors: Sum,
    reported: Sum,
    where_reported: Sum,
}

#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct Sum {
    n: usize,
    total: f64,
}

impl Sum {
    fn add(&mut self, x: f64) {
        self.n += 1;
        self.total += x;
    }

    fn mean(self) -> Option<f64> {
        (self.n > 0).then(|| self.total / self.n as f64)
    }
}

impl Scoring {
    /// Counts a voyage: a question and an answer for each of its steps.
    ///
    /// # Panics
    ///
    /// If there is not one answer a question.
    pub fn add(&mut self, questions: &[Question], answers: &[Answer]) {
        assert_eq!(questions.len(), answers.len(), "every question is answered");
        self.voyages += 1;
        for (k, (question, answer)) in questions.iter().zip(answers).enumerate() {
            let quarter = 4 * k / questions.len();
            let first = answer.ports.first();
            let told = first.map(|(class, _)| *class);
            let is_right = question.to.is_some() && told == question.to;
            self.steps[quarter] += 1;
            self.right[quarter] += usize::from(is_right);
            let is_near = answer.ports.iter().take(3).any(|(port, _)| Some(*port) == question.to);
            self.top3 += usize::from(is_near);
            self.classes.entry(question.to).or_default()[2] += 1;
            if told.is_some() {
                self.classes.entry(told).or_default()[1] += 1;
            }
            if is_right {
                self.classes.entry(told).or_default()[0] += 1;
            }
            if let Some((_, p)) = first.filter(|(_, p)| !p.is_nan()) {
                let bin = ((p * BINS as f64) as usize).min(BINS - 1);
                let (n, sum, right) = &mut self.bins[bin];
                (*n, *sum, *right) = (*n + 1, *sum + p, *right + usize::from(is_right));
            }
            let error = answer.days_left.map(|days| (days - question.days_left).abs());
            error.into_iter().for_each(|error| self.errors.add(error));
            if let Some(reported) = question.days_left_reported {
                self.reported.add((reported - question.days_left).abs());
                error.into_iter().for_each(|error| self.where_reported.add(error));
            }
        }
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Scoring) {
        self.voyages += other.voyages;
        self.top3 += other.top3;
        for quarter in 0..4 {
            self.right[quarter] += other.right[quarter];
            self.steps[quarter] += other.steps[quarter];
        }
        for (class, counts) in &other.classes {
            let own = self.classes.entry(*class).or_default();
            own.iter_mut().zip(counts).for_each(|(own, n)| *own += n);
        }
        for (own, bin) in self.bins.iter_mut().zip(&other.bins) {
            *own = (own.0 + bin.0, own.1 + bin.1, own.2 + bin.2);
        }
        let sums = [
            (&mut self.errors, other.errors),
            (&mut self.reported, other.reported),
            (&mut self.where_reported, other.where_reported),
        ];
        for (own, sum) in sums {
            (own.n, own.total) = (own.n + sum.n, own.total + sum.total);
        }
    }

    /// The scores of all that was counted. Of nothing, shares are not-a-number.
    pub fn scores(&self) -> Scores {
        let share = |n: usize, of: usize| n as f64 / of as f64;
        let (steps, right) = (self.steps.iter().sum::<usize>(), self.right.iter().sum());
        let f1 = |[hits, told, truth]: &[usize; 3]| share(2 * hits, told + truth);
        let n_told: usize = self.bins.iter().map(|bin| bin.0).sum();
        let bins: Vec<Bin> = self
            .bins
            .iter()
            .map(|(n, sum, right)| {
                let of = (*n).max(1) as f64;
                Bin { n: *n, probability: sum / of, right: *right as f64 / of }
            })
            .collect();
        let off = bins.iter().map(|bin| bin.n as f64 * (bin.probability - bin.right).abs());
        Scores {
            voyages: self.voyages,
            steps,
            accuracy: share(right, steps),
            quarters: [0, 1, 2, 3].map(|q| share(self.right[q], self.steps[q])),
            macro_f1: self.classes.values().map(f1).sum::<f64>() / self.classes.len() as f64,
            top3: share(self.top3, steps),
            calibration_error: (n_told > 0).then(|| off.sum::<f64>() / n_told as f64),
            calibration: if n_told > 0 { bins } else { Vec::new() },
            eta_mae_days: self.errors.mean(),
            eta_reported_mae_days: self.reported.mean(),
            eta_mae_days_where_reported: self.where_reported.mean(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(class: u32) -> Question {
        Question { to: Some(class), days_left: 2.0, days_left_reported: None }
    }

    fn says(ports: &[(u32, f64)]) -> Answer {
        Answer { ports: ports.to_vec(), days_left: None }
    }

    #[test]
    fn accuracy_is_over_steps_and_quarters_are_of_each_voyage() {
        let mut scoring = Scoring::default();
        // Eight steps to port 1, told from the fourth on; four to port 2, told in the last.
        let eight: Vec<Answer> = (0..8).map(|k| says(&[(u32::from(k >= 3), 0.9)])).collect();
        scoring.add(&[to(1); 8], &eight);
        let four: Vec<Answer> =
            (0..4).map(|k| says(&[(if k == 3 { 2 } else { 1 }, 0.5)])).collect();
        scoring.add(&[to(2); 4], &four);
        let scores = scoring.scores();
        assert_eq!((scores.voyages, scores.steps), (2, 12));
        assert_eq!(scores.accuracy, 6.0 / 12.0);
        // Steps 0 and 1, 2 and 3, ... of the first; a step each of the second.
        assert_eq!(scores.quarters, [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0]);
    }

    #[test]
    fn a_voyage_of_one_step_is_of_the_first_quarter_only() {
        let mut scoring = Scoring::default();
        scoring.add(&[to(1)], &[says(&[(1, 1.0)])]);
        let quarters = scoring.scores().quarters;
        assert_eq!(quarters[0], 1.0);
        assert!(quarters[1..].iter().all(|q| q.is_nan()));
    }

    #[test]
    fn macro_f1_is_the_mean_over_ports() {
        let mut scoring = Scoring::default();
        // Truth 1 1 1 1 2 2, told 1 1 1 2 2 3.
        let questions = [1, 1, 1, 1, 2, 2].map(to);
        let answers = [1, 1, 1, 2, 2, 3].map(|class| says(&[(class, 0.5)]));
        scoring.add(&questions, &answers);
        // Port 1: 2*3 / (3 + 4); port 2: 2*1 / (2 + 2); port 3 is never true: 0.
        let wanted = (6.0 / 7.0 + 0.5 + 0.0) / 3.0;
        assert!((scoring.scores().macro_f1 - wanted).abs() < 1e-12);
    }

    #[test]
    fn the_first_three_ports_count_and_a_port_unknown_is_never_told() {
        let mut scoring = Scoring::default();
        let answer = says(&[(1, 0.4), (2, 0.3), (3, 0.2), (4, 0.1)]);
        let unknown = Question { to: None, ..to(0) };
        let questions = [to(1), to(3), to(4), unknown];
        scoring.add(&questions, &[answer.clone(), answer.clone(), answer.clone(), answer]);
        let scores = scoring.scores();
        assert_eq!((scores.accuracy, scores.top3), (0.25, 0.5));
        let silent = Answer::default();
        let mut scoring = Scoring::default();
        scoring.add(&[unknown], &[silent]);
        assert_eq!(scoring.scores().accuracy, 0.0);
    }

    #[test]
    fn an_honest_model_is_calibrated() {
        let mut scoring = Scoring::default();
        let questions = [to(1); 10];
        // Eight of ten are right and it says so; then it boasts.
        let honest: Vec<Answer> = (0..10).map(|k| says(&[(u32::from(k < 8), 0.8)])).collect();
        scoring.add(&questions, &honest);
        let scores = scoring.scores();
        let bin = scores.calibration[8];
        assert!(bin.n == 10 && bin.right == 0.8 && (bin.probability - 0.8).abs() < 1e-12);
        assert!(scores.calibration_error.unwrap() < 1e-12);
        let boasts: Vec<Answer> = (0..10).map(|k| says(&[(u32::from(k < 8), 1.0)])).collect();
        scoring.add(&questions, &boasts);
        let scores = scoring.scores();
        assert!((scores.calibration[9].right - 0.8).abs() < 1e-12);
        assert!((scores.calibration_error.unwrap() - 0.1).abs() < 1e-12);
        // Too humble is off as much as too bold: by a fifth at ten steps each, of thirty.
        let humble: Vec<Answer> = (0..10).map(|k| says(&[(u32::from(k < 8), 0.6)])).collect();
        scoring.add(&questions, &humble);
        let error = scoring.scores().calibration_error.unwrap();
        assert!((error - 4.0 / 30.0).abs() < 1e-12, "{error}");
        let mut silent = Scoring::default();
        silent.add(&[to(1)], &[says(&[(1, f64::NAN)])]);
        assert!(silent.scores().calibration.is_empty());
    }

    #[test]
    fn arrivals_are_compared_on_the_same_steps() {
        let mut scoring = Scoring::default();
        let question = |reported| Question { days_left_reported: reported, ..to(1) };
        let answer = |days| Answer { ports: Vec::new(), days_left: days };
        scoring.add(
            &[question(None), question(Some(5.0)), question(Some(1.0))],
            &[answer(Some(6.0)), answer(Some(1.5)), answer(None)],
        );
        let scores = scoring.scores();
        assert_eq!(scores.eta_mae_days, Some(2.25)); // 4 and 0.5.
        assert_eq!(scores.eta_reported_mae_days, Some(2.0)); // 3 and 1.
        assert_eq!(scores.eta_mae_days_where_reported, Some(0.5));
    }

    #[test]
    fn counts_of_parts_add_up() {
        let answers = [1, 2, 1, 2].map(|class| says(&[(class, 0.5)]));
        let questions = [1, 1, 2, 2].map(to);
        let mut whole = Scoring::default();
        whole.add(&questions, &answers);
        whole.add(&questions, &answers);
        let (mut one, mut two) = (Scoring::default(), Scoring::default());
        one.add(&questions, &answers);
        two.add(&questions, &answers);
        one.merge(&two);
        assert_eq!(one.scores(), whole.scores());
    }
}
