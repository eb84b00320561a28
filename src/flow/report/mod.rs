//! A report of the analysis: what was found, on what, how, and how far it can be relied on.
//!
//! [`Report::of`] gathers it from the desk, [`Report::html`] writes it as one page that refers to
//! nothing outside and prints well, and [`Report::files`] writes every figure and table by itself.
//! Pictures of the map are the window's business: they are given to it.

mod files;
mod html;
mod known;
mod map;
mod table;
mod traffic;
mod warnings;
mod watch;

use std::path::PathBuf;

use serde_json::{Map, Value};

pub use files::Paint;
pub use html::base64;
pub use known::retention_chart;
pub use map::Sheet;
pub use table::{Cell, TOP_ROWS, Table};
pub use traffic::distributions;
pub use warnings::warnings;
pub use watch::lateral;

use super::desk::Desk;
use super::session::Session;
use super::tray::{Shelf, State};
use crate::base::chart::{Chart, Scene};
use crate::base::job::{Job, Stopped};
use crate::base::params::Entry;
use crate::base::time::utc_text;

/// What is in a report, besides the results.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Its title; a plain one where it is empty.
    pub title: String,
    /// When it is made, UTC milliseconds.
    pub made_ms: i64,
    /// The project's file, if there is one.
    pub project: Option<PathBuf>,
    /// What is not in it, and why: a sentence each.
    pub left_out: Vec<String>,
}

/// A picture, as a PNG file.
#[derive(Clone, PartialEq, Debug)]
pub struct Picture {
    /// The part of the report that it belongs to: a stage's name.
    pub part: &'static str,
    /// What it shows.
    pub caption: String,
    /// Width and height, pixels.
    pub size_px: [u32; 2],
    /// The file's bytes.
    pub png: Vec<u8>,
}

/// A report.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// Its title.
    pub title: String,
    /// When it was made, what was looked at: a line each.
    pub lead: Vec<String>,
    /// What to mind: a sentence each.
    pub warnings: Vec<String>,
    /// Its parts.
    pub sections: Vec<Section>,
    /// What has files but no place on the page: drawings that a picture stands for.
    pub aside: Vec<Block>,
}

/// A part of a report.
#[derive(Clone, PartialEq, Debug)]
pub struct Section {
    /// By what links find it: a stage's name, or a plain word.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What is in it.
    pub blocks: Vec<Block>,
}

/// A piece of a part.
#[derive(Clone, PartialEq, Debug)]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// Names and values.
    Figures(Vec<(String, Cell)>),
    /// A table.
    Table(Table),
    /// A plot with its file's stem.
    Chart(String, Box<Chart>),
    /// A drawing of a map with its file's stem and caption.
    Drawing(String, String, Scene),
    /// A picture.
    Picture(Picture),
}

/// Stages that only serve others: their parameters and keys are told, but they have no part.
const SERVING: [&str; 14] = [
    "repair",
    "significance",
    "pairs",
    "distances",
    "tree",
    "optics",
    "spectrum",
    "watched",
    "windows",
    "path",
    "deep-embed",
    "deep-plane",
    "associate",
    "predict",
];

/// The group of parameters that a stage is set by.
fn group_of(stage: &str) -> &str {
    match stage {
        "ingest" => "sources",
        "repair" | "significance" | "compress" | "retention" => "compress",
        "pairs" | "distances" => "distances",
        "tree" | "optics" | "spectrum" | "clusters" | "indices" => "clusters",
        "deep-embed" | "deep-groups" | "deep-plane" | "dec-study" => "deep",
        "windows" | "predict-fit" | "predict-scores" | "predict" => "predict",
        "associate" | "associate-study" => "associate",
        "destinations" | "voyages" => "voyages",
        "nests" | "route-graph" | "destination-fit" | "destination-scores" => "destination",
        "forecasts" | "forecast" => "forecast",
        "eta-fit" | "eta-scores" => "eta",
        stage => stage,
    }
}

