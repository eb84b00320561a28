//! Maps for print: coast, tracks and marks as a drawing.

use crate::base::chart::{Anchor, Axis, Fill, Item, Scale, Scene, Stroke, marks};
use crate::base::coast::{each_triangle, lat_deg_of_mercator, mercator};
use crate::base::geo::Position;

const SEA: u32 = 0x00ea_f1f6;
const LAND: u32 = 0x00f1_eee5;
const GRID: u32 = 0x00c3_ced8;
const EDGE: u32 = 0x0066_6f78;
const INK: u32 = 0x0022_2a33;

/// The whole drawing, and what is left around the map for degrees and legend, points.
const SIZE: [f64; 2] = [720.0, 470.0];
const LEFT: f64 = 44.0;
const TOP: f64 = 10.0;
const RIGHT: f64 = 10.0;
const BOTTOM: f64 = 48.0;

/// Part of the height or width that is left free around what is shown.
const MARGIN: f64 = 0.06;

/// No map shows less than this, as a part of the world's width: some 400 m.
const LEAST: f64 = 1e-5;

/// A line has no corner nearer than this to the one before, points.
const TOLERANCE: f64 = 0.8;

/// More corners of tracks than this make a drawing too large; it is then coarser.
const MOST_CORNERS: usize = 30_000;

/// Land smaller than this is left out, square points.
const LEAST_AREA: f64 = 0.15;

/// A map being drawn. Longitudes go the short way from its middle, so that the date line is no edge.
pub struct Sheet {
    /// Middle of the map on the plane of web mercator.
    middle: [f64; 2],
    /// Points to a world's width.
    scale: f64,
    items: Vec<Item>,
    legend: Vec<(u32, String)>,
}

impl Sheet {
    /// A map of all these places, with the coast; `None` without a valid place.
    pub fn around(places: impl Iterator<Item = Position> + Clone) -> Option<Sheet> {
        let valid = places.filter(|place| place.is_valid());
        // y grows to the south.
        let (mut north, mut south) = (f64::INFINITY, f64::NEG_INFINITY);
        // East of Greenwich and east of the date line: what is narrower is the map.
        let mut spans = [(f64::INFINITY, f64::NEG_INFINITY); 2];
        for place in valid {
            let [x, y] = mercator(Position::new(place.lon_deg, place.lat_deg.clamp(-85.0, 85.0)));
            (north, south) = (north.min(y), south.max(y));
            for (span, x) in spans.iter_mut().zip([x, (x + 0.5).rem_euclid(1.0)]) {
                *span = (span.0.min(x), span.1.max(x));
            }
        }
        if north > south {
            return None;
        }
        let width = |span: (f64, f64)| span.1 - span.0;
        let is_turned = width(spans[1]) < width(spans[0]);
        let span = spans[usize::from(is_turned)];
        let turn = if is_turned { 0.5 } else { 0.0 };
        let middle = [0.5 * (span.0 + span.1) - turn, 0.5 * (south + north)];
        let [wide, high] = [SIZE[0] - LEFT - RIGHT, SIZE[1] - TOP - BOTTOM];
        let across = (width(span) / (1.0 - 2.0 * MARGIN)).max(LEAST);
        let upright = ((south - north) / (1.0 - 2.0 * MARGIN)).max(LEAST);
        let scale = (wide / across).min(high / upright);
        let mut sheet = Sheet { middle, scale, items: Vec::new(), legend: Vec::new() };
        sheet.ground();
        Some(sheet)
    }

    /// Where a place is on the drawing.
    fn place(&self, at: Position) -> [f64; 2] {
        self.place_of(mercator(Position::new(at.lon_deg, at.lat_deg.clamp(-85.0, 85.0))))
    }

    fn place_of(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let aside = (x - self.middle[0] + 0.5).rem_euclid(1.0) - 0.5;
        let [left, top, right, bottom] = frame();
        [
            0.5 * (left + right) + aside * self.scale,
            0.5 * (top + bottom) + (y - self.middle[1]) * self.scale,
        ]
    }

