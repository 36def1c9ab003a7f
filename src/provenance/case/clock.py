"""The clock behind the times of a case: a time without its source is not evidence."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from provenance.errors import ConfigError, ProvenanceError
from provenance.language import Said, message
from provenance.text import SECOND, format_number, format_time

FIXED = "SOURCE_DATE_EPOCH"
"""Environment variable of reproducible builds: seconds since 1970, used as the present time."""

MACHINE_CLOCK = message("the clock of the examining machine")
"""How a report names the machine's clock."""
NOT_COMPARED = message("The machine's clock was not compared with another one.")
COMPARED = message(
    "The machine's clock was compared with {reference}, which gave {time}: they differed by at "
    "most {seconds} seconds."
)
NO_ANSWER = message(
    "The machine's clock could not be compared: {reference} did not answer as it should."
)
FIXED_CLOCK = message("a fixed time given in SOURCE_DATE_EPOCH, not a clock")
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


@dataclass(frozen=True)
class Reference:
    """Another clock: what it is, how to ask for its time, and in which steps it counts."""

    name: Said
    ask: Callable[[], datetime]
    step: timedelta = timedelta(0)


def compare_clock(clock: Clock, reference: Reference | None) -> Said | None:
    """Compare the machine's clock with another one; None for a fixed time, which is not a clock.

    The other clock was read at some time between question and answer, so the difference is known
    only within these.
    """
    if clock.source == FIXED_CLOCK:
        return None
    if reference is None:
        return NOT_COMPARED
    before = clock.now()
    try:
        time = reference.ask()
    except ProvenanceError:
        return NO_ANSWER.format(reference=reference.name)
    after = clock.now()
    most = max(abs(before - time - reference.step), abs(after - time))
    seconds = max(1, -(-most // timedelta(seconds=1)))
    return COMPARED.format(
        reference=reference.name, time=format_time(time, SECOND), seconds=format_number(seconds)
    )
