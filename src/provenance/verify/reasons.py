"""What each piece of evidence is worth on its own: rules 1, 6 and 7 of the verdict.

``judge_manifest`` and ``judge_mark`` are ladders. Each rung asks one question, and the first bad
answer is the reason why this piece does not prove an origin.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from provenance.examine import Content
from provenance.verify.evidence import Integrity, Manifest, NameClaim, NumberClaim
from provenance.verify.weighing import WeighedMark


@dataclass(frozen=True)
class Thresholds:
    """The numbers by which ``decide`` judges.

    Attributes
    ----------
    time_tolerance
        Most by which the times of mark, manifest and record may differ. The mark counts whole
        minutes, and a stamp may begin in one and end in the next.
    whole_from
        Share of the area from which a verdict is about "this picture", not about a part of it.
    payload_versions
        Versions of the 96 bits' layout that are understood.
    """

    time_tolerance: timedelta = timedelta(minutes=2)
    whole_from: float = 0.70
    payload_versions: frozenset[int] = frozenset({1})


DEFAULT_THRESHOLDS = Thresholds()


class Worth(StrEnum):
    """What a piece of evidence does to the verdict."""

    PROVES = "proves"
    CONTRADICTS = "contradicts"
    DAMAGED = "damaged"
    CLAIMS = "claims"
    RESEMBLES = "resembles"
    NOTHING = "nothing"


class Reason(StrEnum):
    """Why a piece of evidence is worth what it is; also a stable code in JSON."""

    PROVED = "proved"
    DAMAGED = "damaged"
    MOVED = "moved"
    UNBOUND = "unbound"
    STRAY = "stray"
    ALIKE = "alike"
    UNTRUSTED = "untrusted"
    NAME_OF_ANOTHER = "name_of_another"
    NUMBER_OF_ANOTHER = "number_of_another"
    NUMBER_UNKNOWN = "number_unknown"
    NUMBER_LAPSED = "number_lapsed"
    REVOKED = "revoked"
    STAMP_REVOKED = "stamp_revoked"
    TIMES_DIFFER = "times_differ"
    VERSION_UNKNOWN = "version_unknown"
    UNRECORDED = "unrecorded"
    NOT_REPEATED = "not_repeated"
    CONTENT_FAR = "content_far"
    CONTENT_UNSURE = "content_unsure"

    @property
    def worth(self) -> Worth:
        """What evidence of this kind does to the verdict."""
        return _WORTH.get(self, Worth.CLAIMS)


_WORTH = {
    Reason.PROVED: Worth.PROVES,
    Reason.DAMAGED: Worth.DAMAGED,
    Reason.MOVED: Worth.CONTRADICTS,
    Reason.NUMBER_OF_ANOTHER: Worth.CONTRADICTS,
    Reason.TIMES_DIFFER: Worth.CONTRADICTS,
    Reason.CONTENT_FAR: Worth.CONTRADICTS,
    Reason.ALIKE: Worth.RESEMBLES,
    Reason.STRAY: Worth.NOTHING,
}


def judge_manifest(manifest: Manifest, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> Reason:
    """Judge whether the manifest in the file proves by itself that these bytes were signed."""
    if manifest.damaged:
        return _judge_damage(manifest)
    if manifest.integrity is Integrity.UNBOUND:
        return Reason.UNBOUND
    if not manifest.trusted:
        return Reason.UNTRUSTED
    if manifest.name_claim is NameClaim.OTHER:
        return Reason.NAME_OF_ANOTHER
    if manifest.binding is NumberClaim.OTHER:
        return Reason.NUMBER_OF_ANOTHER
    if reason := _judge_revocation(manifest):
        return reason
    if not _agree((manifest.created, manifest.stamped_minute), thresholds):
        return Reason.TIMES_DIFFER
    return Reason.PROVED


def _judge_damage(manifest: Manifest) -> Reason:
    """Judge a manifest that does not hold for this file: anybody can lay a sidecar beside any."""
    vouched = _is_vouched_for(manifest)
    if manifest.beside:
        near = manifest.comparison.content is Content.NEAR
        return Reason.ALIKE if vouched and near else Reason.STRAY
    return Reason.MOVED if vouched and manifest.moved else Reason.DAMAGED


def _judge_revocation(manifest: Manifest) -> Reason | None:
    if manifest.revoked:
        return Reason.REVOKED
    return Reason.STAMP_REVOKED if manifest.stamp_revoked else None


def _is_vouched_for(manifest: Manifest) -> bool:
    """Tell whether a trusted signer's word still counts, under its own name and number."""
    revoked = manifest.revoked or manifest.stamp_revoked
    others = NameClaim.OTHER is manifest.name_claim or NumberClaim.OTHER is manifest.binding
    return manifest.authentic and not revoked and not others


def judge_mark(mark: WeighedMark, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> Reason:
    """Judge what a mark proves together with the signed manifest that it leads to."""
    manifest = mark.manifest
    if mark.found.version not in thresholds.payload_versions:
        return Reason.VERSION_UNKNOWN
    if manifest is None:
        return Reason.UNRECORDED
    if not manifest.authentic:
        return Reason.UNTRUSTED
    if not mark.repeated:
        return Reason.NOT_REPEATED
    return _judge_stamp(mark, manifest, thresholds)


def _judge_stamp(mark: WeighedMark, manifest: Manifest, thresholds: Thresholds) -> Reason:
    """Judge a mark with bits that a trusted signer signed: its number, its times, its content."""
    if manifest.name_claim is NameClaim.OTHER:
        return Reason.NAME_OF_ANOTHER
    if manifest.binding is NumberClaim.OTHER or manifest.number != mark.found.producer:
        return Reason.NUMBER_OF_ANOTHER
    if manifest.binding is NumberClaim.LAPSED:
        return Reason.NUMBER_LAPSED
    if manifest.binding is not NumberClaim.BOUND:
        return Reason.NUMBER_UNKNOWN
    if reason := _judge_revocation(manifest):
        return reason
    if not _agree(_list_times(mark, manifest), thresholds):
        return Reason.TIMES_DIFFER
    if mark.comparison.content is Content.FAR:
        return Reason.CONTENT_FAR
    return Reason.PROVED if mark.comparison.content.fits else Reason.CONTENT_UNSURE


def _list_times(mark: WeighedMark, manifest: Manifest) -> tuple[datetime | None, ...]:
    """List the times that must agree."""
    return mark.found.minute, manifest.created, mark.record_time


def _agree(times: tuple[datetime | None, ...], thresholds: Thresholds) -> bool:
    known = [time for time in times if time is not None]
    return not known or max(known) - min(known) <= thresholds.time_tolerance
