"""Which stage the work on one picture is in, for whoever wants to show it.

What works says `enter`; who shows listens with `listening`. Without a listener it costs nothing,
and a listener hears of its own thread and task only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum


class Stage(StrEnum):
    """What is being done, in order; the words are shown to people."""

    DECODING = "decoding"
    LOOKING = "looking for marks"
    MARKING = "marking"
    ENCODING = "encoding"
    CHECKING = "reading the mark back"
    COMPARING = "taking fingerprints"
    SIGNING = "signing"


_listener: ContextVar[Callable[[Stage], None] | None] = ContextVar("listener", default=None)


def enter(stage: Stage) -> None:
    """Say that a stage begins."""
    listener = _listener.get()
    if listener is not None:
        listener(stage)


@contextmanager
def listening(listener: Callable[[Stage], None]) -> Iterator[None]:
    """Call ``listener`` with every stage that begins while the context is open."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
