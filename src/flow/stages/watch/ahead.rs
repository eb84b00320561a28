//! Who will come close to whom: the encounters that predicted paths foretell.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{WatchedOf, encounters, line, members, write_features, write_rows};
use crate::ais::Fleet;
use crate::base::geo::{Position, bearing_deg, destination, distance_m};
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Form, Params};
use crate::base::time::iso_text;
use crate::base::units::{mps_from_kn, s_from_ms};
use crate::flow::stage::{Pace, Stage};
use crate::flow::stages::ModelsOf;
use crate::flow::watching::AheadSettings;
use crate::predict::dataset::Sample;
use crate::predict::model::Model;
use crate::predict::params::Method;
use crate::predict::window::Window;
use crate::watch::{EncounterParams, Encounters, PathAhead, ahead};

/// Encounters that are to come, from a moment on.
pub struct AheadStage;

/// Paths are told for every minute: on longer legs ships count as silent.
const STEP_MS: i64 = 60_000;

/// And for so much longer than asked: else ships that are still closing would seem closest at the end.
const BEYOND_MS: i64 = 15 * 60_000;

/// From when on, how far, and what counts as an encounter.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct AheadParams {
    /// From when on and how far.
    pub settings: AheadSettings,
    /// What counts as an encounter.
    pub encounter: EncounterParams,
}

impl Params for AheadParams {
    fn describe(&mut self, form: &mut dyn Form) {
        self.settings.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        [self.settings.faults(), self.encounter.faults()].concat()
    }
}

/// What a path ahead was told by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ToldBy {
    /// A fitted model of this method.
    Model(Method),
    /// Straight on with the last reported speed and course.
    DeadReckoning,
}

/// The encounters ahead.
pub struct AheadOf {
    /// From when on, UTC milliseconds; none without reports.
    pub at_ms: Option<i64>,
    /// The gravest first, and what was left out.
    pub encounters: Encounters,
    /// Where ships under way will be, a ship each, by rising ship.
    pub paths: Vec<PathAhead>,
    /// What told each of the paths.
    pub told_by: Vec<ToldBy>,
    /// Ships heard that lie still.
    pub still: usize,
    /// Ships heard of which no speed or no course is known.
    pub unknown: usize,
    /// Whose.
    pub of: Arc<WatchedOf>,
}

impl AheadOf {
    /// The path ahead of a ship.
    pub fn path_of(&self, ship: usize) -> Option<&PathAhead> {
        let place = self.paths.binary_search_by_key(&ship, |path| path.ship).ok()?;
        self.paths.get(place)
    }

    /// How many paths a model told.
    pub fn by_model(&self) -> usize {
        self.told_by.iter().filter(|told| matches!(told, ToldBy::Model(_))).count()
    }
}

/// What is known of a ship at the moment.
enum Known {
    Under(PathAhead, ToldBy),
    Still,
    Unknown,
}

impl Stage for AheadStage {
    const NAME: &'static str = "ahead/1";
    const TITLE: &'static str = "Encounters ahead";
    const NEEDS: &'static [&'static str] = &["watched"];
    const PACE: Pace = Pace::Live;
    const KEPT: usize = 4;

    type Params = AheadParams;
    type Input = (Arc<WatchedOf>, Option<Arc<ModelsOf>>);
    type Output = AheadOf;

    fn run(
        params: &Checked<AheadParams>,
        (watched, models): &Self::Input,
        job: &Job,
    ) -> Result<AheadOf, Stopped> {
        let AheadParams { settings, encounter } = &**params;
        let fleet = watched.fleet();
        let checked =
            Checked::new(encounter).map_err(|faults| Stopped::Failed(faults.join("; ")))?;
        let told_ms = settings.at_ms().map_err(Stopped::Failed)?;
        let at_ms = told_ms.or(fleet.time_span_ms().map(|(_, last_ms)| last_ms));
        let mut all = AheadOf {
            at_ms,
            encounters: Encounters::default(),
            paths: Vec::new(),
            told_by: Vec::new(),
            still: 0,
            unknown: 0,
            of: Arc::clone(watched),
        };
        let Some(at_ms) = at_ms else { return Ok(all) };
        let model = models.as_ref().and_then(|models| best(&models.models));
        job.expect(fleet.vessels().len());
        let of_ship = |ship: usize| {
            job.step()?;
            Ok(known(fleet, ship, at_ms, model, params))
        };
        let ships = (0..fleet.vessels().len()).into_par_iter();
        let known: Vec<Option<Known>> = ships.map(of_ship).collect::<Result<_, Stopped>>()?;
        for known in known.into_iter().flatten() {
            match known {
                Known::Under(path, told) => {
                    all.paths.push(path);
                    all.told_by.push(told);
                }
                Known::Still => all.still += 1,
                Known::Unknown => all.unknown += 1,
            }
        }
        all.encounters = ahead(fleet.vessels(), &all.paths, &checked, &job.uncounted())?;
        // Those that are closest at once are leaving each other already.
        let within_ms = at_ms + 1..=until_ms(at_ms, settings);
        all.encounters.list.retain(|met| within_ms.contains(&met.cpa_ms));
        Ok(all)
    }

    fn figures(output: &AheadOf) -> Map<String, Value> {
        let left_out = output.encounters.left_out.iter();
        let left_out: Map<String, Value> =
            left_out.map(|(why, n)| (why.name().to_owned(), (*n).into())).collect();
        let rows: Vec<Value> = output.encounters.list.iter().map(|met| row(output, met)).collect();
        members(json!({
            "at": output.at_ms.map(iso_text),
            "ships": output.paths.len(),
            "by_model": output.by_model(),
            "still": output.still,
            "unknown": output.unknown,
            "encounters": output.encounters.list.len(),
            "left_out": left_out,
            "list": rows,
        }))
    }

    /// A row an encounter in `ahead.csv`; in `ahead.geojson` the closest points, and the paths of the
    /// ships that meet.
    fn export(output: &AheadOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let list = &output.encounters.list;
        let rows: Vec<Value> = list.iter().map(|met| row(output, met)).collect();
        let between = list.iter().zip(&rows).map(|(met, row)| line(&met.positions, row.clone()));
        let mut shapes: Vec<Value> = between.collect();
        let meets = |ship: usize| list.iter().any(|met| met.ships.contains(&ship));
        for path in output.paths.iter().filter(|path| meets(path.ship)) {
            let about = super::about(&output.of.fleet().vessels()[path.ship]);
            shapes.push(line(&path.positions, Value::Object(about)));
        }
        Ok(vec![
            write_rows(folder, "ahead.csv", &encounters::COLUMNS, &rows)?,
            write_features(folder, "ahead.geojson", &shapes)?,
        ])
    }
}

