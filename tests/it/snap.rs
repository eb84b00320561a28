//! `fairway snap` as a user types it, and the pictures that come of it.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use fairway::flow::{Session, project};
use fairway::ui::map::palette;
use serde_json::Value;
use tempfile::TempDir;

use crate::ground::{data, fairway, json, said};

/// A decoded picture.
struct Picture {
    size: [u32; 2],
    rgb: Vec<u8>,
}

impl Picture {
    fn open(path: &Path) -> Picture {
        let file = BufReader::new(File::open(path).expect("the picture was written"));
        let mut reader = png::Decoder::new(file).read_info().expect("it is a PNG file");
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgb).expect("it is whole");
        assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Rgb, png::BitDepth::Eight));
        Picture { size: [info.width, info.height], rgb }
    }

    fn pixel(&self, n: usize) -> [u8; 3] {
        [0, 1, 2].map(|channel| self.rgb[3 * n + channel])
    }

    /// How many pixels left of the legend have a color of the palette, within what an edge mixes.
    fn n_of_tracks(&self, is_dark: bool) -> usize {
        let colors: Vec<[u8; 4]> =
            (0..10).map(|n| palette::category(n, is_dark).to_array()).collect();
        let width = self.size[0] as usize;
        (0..self.rgb.len() / 3)
            .filter(|n| n % width < 3 * width / 5)
            .map(|n| self.pixel(n))
            .filter(|pixel| {
                let is_near = |color: &[u8; 4]| (0..3).all(|n| color[n].abs_diff(pixel[n]) < 12);
                colors.iter().any(is_near)
            })
            .count()
    }

    fn mean_light(&self) -> f64 {
        self.rgb.iter().map(|byte| f64::from(*byte)).sum::<f64>() / self.rgb.len() as f64
    }
}

/// A folder with a made sea in it.
fn sea() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sea.csv");
    let arguments = ["synth", "--out", text(&path), "--rows", "20000", "--seed", "5"];
    let output = fairway(&arguments);
    assert!(output.status.success(), "{}", said(&output));
    (folder, path)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

/// Draws `input` as `name` beside it.
fn snap(input: &Path, name: &str, more: &[&str]) -> (Output, PathBuf) {
    let path = input.with_file_name(name);
    let output = fairway(&[&["snap", text(input), "-o", text(&path)], more].concat());
    (output, path)
}

fn drawn(input: &Path, name: &str, more: &[&str]) -> Picture {
    let (output, path) = snap(input, name, more);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "only --json prints");
    Picture::open(&path)
}

/// Opaque wide tracks, so that their colors are those of the palette.
const BOLD: [&str; 6] =
    ["--set", "map.opacity=1", "--set", "map.line_width=4", "--set", "map.color_by=vessel"];

#[test]
fn made_traffic_becomes_a_picture_with_tracks_in_their_colors() {
    let (folder, path) = sea();
    let more = [&["--size", "640x400", "--json"][..], &BOLD].concat();
    let (output, png) = snap(&path, "map.png", &more);
    let figures = json(&output)["snap"].clone();
    let members: Vec<&String> = figures.as_object().unwrap().keys().collect();
    assert_eq!(members, ["path", "width", "height", "reports", "seconds", "renderer"]);
    assert_eq!(figures["path"], Value::from(text(&png)));
    assert_eq!((figures["width"].as_u64(), figures["height"].as_u64()), (Some(640), Some(400)));
    assert!((10_000..=20_000).contains(&figures["reports"].as_u64().unwrap()), "{figures}");
    let renderer = figures["renderer"].as_str().unwrap();
    assert!(renderer == "software" || renderer.starts_with("wgpu: "), "{renderer}");
    assert!(said(&output).contains(&format!("wrote {}: 640 x 400 pixels", png.display())));

    let picture = Picture::open(&png);
    assert_eq!(picture.size, [640, 400]);
    let n_of_tracks = picture.n_of_tracks(true);
    assert!(n_of_tracks > 1000, "{n_of_tracks} pixels");
    let hidden = [&more[..2], &BOLD, &["--set", "map.trips=false", "--set", "map.rest=false"]];
    let without = drawn(&path, "without.png", &hidden.concat());
    assert!(without.n_of_tracks(true) < n_of_tracks / 20, "{}", without.n_of_tracks(true));
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().ends_with(".part")), "{names:?}");
}

