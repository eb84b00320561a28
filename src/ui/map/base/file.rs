//! Tiles from a `PMTiles` file, read and unpacked on a thread.

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Instant;

use walkers::{Style, Tile, TileId};

use super::sheet::{Answer, Source};
use crate::flow::map_base::{About, Archive, Credit};

/// So many tiles at most are asked for and not answered: more would come after the view moved on.
const MAX_WAITING: usize = 16;

/// Tiles of one file. The file is open for as long as this lives.
pub(super) struct FileTiles {
    path: PathBuf,
    context: egui::Context,
    asks: Sender<TileId>,
    news: Receiver<News>,
    waiting: HashSet<TileId>,
    state: State,
    /// Tiles that are damaged, and what is wrong with the first.
    n_damaged: usize,
    first_damaged: Option<(TileId, String)>,
}

enum State {
    Opening,
    Open(About),
    Refused(String),
}

enum News {
    Opened(About),
    Refused(String),
    Tile(TileId, Answer),
    Damaged(TileId, String),
}

impl FileTiles {
    pub fn open(path: PathBuf, context: &egui::Context) -> FileTiles {
        let (asks, news) = serve_on_thread(&path, context);
        FileTiles {
            path,
            context: context.clone(),
            asks,
            news,
            waiting: HashSet::new(),
            state: State::Opening,
            n_damaged: 0,
            first_damaged: None,
        }
    }
}

impl Source for FileTiles {
    fn zooms(&self) -> Option<RangeInclusive<u8>> {
        match &self.state {
            State::Open(about) => Some(about.zooms.clone()),
            State::Opening | State::Refused(_) => None,
        }
    }

    fn is_opaque(&self) -> bool {
        matches!(&self.state, State::Open(about) if about.is_opaque)
    }

    fn credits(&self) -> Vec<Credit> {
        match &self.state {
            State::Open(about) => about.credits.clone(),
            State::Opening | State::Refused(_) => Vec::new(),
        }
    }

    fn ask(&mut self, tile: TileId, _: Instant) -> bool {
        if self.waiting.contains(&tile) {
            return true;
        }
        let is_asked = self.waiting.len() < MAX_WAITING && self.asks.send(tile).is_ok();
        is_asked && self.waiting.insert(tile)
    }

    fn answers(&mut self, _: Instant) -> Vec<(TileId, Answer)> {
        let mut answers = Vec::new();
        for news in self.news.try_iter() {
            let (tile, answer) = match news {
                News::Opened(about) => {
                    self.state = State::Open(about);
                    continue;
                }
                News::Refused(fault) => {
                    self.state = State::Refused(fault);
                    self.waiting.clear();
                    continue;
                }
                News::Tile(tile, answer) => (tile, answer),
                News::Damaged(tile, fault) => {
                    self.n_damaged += 1;
                    self.first_damaged.get_or_insert((tile, fault));
                    (tile, Answer::Never)
                }
            };
            self.waiting.remove(&tile);
            answers.push((tile, answer));
        }
        answers
    }

    fn is_busy(&self) -> bool {
        matches!(self.state, State::Opening) || !self.waiting.is_empty()
    }

    fn fault(&self) -> Option<String> {
        let name = self.path.display();
        if let State::Refused(fault) = &self.state {
            return Some(format!("{name}: {fault}"));
        }
        let (TileId { x, y, zoom }, fault) = self.first_damaged.as_ref()?;
        let others = match self.n_damaged {
            1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        Some(format!("{name}: tile {zoom}/{x}/{y}{others}: {fault}"))
    }

    fn retry(&mut self, _: Instant) {
        *self = FileTiles::open(std::mem::take(&mut self.path), &self.context);
    }
}

/// Opens the file and waits for asks, on a thread that ends when nobody asks any more.
fn serve_on_thread(path: &Path, context: &egui::Context) -> (Sender<TileId>, Receiver<News>) {
    let (asks, asked) = channel();
    let (sender, news) = channel();
    let (path, context) = (path.to_owned(), context.clone());
    thread::spawn(move || {
        let work = || serve(&path, &asked, &sender, &context);
        if catch_unwind(AssertUnwindSafe(work)).is_err() {
            let fault = "a bug stopped the reading of this file; please report it".to_owned();
            sender.send(News::Refused(fault)).ok(); // The window may be closed.
        }
        context.request_repaint();
    });
    (asks, news)
}

fn serve(path: &Path, asked: &Receiver<TileId>, sender: &Sender<News>, context: &egui::Context) {
    let tell = |news: News| {
        let is_heard = sender.send(news).is_ok();
        context.request_repaint();
        is_heard
    };
    let mut archive = match Archive::open(path) {
        Ok(archive) => archive,
        Err(error) => {
            tell(News::Refused(error.to_string()));
            return;
        }
    };
    let mut is_heard = tell(News::Opened(archive.about().clone()));
    while is_heard && let Ok(tile) = asked.recv() {
        is_heard = tell(match archive.tile(tile.zoom, tile.x, tile.y) {
            Ok(None) => News::Tile(tile, Answer::Never),
            Err(error) => News::Damaged(tile, error.to_string()),
            Ok(Some(bytes)) => match picture(&bytes, tile.zoom, context) {
                Ok(answer) => News::Tile(tile, answer),
                Err(fault) => News::Damaged(tile, fault),
            },
        });
    }
}

/// Unpacks a PNG or JPEG by what walkers unpacks those from the web with.
fn picture(bytes: &[u8], zoom: u8, context: &egui::Context) -> Result<Answer, String> {
    // The picture's size and zoom matter for vector tiles alone.
    let unpack = || Tile::new(bytes, &Style, zoom, 256, context);
    let outcome = catch_unwind(AssertUnwindSafe(unpack));
    match outcome {
        Ok(Ok(Tile::Raster(texture))) => Ok(Answer::Tile(texture)),
        Ok(Err(error)) => Err(format!("its picture is damaged: {error}")),
        Err(_) => Err("its picture is damaged".to_owned()),
    }
}
