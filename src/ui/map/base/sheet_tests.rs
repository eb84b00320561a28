use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use egui::epaint::Vertex;
use egui::{ColorImage, ImageData, Pos2, RawInput, TextureOptions, vec2};

use super::*;
use crate::base::geo::Position;

const PATIENCE: Patience = Patience {
    silence: Duration::from_secs(1),
    tile: Duration::from_secs(1),
    retry: Duration::from_secs(10),
    keeps_files: false,
};

/// A source that notes what it is asked for and answers what it is told to.
#[derive(Clone)]
struct Told(Rc<RefCell<Book>>);

struct Book {
    zooms: RangeInclusive<u8>,
    room: usize,
    asked: Vec<TileId>,
    answers: Vec<(TileId, Answer)>,
}

impl Source for Told {
    fn zooms(&self) -> Option<RangeInclusive<u8>> {
        Some(self.0.borrow().zooms.clone())
    }
    fn is_opaque(&self) -> bool {
        true
    }
    fn credits(&self) -> Vec<Credit> {
        Vec::new()
    }
    fn ask(&mut self, tile: TileId, _: Instant) -> bool {
        let mut book = self.0.borrow_mut();
        let has_room = book.asked.len() < book.room;
        if has_room && !book.asked.contains(&tile) {
            book.asked.push(tile);
        }
        has_room
    }
    fn answers(&mut self, _: Instant) -> Vec<(TileId, Answer)> {
        std::mem::take(&mut self.0.borrow_mut().answers)
    }
    fn is_busy(&self) -> bool {
        false
    }
    fn fault(&self) -> Option<String> {
        None
    }
    fn retry(&mut self, _: Instant) {}
}

/// A sheet, what its source was told, and a context to draw in.
struct Desk {
    sheet: Sheet,
    book: Rc<RefCell<Book>>,
    context: egui::Context,
    now: Instant,
}

impl Desk {
    fn new(zooms: RangeInclusive<u8>) -> Desk {
        let book = Book { zooms, room: usize::MAX, asked: Vec::new(), answers: Vec::new() };
        let book = Rc::new(RefCell::new(book));
        let sheet = Sheet::new(Told(Rc::clone(&book)), PATIENCE);
        Desk { sheet, book, context: egui::Context::default(), now: Instant::now() }
    }

    fn texture(&self, side_px: usize) -> TextureHandle {
        let image = ColorImage::filled([side_px, side_px], Color32::GRAY);
        self.context.load_texture("tile", image, TextureOptions::default())
    }

    /// These tiles come.
    fn give(&mut self, tiles: &[TileId]) {
        for tile in tiles {
            let texture = self.texture(256);
            self.book.borrow_mut().answers.push((*tile, Answer::Tile(texture)));
        }
        self.sheet.take_in(self.now);
    }

    fn answer(&mut self, tile: TileId, answer: Answer) {
        self.book.borrow_mut().answers.push((tile, answer));
        self.sheet.take_in(self.now);
    }

    /// Draws a frame: what was asked for, and the corners and texture corners of what was drawn.
    fn frame(&mut self, view: &View) -> (Vec<TileId>, Vec<(Rect, Rect)>) {
        self.book.borrow_mut().asked.clear();
        let Desk { sheet, context, now, .. } = self;
        let mut output = context.run_ui(RawInput::default(), |ui| {
            sheet.draw(ui.painter(), view, Color32::WHITE, *now);
        });
        let drawn = output.shapes.iter().filter_map(|clipped| match &clipped.shape {
            Shape::Mesh(mesh) => {
                let points = |of: fn(&Vertex) -> Pos2| {
                    Rect::from_points(&mesh.vertices.iter().map(of).collect::<Vec<_>>())
                };
                Some((points(|vertex| vertex.pos), points(|vertex| vertex.uv)))
            }
            _ => None,
        });
        let drawn = drawn.collect();
        output.textures_delta.clear(); // egui wants to know that nobody paints these.
        (self.book.borrow().asked.clone(), drawn)
    }
}

fn tile(zoom: u8, x: u32, y: u32) -> TileId {
    TileId { x, y, zoom }
}

fn square(lon_deg: f64, zoom: f64, side_px: f32) -> View {
    let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(side_px, side_px));
    View::new(Position::new(lon_deg, 0.0), zoom, rect)
}

fn uv(x: f32, y: f32, side: f32) -> Rect {
    Rect::from_min_size(pos2(x, y), vec2(side, side))
}

