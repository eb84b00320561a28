//! The base as a whole: files made here, and a server of this machine that tells no network.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use egui::{Rect, Shape, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::choice::Service;
use super::*;
use crate::base::geo::Position;
use crate::flow::map_base::sample::{Sample, png, save};

const PATIENCE: Patience = Patience {
    silence: Duration::from_millis(150),
    tile: Duration::from_millis(500),
    retry: Duration::from_millis(200),
    keeps_files: false,
};

/// What the server answers.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    /// A picture; "404 Not Found" where the zoom is finer than this.
    Pictures { max_zoom: u8 },
    /// Always this, with these words in the body.
    Words(&'static str),
    /// Nothing, ever.
    Silent,
}

struct Server {
    port: u16,
    mood: Arc<Mutex<Mood>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(mood: Mood) -> Server {
        Server::on(TcpListener::bind("127.0.0.1:0").unwrap(), mood)
    }

    fn on(listener: TcpListener, mood: Mood) -> Server {
        let port = listener.local_addr().unwrap().port();
        let (mood, requests) = (Arc::new(Mutex::new(mood)), Arc::new(Mutex::new(Vec::new())));
        let (mood_there, requests_there) = (Arc::clone(&mood), Arc::clone(&requests));
        // It ends with the tests.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mood, requests) = (Arc::clone(&mood_there), Arc::clone(&requests_there));
                thread::spawn(move || answer(stream.unwrap(), &mood, &requests));
            }
        });
        Server { port, mood, requests }
    }

    fn url(&self) -> String {
        url(self.port)
    }

    fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}/{{z}}/{{x}}/{{y}}.png")
}

/// Answers one request; a peer that hangs up is no matter.
fn answer(mut stream: TcpStream, mood: &Mutex<Mood>, requests: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    let mut part = [0; 1024];
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(n @ 1..) => request.extend_from_slice(&part[..n]),
            _ => return,
        }
    }
    let request = String::from_utf8(request).unwrap();
    let zoom: u8 = request.split('/').nth(1).unwrap().parse().unwrap();
    requests.lock().unwrap().push(request);
    let mood = *mood.lock().unwrap();
    let (status, body) = match mood {
        Mood::Silent => {
            while matches!(stream.read(&mut part), Ok(1..)) {}
            return;
        }
        Mood::Pictures { max_zoom } if zoom <= max_zoom => ("200 OK", png(256, [zoom, 0, 0])),
        Mood::Pictures { .. } => ("404 Not Found", b"none".to_vec()),
        Mood::Words(status) => (status, b"not a picture".to_vec()),
    };
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), &body].concat()).ok();
}

/// A base as it stands in a window, drawn again and again.
struct Window {
    base: BaseTiles,
    choice: BaseChoice,
    context: egui::Context,
    view: View,
}

impl Window {
    fn new(choice: BaseChoice) -> Window {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(256.0, 256.0));
        let view = View::new(Position::new(10.0, 10.0), 2.0, rect);
        let base = BaseTiles { patience: PATIENCE, ..BaseTiles::new() };
        Window { base, choice, context: egui::Context::default(), view }
    }

    fn of_url(url: &str) -> Window {
        let choice =
            BaseChoice { base: Base::Custom, url: url.to_owned(), ..BaseChoice::default() };
        Window::new(choice)
    }

    fn of_file(path: &Path) -> Window {
        let file = path.display().to_string();
        Window::new(BaseChoice { base: Base::PmTiles, file, ..BaseChoice::default() })
    }

    /// Draws a frame: for each piece of a tile how wide it is, and its texture's first color if the
    /// texture is new.
    fn frame(&mut self) -> (Vec<f32>, Vec<Color32>) {
        let Window { base, choice, context, view } = self;
        let mut output = context.run_ui(egui::RawInput::default(), |ui| {
            base.want(choice, ui.ctx());
            base.draw(ui.painter(), view, Color32::WHITE);
        });
        let widths = output.shapes.iter().filter_map(|clipped| match &clipped.shape {
            Shape::Mesh(mesh) => Some(mesh.vertices[1].uv.x - mesh.vertices[0].uv.x),
            _ => None,
        });
        let widths = widths.map(f32::abs).collect();
        let new = output.textures_delta.set.values().flatten().filter_map(|delta| {
            let egui::ImageData::Color(image) = &delta.image;
            (image.size == [256, 256]).then(|| image.pixels[0])
        });
        let colors = new.collect();
        output.textures_delta.clear();
        (widths, colors)
    }

    /// Draws frames until `happened`.
    fn until(&mut self, what: &str, happened: impl Fn(&BaseTiles, &[f32]) -> bool) {
        let start = Instant::now();
        loop {
            let (widths, _) = self.frame();
            if happened(&self.base, &widths) {
                return;
            }
            let fault = self.base.fault();
            assert!(start.elapsed() < Duration::from_mins(1), "never: {what}; {fault:?}");
            thread::sleep(Duration::from_millis(2)); // As a window draws, not as fast as it can.
        }
    }

    fn until_all_are_there(&mut self) {
        self.until("all tiles", |_, widths| widths.len() == 4 && widths.iter().all(|w| *w == 1.0));
    }

    fn until_fault(&mut self, part: &str) {
        self.until(part, |base, _| base.fault().is_some_and(|fault| fault.contains(part)));
    }
}

