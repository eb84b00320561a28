"""Makes coast.bin.zst from Natural Earth's land polygons. How and why: README.md beside this file.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    pip install numpy==2.4.6 shapely==2.2.0
    python coast.py package/land-10m.json coast.bin
    zstd --ultra -22 coast.bin -o coast.bin.zst
"""

import json
import math
import struct
import sys

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon, box

# The levels of detail: a level is drawn until the world is `2**world_bits` pixels wide; its grid has
# `2**grid_bits` units around the world, a quarter of such a pixel; its tiles are `2**tile_bits`
# units wide. The last level has all that the source has and is drawn at any closer zoom.
LEVELS = [(9, 11, 11), (10, 12, 11), (11, 13, 11), (12, 14, 11), (14, 16, 11), (None, 18, 11)]
SOURCE_BITS = 24
TOLERANCE_PX = 0.4
MIN_ISLAND_PX = 1.5

sys.setrecursionlimit(1_000_000)


def rings_of(path):
    """All polygons of a TopoJSON file as lists of rings of (lon, lat) arrays, not unwrapped."""
    topology = json.load(open(path))
    scale, translate = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + translate for arc in topology["arcs"]]

    def ring(indices):
        parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
        return np.concatenate([parts[0]] + [part[1:] for part in parts[1:]])

    for geometry in topology["objects"]["land"]["geometries"]:
        assert geometry["type"] == "MultiPolygon"
        for polygon in geometry["arcs"]:
            yield [ring(indices) for indices in polygon]


def unwrapped(ring):
    """The ring without jumps at the date line; one around the pole is closed below the map."""
    lon = np.unwrap(ring[:, 0], period=360.0)
    ring = np.column_stack([lon, ring[:, 1]])
    turn = lon[-1] - lon[0]
    if abs(turn) > 180.0:
        assert abs(abs(turn) - 360.0) < 0.1 and ring[:, 1].max() < -60.0, "only Antarctica holds a pole"
        ring = np.concatenate([ring, [[lon[-1], -89.0], [lon[0], -89.0], ring[0]]])
    return ring


def mercator(lonlat):
    x = lonlat[:, 0] / 360.0 + 0.5
    y = 0.5 - np.arcsinh(np.tan(np.radians(lonlat[:, 1]))) / (2.0 * math.pi)
    return np.column_stack([x, y])


def polygons_of(geometry):
    parts = shapely.get_parts(geometry)
    parts = [p for q in parts for p in (shapely.get_parts(q) if q.geom_type.startswith("Multi") else [q])]
    return [p for p in parts if p.geom_type == "Polygon" and not p.is_empty]


def cut(geometry, shape):
    """The areas that both share, on the grid; touching lines and points are left out."""
    return MultiPolygon(polygons_of(shapely.intersection(geometry, shape, grid_size=1.0)))


def land(path):
    """All land on the mercator plane in units of the source grid, a tenth of a world more on either
    side, so that a polygon across the date line is simplified the same on both edges."""
    world, polygons = float(2**SOURCE_BITS), []
    for rings in rings_of(path):
        outer = unwrapped(rings[0])
        holes = []
        for hole in map(unwrapped, rings[1:]):
            hole[:, 0] += 360.0 * round((outer[:, 0].mean() - hole[:, 0].mean()) / 360.0)
            holes.append(mercator(hole) * world)
        polygon = shapely.make_valid(Polygon(mercator(outer) * world, holes))
        for shift in (-1, 0, 1):
            polygons += polygons_of(shapely.affinity.translate(polygon, shift * world, 0.0))
    wide = box(-0.1 * world, 0.0, 1.1 * world, 1.2 * world)
    return cut(shapely.union_all(polygons), wide)


def level_land(source, world_bits, grid_bits):
    """The land of one level on its grid, inside the world's square."""
    factor = 2.0 ** (grid_bits - SOURCE_BITS)
    geometry = shapely.affinity.scale(source, factor, factor, origin=(0, 0))
    if world_bits is not None:
        px = 2.0 ** (grid_bits - world_bits)
        geometry = shapely.simplify(geometry, TOLERANCE_PX * px, preserve_topology=True)

        def extent(ring):
            west, south, east, north = ring.bounds
            return math.hypot(east - west, north - south)

        geometry = MultiPolygon(
            Polygon(p.exterior, [hole for hole in p.interiors if extent(hole) >= MIN_ISLAND_PX * px])
            for p in polygons_of(geometry)
            if extent(p.exterior) >= MIN_ISLAND_PX * px
        )
        geometry = MultiPolygon(polygons_of(shapely.make_valid(geometry)))
    world = 2.0**grid_bits
    geometry = MultiPolygon(polygons_of(shapely.set_precision(geometry, 1.0)))
    return cut(geometry, box(0.0, 0.0, world, world))


def tiles(geometry, x, y, width, height, tile):
    """Cuts the geometry in halves down to tiles: both sides of a cut get the same points."""
    if geometry.is_empty:
        return
    if width == tile and height == tile:
        yield x, y, geometry
        return
    if width >= height:
        half = width // 2
        boxes = [(x, y, half, height), (x + half, y, half, height)]
    else:
        half = height // 2
        boxes = [(x, y, width, half), (x, y + half, width, half)]
    for bx, by, bw, bh in boxes:
        part = cut(geometry, box(bx, by, bx + bw, by + bh))
        yield from tiles(part, bx, by, bw, bh, tile)


