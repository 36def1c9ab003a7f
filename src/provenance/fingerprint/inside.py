"""The hashes of what lies inside a picture: without bars, and of parts that were cut out."""

from __future__ import annotations

from collections.abc import Sequence

from provenance.fingerprint.bars import Pixels, trim_bars
from provenance.fingerprint.pdq_hash import Pdq, pdq_variants


def pdq_inside(rgb: Pixels, parts: Sequence[Pixels] = ()) -> tuple[Pdq, ...]:
    """Hash a picture without its bars, each part, and each part without its bars.

    Parameters
    ----------
    rgb
        (H, W, 3) uint8. Its own hash is not among them.
    parts
        The same: what was found in it, such as a picture in a screenshot.
    """
    trimmed = (trim_bars(each) for each in (rgb, *parts))
    inner = (*parts, *(each for each in trimmed if each is not None))
    return tuple(found for each in inner for found in pdq_variants(each))
