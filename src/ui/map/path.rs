//! The predicted path of the selected ship: a line a method with marks at the times ahead, ellipses
//! about them, and the way that the ship took.

use egui::{Align2, FontId, Painter, Pos2, Rect, Shape, Stroke, vec2};

use super::colors::MapColors;
use super::palette::{Legend, LegendEntry};
use super::view::{View, mercator};
use crate::base::geo::Position;
use crate::flow::stages::PathOf;
use crate::predict::frame::Frame;
use crate::predict::model::Forecast;
use crate::predict::params::Method;
use crate::ui::predict_view::{Ellipses, Found, PredictView, method_color, method_title};

/// Points of an ellipse.
const ELLIPSE_POINTS: usize = 48;

/// Opacity within the ellipses of 50 and 90 %, and of their edges.
const FILL: [f32; 2] = [0.16, 0.07];
const EDGE: [f32; 2] = [0.75, 0.45];

/// Opacity of paths by models that are out of date.
const OLD: f32 = 0.5;

const TEXT_PX: f32 = 11.0;
const MARK_PX: f32 = 3.5;

/// How paths are drawn.
pub struct PathLook<'a> {
    /// Which methods are.
    pub predict: &'a PredictView,
    /// The colors of the map.
    pub colors: &'a MapColors,
    /// Whether it is dark.
    pub is_dark: bool,
}

/// Draws paths: that of the method chosen last over the others.
pub fn draw(painter: &Painter, view: &View, found: &Found, look: &PathLook) {
    let mut painter = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
    if found.is_old {
        painter.multiply_opacity(OLD);
    }
    let predict = look.predict;
    let (drawing, chosen) = (Drawing::of(found.of, predict), chosen_of(found.of, predict));
    let mut labels = Labels::default();
    for copy in copies(view, &drawing.bounds()) {
        let to_screen = |[x, y]: [f64; 2]| view.mercator_to_screen([x + f64::from(copy), y]);
        let line = |points: &[[f64; 2]]| -> Vec<Pos2> {
            points.iter().map(|point| to_screen(*point)).collect()
        };
        for path in &drawing.paths {
            let color = method_color(path.method, look.is_dark);
            // The large ones first, the ellipses of 50 % on them.
            for share in [1, 0] {
                for ellipse in &path.ellipses {
                    painter.add(Shape::convex_polygon(
                        line(&ellipse[share]),
                        color.gamma_multiply(FILL[share]),
                        Stroke::new(1.0, color.gamma_multiply(EDGE[share])),
                    ));
                }
            }
        }
        let truth = line(&drawing.truth);
        let under = Stroke::new(4.0, look.colors.sea.gamma_multiply(0.6));
        painter.add(Shape::line(truth.clone(), under));
        let ink = Stroke::new(1.75, look.colors.ink);
        painter.extend(Shape::dashed_line(&truth, ink, 7.0, 5.0));
        for path in &drawing.paths {
            let color = method_color(path.method, look.is_dark);
            let is_chosen = chosen == Some(path.method);
            let points = line(&path.line);
            let under = Stroke::new(4.5, look.colors.sea.gamma_multiply(0.75));
            painter.add(Shape::line(points.clone(), under));
            let width = if is_chosen { 2.5 } else { 1.75 };
            painter.add(Shape::line(points.clone(), Stroke::new(width, color)));
            for at in points.iter().skip(1) {
                painter.circle(*at, MARK_PX, color, Stroke::new(1.0, look.colors.sea));
            }
        }
        // Labels of the chosen method find room first.
        for path in drawing.paths.iter().rev() {
            for ([x, y], minutes) in path.line.iter().skip(1).zip(&path.minutes) {
                labels.write(&painter, to_screen([*x, *y]), &format!("{minutes} min"), look);
            }
        }
    }
}

/// What the colors mean: the methods that are drawn.
pub fn legend(of: &PathOf, predict: &PredictView, is_dark: bool) -> Legend {
    let drawn = of.paths.iter().filter(|path| predict.is_drawn(path.method));
    let entries: Vec<LegendEntry> = drawn
        .map(|path| LegendEntry {
            color: method_color(path.method, is_dark),
            label: method_title(path.method).into(),
        })
        .collect();
    let has_ellipses = predict.ellipses != Ellipses::None && !entries.is_empty();
    let remark = match (has_ellipses, of.truth.len() > 1) {
        (true, true) => Some("Ellipses hold 50 and 90 %; dashed: as sailed"),
        (true, false) => Some("Ellipses hold 50 and 90 %"),
        (false, true) => Some("Dashed: as sailed"),
        (false, false) => None,
    };
    Legend { title: "Predicted path".into(), entries, scale: None, remark }
}