fn row(output: &AheadOf, met: &crate::watch::Encounter) -> Value {
    encounters::row(output.of.fleet().vessels(), met)
}

/// The model that tells paths: the last of the methods, which is the most that was learned.
fn best(models: &[Model]) -> Option<&Model> {
    models.iter().filter(|model| !model.ahead.is_empty()).max_by_key(|model| model.method)
}

/// The last moment that is asked for.
fn until_ms(at_ms: i64, settings: &AheadSettings) -> i64 {
    at_ms + (settings.minutes * 60_000.0) as i64
}

/// Where a ship that was heard lately will be; none for one that was not.
fn known(
    fleet: &Fleet,
    ship: usize,
    at_ms: i64,
    model: Option<&Model>,
    params: &AheadParams,
) -> Option<Known> {
    if !fleet.vessels()[ship].class().may_sail() {
        return None;
    }
    let (track, first) = (fleet.track(ship), fleet.range(ship).start);
    let is_valid = |row: &usize| track.positions[*row].is_valid();
    let row = (0..track.t_ms.partition_point(|t_ms| *t_ms <= at_ms)).rev().find(is_valid)?;
    let last_ms = track.t_ms[row];
    if s_from_ms(at_ms - last_ms) > params.settings.heard_min * 60.0 {
        return None;
    }
    let (sog_kn, cog_deg) = (f64::from(track.sog_kn[row]), f64::from(track.cog_deg[row]));
    let (still_kn, place) = (params.encounter.still_kn, track.positions[row]);
    let until_ms = until_ms(at_ms, &params.settings) + BEYOND_MS;
    let path = |told: &dyn Fn(i64) -> Position| {
        let steps = (at_ms..until_ms).step_by(STEP_MS as usize).chain([until_ms]);
        let t_ms: Vec<i64> = steps.collect();
        let positions = t_ms.iter().map(|t_ms| told(*t_ms)).collect();
        PathAhead { ship, t_ms, positions }
    };
    if sog_kn < still_kn {
        // To be met by others, where that counts.
        let lies = || Known::Under(path(&|_| place), ToldBy::DeadReckoning);
        return Some(if params.encounter.counts_still { lies() } else { Known::Still });
    }
    let window = model.and_then(|model| {
        let window = Window::ending_at(fleet, first, first + row, &model.window)?;
        let sample = Sample::of(&window, &fleet.vessels()[ship], &model.window);
        let told = model.forecast(&sample);
        let knots = [(last_ms, place)].into_iter().chain(
            told.iter().map(|told| (last_ms + (told.minutes * 60_000.0) as i64, told.position)),
        );
        Some((knots.collect::<Vec<_>>(), model.method))
    });
    if let Some((knots, method)) = window.filter(|(knots, _)| knots.len() > 1) {
        return Some(Known::Under(path(&|t_ms| on_the_way(&knots, t_ms)), ToldBy::Model(method)));
    }
    if sog_kn.is_nan() || cog_deg.is_nan() {
        return Some(Known::Unknown);
    }
    let told =
        |t_ms: i64| destination(place, cog_deg, mps_from_kn(sog_kn) * s_from_ms(t_ms - last_ms));
    Some(Known::Under(path(&told), ToldBy::DeadReckoning))
}