impl Report {
    /// Gathers what the desk shows. `pictures` go to the parts that they name.
    ///
    /// # Errors
    ///
    /// Only [`Stopped::Cancelled`]: of what is not there the report says so.
    pub fn of(
        desk: &Desk,
        session: &Session,
        about: &About,
        pictures: Vec<Picture>,
        job: &Job,
    ) -> Result<Report, Stopped> {
        let title = if about.title.is_empty() { "Traffic report" } else { &about.title };
        let mut report = Report {
            title: title.to_owned(),
            lead: vec![format!(
                "Made {} UTC by Fairway {}",
                utc_text(about.made_ms),
                env!("CARGO_PKG_VERSION")
            )],
            warnings: Vec::new(),
            sections: Vec::new(),
            aside: Vec::new(),
        };
        if let Some(project) = &about.project {
            report.lead.push(format!("Project {}", project.display()));
        }
        if desk.ingest.shown().is_none() {
            report.lead.push("There is nothing in this project: no file was read.".into());
            report.warnings.clone_from(&about.left_out);
            return Ok(report);
        }
        report.lead.extend(traffic::summary(desk));
        report.warnings = warnings(desk);
        report.warnings.extend(about.left_out.iter().cloned());
        let is_shown = |shelf: &&dyn Shelf| shelf.figures().is_some();
        for shelf in desk.shelves().into_iter().filter(is_shown) {
            job.go_on()?;
            if shelf.state() == State::Stale {
                report.warnings.push(format!(
                    "{}: the parameters have changed since this result was made.",
                    shelf.title()
                ));
            }
            if SERVING.contains(&shelf.name()) {
                continue;
            }
            let figures = shelf.figures().unwrap_or_default();
            let mine = pictures.iter().filter(|picture| picture.part == shelf.name());
            let mut blocks: Vec<Block> = mine.cloned().map(Block::Picture).collect();
            let has_pictures = !blocks.is_empty();
            let is_stood_for = |block: &Block| has_pictures && matches!(block, Block::Drawing(..));
            let (aside, rest): (Vec<Block>, Vec<Block>) =
                part(shelf, &figures, desk, session).into_iter().partition(is_stood_for);
            blocks.extend(rest);
            report.aside.extend(aside);
            let (id, title) = (shelf.name().to_owned(), title_of(shelf));
            report.sections.push(Section { id, title, blocks });
        }
        report.sections.push(parameters(desk, session));
        report.sections.push(provenance(desk, session, job)?);
        Ok(report)
    }

    /// All charts with their names, in order.
    pub fn charts(&self) -> impl Iterator<Item = (&str, &Chart)> {
        self.blocks().filter_map(|block| match block {
            Block::Chart(name, chart) => Some((name.as_str(), chart.as_ref())),
            _ => None,
        })
    }

    /// All tables, in order.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.blocks().filter_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        })
    }

    fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.sections.iter().flat_map(|section| &section.blocks).chain(&self.aside)
    }
}

/// What a part is called: as in the window, but for what the window need not say.
fn title_of(shelf: &dyn Shelf) -> String {
    match shelf.name() {
        "ingest" => "Data".into(),
        "filter" => "Trips looked at".into(),
        "indices" => "How good the clusters are".into(),
        _ => shelf.title().to_owned(),
    }
}

/// What there is to say of a stage: figures and lists of any, and more of those that are known.
fn part(
    shelf: &dyn Shelf,
    figures: &Map<String, Value>,
    desk: &Desk,
    session: &Session,
) -> Vec<Block> {
    let mut blocks = vec![Block::Figures(table::figures_in(figures))];
    let known = known::blocks(shelf.name(), figures, desk, session);
    if !known.replaces_lists {
        let tables = table::tables_in(shelf.name(), figures);
        blocks.extend(tables.into_iter().map(Block::Table));
    }
    blocks.extend(known.blocks);
    blocks
}

