//! The made sea: ports around a basin, lanes between them that meet at junctions, ferries across
//! the lanes, fishing grounds beside them.

use super::SeaParams;
use super::line::{Line, Plane, Xy};
use super::names::{LANDINGS, PORTS};
use super::truth::{PortTruth, RouteKind, RouteTruth};
use crate::base::rng::Rng;

/// Half the basin's extent east to west, meters.
const HALF_WIDTH_M: f64 = 165_000.0;
/// Half the basin's extent south to north, meters.
const HALF_HEIGHT_M: f64 = 108_000.0;
/// Two routes should differ by so much on average, meters, or they would be one route to anybody.
const APART_M: f64 = 20_000.0;
/// Ordinary lanes are so long, meters, where there are enough pairs of ports.
const LANE_M: std::ops::Range<f64> = 90_000.0..330_000.0;

/// The chart: all that ships need to know of the sea.
pub(super) struct Chart {
    /// Ports, those of the shores first, then the ferries' landings.
    pub harbors: Vec<Harbor>,
    /// How many of the ports lie on the shores.
    pub n_ports: usize,
    /// Routes, one a direction: the way back of route `2 k` is `2 k + 1`.
    pub routes: Vec<Route>,
    /// Middles of fishing grounds.
    pub grounds: Vec<Xy>,
}

/// A port as ships see it.
pub(super) struct Harbor {
    /// Its name.
    pub name: &'static str,
    /// Its code.
    pub locode: String,
    /// Where it is.
    pub at: Xy,
    /// Where ships wait for a berth.
    pub anchorage: Xy,
}

/// A route in one direction.
pub(super) struct Route {
    /// How it is sailed.
    pub kind: RouteKind,
    /// The port it leaves.
    pub from: usize,
    /// The port it reaches.
    pub to: usize,
    /// The middle between both directions, from port to port.
    pub line: Line,
    /// How far to starboard of it ships keep, meters.
    pub offset_m: f64,
    /// Standard deviation of their distance from there, meters.
    pub spread_m: f64,
}

struct Candidate {
    from: usize,
    to: usize,
    line: Line,
    n_junctions: usize,
}

impl Chart {
    /// The chart of this seed.
    pub fn draw(params: &SeaParams) -> Chart {
        let mut rng = Rng::new(params.seed as u64, 0);
        let shores = shores(params.ports, &mut rng);
        let junctions = junctions(&mut rng);
        let seed = params.seed as u64;
        let lanes = candidates(&shores, &junctions, seed, &mut rng);
        let lanes = choose(lanes, params.routes - params.ferries);
        let mut harbors: Vec<Harbor> = (0..params.ports)
            .map(|port| {
                // Off the fairway: to one side of the way to the middle of the basin.
                let side = if rng.happens(0.5) { 1.0 } else { -1.0 };
                let inward = (shores[port] * -1.0).angle_rad() + side * rng.between(0.9, 1.2);
                harbor(PORTS[port], shores[port], Xy::polar(rng.between(5000.0, 6500.0), inward))
            })
            .collect();

        let mut routes = Vec::new();
        let n_ordinary = lanes.len() - params.rare_routes;
        for (place, lane) in lanes.iter().enumerate() {
            let kind = if place < n_ordinary { RouteKind::Lane } else { RouteKind::Rare };
            both_ways(&mut routes, kind, (lane.from, lane.to), &lane.line, params);
        }
        for crossing in crossings(&lanes[..n_ordinary], params.ferries, &mut rng) {
            let from = harbors.len();
            for at in [crossing.first(), crossing.last()] {
                harbors.push(harbor(LANDINGS[harbors.len() - params.ports], at, Xy::default()));
            }
            both_ways(&mut routes, RouteKind::Ferry, (from, from + 1), &crossing, params);
        }
        let grounds = grounds(&routes, &mut rng);
        Chart { harbors, n_ports: params.ports, routes, grounds }
    }

