//! What is looked at of gates, areas and density: which gate, which crossing, which cell. The window's
//! own; the gates and areas themselves are in the session.

use crate::watch::Cell;
use crate::watch::gates::Side;

/// What is looked at.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WaterView {
    /// The gate whose crossings are shown, by its place in the list.
    pub gate: usize,
    /// The crossing that was gone to, by its gate and its place among that one's.
    pub crossing: Option<(usize, usize)>,
    /// Only crossings in this direction are listed.
    pub side: Option<Side>,
    /// The area whose rules are shown, by its place in the list.
    pub area: usize,
    /// Only events of this area are listed.
    pub only_area: bool,
    /// The event that was gone to.
    pub event: Option<usize>,
    /// The cell that the pointer is on, on the map.
    pub hovered_cell: Option<Cell>,
    /// The cell that was gone to.
    pub cell: Option<Cell>,
}

impl WaterView {
    /// Looks at a gate.
    pub fn look_at_gate(&mut self, gate: usize) {
        if self.gate != gate {
            (self.gate, self.crossing, self.side) = (gate, None, None);
        }
    }
}

/// The direction of `course_deg` in words: of eight.
pub fn compass(course_deg: f64) -> &'static str {
    const NAMES: [&str; 8] = [
        "north",
        "north-east",
        "east",
        "south-east",
        "south",
        "south-west",
        "west",
        "north-west",
    ];
    let place = (course_deg.rem_euclid(360.0) / 45.0).round() as usize % 8;
    NAMES[place]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn courses_have_names() {
        for (course_deg, name) in [
            (0.0, "north"),
            (22.0, "north"),
            (23.0, "north-east"),
            (180.0, "south"),
            (-90.0, "west"),
            (359.0, "north"),
        ] {
            assert_eq!(compass(course_deg), name, "{course_deg}");
        }
    }

    #[test]
    fn another_gate_lets_go_of_the_crossing() {
        let mut view = WaterView { crossing: Some((0, 4)), ..WaterView::default() };
        view.look_at_gate(0);
        assert_eq!(view.crossing, Some((0, 4)));
        view.look_at_gate(1);
        assert_eq!((view.gate, view.crossing), (1, None));
    }
}