/// The parameters of every group whose stages have run.
fn parameters(desk: &Desk, session: &Session) -> Section {
    let ran = desk.shelves().into_iter().filter(|shelf| shelf.figures().is_some());
    let mut groups: Vec<&str> = ran.map(|shelf| group_of(shelf.name())).collect();
    groups.extend(["synth", "world"]);
    let (now, usual) = (session.clone().manual(), Session::default().manual());
    let as_set = session.as_set().manual();
    let mut blocks =
        vec![Block::Text("A parameter that was set is marked, and its default is named.".into())];
    for (group, entries) in now.into_iter().filter(|(group, _)| groups.contains(group)) {
        let value_in = |manual: &[(&'static str, Vec<Entry>)], name: &str| {
            let (_, entries) = manual.iter().find(|(of, _)| *of == group)?;
            Some(entries.iter().find(|entry| entry.name == name)?.value.clone())
        };
        let rows = entries.into_iter().map(|entry| {
            let usual = value_in(&usual, entry.name);
            let set = value_in(&as_set, entry.name);
            let changed = match usual {
                Some(usual) if Some(&usual) != set.as_ref() => match usual.as_str() {
                    Some("") => Cell::text("empty"),
                    _ => Cell::Text(parameter_text(&usual)),
                },
                _ => Cell::Nothing,
            };
            let is_chosen = set.is_some_and(|set| set != entry.value);
            let name = format!("{group}.{}", entry.name);
            let chosen = if is_chosen { " (chosen by the results)" } else { "" };
            let value = Cell::text(format!("{}{chosen}", parameter_text(&entry.value)));
            vec![Cell::Text(name), value, Cell::text(entry.unit), changed, Cell::text(entry.help)]
        });
        let columns = ["Parameter", "Value", "Unit", "Default, where it differs", "Meaning"];
        let name = format!("parameters.{group}");
        blocks.push(Block::Table(Table::new(name, group, &columns, rows.collect()).whole()));
    }
    Section { id: "parameters".into(), title: "Parameters".into(), blocks }
}

fn parameter_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        // Of a whole number no decimals.
        Value::Number(number) => {
            number.as_f64().map_or_else(|| number.to_string(), |number| number.to_string())
        }
        other => other.to_string(),
    }
}

/// What was read, with sizes and hashes, and the name of every result.
fn provenance(desk: &Desk, session: &Session, job: &Job) -> Result<Section, Stopped> {
    use rayon::prelude::*;
    let files: Vec<Vec<Cell>> = session
        .sources
        .files
        .par_iter()
        .map(|file| {
            job.go_on()?;
            let hash = super::run_file::sha256(&file.path);
            let hash = hash.as_str().unwrap_or("cannot be read any more").to_owned();
            let path = Cell::text(file.path.display().to_string());
            Ok(vec![path, Cell::Count(file.bytes), Cell::Text(hash)])
        })
        .collect::<Result<_, Stopped>>()?;
    let mut blocks = vec![Block::Text(format!(
        "Made by Fairway {}. A result's key is a hash of the stage, its parameters and the keys of what it was made from: equal keys, equal results.",
        env!("CARGO_PKG_VERSION")
    ))];
    if !files.is_empty() {
        let columns = ["File", "Bytes", "SHA-256"];
        let table = Table::new("provenance.files", "Files that were read", &columns, files);
        blocks.push(Block::Table(table.whole()));
    }
    let keys = desk.shelves().into_iter().filter_map(|shelf| {
        let figures = shelf.figures()?;
        let key = Cell::of(&figures["key"]);
        let seconds = figures["seconds"].as_f64().unwrap_or(f64::NAN);
        Some(vec![Cell::text(shelf.name()), key, Cell::number(seconds, 2)])
    });
    let columns = ["Stage", "Key", "Seconds"];
    let table = Table::new("provenance.stages", "Results", &columns, keys.collect());
    blocks.push(Block::Table(table.whole()));
    let mut seeds = Vec::new();
    for (group, entries) in session.clone().manual() {
        for entry in entries.iter().filter(|entry| entry.name.contains("seed")) {
            let name = Cell::Text(format!("{group}.{}", entry.name));
            seeds.push(vec![name, Cell::of(&entry.value)]);
        }
    }
    if !seeds.is_empty() {
        let table = Table::new("provenance.seeds", "Seeds", &["Parameter", "Seed"], seeds);
        blocks.push(Block::Table(table.whole()));
    }
    Ok(Section { id: "provenance".into(), title: "Provenance".into(), blocks })
}
