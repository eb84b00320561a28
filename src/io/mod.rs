//! Files in and out; polars stays here.
//!
//! Text goes straight from blocks of lines into our columns; frames are polars' where the file is
//! Parquet. Either way each row passes the one gate in [`intake`], and each row that does not is in
//! the ledger.

pub mod batch;
mod bits;
pub mod blocks;
pub mod columns;
pub mod encode;
pub mod export;
mod fields;
mod guess;
pub mod intake;
pub mod kml;
pub mod merge;
pub mod message;
mod midnight;
pub mod model_file;
pub mod nmea;
mod nmea_file;
mod npy;
mod number;
mod parquet;
pub mod picture;
pub mod pmtiles;
pub mod port_trips;
pub mod ports;
pub mod preview;
pub mod reach;
pub mod read;
pub mod safe;
pub mod sailings;
pub mod shapes;
mod sniff;
pub mod table;
pub mod tile_folder;
pub mod write;
pub mod write_nmea;
mod zip;

pub use batch::{Oddity, Refusal};
pub use columns::Mapping;
pub use picture::write_png;
pub use preview::preview;
pub use read::{FileLedger, FileRef, Reading, expand, read};
pub use sniff::ReadError;
