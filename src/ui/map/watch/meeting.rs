//! One encounter on the map: both ships' ways, the line between them where they were closest, and
//! the ships themselves with their domains, then or at the moment that plays.

use egui::{Align2, Color32, FontId, Painter, Pos2, Shape, Stroke, vec2};

use super::ground;
use crate::ais::Fleet;
use crate::base::geo::{Position, distance_m};
use crate::base::time::utc_text;
use crate::base::units::nmi_from_m;
use crate::ui::map::colors::MapColors;
use crate::ui::map::palette::category;
use crate::ui::map::view::View;
use crate::ui::watch_view::motion::{At, Way};
use crate::watch::{Encounter, EncounterParams};

/// So much of both ways is shown before and after the encounter, milliseconds.
const AROUND_MS: i64 = 15 * 60_000;

const TEXT_PX: f32 = 12.0;

/// An encounter, and all that says how it looks.
pub struct Meeting<'a> {
    /// The encounter.
    pub met: &'a Encounter,
    /// Of which fleet.
    pub fleet: &'a Fleet,
    /// The ways of both ships, so far as they are known or foretold.
    pub ways: [Way<'a>; 2],
    /// What a domain is.
    pub params: &'a EncounterParams,
    /// The moment that is looked at.
    pub now_ms: Option<i64>,
    /// The colors of the map.
    pub colors: MapColors,
    /// Whether it is dark.
    pub is_dark: bool,
    /// What is selected has this color.
    pub selected: Color32,
}

/// `412 m (0.22 nmi)`.
pub fn distance_text(m: f64) -> String {
    format!("{m:.0} m ({:.2} nmi)", nmi_from_m(m))
}

/// The color of the first or the second ship.
pub fn ship_color(which: usize, is_dark: bool) -> Color32 {
    category([0, 6][which], is_dark)
}

