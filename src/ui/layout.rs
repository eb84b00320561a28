//! Which panels there are, how workspaces arrange them, and what the user made of that.

use std::collections::BTreeMap;

use egui::{Rect, Ui};
use egui_tiles::{
    Container, Linear, LinearDir, SimplificationOptions, Tabs, Tile, TileId, Tiles, Tree,
    UiResponse,
};
use serde::{Deserialize, Serialize};

mod pane;

pub use pane::Pane;

/// An arrangement of panels for one kind of work. Data, selection and view stay when it changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub enum Workspace {
    /// Looking: nothing has to be set.
    #[default]
    Explore,
    /// Cleaning, and cutting tracks into trips.
    Prepare,
    /// Fewer reports to a trip.
    Compress,
    /// Trips into groups.
    Cluster,
    /// Where ships will be.
    Predict,
    /// Points without identity into tracks.
    Associate,
    /// Where ships are bound, and when they arrive.
    Destinations,
    /// Networks and what they learn.
    Train,
    /// What a safety officer asks of traffic.
    Watch,
}

impl Workspace {
    /// All of them, in the order of the work.
    pub const ALL: [Workspace; 9] = [
        Workspace::Explore,
        Workspace::Prepare,
        Workspace::Compress,
        Workspace::Cluster,
        Workspace::Predict,
        Workspace::Associate,
        Workspace::Destinations,
        Workspace::Watch,
        Workspace::Train,
    ];

    /// What its tab says.
    pub fn title(self) -> &'static str {
        match self {
            Workspace::Explore => "Explore",
            Workspace::Prepare => "Prepare",
            Workspace::Compress => "Compress",
            Workspace::Cluster => "Cluster",
            Workspace::Predict => "Predict",
            Workspace::Associate => "Associate",
            Workspace::Destinations => "Destinations",
            Workspace::Train => "Models",
            Workspace::Watch => "Watch",
        }
    }

    /// Whether its arrangement has a panel at first.
    pub fn has(self, pane: Pane) -> bool {
        let Arrangement { left, below, right } = self.arrangement();
        left.iter().chain(right).copied().chain([below]).any(|group| group.contains(&pane))
    }

    /// Its panels: on the left from top to bottom, below the map, and on the right. Those in one
    /// list share a place as tabs, the first in front.
    fn arrangement(self) -> Arrangement {
        match self {
            Workspace::Explore => Arrangement {
                left: &[&[Pane::Sources], &[Pane::Layers, Pane::Filters]],
                below: &[Pane::Trips, Pane::Vessels, Pane::Profile, Pane::Distributions],
                right: &[&[Pane::Inspector]],
            },
            Workspace::Prepare => Arrangement {
                left: &[&[Pane::Sources], &[Pane::Layers, Pane::Filters]],
                below: &[
                    Pane::Trips,
                    Pane::OutlierList,
                    Pane::Distributions,
                    Pane::Profile,
                    Pane::Vessels,
                ],
                right: &[&[Pane::Prepare, Pane::Outliers, Pane::Inspector]],
            },
            Workspace::Compress => Arrangement {
                left: &[&[Pane::Sources], &[Pane::Layers, Pane::Filters]],
                below: &[Pane::Retention, Pane::BeforeAfter, Pane::Thresholds, Pane::Trips],
                right: &[&[Pane::Compress, Pane::Inspector]],
            },
            Workspace::Cluster => Arrangement {
                left: &[&[Pane::Sources], &[Pane::Clusters, Pane::Layers, Pane::Filters]],
                below: &[
                    Pane::KDistance,
                    Pane::Reachability,
                    Pane::Scores,
                    Pane::Pairs,
                    Pane::Eigenvalues,
                    Pane::Embedding,
                    Pane::Training,
                    Pane::DecStudy,
                    Pane::Study,
                    Pane::Trips,
                ],
                right: &[&[Pane::Clustering, Pane::Inspector]],
            },
            Workspace::Predict => Arrangement {
                left: &[&[Pane::Sources], &[Pane::Layers, Pane::Filters]],
                below: &[
                    Pane::Path,
                    Pane::PredictScores,
                    Pane::PredictErrors,
                    Pane::Worst,
                    Pane::Trips,
                ],
                right: &[&[Pane::Predict, Pane::Inspector]],
            },
            Workspace::Associate => Arrangement {
                left: &[&[Pane::Sources], &[Pane::Layers, Pane::Filters]],
                below: &[Pane::Segments, Pane::Mistakes, Pane::AssociateMethods, Pane::Vessels],
                right: &[&[Pane::Associate, Pane::Inspector]],
            },
            Workspace::Destinations => Arrangement {
                left: &[&[Pane::Sources], &[Pane::Layers, Pane::Filters]],
                below: &[
                    Pane::Bound,
                    Pane::Voyages,
                    Pane::Texts,
                    Pane::Ports,
                    Pane::DestinationScores,
                    Pane::EtaScores,
                ],
                right: &[&[Pane::Destinations, Pane::Inspector]],
            },
            Workspace::Train => Arrangement {
                left: &[&[Pane::Runs], &[Pane::Sources, Pane::Layers, Pane::Filters]],
                below: &[Pane::Training, Pane::Embedding, Pane::DecStudy, Pane::Trips],
                right: &[&[Pane::Network, Pane::Inspector]],
            },
            Workspace::Watch => Arrangement {
                left: &[&[Pane::Sources], &[Pane::Layers, Pane::Filters]],
                below: &[
                    Pane::EncounterList,
                    Pane::EncounterPlots,
                    Pane::Ahead,
                    Pane::OddityList,
                    Pane::Lateral,
                    Pane::GateCounts,
                    Pane::Crossings,
                    Pane::AreaEvents,
                    Pane::Densest,
                ],
                right: &[&[
                    Pane::Encounters,
                    Pane::Oddities,
                    Pane::Gates,
                    Pane::Areas,
                    Pane::Density,
                    Pane::Inspector,
                ]],
            },
        }
    }
}

