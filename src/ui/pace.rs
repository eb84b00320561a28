//! How long a frame of the window takes, with very many reports: `fairway bench frame` and `hover`.
//!
//! The whole application runs in an egui context of its own, without a window: `step` and `show`,
//! egui's tessellation and the filling of GPU buffers are what the UI thread does in a frame. What
//! the GPU then does is measured apart, where there is one.

use std::time::{Duration, Instant};

use egui::{Context, Event, Modifiers, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect, vec2};
use serde_json::{Map, Value, json};

use super::app::App;
use super::command::Command;
use super::layout::Workspace;
use super::map::geometry::Geometry;
use super::map::pick::pick;
use super::map::view::View;
use super::offscreen::Offscreen;
use super::remembered::Remembered;
use crate::base::job::Stopped;
use crate::base::params::Choice as _;
use crate::base::rng::Rng;
use crate::flow::look::TrackColor;
use crate::flow::session::Sources;
use crate::flow::stages::TripsOf;
use crate::flow::tray::{Shelf as _, State};
use crate::learn::DeviceChoice;

/// A screen as most have it.
const SIZE_PX: [u32; 2] = [1920, 1080];

/// Frames measured of each kind.
const FRAMES: usize = 90;

/// Frames measured while a network is trained: more, since its steps come and go.
const TRAINED_FRAMES: usize = 300;

/// Places pointed at, at each zoom.
const POINTS: usize = 400;

/// A driver that draws on the processor draws one frame of so many: it takes a second for each.
const SOFTWARE_EVERY: usize = 45;

/// How long data may take to be there.
const PATIENCE: Duration = Duration::from_mins(20);

/// Measures frames of the window on `sources`: panning, zooming, pointing, playing, brushing and
/// changing colors. Times are milliseconds of the UI thread.
pub fn frame(sources: &Sources) -> Result<Value, Stopped> {
    let mut player = Player::new(sources)?;
    let start_ms = player.start_ms;
    let mut scenes = Map::new();
    let mut moving: Vec<f64> = Vec::new();
    let mut gpu: Vec<f64> = Vec::new();
    let center = player.app.map_center();
    let at = |part: f32| center + 160.0 * vec2((part * 19.0).cos(), (part * 13.0).sin());
    // Not by cluster: that would measure clustering, which has figures of its own.
    let colors: Vec<TrackColor> = TrackColor::CASES
        .iter()
        .map(|(_, color)| *color)
        .filter(|color| *color != TrackColor::Cluster)
        .collect();
    for (name, counts) in [
        ("still", false),
        ("pan", true),
        ("zoom", true),
        ("point", true),
        ("play", true),
        ("brush", true),
        ("color", true),
    ] {
        player.begin(name, center);
        let mut times: Vec<Took> = (0..FRAMES)
            .map(|n| {
                let part = n as f32 / FRAMES as f32;
                let events = match name {
                    "pan" | "point" => vec![Event::PointerMoved(at(part))],
                    "zoom" => vec![wheel(if n % 60 < 30 { 12.0 } else { -12.0 })],
                    _ => Vec::new(),
                };
                match name {
                    "brush" => player.brush(part),
                    "color" => {
                        player.app.session.map.color_by = colors[n % colors.len()];
                    }
                    _ => (),
                }
                player.frame(events)
            })
            .collect::<Result<_, _>>()?;
        player.end(name, at(1.0))?;
        times.drain(..3); // The first frames of a scene still belong to the last.
        let ui: Vec<f64> = times.iter().map(|took| took.ui_ms).collect();
        if counts {
            moving.extend(&ui);
        }
        gpu.extend(times.iter().filter_map(|took| took.gpu_ms));
        scenes.insert(
            name.to_owned(),
            json!({"median_ms": quantile(&ui, 0.5), "p95_ms": quantile(&ui, 0.95)}),
        );
    }
    let (n, bytes) = player.app.on_map();
    Ok(json!({
        "ms": quantile(&moving, 0.95),
        "median_ms": quantile(&moving, 0.5),
        "scenes": scenes,
        "start_ms": start_ms,
        "gpu_ms": (!gpu.is_empty()).then(|| quantile(&gpu, 0.5)),
        "gpu": player.offscreen.as_ref().map_or("none".to_owned(), Offscreen::name),
        "gpu_bytes_per_report": bytes as f64 / (n as f64).max(1.0),
        "n": n,
        "cores": rayon::current_num_threads(),
        "limit": "16.7 ms: a frame at 60 a second",
    }))
}