    /// The ports, for the user.
    pub fn port_truths(&self, plane: Plane) -> Vec<PortTruth> {
        let port = |harbor: &Harbor| PortTruth {
            name: harbor.name.into(),
            locode: harbor.locode.clone(),
            position: plane.position_from_xy(harbor.at),
        };
        self.harbors.iter().map(port).collect()
    }

    /// The routes, for the user.
    pub fn route_truths(&self, plane: Plane) -> Vec<RouteTruth> {
        let truth = |(id, route): (usize, &Route)| RouteTruth {
            id: id as u32,
            name: format!("{} to {}", self.harbors[route.from].name, self.harbors[route.to].name),
            kind: route.kind,
            from: route.from,
            to: route.to,
            center: route
                .line
                .places(2000.0)
                .enumerate()
                .map(|(place, on)| {
                    // In step with `sail`: lanes open out from the port.
                    let n = (route.line.length_m() / 2000.0).ceil().max(1.0);
                    let s_m = route.line.length_m() * place as f64 / n;
                    let open = super::course::lane_opening(&route.line, s_m).0;
                    plane.position_from_xy(on.at + on.starboard * (route.offset_m * open))
                })
                .collect(),
            length_m: route.line.length_m(),
        };
        self.routes.iter().enumerate().map(truth).collect()
    }
}

fn harbor(name: &'static str, at: Xy, to_anchorage: Xy) -> Harbor {
    let letters: String = name.chars().filter(char::is_ascii_alphabetic).take(3).collect();
    let locode = format!("QM{}", letters.to_ascii_uppercase());
    Harbor { name, locode, at, anchorage: at + to_anchorage }
}

/// Ports around the basin at uneven distances.
fn shores(n_ports: usize, rng: &mut Rng) -> Vec<Xy> {
    let turned = rng.between(0.0, std::f64::consts::TAU);
    (0..n_ports)
        .map(|port| {
            let step = std::f64::consts::TAU / n_ports as f64;
            let angle = turned + step * (port as f64 + rng.between(-0.22, 0.22));
            let inset = rng.between(0.88, 1.0);
            Xy::new(HALF_WIDTH_M * inset * angle.cos(), HALF_HEIGHT_M * inset * angle.sin())
        })
        .collect()
}

/// Where lanes meet: a triangle around the middle.
fn junctions(rng: &mut Rng) -> Vec<Xy> {
    let turned = rng.between(0.0, std::f64::consts::TAU);
    (0..3)
        .map(|corner| {
            let angle =
                turned + std::f64::consts::TAU / 3.0 * f64::from(corner) + rng.between(-0.3, 0.3);
            let out = rng.between(0.32, 0.45);
            Xy::new(HALF_WIDTH_M * out * angle.cos(), HALF_HEIGHT_M * out * angle.sin())
        })
        .collect()
}

/// The best way between every two ports. Ways by way of a junction count as shorter than they
/// are: that is what makes ships meet there.
fn candidates(ports: &[Xy], junctions: &[Xy], seed: u64, rng: &mut Rng) -> Vec<Candidate> {
    let mut list = Vec::new();
    for from in 0..ports.len() {
        for to in from + 1..ports.len() {
            let (a, b) = (ports[from], ports[to]);
            let mut ways: Vec<Vec<Xy>> = vec![vec![a, b]];
            for (i, j) in junctions.iter().enumerate() {
                ways.push(vec![a, *j, b]);
                let others = junctions.iter().enumerate().filter(|(other, _)| *other != i);
                ways.extend(others.map(|(_, other)| vec![a, *j, *other, b]));
            }
            let cost = |way: &Vec<Xy>| {
                let last = way.len() - 2;
                let leg = |(i, pair): (usize, &[Xy])| {
                    let favor = if last == 0 || i == 0 || i == last { 1.0 } else { 0.75 };
                    (pair[1] - pair[0]).length_m() * favor
                };
                let is_sharp = way.windows(3).any(|c| {
                    let (one, two) = ((c[1] - c[0]).unit(), (c[2] - c[1]).unit());
                    one.x_m * two.x_m + one.y_m * two.y_m < 0.35 // Sharper than 70 degrees.
                });
                let direct = if last == 0 { 1.12 } else { 1.0 };
                let cost = way.windows(2).enumerate().map(leg).sum::<f64>() * direct;
                if is_sharp { f64::INFINITY } else { cost }
            };
            let best = ways.iter().min_by(|one, two| cost(one).total_cmp(&cost(two)));
            let way = best.expect("there is the direct way");
            let line = Line::through(&bent(way, seed));
            list.push(Candidate { from, to, line, n_junctions: way.len() - 2 });
        }
    }
    rng.shuffle(&mut list);
    // Lanes that meet others first: the sea should have junctions. The sort is stable.
    list.sort_by_key(|candidate| candidate.n_junctions == 0);
    list
}

