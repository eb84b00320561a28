//! What crews typed as destination, and the ports that it names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{PortsOf, code};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::destination::voyage::Named;
use crate::destination::{AnnotateParams, Annotation, Annotator};
use crate::flow::stage::{Pace, Stage};
use crate::io::export;
use crate::prep::Cleaned;

/// Every distinct typed destination with its ports.
pub struct DestinationsStage;

/// A text that was typed as destination.
#[derive(Clone, Debug, PartialEq)]
pub struct TypedText {
    /// The text.
    pub text: String,
    /// How many ships had it.
    pub ships: usize,
    /// How often it was newly typed.
    pub times: usize,
    /// The ports that it may name.
    pub annotation: Annotation,
}

/// Typed destinations of a fleet.
pub struct DestinationsOf {
    /// Distinct texts, those typed most often first.
    pub texts: Vec<TypedText>,
    /// The ports of each text.
    pub named: Named,
    /// Ships of which no destination is known.
    pub silent_ships: usize,
    /// The table of ports.
    pub ports: Arc<PortsOf>,
    /// The fleet.
    pub cleaned: Arc<Cleaned>,
}

impl Stage for DestinationsStage {
    const NAME: &'static str = "destinations/1";
    const TITLE: &'static str = "Typed destinations";
    const NEEDS: &'static [&'static str] = &["clean", "ports"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 4;

    type Params = AnnotateParams;
    type Input = (Arc<Cleaned>, Arc<PortsOf>);
    type Output = DestinationsOf;

    fn run(
        params: &Checked<AnnotateParams>,
        (cleaned, ports): &(Arc<Cleaned>, Arc<PortsOf>),
        job: &Job,
    ) -> Result<DestinationsOf, Stopped> {
        let fleet = &cleaned.fleet;
        let named = Annotator::new(&ports.table, params).annotate_fleet(fleet, job)?;
        let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        let mut silent_ships = 0;
        for vessel in fleet.vessels() {
            let notes = vessel.voyages.iter().map(|(_, note)| note.destination.as_str());
            let mut texts: Vec<&str> = notes.filter(|text| !text.is_empty()).collect();
            if texts.is_empty() && !vessel.about.destination.is_empty() {
                texts.push(&vessel.about.destination);
            }
            silent_ships += usize::from(texts.is_empty());
            texts.iter().for_each(|text| counts.entry(text).or_default().1 += 1);
            texts.sort_unstable();
            texts.dedup();
            texts.iter().for_each(|text| counts.entry(text).or_default().0 += 1);
        }
        let typed = |(text, (ships, times)): (&str, (usize, usize))| TypedText {
            text: text.to_owned(),
            ships,
            times,
            annotation: named.get(text).cloned().unwrap_or_default(),
        };
        let mut texts: Vec<TypedText> = counts.into_iter().map(typed).collect();
        texts.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| a.text.cmp(&b.text)));
        let (ports, cleaned) = (Arc::clone(ports), Arc::clone(cleaned));
        Ok(DestinationsOf { texts, named, silent_ships, ports, cleaned })
    }

    fn figures(output: &DestinationsOf) -> Map<String, Value> {
        let is_named = |typed: &&TypedText| typed.annotation.best().is_some();
        let times: usize = output.texts.iter().map(|typed| typed.times).sum();
        let named: Vec<&TypedText> = output.texts.iter().filter(is_named).collect();
        let mut figures = Map::new();
        figures.insert("texts".into(), output.texts.len().into());
        figures.insert("named".into(), named.len().into());
        figures.insert("typed".into(), times.into());
        let times_named: usize = named.iter().map(|typed| typed.times).sum();
        figures.insert("typed_named".into(), times_named.into());
        figures.insert("silent_ships".into(), output.silent_ships.into());
        figures
    }

    /// `destinations.csv`: a row a text, with its likeliest port.
    fn export(output: &DestinationsOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("destinations.csv");
        let table = &output.ports.table;
        let row = |typed: &TypedText| {
            let best = typed.annotation.best();
            let (name, locode, sure) = best.map_or_else(Default::default, |best| {
                let name = export::quoted(&table.port(best.port).name);
                (name, code(table, best.port), format!("{:.3}", best.confidence))
            });
            let others = typed.annotation.candidates.iter().skip(1);
            let others: Vec<String> =
                others.map(|candidate| code(table, candidate.port)).take(5).collect();
            format!(
                "{},{},{},{name},{},{sure},{}",
                export::quoted(&typed.text),
                typed.ships,
                typed.times,
                export::quoted(&locode),
                export::quoted(&others.join(" ")),
            )
        };
        let head = "text,ships,times,port,locode,confidence,others";
        export::lines(&path, head, output.texts.iter().map(row))
            .map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}
