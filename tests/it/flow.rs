//! The flow: what runs when, what is shown meanwhile, what a panic or a cancel leaves behind.
//!
//! Nothing here waits for a time to pass. A job of these tests waits at a [`Valve`] until the test
//! lets it go on; the test waits for the wake that every job sends when it ends.

use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use fairway::base::job::{Job, Stopped};
use fairway::base::params::{Checked, Field, Form, Params};
use fairway::flow::desk::Wanted;
use fairway::flow::stage::{Asked, Pace, Stage};
use fairway::flow::tray::{Shelf as _, State, Tray};
use fairway::flow::{Desk, Jobs, Key, Session};
use fairway::synth::SeaParams;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Far longer than anything here takes: a test that waits so long has failed.
const FOREVER: Duration = Duration::from_mins(1);

/// A session on made traffic.
fn made(rows: usize) -> Session {
    let mut session = Session::default();
    session.sources.made = Some(SeaParams { rows, seed: 7, ..SeaParams::default() });
    session
}

fn key_of(desk: &Desk, stage: &str) -> String {
    let shelves = desk.shelves();
    let shelf = shelves.iter().find(|shelf| shelf.name() == stage).expect("there is such a stage");
    shelf.figures().expect("it has a result")["key"].as_str().expect("a key is a text").to_owned()
}

fn keys(desk: &Desk) -> [String; 3] {
    ["ingest", "clean", "trips"].map(|stage| key_of(desk, stage))
}

#[test]
fn a_moved_threshold_reruns_only_what_depends_on_it() {
    let (mut session, mut desk, all) = (made(20_000), Desk::default(), Wanted::explore());
    desk.update(&session, &Jobs::Inline, &all);
    let first = keys(&desk);
    let values = |desk: &Desk| {
        let (ingest, clean, trips) = (desk.ingest.shown(), desk.clean.shown(), desk.trips.shown());
        (
            Arc::clone(ingest.unwrap().value),
            Arc::clone(clean.unwrap().value),
            Arc::clone(trips.unwrap().value),
        )
    };
    let (ingest, clean, trips) = values(&desk);

    session.set("trips.gap=2").unwrap();
    desk.update(&session, &Jobs::Inline, &all);
    let after = values(&desk);
    assert!(
        Arc::ptr_eq(&ingest, &after.0) && Arc::ptr_eq(&clean, &after.1),
        "nothing above ran again"
    );
    assert!(!Arc::ptr_eq(&trips, &after.2) && trips.trips.cuts != after.2.trips.cuts);
    assert_eq!((&keys(&desk)[..2], keys(&desk)[2] == first[2]), (&first[..2], false));

    session.set("trips.gap=30").unwrap();
    desk.update(&session, &Jobs::Inline, &all);
    assert!(Arc::ptr_eq(&trips, &values(&desk).2), "undo is at hand");
    assert_eq!(keys(&desk), first);

    session.set("clean.max_speed=35").unwrap();
    desk.update(&session, &Jobs::Inline, &all);
    let after = values(&desk);
    assert!(
        Arc::ptr_eq(&ingest, &after.0)
            && !Arc::ptr_eq(&clean, &after.1)
            && !Arc::ptr_eq(&trips, &after.2)
    );
}

#[test]
fn a_parameter_out_of_range_keeps_the_last_good_result_and_says_why() {
    let (mut session, mut desk, all) = (made(5000), Desk::default(), Wanted::explore());
    desk.update(&session, &Jobs::Inline, &all);
    let good = key_of(&desk, "trips");
    session.trips.gap_min = f64::NAN;
    for _ in 0..3 {
        desk.update(&session, &Jobs::Inline, &all);
    }
    assert_eq!(desk.trips.state(), State::Fault);
    assert!(
        desk.trips.faults()[0].starts_with("gap is NaN min; it must lie between"),
        "{:?}",
        desk.trips.faults()
    );
    assert!(desk.trips.shown().unwrap().is_stale);
    assert_eq!(key_of(&desk, "trips"), good);
}

