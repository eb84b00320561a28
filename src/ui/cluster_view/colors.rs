//! Which color each cluster of a new result takes.

use std::collections::HashMap;

use super::{Followed, Mark, Pinned};
use crate::ui::map::palette::N_COLORS;

const N: usize = N_COLORS as usize;

/// The color of each cluster of `now`, given what the clusters had that they go on from. By rank:
/// what the user chose; what the pinned result shows, so that both maps say the same; what was
/// there before; what most of its trips had last; the least used.
pub(super) fn colors(
    now: &Followed,
    earlier: &[Option<Mark>],
    pinned: Option<&Pinned>,
    last_colors: &HashMap<u64, u8>,
) -> Vec<u8> {
    let n = earlier.len();
    let of_pinned: Vec<Option<u8>> = match pinned {
        Some(pinned) => {
            let heirs = now.heirs(&pinned.result).into_iter();
            heirs.map(|heir| Some(pinned.colors[heir? as usize])).collect()
        }
        None => vec![None; n],
    };
    let mut colors: Vec<Option<u8>> = earlier
        .iter()
        .map(|mark| mark.filter(|mark| mark.is_chosen).map(|mark| mark.color))
        .collect();
    let mut used = [0_u32; N];
    colors.iter().flatten().for_each(|color| used[usize::from(*color)] += 1);
    // Clusters stand in order of size: where two would share, the larger one keeps its color.
    let mut is_kept = [false; N];
    for wants in [&of_pinned, &earlier.iter().map(|mark| Some((*mark)?.color)).collect()] {
        for (color, wanted) in colors.iter_mut().zip(wants) {
            if let (None, Some(wanted)) = (*color, *wanted)
                && (n > N || !is_kept[usize::from(wanted)])
            {
                *color = Some(wanted);
                used[usize::from(wanted)] += 1;
                is_kept[usize::from(wanted)] = true;
            }
        }
    }
    if colors.contains(&None) {
        let remembered = remembered(now, n, last_colors);
        for (color, remembered) in colors.iter_mut().zip(remembered) {
            let free = remembered.filter(|of_trips| used[usize::from(*of_trips)] == 0);
            if let (None, Some(free)) = (*color, free) {
                *color = Some(free);
                used[usize::from(free)] += 1;
            }
        }
    }
    let mut take_least_used = || {
        let least = (0..N).min_by_key(|color| used[*color]).unwrap_or(0);
        used[least] += 1;
        least as u8
    };
    colors.into_iter().map(|color| color.unwrap_or_else(&mut take_least_used)).collect()
}

/// For each cluster the color that most of its trips had when they last were in one.
fn remembered(now: &Followed, n: usize, last_colors: &HashMap<u64, u8>) -> Vec<Option<u8>> {
    let mut counts = vec![[0_u32; N]; n];
    for (name, label) in now.names.iter().zip(now.labels.as_slice()) {
        if let (Some(label), Some(color)) = (label, last_colors.get(name)) {
            counts[*label as usize][usize::from(*color)] += 1;
        }
    }
    let most = |counts: [u32; N]| {
        let most = (0..N).rev().max_by_key(|color| counts[*color])?;
        (counts[most] > 0).then_some(most as u8)
    };
    counts.into_iter().map(most).collect()
}
