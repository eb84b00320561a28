//! The grid that routes are searched on: a node a quarter of a degree, at the most open spot of its
//! square, with moves to its neighbors wherever no land lies between.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::mask::{CELLS_A_DEGREE, Cell, Mask, N_COLUMNS, N_ROWS, cell_at, middle};
use super::passages::{PASSAGES, Passage};
use super::shore::{SHORE_UNIT_M, least_units, ways_to_shore_m};
use crate::base::geo::{EARTH_RADIUS_M, Position, distance_m, wrap_lon_deg};

/// Cells of the mask along a node's square.
pub(super) const SIDE: usize = 5;
/// Nodes around the world, and from pole to pole.
pub(super) const WIDTH: usize = N_COLUMNS / SIDE;
pub(super) const HEIGHT: usize = N_ROWS / SIDE;
/// Nodes in all.
pub(super) const N_NODES: usize = WIDTH * HEIGHT;

/// The sixteen moves to neighbors, columns east and rows north; each opposite another of its half.
const MOVES: [(i32, i32); 16] = [
    (1, 0),
    (1, 1),
    (0, 1),
    (-1, 1),
    (-1, 0),
    (-1, -1),
    (0, -1),
    (1, -1),
    (2, 1),
    (1, 2),
    (-1, 2),
    (-2, 1),
    (-2, -1),
    (-1, -2),
    (1, -2),
    (2, -1),
];

/// The node has no water from which one comes to the oceans.
const NO_SPOT: u8 = u8::MAX;
/// The cell in the middle of a node's square.
const CENTER: u8 = (SIDE * SIDE / 2) as u8;
/// The shortest step when a leg is looked along, meters.
const STEP_M: f64 = 1500.0;
/// On pieces so long, longitude and latitude may change evenly: in 60° of latitude that is 100 m
/// off the great circle.
const PIECE_M: f64 = 50_000.0;
/// What a meter costs in a square with land, in one beside such, and off the coast.
const WEIGHTS: [f64; 3] = [1.25, 1.06, 1.0];
/// Every ocean hangs together with this place.
const OCEAN: Position = Position::new(-30.1, 0.1);

/// A node by its place: row times [`WIDTH`] plus column; from [`N_NODES`] on, posts.
pub(super) type Node = u32;

/// A place on the middle of a passage.
#[derive(Clone, Copy, Debug)]
pub(super) struct Post {
    /// Where.
    pub place: Position,
    /// The passage, by its place in [`PASSAGES`]; of two that meet here, the first.
    pub passage: usize,
}

/// A way from post to post, or between a post and a node from which one sees it.
#[derive(Clone, Copy, Debug)]
struct Link {
    to: Node,
    cost_m: f32,
    /// The bit of the passage, or 0 where everybody may go.
    bit: u64,
}

/// Water as a graph.
pub(super) struct Grid {
    /// The cells below.
    pub mask: Mask,
    /// Which cell of its square a node stands at.
    spots: Vec<u8>,
    /// Which of the [`MOVES`] are open, a bit each.
    moves: Vec<u16>,
    /// At most the way to the nearest land from anywhere in the square, in [`SHORE_UNIT_M`].
    shore: Vec<u8>,
    /// The place in [`WEIGHTS`] of a node's square.
    weights: Vec<u8>,
    /// Places on passages; the first is node [`N_NODES`].
    posts: Vec<Post>,
    /// Ways to and from posts.
    links: FxHashMap<Node, Vec<Link>>,
    /// Posts by their cells.
    posts_at: FxHashMap<Cell, Node>,
    /// Cosines of the latitudes at half rows of nodes.
    cosines: Vec<f64>,
    /// Meters of each row's moves between nodes that stand in the middle of their squares.
    flat_m: Vec<f64>,
}

