"""Whole picture files for property tests: every format, kind of pixel, content and metadata."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from PIL import Image

MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
    "AVIF": ("RGB", "RGBA"),
    "TIFF": ("L", "RGB", "CMYK"),
}

OPTIONS: dict[str, list[dict[str, Any]]] = {
    "PNG": [{}, {"compress_level": 0}],
    "JPEG": [{}, {"progressive": True}, {"quality": 20, "subsampling": 2}, {"quality": 100}],
    "WEBP": [{"lossless": True, "exact": True}, {"quality": 40}],
    "AVIF": [{"speed": 10}],
    "TIFF": [{}, {"compression": "tiff_adobe_deflate"}],
}

MAX_SIDE = 96  # pixels: a search for a mark in more takes long, and finds no other path


@dataclass(frozen=True)
class File:
    """A picture file that is valid, and what it was made with."""

    data: bytes
    kind: str
    mode: str
    size: tuple[int, int]
    metadata: dict[str, bytes]


@st.composite
def files(draw: st.DrawFn) -> File:
    """Draw a valid file."""
    kind = draw(st.sampled_from(sorted(MODES)))
    mode = draw(st.sampled_from(MODES[kind]))
    width, height = draw(st.tuples(*[st.integers(1, MAX_SIDE)] * 2))
    pixels = _pixels(draw, width, height)
    image = Image.fromarray(pixels).convert(mode)
    if mode.endswith("A"):
        image.putalpha(Image.fromarray(pixels[..., 0] // 2))  # an opaque one may be left out
    metadata = _metadata(draw)
    buffer = io.BytesIO()
    image.save(buffer, kind, **draw(st.sampled_from(OPTIONS[kind])), **metadata)
    return File(buffer.getvalue(), kind, mode, (width, height), metadata)


def _pixels(draw: st.DrawFn, width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    seed, kind = draw(
        st.tuples(st.integers(0, 2**32 - 1), st.sampled_from(["flat", "ramp", "noise"]))
    )
    random = np.random.default_rng(seed)
    if kind == "flat":
        rgb = np.broadcast_to(random.integers(0, 256, 3), (height, width, 3))
    elif kind == "noise":
        rgb = random.integers(0, 256, (height, width, 3))
    else:
        across, down = np.meshgrid(np.arange(width), np.arange(height))
        rgb = np.stack([across * 2, down * 2, across + down], axis=-1)
    return rgb.astype(np.uint8)


def _metadata(draw: st.DrawFn) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    if orientation := draw(st.one_of(st.none(), st.integers(1, 8))):
        exif = Image.Exif()
        exif[0x0112] = orientation
        found["exif"] = exif.tobytes()
    if profile := draw(st.binary(max_size=300)):
        found["icc_profile"] = profile
    return found