struct Arrangement {
    left: &'static [&'static [Pane]],
    below: &'static [Pane],
    right: &'static [&'static [Pane]],
}

/// Widths and heights that panels beside the map begin with, points of the screen.
const LEFT_PX: f32 = 270.0;
const RIGHT_PX: f32 = 300.0;
const BELOW_PX: f32 = 210.0;

/// The arrangements of all workspaces, as the user left them.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Layout {
    /// The one in use.
    pub workspace: Workspace,
    trees: BTreeMap<Workspace, Tree<Pane>>,
    /// Whether the map has the window for itself.
    pub is_map_alone: bool,
    /// The size for which the trees were laid out last.
    #[serde(skip)]
    size: Option<egui::Vec2>,
}

impl Default for Layout {
    fn default() -> Self {
        let trees = Workspace::ALL.map(|workspace| (workspace, default_tree(workspace)));
        Layout {
            workspace: Workspace::default(),
            trees: trees.into(),
            is_map_alone: false,
            size: None,
        }
    }
}

impl Layout {
    /// Draws the panels of the workspace, each by `pane_ui`.
    pub fn ui(&mut self, ui: &mut Ui, pane_ui: &mut dyn FnMut(&mut Ui, Pane)) {
        if self.is_map_alone {
            pane_ui(ui, Pane::Map);
            return;
        }
        let size = ui.available_size();
        let tree = self.trees.entry(self.workspace).or_insert_with(|| default_tree(self.workspace));
        // What came from an older program may lack the map or hold it twice.
        if panes(tree).filter(|pane| *pane == Pane::Map).count() != 1 {
            *tree = default_tree(self.workspace);
        }
        if self.size.replace(size) != Some(size) {
            keep_sizes(tree, size);
        }
        let map = tree.tiles.find_pane(&Pane::Map);
        tree.ui(&mut Arranger { pane_ui, map }, ui);
    }

    /// The arrangement of the workspace in use as it was at first.
    pub fn reset(&mut self) {
        self.trees.insert(self.workspace, default_tree(self.workspace));
        (self.is_map_alone, self.size) = (false, None);
    }

    /// Whether a panel can be seen, or is only behind a tab.
    pub fn has(&self, pane: Pane) -> bool {
        let Some(tree) = self.trees.get(&self.workspace) else { return false };
        tree.tiles.find_pane(&pane).is_some_and(|tile| tree.is_visible(tile))
    }

