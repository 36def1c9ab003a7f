"""The verdict on each part of a document: an archive's members, a PDF's pages and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provenance.documents import Part, Place
from provenance.errors import ProvenanceError
from provenance.verify.verdict import Verdict
from provenance.verify.verdict_json import write_failure

if TYPE_CHECKING:
    from provenance.verify.verifier import Verifier


@dataclass(frozen=True)
class PartVerdict:
    """The verdict on a part, or why there is none. ``sha256`` is None where the bytes are ours."""

    place: Place
    found: Verdict | ProvenanceError
    sha256: str | None = None

    def to_json_dict(self, source: str | None, part: int, of: int) -> dict[str, Any]:
        """Return the object of a verdict, with ``place``: which part of how many, and where."""
        place = self.place.to_json_dict(part, of)
        if isinstance(self.found, ProvenanceError):
            return {**write_failure(self.found, source, self.sha256), "place": place}
        return {**self.found.to_json_dict(source), "sha256": self.sha256, "place": place}


def judge_part(verifier: Verifier, part: Part) -> PartVerdict:
    """Examine one part, and decide."""
    if part.error is not None:
        return PartVerdict(part.place, part.error)
    sha256 = None
    try:
        examination = verifier.examine(part.data)
        sha256 = None if part.made else examination.sha256
        return PartVerdict(part.place, verifier.judge(examination), sha256)
    except ProvenanceError as error:
        return PartVerdict(part.place, error, sha256)
