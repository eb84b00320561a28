//! `fairway describe`: the manual, from the same descriptions as the forms.

use std::io::Write as _;

use clap::Args;
use serde_json::{Map, Value};

use super::Failure;
use crate::base::params::Entry;
use crate::base::text::nearest;
use crate::flow::Session;
use crate::flow::session::WorldSource;
use crate::synth::SeaParams;

#[derive(Args, Debug)]
pub struct DescribeArguments {
    /// A stage; all where none is named.
    stage: Option<String>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

pub fn describe(arguments: &DescribeArguments) -> Result<(), Failure> {
    let mut session = Session::default();
    session.sources.made = Some(SeaParams::default());
    session.sources.world = Some(WorldSource::default());
    let mut manual = session.manual();
    if let Some(stage) = &arguments.stage {
        let names: Vec<&str> = manual.iter().map(|(name, _)| *name).collect();
        if !names.contains(&stage.as_str()) {
            let near = nearest(stage, names.iter().copied()).unwrap_or_default();
            return Err(Failure::Usage(format!(
                "there is no stage {stage}; did you mean {near}? ({})",
                names.join(", ")
            )));
        }
        manual.retain(|(name, _)| name == stage);
    }
    let text = if arguments.json {
        let stages: Map<String, Value> = manual
            .into_iter()
            .map(|(name, entries)| {
                (name.to_owned(), serde_json::to_value(entries).expect("plain data"))
            })
            .collect();
        format!("{}\n", Value::Object(stages))
    } else {
        manual.iter().map(|(stage, entries)| page(stage, entries)).collect()
    };
    std::io::stdout().write_all(text.as_bytes()).ok(); // A closed pipe is the reader's choice.
    Ok(())
}

fn page(stage: &str, entries: &[Entry]) -> String {
    let mut text = format!("{stage}\n");
    for Entry { name, value, unit, range, help } in entries {
        let value = value.as_str().map_or_else(|| value.to_string(), |text| format!("\"{text}\""));
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        text.push_str(&format!("  {stage}.{name} = {value}{unit}   ({range})\n      {help}\n"));
    }
    text.push('\n');
    text
}
