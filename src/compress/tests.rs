//! Tests of the whole layer.

mod methods;
mod plain;
mod repairs;
mod thinned;
mod trips;
