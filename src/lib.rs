//! Fairway: a desktop workbench for ship traffic.
//!
//! This page is the architecture document. It says how the program is cut into layers, how a change
//! of a parameter becomes a change on the screen, and where the code departs from the design it
//! began with.
//!
//! # In one sentence
//!
//! Files become reports, reports become tracks, tracks become trips, of which a filter chooses; a
//! [`flow::Session`] says what is wanted and with which parameters, a [`flow::Desk`] keeps each
//! step's result under a [`flow::Key`] made of what it was made from, and the window ([`ui`]) and
//! the command line ([`cli`]) only differ in how they show it.
//!
//! ```text
//!  Session (plain data: sources, parameters)     edited by: forms, --set, undo, project file
//!     |  read by
//!     v
//!  Desk::update:   ingest --> clean --> trips --> filter --> (map, table, plots | JSON, exports)
//!                    each arrow: Key -> Tray -> (job on a thread) -> Arc<Output>
//! ```
//!
//! # Layers
//!
//! | layer | may import | holds |
//! | --- | --- | --- |
//! | [`base`] | – | numbers, places, time, jobs, parameters: nothing about ships |
//! | [`ais`] | base | the nouns: vessel, report, fleet, track, trip |
//! | [`io`] | base, ais | files in and out; polars stays here |
//! | [`synth`] | base, ais | made traffic with known truth |
//! | [`prep`] | base, ais | cleaning, tracks cut into trips, the filter; ships at a moment |
//! | [`flow`] | all above | session, stages, desk, project file |
//! | [`ui`] | flow; result types of the methods; ais, base | the window; egui, walkers, wgpu stay here |
//! | [`cli`] | flow, synth, the methods; ais, base; ui for `snap` and `bench frame` alone | the same without a window |
//!
//! `tests/it/layers.rs` holds the code to this table. A layer that is not in it does not exist.
//!
//! # The flow
//!
//! - A **stage** ([`flow::stage::Stage`]) is a pure function of checked parameters and earlier
//!   results. It knows no keys, threads or windows; `flow/stages` is the only glue to the methods.
//! - A **key** ([`flow::Key`]) hashes the stage's name and version, its parameters and its inputs'
//!   keys. It is known before the result and serves as cache key, as the test of whether a late
//!   result is still wanted, as the tag of buffers on the GPU, and as provenance in exports.
//! - A **tray** ([`flow::tray::Tray`]) holds what one stage shows, keeps, works on and knows to fail.
//!   What is shown stays until something newer is there, marked stale.
//! - The **desk** ([`flow::Desk`]) is all trays and one function that reads like the picture above.
//!   A stage added there appears in `fairway run --want`, its figures in the JSON, its parameters in
//!   `--set`, `fairway describe` and project files without further code.
//! - **Parameters** ([`base::params::Params`]) are described once; sliders, range checks, `--set`, the
//!   project file and the manual all come from that description.
//!
//! The window's frame: `App::logic` acts on commands, updates the desk and never blocks; `App::ui`
//! draws, edits the session in place and *asks* for everything else by a [`ui::command::Command`].
//! Dialogs and files are errands on threads of their own. `fairway snap` plays the map's frames
//! without a window ([`ui::headless`]) until all layers are there, and keeps the last: drawn by the
//! GPU, or by the processor where there is no driver.
//!
//! # Reading
//!
//! [`io::read::read`] takes each file through sniffing (packing, then kind), blocks of whole lines
//! parsed on all cores while the next are being read, one gate for every row
//! ([`io::intake::Units::take`]) and a merge into a [`ais::Fleet`]. Every row is kept or counted as
//! refused, by reason, with the first five places of each. Units that a table does not name are
//! measured: the ratio of how fast positions move to what the speed column says tells knots, meters
//! a second, kilometers an hour and tenths of a knot apart.
//!
//! # Departures from the first design
//!
//! - **Time is `t_ms`, UTC milliseconds**, not seconds: receivers stamp to the millisecond, and
//!   implied speeds between reports a second apart are wrong by half when rounded.
//! - **A fleet is one set of columns with a range a vessel**, not a vector of tracks: one allocation
//!   a column, a column goes to the GPU as it is, and a part of a track is a range.
//! - **Text does not pass through polars frames.** Rows go from the line into our columns, which
//!   saves a copy of everything; frames are polars' for Parquet, in and out.
//! - **Vessels named by a file's own numbers** (track ids, trip ids) are marked local and never mixed
//!   with MMSIs.
//! - **The command line runs jobs on threads too**, so that Ctrl-C and progress work there.
//! - **The coast comes from 1:10m throughout**, simplified into levels that each stay within 0.4
//!   pixels, in place of one 1:50m and one 1:10m set: nothing jumps on zooming.

#![recursion_limit = "256"] // wgpu's types nest deeply.

pub mod ais;
pub mod base;
pub mod cli;
pub mod flow;
pub mod io;
pub mod prep;
pub mod synth;
pub mod ui;