impl Meeting<'_> {
    /// The span of time that is drawn: with all of a replay.
    fn span_ms(&self) -> (i64, i64) {
        let around_ms = AROUND_MS.max(self.met.to_ms - self.met.from_ms);
        (self.met.from_ms - around_ms, self.met.to_ms + around_ms)
    }

    /// Where both ships are drawn: at the moment that is looked at, if they are somewhere then, else
    /// where they were closest. The last says which of these it is.
    fn ships(&self) -> ([At; 2], bool) {
        let (from_ms, to_ms) = self.span_ms();
        if let Some(now_ms) = self.now_ms.filter(|now_ms| (from_ms..=to_ms).contains(now_ms))
            && let [Some(one), Some(other)] = self.ways.map(|way| way.at(now_ms))
        {
            return ([one, other], true);
        }
        let at = |which: usize| At {
            place: self.met.positions[which],
            course_deg: (self.met.sog_kn[which] > 0.2).then_some(self.met.cog_deg[which]),
        };
        ([at(0), at(1)], false)
    }

    /// Draws it.
    pub fn draw(&self, painter: &Painter, view: &View) {
        let painter = &painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
        let (from_ms, to_ms) = self.span_ms();
        for (which, way) in self.ways.into_iter().enumerate() {
            for piece in way.pieces(from_ms, to_ms) {
                let points = ground::line(view, &piece);
                let under = Stroke::new(5.0, self.colors.sea.gamma_multiply(0.7));
                painter.add(Shape::line(points.clone(), under));
                let color = ship_color(which, self.is_dark);
                painter.add(Shape::line(points, Stroke::new(2.5, color)));
            }
        }
        let (ships, is_now) = self.ships();
        let vessels = self.met.ships.map(|ship| &self.fleet.vessels()[ship]);
        let sizes = vessels.map(|vessel| ground::size_m(vessel, self.params.unknown_length_m));
        for (which, (at, (length_m, _))) in ships.iter().zip(sizes).enumerate() {
            let Some(course_deg) = at.course_deg else { continue };
            let half = (self.params.domain_ahead * length_m, self.params.domain_beside * length_m);
            let ring = ground::ellipse(at.place, course_deg, half);
            ground::area(painter, view, &ring, ship_color(which, self.is_dark), 0.14);
        }
        self.line(painter, view, self.met.positions, self.met.cpa_m, !is_now);
        if is_now {
            let places = ships.map(|at| at.place);
            self.line(painter, view, places, distance_m(places[0], places[1]), true);
        }
        for (which, (at, size_m)) in ships.iter().zip(sizes).enumerate() {
            let color = ship_color(which, self.is_dark);
            let sight = (at.place, at.course_deg);
            ground::ship(painter, view, sight, size_m, color, self.colors.sea);
            let aside = if is_left(which, ships.map(|at| at.place)) { -1.0 } else { 1.0 };
            let at = view.to_screen(at.place) + vec2(16.0 * aside, 0.0);
            let align = if aside < 0.0 { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
            self.write(painter, at, align, &vessels[which].title());
        }
    }

    /// The line from ship to ship, with the distance beside it.
    fn line(&self, painter: &Painter, view: &View, places: [Position; 2], m: f64, is_told: bool) {
        let ends = places.map(|place| view.to_screen(place));
        painter.line_segment(ends, Stroke::new(4.0, self.colors.sea.gamma_multiply(0.7)));
        let stroke = Stroke::new(2.0, self.selected);
        painter.extend(Shape::dashed_line(&ends, stroke, 6.0, 4.0));
        if is_told {
            let now = self.now_ms.filter(|_| places != self.met.positions);
            let t_ms = now.unwrap_or(self.met.cpa_ms);
            let t_ms = t_ms - t_ms.rem_euclid(1000);
            let text = format!("{}, {} UTC", distance_text(m), &utc_text(t_ms)[11..]);
            let middle = ends[0] + (ends[1] - ends[0]) * 0.5;
            self.write(painter, middle + vec2(0.0, 24.0), Align2::CENTER_TOP, &text);
        }
    }

    fn write(&self, painter: &Painter, at: Pos2, align: Align2, text: &str) {
        let font = FontId::proportional(TEXT_PX);
        let galley = painter.layout_no_wrap(text.to_owned(), font, self.colors.ink);
        let padding = vec2(4.0, 1.0);
        let rect = align.anchor_size(at, galley.size() + 2.0 * padding);
        painter.rect_filled(rect, 3.0, self.colors.plate);
        painter.galley(rect.min + padding, galley, self.colors.ink);
    }
}

/// Whether one of two places lies west of the other, the short way round.
fn is_left(which: usize, places: [Position; 2]) -> bool {
    let east = |one: Position, other: Position| {
        let off = one.lon_deg - other.lon_deg;
        if off.abs() > 180.0 { -off } else { off }
    };
    let off = east(places[which], places[1 - which]);
    off < 0.0 || (off == 0.0 && which == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::watch_view::crossing;

    #[test]
    fn ships_stand_where_they_were_closest_or_at_the_moment_that_plays() {
        let (fleet, found) = crossing();
        let met = &found.list[0];
        let params = EncounterParams::default();
        let at = |now_ms| {
            let meeting = Meeting {
                met,
                fleet: &fleet,
                ways: met.ships.map(|ship| Way::of(&fleet, ship, 600_000)),
                params: &params,
                now_ms,
                colors: MapColors::DARK,
                is_dark: true,
                selected: Color32::WHITE,
            };
            meeting.ships()
        };
        let (closest, is_now) = at(None);
        assert!(!is_now && closest[0].place == met.positions[0]);
        let (ships, is_now) = at(Some(met.cpa_ms - 300_000));
        // Five minutes at twelve knots are a mile.
        assert!(is_now && (distance_m(ships[0].place, met.positions[0]) - 1852.0).abs() < 5.0);
        assert!(
            (ships[1].course_deg.unwrap() - 0.0).abs() < 0.1 || ships[1].course_deg > Some(359.9)
        );
        let (_, is_now) = at(Some(met.cpa_ms + 7_200_000));
        assert!(!is_now, "another moment altogether");
    }

    #[test]
    fn distances_are_told_in_meters_and_miles() {
        assert_eq!(distance_text(411.7), "412 m (0.22 nmi)");
    }
}
