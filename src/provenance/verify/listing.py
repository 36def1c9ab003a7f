"""A reported picture as a record of a hash list.

A stamp goes on a list only where it is proved for what the picture shows. Else whoever copies the
mark of a harmless picture onto a reported one would put the harmless one on the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from provenance.examine import Examination
from provenance.fingerprint import MATCH_DISTANCE, Pdq, pdq_distance
from provenance.hashlists import PDQ, STAMP, Hash, HashRecord, HashStatus, ListUse
from provenance.manifest import ManifestReading
from provenance.stamp_id import StampId
from provenance.verify.listed import Basis
from provenance.verify.verdict import Verdict


class Unlisted(StrEnum):
    """Why a picture's stamp does not go on a list."""

    NO_STAMP = "it carries no mark that could be read"
    UNPROVED = (
        "nothing here proves that its mark belongs on it, and anybody can copy a mark: ask the "
        "producer with 'provenance request', and give the answer with --response"
    )
    MOVED = "its mark was moved onto it from another picture"
    PART = "its mark is proved for a part of it alone: add --parts if that part is what counts"


@dataclass(frozen=True)
class ForList:
    """What a list gets of one picture: its records, and why no stamp is among them."""

    records: tuple[HashRecord, ...]
    unlisted: Unlisted | None = None


def make_records(
    examination: Examination,
    verdict: Verdict,
    *,
    cases: tuple[str, ...] = (),
    use: ListUse = ListUse.KNOWN,
    parts: bool = False,
) -> ForList:
    """Make the records of a picture: PDQ, digests and stamp in one.

    Where the stamped picture looks otherwise than this copy, as after a crop, its signed PDQ hash
    gets a record too. ``parts`` lets a stamp count that is proved for a part of the picture.
    """
    stamp_id, unlisted = _choose_stamp(verdict, parts=parts)
    stamp = () if stamp_id is None else ((STAMP, str(stamp_id)),)
    own = next(iter(examination.hashes), None)
    digests = tuple((k, v) for k, v in examination.digests.items() if k != "video_md5")
    hashes = (*(((PDQ, own.hex),) if own and own.reliable else ()), *stamp, *digests)
    signed = None if stamp_id is None else _find_signed(examination, stamp_id)
    lists: list[tuple[Hash, ...]] = [hashes]
    if signed is not None and signed.reliable and not _is_alike(own, signed):
        lists.append(((PDQ, signed.hex), *stamp))
    modified = int(examination.time.timestamp())
    records = (
        HashRecord(*each[0], HashStatus.ACTIVE, cases, modified, each[1:], use) for each in lists
    )
    return ForList(tuple(records), unlisted)


def _choose_stamp(verdict: Verdict, *, parts: bool) -> tuple[StampId | None, Unlisted | None]:
    """Choose the stamp that is proved for the largest part."""
    proved = [each for each in verdict.stamps if each.basis is Basis.SAME_CONTENT]
    best = max(proved, key=lambda each: each.coverage, default=None)
    if best is None:
        bases = {each.basis for each in verdict.stamps}
        if not bases:
            return None, Unlisted.NO_STAMP
        return None, Unlisted.MOVED if bases == {Basis.OTHER_CONTENT} else Unlisted.UNPROVED
    whole = best.coverage >= verdict.thresholds.whole_from
    return (best.stamp_id, None) if whole or parts else (None, Unlisted.PART)


def _is_alike(own: Pdq | None, signed: Pdq) -> bool:
    return own is not None and pdq_distance(own.hex, signed.hex) <= MATCH_DISTANCE


def _find_signed(examination: Examination, stamp_id: StampId) -> Pdq | None:
    """Find the hash that was signed with a proved stamp."""
    for reading in _list_readings(examination, stamp_id):
        statement = reading.statement
        if reading.authentic and statement is not None and statement.stamp_id == stamp_id:
            return Pdq(statement.pdq, statement.pdq_quality)
    return None


def _list_readings(examination: Examination, stamp_id: StampId) -> Iterator[ManifestReading]:
    answered = map(examination.answered_manifest, examination.answers(stamp_id))
    found = (examination.own.reading, examination.recorded_manifest(stamp_id), *answered)
    yield from (each for each in found if each is not None)
