//! Directories of a `PMTiles` archive: which tile lies where.

/// Which tiles and leaf directories lie where, in the order of their ids.
#[derive(Clone, PartialEq, Debug)]
pub struct Directory {
    // Invariant: ids increase strictly; lengths are above zero.
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Entry {
    id: u64,
    offset: u64,
    len: u32,
    /// How many tiles from `id` on are this one; zero if it is a leaf directory that begins there.
    run: u32,
}

/// What a directory says of an id.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Found {
    /// There is no such tile.
    Nothing,
    /// Where it lies, from the first tile on.
    Tile {
        /// Bytes after the first tile's begin.
        offset: u64,
        /// How many bytes it has.
        len: u32,
    },
    /// In which directory to look on.
    Leaf {
        /// Bytes after the first leaf's begin.
        offset: u64,
        /// How many bytes it has, packed.
        len: u32,
    },
}

impl Directory {
    /// Reads an unpacked directory: the number of entries, then all ids (each as the step from the
    /// one before), all runs, all lengths, all offsets (zero stands for "right behind the one
    /// before", others are one too high).
    pub fn parse(bytes: &[u8]) -> Result<Directory, String> {
        let mut bytes = bytes;
        let n = varint(&mut bytes)?;
        // Each entry takes four bytes at least; a false number shall not take the memory for it.
        if n == 0 || n > bytes.len() as u64 / 4 {
            return Err(format!("a directory of {} bytes has {n} entries", bytes.len()));
        }
        let mut entries = Vec::with_capacity(n as usize);
        let mut id = 0_u64;
        for i in 0..n {
            let step = varint(&mut bytes)?;
            if i > 0 && step == 0 {
                return Err(format!("a directory has the id {id} twice"));
            }
            id = id.checked_add(step).ok_or("an id in a directory is too great")?;
            entries.push(Entry { id, offset: 0, len: 0, run: 0 });
        }
        for entry in &mut entries {
            entry.run = varint32(&mut bytes)?;
        }
        for entry in &mut entries {
            entry.len = varint32(&mut bytes)?;
            if entry.len == 0 {
                return Err(format!("the entry {} of a directory has no length", entry.id));
            }
        }
        let mut next = None;
        for entry in &mut entries {
            entry.offset = match (varint(&mut bytes)?, next) {
                (0, Some(next)) => next,
                (0, None) => return Err("the first entry of a directory lies nowhere".to_owned()),
                (offset, _) => offset - 1,
            };
            let end = entry.offset.checked_add(u64::from(entry.len));
            next = Some(end.ok_or("an offset in a directory is too great")?);
        }
        Ok(Directory { entries })
    }

    /// Where to find the tile `id`.
    pub fn find(&self, id: u64) -> Found {
        let after = self.entries.partition_point(|entry| entry.id <= id);
        let Some(Entry { id: first, offset, len, run }) =
            after.checked_sub(1).map(|at| self.entries[at])
        else {
            return Found::Nothing;
        };
        match run {
            0 => Found::Leaf { offset, len },
            run if id - first < u64::from(run) => Found::Tile { offset, len },
            _ => Found::Nothing,
        }
    }
}

/// The number of a tile: those of coarser zooms come first, those of one zoom follow a Hilbert
/// curve, on which neighbors have numbers close to each other.
///
/// # Panics
///
/// If the zoom is above 31.
pub fn tile_id(zoom: u8, x: u32, y: u32) -> u64 {
    assert!(zoom < 32, "zoom {zoom} has more tiles than are counted");
    let n_coarser = ((1_u64 << (2 * zoom)) - 1) / 3;
    let (mut x, mut y) = (x, y);
    let mut along = 0;
    for bit in (0..zoom).rev() {
        let half = 1_u32 << bit;
        let (is_east, is_south) = (x & half > 0, y & half > 0);
        let quarter = match (is_east, is_south) {
            (false, false) => 0,
            (false, true) => 1,
            (true, true) => 2,
            (true, false) => 3,
        };
        along += quarter << (2 * bit);
        // The curve runs through the northern quarters turned or mirrored.
        if !is_south {
            if is_east {
                (x, y) =
                    (half.wrapping_sub(1).wrapping_sub(x), half.wrapping_sub(1).wrapping_sub(y));
            }
            (x, y) = (y, x);
        }
    }
    n_coarser + along
}

