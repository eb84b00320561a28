//! What cleaning removed, where tracks were cut and where motion is odd, as symbols.

use egui::Color32;

use super::palette::{self, Legend, LegendEntry};
use super::symbols::{Symbol, SymbolShape};
use super::vertex::fixed;
use crate::ais::{Ending, Fleet};
use crate::base::angle::mean_deg;
use crate::base::geo::bearing_deg;
use crate::base::text::grouped;
use crate::flow::stages::{OutliersOf, TripsOf};
use crate::prep::{Cleaned, Outlier, OutlierKind, Outliers, Verdict};

/// The class of a reason to remove a report.
fn class_of(verdict: Verdict) -> u8 {
    verdict as u8
}

/// The classes of cuts, after those of verdicts.
const CUTS: [(Ending, u8, &str, SymbolShape); 3] = [
    (Ending::Gap, 16, "silence", SymbolShape::Diamond),
    (Ending::Stop, 17, "stop", SymbolShape::Square),
    (Ending::Turn, 18, "turn back", SymbolShape::Triangle),
];

/// The class, color and shape of an outlier of motion.
fn outlier_look(kind: OutlierKind) -> (u8, Color32, SymbolShape) {
    match kind {
        OutlierKind::SharpTurn { .. } => (20, palette::category(9, true), SymbolShape::Triangle),
        OutlierKind::SmallLoop { .. } => (21, palette::category(8, true), SymbolShape::Ring),
    }
}

/// The color of an outlier of motion, on the map and in its list.
pub fn outlier_color(kind: OutlierKind) -> Color32 {
    outlier_look(kind).1
}

/// Colors are the same on dark and light maps: marks have outlines, and no two kinds share one.
fn verdict_color(verdict: Verdict) -> Color32 {
    palette::category([0, 3, 8, 1, 0, 5, 6, 9][verdict as usize], true)
}

fn verdict_shape(verdict: Verdict) -> SymbolShape {
    match verdict {
        Verdict::Duplicate | Verdict::SameTime => SymbolShape::Ring,
        Verdict::NotShip => SymbolShape::Square,
        _ => SymbolShape::Cross,
    }
}

fn cut_color(place: usize) -> Color32 {
    palette::category([7, 2, 4][place], true)
}

/// A symbol for each report of `fleet` that was removed and has a place, by reason. `fleet` is what
/// was cleaned.
pub fn removed(fleet: &Fleet, cleaned: &Cleaned) -> Vec<Symbol> {
    let reports = fleet.reports();
    let is_mark = |(index, verdict): &(usize, &Verdict)| {
        **verdict != Verdict::Kept && reports.positions[*index].is_valid()
    };
    let marks = cleaned.verdicts.iter().enumerate().take(reports.len()).filter(is_mark);
    marks
        .map(|(index, verdict)| Symbol {
            t_ms: reports.t_ms[index],
            class: class_of(*verdict),
            size_px: 8.0,
            ..Symbol::new(
                fixed(reports.positions[index]),
                verdict_color(*verdict),
                verdict_shape(*verdict),
            )
        })
        .collect()
}

/// A symbol for each place where a track was cut: at a silence one where it begins and one where it
/// ends, in the middle of a stop, and at a turn one that points the new way.
pub fn cuts(output: &TripsOf) -> Vec<Symbol> {
    let reports = output.fleet().reports();
    let mut symbols = Vec::with_capacity(output.trips.cuts.len() * 2);
    for cut in &output.trips.cuts {
        let Some(place) = CUTS.iter().position(|(kind, ..)| *kind == cut.kind) else { continue };
        let (_, class, _, shape) = CUTS[place];
        let symbol = |index: usize, shape: SymbolShape| Symbol {
            t_ms: reports.t_ms[index],
            class,
            ..Symbol::new(fixed(reports.positions[index]), cut_color(place), shape)
        };
        let at = cut.reports.start;
        match cut.kind {
            Ending::Stop => symbols.push(symbol(at + cut.reports.len() / 2, shape)),
            Ending::Gap => {
                if at > 0 {
                    symbols.push(symbol(at - 1, SymbolShape::Ring));
                }
                symbols.push(symbol(at, shape));
            }
            _ => {
                let next = (at + 1).min(reports.len() - 1);
                let turn_deg = bearing_deg(reports.positions[at], reports.positions[next]) as f32;
                symbols.push(Symbol { turn_deg, size_px: 11.0, ..symbol(at, shape) });
            }
        }
    }
    symbols
}

/// A symbol for each outlier of motion: at a sharp turn one that points out of it, around the place
/// where a ship crosses her way a ring.
pub fn outliers(of: &OutliersOf) -> Vec<Symbol> {
    let symbol = |outlier: &Outlier| {
        let (class, color, shape) = outlier_look(outlier.kind);
        let is_turn = shape == SymbolShape::Triangle;
        Symbol {
            t_ms: of.t_ms(outlier),
            class,
            size_px: if is_turn { 12.0 } else { 14.0 },
            turn_deg: if is_turn { outward_deg(of, outlier) } else { 0.0 },
            ..Symbol::new(fixed(outlier.position), color, shape)
        }
    };
    of.outliers.found.iter().map(symbol).collect()
}

/// Where a sharp turn points: away from where the ship came from and went.
fn outward_deg(of: &OutliersOf, outlier: &Outlier) -> f32 {
    let places = of.trip(outlier).track(of.fleet()).positions;
    let around = &places[outlier.reports.start as usize..outlier.reports.end as usize];
    let ends = [around.first(), around.last()].into_iter().flatten();
    let ends = ends.filter(|end| end.is_valid() && **end != outlier.position);
    mean_deg(ends.map(|end| bearing_deg(*end, outlier.position))).unwrap_or(0.0) as f32
}

