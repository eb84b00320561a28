//! Chooses between the window and the command line.

use std::process::ExitCode;

use fairway::cli::{self, Asked};

fn main() -> ExitCode {
    match cli::start() {
        Asked::Done(status) => status,
        Asked::Window(arguments) => {
            fairway::ui::open(arguments.inputs, arguments.demo, arguments.set)
        }
    }
}
