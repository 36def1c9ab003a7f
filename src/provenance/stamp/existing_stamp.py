"""What a picture carries before it is stamped: a stamp, or only somebody's manifest."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from provenance import fingerprint, manifest, watermark
from provenance.errors import (
    AlreadyStampedError,
    ManifestDamagedError,
    ManifestNotFoundError,
    ManifestRemoteError,
)
from provenance.imaging import MIME, Picture
from provenance.manifest import ManifestReading, Parent, Trust
from provenance.registry import Registry
from provenance.stamp_id import StampId
from provenance.watermark import Payload

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Earlier:
    """What was there first.

    Attributes
    ----------
    stamp_id, producer
        The stamp that the picture carries, and whose number it bears; None when there is none.
    unchanged
        It still is the picture that this stamp was put on.
    parent
        What the new manifest continues, None when there is no manifest to continue.
    lost
        There is or was a manifest, and it can't be had: damaged, or elsewhere.
    """

    stamp_id: StampId | None = None
    producer: int | None = None
    unchanged: bool = False
    parent: Parent | None = None
    lost: bool = False

    @property
    def continues(self) -> bool:
        """Whether something was there before, so that no model created the picture as it is."""
        return self.parent is not None or self.stamp_id is not None or self.lost

    def refuse(self, own_number: int, *, force: bool) -> None:
        """Raise AlreadyStampedError when the picture is not to be stamped again.

        Force helps with another producer's stamp, and with one's own when the pixels changed.
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


def examine(
    picture: Picture, source: bytes | None, registry: Registry, keys: Sequence[bytes | None]
) -> Earlier:
    """Look for a stamp in the file's manifest and in the pixels.

    ``source`` are the bytes of the picture's file, None when it came from no file.
    """
    reading, lost = _read(picture, source)
    parent = Parent(source, MIME[picture.format]) if source and reading else None
    if reading and reading.statement:
        stamp_id, producer = reading.statement.stamp_id, reading.statement.producer
        unchanged = _intact(reading) or _same_pixels(stamp_id, picture, registry)
        return Earlier(stamp_id, producer, unchanged, parent)
    found = next(filter(None, watermark.detect_each(picture.rgb, keys)), None)
    if found is None:
        return Earlier(parent=parent, lost=lost)
    mark = Payload.unpack(found.payload)
    if parent is None and source and (store := registry.store(mark.stamp_id)):
        parent = Parent(source, MIME[picture.format], store)
    unchanged = _same_pixels(mark.stamp_id, picture, registry)
    return Earlier(mark.stamp_id, mark.producer, unchanged, parent, lost)


def fingerprints(picture: Picture) -> tuple[fingerprint.Pdq, str]:
    """Take both fingerprints of a picture that carries the mark where `embed` lays it."""
    geometry = watermark.layout(picture.width, picture.height)
    return fingerprint.pdq(picture.rgb), str(fingerprint.lattice(picture.rgb, geometry))


def _read(picture: Picture, source: bytes | None) -> tuple[ManifestReading | None, bool]:
    """Read the manifest that the file carries, and say whether there is one that can't be had.

    Whom it is from does not matter here.
    """
    if source is None:
        return None, False
    try:
        return manifest.read(source, MIME[picture.format], Trust.none()), False
    except ManifestNotFoundError:
        return None, False
    except ManifestRemoteError:
        logger.warning(
            "The picture only points to a manifest elsewhere, which is not fetched; the new one "
            "says that something was there before, but not what."
        )
    except ManifestDamagedError:
        logger.warning(
            "The picture's own manifest is damaged; the new one says that something was there "
            "before, but not what."
        )
    return None, True


def _intact(reading: ManifestReading) -> bool:
    return reading.validated and not reading.broken and reading.hard_binding == "match"


def _same_pixels(stamp_id: StampId, picture: Picture, registry: Registry) -> bool:
    """Tell by the recorded fingerprints whether these are the pixels that were stamped.

    Metadata may be gone and the file be another. What the fingerprints can't tell apart is not
    worth a second mark, which would only make the picture worse.
    """
    record = registry.by_id(stamp_id)
    if record is None:
        return False
    pdq, lattice = fingerprints(picture)
    return (record.pdq, record.lattice) == (pdq.hex, lattice)
