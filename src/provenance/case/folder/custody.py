"""The custody log of one examination: each step with its time, chained to the one before."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from provenance import hashchain
from provenance.canonical import to_utc_text
from provenance.case.clock import Clock

Noted = Callable[..., None]
"""Notes a step: its short name, a sentence, and values that belong to it."""


class CustodyLog:
    """Collects the steps as they are taken; see ``provenance.hashchain`` for the form of a line."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lines: list[bytes] = []
        self._head = hashchain.START
        self.entries: list[dict[str, Any]] = []

    def note(self, step: str, says: str, **values: Any) -> None:
        """Add a step: its short name, a sentence, and values that belong to it."""
        entry = {"time": to_utc_text(self._clock.now()), "step": step, "says": says, **values}
        line = hashchain.link(len(self._lines), self._head, entry)
        self._head = hashchain.digest(line)
        self._lines.append(line)
        self.entries.append({**entry, "n": len(self._lines) - 1})

    def about(self, exhibit: str) -> Noted:
        """Return what notes steps that belong to one exhibit."""
        return partial(self.note, exhibit=exhibit)

    def branch(self) -> CustodyLog:
        """Return a log that goes on from here, independently of this one."""
        other = CustodyLog(self._clock)
        other._lines, other.entries = list(self._lines), list(self.entries)
        other._head = self._head
        return other

    def text(self) -> bytes:
        """Return the log as a file: JSON Lines."""
        return b"".join(line + b"\n" for line in self._lines)
