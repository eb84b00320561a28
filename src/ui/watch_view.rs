//! Which encounter and which oddity are looked at, and which kinds are shown.

use crate::flow::look::WatchLayers;

/// What the panels and layers of watching share. Not part of the session: looking is not analysing.
#[derive(Clone, PartialEq, Debug)]
pub struct WatchView {
    /// The layers of the other side: in the workspace Watch those that the other workspaces show, and
    /// there those of Watch.
    pub layers: WatchLayers,
}

impl Default for WatchView {
    fn default() -> Self {
        WatchView { layers: WatchLayers::usual() }
    }
}