impl Grid {
    /// The grid over `mask`.
    pub fn new(mask: Mask) -> Grid {
        let (spots, has_land): (Vec<u8>, Vec<bool>) =
            (0..N_NODES).into_par_iter().map(|node| spot(&mask, node)).unzip();
        let shore_m = ways_to_shore_m(&has_land);
        let weights = shore_m
            .iter()
            .zip(&has_land)
            .map(|(way_m, has_land)| if *has_land { 0 } else { 1 + u8::from(*way_m > 40_000.0) });
        let weights: Vec<u8> = weights.collect();
        let half_row_deg = 0.5 * SIDE as f64 / CELLS_A_DEGREE as f64;
        let cosine = |half: usize| {
            let lat_deg = (half as f64 + 1.0) * half_row_deg - 90.0;
            lat_deg.to_radians().cos().max(0.0)
        };
        let cosines: Vec<f64> = (0..=2 * HEIGHT).map(cosine).collect();
        let side_m = (2.0 * half_row_deg).to_radians() * EARTH_RADIUS_M;
        let flat_m = (0..HEIGHT).flat_map(|row| {
            let cosines = &cosines;
            MOVES.iter().map(move |(east, north)| {
                let half = (2 * row as i32 + north).clamp(0, 2 * HEIGHT as i32) as usize;
                (f64::from(*east) * cosines[half]).hypot(f64::from(*north)) * side_m
            })
        });
        let flat_m = flat_m.collect();
        let mut grid = Grid {
            mask,
            spots,
            moves: Vec::new(),
            shore: shore_m.iter().map(|m| least_units(f64::from(*m))).collect(),
            weights,
            posts: Vec::new(),
            links: FxHashMap::default(),
            posts_at: FxHashMap::default(),
            cosines,
            flat_m,
        };
        grid.moves = (0..N_NODES).into_par_iter().map(|node| grid.open_moves(node)).collect();
        for (index, passage) in PASSAGES.iter().enumerate() {
            grid.add_passage(index, passage);
        }
        grid.drop_lakes();
        grid
    }

    /// How many nodes and posts there are.
    pub fn len(&self) -> usize {
        N_NODES + self.posts.len()
    }

    /// Bytes of memory, what is small left out.
    pub fn bytes(&self) -> usize {
        self.mask.bytes() + N_NODES * (1 + 2 + 1 + 1)
    }

    /// The node or post that stands in a cell, if one comes from there to the oceans.
    pub fn at_cell(&self, cell: Cell) -> Option<Node> {
        let node = Grid::node_of(cell);
        let is_its = self.spots[node as usize] != NO_SPOT && self.cell(node) == cell;
        if is_its { Some(node) } else { self.posts_at.get(&cell).copied() }
    }

    /// Whether one comes from the node to the oceans.
    pub fn is_open(&self, node: Node) -> bool {
        self.spots[node as usize] != NO_SPOT
    }

    /// The post that a node is, if it is one.
    pub fn post(&self, node: Node) -> Option<&Post> {
        self.posts.get((node as usize).checked_sub(N_NODES)?)
    }

    /// Where a node stands.
    pub fn place(&self, node: Node) -> Position {
        self.post(node).map_or_else(|| middle(self.cell(node)), |post| post.place)
    }

    /// The cell at which a node of the grid stands.
    fn cell(&self, node: Node) -> Cell {
        spot_cell(node as usize, usize::from(self.spots[node as usize]))
    }

    /// The node in whose square a cell lies.
    pub fn node_of(cell: Cell) -> Node {
        let (row, column) = (cell / N_COLUMNS, cell % N_COLUMNS);
        (row / SIDE * WIDTH + column / SIDE) as Node
    }

