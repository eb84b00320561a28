//! The layer of density: where most is reported, or where ships spend their time.
//!
//! The map is cut into square cells of a few points of the screen, which lie still on the map while
//! it is panned. What falls into each is summed up on the GPU from the vertices of the tracks
//! ([`super::tracks::TrackLayer::paint_density`]), or without one by [`super::density_plain`].

use egui::{Color32, Rect};

use super::camera::Camera;
use super::palette::{Legend, LegendScale};
use super::vertex::WORLD;
use super::view::{MercatorRect, View, position_from_mercator};
use crate::base::text::grouped;

/// Colors of the ramp in its texture and in legends.
pub const RAMP: usize = 256;

/// Bins of the histogram of cells that the color scale is made from: four to a doubling.
pub const BINS: usize = 256;

/// The binary logarithm of the value at which the first bin begins.
const FIRST_BIN: f64 = -24.0;

/// Of all cells that are not empty, this part lies below the color scale, and
const BELOW: f64 = 0.05;

/// this part above it: an anchorage or two must not make the rest of the sea one color.
const ABOVE: f64 = 0.01;

/// What is summed up in each cell.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Measure {
    /// The number of reports. Simple, but ships that report often count more, and fast ones more
    /// often than slow ones.
    Reports,
    /// The time that ships spend there: each leg's time is spread along it. How often they report
    /// does not matter.
    #[default]
    ShipHours,
}

impl Measure {
    /// Both, in the order of a menu.
    pub const ALL: [Measure; 2] = [Measure::ShipHours, Measure::Reports];

    /// What is summed up, in words.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Reports => "Reports",
            Measure::ShipHours => "Ship-hours",
        }
    }
}

/// How density is drawn. Any of it may change from frame to frame.
#[derive(Clone, PartialEq, Debug)]
pub struct DensityStyle {
    /// What is summed up.
    pub measure: Measure,
    /// The side of a cell, in points of the screen.
    pub cell_px: f32,
    /// Opacity, 0 to 1.
    pub alpha: f32,
}

impl Default for DensityStyle {
    /// Ship-hours in cells of two points.
    fn default() -> DensityStyle {
        DensityStyle { measure: Measure::default(), cell_px: 2.0, alpha: 0.9 }
    }
}

/// The cells that cover a part of the screen.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Grid {
    /// The north-western cell, counted from the north-western corner of the world.
    pub origin: [i64; 2],
    /// How many cells there are, from west to east and from north to south.
    pub size: [u32; 2],
    /// How many go around the world.
    pub around: f64,
}

impl Grid {
    /// The cells of `cell_px` points, or of twice as many and so on if more than `most` would lie
    /// side by side, that cover `rect` of the screen; `None` if it is empty.
    pub fn new(view: &View, rect: Rect, cell_px: f32, most: u32) -> Option<Grid> {
        let is_fine = rect.is_positive() && rect.is_finite() && view.world_px > 0.0;
        if !is_fine {
            return None;
        }
        let (min, max) = (view.mercator_from_screen(rect.min), view.mercator_from_screen(rect.max));
        let mut cell_px = f64::from(cell_px.max(0.5));
        let most = f64::from(most.max(16)) - 2.0;
        while f64::from(rect.width().max(rect.height())) / cell_px > most {
            cell_px *= 2.0;
        }
        let around = view.world_px / cell_px;
        let origin = min.map(|part| (part * around).floor() as i64);
        let end = max.map(|part| (part * around).ceil() as i64);
        let size = [0, 1].map(|i| (end[i] - origin[i]).max(1) as u32);
        Some(Grid { origin, size, around })
    }

    /// How many cells there are in all.
    pub fn n_cells(&self) -> usize {
        self.size[0] as usize * self.size[1] as usize
    }

    /// The piece of the mercator plane that is covered.
    pub fn mercator(&self) -> MercatorRect {
        let corner = |cells: [i64; 2]| cells.map(|cell| cell as f64 / self.around);
        MercatorRect { min: corner(self.origin), max: corner(self.end()) }
    }

    /// The rectangle of the screen that is covered.
    pub fn on_screen(&self, view: &View) -> Rect {
        let MercatorRect { min, max } = self.mercator();
        Rect::from_min_max(view.mercator_to_screen(min), view.mercator_to_screen(max))
    }

