//! Symbols and colors of encounters and oddities, and what they mean.

use egui::Color32;

use crate::base::text::grouped;
use crate::ui::map::palette::{Legend, LegendEntry, category};
use crate::ui::map::symbols::{Symbol, SymbolShape};
use crate::ui::map::vertex::fixed;
use crate::ui::watch_view::{MEETINGS, WatchView, place_of, place_of_odd};
use crate::watch::{Encounter, Meeting, Oddity, OddityKind};

/// Diameters of the least and the gravest encounter, points of the screen.
const SIZES_PX: [f32; 2] = [7.0, 20.0];

/// Of an oddity by its score.
const ODD_PX: [f32; 2] = [9.0, 16.0];

/// The color of a kind of encounter: the same in tables, plots and on the map.
pub fn meeting_color(meeting: Meeting, is_dark: bool) -> Color32 {
    category([9, 1, 0][place_of(meeting)], is_dark)
}

/// The color of a kind of oddity.
pub fn oddity_color(kind: OddityKind, is_dark: bool) -> Color32 {
    category(place_of_odd(kind), is_dark)
}

fn meeting_shape(meeting: Meeting) -> SymbolShape {
    match meeting {
        Meeting::HeadOn => SymbolShape::Diamond,
        Meeting::Crossing => SymbolShape::Cross,
        Meeting::Overtaking => SymbolShape::Triangle,
    }
}

/// A color a kind; shapes tell them apart for those who see no colors.
fn oddity_shape(kind: OddityKind) -> SymbolShape {
    match kind {
        OddityKind::OffRoute | OddityKind::Dark => SymbolShape::Ring,
        OddityKind::Stop => SymbolShape::Square,
        OddityKind::Turn | OddityKind::Against => SymbolShape::Triangle,
        OddityKind::Speed => SymbolShape::Disc,
        OddityKind::Jump | OddityKind::TwoPlaces => SymbolShape::Cross,
        OddityKind::Identity | OddityKind::Bound => SymbolShape::Diamond,
    }
}

/// Two classes a kind: with a breach of a domain and without.
fn class_of(encounter: &Encounter) -> u8 {
    2 * place_of(encounter.meeting) as u8 + u8::from(encounter.is_breach())
}

/// The classes of encounters that are shown, a bit each.
pub fn shown_classes(view: &WatchView) -> u32 {
    (0..MEETINGS.len()).filter(|place| view.meetings[*place]).fold(0, |bits, place| {
        let without = if view.only_breaches { 0 } else { 1 << (2 * place) };
        bits | without | 1 << (2 * place + 1)
    })
}

/// The classes of oddities that are shown, a bit each.
pub fn shown_odd_classes(view: &WatchView) -> u32 {
    let shown = (0..OddityKind::ALL.len()).filter(|place| view.oddities[*place]);
    shown.fold(0, |bits, place| bits | 1 << place)
}

/// A symbol for each encounter where the ships were closest, the larger the graver.
pub fn encounters(list: &[Encounter], is_dark: bool) -> Vec<Symbol> {
    let [least, most] = SIZES_PX;
    let symbol = |encounter: &Encounter| Symbol {
        t_ms: encounter.cpa_ms,
        class: class_of(encounter),
        size_px: least + (most - least) * encounter.severity.clamp(0.0, 1.0) as f32,
        ..Symbol::new(
            fixed(encounter.place),
            meeting_color(encounter.meeting, is_dark),
            meeting_shape(encounter.meeting),
        )
    };
    list.iter().map(symbol).collect()
}

/// A symbol for each oddity, the larger the odder.
pub fn oddities(list: &[Oddity], is_dark: bool) -> Vec<Symbol> {
    let [least, most] = ODD_PX;
    let symbol = |oddity: &Oddity| Symbol {
        t_ms: oddity.from_ms,
        class: place_of_odd(oddity.kind) as u8,
        size_px: least + (most - least) * oddity.score.clamp(0.0, 1.0) as f32,
        ..Symbol::new(
            fixed(oddity.place),
            oddity_color(oddity.kind, is_dark),
            oddity_shape(oddity.kind),
        )
    };
    list.iter().map(symbol).collect()
}