/// What the marks of motion outliers mean, and how many there are.
pub fn outliers_legend(outliers: &Outliers) -> Legend {
    let entry = |kind: OutlierKind, name: &str, n: usize| LegendEntry {
        color: outlier_color(kind),
        label: format!("{name} ({})", grouped(n as u64)),
    };
    let turn = OutlierKind::SharpTurn { angle_deg: 0.0 };
    let round = OutlierKind::SmallLoop { length_m: 0.0 };
    let entries = vec![
        entry(turn, "sharp turn", outliers.sharp_turns),
        entry(round, "small loop", outliers.loops),
    ];
    Legend { title: "Motion outliers".into(), entries, scale: None, remark: None }
}

/// What the marks of removed reports mean, and how many there are.
pub fn removed_legend(cleaned: &Cleaned) -> Legend {
    let entry = |(verdict, n): (&Verdict, &usize)| LegendEntry {
        color: verdict_color(*verdict),
        label: format!("{} ({})", verdict.name().replace('_', " "), grouped(*n as u64)),
    };
    let entries: Vec<LegendEntry> = cleaned.removed.iter().map(entry).collect();
    let remark = entries.is_empty().then_some("none");
    Legend { title: "Removed reports".into(), entries, scale: None, remark }
}

/// What the marks of cuts mean, and how many there are.
pub fn cuts_legend(output: &TripsOf) -> Legend {
    let entry =
        |(place, (kind, _, name, _)): (usize, &(Ending, u8, &str, SymbolShape))| LegendEntry {
            color: cut_color(place),
            label: format!("{name} ({})", grouped(output.trips.cuts_at(*kind) as u64)),
        };
    let entries = CUTS.iter().enumerate().map(entry).collect();
    Legend { title: "Cuts".into(), entries, scale: None, remark: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::angle::turn_deg;
    use crate::flow::desk::Wanted;
    use crate::flow::{Desk, Jobs, Session};

    fn desk() -> Desk {
        let (mut desk, mut session) = (Desk::default(), Session::default());
        session.sources.make_demo();
        session.set("synth.rows=30000").unwrap();
        for _ in 0..10 {
            desk.update(&session, &Jobs::Inline, &Wanted::explore());
        }
        desk
    }

    #[test]
    fn every_removed_report_with_a_place_is_marked_with_its_reason() {
        let desk = desk();
        let (read, cleaned) = (desk.ingest.shown().unwrap(), desk.clean.shown().unwrap());
        let marks = removed(&read.value.fleet, cleaned.value);
        assert!(!marks.is_empty());
        for (verdict, n) in &cleaned.value.removed {
            let n_marks = marks.iter().filter(|mark| mark.class == class_of(*verdict)).count();
            let has_places = *verdict != Verdict::NoPosition;
            assert_eq!(n_marks, if has_places { *n } else { 0 }, "{verdict:?}");
        }
        let legend = removed_legend(cleaned.value);
        assert_eq!(legend.entries.len(), cleaned.value.removed.len());
    }

    #[test]
    fn a_sharp_turn_points_away_from_both_ways_and_a_loop_is_a_ring() {
        let mut session = Session::default();
        session.sources.make_demo();
        for setting in ["synth.rows=30000", "outliers.angle=160", "outliers.loop=50000"] {
            session.set(setting).unwrap();
        }
        let mut desk = Desk::default();
        let wanted = desk.wanted(&["outliers"], &session).unwrap();
        for _ in 0..10 {
            desk.update(&session, &Jobs::Inline, &wanted);
        }
        let of = desk.outliers.shown().unwrap().value;
        let marks = outliers(of);
        let n_of = |shape| marks.iter().filter(|mark| mark.shape == shape).count();
        assert_eq!(n_of(SymbolShape::Triangle), of.outliers.sharp_turns);
        assert_eq!(n_of(SymbolShape::Ring), of.outliers.loops);
        assert!(of.outliers.sharp_turns > 10 && of.outliers.loops > 0);
        let legend = outliers_legend(&of.outliers);
        assert_eq!(legend.entries.len(), 2);
        assert_ne!(legend.entries[0].color, legend.entries[1].color);
        for (mark, outlier) in marks.iter().zip(&of.outliers.found) {
            assert_eq!((mark.place, mark.t_ms), (fixed(outlier.position), of.t_ms(outlier)));
            let (from_ms, to_ms) = of.span_ms(outlier);
            assert!((from_ms..=to_ms).contains(&mark.t_ms));
            if mark.shape == SymbolShape::Triangle {
                let places = of.trip(outlier).track(of.fleet()).positions;
                let first = places[outlier.reports.start as usize];
                let way_deg = bearing_deg(first, outlier.position);
                let off_deg = turn_deg(way_deg, f64::from(mark.turn_deg)).abs();
                assert!(off_deg <= 90.0 + 1e-3, "{outlier:?}: {off_deg}");
            }
        }
    }

    #[test]
    fn a_silence_is_marked_at_both_ends_and_a_stop_once() {
        let desk = desk();
        let output = desk.trips.shown().unwrap().value;
        let marks = cuts(output);
        let n_of = |class: u8| marks.iter().filter(|mark| mark.class == class).count();
        assert_eq!(n_of(16), 2 * output.trips.cuts_at(Ending::Gap));
        assert_eq!(n_of(17), output.trips.cuts_at(Ending::Stop));
        assert_eq!(n_of(18), output.trips.cuts_at(Ending::Turn));
        assert!(n_of(17) > 0);
    }
}
