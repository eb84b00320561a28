//! Fairway: a desktop workbench for ship traffic.
//!
//! This page is the architecture document. It says how the program is cut into layers, how a change
//! of a parameter becomes a change on the screen, and where the code departs from the design it
//! began with.
//!
//! # In one sentence
//!
//! Files become reports, reports become tracks, tracks become trips, of which a filter chooses,
//! chosen trips are compressed, compared and grouped, groups have routes, windows of trips teach
//! where ships will be, voyages from port to port where they are bound, and a safety officer asks who
//! met whom; a [`flow::Session`] says what is wanted and with which parameters, a [`flow::Desk`] keeps
//! each step's result under a [`flow::Key`] made of what it was made from, and the window ([`ui`]) and
//! the command line ([`cli`]) only differ in how they show it.
//!
//! ```text
//!  Session (plain data: sources, parameters)     edited by: forms, --set, undo, project file
//!     |  read by
//!     v
//!  Desk::update:   ingest --> clean --> trips --> filter -+-> (map, table, plots | JSON, exports)
//!                                                         +-> outliers --> windows
//!       windows --> predict-scores, predict-fit --> predict, path
//!  ingest --> associate, associate-study   (points whose ships are hidden)
//!       filter --> watched --> gates, density, encounters, areas
//!                  watched (, predict-fit) --> ahead
//!       ingest, filter (, routes, forecasts) --> oddities
//!       clean, ports --> destinations --> voyages --> nests --> destination-scores,
//!                  route-graph, destination-fit --> forecasts --> forecast
//!       (files of voyages --> eta-fit --> eta-scores)
//!       repair --> significance --> retention, compress --> pairs <--+
//!                  pairs --> distances --> distance-study
//!                            distances --> sweep, tree, optics, spectrum --> clusters
//!       repair --> deep-embed --> deep-groups --> clusters, deep-plane, dec-study
//!                                                clusters --> indices --> routes
//!                       (clusters --> windows, where predictions take the region)
//!                    each arrow: Key -> Tray -> (job on a thread) -> Arc<Output>
//! ```
//!
//! # Layers
//!
//! | layer | may import | holds |
//! | --- | --- | --- |
//! | [`base`] | – | numbers, places, time, jobs, parameters: nothing about ships |
//! | [`ais`] | base | the nouns: vessel, report, fleet, track, trip, port |
//! | [`io`] | base, ais | files in and out; polars stays here |
//! | [`synth`] | base, ais | made traffic with known truth |
//! | [`learn`] | base | networks and their training, on plain arrays; burn stays here |
//! | [`compress`] | base, ais | fewer points to a trip, and what that costs |
//! | [`prep`] | base, ais, compress | cleaning, tracks cut into trips, the filter, outliers of motion; ships at a moment |
//! | [`distance`] | base, ais | how far trips are apart |
//! | [`cluster`] | base, ais, distance, learn | trips into groups, their scores and routes |
//! | [`predict`] | base, ais, cluster, learn | where a ship will be: windows, methods, scores, ellipses |
//! | [`associate`] | base, ais, learn | points without identity into tracks |
//! | [`watch`] | base, ais, prep, cluster | encounters, gates, density, areas, oddities: what a safety officer asks |
//! | [`destination`] | base, ais, cluster, learn | typed destinations into ports, voyages, the time of arrival, networks that tell both |
//! | [`flow`] | all above | session, stages, desk, project file |
//! | [`ui`] | flow; result types of the methods; learn, ais, base | the window; egui, walkers, wgpu stay here |
//! | [`cli`] | flow, synth, the methods; learn, ais, base; ui for `snap`, `report` and the benchmarks of frames alone | the same without a window |
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
//! - **Wanted** ([`flow::desk::Wanted`]) names the stages that somebody looks at: panels that are
//!   open and layers of the map in the window, `--want` on the command line. What those need runs;
//!   nothing else does.
//! - **Cheap sliders come from cutting a stage in two**, where what costs ends and what the user moves
//!   begins. `significance` measures reports and `compress` compares with thresholds; `pairs`
//!   measures the components of distances and `distances` weighs them; `tree` holds the clusters of
//!   every eps and `clusters` cuts it. A group of parameters as the user meets it
//!   ([`flow::settings`]) therefore reaches several stages, each by its own part.
//! - **What a result chooses** (eps and `MinPts` by the sweep, k by the eigenvalues) is taken over in
//!   [`flow::Desk::update`] and written into the session by [`flow::Desk::follow_choice`], so that
//!   the user takes over where it left; undo does not see it ([`flow::Session::as_set`]).
//! - **What takes long waits to be asked** ([`flow::stage::Pace::OnRequest`]): fitting and scoring. Such
//!   a stage shows what it has so far ([`base::job::Job::show`]), as a result of its own kind, and the
//!   window draws that as it draws the whole. On the command line `--want` is the asking.
//! - **What is quick on a little and slow on much** has a pace by its input
//!   ([`flow::stage::Stage::pace_of`]): association follows every slider on a few thousand points, and
//!   waits to be asked on more.
//! - **Whose path is shown** is a parameter like others ([`flow::predicting::PathParams`]), so that a
//!   click is a result with a key, repeatable without a window; undo does not see it.
//! - **Parameters** ([`base::params::Params`]) are described once; sliders, range checks, `--set`, the
//!   project file and the manual all come from that description.
//!
//! # The window
//!
//! A frame is two calls: [`ui::app::App::step`] acts on commands, updates the desk and never blocks;
//! [`ui::app::App::show`] draws, edits the session in place and *asks* for everything else by a
//! [`ui::command::Command`]. Dialogs and files are errands on threads of their own.
//!
//! - Each panel is a function or method that is given a [`ui::deck::Deck`]: the session to edit, the
//!   desk to read, the one [`ui::selection::Selection`], the part of time that is looked at
//!   ([`ui::time_view::TimeView`]), and the commands to ask by. Where panels stand is
//!   [`ui::layout`]; what can be asked for, with its keys, is one list ([`ui::actions`]) that menus,
//!   shortcuts and the command palette read.
//! - The selection is remembered by ship and moment, so that it survives a moved slider.
//! - What the window knows clusters by, their colors, is carried from result to result
//!   ([`ui::cluster_view`]), and so is what is hidden. A pinned result has a map beside the first:
//!   the same vertices with another table of looks.
//! - Which predicted paths are drawn is the window's own ([`ui::predict_view`]); whose path it is, the
//!   selected ship's at her last report until the moment, is written into the session, where undo
//!   does not see it. Models read from a file are read again for other windows without a word.
//! - **Training** ([`ui::training`]) is a list of models behind one trait; a further one is a type and a
//!   line. Its runs are noticed in the trays, not begun: whatever makes a stage train, the run stands
//!   in the list with its settings and curves, to be compared, kept, taken up again and deleted. What
//!   is loaded is checked off the UI thread first, and by the stage again.
//! - Found tracks are drawn by the layer that draws trips, from the same reports put together anew; which
//!   point and which mistake are looked at is the window's own ([`ui::associate_view`]), by rows of
//!   the input, so that a selected track is the one that the point is in after every slider.
//! - Gates and areas are drawn on the map by tools and dragged by their points; they are texts in the
//!   session, so that undo, projects and `--set` hold them. What would cross itself or has no length is
//!   refused while it is drawn. Which gate, crossing, event and cell is looked at is the window's own
//!   ([`ui::water_view`]).
//! - What the workspace Watch is about is said by the panel that was brought to the front last
//!   ([`ui::subject`]): its marks are on the map and its other panels in front, and each subject keeps
//!   the layers that the user chose with it.
//! - Where the selected ship is bound is asked for her whole voyage at once, as each step of it looks at
//!   what was reported until then: scrubbing the moment along it is no new work. Which voyage that is,
//!   and which port is looked at, is the window's own ([`ui::destination_view`]).
//! - **The map** ([`ui::map`]) is layers from the ground up: base (coast, tiles), graticule, density
//!   and exact cells, tracks, routes, gates and areas, found tracks with their points, encounters and
//!   oddities, voyages and ports, marks, predicted path, ships, likely ports, furniture. Vertices of
//!   16 bytes a report go to the GPU once a result, on the job's thread; color, windows of time and
//!   speed are uniforms, filters and selection four bytes a trip. Density is summed up on the GPU from
//!   the same vertices, in cells that lie fixed in the world. What is under the pointer is found in an
//!   R-tree along a Hilbert curve. Each layer has a form without GPU.
//! - **A report** ([`flow::report`]) is gathered from a clone of the desk, which shares the results: any
//!   stage's figures and lists appear in it, those that it knows also with maps, charts and tables.
//!   Charts and drawings ([`base::chart`]) are laid out once and written as SVG or painted as pixels;
//!   maps come from [`ui::headless`], so that [`ui::report`] puts it together for the window and the
//!   command line alike. The same charts are what a plot's context menu saves.
//! - [`ui::headless`] draws the same without a window (`fairway snap`), on the GPU or, where no
//!   driver is, by a rasterizer of our own; [`ui::pace`] plays the whole window to measure its frames
//!   (`fairway bench frame`, `train-frame` and `hover`).
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
//! - **Places on the GPU are fixed-point**, 2^31 units around the world, in place of `f32` offsets
//!   from an origin: differences are exact, nothing trembles at zoom 20, and no origin has to move.
//! - **The timeline's window is not in the session**: looking is not analysing. It becomes a filter
//!   when the user says so; filters are a stage, and later stages work on what passes.
//! - **Panels are tiles** (`egui_tiles`) that can be dragged, not fixed regions; the look of the map
//!   *is* in the session, so that projects, undo and `fairway snap` know it.
//! - **Tab hides the panels only while the pointer is on the map** and nothing has the focus:
//!   elsewhere it must go from control to control. Ctrl+B always does.
//! - **Tables are painted by a grid of our own**: rows are virtual, and the vertical scroll bar stays
//!   in sight where a table is wider than its panel, which `egui_extras` cannot.
//! - **Distances are scaled by the median trip**, not to 0 to 1 over all pairs, unless asked: one far
//!   ship would else press all near distances together. The sweep's best pair is that with the best
//!   silhouette where noise counts as 0, of an eps that keeps opposite directions apart; the paper's
//!   SCCH, which leaves noise out, stands beside it.
//! - **Path prediction learns what dead reckoning is off by**, in lengths of the way that it reckons,
//!   in a frame at the *last* report: more in [`predict::ensemble`]. Neighbors are near in place and
//!   velocity, never of the ship itself, and folds never part a ship. The paper's region cluster is a
//!   vote of such neighbors ([`predict::intake`]): a track's own is known when its future is too.
//!   A model asked in waters that it did not learn in leaves what depends on the place to dead
//!   reckoning ([`predict::waters`]).
//! - **The recurrent predictor learns what the neighbors' vote is off by** ([`predict::network`]): its
//!   networks, each trained without a fifth of the ships, are asked as one mixture; the fifths that
//!   they did not see give the ellipses their size.
//! - **Networks are named matrices of our own** and a forward pass over them, not the library's
//!   modules: first weights come from our seeds, all gradients are shortened together, training goes
//!   on after a break to the bit, and a model's files are plain ([`learn`]). On the processor WAY
//!   and the rivals that attend go without the library, their gradients too, 2.6 to 5 times as
//!   fast. Deep clusters are refined among embeddings that were enlarged first; as the paper has it,
//!   rare routes are swallowed ([`cluster::deep`]).
//! - **Exports of any tray go by its [`flow::tray::Shelf`]**, in the window too; each layer written as
//!   GeoJSON gets its KML there ([`io::kml`]), whatever stage it is of.
//! - **walkers fetches tiles, we draw them**: its own layer ends at the date line, lies over what is
//!   drawn before it, and leaves a tile that failed once blank for good.

#![recursion_limit = "256"] // wgpu's types nest deeply.

pub mod ais;
pub mod associate;
pub mod base;
pub mod cli;
pub mod cluster;
pub mod compress;
pub mod destination;
pub mod distance;
pub mod flow;
pub mod io;
pub mod learn;
pub mod predict;
pub mod prep;
pub mod synth;
pub mod ui;
pub mod watch;
