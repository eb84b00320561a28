//! The part of a vessel's time that its profile shows.

/// The shortest time that can be looked at, milliseconds.
const SHORTEST_MS: f64 = 10_000.0;

/// From when to when, UTC milliseconds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct View {
    /// At the left edge.
    pub from_ms: f64,
    /// At the right edge.
    pub to_ms: f64,
}

impl View {
    /// All from `first_ms` to `last_ms`, with a little room at both ends.
    pub fn around(first_ms: i64, last_ms: i64) -> View {
        let room_ms = (0.02 * (last_ms - first_ms) as f64).max(0.5 * SHORTEST_MS);
        View { from_ms: first_ms as f64 - room_ms, to_ms: last_ms as f64 + room_ms }
    }

    /// How much time is shown.
    pub fn span_ms(self) -> f64 {
        self.to_ms - self.from_ms
    }

    /// Closer in by `factor` around `at_ms`, which stays where it is; within `all`.
    #[must_use]
    pub fn zoomed(self, at_ms: f64, factor: f64, all: View) -> View {
        let span_ms =
            (self.span_ms() / factor).clamp(SHORTEST_MS.min(all.span_ms()), all.span_ms());
        let part = ((at_ms - self.from_ms) / self.span_ms()).clamp(0.0, 1.0);
        let from_ms = at_ms - part * span_ms;
        View { from_ms, to_ms: from_ms + span_ms }.within(all)
    }

    /// Moved by `by_ms`, within `all`.
    #[must_use]
    pub fn moved(self, by_ms: f64, all: View) -> View {
        View { from_ms: self.from_ms + by_ms, to_ms: self.to_ms + by_ms }.within(all)
    }

    fn within(self, all: View) -> View {
        let span_ms = self.span_ms().min(all.span_ms());
        let from_ms = self.from_ms.clamp(all.from_ms, (all.to_ms - span_ms).max(all.from_ms));
        View { from_ms, to_ms: from_ms + span_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: View = View { from_ms: 0.0, to_ms: 1_000_000.0 };

    #[test]
    fn a_zoom_keeps_the_time_under_the_pointer_and_stays_within_the_track() {
        let view = ALL.zoomed(250_000.0, 2.0, ALL);
        assert_eq!(view, View { from_ms: 125_000.0, to_ms: 625_000.0 });
        assert_eq!(view.zoomed(250_000.0, 0.001, ALL), ALL);
        // Around its right edge it would begin before the track does.
        let wider = view.zoomed(625_000.0, 0.625, ALL);
        assert_eq!(wider, View { from_ms: 0.0, to_ms: 800_000.0 });
        assert_eq!(view.zoomed(300_000.0, 1e9, ALL).span_ms(), 10_000.0);
        assert_eq!(view.moved(-1e9, ALL), View { from_ms: 0.0, to_ms: 500_000.0 });
        assert_eq!(view.moved(1e9, ALL), View { from_ms: 500_000.0, to_ms: 1_000_000.0 });
    }

    #[test]
    fn a_single_report_has_some_room_around_it() {
        let view = View::around(7000, 7000);
        assert_eq!((view.from_ms, view.to_ms), (2000.0, 12_000.0));
        assert_eq!(view.zoomed(7000.0, 3.0, view), view);
    }
}
