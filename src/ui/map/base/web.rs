//! Tiles from the web: walkers fetches them, we see to what it leaves undone.
//!
//! walkers 0.65 says nothing of a tile that failed and never asks for it again, gives no fetch an
//! end, and panics where its client cannot be made or its thread has died. So a tile is watched from
//! the moment its address is asked for: it arrives, or walkers comes to rest without it, or it takes
//! too long. What failed is asked for again through a new client. Clients are made and given up on
//! threads of their own, for both can last.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use egui::{TextureHandle, pos2};
use walkers::sources::{Attribution, TileSource};
use walkers::{
    HeaderValue, HttpOptions, HttpTiles, MaxParallelDownloads, Tile, TileId, Tiles as _,
};

use super::Patience;
use super::choice::Service;
use super::sheet::{Answer, Source};
use crate::flow::map_base::{Credit, host_of, tile_folder, why_silent};

/// Names the program, as the services demand.
const USER_AGENT: &str =
    concat!("Fairway/", env!("CARGO_PKG_VERSION"), " (desktop program for ship traffic)");
/// So many tiles at most are asked for and not answered: more would come after the view moved on.
const MAX_WAITING: usize = 16;
/// After so many failures in a row, nothing is to be expected from the service.
const MAX_MISSED: usize = 8;
const NO_CLIENT: &str =
    "this program's web client does not start; are the system's certificates installed?";
/// How long each step of finding out why may take.
const PROBE: Duration = Duration::from_secs(5);
/// walkers hands on one tile at each call, and holds fewer than this.
const N_HELD: usize = 16;
/// A tile that is not on the world: asking for it hands on others and fetches nothing.
const NOWHERE: TileId = TileId { x: 1, y: 0, zoom: 0 };

/// Tiles of one service.
pub(super) struct WebTiles {
    service: Service,
    patience: Patience,
    context: egui::Context,
    link: Link,
    /// Tiles whose fetch has begun.
    started: Receiver<TileId>,
    /// What was asked for, and when its fetch began.
    waiting: HashMap<TileId, Option<Instant>>,
    /// What walkers' client will not fetch again.
    failed: HashSet<TileId>,
    /// Whether failures are known of, but not yet which ones: walkers must come to rest first.
    is_settling: bool,
    has_arrived: bool,
    n_missed: usize,
    silent_since: Option<Instant>,
    trouble: Option<Trouble>,
}

/// walkers' client.
enum Link {
    Opening(Receiver<Option<Box<HttpTiles>>>),
    Open(Box<HttpTiles>),
    /// It could not be made, or it died.
    Broken,
}

/// Nothing comes.
#[derive(Default)]
struct Trouble {
    reason: Option<String>,
    probe: Option<Receiver<String>>,
    /// Whether it was looked into since the client was made.
    was_probed: bool,
}

impl WebTiles {
    pub fn open(service: Service, patience: Patience, context: &egui::Context) -> WebTiles {
        let (link, started) = connect(&service, patience, context);
        WebTiles {
            service,
            patience,
            context: context.clone(),
            link,
            started,
            waiting: HashMap::new(),
            failed: HashSet::new(),
            is_settling: false,
            has_arrived: false,
            n_missed: 0,
            silent_since: None,
            trouble: None,
        }
    }

    /// Replaces walkers' client by a new one. What is waited for is asked for anew.
    fn reconnect(&mut self) {
        let (link, started) = connect(&self.service, self.patience, &self.context);
        give_up(std::mem::replace(&mut self.link, link));
        self.started = started;
        self.failed.clear();
        self.is_settling = false;
        self.waiting.values_mut().for_each(|start| *start = None);
        if let Some(trouble) = &mut self.trouble {
            trouble.was_probed = false;
        }
    }

