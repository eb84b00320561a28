//! A model from training to folder to forecast, on voyages made by hand.

use super::*;
use crate::ais::{Port, ShipKind};
use crate::base::geo::Position;
use crate::destination::nest::Step;
use crate::learn::Watch;

/// Ports along the equator.
fn ports() -> PortTable {
    let port = |lon: i32| Port {
        name: format!("P{lon}"),
        position: Position::new(f64::from(lon), 0.0),
        ..Port::default()
    };
    PortTable::new((0..6).map(|i| port(i * 10)).collect())
}

/// A voyage east from port `from` to port `to`, a step a degree, a message a step.
fn nest(from: Option<u32>, to: Option<u32>, start: u32, n: usize) -> Nest {
    let step = |k: usize| Step {
        center: Position::new(f64::from(start) * 10.0 + k as f64 + 0.5, 0.5),
        messages: k..k + 1,
        days: k as f32 * 0.1,
        days_left: (n - k) as f32 * 0.1,
        days_left_reported: None,
        last: (Position::new(f64::from(start) * 10.0 + k as f64 + 0.5, 0.5), 90.0),
    };
    let mut message = [0.0; N_FEATURES];
    (message[3], message[11]) = (10.0, 1.0);
    Nest {
        steps: (0..n).map(step).collect(),
        features: message.repeat(n),
        from: from.map(PortId),
        to: to.map(PortId),
        kind: ShipKind::Cargo,
    }
}

/// From port 0 to 1, from 2 to 3, from 4 to 5, several times each; of every fourth voyage nobody
/// knows where it began.
fn made() -> Dataset {
    let one = |i: u32| {
        let from = i % 3 * 2;
        nest(Some(from).filter(|_| !i.is_multiple_of(4)), Some(from + 1), from, 8)
    };
    let nests: Vec<Nest> = (0..24).map(one).collect();
    let n = nests.len();
    Dataset {
        params: NestParams { steps_most: 6, ..NestParams::default() },
        nests,
        journeys: (0..n as u32).collect(),
        vessels: (0..n as u64).collect(),
    }
}

fn fitted(params: &WayParams) -> WayModel {
    let (data, ports) = (made(), ports());
    let (job, watch, place) = (Job::default(), Watch::default(), Place::cpu());
    let run = Run::new(&params.train, &place, &job, &watch);
    let (train, validation): (Vec<usize>, Vec<usize>) = ((0..18).collect(), (18..24).collect());
    WayModel::fit(&data, &train, &validation, &ports, params, &run).unwrap().0
}

fn quick() -> WayParams {
    let train = TrainParams { epochs: 60, batch: 6, rate: 1e-2, ..TrainParams::default() };
    WayParams { size: Size::Tiny, train, ..WayParams::default() }
}

#[test]
fn a_model_learns_tells_and_comes_back_from_its_folder() {
    let model = fitted(&quick());
    let (data, place, job) = (made(), Place::cpu(), Job::default());
    let scores = model.scores(&data, &(18..24).collect::<Vec<_>>(), &place, &job).unwrap();
    assert_eq!((scores.voyages, scores.steps), (6, 48));
    assert!(scores.accuracy > 0.95, "{scores:?}");
    assert!(scores.eta_mae_days.unwrap() < 0.4, "{scores:?}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    model.save(&path, &Card { data_key: "x".into(), ..Card::default() }).unwrap();
    let (again, card) = WayModel::load(&path, &ports()).unwrap();
    assert_eq!((card.data_key.as_str(), card.parameters), ("x", model.parameters()));
    let told = |model: &WayModel| model.ready(&place).unwrap().forecast(&data.nests[1]).unwrap();
    assert_eq!(told(&again), told(&model));
    assert_eq!(told(&model).len(), 8, "steps that are not taken are told of too");
    for forecast in told(&model) {
        assert!((forecast.ports.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        let [low, middle, high] = forecast.days_left.unwrap();
        assert!(0.0 <= low && low <= middle && middle <= high);
    }
}

#[test]
fn steps_that_were_cut_off_are_told_as_the_first_that_is_taken() {
    let told = Told { ports: crate::learn::Table::new(1, vec![0.1, 0.2]), days_left: None };
    let firsts: Vec<f32> = forecasts(&told, 4).iter().map(|told| told.ports[0]).collect();
    assert_eq!(firsts, [0.1, 0.1, 0.1, 0.2]);
    let forecast = WayForecast { ports: vec![0.2, 0.5, 0.3], days_left: Some([1.0, 2.0, 4.0]) };
    let answer = forecast.answer();
    assert_eq!((answer.ports[0].0, answer.days_left), (1, Some(2.0)), "the middle is the answer");
}

#[test]
fn another_port_list_is_refused_in_words() {
    let model = fitted(&WayParams { train: TrainParams { epochs: 1, ..quick().train }, ..quick() });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    model.save(&path, &Card::default()).unwrap();
    let said =
        |ports: Vec<Port>| WayModel::load(&path, &PortTable::new(ports)).unwrap_err().to_string();
    let same = ports().ports().to_vec();
    assert!(WayModel::load(&path, &PortTable::new(same.clone())).is_ok());
    let mut swapped = same.clone();
    swapped.swap(2, 3);
    assert!(said(swapped).contains("another list: its port 2 (P20)"));
    assert!(said(same[..3].to_vec()).contains("its port 3"));
    let mut renamed = same.clone();
    renamed[1].name = "Elsewhere".into();
    assert!(said(renamed).contains("its port 1 (P10)"));
    let mut moved = same;
    moved[5].position = Position::new(50.0, 20.0);
    assert!(said(moved).contains("(P50)"));
}

#[test]
fn a_ship_from_an_unknown_port_is_told_of() {
    let model = fitted(&quick());
    let ready = model.ready(&Place::cpu()).unwrap();
    // From nowhere known, but on the way from port 2 to port 3.
    let told = ready.forecast(&nest(None, None, 2, 6)).unwrap();
    let answer = told[5].answer();
    assert_eq!(answer.ports.len(), 5);
    assert_eq!(model.classes().ports()[answer.ports[0].0 as usize], PortId(3), "{answer:?}");
    let away = ready.forecast(&nest(Some(77), None, 2, 6)).unwrap();
    assert_eq!(away, told, "a port that no model knows is an unknown one");
    assert_eq!(ready.forecast(&nest(None, None, 0, 0)).unwrap(), []);
}

#[test]
fn nothing_to_learn_from_is_refused_in_words() {
    let mut data = made();
    data.nests.iter_mut().for_each(|nest| nest.to = None);
    let (job, watch, place, params) = (Job::default(), Watch::default(), Place::cpu(), quick());
    let run = Run::new(&params.train, &place, &job, &watch);
    let said = |among: &[usize]| {
        let fitted = WayModel::fit(&data, among, &[], &ports(), &params, &run);
        fitted.map(|_| ()).unwrap_err().to_string()
    };
    assert!(said(&[0, 1]).contains("known port"));
    assert!(said(&[]).contains("known port"));
}
