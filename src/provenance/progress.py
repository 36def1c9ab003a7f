"""Progress of the work on one picture: code that works calls ``enter``, code that shows ``listen``.

Without a listener this costs nothing. A listener hears of its own thread and task only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum


class Stage(StrEnum):
    """The stages in order; their words are shown to people."""

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
def listen(listener: Callable[[Stage], None]) -> Iterator[None]:
    """Call ``listener`` with every stage that begins while the context is open."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
