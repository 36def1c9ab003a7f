"""What something costs, counted in calls: the same on every machine, however busy."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Steps:
    """How many calls were made, of Python's functions and of C's."""

    count = 0

    def __call__(self, *_event: object) -> None:
        self.count += 1


@contextmanager
def count_steps() -> Iterator[Steps]:
    """Count the calls that are made within."""
    steps = Steps()
    sys.setprofile(steps)
    try:
        yield steps
    finally:
        sys.setprofile(None)
