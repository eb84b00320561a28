//! Dialogs and files, off the UI thread: an errand runs on a thread of its own and comes back as
//! commands.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Instant;

use super::command::{Command, Message};
use super::report::{Order, Written, write, write_chart};
use super::training::models::{Check, Keep};
use crate::base::chart::Chart;
use crate::base::job::{Job, Stopped};
use crate::flow::Desk;
use crate::flow::session::{Session, sources_of};
use crate::flow::{kept, project};

/// Errands under way and what they brought.
pub struct Errands {
    sender: Sender<Option<Command>>,
    receiver: Receiver<Option<Command>>,
    out: usize,
    context: egui::Context,
    long: Option<Long>,
}

/// An errand that takes its time: it says how far it is, and can be stopped.
pub struct Long {
    /// What the user calls it.
    pub title: &'static str,
    /// Its progress.
    pub job: Job,
    /// When it began.
    pub started: Instant,
}

impl Errands {
    /// No errands yet; finished ones wake `context`.
    pub fn new(context: egui::Context) -> Errands {
        let (sender, receiver) = channel();
        Errands { sender, receiver, out: 0, context, long: None }
    }

    /// Whether an errand is under way: buttons that would begin another are disabled.
    pub fn is_busy(&self) -> bool {
        self.out > 0
    }

    /// What finished errands ask for.
    pub fn collect(&mut self) -> Vec<Command> {
        let back: Vec<Option<Command>> = self.receiver.try_iter().collect();
        self.out -= back.len().min(self.out);
        if self.out == 0 {
            self.long = None;
        }
        back.into_iter().flatten().collect()
    }

    /// The errand under way that takes its time, if there is one.
    pub fn long(&self) -> Option<&Long> {
        self.long.as_ref()
    }

    /// Stops it.
    pub fn cancel(&self) {
        if let Some(long) = &self.long {
            long.job.cancel();
        }
    }

