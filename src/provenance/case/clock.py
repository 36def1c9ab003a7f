"""The clock behind the times of a case: a time without its source is not evidence."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from provenance.errors import ConfigError

FIXED = "SOURCE_DATE_EPOCH"
"""Environment variable of reproducible builds: seconds since 1970, used as the present time."""

MACHINE_CLOCK = "the clock of the examining machine, not compared with another"
"""How a report names the machine's clock."""
FIXED_CLOCK = f"a fixed time given in {FIXED}, not a clock"
"""How a report names a time that the environment fixed."""


@dataclass(frozen=True)
class Clock:
    """A clock, and words that say what it is; times are UTC."""

    source: str
    now: Callable[[], datetime]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Clock:
        """Return the machine's clock, or the time that the environment fixes.

        Raises
        ------
        ConfigError
            The fixed time is not a number of seconds.
        """
        seconds = environment.get(FIXED)
        if seconds is None:
            return cls(MACHINE_CLOCK, lambda: datetime.now(UTC))
        try:
            fixed = datetime.fromtimestamp(int(seconds), UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise ConfigError(
                f"{FIXED} is {seconds!r}; it must be a number of seconds since 1970."
            ) from error
        return cls(FIXED_CLOCK, lambda: fixed)
