//! The map's base: what lies under our own layers. The bundled coast, tiles from the web or from a
//! file, or nothing.
//!
//! walkers fetches tiles from the web and keeps them on the disk; what is seen of them is ours:
//! walkers' own layer shows nothing beyond the date line, leaves a tile that failed once blank for
//! good, and can panic. A frame of the map goes like this:
//!
//! ```text
//! base.want(&choice, ui.ctx());
//! if base.needs_coast(&view) { coast::draw(..) } else { coast::draw_sea(..) }
//! base.draw(painter, &view, tint);
//! // ... our layers ..., then the credits, with links, in the lower right corner.
//! for credit in base.attribution() { .. }
//! ```

mod choice;
mod file;
mod form;
mod sheet;
#[cfg(test)]
mod tests;
mod web;

use std::time::{Duration, Instant};

use egui::{Color32, Painter};

use self::choice::{Wanted, wanted};
use self::file::FileTiles;
pub use self::form::base_ui;
use self::sheet::Sheet;
use self::web::WebTiles;
use super::view::View;
use crate::flow::map_base::{Base, BaseChoice, Credit};

/// How long things may take.
#[derive(Clone, Copy, Debug)]
struct Patience {
    /// Without a single tile for so long, the service is said to be out of reach.
    silence: Duration,
    /// A tile that takes longer is given up.
    tile: Duration,
    /// A tile that failed is asked for again after so long; doubled each time.
    retry: Duration,
    /// Whether tiles are kept on the disk: not in tests.
    keeps_files: bool,
}

impl Default for Patience {
    fn default() -> Patience {
        let [silence, tile, retry] = [8, 20, 30].map(Duration::from_secs);
        Patience { silence, tile, retry, keeps_files: true }
    }
}

/// The tiles under the map, and what it takes to get them.
#[derive(Default)]
pub struct BaseTiles {
    choice: Option<BaseChoice>,
    ground: Option<Sheet>,
    /// Drawn over the ground: seamarks.
    overlay: Option<Sheet>,
    /// What is wrong with the choice itself.
    fault: Option<String>,
    patience: Patience,
}

impl BaseTiles {
    /// Nothing yet: [`Self::want`] says what is to be shown.
    pub fn new() -> BaseTiles {
        BaseTiles::default()
    }

    /// Says what is to be shown, once a frame; takes in what has come meanwhile. Costs microseconds
    /// unless `choice` is another than before. Never blocks: files and connections are opened on
    /// threads.
    pub fn want(&mut self, choice: &BaseChoice, context: &egui::Context) {
        if self.choice.as_ref() != Some(choice) {
            self.choice = Some(choice.clone());
            self.open(choice, context);
        }
        let now = Instant::now();
        let mut is_busy = false;
        for sheet in self.sheets_mut() {
            sheet.take_in(now);
            is_busy |= sheet.is_busy();
        }
        // walkers wakes the window for tiles that come, not for those that fail.
        if is_busy {
            context.request_repaint_after(Duration::from_millis(150));
        } else if self.fault().is_some() {
            context.request_repaint_after(self.patience.retry);
        }
    }

    fn open(&mut self, choice: &BaseChoice, context: &egui::Context) {
        (self.ground, self.overlay, self.fault) = (None, None, None);
        let patience = self.patience;
        let web = |service| Sheet::new(WebTiles::open(service, patience, context), patience);
        match wanted(choice) {
            Wanted::Nothing => (),
            Wanted::Web { ground, overlay } => {
                self.ground = Some(web(ground));
                self.overlay = overlay.map(web);
            }
            Wanted::File(path) => {
                self.ground = Some(Sheet::new(FileTiles::open(path, context), patience));
            }
            Wanted::Fault(fault) => self.fault = Some(fault),
        }
    }

    fn sheets_mut(&mut self) -> impl Iterator<Item = &mut Sheet> {
        self.ground.iter_mut().chain(&mut self.overlay)
    }

    /// Whether the bundled coast is to be drawn first: because it was chosen, or because the tiles
    /// do not cover all of `view`, or let through what lies under them.
    pub fn needs_coast(&self, view: &View) -> bool {
        match self.choice.as_ref().map(|choice| choice.base) {
            None | Some(Base::Coast) => true,
            Some(Base::None) => false,
            Some(_) => !self.ground.as_ref().is_some_and(|ground| ground.covers(view)),
        }
    }

    /// Draws the tiles in view, all copies of the world, and asks for those that are missing, from
    /// the middle outward. A missing tile is stood in for by a piece of a coarser one, and by finer
    /// ones. `tint` is multiplied in: white leaves the tiles as they are, gray darkens them.
    pub fn draw(&mut self, painter: &Painter, view: &View, tint: Color32) {
        let painter = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
        let now = Instant::now();
        self.sheets_mut().for_each(|sheet| sheet.draw(&painter, view, tint, now));
    }

    /// Whose tiles are shown; to be written on the map, with links. The coast's credit is not here.
    pub fn attribution(&self) -> Vec<Credit> {
        let mut credits: Vec<Credit> = Vec::new();
        for credit in self.ground.iter().chain(&self.overlay).flat_map(Sheet::credits) {
            if !credits.contains(&credit) {
                credits.push(credit);
            }
        }
        credits
    }

    /// Why tiles are missing, in a line.
    pub fn fault(&self) -> Option<String> {
        let ground = self.fault.clone().or_else(|| self.ground.as_ref()?.fault());
        match ground {
            Some(fault) => Some(format!("{fault}; the bundled coast is shown")),
            None => self.overlay.as_ref()?.fault(),
        }
    }

    /// Tries everything again that failed: tiles, the connection, the file.
    pub fn retry(&mut self) {
        let now = Instant::now();
        self.sheets_mut().for_each(|sheet| sheet.retry(now));
    }
}
