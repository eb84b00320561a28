//! What the window remembers of association: which point is looked at, and which mistake.

use crate::associate::Mistake;
use crate::flow::stages::AssociatedOf;
use crate::flow::{Desk, Key};

/// Which mistakes are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MistakeKind {
    /// All of them.
    #[default]
    All,
    /// Links to another ship.
    Wrong,
    /// Ships whose track breaks off.
    Broken,
}

impl MistakeKind {
    /// All kinds, as they are chosen.
    pub const ALL: [MistakeKind; 3] = [MistakeKind::All, MistakeKind::Wrong, MistakeKind::Broken];

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            MistakeKind::All => "All",
            MistakeKind::Wrong => "Wrong links",
            MistakeKind::Broken => "Broken tracks",
        }
    }

    /// Whether a mistake is of this kind; one may be of both.
    pub fn has(self, of: &AssociatedOf, mistake: &Mistake) -> bool {
        match self {
            MistakeKind::All => true,
            MistakeKind::Wrong => of.is_wrong(mistake),
            MistakeKind::Broken => of.is_broken(mistake),
        }
    }
}

/// Which point and which mistake are looked at. Not part of the session: looking is not analysing.
///
/// Both are remembered by the row of their point, which is the same in every result on one reading:
/// a selected track is the one that the point is in now.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AssociateView {
    /// The reading that rows are of.
    of: Option<Key>,
    point: Option<u32>,
    mistake: Option<u32>,
    /// A point of the track that is pointed at, in the last frame and so far in this one.
    hovered: [Option<u32>; 2],
    /// Which mistakes are listed and gone through.
    pub kind: MistakeKind,
}

impl AssociateView {
    /// A frame begins: what was pointed at in the last one is lit.
    pub fn begin_frame(&mut self) {
        self.hovered = [self.hovered[1], None];
    }

    /// Forgets points of another reading.
    pub fn follow(&mut self, desk: &Desk) {
        let of = desk.ingest.shown().map(|shown| shown.key);
        if self.of != of {
            *self = AssociateView { of, kind: self.kind, ..AssociateView::default() };
        }
    }

    /// The selected point.
    pub fn point(&self) -> Option<u32> {
        self.point
    }

    /// Selects a point, and with it its track; or none.
    pub fn select(&mut self, point: Option<u32>) {
        self.point = point;
        if point.is_none() {
            self.mistake = None;
        }
    }

    /// A point of the track that is pointed at.
    pub fn hovered(&self) -> Option<u32> {
        self.hovered[0].or(self.hovered[1])
    }

    /// Points at the track of a point.
    pub fn hover(&mut self, point: u32) {
        self.hovered[1] = Some(point);
    }

    /// The point at which the mistake is that is looked at.
    pub fn mistake(&self) -> Option<u32> {
        self.mistake
    }

    /// Looks at the mistake at a point, which is selected too.
    pub fn look_at(&mut self, row: u32) {
        (self.mistake, self.point) = (Some(row), Some(row));
    }

    /// Where the mistakes that are listed stand among all of a result.
    pub fn listed(&self, of: &AssociatedOf) -> Vec<u32> {
        let all = (0..).zip(&of.mistakes);
        all.filter(|(_, mistake)| self.kind.has(of, mistake)).map(|(place, _)| place).collect()
    }

    /// The mistake that is looked at, by its place in a list of such places.
    pub fn place_in(&self, of: &AssociatedOf, listed: &[u32]) -> Option<usize> {
        let row = self.mistake?;
        listed.iter().position(|place| of.mistakes[*place as usize].row == row)
    }

    /// The mistake after the one that is looked at, or before it; from none the first or the last.
    /// After the last comes the first again.
    pub fn next(&self, of: &AssociatedOf, is_on: bool) -> Option<Mistake> {
        let listed = self.listed(of);
        let last = listed.len().checked_sub(1)?;
        let place = match self.place_in(of, &listed) {
            Some(place) if is_on => {
                if place == last {
                    0
                } else {
                    place + 1
                }
            }
            Some(place) => place.checked_sub(1).unwrap_or(last),
            None if is_on => self.first_from(of, &listed),
            None => last,
        };
        of.mistakes.get(listed[place] as usize).copied()
    }

    /// Where to begin: at the selected point's moment, if there is one, else at the first.
    fn first_from(&self, of: &AssociatedOf, listed: &[u32]) -> usize {
        let times = of.points.t_ms();
        let Some(from_ms) = self.mistake.and_then(|row| times.get(row as usize)) else { return 0 };
        let is_before = |place: &u32| times[of.mistakes[*place as usize].row as usize] < *from_ms;
        let place = listed.partition_point(is_before);
        if place < listed.len() { place } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::stages::broken_and_joined;
    use crate::flow::{Jobs, Session};

    fn desk() -> Desk {
        let (mut desk, mut session) = (Desk::default(), Session::default());
        session.sources.make_demo();
        session.set("synth.rows=1000").unwrap();
        let wanted = desk.wanted(&["ingest"], &session).unwrap();
        for _ in 0..3 {
            desk.update(&session, &Jobs::Inline, &wanted);
        }
        desk
    }

    #[test]
    fn mistakes_are_gone_through_in_the_order_of_time_and_round() {
        let of = broken_and_joined();
        let mut view = AssociateView::default();
        let mut rows = Vec::new();
        for is_on in [true, true, true, false, false] {
            let next = view.next(&of, is_on).unwrap();
            view.look_at(next.row);
            rows.push(next.row);
        }
        assert_eq!(rows, [1, 2, 1, 2, 1], "after the last comes the first, and before it the last");
        assert_eq!(view.point(), Some(1), "its point is selected");
        // A mistake that was mended: on with the next one after its moment.
        view.look_at(5); // One minute after the begin, as the break.
        assert_eq!(view.next(&of, true).unwrap().row, 1);
        view.look_at(3);
        assert_eq!(view.next(&of, true).unwrap().row, 1, "later there is none");
        assert_eq!(AssociateView::default().next(&of, false).unwrap().row, 2);
    }

    #[test]
    fn a_kind_leaves_the_others_out() {
        let of = broken_and_joined();
        let listed = |kind| AssociateView { kind, ..AssociateView::default() }.listed(&of);
        assert_eq!(MistakeKind::ALL.map(listed), [vec![0, 1], vec![1], vec![0]]);
        let view = AssociateView { kind: MistakeKind::Wrong, ..AssociateView::default() };
        assert_eq!(view.next(&of, true).unwrap().row, 2);
    }

    #[test]
    fn what_is_selected_is_forgotten_with_its_reading_and_what_is_pointed_at_with_its_frame() {
        let mut view = AssociateView::default();
        view.follow(&desk());
        view.look_at(3);
        view.hover(5);
        view.begin_frame();
        assert_eq!((view.hovered(), view.point()), (Some(5), Some(3)));
        view.begin_frame();
        assert_eq!(view.hovered(), None);
        view.follow(&Desk::default());
        assert_eq!((view.point(), view.mistake()), (None, None));
    }
}
