//! Holds `src/` to the layer rule that `src/lib.rs` states.

use std::fs;
use std::path::{Path, PathBuf};

/// Each layer, and the layers it may import besides itself. Reads from the ground up; those that
/// are not built yet stand here already, so that they find their place.
const LAYERS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("ais", &["base"]),
    ("io", &["base", "ais"]),
    ("synth", &["base", "ais"]),
    ("learn", &["base"]),
    ("compress", &["base", "ais"]),
    ("prep", &["base", "ais", "compress"]),
    ("distance", &["base", "ais"]),
    ("cluster", &["base", "ais", "distance", "learn"]),
    ("predict", &["base", "ais", "cluster", "learn"]),
    ("associate", &["base", "ais", "learn"]),
    ("watch", &["base", "ais", "prep", "cluster"]),
    ("destination", &["base", "ais", "cluster", "learn"]),
    (
        "flow",
        &[
            "base",
            "ais",
            "io",
            "synth",
            "learn",
            "prep",
            "compress",
            "distance",
            "cluster",
            "predict",
            "associate",
            "watch",
            "destination",
        ],
    ),
    (
        "ui",
        &[
            "base",
            "ais",
            "learn",
            "prep",
            "compress",
            "distance",
            "cluster",
            "predict",
            "associate",
            "watch",
            "destination",
            "flow",
        ],
    ),
    (
        "cli",
        &[
            "base",
            "ais",
            "synth",
            "learn",
            "prep",
            "compress",
            "distance",
            "cluster",
            "predict",
            "associate",
            "watch",
            "destination",
            "flow",
            "ui",
        ],
    ),
];

/// Outside crates that stay in one layer, so that the rest can be read, tested and kept without
/// them.
const TENANTS: &[(&str, &str)] = &[
    ("polars", "io"),
    ("flate2", "io"),
    ("png", "io"),
    ("burn", "learn"),
    ("faer", "base"),
    ("egui", "ui"),
    ("egui_extras", "ui"),
    ("eframe", "ui"),
    ("egui_plot", "ui"),
    ("walkers", "ui"),
    ("rfd", "ui"),
    ("wgpu", "ui"),
    ("pollster", "ui"),
    ("clap", "cli"),
];

/// What a layer may not do though no crate of ours stands behind it: work with files belongs to
/// jobs, and a window that waits for a disk is frozen.
const FORBIDDEN: &[(&str, &str)] = &[("ui", "std::fs")];

#[test]
fn layers_import_only_what_lies_below() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = rust_files(&root);
    assert!(files.len() > 50, "the sources are where they were: {}", root.display());
    let faults: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let place = file.strip_prefix(&root).expect("it lies there");
            faults(place, &fs::read_to_string(file).expect("a source file is readable"))
        })
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_way_to_break_the_rule_is_seen() {
    for (file, source, part) in [
        ("prep/a.rs", "use crate::io::Reading;", "prep may not import io"),
        ("prep/a.rs", "    let x = crate::io::expand(&[]);", "prep may not import io"),
        ("prep/a.rs", "use crate::{ais::Fleet, io::Reading};", "prep may not import io"),
        (
            "prep/a.rs",
            "use crate::{\n    ais::{Fleet, Trip},\n    flow::{Desk, Key},\n};",
            "prep may not import flow",
        ),
        ("prep/a.rs", "use crate::{ais, synth};", "prep may not import synth"),
        ("cli/mod.rs", "use crate::io;", "cli may not import io"),
        ("flow/a.rs", "use polars::prelude::*;", "polars stays in io"),
        ("flow/a.rs", "fn f() -> polars::prelude::DataFrame {", "polars stays in io"),
        ("prep/a.rs", "use egui as e;", "egui stays in ui"),
        ("ui/a.rs", "let text = std::fs::read_to_string(path);", "ui may not use std::fs"),
        ("ui/a.rs", "use std::{fs, path::Path};", "ui may not use std::fs"),
        ("tools/a.rs", "", "tools is not a layer"),
    ] {
        let found = faults(Path::new(file), source);
        assert!(found.iter().any(|fault| fault.contains(part)), "{file}: {source}: {found:?}");
    }
    for (file, source) in [
        (
            "prep/a.rs",
            "//! See [`crate::io`], and polars::prelude.\n/// Not egui::Ui.\nuse crate::{ais::Fleet, base::geo};",
        ),
        ("prep/a.rs", "let x = 1; // as crate::io::read does"),
        ("flow/a.rs", "let x = my_polars::f(); let egui_like = 1;"),
        ("main.rs", "use crate::cli; use crate::ui;"),
    ] {
        assert_eq!(faults(Path::new(file), source), Vec::<String>::new(), "{source}");
    }
}

