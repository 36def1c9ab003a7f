"""How names, times and odds are put into sentences."""

from __future__ import annotations

import math
import unicodedata
from datetime import UTC, datetime

# Long enough for any organisation's name, short enough that no file can bury the verdict in text.
MAX_QUOTED = 120


def quoted(text: str) -> str:
    """Quote text that a file chose: on one line, without control or direction-changing characters.

    What a manifest says ends up in terminals, logs and reports, so it must not be able to move a
    cursor, fake a line or turn the reading direction around.
    """
    kept = "".join(" " if _unprintable(c) else c for c in text[: 4 * MAX_QUOTED])
    line = " ".join(kept.replace('"', "'").split())
    return f'"{line[: MAX_QUOTED - 1]}…"' if len(line) > MAX_QUOTED else f'"{line}"'


def _unprintable(character: str) -> bool:
    return unicodedata.category(character)[0] in "CZ"


def when(time: datetime | None) -> str:
    """Write a time as people read it, in UTC."""
    if time is None:
        return "an unknown time"
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def percent(share: float) -> str:
    """Write a share of 1, with the digits that it needs."""
    return f"{share:.1%}" if share < 0.1 else f"{share:.0%}"


def odds(probability: float) -> str:
    """Write a small probability as "one in N", rounded so that it never sounds rarer than it is."""
    if not 0 < probability < 0.5:
        return "one in two" if probability >= 0.5 else "one in more than can be counted"
    exponent = math.floor(math.log10(1 / probability))
    whole = math.floor(1 / probability / 10**exponent + 1e-9) * 10**exponent
    return f"one in {whole:,}" if exponent <= 12 else f"one in 10^{exponent}"


def listed(names: list[str]) -> str:
    """Join names with commas and an "and"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
