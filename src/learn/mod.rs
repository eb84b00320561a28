//! Networks and their training, on plain arrays: nothing about ships.
//!
//! | network | takes | gives | for |
//! | --- | --- | --- | --- |
//! | [`Autoencoder`] | rows, parts of which may be padding ([`Samples`]) | a few numbers a row, and the row again | deep clustering |
//! | [`refine`] | an autoencoder and first centers | centers, and how much each row belongs to each | deep clustering |
//! | [`Mlp`] | rows ([`Table`]) | numbers or mixtures ([`Head`]) | path prediction |
//! | [`Recurrent`]: GRU, LSTM | sequences of any length ([`Sequences`]) | the same | path prediction, association |
//! | [`WayNet`]: WAY and its rivals | voyages of steps of messages ([`Voyages`]) | ports and arrivals at every step | destinations |
//!
//! Each is made of a *shape* (plain data, saved as the model's configuration), is trained by `fit`
//! on a [`Run`] and comes back with an [`Outcome`]; all share one loop. What it has learned is
//! [`Weights`]: named matrices of plain numbers. No type of the library underneath (burn) leaves this
//! folder.
//!
//! # Training
//!
//! A [`Run`] names the parameters ([`TrainParams`]), the device ([`Place`]), the job that may cancel
//! it, and a [`Watch`] by which others read its curves, pause it or end it with what it has. The loop
//! shuffles by its own seed, lowers the rate by a schedule, shortens all gradients together, and ends
//! early where held-out samples gain nothing. It keeps its state between epochs ([`Checkpoint`]), in
//! memory and, where asked to, in a folder; going on from there gives, on the CPU, to the bit what
//! an uninterrupted training gives. A loss that is no number or a device that breaks down ends the
//! training with the last good weights. Losses are read from the device now and then, since reading
//! waits for it.
//!
//! First weights and orders are drawn by [`Rng`](crate::base::rng::Rng), not by the library, whose seed
//! is one for all threads.
//!
//! # Devices
//!
//! The CPU is the reference. A GPU is taken where it is a real one and a small network's loss and
//! gradients come out there as on the CPU ([`Place::choose`]).
//!
//! On the CPU two kinds go without the library. WAY learns and answers by sums and gradients of our
//! own (`way::plain` over `arithmetic`), which are the library's, as tests hold them to, at a multiple
//! of its speed: of small networks it spends more on beginning operations, on copies and on functions
//! of single numbers than on products. Perceptrons and recurrent networks answer one sample at a time
//! likewise (`plain`).
//!
//! # A further network
//!
//! It needs a shape with its slots (names, sizes and first values of its matrices), a forward pass
//! over `weights::Placed`, and a `fit::Task` that gives the loss of a batch, and its gradients where
//! it knows them better (`fit::Task::slopes`). Everything else is here. Never mask with infinities, and slice only what carries no gradient where sequences are long.

mod arithmetic;
mod autoencoder;
mod checkpoint;
mod cluster_head;
mod dense;
mod device;
mod fit;
mod head;
mod mlp;
mod optimize;
mod params;
mod plain;
mod recurrent;
mod save;
mod scaling;
mod table;
mod watch;
mod way;
mod weights;

pub use autoencoder::{Autoencoder, AutoencoderShape, Samples};
pub use checkpoint::Checkpoint;
pub use cluster_head::{RefineParams, Refined, check_refined, refine, sharpened, soft_assignment};
pub use device::{DeviceChoice, Place};
pub use fit::{Ended, Outcome, Run};
pub use head::{Component, Head, Mixture};
pub use mlp::{Mlp, MlpShape};
pub use params::{Rule, Schedule, TrainParams};
pub use recurrent::{Cell, Recurrent, RecurrentShape, Sequences};
pub use save::{Card, Model, SaveError, read_card, remove_model};
pub use scaling::{FieldScale, Scaling};
pub use table::{Split, Table};
pub use watch::{Curves, Epoch, Now, Watch};
pub use way::{
    Aggregation, Network, QUANTILES, ReadyWay, Size, Told, VoyageBatch, Voyages, WayNet, WayShape,
    WayTraining, keep_rates, spatial_encoding, time_encoding, way_parameters,
};
pub use weights::{Part, Weights};