    /// The waited-for tiles that are there, and those that are lost.
    fn look(&mut self, now: Instant) -> (Vec<(TileId, TextureHandle)>, Vec<TileId>) {
        if let Link::Opening(opening) = &self.link {
            match opening.try_recv() {
                Err(TryRecvError::Empty) => return (Vec::new(), Vec::new()),
                Ok(Some(tiles)) => self.link = Link::Open(tiles),
                Ok(None) | Err(TryRecvError::Disconnected) => self.link = Link::Broken,
            }
        }
        // The order matters: what began is counted as running before it is seen here, and what no
        // longer runs can be taken out. So a tile that began and neither runs nor is there failed.
        for tile in self.started.try_iter() {
            if let Some(start) = self.waiting.get_mut(&tile) {
                start.get_or_insert(now);
            }
        }
        let Link::Open(tiles) = &mut self.link else {
            return (Vec::new(), self.waiting.drain().map(|(tile, _)| tile).collect());
        };
        let n_running = tiles.stats().in_progress;
        let Ok(arrived) = catch_unwind(AssertUnwindSafe(|| take_out(tiles, &self.waiting))) else {
            give_up(std::mem::replace(&mut self.link, Link::Broken));
            return (Vec::new(), self.waiting.drain().map(|(tile, _)| tile).collect());
        };
        for (tile, _) in &arrived {
            self.waiting.remove(tile);
        }
        let n_begun = self.waiting.values().flatten().count();
        self.is_settling = n_begun > n_running && n_running > 0;
        let lost = if n_running == 0 {
            self.waiting.extract_if(|_, start| start.is_some()).map(|(tile, _)| tile).collect()
        } else {
            Vec::new()
        };
        (arrived, lost)
    }

    /// Gives up what takes too long, and the client with it: its places may be taken for good.
    fn give_up_late(&mut self, now: Instant) -> Vec<TileId> {
        let patience = self.patience.tile;
        let is_late = |start: Option<Instant>| start.is_some_and(|start| now - start > patience);
        let late: Vec<TileId> =
            self.waiting.extract_if(|_, start| is_late(*start)).map(|(tile, _)| tile).collect();
        if !late.is_empty() {
            self.reconnect();
        }
        late
    }

    /// Judges from what came and what was lost whether anything is to be expected.
    fn take_stock(&mut self, n_arrived: usize, lost: &[TileId], now: Instant) {
        self.n_missed += lost.len();
        if n_arrived > 0 {
            (self.has_arrived, self.n_missed, self.trouble) = (true, 0, None);
        }
        if self.waiting.is_empty() {
            self.silent_since = None;
        } else if n_arrived > 0 {
            self.silent_since = Some(now);
        }
        let is_silent = self.silent_since.is_some_and(|since| now - since > self.patience.silence);
        let is_barren = !self.has_arrived && self.n_missed > 0 && self.waiting.is_empty();
        let tile = lost.first().or(self.waiting.keys().next()).copied();
        if let Some(tile) = tile.filter(|_| is_silent || is_barren || self.n_missed >= MAX_MISSED) {
            let trouble = self.trouble.get_or_insert_default();
            if matches!(self.link, Link::Broken) {
                trouble.reason = Some(NO_CLIENT.to_owned());
            } else if !trouble.was_probed {
                trouble.was_probed = true;
                trouble.probe = Some(probe(url_of(&self.service.url, tile), &self.context));
            }
        }
        if let Some(trouble) = &mut self.trouble
            && let Some(probe) = &trouble.probe
        {
            match probe.try_recv() {
                Ok(reason) => (trouble.reason, trouble.probe) = (Some(reason), None),
                Err(TryRecvError::Empty) => (),
                Err(TryRecvError::Disconnected) => trouble.probe = None,
            }
        }
    }
}

impl Source for WebTiles {
    fn zooms(&self) -> Option<RangeInclusive<u8>> {
        Some(self.service.zooms.clone())
    }

    fn is_opaque(&self) -> bool {
        self.service.is_opaque
    }

    fn credits(&self) -> Vec<Credit> {
        self.service.credits.clone()
    }

    fn ask(&mut self, tile: TileId, now: Instant) -> bool {
        if self.waiting.contains_key(&tile) {
            return true;
        }
        if self.waiting.len() >= MAX_WAITING || self.is_settling {
            return false;
        }
        let is_stuck = self.failed.contains(&tile) || matches!(self.link, Link::Broken);
        if is_stuck {
            if !self.waiting.is_empty() {
                return false; // What is under way shall come to its end first.
            }
            self.reconnect();
        }
        self.waiting.insert(tile, None);
        self.silent_since.get_or_insert(now);
        true
    }

    fn answers(&mut self, now: Instant) -> Vec<(TileId, Answer)> {
        let (arrived, mut lost) = self.look(now);
        self.failed.extend(&lost);
        lost.extend(self.give_up_late(now));
        self.take_stock(arrived.len(), &lost, now);
        let arrived = arrived.into_iter().map(|(tile, texture)| (tile, Answer::Tile(texture)));
        arrived.chain(lost.into_iter().map(|tile| (tile, Answer::NotNow))).collect()
    }

