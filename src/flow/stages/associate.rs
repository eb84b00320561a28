//! Reports whose ships are hidden, put into tracks again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::ais::Fleet;
use crate::associate::{
    AssociateParams, Association, Method, Mistake, Points, Score, Segment, associate, mistakes,
    score, segments,
};
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Choice as _};
use crate::base::time::iso_text;
use crate::flow::stage::{Pace, Stage};
use crate::io::merge::NO_POINT;
use crate::io::{Reading, export};

/// Tracks of points without identity.
pub struct AssociateStage;

/// Tracks that were found, and how right they are.
pub struct AssociatedOf {
    /// By which method.
    pub method: Method,
    /// The points: the reports of the fleet in its order, without their ships.
    pub points: Points,
    /// What was found.
    pub found: Association,
    /// The ship of each point, where the input names ships with more than one report.
    pub truth: Option<Vec<u32>>,
    /// How right it is, where the truth is known.
    pub score: Option<Score>,
    /// Wrong links and broken tracks, in the order of time, where the truth is known.
    pub mistakes: Vec<Mistake>,
    /// Which tracks each ship's points are in, by ship and time, where the truth is known.
    pub segments: Vec<Segment>,
    /// Where the points come from.
    pub reading: Arc<Reading>,
}

impl AssociatedOf {
    /// What was found in the reports of `reading`, of which `points` are made, held against the truth
    /// where that is known.
    fn new(method: Method, reading: &Arc<Reading>, points: Points, found: Association) -> Self {
        let truth = truth_of(&reading.fleet);
        let known = truth.as_ref();
        AssociatedOf {
            method,
            score: known.and_then(|truth| score(&points, &found, truth)),
            mistakes: known.map_or(Vec::new(), |truth| mistakes(&points, &found, truth)),
            segments: known.map_or(Vec::new(), |truth| segments(&points, &found, truth)),
            points,
            found,
            truth,
            reading: Arc::clone(reading),
        }
    }

    /// By which number the input names a point; where it does not, its place in the fleet.
    pub fn point_id(&self, row: usize) -> u32 {
        let named = self.reading.points.get(row).copied().filter(|id| *id != NO_POINT);
        named.unwrap_or(row as u32)
    }

    /// What the ship of a point is called; none where nobody knows.
    pub fn ship_title(&self, row: u32) -> Option<String> {
        let vessel = *self.truth.as_ref()?.get(row as usize)?;
        Some(self.reading.fleet.vessels().get(vessel as usize)?.title())
    }

    /// Whether a mistake is a link to another ship's point.
    pub fn is_wrong(&self, mistake: &Mistake) -> bool {
        let ship = |row: u32| self.truth.as_ref().and_then(|truth| truth.get(row as usize));
        mistake.linked.is_some_and(|to| ship(to) != ship(mistake.row))
    }

    /// Whether a mistake breaks a ship's track: her next point is in another one.
    pub fn is_broken(&self, mistake: &Mistake) -> bool {
        let track = |row: u32| self.found.labels.get(row as usize);
        mistake.right.is_some_and(|to| track(to) != track(mistake.row))
    }
}

/// The most points that are put into tracks without being asked, whenever a slider moves: as many as
/// take about a second.
pub fn most_live(method: Method) -> usize {
    match method {
        Method::Cbtr | Method::Npc | Method::NpcCluster => 20_000,
        _ => 5_000,
    }
}

/// The reports of a reading without their ships.
pub(super) fn points_of(reading: &Reading) -> Result<Points, Stopped> {
    let reports = reading.fleet.reports();
    if reports.is_empty() {
        return Err(Stopped::Failed("there are no points to put into tracks".into()));
    }
    Points::new(
        reports.t_ms.clone(),
        reports.positions.clone(),
        reports.sog_kn.clone(),
        reports.cog_deg.clone(),
    )
    .map_err(|error| Stopped::Failed(error.to_string()))
}

/// The ship of each report; none where no ship has two.
pub fn truth_of(fleet: &Fleet) -> Option<Vec<u32>> {
    let owners = fleet.owners();
    (fleet.vessels().len() < owners.len()).then_some(owners)
}

