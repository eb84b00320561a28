//! Compression.
pub mod line;
pub mod plane;
pub mod significance;
