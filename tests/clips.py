"""Short films for tests: made by PyAV, in memory."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.components import need_module

Pixels = NDArray[np.uint8]

SIZE = WIDTH, HEIGHT = 320, 240
RATE, FRAMES = 25, 16
TITLE, LANGUAGE = "A day at the sea", "deu"


def draw(frames: int = FRAMES, start: int = 0) -> list[Pixels]:
    """Soft waves that move, with fine texture: grey levels."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    texture = np.random.default_rng(1).normal(0, 6, (HEIGHT, WIDTH + 2 * frames))
    found = []
    for number in range(start, start + frames):
        waves = np.sin((x + 3 * number) / 21) + np.sin((y - x / 3) / 29)
        luma = 125 + 45 * waves + texture[:, 2 * (number - start) :][:, :WIDTH]
        found.append(np.clip(luma, 0, 255).astype(np.uint8))
    return found


def write(
    frames: Iterable[Pixels],
    *,
    quality: int = 12,
    container: str = "mp4",
    codec: str = "libx264",
    layout: str = "yuv420p",
    sound: bool = False,
    turn: int = 0,
    **tags: Any,
) -> bytes:
    """Write a film; ``tags`` are set on the coder."""
    av = need_module("av", "video")
    file = io.BytesIO()
    with av.open(file, "w", format=container) as film:
        stream = film.add_stream(codec, rate=RATE)
        stream.width, stream.height, stream.pix_fmt = *SIZE, layout
        stream.options = {"crf": str(quality), "threads": "1", "preset": "veryfast"}
        stream.set_display_rotation(turn) if turn else None
        for name, value in tags.items():
            setattr(stream.codec_context, name, value)
        voice = _add_sound(film) if sound else None
        film.metadata["title"] = TITLE
        for each in frames:
            grey = av.VideoFrame.from_ndarray(np.ascontiguousarray(each), format="gray")
            film.mux(stream.encode(grey.reformat(format=layout)))
        film.mux(stream.encode(None))
        for number in range(12) if voice else ():
            wave = np.sin(np.arange(1024) / 20 + number).astype(np.float32)[None]
            part = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
            part.sample_rate, part.pts = 48_000, 1024 * number
            film.mux(voice.encode(part) if voice else [])
        film.mux(voice.encode(None) if voice else [])
    return file.getvalue()


def _add_sound(film: Any) -> Any:
    voice = film.add_stream("aac", rate=48_000)
    voice.layout = "mono"
    voice.metadata["language"] = LANGUAGE
    return voice


def read(data: bytes) -> list[Pixels]:
    """All frames, as grey levels."""
    av = need_module("av", "video")
    with av.open(io.BytesIO(data)) as film:
        return [frame.to_ndarray(format="gray") for frame in film.decode(video=0)]


def describe(data: bytes) -> dict[str, Any]:
    """All of a film but its pictures: moments, sound, descriptions, turn, colours."""
    av = need_module("av", "video")
    with av.open(io.BytesIO(data)) as film:
        frames = list(film.decode(video=0))
        context = film.streams.video[0].codec_context
        found: dict[str, Any] = {
            "title": film.metadata.get("title"),
            "moments": [float(frame.time) for frame in frames],
            "turn": frames[0].rotation,
            "colours": (context.color_range, context.colorspace, context.color_trc),
            "layout": context.pix_fmt,
            "languages": [each.metadata.get("language") for each in film.streams.audio],
        }
    with av.open(io.BytesIO(data)) as film:
        packets = film.demux(film.streams.audio) if film.streams.audio else ()
        found["sound"] = [(each.pts, bytes(each)) for each in packets if each.size]
    return found
