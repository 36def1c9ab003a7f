"""The index as a folder: segments that follow each other, and are merged as they grow in number.

Look-ups only read. One process at a time adds segments; the others go on with the files they have
mapped, which stay readable until they let go of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from provenance.files import locked, translate_refusals, write_parts
from provenance.registry.likeness.refusal import refuse_index
from provenance.registry.likeness.segment import Segment, encode_segment, open_segment

MAX_RECORDS = 2**24
"""Hashes of one segment: building its tables takes about 70 bytes of memory for each, 1.2 GB."""

_NAME = re.compile(r"([0-9]{12})-([0-9]{12})\.pdq")
_LOCK_FILE = "lock"
_TRIES = 3  # openings of a folder whose files another process merges meanwhile


class LikenessIndex:
    """The PDQ hashes of a registry's records up to some place in the log."""

    def __init__(self, folder: Path, origin: str) -> None:
        self._folder = folder
        self._origin = origin
        self._segments: tuple[Segment, ...] = self._open()

    @property
    def end(self) -> int:
        """The leaf index up to which records are in the index; the next one is not."""
        return self._segments[-1].end if self._segments else 0

    @property
    def size(self) -> int:
        """The number of hashes."""
        return sum(len(each.leaves) for each in self._segments)

    def within(self, query: bytes, max_distance: int) -> list[tuple[int, int]]:
        """Give leaf index and distance of all hashes near one of 32 bytes, ordered by leaf index.

        Raises
        ------
        RegistryDamagedError
            A file of the index is damaged.
        """
        words = np.frombuffer(query, "<u8")
        found: list[tuple[int, int]] = []
        for segment in self._segments:
            try:
                leaves, distances = segment.within(words, max_distance)
            except (IndexError, ValueError) as error:  # tables that point outside of the file
                raise refuse_index(self._folder, "is damaged") from error
            found += zip(leaves.tolist(), distances.tolist(), strict=True)
        return found

    def add(self, leaves: Sequence[int], hashes: bytes, end: int) -> None:
        """Add records up to leaf index ``end``, exclusive: as a new file, or in a longer one.

        ``hashes`` are 32 bytes for each leaf. What another process added meanwhile is not added
        twice.

        Raises
        ------
        OutputNotWritableError
            The folder can't be written to.
        """
        with locked(self._folder / _LOCK_FILE):
            self._segments = self._open()
            places = np.array(leaves, np.int64)
            words = np.frombuffer(hashes, "<u8").reshape(-1, 4)
            new = places >= self.end
            if not new.any():
                return
            merged = _choose_merged(self._segments, int(new.sum()))
            first = merged[0].first if merged else self.end
            self._write(
                first,
                end,
                np.concatenate([*(each.leaves for each in merged), places[new]]),
                np.concatenate([*(each.hashes for each in merged), words[new]]),
            )
            self._segments = self._open()
            for each in merged:
                with suppress(OSError):  # Windows keeps a file that somebody has mapped
                    (self._folder / _name(each.first, each.end)).unlink()

    def _write(
        self, first: int, end: int, leaves: NDArray[np.int64], hashes: NDArray[np.uint64]
    ) -> None:
        parts = encode_segment(self._origin, first, end, leaves, hashes)
        write_parts(self._folder / _name(first, end), parts)

    def _open(self) -> tuple[Segment, ...]:
        """Map the segments that cover most of the log; whoever merges removes what it replaced."""
        for _ in range(_TRIES - 1):
            with suppress(OSError):
                return self._map()
        return self._map()

    def _map(self) -> tuple[Segment, ...]:
        chosen: list[Segment] = []
        ranges = _list_ranges(self._folder)
        place = 0
        while ends := [end for first, end in ranges if first == place]:
            place_end = max(ends)
            path = self._folder / _name(place, place_end)
            chosen.append(open_segment(path, self._origin))
            place = place_end
        return tuple(chosen)


def _choose_merged(segments: tuple[Segment, ...], size: int) -> tuple[Segment, ...]:
    """Choose the last segments, which a new one of this size takes in.

    Each that stays is longer than all that follow, so there are few, and each record is written
    about as often as the registry doubled.
    """
    start = len(segments)
    while start and (length := len(segments[start - 1].leaves)) <= min(size, MAX_RECORDS - size):
        size += length
        start -= 1
    return segments[start:]


def _name(first: int, end: int) -> str:
    return f"{first:012d}-{end:012d}.pdq"


def _list_ranges(folder: Path) -> list[tuple[int, int]]:
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    found = [match for match in map(_NAME.fullmatch, names) if match]
    return [(int(match[1]), int(match[2])) for match in found]


def remove_index(folder: Path) -> None:
    """Remove all files of an index, so that it is built anew.

    Raises
    ------
    OutputNotWritableError
        The system refuses.
    """
    with locked(folder / _LOCK_FILE), translate_refusals(folder):
        for first, end in _list_ranges(folder):
            (folder / _name(first, end)).unlink()
