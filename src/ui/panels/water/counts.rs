//! The crossings of a gate told apart: by ship type, size, speed, hour of the day and day.

use egui::{ScrollArea, Ui};

use super::bars::Bars;
use crate::ais::ShipKind;
use crate::ui::water_view::Direction;
use crate::watch::Gate;
use crate::watch::gates::{LENGTH_CLASSES, LENGTHS_M};

/// Width of a bin of speeds, knots, and how many there are; the last holds all beyond.
const SPEED_KN: f64 = 4.0;
const SPEEDS: usize = 7;

/// Narrower than this a plot would not be read, points of the screen.
const NARROW_PX: f32 = 190.0;

/// What crossings are told apart by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum By {
    /// The type of the ship.
    #[default]
    Kind,
    /// Her length.
    Length,
    /// Her speed over ground.
    Speed,
    /// The hour of the day.
    Hour,
    /// The day of the week.
    Day,
}

impl By {
    /// All, in the order in which they stand beside each other.
    pub const ALL: [By; 5] = [By::Kind, By::Length, By::Speed, By::Hour, By::Day];

    /// What it is called, with the unit.
    pub fn title(self) -> &'static str {
        match self {
            By::Kind => "Ship type",
            By::Length => "Length, m",
            By::Speed => "Speed, kn",
            By::Hour => "Hour of the day, UTC",
            By::Day => "Day of the week, UTC",
        }
    }

    /// A name and a count of each direction.
    pub fn rows(self, gate: &Gate) -> Vec<(String, Vec<f64>)> {
        let flows = &gate.flows;
        let both = |n: &dyn Fn(usize) -> u32| vec![f64::from(n(0)), f64::from(n(1))];
        match self {
            By::Kind => {
                let of = |place: usize| both(&|which| flows[which].by_kind[place]);
                let all = ShipKind::ALL.iter().enumerate();
                let named = all.map(|(place, kind)| (kind.name().to_owned(), of(place)));
                // Types that did not come need no line.
                named.filter(|(_, n)| n.iter().any(|n| *n > 0.0)).collect()
            }
            By::Length => (0..LENGTH_CLASSES)
                .map(|class| (length_name(class), both(&|which| flows[which].by_length[class])))
                .collect(),
            By::Speed => {
                let mut counts = [[0_u32; 2]; SPEEDS];
                for crossing in &gate.crossings {
                    let bin = ((crossing.sog_kn / SPEED_KN) as usize).min(SPEEDS - 1);
                    counts[bin][crossing.side as usize] += 1;
                }
                let name = |bin: usize| {
                    let from = bin as f64 * SPEED_KN;
                    if bin + 1 == SPEEDS {
                        format!("{from:.0} and more")
                    } else {
                        format!("{from:.0} to {:.0}", from + SPEED_KN)
                    }
                };
                let row = |bin: usize| (name(bin), both(&|which| counts[bin][which]));
                (0..SPEEDS).map(row).collect()
            }
            By::Hour => (0..24)
                .map(|hour| {
                    (format!("{hour:02}:00 UTC"), both(&|which| flows[which].by_hour[hour]))
                })
                .collect(),
            By::Day => {
                const DAYS: [&str; 7] =
                    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
                let days = DAYS.iter().enumerate();
                days.map(|(day, name)| {
                    ((*name).to_owned(), both(&|which| flows[which].by_weekday[day]))
                })
                .collect()
            }
        }
    }
}

/// A class of lengths in words.
fn length_name(class: usize) -> String {
    let last = LENGTHS_M.len();
    match class {
        0 => format!("below {}", LENGTHS_M[0]),
        class if class < last => format!("{} to {}", LENGTHS_M[class - 1], LENGTHS_M[class]),
        class if class == last => format!("{} and more", LENGTHS_M[last - 1]),
        _ => "unknown".into(),
    }
}

/// Draws as many plots as have room, from `first` on; which that is can be chosen.
pub fn counts_ui(ui: &mut Ui, gate: &Gate, directions: &[Direction; 2], first: &mut By) {
    let n = ((ui.available_width() / NARROW_PX) as usize).clamp(1, By::ALL.len());
    if n < By::ALL.len() {
        ui.horizontal_wrapped(|ui| {
            for by in By::ALL {
                ui.selectable_value(first, by, by.title());
            }
        });
    }
    ui.horizontal_wrapped(|ui| {
        for direction in directions {
            let (dot, _) = ui.allocate_exact_size(egui::vec2(9.0, 9.0), egui::Sense::hover());
            ui.painter().rect_filled(dot, 2.0, direction.color);
            ui.add(egui::Label::new(egui::RichText::new(&direction.name).small()));
        }
    });
    let begin = (*first as usize).min(By::ALL.len() - n);
    let series = directions.each_ref().map(|direction| (direction.name.clone(), direction.color));
    let text = |value: f64| format!("{value:.0}");
    ui.columns(n, |columns| {
        for (ui, by) in columns.iter_mut().zip(&By::ALL[begin..]) {
            let bars = Bars {
                title: by.title(),
                things: "Crossings",
                series: &series,
                rows: by.rows(gate),
                text,
            };
            if *by == By::Hour {
                bars.upright_ui(ui);
            } else {
                let area = ScrollArea::vertical().id_salt(by.title()).auto_shrink([false, false]);
                area.show(ui, |ui| bars.rows_ui(ui));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;
    use crate::ui::panels::water::made;

    #[test]
    fn every_way_to_tell_crossings_apart_counts_each_once() {
        let gate = made::gate(17, 8);
        for by in By::ALL {
            let sum = |which: usize| by.rows(&gate).iter().map(|(_, n)| n[which]).sum::<f64>();
            assert_eq!((sum(0), sum(1)), (8.0, 17.0), "{by:?}");
        }
        let kinds = By::Kind.rows(&gate);
        assert_eq!(kinds.len(), 2, "cargo ships and tankers alone: {kinds:?}");
        // All ships are 100 m long, or of a length that is not known.
        let lengths = By::Length.rows(&gate);
        assert_eq!((lengths[2].0.as_str(), lengths[6].0.as_str()), ("100 to 150", "unknown"));
        assert!(lengths[2].1[1] > 0.0 && lengths[6].1[1] > 0.0 && lengths[0].1[1] == 0.0);
        // From 9 to 13 knots.
        let speeds = By::Speed.rows(&gate);
        assert_eq!(speeds[2].0, "8 to 12");
        assert!(speeds[2].1[1] + speeds[3].1[1] > 16.0, "{speeds:?}");
    }

    #[test]
    fn a_narrow_panel_shows_what_is_chosen() {
        let gate = made::gate(5, 0);
        let mut harness = Harness::builder().with_size([250.0, 250.0]).build_ui_state(
            move |ui, first: &mut By| counts_ui(ui, &gate, &made::directions(), first),
            By::Kind,
        );
        harness.run();
        harness.get_by_label_contains("Ship type: Cargo");
        harness.get_by_label("Speed, kn").click();
        harness.run();
        harness.get_by_label_contains("Speed, kn: 0 to 4");
    }
}