#[test]
fn tiles_in_view_are_asked_for_from_the_middle_outward() {
    let mut desk = Desk::new(0..=5);
    // Four tiles around the middle of the world, and the edges of twelve more.
    let (asked, drawn) = desk.frame(&square(0.0, 2.0, 600.0));
    assert_eq!(asked.len(), 16);
    let is_middle = |tile: &TileId| (1..=2).contains(&tile.x) && (1..=2).contains(&tile.y);
    assert!(asked[..4].iter().all(is_middle), "{asked:?}");
    assert!(drawn.is_empty());
    desk.book.borrow_mut().room = 3;
    assert_eq!(desk.frame(&square(0.0, 2.0, 600.0)).0.len(), 3);
}

#[test]
fn a_missing_tile_is_stood_in_for_by_a_piece_of_a_coarser_one() {
    let mut desk = Desk::new(0..=5);
    let view = square(0.0, 1.0, 512.0); // The whole world, of four tiles.
    assert!(!desk.sheet.covers(&view));
    desk.give(&[tile(0, 0, 0)]);
    assert!(desk.sheet.covers(&view));
    let (asked, drawn) = desk.frame(&view);
    assert_eq!(asked.len(), 4);
    let pieces: Vec<Rect> = drawn.iter().map(|(_, uv)| *uv).collect();
    assert_eq!(
        pieces,
        [uv(0.0, 0.0, 0.5), uv(0.5, 0.0, 0.5), uv(0.0, 0.5, 0.5), uv(0.5, 0.5, 0.5)]
    );
    desk.give(&[tile(1, 1, 0)]);
    let (asked, drawn) = desk.frame(&view);
    assert_eq!((asked.len(), drawn[1].1), (3, uv(0.0, 0.0, 1.0)));
    assert_eq!(desk.sheet.at_hand(tile(3, 6, 1)), Some((tile(1, 1, 0), uv(0.5, 0.25, 0.25))));
    // From five zooms above: a 32nd of the side.
    let (_, drawn) = desk.frame(&square(-179.0, 5.0, 16.0));
    assert!(drawn.iter().all(|(_, uv)| uv.width() == 1.0 / 32.0), "{drawn:?}");
}

#[test]
fn after_zooming_out_finer_tiles_fill_in() {
    let mut desk = Desk::new(0..=5);
    let fine: Vec<TileId> = (0..4).map(|i| tile(1, i % 2, i / 2)).collect();
    desk.give(&fine[..3]);
    let view = square(0.0, 0.0, 256.0);
    let (asked, drawn) = desk.frame(&view);
    assert_eq!(asked, [tile(0, 0, 0)]);
    let places: Vec<Rect> = drawn.iter().map(|(rect, _)| *rect).collect();
    let at = |x: f32, y: f32| Rect::from_min_size(pos2(x, y), vec2(128.0, 128.0));
    assert_eq!(places, [at(0.0, 0.0), at(128.0, 0.0), at(0.0, 128.0)]);
    assert!(!desk.sheet.covers(&view));
}

#[test]
fn tiles_go_on_beyond_the_date_line_and_leave_no_gap() {
    let mut desk = Desk::new(0..=5);
    let view = square(179.3, 3.4, 500.0);
    let (asked, _) = desk.frame(&view);
    assert!(asked.iter().any(|tile| tile.x == 7) && asked.iter().any(|tile| tile.x == 0));
    desk.give(&asked);
    assert!(desk.sheet.covers(&view));
    let (asked, drawn) = desk.frame(&view);
    assert_eq!(asked, []);
    let mut edges: Vec<f32> =
        drawn.iter().flat_map(|(rect, _)| [rect.left(), rect.right()]).collect();
    edges.sort_by(f32::total_cmp);
    edges.dedup();
    let n_columns = edges.len() - 1; // Each edge inside is that of two columns.
    assert_eq!(drawn.len() % n_columns, 0);
    assert!(edges[0] <= 0.0 && edges[n_columns] >= 500.0, "{edges:?}");
}

#[test]
fn a_small_world_shows_the_same_tile_several_times() {
    let mut desk = Desk::new(0..=5);
    desk.give(&[tile(0, 0, 0)]);
    let (asked, drawn) = desk.frame(&square(0.0, 0.0, 768.0));
    assert_eq!((asked.len(), drawn.len()), (0, 3));
}

