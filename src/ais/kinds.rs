//! Sets of ship kinds, and the names by which people choose kinds.

use super::ShipKind;
use crate::base::params::Choice;
use crate::base::text::nearest;

impl Choice for ShipKind {
    const CASES: &'static [(&'static str, ShipKind)] = &[
        ("cargo", ShipKind::Cargo),
        ("tanker", ShipKind::Tanker),
        ("passenger", ShipKind::Passenger),
        ("high_speed", ShipKind::HighSpeed),
        ("fishing", ShipKind::Fishing),
        ("tug", ShipKind::Tug),
        ("pleasure", ShipKind::Pleasure),
        ("service", ShipKind::Service),
        ("other", ShipKind::Other),
        ("unknown", ShipKind::Unknown),
    ];
}

impl ShipKind {
    /// The kind in parameters and files: `cargo`, `high_speed`. Never changes.
    pub fn key(self) -> &'static str {
        let case = Self::CASES.iter().find(|(_, kind)| *kind == self);
        case.expect("every kind has a name").0
    }
}

/// Some of the ship kinds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KindSet(u16);

impl KindSet {
    /// Every kind.
    pub const ALL: KindSet = KindSet((1 << ShipKind::ALL.len()) - 1);
    /// No kind.
    pub const NONE: KindSet = KindSet(0);

    /// Whether `kind` is one of them.
    pub fn has(self, kind: ShipKind) -> bool {
        self.0 & bit(kind) != 0
    }

    /// These and `kind`.
    #[must_use]
    pub fn with(self, kind: ShipKind) -> KindSet {
        KindSet(self.0 | bit(kind))
    }

    /// These but `kind`.
    #[must_use]
    pub fn without(self, kind: ShipKind) -> KindSet {
        KindSet(self.0 & !bit(kind))
    }

    /// Those that are in either.
    #[must_use]
    pub fn union(self, other: KindSet) -> KindSet {
        KindSet(self.0 | other.0)
    }

    /// Each of them, in the order of legends.
    pub fn iter(self) -> impl Iterator<Item = ShipKind> {
        ShipKind::ALL.into_iter().filter(move |kind| self.has(*kind))
    }

    /// The kinds that `text` names, separated by commas, in any case; all where it is empty, and
    /// none for `none`. Beside the kinds stand the names that no kind has.
    pub fn from_text(text: &str) -> (KindSet, Vec<String>) {
        let is_none = text.trim().eq_ignore_ascii_case("none");
        let mut unknown = Vec::new();
        let mut kinds = KindSet::NONE;
        let mut is_empty = true;
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty() && !is_none) {
            is_empty = false;
            let key = name.to_ascii_lowercase().replace([' ', '-'], "_");
            match ShipKind::CASES.iter().find(|(case, _)| *case == key) {
                Some((_, kind)) => kinds = kinds.with(*kind),
                None => unknown.push(name.to_owned()),
            }
        }
        (if is_empty && !is_none { KindSet::ALL } else { kinds }, unknown)
    }

    /// The text that [`KindSet::from_text`] reads as these kinds.
    pub fn text(self) -> String {
        match self {
            KindSet::ALL => String::new(),
            KindSet::NONE => "none".to_owned(),
            kinds => kinds.iter().map(ShipKind::key).collect::<Vec<_>>().join(", "),
        }
    }

    /// What to say of a name that no kind has.
    pub fn fault(name: &str) -> String {
        let keys: Vec<&str> = ShipKind::CASES.iter().map(|(key, _)| *key).collect();
        let near = nearest(&name.to_ascii_lowercase(), keys.iter().copied()).unwrap_or_default();
        format!("\"{name}\" is no kind of ship; did you mean {near}? ({})", keys.join(", "))
    }
}

impl FromIterator<ShipKind> for KindSet {
    fn from_iter<I: IntoIterator<Item = ShipKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(KindSet::NONE, KindSet::with)
    }
}

fn bit(kind: ShipKind) -> u16 {
    1 << kind as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own_in_the_order_of_legends() {
        let kinds: Vec<ShipKind> = ShipKind::CASES.iter().map(|(_, kind)| *kind).collect();
        assert_eq!(kinds, ShipKind::ALL);
        for (key, kind) in ShipKind::CASES {
            assert_eq!(kind.key(), *key);
            let only = KindSet::NONE.with(*kind);
            assert_eq!(KindSet::from_text(key), (only, Vec::new()));
            assert_eq!(only.iter().collect::<Vec<_>>(), [*kind]);
        }
    }

    #[test]
    fn kinds_are_read_as_people_write_them() {
        let two: KindSet = [ShipKind::Tanker, ShipKind::HighSpeed].into_iter().collect();
        for (text, kinds) in [
            ("", KindSet::ALL),
            (" , ", KindSet::ALL),
            ("none", KindSet::NONE),
            ("tanker,high_speed", two),
            (" High-Speed , TANKER, ", two),
            ("high speed, tanker, tanker", two),
        ] {
            assert_eq!(KindSet::from_text(text), (kinds, Vec::new()), "{text}");
            assert_eq!(KindSet::from_text(&kinds.text()).0, kinds, "{text}");
        }
        assert_eq!(two.text(), "tanker, high_speed");
    }

    #[test]
    fn a_name_that_no_kind_has_is_told_with_the_nearest() {
        let (kinds, unknown) = KindSet::from_text("cargo, tankr");
        assert_eq!((kinds.text().as_str(), unknown.as_slice()), ("cargo", &["tankr".into()][..]));
        let fault = KindSet::fault("tankr");
        assert!(fault.starts_with("\"tankr\" is no kind of ship; did you mean tanker? (cargo, "));
        assert!(KindSet::fault("TUGS").contains("mean tug?"));
    }

    #[test]
    fn sets_add_and_take_away() {
        let both = KindSet::NONE.with(ShipKind::Tug).union(KindSet::NONE.with(ShipKind::Cargo));
        assert!(both.has(ShipKind::Tug) && both.has(ShipKind::Cargo));
        assert!(!both.has(ShipKind::Other) && !both.without(ShipKind::Tug).has(ShipKind::Tug));
        assert_eq!(ShipKind::ALL.into_iter().collect::<KindSet>(), KindSet::ALL);
    }
}
