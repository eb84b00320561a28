//! `fairway run`: settle the wanted stages, report, export.

use std::fs;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use clap::Args;
use serde_json::{Map, Value, json};

use super::Failure;
use crate::base::job::Job;
use crate::flow::desk::Wanted;
use crate::flow::session::{Session, fault_line, sources_of};
use crate::flow::stage::Pace;
use crate::flow::tray::{Shelf, State};
use crate::flow::{Desk, Jobs, project, run_file};

#[derive(Args, Debug)]
pub struct RunArguments {
    /// AIS files, folders, or a project (.fairway).
    inputs: Vec<PathBuf>,
    /// Made traffic in place of inputs: a sea of some routes (synth.…), or voyages between the ports of
    /// the world (world.…).
    #[arg(long, value_name = "sea|world", value_parser = ["sea", "world"])]
    demo: Option<String>,
    /// A stage whose result is wanted; may be repeated. Those it needs run by themselves.
    #[arg(long = "want", value_name = "STAGE")]
    want: Vec<String>,
    /// Set a parameter: stage.field=value. `fairway describe` lists them.
    #[arg(long = "set", value_name = "STAGE.FIELD=VALUE")]
    set: Vec<String>,
    /// Write each wanted stage's result into this folder, with run.json beside.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let mut session = session_of(&arguments.inputs)?;
    match arguments.demo.as_deref() {
        Some(_) if !arguments.inputs.is_empty() => {
            return Err(Failure::Usage("--demo makes traffic; name no inputs with it".into()));
        }
        Some("world") => session.sources.make_world(),
        Some(_) => session.sources.make_demo(),
        None => (),
    }
    for setting in &arguments.set {
        session.set(setting).map_err(Failure::Usage)?;
    }
    let is_set = |stage: &str| {
        let stages = arguments.set.iter().filter_map(|setting| setting.trim().split_once('.'));
        stages.map(|(stage, _)| stage).any(|set| set == stage)
    };
    // Told before any file is read, and of what was set here only: a project may await mending.
    let faults = session.faults().into_iter().filter(|(stage, _)| is_set(stage));
    let faults: Vec<String> = faults.map(|(stage, fault)| format!("{stage}: {fault}")).collect();
    if !faults.is_empty() {
        return Err(Failure::Usage(faults.join("\n")));
    }
    let mut desk = Desk::default();
    let names =
        if arguments.want.is_empty() { vec!["trips".to_owned()] } else { arguments.want.clone() };
    let wanted = desk
        .wanted(&names.iter().map(String::as_str).collect::<Vec<_>>(), &session)
        .map_err(|name| no_such_stage(&name, &desk))?;
    if session.sources.is_empty() && wanted.has("ingest") {
        return Err(Failure::Usage(
            "nothing to read: name AIS files, a folder or a project".into(),
        ));
    }
    let stop = stop_on_ctrl_c();
    settle(&mut desk, &session, &wanted, &stop)?;
    desk.follow_choice(&mut session);
    let shelves: Vec<&dyn Shelf> =
        desk.shelves().into_iter().filter(|shelf| wanted.has(shelf.name())).collect();
    say_faults(&desk);
    let mut figures = Map::new();
    for shelf in &shelves {
        figures.insert(shelf.name().into(), shelf.figures().map_or(Value::Null, Value::Object));
    }
    if let Some(folder) = &arguments.out {
        let chosen: Vec<&dyn Shelf> = shelves
            .iter()
            .copied()
            .filter(|shelf| names.iter().any(|name| name == shelf.name()))
            .collect();
        export(&chosen, &mut session, &figures, folder, &stop).map_err(Failure::Run)?;
    }
    let text =
        if arguments.json { format!("{}\n", Value::Object(figures)) } else { readable(&shelves) };
    // A closed pipe is the reader's choice, not a fault.
    std::io::stdout().write_all(text.as_bytes()).ok();
    Ok(())
}

/// A session of the inputs: a project, or files.
pub fn session_of(inputs: &[PathBuf]) -> Result<Session, Failure> {
    let mut session = Session::default();
    let (projects, files): (Vec<PathBuf>, Vec<PathBuf>) =
        inputs.iter().cloned().partition(|path| project::is_project(path));
    if projects.len() > 1 {
        return Err(Failure::Usage("one project at a time".into()));
    }
    for path in projects {
        session = project::open(&path)
            .map_err(|error| Failure::Run(error.to_string().replace('\n', ": ")))?;
    }
    if !files.is_empty() {
        let found = sources_of(&files);
        if found.is_empty() {
            return Err(Failure::Run(format!("no AIS files in {}", files[0].display())));
        }
        session.sources.add(found);
    }
    Ok(session)
}

/// What Ctrl-C cancels.
pub fn stop_on_ctrl_c() -> Job {
    let stop = Job::default();
    let on_ctrl_c = stop.clone();
    // A second handler in one process is refused; tests call this in threads.
    ctrlc::set_handler(move || on_ctrl_c.cancel()).ok();
    stop
}

/// Names the files that could not be read, on standard error.
pub fn say_faults(desk: &Desk) {
    for line in desk.ingest.shown().into_iter().flat_map(|shown| &shown.value.files) {
        if line.fault.is_some() {
            eprintln!("fairway: {}", fault_line(line));
        }
    }
}

