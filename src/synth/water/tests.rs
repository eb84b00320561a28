//! Ways over water against what seafarers' tables say, and against the coast itself.

use super::*;
use crate::base::units::nmi_from_m;

const ROTTERDAM: Position = Position::new(4.05, 51.98);
const SINGAPORE: Position = Position::new(103.80, 1.22);
const SHANGHAI: Position = Position::new(122.05, 31.25);
const LOS_ANGELES: Position = Position::new(-118.24, 33.71);
const SANTOS: Position = Position::new(-46.30, -24.00);
const NEW_YORK: Position = Position::new(-74.02, 40.68);
const SYDNEY: Position = Position::new(151.22, -33.85);
const YOKOHAMA: Position = Position::new(139.66, 35.44);
const HOUSTON: Position = Position::new(-94.78, 29.33);
const CAPE_TOWN: Position = Position::new(18.43, -33.90);
const RAS_TANURA: Position = Position::new(50.17, 26.65);
const ISTANBUL: Position = Position::new(28.98, 41.01);
const ODESA: Position = Position::new(30.75, 46.50);
const HAMBURG: Position = Position::new(9.95, 53.54);
const GDYNIA: Position = Position::new(18.55, 54.53);
const VALPARAISO: Position = Position::new(-71.62, -33.03);

fn length_nmi(water: &Water, from: Position, to: Position) -> f64 {
    nmi_from_m(water.route(from, to, Hull::ANY).unwrap().length_m())
}

#[test]
fn lengths_are_those_of_distance_tables() {
    let water = Water::load();
    for (from, to, nmi) in [
        (ROTTERDAM, SINGAPORE, 8300.0),
        (SHANGHAI, LOS_ANGELES, 5750.0),
        (SANTOS, ROTTERDAM, 5400.0),
        (NEW_YORK, ROTTERDAM, 3400.0),
        (SYDNEY, YOKOHAMA, 4320.0),
        (HOUSTON, ROTTERDAM, 5020.0),
        (NEW_YORK, LOS_ANGELES, 4930.0),
        (SINGAPORE, SHANGHAI, 2220.0),
        (RAS_TANURA, SINGAPORE, 3650.0),
        (CAPE_TOWN, ROTTERDAM, 6150.0),
        (ISTANBUL, ODESA, 345.0),
        (HAMBURG, GDYNIA, 385.0),
        (VALPARAISO, YOKOHAMA, 9280.0),
    ] {
        let found = length_nmi(&water, from, to);
        println!("{from:?} {to:?} {found:.0} of {nmi}: {:+.1} %", 100.0 * (found / nmi - 1.0));
        assert!((found / nmi - 1.0).abs() < 0.05, "{from:?} to {to:?}: {found:.0} of {nmi}");
    }
}
