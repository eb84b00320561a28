//! What can lie under the map, as plain settings, and what it needs of files and networks, handed
//! through from below for the window.

use serde::{Deserialize, Serialize};

use crate::base::params::{Choice, Form, Params};

pub use crate::io::pmtiles::{About, Archive, Credit, PmTilesError};
pub use crate::io::reach::{host_of, why_silent};
pub use crate::io::tile_folder::tile_folder;

#[cfg(test)]
pub use crate::io::pmtiles::sample;

/// What lies under the map.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Base {
    /// The coast that comes with the program.
    #[default]
    Coast,
    /// The standard map of OpenStreetMap.
    OpenStreetMap,
    /// The same, and the seamarks of `OpenSeaMap` over it.
    OpenSeaMap,
    /// Depths and heights by `EMODnet` Bathymetry.
    Emodnet,
    /// Tiles from an address that the user gives.
    Custom,
    /// Tiles in a `PMTiles` file.
    PmTiles,
    /// Nothing but the sea's color.
    None,
}

impl Choice for Base {
    const CASES: &'static [(&'static str, Base)] = &[
        ("coast", Base::Coast),
        ("openstreetmap", Base::OpenStreetMap),
        ("openseamap", Base::OpenSeaMap),
        ("emodnet", Base::Emodnet),
        ("custom", Base::Custom),
        ("pmtiles", Base::PmTiles),
        ("none", Base::None),
    ];
}

impl Base {
    /// What it is called in the window.
    pub fn label(self) -> &'static str {
        match self {
            Base::Coast => "Bundled coast",
            Base::OpenStreetMap => "OpenStreetMap",
            Base::OpenSeaMap => "OpenSeaMap",
            Base::Emodnet => "EMODnet depths",
            Base::Custom => "Other web tiles",
            Base::PmTiles => "PMTiles file",
            Base::None => "None",
        }
    }

    /// What it is good for, in a sentence.
    pub fn help(self) -> &'static str {
        match self {
            Base::Coast => "Land and shorelines of the whole world; needs no network",
            Base::OpenStreetMap => "Streets, harbors and names; from the web",
            Base::OpenSeaMap => {
                "OpenStreetMap with buoys, beacons and lights from zoom 9 on; from the web, not for navigation"
            }
            Base::Emodnet => {
                "Depths of the sea, finest around Europe; from the web, not for navigation"
            }
            Base::Custom => "A service of yours; mind its terms of use",
            Base::PmTiles => "PNG or JPEG tiles in a file; needs no network",
            Base::None => "Only the color of the sea",
        }
    }
}

/// What lies under the map, with what the user typed for it. What another base needs stays when one
/// is chosen that does not need it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BaseChoice {
    /// Which one.
    pub base: Base,
    /// For [`Base::Custom`]: an address with `{z}`, `{x}` and `{y}` (or `{-y}`, counted from the
    /// south) in it.
    pub url: String,
    /// For [`Base::Custom`]: what is written on the map, as the service demands.
    pub credit: String,
    /// For [`Base::PmTiles`]: the file.
    pub file: String,
}

impl Params for BaseChoice {
    fn describe(&mut self, form: &mut dyn Form) {
        self.base.describe("base", form, "What lies under the map.");
        form.text(
            "url",
            &mut self.url,
            "For custom: the address of the tiles, with {z}, {x} and {y} in it.",
        );
        form.text("credit", &mut self.credit, "For custom: whom the map names as its source.");
        form.text("file", &mut self.file, "For pmtiles: the file with the tiles.");
    }

    fn faults(&self) -> Vec<String> {
        self.fault().into_iter().collect()
    }
}

impl BaseChoice {
    /// What is wrong with the choice, if anything.
    pub fn fault(&self) -> Option<String> {
        match self.base {
            Base::Custom => check_url(self.url.trim()).err(),
            Base::PmTiles if self.file.trim().is_empty() => {
                Some("no PMTiles file is chosen".to_owned())
            }
            _ => None,
        }
    }
}

