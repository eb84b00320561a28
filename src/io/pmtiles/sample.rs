//! Small archives and pictures for tests.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::directory::tile_id;

/// What a made archive holds and what its header says.
#[derive(Clone)]
pub struct Sample {
    /// By zoom, column and row.
    pub tiles: BTreeMap<(u8, u32, u32), Vec<u8>>,
    /// The number of entries in a leaf; all are in the root if it is zero.
    pub n_in_leaf: usize,
    /// The code for how directories are packed.
    pub packing: u8,
    /// The code for what tiles are.
    pub kind: u8,
    /// JSON.
    pub metadata: String,
}

impl Sample {
    /// All tiles of the zooms 0 to `max_zoom`, each of the color that `color` gives.
    pub fn new(max_zoom: u8, side_px: u32, color: impl Fn(u8, u32, u32) -> [u8; 3]) -> Sample {
        let mut tiles = BTreeMap::new();
        for zoom in 0..=max_zoom {
            for i in 0..1_u32 << (2 * zoom) {
                let (x, y) = (i % (1 << zoom), i >> zoom);
                tiles.insert((zoom, x, y), png(side_px, color(zoom, x, y)));
            }
        }
        Sample { tiles, n_in_leaf: 0, packing: 2, kind: 2, metadata: "{}".to_owned() }
    }

    /// The archive's bytes. Tiles in a row that are alike are one entry.
    pub fn bytes(&self) -> Vec<u8> {
        let mut data = Vec::new();
        let mut entries: Vec<[u64; 4]> = Vec::new(); // Id, run, length, offset.
        let mut places: BTreeMap<&[u8], u64> = BTreeMap::new();
        let mut ids: Vec<(u64, &Vec<u8>)> =
            self.tiles.iter().map(|((zoom, x, y), tile)| (tile_id(*zoom, *x, *y), tile)).collect();
        ids.sort_unstable_by_key(|(id, _)| *id);
        for (id, tile) in ids {
            let offset = *places.entry(tile).or_insert_with(|| {
                data.extend_from_slice(tile);
                (data.len() - tile.len()) as u64
            });
            match entries.last_mut() {
                Some([first, run, _, at]) if *at == offset && *first + *run == id => *run += 1,
                _ => entries.push([id, 1, tile.len() as u64, offset]),
            }
        }
        let (mut root, mut leaves) = (entries.clone(), Vec::new());
        if self.n_in_leaf > 0 {
            root.clear();
            for part in entries.chunks(self.n_in_leaf) {
                let leaf = self.pack(&directory(part));
                root.push([part[0][0], 0, leaf.len() as u64, leaves.len() as u64]);
                leaves.extend_from_slice(&leaf);
            }
        }
        let root = self.pack(&directory(&root));
        let metadata = self.pack(self.metadata.as_bytes());

        let mut bytes = b"PMTiles\x03".to_vec();
        let mut at = 127;
        for part in [&root, &metadata, &leaves, &data] {
            for number in [at, part.len() as u64] {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            at += part.len() as u64;
        }
        for number in [self.tiles.len(), entries.len(), places.len()] {
            bytes.extend_from_slice(&(number as u64).to_le_bytes());
        }
        let zooms = self.tiles.keys().map(|(zoom, ..)| *zoom);
        let (min_zoom, max_zoom) = (zooms.clone().min().unwrap(), zooms.max().unwrap());
        bytes.extend_from_slice(&[1, self.packing, 1, self.kind, min_zoom, max_zoom]);
        for degrees in [-180.0, -85.0, 180.0, 85.0] {
            bytes.extend_from_slice(&((degrees * 1e7) as i32).to_le_bytes());
        }
        bytes.push(1);
        for degrees in [11.5, 54.25] {
            bytes.extend_from_slice(&((degrees * 1e7) as i32).to_le_bytes());
        }
        assert_eq!(bytes.len(), 127);
        [bytes, root, metadata, leaves, data].concat()
    }

    fn pack(&self, bytes: &[u8]) -> Vec<u8> {
        match self.packing {
            2 => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap()
            }
            4 => zstd::encode_all(bytes, 0).unwrap(),
            _ => bytes.to_vec(),
        }
    }
}

fn directory(entries: &[[u64; 4]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    varint(entries.len() as u64, &mut bytes);
    let mut before = 0;
    for [id, ..] in entries {
        varint(id - before, &mut bytes);
        before = *id;
    }
    for column in [1, 2] {
        entries.iter().for_each(|entry| varint(entry[column], &mut bytes));
    }
    let mut next = None;
    for [_, _, len, offset] in entries {
        varint(if next == Some(*offset) { 0 } else { offset + 1 }, &mut bytes);
        next = Some(offset + len);
    }
    bytes
}

fn varint(mut n: u64, bytes: &mut Vec<u8>) {
    while n > 0x7f {
        bytes.push(n as u8 | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
}

/// Puts bytes where the window looks for a file: tests of it may not touch files themselves.
pub fn save(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

/// A square picture of one color, stored without packing.
pub fn png(side_px: u32, color: [u8; 3]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], content: &[u8]| {
        let mut sum = flate2::Crc::new();
        sum.update(kind);
        sum.update(content);
        bytes.extend_from_slice(&(content.len() as u32).to_be_bytes());
        bytes.extend_from_slice(kind);
        bytes.extend_from_slice(content);
        bytes.extend_from_slice(&sum.sum().to_be_bytes());
    };
    let side = side_px.to_be_bytes();
    // Eight bits for each of three colors.
    chunk(b"IHDR", &[&side[..], &side, &[8, 2, 0, 0, 0]].concat());
    let line = [vec![0], color.repeat(side_px as usize)].concat();
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::none());
    encoder.write_all(&line.repeat(side_px as usize)).unwrap();
    chunk(b"IDAT", &encoder.finish().unwrap());
    chunk(b"IEND", &[]);
    bytes
}
