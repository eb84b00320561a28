//! One layer of tiles: which are in view, which are at hand, which stand in for others.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use egui::{Color32, Mesh, Painter, Rect, Shape, TextureHandle, pos2};
use walkers::TileId;

use super::Patience;
use crate::flow::map_base::Credit;
use crate::ui::map::view::View;

/// Tiles are of so many pixels unless the first one says otherwise.
const USUAL_SIDE_PX: f64 = 256.0;
/// When all tiles at hand take more than this on the GPU, those seen longest ago are dropped.
const MAX_BYTES: usize = 192 << 20;
/// A tile that failed time and again is asked for again after so long.
const MAX_RETRY: Duration = Duration::from_mins(10);
/// No screen shows so many tiles: a view like this is a mistake.
const MAX_CELLS: i64 = 4096;
/// Of more missing tiles than this, nothing is remembered.
const MAX_MISSING: usize = 20_000;

/// Where tiles come from. Asked once for each, it answers later.
pub(super) trait Source {
    /// The zooms it has; `None` while that is not known.
    fn zooms(&self) -> Option<RangeInclusive<u8>>;
    /// Whether nothing shows through its tiles.
    fn is_opaque(&self) -> bool;
    /// Whom to name.
    fn credits(&self) -> Vec<Credit>;
    /// Asks for a tile, again and again until it is answered; false if there is no more room now.
    fn ask(&mut self, tile: TileId, now: Instant) -> bool;
    /// What has been found out since.
    fn answers(&mut self, now: Instant) -> Vec<(TileId, Answer)>;
    /// Whether answers are to come.
    fn is_busy(&self) -> bool;
    /// What is wrong, in a line.
    fn fault(&self) -> Option<String>;
    /// Tries again what failed.
    fn retry(&mut self, now: Instant);
}

/// What became of a tile.
pub(super) enum Answer {
    /// Here it is.
    Tile(TextureHandle),
    /// There is none, and there will be none.
    Never,
    /// It failed; it may be asked for again in a while.
    NotNow,
}

/// A layer of tiles.
pub(super) struct Sheet {
    source: Box<dyn Source>,
    patience: Patience,
    kept: HashMap<TileId, Kept>,
    n_bytes: usize,
    missing: HashMap<TileId, Missing>,
    /// How many points of the screen a tile is wide at its own zoom.
    side_px: f64,
    frame: u64,
}

struct Kept {
    texture: TextureHandle,
    /// When it was last drawn.
    frame: u64,
}

struct Missing {
    /// When to ask again, if ever.
    until: Option<Instant>,
    n_tries: u32,
}

/// A place on the screen for a tile. The same tile has several where the world is shown more than
/// once.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Cell {
    tile: TileId,
    /// Counted on through the copies of the world.
    column: i64,
}

impl Sheet {
    pub fn new(source: impl Source + 'static, patience: Patience) -> Sheet {
        Sheet {
            source: Box::new(source),
            patience,
            kept: HashMap::new(),
            n_bytes: 0,
            missing: HashMap::new(),
            side_px: USUAL_SIDE_PX,
            frame: 0,
        }
    }

    /// Takes in the tiles that have come.
    pub fn take_in(&mut self, now: Instant) {
        for (tile, answer) in self.source.answers(now) {
            let until = match answer {
                Answer::Tile(texture) => {
                    self.keep(tile, texture);
                    continue;
                }
                Answer::Never => None,
                Answer::NotNow => {
                    let n_tries = self.missing.get(&tile).map_or(0, |missing| missing.n_tries);
                    let wait = self.patience.retry.saturating_mul(1 << n_tries.min(10));
                    Some(now + wait.min(MAX_RETRY))
                }
            };
            if self.missing.len() > MAX_MISSING {
                self.missing.clear();
            }
            let missing = self.missing.entry(tile).or_insert(Missing { until, n_tries: 0 });
            missing.until = until;
            missing.n_tries += 1;
        }
    }

    fn keep(&mut self, tile: TileId, texture: TextureHandle) {
        if self.kept.is_empty() {
            // Tiles of 512 pixels are for twice as coarse a zoom as those of 256.
            let side_px = texture.size()[0];
            let is_usual = (128..=1024).contains(&side_px) && side_px.is_power_of_two();
            self.side_px = if is_usual { side_px as f64 } else { USUAL_SIDE_PX };
        }
        self.missing.remove(&tile);
        self.n_bytes += texture.byte_size();
        let old = self.kept.insert(tile, Kept { texture, frame: self.frame });
        self.n_bytes -= old.map_or(0, |old| old.texture.byte_size());
        if self.n_bytes > MAX_BYTES {
            let mut by_age: Vec<(u64, TileId)> =
                self.kept.iter().map(|(tile, kept)| (kept.frame, *tile)).collect();
            by_age.sort_unstable_by_key(|(frame, _)| *frame);
            for (frame, tile) in by_age {
                // What is in view stays, however much it is; and some room is made at once.
                if frame + 1 >= self.frame || self.n_bytes < MAX_BYTES / 4 * 3 {
                    break;
                }
                let old = self.kept.remove(&tile);
                self.n_bytes -= old.map_or(0, |old| old.texture.byte_size());
            }
        }
    }

    /// Whether tiles, or coarser ones in their stead, hide all that lies under `view`.
    pub fn covers(&self, view: &View) -> bool {
        let cells = self.cells(view);
        self.source.is_opaque()
            && !cells.is_empty()
            && cells.iter().all(|cell| self.at_hand(cell.tile).is_some())
    }

