"""How often somebody may ask: a bucket for each caller, which fills evenly."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from provenance.service.refusals import RateError

MOST_CALLERS = 100_000
"""Buckets kept, 150 bytes each; the one used longest ago goes first, and is full by then."""


class Rates:
    """Counts requests by caller. Safe between threads; each process counts for itself."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str, per_minute: int) -> None:
        """Count one request; a minute's worth may come at once.

        Raises
        ------
        RateError
            There were too many.
        """
        now = self._clock()
        with self._lock:
            left, then = self._buckets.pop(caller, (float(per_minute), now))
            left = min(per_minute, left + (now - then) * per_minute / 60)
            self._buckets[caller] = (left - 1 if left >= 1 else left), now
            if len(self._buckets) > MOST_CALLERS:
                self._buckets.popitem(last=False)
        if left < 1:
            seconds = math.ceil((1 - left) * 60 / per_minute)
            raise RateError(f"There were too many requests; wait {seconds} seconds.", seconds)
