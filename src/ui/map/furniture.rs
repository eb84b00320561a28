//! What is written over every map: graticule, scale bar, cursor position, attribution.
//!
//! The graticule's labels stand along the top and the left edge; the rest stands along the bottom:
//! scale bar on the left, cursor position in the middle, attribution on the right.

use egui::{
    Align2, Area, FontId, Frame, Margin, Painter, Pos2, Rect, RichText, Stroke, Ui, pos2, vec2,
};

use super::colors::MapColors;
use super::view::{MAX_LAT_DEG, View, mercator, position_from_mercator};
use crate::base::geo::Position;
use crate::base::text::grouped;
use crate::base::units::M_PER_NMI;
use crate::flow::map_base::Credit;

/// Distance of all furniture from the map's edge.
const MARGIN_PX: f32 = 8.0;
const TEXT_PX: f32 = 12.0;
const SMALL_TEXT_PX: f32 = 10.5;
/// The least distance between two lines of the graticule.
const GRATICULE_PX: f64 = 110.0;
/// Lines of the graticule closer than this to a corner have no label: others stand there.
const EDGE_PX: f32 = 36.0;
/// The longest scale bar.
const SCALE_BAR_PX: f64 = 160.0;

/// Steps of the graticule in thousandths of a minute of arc, each a part of a coarser one's degree.
const GRATICULE_STEPS_MMIN: [i64; 22] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000,
    30_000, // ... 30′
    60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 5_400_000, // 1° ... 90°
];
const MMIN_PER_DEG: i64 = 60_000;

/// A scale bar's length, a round number, and how long it is drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct ScaleBar {
    /// How long it is at sea.
    pub length_m: f64,
    /// How long it is on the screen.
    pub length_px: f64,
    /// The same in nautical miles, or in meters if shorter than one: `5 nmi`, `200 m`.
    pub label: String,
}

/// A meridian's or a parallel's side of the zero line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Axis {
    /// East or west.
    Longitude,
    /// North or south.
    Latitude,
}

/// The longest bar of a round length (1, 2 or 5, 10, 20, ...) not above `max_px`; `None` where the
/// scale is not a positive number.
///
/// ```
/// use fairway::ui::map::furniture::round_scale;
/// let bar = round_scale(100.0, 150.0).unwrap(); // 15 km at most: 8.1 nautical miles.
/// assert_eq!((bar.label.as_str(), bar.length_px), ("5 nmi", 92.6));
/// ```
pub fn round_scale(m_per_px: f64, max_px: f64) -> Option<ScaleBar> {
    let max_m = m_per_px * max_px;
    if !(max_m.is_finite() && m_per_px > 0.0 && max_px > 0.0) {
        return None;
    }
    let (unit, unit_m) = if max_m < M_PER_NMI { ("m", 1.0) } else { ("nmi", M_PER_NMI) };
    let max = max_m / unit_m;
    let decade = 10_f64.powi(max.log10().floor() as i32);
    let n = [5.0, 2.0].into_iter().find(|n| n * decade <= max).unwrap_or(1.0) * decade;
    let length_m = n * unit_m;
    let number = if n < 1.0 { n.to_string() } else { grouped(n as u64) };
    Some(ScaleBar { length_m, length_px: length_m / m_per_px, label: format!("{number} {unit}") })
}

/// The distance between two lines of the graticule: a sensible part or number of degrees that is
/// wide enough on the screen to be labelled, 90° at most.
///
/// ```
/// use fairway::ui::map::furniture::graticule_step_deg;
/// assert_eq!(graticule_step_deg(0.04), 5.0); // 110 px are 4.4°.
/// assert_eq!(graticule_step_deg(0.004), 0.5); // They are 26.4′.
/// ```
pub fn graticule_step_deg(deg_per_px: f64) -> f64 {
    graticule_step_mmin(deg_per_px) as f64 / MMIN_PER_DEG as f64
}

fn graticule_step_mmin(deg_per_px: f64) -> i64 {
    let least = deg_per_px * GRATICULE_PX * MMIN_PER_DEG as f64;
    let coarsest = GRATICULE_STEPS_MMIN[GRATICULE_STEPS_MMIN.len() - 1];
    GRATICULE_STEPS_MMIN.into_iter().find(|step| *step as f64 >= least).unwrap_or(coarsest)
}

