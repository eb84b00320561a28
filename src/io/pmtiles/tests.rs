use std::io::Cursor;

use proptest::prelude::*;

use super::sample::{Sample, png};
use super::*;

fn open(bytes: Vec<u8>) -> Result<Archive<Cursor<Vec<u8>>>, PmTilesError> {
    Archive::from_reader(Cursor::new(bytes))
}

fn fault(bytes: Vec<u8>) -> String {
    open(bytes).err().expect("a fault").to_string()
}

/// A world of 21 tiles that differ.
fn world() -> Sample {
    Sample::new(2, 2, |zoom, x, y| [zoom, x as u8, y as u8])
}

/// Every tile of the zooms 0 to 4, there or not, and those of absurd numbers.
fn read_all(archive: &mut Archive<Cursor<Vec<u8>>>) -> Vec<Result<Option<Vec<u8>>, PmTilesError>> {
    let tiles = (0..=4_u8)
        .flat_map(|zoom| (0..1_u32 << (2 * zoom)).map(move |i| (zoom, i % (1 << zoom), i >> zoom)));
    let odd = [(1, 2, 0), (2, u32::MAX, 0), (30, 0, 0), (255, 1, 1)];
    tiles.chain(odd).map(|(zoom, x, y)| archive.tile(zoom, x, y)).collect()
}

#[test]
fn every_tile_comes_back_however_the_archive_is_packed() {
    for packing in [1, 2, 4] {
        for n_in_leaf in [0, 1, 5] {
            let sample = Sample { n_in_leaf, packing, ..world() };
            let mut archive = open(sample.bytes()).unwrap();
            for ((zoom, x, y), tile) in &sample.tiles {
                assert_eq!(archive.tile(*zoom, *x, *y).unwrap().as_ref(), Some(tile));
            }
            assert_eq!(archive.tile(2, 4, 0).unwrap(), None);
            assert_eq!(archive.tile(3, 0, 0).unwrap(), None);
        }
    }
}

#[test]
fn a_sea_of_tiles_alike_is_one_run() {
    let sample = Sample::new(3, 2, |_, _, _| [0, 0, 255]);
    let bytes = sample.bytes();
    assert_eq!(u64::from_le_bytes(bytes[80..88].try_into().unwrap()), 1); // One entry for 85.
    let mut archive = open(bytes).unwrap();
    assert_eq!(archive.tile(3, 7, 0).unwrap(), Some(png(2, [0, 0, 255])));
}

#[test]
fn where_an_archive_has_holes_there_is_no_tile() {
    let mut sample = world();
    sample.tiles.retain(|(zoom, x, _), _| *zoom < 2 || *x == 1);
    let mut archive = open(sample.bytes()).unwrap();
    assert!(archive.tile(2, 1, 3).unwrap().is_some());
    assert!(archive.tile(2, 2, 3).unwrap().is_none());
}

#[test]
fn an_archive_tells_of_itself() {
    let metadata = r#"{"name": "sea", "attribution": "<a href=\"https://a.org\">A</a>"}"#;
    let sample = Sample { metadata: metadata.to_owned(), kind: 3, ..world() };
    let archive = open(sample.bytes()).unwrap();
    let expected = About {
        zooms: 0..=2,
        bounds_deg: [-180.0, -85.0, 180.0, 85.0],
        center: ([11.5, 54.25], 1),
        is_opaque: true,
        credits: vec![Credit::new("A", "https://a.org")],
    };
    assert_eq!(archive.about(), &expected);
    // Metadata gone bad do not keep the map from being shown.
    let archive = open(Sample { metadata: "{{".to_owned(), ..world() }.bytes()).unwrap();
    assert_eq!(archive.about().credits, vec![]);
}

#[test]
fn each_kind_of_damage_has_its_own_message() {
    let whole = world().bytes();
    let with = |at: usize, new: &[u8]| {
        let mut bytes = whole.clone();
        bytes[at..at + new.len()].copy_from_slice(new);
        bytes
    };
    for (bytes, message) in [
        (vec![], "the file is empty"),
        (b"hello sailor".to_vec(), "it begins with \"hello sa\", not with \"PMTiles\""),
        (png(1, [0; 3]), "it is no PMTiles archive: it begins with 89 50 4e 47 0d 0a 1a 0a"),
        (b"SQLite format 3\0".to_vec(), "it is an MBTiles"),
        (b"PM\x02\0more".to_vec(), "it is version 2 of PMTiles; version 3 is expected"),
        (with(7, &[4]), "it is version 4 of PMTiles"),
        (b"PMTiles\x03".to_vec(), "its header would end at byte 127, but the file has 8 bytes"),
        (whole[..whole.len() - 1].to_vec(), "it is cut short: its tiles end at byte"),
        (with(8, &[0xff; 8]), "it is cut short: its directories end at byte"),
        (with(16, &[0; 8]), "its root directory is empty"),
        (with(24, &[0xff; 8]), "it is cut short: its metadata end at byte"),
        (with(40, &[0xff; 16]), "it is cut short: its leaf directories end at byte"),
        (with(99, &[1]), "it holds vector tiles"),
        (with(99, &[4]), "it holds tiles of WebP; PNG or JPEG are expected"),
        (with(99, &[77]), "it holds tiles of an unknown kind"),
        (with(97, &[3]), "it is packed with Brotli"),
        (with(98, &[9]), "it is packed with something unknown"),
        (with(97, &[1]), "it is damaged: a directory of"),
        (with(97, &[4]), "a part of it cannot be unpacked"),
        (with(130, &[0; 8]), "it is damaged"),
        (with(100, &[3, 2]), "its zooms go from 3 to 2"),
        (with(101, &[31]), "its zooms go from 0 to 31"),
        (with(102, &2_000_000_000_i32.to_le_bytes()), "its bounds are 200, -85 to 180, 85"),
        (with(106, &860_000_000_i32.to_le_bytes()), "its bounds are -180, 86 to 180, 85"),
        (with(123, &i32::MIN.to_le_bytes()), "its center is at 11.5, -214"),
    ] {
        let fault = fault(bytes);
        assert!(fault.contains(message), "{fault}\nnot: {message}");
    }
}

