//! Arrival times on a made way: east along 54 degrees north, 1.5 degrees long.

use super::*;
use crate::ais::SailingRow;
use crate::base::geo::{Position, distance_m};

const FROM: Position = Position::new(10.0, 54.0);
const TO: Position = Position::new(11.5, 54.0);

/// A voyage at `kn` that sets out at `start_min` of the week, a report each five minutes.
fn voyage(trip: u32, kn: f64, start_min: f64) -> Vec<SailingRow> {
    let all_m = distance_m(FROM, TO);
    let total_min = all_m / (kn * 1852.0 / 60.0);
    let n = (total_min / 5.0) as usize;
    (0..=n)
        .map(|step| {
            let min = 5.0 * step as f64;
            let lon = FROM.lon_deg + 1.5 * (min / total_min).min(1.0);
            SailingRow {
                trip,
                position: Position::new((lon * 100.0).round() / 100.0, 54.0),
                sog_kn: kn as f32,
                cog_deg: 90.0,
                length_m: (kn * 10.0) as f32,
                breadth_m: 15.0,
                draught_m: f32::NAN,
                clock_min: (((start_min + min) / 60.0).floor() * 60.0).rem_euclid(10_080.0),
                week: 5.0,
                remaining_min: (total_min - min) as f32,
            }
        })
        .collect()
}

fn fleet(trips: std::ops::Range<u32>, seed: u64) -> Sailings {
    let mut rng = Rng::new(seed, 0);
    let mut rows: Vec<SailingRow> = Vec::new();
    for trip in trips {
        rows.extend(voyage(trip, rng.between(8.0, 20.0), rng.between(0.0, 10_080.0)));
    }
    rng.shuffle(&mut rows); // The order of the file tells nothing.
    Sailings { rows, has_minutes: false }
}

fn params() -> Checked<EtaParams> {
    Checked::new(&EtaParams { trees: 30, folds: 3, ..EtaParams::default() }).unwrap()
}

#[test]
fn ships_that_keep_their_speed_are_foretold_to_minutes() {
    let job = Job::default();
    let model = EtaModel::fit(&fleet(0..60, 1), &params(), &job).unwrap();
    let scores = model.score(&fleet(100..120, 2), &job).unwrap();
    // Voyages last 160 to 400 minutes.
    assert!(scores.mae_min < 8.0, "{scores:?}");
    assert_eq!((scores.trips, scores.twin_share), (20, 0.0));
    assert_eq!(scores.new_mae_min, Some(scores.mae_min));
    assert!(scores.covered > 0.6 && scores.half_width_min < 25.0, "{scores:?}");
}

#[test]
fn what_comes_later_changes_no_forecast() {
    let job = Job::default();
    let model = EtaModel::fit(&fleet(0..30, 1), &params(), &job).unwrap();
    // Across the end of the week.
    let rows = voyage(7, 12.5, 10_000.0);
    let all = Sailings { rows: rows.clone(), has_minutes: false };
    let known = model.forecast(&all, &job).unwrap();
    for n in [1, 2, 10, 30] {
        let so_far = Sailings { rows: rows[..n].to_vec(), has_minutes: false };
        assert_eq!(model.forecast(&so_far, &job).unwrap(), known[..n], "after {n} reports");
    }
}

#[test]
fn the_naive_arrival_is_the_straight_way_at_the_present_speed() {
    let job = Job::default();
    let model = EtaModel::fit(&fleet(0..20, 1), &params(), &job).unwrap();
    let mut rows = voyage(7, 12.0, 0.0);
    rows.truncate(2);
    rows[1].sog_kn = 0.2; // At anchor: as ships usually go.
    let naive = model.naive_min(&Sailings { rows, has_minutes: false });
    // 1.5 degrees at 54 degrees north are 52.9 nautical miles, 264 minutes at 12 knots.
    assert!((naive[0] - 264.5).abs() < 3.0, "{naive:?}");
    // Speeds are drawn from 8 to 20 knots; the slow ones report more often.
    assert!((170.0..380.0).contains(&naive[1]), "{naive:?}");
}

#[test]
fn a_model_comes_back_from_its_file_as_it_was() {
    let job = Job::default();
    let model = EtaModel::fit(&fleet(0..5, 1), &params(), &job).unwrap();
    let text = serde_json::to_string(&model).unwrap();
    let back: EtaModel = serde_json::from_str(&text).unwrap();
    assert_eq!(back, model);
}