#[test]
fn tiles_come_from_a_server_that_learns_the_programs_name() {
    let server = Server::start(Mood::Pictures { max_zoom: 19 });
    let mut window = Window::of_url(&server.url());
    window.choice.credit = " © Harbor Office ".to_owned();
    window.until_all_are_there();
    assert_eq!(window.base.fault(), None);
    let credit = Credit { text: "© Harbor Office".to_owned(), url: None };
    assert_eq!(window.base.attribution(), [credit]);
    let requests = server.requests.lock().unwrap();
    assert!(requests.len() >= 4);
    let name = format!("user-agent: Fairway/{}", env!("CARGO_PKG_VERSION")).to_lowercase();
    assert!(requests.iter().all(|request| request.to_lowercase().contains(&name)), "{requests:?}");
}

#[test]
fn tiles_that_are_opaque_and_all_there_need_no_coast() {
    let server = Server::start(Mood::Pictures { max_zoom: 19 });
    let mut window = Window::of_url(&server.url());
    assert!(window.base.needs_coast(&window.view));
    window.frame();
    let service = Service {
        url: server.url(),
        what: "tiles",
        credits: Vec::new(),
        zooms: 0..=19,
        n_parallel: 2,
        is_opaque: true,
    };
    let source = WebTiles::open(service, PATIENCE, &window.context);
    window.base.ground = Some(Sheet::new(source, PATIENCE));
    assert!(window.base.needs_coast(&window.view));
    window.until_all_are_there();
    assert!(!window.base.needs_coast(&window.view));
    // Elsewhere, nothing is there yet.
    window.view = View::new(Position::new(-100.0, 50.0), 7.0, window.view.clip_rect);
    window.frame();
    assert!(window.base.ground.as_ref().is_some_and(|ground| !ground.covers(&window.view)));
}

#[test]
fn where_a_server_has_no_tile_a_coarser_one_is_shown() {
    let server = Server::start(Mood::Pictures { max_zoom: 1 });
    let mut window = Window::of_url(&server.url());
    window.until("halves", |_, widths| widths.len() == 4 && widths.iter().all(|w| *w == 0.5));
    assert_eq!(window.base.fault(), None);
}

#[test]
fn a_refused_connection_is_named_and_tried_again_on_request() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let mut window = Window::of_url(&url(port));
    window.base.patience.retry = Duration::from_hours(1);
    let reason = format!("127.0.0.1:{port} refuses the connection");
    window.until_fault(&reason);
    let expected = format!("tiles cannot be reached: {reason}; the bundled coast is shown");
    assert_eq!(window.base.fault(), Some(expected));
    assert!(window.base.needs_coast(&window.view));

    let _server =
        Server::on(TcpListener::bind(("127.0.0.1", port)).unwrap(), Mood::Pictures { max_zoom: 9 });
    window.base.retry();
    assert_eq!(window.base.fault(), None);
    window.until_all_are_there();
    assert_eq!(window.base.fault(), None);
}

#[test]
fn a_server_that_only_has_errors_or_no_pictures_is_named() {
    let server = Server::start(Mood::Words("404 Not Found"));
    let mut window = Window::of_url(&server.url());
    window.until_fault("answers \"404 Not Found\"; the bundled coast is shown");
    let server = Server::start(Mood::Words("200 OK"));
    let mut window = Window::of_url(&server.url());
    window.until_fault("answers, but not with PNG or JPEG pictures");
}

#[test]
fn a_server_that_hangs_is_given_up_and_found_again_by_itself() {
    let server = Server::start(Mood::Silent);
    let mut window = Window::of_url(&server.url());
    window.until_fault(&format!("nothing comes from 127.0.0.1:{}", server.port));
    server.set(Mood::Pictures { max_zoom: 19 });
    window.until_all_are_there();
    assert_eq!(window.base.fault(), None);
}

