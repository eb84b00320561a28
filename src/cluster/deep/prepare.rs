//! Trips as rows of equal length: what a network reads.

use rayon::prelude::*;

use super::params::{Lengths, PrepareParams};
use crate::ais::{Fleet, Track, Trip};
use crate::base::angle::{mean_deg, turn_deg};
use crate::base::geo::{Position, short_distance_m, wrap_lon_deg};
use crate::base::job::{Job, Stopped};
use crate::learn::{Samples, Scaling, Table};

/// Numbers of a row, at most: longer ones are a slip of the sample time.
const MOST_NUMBERS: usize = 20_000;

/// Numbers of all rows, at most: four gigabytes.
const MOST_VALUES: usize = 1 << 30;

/// Trips as rows of numbers, `[trip, point * attributes]`, point after point.
#[derive(Clone, PartialEq, Debug)]
pub struct Prepared {
    /// The rows, scaled to 0 to 1, and what of them is padding.
    pub samples: Samples,
    /// The trip of each row, as a place among the trips that were prepared.
    pub trips: Vec<u32>,
    /// How many trips there were.
    pub n_trips: usize,
    /// How each attribute was scaled: longitude and latitude first. Longitudes run on across the
    /// date line.
    pub scaling: Scaling,
    /// Points of a row, padding included.
    pub points: usize,
    /// Points of each row that are no padding.
    pub lengths: Vec<u32>,
    /// The meridian that longitudes are counted from both ways, degrees.
    pub middle_lon_deg: f64,
}

/// One point of a trip: longitude and latitude, then what else counts.
type Point = [f64; MOST_ATTRIBUTES];
const MOST_ATTRIBUTES: usize = 5;

impl Prepared {
    /// Prepares `trips`: points at equal distances or times, on straight lines between reports,
    /// directions the short way round; then every attribute to 0 to 1 over all trips, or by the
    /// `scaling` of a model that was trained before. Reports without a valid place are passed over,
    /// trips with fewer than two left out.
    ///
    /// # Errors
    ///
    /// [`Stopped::Failed`] where no trip is left, or rows by time would be too long.
    ///
    /// # Reference
    ///
    /// Cui et al., section 3.1 and equations 1 to 4. Ours: masks and resampling (their future work);
    /// courses as sine and cosine; the date line.
    pub fn new(
        fleet: &Fleet,
        trips: &[Trip],
        params: &PrepareParams,
        known: Option<(&Scaling, usize, f64)>,
        job: &Job,
    ) -> Result<Prepared, Stopped> {
        let tracks: Vec<Track<'_>> = trips.iter().map(|trip| trip.track(fleet)).collect();
        let mean = tracks.iter().map(Track::len).sum::<usize>() as f64 / tracks.len().max(1) as f64;
        let counts = |track: &Track<'_>| track.len() as f64 >= params.least_share * mean;
        let middle_lon_deg = match known {
            Some((_, _, middle)) => middle,
            None => middle_lon_deg(&tracks),
        };
        let paths = tracks.par_iter().map(|track| {
            job.go_on()?;
            let path = counts(track).then(|| Path::of(track, middle_lon_deg, params));
            Ok(path.filter(|path| path.points.len() >= 2))
        });
        let paths: Vec<Option<Path>> = paths.collect::<Result<_, Stopped>>()?;
        let (places, paths): (Vec<u32>, Vec<Path>) =
            (0..).zip(paths).filter_map(|(trip, path)| Some((trip, path?))).unzip();
        if paths.is_empty() {
            let text = "there are no trips to cluster; load a file, let more pass the filter, or lower least_share";
            return Err(Stopped::Failed(text.into()));
        }
        let attributes = attributes(params);
        let longest = match known {
            Some((_, points, _)) => points,
            None => longest(&paths, params),
        };
        let width = longest * attributes.len();
        if width > MOST_NUMBERS || width * paths.len() > MOST_VALUES {
            let text = format!(
                "the longest trip takes {longest} points of {} s; raise sample_time, or choose form resample",
                params.every_s
            );
            return Err(Stopped::Failed(text));
        }
        let rows = paths.par_iter().map(|path| {
            job.go_on()?;
            let mut points = path.sampled(params, longest);
            points.truncate(longest);
            Ok(points)
        });
        let rows: Vec<Vec<Point>> = rows.collect::<Result<_, Stopped>>()?;
        let scaling = match known {
            Some((scaling, ..)) if scaling.fields().len() == attributes.len() => scaling.clone(),
            Some(_) => {
                return Err(Stopped::Failed(
                    "the model has other attributes than are chosen".into(),
                ));
            }
            None => {
                let all =
                    rows.iter().flatten().flat_map(|point| &point[..attributes.len()]).copied();
                Scaling::min_max(&attributes, &all.collect::<Vec<_>>()).map_err(Stopped::Failed)?
            }
        };
        let samples = filled(&rows, &scaling, longest, params.form == Lengths::Mask);
        let lengths = rows.iter().map(|row| row.len() as u32).collect();
        Ok(Prepared {
            samples,
            trips: places,
            n_trips: trips.len(),
            scaling,
            points: longest,
            lengths,
            middle_lon_deg,
        })
    }

