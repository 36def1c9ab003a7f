"""What a picture carries before it is stamped: a stamp, or only somebody's manifest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from provenance import fingerprint, manifest, watermark
from provenance.containers import STORE_MARK
from provenance.errors import (
    AlreadyStampedError,
    ManifestDamagedError,
    ManifestNotFoundError,
    ManifestRemoteError,
    ManifestUnsupportedError,
)
from provenance.fingerprint import LatticeFingerprint
from provenance.imaging import Picture
from provenance.losses import Loss, LossKind
from provenance.manifest import ManifestReading, Parent, Trust
from provenance.registry import Registry
from provenance.stamp.kinds import find_mime
from provenance.stamp_id import StampId
from provenance.watermark import Detection, Payload

DROPPED = "is dropped; the new one says that something was there before, but not what."
MISPLACED = (
    "The file holds what looks like a manifest where none belongs, behind the picture or in "
    "another one; it is dropped."
)
"""What is said of manifests that the new one can't build on."""


@dataclass(frozen=True)
class ExistingStamp:
    """What a picture carries already.

    Attributes
    ----------
    stamp_id, producer
        The stamp, and the number of the producer who made it; None when there is none.
    unchanged
        The picture is still the one on which this stamp was put.
    parent
        The parent that the new manifest continues; None when there is no manifest to continue.
    losses
        Manifests that are or were there and can't be had: damaged, elsewhere, or misplaced.
    """

    stamp_id: StampId | None = None
    producer: int | None = None
    unchanged: bool = False
    parent: Parent | None = None
    losses: tuple[Loss, ...] = ()

    @property
    def lost(self) -> bool:
        """Whether there is or was a manifest of this picture that can't be had."""
        return any(loss.says != MISPLACED for loss in self.losses)

    @property
    def continues(self) -> bool:
        """Whether something came before, so that no model created the picture as it is."""
        return self.parent is not None or self.stamp_id is not None or self.lost

    def refuse(self, own_number: int, *, force: bool) -> None:
        """Refuse to stamp the picture again.

        ``force`` allows it over another producer's stamp, and over one's own if the pixels changed.

        Raises
        ------
        AlreadyStampedError
            The picture carries a stamp, and ``force`` is not given or does not help.
        """
        if self.stamp_id is None:
            return
        own = self.producer == own_number
        if own and self.unchanged:
            raise AlreadyStampedError(
                f"The picture carries your own stamp {self.stamp_id} and has not changed since; "
                "use it as it is, or stamp the original."
            )
        if not force:
            whose = "your own stamp" if own else f"producer {self.producer}'s stamp"
            raise AlreadyStampedError(
                f"The picture carries {whose} {self.stamp_id} already; stamp the original instead, "
                "or force a new stamp, which names this one as its parent."
            )


def find_existing_stamp(
    picture: Picture,
    source: bytes | None,
    registry: Registry,
    keys: Sequence[bytes | None],
    *,
    fresh: bool = False,
) -> ExistingStamp:
    """Look for a stamp in the file's manifest and, unless they are ``fresh``, in the pixels.

    ``source`` holds the bytes of the picture's file; None when it did not come from a file.
    """
    reading, why = _read(picture, source)
    losses = (Loss(LossKind.MANIFEST, why),) if why else ()
    parent = Parent(source, find_mime(picture.format)) if source and reading else None
    if reading and reading.statement:
        stamp_id, producer = reading.statement.stamp_id, reading.statement.producer
        unchanged = _is_intact(reading) or _has_same_pixels(
            stamp_id, picture, registry, watermark.detect_each(picture.rgb, keys)
        )
        return ExistingStamp(stamp_id, producer, unchanged, parent)
    marks = () if fresh else watermark.detect_each(picture.rgb, keys)
    found = next(filter(None, marks), None)
    if found is None:
        return ExistingStamp(parent=parent, losses=losses)
    mark = Payload.unpack(found.payload)
    if parent is None and source and (store := registry.manifest_store(mark.stamp_id)):
        parent = Parent(source, find_mime(picture.format), store)
    unchanged = _has_same_pixels(mark.stamp_id, picture, registry, marks)
    return ExistingStamp(mark.stamp_id, mark.producer, unchanged, parent, losses)


def take_fingerprints(picture: Picture) -> tuple[fingerprint.Pdq, LatticeFingerprint]:
    """Take both fingerprints of a picture that carries the mark where ``embed`` puts it."""
    geometry = watermark.layout(picture.width, picture.height)
    return fingerprint.pdq(picture.rgb), fingerprint.lattice(picture.rgb, geometry)


def _read(picture: Picture, source: bytes | None) -> tuple[ManifestReading | None, str | None]:
    """Read the manifest that the file carries, or say why one that is or was there can't be had.

    The signer does not matter here, so no anchors are given.
    """
    if source is None:
        return None, None
    try:
        return manifest.read(source, find_mime(picture.format), Trust.none()), None
    except ManifestNotFoundError:
        return None, MISPLACED if STORE_MARK in source else None
    except ManifestUnsupportedError:
        return None, f"The picture's own manifest is of a kind that is not read here and {DROPPED}"
    except ManifestRemoteError:
        return None, (
            "The picture only points to a manifest elsewhere, which is not fetched; the new one "
            "says that something was there before, but not what."
        )
    except ManifestDamagedError:
        return None, f"The picture's own manifest is damaged and {DROPPED}"


def _is_intact(reading: ManifestReading) -> bool:
    return reading.validated and not reading.broken and reading.hard_binding == "match"


def _has_same_pixels(
    stamp_id: StampId,
    picture: Picture,
    registry: Registry,
    marks: Iterable[Detection | None],
) -> bool:
    """Tell by the recorded fingerprints whether these are the pixels that were stamped.

    The lattice fingerprint is opened with the lock in the picture's own mark.

    The metadata may be gone and the file be another one. A picture that the fingerprints can't tell
    apart from the stamped one needs no second mark, which would only make it worse.
    """
    record = registry.by_id(stamp_id)
    own = (each for each in marks if each and each.payload == stamp_id.payload)
    lock = next((each.lock for each in own if each.lock), None)
    if record is None or lock is None:
        return False
    pdq, lattice = take_fingerprints(picture)
    same = record.pdq == pdq.hex
    return same and fingerprint.unseal(record.lattice, stamp_id.payload, lock) == lattice
