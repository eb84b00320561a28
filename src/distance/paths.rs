//! Trips as the kernels read them.

use super::DistanceError;
use super::legs::{Extent, Extents, LANES, LEGS, PlaneLeg, SphereLeg, View};
use super::resample::{Point, resampled};
use super::surface::{Cap, Surface, unit_from_position};
use super::warp::SHORT_CHORD2;
use crate::ais::{Fleet, Track, Trip};
use crate::base::geo::Position;
use crate::base::job::Job;
use crate::base::params::Choice;
use serde::{Deserialize, Serialize};

/// Which surface trips are laid on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum SurfaceChoice {
    /// A plane where all trips lie within [`PLANE_RADIUS_M`](super::PLANE_RADIUS_M) of their
    /// middle, else the sphere.
    #[default]
    Auto,
    /// A plane, however wrong.
    Plane,
    /// The sphere.
    Sphere,
}

impl Choice for SurfaceChoice {
    const CASES: &'static [(&'static str, SurfaceChoice)] = &[
        ("auto", SurfaceChoice::Auto),
        ("plane", SurfaceChoice::Plane),
        ("sphere", SurfaceChoice::Sphere),
    ];
}

/// The points of many trips on one [`Surface`], ready to be compared.
///
/// Coordinates are `f32` meters from the middle of the trips: at 250 km from it they are true to
/// 1 cm, at 1,500 km to 6 cm; on the sphere, trips around the whole globe to 30 cm.
///
/// # Not-a-number
///
/// Points without a position are left out, and a trip of which none is left is an error. Speeds and
/// courses may be missing: means are taken over those that are there, and a trip without any has a
/// mean speed that is not a number.
#[derive(Clone, PartialEq, Debug)]
pub struct Paths {
    // Invariant: `points[axis]` and `point_boxes` are in blocks of `LANES`, legs in blocks of
    // `LEGS`, `leg_boxes` in groups of `LANES` such blocks; `spans[i]` tells where those of path
    // `i` begin, and one entry more where all end.
    surface: Surface,
    spans: Vec<Span>,
    n_points: Vec<usize>,
    points: [Vec<[f32; LANES]>; 3],
    point_boxes: Vec<Extent>,
    plane_legs: Vec<[PlaneLeg; LEGS]>,
    sphere_legs: Vec<[SphereLeg; LEGS]>,
    leg_boxes: Vec<Extents>,
    whole: Vec<Extent>,
    all: Extent,
    cog_deg: Vec<f32>,
    mean_sog_kn: Vec<f32>,
    has_cog: Vec<bool>,
    length_m: Vec<f32>,
}

#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct Span {
    block: usize,
    plane_leg: usize,
    sphere_leg: usize,
    leg_box: usize,
    cog: usize,
}

/// A line on a plane of the caller's own, with what the ship reported at each point.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Line {
    /// Meters to the east and to the north.
    pub xy_m: Vec<[f64; 2]>,
    /// Speeds over ground, knots; one a point, or none at all.
    pub sog_kn: Vec<f32>,
    /// Courses over ground, degrees; one a point, or none at all.
    pub cog_deg: Vec<f32>,
}

impl Paths {
    /// The paths of `trips` of `fleet`. With `resample` of two or more, each is first replaced by
    /// so many points at equal distances along it.
    pub fn new(
        fleet: &Fleet,
        trips: &[Trip],
        choice: SurfaceChoice,
        resample: usize,
        job: &Job,
    ) -> Result<Paths, DistanceError> {
        let tracks: Vec<Track<'_>> = trips.iter().map(|trip| trip.track(fleet)).collect();
        Paths::from_tracks(&tracks, choice, resample, job)
    }

