//! The columns of the list of clusters.

use std::cmp::Ordering;

use egui::{Align2, Color32, Rect, TextStyle, Ui, vec2};

use super::{ClusterRow, share_text, size_text};

/// The name is never narrower than this.
const NAME_PX: f32 = 74.0;

/// A column of the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Column {
    /// The swatch; sorts by number, which is by size.
    #[default]
    Color,
    /// What it is called.
    Name,
    /// How many trips it has.
    Size,
    /// Which share of all trips that is.
    Share,
    /// The course of its route.
    Direction,
    /// How long its route is.
    Length,
    /// How fast its trips are.
    Speed,
    /// Whether it is to be seen.
    Show,
    /// Whether it alone is.
    Solo,
    /// Whether it is to become one with others.
    Merge,
}

impl Column {
    const ALL: [Column; 10] = [
        Column::Color,
        Column::Name,
        Column::Size,
        Column::Share,
        Column::Direction,
        Column::Length,
        Column::Speed,
        Column::Show,
        Column::Solo,
        Column::Merge,
    ];

    /// The first to be left out where there is no room for all.
    const SPARED: [Column; 4] = [Column::Length, Column::Speed, Column::Share, Column::Direction];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Column::Color => "#",
            Column::Name => "Cluster",
            Column::Size => "Trips",
            Column::Share => "Share",
            Column::Direction => "Course",
            Column::Length => "nmi",
            Column::Speed => "kn",
            Column::Show => "Show",
            Column::Solo => "Solo",
            Column::Merge => "Merge",
        }
    }

    /// What it holds, at length.
    pub fn help(self) -> &'static str {
        match self {
            Column::Color => "Click a color to change it; a click here sorts by size",
            Column::Name => "Double-click a name, or press F2, to change it",
            Column::Size => "How many trips it has; a click on a row selects them",
            Column::Share => "Which share of all trips that is",
            Column::Direction => {
                "Course from the beginning of the route to its end; marked where some sail against \
                 it"
            }
            Column::Length => "Length of the route, nautical miles",
            Column::Speed => "Median of the mean speeds of its trips, knots",
            Column::Show => "Whether it is to be seen on the map",
            Column::Solo => "Shows it alone",
            Column::Merge => "Mark two or more, then Merge",
        }
    }

    /// Whether a click on its title sorts.
    pub fn sorts(self) -> bool {
        !matches!(self, Column::Show | Column::Solo | Column::Merge)
    }

    fn width_px(self) -> f32 {
        match self {
            Column::Color => 24.0,
            Column::Name => NAME_PX,
            Column::Size => 46.0,
            Column::Share | Column::Direction => 50.0,
            Column::Length | Column::Speed => 44.0,
            Column::Show | Column::Solo => 36.0,
            Column::Merge => 42.0,
        }
    }

    /// The columns that fit into a width, with their own; the name takes what is left.
    pub fn that_fit(width_px: f32) -> Vec<(Column, f32)> {
        let mut shown: Vec<Column> = Column::ALL.to_vec();
        let sum = |shown: &[Column]| shown.iter().map(|column| column.width_px()).sum::<f32>();
        for spared in Column::SPARED {
            if sum(&shown) > width_px {
                shown.retain(|column| *column != spared);
            }
        }
        let left = (width_px - sum(&shown)).clamp(0.0, 160.0);
        let width =
            |column: Column| column.width_px() + if column == Column::Name { left } else { 0.0 };
        shown.into_iter().map(|column| (column, width(column))).collect()
    }

    /// Those that were left out, in the order of the columns.
    pub fn spared(shown: &[(Column, f32)]) -> Vec<Column> {
        let is_shown = |column: &Column| shown.iter().any(|(shown, _)| shown == column);
        Column::ALL.into_iter().filter(|column| !is_shown(column)).collect()
    }

    /// What stands in it, with its unit, for a line of words.
    pub fn words(self, row: &ClusterRow) -> Option<String> {
        let unit = match self {
            Column::Length => " nmi",
            Column::Speed => " kn",
            _ => "",
        };
        self.text(row).map(|text| text + unit)
    }

    /// What stands in it, if anything is known.
    pub fn text(self, row: &ClusterRow) -> Option<String> {
        match self {
            Column::Name => Some(row.name.clone()),
            Column::Size => Some(size_text(row.size)),
            Column::Share => Some(share_text(row.share)),
            Column::Direction => row.direction_deg.map(|deg| {
                // Full circles are north.
                let deg = deg.round().rem_euclid(360.0);
                let both = if row.opposite_share > 0.1 { " ±" } else { "" };
                format!("{deg:03.0}°{both}")
            }),
            Column::Length => row.length_nmi.map(|nmi| format!("{nmi:.1}")),
            Column::Speed => row.sog_kn.map(|kn| format!("{kn:.1}")),
            Column::Color | Column::Show | Column::Solo | Column::Merge => None,
        }
    }

    /// Which of two rows comes first; what is not known comes last.
    pub fn compare(self, a: &ClusterRow, b: &ClusterRow) -> Ordering {
        let largest_first = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => b.total_cmp(&a),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        match self {
            Column::Name => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
            Column::Size | Column::Share => b.size.cmp(&a.size),
            Column::Direction => largest_first(b.direction_deg, a.direction_deg),
            Column::Length => largest_first(a.length_nmi, b.length_nmi),
            Column::Speed => largest_first(a.sog_kn, b.sog_kn),
            Column::Color | Column::Show | Column::Solo | Column::Merge => {
                a.cluster.cmp(&b.cluster)
            }
        }
    }

    /// Writes into its place in a row, numbers at the right; what does not fit is cut.
    pub fn paint(self, ui: &Ui, cell: Rect, text: &str, color: Color32, style: TextStyle) {
        let font = style.resolve(ui.style());
        let cell = cell.shrink2(vec2(4.0, 0.0));
        let painter = ui.painter().with_clip_rect(cell.expand(1.0).intersect(ui.clip_rect()));
        let (align, at) = match self {
            Column::Color | Column::Name => (Align2::LEFT_CENTER, cell.left_center()),
            Column::Show | Column::Solo | Column::Merge => (Align2::CENTER_CENTER, cell.center()),
            _ => (Align2::RIGHT_CENTER, cell.right_center()),
        };
        painter.text(at, align, text, font, color);
    }
}
