//! A chart laid out: axes, grid, marks, legend.

use super::axis::{Mark as AxisMark, marks};
use super::{Anchor, Axis, Chart, Fill, Item, Mark, Scale, Scene, Series, Stroke};

/// The color of text, of axes, of the grid.
const INK: u32 = 0x0022_2a33;
const AXIS: u32 = 0x0066_6f78;
const GRID: u32 = 0x00e2_e6ea;

/// Heights of fonts, points.
const TITLE: f64 = 14.0;
const TEXT: f64 = 11.0;

/// About how far apart marks stand, points.
const ACROSS: f64 = 85.0;
const UPRIGHT: f64 = 42.0;

/// Part of the range that is left free at either end of an axis that has no fixed end.
const MARGIN: f64 = 0.04;

/// Where a chart's values lie.
struct Frame {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
    x: (f64, f64),
    y: (f64, f64),
}

impl Frame {
    fn x(&self, coordinate: f64) -> f64 {
        let (low, high) = self.x;
        self.left + (coordinate - low) / (high - low) * (self.right - self.left)
    }

    fn y(&self, coordinate: f64) -> f64 {
        let (low, high) = self.y;
        self.bottom - (coordinate - low) / (high - low) * (self.bottom - self.top)
    }
}

/// Lays a chart out in `size`, points.
pub fn scene(chart: &Chart, size: [f64; 2]) -> Scene {
    let mut items = vec![Item::text([12.0, 20.0], &chart.title, TITLE, Anchor::Start, INK)];
    if chart.is_empty() {
        let middle = [size[0] / 2.0, size[1] / 2.0];
        items.push(Item::text(middle, "Nothing to show", TEXT, Anchor::Middle, AXIS));
        return Scene { size, items };
    }
    let legend_end = legend(chart, size[0], &mut items);
    let mut frame = Frame {
        left: 0.0,
        top: legend_end + 12.0,
        right: size[0] - 18.0,
        bottom: size[1] - 46.0,
        x: range(&chart.x, chart, 0),
        y: range(&chart.y, chart, 1),
    };
    let n_upright = ((frame.bottom - frame.top) / UPRIGHT) as usize;
    let y_marks = marks(&chart.y.scale, frame.y.0, frame.y.1, n_upright);
    let widest = y_marks.iter().map(|mark| Scene::text_width(&mark.text, TEXT));
    frame.left = 34.0 + widest.fold(10.0, f64::max);
    let n_across = ((frame.right - frame.left) / ACROSS) as usize;
    let x_marks = marks(&chart.x.scale, frame.x.0, frame.x.1, n_across);
    // Names that do not fit side by side are turned.
    let room = (frame.right - frame.left) / x_marks.len().max(1) as f64;
    let widest = x_marks.iter().map(|mark| Scene::text_width(&mark.text, TEXT)).fold(0.0, f64::max);
    let is_turned = matches!(chart.x.scale, Scale::Names(_)) && widest + 6.0 > room;
    if is_turned {
        frame.bottom -= (0.6 * widest).min(size[1] / 3.0);
    }
    grid(&frame, &x_marks, &y_marks, is_turned, &mut items);
    let middle = f64::midpoint(frame.left, frame.right);
    let at = [middle, size[1] - 10.0];
    items.push(Item::text(at, &chart.x.title, TEXT, Anchor::Middle, INK));
    items.push(Item::Text {
        at: [16.0, f64::midpoint(frame.top, frame.bottom)],
        text: chart.y.title.clone(),
        size: TEXT,
        anchor: Anchor::Middle,
        turn_deg: -90.0,
        color: INK,
    });
    chart.series.iter().for_each(|series| draw(series, chart, &frame, &mut items));
    let corners =
        [[frame.left, frame.top], [frame.left, frame.bottom], [frame.right, frame.bottom]];
    items.push(Item::line(corners.to_vec(), Stroke::new(1.0, AXIS)));
    Scene { size, items }
}

/// Writes the legend, in rows; gives where the last ends.
fn legend(chart: &Chart, width: f64, items: &mut Vec<Item>) -> f64 {
    let mut x = 12.0;
    let mut y = 22.0;
    let named = chart.series.iter().filter(|series| !series.name.is_empty());
    for (place, series) in named.enumerate() {
        let needs = 26.0 + Scene::text_width(&series.name, TEXT) + 14.0;
        if place == 0 || x + needs > width {
            (x, y) = (12.0, y + 17.0);
        }
        let line = vec![[x, y - 4.0], [x + 18.0, y - 4.0]];
        match series.mark {
            Mark::Line => items.push(Item::line(line, Stroke::new(2.0, series.color))),
            Mark::Dashes | Mark::Uprights => {
                items.push(Item::line(line, Stroke::new(1.5, series.color).dashed()));
            }
            Mark::Dots => {
                let fill = Fill::new(series.color);
                items.push(Item::Dot { at: [x + 9.0, y - 4.0], radius: 3.0, fill });
            }
            Mark::Bars(_) => {
                let fill = Fill::new(series.color);
                items.push(Item::rect([x + 3.0, y - 9.0], [x + 15.0, y], fill));
            }
        }
        items.push(Item::text([x + 24.0, y], &series.name, TEXT, Anchor::Start, INK));
        x += needs;
    }
    y
}