    /// Whether a panel can be seen, and no other lies over it.
    pub fn is_in_front(&self, pane: Pane) -> bool {
        let Some(tree) = self.trees.get(&self.workspace) else { return false };
        let tile = tree.tiles.find_pane(&pane);
        !self.is_map_alone && tile.is_some_and(|tile| tree.active_tiles().contains(&tile))
    }

    /// The panels that can be seen, and no other lies over them. None while the map is alone.
    pub fn fronts(&self) -> Vec<Pane> {
        let Some(tree) = self.trees.get(&self.workspace) else { return Vec::new() };
        if self.is_map_alone {
            return Vec::new();
        }
        let active = tree.active_tiles().into_iter();
        active.filter_map(|tile| tree.tiles.get_pane(&tile).copied()).collect()
    }

    /// The panel that is in front where this one stands among tabs.
    pub fn front_over(&self, pane: Pane) -> Option<Pane> {
        let tree = self.trees.get(&self.workspace)?;
        let place = tree.tiles.parent_of(tree.tiles.find_pane(&pane)?)?;
        let Some(Tile::Container(Container::Tabs(tabs))) = tree.tiles.get(place) else {
            return None;
        };
        tree.tiles.get_pane(&tabs.active?).copied()
    }

    /// Brings a panel to the front, or back if it was closed.
    pub fn show(&mut self, pane: Pane) {
        self.is_map_alone = false;
        let tree = self.trees.entry(self.workspace).or_insert_with(|| default_tree(self.workspace));
        let tile = match tree.tiles.find_pane(&pane) {
            Some(tile) => tile,
            None => add(tree, pane, self.workspace),
        };
        tree.set_visible(tile, true);
        tree.make_active(|id, _| id == tile);
    }

    /// Closes a panel, or brings it back. The map stays.
    pub fn toggle(&mut self, pane: Pane) {
        if !self.has(pane) {
            self.show(pane);
        } else if pane != Pane::Map
            && let Some(tree) = self.trees.get_mut(&self.workspace)
            && let Some(tile) = tree.tiles.find_pane(&pane)
        {
            tree.remove_recursively(tile);
        }
    }
}

fn panes(tree: &Tree<Pane>) -> impl Iterator<Item = Pane> {
    tree.tiles.tiles().filter_map(|tile| match tile {
        Tile::Pane(pane) => Some(*pane),
        Tile::Container(_) => None,
    })
}

/// Puts a panel that is nowhere beside those that it stands with at first, or below the map.
fn add(tree: &mut Tree<Pane>, pane: Pane, workspace: Workspace) -> TileId {
    let tile = tree.tiles.insert_pane(pane);
    let Arrangement { left, below, right } = workspace.arrangement();
    let groups = left.iter().chain(right).copied().chain([below]);
    let mates = groups.clone().find(|group| group.contains(&pane)).unwrap_or(below);
    let place = mates
        .iter()
        .chain(groups.flatten())
        .filter_map(|mate| tree.tiles.find_pane(mate))
        .filter_map(|mate| tree.tiles.parent_of(mate))
        .find(|parent| {
            matches!(tree.tiles.get(*parent), Some(Tile::Container(Container::Tabs(_))))
        });
    if let Some(place) = place.or(tree.root())
        && let Some(Tile::Container(container)) = tree.tiles.get_mut(place)
    {
        container.add_child(tile);
    }
    tile
}

fn default_tree(workspace: Workspace) -> Tree<Pane> {
    let Arrangement { left, below, right } = workspace.arrangement();
    let mut tiles = Tiles::default();
    let column = |groups: &[&[Pane]], tiles: &mut Tiles<Pane>| {
        let children: Vec<TileId> = groups.iter().map(|group| tabs(tiles, group)).collect();
        tiles.insert_container(Linear::new(LinearDir::Vertical, children))
    };
    let (left, right) = (column(left, &mut tiles), column(right, &mut tiles));
    let (map, below) = (tabs(&mut tiles, &[Pane::Map]), tabs(&mut tiles, below));
    let mut middle = Linear::new(LinearDir::Vertical, vec![map, below]);
    middle.shares.set_share(map, 800.0 - BELOW_PX);
    middle.shares.set_share(below, BELOW_PX);
    let middle = tiles.insert_container(middle);
    let mut all = Linear::new(LinearDir::Horizontal, vec![left, middle, right]);
    all.shares.set_share(left, LEFT_PX);
    all.shares.set_share(middle, 1280.0 - LEFT_PX - RIGHT_PX);
    all.shares.set_share(right, RIGHT_PX);
    let root = tiles.insert_container(all);
    Tree::new(egui::Id::unique(workspace.title()), root, tiles)
}