def encode_polygon(polygon, x0, y0, tile):
    """The polygon's triangles as rings to be read by a shift-reduce machine: yields lists of
    (x, y, reductions, is_shore), the flag being that of the edge that ends here."""
    corners = shapely.get_coordinates(shapely.constrained_delaunay_triangles(polygon)).reshape(-1, 4, 2)[:, :3]
    corners = np.round(corners - [x0, y0]).astype(int)
    triangles, apex_of = [], {}
    for (ax, ay), (bx, by), (cx, cy) in corners.tolist():
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0:
            continue
        a, b, c = ((ax, ay), (bx, by), (cx, cy)) if area > 0 else ((ax, ay), (cx, cy), (bx, by))
        for u, v, w in ((a, b, c), (b, c, a), (c, a, b)):
            assert (u, v) not in apex_of, "triangles overlap"
            apex_of[u, v] = w
        triangles.append((a, b, c))

    def on_border(u, v):
        return any(u[i] == v[i] and u[i] in (0, tile) for i in (0, 1))

    seen = set()

    def take(u, v):
        """The triangle left of u -> v, unless it is taken or none."""
        w = apex_of.get((u, v))
        key = None if w is None else frozenset((u, v, w))
        if w is None or key in seen:
            return None
        seen.add(key)
        return w

    for a, b, c in triangles:
        for u, v, w in ((a, b, c), (b, c, a), (c, a, b)):
            if (v, u) in apex_of or frozenset((a, b, c)) in seen:
                continue  # Not an edge of the polygon, or drawn already.
            ring = [[*v, 0, False]]

            def expand(s, t):
                apex = take(t, s)
                if apex is None:
                    ring.append([*t, 0, (t, s) not in apex_of and not on_border(s, t)])
                else:
                    expand(s, apex)
                    expand(apex, t)
                    ring[-1][2] += 1

            seen.add(frozenset((a, b, c)))
            expand(v, w)
            expand(w, u)
            ring[-1][2] += 1
            ring[0][3] = not on_border(u, v)
            yield ring
    assert len(seen) == len(triangles), "a triangle was lost"


def decode_area(ring):
    """What the reader will do, as a check: twice the area of the triangles."""
    stack, area, n = [], 0, 0
    for x, y, reductions, _ in ring:
        stack.append((x, y))
        for _ in range(reductions):
            (ax, ay), (bx, by), (cx, cy) = stack[-3:]
            twice = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
            assert twice > 0
            area, n = area + twice, n + 1
            del stack[-2]
    assert len(stack) == 2 and n == len(ring) - 2
    return area


def varint(out, n):
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)


def zigzag(out, n):
    varint(out, n << 1 if n >= 0 else (-n << 1) - 1)


def encode_level(source, world_bits, grid_bits, tile_bits):
    tile, across = 2**tile_bits, 2 ** (grid_bits - tile_bits)
    geometry = level_land(source, world_bits, grid_bits)
    layout, dx, dy, reductions, shores = (bytearray() for _ in range(5))
    n_tiles = n_points = n_triangles = last = 0
    total = 0
    for x, y, part in sorted(tiles(geometry, 0, 0, 2**grid_bits, 2**grid_bits, tile), key=lambda t: (t[1], t[0])):
        rings = [ring for polygon in polygons_of(part) for ring in encode_polygon(polygon, x, y, tile)]
        if not rings:
            continue
        index = y // tile * across + x // tile
        varint(layout, index - last)
        varint(layout, len(rings))
        last, n_tiles, here = index, n_tiles + 1, (0, 0)
        for ring in rings:
            total += decode_area(ring)
            varint(layout, len(ring))
            n_points += len(ring)
            n_triangles += len(ring) - 2
            # The flags as lengths of runs, beginning with "no shore".
            flag, run = False, 0
            for px, py, n, is_shore in ring:
                zigzag(dx, px - here[0])
                zigzag(dy, py - here[1])
                here = (px, py)
                varint(reductions, n)
                if is_shore != flag:
                    varint(shores, run)
                    flag, run = is_shore, 0
                run += 1
            varint(shores, run)
    print(
        f"world {world_bits} bits: {n_tiles} tiles, {n_points} points, {n_triangles} triangles,"
        f" area off by {abs(total / 2 / geometry.area - 1):.1e}, bytes"
        f" {[len(s) for s in (layout, dx, dy, reductions, shores)]}"
    )
    streams = (layout, dx, dy, reductions, shores)
    head = struct.pack("<BBB", world_bits or 255, grid_bits, tile_bits)
    head += struct.pack("<III", n_tiles, n_points, n_triangles)
    return head + b"".join(struct.pack("<I", len(s)) + s for s in streams)


if __name__ == "__main__":
    source = land(sys.argv[1])
    print(f"source: {len(polygons_of(source))} polygons, {shapely.get_num_coordinates(source)} points")
    with open(sys.argv[2], "wb") as file:
        file.write(b"coast\x01" + bytes([len(LEVELS)]))
        for level in LEVELS:
            file.write(encode_level(source, *level))
