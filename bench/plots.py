"""Raw results as small PNG plots."""

from __future__ import annotations

import statistics
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from bench import figures
from bench.figures import Rate, Row

INK, FAINT, MIDDLE, MARK = "#22303c", "#d5dbe1", "#a9b4be", "#1f6f8b"
SERIES = ("#1f6f8b", "#d1603d", "#7a9e3a", "#7b4f9d", "#b08a1e", "#4a5a6a")
_STYLE: dict[Any, Any] = {
    "font.size": 8,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
}
_LABEL = 4.0
"""Least distance between two labels of lines, in points of the scale up to 100."""
_DPI = 100
_COLOURS = 48
"""Of the palette that a plot is saved with: it halves the file and nobody sees it."""


def draw(results: dict[str, Any], folder: Path) -> list[Path]:
    """Draw what was measured into ``rates.png``, ``visibility.png`` and ``scaling.png``."""
    plots = {"robustness": ("rates", _rates), "visibility": ("visibility", _visibility)}
    plots["scaling"] = ("scaling", _scaling)
    made = []
    with mpl.rc_context(_STYLE):
        for part, (name, plot) in plots.items():
            rows = results.get(part, {}).get("rows")
            if rows:
                made.append(_save(plot(rows), folder / f"{name}.png"))
    return made


def _save(figure: Figure, path: Path) -> Path:
    file = BytesIO()
    figure.savefig(file, format="png", dpi=_DPI, bbox_inches="tight")
    with Image.open(file) as image:
        image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def _rates(rows: list[Row]) -> Figure:
    """One bar for each attack that some picture did not survive, one for all others."""
    mark, side = next(iter(figures.columns(rows)))
    own = figures.columns(rows)[mark, side]
    found = {name: figures.rate(own, [name]) for name in figures.every(own)}
    ordered = sorted(found.items(), key=lambda item: (-item[1].share, item[0]))
    whole = [rate for _, rate in ordered if rate.share == 1]
    ordered = ordered[len(whole) :]
    if whole:
        ordered.insert(0, (f"each of {len(whole)} other attacks", whole[0]))
    figure = Figure(figsize=(6.4, 0.8 + 0.15 * len(ordered)))
    axes = figure.add_subplot()
    _bars(axes, ordered)
    total = figures.rate(own, found)
    axes.set_title(
        f"Exact reads, {mark}, short side {side} px, {len(own)} pictures: {total}",
        loc="left",
        fontsize=9,
    )
    return figure


def _bars(axes: Axes, ordered: list[tuple[str, Rate]]) -> None:
    places = range(len(ordered))
    shares = [100 * rate.share for _, rate in ordered]
    below = [s - 100 * rate.interval[0] for s, (_, rate) in zip(shares, ordered, strict=True)]
    above = [100 * rate.interval[1] - s for s, (_, rate) in zip(shares, ordered, strict=True)]
    # rounding may put the end of an interval a hair inside the rate itself
    ends = [[max(0.0, n) for n in below], [max(0.0, n) for n in above]]
    bars = {"ecolor": INK, "elinewidth": 0.7, "capsize": 0}
    axes.barh(places, shares, 0.72, color=MARK, alpha=0.75, xerr=ends, error_kw=bars)
    axes.set_yticks(places, [name for name, _ in ordered], fontsize=6.5)
    axes.set_ylim(len(ordered) - 0.4, -0.6)
    axes.set_xlim(0, 101)
    axes.set_xlabel("% of pictures, with 95 % intervals")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")


def _visibility(rows: list[Row]) -> Figure:
    """Rate against the mean score, one line for each family and a thick one for all."""
    scored = any("ssimulacra2" in row for row in rows)
    measure, label = ("ssimulacra2", "SSIMULACRA2") if scored else ("psnr", "PSNR, dB")
    figure = Figure(figsize=(6.4, 3.6))
    axes = figure.add_subplot()
    goals = sorted({row["goal"] for row in rows})
    own = [[row for row in rows if row["goal"] == goal] for goal in goals]
    across = [statistics.mean(figures.values(some, measure)) for some in own]
    lines = {
        family: [100 * figures.rate(some, names).share for some in own]
        for family, names in figures.families(rows).items()
    }
    places = _apart([shares[0] for shares in lines.values()])
    for (family, shares), place in zip(lines.items(), places, strict=True):
        axes.plot(across, shares, color=MIDDLE, lw=0.8)
        axes.annotate(family, (across[0], place), (5, -2), textcoords="offset points", size=6)
    rates = [figures.rate(some, figures.every(rows)) for some in own]
    low, high = ([100 * rate.interval[end] for rate in rates] for end in (0, 1))
    axes.fill_between(across, low, high, color=MARK, alpha=0.15, lw=0)
    axes.plot(across, [100 * rate.share for rate in rates], "o-", color=MARK, lw=2, ms=4)
    axes.set_xlabel(f"{label}, mean (right: less visible)")
    axes.set_ylabel("exact reads, %")
    axes.set_ylim(0, 102)
    axes.grid()
    axes.set_title(f"{len(own[0])} pictures, hard attacks; bold: all together", loc="left")
    return figure


def _apart(places: list[float]) -> list[float]:
    """Places near these, up to 100, of which no two are closer than labels may be."""
    moved, ceiling = list(places), 100.0
    for index in sorted(range(len(places)), key=lambda i: -places[i]):
        moved[index] = min(places[index], ceiling)
        ceiling = moved[index] - _LABEL
    floor = 0.0
    for index in sorted(range(len(places)), key=lambda i: moved[i]):
        moved[index] = max(moved[index], floor)
        floor = moved[index] + _LABEL
    return moved


def _scaling(rows: list[Row]) -> Figure:
    figure = Figure(figsize=(6.4, 3.0))
    time, memory = figure.subplots(1, 2)
    for colour, name in zip(SERIES, dict.fromkeys(r["operation"] for r in rows), strict=False):
        own = sorted((r for r in rows if r["operation"] == name), key=lambda r: r["megapixels"])
        across = [row["megapixels"] for row in own]
        time.plot(across, [r["processor_s"] for r in own], "o-", c=colour, ms=3, label=name)
        memory.plot(across, [r["peak_bytes"] / 1e6 for r in own], "o-", c=colour, ms=3)
    for axes, title in ((time, "processor seconds"), (memory, "peak memory of the process, MB")):
        axes.set_title(title, loc="left", fontsize=9)
        axes.set_xscale("log")
        axes.set_xlabel("megapixels")
        ticks = sorted({row["megapixels"] for row in rows})[::-2][::-1]
        axes.set_xticks(ticks, [f"{value:g}" for value in ticks])
        axes.set_xticks([], minor=True)
        axes.grid()
    time.set_yscale("log")
    time.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    time.yaxis.set_minor_formatter(lambda _, __: "")
    memory.set_ylim(0)
    time.legend(frameon=False, fontsize=7)
    figure.subplots_adjust(wspace=0.25)
    return figure
