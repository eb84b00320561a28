//! The safety officer's analyses, held against the truth of made traffic.

use fairway::ais::{Fault, Fleet, Mmsi, Report, Reports, ShipKind, ShipType, Trip, Truth, Vessel};
use fairway::base::geo::{Position, bearing_deg, destination, distance_m};
use fairway::base::job::Job;
use fairway::base::params::Checked;
use fairway::cluster::route::{Route, RouteParams, routes};
use fairway::prep::{CleanParams, Cleaned, TripParams, clean, segment};
use fairway::synth::{RouteKind, Sea, SeaParams, TripTruth, make};
use fairway::watch::{GateParams, Side, gate};
use fairway::watch::{Oddity, OddityKind, OddityParams, Said, Scene, oddities};

fn sea(params: SeaParams) -> Sea {
    make(&Checked::new(&params).unwrap(), &Job::default()).unwrap()
}

/// A gate of 16 km across the middle of a route's center, and the course there.
fn across(sea: &Sea, route: usize) -> ([Position; 2], Position) {
    let center = &sea.routes[route].center;
    let half = center.len() / 2;
    let course_deg = bearing_deg(center[half - 1], center[half]);
    let middle = center[half];
    let end = |turn_deg: f64| destination(middle, course_deg + turn_deg, 8000.0);
    ([end(-90.0), end(90.0)], middle)
}

/// The sailings of `fleet` on a route that begin and end farther than 20 km from `middle`.
fn complete(sea: &Sea, route: u32, middle: Position) -> Vec<u32> {
    let positions = &sea.fleet.reports().positions;
    let ends = |trip: u32| {
        let own = (0..positions.len()).filter(|index| sea.fleet.truth(*index).trip == trip);
        let all: Vec<usize> = own.collect();
        [positions[all[0]], positions[all[all.len() - 1]]]
    };
    let on_route = sea.trips.iter().filter(|trip| trip.route == route).map(|trip| trip.trip);
    on_route
        .filter(|trip| {
            let ports = [sea.routes[route as usize].from, sea.routes[route as usize].to];
            let ports = ports.map(|port| sea.ports[port].position);
            let [first, last] = ends(*trip);
            // From port to port: a track that the sea's end cuts off may not reach the gate.
            distance_m(first, ports[0]) < 10_000.0
                && distance_m(last, ports[1]) < 20_000.0
                && distance_m(first, middle) > 20_000.0
        })
        .collect()
}

fn trip_at(fleet: &Fleet, report: usize) -> u32 {
    fleet.truth(report).trip
}

#[test]
fn a_gate_counts_the_sailings_of_each_route_exactly() {
    let sea = sea(SeaParams { rows: 150_000, ..SeaParams::faultless() });
    let params = Checked::new(&GateParams::default()).unwrap();
    let mut n_routes = 0;
    for out in (0..sea.routes.len()).step_by(2) {
        if sea.routes[out].kind == RouteKind::Ferry {
            continue;
        }
        let (line, middle) = across(&sea, out);
        let gate = gate(&sea.fleet, &line, None, &params, &Job::default()).unwrap();
        for (route, side) in [(out, Side::Left), (out + 1, Side::Right)] {
            let expected = complete(&sea, route as u32, middle);
            let mut crossed: Vec<u32> = gate
                .crossings
                .iter()
                .filter(|crossing| sea.fleet.truth(crossing.report).route == route as u32)
                .map(|crossing| {
                    // On the way out ships come from below and see the gate's first point to port.
                    assert_eq!(crossing.side, side, "route {route}");
                    trip_at(&sea.fleet, crossing.report)
                })
                .collect();
            crossed.sort_unstable();
            assert!(crossed.windows(2).all(|pair| pair[0] != pair[1]), "route {route}: twice");
            let missed = expected.iter().filter(|trip| !crossed.contains(trip)).count();
            assert_eq!(missed, 0, "route {route}: {} of {}", missed, expected.len());
            n_routes += usize::from(!expected.is_empty());
        }
        // Ships keep to starboard of the middle: the way out to the right of it.
        let flows = &gate.flows;
        assert_eq!(flows.iter().map(|flow| flow.crossings).sum::<usize>(), gate.crossings.len());
    }
    assert!(n_routes > 12, "{n_routes}");
}