/// A stage that there is none of, with the nearest name.
pub fn no_such_stage(name: &str, desk: &Desk) -> Failure {
    let names: Vec<&str> = desk.shelves().iter().map(|shelf| shelf.name()).collect();
    let near = crate::base::text::nearest(name, names.iter().copied()).unwrap_or_default();
    Failure::Usage(format!("there is no stage {name}; did you mean {near}? ({})", names.join(", ")))
}

/// Keeps the desk going until every wanted stage has its result, or one cannot have it.
pub fn settle(
    desk: &mut Desk,
    session: &Session,
    wanted: &Wanted,
    stop: &Job,
) -> Result<(), Failure> {
    let (sender, woken) = channel();
    let jobs = Jobs::Threads {
        wake: Arc::new(move || {
            sender.send(()).ok();
        }),
    };
    let is_terminal = std::io::stderr().is_terminal();
    loop {
        desk.update(session, &jobs, wanted);
        // Whoever names a stage on the command line has asked for it.
        let waits = |shelf: &&mut dyn Shelf| {
            let is_asked = shelf.pace() == Pace::OnRequest && wanted.has(shelf.name());
            is_asked && matches!(shelf.state(), State::Waiting | State::Stale)
        };
        desk.shelves_mut().into_iter().filter(waits).for_each(Shelf::request);
        if stop.go_on().is_err() {
            desk.shelves_mut().into_iter().for_each(Shelf::cancel);
            return Err(Failure::Run("cancelled".into()));
        }
        let shelves: Vec<&dyn Shelf> =
            desk.shelves().into_iter().filter(|shelf| wanted.has(shelf.name())).collect();
        if let Some(failed) = shelves.iter().find(|shelf| shelf.state() == State::Fault) {
            let faults: Vec<String> =
                failed.faults().iter().map(|fault| format!("{}: {fault}", failed.name())).collect();
            return Err(Failure::Run(faults.join("\n")));
        }
        if shelves.iter().all(|shelf| shelf.state() == State::Fresh) {
            if is_terminal {
                eprint!("\r\x1b[K");
            }
            return Ok(());
        }
        if is_terminal {
            progress(&shelves);
        }
        match woken.recv_timeout(Duration::from_millis(100)) {
            Ok(()) | Err(RecvTimeoutError::Timeout) => (),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Failure::Run("the work ended without a result".into()));
            }
        }
    }
}

fn progress(shelves: &[&dyn Shelf]) {
    for shelf in shelves {
        if let Some((done, total, elapsed)) = shelf.progress() {
            let share = if total > 0 { 100.0 * done as f64 / total as f64 } else { 0.0 };
            eprint!(
                "\r\x1b[K{} {:.0} %, {:.1} s",
                shelf.title(),
                share.min(100.0),
                elapsed.as_secs_f64()
            );
        }
    }
}

fn export(
    shelves: &[&dyn Shelf],
    session: &mut Session,
    figures: &Map<String, Value>,
    folder: &Path,
    stop: &Job,
) -> Result<(), String> {
    fs::create_dir_all(folder)
        .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    for shelf in shelves {
        for path in shelf.export(folder, stop)? {
            eprintln!("wrote {}", path.display());
        }
    }
    let path = folder.join("run.json");
    run_file::write(session, figures, &path)?;
    eprintln!("wrote {}", path.display());
    Ok(())
}

/// The figures for people: a stage a block, a figure a line.
fn readable(shelves: &[&dyn Shelf]) -> String {
    let mut text = String::new();
    for shelf in shelves {
        text.push_str(&format!("{} ({})\n", shelf.title(), shelf.name()));
        for (name, value) in shelf.figures().unwrap_or_default() {
            if matches!(name.as_str(), "key" | "files") {
                continue;
            }
            let value = match &value {
                Value::Number(n) if n.is_u64() => {
                    crate::base::text::grouped(n.as_u64().unwrap_or_default())
                }
                Value::Number(n) => format!("{:.3}", n.as_f64().unwrap_or_default()),
                Value::String(text) => text.clone(),
                Value::Object(members) => members
                    .iter()
                    .map(|(name, n)| format!("{name} {n}"))
                    .collect::<Vec<_>>()
                    .join(", "),
                Value::Array(rows) if !rows.is_empty() && rows.iter().all(Value::is_object) => {
                    rows.iter().filter_map(Value::as_object).map(row_line).collect()
                }
                other => json!(other).to_string(),
            };
            text.push_str(&format!("  {name:<18} {value}\n"));
        }
    }
    text
}

/// A row of a table in a line of its own: its members, numbers with four decimals at most.
fn row_line(row: &Map<String, Value>) -> String {
    let member = |(name, value): (&String, &Value)| match value {
        Value::Number(n) if !n.is_u64() => {
            format!("{name} {:.4}", n.as_f64().unwrap_or_default())
        }
        Value::String(text) => format!("{name} {text}"),
        other => format!("{name} {other}"),
    };
    format!("\n    {}", row.iter().map(member).collect::<Vec<_>>().join(", "))
}
