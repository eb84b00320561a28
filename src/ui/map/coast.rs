//! The coast: land and shorelines of the whole world, bundled with the program.
//!
//! The land comes cut into square tiles and triangles at six levels of detail, so that a frame only
//! moves the points in view to the screen; `assets/README.md` tells how it is made.

use std::ops::Range;

use egui::epaint::{Vertex, WHITE_UV};
use egui::{Color32, Mesh, Painter, Pos2, Rect, Shape};

use super::coast_asset;
use super::colors::MapColors;
use super::view::View;

/// How far the shoreline reaches to either side, fading out: about a line of this width.
const SHORE_PX: f32 = 1.1;

/// The land of the world at all levels of detail.
pub struct Coast {
    // Invariant: from coarse to fine; the last one serves any zoom.
    levels: Vec<Level>,
}

/// The land at one level of detail, cut into a square grid of tiles. On a square of the plane with
/// `2^grid_bits` units on each side, all corners lie on whole units.
pub struct Level {
    /// The level serves until the world is wider than this in pixels of the device.
    pub(super) world_px_max: f64,
    /// A unit's part of the world.
    pub(super) unit: f64,
    /// Tiles in a row and in a column.
    pub(super) n_across: usize,
    /// In row-major order, `n_across²` of them.
    pub(super) tiles: Vec<Tile>,
    /// The corners of the land, in units from the plane's north-western corner.
    pub(super) corners: Vec<[u32; 2]>,
    /// Three to a triangle, counted from its tile's first corner.
    pub(super) triangles: Vec<u32>,
    pub(super) shore: Vec<ShorePoint>,
}

/// Which part of its level's columns a tile has.
#[derive(Clone, Default, Debug)]
pub(super) struct Tile {
    pub(super) corners: Range<u32>,
    pub(super) triangles: Range<u32>,
    pub(super) shore: Range<u32>,
}

/// A point of a shoreline.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct ShorePoint {
    pub(super) at: [u32; 2],
    /// Where the line's edge lies, for a half-width of one: unit length on straight pieces, longer
    /// at bends. The same at any zoom, for the projection keeps angles.
    pub(super) normal: [f32; 2],
    /// Whether a piece of shore comes here from the point before.
    pub(super) is_joined: bool,
}

impl Coast {
    /// Unpacks the bundled coast. Takes 40 ms, more than a frame: call it on a thread.
    pub fn load() -> Coast {
        Coast { levels: coast_asset::levels() }
    }

    /// The coarsest level of which no error shows when the world is `world_px` wide on the device.
    pub fn level(&self, world_px: f64) -> &Level {
        let level = self.levels.iter().find(|level| world_px <= level.world_px_max);
        level.or(self.levels.last()).expect("the coast has a level")
    }
}

impl Level {
    /// The triangles of all land, as corners on the mercator plane.
    pub fn triangles(&self) -> impl Iterator<Item = [[f64; 2]; 3]> {
        self.tiles.iter().flat_map(move |tile| {
            let corners = &self.corners[of(&tile.corners)];
            self.triangles[of(&tile.triangles)].chunks_exact(3).map(move |triangle| {
                [0, 1, 2].map(|i| self.mercator(corners[triangle[i] as usize]))
            })
        })
    }

    /// The shorelines, as polylines on the mercator plane. They end where tiles meet.
    pub fn shorelines(&self) -> impl Iterator<Item = Vec<[f64; 2]>> {
        self.shore
            .chunk_by(|_, point| point.is_joined)
            .map(|line| line.iter().map(|point| self.mercator(point.at)).collect())
    }

    fn mercator(&self, [x, y]: [u32; 2]) -> [f64; 2] {
        [f64::from(x) * self.unit, f64::from(y) * self.unit]
    }

    /// The tiles in view of the world's copy `copy`.
    fn tiles_in_view(&self, view: &View, copy: i32) -> impl Iterator<Item = &Tile> {
        let visible = view.visible();
        let n = self.n_across as f64;
        // A casted negative number is zero.
        let first = |least: f64| (least * n).floor() as usize;
        let end = |most: f64| ((most * n).ceil() as usize).min(self.n_across);
        let (min, max, copy) = (visible.min, visible.max, f64::from(copy));
        let columns = first(min[0] - copy)..end(max[0] - copy);
        (first(min[1])..end(max[1])).flat_map(move |row| {
            let start = row * self.n_across;
            columns.clone().map(move |column| &self.tiles[start + column])
        })
    }
}

