"""Marks that only records lead to: their payloads are held against the picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from provenance import watermark
from provenance.watermark import Detection, LockKey

Pixels = NDArray[np.uint8]


def match_public(
    rgb: Pixels, payloads: Sequence[bytes], lock_key: LockKey | None, among: int
) -> Detection | None:
    """Hold payloads against a picture: as words where the locks can be derived, then alone.

    The probability counts both.
    """
    if not payloads:
        return None
    tries: list[list[bytes]] = [list(payloads)]
    if lock_key is not None:
        tries.insert(0, [each + lock_key.derive(each) for each in payloads])
    among = len(tries) * max(among, len(payloads))
    found = (watermark.match(rgb, each, among=among) for each in tries)
    return next(filter(None, found), None)


def match_private(
    rgb: Pixels, payloads: Sequence[bytes], keys: Sequence[bytes]
) -> tuple[Detection, int] | None:
    """Hold them against it under each secret key; with what is found, the number of its key.

    Without a pilot that takes seconds.
    """
    for layer, key in enumerate(keys, 1):
        found = watermark.match(rgb, payloads, key, among=len(payloads) * len(keys))
        if found is not None:
            return found, layer
    return None