/// From where to where an axis reaches, in its coordinates.
fn range(axis: &Axis, chart: &Chart, which: usize) -> (f64, f64) {
    if let Scale::Names(names) = &axis.scale {
        return (-0.6, names.len().max(1) as f64 - 0.4);
    }
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut meet = |value: f64| {
        if let Some(coordinate) = axis.coordinate(value) {
            (low, high) = (low.min(coordinate), high.max(coordinate));
        }
    };
    for series in &chart.series {
        for point in &series.points {
            match (series.mark, which) {
                (Mark::Uprights, 1) => (),
                (Mark::Bars(width), 0) => {
                    meet(point[0] - width / 2.0);
                    meet(point[0] + width / 2.0);
                }
                (Mark::Bars(_), 1) => {
                    meet(0.0);
                    meet(point[1]);
                }
                _ => meet(point[which]),
            }
        }
    }
    axis.includes.iter().for_each(|value| meet(*value));
    if low > high {
        return (0.0, 1.0);
    }
    let is_fixed = |end: f64| {
        axis.includes.iter().any(|value| axis.coordinate(*value) == Some(end))
            || (axis.scale == Scale::Linear && end == 0.0)
    };
    let margin = if high > low { MARGIN * (high - low) } else { 0.5 };
    let (from, to) = (low, high);
    if which == 1 || !chart.series.iter().any(|series| matches!(series.mark, Mark::Bars(_))) {
        low -= if is_fixed(from) { 0.0 } else { margin };
        high += if is_fixed(to) && from < to { 0.0 } else { margin };
    }
    if low < high { (low, high) } else { (low - 0.5, high + 0.5) }
}

fn grid(
    frame: &Frame,
    x_marks: &[AxisMark],
    y_marks: &[AxisMark],
    is_turned: bool,
    items: &mut Vec<Item>,
) {
    let line = |text: &str| Stroke::new(if text.is_empty() { 0.5 } else { 1.0 }, GRID);
    for mark in y_marks {
        let y = frame.y(mark.at);
        items.push(Item::line(vec![[frame.left, y], [frame.right, y]], line(&mark.text)));
        if !mark.text.is_empty() {
            let at = [frame.left - 6.0, y + 4.0];
            items.push(Item::text(at, &mark.text, TEXT, Anchor::End, INK));
        }
    }
    for mark in x_marks {
        let x = frame.x(mark.at);
        items.push(Item::line(vec![[x, frame.top], [x, frame.bottom]], line(&mark.text)));
        if is_turned {
            items.push(Item::Text {
                at: [x + 4.0, frame.bottom + 13.0],
                text: mark.text.clone(),
                size: TEXT,
                anchor: Anchor::End,
                turn_deg: -35.0,
                color: INK,
            });
        } else if !mark.text.is_empty() {
            let at = [x, frame.bottom + 15.0];
            items.push(Item::text(at, &mark.text, TEXT, Anchor::Middle, INK));
        }
    }
}

