//! What is known of a port, beside the pointer.

use egui::{RichText, Ui};

use super::PortUse;
use crate::ais::{HarborSize, Port, PortId};
use crate::base::text::grouped;
use crate::ui::map::furniture::degrees_minutes_in_text;

/// Says which port it is, where it lies, and how many voyages begin and end there.
pub fn card(ui: &mut Ui, id: PortId, port: &Port, used: Option<&PortUse>) {
    ui.label(RichText::new(&port.name).strong());
    lines(id, port, used).into_iter().for_each(|line| {
        ui.label(line);
    });
}

/// `US LAX, United States, large harbor` and so on.
fn lines(id: PortId, port: &Port, used: Option<&PortUse>) -> Vec<String> {
    let mut about: Vec<String> = Vec::new();
    about.extend(port.locode.map(|code| format!("{} {}", code.country(), code.place())));
    about.extend((!port.country.is_empty()).then(|| port.country.clone()));
    if port.size != HarborSize::Unknown {
        about.push(format!("{} harbor", port.size.name()));
    }
    let mut lines = Vec::new();
    if !about.is_empty() {
        lines.push(about.join(", "));
    }
    lines.push(degrees_minutes_in_text(port.position));
    if let Some(used) = used {
        let count = |counts: &[u32]| u64::from(counts.get(id.0 as usize).copied().unwrap_or(0));
        let (from, to) = (count(&used.departures), count(&used.arrivals));
        lines.push(format!("Voyages: {} from here, {} to here", grouped(from), grouped(to)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::Locode;
    use crate::base::geo::Position;

    #[test]
    fn a_card_says_code_country_place_and_voyages() {
        let port = Port {
            name: "Los Angeles".into(),
            locode: Locode::from_text("US LAX"),
            country: "United States".into(),
            size: HarborSize::Large,
            position: Position::new(-118.25, 33.75),
            ..Port::default()
        };
        let used = PortUse { departures: vec![0, 1], arrivals: vec![0, 12] };
        let lines = lines(PortId(1), &port, Some(&used));
        assert_eq!(lines[0], "US LAX, United States, large harbor");
        assert_eq!(lines[2], "Voyages: 1 from here, 12 to here");
        let nameless = Port { name: "X".into(), ..Port::default() };
        assert_eq!(super::lines(PortId(0), &nameless, None).len(), 1);
    }
}
