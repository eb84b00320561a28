//! What crews type for a voyage, and how it goes wrong.

use super::WorldParams;
use super::ship::Ship;
use crate::ais::Port;
use crate::base::rng::Rng;
use crate::synth::ships::misspelt;

/// How what was typed stands to where she goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Typed {
    /// Her destination, by name or code.
    Right,
    /// Her destination with a slip of the fingers.
    Misspelt,
    /// No port: for orders, at sea, a number.
    NoPort,
    /// What was typed for the voyage before.
    Kept,
    /// Nothing.
    Nothing,
}

impl Typed {
    /// Every case.
    pub const ALL: [Typed; 5] =
        [Typed::Right, Typed::Misspelt, Typed::NoPort, Typed::Kept, Typed::Nothing];

    /// The case in words.
    pub fn name(self) -> &'static str {
        match self {
            Typed::Right => "right",
            Typed::Misspelt => "misspelt",
            Typed::NoPort => "no port",
            Typed::Kept => "kept from before",
            Typed::Nothing => "nothing",
        }
    }
}

/// Letters that a destination has at most (ITU-R M.1371, message 5).
const LETTERS: usize = 20;

/// The destination as typed on a voyage between two ports; `before` is what stood there.
pub(super) fn destination(
    params: &WorldParams,
    ship: &Ship,
    (from, to): (&Port, &Port),
    before: &str,
    rng: &mut Rng,
) -> (String, Typed) {
    // Careless crews make twice as many mistakes as the mean, careful ones hardly any: the mean of
    // `carelessness` is a quarter.
    let mut slips = |share: f64| rng.happens((4.0 * ship.carelessness * share).min(0.95));
    let (is_kept, is_orders, is_nothing, is_misspelt) = (
        slips(params.kept_share),
        slips(params.orders_share),
        slips(params.nothing_share),
        slips(params.misspelt_share),
    );
    if is_kept && !before.is_empty() {
        return (before.to_owned(), Typed::Kept);
    }
    if is_nothing {
        return (String::new(), Typed::Nothing);
    }
    if is_orders {
        const TEXTS: [&str; 6] =
            ["FOR ORDERS", "FOR ORDER", "ORDERS", "AT SEA", "TBA", "ARMED GUARDS ONBOARD"];
        return (TEXTS[rng.below(TEXTS.len())].to_owned(), Typed::NoPort);
    }
    let text = in_manner(ship.manner, from, to, rng);
    if is_misspelt {
        return (cut(&misspelt(&text, rng)), Typed::Misspelt);
    }
    (cut(&text), Typed::Right)
}

/// Some write names, some codes, some both ends; now and then everybody does as others do.
fn in_manner(manner: usize, from: &Port, to: &Port, rng: &mut Rng) -> String {
    let name = upper(&to.name);
    let codes = (from.locode, to.locode);
    let manner = if rng.happens(0.2) { rng.below(8) } else { manner };
    match (manner, codes) {
        (0 | 1, (_, Some(to))) => to.as_str().to_owned(),
        (2, (_, Some(to))) => to.to_string(),
        (3, (Some(from), Some(to))) => format!("{from} > {to}"),
        (4, (Some(from), Some(to))) => format!("{}>{}", from.as_str(), to.as_str()),
        (5, (_, Some(code))) => format!("{name},{}", code.country()),
        (6, _) if !to.aliases.is_empty() => upper(&to.aliases[rng.below(to.aliases.len())]),
        (7, _) => format!("{name} {}", upper(&to.country)),
        _ => name,
    }
}

/// As AIS sends it: capital letters of the Latin alphabet, digits and some signs.
fn upper(name: &str) -> String {
    let letter = |c: char| match c {
        c if c.is_ascii() => c.to_ascii_uppercase(),
        'å' | 'ä' | 'á' | 'à' | 'â' | 'ã' | 'Å' | 'Ä' | 'Á' => 'A',
        'ö' | 'ø' | 'ó' | 'ô' | 'õ' | 'Ö' | 'Ø' | 'Ó' => 'O',
        'é' | 'è' | 'ê' | 'É' => 'E',
        'í' | 'ı' | 'Í' | 'İ' => 'I',
        'ü' | 'ú' | 'Ü' | 'Ú' => 'U',
        'ñ' => 'N',
        'ç' => 'C',
        _ => ' ',
    };
    name.chars().map(letter).collect()
}

fn cut(text: &str) -> String {
    text.chars().take(LETTERS).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::Locode;

    #[test]
    fn destinations_are_written_as_ais_sends_them() {
        assert_eq!(upper("Göteborg, Århus"), "GOTEBORG, ARHUS");
        assert_eq!(cut("PORT OF ROUEN, FRANCE AGAIN"), "PORT OF ROUEN, FRANC");
        assert_eq!(cut("WILMINGTON, UNITED  STATES"), "WILMINGTON, UNITED");
    }

    #[test]
    fn every_manner_names_the_port_or_its_code() {
        let port = |name: &str, code| Port {
            name: name.to_owned(),
            locode: Locode::from_text(code),
            country: "Brazil".to_owned(),
            aliases: vec![format!("{name}o")],
            ..Port::default()
        };
        let (from, to) = (port("Santos", "BRSSZ"), port("Itaqui", "BRITQ"));
        let mut texts = Vec::new();
        for manner in 0..8 {
            // Often enough for the manner itself to come up.
            let mut rng = Rng::new(manner as u64, 0);
            texts.extend((0..20).map(|_| in_manner(manner, &from, &to, &mut rng)));
        }
        let known = [
            "BRITQ",
            "BR ITQ",
            "BR SSZ > BR ITQ",
            "BRSSZ>BRITQ",
            "ITAQUI,BR",
            "ITAQUIO",
            "ITAQUI BRAZIL",
        ];
        assert!(known.iter().all(|text| texts.iter().any(|other| other == text)), "{texts:?}");
        assert!(texts.iter().all(|text| known.contains(&text.as_str())), "{texts:?}");
        let bare = Port { locode: None, aliases: Vec::new(), ..to };
        for manner in [0, 2, 3, 4, 5, 6] {
            let text = in_manner(manner, &from, &bare, &mut Rng::new(1, 0));
            assert!(text.starts_with("ITAQUI"), "{text}");
        }
    }
}
