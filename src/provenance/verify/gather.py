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
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

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
from provenance.manifest import Reading, StampStatement, Trust
from provenance.types import Geometry
from provenance.verify.evidence import (
    Comparison,
    Content,
    Evidence,
    Integrity,
    Manifest,
    Mark,
    Note,
    Record,
    Similar,
    TimeBasis,
)
from provenance.verify.facts import manifest_facts, mark_facts, repeats
from provenance.verify.lookup import Answer, Lookup
from provenance.watermark import Detection

# The SDK goes by the file's content; the type it is told matters for no file that it can read.
ANY_TYPE = "image/jpeg"


@dataclass(frozen=True)
class Sources:
    """What a picture is examined with."""

    trust: Trust
    directory: Directory | None = None
    keys: tuple[bytes, ...] = ()
    limits: Limits = DEFAULT_LIMITS
    similar: bool = True


def gather(data: bytes, sources: Sources, lookup: Lookup, now: datetime) -> Evidence:
    """Examine a file's bytes.

    Raises
    ------
    InputError
        The bytes can't be examined: no picture that can be decoded, and no manifest either.
    """
    return _Examination(data, sources, lookup).evidence(now)


class _Examination:
    """One picture under examination; keeps what more than one step needs."""

    def __init__(self, data: bytes, sources: Sources, lookup: Lookup) -> None:
        self.data = data
        self.sources = sources
        self.lookup = lookup
        self.notes: list[Note] = []
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.reading: Reading | None = None  # of the manifest in the file
        self.recorded_at: datetime | None = None  # by when these very bytes were in the log
        self.picture, self.obstacle = _decoded(data, sources.limits)
        self.mime = MIME[self.picture.format] if self.picture else ANY_TYPE

    def evidence(self, now: datetime) -> Evidence:
        """Take the steps in order."""
        embedded = self._embedded()
        if self.obstacle is not None:
            if embedded is None:
                raise self.obstacle
            self.notes.append(Note("watermark", "pixels.not_examined", str(self.obstacle)))
        marks = tuple(self._marks())
        similar = self._similar(marks)
        return Evidence(
            sha256=self.sha256,
            examined_at=now,
            manifest=_dated(embedded, self.recorded_at) if embedded else None,
            marks=marks,
            similar=similar,
            notes=(*self.notes, *self.lookup.notes),
        )

    # --- the manifest in the file -----------------------------------------------------------------

    def _embedded(self) -> Manifest | None:
        """Read it; what is there and can't be read is evidence too."""
        try:
            self.reading = manifest.read(self.data, self.mime, self.sources.trust)
        except ManifestNotFoundError:
            return None
        except ManifestRemoteError:
            self.notes.append(Note("manifest", "manifest.remote"))
            return None
        except ManifestDamagedError as error:
            return Manifest(integrity=Integrity.UNREADABLE, codes=(error.code,))
        return manifest_facts(self.reading, self.sources.directory)

    # --- the marks in the pixels, and where they lead ---------------------------------------------

    def _marks(self) -> Iterator[Mark]:
        if self.picture is None:
            return
        keys = (None, *self.sources.keys)
        for key, found in zip(keys, watermark.detect_each(self.picture.rgb, keys), strict=True):
            if found is not None:
                yield self._followed(found, self.picture, private=key is not None)

    def _followed(self, found: Detection, picture: Picture, *, private: bool) -> Mark:
        """Follow a mark to its record, to what was signed there, and back to the pixels."""
        mark = mark_facts(found, self.sources.directory, private=private)
        answer = self.lookup.stamp(mark.stamp_id)
        recovered = self._recovered(answer)
        answer = _against_manifest(answer, recovered)
        reading = self._lead(mark, recovered)
        row = answer.row
        if row and row.sha256 == self.sha256:
            self.recorded_at = answer.proved_at
        mark = replace(
            mark,
            record=answer.status,
            recorded=row.recorded if row else None,
            record_created=row.created if row else None,
        )
        if reading is None:
            return mark
        facts = manifest_facts(reading, self.sources.directory)
        if reading is recovered:
            facts = _dated(facts, answer.proved_at)
        comparison = Comparison()
        if facts.authentic and repeats(reading, mark.payload) and reading.statement:
            comparison = self._compared(reading.statement, picture, found)
        return replace(mark, manifest=facts, comparison=comparison)

    def _recovered(self, answer: Answer) -> Reading | None:
        if answer.store is None:
            return None
        try:
            return manifest.read(self.data, self.mime, self.sources.trust, answer.store)
        except ManifestError:
            return None

    def _lead(self, mark: Mark, recovered: Reading | None) -> Reading | None:
        """Choose the manifest that speaks for the mark: the recorded one, or the file's own.

        An authentic one goes first, so that junk in either place can't hide it. The file's own
        counts only if it repeats the 96 bits; it was not found by them.
        """
        own = self.reading if self.reading and repeats(self.reading, mark.payload) else None
        candidates = [reading for reading in (recovered, own) if reading is not None]
        good = (r for r in candidates if r.authentic and repeats(r, mark.payload))
        return next(good, candidates[0] if candidates else None)

    # --- fingerprints -----------------------------------------------------------------------------

    @cached_property
    def hashes(self) -> tuple[fingerprint.Pdq, ...]:
        """The picture's PDQ hashes in eight orientations, none when it is too plain for one."""
        if self.picture is None:
            return ()
        return tuple(pdq for pdq in fingerprint.pdq_dihedral(self.picture.rgb) if pdq.reliable)

    def _compared(
        self, statement: StampStatement, picture: Picture, found: Detection
    ) -> Comparison:
        """Compare the signed fingerprints with the pixels that carry the mark.

        The lattice fingerprint decides. PDQ, which no crop survives, is asked only when that one
        can't say, and only ever speaks for the picture.
        """
        distance = self._distance(statement)
        reference = fingerprint.LatticeFingerprint.parse(statement.lattice)
        content, match = Content.NOT_COMPARED, None
        if reference is not None:
            rgb = 255 - picture.rgb if found.inverted else picture.rgb
            match = fingerprint.compare(reference, *_cut(rgb, found))
            content = Content(match.result)
        if distance is not None and content in (Content.NOT_COMPARED, Content.INCONCLUSIVE):
            return Comparison(Content.NEAR, pdq_distance=distance)
        if match is None:
            return Comparison()
        return Comparison(content, match.bit_error_rate, match.bits, match.error_rate, distance)

    def _distance(self, statement: StampStatement) -> int | None:
        """Return how far the signed PDQ hash is from the picture's, None when that is too far."""
        if not fingerprint.Pdq(statement.pdq, statement.pdq_quality).reliable:
            return None
        distances = (fingerprint.pdq_distance(own.hex, statement.pdq) for own in self.hashes)
        nearest = min(distances, default=fingerprint.MATCH_DISTANCE + 1)
        return nearest if nearest <= fingerprint.MATCH_DISTANCE else None

    def _similar(self, marks: tuple[Mark, ...]) -> tuple[Similar, ...]:
        """Look for records of like pictures, other than those that the marks lead to."""
        if not self.sources.similar:
            return ()
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


