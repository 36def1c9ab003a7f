"""One frame of a film: H.264 as players and platforms make it. It needs PyAV (``pip install av``).

A film has 24 frames of 1280 x 720 pixels at 25 a second, coded by x264 with its preset "medium" at
a constant rate factor. The frame taken is number 12: it is predicted from others. A still fills the
height, with black beside it. A pan moves over a picture that is enlarged to cover the frame, by
some pixels a frame to the right.
"""

from __future__ import annotations

import importlib
import io
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image

from bench.attacks.base import Transform

SIZE = 1280, 720
FRAMES, RATE, TAKEN = 24, 25, 12


def filmed(quality: int, pan: int = 0) -> Transform:
    """One frame of a film at this rate factor; ``pan`` is pixels a frame."""

    def film(image: Image.Image, _: np.random.Generator) -> Image.Image:
        frames = _panned(image, pan) if pan else _still(image)
        return _coded(frames, quality)

    return film


def _still(image: Image.Image) -> Iterator[Image.Image]:
    shown = Image.new("RGB", SIZE)
    scale = min(SIZE[0] / image.width, SIZE[1] / image.height)
    size = round(image.width * scale), round(image.height * scale)
    small = image.resize(size, Image.Resampling.BICUBIC)
    shown.paste(small, ((SIZE[0] - size[0]) // 2, (SIZE[1] - size[1]) // 2))
    for _ in range(FRAMES):
        yield shown


def _panned(image: Image.Image, pan: int) -> Iterator[Image.Image]:
    wide, high = SIZE[0] + pan * FRAMES, SIZE[1]
    scale = max(wide / image.width, high / image.height)
    size = math.ceil(image.width * scale), math.ceil(image.height * scale)
    large = image.resize(size, Image.Resampling.BICUBIC)
    top = (large.height - SIZE[1]) // 2
    for number in range(FRAMES):
        left = pan * number
        yield large.crop((left, top, left + SIZE[0], top + SIZE[1]))


def _coded(frames: Iterator[Image.Image], quality: int) -> Image.Image:
    """Write a film and take one frame of it."""
    av: Any = importlib.import_module("av")
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=RATE)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(quality), "preset": "medium", "threads": "1"}
        for frame in frames:
            film.mux(stream.encode(av.VideoFrame.from_image(frame)))
        film.mux(stream.encode())
    file.seek(0)
    with av.open(file) as film:
        for number, frame in enumerate(film.decode(video=0)):
            if number == TAKEN:
                taken: Image.Image = frame.to_image()
                return taken
    raise ValueError("The film has too few frames.")