#[test]
fn a_lane_lies_where_it_was_made_and_is_as_wide() {
    let params = SeaParams {
        rows: 400_000,
        routes: 3,
        rare_routes: 0,
        ferries: 0,
        ..SeaParams::faultless()
    };
    let (offset_m, spread_m) = (params.lane_offset_m, params.lane_spread_m);
    let sea = sea(params);
    let (line, _) = across(&sea, 0);
    let params = Checked::new(&GateParams::default()).unwrap();
    let gate = gate(&sea.fleet, &line, None, &params, &Job::default()).unwrap();
    // The center of a direction is the middle of its own lane: opposite traffic is twice the offset away.
    for (flow, middle_m) in gate.flows.iter().zip([-2.0 * offset_m, 0.0]) {
        let fit = flow.lateral.expect("a hundred ships passed");
        assert!((fit.mean_m - middle_m).abs() < 0.5 * spread_m, "{fit:?}");
        assert!((fit.sd_m / spread_m - 1.0).abs() < 0.4, "{fit:?}");
    }
}

/// Everything that oddities are found in.
struct Scenery {
    read: Fleet,
    cleaned: Cleaned,
    trips: Vec<Trip>,
    labels: Vec<Option<u32>>,
    routes: Vec<Route>,
}

/// Cleans and cuts a fleet, and takes the routes from the truth: trips of no true route are noise.
fn scenery(read: Fleet, n_routes: usize) -> Scenery {
    let job = Job::default();
    let cleaned = clean(&read, &Checked::new(&CleanParams::default()).unwrap(), &job).unwrap();
    let trips =
        segment(&cleaned.fleet, &Checked::new(&TripParams::default()).unwrap(), &job).unwrap();
    let trips = trips.trips;
    let labels: Vec<Option<u32>> =
        trips.iter().map(|trip| trip.true_route(&cleaned.fleet)).collect();
    let members: Vec<Vec<usize>> = (0..n_routes as u32)
        .map(|id| (0..trips.len()).filter(|trip| labels[*trip] == Some(id)).collect())
        .collect();
    let params = Checked::new(&RouteParams::default()).unwrap();
    let routes = routes(&cleaned.fleet, &trips, &members, &[], &params, &job).unwrap().routes;
    Scenery { read, cleaned, trips, labels, routes }
}

impl Scenery {
    fn oddities(&self, params: OddityParams, said: &[Said]) -> Vec<Oddity> {
        let scene = Scene {
            fleet: &self.cleaned.fleet,
            read: Some((&self.read, &self.cleaned.verdicts)),
            trips: &self.trips,
            labels: &self.labels,
            routes: &self.routes,
            said,
        };
        oddities(&scene, &Checked::new(&params).unwrap(), &Job::default()).unwrap()
    }
}

/// Trips on no route belong to fishing boats, tugs and yachts: they fit no route, and rightly so.
fn is_at_work(scenery: &Scenery, odd: &Oddity) -> bool {
    let kind = odd.ship.map(|ship| scenery.cleaned.fleet.vessels()[ship].kind());
    odd.kind == OddityKind::OffRoute && kind.is_none_or(|kind| kind != ShipKind::Cargo)
}

#[test]
fn a_clean_sea_has_no_oddities() {
    for seed in 1..4 {
        let sea = sea(SeaParams { rows: 200_000, seed, ..SeaParams::faultless() });
        let n_routes = sea.routes.len();
        let scenery = scenery(sea.fleet, n_routes);
        let all = scenery.oddities(OddityParams::default(), &[]);
        let odd: Vec<&Oddity> = all.iter().filter(|odd| !is_at_work(&scenery, odd)).collect();
        let text: Vec<String> = odd.iter().map(|odd| format!("{odd:?}")).collect();
        assert!(odd.is_empty(), "seed {seed}: {} of {}\n{}", odd.len(), all.len(), text.join("\n"));
    }
}

/// How many of each kind of oddity are planted.
const PLANTED: usize = 20;

/// The reports of a trip of the made sea, with their truth.
fn reports_of(sea: &Sea, trip: u32) -> Vec<(Report, Truth)> {
    let reports = sea.fleet.reports();
    let own = (0..reports.len()).filter(|index| reports.truth(*index).trip == trip);
    own.map(|index| (reports.get(index), reports.truth(index))).collect()
}