    fn ground(&mut self) {
        let [left, top, right, bottom] = frame();
        self.items.push(Item::rect([left, top], [right, bottom], Fill::new(SEA)));
        let mut rings = Vec::new();
        each_triangle(|corners| {
            let corners = corners.map(|corner| self.place_of(corner));
            let range = |n: usize| {
                let of = corners.map(|corner| corner[n]);
                (of[0].min(of[1]).min(of[2]), of[0].max(of[1]).max(of[2]))
            };
            let ((west, east), (north, south)) = (range(0), range(1));
            let is_seen = east > left && west < right && south > top && north < bottom;
            // One that reaches around the far side of the world would lie across the map.
            let is_whole = east - west < 0.4 * self.scale;
            let [a, b, c] = corners;
            let area = 0.5 * ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])).abs();
            if is_seen && is_whole && area >= LEAST_AREA {
                rings.push(clipped(corners.to_vec()));
            }
        });
        rings.retain(|ring| ring.len() > 2);
        self.items.push(Item::Areas { rings, fill: Fill::new(LAND) });
        self.graticule();
    }

    /// Meridians and parallels with their degrees.
    fn graticule(&mut self) {
        let [left, top, right, bottom] = frame();
        let half = [(right - left) / 2.0 / self.scale, (bottom - top) / 2.0 / self.scale];
        let lon = |x: f64| (x - 0.5) * 360.0;
        let (west, east) = (lon(self.middle[0] - half[0]), lon(self.middle[0] + half[0]));
        let north = lat_deg_of_mercator((self.middle[1] - half[1]).max(0.0));
        let south = lat_deg_of_mercator((self.middle[1] + half[1]).min(1.0));
        let stroke = Stroke { width: 0.5, color: GRID, opacity: 1.0, is_dashed: false };
        for mark in marks(&Axis::linear("").scale, west, east, 6) {
            let x = 0.5 * (left + right) + ((mark.at / 360.0 + 0.5) - self.middle[0]) * self.scale;
            self.items.push(Item::line(vec![[x, top], [x, bottom]], stroke));
            let wrapped = (mark.at + 180.0).rem_euclid(360.0) - 180.0;
            let text = degrees(wrapped, &mark.text, mark.at, ["E", "W"]);
            self.items.push(Item::text([x, bottom + 14.0], text, 10.0, Anchor::Middle, INK));
        }
        for mark in marks(&Scale::Linear, south, north, 5) {
            let y = self.place(Position::new(0.0, mark.at))[1];
            self.items.push(Item::line(vec![[left, y], [right, y]], stroke));
            let text = degrees(mark.at, &mark.text, mark.at, ["N", "S"]);
            self.items.push(Item::text([left - 4.0, y + 3.5], text, 10.0, Anchor::End, INK));
        }
    }

    /// Draws lines through places, none with more corners than can be seen.
    pub fn tracks<'a>(
        &mut self,
        lines: impl Iterator<Item = (&'a [Position], u32)> + Clone,
        width: f64,
        opacity: f64,
    ) {
        let mut tolerance = TOLERANCE;
        loop {
            let mut items = Vec::new();
            let mut corners = 0;
            for (line, color) in lines.clone() {
                let stroke = Stroke { width, color, opacity, is_dashed: false };
                for points in self.pieces(line, tolerance) {
                    corners += points.len();
                    items.push(Item::line(points, stroke));
                }
            }
            if corners <= MOST_CORNERS || tolerance > 8.0 {
                self.items.extend(items);
                return;
            }
            tolerance *= 2.0;
        }
    }

    /// A line on the drawing, in pieces where it leaves the map's world at the far side.
    fn pieces(&self, line: &[Position], tolerance: f64) -> Vec<Vec<[f64; 2]>> {
        let mut pieces: Vec<Vec<[f64; 2]>> = Vec::new();
        let mut piece: Vec<[f64; 2]> = Vec::new();
        for (n, at) in line.iter().enumerate().filter(|(_, at)| at.is_valid()) {
            let at = self.place(*at);
            if let Some(last) = piece.last() {
                let (aside, down) = (at[0] - last[0], at[1] - last[1]);
                if aside.abs() > 0.5 * self.scale {
                    pieces.push(std::mem::take(&mut piece));
                } else if aside.hypot(down) < tolerance && n + 1 < line.len() {
                    continue;
                }
            }
            piece.push(at);
        }
        pieces.push(piece);
        pieces.retain(|piece| piece.len() > 1);
        pieces
    }

    /// Draws a line, or the edge of an area.
    pub fn line(&mut self, line: &[Position], width: f64, color: u32) {
        for points in self.pieces(line, 0.0) {
            self.items.push(Item::line(points, Stroke::new(width, color)));
        }
    }

    /// Fills four-cornered pieces of one color: a route's width, a cell.
    pub fn fill(
        &mut self,
        quads: impl IntoIterator<Item = [Position; 4]>,
        color: u32,
        opacity: f64,
    ) {
        let rings = quads.into_iter().map(|quad| quad.map(|at| self.place(at)).to_vec());
        let half = 0.5 * self.scale;
        let is_whole =
            |ring: &Vec<[f64; 2]>| ring.iter().all(|at| (at[0] - ring[0][0]).abs() < half);
        let mut rings: Vec<_> = rings.filter(is_whole).map(clipped).collect();
        rings.retain(|ring| ring.len() > 2);
        self.items.push(Item::Areas { rings, fill: Fill { color, opacity } });
    }

    /// Draws a dot.
    pub fn dot(&mut self, at: Position, radius: f64, color: u32) {
        let at = self.place(at);
        if at.iter().all(|coordinate| coordinate.is_finite()) && is_within(at) {
            self.items.push(Item::Dot { at, radius, fill: Fill { color, opacity: 0.85 } });
        }
    }

    /// Writes a word at a place.
    pub fn word(&mut self, at: Position, text: &str) {
        let [x, y] = self.place(at);
        if is_within([x, y]) {
            self.items.push(Item::text([x + 4.0, y - 4.0], text, 10.0, Anchor::Start, INK));
        }
    }

    /// Says below the map what a color means.
    pub fn legend(&mut self, color: u32, text: impl Into<String>) {
        self.legend.push((color, text.into()));
    }

    /// The drawing, with its frame, scale bar and legend.
    pub fn finish(mut self) -> Scene {
        let [left, top, right, bottom] = frame();
        let paper = Fill::new(0x00ff_ffff);
        // What reaches beyond the frame goes; degrees and legend come over it again.
        let is_degree =
            |item: &Item| matches!(item, Item::Text { at, .. } if at[0] < left || at[1] > bottom);
        let (degrees, inside): (Vec<Item>, Vec<Item>) = self.items.into_iter().partition(is_degree);
        let mut items = inside;
        let [width, height] = SIZE;
        items.push(Item::rect([0.0, 0.0], [width, top], paper));
        items.push(Item::rect([0.0, bottom], [width, height], paper));
        items.push(Item::rect([0.0, 0.0], [left, height], paper));
        items.push(Item::rect([right, 0.0], [width, height], paper));
        items.extend(degrees);
        let edge = vec![[left, top], [right, top], [right, bottom], [left, bottom], [left, top]];
        items.push(Item::line(edge, Stroke::new(1.0, EDGE)));
        self.items = items;
        self.scale_bar();
        let mut x = left;
        for (color, text) in std::mem::take(&mut self.legend) {
            let needs = 14.0 + Scene::text_width(&text, 10.0) + 14.0;
            if x + needs > width {
                break;
            }
            let y = height - 8.0;
            self.items.push(Item::rect([x, y - 8.0], [x + 10.0, y], Fill::new(color)));
            self.items.push(Item::text([x + 14.0, y], text, 10.0, Anchor::Start, INK));
            x += needs;
        }
        Scene { size: SIZE, items: self.items }
    }

    /// So many miles in the middle of the map.
    fn scale_bar(&mut self) {
        const EQUATOR_NMI: f64 = 21_638.8;
        let [_, _, right, bottom] = frame();
        let lat = lat_deg_of_mercator(self.middle[1].clamp(0.0, 1.0));
        let points_to_nmi = self.scale / (EQUATOR_NMI * lat.to_radians().cos().max(0.01));
        let most = 140.0 / points_to_nmi;
        let power = 10_f64.powf(most.log10().floor());
        let length = [5.0, 2.0, 1.0].into_iter().map(|n| n * power).find(|n| *n <= most);
        let length = length.unwrap_or(power);
        let (to, y) = (right - 12.0, bottom - 12.0);
        let from = to - length * points_to_nmi;
        let bar = vec![[from, y - 4.0], [from, y], [to, y], [to, y - 4.0]];
        self.items.push(Item::line(bar, Stroke::new(1.2, INK)));
        let at = [0.5 * (from + to), y - 5.0];
        self.items.push(Item::text(at, format!("{length} nmi"), 10.0, Anchor::Middle, INK));
    }
}

