"""What one film is stamped with: its frames are marked while it is written anew.

What manifest and record say of the content is about one frame of the written film: the one that
most bytes were spent on. Verifiers hold it against every frame that they look at.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np

from provenance import films, fingerprint, manifest, watermark
from provenance.errors import (
    EmbedFailedError,
    ManifestDamagedError,
    ManifestNotFoundError,
    ManifestRemoteError,
    ManifestUnsupportedError,
    SigningError,
)
from provenance.films import MIME, Film
from provenance.limits import Limits
from provenance.losses import Loss, LossKind
from provenance.manifest import ManifestReading, Parent, SignedImage, Trust
from provenance.progress import Stage, enter
from provenance.registry import Registry
from provenance.stamp.assembly import Job, Sign
from provenance.stamp.existing_stamp import DROPPED, ExistingStamp
from provenance.stamp.marking import Marked
from provenance.watermark import FramesOutcome, MovingMark, Payload


@dataclass(frozen=True)
class FilmJob(Job):
    """What one film is stamped with; only the serial is still to be drawn."""

    film: bytes = field(repr=False)

    def mark(
        self, payload: Payload, lock: bytes, keys: Sequence[bytes | None], limits: Limits
    ) -> Marked:
        """Mark every frame under every key, and read the marks back as any verifier will.

        Raises
        ------
        EmbedFailedError
            The mark can't be read back.
        InputError
            The film can't be decoded, written or marked.
        """
        enter(Stage.MARKING)
        marks = [MovingMark(payload.pack(), lock=lock, key=key) for key in keys]

        def change(luma: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
            first, *others = (each.change(luma) for each in marks)
            return reduce(operator.add, others, first)

        data = films.write_film(self.film, change, self.format, limits)
        enter(Stage.CHECKING)
        film, word = films.read_film(data, limits), payload.pack() + lock
        found = search(film, keys)
        if not all(each.found and word.startswith(each.found.word) for each in found.outcomes):
            raise EmbedFailedError(
                "The mark can't be read back from the written film; try a longer one, or one with "
                "larger frames."
            )
        return self._take_fingerprints(data, film, payload, lock)

    def leave_unmarked(self, payload: Payload, limits: Limits) -> Marked:
        """Write the film anew without a mark.

        Raises
        ------
        InputError
            The film can't be decoded or written.
        """
        enter(Stage.ENCODING)
        data = films.write_film(self.film, np.zeros_like, self.format, limits)
        return self._take_fingerprints(data, films.read_film(data, limits), payload, None)

    def _take_fingerprints(
        self, data: bytes, film: Film, payload: Payload, lock: bytes | None
    ) -> Marked:
        enter(Stage.COMPARING)
        rgb = film.rank(1)[0].rgb
        geometry, pdq = watermark.layout(rgb.shape[1], rgb.shape[0]), fingerprint.pdq(rgb)
        if lock is None:
            return Marked(data, payload, pdq, fingerprint.UNSEALED, readable=False)
        sealed = fingerprint.seal(fingerprint.lattice(rgb, geometry), payload.pack(), lock)
        return Marked(data, payload, pdq, sealed, readable=True)

    def sign(self, data: bytes, sign: Sign, limits: Limits, parent: Parent | None) -> SignedImage:
        """Sign, and check that what was signed is still the same film.

        Raises
        ------
        SigningError
            Signing failed, or spoilt the film.
        """
        signed = sign(data, parent=parent)
        before, after = films.read_film(data, limits), films.read_film(signed.data, limits)
        same = len(before.shots) == len(after.shots) and all(
            one == other and np.array_equal(one.luma, other.luma)
            for one, other in zip(before.shots, after.shots, strict=False)
        )
        if before.facts != after.facts or not same:
            raise SigningError(
                "The C2PA library spoilt the film while signing it, so nothing was released."
            )
        return signed


def search(film: Film, keys: Sequence[bytes | None]) -> FramesOutcome:
    """Search the frames of a film together."""
    worths = [float(each.bytes) for each in film.shots]
    return watermark.search_frames([each.luma for each in film.shots], keys, worths=worths)


def find_existing_stamp(
    data: bytes, film: Film, registry: Registry, keys: Sequence[bytes | None], *, fresh: bool
) -> ExistingStamp:
    """Look for a stamp in the film's manifest and, unless it is ``fresh``, in its frames."""
    mime = MIME[film.facts.format]
    reading, losses = _read(data, mime)
    parent = Parent(data, mime) if reading else None
    if reading and reading.statement:
        intact = reading.validated and not reading.broken and reading.hard_binding == "match"
        stamp = reading.statement
        return ExistingStamp(stamp.stamp_id, stamp.producer, intact, parent)
    outcomes = [] if fresh else search(film, keys).outcomes
    found = next((each.found for each in outcomes if each.found), None)
    if found is None:
        return ExistingStamp(parent=parent, losses=losses)
    payload = Payload.unpack(found.payload)
    if parent is None and (store := registry.manifest_store(payload.stamp_id)):
        parent = Parent(data, mime, store)
    return ExistingStamp(
        payload.stamp_id, payload.producer, unchanged=False, parent=parent, losses=losses
    )


def _read(data: bytes, mime: str) -> tuple[ManifestReading | None, tuple[Loss, ...]]:
    """Read the manifest that the film carries, or say why one that is there can't be had."""
    try:
        return manifest.read(data, mime, Trust.none()), ()
    except ManifestNotFoundError:
        return None, ()
    except (ManifestUnsupportedError, ManifestRemoteError, ManifestDamagedError):
        says = f"The film's own manifest can't be read and {DROPPED}"
        return None, (Loss(LossKind.MANIFEST, says),)
