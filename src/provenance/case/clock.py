"""Whose clock the times of a case come from: a time without its source is no evidence."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from provenance.errors import ConfigError

FIXED = "SOURCE_DATE_EPOCH"
"""Environment variable of reproducible builds: seconds since 1970 that stand for the present."""

MACHINE_CLOCK = "the clock of the examining machine, not compared with another"
FIXED_CLOCK = f"a fixed time given in {FIXED}, not a clock"


@dataclass(frozen=True)
class Clock:
    """A clock, and in words what it is; times are UTC."""

    source: str
    now: Callable[[], datetime]

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Clock:
        """Return the machine's clock, or the time that the environment fixes.

        Raises
        ------
        ConfigError
            The fixed time is no number of seconds.
        """
        seconds = environment.get(FIXED)
        if seconds is None:
            return cls(MACHINE_CLOCK, lambda: datetime.now(UTC))
        try:
            fixed = datetime.fromtimestamp(int(seconds), UTC)
        except (ValueError, OverflowError, OSError) as exc:
            raise ConfigError(
                f"{FIXED} is {seconds!r}; it must be a number of seconds since 1970."
            ) from exc
        return cls(FIXED_CLOCK, lambda: fixed)
