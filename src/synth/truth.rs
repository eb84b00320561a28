//! What is known of a made sea: its ports, routes and sailings, and the faults planted in it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::ais::{Fault, Fleet, Mmsi, Truth};
use crate::base::geo::Position;
use crate::base::time::iso_text;

/// A port of the made sea.
#[derive(Clone, PartialEq, Debug)]
pub struct PortTruth {
    /// Its name.
    pub name: String,
    /// A code like those of UN/LOCODE, of a country that does not exist: `QMALD`.
    pub locode: String,
    /// Where ships berth, within a kilometer.
    pub position: Position,
}

/// How a route is sailed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RouteKind {
    /// A shipping lane of ordinary traffic.
    Lane,
    /// A shipping lane that is seldom sailed.
    Rare,
    /// A shuttle across a lane.
    Ferry,
}

/// A route in one direction. The way back is a route of its own, beside it.
#[derive(Clone, PartialEq, Debug)]
pub struct RouteTruth {
    /// Its number: its place in [`super::Sea::routes`], and twice the number of the pair of
    /// ports, plus one for the way back.
    pub id: u32,
    /// `Aldermoor to Hestvik`.
    pub name: String,
    /// How it is sailed.
    pub kind: RouteKind,
    /// The port it leaves, by its place in [`super::Sea::ports`].
    pub from: usize,
    /// The port it reaches, likewise.
    pub to: usize,
    /// The middle of this direction's lane, from port to port, a point about every 2 km.
    pub center: Vec<Position>,
    /// Length of the way from port to port, meters.
    pub length_m: f64,
}

/// A sailing, from leaving to lying still.
#[derive(Clone, PartialEq, Debug)]
pub struct TripTruth {
    /// Its number: its place in [`super::Sea::trips`], and `truth_trip` of its reports.
    pub trip: u32,
    /// Index of the vessel in the fleet. Of a ship under another's MMSI, the other's.
    pub vessel: usize,
    /// The route, or [`Truth::NONE`] for fishing, towing, pleasure and shifting to a berth.
    pub route: u32,
    /// 0 for the way out, 1 for the way back of the same pair of ports; 0 without a route.
    pub direction: u8,
    /// Time of its first report, UTC milliseconds.
    pub from_ms: i64,
    /// Time of its last report, UTC milliseconds.
    pub to_ms: i64,
    /// How many reports it has, faulty ones among them.
    pub reports: usize,
}

/// The sailings that the truth columns of `fleet` tell of, by their number.
///
/// # Panics
///
/// If trips are not numbered 0, 1, 2 … in the order in which their first reports appear.
pub fn trips_of(fleet: &Fleet) -> Vec<TripTruth> {
    let mut trips: Vec<TripTruth> = Vec::new();
    let reports = fleet.reports();
    for vessel in 0..fleet.vessels().len() {
        for index in fleet.range(vessel) {
            let (truth, t_ms) = (reports.truth[index], reports.t_ms[index]);
            if truth.trip == Truth::NONE {
                continue;
            }
            if truth.trip as usize == trips.len() {
                let direction =
                    if truth.route == Truth::NONE { 0 } else { (truth.route % 2) as u8 };
                trips.push(TripTruth {
                    trip: truth.trip,
                    vessel,
                    route: truth.route,
                    direction,
                    from_ms: t_ms,
                    to_ms: t_ms,
                    reports: 0,
                });
            }
            let trip =
                trips.get_mut(truth.trip as usize).expect("trips are numbered as they appear");
            trip.to_ms = t_ms;
            trip.reports += 1;
        }
    }
    trips
}

/// How many reports carry each fault; faults of which there are none are left out, and so is
/// [`Fault::None`].
pub fn faults_of(fleet: &Fleet) -> BTreeMap<Fault, usize> {
    let mut counts = [0; Fault::ALL.len()];
    fleet.reports().truth.iter().for_each(|truth| counts[truth.fault as usize] += 1);
    let planted = Fault::ALL.into_iter().filter(|fault| *fault != Fault::None);
    planted.map(|fault| (fault, counts[fault as usize])).filter(|(_, n)| *n > 0).collect()
}