    /// The places of `row`, a row of the network, as far as they are no padding of row `at`.
    pub fn places(&self, at: usize, row: &[f32]) -> Vec<Position> {
        let width = self.scaling.fields().len();
        let points = row.chunks_exact(width).take(self.lengths[at] as usize);
        let place = |point: &[f32]| {
            let lon_deg = self.scaling.undo(0, f64::from(point[0])) + self.middle_lon_deg;
            let lat_deg = self.scaling.undo(1, f64::from(point[1])).clamp(-90.0, 90.0);
            Position::new(wrap_lon_deg(lon_deg), lat_deg)
        };
        points.map(place).collect()
    }

    /// The row of trip `trip`; none where it was left out.
    pub fn row_of(&self, trip: usize) -> Option<usize> {
        self.trips.binary_search(&(trip as u32)).ok()
    }
}

/// The attributes of a point, with their units.
fn attributes(params: &PrepareParams) -> Vec<(&'static str, &'static str)> {
    let mut attributes = vec![("lon from the middle", "degrees"), ("lat", "degrees")];
    if params.with_sog {
        attributes.push(("sog", "kn"));
    }
    if params.with_cog {
        attributes.extend([("sine of cog", ""), ("cosine of cog", "")]);
    }
    attributes
}

/// Points of the longest row.
fn longest(paths: &[Path], params: &PrepareParams) -> usize {
    match params.form {
        Lengths::Resample => params.points,
        Lengths::EndCopy | Lengths::Mask => {
            paths.iter().map(|path| path.n_by_time(params.every_s)).max().unwrap_or(2)
        }
    }
}