impl Stage for AssociateStage {
    const NAME: &'static str = "associate/2";
    const TITLE: &'static str = "Track association";
    const NEEDS: &'static [&'static str] = &["ingest"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 4;

    type Params = AssociateParams;
    type Input = Arc<Reading>;
    type Output = AssociatedOf;

    fn pace_of(params: &AssociateParams, reading: &Arc<Reading>) -> Pace {
        let is_live = reading.fleet.reports().len() <= most_live(params.method);
        if is_live { Pace::Settled } else { Pace::OnRequest }
    }

    fn run(
        params: &Checked<AssociateParams>,
        reading: &Arc<Reading>,
        job: &Job,
    ) -> Result<AssociatedOf, Stopped> {
        let points = points_of(reading)?;
        let truth = truth_of(&reading.fleet);
        let found = associate(&points, truth.as_deref(), params, job)?;
        Ok(AssociatedOf::new(params.method, reading, points, found))
    }

    fn figures(output: &AssociatedOf) -> Map<String, Value> {
        let mut figures = Map::new();
        figures.insert("method".into(), method_name(output.method).into());
        figures.insert("points".into(), output.points.len().into());
        figures.insert("tracks".into(), output.found.tracks.into());
        figures.insert("guessed".into(), output.found.guessed.into());
        if let Value::Object(more) = json!(output.score) {
            figures.extend(more);
        }
        figures
    }

    /// `associate.csv`: a row a point, with the track that it was put into.
    fn export(output: &AssociatedOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("associate.csv");
        let number = |x: f32| if x.is_finite() { x.to_string() } else { String::new() };
        let (points, found) = (&output.points, &output.found);
        let name = |row: usize| output.point_id(row);
        let rows = (0..points.len()).map(|i| {
            let at = points.positions()[i];
            let next = found.links[i].map_or(String::new(), |link| name(link as usize).to_string());
            format!(
                "{},{},{:.6},{:.6},{},{},{},{next},\"{}\"",
                name(i),
                iso_text(points.t_ms()[i]),
                at.lat_deg,
                at.lon_deg,
                number(points.sog_kn()[i]),
                number(points.cog_deg()[i]),
                found.labels[i],
                found.why[i].words(),
            )
        });
        let head = "point_id,time,lat,lon,sog,cog,track,linked_to,why";
        export::lines(&path, head, rows).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}

/// The name by which a method is set.
pub(super) fn method_name(method: Method) -> &'static str {
    Method::CASES.iter().find(|(_, case)| *case == method).map_or("", |(name, _)| name)
}

/// For tests: two ships of four points a minute apart, on two parallels. The first was broken after its
/// second point, and the rest of it joined with the second.
#[cfg(test)]
pub fn broken_and_joined() -> AssociatedOf {
    use crate::ais::{Mmsi, Report, Vessel};
    use crate::associate::Why;
    use crate::base::geo::Position;

    let ship = |mmsi: u32, lat_deg: f64| {
        let at = |i: i64| Report {
            sog_kn: 10.0,
            cog_deg: 90.0,
            ..Report::at(i * 60_000, Position::new(10.0 + i as f64 * 0.01, lat_deg))
        };
        let vessel = Vessel { mmsi: Mmsi(mmsi), is_local: true, ..Vessel::default() };
        (vessel, (0..4).map(at).collect())
    };
    let fleet = Fleet::from_tracks(vec![ship(1, 55.0), ship(2, 55.1)]);
    let reading = Arc::new(Reading { fleet: fleet.into(), ..Reading::default() });
    let points = points_of(&reading).expect("there are points");
    let mut links = vec![None; 8];
    for (from, to) in [(0, 1), (2, 7), (4, 5), (5, 6), (6, 7)] {
        links[from] = Some(to);
    }
    let linked = |link: &Option<u32>| if link.is_some() { Why::Likely } else { Why::Ended };
    let found = Association {
        labels: vec![0, 0, 1, 1, 1, 1, 1, 1],
        why: links.iter().map(linked).collect(),
        links,
        costs: vec![0.0; 8],
        tracks: 2,
        guessed: 0,
    };
    AssociatedOf::new(Method::Flow, &reading, points, found)
}
