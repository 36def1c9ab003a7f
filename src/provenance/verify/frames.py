"""What is said of a moving picture: which of its frames were looked at."""

from __future__ import annotations

from collections.abc import Iterator

from provenance.examine import Examination, Note
from provenance.language import message
from provenance.text import format_number

_LOOKED_AT = message("{looked} of {count} frames were searched for marks")
_FOUND = message(
    "{looked} of {count} frames were searched for marks, and what was found is in frame {frame}"
)


def note_frames(examination: Examination) -> Iterator[Note]:
    """Say how many frames were searched, and in which one a mark was found."""
    picture = examination.picture
    if picture is None or picture.frames < 2 or not examination.looked_at:
        return
    numbers = {
        "looked": format_number(len(examination.looked_at)),
        "count": format_number(picture.frames),
    }
    detail = _LOOKED_AT.format(**numbers)
    if examination.marks and not examination.marks[0].by_record:
        detail = _FOUND.format(**numbers, frame=format_number(examination.looked_at[-1] + 1))
    yield Note("watermark", "pixels.frames", detail)
