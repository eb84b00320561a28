//! Where labels stand so that none lies over another.

use egui::{Pos2, Rect, Vec2};

use super::ribbon::Across;

/// Space kept free around a label.
const GAP_PX: f32 = 3.0;

/// Where along the part in view a label would like to stand, best first.
const SPOTS: [f32; 5] = [0.5, 0.35, 0.65, 0.2, 0.8];

/// A label that looks for a place.
#[derive(Clone, PartialEq, Debug)]
pub struct Wish {
    /// How large it is.
    pub size: Vec2,
    /// Where its middle may lie, best first.
    pub spots: Vec<Pos2>,
}

/// The place of each label, the first ones first: at the first of its spots where it lies in `area`
/// and over no other. `None` for a label without such a spot.
pub fn place(wishes: &[Wish], area: Rect) -> Vec<Option<Rect>> {
    let mut taken: Vec<Rect> = Vec::new();
    wishes
        .iter()
        .map(|wish| {
            let rects = wish.spots.iter().map(|spot| Rect::from_center_size(*spot, wish.size));
            let is_free = |rect: &Rect| {
                area.contains_rect(*rect) && taken.iter().all(|other| !other.intersects(*rect))
            };
            let free = rects.into_iter().find(is_free)?;
            taken.push(free.expand(GAP_PX));
            Some(free)
        })
        .collect()
}

/// Where on the center line within `area` a label that is `width_px` wide may stand: none where less
/// of the line can be seen than the label is wide.
pub fn spots(parts: &[Vec<Across>], area: Rect, width_px: f32) -> Vec<Pos2> {
    let legs = parts.iter().flat_map(|part| part.windows(2));
    let seen: Vec<[Pos2; 2]> =
        legs.filter_map(|leg| within(leg[0].center, leg[1].center, area)).collect();
    let total: f32 = seen.iter().map(|[from, to]| from.distance(*to)).sum();
    if total < width_px {
        return Vec::new();
    }
    let at = |part: f32| {
        let mut left = part * total;
        for [from, to] in &seen {
            let length = from.distance(*to);
            if left <= length {
                return Some(*from + (*to - *from) * (left / length.max(f32::MIN_POSITIVE)));
            }
            left -= length;
        }
        seen.last().map(|[_, to]| *to)
    };
    SPOTS.into_iter().filter_map(at).collect()
}

/// The part of a leg that lies in `area` (Liang and Barsky).
fn within(from: Pos2, to: Pos2, area: Rect) -> Option<[Pos2; 2]> {
    let way = to - from;
    let (mut first, mut last) = (0.0_f32, 1.0_f32);
    for (at, d, low, high) in
        [(from.x, way.x, area.left(), area.right()), (from.y, way.y, area.top(), area.bottom())]
    {
        if d == 0.0 {
            if at < low || at > high {
                return None;
            }
            continue;
        }
        let (a, b) = ((low - at) / d, (high - at) / d);
        first = first.max(a.min(b));
        last = last.min(a.max(b));
    }
    (first < last).then_some([from + way * first, from + way * last])
}