/// Where a ship is on the way through `knots`, two at least; beyond the last straight on.
fn on_the_way(knots: &[(i64, Position)], t_ms: i64) -> Position {
    let next = knots.partition_point(|(knot_ms, _)| *knot_ms <= t_ms).clamp(1, knots.len() - 1);
    let ((from_ms, from), (to_ms, to)) = (knots[next - 1], knots[next]);
    let part = (t_ms - from_ms) as f64 / ((to_ms - from_ms).max(1)) as f64;
    destination(from, bearing_deg(from, to), part * distance_m(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Desk, Jobs, Session};

    const MINUTE_MS: i64 = 60_000;

    #[test]
    fn a_path_goes_through_its_knots_and_straight_on_beyond_the_last() {
        let at = |lon| Position::new(lon, 0.0);
        let knots = [(0, at(10.0)), (10 * MINUTE_MS, at(10.1)), (20 * MINUTE_MS, at(10.3))];
        for (minute, lon) in [(0, 10.0), (5, 10.05), (10, 10.1), (15, 10.2), (25, 10.4)] {
            let place = on_the_way(&knots, minute * MINUTE_MS);
            assert!(distance_m(place, at(lon)) < 1.0, "{minute}: {place:?}");
        }
    }

    /// Two ships that meet head-on at half past, and one that lies between them. Far away are one that
    /// is first heard at minute 12, and one that never tells her course.
    fn session(folder: &Path) -> Session {
        let mut text = String::from("MMSI,BaseDateTime,LAT,LON,SOG,COG,VesselType\n");
        for minute in 0..20 {
            let way = f64::from(minute - 30) / 300.0;
            for (mmsi, lon, sog, cog) in [
                (219_000_001, way, 12.0, 90.0),
                (219_000_002, -way, 12.0, 270.0),
                (219_000_003, 0.0, 0.0, 0.0),
            ] {
                text +=
                    &format!("{mmsi},2024-01-01T00:{minute:02}:00,0.0,{lon:.6},{sog},{cog},70\n");
            }
            let time = format!("2024-01-01T00:{minute:02}:00");
            if minute >= 12 {
                text += &format!("219000004,{time},5.0,{way:.6},12.0,90.0,70\n");
            }
            text += &format!("219000005,{time},-5.0,{way:.6},12.0,,70\n");
        }
        let path = folder.join("meet.csv");
        std::fs::write(&path, text).unwrap();
        let mut session = Session::default();
        session.sources.add(vec![crate::io::FileRef::of(&path)]);
        session.set("watched.subject=fleet").unwrap();
        session
    }

    fn updated(session: &Session) -> Desk {
        let mut desk = Desk::default();
        let wanted = desk.wanted(&["ahead"], session).unwrap();
        for _ in 0..8 {
            desk.update(session, &Jobs::Inline, &wanted);
        }
        desk
    }

    #[test]
    fn two_ships_that_will_meet_are_told_with_place_and_time() {
        let folder = tempfile::tempdir().unwrap();
        let mut session = session(folder.path());
        let desk = updated(&session);
        let of = desk.ahead.shown().expect("there is a result").value;
        assert_eq!((of.paths.len(), of.still, of.unknown, of.by_model()), (3, 1, 1, 0));
        let [met] = &of.encounters.list[..] else { panic!("{:?}", of.encounters) };
        assert_eq!(met.meeting, crate::watch::Meeting::HeadOn);
        let end_ms = of.at_ms.unwrap();
        assert!((met.cpa_ms - end_ms - 11 * MINUTE_MS).abs() < 2000, "{}", met.cpa_ms - end_ms);
        assert!(distance_m(met.place, Position::new(0.0, 0.0)) < 20.0 && met.cpa_m < 20.0);
        // In ten minutes they are still closing.
        session.set("ahead.minutes=10").unwrap();
        let desk = updated(&session);
        let of = desk.ahead.shown().unwrap().value;
        assert!(of.encounters.list.is_empty(), "{:?}", of.encounters);
        // A ship that lies still is met where that counts.
        session.set("ahead.minutes=12").unwrap();
        session.set("encounters.count_still=on").unwrap();
        let desk = updated(&session);
        assert_eq!(desk.ahead.shown().unwrap().value.encounters.list.len(), 3);
    }

    #[test]
    fn before_a_moment_nothing_of_later_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let mut session = session(folder.path());
        session.set("ahead.at=2024-01-01T00:05:30Z").unwrap();
        let desk = updated(&session);
        let of = desk.ahead.shown().unwrap().value;
        assert_eq!((of.paths.len(), of.unknown), (2, 1), "she of minute 12 is not known yet");
        let path = of.path_of(of.paths[0].ship).unwrap();
        assert_eq!(Some(path.t_ms[0]), of.at_ms);
        let way = |minute: f64| Position::new((minute - 30.0) / 300.0, 0.0);
        assert!(distance_m(path.positions[0], way(5.5)) < 20.0, "{:?}", path.positions[0]);
        assert!((of.encounters.list[0].until_cpa_s) > 0.0);
        session.set("ahead.at=2024-01-01T09:00:00Z").unwrap();
        let desk = updated(&session);
        let of = desk.ahead.shown().unwrap().value;
        assert!(of.paths.is_empty() && of.still == 0, "nobody was heard lately");
    }
}
