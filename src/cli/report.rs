//! `fairway report`: the analysis as one page, and every figure of it as a file.

use std::path::PathBuf;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use clap::Args;
use serde_json::json;

use super::Failure;
use super::run::{no_such_stage, say_faults, session_of, settle, stop_on_ctrl_c};
use crate::base::job::{Job, Stopped};
use crate::base::text::grouped;
use crate::flow::desk::Wanted;
use crate::flow::report::About;
use crate::flow::tray::Shelf;
use crate::flow::{Desk, Session, project};
use crate::ui::report::{Order, Written, write};

/// What every report has.
const BASIS: [&str; 4] = ["ingest", "clean", "trips", "filter"];

/// Of more trips clusters take long: they must be asked for.
const MOST_GROUPED: usize = 3000;

#[derive(Args, Debug)]
pub struct ReportArguments {
    /// AIS files, folders, or a project (.fairway).
    inputs: Vec<PathBuf>,
    /// The page to write, an HTML file.
    #[arg(short = 'o', long = "output", value_name = "FILE.html")]
    page: PathBuf,
    /// A stage to be in the report; may be repeated. Without it: trips, density, routes, encounters,
    /// oddities, and gates and areas where there are some.
    #[arg(long = "want", value_name = "STAGE")]
    want: Vec<String>,
    /// Set a parameter: stage.field=value. `fairway describe` lists them.
    #[arg(long = "set", value_name = "STAGE.FIELD=VALUE")]
    set: Vec<String>,
    /// The report's title.
    #[arg(long, default_value = "")]
    title: String,
    /// Also write each figure as SVG and PNG, each table as CSV, each layer as GeoJSON and KML here.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Report on made traffic: a sea that does not exist, so named.
    #[arg(long, conflicts_with = "inputs")]
    demo: bool,
    /// Leave the graphics driver alone.
    #[arg(long)]
    software: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

pub fn report(arguments: &ReportArguments) -> Result<(), Failure> {
    let ending = arguments.page.extension();
    if let Some(ending) = ending.filter(|ending| !is_page(&ending.to_string_lossy())) {
        return Err(Failure::Usage(format!(
            "reports are written as HTML, not as {}: name the file {}",
            ending.display(),
            arguments.page.with_extension("html").display()
        )));
    }
    let mut session = session_of(&arguments.inputs)?;
    if arguments.demo {
        session.sources.make_demo();
    }
    for setting in &arguments.set {
        session.set(setting).map_err(Failure::Usage)?;
    }
    let project = arguments.inputs.iter().find(|path| project::is_project(path)).cloned();
    // A project may be empty, and its report says so; no project and no file is a mistake.
    if session.sources.is_empty() && project.is_none() {
        return Err(Failure::Usage(
            "nothing to report: name AIS files, a folder or a project, or use --demo".into(),
        ));
    }
    let mut desk = Desk::default();
    for name in &arguments.want {
        desk.wanted(&[name.as_str()], &session).map_err(|name| no_such_stage(&name, &desk))?;
    }
    let stop = stop_on_ctrl_c();
    let left_out = if session.sources.is_empty() {
        Vec::new()
    } else {
        run(&mut desk, &mut session, &arguments.want, &stop)?
    };
    say_faults(&desk);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let about = About {
        title: arguments.title.clone(),
        made_ms: now.as_millis() as i64,
        project,
        left_out,
    };
    if let Some(folder) = &arguments.out {
        std::fs::create_dir_all(folder).map_err(|error| {
            Failure::Run(format!("{} cannot be made: {error}", folder.display()))
        })?;
    }
    let order = Order {
        about,
        page: arguments.page.clone(),
        folder: arguments.out.clone(),
        is_software: arguments.software,
    };
    let start = Instant::now();
    let Written { report, paths, bytes } =
        write(&desk, &session, &order, &stop).map_err(|stopped| {
            Failure::Run(match stopped {
                Stopped::Cancelled => "cancelled".into(),
                Stopped::Failed(fault) => fault,
            })
        })?;
    let seconds = start.elapsed().as_secs_f64();
    for warning in &report.warnings {
        eprintln!("to mind: {warning}");
    }
    let more = match paths.len() - 1 {
        0 => String::new(),
        n => format!(", and {n} files beside"),
    };
    eprintln!(
        "wrote {}: {} parts, {} bytes in {seconds:.2} s{more}",
        order.page.display(),
        report.sections.len(),
        grouped(bytes as u64)
    );
    if arguments.json {
        let sections: Vec<&str> = report.sections.iter().map(|part| part.id.as_str()).collect();
        let files: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        let figures = json!({"report": {
            "path": order.page.display().to_string(),
            "bytes": bytes,
            "seconds": seconds,
            "sections": sections,
            "warnings": report.warnings,
            "files": files,
        }});
        println!("{figures}");
    }
    Ok(())
}

fn is_page(ending: &str) -> bool {
    ["html", "htm", "xhtml"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Runs what the report is of. What cannot be is left out of a report that nobody asked it for, with
/// a sentence why; what was asked for must be.
fn run(
    desk: &mut Desk,
    session: &mut Session,
    want: &[String],
    stop: &Job,
) -> Result<Vec<String>, Failure> {
    let mut names: Vec<&str> = BASIS.to_vec();
    names.extend(want.iter().map(String::as_str));
    // `--want ingest` alone is a report of points that are no ships.
    if !want.is_empty() && want.iter().all(|name| matches!(name.as_str(), "ingest" | "clean")) {
        names.retain(|name| matches!(*name, "ingest" | "clean"));
    }
    let wanted = wanted_of(desk, &names, session)?;
    settle(desk, session, &wanted, stop)?;
    desk.follow_choice(session);
    let mut left_out = Vec::new();
    if !want.is_empty() {
        return Ok(left_out);
    }
    let n_trips = desk.filter.shown().map_or(0, |shown| shown.value.chosen.kept.len());
    if n_trips == 0 {
        return Ok(left_out);
    }
    let mut more = vec!["density"];
    if n_trips <= MOST_GROUPED {
        more.extend(["clusters", "indices", "routes"]);
    } else {
        left_out.push(format!(
            "Clusters and routes are left out: grouping {} trips takes long; ask for them by --want routes.",
            grouped(n_trips as u64)
        ));
    }
    more.push("encounters");
    more.push("oddities");
    if !session.gates.lines.trim().is_empty() {
        more.push("gates");
    }
    if !session.areas.areas.trim().is_empty() {
        more.push("areas");
    }
    for name in more {
        if name == "oddities" && session.oddities.of_routes && n_trips > MOST_GROUPED {
            left_out.push("Oddities are left out: they were to be of routes.".into());
            continue;
        }
        names.push(name);
        let wanted = wanted_of(desk, &names, session)?;
        match settle(desk, session, &wanted, stop) {
            Ok(()) => desk.follow_choice(session),
            Err(failure) if stop.go_on().is_err() => return Err(failure),
            Err(Failure::Run(fault) | Failure::Usage(fault)) => {
                names.retain(|other| *other != name);
                let title = title_of(desk, name);
                left_out.push(format!("{title} left out: {}.", fault.replace('\n', "; ")));
            }
        }
    }
    Ok(left_out)
}

fn wanted_of(desk: &Desk, names: &[&str], session: &Session) -> Result<Wanted, Failure> {
    desk.wanted(names, session).map_err(|name| no_such_stage(&name, desk))
}

fn title_of(desk: &Desk, name: &str) -> &'static str {
    let shelves = desk.shelves();
    shelves.into_iter().find(|shelf| shelf.name() == name).map_or("A stage", Shelf::title)
}
