//! The ensemble on traffic of several kinds, and in waters that it does not know.

use super::{lanes, sail, windows_of};
use crate::ais::{Fleet, Report, Vessel};
use crate::base::geo::Position;
use crate::base::job::Job;
use crate::base::rng::Rng;
use crate::predict::ensemble::{Ensemble, EnsembleParams};
use crate::predict::features::Inputs;
use crate::predict::model::Model;
use crate::predict::params::{Method, PredictParams};
use crate::predict::window::WindowParams;

/// Lanes that bend and slow down, which neighbors know; ships that keep turning as they do, which
/// their motion tells; and ships that wander, of which nobody knows more than their speed and course.
fn mixed(seed: u64) -> Fleet {
    let lanes = lanes(24, seed);
    let mut tracks: Vec<(Vessel, Vec<Report>)> = (0..lanes.vessels().len())
        .map(|ship| {
            (
                lanes.vessels()[ship].clone(),
                lanes.range(ship).map(|i| lanes.reports().get(i)).collect(),
            )
        })
        .collect();
    for ship in 0..24 {
        let mut rng = Rng::new(seed + 77, ship);
        let from = Position::new(10.0 + rng.between(0.0, 0.8), 57.0 + rng.between(-0.2, 0.6));
        let (kn, mut course) = (rng.between(6.0, 18.0), rng.between(0.0, 360.0));
        let turn_deg = if ship % 3 == 0 { 0.0 } else { rng.between(-2.5, 2.5) };
        let unrest_deg = if ship % 3 == 0 { 5.0 } else { 0.3 };
        let courses: Vec<f64> = (0..200)
            .map(|_| {
                course += turn_deg + rng.normal() * unrest_deg;
                course
            })
            .collect();
        tracks.push(sail(5000 + ship as u32, from, 200, move |minute| (kn, courses[minute])));
    }
    Fleet::from_tracks(tracks)
}

#[test]
fn the_ensemble_is_nearer_than_each_of_its_members_on_mixed_traffic() {
    let data = windows_of(&mixed(9), &WindowParams::default());
    let folds = data.folds(4, 1);
    let mut sums = [0.0; 5]; // Of the ensemble, and of each member.
    for fold in 0..4 {
        for horizon in [0, 2] {
            let knows = |i: &usize| data.truths[*i][horizon].is_some();
            let (asked, learned): (Vec<usize>, Vec<usize>) =
                (0..data.len()).filter(knows).partition(|i| folds[*i] == fold);
            let params = EnsembleParams::default();
            let ensemble = Ensemble::fit(
                &data,
                &learned,
                horizon,
                Inputs::default(),
                &params,
                &Job::default(),
            )
            .unwrap();
            for i in asked {
                let (sample, truth) = (&data.samples[i], data.target_m(i, horizon).unwrap());
                let error = |[ahead, port]: [f64; 2]| (ahead - truth[0]).hypot(port - truth[1]);
                sums[0] += error(ensemble.predict(sample));
                let members = ensemble.members(sample);
                let reckoned = error(ensemble.place_m(sample, [0.0; 2]));
                assert!(members.len() >= 3, "there are neighbors everywhere");
                for (sum, member) in sums[1..4].iter_mut().zip(&members) {
                    *sum += error(ensemble.place_m(sample, member.told));
                }
                // Of several clusters, the one that the neighbors trust most.
                let best = members[3..].iter().min_by(|a, b| a.error.total_cmp(&b.error));
                sums[4] += best.map_or(reckoned, |o| error(ensemble.place_m(sample, o.told)));
            }
        }
    }
    assert!(sums[1..].iter().all(|member| sums[0] < 0.95 * member), "{sums:?}");
}

#[test]
fn in_waters_it_does_not_know_a_model_reckons_and_gives_no_ellipse() {
    let home = windows_of(&lanes(12, 5), &WindowParams::default());
    let all: Vec<usize> = (0..home.len()).collect();
    let away = |mmsi| sail(mmsi, Position::new(-120.0, 34.0), 200, |_| (12.0, 200.0));
    let away = windows_of(&Fleet::from_tracks(vec![away(7), away(8)]), &WindowParams::default());
    let job = Job::default();
    let params = PredictParams { has_place: true, has_ship: false, ..PredictParams::default() };
    let reckoning = Model::fit(Method::SogCog, &home, &all, &params, &job).unwrap();
    for method in Method::ALL {
        let model = Model::fit(method, &home, &all, &params, &job).unwrap();
        assert!(model.forecast(&home.samples[0]).iter().all(|told| told.ellipses.is_some()));
        for sample in away.samples.iter().step_by(9) {
            assert!(!model.waters.knows(sample.frame.origin()));
            let told = model.forecast(sample);
            assert!(told.iter().all(|told| told.ellipses.is_none()), "{method:?}");
            if method != Method::Linear {
                assert_eq!(told, reckoning.forecast(sample), "{method:?}");
            }
        }
    }
}
