"""Raw results as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any

from bench import figures
from bench.figures import Row
from bench.quality import BETTER_LOW

_MEASURES = {"psnr": 2, "ssim": 4, "ssimulacra2": 1, "butteraugli": 2}
_NAMES = {"psnr": "PSNR, dB", "ssim": "SSIM", "ssimulacra2": "SSIMULACRA2"}


def markdown(results: dict[str, Any]) -> str:
    """Everything that was measured, as a page without a title."""
    writers = {
        "robustness": _robustness,
        "unmarked": _unmarked,
        "visibility": _visibility,
        "scaling": _scaling,
    }
    parts = [
        "\n\n".join([*writers[part](found["rows"]), _about(found["about"])])
        for part, found in results.items()
        if found["rows"]
    ]
    return "\n\n".join(parts) + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    cells = list(head)
    lines = [cells, ["---"] * len(cells), *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _about(about: dict[str, Any]) -> str:
    sets: dict[str, list[str]] = {}
    for side, origin, count in sorted(about["pictures"], key=str):
        size = f"short side {side} px" if side else "any size"
        sets.setdefault(size, []).append(f"{count} {origin}")
    pictures = "; ".join(f"{size}: {', '.join(some)}" for size, some in sets.items())
    packages = ", ".join(f"{name} {version}" for name, version in about["packages"].items())
    absent = "".join(f" Not measured: {n} ({why})." for n, why in about["missing"].items())
    return (
        f"Measured {about['date'][:10]} at {about['commit']} on {about['machine']}, Python "
        f"{about['python']}, {packages}. Pictures: {pictures or 'one, painted'}.{absent}"
    )


def _robustness(rows: list[Row]) -> list[str]:
    columns = figures.columns(rows)
    head = [f"{mark}, {side} px" for mark, side in columns]
    sides = list(columns.values())
    return [
        "## Visibility and cost",
        table(["", *head], _summary(sides)),
        "## Exact reads by attack",
        table(["attack", *head], _rates(rows, sides)),
        *_regions(rows),
    ]


def _summary(sides: list[list[Row]]) -> list[list[str]]:
    lines = [
        ["pictures", *(str(len(rows)) for rows in sides)],
        ["payload, bits", *(str(rows[0]["bits"]) for rows in sides)],
    ]
    for measure, digits in _MEASURES.items():
        name = _NAMES.get(measure, measure.capitalize())
        cells = [_mean_and_worst(figures.values(rows, measure), measure, digits) for rows in sides]
        lines.append([f"{name}: mean, worst", *cells])
    costs = {"embed": figures.embed_cost, "read, untouched": figures.read_cost}
    for name, cost in costs.items():
        lines.append([f"{name}: processor s/MP, median", *(_number(cost(r), 3) for r in sides)])
    lines += [
        ["could not be marked", *(str(sum("refused" in row for row in r)) for r in sides)],
        ["wrong payloads", *(f"{figures.wrong(rows):,}" for rows in sides)],
        ["untouched", *(str(figures.rate(rows, ["untouched"])) for rows in sides)],
        ["**all attacks**", *(f"**{figures.rate(r, figures.every(r))}**" for r in sides)],
    ]
    return lines


def _mean_and_worst(found: list[float], measure: str, digits: int) -> str:
    if not found:
        return "—"
    worst = max(found) if measure in BETTER_LOW else min(found)
    return f"{statistics.mean(found):.{digits}f}, {worst:.{digits}f}"


def _number(value: float | None, digits: int) -> str:
    return "—" if value is None else f"{value:.{digits}f}"


def _rates(rows: list[Row], sides: list[list[Row]]) -> list[list[str]]:
    lines = []
    for family, names in figures.families(rows).items():
        lines.append([f"**{family}**", *(f"**{figures.rate(r, names)}**" for r in sides)])
        if len(names) > 1:
            lines += [[name, *(str(figures.rate(r, [name])) for r in sides)] for name in names]
    return lines


def _regions(rows: list[Row]) -> list[str]:
    lines = []
    for family, found in figures.regions(rows).items():
        errors = [100 * abs(one["said"] - one["true"]) for one in found]
        overlaps = [one["iou"] for one in found]
        error = f"{statistics.median(errors):.1f}, {figures.percentile(errors, 0.95):.1f}"
        overlap = f"{statistics.median(overlaps):.2f}, {figures.percentile(overlaps, 0.05):.2f}"
        lines.append([family, str(len(found)), error, overlap])
    head = ["family", "reads", "coverage error, points: median, 95 %", "overlap: median, 5 %"]
    return ["## The region that is said to carry the mark", table(head, lines)] if lines else []


def _unmarked(rows: list[Row]) -> list[str]:
    lines = []
    for mark in dict.fromkeys(row["mark"] for row in rows):
        drawn = [row for row in rows if row["mark"] == mark]
        own = [row for row in drawn if "error" not in row]
        claimed = figures.Rate(sum(row["claimed"] for row in own), len(own))
        fits = [fit for row in own for fit in row.get("correlations", ())]
        law = "—"
        if len(fits) > 1:
            spread = statistics.stdev(fits)
            law = f"{statistics.mean(fits):.2f} ± {spread:.2f}, {max(fits):.2f}"
        upper = 100 * claimed.interval[1]
        cost = _number(figures.none_cost(own), 3)
        lines.append([mark, f"{claimed.hits} of {claimed.trials:,}", f"{upper:.2f} %"])
        lines[-1] += [str(len(drawn) - len(own)), cost, law]
    head = [
        "",
        "claimed",
        "95 % bound",
        "errors",
        "none: processor s/MP, median",
        "best fit: mean, most",
    ]
    return ["## Pictures without a mark", table(head, lines)]


def _visibility(rows: list[Row]) -> list[str]:
    lines = []
    for goal in sorted({row["goal"] for row in rows}):
        own = [row for row in rows if row["goal"] == goal]
        cells = [
            _mean_and_worst(figures.values(own, m), m, digits) for m, digits in _MEASURES.items()
        ]
        lines.append([f"{goal:g}", *cells, str(figures.rate(own, figures.every(own)))])
    names = [_NAMES.get(measure, measure.capitalize()) for measure in _MEASURES]
    head = ["goal", *(f"{name}: mean, worst" for name in names), "exact reads"]
    attacks = "; ".join(figures.every(rows))
    return ["## Reads against visibility", table(head, lines), f"Attacks: {attacks}."]


def _scaling(rows: list[Row]) -> list[str]:
    lines = [
        [
            row["operation"],
            f"{row['megapixels']:g}",
            f"{row['processor_s']:.2f}",
            f"{row['processor_s'] / row['megapixels']:.3f}",
            f"{row['wall_s']:.2f}",
            f"{row['peak_bytes'] / 1e6:.0f}",
        ]
        for row in sorted(rows, key=lambda row: row["operation"])
    ]
    head = ["operation", "MP", "processor s", "per MP", "seconds", "peak memory, MB"]
    return ["## Time and memory against size", table(head, lines)]
