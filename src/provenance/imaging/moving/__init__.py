"""Moving pictures: GIF, and PNG, WebP and AVIF that move. Their frames are read, marked, written.

A frame is what is shown while it is shown: how a file puts it together from parts, and what it
takes away behind each, is undone on reading, and found anew on writing.
"""

from provenance.imaging.frames import Frame, Moving
from provenance.imaging.moving import gif
from provenance.imaging.moving.apng import read_apng, write_apng
from provenance.imaging.moving.loading import (
    list_seconds,
    load_frames,
    may_move,
    measure_seconds,
    sample_frames,
)
from provenance.imaging.moving.sequences import make_moving, write_sequence

__all__ = [
    "Frame",
    "Moving",
    "gif",
    "list_seconds",
    "load_frames",
    "make_moving",
    "may_move",
    "measure_seconds",
    "read_apng",
    "sample_frames",
    "write_apng",
    "write_sequence",
]