    /// The paths of `tracks`, each taken for one trip.
    pub fn from_tracks(
        tracks: &[Track<'_>],
        choice: SurfaceChoice,
        resample: usize,
        job: &Job,
    ) -> Result<Paths, DistanceError> {
        let places = || tracks.iter().flat_map(|track| track.positions.iter().copied());
        let units = places().filter(|place: &Position| place.is_valid()).map(unit_from_position);
        let cap = Cap::around(units);
        let surface = match choice {
            SurfaceChoice::Auto => Surface::fitting(cap),
            SurfaceChoice::Plane => Surface::plane(cap),
            SurfaceChoice::Sphere => Surface::sphere(cap),
        };
        let mut paths = Paths::empty(surface);
        for (trip, track) in tracks.iter().enumerate() {
            job.go_on()?;
            let own = (0..track.len()).filter(|index| track.positions[*index].is_valid());
            let own = own.map(|index| Point {
                at: unit_from_position(track.positions[index]),
                sog_kn: track.sog_kn[index],
                cog_deg: track.cog_deg[index],
            });
            let mut own: Vec<Point> = own.collect();
            if resample >= 2 {
                own = resampled(&own, resample, true);
            }
            own.iter_mut().for_each(|point| point.at = surface.place_m(point.at));
            paths.push(trip, &own)?;
        }
        Ok(paths)
    }

    /// Paths on a plane of the caller's own, whose coordinates are taken as they are.
    pub fn from_lines(lines: &[Line], resample: usize) -> Result<Paths, DistanceError> {
        let mut paths = Paths::empty(Surface::given());
        for (trip, line) in lines.iter().enumerate() {
            let own = line.xy_m.iter().enumerate().filter(|(_, [x, y])| (x + y).is_finite());
            let own = own.map(|(index, [x, y])| Point {
                at: [*x, *y, 0.0],
                sog_kn: line.sog_kn.get(index).copied().unwrap_or(f32::NAN),
                cog_deg: line.cog_deg.get(index).copied().unwrap_or(f32::NAN),
            });
            let mut own: Vec<Point> = own.collect();
            if resample >= 2 {
                own = resampled(&own, resample, false);
            }
            paths.push(trip, &own)?;
        }
        Ok(paths)
    }

    /// How many paths there are.
    pub fn len(&self) -> usize {
        self.n_points.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.n_points.is_empty()
    }

    /// How many points path `index` has.
    pub fn n_points(&self, index: usize) -> usize {
        self.n_points[index]
    }

    /// What they lie on.
    pub fn surface(&self) -> &Surface {
        &self.surface
    }

    /// The mean speed on path `index`, knots; not-a-number where no speed was reported.
    pub fn mean_sog_kn(&self, index: usize) -> f32 {
        self.mean_sog_kn[index]
    }

    /// The length of path `index` from point to point, meters; on the sphere along chords.
    pub fn length_m(&self, index: usize) -> f32 {
        self.length_m[index]
    }

    /// The median of all lengths, meters; zero where there are no paths.
    pub fn median_length_m(&self) -> f32 {
        let mut lengths = self.length_m.clone();
        let middle = lengths.len() / 2;
        if lengths.is_empty() {
            return 0.0;
        }
        *lengths.select_nth_unstable_by(middle, f32::total_cmp).1
    }

    /// How many paths have no speed, and how many have no course at all.
    pub fn n_without_sog_and_cog(&self) -> (usize, usize) {
        (
            self.mean_sog_kn.iter().filter(|sog| sog.is_nan()).count(),
            self.has_cog.iter().filter(|has| !**has).count(),
        )
    }

    fn empty(surface: Surface) -> Paths {
        Paths {
            surface,
            spans: vec![Span::default()],
            n_points: Vec::new(),
            points: [Vec::new(), Vec::new(), Vec::new()],
            point_boxes: Vec::new(),
            plane_legs: Vec::new(),
            sphere_legs: Vec::new(),
            leg_boxes: Vec::new(),
            whole: Vec::new(),
            all: Extent::NONE,
            cog_deg: Vec::new(),
            mean_sog_kn: Vec::new(),
            has_cog: Vec::new(),
            length_m: Vec::new(),
        }
    }

    /// No paths yet, on a surface that is there already.
    pub(super) fn on(surface: Surface) -> Paths {
        Paths::empty(surface)
    }

    pub(super) fn push(&mut self, trip: usize, own: &[Point]) -> Result<(), DistanceError> {
        let Some(last) = own.last() else { return Err(DistanceError::NoPosition { trip }) };
        let narrow = |point: &Point| point.at.map(|x| x as f32);
        for block in own.chunks(LANES) {
            let mut extent = Extent::NONE;
            block.iter().for_each(|point| extent.add(narrow(point)));
            self.point_boxes.push(extent);
            for axis in 0..3 {
                let at = |lane| narrow(block.get(lane).unwrap_or(last))[axis];
                self.points[axis].push(std::array::from_fn(at));
            }
        }
        let mut boxes = Vec::new();
        if self.surface.is_sphere() {
            self.push_sphere_legs(own, &mut boxes);
        } else {
            self.push_plane_legs(own, &mut boxes);
        }
        self.leg_boxes.extend(boxes.chunks(LANES).map(Extents::from_boxes));
        let whole = boxes.into_iter().fold(Extent::NONE, Extent::union);
        self.all = self.all.union(whole);
        self.whole.push(whole);
        let sog_kn = own.iter().map(|point| f64::from(point.sog_kn)).filter(|sog| sog.is_finite());
        let (sum, n) = sog_kn.fold((0.0, 0.0), |(sum, n), sog| (sum + sog, n + 1.0));
        self.mean_sog_kn.push((sum / n) as f32);
        self.has_cog.push(own.iter().any(|point| point.cog_deg.is_finite()));
        self.cog_deg.extend(own.iter().map(|point| point.cog_deg));
        self.n_points.push(own.len());
        let leg_m = |pair: &[Point]| {
            let [a, b] = [pair[0].at, pair[1].at];
            [0, 1, 2].map(|axis| (a[axis] - b[axis]).powi(2)).iter().sum::<f64>().sqrt()
        };
        self.length_m.push(own.windows(2).map(leg_m).sum::<f64>() as f32);
        self.spans.push(Span {
            block: self.point_boxes.len(),
            plane_leg: self.plane_legs.len(),
            sphere_leg: self.sphere_legs.len(),
            leg_box: self.leg_boxes.len(),
            cog: self.cog_deg.len(),
        });
        Ok(())
    }

    fn push_plane_legs(&mut self, own: &[Point], boxes: &mut Vec<Extent>) {
        let last = own.len() - 1;
        let at = |index: usize| own[index.min(last)].at.map(|x| x as f32);
        for first in (0..=last).step_by(LEGS) {
            let mut extent = Extent::NONE;
            self.plane_legs.push(std::array::from_fn(|leg| {
                let leg = (first + leg).min(last);
                extent.add(at(leg));
                extent.add(at(leg + 1));
                PlaneLeg::between(at(leg), at(leg + 1))
            }));
            boxes.push(extent);
        }
    }

    fn push_sphere_legs(&mut self, own: &[Point], boxes: &mut Vec<Extent>) {
        let earth = self.surface.earth_center_m();
        let narrow = |point: &Point| point.at.map(|x| x as f32);
        let last = own.len() - 1;
        for first in (0..=last).step_by(LEGS) {
            let (mut extent, mut most_bulge_m) = (Extent::NONE, 0.0_f32);
            self.sphere_legs.push(std::array::from_fn(|leg| {
                let leg = (first + leg).min(last);
                extent.add(narrow(&own[leg]));
                let Some(to) = own.get(leg + 1) else {
                    return SphereLeg::of_point(narrow(&own[leg]));
                };
                extent.add(narrow(to));
                let (leg, bulge_m) = SphereLeg::between(own[leg].at, to.at, earth);
                most_bulge_m = most_bulge_m.max(bulge_m);
                leg
            }));
            boxes.push(extent.widened(most_bulge_m));
        }
    }

    /// The box around path `index`.
    pub(super) fn whole(&self, index: usize) -> &Extent {
        &self.whole[index]
    }

    pub(super) fn view(&self, index: usize) -> View<'_> {
        let (from, to) = (self.spans[index], self.spans[index + 1]);
        View {
            n: self.n_points[index],
            points: [0, 1, 2].map(|axis| &self.points[axis][from.block..to.block]),
            point_boxes: &self.point_boxes[from.block..to.block],
            plane_legs: &self.plane_legs[from.plane_leg..to.plane_leg],
            sphere_legs: &self.sphere_legs[from.sphere_leg..to.sphere_leg],
            leg_boxes: &self.leg_boxes[from.leg_box..to.leg_box],
            whole: &self.whole[index],
            is_wide: self.all.diagonal2() > SHORT_CHORD2,
            cog_deg: &self.cog_deg[from.cog..to.cog],
            mean_sog_kn: self.mean_sog_kn[index],
        }
    }
}