/// A place as it is spoken on the bridge: `37°24.512′N 122°05.310′W`, or `–` for none. The last
/// digit is a thousandth of a minute, less than 2 m.
///
/// ```
/// use fairway::base::geo::Position;
/// use fairway::ui::map::furniture::degrees_minutes;
/// assert_eq!(degrees_minutes(Position::new(-4.5, 50.25)), "50°15.000′N 004°30.000′W");
/// ```
pub fn degrees_minutes(place: Position) -> String {
    if !place.is_valid() {
        return "–".to_owned();
    }
    let part = |value_deg: f64, width: usize, letters: [char; 2]| {
        // Rounded first, or 59.9996′ would be written as 60.000′.
        let mmin = (value_deg * MMIN_PER_DEG as f64).round() as i64;
        let (deg, rest) = (mmin.abs() / MMIN_PER_DEG, mmin.abs() % MMIN_PER_DEG);
        let letter = letters[usize::from(mmin < 0)];
        format!("{deg:0width$}°{:02}.{:03}′{letter}", rest / 1000, rest % 1000)
    };
    format!("{} {}", part(place.lat_deg, 2, ['N', 'S']), part(place.lon_deg, 3, ['E', 'W']))
}

/// The same for running text, whose font has no prime: `37°24.512'N 122°05.310'W`.
pub fn degrees_minutes_in_text(place: Position) -> String {
    degrees_minutes(place).replace('′', "'")
}

/// What stands at a line of the graticule: `5°E`, `50°30′N`, `0°20.5′W`; nothing more precise than
/// the value is.
pub fn graticule_label(value_deg: f64, axis: Axis) -> String {
    let mmin = (value_deg * MMIN_PER_DEG as f64).round() as i64;
    let letter = match axis {
        _ if mmin == 0 => "",
        Axis::Longitude if mmin.abs() == 180 * MMIN_PER_DEG => "",
        Axis::Longitude if mmin > 0 => "E",
        Axis::Longitude => "W",
        Axis::Latitude if mmin > 0 => "N",
        Axis::Latitude => "S",
    };
    let (deg, rest) = (mmin.abs() / MMIN_PER_DEG, mmin.abs() % MMIN_PER_DEG);
    if rest == 0 {
        format!("{deg}°{letter}")
    } else {
        format!("{deg}°{}′{letter}", rest as f64 / 1000.0)
    }
}

/// Paints meridians and parallels with their labels.
pub fn draw_graticule(painter: &Painter, view: &View, colors: &MapColors) {
    let painter = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
    let rect = view.clip_rect;
    let visible = view.visible();
    let stroke = Stroke::new(1.0, colors.grid);
    // egui's proportional font has no sign for minutes.
    let font = FontId::monospace(SMALL_TEXT_PX);

    let lon_per_px = 360.0 / view.world_px;
    let lon_step = graticule_step_deg(lon_per_px);
    let (north, south) =
        (view.y_to_screen(0.0).max(rect.top()), view.y_to_screen(1.0).min(rect.bottom()));
    for lon_deg in
        multiples(lon_step, (visible.min[0] - 0.5) * 360.0, (visible.max[0] - 0.5) * 360.0)
    {
        let x = view.x_to_screen(lon_deg / 360.0 + 0.5);
        painter.vline(x, north..=south, stroke);
        // Beyond 180° the labels begin again, and 180° itself has no letter.
        let label = graticule_label((lon_deg + 180.0).rem_euclid(360.0) - 180.0, Axis::Longitude);
        let at = pos2(x, rect.top() + MARGIN_PX / 2.0);
        if rect.x_range().shrink(EDGE_PX).contains(x) {
            painter.text(at, Align2::CENTER_TOP, label, font.clone(), colors.ink);
        }
    }

    let [lat_north, lat_south] = [visible.min[1], visible.max[1]]
        .map(|y| position_from_mercator([0.0, y.clamp(0.0, 1.0)]).lat_deg);
    // Mercator stretches: parallels lie further apart towards the poles.
    let center_lat_deg = position_from_mercator(view.center).lat_deg.clamp(-75.0, 75.0);
    let lat_step = graticule_step_deg(lon_per_px * center_lat_deg.to_radians().cos());
    for lat_deg in multiples(lat_step, lat_south, lat_north).filter(|lat| lat.abs() < MAX_LAT_DEG) {
        let y = view.y_to_screen(mercator(Position::new(0.0, lat_deg))[1]);
        painter.hline(rect.x_range(), y, stroke);
        let is_clear_of_the_corners = rect.y_range().shrink(EDGE_PX).contains(y);
        if is_clear_of_the_corners {
            let label = graticule_label(lat_deg, Axis::Latitude);
            let at = pos2(rect.left() + MARGIN_PX / 2.0, y - 1.0);
            painter.text(at, Align2::LEFT_BOTTOM, label, font.clone(), colors.ink);
        }
    }
}

