"""What ``verify`` found in one input: a picture, or the parts of a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from provenance.cli import exits
from provenance.cli.inputs import Input
from provenance.cli.left_out import LeftOut
from provenance.errors import NotExaminedError, ProvenanceError, UnsupportedFormatError

if TYPE_CHECKING:
    from provenance.documents import Place
    from provenance.verify import Verdict, Verifier


@dataclass(frozen=True)
class Examined:
    """The answer on one picture: a verdict or an error, and its hash if it could be read.

    A document has ``parts`` instead, each with its ``place``, and ``part`` of ``of``.
    """

    found: Verdict | ProvenanceError
    sha256: str | None = None
    place: Place | None = None
    part: int = 0
    of: int = 0
    parts: tuple[Examined, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of the answer, for the count of a run."""
        if self.parts:
            return "taken apart"
        if isinstance(self.found, NotExaminedError):
            return "not looked at"
        return "failed" if isinstance(self.found, ProvenanceError) else self.found.state.value

    def name(self, source: Input) -> Input:
        """Return the input by the name that people read: with the place in it."""
        return (
            source if self.place is None else replace(source, name=f"{source.name}, {self.place}")
        )

    def describe_place(self) -> dict[str, Any]:
        """Return what JSON says of the place; nothing for a picture by itself."""
        if self.place is None:
            return {}
        return {"place": self.place.to_json_dict(self.part, self.of)}


def examine_parts(verifier: Verifier, data: bytes) -> Examined:
    """Examine the parts of a document.

    Raises
    ------
    ProvenanceError
        It can't be opened, or nothing is in it.
    """
    found = list(verifier.verify_parts(data))
    if not found:
        raise UnsupportedFormatError("This document holds nothing.")
    parts = tuple(
        Examined(each.found, each.sha256, each.place, number, len(found))
        for number, each in enumerate(found, 1)
    )
    return Examined(found[0].found, parts=parts)


class Tally:
    """Counts what was looked at and what was not, and keeps the exit status."""

    def __init__(self, before: Sequence[dict[str, Any]]) -> None:
        self._statuses = [exits.map_json(line) for line in before if not _is_left_out(line)]
        self.left_out = LeftOut(sum(map(_is_left_out, before)))
        self.begun = False

    def add(self, examined: Examined, statuses: Iterable[int]) -> None:
        """Count an input with the status of each of its parts."""
        self.begun = True
        for each, status in zip(examined.parts or (examined,), statuses, strict=True):
            error = each.found if isinstance(each.found, ProvenanceError) else None
            if not self.left_out.take(error):
                self._statuses.append(status)

    @property
    def status(self) -> int:
        """The worst exit status; where nothing was looked at, that of an unusable picture."""
        return self.left_out.find_status(self._statuses)


def _is_left_out(line: dict[str, Any]) -> bool:
    return (line.get("error") or {}).get("code") == NotExaminedError.code
