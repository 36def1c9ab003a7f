"""What a moving picture is, beside the picture that it begins with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from provenance.imaging.samples import Pixels

FOREVER = 0
"""Plays of a picture that begins again for as long as it is shown."""


@dataclass(frozen=True, eq=False)
class Frame:
    """What is shown for ``delay`` seconds: colours (H, W, 3) and alpha (H, W), both uint8."""

    rgb: Pixels
    alpha: Pixels | None
    delay: Fraction


@dataclass(frozen=True, eq=False)
class Moving:
    """How a picture goes on behind its first frame.

    Attributes
    ----------
    data, kind
        The file, and its format.
    count
        How many frames it has.
    plays
        How often they are shown; ``FOREVER`` is 0.
    poster
        Whether the first is shown only by who can't show the others.
    frames
        All of them, once they were loaded; none before.
    """

    data: bytes
    kind: str
    count: int
    plays: int = FOREVER
    poster: bool = False
    frames: tuple[Frame, ...] = ()

    def turn(self, turn: Callable[[Pixels], Pixels]) -> Moving:
        """Return the moving picture with every frame turned."""
        turned = (
            Frame(turn(each.rgb), None if each.alpha is None else turn(each.alpha), each.delay)
            for each in self.frames
        )
        return replace(self, frames=tuple(turned))
