"""Notes on an examination itself: what could not be read or asked, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """A note on the examination itself, such as a layer that could not be read, and why."""

    layer: str
    code: str
    detail: str = ""
