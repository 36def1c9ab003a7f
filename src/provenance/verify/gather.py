"""Gather evidence about one picture: each layer on its own, nothing judged.

1. the manifest in the file, read without any network;
2. the pixels, decoded within limits;
3. the marks in them, public and private, as the detector finds them;
4. for each mark the record, the signed manifest it leads to, and the fingerprints signed there,
   compared with the pixels by the geometry that the detector recovered;
5. records whose whole-picture fingerprint is near, in eight orientations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from provenance import fingerprint, imaging, manifest, watermark
from provenance.directory import Directory
from provenance.errors import (
    ImageTooLargeError,
    InputError,
    ManifestDamagedError,
    ManifestError,
    ManifestNotFoundError,
    ManifestRemoteError,
)
from provenance.imaging import DEFAULT_LIMITS, MIME, Limits, Picture
from provenance.manifest import Reading, Trust
from provenance.progress import Stage, enter
from provenance.stamp_id import StampId
from provenance.verify.comparing import compare_marked, compare_whole
from provenance.verify.evidence import (
    Binding,
    Comparison,
    Evidence,
    Integrity,
    Manifest,
    Mark,
    Note,
    Record,
    Similar,
)
from provenance.verify.facts import manifest_facts, mark_facts, repeats
from provenance.verify.lookup import Answer, Lookup
from provenance.watermark import Detection


@dataclass(frozen=True)
class Sources:
    """What a picture is examined with."""

    trust: Trust
    directory: Directory | None = None
    keys: tuple[bytes, ...] = ()
    limits: Limits = DEFAULT_LIMITS
    similar: bool = True


def gather(
    data: bytes, sources: Sources, lookup: Lookup, now: datetime, beside: bytes | None = None
) -> Evidence:
    """Examine a file's bytes; `beside` is a manifest store that came with the file, not in it.

    Raises
    ------
    InputError
        The bytes can't be examined: no picture that can be decoded, and no manifest either.
    """
    return _Examination(data, sources, lookup, beside).evidence(now)


class _Examination:
    """One picture under examination; keeps what more than one step needs."""

    def __init__(self, data: bytes, sources: Sources, lookup: Lookup, beside: bytes | None) -> None:
        self.data = data
        self.beside = beside
        self.sources = sources
        self.lookup = lookup
        self.notes: list[Note] = []
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.reading: Reading | None = None  # of the manifest in the file
        self.recorded_at: datetime | None = None  # by when these very bytes were in the log
        enter(Stage.DECODING)
        self.picture, self.obstacle = _decoded(data, sources.limits)
        self.mime = MIME[self.picture.format] if self.picture else manifest.ANY_TYPE

    def evidence(self, now: datetime) -> Evidence:
        """Take the steps in order."""
        embedded = self._embedded()
        if self.obstacle is not None:
            if embedded is None:
                raise self.obstacle
            self.notes.append(Note("watermark", "pixels.not_examined", str(self.obstacle)))
        marks = tuple(self._marks())
        similar = self._similar(marks)
        if embedded is not None:
            embedded = self._placed(self._revoked(self._dated(embedded)), marks)
        return Evidence(
            sha256=self.sha256,
            examined_at=now,
            manifest=embedded,
            marks=marks,
            similar=similar,
            notes=(*self.notes, *self.lookup.notes),
        )

    # --- the manifest in the file -----------------------------------------------------------------

    def _embedded(self) -> Manifest | None:
        """Read it; what is there and can't be read is evidence too."""
        try:
            self.reading = self._own_or_beside()
        except ManifestDamagedError as error:
            return Manifest(integrity=Integrity.UNREADABLE, codes=(error.code,))
        if self.reading is None:
            return None
        return manifest_facts(self.reading, self.sources.directory)

    def _own_or_beside(self) -> Reading | None:
        """Read the file's own manifest, or else the one that came beside it."""
        try:
            own = manifest.read(self.data, self.mime, self.sources.trust)
        except (ManifestNotFoundError, ManifestRemoteError) as error:
            if self.beside is not None:
                self.notes.append(Note("manifest", "manifest.beside"))
                return manifest.read_beside(self.data, self.sources.trust, self.beside)
            if isinstance(error, ManifestRemoteError):
                self.notes.append(Note("manifest", "manifest.remote"))
            return None
        if self.beside is not None:
            self.notes.append(Note("manifest", "manifest.beside_unused"))
        return own

    # --- the marks in the pixels, and where they lead ---------------------------------------------

    def _marks(self) -> Iterator[Mark]:
        if self.picture is None:
            return
        enter(Stage.LOOKING)
        keys = (None, *self.sources.keys)
        for key, found in zip(keys, watermark.detect_each(self.picture.rgb, keys), strict=True):
            if found is not None:
                yield self._followed(found, self.picture, private=key is not None)

    def _followed(self, found: Detection, picture: Picture, *, private: bool) -> Mark:
        """Follow a mark to its record, to what was signed there, and back to the pixels."""
        mark = mark_facts(found, self.sources.directory, private=private)
        answer = self.lookup.stamp(mark.stamp_id)
        recovered = self._recovered(answer)
        reading = self._lead(mark, recovered, answer.proved_at)
        answer = _against_manifest(answer, recovered, reading)
        row = answer.row
        if row and row.sha256 == self.sha256:
            self.recorded_at = answer.proved_at
        mark = replace(
            mark,
            record=answer.status,
            other_records=answer.others,
            recorded=row.recorded if row else None,
            record_created=row.created if row else None,
        )
        if reading is None:
            return mark
        logged = answer.proved_at if reading is recovered else None
        facts = manifest_facts(reading, self.sources.directory, logged)
        facts = _with_revocation(facts, answer)
        comparison, region = Comparison(), mark.region
        if facts.authentic and repeats(reading, mark.payload) and reading.statement:
            comparison, region = compare_marked(reading.statement, picture.rgb, found, self.hashes)
        return replace(mark, manifest=facts, comparison=comparison, region=region)

    def _recovered(self, answer: Answer) -> Reading | None:
        if answer.store is None:
            return None
        try:
            return manifest.read(self.data, self.mime, self.sources.trust, answer.store)
        except ManifestError:
            return None

    def _lead(
        self, mark: Mark, recovered: Reading | None, logged: datetime | None
    ) -> Reading | None:
        """Choose the manifest that speaks for the mark: the recorded one, or the file's own.

        One that is authentic, and by the number's own holder, goes first, so that junk in either
        place can't hide it. The file's own counts only if it repeats the 96 bits; it was not found
        by them.
        """
        own = self.reading if self.reading and repeats(self.reading, mark.payload) else None
        candidates = [(recovered, logged), (own, None)]
        standing = [
            (self._standing(reading, mark, proved_at), reading)
            for reading, proved_at in candidates
            if reading is not None
        ]
        return max(standing, key=lambda each: each[0], default=(None, None))[1]

    def _standing(self, reading: Reading, mark: Mark, logged: datetime | None) -> tuple[bool, bool]:
        facts = manifest_facts(reading, self.sources.directory, logged)
        good = facts.trusted and repeats(reading, mark.payload)
        return good, good and facts.binding is Binding.BOUND

    # --- fingerprints -----------------------------------------------------------------------------

    @cached_property
    def hashes(self) -> tuple[fingerprint.Pdq, ...]:
        """The picture's PDQ hashes in eight orientations, none when it is too plain for one."""
        if self.picture is None:
            return ()
        return tuple(pdq for pdq in fingerprint.pdq_dihedral(self.picture.rgb) if pdq.reliable)

    def _dated(self, embedded: Manifest) -> Manifest:
        """Add what the log proves of the age of the file's own manifest.

        That takes a record of the same bytes: a thief of the signer's key could give a manifest the
        URN of an older one.
        """
        if self.reading is None or self.recorded_at is None:
            return embedded
        return manifest_facts(self.reading, self.sources.directory, self.recorded_at)

    def _revoked(self, embedded: Manifest) -> Manifest:
        """Ask whether the stamp of the file's own manifest is revoked, be its mark there or not."""
        if embedded.payload is None or not embedded.authentic:
            return embedded
        return _with_revocation(embedded, self.lookup.stamp(StampId.of(embedded.payload)))

    def _placed(self, embedded: Manifest, marks: tuple[Mark, ...]) -> Manifest:
        """Compare a manifest whose bytes were changed with a picture that lost its mark."""
        statement = self.reading.statement if self.reading else None
        changed = embedded.integrity is Integrity.CHANGED and embedded.authentic
        if statement is None or self.picture is None or not changed:
            return embedded
        if any(mark.payload == embedded.payload for mark in marks):
            return embedded
        comparison = compare_whole(statement, self.picture.rgb, self.hashes)
        return replace(embedded, comparison=comparison)

    def _similar(self, marks: tuple[Mark, ...]) -> tuple[Similar, ...]:
        """Look for records of like pictures, other than those that the marks lead to."""
        if not self.sources.similar:
            return ()
        enter(Stage.COMPARING)
        known = {mark.stamp_id for mark in marks}
        near = self.lookup.near(pdq.hex for pdq in self.hashes)
        return tuple(similar for similar in near if similar.stamp_id not in known)


def _decoded(data: bytes, limits: Limits) -> tuple[Picture | None, InputError | None]:
    """Decode, or say why not; what is over a limit is refused altogether."""
    try:
        return imaging.decode(data, limits), None
    except ImageTooLargeError:
        raise
    except InputError as error:
        return None, error


def _with_revocation(facts: Manifest, answer: Answer) -> Manifest:
    """Add what the registry says against a stamp; it may revoke only what it has recorded."""
    row = answer.row if answer.status is Record.FOUND else None
    if row is None or (row.stamp_id, row.manifest_urn) != (
        facts.payload.hex() if facts.payload else None,
        facts.urn,
    ):
        return facts
    return replace(facts, revocation=answer.revocation)


def _against_manifest(answer: Answer, recovered: Reading | None, lead: Reading | None) -> Answer:
    """Refuse a record that names another manifest than the one it keeps, or keeps none.

    And one whose manifest is worth less than the file's own for the same mark: junk that somebody
    recorded under another's number must not have a say about times.
    """
    kept = recovered.urn if recovered is not None and recovered is lead else None
    if answer.row is None or kept == answer.row.manifest_urn:
        return answer
    return replace(answer, status=Record.REFUSED)
