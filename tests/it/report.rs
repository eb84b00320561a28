//! `fairway report` as a user types it: a page that is whole, and files that say the same.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use egui_kittest::kittest::Queryable as _;
use fairway::flow::tray::{Shelf as _, State};
use fairway::flow::{Session, project};
use fairway::ui::command::Command;
use serde_json::Value;
use tempfile::TempDir;

use crate::ground::{fairway, json, said};
use crate::window::{Window, opened, until_seen};

/// An element of a page: its name, its attributes, and all text within it.
#[derive(Clone, Debug, Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
}

/// Reads a page, or KML, as XML: every element is closed in its turn, every attribute is quoted, every
/// ampersand begins an entity. Gives all elements, parents after their children.
fn elements(page: &str) -> Vec<Element> {
    let mut rest = page.trim();
    for head in ["<!DOCTYPE html>", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"] {
        rest = rest.strip_prefix(head).unwrap_or(rest).trim_start();
    }
    let (mut open, mut done): (Vec<Element>, Vec<Element>) = (Vec::new(), Vec::new());
    while !rest.is_empty() {
        let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        for element in &mut open {
            element.text.push_str(&plain(text));
        }
        assert!(!open.is_empty() || text.trim().is_empty(), "text outside of all: {text}");
        if after.is_empty() {
            break;
        }
        let (tag, after) = after.split_at(after.find('>').expect("a tag ends") + 1);
        rest = after;
        let inside = tag.trim_start_matches('<').trim_end_matches('>');
        if let Some(name) = inside.strip_prefix('/') {
            let element = open.pop().unwrap_or_else(|| panic!("{name} closes nothing"));
            assert_eq!(element.name, name, "elements close in their turn");
            done.push(element);
            continue;
        }
        let (inside, is_empty) = match inside.strip_suffix('/') {
            Some(inside) => (inside, true),
            None => (inside, false),
        };
        let (name, attributes) = inside.split_once(' ').unwrap_or((inside, ""));
        let element =
            Element { name: name.into(), attributes: read(attributes), text: String::new() };
        if is_empty { done.push(element) } else { open.push(element) }
    }
    assert!(open.is_empty(), "left open: {:?}", open.iter().map(|of| &of.name).collect::<Vec<_>>());
    done
}

fn read(mut rest: &str) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::new();
    while !rest.trim().is_empty() {
        let (name, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("not quoted: {rest}"));
        let (value, after) = after.split_once('"').expect("a quote is closed");
        assert!(!value.contains('<'), "{value}");
        attributes.insert(name.trim().to_owned(), plain(value));
        rest = after;
    }
    attributes
}

/// Text without entities.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split('&');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (entity, after) =
            part.split_once(';').unwrap_or_else(|| panic!("a bare ampersand: {part}"));
        out.push(match entity {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "#39" => '\'',
            other => panic!("an unknown entity: {other}"),
        });
        out.push_str(after);
    }
    out
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

fn sea(rows: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sea.csv");
    let output = fairway(&["synth", "--out", text(&path), "--rows", rows, "--seed", "5"]);
    assert!(output.status.success(), "{}", said(&output));
    (folder, path)
}

/// Nothing is fetched: every link leads within the page, every picture is in it.
fn refers_to_nothing_outside(page: &str, all: &[Element]) {
    for element in all {
        for (name, value) in &element.attributes {
            let is_own = match name.as_str() {
                "href" => value.starts_with('#'),
                "src" => value.starts_with("data:image/png;base64,"),
                "xmlns" => true,
                _ => !value.contains("://"),
            };
            assert!(is_own, "{} {name} is {}", element.name, &value[..value.len().min(80)]);
        }
        assert!(!matches!(element.name.as_str(), "script" | "link" | "iframe"), "{}", element.name);
    }
    assert!(!page.contains("@import") && !page.contains("url("), "a style that fetches");
}

/// The figures that stand in a part, by their names.
fn figures(page: &str, part: &str) -> BTreeMap<String, String> {
    let from = page.find(&format!("<section id=\"{part}\"")).unwrap_or_else(|| panic!("no {part}"));
    let section = &page[from..][..page[from..].find("</section>").expect("it ends")];
    let all = elements(&format!("{section}</section>"));
    let of = |name: &str| {
        all.iter().filter(|of| of.name == name).map(|of| of.text.clone()).collect::<Vec<_>>()
    };
    of("dt").into_iter().zip(of("dd")).collect()
}