/// A trip as it never was: `kind` planted into its middle.
fn spoiled(kind: OddityKind, own: &[(Report, Truth)]) -> Vec<(Report, Truth)> {
    let half = own.len() / 2;
    let (first, last) = (own[0].0, own[own.len() - 1].0);
    let pivot = own[half].0.position;
    let turned = |about: Position, by_deg: f64, (mut report, _): (Report, Truth)| {
        let course_deg = bearing_deg(about, report.position) + by_deg;
        report.position = destination(about, course_deg, distance_m(about, report.position));
        report.cog_deg = (report.cog_deg + by_deg as f32).rem_euclid(360.0);
        (report, Truth::UNKNOWN)
    };
    match kind {
        OddityKind::Against => own
            .iter()
            .rev()
            .map(|(report, _)| {
                let cog_deg = (report.cog_deg + 180.0).rem_euclid(360.0);
                let t_ms = first.t_ms + last.t_ms - report.t_ms;
                (Report { t_ms, cog_deg, ..*report }, Truth::UNKNOWN)
            })
            .collect(),
        OddityKind::Speed => {
            // Thirty knots in the middle.
            let times = 30.0 / f64::from(own[half].0.sog_kn);
            let faster = |(report, truth): &(Report, Truth)| {
                let t_ms = first.t_ms + ((report.t_ms - first.t_ms) as f64 / times) as i64;
                (Report { t_ms, sog_kn: report.sog_kn * times as f32, ..*report }, *truth)
            };
            own.iter().map(faster).collect()
        }
        OddityKind::Stop => {
            let lies = (1..40).map(|minute| {
                let t_ms = own[half].0.t_ms + minute * 60_000;
                (Report { t_ms, sog_kn: 0.0, ..own[half].0 }, Truth::UNKNOWN)
            });
            let later = own[half + 1..].iter().map(|(report, truth)| {
                (Report { t_ms: report.t_ms + 40 * 60_000, ..*report }, *truth)
            });
            own[..=half].iter().copied().chain(lies).chain(later).collect()
        }
        OddityKind::Turn => {
            let after = own[half + 1..].iter().map(|one| turned(pivot, 90.0, *one));
            let before = own[..=half].iter().map(|(report, _)| (*report, Truth::UNKNOWN));
            before.chain(after).collect()
        }
        OddityKind::OffRoute => own.iter().map(|one| turned(first.position, 50.0, *one)).collect(),
        OddityKind::Dark => {
            let begin_ms = own[half].0.t_ms;
            let is_dark = |t_ms: i64| (begin_ms..begin_ms + 90 * 60_000).contains(&t_ms);
            own.iter().copied().filter(|(report, _)| !is_dark(report.t_ms)).collect()
        }
        _ => own.to_vec(),
    }
}

#[test]
fn planted_oddities_are_found_and_nothing_else() {
    let sea = sea(SeaParams { rows: 400_000, ..SeaParams::faultless() });
    let n_routes = sea.routes.len();
    let kinds = [
        OddityKind::OffRoute,
        OddityKind::Stop,
        OddityKind::Turn,
        OddityKind::Speed,
        OddityKind::Against,
        OddityKind::Dark,
        OddityKind::Identity,
    ];
    // One of each lane in turn, of more than three hours.
    let mut sailings: Vec<&TripTruth> = sea
        .trips
        .iter()
        .filter(|trip| {
            trip.route != Truth::NONE
                && sea.routes[trip.route as usize].kind == RouteKind::Lane
                && trip.to_ms - trip.from_ms > 4 * 3_600_000
        })
        .collect();
    let mut n_sailed = vec![0; n_routes];
    sailings.sort_by_cached_key(|trip| {
        n_sailed[trip.route as usize] += 1;
        (n_sailed[trip.route as usize], trip.route)
    });
    let mut tracks: Vec<(Vessel, Vec<(Report, Truth)>)> = (0..sea.fleet.vessels().len())
        .map(|ship| {
            let reports = sea.fleet.reports();
            let own = sea.fleet.range(ship).map(|index| (reports.get(index), reports.truth(index)));
            (sea.fleet.vessels()[ship].clone(), own.collect())
        })
        .collect();
    let mut planted: Vec<(OddityKind, Mmsi)> = Vec::new();
    for (place, kind) in kinds.into_iter().enumerate() {
        for i in 0..PLANTED {
            let mmsi = Mmsi(219_000_000 + (place * 100 + i) as u32);
            let mut vessel = Vessel { mmsi, ..Vessel::default() };
            vessel.about.ship_type = ShipType(70);
            if kind == OddityKind::Identity {
                vessel.about.imo = 9_074_728;
            }
            let own = reports_of(&sea, sailings[place * PLANTED + i].trip);
            tracks.push((vessel, spoiled(kind, &own)));
            planted.push((kind, mmsi));
        }
    }
    let scenery = scenery(fleet_of(tracks), n_routes);
    let all = scenery.oddities(OddityParams::default(), &[]);
    for kind in kinds {
        let own: Vec<Mmsi> =
            planted.iter().filter(|(planted, _)| *planted == kind).map(|(_, mmsi)| *mmsi).collect();
        let found: Vec<&Oddity> =
            all.iter().filter(|odd| odd.kind == kind && !is_at_work(&scenery, odd)).collect();
        let hits = own.iter().filter(|mmsi| found.iter().any(|odd| odd.mmsi == **mmsi)).count();
        // What else a spoiled trip does, as when it turns into a lane, is neither right nor wrong.
        let is_planted = |odd: &&&Oddity| planted.iter().any(|(_, mmsi)| *mmsi == odd.mmsi);
        let wrong: Vec<&&Oddity> = found.iter().filter(|odd| !is_planted(odd)).collect();
        let recall = hits as f64 / own.len() as f64;
        let precision = hits as f64 / (hits + wrong.len()).max(1) as f64;
        println!("{}: recall {recall:.2}, precision {precision:.2}", kind.name());
        assert!(recall >= 0.95 && precision >= 0.95, "{}: {recall} {wrong:?}", kind.name());
    }
}