    fn is_busy(&self) -> bool {
        !self.waiting.is_empty() || self.trouble.as_ref().is_some_and(|it| it.probe.is_some())
    }

    fn fault(&self) -> Option<String> {
        let trouble = self.trouble.as_ref()?;
        let what = self.service.what;
        let reason = trouble.reason.clone().unwrap_or_else(|| {
            let host = host_of(&self.service.url.replace(['{', '}'], "")).unwrap_or_default();
            format!("nothing comes from {host}")
        });
        Some(format!("{what} cannot be reached: {reason}"))
    }

    fn retry(&mut self, _: Instant) {
        self.waiting.clear();
        (self.has_arrived, self.n_missed) = (false, 0);
        (self.silent_since, self.trouble) = (None, None);
        self.reconnect();
    }
}

/// Takes out of walkers' client what is there of the waited-for tiles, and asks for the rest.
fn take_out(
    tiles: &mut HttpTiles,
    waiting: &HashMap<TileId, Option<Instant>>,
) -> Vec<(TileId, TextureHandle)> {
    for _ in 0..N_HELD {
        tiles.at(NOWHERE);
    }
    let there = waiting.keys().filter_map(|tile| {
        let piece = tiles.at(*tile)?;
        // Coarser tiles in its stead are given in part.
        let is_itself = piece.uv.min == pos2(0.0, 0.0) && piece.uv.max == pos2(1.0, 1.0);
        let Tile::Raster(texture) = piece.tile;
        is_itself.then_some((*tile, texture))
    });
    there.collect()
}

/// Finds out on a thread why nothing comes from `url`.
fn probe(url: String, context: &egui::Context) -> Receiver<String> {
    let (sender, reason) = channel();
    let context = context.clone();
    thread::spawn(move || {
        sender.send(why_silent(&url, USER_AGENT, PROBE)).ok(); // Tiles may have come since.
        context.request_repaint();
    });
    reason
}

/// Makes a client on a thread.
fn connect(
    service: &Service,
    patience: Patience,
    context: &egui::Context,
) -> (Link, Receiver<TileId>) {
    let (sender, started) = channel();
    let source =
        Addresses { url: service.url.clone(), max_zoom: *service.zooms.end(), started: sender };
    let n_parallel = service.n_parallel;
    let (sender, opening) = channel();
    let context = context.clone();
    thread::spawn(move || {
        let options = HttpOptions {
            cache: patience.keeps_files.then(tile_folder).flatten(),
            user_agent: Some(HeaderValue::from_static(USER_AGENT)),
            max_parallel_downloads:
                MaxParallelDownloads::value_manually_confirmed_with_provider_limits(n_parallel),
            ..HttpOptions::default()
        };
        let make = || Box::new(HttpTiles::with_options(source, options, context.clone()));
        sender.send(catch_unwind(AssertUnwindSafe(make)).ok()).ok(); // Another may be wanted by now.
        context.request_repaint();
    });
    (Link::Opening(opening), started)
}

/// Drops a client on a thread: it waits for its own thread, which may wait for a name server.
fn give_up(link: Link) {
    if let Link::Open(tiles) = link {
        thread::spawn(move || drop(tiles));
    }
}

impl Drop for WebTiles {
    fn drop(&mut self) {
        give_up(std::mem::replace(&mut self.link, Link::Broken));
    }
}

/// Tells walkers where tiles are, and us when it asks.
struct Addresses {
    url: String,
    max_zoom: u8,
    started: Sender<TileId>,
}

impl TileSource for Addresses {
    fn tile_url(&self, tile: TileId) -> String {
        self.started.send(tile).ok(); // Nobody listens to a client that was given up.
        url_of(&self.url, tile)
    }

    fn attribution(&self) -> Attribution {
        Attribution { text: "", url: "", logo_light: None, logo_dark: None }
    }

    fn max_zoom(&self) -> u8 {
        self.max_zoom
    }
}

fn url_of(template: &str, tile: TileId) -> String {
    let from_south = (1_u32 << tile.zoom) - 1 - tile.y;
    template
        .replace("{z}", &tile.zoom.to_string())
        .replace("{x}", &tile.x.to_string())
        .replace("{y}", &tile.y.to_string())
        .replace("{-y}", &from_south.to_string())
}
