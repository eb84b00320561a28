//! Plots for paper: histograms, lines, bars and points with axes and units, as a drawing that is
//! written as SVG or painted by whoever can paint.
//!
//! The window's own plots are for the pointer; these are for reports, files and print. A [`Chart`]
//! says what is to be seen, [`Chart::scene`] lays it out, and [`Scene::svg`] writes it.

mod axis;
mod draw;
mod scene;

pub use axis::{Mark as AxisMark, marks};
pub use scene::{Anchor, Fill, Item, Scene, Stroke, escaped};

/// Ten colors for a light ground, 0xRRGGBB: those of the light map. Found by a search from colors with plain names, for the
/// greatest least difference to normal, protan, deutan and tritan eyes at a contrast of 3 : 1 or more.
pub const COLORS: [u32; 10] = [
    0x0008_8bce,
    0x00ac_4a0b,
    0x0032_845a,
    0x00a7_7d19,
    0x0072_55df,
    0x0068_310e,
    0x00e9_4370,
    0x0011_3082,
    0x000e_5a6b,
    0x009e_1043,
];

/// Width and height of a chart where nobody asks for others, points.
pub const SIZE: [f64; 2] = [640.0, 320.0];

/// A plot, as what it shows.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Chart {
    /// What it shows, in a line above it.
    pub title: String,
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
    /// What is drawn, the first at the bottom.
    pub series: Vec<Series>,
}

/// An axis of a plot.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Axis {
    /// What it measures, with its unit: `Length, nmi`.
    pub title: String,
    /// How values lie along it.
    pub scale: Scale,
    /// Values that are in view, whatever the data: 0 for counts.
    pub includes: Vec<f64>,
}

/// How values lie along an axis.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Scale {
    /// Evenly.
    #[default]
    Linear,
    /// By powers of ten. Values that are not positive are left out.
    Log10,
    /// Moments, UTC milliseconds.
    Time,
    /// Value n stands for the n-th name.
    Names(Vec<String>),
}

/// Values of one kind in a plot.
#[derive(Clone, PartialEq, Debug)]
pub struct Series {
    /// What the legend says; nothing where it is empty.
    pub name: String,
    /// 0xRRGGBB.
    pub color: u32,
    /// How values are drawn.
    pub mark: Mark,
    /// x and y. What is not finite is left out, and breaks a line.
    pub points: Vec<[f64; 2]>,
}

/// How values of a series are drawn.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Mark {
    /// A line through them.
    Line,
    /// A dashed line through them.
    Dashes,
    /// A dot each.
    Dots,
    /// A bar each, from zero, so wide in units of x.
    Bars(f64),
    /// A dashed line from bottom to top at each x; y is not looked at.
    Uprights,
}

impl Axis {
    /// An even axis that begins at zero.
    pub fn from_zero(title: impl Into<String>) -> Axis {
        Axis { title: title.into(), scale: Scale::Linear, includes: vec![0.0] }
    }

    /// An even axis as far as the values reach.
    pub fn linear(title: impl Into<String>) -> Axis {
        Axis { title: title.into(), ..Axis::default() }
    }

    /// An axis of powers of ten.
    pub fn log10(title: impl Into<String>) -> Axis {
        Axis { title: title.into(), scale: Scale::Log10, includes: Vec::new() }
    }

    /// An axis of moments.
    pub fn time(title: impl Into<String>) -> Axis {
        Axis { title: title.into(), scale: Scale::Time, includes: Vec::new() }
    }

    /// An axis of names.
    pub fn names<T: Into<String>>(
        title: impl Into<String>,
        names: impl IntoIterator<Item = T>,
    ) -> Axis {
        let names = names.into_iter().map(Into::into).collect();
        Axis { title: title.into(), scale: Scale::Names(names), includes: Vec::new() }
    }

    /// The coordinate of a value: the value itself, or its logarithm.
    fn coordinate(&self, value: f64) -> Option<f64> {
        let coordinate = match self.scale {
            Scale::Log10 if value > 0.0 => value.log10(),
            Scale::Log10 => return None,
            _ => value,
        };
        coordinate.is_finite().then_some(coordinate)
    }
}

impl Series {
    /// Values with a name, drawn as `mark` in the color of this number.
    pub fn new(
        name: impl Into<String>,
        color: usize,
        mark: Mark,
        points: impl IntoIterator<Item = [f64; 2]>,
    ) -> Series {
        let color = COLORS[color % COLORS.len()];
        Series { name: name.into(), color, mark, points: points.into_iter().collect() }
    }
}

impl Chart {
    /// A plot of one series without a legend.
    pub fn of(title: impl Into<String>, x: Axis, y: Axis, series: Series) -> Chart {
        Chart { title: title.into(), x, y, series: vec![series] }
    }

    /// How often values fall into even steps, of 1, 2 or 5 times a power of ten, about forty of
    /// them. `axis` says what is measured, `things` what is counted. The last step also counts what
    /// lies beyond the 99th percentile: a few giants would press all others into one bar.
    ///
    /// ```
    /// # use fairway::base::chart::Chart;
    /// let chart = Chart::histogram("Lengths", "Length, nmi", "Trips", (0..80).map(f64::from));
    /// assert_eq!(chart.series[0].points[3], [7.0, 2.0]); // Two trips from 6 to 8 nmi.
    /// ```
    pub fn histogram(
        title: impl Into<String>,
        axis: &str,
        things: &str,
        values: impl IntoIterator<Item = f64>,
    ) -> Chart {
        let mut values: Vec<f64> =
            values.into_iter().filter(|value| value.is_finite() && *value >= 0.0).collect();
        let mut points = Vec::new();
        let mut step = 1.0;
        if !values.is_empty() {
            let place = (values.len() - 1) * 99 / 100;
            let (_, top, _) = values.select_nth_unstable_by(place, f64::total_cmp);
            let top = *top;
            step = if top > 0.0 { axis::round_step(top / 40.0) } else { 1.0 };
            let mut counts = vec![0_u64; (top / step) as usize + 1];
            let last = counts.len() - 1;
            for value in values {
                counts[((value / step) as usize).min(last)] += 1;
            }
            points = counts
                .iter()
                .enumerate()
                .map(|(n, count)| [(n as f64 + 0.5) * step, *count as f64])
                .collect();
        }
        Chart::of(
            title,
            Axis::from_zero(axis),
            Axis::from_zero(things),
            Series::new("", 0, Mark::Bars(step), points),
        )
    }