fn tabs(tiles: &mut Tiles<Pane>, panes: &[Pane]) -> TileId {
    let children: Vec<TileId> = panes.iter().map(|pane| tiles.insert_pane(*pane)).collect();
    let mut tabs = Tabs::new(children.clone());
    if let Some(first) = children.first() {
        tabs.set_active(*first);
    }
    tiles.insert_container(tabs)
}

/// Lets the map alone grow and shrink with the window: the panels beside it keep their sizes, but
/// for what would leave the map with less than half of the room.
fn keep_sizes(tree: &mut Tree<Pane>, size: egui::Vec2) {
    let Some(map) = tree.tiles.find_pane(&Pane::Map) else { return };
    let mut rooms: Vec<(TileId, TileId)> = Vec::new(); // Containers around the map, and their part.
    let mut part = map;
    while let Some(parent) = tree.tiles.parent_of(part) {
        rooms.push((parent, part));
        part = parent;
    }
    let mut room = size;
    for (container, part) in rooms.into_iter().rev() {
        let Some(Tile::Container(Container::Linear(linear))) = tree.tiles.get(container) else {
            continue;
        };
        let is_wide = linear.dir == LinearDir::Horizontal;
        let along = |rect: Rect| if is_wide { rect.width() } else { rect.height() };
        let total = if is_wide { room.x } else { room.y };
        let others: Vec<(TileId, f32)> = linear
            .children
            .iter()
            .filter(|child| **child != part && tree.tiles.is_visible(**child))
            .map(|child| {
                // Before the first frame, shares are in points.
                let share = linear
                    .shares
                    .iter()
                    .find(|(id, _)| *id == child)
                    .map_or(1.0, |(_, share)| *share);
                (*child, tree.tiles.rect(*child).map_or(share, along).max(40.0))
            })
            .collect();
        let wanted: f32 = others.iter().map(|(_, px)| px).sum();
        let scale = (0.5 * total / wanted.max(1.0)).min(1.0);
        let rest = total - wanted * scale;
        if is_wide {
            room.x = rest;
        } else {
            room.y = rest;
        }
        if let Some(Tile::Container(Container::Linear(linear))) = tree.tiles.get_mut(container) {
            for (child, px) in others {
                linear.shares.set_share(child, px * scale);
            }
            linear.shares.set_share(part, rest);
        }
    }
}

struct Arranger<'a> {
    pane_ui: &'a mut dyn FnMut(&mut Ui, Pane),
    map: Option<TileId>,
}

impl egui_tiles::Behavior<Pane> for Arranger<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: TileId, pane: &mut Pane) -> UiResponse {
        if *pane == Pane::Map {
            (self.pane_ui)(ui, *pane);
        } else {
            ui.painter().rect_filled(ui.max_rect(), 0.0, ui.visuals().panel_fill);
            let inner = ui.max_rect().shrink2(egui::vec2(8.0, 4.0));
            ui.scope_builder(egui::UiBuilder::new().max_rect(inner), |ui| {
                ui.set_clip_rect(ui.clip_rect().intersect(inner.expand(2.0)));
                ui.push_id(*pane as usize, |ui| (self.pane_ui)(ui, *pane));
            });
        }
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> egui::WidgetText {
        pane.title().into()
    }

    fn is_tab_closable(&self, tiles: &Tiles<Pane>, tile: TileId) -> bool {
        tiles.get_pane(&tile).is_some_and(|pane| *pane != Pane::Map)
    }

    fn is_tab_bar_visible(&self, _: TileId, tabs: &Tabs) -> bool {
        // Alone, the map needs no tab: it is known by its looks, and every line of it counts.
        tabs.children.len() != 1 || tabs.children.first() != self.map.as_ref()
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { all_panes_must_have_tabs: true, ..SimplificationOptions::default() }
    }

    fn gap_width(&self, _: &egui::Style) -> f32 {
        2.0
    }

    fn min_size(&self) -> f32 {
        60.0
    }
}

#[cfg(test)]
mod tests;
