//! The window.
use std::path::PathBuf;
use std::process::ExitCode;
pub mod map;
/// Opens the window.
pub fn open(_inputs: Vec<PathBuf>, _demo: bool, _set: &[String]) -> ExitCode { ExitCode::SUCCESS }