/// `way` with two gentle bends in each leg. A leg has the same bends in whatever way it occurs.
fn bent(way: &[Xy], seed: u64) -> Vec<Xy> {
    let mut points = vec![way[0]];
    for leg in way.windows(2) {
        let is_forth = leg[0].x_m < leg[1].x_m;
        let (a, b) = if is_forth { (leg[0], leg[1]) } else { (leg[1], leg[0]) };
        let mut rng = Rng::new(seed, a.x_m.to_bits() ^ b.y_m.to_bits().rotate_left(7));
        let mut bends = [1.0 / 3.0, 2.0 / 3.0].map(|part| {
            let part = part + rng.between(-0.1, 0.1);
            a + (b - a) * part + (b - a).starboard() * rng.between(-0.035, 0.035)
        });
        if !is_forth {
            bends.reverse();
        }
        points.extend(bends);
        points.push(leg[1]);
    }
    points
}

/// `n` of `candidates`, as different from one another as can be had.
fn choose(candidates: Vec<Candidate>, n: usize) -> Vec<Candidate> {
    let mut left = candidates;
    let mut chosen: Vec<Candidate> = Vec::new();
    let mut apart_m = APART_M;
    loop {
        let mut index = 0;
        while index < left.len() && chosen.len() < n {
            let candidate = &left[index];
            let fits = apart_m < 1000.0 || LANE_M.contains(&candidate.line.length_m());
            let differs =
                chosen.iter().all(|other| other.line.mean_distance_m(&candidate.line) >= apart_m);
            if fits && differs {
                chosen.push(left.remove(index));
            } else {
                index += 1;
            }
        }
        if chosen.len() == n || apart_m < 1000.0 {
            return chosen;
        }
        apart_m *= 0.8;
        if apart_m < 1000.0 {
            apart_m = 0.0;
        }
    }
}

/// Ferries' lines across the lanes, away from one another.
fn crossings(lanes: &[Candidate], n: usize, rng: &mut Rng) -> Vec<Line> {
    let mut chosen: Vec<(Xy, Line)> = Vec::new();
    while chosen.len() < n {
        let tried = (0..40).map(|_| {
            let lane = &lanes[rng.below(lanes.len())].line;
            let on = lane.at(lane.length_m() * rng.between(0.3, 0.7));
            let half_m = rng.between(12_000.0, 17_000.0);
            let across = Xy::polar(half_m, on.starboard.angle_rad() + rng.between(-0.3, 0.3));
            (on.at, across)
        });
        let lone_m = |at: Xy| {
            chosen.iter().map(|(other, _)| (*other - at).length_m()).fold(f64::INFINITY, f64::min)
        };
        // Collected first: `tried` draws numbers as it goes.
        let tried: Vec<(Xy, Xy)> = tried.collect();
        let best = tried.into_iter().max_by(|one, two| lone_m(one.0).total_cmp(&lone_m(two.0)));
        let (at, across) = best.expect("forty were tried");
        chosen.push((at, Line::through(&[at - across, at + across])));
    }
    chosen.into_iter().map(|(_, line)| line).collect()
}

