//! `fairway snap`: the map as a picture, without a window.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use serde_json::json;

use super::Failure;
use super::run::{say_faults, session_of, settle, stop_on_ctrl_c};
use crate::base::job::Stopped;
use crate::base::text::grouped;
use crate::flow::{Desk, write_png};
use crate::ui::headless::{Screen, picture_of_map};

/// Least and greatest length of a side, pixels: the furniture needs the one, and no graphics driver
/// refuses the other.
const SIDE_PX: (u32, u32) = (200, 8192);

/// What the map shows.
const STAGES: [&str; 4] = ["ingest", "clean", "trips", "filter"];

#[derive(Args, Debug)]
pub struct SnapArguments {
    /// AIS files, folders, or a project (.fairway).
    inputs: Vec<PathBuf>,
    /// The picture to write, a PNG file.
    #[arg(short = 'o', long = "out", value_name = "FILE.png")]
    out: PathBuf,
    /// Width and height in pixels, 200 to 8192 each.
    #[arg(long, value_name = "WxH", default_value = "1280x800")]
    size: String,
    /// Set a parameter: stage.field=value, such as `map.color_by=speed`. `fairway describe` lists them.
    #[arg(long = "set", value_name = "STAGE.FIELD=VALUE")]
    set: Vec<String>,
    /// The light theme instead of the dark one.
    #[arg(long)]
    light: bool,
    /// Draw made traffic: a sea that does not exist, so named.
    #[arg(long, conflicts_with = "inputs")]
    demo: bool,
    /// Leave the graphics driver alone: slower, and tracks are thinned out.
    #[arg(long)]
    software: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

pub fn snap(arguments: &SnapArguments) -> Result<(), Failure> {
    let start = Instant::now();
    let size_px = size_of(&arguments.size).map_err(Failure::Usage)?;
    let ending = arguments.out.extension();
    if let Some(ending) = ending.filter(|ending| !ending.eq_ignore_ascii_case("png")) {
        return Err(Failure::Usage(format!(
            "pictures are written as PNG, not as {}: name the file {}",
            ending.display(),
            arguments.out.with_extension("png").display()
        )));
    }
    let mut session = session_of(&arguments.inputs)?;
    if arguments.demo {
        session.sources.make_demo();
    }
    for setting in &arguments.set {
        session.set(setting).map_err(Failure::Usage)?;
    }
    if session.sources.is_empty() {
        return Err(Failure::Usage(
            "nothing to draw: name AIS files, a folder or a project, or use --demo".into(),
        ));
    }
    let mut desk = Desk::default();
    let names = [&STAGES[..], &session.map_stages()].concat();
    let wanted = desk.wanted(&names, &session).expect("these names are the desk's own");
    let stop = stop_on_ctrl_c();
    settle(&mut desk, &session, &wanted, &stop)?;
    desk.follow_choice(&mut session);
    say_faults(&desk);
    let screen = Screen {
        size_px,
        pixels_per_point: 1.0,
        is_dark: !arguments.light,
        is_software: arguments.software,
    };
    let picture = picture_of_map(&screen, &desk, &session, &stop).map_err(|stopped| {
        Failure::Run(match stopped {
            Stopped::Cancelled => "cancelled; nothing was written".into(),
            Stopped::Failed(fault) => fault,
        })
    })?;
    if let Some(remark) = &picture.remark {
        eprintln!("fairway: {remark}; tracks are drawn simplified");
    }
    write_png(&arguments.out, size_px, &picture.rgb())
        .map_err(|error| Failure::Run(error.to_string()))?;
    let seconds = start.elapsed().as_secs_f64();
    let [width, height] = size_px;
    let n_reports =
        desk.trips.shown().map_or(0, |shown| shown.value.fleet().reports().len() as u64);
    eprintln!(
        "wrote {}: {width} x {height} pixels, {} reports, {seconds:.2} s ({})",
        arguments.out.display(),
        grouped(n_reports),
        picture.renderer
    );
    if arguments.json {
        let mut figures = json!({"snap": {
            "path": arguments.out.display().to_string(),
            "width": width,
            "height": height,
            "reports": n_reports,
            "seconds": seconds,
            "renderer": picture.renderer,
        }});
        if let Some(clusters) = desk.clusters.shown() {
            figures["snap"]["clusters"] = clusters.value.labels().clusters().into();
            figures["snap"]["noise"] = clusters.value.labels().noise().into();
        }
        if let Some(routes) = desk.routes.shown() {
            figures["snap"]["routes"] = routes.value.routes.routes.len().into();
        }
        println!("{figures}");
    }
    Ok(())
}

/// Width and height from `1280x800`.
fn size_of(text: &str) -> Result<[u32; 2], String> {
    let (least, most) = SIDE_PX;
    let side = |text: &str| {
        let side = text.trim().parse::<u32>().ok();
        side.filter(|side| (least..=most).contains(side))
    };
    text.split_once(['x', 'X', '×'])
        .and_then(|(width, height)| Some([side(width)?, side(height)?]))
        .ok_or_else(|| {
            format!(
                "--size is {text}; it must be WIDTHxHEIGHT, each between {least} and {most} pixels"
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_two_lengths_within_the_range() {
        for (text, size) in [
            ("1280x800", Some([1280, 800])),
            ("200X8192", Some([200, 8192])),
            (" 640 × 480 ", Some([640, 480])),
            ("199x800", None),
            ("800x8193", None),
            ("1280", None),
            ("1280x", None),
            ("-1x300", None),
            ("300x300x300", None),
            ("99999999999x300", None),
        ] {
            assert_eq!(size_of(text).ok(), size, "{text}");
        }
        assert!(size_of("4x4").unwrap_err().contains("--size is 4x4; it must be WIDTHxHEIGHT"));
    }
}