/// Paints sea, land and shorelines over the view's rectangle. Takes about 0.5 ms where much coast is
/// in view, as on a map of the world, and hundredths of that close in.
pub fn draw(coast: &Coast, painter: &Painter, view: &View, colors: &MapColors) {
    let painter = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
    draw_sea(&painter, view, colors);
    let mesh = mesh(coast, view, painter.pixels_per_point(), colors);
    painter.add(Shape::mesh(mesh));
}

/// Paints the sea alone, for as long as there is no coast or it is not wanted.
pub fn draw_sea(painter: &Painter, view: &View, colors: &MapColors) {
    // Rectangles have soft edges; these shall lie out of view.
    let rect = view.clip_rect.expand(2.0);
    let [north, south] = [0.0, 1.0].map(|y| view.y_to_screen(y).clamp(rect.top(), rect.bottom()));
    if north > rect.top() || south < rect.bottom() {
        painter.rect_filled(rect, 0.0, colors.beyond);
    }
    let sea = Rect::from_x_y_ranges(rect.x_range(), north..=south);
    painter.rect_filled(sea, 0.0, colors.sea);
}

/// All land in view and its shorelines over it.
fn mesh(coast: &Coast, view: &View, pixels_per_point: f32, colors: &MapColors) -> Mesh {
    let level = coast.level(view.world_px * f64::from(pixels_per_point));
    let copies: Vec<(ToScreen, Vec<&Tile>)> = view
        .world_copies()
        .map(|copy| (ToScreen::new(level, view, copy), level.tiles_in_view(view, copy).collect()))
        .collect();

    let tiles = || copies.iter().flat_map(|(_, tiles)| tiles);
    let n_corners: usize = tiles().map(|tile| tile.corners.len()).sum();
    let n_shore: usize = tiles().map(|tile| tile.shore.len()).sum();
    let n_triangles: usize = tiles().map(|tile| tile.triangles.len()).sum();
    let mut mesh = Mesh::default();
    mesh.vertices.reserve_exact(n_corners + 3 * n_shore);
    mesh.indices.reserve_exact(n_triangles + 12 * n_shore);

    for (to_screen, tiles) in &copies {
        for tile in tiles {
            let base = mesh.vertices.len() as u32;
            let triangles = &level.triangles[of(&tile.triangles)];
            mesh.indices.extend(triangles.iter().map(|corner| base + corner));
            let corners = &level.corners[of(&tile.corners)];
            mesh.vertices
                .extend(corners.iter().map(|corner| vertex(to_screen.at(*corner), colors.land)));
        }
    }
    let half_width_px = SHORE_PX.max(1.0 / pixels_per_point);
    // From afar all coast is archipelago: lines of full strength would drown the land.
    let shore = colors.shore.gamma_multiply((0.2 * view.zoom() as f32).clamp(0.5, 1.0));
    for (to_screen, tiles) in &copies {
        for tile in tiles {
            add_shore(&mut mesh, to_screen, &level.shore[of(&tile.shore)], half_width_px, shore);
        }
    }
    mesh
}

/// Adds lines with soft edges: each point becomes three corners, across the line.
fn add_shore(
    mesh: &mut Mesh,
    to_screen: &ToScreen,
    shore: &[ShorePoint],
    half_width_px: f32,
    color: Color32,
) {
    let base = mesh.vertices.len() as u32;
    for (i, point) in (0..).zip(shore) {
        let at = to_screen.at(point.at);
        let aside = egui::Vec2::from(point.normal) * half_width_px;
        mesh.vertices.extend([
            vertex(at - aside, Color32::TRANSPARENT),
            vertex(at, color),
            vertex(at + aside, Color32::TRANSPARENT),
        ]);
        if point.is_joined {
            let [a, b] = [base + 3 * (i - 1), base + 3 * i];
            let (left, right) =
                ([a, a + 1, b, b, a + 1, b + 1], [a + 1, a + 2, b + 1, b + 1, a + 2, b + 2]);
            mesh.indices.extend(left);
            mesh.indices.extend(right);
        }
    }
}

/// Moves a level's corners to the screen: exact to a hundredth of a pixel near the view, as the
/// center is subtracted before the rounding to `f32`.
struct ToScreen {
    px_per_unit: f64,
    origin: [f64; 2],
}

impl ToScreen {
    fn new(level: &Level, view: &View, copy: i32) -> ToScreen {
        let middle = view.clip_rect.center();
        ToScreen {
            px_per_unit: level.unit * view.world_px,
            origin: [
                f64::from(middle.x) + (f64::from(copy) - view.center[0]) * view.world_px,
                f64::from(middle.y) - view.center[1] * view.world_px,
            ],
        }
    }