fn both_ways(
    routes: &mut Vec<Route>,
    kind: RouteKind,
    (from, to): (usize, usize),
    line: &Line,
    params: &SeaParams,
) {
    // Ferries are small and know their way.
    let share = if kind == RouteKind::Ferry { 0.3 } else { 1.0 };
    let (offset_m, spread_m) = (params.lane_offset_m * share, params.lane_spread_m * share);
    let back = line.reversed();
    routes.push(Route { kind, from, to, line: line.clone(), offset_m, spread_m });
    routes.push(Route { kind, from: to, to: from, line: back, offset_m, spread_m });
}

/// Four places as far from the lanes and from one another as some tries find.
fn grounds(routes: &[Route], rng: &mut Rng) -> Vec<Xy> {
    let mut taken: Vec<Xy> =
        routes.iter().flat_map(|route| route.line.places(5000.0)).map(|on| on.at).collect();
    (0..4)
        .map(|_| {
            let tried: Vec<Xy> = (0..60)
                .map(|_| {
                    let angle = rng.between(0.0, std::f64::consts::TAU);
                    let out = rng.between(0.2, 0.85);
                    Xy::new(HALF_WIDTH_M * out * angle.cos(), HALF_HEIGHT_M * out * angle.sin())
                })
                .collect();
            let lone_m = |at: &Xy| {
                taken.iter().map(|other| (*other - *at).length_m()).fold(f64::INFINITY, f64::min)
            };
            let best = tried.into_iter().max_by(|one, two| lone_m(one).total_cmp(&lone_m(two)));
            let ground = best.expect("sixty were tried");
            taken.push(ground);
            ground
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_come_in_pairs_of_directions() {
        let chart = Chart::draw(&SeaParams::default());
        assert_eq!(chart.routes.len(), 2 * SeaParams::default().routes);
        for pair in chart.routes.chunks(2) {
            assert_eq!((pair[0].from, pair[0].to), (pair[1].to, pair[1].from));
            assert!((pair[0].line.length_m() - pair[1].line.length_m()).abs() < 1e-6);
        }
    }

    #[test]
    fn different_routes_lie_apart() {
        for seed in 0..20 {
            let chart = Chart::draw(&SeaParams { seed, ..SeaParams::default() });
            let lines: Vec<&Line> =
                chart.routes.iter().step_by(2).map(|route| &route.line).collect();
            for (i, one) in lines.iter().enumerate() {
                for two in &lines[..i] {
                    assert!(one.mean_distance_m(two) > 10_000.0, "seed {seed}");
                }
            }
        }
    }

    #[test]
    fn some_lanes_share_a_stretch_and_part_again() {
        for seed in 0..20 {
            let chart = Chart::draw(&SeaParams { seed, ..SeaParams::default() });
            let lines: Vec<&Line> =
                chart.routes.iter().step_by(2).map(|route| &route.line).collect();
            let shared_m = |one: &Line, two: &Line| {
                let near = |a: &Xy| two.places(1000.0).any(|b| (b.at - *a).length_m() < 1500.0);
                2000.0 * one.places(2000.0).filter(|on| near(&on.at)).count() as f64
            };
            let pairs = lines
                .iter()
                .enumerate()
                .flat_map(|(i, one)| lines[..i].iter().map(move |two| shared_m(one, two)));
            let n_shared = pairs.filter(|shared_m| *shared_m > 20_000.0).count();
            assert!(n_shared >= 3, "seed {seed}: {n_shared}");
        }
    }

    #[test]
    fn as_many_routes_as_there_are_pairs_of_ports_can_be_had() {
        let params =
            SeaParams { ports: 4, routes: 6, rare_routes: 1, ferries: 0, ..SeaParams::default() };
        assert_eq!(Chart::draw(&params).routes.len(), 12);
    }
}