#[test]
fn a_server_that_hangs_is_called_anew_on_request() {
    let server = Server::start(Mood::Silent);
    let mut window = Window::of_url(&server.url());
    window.base.patience.tile = Duration::from_hours(1);
    window.until_fault("tiles cannot be reached");
    server.set(Mood::Pictures { max_zoom: 19 });
    window.base.retry();
    assert_eq!(window.base.fault(), None);
    window.until_all_are_there();
}

#[test]
fn a_server_that_stops_is_noticed_though_tiles_came_before() {
    let server = Server::start(Mood::Pictures { max_zoom: 19 });
    let mut window = Window::of_url(&server.url());
    window.until_all_are_there();
    server.set(Mood::Words("503 Service Unavailable"));
    // Another place, with room for many tiles.
    let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(1000.0, 1000.0));
    window.view = View::new(Position::new(-100.0, 50.0), 8.0, rect);
    window.until_fault("503 Service Unavailable");
    server.set(Mood::Pictures { max_zoom: 19 });
    window.until("tiles", |base, widths| base.fault().is_none() && widths.contains(&1.0));
}

#[test]
fn an_address_that_walkers_cannot_use_is_a_fault() {
    // An address that is none: walkers cannot even ask.
    let service = Service {
        url: "no address {z}/{x}/{y}".to_owned(),
        what: "seamarks",
        credits: Vec::new(),
        zooms: 0..=19,
        n_parallel: 2,
        is_opaque: true,
    };
    let mut window = Window::of_url("https://127.0.0.1:9/{z}/{x}/{y}.png");
    let source = WebTiles::open(service, PATIENCE, &window.context);
    window.base.choice = Some(window.choice.clone());
    window.base.overlay = Some(Sheet::new(source, PATIENCE));
    window.until("fault", |base, _| {
        let fault = base.fault();
        fault.is_some_and(|fault| fault.starts_with("seamarks cannot be reached: no address "))
    });
}

#[test]
fn an_address_that_is_none_is_a_fault_at_once_and_gone_with_the_choice() {
    let mut window = Window::of_url("nonsense");
    window.frame();
    let fault = window.base.fault().unwrap();
    assert!(fault.starts_with("\"nonsense\" is no address of the web"), "{fault}");
    assert!(fault.ends_with("; the bundled coast is shown"), "{fault}");
    assert!(window.base.needs_coast(&window.view));
    for (base, needs_coast) in [(Base::None, false), (Base::Coast, true)] {
        window.choice = BaseChoice { base, ..BaseChoice::default() };
        assert_eq!(window.frame(), (Vec::new(), Vec::new()));
        assert_eq!(window.base.fault(), None);
        assert_eq!(window.base.needs_coast(&window.view), needs_coast);
    }
}

#[test]
fn seamarks_come_over_the_ground_and_both_makers_are_named_once() {
    let choice = BaseChoice { base: Base::OpenSeaMap, ..BaseChoice::default() };
    let mut window = Window::new(choice);
    // Opened, but never drawn: nothing is fetched.
    window.base.want(&window.choice, &window.context);
    assert!(window.base.ground.is_some() && window.base.overlay.is_some());
    let names: Vec<String> =
        window.base.attribution().into_iter().map(|credit| credit.text).collect();
    assert_eq!(names, ["© OpenStreetMap contributors", "© OpenSeaMap"]);
}

#[test]
fn tiles_come_from_a_file_with_its_own_credit_and_zooms() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sea.pmtiles");
    let sample = Sample {
        metadata: r#"{"attribution": "<a href='https://a.org'>A</a>"}"#.to_owned(),
        n_in_leaf: 3,
        ..Sample::new(2, 256, |zoom, x, y| [zoom, x as u8, y as u8])
    };
    save(&path, &sample.bytes());
    let mut window = Window::of_file(&path);
    let mut colors = Vec::new();
    let start = Instant::now();
    while colors.len() < 4 {
        colors.extend(window.frame().1);
        assert!(start.elapsed() < Duration::from_mins(1), "{:?}", window.base.fault());
    }
    colors.sort_unstable_by_key(Color32::to_array);
    let expected = [(1, 1), (1, 2), (2, 1), (2, 2)].map(|(x, y)| Color32::from_rgb(2, x, y));
    assert_eq!(colors, expected);
    window.until_all_are_there();
    assert_eq!(window.base.fault(), None);
    assert_eq!(window.base.attribution(), [Credit::new("A", "https://a.org")]);
    // Close in, the finest tiles are enlarged: the file ends at zoom 2.
    window.view = View::new(Position::new(10.0, 10.0), 8.0, window.view.clip_rect);
    window.until("the tile", |_, widths| widths == [1.0]);
}