/// Left, top, right and bottom of the map.
fn frame() -> [f64; 4] {
    [LEFT, TOP, SIZE[0] - RIGHT, SIZE[1] - BOTTOM]
}

fn is_within([x, y]: [f64; 2]) -> bool {
    let [left, top, right, bottom] = frame();
    (left..=right).contains(&x) && (top..=bottom).contains(&y)
}

/// What of a convex area lies on the drawing, so that far corners do not blow up its numbers
/// (Sutherland and Hodgman).
fn clipped(mut ring: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    let [left, top, right, bottom] = frame();
    for (axis, edge, sign) in [(0, left, 1.0), (0, right, -1.0), (1, top, 1.0), (1, bottom, -1.0)] {
        let depth = |at: &[f64; 2]| sign * (at[axis] - edge);
        let mut kept = Vec::with_capacity(ring.len() + 1);
        for (n, b) in ring.iter().enumerate() {
            let a = &ring[(n + ring.len() - 1) % ring.len()];
            let (from, to) = (depth(a), depth(b));
            if (from < 0.0) != (to < 0.0) {
                let t = from / (from - to);
                kept.push([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
            }
            if to >= 0.0 {
                kept.push(*b);
            }
        }
        ring = kept;
    }
    ring
}

/// `119.5° W`; `text` is the number as it stands on an even axis.
fn degrees(value: f64, text: &str, marked: f64, [plus, minus]: [&str; 2]) -> String {
    let text = if (value - marked).abs() < 1e-9 {
        text.trim_start_matches('-').to_owned()
    } else {
        format!("{:.2}", value.abs()).trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    match () {
        // Neither lies east or west.
        () if matches!(text.parse::<f64>(), Ok(0.0 | 180.0)) => {
            format!("{}°", text.split('.').next().unwrap_or(&text))
        }
        () if value < 0.0 => format!("{text}° {minus}"),
        () => format!("{text}° {plus}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> Position {
        Position::new(lon, lat)
    }

    #[test]
    fn what_is_shown_lies_within_the_frame_with_its_middle_in_the_middle() {
        let places = [at(-120.0, 34.0), at(-119.0, 34.5)];
        let sheet = Sheet::around(places.into_iter()).unwrap();
        let [a, b] = places.map(|place| sheet.place(place));
        assert!(is_within(a) && is_within(b) && a[0] < b[0] && a[1] > b[1], "{a:?} {b:?}");
        let [left, _, right, _] = frame();
        assert!((0.5 * (a[0] + b[0]) - 0.5 * (left + right)).abs() < 1e-6);
    }

    #[test]
    fn places_on_both_sides_of_the_date_line_are_neighbors() {
        let places = [at(179.5, 10.0), at(-179.5, 10.5)];
        let mut sheet = Sheet::around(places.into_iter()).unwrap();
        let [a, b] = places.map(|place| sheet.place(place));
        assert!(is_within(a) && is_within(b) && a[0] < b[0], "{a:?} {b:?}");
        let before = sheet.items.len();
        sheet.line(&places, 1.0, 0);
        assert_eq!(sheet.items.len(), before + 1);
        let scene = sheet.finish();
        let is_there = |text: &str| {
            scene.items.iter().any(|item| matches!(item, Item::Text { text: of, .. } if of == text))
        };
        assert!(is_there("180°") && is_there("179.8° E"), "{:?}", scene.items);
    }

    #[test]
    fn without_a_place_there_is_no_map_and_one_place_is_enough() {
        assert!(Sheet::around([].into_iter()).is_none());
        assert!(Sheet::around([at(f64::NAN, 0.0)].into_iter()).is_none());
        let sheet = Sheet::around([at(5.0, 50.0)].into_iter()).unwrap();
        assert!(sheet.scale.is_finite());
    }

    #[test]
    fn an_area_is_cut_off_at_the_frame() {
        let [left, top, right, bottom] = frame();
        let far = vec![[-1e6, -1e6], [1e6, -1e6], [1e6, 1e6], [-1e6, 1e6]];
        let cut = clipped(far);
        let xs =
            cut.iter().map(|at| at[0]).fold((f64::MAX, f64::MIN), |(a, b), x| (a.min(x), b.max(x)));
        let ys =
            cut.iter().map(|at| at[1]).fold((f64::MAX, f64::MIN), |(a, b), y| (a.min(y), b.max(y)));
        let off = [xs.0 - left, xs.1 - right, ys.0 - top, ys.1 - bottom];
        assert!(off.iter().all(|off| off.abs() < 1e-6), "{xs:?} {ys:?}");
        assert_eq!(clipped(vec![[-9.0, 0.0], [-8.0, 0.0], [-8.0, 1.0]]), Vec::<[f64; 2]>::new());
    }

    #[test]
    fn degrees_are_written_with_their_half() {
        assert_eq!(degrees(-119.5, "-119.5", -119.5, ["E", "W"]), "119.5° W");
        assert_eq!(degrees(10.0, "10", 10.0, ["N", "S"]), "10° N");
        assert_eq!(degrees(-179.5, "180.5", 180.5, ["E", "W"]), "179.5° W");
        assert_eq!(degrees(0.0, "0", 0.0, ["N", "S"]), "0°");
    }
}
