"""Write a film anew: every frame's luma changed, sound and descriptions copied as they are.

Frames keep their moments, their colours' meaning and their turn. The codec stays where there is an
encoder for it. What can't be kept is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenance.errors import UnsupportedFormatError
from provenance.films.opening import (
    FilmFacts,
    describe,
    find_track,
    load_av,
    open_film,
    translate_errors,
)
from provenance.limits import Limits

Change = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""From a frame's grey levels, 0 to 255, to what is added to them."""

ENCODERS: Mapping[str, tuple[tuple[str, Mapping[str, str]], ...]] = {
    "h264": (
        ("libx264", {"crf": "18", "preset": "faster"}),
        ("libopenh264", {"b": "8000000", "rc_mode": "quality"}),
    ),
    "av1": (("libsvtav1", {"crf": "20", "preset": "8"}),),
    "vp9": (("libvpx-vp9", {"crf": "20", "b": "0", "deadline": "good", "cpu-used": "5"}),),
}
"""Encoders for a codec, those preferred first, and how finely they code: at 18 of x264's 51 steps
coding costs about as much as the mark. x264 is under the GPL, and comes with PyAV's wheels; with an
FFmpeg that lacks it OpenH264 (BSD) is taken. SVT-AV1 and libvpx are under the BSD licence."""
SAME = {"libdav1d": "av1"}
USUAL = "h264"
"""The codec of films whose own is not written: all players have it."""
CONTAINERS = {"MP4": "mp4", "MOV": "mov"}
"""FFmpeg's writers. WebM is not written: the C2PA library can't put a manifest into it."""
PLANES = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p"})
"""Layouts of samples with a plane of luma, 8 bits deep."""
FULL_RANGE = 2
"""FFmpeg's number for luma from 0 to 255."""
BLACK, STEPS = 16, 219
"""Where luma of the usual, limited range begins, and its steps."""
FAST_START = {"movflags": "+faststart+use_metadata_tags"}
"""The index in front, so that a film can be shown while it is loaded; and Apple's descriptions. The
index is moved in a second pass, for which FFmpeg opens the file by its name: so there is one."""


def write_film(data: bytes, change: Change, format: str, limits: Limits) -> bytes:  # noqa: A002
    """Return the film as ``format``, with ``change`` added to the luma of each frame.

    Parameters
    ----------
    data
        The film's bytes.
    change
        Is called with each frame in the order in which they are shown.
    format
        ``"MP4"`` or ``"MOV"``.
    limits
        What the film may cost.

    Raises
    ------
    UnsupportedFormatError
        Something could not be kept, or there is no encoder.
    CorruptImageError, ImageTooLargeError, InputCostError
        The film can't be decoded, or is over a limit.
    """
    av, turn = load_av("write"), _find_turn(data)
    with open_film(data) as source, TemporaryDirectory() as folder:
        track = find_track(source)
        facts = describe(data, source, track, limits)
        refuse(facts, format)
        written = Path(folder, f"film.{CONTAINERS[format]}")
        with translate_errors():
            track.codec_context.thread_count = 1
            with av.open(str(written), "w", options=FAST_START) as target:
                target.metadata.update(source.metadata)
                _Copy(av, source, target, facts, turn, change).run()
            return written.read_bytes()


def refuse(facts: FilmFacts, format: str) -> None:  # noqa: A002
    """Refuse a film that can't be written as it is.

    Raises
    ------
    UnsupportedFormatError
        It can't, and why.
    """
    if format not in CONTAINERS:
        raise UnsupportedFormatError(
            f"{format} films are not written, as they can't hold a manifest; name the output .mp4."
        )
    if facts.hdr or facts.depth > 8:
        what = "is HDR" if facts.hdr else f"has {facts.depth} bits per sample"
        raise UnsupportedFormatError(
            f"The film {what}, and would lose that: films are stamped in 8 bits."
        )
    if facts.pixel_format not in PLANES:
        raise UnsupportedFormatError(
            f"The film's samples are laid out as {facts.pixel_format}, which is not written here."
        )
    if facts.videos > 1:
        raise UnsupportedFormatError(
            f"The film has {facts.videos} tracks of moving pictures; stamp each as its own film."
        )
    if facts.others:
        raise UnsupportedFormatError(
            "The film has tracks besides pictures and sound, such as subtitles or a camera's data, "
            "which can't be kept; remove them first."
        )


