"""WebP and AVIF that move, by way of Pillow's encoders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from PIL import Image, ImageFile

from provenance.imaging.frames import FOREVER, Frame, Moving
from provenance.imaging.pillow import count_frames


def make_moving(image: ImageFile.ImageFile, data: bytes, kind: str, plays: int) -> Moving | None:
    """Return how an opened picture moves; None when it has one frame only."""
    count = count_frames(image, kind)
    return Moving(data, kind, count, plays) if count > 1 else None


def write_sequence(
    frames: Sequence[Frame], moving: Moving, kind: str, options: Mapping[str, Any]
) -> bytes:
    """Write frames with Pillow, each for as long as before, to the millisecond."""
    images = [_join(each) for each in frames]
    # Ends are rounded and not delays, so that no error adds up.
    ends = [0, *(round(1000 * end) for end in accumulate(each.delay for each in frames))]
    buffer = BytesIO()
    images[0].save(
        buffer,
        kind,
        save_all=True,
        append_images=images[1:],
        duration=[end - start for start, end in pairwise(ends)],
        loop=moving.plays or FOREVER,
        **options,
    )
    return buffer.getvalue()


def _join(frame: Frame) -> Image.Image:
    shown = frame.rgb if frame.alpha is None else np.dstack([frame.rgb, frame.alpha])
    return Image.fromarray(np.ascontiguousarray(shown))