    /// Each way from a node for a ship to which the passages `closed` are closed: where it leads,
    /// and what it costs, meters.
    pub fn each_way(&self, node: Node, closed: u64, mut take: impl FnMut(Node, f32)) {
        for link in self.links.get(&node).into_iter().flatten() {
            if link.bit & closed == 0 {
                take(link.to, link.cost_m);
            }
        }
        if node as usize >= N_NODES {
            return;
        }
        let mut bits = self.moves[node as usize];
        let (row, column) = (node as usize / WIDTH, node as usize % WIDTH);
        let is_centered = self.spots[node as usize] == CENTER;
        let own_weight = self.weight(node);
        while bits != 0 {
            let number = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            let (east, north) = MOVES[number];
            let mut to_column = column as i32 + east;
            if to_column < 0 {
                to_column += WIDTH as i32;
            } else if to_column >= WIDTH as i32 {
                to_column -= WIDTH as i32;
            }
            let next = ((row as i32 + north) * WIDTH as i32 + to_column) as Node;
            let flat_m = if is_centered && self.spots[next as usize] == CENTER {
                self.flat_m[row * MOVES.len() + number]
            } else {
                self.move_m(node, next)
            };
            take(next, (flat_m * 0.5 * (own_weight + self.weight(next))) as f32);
        }
    }

    /// From node to node, measured flat, meters.
    fn move_m(&self, node: Node, next: Node) -> f64 {
        let (at, to) = (self.corner_deg(node), self.corner_deg(next));
        let mut east = (to.0 - at.0).abs();
        if east > 180.0 {
            east = 360.0 - east;
        }
        let cosine = self.cosines[node as usize / WIDTH + next as usize / WIDTH];
        (east * cosine).hypot(to.1 - at.1).to_radians() * EARTH_RADIUS_M
    }

    fn weight(&self, node: Node) -> f64 {
        WEIGHTS[usize::from(self.weights[node as usize])]
    }

    /// Degrees east of 180° W and north of the pole, of a node's cell's corner.
    fn corner_deg(&self, node: Node) -> (f64, f64) {
        let cell = self.cell(node);
        let deg = |index: usize| index as f64 / CELLS_A_DEGREE as f64;
        (deg(cell % N_COLUMNS), deg(cell / N_COLUMNS))
    }

    /// At least how far land is from a place, meters.
    pub fn shore_m(&self, place: Position) -> f64 {
        f64::from(self.shore[Grid::node_of(cell_at(place)) as usize]) * SHORE_UNIT_M
    }

    /// What the great circle from `a` to `b` costs, meters weighed by their nearness to land; none
    /// where it touches land.
    ///
    /// Looks at a place every mile near land, and as far on as there can be none.
    pub fn leg_cost_m(&self, a: Position, b: Position) -> Option<f64> {
        let circle = Circle::new(a, b);
        let (mut at_m, mut place, mut cost_m) = (0.0, a, 0.0);
        if !self.mask.is_free(cell_at(a)) {
            return None;
        }
        while at_m < circle.length_m {
            let free_m = self.shore_m(place).max(PIECE_M);
            let step_m = free_m.min(circle.length_m - at_m);
            let next = circle.at(at_m + step_m);
            cost_m +=
                if free_m > PIECE_M { step_m } else { self.piece_cost_m(place, next, step_m)? };
            at_m += free_m;
            place = next;
        }
        self.mask.is_free(cell_at(place)).then_some(cost_m)
    }

    /// The same of a short piece, on which longitude and latitude change evenly.
    fn piece_cost_m(&self, from: Position, to: Position, length_m: f64) -> Option<f64> {
        let mut east = to.lon_deg - from.lon_deg;
        if east.abs() > 180.0 {
            east -= 360.0 * east.signum();
        }
        let north = to.lat_deg - from.lat_deg;
        let (mut at_m, mut cost_m) = (0.0, 0.0);
        while at_m < length_m {
            let share = at_m / length_m;
            let place = Position::new(from.lon_deg + share * east, from.lat_deg + share * north);
            let cell = cell_at(place);
            if !self.mask.is_free(cell) {
                return None;
            }
            let node = Grid::node_of(cell);
            let free_m = f64::from(self.shore[node as usize]) * SHORE_UNIT_M;
            let step_m = free_m.max(STEP_M).min(length_m - at_m);
            cost_m += step_m * self.weight(node);
            at_m += step_m + 1e-6;
        }
        Some(cost_m)
    }