    /// A bar for each name.
    pub fn bars<'a>(
        title: impl Into<String>,
        axis: &str,
        things: &str,
        bars: impl IntoIterator<Item = (&'a str, f64)>,
    ) -> Chart {
        let (names, values): (Vec<&str>, Vec<f64>) = bars.into_iter().unzip();
        let points = values.iter().enumerate().map(|(n, value)| [n as f64, *value]);
        let series = Series::new("", 0, Mark::Bars(0.8), points);
        Chart::of(title, Axis::names(axis, names), Axis::from_zero(things), series)
    }

    /// Bars of several series side by side at each name; `values` of a series go by the names.
    ///
    /// ```
    /// # use fairway::base::chart::Chart;
    /// let series = [("out", vec![3.0, 0.0]), ("in", vec![1.0, 2.0])];
    /// let chart = Chart::grouped("By type", "Type", "Ships", ["cargo", "tug"], series);
    /// assert_eq!(chart.series[1].points, [[0.2, 1.0], [1.2, 2.0]]);
    /// assert!(chart.csv().ends_with("\"in\",\"tug\",2\n"));
    /// ```
    pub fn grouped<N: Into<String>, S: Into<String>>(
        title: impl Into<String>,
        axis: &str,
        things: &str,
        names: impl IntoIterator<Item = N>,
        series: impl IntoIterator<Item = (S, Vec<f64>)>,
    ) -> Chart {
        let series: Vec<(S, Vec<f64>)> = series.into_iter().collect();
        let width = 0.8 / series.len().max(1) as f64;
        let middle = 0.5 * (series.len() as f64 - 1.0);
        let bars = series.into_iter().enumerate().map(|(place, (name, values))| {
            let at = |n: usize| n as f64 + (place as f64 - middle) * width;
            let points = values.into_iter().enumerate().map(|(n, value)| [at(n), value]);
            Series::new(name, place, Mark::Bars(width), points)
        });
        let (x, y) = (Axis::names(axis, names), Axis::from_zero(things));
        Chart { title: title.into(), x, y, series: bars.collect() }
    }

    /// Whether there is nothing to be seen.
    pub fn is_empty(&self) -> bool {
        let is_seen =
            |[x, y]: &[f64; 2]| self.x.coordinate(*x).is_some() && self.y.coordinate(*y).is_some();
        !self.series.iter().any(|series| series.points.iter().any(is_seen))
    }

    /// The plot laid out in the usual size.
    pub fn scene(&self) -> Scene {
        draw::scene(self, SIZE)
    }

    /// The plot as SVG, in the usual size.
    pub fn svg(&self) -> String {
        self.scene().svg(&self.title)
    }

    /// The values as a table: a line each, with the name of their series.
    pub fn csv(&self) -> String {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let x_title = if self.x.title.is_empty() { "x" } else { &self.x.title };
        let y_title = if self.y.title.is_empty() { "y" } else { &self.y.title };
        let mut text = format!("series,{},{}\n", quoted(x_title), quoted(y_title));
        for series in &self.series {
            for [x, y] in &series.points {
                let x = match &self.x.scale {
                    Scale::Names(names) => {
                        quoted(names.get(x.round() as usize).map_or("", String::as_str))
                    }
                    Scale::Time => super::time::iso_text(*x as i64),
                    _ => x.to_string(),
                };
                text.push_str(&format!("{},{x},{y}\n", quoted(&series.name)));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_every_value_once_and_giants_in_its_last_step() {
        let values = std::iter::repeat_n(1.0, 999).chain([1e6]);
        let chart = Chart::histogram("t", "x", "n", values);
        let total: f64 = chart.series[0].points.iter().map(|[_, n]| n).sum();
        assert_eq!(total, 1000.0);
        assert!(chart.series[0].points.len() < 60);
        assert!(Chart::histogram("t", "x", "n", []).is_empty());
        assert_eq!(Chart::histogram("t", "x", "n", [0.0; 7]).series[0].points, [[0.5, 7.0]]);
        assert!(Chart::histogram("t", "x", "n", [f64::NAN, -1.0]).is_empty());
    }

    #[test]
    fn what_no_logarithm_has_is_not_seen() {
        let series = |y| Series::new("", 0, Mark::Dots, [[1.0, y]]);
        let chart = |y| Chart::of("t", Axis::linear("x"), Axis::log10("y"), series(y));
        assert!(chart(0.0).is_empty() && chart(-3.0).is_empty() && !chart(0.1).is_empty());
    }

    #[test]
    fn a_table_of_the_values_names_its_axes() {
        let chart = Chart::bars("t", "Kind", "Ships, \"n\"", [("cargo", 3.0), ("tanker", 2.0)]);
        let expected =
            "series,\"Kind\",\"Ships, \"\"n\"\"\"\n\"\",\"cargo\",3\n\"\",\"tanker\",2\n";
        assert_eq!(chart.csv(), expected);
    }
}
