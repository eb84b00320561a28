//! Which panels there are, how workspaces arrange them, and what the user made of that.

use std::collections::BTreeMap;

use egui::{Rect, Ui};
use egui_tiles::{
    Container, Linear, LinearDir, SimplificationOptions, Tabs, Tile, TileId, Tiles, Tree,
    UiResponse,
};
use serde::{Deserialize, Serialize};

/// A panel that can be moved, resized and put behind a tab.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Pane {
    /// The map; always there.
    Map,
    /// Files, and what was refused of them.
    Sources,
    /// What the map draws.
    Layers,
    /// Which trips are looked at.
    Filters,
    /// Cleaning and trips.
    Prepare,
    /// The selected vessel and trip.
    Inspector,
    /// All trips.
    Trips,
    /// All vessels.
    Vessels,
    /// Speed and course of the selected.
    Profile,
    /// How lengths and durations are distributed.
    Distributions,
    /// Compression, and what it costs.
    Compress,
    /// What is kept at every tolerance.
    Retention,
    /// One trip before and after compression.
    BeforeAfter,
    /// The paper's tolerances.
    Thresholds,
    /// Distances, clusters and routes: their parameters.
    Clustering,
    /// The clusters that were found.
    Clusters,
    /// How far each trip lies from its nearest.
    KDistance,
    /// Trips in an order in which clusters are valleys.
    Reachability,
    /// What each pair of eps and `MinPts` scores, as maps.
    Scores,
    /// The same as a table.
    Pairs,
    /// What each number of clusters is worth.
    Eigenvalues,
    /// How distances change with compression, noise and direction.
    Study,
    /// What was said.
    Log,
}

impl Pane {
    /// All of them, in the order of the menu.
    pub const ALL: [Pane; 23] = [
        Pane::Map,
        Pane::Sources,
        Pane::Layers,
        Pane::Filters,
        Pane::Prepare,
        Pane::Inspector,
        Pane::Trips,
        Pane::Vessels,
        Pane::Profile,
        Pane::Distributions,
        Pane::Compress,
        Pane::Retention,
        Pane::BeforeAfter,
        Pane::Thresholds,
        Pane::Clustering,
        Pane::Clusters,
        Pane::KDistance,
        Pane::Reachability,
        Pane::Scores,
        Pane::Pairs,
        Pane::Eigenvalues,
        Pane::Study,
        Pane::Log,
    ];

    /// What its tab says.
    pub fn title(self) -> &'static str {
        match self {
            Pane::Map => "Map",
            Pane::Sources => "Sources",
            Pane::Layers => "Layers",
            Pane::Filters => "Filters",
            Pane::Prepare => "Clean and cut",
            Pane::Inspector => "Inspector",
            Pane::Trips => "Trips",
            Pane::Vessels => "Vessels",
            Pane::Profile => "Profile",
            Pane::Distributions => "Distributions",
            Pane::Compress => "Compression",
            Pane::Retention => "Retention",
            Pane::BeforeAfter => "Before and after",
            Pane::Thresholds => "Thresholds",
            Pane::Clustering => "Clustering",
            Pane::Clusters => "Clusters",
            Pane::KDistance => "k-distance",
            Pane::Reachability => "Reachability",
            Pane::Scores => "Scores",
            Pane::Pairs => "Pairs tried",
            Pane::Eigenvalues => "Eigenvalues",
            Pane::Study => "Study of distances",
            Pane::Log => "Log",
        }
    }
}

impl Pane {
    /// The steps of the analysis whose results it shows, beyond trips: worked on while it is open.
    pub fn stages(self) -> &'static [&'static str] {
        match self {
            Pane::Compress | Pane::BeforeAfter => &["compress"],
            Pane::Retention => &["retention", "compress"],
            Pane::Thresholds => &["retention"],
            Pane::Clustering => &["tree", "indices", "sweep", "routes"],
            Pane::Clusters => &["clusters", "routes"],
            Pane::KDistance => &["tree"],
            Pane::Reachability => &["optics", "clusters"],
            Pane::Scores | Pane::Pairs => &["sweep"],
            Pane::Eigenvalues => &["spectrum"],
            Pane::Study => &["distance-study"],
            _ => &[],
        }
    }

    /// Whether its steps take so long that they are worked on only while it is in front.
    pub fn is_costly(self) -> bool {
        matches!(self, Pane::Eigenvalues | Pane::Study)
    }
}

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
}

