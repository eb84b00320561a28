//! The panels of destinations.

mod agreement;
mod arrival;
mod bars;
mod listing;
mod port_sheet;
mod posterior;
mod refused;
mod score_plots;
mod score_table;
mod text_sheet;
mod told;
mod voyage_sheet;
