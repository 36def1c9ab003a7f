"""What one picture is stamped with, and what manifest and registry will say of it."""

from __future__ import annotations

import hashlib
import logging
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from provenance import imaging, watermark
from provenance.errors import StampError, UnknownModelError
from provenance.imaging import Picture
from provenance.labels import Labels, add_badge, drop_pointer, write_labels
from provenance.limits import Limits
from provenance.losses import Loss
from provenance.manifest import (
    Parent,
    SignedImage,
    StampStatement,
    Training,
    choose_source_type,
)
from provenance.names import find_fault
from provenance.records import StampRecord
from provenance.registry import Registry
from provenance.stamp.edits import Edit, History
from provenance.stamp.kinds import find_format
from provenance.stamp.marking import Marked, encode_unmarked, mark, sign_with_index
from provenance.stamp.producer import Producer
from provenance.stamp_id import SERIAL_BITS
from provenance.text import clean
from provenance.watermark import Payload

logger = logging.getLogger(__name__)


Sign = Callable[..., SignedImage]
"""Signs a file's bytes; takes the ``parent`` by name."""


@dataclass(frozen=True)
class Job(ABC):
    """What one picture or film is stamped with; only the serial is still to be drawn."""

    producer: Producer
    labels: Labels
    format: str
    model: str
    model_version: str
    model_number: int
    created: datetime
    history: History
    losses: tuple[Loss, ...]

    @abstractmethod
    def mark(
        self, payload: Payload, lock: bytes, keys: Sequence[bytes | None], limits: Limits
    ) -> Marked:
        """Mark under every key and encode, then read the marks back as any verifier will."""

    @abstractmethod
    def leave_unmarked(self, payload: Payload, limits: Limits) -> Marked:
        """Encode the pixels as they are."""

    @abstractmethod
    def sign(self, data: bytes, sign: Sign, limits: Limits, parent: Parent | None) -> SignedImage:
        """Sign, and check that the pixels are still the same."""

    @property
    def frames(self) -> int | None:
        """How many frames a moving picture has; None for a still one."""
        return None

    def draw_payload(self) -> Payload:
        """Return a new mark's 96 bits, with a serial drawn at random."""
        return Payload(
            producer=self.producer.number,
            model=self.model_number,
            minute=Payload.count_minutes(self.created),
            serial=secrets.randbits(SERIAL_BITS),
        )

    def write_statement(self, marked: Marked) -> StampStatement:
        """Put together what the manifest says."""
        return StampStatement(
            producer=self.producer.number,
            producer_name=self.producer.name,
            model=self.model,
            model_version=self.model_version,
            created=self.created,
            payload=marked.payload.pack(),
            alg=watermark.ALG if marked.readable else None,
            pdq=marked.pdq.hex,
            pdq_quality=marked.pdq.quality,
            lattice=marked.lattice,
            action=self.history.action,
            training=Training(self.producer.training),
            frames=self.frames,
            described=self.labels.ai_system,
        )

    def write_record(self, marked: Marked, signed: SignedImage, recorded: datetime) -> StampRecord:
        """Put together what the registry keeps."""
        return StampRecord(
            stamp_id=marked.payload.stamp_id,
            manifest_urn=signed.urn,
            producer=self.producer.number,
            producer_name=self.producer.name,
            model=self.model,
            model_version=self.model_version,
            model_number=self.model_number,
            created=self.created,
            recorded=recorded.astimezone(UTC),
            sha256=hashlib.sha256(signed.data).hexdigest(),
            format=self.format,
            pdq=marked.pdq.hex,
            pdq_quality=marked.pdq.quality,
            lattice=marked.lattice,
            parent=self.history.stamp_id,
        )


@dataclass(frozen=True)
class Ahead:
    """A picture's pixels as they are once marked with a payload, under every key."""

    payload: Payload
    pixels: imaging.Pixels


@dataclass(frozen=True)
class PictureJob(Job):
    """What one picture is stamped with; only the serial is still to be drawn.

    ``ahead`` is there if the picture was marked before, in a batch.
    """

    picture: Picture
    ahead: Ahead | None = None

    @property
    def frames(self) -> int | None:
        """How many frames a moving picture has; None for a still one."""
        return self.picture.moving.count if self.picture.moving else None

    def mark(
        self, payload: Payload, lock: bytes, keys: Sequence[bytes | None], limits: Limits
    ) -> Marked:
        """Mark under every key and encode, then read the marks back as any verifier will."""
        marked = self.ahead.pixels if self.ahead and self.ahead.payload == payload else None
        encode = partial(self._encode, payload)
        return mark(self.picture, payload, lock, keys, encode, limits, marked)

    def leave_unmarked(self, payload: Payload, limits: Limits) -> Marked:
        """Encode the pixels as they are, without a mark that could open a fingerprint."""
        return encode_unmarked(self.picture, payload, partial(self._encode, payload), limits)

    def sign(self, data: bytes, sign: Sign, limits: Limits, parent: Parent | None) -> SignedImage:
        """Sign; and once more where an index in the file has to state what was moved."""
        return sign_with_index(data, sign, limits, parent)

    def _encode(self, payload: Payload, picture: Picture) -> bytes:
        """Write the labels into the metadata, drop what points to an older manifest, and encode."""
        labelled = write_labels(
            drop_pointer(picture),
            self.labels,
            source_type=choose_source_type(self.history.action),
            provider=self.producer.name,
            identifier=payload.stamp_id,
            system=self.model,
            version=self.model_version,
        )
        return imaging.encode(labelled, self.format)


def prepare(picture: Picture, labels: Labels, edit: Edit | None, *, continues: bool) -> Picture:
    """Return the picture with its visible label; an edit loses places and people in its metadata.

    They are those of the photograph that was edited, and nobody asked its owner.
    """
    if (edit is not None or continues) and not (edit and edit.keep_personal):
        picture = imaging.drop_personal(picture)
    return add_badge(picture, labels)


def normalise_time(time: datetime) -> datetime:
    """Return the time in UTC and whole seconds, as manifest, mark and record all state it.

    Raises
    ------
    StampError
        It has no time zone, so nobody can tell when it is.
    """
    if time.tzinfo is None:
        raise StampError(f"The time {time.isoformat()} has no time zone; give one, preferably UTC.")
    return time.astimezone(UTC).replace(microsecond=0)


def number_model(
    registry: Registry, producer: Producer, model: str, version: str, *, strict: bool
) -> int:
    """Return the model's number; a new model gets one, unless ``strict`` forbids that.

    Raises
    ------
    StampError
        Name or version are missing, or have what can't be shown.
    UnknownModelError
        The model has no number, and ``strict`` forbids giving it one.
    """
    if fault := find_fault(model):
        raise StampError(f"The model's name {fault}: say which model made the picture.")
    if version and (fault := find_fault(version)):
        raise StampError(f"The model's version {fault}: choose another one.")
    try:
        return registry.model_number(producer.number, model, version, create=False)
    except UnknownModelError:
        if strict:
            raise
    drawn = registry.model_number(producer.number, model, version, create=True)
    name = f"{model} {version}".strip()
    logger.info("%s is a new model; it has number %d from now on.", clean(name), drawn)
    return drawn


def read_format(name: str) -> str:
    """Take "JPEG", "jpg" and ".jpg" for the same."""
    return find_format(f"picture.{name.lstrip('.')}")
