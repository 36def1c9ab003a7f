"""The few frames of a film that are looked at: those that its codec spent most bytes on.

Bytes go to the first frames of scenes and to sharp ones; what is predicted from other frames gets
hardly any, and carries hardly any mark. Half of the frames are the best of even stretches of time,
the other half the best of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenance.errors import CorruptImageError
from provenance.films.opening import (
    FilmFacts,
    Packet,
    describe,
    find_track,
    list_packets,
    open_film,
    translate_errors,
)
from provenance.limits import Limits

SHOTS_A_MINUTE, LEAST_SHOTS, MOST_SHOTS = 32, 32, 96
"""Frames that are looked at: so many for each minute of film, at least, and at most."""
KEPT_PIXELS = 2**27
"""Of all frames that are looked at: 200 MB as they are decoded. It is 64 frames of 1080p, 16 of
4K."""
DECODED_PIXELS = 2**31
"""Of all frames that are decoded on the way: 2,330 frames of 720p, some six seconds. In a longer
film only those are decoded that need no others (key frames)."""
HD_HEIGHT = 720
"""Rows from which a film that does not say so is taken to be of BT.709, as players do."""
BT709, UNSAID = 1, 2
"""H.273's matrix coefficients."""


@dataclass(frozen=True)
class Shot:
    """One frame of a film: when it is shown, in seconds, and the bytes that it takes."""

    seconds: float
    bytes: int
    frame: Any = field(repr=False, compare=False)

    @property
    def luma(self) -> NDArray[np.uint8]:
        """Grey levels from 0 to 255, shape (height, width)."""
        with translate_errors():
            return np.asarray(self.frame.to_ndarray(format="gray"))

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """Colours, shape (height, width, 3)."""
        guessed = self.frame.colorspace == UNSAID and self.frame.height >= HD_HEIGHT
        with translate_errors():
            shown = self.frame.reformat(format="rgb24", src_colorspace=BT709 if guessed else None)
            return np.asarray(shown.to_ndarray())


@dataclass(frozen=True)
class Film:
    """A film: what it is, and the frames that are looked at, in their order; there is one at least.

    ``whole`` says that frames of every kind were to be had, not key frames alone.
    """

    facts: FilmFacts
    shots: tuple[Shot, ...]
    whole: bool

    def rank(self, count: int) -> tuple[Shot, ...]:
        """Return the frames that most bytes were spent on, the best first."""
        return tuple(sorted(self.shots, key=lambda each: -each.bytes)[:count])


def read_film(data: bytes, limits: Limits) -> Film:
    """Read a film's bytes.

    Raises
    ------
    UnsupportedFormatError
        It is of a kind that is not read here, or PyAV is not installed.
    CorruptImageError
        It is damaged.
    ImageTooLargeError
        It is over a limit.
    InputCostError
        There is not enough memory.
    """
    limits.check_bytes(len(data))
    with open_film(data) as container, translate_errors():
        track = find_track(container)
        facts = describe(data, container, track, limits)
        packets = list_packets(container, track)
    size = max(facts.width * facts.height, 1)
    whole = len(packets) * size <= DECODED_PIXELS
    usable = packets if whole else [each for each in packets if each.key]
    chosen = choose(usable, count_shots(facts.seconds, size))
    shots = tuple(_decode(data, {each.pts: each for each in chosen}, facts, whole=whole))
    if not shots:
        raise CorruptImageError("The film can't be decoded: it holds no whole frame.")
    return Film(replace(facts, frames=len(packets)), shots, whole)


def count_shots(seconds: float, pixels: int) -> int:
    """Say how many frames are looked at."""
    wanted = round(SHOTS_A_MINUTE * seconds / 60)
    return max(1, min(max(wanted, LEAST_SHOTS), MOST_SHOTS, KEPT_PIXELS // pixels))


def choose(packets: Sequence[Packet], count: int) -> list[Packet]:
    """Choose the best frame of each stretch of time, and then the best of the rest."""
    if len(packets) <= count:
        return list(packets)
    ends = np.linspace(0, len(packets), max(count // 2, 1) + 1).astype(int).tolist()
    found = {
        max(packets[first:end], key=lambda each: each.size)
        for first, end in pairwise(ends)
        if end > first
    }
    rest = sorted(set(packets) - found, key=lambda each: (-each.size, each.pts))
    return sorted((*found, *rest[: count - len(found)]), key=lambda each: each.pts)


def _decode(
    data: bytes, chosen: dict[int, Packet], facts: FilmFacts, *, whole: bool
) -> Iterator[Shot]:
    """Yield the chosen frames; of a film that breaks off, those before."""
    limit, size = DECODED_PIXELS, facts.width * facts.height
    with open_film(data) as container:
        track = find_track(container)
        track.codec_context.thread_count = 1
        if not whole:
            track.codec_context.skip_frame = "NONKEY"
        frames, any_yet = container.decode(track), False
        while chosen and limit > 0:
            try:
                with translate_errors():
                    frame = next(frames, None)
            except CorruptImageError:
                if not any_yet:
                    raise
                return
            if frame is None:
                return
            limit -= size
            packet = chosen.pop(frame.pts, None)
            if packet is not None and (frame.width, frame.height) == (facts.width, facts.height):
                any_yet = True
                yield Shot(float(frame.time or 0.0), packet.size, frame)