#[test]
fn only_wanted_stages_run_and_those_they_need() {
    let (session, mut desk) = (made(2000), Desk::default());
    let wanted = desk.wanted(&["clean"], &session).unwrap();
    desk.update(&session, &Jobs::Inline, &wanted);
    let states: Vec<_> = desk.shelves().iter().map(|shelf| (shelf.name(), shelf.state())).collect();
    assert_eq!(states[..2], [("ingest", State::Fresh), ("clean", State::Fresh)]);
    assert!(states[2..].iter().all(|(_, state)| *state == State::Waiting), "{states:?}");
    assert_eq!(desk.wanted(&["clusterz"], &session), Err("clusterz".into()));
}

#[test]
fn a_desk_without_sources_lets_go_of_its_results() {
    let (mut session, mut desk, all) = (made(2000), Desk::default(), Wanted::explore());
    desk.update(&session, &Jobs::Inline, &all);
    session.sources.made = None;
    desk.update(&session, &Jobs::Inline, &all);
    assert!(
        desk.shelves()
            .iter()
            .all(|shelf| shelf.figures().is_none() && shelf.state() == State::Waiting)
    );
}

/// Which result a job of these tests is to give.
#[derive(Clone, Copy, PartialEq, Default, Debug, Serialize, Deserialize)]
struct Tag(usize);

impl Params for Tag {
    fn describe(&mut self, form: &mut dyn Form) {
        form.count("tag", &mut self.0, Field { unit: "", range: 0..=99, help: "Which one." });
    }
}

/// The tag whose job panics.
const PANIC: Tag = Tag(13);

/// Holds jobs back until the test lets them go.
#[derive(Default)]
struct Valve {
    seen: Mutex<Seen>,
    changed: Condvar,
}

#[derive(Default)]
struct Seen {
    opened: Vec<usize>,
    started: Vec<usize>,
    cancelled: Vec<usize>,
}

impl Valve {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    /// Lets the job of `tag` end, whether it has begun or not.
    fn open(&self, tag: usize) {
        self.seen().opened.push(tag);
        self.changed.notify_all();
    }

    /// Waits until the test, or this one of its jobs, has made `so` true.
    fn until(&self, so: impl Fn(&Seen) -> bool) {
        let (seen, timeout) =
            self.changed.wait_timeout_while(self.seen(), FOREVER, |seen| !so(seen)).unwrap();
        drop(seen);
        assert!(!timeout.timed_out(), "it never happened");
    }

    /// What a job does: it begins, waits, and ends when it is let go or cancelled.
    fn pass(&self, tag: usize, job: &Job) -> Result<usize, Stopped> {
        job.expect(2);
        self.seen().started.push(tag);
        self.changed.notify_all();
        while !self.seen().opened.contains(&tag) {
            if let Err(stopped) = job.go_on() {
                self.seen().cancelled.push(tag);
                self.changed.notify_all();
                return Err(stopped);
            }
            // A cancel rings no bell: look again now and then.
            let bell = self.changed.wait_timeout(self.seen(), Duration::from_millis(2)).unwrap();
            drop(bell);
        }
        job.step()?;
        if tag == PANIC.0 {
            std::panic::resume_unwind(Box::new("planted"));
        }
        Ok(tag)
    }
}

trait Paced: Send + Sync + 'static {
    const PACE: Pace;
}
struct Settled;
impl Paced for Settled {
    const PACE: Pace = Pace::Settled;
}
struct Live;
impl Paced for Live {
    const PACE: Pace = Pace::Live;
}
struct OnRequest;
impl Paced for OnRequest {
    const PACE: Pace = Pace::OnRequest;
}

/// A stage whose jobs pass the valve.
struct Gated<P>(PhantomData<P>);

