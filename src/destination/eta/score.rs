//! How good forecasts of the arrival are.

use serde::Serialize;

use super::EtaForecast;
use crate::ais::Sailings;

/// How good forecasts are, over reports.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct EtaScores {
    /// Mean absolute error, minutes.
    pub mae_min: f64,
    /// Root of the mean squared error, minutes.
    pub rmse_min: f64,
    /// How many reports were foretold.
    pub n: usize,
    /// How many voyages they are of.
    pub trips: usize,
    /// The share of arrivals within the interval.
    pub covered: f64,
    /// Half the interval's mean width, minutes.
    pub half_width_min: f64,
    /// The share of reports whose voyage is also, under another number, among those learned from.
    pub twin_share: f64,
    /// Mean absolute error of all others: what to expect of new voyages. None if there are no others.
    pub new_mae_min: Option<f64>,
    /// Mean absolute error of distance over speed ([`EtaModel::naive_min`](super::EtaModel::naive_min)).
    pub naive_mae_min: f64,
    /// Root of its mean squared error.
    pub naive_rmse_min: f64,
    /// The error in four parts of as many reports, by time to go, the nearest first.
    pub quarters: Vec<EtaQuarter>,
    /// The error by how much time was left.
    pub by_remaining: Vec<EtaBand>,
}

/// The error of a quarter of the reports, by time to go.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct EtaQuarter {
    /// The least time to go, minutes.
    pub from_min: f64,
    /// The greatest.
    pub to_min: f64,
    /// How many reports.
    pub n: usize,
    /// Mean absolute error, minutes.
    pub mae_min: f64,
    /// The same of distance over speed.
    pub naive_mae_min: f64,
}

/// The error at reports with about the same time left.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct EtaBand {
    /// From so many hours before the arrival.
    pub from_h: f64,
    /// To so many.
    pub to_h: f64,
    /// How many reports.
    pub n: usize,
    /// Mean absolute error, minutes.
    pub mae_min: f64,
}

/// Scores forecasts, one a report; `naive_min` are those by distance over speed, and `twins` as
/// [`EtaModel::twins`](super::EtaModel::twins) tells.
pub fn scores(
    sailings: &Sailings,
    forecasts: &[EtaForecast],
    naive_min: &[f32],
    twins: &[bool],
) -> EtaScores {
    const BANDS_H: [f64; 9] = [0.0, 1.0, 3.0, 6.0, 12.0, 24.0, 48.0, 96.0, f64::INFINITY];
    let rows: Vec<(f64, &EtaForecast, f64)> = sailings
        .rows
        .iter()
        .zip(forecasts)
        .map(|(row, forecast)| {
            let truth = f64::from(row.remaining_min);
            (truth, forecast, (f64::from(forecast.remaining_min) - truth).abs())
        })
        .collect();
    let n = rows.len() as f64;
    let is_inside = |(truth, forecast, _): &&(f64, &EtaForecast, f64)| {
        (f64::from(forecast.low_min)..=f64::from(forecast.high_min)).contains(truth)
    };
    let width = |(_, forecast, _): &(f64, &EtaForecast, f64)| {
        f64::from(forecast.high_min - forecast.low_min) / 2.0
    };
    let new: Vec<f64> =
        rows.iter().zip(twins).filter(|(_, is_twin)| !**is_twin).map(|(row, _)| row.2).collect();
    let band = |ends: &[f64]| {
        let hours = ends[0]..ends[1];
        let of_band = rows.iter().filter(|(truth, ..)| hours.contains(&(truth / 60.0)));
        let errors: Vec<f64> = of_band.map(|row| row.2).collect();
        let mae_min = errors.iter().sum::<f64>() / errors.len() as f64;
        (!errors.is_empty()).then_some(EtaBand {
            from_h: ends[0],
            to_h: ends[1],
            n: errors.len(),
            mae_min,
        })
    };
    let naive = |at: usize| (f64::from(naive_min[at]) - rows[at].0).abs();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|a, b| rows[*a].0.total_cmp(&rows[*b].0));
    let quarter = |part: usize| {
        let places = &order[part * order.len() / 4..(part + 1) * order.len() / 4];
        let (first, last) = (places.first()?, places.last()?);
        let n = places.len() as f64;
        Some(EtaQuarter {
            from_min: rows[*first].0,
            to_min: rows[*last].0,
            n: places.len(),
            mae_min: places.iter().map(|at| rows[*at].2).sum::<f64>() / n,
            naive_mae_min: places.iter().map(|at| naive(*at)).sum::<f64>() / n,
        })
    };
    EtaScores {
        naive_mae_min: (0..rows.len()).map(naive).sum::<f64>() / n,
        naive_rmse_min: ((0..rows.len()).map(|at| naive(at).powi(2)).sum::<f64>() / n).sqrt(),
        quarters: (0..4).filter_map(quarter).collect(),
        mae_min: rows.iter().map(|row| row.2).sum::<f64>() / n,
        rmse_min: (rows.iter().map(|row| row.2 * row.2).sum::<f64>() / n).sqrt(),
        n: rows.len(),
        trips: sailings.trips().len(),
        covered: rows.iter().filter(is_inside).count() as f64 / n,
        half_width_min: rows.iter().map(width).sum::<f64>() / n,
        twin_share: 1.0 - new.len() as f64 / n,
        new_mae_min: (!new.is_empty()).then(|| new.iter().sum::<f64>() / new.len() as f64),
        by_remaining: BANDS_H.windows(2).filter_map(band).collect(),
    }
}