    /// Which moves are open from a node.
    fn open_moves(&self, node: usize) -> u16 {
        if self.spots[node] == NO_SPOT {
            return 0;
        }
        let from = spot_cell(node, usize::from(self.spots[node]));
        let mut open = 0;
        for (number, way) in MOVES.into_iter().enumerate() {
            let Some(next) = neighbor(node, way) else { continue };
            if self.spots[next] == NO_SPOT {
                continue;
            }
            let is_wide = f64::from(self.shore[node]) * SHORE_UNIT_M > 64_000.0;
            let to = spot_cell(next, usize::from(self.spots[next]));
            if is_wide || is_line_free(&self.mask, from, to) {
                open |= 1 << number;
            }
        }
        open
    }

    /// Adds a passage's posts, linked to one another and to nodes from which one sees them.
    fn add_passage(&mut self, index: usize, passage: &Passage) {
        let mut last: Option<Node> = None;
        for place in passage.places() {
            let known = self.posts.iter().position(|post| post.place == place);
            let post = (N_NODES + known.unwrap_or(self.posts.len())) as Node;
            if known.is_none() {
                self.posts.push(Post { place, passage: index });
                self.posts_at.insert(cell_at(place), post);
                for (node, cost_m) in self.seen_from(place) {
                    self.link(node, post, cost_m, 0);
                }
            }
            if let Some(last) = last {
                let cost_m = distance_m(self.place(last), place) * passage.cost;
                self.link(last, post, cost_m, 1 << index);
            }
            last = Some(post);
        }
    }

    fn link(&mut self, a: Node, b: Node, cost_m: f64, bit: u64) {
        for (from, to) in [(a, b), (b, a)] {
            self.links.entry(from).or_default().push(Link { to, cost_m: cost_m as f32, bit });
        }
    }

    /// The nearest nodes that one sees from `place`, and what it costs to go there.
    fn seen_from(&self, place: Position) -> Vec<(Node, f64)> {
        let home = Grid::node_of(cell_at(place)) as usize;
        let near = (-3..=3).flat_map(|north| (-3..=3).map(move |east| (east, north)));
        let mut seen: Vec<(Node, f64)> = near
            .filter_map(|way| neighbor(home, way))
            .filter(|node| self.spots[*node] != NO_SPOT)
            .filter_map(|node| {
                let node = node as Node;
                Some((node, self.leg_cost_m(self.place(node), place)?))
            })
            .collect();
        seen.sort_by(|a, b| a.1.total_cmp(&b.1));
        seen.truncate(8);
        seen
    }

    /// Forgets nodes from which one does not come to the oceans.
    fn drop_lakes(&mut self) {
        let mut is_reached = vec![false; self.len()];
        let mut open = vec![Grid::node_of(cell_at(OCEAN))];
        is_reached[open[0] as usize] = true;
        while let Some(node) = open.pop() {
            self.each_way(node, 0, |next, _| {
                if !std::mem::replace(&mut is_reached[next as usize], true) {
                    open.push(next);
                }
            });
        }
        for (node, _) in is_reached.iter().enumerate().filter(|(_, is_reached)| !**is_reached) {
            let post = (node as Node).checked_sub(N_NODES as Node);
            let name = post.map(|post| PASSAGES[self.posts[post as usize].passage].name);
            assert!(name.is_none(), "one comes to every passage, but not to {name:?}");
            self.spots[node] = NO_SPOT;
            self.moves[node] = 0;
        }
    }
}

/// The node so many columns east and rows north.
fn neighbor(node: usize, (east, north): (i32, i32)) -> Option<usize> {
    let row = (node / WIDTH) as i32 + north;
    let column = ((node % WIDTH) as i32 + east).rem_euclid(WIDTH as i32);
    (0..HEIGHT as i32).contains(&row).then(|| row as usize * WIDTH + column as usize)
}