#[test]
fn the_same_input_gives_the_same_bytes_and_the_light_theme_others() {
    let (_folder, path) = sea();
    let bytes = |name: &str, more: &[&str]| {
        drawn(&path, name, more);
        fs::read(path.with_file_name(name)).unwrap()
    };
    let first = bytes("a.png", &["--size", "500x300"]);
    assert!(first == bytes("b.png", &["--size", "500x300"]), "two runs, two pictures");
    assert!(first == bytes("a.png", &["--size", "500x300"]), "a picture is replaced by its like");
    let light = drawn(&path, "light.png", &["--size", "500x300", "--light"]);
    let dark = drawn(&path, "dark.png", &["--size", "500x300"]);
    assert!(light.mean_light() > dark.mean_light() + 60.0, "{}", light.mean_light());
}

#[test]
fn without_a_graphics_driver_the_processor_draws_tracks_and_text() {
    let (_folder, path) = sea();
    let more = [&["--size", "640x400", "--software", "--json"][..], &BOLD].concat();
    let (output, png) = snap(&path, "software.png", &more);
    assert_eq!(json(&output)["snap"]["renderer"], Value::from("software"));
    let picture = Picture::open(&png);
    assert!(picture.n_of_tracks(true) > 1000, "{}", picture.n_of_tracks(true));
    // Where there is a driver, both pictures are of the same sea.
    let gpu = drawn(&path, "gpu.png", &[&["--size", "640x400"][..], &BOLD].concat());
    let difference: f64 =
        picture.rgb.iter().zip(&gpu.rgb).map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
    let mean = difference / picture.rgb.len() as f64;
    assert!(mean < 12.0, "a mean difference of {mean} of 255");
}

#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_any_driver_says_so_and_draws() {
    let (_folder, path) = sea();
    let png = path.with_file_name("map.png");
    let output = Command::new(env!("CARGO_BIN_EXE_fairway"))
        .args(["snap", text(&path), "-o", text(&png), "--size", "300x200", "--json"])
        .env("WGPU_BACKEND", "dx12") // There is none here.
        .output()
        .unwrap();
    assert_eq!(json(&output)["snap"]["renderer"], Value::from("software"));
    let said = said(&output);
    assert!(said.contains("no graphics driver") && said.contains("simplified"), "{said}");
    assert_eq!(Picture::open(&png).size, [300, 200]);
}

#[test]
fn a_picture_of_the_demo_says_that_its_traffic_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let png = folder.path().join("demo.png");
    let hidden = ["trips", "rest", "graticule"].map(|layer| format!("map.{layer}=false"));
    let sets = hidden.iter().flat_map(|setting| ["--set", setting]);
    let arguments = ["snap", "--demo", "-o", text(&png), "--size", "500x300", "--software"];
    let output = fairway(&arguments.into_iter().chain(sets).collect::<Vec<_>>());
    assert!(output.status.success(), "{}", said(&output));
    let picture = Picture::open(&png);
    // The words stand at the bottom in the middle, between scale bar and attribution.
    let places = (275..295).flat_map(|y| (170..330).map(move |x| y * 500 + x));
    let inked = places.filter(|n| picture.pixel(*n)[1] > 120).count();
    assert!(inked > 200, "{inked}");
}

#[test]
fn a_project_is_drawn_as_it_was_left() {
    let (_folder, path) = sea();
    let settings = ["map.color_by=speed", "map.zoom=9", "map.lon=3.2", "map.lat=54.1"];
    let flags: Vec<&str> = settings.iter().flat_map(|setting| ["--set", *setting]).collect();
    let by_flags = drawn(&path, "flags.png", &[&["--size", "400x300"], &flags[..]].concat());
    let mut session = Session::default();
    session.sources.add(fairway::flow::session::sources_of(std::slice::from_ref(&path)));
    settings.iter().for_each(|setting| session.set(setting).unwrap());
    let project = path.with_file_name("a.fairway");
    project::save(&session, &project).unwrap();
    let by_project = drawn(&project, "project.png", &["--size", "400x300"]);
    assert!(by_flags.rgb == by_project.rgb);
    let fitted = drawn(&path, "fitted.png", &["--size", "400x300"]);
    assert!(by_flags.rgb != fitted.rgb);
}

