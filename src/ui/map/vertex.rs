//! A report as the GPU reads it: four packed words.
//!
//! | word | low bits | high bits |
//! | --- | --- | --- |
//! | `place[0]` | 31: mercator x | 1: no leg comes here from the vertex before |
//! | `place[1]` | 31: mercator y | 1: no leg leaves from here either |
//! | `moment` | 24: time, in units of the [`Clock`] | 8: course |
//! | `attributes` | 22: slot | 10: speed, tenths of a knot |
//!
//! The place is fixed-point, 2^31 units around the world or 1.9 cm at the equator. Integers are
//! subtracted without error, so nothing trembles at zoom 20, where `f32` degrees are off by meters.

use crate::base::geo::Position;

/// Units of length around the world.
pub const WORLD: u32 = 1 << 31;

/// How many slots there can be, one line of the table of looks each.
pub const SLOTS_MAX: u32 = (1 << 22) - 1;

/// Stands for "no slot": a report without a place, which is never drawn.
const NOWHERE: u32 = SLOTS_MAX;

/// How many times can be told apart.
const TIMES: i64 = 1 << 24;

/// Stands for "no speed", as in ITU-R M.1371.
const NO_SPEED: u32 = 1023;

/// Stands for "no course"; a course is counted in steps of 360° / 255.
const NO_COURSE: u32 = 255;

const FLAG: u32 = 1 << 31;

/// One report on the GPU.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct Vertex {
    place: [u32; 2],
    moment: u32,
    attributes: u32,
}

impl Vertex {
    /// A report; speed and course may be not-a-number.
    ///
    /// # Panics
    ///
    /// In debug builds, if slot or time do not fit.
    pub fn new(place: [u32; 2], time: u32, slot: u32, sog_kn: f32, cog_deg: f32) -> Vertex {
        debug_assert!(slot < SLOTS_MAX && i64::from(time) < TIMES, "slot {slot} at {time}");
        let tenths = (sog_kn * 10.0).round();
        // A not-a-number fails every comparison.
        let speed = if tenths >= 0.0 { (tenths as u32).min(NO_SPEED - 1) } else { NO_SPEED };
        let is_course = (0.0..=360.0).contains(&cog_deg);
        let course =
            if is_course { (cog_deg * (255.0 / 360.0)).round() as u32 % 255 } else { NO_COURSE };
        Vertex { place, moment: time | course << 24, attributes: slot | speed << 22 }
    }

    /// A report without a place. Nothing is drawn of it, nor from it, nor to it.
    pub fn nowhere(time: u32) -> Vertex {
        Vertex {
            place: [FLAG, 0],
            moment: time | NO_COURSE << 24,
            attributes: NOWHERE | NO_SPEED << 22,
        }
    }

    /// The same vertex, with no leg to it and perhaps none from it either.
    #[must_use]
    pub fn first(self, is_alone: bool) -> Vertex {
        let [x, y] = self.place;
        Vertex { place: [x | FLAG, if is_alone { y | FLAG } else { y }], ..self }
    }

    /// Where it lies on the fixed-point mercator plane.
    pub fn place(&self) -> [u32; 2] {
        self.place.map(|word| word & !FLAG)
    }

    /// Whether no leg comes here from the vertex before.
    pub fn is_first(&self) -> bool {
        self.place[0] & FLAG != 0
    }

    /// Whether there is a leg neither to it nor from it.
    pub fn is_alone(&self) -> bool {
        self.place[1] & FLAG != 0
    }

    /// Whether it is a report without a place.
    pub fn is_nowhere(&self) -> bool {
        self.slot() == NOWHERE
    }

    /// When, in units of the [`Clock`].
    pub fn time(&self) -> u32 {
        self.moment & (TIMES as u32 - 1)
    }

    /// Whose line in the table of looks is its own.
    pub fn slot(&self) -> u32 {
        self.attributes & NOWHERE
    }

    /// Speed in tenths of a knot.
    pub fn speed_tenths(&self) -> Option<u32> {
        Some(self.attributes >> 22).filter(|speed| *speed != NO_SPEED)
    }

    /// Course over ground, degrees, to within 0.71.
    pub fn cog_deg(&self) -> Option<f32> {
        let course = self.moment >> 24;
        (course != NO_COURSE).then(|| course as f32 * (360.0 / 255.0))
    }
}

/// A place on the fixed-point mercator plane; latitudes end where the map does.
pub fn fixed(place: Position) -> [u32; 2] {
    // asinh(tan φ) = atanh(sin φ): one function less of the costly ones.
    let s = place.lat_deg.to_radians().sin();
    let y = 0.5 - ((1.0 + s) / (1.0 - s)).ln() * (0.25 * std::f64::consts::FRAC_1_PI);
    let x = place.lon_deg * (1.0 / 360.0) + 0.5;
    let world = f64::from(WORLD);
    // Casts of infinity end at the limits; 180° E is 180° W.
    [((x * world).round() as u32) % WORLD, ((y * world).round() as u32).min(WORLD - 1)]
}

/// The way from one meridian to another in units, the shorter way round.
pub fn d_x(from: u32, to: u32) -> i32 {
    ((to.wrapping_sub(from) << 1) as i32) >> 1
}

