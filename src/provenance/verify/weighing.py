"""Weighing: which manifest speaks for a mark, and when a record has a say.

It is pure, like everything that decides. What is passed over here stays in the evidence, and is a
finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from provenance.examine import NOT_COMPARED, Comparison, LookupStatus
from provenance.geometry import Region
from provenance.verify.evidence import (
    Candidate,
    Evidence,
    Lookup,
    Manifest,
    Mark,
    NumberClaim,
    Reply,
)


@dataclass(frozen=True)
class WeighedMark:
    """A mark with the one manifest that speaks for it.

    Attributes
    ----------
    found
        The mark as it was read.
    manifest
        The manifest that speaks for it; ``recorded`` says whether that is the registry's or the
        file's own.
    record
        What the registry's answer is worth, given that manifest.
    region
        The part of the picture that carries the mark and, by a trusted signer's fingerprint, what
        was signed.
    comparison
        How the picture compares with what was signed.
    passed_over
        The manifest in the mark's record, when another one is used instead.
    reply
        The response that holds the manifest, if it came with one.
    """

    found: Mark
    record: LookupStatus
    region: Region
    manifest: Manifest | None = None
    recorded: bool = False
    comparison: Comparison = NOT_COMPARED
    passed_over: Manifest | None = None
    reply: Reply | None = None

    @property
    def repeated(self) -> bool:
        """Whether a signed assertion repeats the 96 bits that lie in the picture."""
        return self.manifest is not None and self.manifest.payload == self.found.payload

    @property
    def lookup(self) -> Lookup:
        """The answer of the registry that keeps the manifest, asked here or in a response."""
        return self.reply.lookup if self.reply else self.found.lookup

    @property
    def record_time(self) -> datetime | None:
        """The stamp's time by its record; a refused record has no say."""
        return self.lookup.created if self.record is LookupStatus.FOUND else None


@dataclass(frozen=True)
class Weighed:
    """The evidence that counts: the file's own manifest, and the marks in their order."""

    manifest: Manifest | None
    marks: tuple[WeighedMark, ...]


def weigh(evidence: Evidence) -> Weighed:
    """Choose the manifest that speaks for each mark, and let the registry say only what it may."""
    own = evidence.manifest
    if own is not None:
        own = _add_revocation(own, evidence.lookup)
        own = replace(own, same_file=_is_stated(own, evidence))
    return Weighed(own, tuple(each for mark in evidence.marks for each in _weigh_mark(mark)))


def _weigh_mark(mark: Mark) -> Iterator[WeighedMark]:
    """Weigh a mark, once for each producer that signed its bits with equal right."""
    lead = max(mark.candidates, key=lambda each: _rank(each, mark), default=None)
    yield _weigh_lead(mark, lead)
    for rival in _find_rivals(mark, lead):
        yield replace(_weigh_lead(mark, rival), passed_over=None)


def _find_rivals(mark: Mark, lead: Candidate | None) -> Iterator[Candidate]:
    """Yield what another producer signed for the same bits and the same content.

    Anybody may list a drawn number for themselves, and sign a stamp that they read in a picture.
    """
    if lead is None or not all(_rank(lead, mark)[:2]):
        return
    names = {lead.manifest.producer_name}
    for each in mark.candidates:
        equal = _rank(each, mark)[:3] == _rank(lead, mark)[:3]
        fits = each.comparison.content.fits
        if equal and fits and each.manifest.producer_name not in names:
            names.add(each.manifest.producer_name)
            yield each


def _weigh_lead(mark: Mark, lead: Candidate | None) -> WeighedMark:
    reply = lead.reply if lead else None
    record = _weigh_record(reply.lookup if reply else mark.lookup, lead)
    if lead is None:
        return WeighedMark(mark, record, mark.region)
    narrowed = lead.region if lead.manifest.authentic else None
    others = (each.manifest for each in mark.candidates if each.recorded and each is not lead)
    return WeighedMark(
        found=mark,
        record=record,
        region=narrowed or mark.region,
        manifest=_add_revocation(lead.manifest, mark.lookup),
        recorded=lead.recorded,
        comparison=lead.comparison,
        passed_over=next(others, None),
        reply=reply,
    )


def _rank(candidate: Candidate, mark: Mark) -> tuple[bool, bool, bool, int]:
    """Rank a manifest that may speak for a mark.

    First comes one that is authentic and repeats the bits, then one by the number's own holder, so
    that junk in the registry or in the file can't hide it. Who was vetted outranks who lists itself
    alone. Among equals the recorded one is first, then that of a response.
    """
    manifest = candidate.manifest
    good = manifest.authentic and manifest.payload == mark.payload
    kept = 2 * candidate.recorded or bool(candidate.reply)
    bound = good and manifest.binding is NumberClaim.BOUND
    return good, bound, bound and manifest.vetted, kept


def _weigh_record(lookup: Lookup, lead: Candidate | None) -> LookupStatus:
    """Refuse a record that names another manifest than the one it keeps, or keeps none.

    Also refuse it when the file's own manifest for the same mark is worth more: junk that somebody
    recorded under another's number must not have a say about times.
    """
    is_kept = lead is not None and (lead.recorded or lead.reply is not None)
    kept = lead.manifest.urn if lead is not None and is_kept else None
    return lookup.status if lookup.urn in (None, kept) else LookupStatus.REFUSED


def _is_stated(own: Manifest, evidence: Evidence) -> bool:
    """Tell whether whoever recorded this manifest states the SHA-256 of this very file.

    A hard binding leaves bytes out; this leaves out none.
    """
    lookups = (evidence.lookup, *(reply.lookup for reply in own.replies))
    found = (each for each in lookups if each.status is LookupStatus.FOUND and own.urn)
    return any((each.urn, each.sha256) == (own.urn, evidence.sha256) for each in found)


def _add_revocation(manifest: Manifest, lookup: Lookup) -> Manifest:
    """Add the registry's revocation of a stamp; it may revoke only what it has recorded.

    Or add that of a response, which only the signer's own producer can have made.
    """
    answered = (reply.lookup.revocation for reply in manifest.replies)
    if found := next((each for each in answered if each is not None), None):
        return replace(manifest, revocation=found)
    revocation = lookup.revocation
    if revocation is None or manifest.payload is None or lookup.status is not LookupStatus.FOUND:
        return manifest
    if manifest.other_log:
        return manifest
    if (revocation.stamp_id, lookup.urn) != (manifest.payload.hex(), manifest.urn):
        return manifest
    return replace(manifest, revocation=revocation)
