//! Lines and fields of text tables.

/// A field's place in its line.
pub type Span = (u32, u32);

/// Finds the delimiter of a header line: the one of comma, semicolon, tab and bar that it has most of.
pub fn find_delimiter(header: &[u8]) -> u8 {
    let count = |delimiter: &u8| {
        let mut is_quoted = false;
        header
            .iter()
            .filter(|byte| {
                is_quoted ^= **byte == b'"';
                !is_quoted && *byte == delimiter
            })
            .count()
    };
    // Of equals, the last: a header of one name has none of them.
    [b'\t', b';', b'|', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

/// The names in a header line.
pub fn header_names(header: &[u8], delimiter: u8) -> Vec<String> {
    let mut spans = Vec::new();
    split(header, delimiter, &mut spans);
    spans.iter().map(|span| text_of(field(header, *span)).trim().to_owned()).collect()
}

/// The lines of `block` that are not empty, without their ends.
pub fn lines(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    block
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty())
}

/// Where the fields of `line` lie. Delimiters between quotes do not count.
pub fn split(line: &[u8], delimiter: u8, spans: &mut Vec<Span>) {
    spans.clear();
    let mut start = 0;
    if memchr::memchr(b'"', line).is_none() {
        // Fields are short: eight bytes at a time beat a search for each delimiter.
        let wanted = u64::from_le_bytes([delimiter; 8]);
        let mut chunks = line.chunks_exact(8);
        let mut offset = 0;
        for chunk in &mut chunks {
            let mut hits =
                zero_bytes(u64::from_le_bytes(chunk.try_into().expect("eight bytes")) ^ wanted);
            while hits != 0 {
                let place = offset + (hits.trailing_zeros() / 8) as usize;
                spans.push((start as u32, place as u32));
                start = place + 1;
                hits &= hits - 1;
            }
            offset += 8;
        }
        for (place, byte) in chunks.remainder().iter().enumerate() {
            if *byte == delimiter {
                spans.push((start as u32, (offset + place) as u32));
                start = offset + place + 1;
            }
        }
    } else {
        let mut is_quoted = false;
        for (place, byte) in line.iter().enumerate() {
            if *byte == b'"' {
                // A quote only opens at the start of a field: 12" is a size.
                is_quoted = if is_quoted {
                    false
                } else {
                    line[start..place].trim_ascii().is_empty() || line[place - 1] == b'"'
                };
            } else if *byte == delimiter && !is_quoted {
                spans.push((start as u32, place as u32));
                start = place + 1;
            }
        }
    }
    spans.push((start as u32, line.len() as u32));
}

/// The highest bit of every byte that is zero, and no other bit.
fn zero_bytes(word: u64) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    !(((word & LOW) + LOW) | word | LOW)
}

/// A field's bytes, without the quotes around it.
pub fn field(line: &[u8], (start, end): Span) -> &[u8] {
    let bytes = &line[start as usize..end as usize];
    let is_plain = !matches!(bytes.first(), Some(b'"' | b' ')) || bytes.len() < 2;
    if is_plain {
        return bytes;
    }
    let trimmed = bytes.trim_ascii();
    trimmed.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(bytes)
}

/// A field as text, doubled quotes made single.
pub fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\"\"", "\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(line: &str, delimiter: u8) -> Vec<String> {
        let mut spans = Vec::new();
        split(line.as_bytes(), delimiter, &mut spans);
        spans.iter().map(|span| text_of(field(line.as_bytes(), *span))).collect()
    }

    #[test]
    fn fields_are_split_at_delimiters_outside_quotes() {
        assert_eq!(fields("a,b,,d", b','), ["a", "b", "", "d"]);
        assert_eq!(fields("a,\"LONG BEACH,USA\",d", b','), ["a", "LONG BEACH,USA", "d"]);
        assert_eq!(fields("\"a \"\"b\"\"\";c", b';'), ["a \"b\"", "c"]);
        assert_eq!(fields("12\" pipe,b", b','), ["12\" pipe", "b"]);
        assert_eq!(fields("", b','), [""]);
        assert_eq!(fields("\"open,b", b',').len(), 1);
    }

    #[test]
    fn the_delimiter_is_the_commonest_of_the_header() {
        for (header, delimiter) in [
            ("a,b,c", b','),
            ("a;b;c", b';'),
            ("a\tb\tc", b'\t'),
            ("\"a,b\";c", b';'),
            ("alone", b','),
        ] {
            assert_eq!(find_delimiter(header.as_bytes()), delimiter, "{header}");
        }
    }
}