    fn run(&mut self, errand: impl FnOnce() -> Option<Command> + Send + 'static) {
        self.out += 1;
        let (sender, context) = (self.sender.clone(), self.context.clone());
        thread::spawn(move || {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(errand));
            let fault =
                || Some(Command::Say(Message::fault("a bug stopped this; please report it")));
            sender.send(outcome.unwrap_or_else(|_| fault())).ok(); // The window may be closed.
            context.request_repaint();
        });
    }

    /// Asks for files.
    pub fn ask_for_files(&mut self) {
        self.run(|| {
            let endings = [
                "csv",
                "tsv",
                "txt",
                "nmea",
                "nm4",
                "ais",
                "log",
                "parquet",
                "gz",
                "zst",
                project::ENDING,
            ];
            let dialog = rfd::FileDialog::new()
                .set_title("Open AIS files")
                .add_filter("AIS and projects", &endings);
            dialog.add_filter("All files", &["*"]).pick_files().map(Command::Open)
        });
    }

    /// Asks for a file of map tiles.
    pub fn ask_for_tiles(&mut self) {
        self.run(|| {
            let dialog = rfd::FileDialog::new()
                .set_title("Choose map tiles")
                .add_filter("PMTiles", &["pmtiles"]);
            dialog.add_filter("All files", &["*"]).pick_file().map(Command::UseTiles)
        });
    }

    /// Asks for a file of prediction models.
    pub fn ask_for_model(&mut self) {
        self.run(|| {
            let dialog = rfd::FileDialog::new()
                .set_title("Load prediction models")
                .add_filter("Fitted models", &["model"]);
            let path = dialog.add_filter("All files", &["*"]).pick_file()?;
            Some(Command::UseModel(Some(path)))
        });
    }

    /// Asks for a list of ports.
    pub fn ask_for_ports(&mut self) {
        self.run(|| {
            let endings = ["csv", "tsv", "txt", "zip", "gz", "zst"];
            let dialog = rfd::FileDialog::new()
                .set_title("Choose a list of ports: World Port Index, UN/LOCODE or your own")
                .add_filter("Lists of ports", &endings);
            let path = dialog.add_filter("All files", &["*"]).pick_file()?;
            Some(Command::UsePorts(Some(path)))
        });
    }

    /// Asks for a file of routes that others sailed.
    pub fn ask_for_routes(&mut self) {
        self.run(|| {
            let dialog = rfd::FileDialog::new()
                .set_title("Choose routes of earlier voyages")
                .add_filter("Counted routes", &["model"]);
            let path = dialog.add_filter("All files", &["*"]).pick_file()?;
            Some(Command::UseRoutes(Some(path)))
        });
    }

    /// Asks for the folder of a network that tells destinations.
    pub fn ask_for_teller(&mut self) {
        self.run(|| {
            let dialog = rfd::FileDialog::new().set_title("Load a network that tells destinations");
            dialog.pick_folder().map(|path| Command::UseTeller(Some(path)))
        });
    }

    /// Asks for files of voyages on one way: to learn arrivals from, or to be scored on.
    pub fn ask_for_sailings(&mut self, is_test: bool) {
        self.run(move || {
            let title = if is_test {
                "Choose voyages to score arrivals on"
            } else {
                "Choose voyages to learn arrivals from"
            };
            let dialog = rfd::FileDialog::new()
                .set_title(title)
                .add_filter("Voyages", &["csv", "tsv", "txt", "gz", "zst"]);
            let paths = dialog.add_filter("All files", &["*"]).pick_files()?;
            Some(Command::UseSailings(is_test, paths))
        });
    }

    /// Asks for a model of training, kept as a folder or as a file.
    pub fn ask_to_load(&mut self, model: usize, is_folder: bool) {
        self.run(move || {
            let dialog = rfd::FileDialog::new().set_title("Load a trained model");
            let path = if is_folder {
                dialog.pick_folder()
            } else {
                let dialog = dialog.add_filter("Fitted models", &["model"]);
                dialog.add_filter("All files", &["*"]).pick_file()
            };
            path.map(|path| Command::Load(model, path))
        });
    }

    /// Checks the model at `path`, and takes it if nothing is wrong with it.
    pub fn load(&mut self, model: usize, path: PathBuf, check: Check) {
        self.run(move || {
            Some(match check(&path) {
                Ok(()) => Command::UseNetwork(model, Some(path)),
                Err(fault) => Command::Say(Message::fault(format!("not loaded: {fault}"))),
            })
        });
    }

    /// Asks for a folder to keep the model of run `id` in.
    pub fn ask_to_keep(&mut self, id: u64) {
        self.run(move || {
            let dialog = rfd::FileDialog::new().set_title("Keep the model in a folder");
            dialog.pick_folder().map(|folder| Command::Keep(id, folder))
        });
    }

    /// Keeps the model of run `id` in `folder`, under a name that begins with `stem`.
    pub fn keep(&mut self, id: u64, folder: PathBuf, stem: String, keep: Keep) {
        self.run(move || {
            let path = kept::free_place(&folder, &stem);
            Some(match keep(&path) {
                Ok(()) => Command::Kept(id, path),
                Err(fault) => Command::Say(Message::fault(fault)),
            })
        });
    }

    /// Removes what was kept of run `id` from the disk.
    pub fn remove_kept(&mut self, id: u64, path: PathBuf) {
        self.run(move || {
            Some(match kept::remove(&path) {
                Ok(()) => Command::Removed(id, path),
                Err(fault) => Command::Say(Message::fault(format!("not removed: {fault}"))),
            })
        });
    }

    /// Asks for a folder of files.
    pub fn ask_for_folder(&mut self) {
        self.run(|| {
            let folder =
                rfd::FileDialog::new().set_title("Open a folder of AIS files").pick_folder();
            folder.map(|folder| Command::Open(vec![folder]))
        });
    }

    /// Asks where to save the project.
    pub fn ask_to_save(&mut self) {
        self.run(|| {
            let dialog = rfd::FileDialog::new()
                .set_title("Save the project")
                .add_filter("Fairway project", &[project::ENDING]);
            let path = dialog.set_file_name(format!("traffic.{}", project::ENDING)).save_file()?;
            Some(Command::SaveTo(if project::is_project(&path) {
                path
            } else {
                path.with_extension(project::ENDING)
            }))
        });
    }

    /// Asks where to write the report.
    pub fn ask_for_report(&mut self) {
        self.run(|| {
            let dialog = rfd::FileDialog::new()
                .set_title("Write the report")
                .add_filter("Web page", &["html"]);
            let path = dialog.set_file_name("report.html").save_file()?;
            let is_named = path.extension().is_some();
            let path = if is_named { path } else { path.with_extension("html") };
            Some(Command::WriteReport(path))
        });
    }

    /// Writes the report of these results.
    pub fn report(&mut self, desk: Desk, session: Session, order: Order) {
        let job = Job::default();
        self.long = Some(Long { title: "Report", job: job.clone(), started: Instant::now() });
        self.run(move || {
            Some(Command::Say(match write(&desk, &session, &order, &job) {
                Ok(Written { report, paths, .. }) => {
                    let page = paths.first().map(|path| path.display().to_string());
                    let page = page.unwrap_or_default();
                    Message::news(format!("wrote {page}: {} parts", report.sections.len()))
                }
                Err(Stopped::Cancelled) => {
                    Message::news("the report was cancelled; nothing was written")
                }
                Err(Stopped::Failed(fault)) => Message::fault(fault),
            }))
        });
    }

    /// Asks where to save a plot, and saves it.
    pub fn save_plot(&mut self, chart: Arc<Chart>) {
        self.run(move || {
            let dialog = rfd::FileDialog::new()
                .set_title("Save the plot")
                .add_filter("SVG", &["svg"])
                .add_filter("PNG", &["png"])
                .add_filter("CSV", &["csv"]);
            let path = dialog.set_file_name("plot.svg").save_file()?;
            let path = if path.extension().is_some() { path } else { path.with_extension("svg") };
            let outcome = write_chart(&chart, &path, &Job::default());
            Some(Command::Say(match outcome {
                Ok(()) => Message::news(format!("saved {}", path.display())),
                Err(stopped) => Message::fault(stopped.to_string()),
            }))
        });
    }

    /// Asks for a folder to export `stage` into.
    pub fn ask_to_export(&mut self, stage: &'static str) {
        self.run(move || {
            let folder = rfd::FileDialog::new().set_title("Export into a folder").pick_folder();
            folder.map(|folder| Command::Export(stage, folder))
        });
    }

    /// Saves the project.
    pub fn save(&mut self, session: Session, path: PathBuf) {
        self.run(move || {
            Some(match project::save(&session, &path) {
                Ok(()) => Command::Saved(path),
                Err(error) => Command::Say(Message::fault(error.to_string())),
            })
        });
    }

    /// Finds out what `paths` are: a project is opened, folders are searched, files looked at.
    pub fn look_at(&mut self, paths: Vec<PathBuf>) {
        self.run(move || {
            if let Some(path) = paths.iter().find(|path| project::is_project(path)) {
                return Some(open_project(path));
            }
            let files = sources_of(&paths);
            if files.is_empty() {
                let named: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
                let text = format!("no AIS files found in {}: .csv, .nmea, .parquet and such are looked for, also .gz and .zst", named.join(", "));
                return Some(Command::Say(Message::fault(text)));
            }
            Some(Command::Add(files))
        });
    }

    /// Writes a result by `write`, which gives the paths written.
    pub fn export(
        &mut self,
        write: impl FnOnce() -> Result<Vec<PathBuf>, String> + Send + 'static,
    ) {
        self.run(move || {
            Some(Command::Say(match write() {
                Ok(paths) => {
                    let names: Vec<String> =
                        paths.iter().map(|path| path.display().to_string()).collect();
                    Message::news(format!("exported {}", names.join(", ")))
                }
                Err(fault) => Message::fault(fault),
            }))
        });
    }
}

fn open_project(path: &Path) -> Command {
    match project::open(path) {
        Ok(session) => Command::Adopt(path.to_owned(), Box::new(session)),
        Err(error) => Command::Say(Message::fault(error.to_string())),
    }
}