/// The drawn method that was chosen last; the last one, if that was not fitted.
fn chosen_of(of: &PathOf, predict: &PredictView) -> Option<Method> {
    let drawn = of.paths.iter().map(|path| path.method);
    let mut drawn = drawn.filter(|method| predict.is_drawn(*method));
    let last = drawn.clone().next_back();
    drawn.find(|method| *method == predict.chosen()).or(last)
}

/// Paths on the mercator plane. Places follow one another without a jump at the date line, so `x`
/// may lie beyond 0..1.
struct Drawing {
    /// The one drawn last lies over the others.
    paths: Vec<PathShape>,
    truth: Vec<[f64; 2]>,
}

struct PathShape {
    method: Method,
    line: Vec<[f64; 2]>,
    minutes: Vec<f64>,
    /// For each time ahead those of 50 and 90 %.
    ellipses: Vec<[Vec<[f64; 2]>; 2]>,
}

impl Drawing {
    fn of(of: &PathOf, predict: &PredictView) -> Drawing {
        let origin = of.frame.origin();
        let begin = mercator(origin)[0];
        let chosen = chosen_of(of, predict);
        let has_ellipses = |method: Method| match predict.ellipses {
            Ellipses::None => false,
            Ellipses::One => chosen == Some(method),
            Ellipses::All => true,
        };
        let shape = |method: Method, forecasts: &[Forecast]| {
            let places = forecasts.iter().map(|told| told.position);
            let ellipses = if has_ellipses(method) {
                forecasts.iter().filter_map(|told| rings(of.frame, told, begin)).collect()
            } else {
                Vec::new()
            };
            PathShape {
                method,
                line: chain([origin].into_iter().chain(places), begin),
                minutes: forecasts.iter().map(|told| told.minutes).collect(),
                ellipses,
            }
        };
        let drawn = of.paths.iter().filter(|path| predict.is_drawn(path.method));
        let mut paths: Vec<PathShape> =
            drawn.map(|path| shape(path.method, &path.forecasts)).collect();
        paths.sort_by_key(|path| chosen == Some(path.method));
        Drawing { paths, truth: chain(of.truth.iter().copied(), begin) }
    }

    /// The north-western and the south-eastern corner of all that is drawn.
    fn bounds(&self) -> [[f64; 2]; 2] {
        let of_paths = self
            .paths
            .iter()
            .flat_map(|path| path.line.iter().chain(path.ellipses.iter().flatten().flatten()));
        let mut bounds = [[f64::INFINITY; 2], [f64::NEG_INFINITY; 2]];
        for point in of_paths.chain(&self.truth) {
            for axis in 0..2 {
                bounds[0][axis] = bounds[0][axis].min(point[axis]);
                bounds[1][axis] = bounds[1][axis].max(point[axis]);
            }
        }
        bounds
    }
}

/// The ellipses of 50 and 90 % about a predicted place, if it has them.
fn rings(frame: Frame, told: &Forecast, begin: f64) -> Option<[Vec<[f64; 2]>; 2]> {
    let [ahead_m, port_m] = told.local_m;
    let ring = |places: Vec<[f64; 2]>| {
        chain(places.iter().map(|[a, p]| frame.position([ahead_m + a, port_m + p])), begin)
    };
    Some(told.ellipses?.map(|ellipse| ring(ellipse.outline_m(ELLIPSE_POINTS))))
}

/// Places on the mercator plane, the first in the copy of the world nearest to `begin`, each next
/// one nearest to the one before.
pub(super) fn chain(places: impl Iterator<Item = Position>, begin: f64) -> Vec<[f64; 2]> {
    let mut last = begin;
    places
        .map(|place| {
            let [x, y] = mercator(place);
            last = x - (x - last).round();
            [last, y]
        })
        .collect()
}

