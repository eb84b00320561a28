//! Batches of many blocks and files to one fleet, sorted by vessel and time.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::batch::{About, Batch, Refusal};
use crate::ais::vessel::{Claim, VoyageNote};
use crate::ais::{Fleet, Mmsi, Report, Reports, Truth, Vessel};
use crate::base::job::{Job, Stopped};
use crate::base::note::{Place, Tally};

/// The batches of one file, in order.
pub struct FileBatches {
    /// What to call the file in the ledger.
    pub name: Arc<str>,
    /// Whether its vessels are named by numbers that are no MMSI.
    pub is_local: bool,
    /// What was read.
    pub batches: Vec<Batch>,
}

/// A vessel over all files: numbers of a file's own never mix with MMSIs.
type Identity = (bool, u32);

/// Where some rows of a vessel lie: file, batch, group.
type Part = (u32, u32, u32);

/// What files are together.
pub struct Merged {
    /// Vessels and reports.
    pub fleet: Fleet,
    /// For each file how many rows another file had already.
    pub duplicates: Vec<Tally<Refusal>>,
    /// The number by which its file names each report, [`NO_POINT`] where it does not; empty where no
    /// file does.
    pub points: Vec<u32>,
}

/// Stands for a report that its file does not name.
pub const NO_POINT: u32 = u32::MAX;

/// A fleet of all `files`.
pub fn merge(mut files: Vec<FileBatches>, job: &Job) -> Result<Merged, Stopped> {
    files.iter_mut().for_each(|file| share_anchors(&mut file.batches));
    let vessels = vessels_of(&files);
    let has_truth =
        files.iter().flat_map(|file| &file.batches).any(|batch| !batch.truth.is_empty());
    let has_points =
        files.iter().flat_map(|file| &file.batches).any(|batch| !batch.points.is_empty());
    let mut abouts: FxHashMap<Identity, Vec<About>> = FxHashMap::default();
    for file in &mut files {
        for about in file.batches.iter_mut().flat_map(|batch| batch.abouts.drain(..)) {
            abouts.entry((file.is_local, about.id)).or_default().push(about);
        }
    }
    // Vessels in a few pieces of work for each core, each piece with columns of its own.
    let rows: usize =
        files.iter().flat_map(|file| &file.batches).map(|batch| batch.reports.len()).sum();
    let piece_rows = (rows / (4 * rayon::current_num_threads())).max(20_000);
    let mut pieces: Vec<Vec<(Identity, Vec<Part>)>> = vec![Vec::new()];
    let mut filled = 0;
    for (identity, parts) in vessels {
        filled += parts.iter().map(|part| group(&files, *part).1.len()).sum::<usize>();
        pieces.last_mut().expect("there is one").push((identity, parts));
        if filled >= piece_rows {
            pieces.push(Vec::new());
            filled = 0;
        }
    }
    let done: Vec<Piece> = pieces
        .into_par_iter()
        .map(|vessels| assemble(&files, &abouts, vessels, (has_truth, has_points), job))
        .collect::<Result<_, Stopped>>()?;
    drop(files);
    let mut duplicates: Vec<Tally<Refusal>> = Vec::new();
    let mut points = Vec::new();
    let (mut vessels, mut starts, mut reports) = (Vec::new(), vec![0], Reports::default());
    reports.reserve(done.iter().map(|piece| piece.reports.len()).sum());
    for mut piece in done {
        starts.extend(piece.lengths.iter().scan(reports.len(), |end, length| {
            *end += length;
            Some(*end)
        }));
        vessels.append(&mut piece.vessels);
        reports.append(&mut piece.reports);
        points.append(&mut piece.points);
        duplicates.resize_with(duplicates.len().max(piece.duplicates.len()), Tally::default);
        for (all, own) in duplicates.iter_mut().zip(piece.duplicates) {
            all.merge(own);
        }
        job.go_on()?;
    }
    Ok(Merged { fleet: Fleet::new(vessels, starts, reports), duplicates, points })
}