#[test]
fn a_voyage_under_two_numbers_is_known_and_stays_in_one_part() {
    let mut sailings = fleet(0..12, 3);
    let twin = sailings.only(|trip| trip == 4).rows;
    sailings.rows.extend(twin.iter().map(|row| SailingRow { trip: 99, ..*row }));
    let groups = twin_groups(&sailings);
    assert_eq!(groups.len(), 12);
    assert!(groups.contains(&vec![4, 99]));
    let job = Job::default();
    let together = cross_validate(&sailings, &params(), true, &job).unwrap();
    assert_eq!(together.twin_share, 0.0);
    let apart = EtaParams { folds: 13, ..params().clone_inner() };
    let apart = cross_validate(&sailings, &Checked::new(&apart).unwrap(), false, &job).unwrap();
    let of_twins = 2.0 * twin.len() as f64 / sailings.rows.len() as f64;
    assert!((apart.twin_share - of_twins).abs() < 1e-9, "{}", apart.twin_share);
}

#[test]
fn scores_are_what_a_hand_computes() {
    let mut rows = voyage(1, 10.0, 0.0);
    rows.truncate(2);
    (rows[0].remaining_min, rows[1].remaining_min) = (100.0, 10.0);
    let sailings = Sailings { rows, has_minutes: false };
    let forecasts = [
        EtaForecast { remaining_min: 103.0, low_min: 90.0, high_min: 110.0 },
        EtaForecast { remaining_min: 6.0, low_min: 4.0, high_min: 8.0 },
    ];
    let scores = scores(&sailings, &forecasts, &[80.0, 20.0], &[true, false]);
    assert_eq!((scores.mae_min, scores.rmse_min), (3.5, 12.5_f64.sqrt()));
    assert_eq!((scores.covered, scores.half_width_min), (0.5, 6.0));
    assert_eq!((scores.twin_share, scores.new_mae_min), (0.5, Some(4.0)));
    // Distance over speed is off by 20 and 10 minutes; each report is a quarter of its own.
    assert_eq!((scores.naive_mae_min, scores.naive_rmse_min), (15.0, 250_f64.sqrt()));
    let quarters: Vec<(f64, f64, f64)> = scores
        .quarters
        .iter()
        .map(|quarter| (quarter.to_min, quarter.mae_min, quarter.naive_mae_min))
        .collect();
    assert_eq!(quarters, [(10.0, 4.0, 10.0), (100.0, 3.0, 20.0)]);
    let bands: Vec<(f64, usize, f64)> =
        scores.by_remaining.iter().map(|band| (band.to_h, band.n, band.mae_min)).collect();
    assert_eq!(bands, [(1.0, 1, 4.0), (3.0, 1, 3.0)]);
}

#[test]
fn what_cannot_be_learned_or_foretold_is_told() {
    let job = Job::default();
    let fit = |sailings: &Sailings| EtaModel::fit(sailings, &params(), &job).err();
    assert_eq!(fit(&Sailings::default()), Some(EtaError::NoCompleteVoyage { trips: 0 }));
    let mut open = fleet(0..2, 1);
    open.rows.retain(|row| row.remaining_min > 60.0);
    assert_eq!(fit(&open), Some(EtaError::NoCompleteVoyage { trips: 2 }));
    let model = EtaModel::fit(&fleet(0..3, 1), &params(), &job).unwrap();
    let mut elsewhere = fleet(0..1, 1);
    elsewhere.rows.iter_mut().for_each(|row| row.position = Position::new(-150.0, 10.0));
    assert_eq!(model.forecast(&elsewhere, &job), Err(EtaError::OtherWay));
    let few = cross_validate(&fleet(0..2, 1), &params(), true, &job).err();
    assert_eq!(few, Some(EtaError::TooFewVoyages { trips: 2, folds: 3 }));
    job.cancel();
    let stopped = EtaModel::fit(&fleet(0..3, 1), &params(), &job).err();
    assert_eq!(stopped, Some(EtaError::Stopped(Stopped::Cancelled)));
}

#[test]
fn times_to_the_minute_are_used_where_they_are_known() {
    let mut sailings = fleet(0..3, 1);
    sailings.has_minutes = true;
    for row in &mut sailings.rows {
        row.clock_min = 50_000.0 + f64::from(row.trip) * 2_000.0 - f64::from(row.remaining_min);
    }
    let ways = Ways::learn(&sailings).unwrap();
    let to_go = ways.to_go(&sailings, &Job::default()).unwrap();
    let columns = features::columns(&sailings, &to_go);
    let under_way = features::NAMES.iter().position(|name| *name == "time under way").unwrap();
    for (_, rows) in sailings.trips() {
        let row = |index: &u32| sailings.rows[*index as usize].remaining_min;
        let longest = rows.iter().map(row).fold(0.0, f32::max);
        for index in &rows {
            let since = columns.column(under_way)[*index as usize];
            assert!((since - (longest - row(index))).abs() < 0.01);
        }
    }
}
