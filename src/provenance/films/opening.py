"""Open a film by way of the optional package PyAV, within limits, and say what it is.

Limits are checked on the header and on the list of packets, before a frame is decoded. A file is
read from memory by a reader that is named, so it can't make FFmpeg open another file or address.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from types import ModuleType
from typing import Any

from provenance.distribution import say_install
from provenance.errors import (
    CorruptImageError,
    ImageTooLargeError,
    InputCostError,
    UnsupportedFormatError,
)
from provenance.films.formats import DEMUXERS, recognise
from provenance.limits import Limits

MAX_SECONDS = 4 * 3600
"""A long feature film; a file of 256 MB holds hardly more."""
MAX_PACKETS = 1_000_000
"""Four hours at 60 frames a second: their list takes 100 MB."""
MAX_PIXELS = 2**24
"""Of a frame: 5.3K (5312 x 2988) fits. A decoder holds a dozen frames, and a search the sums of
eight runs of frames in float: 1.1 GB."""
CODECS = frozenset(
    {"h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4", "mjpeg", "prores", "mpeg2video"}
)
"""Decoders that strangers' bytes are given to: those in use, of the hundreds that there are."""
HDR_CURVES = frozenset({16, 18})
"""PQ and HLG, as H.273 numbers transfer characteristics."""


@dataclass(frozen=True)
class FilmFacts:
    """A film without its frames.

    ``frames`` counts those in the file, ``depth`` is bits per sample, ``transfer`` H.273's number;
    ``videos``, ``sounds`` and ``others`` count tracks.
    """

    format: str
    codec: str
    width: int
    height: int
    seconds: float
    frames: int
    depth: int
    transfer: int
    pixel_format: str
    videos: int
    sounds: int
    others: int

    @property
    def hdr(self) -> bool:
        """Whether it is shown brighter than usual films."""
        return self.transfer in HDR_CURVES


@dataclass(frozen=True)
class Packet:
    """A coded frame: when it is shown, in units of its track, and its bytes."""

    pts: int
    size: int
    key: bool


def load_av(what: str = "read") -> ModuleType:
    """Load PyAV, silenced.

    Raises
    ------
    UnsupportedFormatError
        It is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise UnsupportedFormatError(
            f"To {what} films, install PyAV: {say_install('video')}."
        ) from error
    return av


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn what FFmpeg and PyAV raise over a file into one of our errors."""
    av = load_av()
    try:
        yield
    except MemoryError as error:
        raise InputCostError("There is not enough memory to decode the film.") from error
    except (
        av.FFmpegError, ArithmeticError, AttributeError, LookupError, OSError, RuntimeError,
        TypeError, ValueError, EOFError,
    ) as error:  # fmt: skip
        raise CorruptImageError(f"The film can't be decoded: {type(error).__name__}.") from error


@contextmanager
def open_film(data: bytes) -> Iterator[Any]:
    """Open a film's bytes.

    Raises
    ------
    UnsupportedFormatError
        It is none that is read here, or PyAV is not installed.
    CorruptImageError
        It is damaged.
    """
    kind = recognise(data)
    if kind is None:
        raise UnsupportedFormatError("This is not a film; MP4, MOV and WebM films are read.")
    av = load_av()
    with translate_errors():
        container = av.open(BytesIO(data), format=DEMUXERS[kind], metadata_errors="replace")
    try:
        yield container
    finally:
        container.close()


def find_track(container: Any) -> Any:
    """Return the track that players show.

    Raises
    ------
    UnsupportedFormatError
        There is none, or it is coded in a way that is not read here.
    """
    tracks = [each for each in container.streams.video if not is_cover(each)]
    if not tracks:
        raise UnsupportedFormatError("The film holds no moving pictures.")
    track = tracks[0]
    name = track.codec_context.name if track.codec_context else "unknown"
    if name not in CODECS:
        raise UnsupportedFormatError(f"The film is coded as {name}, which is not read here.")
    return track


def is_cover(track: Any) -> bool:
    """Tell whether a track is a still picture, such as a cover."""
    return bool(track.disposition.value & 0x400)  # AV_DISPOSITION_ATTACHED_PIC


def describe(data: bytes, container: Any, track: Any, limits: Limits) -> FilmFacts:
    """Say what a film is, if it is within limits.

    Raises
    ------
    ImageTooLargeError
        It is over a limit.
    """
    context = track.codec_context
    limits.check_size(context.width, context.height)
    if context.width * context.height > MAX_PIXELS:
        raise ImageTooLargeError(
            f"The film is {context.width} x {context.height} pixels, more than the limit of "
            f"{MAX_PIXELS:,} in all."
        )
    seconds = float(track.duration * track.time_base) if track.duration else 0.0
    seconds = seconds or float(container.duration or 0) / 1e6
    if seconds > MAX_SECONDS:
        raise ImageTooLargeError(
            f"The film lasts {seconds / 3600:.1f} hours, and at most {MAX_SECONDS // 3600} are "
            "examined; cut it."
        )
    kinds = [each.type for each in container.streams]
    depth = context.format.components[0].bits if context.format else 8
    return FilmFacts(
        format=recognise(data) or "",
        codec=context.name,
        width=context.width,
        height=context.height,
        seconds=seconds,
        frames=track.frames,
        depth=depth,
        transfer=int(context.color_trc),
        pixel_format=context.pix_fmt or "",
        videos=sum(not is_cover(each) for each in container.streams.video),
        sounds=kinds.count("audio"),
        others=len(kinds) - kinds.count("audio") - kinds.count("video"),
    )


def list_packets(container: Any, track: Any) -> list[Packet]:
    """List the coded frames in the order in which they are shown; nothing is decoded.

    Raises
    ------
    ImageTooLargeError
        There are too many.
    """
    found = []
    for packet in container.demux(track):
        if packet.pts is None or not packet.size:
            continue
        found.append(Packet(packet.pts, packet.size, packet.is_keyframe))
        if len(found) > MAX_PACKETS:
            raise ImageTooLargeError(f"The film has more than {MAX_PACKETS:,} frames; cut it.")
    return sorted(found, key=lambda each: each.pts)
