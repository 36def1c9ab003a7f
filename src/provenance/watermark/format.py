"""Every constant of the format ``dwt.1``: change one and old marks can't be read.

``vectors/`` freezes what follows from them, and docs/watermark-format.md says how the parts fit.
Strengths, search ranges and thresholds are not format: they live where they are used.
"""

from __future__ import annotations

from typing import Final

ALG: Final = "unlisted.provenance.dwt.1"
"""C2PA soft-binding algorithm name; "unlisted" until an owner registers a name."""

# ---- code (the payload's own layout is in ``provenance.stamp_id``)
LOCK_BYTES: Final = 3
"""Random bytes after the payload: who reads them may open what was sealed with the picture."""
CHECK_BYTES: Final = 2
"""CRC-16 over payload and lock, big-endian, after them."""
CHECK_START: Final = 0xFFFF
"""Start of the CRC, whose polynomial is x^16 + x^12 + x^5 + 1 (CRC-16/IBM-3740)."""
CODE_BITS: Final = 1024
"""Length of the polar code; 96 payload, 24 lock and 16 check bits go in."""

# ---- plane
TILE: Final = 256
"""Period of the mark along both axes, in mark units; a unit is a pixel of a 1024 px picture."""
GRID: Final = 2
"""Mark units per sample of the plane that the mark is computed on; the mark has no finer detail."""
REFERENCE_SIDE: Final = 1024
"""Short side, in pixels, of a picture in which a mark unit is a pixel."""
SMALLER_EXPONENT: Final = 1 / 3
LARGER_EXPONENT: Final = 1 / 2
"""Pixels per mark unit = (short side / REFERENCE_SIDE) to this power, for pictures smaller and
larger than REFERENCE_SIDE: a small picture gets a finer mark, so that it holds enough, and a large
one a coarser mark, so that it survives being shown small."""

# ---- carrier
WAVELET: Final = "bior4.4"
"""CDF 9/7: Haar loses 4 dB at half size + JPEG 60."""
LEVEL_GAINS: Final = {1: 0.75, 2: 1.0}
"""Amplitude of a chip by wavelet level of the plane, 1 = finest; deeper levels carry nothing.
Levels are consecutive from 1."""

# ---- pilot
LINE_RINGS: Final = ((14, 17), (18, 21), (22, 25), (26, 29), (29, 32), (33, 36), (36, 39), (40, 43))
"""Radii, in cycles per tile (from, below), of the pilot's lines: a key draws one orbit from each
ring. An orbit (a, b) is the wave vectors (+-a, +-b) and (+-b, +-a), which are 4 sinusoids; five
rings stay inside the band of a picture shrunk to a quarter."""
LINE_SLOPE: Final = (1, 8, 7, 8)
"""Bounds on b/a of an orbit, as (numerator, denominator) twice: pictures are full of lines along
the axes, and towards the diagonal an orbit's own lines run together."""

# ---- the private layer
TAG_BYTES: Final = 5
"""Authentication tag of a private word, after its encrypted payload: in place of lock and check."""
NONCES: Final = 16
"""Sets of chips under one key; the tag's first bits choose a picture's. A reader tries all."""
PRIVATE_TILES: Final = 8
"""Tiles along a side after which private chips repeat: 2048 units, which no picture up to 4096 px
holds twice. A pattern that repeats within a picture is read off it by averaging."""

# ---- labels of the SHAKE-256 streams
DOMAIN: Final = b"provenance dwt.1"
"""First part of every stream's seed: other uses of a key get other streams."""
PUBLIC_KEY: Final = bytes(32)
"""The key that everybody knows: that of the universal mark."""
KEY_BYTES: Final = 32
"""Length of a key."""