/// How many of `trips` sail each of `n_routes` routes.
pub fn trips_by_route(trips: &[TripTruth], n_routes: usize) -> Vec<usize> {
    let mut counts = vec![0; n_routes];
    for trip in trips.iter().filter(|trip| trip.route != Truth::NONE) {
        counts[trip.route as usize] += 1;
    }
    counts
}

/// Writes one line a sailing: trip, the vessel's MMSI, route (empty for none), direction, first
/// and last time, number of reports.
pub fn write_trips_csv(
    trips: &[TripTruth],
    vessel_mmsi: impl Fn(usize) -> Mmsi,
    mut out: impl Write,
) -> io::Result<()> {
    writeln!(out, "trip,mmsi,route,direction,from,to,reports")?;
    for trip in trips {
        let route = if trip.route == Truth::NONE { String::new() } else { trip.route.to_string() };
        writeln!(
            out,
            "{},{},{route},{},{},{},{}",
            trip.trip,
            vessel_mmsi(trip.vessel).0,
            trip.direction,
            iso_text(trip.from_ms),
            iso_text(trip.to_ms),
            trip.reports
        )?;
    }
    Ok(())
}

/// Writes one line a point of every route's middle: route, name, kind, point, longitude, latitude.
pub fn write_routes_csv(routes: &[RouteTruth], mut out: impl Write) -> io::Result<()> {
    writeln!(out, "route,name,kind,point,lon,lat")?;
    for route in routes {
        for (point, place) in route.center.iter().enumerate() {
            let (id, name, kind) = (route.id, &route.name, route.kind.name());
            writeln!(out, "{id},{name},{kind},{point},{:.6},{:.6}", place.lon_deg, place.lat_deg)?;
        }
    }
    Ok(())
}

impl RouteKind {
    /// The kind as files write it.
    pub fn name(self) -> &'static str {
        match self {
            RouteKind::Lane => "lane",
            RouteKind::Rare => "rare",
            RouteKind::Ferry => "ferry",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Report, Reports, Vessel};

    fn fleet(truths: &[Truth]) -> Fleet {
        let mut reports = Reports::default();
        for (t, truth) in truths.iter().enumerate() {
            reports.push_with_truth(Report::at(t as i64 * 1000, Position::default()), *truth);
        }
        Fleet::new(
            vec![Vessel { mmsi: Mmsi(7), ..Vessel::default() }],
            vec![0, truths.len()],
            reports,
        )
    }

    #[test]
    fn trips_and_faults_are_counted_from_the_columns() {
        let on = |route, trip, fault| Truth { route, trip, fault };
        let fleet = fleet(&[
            on(3, 0, Fault::None),
            on(3, 0, Fault::Jump),
            Truth::UNKNOWN,
            on(Truth::NONE, 1, Fault::None),
            on(3, 0, Fault::None),
        ]);
        let trips = trips_of(&fleet);
        let ends: Vec<_> =
            trips.iter().map(|t| (t.route, t.direction, t.reports, t.to_ms)).collect();
        assert_eq!(ends, [(3, 1, 3, 4000), (Truth::NONE, 0, 1, 3000)]);
        assert_eq!(faults_of(&fleet), BTreeMap::from([(Fault::Jump, 1)]));
        assert_eq!(trips_by_route(&trips, 4), [0, 0, 0, 1]);
    }

    #[test]
    fn trips_are_written_one_a_line() {
        let fleet = fleet(&[Truth { route: 2, trip: 0, fault: Fault::None }]);
        let mut text = Vec::new();
        write_trips_csv(&trips_of(&fleet), |_| Mmsi(7), &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(
            text.lines().nth(1),
            Some("0,7,2,0,1970-01-01T00:00:00Z,1970-01-01T00:00:00Z,1")
        );
    }
}