#[test]
fn where_there_is_no_tile_a_coarser_one_is_asked_for() {
    let mut desk = Desk::new(1..=2);
    let view = square(0.1, 2.0, 10.0); // At the corner of four tiles, two and two.
    let (asked, _) = desk.frame(&view);
    for gone in asked {
        desk.answer(gone, Answer::Never);
    }
    let (asked, _) = desk.frame(&view);
    assert!(!asked.is_empty() && asked.iter().all(|tile| tile.zoom == 1), "{asked:?}");
    for gone in asked {
        desk.answer(gone, Answer::Never);
    }
    desk.now += Duration::from_hours(24);
    assert_eq!(desk.frame(&view).0, []); // Nothing coarser than the coarsest.
    desk.sheet.retry(desk.now);
    assert!(!desk.frame(&view).0.is_empty());
}

#[test]
fn what_failed_is_asked_for_again_later_and_later() {
    let mut desk = Desk::new(2..=2);
    let view = square(10.0, 2.0, 2.0);
    let (asked, _) = desk.frame(&view);
    let seconds = Duration::from_secs;
    for wait in [10, 20, 40] {
        for tile in &asked {
            desk.answer(*tile, Answer::NotNow);
        }
        desk.now += seconds(wait - 1);
        assert_eq!(desk.frame(&view).0, []);
        desk.now += seconds(1);
        assert_eq!(desk.frame(&view).0, asked, "after {wait} s");
    }
    desk.give(&asked);
    assert!(desk.sheet.covers(&view) && desk.sheet.missing.is_empty());
}

#[test]
fn beyond_the_finest_zoom_its_tiles_are_enlarged_and_before_the_coarsest_there_are_none() {
    let mut desk = Desk::new(2..=4);
    let (asked, _) = desk.frame(&square(1.0, 9.0, 100.0));
    assert!(asked.iter().all(|tile| tile.zoom == 4) && !asked.is_empty());
    for zoom in [0.0, 1.4] {
        assert_eq!(desk.frame(&square(0.0, zoom, 100.0)).0, []);
        assert!(!desk.sheet.covers(&square(0.0, zoom, 100.0)));
    }
    assert!(desk.frame(&square(0.0, 1.6, 100.0)).0.iter().all(|tile| tile.zoom == 2));
    for zoom in [f64::NAN, f64::INFINITY, -4.0, 60.0] {
        desk.frame(&square(f64::NAN, zoom, 100.0)); // A mistake, but no reason to end.
    }
}

#[test]
fn tiles_of_512_pixels_are_asked_for_one_zoom_coarser() {
    let mut desk = Desk::new(0..=5);
    let texture = desk.texture(512);
    desk.answer(tile(0, 0, 0), Answer::Tile(texture));
    let (asked, _) = desk.frame(&square(0.0, 3.0, 100.0));
    assert!(asked.iter().all(|tile| tile.zoom == 2), "{asked:?}");
}

#[test]
fn tiles_seen_longest_ago_are_dropped_when_there_are_too_many() {
    let mut desk = Desk::new(0..=9);
    // All tiles share one picture of 4 MiB, or the test would take a gigabyte.
    let image = ImageData::Color(Arc::new(ColorImage::filled([1024, 1024], Color32::GRAY)));
    let old = tile(6, 9, 9);
    let texture =
        |desk: &Desk| desk.context.load_texture("tile", image.clone(), TextureOptions::default());
    let first = texture(&desk);
    desk.answer(old, Answer::Tile(first));
    let view = square(0.0, 2.0, 100.0); // At the zoom 0, for tiles of 1024 pixels.
    desk.give(&[tile(0, 0, 0)]);
    for _ in 0..3 {
        assert_eq!(desk.frame(&view).1.len(), 1);
    }
    for i in 0..100 {
        let texture = texture(&desk);
        desk.answer(tile(9, i, 0), Answer::Tile(texture));
        desk.frame(&view);
        assert!(desk.sheet.n_bytes <= MAX_BYTES);
    }
    assert!(desk.sheet.kept.contains_key(&tile(0, 0, 0)), "what is in view stays");
    assert!(!desk.sheet.kept.contains_key(&old));
    assert!(desk.sheet.kept.contains_key(&tile(9, 99, 0)));
    let n_bytes: usize = desk.sheet.kept.values().map(|kept| kept.texture.byte_size()).sum();
    assert_eq!(desk.sheet.n_bytes, n_bytes);
}