    /// How the plane lies on the cells, counted from the first.
    pub fn camera(&self) -> Camera {
        let cells = |part: f64, origin: i64| part * self.around - origin as f64;
        let px_of = |[x, y]: [f64; 2]| [cells(x, self.origin[0]), cells(y, self.origin[1])];
        Camera::new(self.middle(), self.around / f64::from(WORLD), px_of)
    }

    /// A point in the middle, on the mercator plane.
    pub fn middle(&self) -> [f64; 2] {
        [0, 1].map(|i| (self.origin[i] as f64 + f64::from(self.size[i]) * 0.5) / self.around)
    }

    /// The side of a cell in the middle, meters.
    pub fn cell_m(&self) -> f64 {
        let [x, y] = self.middle();
        let lat_deg = position_from_mercator([x, y.clamp(0.0, 1.0)]).lat_deg;
        self.cell_at_equator_m() * lat_deg.to_radians().cos()
    }

    /// The side of a cell at the equator, meters.
    pub fn cell_at_equator_m(&self) -> f64 {
        std::f64::consts::TAU * crate::base::geo::EARTH_RADIUS_M / self.around
    }

    fn end(&self) -> [i64; 2] {
        [0, 1].map(|i| self.origin[i] + i64::from(self.size[i]))
    }

    /// By what the sum in a cell of each row is multiplied to become the value that is shown.
    pub fn factors(&self, measure: Measure) -> impl Iterator<Item = f64> {
        let per_cell = self.per_cell_at_equator(measure);
        let (grid, by_area) = (*self, measure == Measure::ShipHours);
        (0..grid.size[1]).map(move |row| {
            let y = (grid.origin[1] as f64 + f64::from(row) + 0.5) / grid.around;
            let wider = ((0.5 - y) * std::f64::consts::TAU).cosh();
            if by_area { per_cell * wider * wider } else { per_cell }
        })
    }

    /// The same at the equator.
    pub fn per_cell_at_equator(&self, measure: Measure) -> f64 {
        match measure {
            Measure::Reports => 1.0,
            Measure::ShipHours => self.area().m2 / self.cell_at_equator_m().powi(2),
        }
    }

    /// What ship-hours are counted by: square kilometers as everywhere, but no larger than a
    /// hundred cells or so.
    pub fn area(&self) -> Area {
        match self.cell_m() {
            cell_m if cell_m >= 50.0 => Area { name: "km²", m2: 1e6 },
            cell_m if cell_m >= 5.0 => Area { name: "hectare", m2: 1e4 },
            _ => Area { name: "100 m²", m2: 1e2 },
        }
    }
}

/// A unit of area.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Area {
    /// In words.
    pub name: &'static str,
    /// Square meters.
    pub m2: f64,
}

/// Values at the ends of the color scale, which is logarithmic: 1, 2 or 5 times a power of ten.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Scale {
    /// Below is the same color.
    pub low: f64,
    /// Above is the same color.
    pub high: f64,
}

impl Scale {
    /// The scale for cells of these values, `None` if all are empty. The shader does the same.
    pub fn of(measure: Measure, values: impl Iterator<Item = f64>) -> Option<Scale> {
        let mut bins = [0_u32; BINS];
        let mut n = 0;
        for value in values.filter(|value| *value > 0.0) {
            let bin = ((value.log2() - FIRST_BIN) * 4.0).clamp(0.0, BINS as f64 - 1.0);
            bins[bin as usize] += 1;
            n += 1;
        }
        let reach = |part: f64| {
            let mut seen = 0;
            let reaches = |in_bin: &u32| {
                seen += in_bin;
                seen > 0 && f64::from(seen) >= part * f64::from(n)
            };
            bins.iter().position(reaches).map(|bin| bin as f64 / 4.0 + FIRST_BIN)
        };
        let (low, high) = (reach(BELOW)?, reach(1.0 - ABOVE)?);
        Some(Scale::between(measure, (low + 0.25).exp2(), high.exp2()))
    }

    /// The scale between numbers of one digit, given by their binary logarithms and not exactly.
    pub fn from_log2([low, high]: [f32; 2]) -> Scale {
        let round = |log2: f32| {
            let value = f64::from(log2).exp2();
            let power = 10_f64.powf((value.log10() + 0.01).floor());
            (value / power).round() * power
        };
        Scale { low: round(low), high: round(high) }
    }