/// Every import in `source`, the text of `file` below `src/`, that the tables above do not allow.
fn faults(file: &Path, source: &str) -> Vec<String> {
    let layer = file.iter().next().and_then(|part| part.to_str()).unwrap_or_default();
    if file.iter().count() == 1 {
        return Vec::new(); // `main.rs` and `lib.rs` tie the layers together.
    }
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
        return vec![format!(
            "{layer} is not a layer: add it to the table, with its reason, or move it"
        )];
    };
    let code: Vec<&str> =
        source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let code = code.join("\n");
    let mut faults = Vec::new();
    for (at, other) in members(&code, "crate") {
        let is_layer = LAYERS.iter().any(|(name, _)| *name == other);
        if is_layer && other != layer && !allowed.contains(&other.as_str()) {
            faults.push(format!(
                "{}:{}: {layer} may not import {other}",
                file.display(),
                line_of(&code, at)
            ));
        }
    }
    for (tenant, home) in TENANTS.iter().filter(|(_, home)| *home != layer) {
        for (at, after) in words(&code, tenant) {
            let is_path = after.starts_with("::");
            let is_use = code[..at].trim_end().ends_with("use");
            if is_path || is_use {
                faults.push(format!(
                    "{}:{}: {tenant} stays in {home}",
                    file.display(),
                    line_of(&code, at)
                ));
            }
        }
    }
    for (_, path) in FORBIDDEN.iter().filter(|(whose, _)| *whose == layer) {
        let (top, name) = path.split_once("::").expect("a path of two");
        for (at, _) in members(&code, top).into_iter().filter(|(_, found)| found == name) {
            faults.push(format!(
                "{}:{}: {layer} may not use {path}",
                file.display(),
                line_of(&code, at)
            ));
        }
    }
    faults
}

/// Names right below `top` in paths: `io` of `crate::io::read`, `io` and `ais` of
/// `crate::{ais::Fleet, io}`; each with its place.
fn members(code: &str, top: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, after) in words(code, top) {
        let Some(path) = after.strip_prefix("::") else { continue };
        let start = at + top.len() + 2;
        let Some(group) = path.strip_prefix('{') else {
            found.push((start, name_at(path)));
            continue;
        };
        let mut depth = 1;
        let mut begins = true;
        for (offset, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => begins = true,
                c if depth == 1 && begins && !c.is_whitespace() => {
                    found.push((start + 1 + offset, name_at(&group[offset..])));
                    begins = false;
                }
                _ => (),
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

/// Every place where `word` stands as a whole word, with what follows it.
fn words<'a>(code: &'a str, word: &str) -> Vec<(usize, &'a str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .map(|(at, _)| (at, &code[at + word.len()..]))
        .filter(|(at, after)| !code[..*at].ends_with(is_part) && !after.starts_with(is_part))
        .collect()
}

fn name_at(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("src is readable");
    let paths = entries.map(|entry| entry.expect("an entry is readable").path());
    let mut files: Vec<PathBuf> = paths
        .flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .collect();
    files.sort();
    files
}
