//! The panels of gates, areas and density: what is drawn on the water, and what came of it.

mod bars;
mod crossing_table;
mod lateral;
mod list;
#[cfg(test)]
mod made;
mod name_field;