#[test]
fn where_a_file_has_holes_coarser_tiles_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sea.pmtiles");
    let mut sample = Sample::new(2, 256, |zoom, x, y| [zoom, x as u8, y as u8]);
    sample.tiles.retain(|(zoom, x, _), _| *zoom < 2 || *x == 1);
    save(&path, &sample.bytes());
    let mut window = Window::of_file(&path);
    window.until("two and two", |_, widths| widths == [1.0, 0.5, 1.0, 0.5]);
    assert_eq!(window.base.fault(), None);
}

#[test]
fn a_file_that_cannot_be_shown_says_why_and_is_tried_again_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sea.pmtiles");
    let mut window = Window::of_file(&path);
    window.until_fault("sea.pmtiles: there is no such file; the bundled coast is shown");

    let whole = Sample::new(2, 256, |zoom, _, _| [zoom, 0, 0]).bytes();
    let vector = [&whole[..99], &[1], &whole[100..]].concat();
    for (bytes, part) in [
        (&b""[..], "sea.pmtiles: the file is empty"),
        (b"\x89PNG\r\n\x1a\n", "it is no PMTiles archive: it begins with 89 50"),
        (&whole[..300], "it is cut short"),
        (&vector, "it holds vector tiles"),
    ] {
        save(&path, bytes);
        window.base.retry();
        window.until_fault(part);
        assert!(window.base.needs_coast(&window.view));
    }
    save(&path, &whole);
    window.base.retry();
    window.until_all_are_there();
    assert_eq!(window.base.fault(), None);
}

#[test]
fn tiles_gone_bad_within_a_good_file_are_counted_and_stood_in_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sea.pmtiles");
    let mut sample = Sample::new(2, 256, |zoom, x, y| [zoom, x as u8, y as u8]);
    // The head of a picture without the rest; and something else.
    let cut = png(256, [0; 3])[..400].to_vec();
    sample.tiles.extend(BTreeMap::from([((2, 1, 1), cut), ((2, 2, 2), b"tile".to_vec())]));
    save(&path, &sample.bytes());
    let mut window = Window::of_file(&path);
    window.until("two and two", |_, widths| widths == [0.5, 1.0, 1.0, 0.5]);
    let fault = window.base.fault().unwrap();
    assert!(fault.contains("sea.pmtiles: tile 2/") && fault.contains(" and 1 more: "), "{fault}");
}

/// The form with its choice and tiles.
struct FormState {
    choice: BaseChoice,
    tiles: BaseTiles,
    n_dialogs: usize,
}

fn form(choice: BaseChoice) -> Harness<'static, FormState> {
    let tiles = BaseTiles { patience: PATIENCE, ..BaseTiles::new() };
    let state = FormState { choice, tiles, n_dialogs: 0 };
    Harness::builder().with_size([400.0, 400.0]).build_ui_state(
        |ui, state: &mut FormState| {
            let FormState { choice, tiles, n_dialogs } = state;
            tiles.want(choice, ui.ctx());
            *n_dialogs += usize::from(base_ui(ui, choice, tiles));
        },
        state,
    )
}

#[test]
fn the_form_chooses_a_base_and_asks_for_a_file() {
    let mut harness = form(BaseChoice::default());
    harness.run_steps(2);
    harness.get_by_label("Base").click();
    harness.run_steps(2);
    harness.get_by_label("PMTiles file").click();
    harness.run_steps(2);
    assert_eq!(harness.state().choice.base, Base::PmTiles);
    harness.get_by_label("no PMTiles file is chosen; the bundled coast is shown");
    harness.get_by_label("Choose file…").click();
    harness.run_steps(2);
    assert_eq!(harness.state().n_dialogs, 1);
}

#[test]
fn an_address_counts_when_it_is_typed_to_its_end() {
    let choice = BaseChoice { base: Base::Custom, ..BaseChoice::default() };
    let mut harness = form(choice);
    harness.run_steps(2);
    harness.get_by_label("Address").click();
    harness.run_steps(2);
    harness.get_by_label("Address").type_text("nonsense");
    harness.run_steps(2);
    assert_eq!(harness.state().choice.url, "");
    harness.key_press(egui::Key::Enter);
    harness.run_steps(2);
    assert_eq!(harness.state().choice.url, "nonsense");
    let fault = harness.state().tiles.fault().unwrap();
    assert!(fault.contains("\"nonsense\" is no address"), "{fault}");
    harness.get_by_label(&fault);
    harness.get_by_label("Try again").click();
    harness.run_steps(2);
}