fn draw(series: &Series, chart: &Chart, frame: &Frame, items: &mut Vec<Item>) {
    let place =
        |[x, y]: [f64; 2]| Some([frame.x(chart.x.coordinate(x)?), frame.y(chart.y.coordinate(y)?)]);
    let fill = Fill::new(series.color);
    match series.mark {
        Mark::Line | Mark::Dashes => {
            let stroke = match series.mark {
                Mark::Line => Stroke::new(1.8, series.color),
                _ => Stroke::new(1.5, series.color).dashed(),
            };
            let mut line = Vec::new();
            for point in &series.points {
                match place(*point) {
                    Some(at) => line.push(at),
                    None if line.len() > 1 => {
                        items.push(Item::line(std::mem::take(&mut line), stroke));
                    }
                    None => line.clear(),
                }
            }
            if line.len() > 1 {
                items.push(Item::line(line, stroke));
            }
        }
        Mark::Dots => items.extend(
            series.points.iter().filter_map(|point| place(*point)).map(|at| Item::Dot {
                at,
                radius: 2.6,
                fill: Fill { opacity: 0.75, ..fill },
            }),
        ),
        Mark::Bars(width) => {
            let zero = frame.y(frame.y.0.max(0.0_f64.min(frame.y.1)));
            for [x, y] in &series.points {
                let ends = [x - width / 2.0, x + width / 2.0].map(|x| chart.x.coordinate(x));
                let ([Some(from), Some(to)], Some(y)) = (ends, chart.y.coordinate(*y)) else {
                    continue;
                };
                let (from, to, top) = (frame.x(from), frame.x(to), frame.y(y));
                // A gap between bars, as long as they are wide enough to have one.
                let gap = (0.08 * (to - from)).min(1.5);
                let (upper, lower) = (top.min(zero), top.max(zero));
                if lower > upper {
                    items.push(Item::rect([from + gap, upper], [to - gap, lower], fill));
                }
            }
        }
        Mark::Uprights => {
            for [x, _] in &series.points {
                if let Some(x) = chart.x.coordinate(*x).map(|x| frame.x(x)) {
                    let line = vec![[x, frame.top], [x, frame.bottom]];
                    items.push(Item::line(line, Stroke::new(1.5, series.color).dashed()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rects(scene: &Scene, color: u32) -> Vec<Vec<[f64; 2]>> {
        let rect = |item: &Item| match item {
            Item::Path { points, fill: Some(fill), .. } if fill.color == color => {
                Some(points.clone())
            }
            _ => None,
        };
        scene.items.iter().filter_map(rect).collect()
    }

    fn texts(scene: &Scene) -> Vec<&str> {
        let said = scene.items.iter().filter_map(|item| match item {
            Item::Text { text, .. } => Some(text.as_str()),
            _ => None,
        });
        said.collect()
    }

    #[test]
    fn a_bar_of_twice_the_value_is_twice_as_high_and_stands_on_zero() {
        let chart = Chart::bars("Ships", "Kind", "Ships", [("cargo", 10.0), ("tanker", 20.0)]);
        let bars = rects(&chart.scene(), super::super::COLORS[0]);
        assert_eq!(bars.len(), 2);
        let height = |bar: &[[f64; 2]]| bar[2][1] - bar[0][1];
        assert!((height(&bars[1]) / height(&bars[0]) - 2.0).abs() < 1e-9);
        assert_eq!(bars[0][2][1], bars[1][2][1]);
    }

    #[test]
    fn titles_marks_and_units_are_written() {
        let scene = Chart::histogram("Lengths", "Length, nmi", "Trips", [1.0, 2.0, 3.0]).scene();
        let texts = texts(&scene);
        for text in ["Lengths", "Length, nmi", "Trips", "0", "1.0"] {
            assert!(texts.contains(&text), "{text}: {texts:?}");
        }
    }

    #[test]
    fn a_line_breaks_where_there_is_no_value() {
        let points = [[0.0, 1.0], [1.0, 2.0], [2.0, f64::NAN], [3.0, 1.0], [4.0, 2.0]];
        let series = Series::new("", 3, Mark::Line, points);
        let scene = Chart::of("t", Axis::linear("x"), Axis::linear("y"), series).scene();
        let color = super::super::COLORS[3];
        let lines = scene.items.iter().filter(
            |item| matches!(item, Item::Path { stroke: Some(stroke), .. } if stroke.color == color),
        );
        assert_eq!(lines.count(), 2);
    }

    #[test]
    fn everything_lies_within_the_drawing() {
        let names =
            ["a very long name of a kind of ship", "another one that is long", "c", "d", "e", "f"];
        let bars = names.iter().zip([1.0, 5.0, -3.0, 0.0, 2.0, 1e6]);
        let chart = Chart::bars("t", "Kind", "n", bars.map(|(name, n)| (*name, n)));
        let scene = chart.scene();
        let inside = |[x, y]: &[f64; 2]| {
            (0.0..=scene.size[0]).contains(x) && (0.0..=scene.size[1]).contains(y)
        };
        for item in &scene.items {
            match item {
                Item::Path { points, .. } => assert!(points.iter().all(inside), "{item:?}"),
                Item::Areas { .. } => panic!("a chart has none"),
                Item::Dot { at, .. } | Item::Text { at, .. } => assert!(inside(at), "{item:?}"),
            }
        }
    }

    #[test]
    fn without_values_the_chart_says_so() {
        let scene = Chart::histogram("Lengths", "nmi", "Trips", []).scene();
        assert_eq!(texts(&scene), ["Lengths", "Nothing to show"]);
    }

    #[test]
    fn one_value_and_equal_values_have_a_range() {
        for points in [vec![[5.0, 5.0]], vec![[5.0, 5.0]; 3], vec![[0.0, 0.0]]] {
            let series = Series::new("", 0, Mark::Dots, points);
            let scene = Chart::of("t", Axis::linear("x"), Axis::linear("y"), series).scene();
            let is_finite = |item: &Item| match item {
                Item::Dot { at, .. } => at.iter().all(|at| at.is_finite()),
                _ => true,
            };
            assert!(scene.items.iter().all(is_finite), "{scene:?}");
        }
    }
}
