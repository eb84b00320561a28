//! Files in and out; polars stays here.

pub mod batch;
