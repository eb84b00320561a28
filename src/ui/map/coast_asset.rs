//! Reads the bundled coast. `assets/coast.py` writes it and `assets/README.md` describes it.

use super::coast::{Level, ShorePoint, Tile};
use crate::base::coast::{ASSET, MAGIC, Reader};

/// Stands for "no limit" where a level says until which width of the world it serves.
const NO_LIMIT: u8 = 255;

/// The longest that the edge of a bent line may lie off, for a half-width of one.
const MITER_MAX: f32 = 2.0;

/// The levels of detail, from coarse to fine.
pub(super) fn levels() -> Vec<Level> {
    let bytes = zstd::decode_all(ASSET).expect("the bundled coast is whole");
    let mut reader = Reader { bytes: &bytes };
    assert_eq!(reader.take(MAGIC.len()), MAGIC, "the bundled coast is of another version");
    let n_levels = reader.byte();
    (0..n_levels).map(|_| level(&mut reader)).collect()
}

fn level(reader: &mut Reader<'_>) -> Level {
    let (world_bits, grid_bits, tile_bits) = (reader.byte(), reader.byte(), reader.byte());
    let (n_tiles, n_corners, n_triangles) = (reader.word(), reader.word(), reader.word());
    let [mut layout, mut dx, mut dy, mut reductions, mut shores] =
        [(); 5].map(|()| reader.stream());

    let n_across = 1_usize << (grid_bits - tile_bits);
    let mut level = Level {
        world_px_max: if world_bits == NO_LIMIT {
            f64::INFINITY
        } else {
            f64::from(world_bits).exp2()
        },
        unit: (-f64::from(grid_bits)).exp2(),
        n_across,
        tiles: vec![Tile::default(); n_across * n_across],
        corners: Vec::with_capacity(n_corners as usize),
        triangles: Vec::with_capacity(3 * n_triangles as usize),
        shore: Vec::with_capacity(n_corners as usize),
    };
    let mut flags = Vec::new();
    let mut stack = Vec::new();
    let mut index = 0;
    for _ in 0..n_tiles {
        index += layout.varint() as usize;
        let corner = |part: usize| (part << tile_bits) as i32;
        let (west, north) = (corner(index % n_across), corner(index / n_across));
        let (first_corner, first_triangle, first_shore) =
            (level.corners.len(), level.triangles.len(), level.shore.len());
        let (mut x, mut y) = (west, north);
        for _ in 0..layout.varint() {
            let n = layout.varint() as usize;
            let first = level.corners.len();
            stack.clear();
            for i in first..first + n {
                x += dx.zigzag();
                y += dy.zigzag();
                level.corners.push([x as u32, y as u32]);
                stack.push((i - first_corner) as u32);
                for _ in 0..reductions.varint() {
                    reduce(&mut stack, &mut level.triangles);
                }
            }
            read_flags(&mut shores, n, &mut flags);
            add_shorelines(&level.corners[first..], &flags, &mut level.shore);
        }
        level.tiles[index] = Tile {
            corners: first_corner as u32..level.corners.len() as u32,
            triangles: first_triangle as u32..level.triangles.len() as u32,
            shore: first_shore as u32..level.shore.len() as u32,
        };
    }
    assert_eq!(level.corners.len(), n_corners as usize, "the bundled coast has all its corners");
    assert_eq!(level.triangles.len(), 3 * n_triangles as usize, "and all its triangles");
    level
}

/// Takes the triangle of the last three corners off the polygon: its middle corner is done.
fn reduce(stack: &mut Vec<u32>, triangles: &mut Vec<u32>) {
    let middle = stack.len() - 2;
    triangles.extend_from_slice(&stack[middle - 1..]);
    stack.remove(middle);
}

/// Whether the edge that ends at each of a ring's `n` corners is shore; kept as lengths of runs.
fn read_flags(runs: &mut Reader<'_>, n: usize, flags: &mut Vec<bool>) {
    flags.clear();
    let mut is_shore = false;
    while flags.len() < n {
        let length = runs.varint() as usize;
        flags.resize(flags.len() + length, is_shore);
        is_shore = !is_shore;
    }
}