/// Seven bits a byte, the least first, the eighth set if more follow.
fn varint(bytes: &mut &[u8]) -> Result<u64, String> {
    let mut n = 0_u64;
    for shift in (0..64).step_by(7) {
        let Some((byte, rest)) = bytes.split_first() else {
            return Err("a directory ends early".to_owned());
        };
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        if bits << shift >> shift != bits {
            break;
        }
        n |= bits << shift;
        if *byte < 0x80 {
            return Ok(n);
        }
    }
    Err("a number in a directory is too long".to_owned())
}

fn varint32(bytes: &mut &[u8]) -> Result<u32, String> {
    u32::try_from(varint(bytes)?).map_err(|_| "a number in a directory is too great".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_numbered_as_in_the_specification() {
        for (zoom, x, y, id) in [
            (0, 0, 0, 0),
            (1, 0, 0, 1),
            (1, 0, 1, 2),
            (1, 1, 1, 3),
            (1, 1, 0, 4),
            (2, 0, 0, 5),
            (2, 1, 0, 6),
            (2, 1, 1, 7),
            (2, 0, 1, 8),
            (2, 3, 0, 20),
            (3, 0, 0, 21),
            (3, 0, 1, 22),
            (3, 1, 1, 23),
            (3, 1, 0, 24),
            (3, 7, 0, 84),
            (12, 3423, 1763, 19_078_479),
        ] {
            assert_eq!(tile_id(zoom, x, y), id, "{zoom}/{x}/{y}");
        }
    }

    #[test]
    fn each_number_of_a_zoom_is_given_once_and_to_a_neighbor_of_the_one_before() {
        let mut first = 0;
        for zoom in 0..=6 {
            let n = 1_u32 << zoom;
            let mut tiles: Vec<(u64, u32, u32)> =
                (0..n * n).map(|i| (tile_id(zoom, i % n, i / n), i % n, i / n)).collect();
            tiles.sort_unstable();
            for (i, (id, ..)) in tiles.iter().enumerate() {
                assert_eq!(*id, first + i as u64);
            }
            for pair in tiles.windows(2) {
                assert_eq!(pair[0].1.abs_diff(pair[1].1) + pair[0].2.abs_diff(pair[1].2), 1);
            }
            first += u64::from(n * n);
        }
        assert_eq!(tile_id(31, 0, 0), ((1 << 62) - 1) / 3);
    }

    #[test]
    fn a_directory_gives_tiles_runs_and_leaves() {
        // Tiles 5 and 6 to 8 (a run of three, right behind it), then a leaf from 42 on.
        let bytes = [3, 5, 1, 36, 1, 3, 0, 10, 20, 30, 1, 0, 8];
        let directory = Directory::parse(&bytes).unwrap();
        for (id, found) in [
            (4, Found::Nothing),
            (5, Found::Tile { offset: 0, len: 10 }),
            (6, Found::Tile { offset: 10, len: 20 }),
            (8, Found::Tile { offset: 10, len: 20 }),
            (9, Found::Nothing),
            (42, Found::Leaf { offset: 7, len: 30 }),
            (1 << 40, Found::Leaf { offset: 7, len: 30 }),
        ] {
            assert_eq!(directory.find(id), found, "{id}");
        }
    }

    #[test]
    fn directories_gone_bad_are_refused() {
        for (bytes, part) in [
            (&[][..], "ends early"),
            (&[0], "has 0 entries"),
            (&[0xff, 0xff, 0xff, 0x7f, 1, 1, 1, 1], "entries"),
            (&[1, 5, 1, 10, 0, 0], "lies nowhere"),
            (&[1, 5, 1, 0, 1, 0], "no length"),
            (&[2, 5, 0, 1, 1, 1, 1, 1, 1], "the id 5 twice"),
            (&[1, 5, 1, 10, 0x80, 0x80], "ends early"),
            (&[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], "too long"),
            (&[1, 5, 0xff, 0xff, 0xff, 0xff, 0x7f, 10, 1], "too great"),
            (&[1, 0, 1, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], "too great"),
        ] {
            let fault = Directory::parse(bytes).unwrap_err();
            assert!(fault.contains(part), "{fault}");
        }
    }
}
