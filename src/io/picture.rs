//! Pictures out: PNG.

use std::path::Path;

use png::{BitDepth, ColorType, Encoder, EncodingError};

use super::safe::{WriteError, write_whole};

/// Writes a picture of `width` by `height` pixels as a PNG file, whole or not at all. `rgb` holds
/// red, green and blue of each pixel, row by row from the top. Takes some 30 ms a million pixels.
///
/// # Panics
///
/// If `rgb` has not three bytes for each pixel.
pub fn write_png(path: &Path, [width, height]: [u32; 2], rgb: &[u8]) -> Result<(), WriteError> {
    let n_bytes = 3 * width as usize * height as usize;
    assert!(rgb.len() == n_bytes && n_bytes > 0, "a picture has three bytes a pixel");
    write_whole(path, |writer| {
        encode(writer, [width, height], rgb).map_err(|error| WriteError::Io {
            path: path.to_owned(),
            error: match error {
                EncodingError::IoError(error) => error,
                other => other.into(),
            },
        })
    })
}

/// The same picture as the bytes of a PNG file, for pages that hold their pictures themselves.
///
/// # Panics
///
/// As [`write_png`].
pub fn png_bytes([width, height]: [u32; 2], rgb: &[u8]) -> Vec<u8> {
    let n_bytes = 3 * width as usize * height as usize;
    assert!(rgb.len() == n_bytes && n_bytes > 0, "a picture has three bytes a pixel");
    let mut bytes = Vec::new();
    encode(&mut bytes, [width, height], rgb).expect("memory takes everything");
    bytes
}

fn encode(
    writer: impl std::io::Write,
    [width, height]: [u32; 2],
    rgb: &[u8],
) -> Result<(), EncodingError> {
    let mut encoder = Encoder::new(writer, width, height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(rgb)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::BufReader;

    use super::*;

    #[test]
    fn a_written_picture_reads_back_pixel_by_pixel() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let rgb: Vec<u8> = (0..3 * 5 * 4).map(|n| n * 4).collect();
        write_png(&path, [5, 4], &rgb).unwrap();
        assert_eq!(fs::read(&path).unwrap(), png_bytes([5, 4], &rgb));
        let mut reader =
            png::Decoder::new(BufReader::new(fs::File::open(&path).unwrap())).read_info().unwrap();
        let mut found = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut found).unwrap();
        assert_eq!((info.width, info.height, info.color_type), (5, 4, ColorType::Rgb));
        assert_eq!(found, rgb);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_and_a_full_disk_are_named() {
        let check = |path: &str, part: &str| {
            let error = write_png(Path::new(path), [1, 1], &[1, 2, 3]).unwrap_err().to_string();
            assert!(error.starts_with(path) && error.contains(part), "{error}");
        };
        check("/no/such/folder/a.png", "cannot be written");
        #[cfg(target_os = "linux")]
        check("/dev/full", "No space left");
    }
}
