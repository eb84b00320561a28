//! `fairway synth`: made traffic and its truth.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::Failure;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Choice as _};
use crate::flow::Session;
use crate::flow::made::{Form, write_sea, write_world};
use crate::flow::session::WorldSource;
use crate::synth::SeaParams;

#[derive(Args, Debug)]
pub struct SynthArguments {
    /// File to write (also .csv.zst, .nmea.zst), or a folder to write it in.
    #[arg(long, value_name = "FILE|DIR")]
    out: PathBuf,
    /// marinecadastre, dma, nmea or parquet; by the file's ending where not given.
    #[arg(long)]
    format: Option<String>,
    /// What is made: a sea of some routes, or voyages between the ports of the world.
    #[arg(long, default_value = "sea", value_parser = ["sea", "world"])]
    kind: String,
    /// Reports in all, hit exactly; of a sea.
    #[arg(long)]
    rows: Option<usize>,
    /// Voyages in all; of a world.
    #[arg(long)]
    voyages: Option<usize>,
    /// Another seed, another sea.
    #[arg(long)]
    seed: Option<usize>,
    /// Set a parameter: synth.field=value of a sea, world.field=value of a world. `fairway describe
    /// synth` and `fairway describe world` list them.
    #[arg(long = "set", value_name = "STAGE.FIELD=VALUE")]
    set: Vec<String>,
}

pub fn synth(arguments: &SynthArguments) -> Result<(), Failure> {
    let mut session = Session::default();
    let is_world = arguments.kind == "world";
    let name = if is_world {
        session.sources.world = Some(WorldSource::default());
        "world"
    } else {
        session.sources.made = Some(SeaParams::default());
        "synth"
    };
    if is_world && arguments.rows.is_some() {
        return Err(Failure::Usage("--rows is of a sea; a world has --voyages".into()));
    }
    if !is_world && arguments.voyages.is_some() {
        return Err(Failure::Usage("--voyages is of a world: add --kind world".into()));
    }
    let rows = arguments.rows.map(|rows| format!("synth.rows={rows}"));
    let voyages = arguments.voyages.map(|voyages| format!("world.voyages={voyages}"));
    let seed = arguments.seed.map(|seed| format!("{name}.seed={seed}"));
    for setting in arguments.set.iter().chain(&rows).chain(&voyages).chain(&seed) {
        session.set(setting).map_err(Failure::Usage)?;
    }
    let form = match &arguments.format {
        None => Form::of(&arguments.out),
        Some(name) => {
            let names: Vec<&str> = Form::CASES.iter().map(|(name, _)| *name).collect();
            let case = Form::CASES.iter().find(|(known, _)| known == name);
            case.map(|(_, form)| *form).ok_or_else(|| {
                Failure::Usage(format!(
                    "there is no format {name}; it must be one of {}",
                    names.join(", ")
                ))
            })?
        }
    };
    let job = Job::default();
    let cancel = job.clone();
    ctrlc::set_handler(move || cancel.cancel()).ok(); // Only one handler a process; tests run many.
    let start = Instant::now();
    let path = |seed: usize| {
        if arguments.out.is_dir() {
            let kind = &arguments.kind;
            arguments.out.join(format!("{kind}_{seed}.{}", form.ending()))
        } else {
            arguments.out.clone()
        }
    };
    let stopped = |stopped: Stopped| match stopped {
        Stopped::Cancelled => Failure::Run("cancelled; nothing was written".into()),
        Stopped::Failed(fault) => Failure::Run(fault),
    };
    let (fleet, said, written) = if let Some(source) = session.sources.world {
        Checked::new(&source).map_err(|faults| Failure::Usage(faults.join("\n")))?;
        let made = write_world(&source, form, &path(source.params.seed), &job);
        let (world, notes, written) = made.map_err(stopped)?;
        let said = format!("{} voyages; {}", world.voyages.len(), notes.join("; "));
        (world.fleet, said, written)
    } else {
        let params = session.sources.made.unwrap_or_default();
        let checked = Checked::new(&params).map_err(|faults| Failure::Usage(faults.join("\n")))?;
        let made = write_sea(&checked, form, &path(params.seed), &job);
        let (sea, written) = made.map_err(stopped)?;
        (sea.fleet, format!("{} routes", sea.routes.len()), written)
    };
    for path in written {
        eprintln!("wrote {}", path.display());
    }
    eprintln!(
        "{} reports of {} made vessels on {said} in {:.2} s",
        fleet.reports().len(),
        fleet.vessels().len(),
        start.elapsed().as_secs_f64()
    );
    Ok(())
}