def _cut(rgb: NDArray[np.uint8], found: Detection) -> tuple[NDArray[np.uint8], Geometry]:
    """Cut a picture to the part that carries the mark, and move the geometry with it.

    What lies around it may be another picture altogether, and would only blur the comparison.
    """
    xs, ys = zip(*found.region.corners, strict=True)
    left, top = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
    part = rgb[top : math.ceil(max(ys)), left : math.ceil(max(xs))]
    g = found.geometry
    across = {"xx": g.xx - left * g.pu, "xy": g.xy - left * g.pv, "x0": g.x0 - left}
    down = {"yx": g.yx - top * g.pu, "yy": g.yy - top * g.pv, "y0": g.y0 - top}
    return part, replace(g, **across, **down)


def _dated(facts: Manifest, proved_at: datetime | None) -> Manifest:
    """Add that the log proves this manifest to be at least so old.

    For the file's own manifest that takes a record of the same bytes: a thief of the signer's key
    could give a manifest the URN of an older one.
    """
    if proved_at is None:
        return facts
    return replace(facts, proved_at=proved_at, time_basis=TimeBasis.LOG)


def _against_manifest(answer: Answer, recovered: Reading | None) -> Answer:
    """Refuse a record that names another manifest than the one it keeps, or keeps none."""
    if answer.row is None or (recovered and recovered.urn == answer.row.manifest_urn):
        return answer
    return replace(answer, status=Record.REFUSED)
