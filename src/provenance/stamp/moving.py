"""Marks the frames of a moving picture alike, and so that nothing flickers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import numpy as np

from provenance import imaging
from provenance.imaging import Picture, Pixels
from provenance.limits import Limits

CHECKED = 4
"""Frames behind the first one whose mark is read back, evenly spaced."""


def list_frames(picture: Picture) -> list[Pixels]:
    """Return the colours of every frame; of a still picture, of the only one."""
    return [each.rgb for each in picture.moving.frames] if picture.moving else [picture.rgb]


def mark_frames(frames: Sequence[Pixels], embed: Callable[[Pixels], Pixels]) -> list[Pixels]:
    """Mark each frame; what has not changed since the one before keeps the mark that it has there.

    Raises
    ------
    ImageTooSmallError, ImageTooFlatError
        A frame can't hold the mark.
    """
    marked = [embed(frames[0])]
    for before, now in zip(frames, islice(frames, 1, None), strict=False):
        same = (before == now).all(axis=2)
        if same.all():
            marked.append(marked[-1])
            continue
        marked.append(np.where(same[..., None], marked[-1], embed(now)))
    return marked


def sample(picture: Picture, limits: Limits) -> Iterator[Pixels]:
    """Yield the first frame and some of the others."""
    yield picture.rgb
    if picture.moving:
        yield from (rgb for _, rgb in imaging.sample_frames(picture.moving, CHECKED, limits))