/// What is wrong with an address of tiles.
fn check_url(url: &str) -> Result<(), String> {
    const SUCH: &str = "such as https://tiles.example.org/{z}/{x}/{y}.png";
    if url.is_empty() {
        return Err(format!("no address of tiles is given; type one {SUCH}"));
    }
    let mut bare = url.to_owned();
    for name in ["{z}", "{x}", "{y}", "{-y}"] {
        bare = bare.replace(name, "0");
    }
    if bare.contains(|c: char| c.is_whitespace() || c.is_control()) || host_of(&bare).is_none() {
        return Err(format!("\"{url}\" is no address of the web; one {SUCH} is expected"));
    }
    let row = if url.contains("{-y}") { "{-y}" } else { "{y}" };
    if let Some(missing) = ["{z}", "{x}", row].into_iter().find(|name| !url.contains(name)) {
        return Err(format!("\"{url}\" has no {missing} in it; an address {SUCH} is expected"));
    }
    if let Some(at) = bare.find(['{', '}']) {
        let rest: String = bare[at..].chars().take(12).collect();
        return Err(format!(
            "the address has \"{rest}\" in it; only {{z}}, {{x}}, {{y}} and {{-y}} are known"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params;

    fn custom(url: &str) -> BaseChoice {
        BaseChoice { base: Base::Custom, url: url.to_owned(), ..BaseChoice::default() }
    }

    #[test]
    fn an_address_of_tiles_is_checked_before_it_is_used() {
        for url in [
            "https://a.org/{z}/{x}/{y}.png",
            " http://localhost:8080/t?z={z}&x={x}&y={-y} ",
            "https://{z}.a.org/{x}/{y}",
        ] {
            assert_eq!(custom(url).faults(), Vec::<String>::new(), "{url}");
        }
        for (url, part) in [
            ("", "no address of tiles is given"),
            ("nonsense", "\"nonsense\" is no address of the web"),
            ("ftp://a.org/{z}/{x}/{y}", "no address of the web"),
            ("/home/me/{z}/{x}/{y}.png", "no address of the web"),
            ("https://a b.org/{z}/{x}/{y}", "no address of the web"),
            ("https://a.org/{z}/{x}.png", "has no {y} in it"),
            ("https://a.org/map.png", "has no {z} in it"),
            ("https://{s}.a.org/{z}/{x}/{y}", "no address of the web"),
            ("https://a.org/{z}/{x}/{y}{r}.png", "has \"{r}.png\" in it"),
            ("https://a.org/{{z}}/{x}/{y}", "has \"{0}/0/0\" in it"),
        ] {
            let faults = custom(url).faults();
            assert!(faults.len() == 1 && faults[0].contains(part), "{url}: {faults:?}");
        }
    }

    #[test]
    fn a_choice_is_set_by_name_and_kept_as_text() {
        let mut choice = BaseChoice::default();
        params::set(&mut choice, "base", "openseamap").unwrap();
        params::set(&mut choice, "url", "https://a.org/{z}").unwrap();
        let text = serde_json::to_string(&choice).unwrap();
        let expected = r#"{"base":"openseamap","url":"https://a.org/{z}","credit":"","file":""}"#;
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<BaseChoice>(&text).unwrap(), choice);
        assert_eq!(serde_json::from_str::<BaseChoice>("{}").unwrap(), BaseChoice::default());
        for (name, base) in Base::CASES {
            assert_eq!(serde_json::to_string(base).unwrap(), format!("\"{name}\""));
        }
    }

    #[test]
    fn a_file_must_be_named() {
        let mut choice = BaseChoice { base: Base::PmTiles, ..BaseChoice::default() };
        assert_eq!(choice.faults(), ["no PMTiles file is chosen"]);
        choice.file = " /data/sea.pmtiles\n".to_owned();
        assert_eq!(choice.faults(), Vec::<String>::new());
    }
}
