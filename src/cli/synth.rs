//! `fairway synth`: made traffic and its truth.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::Failure;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Choice as _};
use crate::flow::Session;
use crate::flow::made::{Form, write_sea};
use crate::synth::SeaParams;

#[derive(Args, Debug)]
pub struct SynthArguments {
    /// File to write (also .csv.zst, .nmea.zst), or a folder to write it in.
    #[arg(long, value_name = "FILE|DIR")]
    out: PathBuf,
    /// marinecadastre, dma, nmea or parquet; by the file's ending where not given.
    #[arg(long)]
    format: Option<String>,
    /// Reports in all, hit exactly.
    #[arg(long)]
    rows: Option<usize>,
    /// Another seed, another sea.
    #[arg(long)]
    seed: Option<usize>,
    /// Set a parameter of the sea: synth.field=value. `fairway describe synth` lists them.
    #[arg(long = "set", value_name = "synth.FIELD=VALUE")]
    set: Vec<String>,
}

pub fn synth(arguments: &SynthArguments) -> Result<(), Failure> {
    let mut session = Session::default();
    session.sources.made = Some(SeaParams::default());
    let rows = arguments.rows.map(|rows| format!("synth.rows={rows}"));
    let seed = arguments.seed.map(|seed| format!("synth.seed={seed}"));
    for setting in arguments.set.iter().chain(&rows).chain(&seed) {
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
    let params = session.sources.made.unwrap_or_default();
    let path = if arguments.out.is_dir() {
        arguments.out.join(format!("sea_{}.{}", params.seed, form.ending()))
    } else {
        arguments.out.clone()
    };
    let checked = Checked::new(&params).map_err(|faults| Failure::Usage(faults.join("\n")))?;
    let job = Job::default();
    let cancel = job.clone();
    ctrlc::set_handler(move || cancel.cancel()).ok(); // Only one handler a process; tests run many.
    let start = Instant::now();
    let (sea, written) =
        write_sea(&checked, form, &path, &job).map_err(|stopped| match stopped {
            Stopped::Cancelled => Failure::Run("cancelled; nothing was written".into()),
            Stopped::Failed(fault) => Failure::Run(fault),
        })?;
    for path in written {
        eprintln!("wrote {}", path.display());
    }
    eprintln!(
        "{} reports of {} made vessels on {} routes in {:.2} s",
        sea.fleet.reports().len(),
        sea.fleet.vessels().len(),
        sea.routes.len(),
        start.elapsed().as_secs_f64()
    );
    Ok(())
}
