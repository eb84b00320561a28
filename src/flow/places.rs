//! Named places in a line of text: how gates and areas stand in sessions.

use crate::base::geo::{Position, wrap_lon_deg};

/// Places with a name and rules.
#[derive(Clone, PartialEq, Debug)]
pub struct Named {
    /// The name; the kind and the place in the list where none is given.
    pub name: String,
    /// What stands in brackets after it, with commas between.
    pub rules: Vec<String>,
    /// The places.
    pub points: Vec<Position>,
}

/// Reads `Name [rule, rule]: lon lat, lon lat; Name: …`. Names, rules and a last semicolon may be
/// left out. `kind` says what they are, in messages and for those without a name.
///
/// # Errors
///
/// What is no place, in words.
pub fn named_places(text: &str, kind: &str) -> Result<Vec<Named>, String> {
    let parts = text.split([';', '\n']).map(str::trim).filter(|part| !part.is_empty());
    parts.enumerate().map(|(place, part)| named(part, kind, place + 1)).collect()
}

fn named(part: &str, kind: &str, number: usize) -> Result<Named, String> {
    let (head, places) = part.rsplit_once(':').unwrap_or(("", part));
    let (name, rules) = match head.split_once('[') {
        Some((name, rules)) => (name, rules.trim_end().trim_end_matches(']')),
        None => (head, ""),
    };
    let name = match name.trim() {
        "" => format!("{kind} {number}"),
        name => name.to_owned(),
    };
    let listed = |text: &str| -> Vec<String> {
        text.split(',').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
    };
    let points = listed(places)
        .iter()
        .map(|text| point(text).map_err(|fault| format!("{kind} {name}: {fault}")))
        .collect::<Result<Vec<Position>, String>>()?;
    Ok(Named { rules: listed(rules), name, points })
}

fn point(text: &str) -> Result<Position, String> {
    let numbers: Option<Vec<f64>> =
        text.split_whitespace().map(|number| number.parse().ok()).collect();
    let Some([lon_deg, lat_deg]) = numbers.as_deref() else {
        return Err(format!(
            "\"{text}\" is no place; one is longitude and latitude, such as 11.65 56.75, and a comma stands between places"
        ));
    };
    let place = Position::new(*lon_deg, *lat_deg);
    if place.is_valid() {
        Ok(place)
    } else {
        Err(format!(
            "there is no place {lon_deg} {lat_deg}; longitudes lie between -180 and 180, latitudes between -90 and 90"
        ))
    }
}

/// The text that [`named_places`] reads as these, to a meter. Marks that part a text are left out of
/// names.
pub fn text_of_places(name: &str, rules: &[String], points: &[Position]) -> String {
    let is_plain = |letter: &char| !matches!(letter, ';' | ':' | '[' | ']' | '\n' | '\r');
    let name: String = name.chars().filter(is_plain).collect();
    let rules = if rules.is_empty() { String::new() } else { format!(" [{}]", rules.join(", ")) };
    let rounded = |deg: f64| (deg * 1e5).round() / 1e5 + 0.0; // No -0.
    let place = |at: &Position| {
        let is_in = at.lon_deg.abs() <= 180.0;
        let lon_deg = if is_in { at.lon_deg } else { wrap_lon_deg(at.lon_deg) };
        format!("{} {}", rounded(lon_deg), rounded(at.lat_deg))
    };
    let places: Vec<String> = points.iter().map(place).collect();
    format!("{}{rules}: {}", name.trim(), places.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_rules_and_places_are_told_apart() {
        let read = named_places("A: b [max 3 kn, enter]: 1 2, -3.5 4;; 5 6,7 8", "area").unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].name, "A: b");
        assert_eq!(read[0].rules, ["max 3 kn", "enter"]);
        assert_eq!(read[0].points, [Position::new(1.0, 2.0), Position::new(-3.5, 4.0)]);
        assert_eq!(read[1].name, "area 2");
        assert_eq!(read[1].points.len(), 2);
    }

    #[test]
    fn places_are_written_to_a_meter() {
        let at = [Position::new(11.123_456, -56.000_044)];
        assert_eq!(text_of_places("A", &["enter".into()], &at), "A [enter]: 11.12346 -56.00004");
    }

    #[test]
    fn marks_in_a_name_break_nothing() {
        let text = text_of_places("Gate; [old]: x", &[], &[Position::new(190.0, 2.0)]);
        assert_eq!(text, "Gate old x: -170 2");
        assert_eq!(named_places(&text, "gate").unwrap()[0].name, "Gate old x");
    }
}