/// The multiples of `step` from `least` to `most`. Counted, not added up: no error grows.
fn multiples(step: f64, least: f64, most: f64) -> impl Iterator<Item = f64> {
    let (first, last) = ((least / step).ceil() as i64, (most / step).floor() as i64);
    (first..=last).map(move |n| n as f64 * step)
}

/// Paints a scale bar in the lower left corner, true in the middle of the map. Returns its place.
pub fn draw_scale_bar(painter: &Painter, view: &View, colors: &MapColors) -> Option<Rect> {
    let bar = round_scale(view.center_m_per_px(), SCALE_BAR_PX)?;
    let corner = view.clip_rect.left_bottom() + vec2(MARGIN_PX, -MARGIN_PX);
    let width = bar.length_px as f32 + 2.0 * MARGIN_PX;
    let plate = Rect::from_min_max(corner - vec2(0.0, 28.0), corner + vec2(width, 0.0));
    painter.rect_filled(plate, 3.0, colors.plate);

    let font = FontId::proportional(TEXT_PX);
    let at = plate.center_top() + vec2(0.0, 2.0);
    painter.text(at, Align2::CENTER_TOP, bar.label, font, colors.ink);
    let stroke = Stroke::new(1.5, colors.ink);
    let base = plate.bottom() - 6.0;
    let (left, right) = (plate.left() + MARGIN_PX, plate.right() - MARGIN_PX);
    painter.line(
        vec![pos2(left, base - 5.0), pos2(left, base), pos2(right, base), pos2(right, base - 5.0)],
        stroke,
    );
    Some(plate)
}

/// Writes the place under the pointer at the bottom, in the middle. Returns where it stands.
pub fn draw_cursor_position(
    painter: &Painter,
    view: &View,
    place: Position,
    colors: &MapColors,
) -> Rect {
    // Digits of one width: the text shall not dance with the pointer. Also, egui's proportional font
    // has no sign for minutes.
    let font = FontId::monospace(TEXT_PX);
    let at = view.clip_rect.center_bottom() - vec2(0.0, MARGIN_PX);
    draw_plated_text(painter, at, Align2::CENTER_BOTTOM, &degrees_minutes(place), font, colors)
}

/// Writes whose maps these are in the lower right corner; who has an address is a link.
pub fn draw_credits(ui: &Ui, view: &View, credits: &[Credit]) {
    if credits.is_empty() {
        return;
    }
    Area::new(ui.scope_id().with("credits"))
        .pivot(Align2::RIGHT_BOTTOM)
        .fixed_pos(view.clip_rect.right_bottom() - vec2(MARGIN_PX, MARGIN_PX))
        .constrain(false)
        .show(ui.ctx(), |ui| {
            let colors = MapColors::of(ui.visuals().dark_mode);
            let plate = Frame::NONE.fill(colors.plate).corner_radius(3.0);
            plate.inner_margin(Margin::symmetric(5, 2)).show(ui, |ui| {
                ui.spacing_mut().item_spacing.x = 8.0;
                ui.horizontal(|ui| {
                    for credit in credits {
                        let text = RichText::new(&credit.text).size(SMALL_TEXT_PX);
                        match &credit.url {
                            Some(url) => drop(ui.hyperlink_to(text.color(colors.ink), url)),
                            None => drop(ui.label(text.color(colors.ink))),
                        }
                    }
                });
            });
        });
}

