//! Text for people: grouped numbers, shortened lines, near misses.

/// A whole number with thin spaces between thousands: `1 204 331`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{2009}');
        }
        text.push(digit);
    }
    text
}

/// `n thing` or `n things`, the number grouped.
pub fn counted(n: u64, thing: &str) -> String {
    format!("{} {thing}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// Bytes as text for a message: at most `length` characters of it, control characters replaced.
pub fn excerpt(bytes: &[u8], length: usize) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * length)]);
    let mut shown: String =
        text.chars().take(length).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(length).is_some() || bytes.len() > 4 * length {
        shown.push('…');
    }
    shown
}

/// The one of `names` that `wrong` was most likely meant to be (Damerau–Levenshtein distance).
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    names.into_iter().min_by_key(|name| strsim::damerau_levenshtein(wrong, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_204_331), "1\u{2009}204\u{2009}331");
        assert_eq!(counted(1, "trip"), "1 trip");
        assert_eq!(counted(2, "trip"), "2 trips");
    }

    #[test]
    fn an_excerpt_of_binary_is_short_and_printable() {
        let shown = excerpt(&[0, 255, 65, 66], 3);
        assert_eq!(shown, "\u{fffd}\u{fffd}A…");
    }

    #[test]
    fn the_nearest_name_is_suggested() {
        assert_eq!(nearest("gapp", ["gap", "stop_sog"]), Some("gap"));
    }
}
