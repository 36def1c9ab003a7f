"""The manifests of a picture's past: whose each of them is, as directories know the signers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from provenance.directory import Directory
from provenance.examine import Examination
from provenance.manifest import HistoryEntry, HistorySigner, ManifestReading
from provenance.stamp_id import StampId
from provenance.verify.evidence import Manifest, NameClaim
from provenance.verify.identity import identify_signer


@dataclass(frozen=True)
class SignedHistory:
    """Every manifest that the picture builds on, the active one first.

    ``self_named`` are the URNs of those whose trusted signer's name is its own word alone.
    """

    history: tuple[HistoryEntry, ...] = ()
    self_named: frozenset[str] = frozenset()


def gather_history(
    examination: Examination, manifests: Collection[Manifest], *, recorded: bool = False
) -> SignedHistory:
    """Return the past in the file; with ``recorded``, else that of a mark's record or response.

    A signer whose name a directory lists for another certificate is not trusted by that name, and
    an earlier one that was revoked isn't either: nothing proves that it signed before. Of the
    active one ``manifests`` know.
    """
    reading = examination.own.reading
    history = examination.list_history(reading)
    if not history and recorded:
        reading = next(_list_recorded(examination), None)
        history = examination.list_history(reading)
    directory = examination.sources.directory
    if directory is None or reading is None:
        return SignedHistory(history)
    signers = examination.list_signers(reading)
    gone = {each.urn for each in manifests if each.revoked}
    judged = [_judge(each, signers.get(each.urn), directory, gone) for each in history]
    own = (entry.urn for entry, self_named in judged if entry.trusted and self_named)
    return SignedHistory(tuple(entry for entry, _ in judged), frozenset(own))


def _judge(
    entry: HistoryEntry,
    signer: HistorySigner | None,
    directory: Directory,
    gone: Collection[str],
) -> tuple[HistoryEntry, bool]:
    """Judge whether a signer is trusted by its name, and whether that is its own word."""
    if signer is None or entry.signer is None or not entry.trusted:
        return entry, False
    identity = identify_signer(signer, directory)
    revoked = directory.revoked_at(signer.certificate) is not None
    if entry.active:
        revoked = entry.urn in gone
    trusted = identity.claim is not NameClaim.OTHER and not revoked
    shown = replace(entry.signer, name=identity.name)
    return replace(entry, signer=shown, trusted=trusted), identity.self_named


def _list_recorded(examination: Examination) -> Iterator[ManifestReading]:
    """Yield the manifests that records of the marks keep, then those in responses."""
    stamps = [StampId.from_payload(found.detection.payload) for found in examination.marks]
    recorded = (examination.recorded_manifest(each) for each in stamps)
    yield from (each for each in recorded if each is not None)
    good = (each for stamp_id in stamps for each in examination.answers(stamp_id) if not each.fault)
    answered = map(examination.answered_manifest, good)
    yield from (each for each in answered if each is not None)
