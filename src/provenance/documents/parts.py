"""A part of a document, and where it lies in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from provenance.errors import InputError


@dataclass(frozen=True)
class Place:
    """Where a part lies: the member of an archive, or the page of a PDF and the picture on it.

    Pages and pictures count from 1. A page without a picture is the page itself, as it is shown;
    where nothing is given, the part is the document as a whole.
    """

    member: str | None = None
    page: int | None = None
    picture: int | None = None

    def to_json_dict(self, part: int, of: int) -> dict[str, Any]:
        """Return the place as it stands in JSON, of part number ``part`` of so many."""
        return {"part": part, "of": of, **asdict(self)}

    def __str__(self) -> str:
        if self.member is not None:
            return self.member
        if self.page is None:
            return "the document itself"
        return f"page {self.page}" + (f", picture {self.picture}" if self.picture else "")


@dataclass(frozen=True)
class Part:
    """A picture in a document, or why it was not taken out.

    ``made`` says that its bytes were made here, as of a page that was drawn: then they have no
    digest that anybody else could compare.
    """

    place: Place
    data: bytes = field(default=b"", repr=False)
    made: bool = False
    error: InputError | None = None
