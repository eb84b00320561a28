//! Two guesses to which no model should lose.

use std::collections::BTreeMap;

use super::dataset::Classes;
use super::nest::{Nest, Step};
use super::score::{Answer, Question};
use crate::ais::{PortId, PortTable};
use crate::base::angle::turn_deg;
use crate::base::geo::{Position, bearing_deg, distance_m};

/// How many ports an answer names.
const NAMED: usize = 5;

/// What to ask a model at each step of a voyage.
pub fn questions(nest: &Nest, classes: &Classes) -> Vec<Question> {
    let to = nest.to.and_then(|port| classes.class(port));
    let question = |step: &Step| Question {
        to,
        days_left: f64::from(step.days_left),
        days_left_reported: step.days_left_reported.map(f64::from),
    };
    nest.steps.iter().map(question).collect()
}

/// The most frequent destinations of the port of departure; of all ports where nobody left from
/// there.
#[derive(Clone, PartialEq, Debug)]
pub struct MostFrequent {
    by_departure: BTreeMap<PortId, Vec<(u32, f64)>>,
    overall: Vec<(u32, f64)>,
}

impl MostFrequent {
    /// Counts the voyages `nests`.
    pub fn fit<'a>(nests: impl IntoIterator<Item = &'a Nest>, classes: &Classes) -> MostFrequent {
        let mut by_departure: BTreeMap<PortId, BTreeMap<u32, usize>> = BTreeMap::new();
        let mut overall = BTreeMap::new();
        for nest in nests {
            let Some(to) = nest.to.and_then(|port| classes.class(port)) else { continue };
            *overall.entry(to).or_insert(0) += 1;
            if let Some(from) = nest.from {
                *by_departure.entry(from).or_default().entry(to).or_insert(0) += 1;
            }
        }
        let by_departure = by_departure.iter().map(|(from, to)| (*from, ranked(to))).collect();
        MostFrequent { by_departure, overall: ranked(&overall) }
    }

    /// The same answer at every step.
    pub fn answers(&self, nest: &Nest) -> Vec<Answer> {
        let own = nest.from.and_then(|from| self.by_departure.get(&from));
        let ports = own.unwrap_or(&self.overall).clone();
        vec![Answer { ports, days_left: None }; nest.len()]
    }
}

/// Classes with their shares, the most frequent first, of equals the first class.
fn ranked(counts: &BTreeMap<u32, usize>) -> Vec<(u32, f64)> {
    let total: usize = counts.values().sum();
    let mut ranked: Vec<(u32, usize)> = counts.iter().map(|(class, n)| (*class, *n)).collect();
    ranked.sort_by_key(|(class, n)| (std::cmp::Reverse(*n), *class));
    ranked.truncate(NAMED);
    ranked.into_iter().map(|(class, n)| (class, n as f64 / total as f64)).collect()
}

/// The nearest ports that lie ahead of the ship's course.
///
/// A port lies ahead within `ahead_deg` of the course, on the great circle from the last message of
/// the step; where none does, or the course is not known, the nearest of all is named. The port of
/// departure is no destination. It knows no probabilities.
#[derive(Clone, PartialEq, Debug)]
pub struct NearestOnCourse {
    places: Vec<Position>,
    classes: Classes,
    /// How far from her course a port may lie, degrees.
    pub ahead_deg: f64,
}

impl NearestOnCourse {
    /// Looks among the ports of `classes`.
    ///
    /// # Panics
    ///
    /// If a class is no port of the table.
    pub fn new(ports: &PortTable, classes: &Classes) -> NearestOnCourse {
        let places = classes.ports().iter().map(|id| ports.port(*id).position).collect();
        NearestOnCourse { places, classes: classes.clone(), ahead_deg: 30.0 }
    }

    /// An answer at each step.
    pub fn answers(&self, nest: &Nest) -> Vec<Answer> {
        let left = nest.from.and_then(|from| self.classes.class(from));
        nest.steps.iter().map(|step| self.answer(step, left)).collect()
    }

