//! The colors of what the user brought: ten for categories, scales for values, and what they say.

use egui::Color32;

use super::geometry::Slot;
use super::tracks::Style;
use crate::ais::ShipKind;
use crate::base::time::utc_text;

/// How many colors there are for categories; with more, they repeat.
pub const N_COLORS: u32 = 10;

/// Ten colors for a dark map. Found by a search from colors with plain names, for the greatest least
/// difference to normal, protan, deutan and tritan eyes at a contrast of 3 : 1 or more.
const DARK: [u32; 10] = [
    0x0059_caff, // Sky.
    0x00fd_8017, // Orange.
    0x006c_c479, // Green.
    0x00e0_ee2c, // Yellow.
    0x00be_7cee, // Violet.
    0x009b_7502, // Bronze.
    0x00f8_b4bf, // Pink.
    0x0054_68f9, // Blue.
    0x00a1_feec, // Mint.
    0x00ee_1c7b, // Crimson.
];

/// The same for a light map, as near in hue as the search allowed.
const LIGHT: [u32; 10] = crate::base::chart::COLORS;

/// The gray of what is not known.
const UNKNOWN: [u32; 2] = [0x009a_a3ab, 0x007d_858c];

/// Steps of a scale in the palette's texture; after them comes the gray of what is not known.
const STEPS: usize = 255;

/// Colors of a scale handed out for a legend.
const LEGEND_STEPS: usize = 64;

/// Rows of the palette's texture for one theme.
const ROWS: i32 = 6;

/// What the color of a track says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum ColorBy {
    /// Which vessel: ten colors, over and over.
    Vessel,
    /// The ship type.
    #[default]
    ShipType,
    /// The group that [`super::tracks::Look::group`] says: a cluster, say.
    Group,
    /// Speed over ground.
    Speed,
    /// Course over ground.
    Course,
    /// When it was reported.
    Time,
    /// Nothing: one color for all.
    Single,
}

impl ColorBy {
    /// Everything, in the order of a menu.
    pub const ALL: [ColorBy; 7] = [
        ColorBy::ShipType,
        ColorBy::Vessel,
        ColorBy::Speed,
        ColorBy::Course,
        ColorBy::Time,
        ColorBy::Group,
        ColorBy::Single,
    ];

    /// What the color says, in words.
    pub fn name(self) -> &'static str {
        match self {
            ColorBy::Vessel => "Vessel",
            ColorBy::ShipType => "Ship type",
            ColorBy::Group => "Group",
            ColorBy::Speed => "Speed",
            ColorBy::Course => "Course",
            ColorBy::Time => "Time",
            ColorBy::Single => "One color",
        }
    }

    /// The number by which the shader knows it, and its row of the palette.
    pub(super) fn source(self) -> u32 {
        match self {
            ColorBy::Vessel => 0,
            ColorBy::ShipType => 1,
            ColorBy::Group => 2,
            ColorBy::Speed => 3,
            ColorBy::Course => 4,
            ColorBy::Time => 5,
            ColorBy::Single => 6,
        }
    }

    pub(super) fn palette_row(self, is_dark: bool) -> i32 {
        let row = (self.source() as i32).min(ROWS - 1);
        if is_dark { row } else { row + ROWS }
    }
}

/// Color `index` of the ten, over and over, for a dark or a light map.
pub fn category(index: usize, is_dark: bool) -> Color32 {
    let colors = if is_dark { &DARK } else { &LIGHT };
    rgb(colors[index % colors.len()])
}

/// The gray of what is not known or belongs nowhere.
pub fn unknown(is_dark: bool) -> Color32 {
    rgb(UNKNOWN[usize::from(!is_dark)])
}

/// The color of a ship type.
pub fn kind_color(kind: ShipKind, is_dark: bool) -> Color32 {
    match ShipKind::ALL.iter().position(|other| *other == kind) {
        Some(index) if kind != ShipKind::Unknown => category(index, is_dark),
        _ => unknown(is_dark),
    }
}

/// A speed or a time on its scale, `part` of the way from 0 to 1. Perceptual: viridis on a dark map,
/// plasma without its light end on a light one; whichever end is hard to see is left out.
pub fn scale_color(part: f32, is_dark: bool) -> Color32 {
    let part = f64::from(part.clamp(0.0, 1.0));
    let color = if is_dark {
        colorous::VIRIDIS.eval_continuous(0.38 + 0.62 * part)
    } else {
        colorous::PLASMA.eval_continuous(0.66 * part)
    };
    Color32::from_rgb(color.r, color.g, color.b)
}

/// A course, degrees: north is blue, east yellow, south red, west green or so. The circle closes,
/// and lightness hardly changes along it.
pub fn course_color(cog_deg: f32, is_dark: bool) -> Color32 {
    let hue_rad = f64::from(250.0 - cog_deg).to_radians();
    let (lightness, chroma) = if is_dark { (0.76, 0.125) } else { (0.54, 0.115) };
    from_oklab([lightness, chroma * hue_rad.cos(), chroma * hue_rad.sin()])
}