#[test]
fn a_page_is_whole_fetches_nothing_and_says_what_the_stages_say() {
    let (folder, path) = sea("20000");
    let (page, out) = (folder.path().join("a.html"), folder.path().join("out"));
    let more = ["--set", "trips.gap=45"];
    let output = fairway(
        &[
            &[
                "report",
                text(&path),
                "-o",
                text(&page),
                "--out",
                text(&out),
                "--software",
                "--json",
            ][..],
            &more,
        ]
        .concat(),
    );
    let report = json(&output)["report"].clone();
    let html = fs::read_to_string(&page).unwrap();
    assert_eq!(report["bytes"].as_u64(), Some(html.len() as u64));
    let all = elements(&html);
    refers_to_nothing_outside(&html, &all);
    let is_part = |name: &str| report["sections"].as_array().unwrap().iter().any(|id| id == name);
    for part in [
        "ingest",
        "clean",
        "trips",
        "filter",
        "density",
        "clusters",
        "routes",
        "encounters",
        "oddities",
        "parameters",
        "provenance",
    ] {
        assert!(is_part(part), "{part}: {report}");
    }
    assert!(!is_part("gates") && !is_part("areas"), "nobody set any");
    assert!(all.iter().filter(|of| of.name == "img").count() >= 3, "maps");
    assert!(all.iter().filter(|of| of.name == "svg").count() >= 8, "plots");

    // Every number is the stage's own.
    let names = [
        "ingest",
        "clean",
        "trips",
        "filter",
        "density",
        "clusters",
        "routes",
        "encounters",
        "oddities",
    ];
    let wants: Vec<&str> = names.iter().flat_map(|name| ["--want", name]).collect();
    let run = fairway(&[&["run", text(&path), "--json"][..], &wants, &more].concat());
    let run = json(&run);
    let mut compared = 0;
    for name in names {
        let said = figures(&html, name);
        for (member, value) in run[name].as_object().unwrap() {
            let Some(shown) = said.get(&member.replace('_', " ")) else { continue };
            if let Some(n) = value.as_u64() {
                assert_eq!(shown.replace('\u{2009}', ""), n.to_string(), "{name} {member}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 20, "{compared} figures compared");

    // A changed parameter is marked, with its default.
    let changed: Vec<&Element> = all
        .iter()
        .filter(|of| of.attributes.get("class").is_some_and(|class| class == "changed"))
        .collect();
    assert!(changed.len() == 1 && changed[0].text.starts_with("trips.gap45min"), "{changed:?}");

    // Every figure, table and layer has its files.
    let files: Vec<PathBuf> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|path| path.as_str().unwrap().into())
        .collect();
    let ends =
        |end: &str| files.iter().filter(|path| text(path).ends_with(end)).collect::<Vec<_>>();
    for svg in ends(".svg") {
        assert!(elements(&fs::read_to_string(svg).unwrap()).iter().any(|of| of.name == "svg"));
        assert!(svg.with_extension("png").exists(), "{}", svg.display());
    }
    assert!(ends(".svg").len() >= 8 && ends(".geojson").len() >= 5, "{files:?}");
    for layer in ends(".geojson") {
        let collection: Value = serde_json::from_str(&fs::read_to_string(layer).unwrap()).unwrap();
        let kml = elements(&fs::read_to_string(layer.with_extension("kml")).unwrap());
        let n = kml.iter().filter(|of| of.name == "Placemark").count();
        assert_eq!(n, collection["features"].as_array().unwrap().len(), "{}", layer.display());
    }
    let encounters = fs::read_to_string(out.join("encounters.list.csv")).unwrap();
    assert_eq!(
        encounters.lines().count() as u64 - 1,
        run["encounters"]["encounters"].as_u64().unwrap()
    );
}

#[test]
fn hostile_names_are_text_and_gates_and_areas_have_their_parts() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = String::from("mmsi,timestamp,lat,lon,sog,cog,name\n");
    for ship in 0..6 {
        for minute in 0..60 {
            let lon = 5.0 + f64::from(minute) / 200.0;
            rows += &format!(
                "21100000{ship},2024-01-01T{:02}:{minute:02}:00Z,{:.5},{lon:.5},18.0,90.0,\"</td><script>alert({ship})</script> & \"\"co\"\"\"\n",
                2 * ship,
                50.0 + f64::from(ship) / 500.0,
            );
        }
    }
    let path = folder.path().join("a&b <x>.csv");
    fs::write(&path, rows).unwrap();
    let page = folder.path().join("a.html");
    let output = fairway(&[
        "report",
        text(&path),
        "-o",
        text(&page),
        "--software",
        "--json",
        "--title",
        "<i>Lane</i> & \"more\"",
        "--want",
        "gates",
        "--want",
        "areas",
        "--set",
        "gates.lines=<b>Gate: 5.1 49.9, 5.1 50.1",
        "--set",
        "areas.areas=<u>Box: 5.05 49.9, 5.2 49.9, 5.2 50.1, 5.05 50.1",
    ]);
    let report = json(&output)["report"].clone();
    let html = fs::read_to_string(&page).unwrap();
    let all = elements(&html);
    refers_to_nothing_outside(&html, &all);
    for name in ["script", "i", "b", "u"] {
        assert!(!all.iter().any(|of| of.name == name), "{name} came through");
    }
    assert!(all.iter().any(|of| of.name == "h1" && of.text == "<i>Lane</i> & \"more\""));
    let cell = "</td><script>alert(0)</script> & \"co\"";
    assert!(all.iter().any(|of| of.name == "td" && of.text.contains(cell)), "{report}");
    // Six ships eastward: crossing a line that leads north, from its left to its right.
    let gate = figures(&html, "gates");
    assert_eq!((gate["gates"].as_str(), gate["crossings"].as_str()), ("1", "6"));
    assert_eq!(figures(&html, "areas")["by kind: entered"], "6");
    assert!(all.iter().any(|of| of.name == "td" && of.text == "to the right"));
}

#[test]
fn an_empty_project_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.fairway");
    project::save(&Session::default(), &path).unwrap();
    let page = folder.path().join("a.html");
    let output = fairway(&["report", text(&path), "-o", text(&page), "--software"]);
    assert!(output.status.success(), "{}", said(&output));
    let html = fs::read_to_string(&page).unwrap();
    let all = elements(&html);
    assert!(all.iter().any(|of| of.text.contains("There is nothing in this project")), "{html}");
}

#[test]
fn wrong_arguments_are_told_before_anything_is_read() {
    for (arguments, part) in [
        (&["report", "-o", "a.html"][..], "nothing to report"),
        (&["report", "x.csv", "-o", "a.pdf"], "reports are written as HTML, not as pdf"),
        (&["report", "--demo", "-o", "a.html", "--want", "encountres"], "did you mean encounters?"),
    ] {
        let output = fairway(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(said(&output).contains(part), "{}", said(&output));
    }
}

/// The window on made traffic.
fn window() -> Window {
    let mut harness = opened([1400.0, 900.0], move |app| {
        app.begin(Vec::new(), true, &["synth.rows=20000".to_owned()]);
    });
    until_seen(&mut harness, "trips", |harness| {
        let app = harness.state();
        app.desk.filter.state() == State::Fresh && !app.is_busy()
    });
    harness.run_steps(4);
    harness
}

#[test]
fn the_window_writes_the_report_of_what_it_shows() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("a.html");
    let mut harness = window();
    harness.get_by_label("Report…");
    harness.state_mut().ask(Command::WriteReport(page.clone()));
    until_seen(&mut harness, "a page", |harness| {
        harness.query_all_by_label_contains("a.html: ").next().is_some()
    });
    let html = fs::read_to_string(&page).unwrap();
    let all = elements(&html);
    refers_to_nothing_outside(&html, &all);
    let trips = harness.state().desk.filter.shown().unwrap().value.chosen.kept.len();
    assert_eq!(figures(&html, "filter")["trips kept"].replace('\u{2009}', ""), trips.to_string());
    assert!(!html.contains("<section id=\"clusters\""), "nobody looked at clusters");
}

#[test]
fn a_report_that_is_stopped_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("a.html");
    let mut harness = window();
    harness.state_mut().ask(Command::WriteReport(page.clone()));
    harness.state_mut().ask(Command::CancelErrand);
    until_seen(&mut harness, "a message", |harness| {
        harness.query_all_by_label_contains("the report was cancelled").next().is_some()
    });
    assert!(!page.exists());
}
