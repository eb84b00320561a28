//! Whether what is reported agrees with what is told: ports and arrival.

use crate::ais::{PortId, PortTable};
use crate::base::time::duration_text;
use crate::destination::Annotation;
use crate::ui::destination_view::is_named;
use crate::ui::destination_view::told::Step;
use crate::ui::map::likely::percent;

/// A reported port is at odds with what is told if it is less likely than this,
const UNLIKELY: f64 = 0.1;
/// and another one at least as likely as this.
const LIKELY: f64 = 0.5;

/// How a report of the destination stands to what is told.
#[derive(Clone, PartialEq, Debug)]
pub enum Agreement {
    /// Nothing is reported.
    NothingReported,
    /// What is reported names no port of the table.
    NoPort,
    /// The reported port is the likeliest.
    Agrees(f64),
    /// Another port is likelier, but the reported one is likely too: its probability.
    Leans(PortId, f64),
    /// The ship sails as those do that are bound elsewhere: for this port, with this probability, and
    /// that of the reported one.
    Disagrees(PortId, f64, f64),
}

impl Agreement {
    /// Of what was typed, what that may name, and what is told. A port within `radius_m` of a named
    /// one is named too: neighbors share pilots and names.
    pub fn of(
        typed: &str,
        named: Option<&Annotation>,
        step: &Step,
        ports: &PortTable,
        radius_m: f64,
    ) -> Agreement {
        if typed.trim().is_empty() {
            return Agreement::NothingReported;
        }
        let Some(named) = named.filter(|named| !named.candidates.is_empty()) else {
            return Agreement::NoPort;
        };
        let is_named = |port: PortId| is_named(named, port, ports, radius_m);
        let told = |(port, p): &(PortId, f64)| if is_named(*port) { *p } else { 0.0 };
        let p = step.ports.iter().map(told).sum::<f64>().min(1.0);
        match step.ports.first() {
            Some((first, first_p)) if !is_named(*first) => {
                if p < UNLIKELY && *first_p >= LIKELY {
                    Agreement::Disagrees(*first, *first_p, p)
                } else {
                    Agreement::Leans(*first, p)
                }
            }
            _ => Agreement::Agrees(p),
        }
    }

    /// Whether that deserves a warning.
    pub fn is_warning(&self) -> bool {
        matches!(self, Agreement::Disagrees(..))
    }

    /// What it means.
    pub fn text(&self, ports: &PortTable) -> String {
        let name = |port: &PortId| &ports.port(*port).name;
        match self {
            Agreement::NothingReported => "No destination is reported".into(),
            Agreement::NoPort => "It names no port of the list".into(),
            Agreement::Agrees(p) => {
                format!("Agrees: the likeliest port, neighbors counted with it ({})", percent(*p))
            }
            Agreement::Leans(port, p) => {
                format!("Possible ({}); {} is likelier", percent(*p), name(port))
            }
            Agreement::Disagrees(port, first, p) => format!(
                "Disagrees: she sails as ships bound for {} ({}) do, not there ({})",
                name(port),
                percent(*first),
                percent(*p)
            ),
        }
    }
}

/// What the reported arrival means beside the one that is told.
pub fn arrival_text(reported_ms: i64, told_ms: i64, now_ms: i64) -> String {
    match told_ms - reported_ms {
        _ if reported_ms < now_ms => "that is past".into(),
        late_ms if late_ms.abs() < 30 * 60_000 => "that agrees".into(),
        late_ms if late_ms > 0 => format!("told {} later", duration_text(late_ms)),
        late_ms => format!("told {} earlier", duration_text(-late_ms)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::destination::Candidate;
    use crate::ui::destination_view::made::{HOUR_MS, ports, told};

    fn names(port: u32) -> Annotation {
        Annotation { candidates: vec![Candidate { port: PortId(port), confidence: 0.9 }] }
    }

    #[test]
    fn a_reported_port_agrees_leans_or_disagrees_with_what_is_told() {
        let (told, ports) = (told(), ports());
        let of = |hour: i64, named: Option<Annotation>, radius_m: f64| {
            let step = told.at(Some(hour * HOUR_MS)).unwrap();
            Agreement::of("X", named.as_ref(), step, &ports, radius_m)
        };
        // Göteborg 90 %, 50 %, 0 %.
        assert_eq!(of(0, Some(names(2)), 1.0), Agreement::Agrees(0.9));
        assert_eq!(of(6, Some(names(2)), 1.0), Agreement::Leans(PortId(0), 0.9 - 0.1 * 6.0));
        let wrong = of(9, Some(names(2)), 1.0);
        assert!(matches!(wrong, Agreement::Disagrees(PortId(0), _, p) if p < 1e-9), "{wrong:?}");
        assert!(wrong.is_warning());
        let text = "Disagrees: she sails as ships bound for Los Angeles (90 %) do, not there (0 %)";
        assert_eq!(wrong.text(&ports), text);
        // Long Beach is next door: within ten kilometers it is as good as Los Angeles.
        assert!(of(9, Some(names(1)), 1.0).is_warning());
        let near = of(9, Some(names(1)), 10_000.0);
        assert!(matches!(near, Agreement::Agrees(p) if (p - 0.95).abs() < 1e-9), "{near:?}");
    }

    #[test]
    fn nothing_reported_and_no_port_named_are_told_apart() {
        let (told, ports) = (told(), ports());
        let step = told.at(None).unwrap();
        assert_eq!(Agreement::of(" ", None, step, &ports, 1.0), Agreement::NothingReported);
        let none = Annotation::default();
        assert_eq!(Agreement::of("FISHING", Some(&none), step, &ports, 1.0), Agreement::NoPort);
        assert_eq!(Agreement::of("FISHING", None, step, &ports, 1.0), Agreement::NoPort);
    }

    #[test]
    fn arrivals_are_compared_in_words() {
        let of = |reported_h: i64, told_h: i64| {
            arrival_text(reported_h * HOUR_MS, told_h * HOUR_MS, 10 * HOUR_MS)
        };
        assert_eq!(of(20, 20), "that agrees");
        assert_eq!(of(20, 23), "told 3 h 00 min later");
        assert_eq!(of(23, 20), "told 3 h 00 min earlier");
        assert_eq!(of(5, 20), "that is past");
    }
}
