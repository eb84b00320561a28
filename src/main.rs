//! Chooses between the window and the command line.

use std::process::ExitCode;

use fairway::cli::{self, Asked};
use fairway::ui::Demo;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    give_runtime_folder();
    match cli::start() {
        Asked::Done(status) => status,
        Asked::Window(arguments) => {
            let demo = arguments.demo.map(|name| match name.as_str() {
                "world" => Demo::World,
                _ => Demo::Sea,
            });
            fairway::ui::open(arguments.inputs, demo, arguments.set)
        }
    }
}

/// Starts the program once more, in the same process, with a folder for what sessions share: where a
/// machine without a session has none, graphics drivers complain of it in every line they can,
/// whenever a GPU is looked for. A variable of a program's own environment is not safe to set.
#[cfg(target_os = "linux")]
fn give_runtime_folder() {
    use std::os::unix::process::CommandExt as _;

    const FOLDER: &str = "XDG_RUNTIME_DIR";
    if std::env::var_os(FOLDER).is_some() {
        return;
    }
    let mut arguments = std::env::args_os();
    let (Ok(program), Some(name)) = (std::env::current_exe(), arguments.next()) else { return };
    // It only comes back if it failed: then it goes on with the noise.
    let _ = std::process::Command::new(program)
        .arg0(name)
        .args(arguments)
        .env(FOLDER, std::env::temp_dir())
        .exec();
}
