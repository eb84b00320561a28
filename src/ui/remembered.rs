//! What the window keeps from one run to the next: the arrangement and habits, no data.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::layout::Layout;
use super::time_view::TimeView;

/// Under which name it is kept.
const KEY: &str = "fairway";

/// How many files are remembered.
const MOST_RECENT: usize = 10;

/// What is kept. What an older program did not know has its default.
#[derive(Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// How the panels are arranged.
    pub layout: Layout,
    /// Files and projects opened last, the newest first.
    pub recent: Vec<PathBuf>,
    /// Seconds of traffic to a second.
    pub speed: f64,
    /// Whether playing begins anew at the end.
    pub loops: bool,
    /// Length of trails, minutes.
    pub trail_min: i64,
}

impl Default for Remembered {
    fn default() -> Self {
        let TimeView { speed, loops, trail_min, .. } = TimeView::default();
        Remembered { layout: Layout::default(), recent: Vec::new(), speed, loops, trail_min }
    }
}

impl Remembered {
    /// What was kept, or as at first where nothing was or it is of no use.
    pub fn of(storage: Option<&dyn eframe::Storage>) -> Remembered {
        let text = storage.and_then(|storage| storage.get_string(KEY)).unwrap_or_default();
        Remembered::from_text(&text)
    }

    /// Keeps it.
    pub fn keep(&self, storage: &mut dyn eframe::Storage) {
        if let Ok(text) = serde_json::to_string(self) {
            storage.set_string(KEY, text);
        }
    }

    // Field by field: one that is of no use shall not take the others with it.
    fn from_text(text: &str) -> Remembered {
        let mut kept: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let mut remembered = Remembered::default();
        if let Some(layout) = take(&mut kept, "layout") {
            remembered.layout = layout;
        }
        if let Some(recent) = take(&mut kept, "recent") {
            remembered.recent = recent;
        }
        if let Some(speed) = take(&mut kept, "speed").filter(|speed| (0.1..=1e6).contains(speed)) {
            remembered.speed = speed;
        }
        if let Some(loops) = take(&mut kept, "loops") {
            remembered.loops = loops;
        }
        if let Some(trail_min) = take(&mut kept, "trail_min").filter(|minutes| *minutes > 0) {
            remembered.trail_min = trail_min;
        }
        remembered
    }
}

fn take<T: serde::de::DeserializeOwned>(kept: &mut serde_json::Value, name: &str) -> Option<T> {
    serde_json::from_value(kept.get_mut(name)?.take()).ok()
}

/// Puts `path` first among those opened last.
pub fn remember(recent: &mut Vec<PathBuf>, path: &Path) {
    recent.retain(|other| other != path);
    recent.insert(0, path.to_owned());
    recent.truncate(MOST_RECENT);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::layout::{Pane, Workspace};

    #[test]
    fn what_is_kept_comes_back() {
        let mut kept = Remembered { speed: 600.0, loops: false, ..Remembered::default() };
        kept.layout.workspace = Workspace::Prepare;
        kept.layout.toggle(Pane::Trips);
        remember(&mut kept.recent, Path::new("/a.csv"));
        let back = Remembered::from_text(&serde_json::to_string(&kept).unwrap());
        assert_eq!((back.speed, back.loops, back.recent), (600.0, false, vec!["/a.csv".into()]));
        assert!(back.layout.workspace == Workspace::Prepare && !back.layout.has(Pane::Trips));
    }

    #[test]
    fn what_is_of_no_use_does_not_take_the_rest_with_it() {
        let back = Remembered::from_text(
            r#"{"layout": {"workspace": "Gone"}, "recent": ["/a.csv"], "speed": -3}"#,
        );
        assert_eq!((back.recent.len(), back.speed), (1, 60.0));
        assert!(back.layout.has(Pane::Sources));
        assert_eq!(Remembered::from_text("nonsense").recent.len(), 0);
    }

    #[test]
    fn the_newest_file_is_first_and_each_stands_once() {
        let mut recent = Vec::new();
        for name in ["a", "b", "a"] {
            remember(&mut recent, Path::new(name));
        }
        assert_eq!(recent, [PathBuf::from("a"), PathBuf::from("b")]);
        (0..30).for_each(|n| remember(&mut recent, Path::new(&n.to_string())));
        assert_eq!((recent.len(), recent[0].clone()), (10, PathBuf::from("29")));
    }
}
