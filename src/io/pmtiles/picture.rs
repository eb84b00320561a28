//! What a tile's bytes say of its picture, before anything unpacks it.

/// No tile is larger; textures of this size fit every GPU that the window starts on.
pub const MAX_SIDE_PX: u32 = 2048;

/// Whether `bytes` are a PNG or JPEG of a size that can be shown. The picture itself may still be
/// damaged: what unpacks it finds out.
pub fn check(bytes: &[u8]) -> Result<(), String> {
    if bytes.is_empty() {
        return Err("a tile is empty".to_owned());
    }
    let Some((width, height)) = size_px(bytes) else {
        return Err("a tile is neither PNG nor JPEG".to_owned());
    };
    let is_fit = |side: u32| (1..=MAX_SIDE_PX).contains(&side);
    if is_fit(width) && is_fit(height) {
        return Ok(());
    }
    Err(format!("a tile has {width} × {height} pixels; {MAX_SIDE_PX} at most are expected"))
}

/// Width and height of a PNG or JPEG.
fn size_px(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', rest @ ..] => {
            let size = rest.get(8..16)?;
            let side = |at: usize| size[at..at + 4].try_into().map(u32::from_be_bytes).ok();
            Some((side(0)?, side(4)?))
        }
        [0xff, 0xd8, rest @ ..] => jpeg_size_px(rest),
        _ => None,
    }
}

/// Goes from segment to segment, each led by its kind and its length, to the one with the size.
fn jpeg_size_px(segments: &[u8]) -> Option<(u32, u32)> {
    let mut rest = segments;
    loop {
        match rest {
            [0xff, 0xff, ..] => rest = &rest[1..], // A byte to fill up.
            [0xff, 0x01 | 0xd0..=0xd7, after @ ..] => rest = after,
            // Start of a frame, of any coding; three of these numbers stand for tables.
            [0xff, kind @ 0xc0..=0xcf, _, _, _, h1, h0, w1, w0, ..]
                if !matches!(kind, 0xc4 | 0xc8 | 0xcc) =>
            {
                let side = |high: u8, low: u8| u32::from(u16::from_be_bytes([high, low]));
                return Some((side(*w1, *w0), side(*h1, *h0)));
            }
            [0xff, _, high, low, ..] => {
                let len = usize::from(u16::from_be_bytes([*high, *low]));
                rest = rest.get(2 + len.max(2)..)?;
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_picture_is_found_in_its_head() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x02\0";
        assert_eq!(size_px(png), Some((256, 512)));
        // An application's segment of four bytes, then the frame: 16 high, 32 wide.
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x0b\x08\0\x10\0\x20\x01";
        assert_eq!(size_px(jpeg), Some((32, 16)));
        for n in 0..jpeg.len() - 1 {
            assert_eq!(size_px(&jpeg[..n]), None, "{n}");
        }
    }

    #[test]
    fn pictures_that_no_texture_holds_are_refused() {
        let png = |width: u32| {
            [
                b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(),
                &width.to_be_bytes(),
                &1_u32.to_be_bytes(),
            ]
            .concat()
        };
        assert_eq!(check(&png(2048)), Ok(()));
        assert!(check(&png(2049)).unwrap_err().contains("2049 × 1 pixels"));
        assert!(check(&png(0)).is_err());
        assert!(check(b"RIFF....WEBP").unwrap_err().contains("neither PNG nor JPEG"));
        assert!(check(b"").unwrap_err().contains("empty"));
    }
}
