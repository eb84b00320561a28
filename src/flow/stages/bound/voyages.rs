//! Voyages from port to port.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{DestinationsOf, PortsOf, code};
use crate::ais::{Fleet, PortId, PortTable, Truth};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::time::iso_text;
use crate::base::units::nmi_from_m;
use crate::destination::{Refused, Voyage, VoyageParams, Voyages, voyages};
use crate::flow::stage::{Pace, Stage};
use crate::io::export;

/// Tracks cut at ports.
pub struct VoyagesStage;

/// Voyages, what is none, and ships under way.
pub struct VoyagesOf {
    /// What was found.
    pub found: Voyages,
    /// Ports nearer to one another than this count as one where texts are compared, meters.
    pub radius_m: f64,
    /// Whether the reports are made and not a ship's: they carry their truth.
    pub is_made: bool,
    /// What crews typed, the ports and the fleet.
    pub typed: Arc<DestinationsOf>,
}

impl VoyagesOf {
    /// The fleet that the voyages are of.
    pub fn fleet(&self) -> &Fleet {
        &self.typed.cleaned.fleet
    }

    /// The ports that they are between.
    pub fn ports(&self) -> &PortsOf {
        &self.typed.ports
    }

    /// The table of these ports.
    pub fn table(&self) -> &PortTable {
        &self.typed.ports.table
    }

    /// Arrivals by port, the most first.
    pub fn arrivals(&self) -> Vec<(PortId, usize)> {
        let mut counts: BTreeMap<PortId, usize> = BTreeMap::new();
        for voyage in &self.found.voyages {
            *counts.entry(voyage.destination).or_default() += 1;
        }
        let mut counts: Vec<(PortId, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(port, n)| (std::cmp::Reverse(*n), *port));
        counts
    }

    /// Where the voyages begin and end.
    pub fn visited(&self) -> BTreeSet<PortId> {
        self.found.voyages.iter().flat_map(|one| [one.departure, one.destination]).collect()
    }

    /// What is odd about the result, in sentences.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.is_made {
            notes.push(MADE.to_owned());
        }
        let texts = self.typed.texts.len();
        if texts == 0 {
            notes.push(
                "no ship reported a destination: voyages.require_reported=false keeps voyages \
                 without one"
                    .into(),
            );
        }
        let taken_out = self.found.taken_out();
        let left: usize = self.found.voyages.iter().map(|voyage| voyage.reports.len()).sum();
        let refined = self.found.refused.iter().filter(|refused| refused.was_refined).count();
        if 10 * taken_out > taken_out + left || 10 * refined > self.found.voyages.len() + refined {
            let percent = 100 * taken_out / (taken_out + left).max(1);
            notes.push(format!(
                "refinement took out {percent} % of the reports and {refined} voyages: the paper's \
                 voyages.eps of 0.15 is for dense reports; of seldom ones, raise it or set \
                 voyages.refine=false"
            ));
        }
        if self.found.stays_in_port == 0 {
            notes.push(
                "no ship lay still within a port's circle: are these the ports of these waters, and \
                 is voyages.radius wide enough?"
                    .into(),
            );
        }
        notes
    }
}

/// What is said beside every figure of made traffic.
pub const MADE: &str = "made voyages: every figure is of traffic that never was";