impl<P: Paced> Stage for Gated<P> {
    const NAME: &'static str = "gated/1";
    const TITLE: &'static str = "Gated";
    const NEEDS: &'static [&'static str] = &[];
    const PACE: Pace = P::PACE;
    const KEPT: usize = 4;
    type Params = Tag;
    type Input = Arc<Valve>;
    type Output = usize;

    fn run(tag: &Checked<Tag>, valve: &Arc<Valve>, job: &Job) -> Result<usize, Stopped> {
        valve.pass(tag.0, job)
    }
    fn figures(_: &usize) -> Map<String, Value> {
        Map::new()
    }
    fn export(_: &usize, _: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        Ok(Vec::new())
    }
}

/// A tray of a gated stage, its valve, and where its jobs ring when they end.
struct Bench<P: Paced> {
    tray: Tray<Gated<P>>,
    valve: Arc<Valve>,
    source: Asked<Valve>,
    jobs: Jobs,
    rings: Receiver<()>,
}

impl<P: Paced> Bench<P> {
    fn new() -> Bench<P> {
        let (sender, rings) = channel();
        let valve = Arc::new(Valve::default());
        let source = Asked { key: Key::of("valve/1", &(), &[]), value: Some(Arc::clone(&valve)) };
        let wake = Arc::new(move || sender.send(()).unwrap_or_default()); // The test may be over.
        Bench { tray: Tray::default(), valve, source, jobs: Jobs::Threads { wake }, rings }
    }

    /// A frame of the window: what is asked for, and then what is shown and whether it is stale.
    fn frame(&mut self, tag: usize) -> Option<(usize, bool)> {
        self.tray.want(&Tag(tag), &self.source, &self.jobs);
        self.tray.shown().map(|shown| (**shown.value, shown.is_stale))
    }

    /// Waits until a job ends.
    fn ring(&self) {
        self.rings.recv_timeout(FOREVER).expect("a job ends");
    }

    fn started(&self) -> Vec<usize> {
        self.valve.seen().started.clone()
    }
}

#[test]
fn an_overtaken_settled_job_is_cancelled_and_never_shows() {
    let mut bench = Bench::<Settled>::new();
    bench.valve.open(1);
    bench.frame(1);
    bench.ring();
    assert_eq!(bench.frame(1), Some((1, false)));
    assert_eq!(bench.frame(2), Some((1, true)), "the old result stays while the new one is made");
    bench.valve.until(|seen| seen.started.contains(&2));
    assert_eq!(bench.frame(3), Some((1, true)));
    bench.valve.until(|seen| seen.cancelled == [2]);
    bench.ring();
    bench.valve.open(2); // Too late.
    assert_eq!(bench.frame(3), Some((1, true)));
    bench.valve.open(3);
    bench.ring();
    assert_eq!(bench.frame(3), Some((3, false)));
    assert_eq!(bench.started(), [1, 2, 3]);
}

#[test]
fn jobs_that_end_in_the_wrong_order_leave_the_wanted_result() {
    let mut bench = Bench::<Settled>::new();
    for tag in [1, 2, 3, 1] {
        bench.frame(tag);
    }
    [3, 2, 1].into_iter().for_each(|tag| bench.valve.open(tag));
    for _ in 0..4 {
        bench.ring();
    }
    assert_eq!(bench.frame(1), Some((1, false)));
}

#[test]
fn a_live_stage_follows_a_drag_and_ends_on_the_last_value() {
    let mut bench = Bench::<Live>::new();
    let mut shown = Vec::new();
    for tag in 20..30 {
        shown.extend(bench.frame(tag).map(|(tag, _)| tag));
        if tag % 3 == 0 {
            // The job of an earlier place of the slider comes to its end while it is dragged on.
            bench.valve.until(|seen| seen.started.len() > seen.opened.len());
            bench.valve.open(*bench.started().last().expect("one has begun"));
            bench.ring();
        }
    }
    assert!(shown.len() >= 2 && shown.is_sorted(), "the view follows: {shown:?}");
    (20..30).for_each(|tag| bench.valve.open(tag));
    while bench.frame(29) != Some((29, false)) {
        bench.ring();
    }
    assert!(bench.valve.seen().cancelled.is_empty(), "live jobs run to their end");
}