#[test]
fn wrong_arguments_end_with_two_and_say_what_is_expected() {
    let (_folder, path) = sea();
    let path = text(&path);
    for (arguments, part) in [
        (vec![path, "-o", "x.png", "--size", "100x800"], "each between 200 and 8192 pixels"),
        (vec![path, "-o", "x.png", "--size", "big"], "--size is big; it must be WIDTHxHEIGHT"),
        (vec![path, "-o", "x.png", "--size", "800x9000"], "--size is 800x9000"),
        (vec![path, "-o", "x.jpg"], "pictures are written as PNG, not as jpg"),
        (vec![path], "--out <FILE.png>"),
        (vec![path, "-o", "x.png", "--set", "map.colour_by=speed"], "did you mean map.color_by?"),
        (vec![path, "-o", "x.png", "--set", "map.opacity=7"], "it must lie between"),
        (vec![path, "-o", "x.png", "--demo"], "cannot be used with"),
        (vec!["-o", "x.png"], "nothing to draw"),
    ] {
        let output = fairway(&[&["snap"], &arguments[..]].concat());
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(part), "{arguments:?}: {said}");
    }
    assert!(!Path::new("x.png").exists() && !Path::new("x.jpg").exists());
}

#[test]
fn what_cannot_be_read_or_written_ends_with_one_and_is_named() {
    let (folder, path) = sea();
    let empty = folder.path().join("empty.csv");
    fs::write(&empty, "").unwrap();
    let head = folder.path().join("head.csv");
    fs::write(&head, "mmsi,time,lat,lon,sog,cog\n").unwrap();
    let target = folder.path().join("x.png");
    for (input, out, part) in [
        (text(&path), "/no/such/folder/x.png", "/no/such/folder/x.png cannot be written"),
        ("/no/such/file.csv", text(&target), "file.csv"),
        (text(&empty), text(&target), "empty.csv"),
        (text(&head), text(&target), "head.csv"),
    ] {
        let output = fairway(&["snap", input, "-o", out]);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(1), "{input}: {text}");
        assert!(text.contains(part), "{input}: {text}");
        assert!(!Path::new(out).exists());
        let run = fairway(&["run", input]);
        let is_of_input = input != path.to_str().unwrap();
        assert!(!is_of_input || said(&run) == text, "run says it in the same words");
    }
    let full = fairway(&["snap", text(&path), "-o", "/dev/full", "--size", "200x200"]);
    if cfg!(target_os = "linux") {
        assert_eq!(full.status.code(), Some(1));
        assert!(said(&full).contains("/dev/full cannot be written: No space left"));
    }
}

#[test]
fn one_report_is_a_dot_in_the_middle() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.csv");
    fs::write(
        &path,
        "mmsi,time,lat,lon,sog,cog\n219000001,2024-01-01T00:00:00,30.0,-40.0,12.0,90.0\n",
    )
    .unwrap();
    let more = ["--size", "300x300", "--set", "map.graticule=false", "--set", "map.opacity=1"];
    let (output, png) = snap(&path, "one.png", &[&more[..], &["--json"]].concat());
    assert_eq!(json(&output)["snap"]["reports"], Value::from(1));
    let picture = Picture::open(&png);
    let (middle, sea) = (picture.pixel(150 * 300 + 150), picture.pixel(100 * 300 + 100));
    let has_driver = output.stdout.windows(4).any(|bytes| bytes == b"wgpu");
    if has_driver {
        assert_ne!(middle, sea, "the graphics driver draws single reports");
    }
}

#[test]
fn santa_barbara_fills_a_picture() {
    let test = "santa_barbara_fills_a_picture";
    let Some(path) = data(test, "tracks/santa_barbara_2018_06_01_05.csv.zst") else { return };
    let folder = tempfile::tempdir().unwrap();
    let png = folder.path().join("map.png");
    let output = fairway(&["snap", text(&path), "-o", text(&png)]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(Picture::open(&png).size, [1280, 800]);
    let bytes = fs::metadata(&png).unwrap().len();
    assert!(bytes > 30_000, "{bytes} bytes");
}

/// Without a session, drivers would complain of its folder in every line.
#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_a_session_is_no_reason_to_complain() {
    let (folder, sea) = sea();
    let png = folder.path().join("map.png");
    let said = Command::new(env!("CARGO_BIN_EXE_fairway"))
        .args(["snap", text(&sea), "-o", text(&png)])
        .args(["--size", "240x200"])
        .env_remove("XDG_RUNTIME_DIR")
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(!words.contains("XDG_RUNTIME_DIR"), "{words}");
    assert!(said.status.success() && png.exists(), "{words}");
}