/// A fleet of tracks with their truth.
fn fleet_of(tracks: Vec<(Vessel, Vec<(Report, Truth)>)>) -> Fleet {
    let (mut vessels, mut starts, mut reports) = (Vec::new(), vec![0], Reports::default());
    for (vessel, own) in tracks {
        own.into_iter().for_each(|(report, truth)| reports.push_with_truth(report, truth));
        vessels.push(vessel);
        starts.push(reports.len());
    }
    Fleet::new(vessels, starts, reports)
}

#[test]
fn jumps_shared_numbers_and_silences_of_a_made_sea_are_found() {
    let sea =
        sea(SeaParams { rows: 400_000, gap_share: 0.1, shared_share: 0.1, ..SeaParams::default() });
    let reports = sea.fleet.reports().clone();
    let owners = sea.fleet.owners();
    let mmsi_of = |index: usize| sea.fleet.vessels()[owners[index] as usize].mmsi;
    let of_fault = |fault: Fault| -> Vec<usize> {
        (0..reports.len()).filter(|index| reports.truth(*index).fault == fault).collect()
    };
    let jumps: Vec<(Mmsi, i64)> =
        of_fault(Fault::Jump).iter().map(|at| (mmsi_of(*at), reports.t_ms[*at])).collect();
    let mut shared: Vec<Mmsi> = of_fault(Fault::SharedMmsi).iter().map(|at| mmsi_of(*at)).collect();
    shared.dedup();
    // Silences that are long enough, of ships that nobody else sends as.
    let silences: Vec<(Mmsi, i64)> = of_fault(Fault::Gap)
        .iter()
        .filter(|at| reports.t_ms[**at] - reports.t_ms[**at - 1] > 30 * 60_000)
        .map(|at| (mmsi_of(*at), reports.t_ms[*at]))
        .filter(|(mmsi, _)| !shared.contains(mmsi))
        .collect();
    let scenery = scenery(sea.fleet.clone(), 0);
    let params = OddityParams { heard: 0, ..OddityParams::default() };
    let all = scenery.oddities(params, &[]);
    let of_kind = |kind: OddityKind| all.iter().filter(move |odd| odd.kind == kind);
    let check = |name: &str, found: Vec<(Mmsi, i64)>, truth: &[(Mmsi, i64)]| {
        let hits = truth.iter().filter(|one| found.contains(one)).count() as f64;
        let right = found.iter().filter(|one| truth.contains(one)).count() as f64;
        let (recall, precision) = (hits / truth.len() as f64, right / found.len() as f64);
        println!("{name}: {} planted, recall {recall:.3}, precision {precision:.3}", truth.len());
        assert!(recall >= 0.95 && precision >= 0.95, "{name}: {recall} {precision}");
    };
    let found = of_kind(OddityKind::Jump).map(|odd| (odd.mmsi, odd.from_ms)).collect();
    check("jumps", found, &jumps);
    let found = of_kind(OddityKind::Dark)
        .map(|odd| (odd.mmsi, odd.to_ms))
        .filter(|(mmsi, _)| !shared.contains(mmsi))
        .collect();
    check("silences", found, &silences);
    let shared: Vec<(Mmsi, i64)> = shared.into_iter().map(|mmsi| (mmsi, 0)).collect();
    let found = of_kind(OddityKind::TwoPlaces).map(|odd| (odd.mmsi, 0)).collect();
    check("shared numbers", found, &shared);
}
