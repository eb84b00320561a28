//! The command line: the same stages with the same parameters, without a window.

mod bench;
mod describe;
mod report;
mod run;
mod snap;
mod synth;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// A workbench for ship traffic: AIS files to trips, routes and predictions.
///
/// Without a command it opens the window, with the files or the project that are named.
#[derive(Parser, Debug)]
#[command(name = "fairway", version, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    window: WindowArguments,
}

/// What the window opens with.
#[derive(Args, Debug, Default, Clone)]
pub struct WindowArguments {
    /// AIS files, folders, or a project (.fairway).
    pub inputs: Vec<PathBuf>,
    /// Open on made traffic, so named: a sea that does not exist (where nothing else is said), or
    /// voyages between the ports of the world.
    #[arg(long, value_name = "sea|world", value_parser = ["sea", "world"])]
    #[arg(num_args = 0..=1, default_missing_value = "sea", conflicts_with = "inputs")]
    pub demo: Option<String>,
    /// Set a parameter: stage.field=value.
    #[arg(long = "set", value_name = "STAGE.FIELD=VALUE")]
    pub set: Vec<String>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run stages on AIS files or a project and report their figures.
    Run(run::RunArguments),
    /// Draw the map of AIS files or a project as a picture.
    Snap(snap::SnapArguments),
    /// Write the analysis of AIS files or a project as a page, with maps, plots and tables.
    Report(report::ReportArguments),
    /// Write made traffic and its truth.
    Synth(synth::SynthArguments),
    /// List every parameter: name, default, range, unit, meaning.
    Describe(describe::DescribeArguments),
    /// Measure the program's speed on fixed, seeded inputs.
    Bench(bench::BenchArguments),
}

/// How a command failed.
#[derive(Debug)]
pub enum Failure {
    /// The arguments are wrong: exit status 2.
    Usage(String),
    /// The work failed: exit status 1.
    Run(String),
}

/// What the arguments ask for.
pub enum Asked {
    /// The window, with these.
    Window(WindowArguments),
    /// Nothing more: the command ran, and this is the exit status.
    Done(ExitCode),
}

/// Reads the process's arguments and runs a command, if they name one.
pub fn start() -> Asked {
    let arguments = Arguments::parse();
    if arguments.command.is_some() {
        // A stage's panic is its fault, told like any other; a line says where, never a backtrace.
        std::panic::set_hook(Box::new(|panic| {
            if let Some(place) = panic.location() {
                eprintln!("fairway: a bug, at {}:{}", place.file(), place.line());
            }
        }));
    }
    let outcome = match arguments.command {
        None => return Asked::Window(arguments.window),
        Some(Command::Run(arguments)) => run::run(&arguments),
        Some(Command::Snap(arguments)) => snap::snap(&arguments),
        Some(Command::Report(arguments)) => report::report(&arguments),
        Some(Command::Synth(arguments)) => synth::synth(&arguments),
        Some(Command::Describe(arguments)) => describe::describe(&arguments),
        Some(Command::Bench(arguments)) => bench::bench(&arguments),
    };
    Asked::Done(match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => fail(&failure),
    })
}

/// Says on standard error what failed, a line a cause, and gives the exit status.
pub fn fail(failure: &Failure) -> ExitCode {
    let (text, status) = match failure {
        Failure::Usage(text) => (text, 2),
        Failure::Run(text) => (text, 1),
    };
    for line in text.lines().filter(|line| !line.is_empty()) {
        eprintln!("fairway: {line}");
    }
    ExitCode::from(status)
}
