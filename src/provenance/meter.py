"""Progress of long runs: how many of which kind, how fast, and how much longer."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable


class Meter:
    """Counts answers by kind."""

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._clock = clock
        self._begun = clock()
        self.kinds: Counter[str] = Counter()

    @property
    def done(self) -> int:
        """Answers so far."""
        return self.kinds.total()

    @property
    def rate(self) -> float:
        """Answers per second."""
        passed = self._clock() - self._begun
        return self.done / passed if passed > 0 else 0.0

    def count(self, kind: str, count: int = 1) -> None:
        """Count answers of one kind."""
        self.kinds[kind] += count

    def describe(self) -> str:
        """Say how far the run is, as in "40 of 100, 2.0/s, 30 s left: 38 none, 2 failed"."""
        rate = self.rate
        left = f", {format_span((self._total - self.done) / rate)} left" if rate else ""
        return f"{self.done:,} of {self._total:,}, {rate:,.1f}/s{left}: {self.list_kinds()}"

    def list_kinds(self) -> str:
        """List the kinds in the order in which they came up."""
        return ", ".join(f"{count:,} {kind}" for kind, count in self.kinds.items())


def format_span(seconds: float) -> str:
    """Write a span of time in its largest unit."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
