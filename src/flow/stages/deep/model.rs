//! Networks of embeddings in folders: checked before they are taken.

use std::path::Path;

use crate::cluster::deep::{DeepConfig, MODEL_KIND, MODEL_VERSION};
use crate::flow::Key;
use crate::flow::stages::RepairedOf;
use crate::learn::{Autoencoder, Model, SaveError};

/// Names the reports that trips are pieces of: equal for equal ships, times and places, whatever
/// files they come from and however the trips are cut, chosen and repaired.
pub fn data_key(of: &RepairedOf) -> String {
    let fleet = of.chosen.fleet();
    let reports = fleet.reports();
    let ships = fleet.vessels().iter().map(|vessel| u64::from(vessel.mmsi.0));
    let times = reports.t_ms.iter().map(|t_ms| t_ms.cast_unsigned());
    let places = reports.positions.iter();
    let places = places.flat_map(|place| [place.lon_deg.to_bits(), place.lat_deg.to_bits()]);
    Key::of_words(ships.chain(times).chain(places)).to_string()
}

/// Reads the network in `folder` and checks all of it: kind, version, checksums, whether its weights
/// fit, and whether it learned from the data of `data_key`, where that matters.
///
/// # Errors
///
/// What is wrong with it, in words for the user.
pub fn checked_network(folder: &Path, data_key: Option<&str>) -> Result<Model<DeepConfig>, String> {
    let read = || -> Result<Model<DeepConfig>, SaveError> {
        let model: Model<DeepConfig> = Model::load(folder, MODEL_KIND, MODEL_VERSION)?;
        Autoencoder::new(model.config.shape.clone(), model.weights.clone())?;
        if let Some(data_key) = data_key {
            model.check_data(data_key)?;
        }
        Ok(model)
    };
    read().map_err(|error| match error {
        SaveError::OtherData { .. } => {
            format!("{error}; to take it all the same, switch on other data (deep.other_data)")
        }
        error => error.to_string(),
    })
}
