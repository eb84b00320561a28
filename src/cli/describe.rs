//! `fairway describe`: the manual, from the same descriptions as the forms.

use std::io::Write as _;

use clap::Args;
use serde_json::{Map, Value};

use super::Failure;
use crate::base::params::{Choice as _, Entry};
use crate::base::text::nearest;
use crate::destination::way::{Network, Size, way_parameters};
use crate::flow::Session;
use crate::flow::session::WorldSource;
use crate::synth::SeaParams;

#[derive(Args, Debug)]
pub struct DescribeArguments {
    /// A stage, or `way` for the sizes of the networks that tell destinations; all stages where none
    /// is named.
    stage: Option<String>,
    /// For `way`: how many ports the networks tell apart.
    #[arg(long, default_value_t = 3243)]
    ports: usize,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

pub fn describe(arguments: &DescribeArguments) -> Result<(), Failure> {
    if arguments.stage.as_deref() == Some("way") {
        let text = networks(arguments.ports, arguments.json)?;
        std::io::stdout().write_all(text.as_bytes()).ok(); // A closed pipe is the reader's choice.
        return Ok(());
    }
    let mut session = Session::default();
    session.sources.made = Some(SeaParams::default());
    session.sources.world = Some(WorldSource::default());
    let mut manual = session.manual();
    if let Some(stage) = &arguments.stage {
        let names: Vec<&str> = manual.iter().map(|(name, _)| *name).collect();
        if !names.contains(&stage.as_str()) {
            let known = names.iter().copied().chain(["way"]);
            let near = nearest(stage, known).unwrap_or_default();
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

/// What the networks that tell destinations learn for so many ports, the paper's WAY first.
fn networks(ports: usize, is_json: bool) -> Result<String, Failure> {
    if ports == 0 {
        return Err(Failure::Usage("--ports is 0; a network tells one port apart at least".into()));
    }
    let ways = [Size::Base, Size::Small, Size::Tiny].map(|size| (Network::Way, size));
    let rivals = Network::CASES.iter().map(|(_, network)| (*network, Size::Base));
    let all: Vec<(Network, Size, usize)> = ways
        .into_iter()
        .chain(rivals.filter(|(network, _)| *network != Network::Way))
        .map(|(network, size)| (network, size, way_parameters(network, size, ports)))
        .collect();
    if is_json {
        let rows = all.iter().map(|(network, size, n)| {
            let (model, size) = (network.name(), size.name());
            serde_json::json!({"model": model, "size": size, "ports": ports, "parameters": n})
        });
        return Ok(format!("{}\n", Value::Array(rows.collect())));
    }
    let line = |(network, size, n): &(Network, Size, usize)| {
        format!("{} {}: {n} parameters for {ports} ports\n", network.name(), size.name())
    };
    Ok(all.iter().map(line).collect())
}