/// The copies of the world in which something with these bounds is in view.
pub(super) fn copies(view: &View, bounds: &[[f64; 2]; 2]) -> std::ops::Range<i32> {
    let visible = view.visible();
    let [min, max] = bounds;
    // Marks and labels are somewhat larger than their places.
    let margin = 60.0 / view.world_px;
    let is_finite = min.iter().chain(max).all(|x| x.is_finite());
    if !is_finite || min[1] > visible.max[1] + margin || max[1] < visible.min[1] - margin {
        return 0..0;
    }
    let first = (visible.min[0] - margin - max[0]).ceil() as i32;
    first..(visible.max[0] + margin - min[0]).floor() as i32 + 1
}

/// Labels that are written, none over another.
#[derive(Default)]
struct Labels {
    taken: Vec<Rect>,
}

impl Labels {
    /// Writes `text` beside a mark, if there is room.
    fn write(&mut self, painter: &Painter, at: Pos2, text: &str, look: &PathLook) {
        let galley =
            painter.layout_no_wrap(text.to_owned(), FontId::proportional(TEXT_PX), look.colors.ink);
        let padding = vec2(3.0, 1.0);
        let size = galley.size() + 2.0 * padding;
        let gap = vec2(MARK_PX + 3.0, 0.0);
        let rects = [
            Align2::LEFT_CENTER.anchor_size(at + gap, size),
            Align2::RIGHT_CENTER.anchor_size(at - gap, size),
        ];
        let is_free = |rect: &Rect| self.taken.iter().all(|other| !other.intersects(*rect));
        let Some(rect) = rects.into_iter().find(is_free) else { return };
        painter.rect_filled(rect, 3.0, look.colors.plate);
        painter.galley(rect.min + padding, galley, look.colors.ink);
        self.taken.push(rect);
    }
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;
    use crate::base::geo::{destination, distance_m};
    use crate::predict::spread::Ellipse;

    fn told(minutes: f64, local_m: [f64; 2], frame: Frame) -> Forecast {
        let ellipse = |half_axes_m| Ellipse { half_axes_m, turned_deg: 0.0 };
        Forecast {
            minutes,
            position: frame.position(local_m),
            local_m,
            ellipses: Some([ellipse([1000.0, 500.0]), ellipse([2000.0, 1000.0])]),
        }
    }

    #[test]
    fn ellipses_lie_about_their_place_with_the_long_axis_ahead() {
        let frame = Frame::new(Position::new(10.0, 57.0), 90.0);
        let told = told(15.0, [5000.0, 0.0], frame);
        let [half, most] = rings(frame, &told, mercator(frame.origin())[0]).unwrap();
        assert_eq!((half.len(), most.len()), (ELLIPSE_POINTS + 1, ELLIPSE_POINTS + 1));
        let place = |[x, y]: [f64; 2]| crate::ui::map::view::position_from_mercator([x, y]);
        // The first point lies straight ahead, to the east; a quarter on, to port, to the north.
        assert!((distance_m(place(half[0]), told.position) - 1000.0).abs() < 1.0);
        assert!(place(half[0]).lon_deg > told.position.lon_deg);
        assert!((distance_m(place(most[12]), told.position) - 1000.0).abs() < 1.0);
        assert!(place(most[12]).lat_deg > told.position.lat_deg);
    }

    #[test]
    fn across_the_date_line_a_path_goes_on_and_is_drawn_on_both_sides() {
        let frame = Frame::new(Position::new(179.9, 0.0), 90.0);
        let places = (0..4).map(|i| destination(frame.origin(), 90.0, f64::from(i) * 20_000.0));
        let line = chain(places, mercator(frame.origin())[0]);
        assert!(line.windows(2).all(|leg| leg[1][0] > leg[0][0] && leg[1][0] - leg[0][0] < 0.01));
        assert!(line[3][0] > 1.0, "{line:?}");
        let bounds = [line[0], line[3]];
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        let seen = |lon: f64| copies(&View::new(Position::new(lon, 0.0), 8.0, screen), &bounds);
        assert_eq!(seen(179.9), 0..1);
        assert_eq!(seen(-179.9), -1..0, "as a place just east of the date line");
        assert!(seen(0.0).is_empty());
        let world = View::new(Position::new(0.0, 0.0), 0.0, screen);
        assert!(copies(&world, &bounds).len() >= 3, "the world is seen several times");
    }

    #[test]
    fn nothing_to_draw_has_no_copy() {
        let drawing = Drawing { paths: Vec::new(), truth: Vec::new() };
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        let view = View::new(Position::new(0.0, 0.0), 3.0, screen);
        assert!(copies(&view, &drawing.bounds()).is_empty());
    }
}