    fn at(&self, [x, y]: [u32; 2]) -> Pos2 {
        Pos2::new(
            (f64::from(x) * self.px_per_unit + self.origin[0]) as f32,
            (f64::from(y) * self.px_per_unit + self.origin[1]) as f32,
        )
    }
}

fn vertex(pos: Pos2, color: Color32) -> Vertex {
    Vertex { pos, uv: WHITE_UV, color }
}

fn of(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these numbers are exact")]
mod tests {
    use std::sync::LazyLock;

    use egui::{pos2, vec2};

    use super::*;
    use crate::base::geo::Position;
    use crate::ui::map::view::mercator;

    static COAST: LazyLock<Coast> = LazyLock::new(Coast::load);

    fn is_land(level: &Level, lon_deg: f64, lat_deg: f64) -> bool {
        let [x, y] = mercator(Position::new(lon_deg, lat_deg));
        level.triangles().any(|[a, b, c]| {
            let side = |p: [f64; 2], q: [f64; 2]| {
                (q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]) >= 0.0
            };
            side(a, b) && side(b, c) && side(c, a)
        })
    }

    #[test]
    fn land_is_where_it_should_be_at_every_level() {
        let places = [
            ("Paris", 2.35, 48.86, true),
            ("Denver", -105.0, 39.7, true),
            ("Alice Springs", 133.9, -23.7, true),
            ("Chukotka, east of 180°", -175.0, 66.8, true),
            ("Chukotka, west of 180°", 175.0, 67.5, true),
            ("the South Pole's side of Antarctica", 0.0, -84.9, true),
            ("Antarctica at 180°", -179.99, -84.9, true),
            ("the Channel", -0.5, 50.2, false),
            ("the Kattegat", 11.8, 56.4, false),
            ("the Caspian Sea", 51.0, 40.0, false),
            ("off Los Angeles", -118.6, 33.6, false),
            ("the mid-Pacific at 180°", 179.99, 0.0, false),
            ("the North Pole's side of the Arctic", 0.0, 84.9, false),
        ];
        for level in &COAST.levels {
            for (name, lon_deg, lat_deg, expected) in places {
                assert_eq!(is_land(level, lon_deg, lat_deg), expected, "{name}");
            }
        }
    }

    #[test]
    fn triangles_turn_one_way_and_cover_a_third_of_the_plane() {
        for level in &COAST.levels {
            let mut area = 0.0;
            for [a, b, c] in level.triangles() {
                let twice = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
                assert!(twice > 0.0);
                area += twice / 2.0;
            }
            // Of the sphere land is 29 %; mercator swells Antarctica, Greenland and Siberia.
            assert!((area - 0.379).abs() < 0.02, "{area}");
        }
    }

    #[test]
    fn no_shore_runs_along_the_date_line_or_the_edge_of_the_map() {
        for level in &COAST.levels {
            for line in level.shorelines() {
                assert!(line.len() >= 2);
                for piece in line.windows(2) {
                    let along = |i: usize, edge: f64| piece[0][i] == edge && piece[1][i] == edge;
                    assert!(!along(0, 0.0) && !along(0, 1.0) && !along(1, 1.0), "{piece:?}");
                }
            }
        }
    }

    #[test]
    fn only_tiles_in_view_are_drawn() {
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1400.0, 900.0));
        let draw = |lon, lat, zoom| {
            let view = View::new(Position::new(lon, lat), zoom, screen);
            mesh(&COAST, &view, 1.0, &MapColors::DARK)
        };
        assert!(draw(-140.0, 30.0, 8.0).is_empty(), "the open Pacific");
        let channel = draw(1.4, 51.0, 10.0);
        assert!(!channel.is_empty() && channel.vertices.len() < 5_000);
        assert!(channel.is_valid());
    }

    #[test]
    fn nothing_trembles_close_in() {
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1400.0, 900.0));
        let dover = Position::new(1.33, 51.12);
        let level = COAST.level(f64::INFINITY);
        let [x, y] = mercator(dover).map(|part| (part / level.unit).round() as u32);
        let mut view = View::new(dover, 20.0, screen);
        let before = ToScreen::new(level, &view, 0).at([x, y]);
        view.center[0] += 0.25 / view.world_px;
        let after = ToScreen::new(level, &view, 0).at([x, y]);
        assert!((before.x - after.x - 0.25).abs() < 1e-2, "{before:?} {after:?}");
    }
}