impl Stage for VoyagesStage {
    const NAME: &'static str = "voyages/1";
    const TITLE: &'static str = "Voyages";
    const NEEDS: &'static [&'static str] = &["destinations"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 4;

    type Params = VoyageParams;
    type Input = Arc<DestinationsOf>;
    type Output = VoyagesOf;

    fn run(
        params: &Checked<VoyageParams>,
        typed: &Arc<DestinationsOf>,
        job: &Job,
    ) -> Result<VoyagesOf, Stopped> {
        let (fleet, table) = (&typed.cleaned.fleet, &typed.ports.table);
        let found = voyages(fleet, table, &typed.named, params, job)?;
        let is_known = |truth: &Truth| truth.route != Truth::NONE || truth.trip != Truth::NONE;
        let is_made = fleet.reports().truth.iter().any(is_known);
        let typed = Arc::clone(typed);
        Ok(VoyagesOf { found, radius_m: params.radius_m, is_made, typed })
    }

    fn figures(output: &VoyagesOf) -> Map<String, Value> {
        let found = &output.found;
        let counts: Map<String, Value> = found
            .refused_by_reason()
            .into_iter()
            .map(|(reason, n)| (reason.name().replace(' ', "_"), n.into()))
            .collect();
        let refined = found.refused.iter().filter(|refused| refused.was_refined).count();
        let reports: usize = found.voyages.iter().map(|voyage| voyage.reports.len()).sum();
        let mut figures = Map::new();
        figures.insert("voyages".into(), found.voyages.len().into());
        figures.insert("rejected".into(), counts.into());
        figures.insert("rejected_after_refinement".into(), refined.into());
        figures.insert("ports".into(), output.visited().len().into());
        figures.insert("reports".into(), reports.into());
        figures.insert("reports_taken_out".into(), found.taken_out().into());
        figures.insert("under_way".into(), found.under_way.len().into());
        figures.insert("stays_in_port".into(), found.stays_in_port.into());
        figures.insert("stops_at_sea".into(), found.stops_at_sea.into());
        figures.insert("made".into(), output.is_made.into());
        figures.insert("notes".into(), output.notes().into());
        figures
    }

    /// `voyages.csv`: a row a voyage; `voyages.rejected.csv`: what is none, and why;
    /// `voyages.geojson`: lines.
    fn export(output: &VoyagesOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let paths = ["voyages.csv", "voyages.rejected.csv", "voyages.geojson"]
            .map(|name| folder.join(name));
        let (fleet, table) = (output.fleet(), output.table());
        let ends = |from: PortId, to: PortId| {
            [from, to].map(|port| export::quoted(&code(table, port))).join(",")
        };
        let head = "voyage,mmsi,name,from,to,departed,arrived,reports,taken_out,length_nmi,\
                    named_share";
        let row = |(id, voyage): (usize, &Voyage)| {
            let vessel = &fleet.vessels()[voyage.vessel];
            format!(
                "{id},{},{},{},{},{},{},{},{:.1},{:.3}",
                vessel.mmsi.0,
                export::quoted(&vessel.about.name),
                ends(voyage.departure, voyage.destination),
                iso_text(voyage.departed_ms),
                iso_text(voyage.arrived_ms),
                voyage.reports.len(),
                voyage.taken_out,
                nmi_from_m(voyage.length_m(fleet)),
                voyage.named_share,
            )
        };
        let rows = output.found.voyages.iter().enumerate().map(row);
        export::lines(&paths[0], head, rows).map_err(|error| error.to_string())?;
        let row = |refused: &Refused| {
            let vessel = &fleet.vessels()[refused.vessel];
            let (from_ms, to_ms) = refused.time_span_ms;
            format!(
                "{},{},{},{},{},{},{}",
                vessel.mmsi.0,
                export::quoted(&vessel.about.name),
                ends(refused.departure, refused.destination),
                iso_text(from_ms),
                iso_text(to_ms),
                refused.reason.name(),
                refused.was_refined,
            )
        };
        let head = "mmsi,name,from,to,began,ended,reason,after_refinement";
        export::lines(&paths[1], head, output.found.refused.iter().map(row))
            .map_err(|error| error.to_string())?;
        let mut features = Vec::new();
        for (id, voyage) in output.found.voyages.iter().enumerate() {
            job.go_on().map_err(|stopped| stopped.to_string())?;
            features.push(json!({
                "type": "Feature",
                "properties": {
                    "voyage": id,
                    "mmsi": fleet.vessels()[voyage.vessel].mmsi.0,
                    "from": code(table, voyage.departure),
                    "to": code(table, voyage.destination),
                    "departed": iso_text(voyage.departed_ms),
                    "arrived": iso_text(voyage.arrived_ms),
                },
                "geometry": super::line(fleet, &voyage.reports),
            }));
        }
        super::write_features(&paths[2], features)?;
        Ok(paths.to_vec())
    }
}
