"""What is said of a film besides what is said of a picture: how much was looked at, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provenance import imaging
from provenance.examine import Examination, Note
from provenance.language import message
from provenance.stamp_id import StampId

_MARKED = message("{moments}, stamp {stamp}")


@dataclass(frozen=True)
class FilmSeen:
    """How much of a film was looked at: its length in seconds, its frames, and those looked at.

    ``marked`` is when the first mark that was found begins and ends, ``share`` in what share of its
    length it was seen, and ``payload`` its 96 bits.
    """

    seconds: float
    frames: int
    looked_at: int
    marked: tuple[float, float] | None = None
    share: float | None = None
    payload: bytes | None = None

    @property
    def stamp_id(self) -> StampId | None:
        """The stamp of that mark."""
        return None if self.payload is None else StampId.from_payload(self.payload)

    def share_of(self, payload: bytes | None) -> float | None:
        """Return the share of the length in which a mark was seen; None where that is not known."""
        return self.share if payload is not None and payload == self.payload else None


def describe_film(examination: Examination) -> FilmSeen | None:
    """Return how much of a film was looked at; None for a picture."""
    film = examination.picture.film if examination.picture else None
    if film is None:
        return None
    seen = examination.span
    if seen is None:
        return FilmSeen(film.seconds, film.frames, film.looked_at)
    return FilmSeen(
        film.seconds,
        film.frames,
        film.looked_at,
        marked=(seen.first, seen.last),
        share=seen.share,
        payload=examination.marks[0].detection.payload,
    )


def note_film(film: FilmSeen | None, examination: Examination) -> Iterator[Note]:
    """Say how many frames were looked at, and where the mark begins and ends."""
    if film is None:
        return
    moves = examination.picture is not None and examination.picture.format in imaging.MIME
    code = "pixels.frames" if moves else "film.frames"
    yield Note("watermark", code, f"{film.looked_at:,} / {film.frames:,}")
    if film.marked is not None:
        start, end = map(write_moment, film.marked)
        said = _MARKED.format(moments=f"{start}\u2013{end}", stamp=film.stamp_id or "")
        yield Note("watermark", "film.marked", said)


def write_moment(seconds: float) -> str:
    """Write a moment of a film as players show it, with tenths of a second."""
    tenths = round(10 * seconds)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    shown = f"{rest // 10:02d}.{rest % 10}"
    return f"{hours}:{minutes:02d}:{shown}" if hours else f"{minutes}:{shown}"
