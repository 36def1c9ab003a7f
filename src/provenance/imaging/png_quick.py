"""Rows of a PNG in less time and more bytes; see docs/formats.md for the price."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from provenance.imaging import png16

STRIP_ROWS = 64
"""Rows that are filtered and deflated at a time: they stay in the processor's cache."""

LEVEL = 1
"""Deflate effort."""


def pack_rows(samples: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    """Return deflated rows, each filtered by the one above it.

    Python's lock is free meanwhile, so that other threads go on.
    """
    rows = samples.astype(">u2" if samples.dtype == np.uint16 else np.uint8, copy=False)
    rows = np.ascontiguousarray(rows).view(np.uint8).reshape(len(samples), -1)
    packer = zlib.compressobj(LEVEL)
    packed, above = [], np.zeros_like(rows[:1])
    for top in range(0, len(rows), STRIP_ROWS):
        strip = rows[top : top + STRIP_ROWS]
        filtered = np.empty((len(strip), 1 + rows.shape[1]), np.uint8)
        filtered[:, 0] = png16.ABOVE
        np.subtract(strip, np.concatenate((above, strip[:-1])), out=filtered[:, 1:])
        packed.append(packer.compress(filtered.data))
        above = strip[-1:]
    return b"".join((*packed, packer.flush()))