/// The palette's texture: for a dark and then for a light map, a row for each source of color but
/// the single one, in the order of [`ColorBy::source`]. The last of each row is the gray.
pub(super) fn rows() -> Vec<[Color32; STEPS + 1]> {
    let rows = |is_dark: bool| {
        let row = |color: &dyn Fn(usize) -> Color32| {
            let mut row = std::array::from_fn(color);
            row[STEPS] = unknown(is_dark);
            row
        };
        let part = |step: usize| step as f32 / (STEPS - 1) as f32;
        let categories = row(&|index| category(index, is_dark));
        let kinds = row(&|index| {
            ShipKind::ALL.get(index).map_or(Color32::BLACK, |kind| kind_color(*kind, is_dark))
        });
        let values = row(&|step| scale_color(part(step), is_dark));
        let courses = row(&|step| course_color(step as f32 * 360.0 / STEPS as f32, is_dark));
        [categories, kinds, categories, values, courses, values]
    };
    [rows(true), rows(false)].concat()
}

/// What the colors say.
#[derive(Clone, PartialEq, Debug)]
pub struct Legend {
    /// What they are the colors of, with the unit.
    pub title: String,
    /// Categories. Empty if there is a scale.
    pub entries: Vec<LegendEntry>,
    /// Values.
    pub scale: Option<LegendScale>,
    /// A sentence for what entries cannot say.
    pub remark: Option<&'static str>,
}

/// A category of a legend.
#[derive(Clone, PartialEq, Debug)]
pub struct LegendEntry {
    /// The color on the map.
    pub color: Color32,
    /// What it stands for.
    pub label: String,
}

/// A scale of values: a band of colors with some numbers at it.
#[derive(Clone, PartialEq, Debug)]
pub struct LegendScale {
    /// The band, from its low end.
    pub colors: Vec<Color32>,
    /// Where along the band, from 0 to 1, stands what.
    pub labels: Vec<(f32, String)>,
}

/// What the colors of `style` say about these slots, which are reported in `time_span_ms`.
pub fn legend(style: &Style, slots: &[Slot], time_span_ms: Option<(i64, i64)>) -> Legend {
    let is_dark = style.is_dark;
    let entry = |color, label: &str| LegendEntry { color, label: label.into() };
    let band = |color: &dyn Fn(f32) -> Color32, labels: Vec<(f32, String)>| {
        let colors = (0..LEGEND_STEPS).map(|step| color(step as f32 / (LEGEND_STEPS - 1) as f32));
        Some(LegendScale { colors: colors.collect(), labels })
    };
    let legend = |title: &str| Legend {
        title: title.into(),
        entries: Vec::new(),
        scale: None,
        remark: None,
    };
    match style.color_by {
        ColorBy::Vessel => Legend {
            remark: Some(
                "Ten colors, over and over: neighboring tracks of one color may be of two ships",
            ),
            ..legend("Vessel")
        },
        ColorBy::Group => {
            Legend { entries: vec![entry(unknown(is_dark), "No group")], ..legend("Group") }
        }
        ColorBy::ShipType => {
            let mut is_there = [false; ShipKind::ALL.len()];
            for slot in slots {
                is_there[usize::from(slot.kind)] = true;
            }
            let kinds = ShipKind::ALL.into_iter().zip(is_there).filter(|(_, is_there)| *is_there);
            let entries = kinds.map(|(kind, _)| entry(kind_color(kind, is_dark), kind.name()));
            Legend { entries: entries.collect(), ..legend("Ship type") }
        }
        ColorBy::Speed => {
            let (from, to) = style.speed_scale_kn;
            let label = |part: f32| (part, format!("{:.0}", from + part * (to - from)));
            let scale =
                band(&|part| scale_color(part, is_dark), vec![label(0.0), label(0.5), label(1.0)]);
            Legend {
                scale,
                entries: vec![entry(unknown(is_dark), "Unknown")],
                ..legend("Speed, kn")
            }
        }
        ColorBy::Course => {
            let labels = ["N", "E", "S", "W", "N"];
            let labels = (0..).zip(labels).map(|(i, label)| (i as f32 / 4.0, label.to_owned()));
            let scale = band(&|part| course_color(360.0 * part, is_dark), labels.collect());
            Legend { scale, entries: vec![entry(unknown(is_dark), "Unknown")], ..legend("Course") }
        }
        ColorBy::Time => {
            let (from, to) = style.time_scale_ms(time_span_ms);
            let labels = vec![(0.0, utc_text(from)), (1.0, utc_text(to))];
            Legend {
                scale: band(&|part| scale_color(part, is_dark), labels),
                ..legend("Time, UTC")
            }
        }
        ColorBy::Single => {
            Legend { entries: vec![entry(style.single, "Reports")], ..legend("Tracks") }
        }
    }
}

fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

