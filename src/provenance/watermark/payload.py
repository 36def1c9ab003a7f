"""The 96 bits: format version, producer, model, minute and serial, big-endian in that order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from provenance.errors import PayloadError
from provenance.watermark import format as fmt

_FIELDS = (
    ("version", fmt.VERSION_BITS),
    ("producer", fmt.PRODUCER_BITS),
    ("model", fmt.MODEL_BITS),
    ("minute", fmt.MINUTE_BITS),
    ("serial", fmt.SERIAL_BITS),
)
_EPOCH = datetime.fromisoformat(fmt.EPOCH)


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
    version: int = fmt.FORMAT_VERSION

    def __post_init__(self) -> None:
        for name, bits in _FIELDS:
            value = getattr(self, name)
            if not 0 <= value < 1 << bits:
                raise PayloadError(
                    f"The payload's {name} is {value}; it must lie in 0..{(1 << bits) - 1}."
                )

    def pack(self) -> bytes:
        """The 12 bytes that go into the picture."""
        value = 0
        for name, bits in _FIELDS:
            value = value << bits | getattr(self, name)
        return value.to_bytes(fmt.PAYLOAD_BYTES, "big")

    @classmethod
    def unpack(cls, data: bytes) -> Payload:
        """Read 12 bytes back; any 12 bytes are a payload, whatever they mean.

        Raises
        ------
        PayloadError
            Not 12 bytes.
        """
        if len(data) != fmt.PAYLOAD_BYTES:
            raise PayloadError(
                f"A payload has {fmt.PAYLOAD_BYTES} bytes; this one has {len(data)}."
            )
        value, fields = int.from_bytes(data, "big"), {}
        for name, bits in reversed(_FIELDS):
            fields[name] = value & (1 << bits) - 1
            value >>= bits
        return cls(**fields)

    @property
    def stamp_id(self) -> str:
        """The 96 bits as 24 lower-case hex digits: the registry key."""
        return self.pack().hex()

    @property
    def created(self) -> datetime:
        """The start of the minute it was made in, UTC."""
        return _EPOCH + timedelta(minutes=self.minute)

    @staticmethod
    def minute_of(time: datetime) -> int:
        """The payload's minute of an aware time.

        Raises
        ------
        PayloadError
            The time is naive, before 2024 or after 2151.
        """
        if time.tzinfo is None:
            raise PayloadError("The time has no time zone; give an aware datetime, best in UTC.")
        minute = (time.astimezone(UTC) - _EPOCH) // timedelta(minutes=1)
        if not 0 <= minute < 1 << fmt.MINUTE_BITS:
            raise PayloadError(
                f"The time {time.isoformat()} is outside what a mark can say (2024 to 2151)."
            )
        return minute
