"""What a hit on a hash list is worth: the same file, the same content, or a lead.

A mark can be copied onto any picture. So a listed stamp shows the same content only where what was
signed with it is proved for this picture; else the hit says that it rests on the mark alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from provenance.geometry import Region
from provenance.hashlists import PDQ, STAMPS, ListMatch
from provenance.stamp_id import StampId
from provenance.verify.reasons import Reason
from provenance.verify.weighing import Weighed


class Basis(StrEnum):
    """What a hit rests on, from the strongest down."""

    SAME_FILE = "same_file"  # a digest of the whole file is listed
    SAME_CONTENT = "same_content"  # its stamp is listed, and proved for what it shows
    ALIKE = "alike"  # it looks like a listed picture
    MARK = "mark"  # it carries a listed mark, and nothing proves that the mark belongs on it
    OTHER_CONTENT = "other_content"  # the listed mark was moved here from another picture

    @property
    def words(self) -> str:
        """The basis as people read it."""
        return _WORDS[self]

    @property
    def counts(self) -> bool:
        """Whether the picture is, or may be, the one that was listed."""
        return self is not Basis.OTHER_CONTENT


_WORDS = {
    Basis.SAME_FILE: "the same file",
    Basis.SAME_CONTENT: "the same content",
    Basis.ALIKE: "it looks alike",
    Basis.MARK: "by its mark alone",
    Basis.OTHER_CONTENT: "a mark that was moved here",
}


@dataclass(frozen=True)
class Standing:
    """What a stamp that a picture carries says of it, and of which part."""

    stamp_id: StampId
    basis: Basis
    region: Region | None = None

    @property
    def coverage(self) -> float:
        """The share of the picture that it is about."""
        return 1.0 if self.region is None else self.region.coverage


@dataclass(frozen=True)
class Listed:
    """A hit on a list, and what it rests on; ``region`` is the part that a mark is about."""

    match: ListMatch
    basis: Basis
    region: Region | None = None


def judge_stamps(weighed: Weighed, reasons: Sequence[Reason]) -> tuple[Standing, ...]:
    """Judge what each stamp says of the picture; ``reasons`` are in the order of the evidence."""
    rest = list(reasons)
    found = []
    own = weighed.manifest
    if own is not None:
        reason = rest.pop(0)
        if own.payload is not None and reason is Reason.PROVED:
            found.append(Standing(StampId.from_payload(own.payload), Basis.SAME_CONTENT))
    for mark, reason in zip(weighed.marks, rest, strict=True):
        basis = _BASIS.get(reason, Basis.MARK)
        found.append(Standing(mark.found.stamp_id, basis, mark.region))
    return tuple(found)


def judge_listed(
    matches: Iterable[ListMatch] | None, standings: Iterable[Standing]
) -> tuple[Listed, ...] | None:
    """Judge each hit, the strongest first; None where there was no list to ask."""
    if matches is None:
        return None
    standings = tuple(standings)
    found = [_judge(each, standings) for each in matches]
    return tuple(sorted(found, key=lambda each: tuple(Basis).index(each.basis)))


def _judge(match: ListMatch, standings: Sequence[Standing]) -> Listed:
    """A stamp that several pieces of evidence name counts by the best of them."""
    if match.kind not in STAMPS:
        return Listed(match, Basis.ALIKE if match.kind == PDQ else Basis.SAME_FILE)
    about = [each for each in standings if each.stamp_id == match.stamp_id]
    order = (Basis.SAME_CONTENT, Basis.MARK, Basis.OTHER_CONTENT)
    best = min(about, key=lambda each: order.index(each.basis), default=None)
    return Listed(match, best.basis if best else Basis.MARK, best.region if best else None)


_BASIS = {Reason.PROVED: Basis.SAME_CONTENT, Reason.CONTENT_FAR: Basis.OTHER_CONTENT}
