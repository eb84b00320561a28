//! What a model tells of one ship along her way: ports with probabilities, and the arrival.

use egui::Color32;

use crate::ais::PortId;
use crate::destination::{self, ShipForecast};
use crate::ui::map::palette::{category, unknown};

/// Ports that have a color of their own; the others together are gray.
pub const MOST_PORTS: usize = 8;

/// When a ship arrives: a tenth, half and nine tenths of such ships do by these times, UTC
/// milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// A tenth.
    pub low_ms: i64,
    /// Half.
    pub middle_ms: i64,
    /// Nine tenths.
    pub high_ms: i64,
}

/// What is told at one moment.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// When, UTC milliseconds.
    pub t_ms: i64,
    /// Ports with their probabilities, the likeliest first. What is missing to 1 is other ports'.
    pub ports: Vec<(PortId, f64)>,
    /// When she arrives, if the model tells.
    pub arrival: Option<Arrival>,
}

impl Step {
    /// The probability of one port.
    pub fn probability(&self, port: PortId) -> f64 {
        self.ports.iter().find(|(other, _)| *other == port).map_or(0.0, |(_, p)| *p)
    }
}

/// What is told along a way.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Told {
    /// By rising time.
    pub steps: Vec<Step>,
    /// The ports that are likeliest along the way, each with a color by its place here.
    bands: Vec<PortId>,
}

impl From<&ShipForecast> for Told {
    fn from(ship: &ShipForecast) -> Told {
        let step = |told: &destination::Told| {
            let arrival = told.arrives_ms();
            let arrival =
                arrival.map(|[low_ms, middle_ms, high_ms]| Arrival { low_ms, middle_ms, high_ms });
            Step { t_ms: told.t_ms, ports: told.ports.clone(), arrival }
        };
        Told::new(ship.told.iter().map(step).collect())
    }
}

impl Told {
    /// Of steps by rising time.
    pub fn new(steps: Vec<Step>) -> Told {
        let mut sums: Vec<(PortId, f64)> = Vec::new();
        for (at, step) in steps.iter().enumerate() {
            let after = steps.get(at + 1).map_or(step.t_ms, |next| next.t_ms);
            // The last one counts too, and so does the only one.
            let weight = 1.0 + (after - step.t_ms).max(0) as f64;
            for (port, p) in &step.ports {
                match sums.iter_mut().find(|(other, _)| other == port) {
                    Some((_, sum)) => *sum += weight * p,
                    None => sums.push((*port, weight * p)),
                }
            }
        }
        sums.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        sums.truncate(MOST_PORTS);
        Told { steps, bands: sums.into_iter().map(|(port, _)| port).collect() }
    }

    /// What is told at `now_ms`: by the last step until then; before the first by that. Without a
    /// moment by the last.
    pub fn at(&self, now_ms: Option<i64>) -> Option<&Step> {
        self.steps.get(self.place(now_ms))
    }

    /// The place of that step.
    pub fn place(&self, now_ms: Option<i64>) -> usize {
        let until = |now_ms: i64| self.steps.partition_point(|step| step.t_ms <= now_ms);
        now_ms.map_or(self.steps.len(), until).saturating_sub(1)
    }

    /// The ports that have colors of their own, the likeliest along the way first.
    pub fn bands(&self) -> &[PortId] {
        &self.bands
    }

    /// The color of a port in plots and on the map.
    pub fn color(&self, port: PortId, is_dark: bool) -> Color32 {
        let place = self.bands.iter().position(|band| *band == port);
        place.map_or(unknown(is_dark), |place| category(place, is_dark))
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::{HOUR_MS, told};
    use super::*;

    #[test]
    fn at_a_moment_the_last_step_until_then_is_told() {
        let told = told();
        let at = |now_ms| told.at(now_ms).map(|step| step.t_ms / HOUR_MS);
        assert_eq!(at(Some(3 * HOUR_MS)), Some(3));
        assert_eq!(at(Some(4 * HOUR_MS - 1)), Some(3));
        assert_eq!((at(Some(-1)), at(None)), (Some(0), Some(9)));
        assert_eq!(Told::default().at(Some(0)), None);
    }

    #[test]
    fn colors_go_to_the_ports_that_are_likely_for_the_longest_time() {
        let told = told();
        // Los Angeles has a mean of 0.4 and Göteborg one of 0.5 over the nine hours.
        assert_eq!(told.bands(), [PortId(2), PortId(0), PortId(1)]);
        assert_eq!(told.color(PortId(2), true), category(0, true));
        assert_eq!(told.color(PortId(77), true), unknown(true));
        let many =
            Step { t_ms: 0, ports: (0..20).map(|id| (PortId(id), 0.05)).collect(), arrival: None };
        assert_eq!(Told::new(vec![many]).bands().len(), MOST_PORTS);
    }
}
