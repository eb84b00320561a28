//! Made traffic as NMEA sentences, stamped by tag blocks, static reports among them.

use std::io::Write;

use rayon::prelude::*;

use super::encode::{Station, encode_position, encode_static};
use super::write::WriteError;
use crate::ais::{Fleet, ShipKind, Static, Vessel};
use crate::base::job::Job;

/// How often a vessel repeats what it says of itself, milliseconds. On the air it is six minutes;
/// receivers that thin positions to one a minute thin these too.
const STATIC_EVERY_MS: i64 = 30 * 60_000;

/// Reports encoded at a time by one core.
const CHUNK: usize = 1 << 14;

/// Writes all reports of `fleet` in time order: messages 1 and 5, or 18 and 24 for pleasure craft,
/// which carry class B. There is no place for truth in a sentence.
pub fn write_nmea(fleet: &Fleet, mut out: impl Write, job: &Job) -> Result<(), WriteError> {
    let order = fleet.in_time_order();
    let owners = fleet.owners();
    job.expect(order.len());
    let n_at_once = CHUNK * rayon::current_num_threads() * 2;
    for many in order.chunks(n_at_once) {
        let texts: Vec<Vec<u8>> = many
            .par_chunks(CHUNK)
            .map(|chunk| {
                let mut text = Vec::with_capacity(chunk.len() * 90);
                for index in chunk {
                    encode(fleet, *index as usize, owners[*index as usize] as usize, &mut text);
                }
                text
            })
            .collect();
        for text in texts {
            out.write_all(&text)?;
        }
        job.advance(many.len()).map_err(|_| WriteError::Cancelled)?;
    }
    out.flush()?;
    Ok(())
}

fn encode(fleet: &Fleet, index: usize, owner: usize, text: &mut Vec<u8>) {
    let vessel = &fleet.vessels()[owner];
    let station =
        if vessel.kind() == ShipKind::Pleasure { Station::ClassB } else { Station::ClassA };
    let report = fleet.reports().get(index);
    let before_ms = (index > fleet.range(owner).start).then(|| fleet.reports().t_ms[index - 1]);
    // One a half-hour of the clock, and one before the first position.
    let is_due = before_ms.is_none_or(|t_ms| {
        t_ms.div_euclid(STATIC_EVERY_MS) != report.t_ms.div_euclid(STATIC_EVERY_MS)
    });
    if is_due {
        let said = said_at(vessel, report.t_ms);
        encode_static(text, station, vessel.mmsi.0, &said, (index % 10) as u8, Some(report.t_ms));
    }
    encode_position(text, station, vessel.mmsi.0, &report, true);
}

/// What the vessel says of itself at `t_ms`: the voyage that is set then.
fn said_at(vessel: &Vessel, t_ms: i64) -> Static {
    let mut said = vessel.about.clone();
    if let Some((_, voyage)) = vessel.voyages.iter().rev().find(|(since_ms, _)| *since_ms <= t_ms) {
        said.destination.clone_from(&voyage.destination);
        said.eta.clone_from(&voyage.eta);
        if voyage.draught_dm > 0 {
            said.draught_m = Some(f32::from(voyage.draught_dm) / 10.0);
        }
    }
    said
}
