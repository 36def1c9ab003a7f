"""From raw rows to figures: rates, means, shares."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bench.attacks import ATTACKS, BY_NAME, UNTOUCHED
from bench.rates import wilson

Row = dict[str, Any]


@dataclass(frozen=True)
class Rate:
    """How many of how many."""

    hits: int
    trials: int

    @property
    def share(self) -> float:
        return self.hits / self.trials if self.trials else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.hits, self.trials)

    def __str__(self) -> str:
        if not self.trials:
            return "—"
        low, high = self.interval
        return f"{100 * self.share:.0f} % ({100 * low:.0f}–{100 * high:.0f})"


def columns(rows: Iterable[Row]) -> dict[tuple[str, int], list[Row]]:
    """Rows by mark and side, in the order measured."""
    found: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in rows:
        found[row["mark"], row["side"]].append(row)
    return dict(found)


def families(rows: list[Row]) -> dict[str, list[str]]:
    """The attacks that were made, by family, in the catalogue's order."""
    made = {name for row in rows for name in row["attacks"]}
    found: dict[str, list[str]] = defaultdict(list)
    for attack in ATTACKS:
        if attack.name in made:
            found[attack.group].append(attack.name)
    return dict(found)


def rate(rows: Iterable[Row], names: Iterable[str]) -> Rate:
    """Exact reads after these attacks, over all rows; a refused picture is not read."""
    wanted = set(names)
    results = [r for row in rows for name, r in row["attacks"].items() if name in wanted]
    return Rate(sum(r["read"] for r in results), len(results))


def every(rows: list[Row]) -> list[str]:
    """All attacks made, without the untouched picture."""
    return [name for names in families(rows).values() for name in names]


def wrong(rows: Iterable[Row]) -> int:
    """Claims of another payload than the one embedded."""
    results = [result for row in rows for result in row["attacks"].values()]
    return sum(result["claimed"] and not result["read"] for result in results)


def values(rows: Iterable[Row], measure: str) -> list[float]:
    return [row[measure] for row in rows if measure in row]


def embed_cost(rows: Iterable[Row]) -> float | None:
    """Median processor seconds per megapixel."""
    return _median(
        row["embed_s"] / (row["height"] * row["width"] / 1e6) for row in rows if "embed_s" in row
    )


def read_cost(rows: Iterable[Row]) -> float | None:
    """Median processor seconds per megapixel to read the untouched marked picture."""
    results = [row["attacks"].get(UNTOUCHED.name, {}) for row in rows]
    return _median(r["s"] / r["megapixels"] for r in results if "s" in r)


def none_cost(rows: Iterable[Row]) -> float | None:
    """Likewise to say that a picture has none."""
    none = [row for row in rows if not row["claimed"] and "error" not in row]
    return _median(row["s"] / row["megapixels"] for row in none)


def _median(found: Iterable[float]) -> float | None:
    numbers = list(found)
    return statistics.median(numbers) if numbers else None


def regions(rows: Iterable[Row]) -> dict[str, list[dict[str, float]]]:
    """True and stated coverage and their overlap, by family."""
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    for row in rows:
        for name, result in row["attacks"].items():
            if "region" in result:
                found[BY_NAME[name].group].append(result["region"])
    return dict(found)


def percentile(numbers: list[float], share: float) -> float:
    """The value that this share of the numbers does not exceed."""
    return sorted(numbers)[min(len(numbers) - 1, int(share * len(numbers)))]
