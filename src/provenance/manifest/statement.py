"""What a producer signs about one picture."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from provenance.errors import ManifestError
from provenance.fingerprint import is_pdq
from provenance.stamp_id import LARGEST_PRODUCER, PAYLOAD_BYTES, PRODUCER_BITS, StampId
from provenance.text import MAX_NAME, is_showable

MAX_LATTICE = 8192
"""Characters of a sealed lattice fingerprint. It takes about 1,100, and 4,157 at most."""

_MAX_QUALITY = 100  # PDQ's scale begins at 0, a picture without detail
_ALG = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")  # C2PA's: words with dots between them


class ModelAction(StrEnum):
    """What the model did to the picture."""

    CREATED = "created"  # made all of it
    EDITED = "edited"  # changed the parent
    PLACED = "placed"  # made something that was placed into the parent


class Training(StrEnum):
    """Whether models may be trained with the picture."""

    NOT_ALLOWED = "not-allowed"
    ALLOWED = "allowed"
    UNSTATED = "unstated"


@dataclass(frozen=True)
class StampStatement:
    """What a producer signs about one picture.

    ``payload`` is the mark's 96 bits and ``alg`` the algorithm that carries them, None when the
    picture holds no readable mark. ``pdq`` has 64 lower-case hex digits and ``lattice`` is the
    sealed lattice fingerprint as text. ``created`` is kept in UTC to the second.
    ``frames`` counts those of a moving picture, whose fingerprints are of its first frame.
    ``described``: the system is also named in IPTC's words, in CAWG's assertion of metadata.
    ``timestamp_missing`` says why there is no time stamp where there should be one.

    Raises
    ------
    ManifestError
        A field does not fit.
    """

    producer: int
    producer_name: str
    model: str
    model_version: str
    created: datetime
    payload: bytes
    alg: str | None
    pdq: str
    pdq_quality: int
    lattice: str
    title: str | None = None
    action: ModelAction = ModelAction.CREATED
    training: Training = Training.NOT_ALLOWED
    timestamp_missing: str | None = None
    frames: int | None = None
    described: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.producer <= LARGEST_PRODUCER:
            raise ManifestError(
                f"Producer number {self.producer} does not fit {PRODUCER_BITS} bits."
            )
        if self.created.tzinfo is None:
            raise ManifestError("The time of creation needs a time zone.")
        object.__setattr__(self, "created", self.created.astimezone(UTC).replace(microsecond=0))
        if len(self.payload) != PAYLOAD_BYTES:
            raise ManifestError(f"A payload has {PAYLOAD_BYTES} bytes, not {len(self.payload)}.")
        if not is_pdq(self.pdq) or not 0 <= self.pdq_quality <= _MAX_QUALITY:
            raise ManifestError(
                "A PDQ hash has 64 lower-case hex digits and a quality of 0 to 100."
            )
        if self.alg is not None and not _ALG.fullmatch(self.alg):
            raise ManifestError(f"{self.alg!r} is not the name of a watermark algorithm.")
        _require_text("lattice fingerprint", self.lattice, MAX_LATTICE)
        _require_text("producer's name", self.producer_name)
        _require_text("model's name", self.model)
        _require_text("model's version", self.model_version, empty=True)
        if self.timestamp_missing is not None:
            _require_text("reason for a missing time stamp", self.timestamp_missing)
        if self.title is not None:
            _require_text("title", self.title)

    @property
    def stamp_id(self) -> StampId:
        """The 96 bits as 24 hex digits: the registry's key."""
        return StampId.from_payload(self.payload)


def _require_text(what: str, text: str, limit: int = MAX_NAME, *, empty: bool = False) -> None:
    if len(text) > limit or not is_showable(text) or not (text or empty):
        raise ManifestError(f"The {what} needs 1 to {limit} printable characters.")
