"""The frames of a moving picture, as they are shown: all of them, or some."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from io import BytesIO

import numpy as np
from PIL import ImageFile

from provenance import containers
from provenance.errors import ImageTooLargeError
from provenance.imaging.frames import Frame, Moving
from provenance.imaging.moving.apng import CONTROL, list_delays
from provenance.imaging.pillow import DECODERS, translate_decoder_errors
from provenance.imaging.samples import OPAQUE, Pixels
from provenance.limits import Limits

MS = Fraction(1, 1000)
"""Pillow states delays in milliseconds."""

CONTROL_WITHIN, BRANDS_END = 2**20, 64
"""Bytes within which a moving picture says that it is one: before its pixels, behind a profile."""

CONTROLS = b"\x21\xf9"
"""The kind of a GIF's block that says how long the next frame is shown."""

MOST_FRAMES = 10_000
"""Frames of a picture that is to be marked: seven minutes at 24 a second."""


def load_frames(moving: Moving, limits: Limits) -> Moving:
    """Return the moving picture with all of its frames.

    Raises
    ------
    InputError
        They can't be decoded, or have more pixels together than a picture may.
    """
    image = _open(moving)
    pixels = moving.count * image.width * image.height
    if moving.count > MOST_FRAMES or pixels > limits.max_pixels:
        raise ImageTooLargeError(
            f"The {moving.kind} has {moving.count:,} frames of {image.width} x {image.height} "
            f"pixels, more than {limits.max_pixels:,} pixels or {MOST_FRAMES:,} frames in all; "
            "raise max_pixels to accept it, or shorten it."
        )
    delays = list_delays(moving.data) if moving.kind == "PNG" else None
    frames = []
    for index in range(moving.count):
        rgb, alpha = _show(image, index)
        delay = Fraction(str(image.info.get("duration") or 0)) * MS
        frames.append(Frame(rgb, alpha, delays[index] if delays else delay))
    return replace(moving, frames=_share_alpha(frames))


def sample_frames(moving: Moving, most: int, limits: Limits) -> Iterator[tuple[int, Pixels]]:
    """Yield some of the frames with their index, evenly spaced, but not the first one.

    What lies before a frame has to be decoded first, so those beyond the limit on pixels are left
    out, and so is what lies behind damage.
    """
    image = _open(moving)
    within = min(moving.count, limits.max_pixels // (image.width * image.height))
    wanted = sorted(set(np.linspace(0, within - 1, most + 1).astype(int).tolist()) - {0})
    for index in wanted:
        yield index, _show(image, index)[0]


def _open(moving: Moving) -> ImageFile.ImageFile:
    with translate_decoder_errors(f"The {moving.kind} picture"):
        return DECODERS[moving.kind](BytesIO(moving.data))


def _show(image: ImageFile.ImageFile, index: int) -> tuple[Pixels, Pixels | None]:
    """Decode one frame, with its alpha."""
    with translate_decoder_errors(f"Frame {index + 1} of the picture"):
        image.seek(index)
        image.load()
        plain = image.mode in ("L", "RGB") and "transparency" not in image.info
        shown = np.asarray(image.convert("RGB" if plain else "RGBA"), dtype=np.uint8)
    if plain:
        return shown, None
    return np.ascontiguousarray(shown[..., :3]), np.ascontiguousarray(shown[..., 3])


def _share_alpha(frames: list[Frame]) -> tuple[Frame, ...]:
    """Give every frame an alpha where one has transparent parts, and none where none has."""
    if not any(each.alpha is not None and (each.alpha < OPAQUE).any() for each in frames):
        return tuple(replace(each, alpha=None) for each in frames)
    full = np.full(frames[0].rgb.shape[:2], OPAQUE, np.uint8)
    return tuple(each if each.alpha is not None else replace(each, alpha=full) for each in frames)


def may_move(data: bytes) -> bool:
    """Tell by a file's first bytes whether it may be a moving picture."""
    if data.startswith(containers.png.SIGNATURE):
        return CONTROL in data[:CONTROL_WITHIN]
    if data.startswith(containers.riff.START):
        return b"ANIM" in data[:CONTROL_WITHIN]
    sequence = data[4:8] == containers.bmff.FILE_TYPE and b"avis" in data[:BRANDS_END]
    return data.startswith(containers.gif.STARTS) or sequence


def list_seconds(moving: Moving) -> list[float]:
    """Return how long each frame is shown; those of an AVIF count as long as the first.

    A frame of which that is not said counts as none.
    """
    told = _read_seconds(moving)[: moving.count]
    return told + [0.0] * (moving.count - len(told))


def measure_seconds(moving: Moving) -> float:
    """Return how long all frames are shown."""
    return sum(list_seconds(moving))


def _read_seconds(moving: Moving) -> list[float]:
    data = moving.data
    if moving.kind == "PNG":
        return list(map(float, list_delays(data)))
    if moving.kind == "GIF":
        controls = (p.read_content(data) for p in containers.gif.walk(data) if p.kind == CONTROLS)
        return [int.from_bytes(each[2:4], "little") / 100 for each in controls]
    if moving.kind == "WEBP":
        frames = (p.content_start for p in containers.riff.walk(data) if p.kind == b"ANMF")
        return [int.from_bytes(data[at + 12 : at + 15], "little") / 1000 for at in frames]
    image = _open(moving)
    with translate_decoder_errors("The AVIF picture"):
        image.load()
    return [float(image.info.get("duration") or 0) / 1000] * moving.count
