"""AVIF that moves: how often it is shown, and how finely its frames were coded."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from itertools import islice

import numpy as np

from provenance.containers import bmff
from provenance.errors import CorruptImageError
from provenance.imaging import av1
from provenance.imaging.frames import FOREVER

AS_FINE = ((0, 24, 52, 76, 100, 128, 152, 176, 200), (100, 90, 80, 70, 60, 50, 40, 30, 20))
"""The largest ``base_q_idx`` of a sequence's frames, and the quality at which libavif 1.4 with
libaom writes it. Others are finer, the first one most, by as much as the encoder sees fit."""

FRAMES_READ = 32
"""Frames whose headers are read: an encoder repeats its pattern of fine and coarse ones sooner."""

EDITS = re.compile(rb"elst\0\0\0(.)", re.DOTALL)
REPEATS = 1
"""The box that says which part of a sequence is shown, and its flag to begin again behind it."""


def find_quality(data: bytes) -> int | None:
    """Return the encoder's quality that codes as finely; None where that can't be told."""
    try:
        coarsest = max(av1.read_quantisers(islice(_cut_samples(data), FRAMES_READ)), default=None)
    except CorruptImageError:
        return None
    return None if coarsest is None else round(float(np.interp(coarsest, *AS_FINE)))


def read_plays(data: bytes) -> int:
    """Tell how often a sequence is shown, once or for ever: its edit list says so."""
    found = EDITS.search(data)
    return FOREVER if found is not None and found.group(1)[0] & REPEATS else 1


def state_plays(encoded: bytes, plays: int) -> bytes:
    """Return the sequence that is shown once, where it was; the encoder has it begin again."""
    found = EDITS.search(encoded)
    if found is None or plays != 1:
        return encoded
    return encoded[: found.start(1)] + b"\0" + encoded[found.end(1) :]


def _cut_samples(data: bytes) -> Iterator[bytes]:
    """Yield the coded frames of the first track, as far as they lie in one piece.

    Raises
    ------
    CorruptImageError
        The boxes can't be walked over, or end before their fields do.
    """
    tables: dict[bytes, bytes] = {}
    for piece in bmff.walk(data):
        if piece.kind in (b"stsz", b"stsc", b"stco"):
            tables.setdefault(piece.kind, piece.read_content(data))
    if len(tables) < 3:
        return
    try:
        (at,) = struct.unpack_from(">I", tables[b"stco"], 8)
        (together,) = struct.unpack_from(">I", tables[b"stsc"], 12)
        alike, count = struct.unpack_from(">II", tables[b"stsz"], 4)
        for index in range(min(together, count)):
            size = alike or struct.unpack_from(">I", tables[b"stsz"], 12 + 4 * index)[0]
            yield data[at : at + size]
            at += size
    except struct.error as error:
        raise CorruptImageError("A table of the sequence ends before its fields do.") from error
