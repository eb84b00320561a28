//! The part of time that is looked at: a window brushed on the timeline, and a moment that plays.

/// The shortest window that can be brushed, milliseconds.
const SHORTEST_MS: i64 = 1000;

/// How fast traffic can be played, seconds of it to a second.
pub const SPEEDS: [f64; 11] =
    [1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 86_400.0];

/// Lengths of the trail behind a moving ship, minutes, with what they are called.
pub const TRAILS: [(i64, &str); 6] = [
    (10, "10 min"),
    (30, "30 min"),
    (60, "1 h"),
    (180, "3 h"),
    (720, "12 h"),
    (i64::MAX, "all so far"),
];

/// The window and the moment. Not part of the session: looking is not analysing.
#[derive(Clone, PartialEq, Debug)]
pub struct TimeView {
    /// First and last moment of the data, UTC milliseconds.
    span_ms: Option<(i64, i64)>,
    /// What is brushed, within the data.
    brush_ms: Option<(i64, i64)>,
    /// The moment; `None` shows the whole window at once.
    now_ms: Option<i64>,
    /// Parts of a millisecond that have passed since.
    part_ms: f64,
    /// Whether the moment moves.
    pub is_playing: bool,
    /// Whether it begins anew at the end.
    pub loops: bool,
    /// Seconds of traffic to a second.
    pub speed: f64,
    /// Length of the trails, minutes.
    pub trail_min: i64,
}

impl Default for TimeView {
    fn default() -> Self {
        TimeView {
            span_ms: None,
            brush_ms: None,
            now_ms: None,
            part_ms: 0.0,
            is_playing: false,
            loops: true,
            speed: 60.0,
            trail_min: 60,
        }
    }
}

impl TimeView {
    /// As the user left it: speed (seconds of traffic to a second), whether it begins anew at the
    /// end, and the length of trails in minutes.
    pub fn with_habits(speed: f64, loops: bool, trail_min: i64) -> TimeView {
        TimeView { loops, speed, trail_min, ..TimeView::default() }
    }

    /// Takes over the span of new data. What lay outside of it is let go.
    pub fn set_span_ms(&mut self, span_ms: Option<(i64, i64)>) {
        if self.span_ms == span_ms {
            return;
        }
        self.span_ms = span_ms;
        self.brush_ms = None;
        self.stop();
    }

    /// First and last moment of the data.
    pub fn span_ms(&self) -> Option<(i64, i64)> {
        self.span_ms
    }

    /// What is brushed.
    pub fn brush_ms(&self) -> Option<(i64, i64)> {
        self.brush_ms
    }

    /// The moment, if one is chosen.
    pub fn now_ms(&self) -> Option<i64> {
        self.now_ms
    }

    /// What plays: the brushed window, or all of the data.
    pub fn range_ms(&self) -> Option<(i64, i64)> {
        self.brush_ms.or(self.span_ms)
    }

    /// What the map shows of tracks: the trail up to the moment, or the brushed window.
    pub fn window_ms(&self) -> Option<(i64, i64)> {
        let Some(now_ms) = self.now_ms else { return self.brush_ms };
        let (first_ms, _) = self.range_ms()?;
        let from_ms = now_ms.saturating_sub(self.trail_min.saturating_mul(60_000)).max(first_ms);
        Some((from_ms.min(now_ms), now_ms))
    }

    /// Brushes a window, given its ends in any order; it is cut to the data and at least a second.
    pub fn brush(&mut self, a_ms: i64, b_ms: i64) {
        let Some((first_ms, last_ms)) = self.span_ms else { return };
        let from_ms = a_ms.min(b_ms).clamp(first_ms, last_ms);
        let to_ms = a_ms.max(b_ms).clamp(first_ms, last_ms);
        let to_ms = to_ms.max((from_ms + SHORTEST_MS).min(last_ms));
        let from_ms = from_ms.min((to_ms - SHORTEST_MS).max(first_ms));
        self.brush_ms = Some((from_ms, to_ms));
        if let Some(now_ms) = self.now_ms {
            self.now_ms = Some(now_ms.clamp(from_ms, to_ms));
        }
    }

    /// Shows all of the data again.
    pub fn clear_brush(&mut self) {
        self.brush_ms = None;
    }

    /// Moves the brushed window by its own length at most to the end of the data.
    pub fn shift_brush(&mut self, by_ms: i64) {
        let (Some((from_ms, to_ms)), Some((first_ms, last_ms))) = (self.brush_ms, self.span_ms)
        else {
            return;
        };
        let by_ms = by_ms.clamp(first_ms - from_ms, last_ms - to_ms);
        self.brush(from_ms + by_ms, to_ms + by_ms);
    }

    /// Chooses a moment, within what plays.
    pub fn set_now_ms(&mut self, t_ms: i64) {
        if let Some((first_ms, last_ms)) = self.range_ms() {
            (self.now_ms, self.part_ms) = (Some(t_ms.clamp(first_ms, last_ms)), 0.0);
        }
    }

    /// Lets go of the moment.
    pub fn stop(&mut self) {
        (self.now_ms, self.is_playing, self.part_ms) = (None, false, 0.0);
    }