/// A color of the space of Björn Ottosson's Oklab, the nearest on the screen.
fn from_oklab([lightness, a, b]: [f64; 3]) -> Color32 {
    let cones = [
        lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b,
        lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b,
        lightness - 0.089_484_177_5 * a - 1.291_485_548 * b,
    ]
    .map(|part| part.powi(3));
    let to_linear = [
        [4.076_741_662_1, -3.307_711_591_3, 0.230_969_929_2],
        [-1.268_438_004_6, 2.609_757_401_1, -0.341_319_396_5],
        [-0.004_196_086_3, -0.703_418_614_7, 1.707_614_701],
    ];
    let [red, green, blue] = to_linear.map(|row: [f64; 3]| {
        let linear: f64 = row.iter().zip(cones).map(|(part, cone)| part * cone).sum();
        egui::ecolor::gamma_u8_from_linear_f32(linear as f32)
    });
    Color32::from_rgb(red, green, blue)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::map::colors::MapColors;

    type Matrix = [[f64; 3]; 3];

    /// Linear sRGB as people without red or green cones see it (Machado, Oliveira, Fernandes 2009).
    const SIGHTS: [Matrix; 3] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ];

    fn times(matrix: Matrix, vector: [f64; 3]) -> [f64; 3] {
        matrix.map(|row| row.iter().zip(vector).map(|(m, v)| m * v).sum())
    }

    fn linear(color: Color32) -> [f64; 3] {
        let [r, g, b, _] = color.to_array();
        [r, g, b].map(|part| f64::from(egui::ecolor::linear_f32_from_gamma_u8(part)))
    }

    fn oklab(linear: [f64; 3]) -> [f64; 3] {
        let cones = times(
            [
                [0.412_221_5, 0.536_332_5, 0.051_446],
                [0.211_903_5, 0.680_699_5, 0.107_397],
                [0.088_302_5, 0.281_718_8, 0.629_978_7],
            ],
            linear,
        );
        times(
            [
                [0.210_454_3, 0.793_617_8, -0.004_072],
                [1.977_998_5, -2.428_592_2, 0.450_593_7],
                [0.025_904, 0.782_771_8, -0.808_675_8],
            ],
            cones.map(|part| part.max(0.0).cbrt()),
        )
    }

    fn luminance(color: Color32) -> f64 {
        let [r, g, b] = linear(color);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        (a / b).max(b / a)
    }

    #[test]
    fn ten_colors_and_gray_differ_to_all_eyes() {
        for is_dark in [true, false] {
            let mut colors: Vec<Color32> = (0..10).map(|index| category(index, is_dark)).collect();
            colors.push(unknown(is_dark));
            for sight in SIGHTS {
                let seen: Vec<[f64; 3]> =
                    colors.iter().map(|color| oklab(times(sight, linear(*color)))).collect();
                for (i, a) in seen.iter().enumerate() {
                    for (j, b) in seen.iter().enumerate().skip(i + 1) {
                        let difference =
                            a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                        assert!(difference > 0.07, "{i} {j} {is_dark} {difference}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_color_stands_out_from_land_and_sea() {
        for is_dark in [true, false] {
            let map = MapColors::of(is_dark);
            let row_starts = [10, 10, 10, STEPS, STEPS, STEPS];
            let first = if is_dark { 0 } else { ROWS as usize };
            for (row, n) in rows()[first..].iter().zip(row_starts) {
                for color in row[..n].iter().chain([&row[STEPS]]) {
                    let least = contrast(*color, map.sea).min(contrast(*color, map.land));
                    assert!(least > 2.2, "{color:?} {is_dark} {least}");
                }
            }
        }
    }

    #[test]
    fn the_circle_of_courses_closes_without_a_dark_spot() {
        for is_dark in [true, false] {
            let colors: Vec<Color32> =
                (0_u16..=360).map(|deg| course_color(f32::from(deg), is_dark)).collect();
            assert_eq!(colors[0], colors[360]);
            let lightness = colors.iter().map(|color| oklab(linear(*color))[0]);
            let (least, most) =
                lightness.fold((1.0_f64, 0.0_f64), |(least, most), l| (least.min(l), most.max(l)));
            assert!(most - least < 0.06, "{least} {most}");
        }
    }

    #[test]
    fn a_legend_names_the_ship_types_that_are_there() {
        let slot = |kind| Slot { vessel: 0, trip: None, kind, reports: 0..1 };
        let legend = legend(&Style::new(true), &[slot(4), slot(0), slot(9), slot(4)], None);
        let labels: Vec<&str> = legend.entries.iter().map(|entry| entry.label.as_str()).collect();
        assert_eq!(labels, ["Cargo", "Fishing", "Unknown"]);
        assert_eq!(legend.entries[2].color, unknown(true));
    }

    #[test]
    fn a_legend_of_values_has_a_scale_with_numbers() {
        let style = Style { color_by: ColorBy::Speed, ..Style::new(false) };
        let scale = legend(&style, &[], None).scale.unwrap();
        assert_eq!(scale.labels[2], (1.0, "25".to_owned()));
        assert_eq!(
            (scale.colors[0], scale.colors[63]),
            (scale_color(0.0, false), scale_color(1.0, false))
        );
        let style = Style { color_by: ColorBy::Time, ..Style::new(false) };
        assert_eq!(
            legend(&style, &[], Some((0, 60_000))).scale.unwrap().labels[1].1,
            "1970-01-01 00:01:00"
        );
    }
}