def _find_turn(data: bytes) -> int:
    """Return by how many degrees players turn the film: only its frames say so."""
    with open_film(data) as source, translate_errors():
        first = next(source.decode(find_track(source)), None)
        return 0 if first is None else int(first.rotation)


class _Copy:
    """One film on its way from a container to another."""

    def __init__(
        self,
        av: ModuleType,
        source: Any,
        target: Any,
        facts: FilmFacts,
        turn: int,
        change: Change,
    ) -> None:
        track = find_track(source)
        self._source, self._target, self._track = source, target, track
        self._change, self._av = change, av
        self._full = int(track.codec_context.color_range) == FULL_RANGE or "j" in facts.pixel_format
        self._coder = self._open_encoder(facts, turn)
        self._sounds = {
            each.index: target.add_stream_from_template(each) for each in source.streams.audio
        }
        for each in source.streams.audio:
            self._sounds[each.index].metadata.update(each.metadata)

    def run(self) -> None:
        """Copy all packets, and code the frames anew."""
        chosen = [self._track, *self._source.streams.audio]
        for packet in self._source.demux(chosen):
            if packet.stream.index == self._track.index:
                for frame in packet.decode():
                    self._code(frame)
            elif packet.dts is not None:
                packet.stream = self._sounds[packet.stream.index]
                self._target.mux(packet)
        self._target.mux(self._coder.encode(None))

    def _open_encoder(self, facts: FilmFacts, turn: int) -> Any:
        own = SAME.get(facts.codec, facts.codec)
        known = self._av.codec.codecs_available
        choice = [each for each in ENCODERS.get(own, ENCODERS[USUAL]) if each[0] in known]
        if not choice:
            raise UnsupportedFormatError(f"This FFmpeg has no encoder for {own}.")
        name, options = choice[0]
        track, old = self._track, self._track.codec_context
        stream = self._target.add_stream(name, rate=track.average_rate or 25, options=dict(options))
        new = stream.codec_context
        new.width, new.height, new.pix_fmt = facts.width, facts.height, facts.pixel_format
        new.time_base = stream.time_base = track.time_base
        if old.sample_aspect_ratio is not None:
            new.sample_aspect_ratio = old.sample_aspect_ratio
        new.thread_count = 1
        for each in ("color_range", "colorspace", "color_primaries", "color_trc"):
            setattr(new, each, getattr(old, each))
        stream.metadata.update(track.metadata)
        if turn:
            stream.set_display_rotation(turn)
        return stream

    def _code(self, frame: Any) -> None:
        if frame.interlaced_frame:
            raise UnsupportedFormatError(
                "The film is interlaced, and would lose that; make it progressive first."
            )
        frame.pict_type = 0  # the encoder chooses which frames stand alone
        self._mark(frame)
        self._target.mux(self._coder.encode(frame))

    def _mark(self, frame: Any) -> None:
        """Change the frame's plane of luma, of which rows may be padded."""
        frame.make_writable()
        plane = frame.planes[0]
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        luma = rows[: frame.height, : frame.width]
        grey = luma if self._full else expand(luma)
        change = self._change(grey)
        steps = np.rint(change if self._full else change * np.float32(STEPS / 255))
        new = np.clip(luma + steps, 0, 255).astype(np.uint8)
        luma[...] = new


def expand(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Bring luma of limited range to grey levels from 0 to 255."""
    return _EXPANDED[luma]


_EXPANDED = np.clip(np.rint((np.arange(256) - BLACK) * 255 / STEPS), 0, 255).astype(np.uint8)
