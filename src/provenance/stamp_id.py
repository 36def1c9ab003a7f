"""The 96 bits that a mark says, and how they are written: as a payload and as a stamp id.

The widths are part of every format of the watermark: change one and old marks can't be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self, TypeGuard

from provenance.canonical import is_hex
from provenance.errors import PayloadError

PAYLOAD_BYTES: Final = 12
"""All fields together."""

VERSION_BITS, PRODUCER_BITS, MODEL_BITS, MINUTE_BITS, SERIAL_BITS = 4, 20, 16, 26, 30
"""Widths of the fields, which lie in this order, big-endian."""

FORMAT_VERSION: Final = 1
"""What ``Payload.version`` says of these widths."""

EPOCH: Final = "2024-01-01T00:00:00+00:00"
"""Minute 0 of the payload's clock; 26 bits of minutes last until 2151."""

LARGEST_PRODUCER: Final = (1 << PRODUCER_BITS) - 1
"""Producers are numbered from 1; 0 is reserved."""

LARGEST_MODEL: Final = (1 << MODEL_BITS) - 1
"""A producer's models are numbered from 1; 0 means that the model is unknown."""

STAMP_ID_DIGITS: Final = 2 * PAYLOAD_BYTES
"""Hex digits of a stamp id, two a byte."""

FIELDS = (
    ("version", VERSION_BITS),
    ("producer", PRODUCER_BITS),
    ("model", MODEL_BITS),
    ("minute", MINUTE_BITS),
    ("serial", SERIAL_BITS),
)
_EPOCH = datetime.fromisoformat(EPOCH)


class StampId(str):
    """A payload as 24 lower-case hex digits: the registry's key. It can't hold any other text.

    Raises
    ------
    PayloadError
        The text is not 24 lower-case hex digits.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Check the text."""
        if not is_stamp_id(text):
            raise PayloadError(f"A stamp id has {STAMP_ID_DIGITS} lower-case hex digits.")
        return super().__new__(cls, text)

    @classmethod
    def from_payload(cls, payload: bytes) -> Self:
        """Write a payload as its stamp id.

        Raises
        ------
        PayloadError
            The payload does not have 12 bytes.
        """
        return cls(payload.hex())

    @classmethod
    def parse(cls, text: object) -> Self | None:
        """Return a stranger's text as a stamp id; None if it is not one."""
        return cls(text) if is_stamp_id(text) else None

    @property
    def payload(self) -> bytes:
        """The 12 bytes that it stands for."""
        return bytes.fromhex(self)


def is_stamp_id(text: object) -> TypeGuard[str]:
    """Tell whether a value is 24 lower-case hex digits."""
    return is_hex(text, STAMP_ID_DIGITS)


@dataclass(frozen=True)
class Payload:
    """What a mark says; ``minute`` counts from 2024-01-01T00:00Z.

    Raises
    ------
    PayloadError
        A field does not fit its bits.
    """

    producer: int
    model: int
    minute: int
    serial: int
    version: int = FORMAT_VERSION

    def __post_init__(self) -> None:
        for name, bits in FIELDS:
            value = getattr(self, name)
            if not 0 <= value < 1 << bits:
                raise PayloadError(
                    f"The payload's {name} is {value}; it must lie in 0..{(1 << bits) - 1}."
                )

    def pack(self) -> bytes:
        """Return the 12 bytes that go into the picture."""
        value = 0
        for name, bits in FIELDS:
            value = value << bits | getattr(self, name)
        return value.to_bytes(PAYLOAD_BYTES, "big")

    @classmethod
    def unpack(cls, data: bytes) -> Payload:
        """Read 12 bytes back; any 12 bytes are a payload, whatever they mean.

        Raises
        ------
        PayloadError
            There are not 12 bytes.
        """
        if len(data) != PAYLOAD_BYTES:
            raise PayloadError(f"A payload has {PAYLOAD_BYTES} bytes; this one has {len(data)}.")
        value, fields = int.from_bytes(data, "big"), {}
        for name, bits in reversed(FIELDS):
            fields[name] = value & (1 << bits) - 1
            value >>= bits
        return cls(**fields)

    @property
    def stamp_id(self) -> StampId:
        """The 96 bits as 24 lower-case hex digits: the registry's key."""
        return StampId.from_payload(self.pack())

    @property
    def created(self) -> datetime:
        """The start of the minute in which it was made, UTC."""
        return _EPOCH + timedelta(minutes=self.minute)

    @staticmethod
    def count_minutes(time: datetime) -> int:
        """Count the minutes from the payload's epoch to an aware time.

        Raises
        ------
        PayloadError
            The time is naive, before 2024 or after 2151.
        """
        if time.tzinfo is None:
            raise PayloadError("The time has no time zone; give an aware datetime, best in UTC.")
        minute = (time.astimezone(UTC) - _EPOCH) // timedelta(minutes=1)
        if not 0 <= minute < 1 << MINUTE_BITS:
            raise PayloadError(
                f"The time {time.isoformat()} is outside what a mark can say: 2024 to 2151."
            )
        return minute