    /// Draws what is in view and asks for what is missing.
    pub fn draw(&mut self, painter: &Painter, view: &View, tint: Color32, now: Instant) {
        self.frame += 1;
        let mut wishes = Vec::new();
        for cell in self.cells(view) {
            let at_hand = self.at_hand(cell.tile);
            if let Some((tile, uv)) = at_hand {
                self.paint(painter, tile, cell.rect(view), uv, tint);
            }
            if at_hand.is_some_and(|(tile, _)| tile == cell.tile) {
                continue;
            }
            wishes.extend(self.wish(cell.tile, now).map(|wish| (cell.distance(view), wish)));
            // After zooming out, finer tiles are still there.
            for (child, rect) in cell.children(view) {
                if self.kept.contains_key(&child) {
                    self.paint(painter, child, rect, FULL, tint);
                }
            }
        }
        wishes.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (_, tile) in wishes {
            if !self.source.ask(tile, now) {
                break;
            }
        }
    }

    fn paint(&mut self, painter: &Painter, tile: TileId, rect: Rect, uv: Rect, tint: Color32) {
        let Some(kept) = self.kept.get_mut(&tile) else { return };
        kept.frame = self.frame;
        let mut mesh = Mesh::with_texture(kept.texture.id());
        mesh.add_rect_with_uv(rect, uv, tint);
        painter.add(Shape::mesh(mesh));
    }

    /// The tile itself or the nearest coarser one at hand, and which part of it to show.
    fn at_hand(&self, tile: TileId) -> Option<(TileId, Rect)> {
        let mut candidate = tile;
        while !self.kept.contains_key(&candidate) {
            candidate = parent(candidate)?;
        }
        let n = f64::from(1_u32 << (tile.zoom - candidate.zoom));
        let part = |fine: u32, coarse: u32| f64::from(fine) / n - f64::from(coarse);
        let (x, y) = (part(tile.x, candidate.x), part(tile.y, candidate.y));
        let (min, max) =
            (pos2(x as f32, y as f32), pos2((x + 1.0 / n) as f32, (y + 1.0 / n) as f32));
        Some((candidate, Rect::from_min_max(min, max)))
    }

    /// The tile to ask for: a coarser one where finer ones are missing for now or for good.
    fn wish(&self, tile: TileId, now: Instant) -> Option<TileId> {
        let zooms = self.source.zooms()?;
        let mut wish = tile;
        loop {
            let missing = self.missing.get(&wish);
            if missing.is_none_or(|missing| missing.until.is_some_and(|until| until <= now)) {
                return Some(wish);
            }
            wish = parent(wish).filter(|coarser| zooms.contains(&coarser.zoom))?;
            if self.kept.contains_key(&wish) {
                return None;
            }
        }
    }

    /// The places for tiles in view, at the zoom that fits best.
    fn cells(&self, view: &View) -> Vec<Cell> {
        let Some(zooms) = self.source.zooms() else { return Vec::new() };
        let best = (view.world_px / self.side_px).log2().round();
        if !best.is_finite() || best < f64::from(*zooms.start()) - 0.5 {
            return Vec::new();
        }
        let zoom = best.min(f64::from(*zooms.end())) as u8;
        let n = 1_i64 << zoom;
        let visible = view.visible();
        let first = |least: f64| (least * n as f64).floor() as i64;
        let end = |most: f64| (most * n as f64).ceil() as i64;
        let columns = first(visible.min[0])..end(visible.max[0]);
        let rows = first(visible.min[1]).max(0)..end(visible.max[1]).min(n);
        let n_cells = (columns.end - columns.start).saturating_mul(rows.end - rows.start);
        if n_cells > MAX_CELLS {
            return Vec::new();
        }
        let cell = |column: i64, row: i64| {
            let tile = TileId { x: column.rem_euclid(n) as u32, y: row as u32, zoom };
            Cell { tile, column }
        };
        rows.flat_map(|row| columns.clone().map(move |column| cell(column, row))).collect()
    }

    pub fn is_busy(&self) -> bool {
        self.source.is_busy()
    }

    pub fn credits(&self) -> Vec<Credit> {
        self.source.credits()
    }

    pub fn fault(&self) -> Option<String> {
        self.source.fault()
    }

    pub fn retry(&mut self, now: Instant) {
        self.missing.clear();
        self.source.retry(now);
    }
}

const FULL: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1.0, 1.0) };

fn parent(tile: TileId) -> Option<TileId> {
    Some(TileId { x: tile.x / 2, y: tile.y / 2, zoom: tile.zoom.checked_sub(1)? })
}

impl Cell {
    /// Neighbors are given the same numbers for the edge they share: no line shows between them.
    fn rect(self, view: &View) -> Rect {
        rect_of(view, self.tile.zoom, self.column, i64::from(self.tile.y))
    }

    /// From the middle of the view, in worlds, squared.
    fn distance(self, view: &View) -> f64 {
        let n = f64::from(1_u32 << self.tile.zoom);
        let x = (self.column as f64 + 0.5) / n - view.center[0];
        let y = (f64::from(self.tile.y) + 0.5) / n - view.center[1];
        x * x + y * y
    }

    /// The four tiles one zoom finer, with their places.
    fn children(self, view: &View) -> [(TileId, Rect); 4] {
        [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(east, south)| {
            let zoom = self.tile.zoom + 1;
            let (x, y) = (2 * self.tile.x + east, 2 * self.tile.y + south);
            let column = 2 * self.column + i64::from(east);
            (TileId { x, y, zoom }, rect_of(view, zoom, column, i64::from(y)))
        })
    }
}

fn rect_of(view: &View, zoom: u8, column: i64, row: i64) -> Rect {
    let n = (1_u64 << zoom) as f64;
    let corner =
        |column: i64, row: i64| view.mercator_to_screen([column as f64 / n, row as f64 / n]);
    Rect::from_min_max(corner(column, row), corner(column + 1, row + 1))
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
