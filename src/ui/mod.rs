//! The window; egui, walkers, `egui_plot`, rfd and wgpu stay here.
//!
//! It computes nothing and touches no file: it edits the session, draws what the desk shows, and
//! asks for anything else by a [`command::Command`].

pub mod actions;
pub mod app;
pub mod associate_view;
pub mod cluster_view;
pub mod command;
pub mod deck;
pub mod destination_view;
mod driver;
mod errand;
pub mod form;
pub mod headless;
pub mod layout;
pub mod map;
mod offscreen;
pub mod pace;
mod panels;
pub mod plot;
pub mod predict_view;
mod raster;
pub mod remembered;
pub mod report;
pub mod selection;
pub mod subject;
mod theme;
pub mod time_view;
pub mod training;
pub mod watch_view;
pub mod water_view;

use std::path::PathBuf;
use std::process::ExitCode;

use eframe::NativeOptions;
use egui::ViewportBuilder;

/// Made traffic that the window can open on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Demo {
    /// A sea that does not exist.
    Sea,
    /// Voyages between the ports of the world.
    World,
}

/// Opens the window with `inputs` (files, folders or a project), on made traffic or neither,
/// with parameters set as by `--set`. Returns when it is closed.
pub fn open(inputs: Vec<PathBuf>, demo: Option<Demo>, settings: Vec<String>) -> ExitCode {
    let viewport = ViewportBuilder::default()
        .with_title("Fairway")
        .with_app_id("fairway")
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size([800.0, 500.0]);
    let options =
        NativeOptions { viewport, wgpu_options: map::wgpu_options(), ..NativeOptions::default() };
    let outcome = eframe::run_native(
        "fairway",
        options,
        Box::new(move |creation| {
            let mut app = app::App::new(creation);
            if demo == Some(Demo::World) {
                app.session.sources.make_world(); // At once: settings may be of it.
            }
            app.begin(inputs, demo == Some(Demo::Sea), &settings);
            Ok(Box::new(app))
        }),
    );
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fairway: the window cannot be opened: {error}");
            eprintln!("fairway: without a screen, use fairway run (fairway help)");
            ExitCode::FAILURE
        }
    }
}