/// How many encounters there are of each shown kind.
pub fn encounters_legend(list: &[Encounter], view: &WatchView, is_dark: bool) -> Legend {
    let entry = |meeting: &Meeting| {
        let is_its =
            |encounter: &&Encounter| encounter.meeting == *meeting && view.shows(encounter);
        let n = list.iter().filter(is_its).count();
        LegendEntry {
            color: meeting_color(*meeting, is_dark),
            label: format!("{} ({})", meeting.name(), grouped(n as u64)),
        }
    };
    let shown = MEETINGS.iter().filter(|meeting| view.meetings[place_of(**meeting)]);
    let entries: Vec<LegendEntry> = shown.map(entry).collect();
    let remark = if entries.is_empty() {
        "All kinds are hidden"
    } else if view.only_breaches {
        "Only breaches of a ship's domain"
    } else {
        "The larger, the graver"
    };
    Legend { title: "Encounters".into(), entries, scale: None, remark: Some(remark) }
}

/// How many oddities there are of each kind that is there and shown.
pub fn oddities_legend(list: &[Oddity], view: &WatchView, is_dark: bool) -> Legend {
    let shown = OddityKind::ALL.into_iter().filter(|kind| view.shows_odd(*kind));
    let entry = |kind: OddityKind| {
        let n = list.iter().filter(|oddity| oddity.kind == kind).count();
        let label = format!("{} ({})", kind.name(), grouped(n as u64));
        (n > 0).then(|| LegendEntry { color: oddity_color(kind, is_dark), label })
    };
    let entries: Vec<LegendEntry> = shown.filter_map(entry).collect();
    let remark = entries.is_empty().then_some("none");
    Legend { title: "Oddities".into(), entries, scale: None, remark }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::watch_view::crossing;

    #[test]
    fn kinds_of_encounters_look_unlike_and_graver_ones_are_larger() {
        let (_, found) = crossing();
        let of = |meeting, severity| Encounter { meeting, severity, ..found.list[0].clone() };
        let list =
            [of(Meeting::HeadOn, 0.0), of(Meeting::Crossing, 0.5), of(Meeting::Overtaking, 1.0)];
        let marks = encounters(&list, true);
        assert_eq!(marks.iter().map(|mark| mark.size_px).collect::<Vec<_>>(), [7.0, 13.5, 20.0]);
        for (place, mark) in marks.iter().enumerate() {
            for other in &marks[place + 1..] {
                assert!(mark.color != other.color && mark.shape != other.shape);
            }
        }
        let legend = encounters_legend(&list, &WatchView::default(), true);
        assert_eq!(legend.entries[1].label, "crossing (1)");
    }

    #[test]
    fn hidden_kinds_and_those_without_a_breach_have_no_bit() {
        let (_, found) = crossing();
        let class = class_of(&found.list[0]);
        let mut view = WatchView::default();
        assert_eq!(shown_classes(&view), 0b11_1111);
        view.only_breaches = true;
        assert!(shown_classes(&view) >> class & 1 == 1, "a crossing with a breach");
        assert_eq!(shown_classes(&view), 0b10_1010);
        view.meetings[0] = false;
        assert_eq!(shown_classes(&view), 0b10_1000);
        view.oddities = [false; OddityKind::ALL.len()];
        view.oddities[3] = true;
        assert_eq!(shown_odd_classes(&view), 0b1000);
    }

    #[test]
    fn no_two_kinds_of_oddities_share_color_and_shape() {
        for (place, kind) in OddityKind::ALL.into_iter().enumerate() {
            for other in &OddityKind::ALL[place + 1..] {
                assert!(
                    oddity_color(kind, true) != oddity_color(*other, true)
                        || oddity_shape(kind) != oddity_shape(*other)
                );
            }
        }
    }
}