#[test]
fn a_panic_is_one_stages_fault_and_is_not_retried() {
    let mut bench = Bench::<Settled>::new();
    bench.valve.open(PANIC.0);
    bench.frame(PANIC.0);
    bench.ring();
    for _ in 0..20 {
        bench.frame(PANIC.0);
    }
    assert_eq!(bench.tray.faults(), ["a bug stopped this step; please report it: planted"]);
    assert_eq!(bench.started(), [PANIC.0], "it ran once");
    bench.valve.open(4);
    bench.frame(4);
    bench.ring();
    assert_eq!(bench.frame(4), Some((4, false)), "the stage lives on");
    bench.frame(PANIC.0);
    bench.tray.request();
    bench.frame(PANIC.0);
    bench.ring();
    assert_eq!(bench.started(), [PANIC.0, 4, PANIC.0], "tried again when asked to");
}

#[test]
fn a_fault_of_parameters_starts_no_job() {
    let mut bench = Bench::<Settled>::new();
    assert_eq!(bench.frame(500), None);
    assert_eq!(bench.tray.faults(), ["tag is 500; it must lie between 0 and 99"]);
    assert!(bench.started().is_empty());
}

#[test]
fn closing_the_desk_cancels_what_runs() {
    let mut bench = Bench::<Settled>::new();
    bench.frame(1);
    bench.valve.until(|seen| seen.started == [1]);
    bench.tray.clear();
    bench.valve.until(|seen| seen.cancelled == [1]);
    assert_eq!(bench.tray.state(), State::Waiting);
}

#[test]
fn a_stage_on_request_waits_survives_edits_and_is_at_hand_again() {
    let mut bench = Bench::<OnRequest>::new();
    assert_eq!(
        (bench.frame(1), bench.tray.progress().is_none()),
        (None, true),
        "not started unasked"
    );
    bench.tray.request();
    bench.frame(1);
    bench.valve.until(|seen| seen.started == [1]);
    bench.frame(2); // The user edits while it trains.
    bench.valve.open(1);
    bench.ring();
    assert_eq!(
        bench.frame(2),
        Some((1, true)),
        "training went on, and its result is shown as older"
    );
    assert_eq!(bench.started(), [1], "nobody asked for the second");
    assert_eq!(bench.frame(1), Some((1, false)));
}

#[test]
fn what_was_cancelled_stays_so_until_it_is_requested() {
    let mut bench = Bench::<Settled>::new();
    bench.frame(1);
    bench.valve.until(|seen| seen.started == [1]);
    bench.tray.cancel();
    bench.valve.until(|seen| seen.cancelled == [1]);
    for _ in 0..5 {
        bench.frame(1);
    }
    assert_eq!(
        (bench.tray.faults(), bench.tray.state()),
        (&["stopped on request".to_owned()][..], State::Fault)
    );
    assert_eq!(bench.started(), [1]);
    bench.valve.open(1);
    bench.tray.request();
    bench.frame(1);
    bench.ring();
    bench.ring();
    assert_eq!(bench.frame(1), Some((1, false)));
}

#[test]
fn a_doomed_job_is_cancelled_before_its_new_input_is_ready() {
    let mut bench = Bench::<Settled>::new();
    bench.frame(1);
    bench.valve.until(|seen| seen.started == [1]);
    bench.source = Asked { key: Key::of("valve/1", &2, &[]), value: None };
    bench.frame(1);
    assert!(bench.tray.progress().is_none());
    bench.valve.until(|seen| seen.cancelled == [1]);
}