    /// Plays, from the beginning if the end is reached; or pauses.
    pub fn toggle_play(&mut self) {
        let Some((first_ms, last_ms)) = self.range_ms() else { return };
        self.is_playing = !self.is_playing && last_ms > first_ms;
        if self.is_playing {
            let now_ms = self.now_ms.filter(|now_ms| (first_ms..last_ms).contains(now_ms));
            self.set_now_ms(now_ms.unwrap_or(first_ms));
        }
    }

    /// Steps by `by_ms` from the moment, or into the data if there is none.
    pub fn step(&mut self, by_ms: i64) {
        let Some((first_ms, last_ms)) = self.range_ms() else { return };
        let begin_ms = if by_ms < 0 { last_ms } else { first_ms };
        let now_ms = self.now_ms.map_or(begin_ms, |now_ms| now_ms.saturating_add(by_ms));
        self.set_now_ms(now_ms);
    }

    /// The next greater or lesser speed.
    pub fn change_speed(&mut self, is_faster: bool) {
        let next = if is_faster {
            SPEEDS.iter().find(|speed| **speed > self.speed)
        } else {
            SPEEDS.iter().rfind(|speed| **speed < self.speed)
        };
        self.speed = next.copied().unwrap_or(self.speed);
    }

    /// Lets `seconds` pass while it plays. At the end it begins anew or stops there.
    pub fn advance(&mut self, seconds: f64) {
        let (true, Some(now_ms), Some((first_ms, last_ms))) =
            (self.is_playing, self.now_ms, self.range_ms())
        else {
            return;
        };
        let passed_ms = self.part_ms + seconds.clamp(0.0, 1.0) * self.speed * 1000.0;
        self.part_ms = passed_ms.fract();
        let next_ms = now_ms.saturating_add(passed_ms as i64);
        if next_ms < last_ms {
            self.now_ms = Some(next_ms);
        } else if self.loops && last_ms > first_ms {
            self.now_ms = Some(first_ms + (next_ms - last_ms) % (last_ms - first_ms));
        } else {
            (self.now_ms, self.is_playing) = (Some(last_ms), false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten hours of data.
    fn ten_hours() -> TimeView {
        let mut time = TimeView::default();
        time.set_span_ms(Some((0, 36_000_000)));
        time
    }

    #[test]
    fn a_second_at_60_times_is_a_minute() {
        let mut time = ten_hours();
        time.toggle_play();
        assert_eq!(time.now_ms(), Some(0));
        for _ in 0..60 {
            time.advance(1.0 / 60.0);
        }
        assert!((time.now_ms().unwrap() - 60_000).abs() <= 1, "{time:?}");
    }

    #[test]
    fn at_the_end_it_begins_anew_or_stops() {
        let mut time = ten_hours();
        time.toggle_play();
        time.set_now_ms(35_999_000);
        time.advance(1.0);
        assert_eq!(time.now_ms(), Some(59_000));
        time.loops = false;
        time.set_now_ms(35_999_000);
        time.advance(1.0);
        assert_eq!((time.now_ms(), time.is_playing), (Some(36_000_000), false));
        time.toggle_play(); // From the beginning.
        assert_eq!((time.now_ms(), time.is_playing), (Some(0), true));
    }

    #[test]
    fn the_map_shows_the_trail_or_the_brushed_window() {
        let mut time = ten_hours();
        assert_eq!(time.window_ms(), None);
        time.brush(7_200_000, 3_600_000);
        assert_eq!(time.window_ms(), Some((3_600_000, 7_200_000)));
        time.set_now_ms(7_000_000);
        assert_eq!(time.window_ms(), Some((3_600_000, 7_000_000)));
        time.trail_min = 10;
        assert_eq!(time.window_ms(), Some((6_400_000, 7_000_000)));
        time.trail_min = i64::MAX;
        assert_eq!(time.window_ms(), Some((3_600_000, 7_000_000)));
        time.stop();
        time.clear_brush();
        assert_eq!(time.window_ms(), None);
    }

    #[test]
    fn a_brush_stays_within_the_data_and_keeps_its_length_when_moved() {
        let mut time = ten_hours();
        time.brush(-5, 1_000_000);
        assert_eq!(time.brush_ms(), Some((0, 1_000_000)));
        time.shift_brush(99_000_000);
        assert_eq!(time.brush_ms(), Some((35_000_000, 36_000_000)));
        time.brush(36_000_000, 36_000_000); // Nothing wide is still a second.
        assert_eq!(time.brush_ms(), Some((35_999_000, 36_000_000)));
    }

    #[test]
    fn data_of_one_moment_neither_plays_nor_panics() {
        let mut time = TimeView::default();
        time.toggle_play();
        time.advance(1.0);
        time.step(60_000);
        time.brush(0, 1);
        assert_eq!(time, TimeView::default());
        time.set_span_ms(Some((5, 5)));
        time.brush(0, 10);
        assert_eq!(time.brush_ms(), Some((5, 5)));
        time.toggle_play();
        assert!(!time.is_playing);
        time.step(60_000);
        time.step(-60_000);
        assert_eq!(time.now_ms(), Some(5));
    }

    #[test]
    fn speeds_follow_one_another() {
        let mut time = ten_hours();
        time.change_speed(true);
        assert_eq!(time.speed, 120.0);
        (0..20).for_each(|_| time.change_speed(false));
        assert_eq!(time.speed, 1.0);
    }
}