fn middle_lon_deg(tracks: &[Track<'_>]) -> f64 {
    let firsts = tracks.iter().filter_map(|track| track.positions.iter().find(|p| p.is_valid()));
    mean_deg(firsts.map(|place| place.lon_deg)).map_or(0.0, wrap_lon_deg)
}

/// Scaled rows of `longest` points, the last repeated, with a mask of what is not if wanted.
fn filled(rows: &[Vec<Point>], scaling: &Scaling, longest: usize, is_masked: bool) -> Samples {
    let attributes = scaling.fields().len();
    let mut values = Vec::with_capacity(rows.len() * longest * attributes);
    let mut mask = Vec::new();
    for row in rows {
        for at in 0..longest {
            let Some(point) = row.get(at).or(row.last()) else { continue };
            values.extend((0..attributes).map(|field| scaling.apply(field, point[field]) as f32));
            if is_masked {
                mask.extend(std::iter::repeat_n(f32::from(at < row.len()), attributes));
            }
        }
    }
    let width = longest * attributes;
    let mask = is_masked.then(|| Table::new(width, mask));
    Samples { values: Table::new(width, values), mask }
}

/// A trip's valid points with what lies between them.
struct Path {
    points: Vec<Point>,
    t_s: Vec<f64>,
    along_m: Vec<f64>,
}

impl Path {
    fn of(track: &Track<'_>, middle_lon_deg: f64, params: &PrepareParams) -> Path {
        let valid: Vec<usize> =
            (0..track.len()).filter(|i| track.positions[*i].is_valid()).collect();
        let mut along_m = Vec::with_capacity(valid.len());
        let mut sum = 0.0;
        for (at, i) in valid.iter().enumerate() {
            if at > 0 {
                sum += short_distance_m(track.positions[valid[at - 1]], track.positions[*i]);
            }
            along_m.push(sum);
        }
        let speeds = without_gaps(valid.iter().map(|i| f64::from(track.sog_kn[*i])).collect());
        let courses = without_gaps(valid.iter().map(|i| f64::from(track.cog_deg[*i])).collect());
        let point = |(at, i): (usize, &usize)| {
            let place = track.positions[*i];
            let mut point = [turn_deg(middle_lon_deg, place.lon_deg), place.lat_deg, 0.0, 0.0, 0.0];
            let mut next = 2;
            if params.with_sog {
                point[next] = speeds[at];
                next += 1;
            }
            if params.with_cog {
                let (sine, cosine) = courses[at].to_radians().sin_cos();
                (point[next], point[next + 1]) = (sine, cosine);
            }
            point
        };
        let first_ms = valid.first().map_or(0, |i| track.t_ms[*i]);
        Path {
            points: valid.iter().enumerate().map(point).collect(),
            t_s: valid.iter().map(|i| (track.t_ms[*i] - first_ms) as f64 / 1000.0).collect(),
            along_m,
        }
    }

    /// The paper's N, and the first point.
    fn n_by_time(&self, every_s: f64) -> usize {
        (self.t_s.last().copied().unwrap_or(0.0) / every_s) as usize + 1
    }

    fn sampled(&self, params: &PrepareParams, most: usize) -> Vec<Point> {
        match params.form {
            Lengths::Resample => {
                let whole = self.along_m.last().copied().unwrap_or(0.0);
                let steps = (most - 1).max(1) as f64;
                self.at_rising(&self.along_m, (0..most).map(|at| whole * at as f64 / steps))
            }
            Lengths::EndCopy | Lengths::Mask => {
                let n = self.n_by_time(params.every_s).min(most);
                self.at_rising(&self.t_s, (0..n).map(|at| params.every_s * at as f64))
            }
        }
    }

    /// Points where `scale`, which never falls, reaches each of `wanted`, which rise.
    fn at_rising(&self, scale: &[f64], wanted: impl Iterator<Item = f64>) -> Vec<Point> {
        let mut leg = 0;
        let last = self.points.len() - 1;
        wanted
            .map(|wanted| {
                while leg + 1 < last && scale[leg + 1] < wanted {
                    leg += 1;
                }
                let (a, b) = (&self.points[leg], &self.points[leg + 1]);
                let width = scale[leg + 1] - scale[leg];
                let share =
                    if width > 0.0 { ((wanted - scale[leg]) / width).clamp(0.0, 1.0) } else { 0.0 };
                std::array::from_fn(|field| a[field] + share * (b[field] - a[field]))
            })
            .collect()
    }
}

/// Unknown values become the last known one, those before the first the first; all unknown become 0.
fn without_gaps(mut values: Vec<f64>) -> Vec<f64> {
    let mut last = values.iter().copied().find(|x| x.is_finite()).unwrap_or(0.0);
    for value in &mut values {
        if value.is_finite() {
            last = *value;
        } else {
            *value = last;
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Ending, Report, Vessel};

    /// Ships that sail east along the equator, a report a minute, at these longitudes (in tenths of
    /// a degree).
    fn fleet(trips: &[&[f64]]) -> (Fleet, Vec<Trip>) {
        let mut tracks = Vec::new();
        let mut made = Vec::new();
        let mut start = 0;
        for (vessel, lons) in trips.iter().enumerate() {
            let report = |(i, lon): (i64, &f64)| {
                let place = Position::new(wrap_lon_deg(lon / 10.0), 0.0);
                Report { sog_kn: 10.0, cog_deg: 90.0, ..Report::at(i * 60_000, place) }
            };
            tracks.push((Vessel::default(), (0..).zip(*lons).map(report).collect()));
            let reports = start..start + lons.len();
            start = reports.end;
            let (begins, ends) = (Ending::Track, Ending::Track);
            made.push(Trip { vessel, reports, length_m: 0.0, begins, ends });
        }
        (Fleet::from_tracks(tracks), made)
    }

    fn prepared(trips: &[&[f64]], params: &PrepareParams) -> Result<Prepared, Stopped> {
        let (fleet, trips) = fleet(trips);
        Prepared::new(&fleet, &trips, params, None, &Job::default())
    }

    fn lons(prepared: &Prepared, row: usize) -> Vec<f64> {
        let places = prepared.places(row, prepared.samples.values.row(row));
        places.iter().map(|place| (place.lon_deg * 1000.0).round() / 100.0).collect()
    }

    #[test]
    fn resampled_points_come_at_equal_distances_whatever_the_reports() {
        let params = PrepareParams { points: 5, ..PrepareParams::default() };
        let prepared = prepared(&[&[0.0, 1.0, 4.0], &[8.0, 0.0]], &params).unwrap();
        assert_eq!(lons(&prepared, 0), [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(lons(&prepared, 1), [8.0, 6.0, 4.0, 2.0, 0.0]);
        assert_eq!(prepared.samples.values.row(1)[0], 1.0);
        assert_eq!((prepared.points, prepared.samples.values.width()), (5, 10));
        assert!(prepared.samples.mask.is_none());
    }

    #[test]
    fn points_by_time_repeat_the_end_and_a_mask_leaves_that_out() {
        let trips: [&[f64]; 2] = [&[0.0, 2.0, 4.0, 6.0], &[0.0, 1.0]];
        let params =
            PrepareParams { form: Lengths::EndCopy, every_s: 30.0, ..PrepareParams::default() };
        let end_copy = prepared(&trips, &params).unwrap();
        assert_eq!((end_copy.points, end_copy.lengths.clone()), (7, vec![7, 3]));
        assert_eq!(lons(&end_copy, 1), [0.0, 0.5, 1.0]);
        let row = end_copy.samples.values.row(1);
        assert!(row.chunks(2).skip(2).all(|point| point[0] == row[4]));
        let masked = prepared(&trips, &PrepareParams { form: Lengths::Mask, ..params }).unwrap();
        assert_eq!(masked.samples.values, end_copy.samples.values);
        let mask = masked.samples.mask.unwrap();
        assert_eq!(mask.row(1), [[1.0; 6].as_slice(), &[0.0; 8]].concat());
    }

    #[test]
    fn a_trip_across_the_date_line_runs_on() {
        let params = PrepareParams { points: 3, ..PrepareParams::default() };
        let prepared = prepared(&[&[1799.0, 1801.0], &[1798.0, 1802.0]], &params).unwrap();
        assert_eq!(lons(&prepared, 0)[0], 1799.0);
        assert!((lons(&prepared, 0)[2] + 1799.0).abs() < 1e-6);
        assert!(prepared.scaling.fields()[0].width < 0.5);
    }

    #[test]
    fn speeds_and_courses_count_where_they_are_chosen_and_gaps_are_bridged() {
        let params =
            PrepareParams { points: 2, with_sog: true, with_cog: true, ..PrepareParams::default() };
        let prepared = prepared(&[&[0.0, 1.0]], &params).unwrap();
        let names: Vec<&str> =
            prepared.scaling.fields().iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names[2..], ["sog", "sine of cog", "cosine of cog"]);
        assert_eq!(prepared.samples.values.width(), 10);
        assert_eq!(without_gaps(vec![f64::NAN, 2.0, f64::NAN, 3.0]), [2.0, 2.0, 2.0, 3.0]);
        assert_eq!(without_gaps(vec![f64::NAN; 2]), [0.0, 0.0]);
    }

    #[test]
    fn short_trips_are_left_out_where_wanted_and_nothing_left_is_an_error() {
        let trips: [&[f64]; 2] = [&[0.0, 2.0, 4.0, 6.0, 7.0, 8.0, 9.0, 10.0], &[0.0, 1.0]];
        let params = PrepareParams { least_share: 0.5, ..PrepareParams::default() };
        let kept = prepared(&trips, &params).unwrap();
        assert_eq!((kept.trips.clone(), kept.n_trips, kept.row_of(1)), (vec![0], 2, None));
        assert!(prepared(&[], &params).unwrap_err().to_string().contains("no trips"));
        let fine = PrepareParams { form: Lengths::Mask, every_s: 1.0, ..PrepareParams::default() };
        let long: Vec<f64> = (0..400).map(f64::from).collect();
        assert!(prepared(&[&long], &fine).unwrap_err().to_string().contains("sample_time"));
    }

    #[test]
    fn trips_of_one_place_are_rows_without_a_fault() {
        let params = PrepareParams { points: 4, ..PrepareParams::default() };
        let prepared = prepared(&[&[5.0, 5.0, 5.0], &[5.0, 5.0]], &params).unwrap();
        assert!(prepared.samples.values.values().iter().all(|x| *x == 0.0));
        assert_eq!(lons(&prepared, 0), [5.0; 4]);
    }
}