/// Says at the top what the tool in hand expects. Returns where it stands.
pub fn draw_hint(painter: &Painter, view: &View, text: &str, colors: &MapColors) -> Rect {
    // Below the names of the meridians.
    let at = view.clip_rect.center_top() + vec2(0.0, MARGIN_PX + TEXT_PX + 6.0);
    let font = FontId::proportional(TEXT_PX + 1.0);
    draw_plated_text(painter, at, Align2::CENTER_TOP, text, font, colors)
}

/// Text on a half transparent plate, readable over anything. Returns the plate's place.
fn draw_plated_text(
    painter: &Painter,
    at: Pos2,
    anchor: Align2,
    text: &str,
    font: FontId,
    colors: &MapColors,
) -> Rect {
    let galley = painter.layout_no_wrap(text.to_owned(), font, colors.ink);
    let padding = vec2(5.0, 2.0);
    let plate = anchor.anchor_size(at, galley.size() + 2.0 * padding);
    painter.rect_filled(plate, 3.0, colors.plate);
    painter.galley(plate.min + padding, galley, colors.ink);
    plate
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these numbers are exact")]
mod tests {
    use super::*;

    #[test]
    fn a_scale_bar_is_round_and_fits() {
        let check = |m_per_px: f64, label: &str| {
            let bar = round_scale(m_per_px, 160.0).unwrap();
            assert_eq!(bar.label, label);
            assert!(bar.length_px > 160.0 / 2.51 && bar.length_px <= 160.0, "{bar:?}");
        };
        check(0.002, "0.2 m");
        check(0.1, "10 m");
        check(1.0, "100 m");
        check(11.5, "1\u{2009}000 m");
        check(11.6, "1 nmi");
        check(100.0, "5 nmi");
        check(1_000.0, "50 nmi");
        check(20_000.0, "1\u{2009}000 nmi");
    }

    #[test]
    fn there_is_no_scale_bar_without_a_scale() {
        assert_eq!(round_scale(0.0, 160.0), None);
        assert_eq!(round_scale(f64::NAN, 160.0), None);
        assert_eq!(round_scale(1.0, 0.0), None);
    }

    #[test]
    fn graticule_steps_leave_room_for_labels() {
        let mut deg_per_px = 360.0 / 256.0;
        while deg_per_px > 1e-6 {
            let step = graticule_step_deg(deg_per_px);
            assert!(step == 90.0 || step / deg_per_px >= GRATICULE_PX, "{step}");
            assert!(step <= 3.01 * GRATICULE_PX * deg_per_px, "{step} at {deg_per_px}");
            deg_per_px /= 1.3;
        }
    }

    #[test]
    fn positions_are_written_in_degrees_and_decimal_minutes() {
        let check = |lon_deg, lat_deg, text| {
            assert_eq!(degrees_minutes(Position::new(lon_deg, lat_deg)), text);
        };
        check(-122.0885, 37.408_533_3, "37°24.512′N 122°05.310′W");
        check(0.0, 0.0, "00°00.000′N 000°00.000′E");
        check(179.999_999_9, -59.999_999_9, "60°00.000′S 180°00.000′E");
        check(f64::NAN, 0.0, "–");
        check(181.0, 91.0, "–");
    }

    #[test]
    fn labels_say_no_more_than_they_must() {
        let check = |value_deg, axis, text| assert_eq!(graticule_label(value_deg, axis), text);
        check(5.0, Axis::Longitude, "5°E");
        check(-120.5, Axis::Longitude, "120°30′W");
        check(0.0, Axis::Longitude, "0°");
        check(-180.0, Axis::Longitude, "180°");
        check(-33.0 - 20.5 / 60.0, Axis::Latitude, "33°20.5′S");
        check(50.0 + 0.002 / 60.0, Axis::Latitude, "50°0.002′N");
    }

    #[test]
    fn multiples_include_both_ends() {
        assert_eq!(multiples(0.5, -1.0, 0.5).collect::<Vec<_>>(), [-1.0, -0.5, 0.0, 0.5]);
        assert_eq!(multiples(30.0, 1.0, 29.0).count(), 0);
    }
}