/// Tables without times: each batch fixed arrivals by its own first rows; the first batch is right.
fn share_anchors(batches: &mut [Batch]) {
    let mut anchors: FxHashMap<u32, i64> = FxHashMap::default();
    for batch in batches.iter_mut().filter(|batch| !batch.anchors.is_empty()) {
        let own: FxHashMap<u32, i64> = batch.anchors.iter().copied().collect();
        for group in &batch.groups {
            let Some(own_ms) = own.get(&group.id) else { continue };
            let shift_ms = *anchors.entry(group.id).or_insert(*own_ms) - own_ms;
            batch.reports[group.rows.clone()].iter_mut().for_each(|report| report.t_ms += shift_ms);
        }
    }
}

/// Every vessel by rising number, with where its rows lie; vessels without rows too.
fn vessels_of(files: &[FileBatches]) -> Vec<(Identity, Vec<Part>)> {
    let mut parts: Vec<(Identity, Part)> = Vec::new();
    let mut silent: Vec<Identity> = Vec::new();
    for (f, file) in files.iter().enumerate() {
        for (b, batch) in file.batches.iter().enumerate() {
            parts.extend(
                batch
                    .groups
                    .iter()
                    .enumerate()
                    .map(|(g, group)| ((file.is_local, group.id), (f as u32, b as u32, g as u32))),
            );
            silent.extend(batch.abouts.iter().map(|about| (file.is_local, about.id)));
        }
    }
    parts.par_sort_unstable();
    silent.par_sort_unstable();
    silent.dedup();
    let mut vessels: Vec<(Identity, Vec<Part>)> = Vec::new();
    for (identity, part) in parts {
        match vessels.last_mut() {
            Some((last, own)) if *last == identity => own.push(part),
            _ => vessels.push((identity, vec![part])),
        }
    }
    let n_heard = vessels.len();
    let unheard: Vec<_> = silent
        .into_iter()
        .filter(|identity| {
            vessels[..n_heard].binary_search_by_key(identity, |(known, _)| *known).is_err()
        })
        .map(|identity| (identity, Vec::new()))
        .collect();
    vessels.extend(unheard);
    vessels.sort_unstable_by_key(|(identity, _)| *identity);
    vessels
}

fn group(files: &[FileBatches], (file, batch, group): Part) -> (&Batch, std::ops::Range<usize>) {
    let batch = &files[file as usize].batches[batch as usize];
    (batch, batch.groups[group as usize].rows.clone())
}

/// A row on its way: with its file, its truth and the number by which the file names it.
type Merging = (Report, u32, Truth, u32);

/// Some vessels, put together.
#[derive(Default)]
struct Piece {
    vessels: Vec<Vessel>,
    lengths: Vec<usize>,
    reports: Reports,
    points: Vec<u32>,
    /// By file, rows that another file had already.
    duplicates: Vec<Tally<Refusal>>,
}

fn assemble(
    files: &[FileBatches],
    abouts: &FxHashMap<Identity, Vec<About>>,
    vessels: Vec<(Identity, Vec<Part>)>,
    (has_truth, has_points): (bool, bool),
    job: &Job,
) -> Result<Piece, Stopped> {
    let mut piece = Piece { duplicates: vec![Tally::default(); files.len()], ..Piece::default() };
    piece.reports.reserve(
        vessels.iter().flat_map(|(_, parts)| parts).map(|part| group(files, *part).1.len()).sum(),
    );
    let mut rows: Vec<Merging> = Vec::new();
    for ((is_local, id), parts) in vessels {
        job.go_on()?;
        rows.clear();
        for part in &parts {
            let (batch, range) = group(files, *part);
            rows.extend(range.map(|row| {
                let truth = batch.truth.get(row).copied().unwrap_or(Truth::UNKNOWN);
                let point = batch.points.get(row).copied().unwrap_or(NO_POINT);
                (batch.reports[row], part.0, truth, point)
            }));
        }
        if !rows.is_sorted_by_key(|(report, ..)| report.t_ms) {
            rows.sort_by_key(|(report, ..)| report.t_ms);
        }
        if files.len() > 1 {
            drop_duplicates(&mut rows, files, &mut piece.duplicates);
        }
        for (report, _, truth, point) in &rows {
            if has_points {
                piece.points.push(*point);
            }
            if has_truth {
                piece.reports.push_with_truth(*report, *truth);
            } else {
                piece.reports.push(*report);
            }
        }
        piece.lengths.push(rows.len());
        piece.vessels.push(describe(
            id,
            is_local,
            abouts.get(&(is_local, id)).map_or(&[], Vec::as_slice),
        ));
    }
    Ok(piece)
}