/// The cell of a node's square that has this number.
fn spot_cell(node: usize, spot: usize) -> Cell {
    (node / WIDTH * SIDE + spot / SIDE) * N_COLUMNS + node % WIDTH * SIDE + spot % SIDE
}

/// The most open free cell of a node's square, and whether land touches the square.
fn spot(mask: &Mask, node: usize) -> (u8, bool) {
    let is_free = |spot: &usize| mask.is_free(spot_cell(node, *spot));
    let free: Vec<usize> = (0..SIDE * SIDE).filter(is_free).collect();
    let has_land = free.len() < SIDE * SIDE;
    if !has_land {
        return (CENTER, false);
    }
    let best = free.into_iter().max_by_key(|spot| {
        let cell = spot_cell(node, *spot);
        let (row, column) = ((cell / N_COLUMNS) as i64, (cell % N_COLUMNS) as i64);
        let is_free_at = |east: i64, north: i64| {
            let column = (column + east).rem_euclid(N_COLUMNS as i64) as usize;
            let row = (row + north).clamp(0, N_ROWS as i64 - 1) as usize;
            mask.is_free(row * N_COLUMNS + column)
        };
        let around = (-2..=2).flat_map(|north| (-2..=2).map(move |east| (east, north)));
        let n_free = around.filter(|(east, north)| is_free_at(*east, *north)).count();
        let off_center = (spot / SIDE).abs_diff(SIDE / 2) + (spot % SIDE).abs_diff(SIDE / 2);
        (4 * n_free, usize::MAX - off_center)
    });
    (best.map_or(NO_SPOT, |spot| spot as u8), true)
}

/// Whether the straight line from the middle of one cell to that of another keeps to free cells.
fn is_line_free(mask: &Mask, from: Cell, to: Cell) -> bool {
    let (x0, y0) = ((from % N_COLUMNS) as f64, (from / N_COLUMNS) as f64);
    let (mut dx, dy) = ((to % N_COLUMNS) as f64 - x0, (to / N_COLUMNS) as f64 - y0);
    if dx.abs() > N_COLUMNS as f64 / 2.0 {
        dx -= dx.signum() * N_COLUMNS as f64;
    }
    let n = (3.0 * dx.abs().max(dy.abs())).ceil().max(1.0);
    (0..=n as usize).all(|i| {
        let share = i as f64 / n;
        let column = ((x0 + share * dx).round() as i64).rem_euclid(N_COLUMNS as i64) as usize;
        mask.is_free((y0 + share * dy).round() as usize * N_COLUMNS + column)
    })
}

/// The great circle between two places.
struct Circle {
    from: [f64; 3],
    /// A quarter of the world on.
    ahead: [f64; 3],
    length_m: f64,
}

impl Circle {
    fn new(a: Position, b: Position) -> Circle {
        let (from, to) = (unit(a), unit(b));
        let dot: f64 = (0..3).map(|i| from[i] * to[i]).sum();
        let ahead = [0, 1, 2].map(|i| to[i] - dot * from[i]);
        let sine = ahead.iter().map(|x| x * x).sum::<f64>().sqrt();
        let ahead = ahead.map(|x| x / sine.max(1e-12));
        Circle { from, ahead, length_m: sine.atan2(dot) * EARTH_RADIUS_M }
    }

    fn at(&self, m: f64) -> Position {
        let (sine, cosine) = (m / EARTH_RADIUS_M).sin_cos();
        let v = [0, 1, 2].map(|i| cosine * self.from[i] + sine * self.ahead[i]);
        Position::new(v[1].atan2(v[0]).to_degrees(), v[2].clamp(-1.0, 1.0).asin().to_degrees())
    }
}

/// The place as a vector of length one.
pub(super) fn unit(place: Position) -> [f64; 3] {
    let (sin_lat, cos_lat) = place.lat_deg.to_radians().sin_cos();
    let (sin_lon, cos_lon) = wrap_lon_deg(place.lon_deg).to_radians().sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}