/// The place `part` of the way from one to another, the shorter way round and straight on the map,
/// as legs are drawn.
pub fn between(from: [u32; 2], to: [u32; 2], part: f64) -> [u32; 2] {
    let way = [i64::from(d_x(from[0], to[0])), i64::from(to[1]) - i64::from(from[1])];
    let step = way.map(|way| (way as f64 * part).round() as i64);
    let x = (i64::from(from[0]) + step[0]).rem_euclid(i64::from(WORLD));
    let y = (i64::from(from[1]) + step[1]).clamp(0, i64::from(WORLD) - 1);
    [x as u32, y as u32]
}

/// How times become whole numbers of 24 bits: seconds, or longer steps where the data span more
/// than half a year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Clock {
    /// Time zero, UTC milliseconds.
    pub first_ms: i64,
    /// A step, milliseconds.
    pub unit_ms: i64,
}

impl Clock {
    /// The clock for times from first to last.
    pub fn new((first_ms, last_ms): (i64, i64)) -> Clock {
        Clock { first_ms, unit_ms: ((last_ms - first_ms) / (TIMES - 1) + 1).max(1000) }
    }

    /// The step nearest a time.
    pub fn time(&self, t_ms: i64) -> u32 {
        ((t_ms - self.first_ms + self.unit_ms / 2) / self.unit_ms).clamp(0, TIMES - 1) as u32
    }

    /// A time in steps and parts of them.
    pub fn steps(&self, t_ms: i64) -> f32 {
        ((t_ms.saturating_sub(self.first_ms)) as f64 / self.unit_ms as f64) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::map::view::{mercator, position_from_mercator};

    #[test]
    fn a_vertex_has_16_bytes() {
        assert_eq!(size_of::<Vertex>(), 16);
    }

    #[test]
    fn what_is_packed_comes_out() {
        let vertex = Vertex::new([WORLD - 1, 7], 16_777_215, SLOTS_MAX - 1, 102.2, 90.0);
        assert_eq!(
            (vertex.place(), vertex.time(), vertex.slot()),
            ([WORLD - 1, 7], 16_777_215, SLOTS_MAX - 1)
        );
        assert_eq!(
            (vertex.is_first(), vertex.is_alone(), vertex.is_nowhere()),
            (false, false, false)
        );
        assert_eq!(vertex.speed_tenths(), Some(1022));
        assert!((vertex.cog_deg().unwrap() - 90.0).abs() < 0.71);
        let first = vertex.first(true);
        assert_eq!(
            (first.is_first(), first.is_alone(), first.place()),
            (true, true, vertex.place())
        );
        let unknown = Vertex::new([0, 0], 0, 0, f32::NAN, f32::NAN);
        assert_eq!((unknown.speed_tenths(), unknown.cog_deg()), (None, None));
        assert!(Vertex::nowhere(3).is_nowhere() && Vertex::nowhere(3).is_first());
        assert_eq!(Vertex::new([0, 0], 0, 0, 0.0, 359.9).cog_deg(), Some(0.0));
    }

    #[test]
    fn places_are_true_to_a_centimeter() {
        let mut worst_m = 0.0_f64;
        for lat_deg in [-85.0, -60.0, -0.000_01, 0.0, 33.333_333, 57.7, 84.9] {
            for lon_deg in [-180.0, -122.123_456_7, 0.0, 11.654_321, 179.999_999] {
                let place = Position::new(lon_deg, lat_deg);
                let units = fixed(place).map(|word| f64::from(word) / f64::from(WORLD));
                let back = position_from_mercator(units);
                worst_m = worst_m.max(crate::base::geo::distance_m(place, back));
            }
        }
        assert!(worst_m < 0.0135, "{worst_m}"); // Half of 1.9 cm, in two directions.
        let [x, y] = mercator(Position::new(11.0, 57.7));
        let [fixed_x, fixed_y] =
            fixed(Position::new(11.0, 57.7)).map(|word| f64::from(word) / f64::from(WORLD));
        assert!((x - fixed_x).abs() < 2.4e-10 && (y - fixed_y).abs() < 2.4e-10);
    }

    #[test]
    fn the_ends_of_the_world_are_on_the_plane() {
        assert_eq!(fixed(Position::new(180.0, 0.0)), fixed(Position::new(-180.0, 0.0)));
        assert_eq!(fixed(Position::new(0.0, 90.0))[1], 0);
        assert_eq!(fixed(Position::new(0.0, -90.0))[1], WORLD - 1);
    }

    #[test]
    fn the_way_across_the_date_line_is_short() {
        assert_eq!(d_x(WORLD - 10, 5), 15);
        assert_eq!(d_x(5, WORLD - 10), -15);
        assert_eq!(d_x(100, 40), -60);
    }

    #[test]
    fn between_two_places_the_way_is_straight_and_short() {
        assert_eq!(between([100, 40], [200, 20], 0.25), [125, 35]);
        assert_eq!(between([WORLD - 10, 5], [10, 5], 0.75), [5, 5]);
        assert_eq!(between([10, 5], [WORLD - 10, 5], 0.75), [WORLD - 5, 5]);
        assert_eq!(between([7, 5], [9, 0], 1.0), [9, 0]);
    }

    #[test]
    fn a_clock_counts_seconds_up_to_half_a_year_and_coarser_steps_beyond() {
        assert_eq!(Clock::new((5_000, 86_405_000)).unit_ms, 1000);
        assert_eq!(Clock::new((5_000, 5_000)).time(5_000), 0);
        let years = Clock::new((0, 10 * 365 * 86_400_000));
        assert!(years.time(10 * 365 * 86_400_000) < (1 << 24) && years.unit_ms < 20_000);
    }
}