/// Takes out rows that are exactly those of an earlier file. Repeats within a file stay: cleaning
/// counts them.
fn drop_duplicates(
    rows: &mut Vec<Merging>,
    files: &[FileBatches],
    duplicates: &mut [Tally<Refusal>],
) {
    let mut kept = 0;
    let mut instant = 0; // Where, among the kept, the rows of the present time begin.
    for row in 0..rows.len() {
        let (report, file, ..) = rows[row];
        if kept > 0 && rows[kept - 1].0.t_ms != report.t_ms {
            instant = kept;
        }
        let is_known = rows[instant..kept]
            .iter()
            .any(|(other, from, ..)| *from != file && other.is_same(&report));
        if is_known {
            let place = || Place {
                file: Arc::clone(&files[file as usize].name),
                line: 0,
                text: row_text(&report),
            };
            duplicates[file as usize].count(Refusal::DuplicateAcrossFiles, place);
        } else {
            rows[kept] = rows[row];
            kept += 1;
        }
    }
    rows.truncate(kept);
}

fn row_text(report: &Report) -> String {
    let time = crate::base::time::utc_text(report.t_ms);
    format!("{time} {:.5} {:.5}", report.position.lat_deg, report.position.lon_deg)
}

/// A vessel from all that it said of itself.
fn describe(id: u32, is_local: bool, abouts: &[About]) -> Vessel {
    let mut vessel = Vessel { mmsi: Mmsi(id), is_local, ..Vessel::default() };
    let mut sorted: Vec<&About> = abouts.iter().collect();
    sorted.sort_by_key(|about| about.t_ms);
    for about in sorted {
        vessel.about.update(&about.said);
        let said = &about.said;
        let voyage = VoyageNote {
            destination: said.destination.clone(),
            eta: said.eta.clone(),
            draught_dm: said.draught_m.map_or(0, |m| (m * 10.0).round() as u16),
        };
        let is_news = vessel.voyages.last().is_none_or(|(_, last)| *last != voyage);
        if is_news && voyage != VoyageNote::default() {
            vessel.voyages.push((about.t_ms, voyage));
        }
        // A report that leaves one out changes nothing.
        let last = vessel.identities.last().map(|(_, last)| last.clone()).unwrap_or_default();
        let claim = Claim {
            name: if said.name.is_empty() { last.name.clone() } else { said.name.clone() },
            imo: if said.imo == 0 { last.imo } else { said.imo },
        };
        if claim != last {
            vessel.identities.push((about.t_ms, claim));
        }
    }
    vessel
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::Static;
    use crate::base::geo::Position;
    use crate::io::batch::BatchBuilder;

    fn file(name: &str, batches: Vec<Vec<(u32, i64)>>) -> FileBatches {
        let batches = batches
            .into_iter()
            .map(|rows| {
                let mut builder = BatchBuilder::default();
                for (id, t_ms) in rows {
                    builder.keep(id, Report::at(t_ms, Position::new(1.0, 2.0)), None);
                }
                builder.finish()
            })
            .collect();
        FileBatches { name: name.into(), is_local: false, batches }
    }

    fn times(fleet: &Fleet) -> Vec<(u32, Vec<i64>)> {
        fleet.tracks().map(|track| (track.vessel.mmsi.0, track.t_ms.to_vec())).collect()
    }

    #[test]
    fn blocks_in_any_order_of_time_become_sorted_tracks() {
        let Merged { fleet, .. } = merge(
            vec![file("a", vec![vec![(7, 30), (5, 2)], vec![(7, 10), (5, 1), (7, 20)]])],
            &Job::default(),
        )
        .unwrap();
        assert_eq!(times(&fleet), [(5, vec![1, 2]), (7, vec![10, 20, 30])]);
    }

    #[test]
    fn a_row_in_two_files_is_kept_once_and_counted_for_the_second() {
        let files = vec![
            file("a", vec![vec![(5, 1), (5, 1), (5, 2)]]),
            file("b", vec![vec![(5, 2), (5, 3)]]),
        ];
        let Merged { fleet, duplicates, .. } = merge(files, &Job::default()).unwrap();
        assert_eq!(times(&fleet), [(5, vec![1, 1, 2, 3])], "repeats within a file stay");
        assert_eq!(
            (duplicates[0].total(), duplicates[1].of(Refusal::DuplicateAcrossFiles)),
            (0, 1)
        );
    }

    #[test]
    fn points_keep_their_numbers_when_rows_are_sorted() {
        let mut named = BatchBuilder::default();
        for (point, t_ms) in [(40, 30), (41, 10), (42, 20)] {
            named.keep(7, Report::at(t_ms, Position::new(1.0, 2.0)), None);
            named.name_point(Some(point));
        }
        let mut files = vec![file("a", vec![]), file("b", vec![vec![(5, 9)]])];
        files[0].batches = vec![named.finish()];
        let Merged { points, .. } = merge(files, &Job::default()).unwrap();
        assert_eq!(points, [NO_POINT, 41, 42, 40]);
        let unnamed = merge(vec![file("b", vec![vec![(5, 9)]])], &Job::default()).unwrap();
        assert!(unnamed.points.is_empty());
    }

    #[test]
    fn a_files_own_numbers_do_not_mix_with_mmsis() {
        let mut own = file("b", vec![vec![(5, 3)]]);
        own.is_local = true;
        let Merged { fleet, .. } =
            merge(vec![file("a", vec![vec![(5, 1)]]), own], &Job::default()).unwrap();
        assert_eq!(fleet.vessels().len(), 2);
    }

    #[test]
    fn what_a_vessel_says_is_kept_by_time_and_silent_vessels_too() {
        let mut builder = BatchBuilder::default();
        let said =
            |destination: &str| Static { destination: destination.into(), ..Static::default() };
        builder.about(9, 20, said("KIEL"));
        builder.about(9, 10, Static { name: "ANNA".into(), ..said("GDYNIA") });
        builder.about(9, 30, said("KIEL"));
        let files = vec![FileBatches {
            name: "a".into(),
            is_local: false,
            batches: vec![builder.finish()],
        }];
        let Merged { fleet, .. } = merge(files, &Job::default()).unwrap();
        let vessel = &fleet.vessels()[0];
        assert_eq!(
            (vessel.about.name.as_str(), vessel.about.destination.as_str()),
            ("ANNA", "KIEL")
        );
        let typed: Vec<_> =
            vessel.voyages.iter().map(|(t, note)| (*t, note.destination.as_str())).collect();
        assert_eq!(typed, [(10, "GDYNIA"), (20, "KIEL")]);
        // The name stands though later reports leave it out: no change of identity.
        let anna = crate::ais::vessel::Claim { name: "ANNA".into(), imo: 0 };
        assert_eq!(vessel.identities, [(10, anna)]);
        assert!(fleet.track(0).is_empty());
    }

    #[test]
    fn tables_without_times_agree_on_arrival_across_blocks() {
        let mut files = vec![file("a", vec![vec![(5, 1000)], vec![(5, 5000)]])];
        files[0].batches[0].anchors = vec![(5, 2000)];
        files[0].batches[1].anchors = vec![(5, 5500)];
        let Merged { fleet, .. } = merge(files, &Job::default()).unwrap();
        assert_eq!(times(&fleet), [(5, vec![1000, 1500])]);
    }
}
