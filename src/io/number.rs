//! Numbers from bytes, fast: files of a gigabyte hold a hundred million of them.

/// Powers of ten that are exact in `f64`.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// The number that `text` writes, with a decimal point or a decimal comma; `None` for anything
/// else, not-a-number and infinities included.
///
/// Correctly rounded: up to 2^53 the digits and their power of ten are exact, and one division
/// rounds once; longer numbers and exponents go to the standard library.
pub fn parse_f64(text: &[u8]) -> Option<f64> {
    let text = text.trim_ascii();
    let (is_negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] | rest => (false, rest),
    };
    if digits.is_empty() || digits.len() > 18 {
        return parse_slowly(text);
    }
    let mut mantissa = 0_u64;
    let mut point = None;
    for (place, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => mantissa = mantissa * 10 + u64::from(byte - b'0'),
            b'.' | b',' if point.is_none() => point = Some(place),
            _ => return parse_slowly(text),
        }
    }
    let decimals = point.map_or(0, |place| digits.len() - 1 - place);
    if mantissa > 1 << 53 || (point.is_some() && digits.len() == 1) {
        return parse_slowly(text);
    }
    let number = mantissa as f64 / POWERS[decimals];
    Some(if is_negative { -number } else { number })
}

#[cold]
fn parse_slowly(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    let number: f64 = if text.contains(',') {
        text.replacen(',', ".", 1).parse().ok()?
    } else {
        text.parse().ok()?
    };
    number.is_finite().then_some(number)
}

/// The whole number that `text` writes, also as `366940480.0`.
pub fn parse_u32(text: &[u8]) -> Option<u32> {
    let text = text.trim_ascii();
    if text.is_empty() || text.len() > 9 || !text.iter().all(u8::is_ascii_digit) {
        let number = parse_f64(text)?;
        let is_whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
        return is_whole.then_some(number as u32);
    }
    Some(text.iter().fold(0, |n, byte| n * 10 + u32::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_the_standard_library_reads_them() {
        for text in [
            "0",
            "-0.5",
            "52.48730",
            "-174.02316",
            "+3",
            "28.0338696648333",
            "1e3",
            "0.1",
            "97.16748046875",
            "123456789012345678",
            "9007199254740993",
            ".5",
            "5.",
        ] {
            assert_eq!(parse_f64(text.as_bytes()), Some(text.parse().unwrap()), "{text}");
        }
        assert_eq!(parse_f64(b" 7,25 "), Some(7.25));
        for text in ["", ".", "-", "x", "1.2.3", "1,2,3", "NaN", "inf", "0x10", "1 2", "--1"] {
            assert_eq!(parse_f64(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn vessel_numbers_may_look_like_decimals() {
        assert_eq!(parse_u32(b"366940480"), Some(366_940_480));
        assert_eq!(parse_u32(b"366940480.0"), Some(366_940_480));
        assert_eq!(parse_u32(b"4294967295"), Some(u32::MAX));
        for text in ["", "-1", "1.5", "99999999999", "abc"] {
            assert_eq!(parse_u32(text.as_bytes()), None, "{text}");
        }
    }
}