/// Adds the pieces of a ring that are shore. `flags` says so for the edge that ends at each corner.
fn add_shorelines(ring: &[[u32; 2]], flags: &[bool], shore: &mut Vec<ShorePoint>) {
    let n = ring.len();
    // Begin where a line begins; a ring that is all shore is one line back to its first corner.
    let start = flags.iter().position(|is_shore| !is_shore).unwrap_or(0);
    let mut line = vec![ring[start]];
    for i in start + 1..=start + n {
        if !flags[i % n] {
            add_line(&line, shore);
            line.clear();
        }
        line.push(ring[i % n]);
    }
    add_line(&line, shore);
}

fn add_line(line: &[[u32; 2]], shore: &mut Vec<ShorePoint>) {
    if line.len() < 2 {
        return;
    }
    let is_closed = line.first() == line.last();
    let pieces: Vec<[f32; 2]> = line.windows(2).map(|pair| normal(pair[0], pair[1])).collect();
    for (i, at) in line.iter().enumerate() {
        let before = match i.checked_sub(1) {
            Some(before) => pieces[before],
            None if is_closed => pieces[pieces.len() - 1],
            None => pieces[0],
        };
        let after = if i < pieces.len() {
            pieces[i]
        } else if is_closed {
            pieces[0]
        } else {
            before
        };
        shore.push(ShorePoint { at: *at, normal: miter(before, after), is_joined: i > 0 });
    }
}

/// A unit vector across the way from `a` to `b`.
fn normal(a: [u32; 2], b: [u32; 2]) -> [f32; 2] {
    let [x, y] = [0, 1].map(|i| (f64::from(b[i]) - f64::from(a[i])) as f32);
    let length = x.hypot(y).max(1e-9);
    [-y / length, x / length]
}

/// To the outer corner of a bend between pieces of these normals, cut off where it is sharp.
fn miter(before: [f32; 2], after: [f32; 2]) -> [f32; 2] {
    let sum = [before[0] + after[0], before[1] + after[1]];
    // The miter's length is the inverse of the cosine of half the bend: of half the sum's length.
    let half_length = sum[0].hypot(sum[1]) / 2.0;
    if half_length < 1e-3 {
        return before; // It turns back on itself.
    }
    let scale = (1.0 / half_length).min(MITER_MAX) / (2.0 * half_length);
    [sum[0] * scale, sum[1] * scale]
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these numbers are exact")]
mod tests {
    use super::*;

    #[test]
    fn a_square_is_taken_apart_into_two_triangles() {
        let (mut stack, mut triangles) = (vec![0, 1, 2], Vec::new());
        reduce(&mut stack, &mut triangles);
        stack.push(3);
        reduce(&mut stack, &mut triangles);
        assert_eq!(triangles, [0, 1, 2, 0, 2, 3]);
    }

    #[test]
    fn an_island_is_one_closed_line_with_mitered_corners() {
        let mut shore = Vec::new();
        add_shorelines(&[[0, 0], [4, 0], [4, 4], [0, 4]], &[true; 4], &mut shore);
        let ats: Vec<[u32; 2]> = shore.iter().map(|point| point.at).collect();
        assert_eq!(ats, [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]);
        assert!(shore.iter().all(|point| point.normal.map(f32::abs) == [1.0, 1.0]));
        assert_eq!(shore.iter().filter(|point| point.is_joined).count(), 4);
    }

    #[test]
    fn a_cut_edge_is_no_shore() {
        let mut shore = Vec::new();
        // The edge from the second to the third corner lies on the tile's border.
        let flags = [true, true, false, true];
        add_shorelines(&[[0, 0], [4, 0], [4, 4], [0, 4]], &flags, &mut shore);
        let ats: Vec<[u32; 2]> = shore.iter().map(|point| point.at).collect();
        assert_eq!(ats, [[4, 4], [0, 4], [0, 0], [4, 0]]);
        assert_eq!(shore[0].normal, [0.0, -1.0]); // Across the way west, on its right.
        assert!(!shore[0].is_joined);
    }
}