    fn between(measure: Measure, low: f64, high: f64) -> Scale {
        let high = nice(high, true);
        match measure {
            Measure::Reports => Scale { low: 1.0, high: high.max(10.0) },
            Measure::ShipHours => {
                let low = nice(low, false).max(high * 1e-4);
                Scale { low, high: high.max(low * 10.0) }
            }
        }
    }

    /// Where on the scale a value lies, from 0 to 1.
    pub fn part(&self, value: f64) -> f32 {
        ((value / self.low).ln() / (self.high / self.low).ln()).clamp(0.0, 1.0) as f32
    }
}

/// The next of 1, 2, 5, 10, 20 … up or down.
fn nice(value: f64, up: bool) -> f64 {
    let power = 10_f64.powf((value.log10() + 1e-4).floor());
    let (digits, steps) = (value / power, [1.0, 2.0, 5.0, 10.0]);
    let step = if up {
        steps.into_iter().find(|step| digits <= step * 1.001)
    } else {
        steps.into_iter().rev().find(|step| digits >= step * 0.999)
    };
    step.unwrap_or(1.0) * power
}

/// The color `part` of the way from the low to the high end of the scale; its opacity rises, so that
/// the map can be seen where there is little.
pub fn color(part: f32, is_dark: bool) -> Color32 {
    let part = f64::from(part.clamp(0.0, 1.0));
    let color = if is_dark {
        colorous::INFERNO.eval_continuous(0.24 + 0.74 * part)
    } else {
        colorous::INFERNO.eval_continuous(0.78 - 0.7 * part)
    };
    let opacity = 0.6 + 0.4 * part;
    let opaque = Color32::from_rgb(color.r, color.g, color.b);
    Color32::from_rgba_unmultiplied(
        opaque.r(),
        opaque.g(),
        opaque.b(),
        (255.0 * opacity).round() as u8,
    )
}

/// What the colors say, with numbers if the scale is known yet.
pub fn legend(
    measure: Measure,
    cell_m: f64,
    area: Area,
    scale: Option<Scale>,
    is_dark: bool,
    remark: Option<&'static str>,
) -> Legend {
    let step = |step: usize| step as f32 / (RAMP as f32 / 4.0 - 1.0);
    let colors = (0..RAMP / 4).map(|i| color(step(i), is_dark).to_opaque()).collect();
    let title = match measure {
        Measure::Reports => format!("Reports per cell of {}", length(cell_m)),
        Measure::ShipHours => format!("Ship-hours per {}", area.name),
    };
    let labels = scale.map_or_else(Vec::new, |scale| ticks(&scale));
    Legend { title, entries: Vec::new(), scale: Some(LegendScale { colors, labels }), remark }
}

/// Powers of ten on the scale, and its ends.
fn ticks(scale: &Scale) -> Vec<(f32, String)> {
    let (first, last) = (scale.low.log10().ceil() as i32, scale.high.log10().floor() as i32);
    let every = ((last - first) / 4 + 1).max(1) as usize;
    let between = (first..=last).step_by(every).map(|power| 10_f64.powi(power));
    let mut ticks = vec![(0.0, number(scale.low))];
    // Not so near to the ends that they would be written over each other.
    let near = |part: &f32| (0.22..=0.7).contains(part);
    ticks.extend(
        between.map(|value| (scale.part(value), number(value))).filter(|(part, _)| near(part)),
    );
    ticks.push((1.0, format!("{}+", number(scale.high))));
    ticks
}

/// A number of one digit and zeros.
fn number(value: f64) -> String {
    match value {
        value if value >= 1e6 => format!("{} M", grouped((value / 1e6).round() as u64)),
        value if value >= 0.95 => grouped(value.round() as u64),
        _ => format!("{:.*}", (-value.log10()).ceil().clamp(1.0, 9.0) as usize, value),
    }
}

/// A length to two digits.
fn length(m: f64) -> String {
    let power = 10_f64.powf(m.max(0.01).log10().floor() - 1.0);
    match (m / power).round() * power {
        m if m >= 10_000.0 => format!("{:.0} km", m / 1000.0),
        m if m >= 1_000.0 => format!("{:.1} km", m / 1000.0),
        m if m >= 10.0 => format!("{m:.0} m"),
        m => format!("{m:.1} m"),
    }
}

#[cfg(test)]
mod tests;
