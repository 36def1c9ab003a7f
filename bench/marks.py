"""The watermarks that can be measured: this project's, and its peers where they are installed."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Found:
    """What a detector claims: the payload, and where the mark lies if it says so."""

    payload: bytes
    corners: tuple[tuple[float, float], ...] | None = None


class Mark(Protocol):
    """One watermark; ``payload_bytes`` is how much it is given to carry."""

    payload_bytes: int

    def embed(self, rgb: Pixels, payload: bytes) -> Pixels:
        """Mark a picture."""

    def find(self, rgb: Pixels) -> Found | None:
        """Read a mark; None where the detector itself says that there is none."""


class Provenance:
    """The project's own, through its public functions."""

    payload_bytes = 12

    def embed(self, rgb: Pixels, payload: bytes) -> Pixels:
        from provenance import watermark

        return watermark.embed(rgb, payload)

    def find(self, rgb: Pixels) -> Found | None:
        from provenance import watermark

        found = watermark.detect(rgb)
        return None if found is None else Found(found.payload, found.region.corners)


MARKS = {
    "provenance": "bench.marks:Provenance",
    "blind-watermark": "bench.peers:BlindWatermark",
    "dwtDct": "bench.peers:DwtDct",
    "dwtDctSvd": "bench.peers:DwtDctSvd",
    "rivaGan": "bench.peers:RivaGan",
}


def open_mark(name: str) -> Mark:
    """A mark by its name; ImportError where its package is missing."""
    module, attribute = MARKS[name].split(":")
    mark: Mark = getattr(importlib.import_module(module), attribute)()
    return mark


@contextmanager
def loss_goal(points: float | None) -> Iterator[None]:
    """Embed to another visibility goal in this process; None leaves the one in force."""
    from provenance.watermark.embedding import masking

    usual = masking.GOAL
    masking.GOAL = usual if points is None else points
    try:
        yield
    finally:
        masking.GOAL = usual
