"""A picture to demonstrate on, painted from noise: an evening at a mountain lake.

It has parts that are hard for a watermark (a smooth sky, a glaring sun, dark water) and parts that
are easy (rock, forest, grass). It needs no file and no download, and is the same on every machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.floating[Any]]

WIDTH, HEIGHT = 1280, 1024  # pixels
_SHORE = 660  # row where the land meets the water
_BANK = 800  # first row that the near bank can reach
_SUN = (868.0, 500.0)  # column and row
_SEED = 7


def paint_landscape() -> NDArray[np.uint8]:
    """Paint the picture: (1024, 1280, 3) uint8."""
    random = np.random.default_rng(_SEED)
    land = _paint_sky(random)
    _paint_mountains(land, random)
    _paint_forest(land, random)
    picture = np.concatenate((land, _paint_water(land, random)))
    _paint_meadow(picture, random)
    return (_roll_off(picture) * 255 + 0.5).astype(np.uint8)


def _make_noise(
    random: np.random.Generator, shape: tuple[int, int], cells: tuple[float, float], octaves: int
) -> Plane:
    """Return smooth noise of zero mean and about unit spread, ``cells`` lumps high and wide."""
    total = np.zeros(shape, np.float32)
    for octave in range(octaves):
        lumps = [max(1, round(count * 2**octave)) for count in cells]
        grid = random.standard_normal((lumps[0] + 2, lumps[1] + 2)).astype(np.float32)
        rows, columns = (_weigh(n, k) for n, k in zip(shape, lumps, strict=True))
        total += (_blend(_blend(grid, rows).T, columns).T) * np.float32(0.5**octave)
    return total


def _weigh(size: int, lumps: int) -> tuple[NDArray[np.intp], Plane]:
    """Return for each of ``size`` samples the grid point before it and the way to the next."""
    at = np.linspace(0, lumps, size, endpoint=False, dtype=np.float32)
    before = at.astype(np.intp)
    way = at - before
    return before, way * way * (3 - 2 * way)


def _blend(grid: Plane, weights: tuple[NDArray[np.intp], Plane]) -> Plane:
    before, way = weights
    return grid[before] + (grid[before + 1] - grid[before]) * way[:, None]


def _step(values: Plane, low: float, high: float) -> Plane:
    """Return 0 below ``low``, 1 above ``high`` and a smooth step between."""
    share = np.clip((values - low) / (high - low), 0, 1)
    smooth: Plane = share * share * (3 - 2 * share)
    return smooth


def _interpolate(at: Plane, *stops: tuple[float, tuple[float, float, float]]) -> Plane:
    """Return the colour at each place between the stops, channels last."""
    places = [place for place, _ in stops]
    channels = [np.interp(at, places, [colour[c] for _, colour in stops]) for c in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def _rgb(red: float, green: float, blue: float) -> Plane:
    return np.array((red, green, blue), np.float32)


def _paint(picture: Plane, colour: Plane, cover: Plane) -> None:
    picture += (colour - picture) * cover[..., None]


def _grid(first: int, last: int) -> tuple[Plane, Plane]:
    """Return the row (as a column) and the column (as a row) of each pixel."""
    rows = np.arange(first, last, dtype=np.float32)[:, None]
    return rows, np.arange(WIDTH, dtype=np.float32)[None, :]


def _paint_sky(random: np.random.Generator) -> Plane:
    y, x = _grid(0, _SHORE)
    height = y / _SHORE
    column = _interpolate(
        height,
        (0.0, (0.10, 0.19, 0.40)),
        (0.35, (0.31, 0.40, 0.62)),
        (0.6, (0.78, 0.58, 0.56)),
        (0.8, (0.98, 0.72, 0.44)),
        (1.0, (1.0, 0.85, 0.58)),
    )
    distance = np.hypot(x - _SUN[0], 1.15 * (y - _SUN[1]))
    glow = np.exp(-distance / 190)[..., None] * _rgb(0.42, 0.28, 0.10)
    picture: Plane = column + glow
    _paint_clouds(picture, random, height, distance)
    _paint(picture, np.full(3, 1.25, np.float32), _step(-distance, -36, -31))
    return picture


def _paint_clouds(
    picture: Plane, random: np.random.Generator, height: Plane, distance: Plane
) -> None:
    """Paint clouds whose lower sides the sun lights: thickness from below is shade."""
    density = _make_noise(random, (_SHORE, WIDTH), (4.5, 3), 7)
    density += 0.5 * _make_noise(random, (_SHORE, WIDTH), (17, 5), 5) + 0.35 * (height - 0.45)
    cover = _step(density, 0.15, 1.7) * _step(-height, -1.0, -0.45)
    above = np.roll(density, 16, axis=0)
    lit = np.clip(0.55 + 0.42 * (density - above), 0, 1) * (0.6 + 0.4 * np.exp(-distance / 420))
    colour = _interpolate(
        lit,
        (0.0, (0.30, 0.30, 0.45)),
        (0.45, (0.76, 0.55, 0.58)),
        (0.75, (1.0, 0.74, 0.58)),
        (1.0, (1.06, 0.93, 0.76)),
    )
    _paint(picture, colour, 0.9 * cover)


# Far to near: crest row, height of the relief, lumps along the crest, colour in light and in shade.
_RANGES = (
    (455, 62, 4, (0.74, 0.62, 0.66), (0.50, 0.46, 0.60)),
    (508, 92, 3, (0.62, 0.47, 0.50), (0.30, 0.30, 0.45)),
    (590, 54, 4, (0.42, 0.34, 0.33), (0.15, 0.18, 0.27)),
)


def _paint_mountains(picture: Plane, random: np.random.Generator) -> None:
    y, _ = _grid(0, _SHORE)
    for distance, (crest, relief, lumps, light, shade) in enumerate(_RANGES):
        line = crest - relief * _make_noise(random, (1, WIDTH), (1, lumps), 8)[0]
        rock = _make_noise(random, (_SHORE, WIDTH), (3 + 1.3 * distance, 22 + 6 * distance), 6)
        rock = 1 - np.abs(rock)  # folds the noise into ridges and gullies
        slope = np.roll(rock, -4, axis=1) - rock + 0.5 * (np.roll(rock, 5, axis=0) - rock)
        face = _step(slope, -0.55, 0.45)[..., None]
        colour = _rgb(*shade) + (_rgb(*light) - _rgb(*shade)) * face
        snow = _step(line + (38 + 30 * rock) - y, 0, 22) * (0.85, 0.75, 0.0)[distance]
        _paint(colour, _rgb(0.98, 0.88, 0.84) * (0.62 + 0.38 * face), snow)
        haze = _step(y, line.min(), _SHORE + 30.0) * (0.55, 0.45, 0.3)[distance]
        _paint(colour, _rgb(0.98, 0.76, 0.58), haze)
        _paint(picture, colour, np.clip(y - line[None, :] + 0.5, 0, 1))


def _paint_forest(picture: Plane, random: np.random.Generator) -> None:
    """Paint the firs of the far shore: each a tapering, ragged triangle."""
    y, x = _grid(0, _SHORE)
    ground = _SHORE - 14 - 10 * _make_noise(random, (1, WIDTH), (1, 5), 4)[0]
    crowns = np.full(WIDTH, HEIGHT, np.float32)
    columns = np.arange(WIDTH)
    for stem in random.uniform(0, WIDTH, 230):
        tall = random.uniform(14, 46)
        width = tall * random.uniform(0.17, 0.24)
        top = ground[int(stem)] - tall
        crowns = np.minimum(crowns, top + np.abs(columns - stem) / width * tall)
    ragged = 2.5 * _make_noise(random, (_SHORE, WIDTH), (97, 420), 1)
    cover = np.clip(y - np.minimum(crowns, ground) - ragged, 0, 1)
    leaves = _make_noise(random, (_SHORE, WIDTH), (110, 240), 3)[..., None]
    near_sun = np.exp(-np.abs(x - _SUN[0]) / 260)[..., None]
    colour = _rgb(0.085, 0.115, 0.12) + _rgb(0.02, 0.026, 0.018) * leaves
    colour = colour + near_sun * _rgb(0.13, 0.065, 0.01)
    _paint(picture, np.clip(colour, 0, 1), cover)


def _paint_water(land: Plane, random: np.random.Generator) -> Plane:
    """Mirror what stands above the shore, shaken by waves that grow towards the viewer."""
    depth = HEIGHT - _SHORE
    y, x = _grid(0, depth)
    near = y / depth
    waves = _make_noise(random, (depth, WIDTH), (34, 9), 5) * (0.25 + near)
    fine = _make_noise(random, (depth, WIDTH), (110, 46), 3) * (0.2 + near)
    rows = np.clip(_SHORE - 1 - 1.25 * y + 15 * waves + 5 * fine, 0, _SHORE - 1).astype(np.intp)
    columns = np.clip(x + 4 * waves + 2 * fine, 0, WIDTH - 1).astype(np.intp)
    mirror = land[rows, columns]
    deep = _rgb(0.05, 0.10, 0.15)
    mirror = mirror * (0.80 - 0.25 * near)[..., None] + deep * (0.2 + 0.5 * near)[..., None]
    path = np.exp(-(((x - _SUN[0]) / (30 + 110 * near)) ** 2))
    glitter = _step(waves + 0.9 * fine, 0.25, 1.1) * path
    _paint(mirror, _rgb(1.15, 0.90, 0.60), 0.85 * glitter)
    mirror *= (1 + 0.10 * waves)[..., None]
    mirror[0] *= 0.75  # the waterline
    return mirror


def _paint_meadow(picture: Plane, random: np.random.Generator) -> None:
    """Paint the near bank: stones and earth under blades of grass."""
    y, _ = _grid(_BANK, HEIGHT)
    columns = np.arange(WIDTH)
    bank = 1010 - 165 * np.exp(-columns / 330.0) - 60 * np.exp(-(WIDTH - columns) / 190.0)
    bank = (bank + 9 * _make_noise(random, (1, WIDTH), (1, 12), 6)[0]).astype(np.float32)
    earth = _make_noise(random, (HEIGHT - _BANK, WIDTH), (12, 70), 5)
    light = _step(earth - np.roll(earth, 3, axis=0), -1.0, 1.2)[..., None]
    soil = _rgb(0.10, 0.085, 0.07) + light * _rgb(0.30, 0.21, 0.13)
    _paint(picture[_BANK:], soil, np.clip(y - bank, 0, 1))
    _paint_grass(picture, random, bank)


def _paint_grass(picture: Plane, random: np.random.Generator, bank: Plane) -> None:
    steps = np.linspace(0, 1, 40, dtype=np.float32)[None, :]
    count = 5200
    root_x = random.uniform(0, WIDTH, (count, 1)).astype(np.float32)
    under = random.uniform(-3, 150, (count, 1)).astype(np.float32)
    order = np.argsort(under[:, 0])  # far blades first, so that near ones cover them
    root_x, under = root_x[order], under[order]
    root_y = bank[root_x.astype(np.intp)] + under
    tall = random.uniform(12, 34, (count, 1)) * (0.7 + under / 110)
    lean = random.normal(3, 7, (count, 1)) * (0.7 + under / 110)
    xs = (root_x + lean * steps**2).astype(np.intp)
    ys = (root_y - tall * steps).astype(np.intp)
    tint = random.uniform(0, 1, (count, 1, 1)).astype(np.float32)
    colour = _rgb(0.07, 0.10, 0.06) + tint * _rgb(0.15, 0.15, 0.05)
    colour = colour + steps[..., None] ** 2 * _rgb(0.36, 0.23, 0.08)
    inside = (xs >= 0) & (xs < WIDTH - 1) & (ys >= 0) & (ys < HEIGHT)
    for wide in (0, 1):
        picture[ys[inside], xs[inside] + wide] = colour[inside] * np.float32(1 - 0.15 * wide)


def _roll_off(picture: Plane) -> Plane:
    """Roll highlights off softly instead of clipping them, and add a touch of contrast."""
    soft = np.where(picture > 0.8, 0.8 + 0.2 * np.tanh((picture - 0.8) / 0.2), picture)
    toned: Plane = np.clip(soft, 0, 1).astype(np.float32)
    return toned
