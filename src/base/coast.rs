//! The land of the world as triangles, read from the bundled coast. `assets/coast.py` writes it and
//! `assets/README.md` describes it.

use super::geo::Position;

/// The bundled coast, packed.
pub static ASSET: &[u8] = include_bytes!("../../assets/coast.bin.zst");

/// What the file begins with: a name and the version of its layout.
pub const MAGIC: &[u8] = b"coast\x01";

/// Gives every triangle of the land, at the finest level of detail, to `take`: three corners on the
/// plane of web mercator, x from 0 at 180° W to 1 at 180° E, y from 0 at 85.05° N to 1 at 85.05° S.
/// They do not overlap, and none crosses the date line. Takes about 40 ms.
pub fn each_triangle(mut take: impl FnMut([[f64; 2]; 3])) {
    let bytes = zstd::decode_all(ASSET).expect("the bundled coast is whole");
    let mut reader = Reader { bytes: &bytes };
    assert_eq!(reader.take(MAGIC.len()), MAGIC, "the bundled coast is of another version");
    let n_levels = reader.byte();
    for level in 0..n_levels {
        let parts = Level::read(&mut reader);
        if level + 1 == n_levels {
            parts.each_triangle(&mut take);
        }
    }
}

/// Where `y` of the plane of web mercator lies, degrees north.
pub fn lat_deg_of_mercator(y: f64) -> f64 {
    (std::f64::consts::PI * (1.0 - 2.0 * y)).sinh().atan().to_degrees()
}

/// The place on the plane of web mercator.
pub fn mercator(place: Position) -> [f64; 2] {
    let stretched = place.lat_deg.to_radians().tan().asinh();
    [place.lon_deg / 360.0 + 0.5, 0.5 - stretched / std::f64::consts::TAU]
}

/// One level of detail, packed.
struct Level<'a> {
    grid_bits: u8,
    tile_bits: u8,
    n_tiles: u32,
    layout: Reader<'a>,
    dx: Reader<'a>,
    dy: Reader<'a>,
    reductions: Reader<'a>,
}

impl<'a> Level<'a> {
    fn read(reader: &mut Reader<'a>) -> Level<'a> {
        let (_, grid_bits, tile_bits) = (reader.byte(), reader.byte(), reader.byte());
        let (n_tiles, _, _) = (reader.word(), reader.word(), reader.word());
        let [layout, dx, dy, reductions, _] = [(); 5].map(|()| reader.stream());
        Level { grid_bits, tile_bits, n_tiles, layout, dx, dy, reductions }
    }

    fn each_triangle(mut self, take: &mut impl FnMut([[f64; 2]; 3])) {
        let n_across = 1_u32 << (self.grid_bits - self.tile_bits);
        let unit = (-f64::from(self.grid_bits)).exp2();
        let mut stack: Vec<[f64; 2]> = Vec::new();
        let mut index = 0;
        for _ in 0..self.n_tiles {
            index += self.layout.varint();
            let corner = |part: u32| (part << self.tile_bits) as i32;
            let (mut x, mut y) = (corner(index % n_across), corner(index / n_across));
            for _ in 0..self.layout.varint() {
                stack.clear();
                for _ in 0..self.layout.varint() {
                    x += self.dx.zigzag();
                    y += self.dy.zigzag();
                    stack.push([f64::from(x) * unit, f64::from(y) * unit]);
                    for _ in 0..self.reductions.varint() {
                        let middle = stack.len() - 2;
                        take([stack[middle - 1], stack[middle], stack[middle + 1]]);
                        stack.remove(middle);
                    }
                }
            }
        }
    }
}

/// Takes numbers off the front of bytes. Meant for the bundled coast alone, which is whole: it panics
/// where bytes are missing.
pub struct Reader<'a> {
    /// What is left.
    pub bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// The next bytes.
    pub fn take(&mut self, n: usize) -> &'a [u8] {
        let (taken, rest) = self.bytes.split_at(n);
        self.bytes = rest;
        taken
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        self.take(1)[0]
    }

    /// The next four bytes, the least first.
    pub fn word(&mut self) -> u32 {
        u32::from_le_bytes(self.take(4).try_into().expect("four bytes"))
    }

    /// Bytes led by their number.
    #[must_use]
    pub fn stream(&mut self) -> Reader<'a> {
        let length = self.word() as usize;
        Reader { bytes: self.take(length) }
    }

    /// Seven bits a byte, the least first, the eighth set if more follow.
    pub fn varint(&mut self) -> u32 {
        let (mut n, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            n |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return n;
            }
            shift += 7;
        }
    }

    /// A signed number, folded so that small ones stay small: 0, -1, 1, -2, ...
    pub fn zigzag(&mut self) -> i32 {
        let n = self.varint();
        (n >> 1) as i32 ^ -((n & 1) as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_were_folded() {
        let mut reader = Reader { bytes: &[0x05, 0xac, 0x02, 0x03, 0x04] };
        assert_eq!([reader.varint(), reader.varint()], [5, 300]);
        assert_eq!([reader.zigzag(), reader.zigzag()], [-2, 2]);
    }

    #[test]
    fn land_covers_as_much_of_the_plane_as_its_maker_counted() {
        let (mut n, mut area) = (0, 0.0);
        each_triangle(|[a, b, c]| {
            n += 1;
            area += ((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])).abs() / 2.0;
        });
        assert!(n > 300_000, "{n}");
        assert!((0.3..0.5).contains(&area), "{area}"); // Mercator enlarges the north.
    }

    #[test]
    fn mercator_and_back_is_the_same_latitude() {
        for lat_deg in [-80.0, -33.0, 0.0, 51.9, 71.2] {
            let [x, y] = mercator(Position::new(90.0, lat_deg));
            assert!((x - 0.75).abs() < 1e-12 && (lat_deg_of_mercator(y) - lat_deg).abs() < 1e-9);
        }
    }
}
