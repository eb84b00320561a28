//! The safety officer's analyses, held against the truth of made traffic.

use fairway::ais::{Fleet, ShipKind, Trip};
use fairway::base::geo::{Position, bearing_deg, destination, distance_m};
use fairway::base::job::Job;
use fairway::base::params::Checked;
use fairway::cluster::route::{Route, RouteParams, routes};
use fairway::prep::{CleanParams, Cleaned, TripParams, clean, segment};
use fairway::synth::{RouteKind, Sea, SeaParams, make};
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