#[test]
fn tiles_gone_bad_are_faults_of_their_own() {
    let mut sample = world();
    sample.tiles.insert((1, 0, 0), b"RIFF....WEBP".to_vec());
    sample.tiles.insert((1, 1, 0), png(1, [0; 3])[..12].to_vec());
    let mut archive = open(sample.bytes()).unwrap();
    for (x, message) in [(0, "a tile is neither PNG nor JPEG"), (1, "neither PNG nor JPEG")] {
        let fault = archive.tile(1, x, 0).unwrap_err().to_string();
        assert!(fault.contains(message), "{fault}");
    }
    assert!(archive.tile(1, 0, 1).unwrap().is_some());
}

#[test]
fn a_tile_that_reaches_beyond_the_tiles_is_a_fault() {
    let mut bytes = Sample { n_in_leaf: 5, ..world() }.bytes();
    let len = u64::from_le_bytes(bytes[64..72].try_into().unwrap());
    bytes[64..72].copy_from_slice(&(len - 1).to_le_bytes());
    let mut archive = open(bytes).unwrap();
    assert!(archive.tile(2, 3, 1).unwrap().is_some());
    let fault = archive.tile(2, 3, 0).unwrap_err().to_string(); // The last on the curve.
    assert!(fault.contains("a tile lies outside of its part of the file"), "{fault}");
}

#[test]
fn leaves_that_name_themselves_end_in_a_fault() {
    // A leaf directory in which every id leads to that leaf again.
    let leaf = [1, 0, 0, 5, 1];
    let root = leaf;
    let mut bytes = Sample { packing: 1, ..world() }.bytes()[..127].to_vec();
    for (at, number) in [(8, 127), (16, 5), (24, 0), (32, 0), (40, 132), (48, 5), (56, 0), (64, 0)]
    {
        bytes[at..at + 8].copy_from_slice(&u64::to_le_bytes(number));
    }
    bytes.extend(root.iter().chain(&leaf));
    let fault = open(bytes).unwrap().tile(0, 0, 0).unwrap_err().to_string();
    assert!(fault.contains("lead in a circle"), "{fault}");
}

#[test]
fn what_unpacks_without_end_is_stopped() {
    let sample = Sample { metadata: " ".repeat(65 << 20), ..world() };
    let archive = open(sample.bytes()).unwrap(); // As metadata gone bad.
    assert_eq!(archive.about().credits, vec![]);
    let part = 0..sample.bytes().len() as u64;
    let zeros = Cursor::new(zstd::encode_all(vec![0; 1000].as_slice(), 0).unwrap());
    let len = zeros.get_ref().len() as u64;
    let fault = read_unpacked(&mut { zeros }, &(0..len), Packing::Zstd, 999).unwrap_err();
    assert!(fault.to_string().contains("unpacks to more than 999 bytes"), "{fault}");
    let fault = read_unpacked(&mut Cursor::new(sample.bytes()), &part, Packing::Plain, 9);
    assert!(fault.unwrap_err().to_string().contains("far too many"));
}

#[test]
fn no_byte_changed_and_no_byte_cut_off_makes_a_panic() {
    for n_in_leaf in [0, 4] {
        let whole =
            Sample { n_in_leaf, ..Sample::new(1, 1, |zoom, x, y| [zoom, x as u8, y as u8]) }
                .bytes();
        for at in 0..whole.len() {
            for mask in [0x01, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] ^= mask;
                if let Ok(mut archive) = open(bytes) {
                    read_all(&mut archive);
                }
            }
            assert!(open(whole[..at].to_vec()).is_err(), "cut at {at}");
        }
    }
}

proptest! {
    #[test]
    fn many_bytes_changed_make_no_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        packing in prop::sample::select(vec![1_u8, 2, 4]),
        n_in_leaf in 0_usize..6,
    ) {
        let mut bytes = Sample { n_in_leaf, packing, ..world() }.bytes();
        let len = bytes.len();
        for (at, byte) in changes {
            bytes[at.index(len)] = byte;
        }
        if let Ok(mut archive) = open(bytes) {
            read_all(&mut archive);
        }
    }

    #[test]
    fn noise_behind_an_honest_header_makes_no_panic(noise in prop::collection::vec(any::<u8>(), 0..400)) {
        let sample = Sample { packing: 1, ..world() };
        let mut bytes = sample.bytes();
        let n = noise.len().min(bytes.len() - 127);
        bytes[127..127 + n].copy_from_slice(&noise[..n]);
        if let Ok(mut archive) = open(bytes) {
            read_all(&mut archive);
        }
    }
}

#[test]
fn a_file_is_opened_and_what_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sea.pmtiles");
    assert!(matches!(Archive::open(&path), Err(PmTilesError::NotFound)));
    assert!(matches!(Archive::open(folder.path()), Err(PmTilesError::Folder)));
    std::fs::write(&path, world().bytes()).unwrap();
    let mut archive = Archive::open(&path).unwrap();
    assert_eq!(archive.tile(0, 0, 0).unwrap(), Some(png(2, [0, 0, 0])));
}