    fn answer(&self, step: &Step, left: Option<u32>) -> Answer {
        let (at, course_deg) = (step.last.0, f64::from(step.last.1));
        let mut far: Vec<(bool, f64, u32)> = (0_u32..)
            .zip(&self.places)
            .filter(|(class, _)| Some(*class) != left)
            .map(|(class, place)| {
                let turn = turn_deg(course_deg, bearing_deg(at, *place)).abs();
                // A course that is not known has nothing ahead.
                let is_ahead = turn <= self.ahead_deg;
                (!is_ahead, distance_m(at, *place), class)
            })
            .collect();
        let order = |a: &(bool, f64, u32), b: &(bool, f64, u32)| {
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2))
        };
        if far.len() > NAMED {
            far.select_nth_unstable_by(NAMED - 1, order);
            far.truncate(NAMED);
        }
        far.sort_by(order);
        let ports = far.into_iter().map(|(_, _, class)| (class, f64::NAN)).collect();
        Answer { ports, days_left: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Port, ShipKind};

    fn nest(from: Option<u32>, to: u32, steps: &[(f64, f64, f32)]) -> Nest {
        let step = |(lon, lat, course): &(f64, f64, f32)| Step {
            center: Position::new(*lon, *lat),
            messages: 0..1,
            days: 0.0,
            days_left: 1.5,
            days_left_reported: Some(2.0),
            last: (Position::new(*lon, *lat), *course),
        };
        Nest {
            steps: steps.iter().map(step).collect(),
            features: Vec::new(),
            from: from.map(PortId),
            to: Some(PortId(to)),
            kind: ShipKind::Cargo,
        }
    }

    fn first(answers: &[Answer]) -> Vec<u32> {
        answers.iter().map(|answer| answer.ports[0].0).collect()
    }

    #[test]
    fn the_most_frequent_destination_is_that_of_the_departure() {
        let here = [(0.0, 0.0, 90.0)];
        let learned: Vec<Nest> = [(1, 2), (1, 3), (1, 3), (4, 2), (4, 2)]
            .map(|(from, to)| nest(Some(from), to, &here))
            .into();
        let classes = Classes::from(vec![PortId(1), PortId(2), PortId(3), PortId(4)]);
        let model = MostFrequent::fit(&learned, &classes);
        let says = |from| model.answers(&nest(from, 2, &here))[0].ports.clone();
        assert_eq!(says(Some(1)), [(2, 2.0 / 3.0), (1, 1.0 / 3.0)]);
        assert_eq!(says(Some(4)), [(1, 1.0)]);
        assert_eq!(says(None), [(1, 0.6), (2, 0.4)], "of an unknown departure, of all");
        assert_eq!(says(Some(9)), says(None));
    }

    #[test]
    fn the_nearest_port_on_the_course_lies_ahead() {
        let port = |lon_deg| Port { position: Position::new(lon_deg, 0.0), ..Port::default() };
        let table = PortTable::new(vec![port(-5.0), port(1.0), port(10.0), port(30.0)]);
        let classes = Classes::from((0..4).map(PortId).collect::<Vec<_>>());
        let model = NearestOnCourse::new(&table, &classes);
        // From port 1 to the east, then back, then with no course.
        let voyage =
            nest(Some(1), 2, &[(2.0, 0.0, 90.0), (2.0, 0.0, 270.0), (25.0, 0.0, f32::NAN)]);
        assert_eq!(first(&model.answers(&voyage)), [2, 0, 3]);
        let whole: Vec<u32> = model.answers(&voyage)[0].ports.iter().map(|port| port.0).collect();
        assert_eq!(whole, [2, 3, 0], "ahead first, then the others; never where she left");
    }

    #[test]
    fn questions_carry_the_truth_of_every_step() {
        let classes = Classes::from(vec![PortId(2), PortId(7)]);
        let voyage = nest(None, 7, &[(0.0, 0.0, 0.0), (1.0, 0.0, 0.0)]);
        let question = Question { to: Some(1), days_left: 1.5, days_left_reported: Some(2.0) };
        assert_eq!(questions(&voyage, &classes), [question; 2]);
        assert_eq!(questions(&nest(None, 3, &[(0.0, 0.0, 0.0)]), &classes)[0].to, None);
    }
}