impl Workspace {
    /// All of them, in the order of the work.
    pub const ALL: [Workspace; 4] =
        [Workspace::Explore, Workspace::Prepare, Workspace::Compress, Workspace::Cluster];

    /// What its tab says.
    pub fn title(self) -> &'static str {
        match self {
            Workspace::Explore => "Explore",
            Workspace::Prepare => "Prepare",
            Workspace::Compress => "Compress",
            Workspace::Cluster => "Cluster",
        }
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
                below: &[Pane::Trips, Pane::Distributions, Pane::Profile, Pane::Vessels],
                right: &[&[Pane::Prepare, Pane::Inspector]],
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
                    Pane::Study,
                    Pane::Trips,
                ],
                right: &[&[Pane::Clustering, Pane::Inspector]],
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
mod tests {
    use super::*;

    /// Draws a window of this size and says where each panel lies.
    fn drawn(layout: &mut Layout, size: [f32; 2]) -> BTreeMap<Pane, Rect> {
        let context = egui::Context::default();
        let mut rects = BTreeMap::new();
        for _ in 0..3 {
            rects.clear();
            let screen = Rect::from_min_size(egui::Pos2::ZERO, size.into());
            let input = egui::RawInput { screen_rect: Some(screen), ..Default::default() };
            let _ = context.run_ui(input, |ui| {
                layout.ui(ui, &mut |ui, pane| {
                    rects.insert(pane, ui.max_rect());
                });
            });
        }
        rects
    }

    #[test]
    fn the_map_is_the_largest_at_every_size() {
        for workspace in Workspace::ALL {
            let mut layout = Layout { workspace, ..Layout::default() };
            for size in [[1920.0, 1000.0], [1280.0, 700.0], [1024.0, 600.0], [800.0, 400.0]] {
                let rects = drawn(&mut layout, size);
                let map = rects[&Pane::Map].area();
                assert!(rects.values().all(|rect| rect.area() <= map), "{size:?} {rects:?}");
                let below = workspace.arrangement().below[0];
                assert!(rects.contains_key(&Pane::Sources) && rects.contains_key(&below));
            }
        }
    }

    #[test]
    fn panels_keep_their_width_when_the_window_grows() {
        let mut layout = Layout::default();
        let narrow = drawn(&mut layout, [1280.0, 700.0]);
        let wide = drawn(&mut layout, [1920.0, 1000.0]);
        assert!((narrow[&Pane::Sources].width() - wide[&Pane::Sources].width()).abs() < 3.0);
        assert!(wide[&Pane::Map].width() - narrow[&Pane::Map].width() > 600.0);
    }

    #[test]
    fn a_closed_panel_comes_back_and_the_map_stays() {
        let mut layout = Layout::default();
        layout.toggle(Pane::Inspector);
        assert!(!layout.has(Pane::Inspector));
        layout.toggle(Pane::Map);
        assert!(layout.has(Pane::Map));
        let rects = drawn(&mut layout, [1280.0, 700.0]);
        assert!(!rects.contains_key(&Pane::Inspector) && rects.contains_key(&Pane::Map));
        layout.show(Pane::Inspector);
        assert!(drawn(&mut layout, [1280.0, 700.0]).contains_key(&Pane::Inspector));
        layout.show(Pane::Log); // In no arrangement at first.
        assert!(drawn(&mut layout, [1280.0, 700.0]).contains_key(&Pane::Log));
        layout.reset();
        assert!(!layout.has(Pane::Log));
    }

    #[test]
    fn an_arrangement_is_remembered() {
        let mut layout = Layout::default();
        layout.toggle(Pane::Trips);
        layout.workspace = Workspace::Prepare;
        let text = serde_json::to_string(&layout).unwrap();
        let mut back: Layout = serde_json::from_str(&text).unwrap();
        assert_eq!(back.workspace, Workspace::Prepare);
        back.workspace = Workspace::Explore;
        assert!(!back.has(Pane::Trips) && back.has(Pane::Sources));
    }

    #[test]
    fn the_map_can_have_the_window_for_itself() {
        let mut layout = Layout { is_map_alone: true, ..Layout::default() };
        assert_eq!(drawn(&mut layout, [800.0, 600.0]).len(), 1);
    }
}