/// Measures frames of the window while a network is trained in the background, beside the same
/// frames without: panning, with the curves in sight. Times are milliseconds of the UI thread.
pub fn train_frame(sources: &Sources) -> Result<Value, Stopped> {
    let mut player = Player::new(sources)?;
    player.app.ask(Command::Enter(Workspace::Train));
    let train = &mut player.app.session.deep.embed.train;
    (train.epochs, train.device) = (100_000, DeviceChoice::Cpu);
    player.settle()?;
    let calm = player.panned()?;
    player.app.ask(Command::Retry("deep-embed"));
    let epochs = |app: &App| app.desk.embed.so_far().map_or(0, |of| of.curves().epochs.len());
    let start = Instant::now();
    while epochs(&player.app) == 0 {
        player.frame(Vec::new())?;
        if let Some(fault) = player.app.desk.embed.faults().first() {
            return Err(Stopped::Failed(fault.clone()));
        }
        if start.elapsed() > PATIENCE {
            return Err(Stopped::Failed("no epoch came to its end".into()));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let (before, start) = (epochs(&player.app), Instant::now());
    let busy = player.panned()?;
    let learned = epochs(&player.app) - before;
    let s = start.elapsed().as_secs_f64();
    player.app.ask(Command::Cancel("deep-embed"));
    player.frame(Vec::new())?;
    let trips = player.app.desk.repair.shown().map_or(0, |shown| shown.value.trips().len());
    Ok(json!({
        "ms": quantile(&busy, 0.95),
        "median_ms": quantile(&busy, 0.5),
        "without_ms": quantile(&calm, 0.95),
        "without_median_ms": quantile(&calm, 0.5),
        "epochs_meanwhile": learned,
        "epochs_per_s": learned as f64 / s,
        "trips": trips,
        "gpu": player.offscreen.as_ref().map_or("none".to_owned(), Offscreen::name),
        "n": player.app.on_map().0,
        "cores": rayon::current_num_threads(),
        "limit": "16.7 ms: a frame at 60 a second",
    }))
}

/// Measures how long it takes to find what is under the pointer, near tracks of a made sea, from
/// afar to close in.
pub fn hover(output: &TripsOf, geometry: &Geometry) -> Value {
    let positions = &output.fleet().reports().positions;
    let screen = Rect::from_min_size(Pos2::ZERO, vec2(SIZE_PX[0] as f32, SIZE_PX[1] as f32));
    let mut rng = Rng::new(7, 0);
    let mut all: Vec<f64> = Vec::new();
    let mut zooms = Map::new();
    let mut n_found = 0;
    for zoom in [4.0, 7.0, 9.0, 11.0, 13.0, 16.0] {
        let mut times: Vec<f64> = Vec::with_capacity(POINTS);
        for _ in 0..POINTS {
            let place = positions[rng.below(positions.len())];
            let view = View::new(place, zoom, screen);
            let offset = vec2(rng.between(-9.0, 9.0) as f32, rng.between(-9.0, 9.0) as f32);
            let pointer = view.to_screen(place) + offset;
            let start = Instant::now();
            let hit = pick(geometry, &view, pointer, 8.0, |_, _| true, None);
            times.push(start.elapsed().as_secs_f64() * 1000.0);
            n_found += usize::from(hit.is_some());
        }
        zooms.insert(format!("zoom {zoom}"), json!(quantile(&times, 0.95)));
        all.extend(times);
    }
    json!({
        "ms": quantile(&all, 0.95),
        "median_ms": quantile(&all, 0.5),
        "most_ms": quantile(&all, 1.0),
        "p95_by_zoom_ms": zooms,
        "found": n_found as f64 / all.len() as f64,
        "n": positions.len(),
        "cores": 1,
        "limit": "2 ms",
    })
}

/// How long a frame took, milliseconds.
struct Took {
    ui_ms: f64,
    gpu_ms: Option<f64>,
}

/// Plays the application without a window.
struct Player {
    context: Context,
    app: App,
    offscreen: Option<Offscreen>,
    start_ms: f64,
    /// How many frames were played, and the time they stand for.
    n: usize,
    s: f64,
}

impl Player {
    /// The application with the sources on its map.
    fn new(sources: &Sources) -> Result<Player, Stopped> {
        let offscreen = Offscreen::new().ok();
        let start = Instant::now();
        let context = Context::default();
        let render_state = offscreen.as_ref().map(|offscreen| offscreen.render_state().clone());
        let app = App::with(&context, render_state, Remembered::default());
        let mut player = Player { context, app, offscreen, start_ms: 0.0, n: 0, s: 0.0 };
        player.frame(Vec::new())?;
        player.start_ms = start.elapsed().as_secs_f64() * 1000.0;
        player.app.session.sources = sources.clone();
        player.settle()?;
        Ok(player)
    }

    /// Plays frames until nothing is being made any more.
    fn settle(&mut self) -> Result<(), Stopped> {
        let start = Instant::now();
        let mut n_calm = 0;
        while n_calm < 8 {
            self.frame(Vec::new())?;
            let is_there = self.app.desk.trips.state() == State::Fresh;
            if let Some(fault) =
                self.app.desk.shelves().iter().find_map(|shelf| shelf.faults().first())
            {
                return Err(Stopped::Failed(fault.clone()));
            }
            n_calm = if is_there && !self.app.is_busy() { n_calm + 1 } else { 0 };
            if n_calm == 0 {
                std::thread::sleep(Duration::from_millis(20));
            }
            if start.elapsed() > PATIENCE {
                return Err(Stopped::Failed("the data did not come".into()));
            }
        }
        Ok(())
    }

    /// One frame with these events.
    fn frame(&mut self, events: Vec<Event>) -> Result<Took, Stopped> {
        self.n += 1;
        self.s += 1.0 / 60.0;
        let size = vec2(SIZE_PX[0] as f32, SIZE_PX[1] as f32);
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, size)),
            time: Some(self.s),
            predicted_dt: 1.0 / 60.0,
            events,
            focused: true,
            ..RawInput::default()
        };
        let start = Instant::now();
        let app = &mut self.app;
        let mut output = self.context.run_ui(input, |ui| {
            app.step(ui.ctx());
            app.show(ui);
        });
        let primitives = self.context.tessellate(output.shapes, output.pixels_per_point);
        let laid_out = start.elapsed();
        let Some(offscreen) = &self.offscreen else {
            return Ok(Took { ui_ms: laid_out.as_secs_f64() * 1000.0, gpu_ms: None });
        };
        for (id, images) in output.textures_delta.set.drain() {
            images.iter().for_each(|image| offscreen.set_texture(id, image));
        }
        let draws = !offscreen.is_software() || self.n.is_multiple_of(SOFTWARE_EVERY);
        let pace = offscreen
            .pace(&primitives, output.pixels_per_point, SIZE_PX, draws)
            .map_err(Stopped::Failed)?;
        output.textures_delta.free.drain().for_each(|id| offscreen.free_texture(id));
        Ok(Took {
            ui_ms: (laid_out + pace.encoded).as_secs_f64() * 1000.0,
            gpu_ms: pace.drawn.map(|drawn| drawn.as_secs_f64() * 1000.0),
        })
    }

    /// How long frames take while the map is dragged in a circle, milliseconds of the UI thread.
    fn panned(&mut self) -> Result<Vec<f64>, Stopped> {
        let center = self.app.map_center();
        self.begin("pan", center);
        let mut times = Vec::with_capacity(TRAINED_FRAMES);
        for n in 0..TRAINED_FRAMES {
            let part = n as f32 / FRAMES as f32;
            let to = center + 120.0 * vec2((part * 19.0).cos(), (part * 13.0).sin());
            times.push(self.frame(vec![Event::PointerMoved(to)])?.ui_ms);
        }
        let release = Event::PointerButton {
            pos: center,
            button: PointerButton::Primary,
            pressed: false,
            modifiers: Modifiers::NONE,
        };
        self.frame(vec![release])?;
        times.drain(..3); // The first frames still belong to what was before.
        Ok(times)
    }

    fn begin(&mut self, scene: &str, center: Pos2) {
        let moved = Event::PointerMoved(center);
        let press = Event::PointerButton {
            pos: center,
            button: PointerButton::Primary,
            pressed: true,
            modifiers: Modifiers::NONE,
        };
        let events = match scene {
            "pan" => vec![moved, press],
            "zoom" | "point" => vec![moved],
            _ => vec![Event::PointerGone],
        };
        self.frame(events).ok();
        if scene == "play" {
            self.app.time.speed = 600.0;
            self.app.ask(Command::Play);
        }
    }

    fn end(&mut self, scene: &str, at: Pos2) -> Result<(), Stopped> {
        match scene {
            "pan" => {
                let release = Event::PointerButton {
                    pos: at,
                    button: PointerButton::Primary,
                    pressed: false,
                    modifiers: Modifiers::NONE,
                };
                self.frame(vec![release])?;
            }
            "play" => self.app.ask(Command::Stop),
            "brush" => self.app.time.clear_brush(),
            _ => (),
        }
        self.app.ask(Command::FitAll);
        self.settle()
    }

    /// Brushes a quarter of the time, from `part` of the way on.
    fn brush(&mut self, part: f32) {
        if let Some((first_ms, last_ms)) = self.app.time.span_ms() {
            let quarter_ms = (last_ms - first_ms) / 4;
            let from_ms = first_ms + (f64::from(part) * 3.0 * quarter_ms as f64) as i64;
            self.app.time.brush(from_ms, from_ms + quarter_ms);
        }
    }
}

fn wheel(y: f32) -> Event {
    Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, y),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    }
}

/// The value that a `part` of `values` does not exceed; not-a-number of none.
fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let place = (part * (sorted.len() as f64 - 1.0)).round() as usize;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}
