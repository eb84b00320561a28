//! Where the tiles of each choice of a base come from.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use crate::flow::map_base::{Base, BaseChoice, Credit};

/// What a choice comes to.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Wanted {
    /// No tiles.
    Nothing,
    /// Tiles from the web, perhaps with others over them.
    Web { ground: Service, overlay: Option<Service> },
    /// Tiles from a file.
    File(PathBuf),
    /// The choice is not complete, or wrong.
    Fault(String),
}

/// A service of the web that gives tiles.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Service {
    /// An address with `{z}`, `{x}` and `{y}` in it.
    pub url: String,
    /// What comes from it, in the plural.
    pub what: &'static str,
    /// Whom to name.
    pub credits: Vec<Credit>,
    /// The zooms that it has.
    pub zooms: RangeInclusive<u8>,
    /// How many tiles may be fetched at once.
    pub n_parallel: usize,
    /// Whether nothing shows through.
    pub is_opaque: bool,
}

/// Where what is chosen comes from.
pub(super) fn wanted(choice: &BaseChoice) -> Wanted {
    if let Some(fault) = choice.fault() {
        return Wanted::Fault(fault);
    }
    match choice.base {
        Base::Coast | Base::None => Wanted::Nothing,
        Base::OpenStreetMap => Wanted::Web { ground: openstreetmap(), overlay: None },
        Base::OpenSeaMap => Wanted::Web { ground: openstreetmap(), overlay: Some(seamarks()) },
        Base::Emodnet => Wanted::Web { ground: emodnet(), overlay: None },
        Base::Custom => Wanted::Web { ground: custom(choice), overlay: None },
        Base::PmTiles => Wanted::File(PathBuf::from(choice.file.trim())),
    }
}

fn custom(choice: &BaseChoice) -> Service {
    let credit = Credit { text: choice.credit.trim().to_owned(), url: None };
    Service {
        url: choice.url.trim().to_owned(),
        what: "tiles",
        credits: Some(credit).filter(|credit| !credit.text.is_empty()).into_iter().collect(),
        zooms: 0..=20,
        n_parallel: 4,
        is_opaque: false,
    }
}

// Which services are here: those whose terms allow a desktop program that has no key.
// - OpenStreetMap (operations.osmfoundation.org/policies/tiles): a User-Agent that names the
//   program, tiles kept as the answer's headers say, attribution shown, no fetching ahead, and
//   another service to switch to without a new version of the program, which is "custom".
// - OpenSeaMap: the seamarks are OpenStreetMap's data, free to be built into maps and navigation
//   programs with its name. No written terms for the server were found: two tiles at a time.
// - EMODnet Bathymetry World Base Layer: Creative Commons BY 4.0 (its record in the catalog), with
//   the words "do not use for navigation".
// CARTO's are not: since August 2026 they demand a key (carto.com/basemaps/apikey), and so do most
// other services; who has a key types its address.

fn openstreetmap_credit() -> Credit {
    Credit::new("© OpenStreetMap contributors", "https://www.openstreetmap.org/copyright")
}

fn openstreetmap() -> Service {
    Service {
        url: "https://tile.openstreetmap.org/{z}/{x}/{y}.png".to_owned(),
        what: "tiles",
        credits: vec![openstreetmap_credit()],
        zooms: 0..=19,
        n_parallel: 6,
        is_opaque: true,
    }
}

fn seamarks() -> Service {
    Service {
        url: "https://tiles.openseamap.org/seamark/{z}/{x}/{y}.png".to_owned(),
        what: "seamarks",
        credits: vec![
            Credit::new("© OpenSeaMap", "https://www.openseamap.org"),
            openstreetmap_credit(),
        ],
        zooms: 9..=18, // Coarser tiles are empty.
        n_parallel: 2,
        is_opaque: false,
    }
}

fn emodnet() -> Service {
    Service {
        url: "https://tiles.emodnet-bathymetry.eu/2020/baselayer/web_mercator/{z}/{x}/{y}.png"
            .to_owned(),
        what: "tiles",
        credits: vec![Credit::new(
            "EMODnet Bathymetry Consortium, GEBCO",
            "https://emodnet.ec.europa.eu/en/bathymetry",
        )],
        zooms: 0..=11,
        n_parallel: 4,
        is_opaque: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::map_base::host_of;

    #[test]
    fn every_service_has_an_address_and_names_its_makers() {
        for base in [Base::OpenStreetMap, Base::OpenSeaMap, Base::Emodnet] {
            let choice = BaseChoice { base, ..BaseChoice::default() };
            let Wanted::Web { ground, overlay } = wanted(&choice) else { panic!("{base:?}") };
            for service in Some(ground).iter().chain(&overlay) {
                assert!(host_of(&service.url).is_some());
                assert!(service.credits.iter().all(|credit| credit.url.is_some()));
                assert!(!service.credits.is_empty());
            }
        }
    }

    #[test]
    fn a_file_is_named_by_its_path() {
        let file = " /data/sea.pmtiles\n".to_owned();
        let choice = BaseChoice { base: Base::PmTiles, file, ..BaseChoice::default() };
        assert_eq!(wanted(&choice), Wanted::File("/data/sea.pmtiles".into()));
        assert_eq!(wanted(&BaseChoice::default()), Wanted::Nothing);
    }
}
