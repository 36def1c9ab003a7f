"""Cosignatures: a witness's word that a log's checkpoint extends all that it saw of this log.

The format is C2SP's tlog-cosignature, type Ed25519 ("cosignature/v1"): a signature line of the
checkpoint, with the time at which the witness signed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from provenance.errors import LogIntegrityError
from provenance.registry.checkpoint import Checkpoint, NoteSignature
from provenance.registry.vkey import COSIGNATURE, VerifierKey

if TYPE_CHECKING:
    from provenance.signers import LogKey

_TIME = struct.Struct(">Q")
_LATEST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())  # the format would allow 2^63 - 1
_SIGNATURE_BYTES = 64


@dataclass(frozen=True)
class Cosignature:
    """A witness that cosigned, and when by its own clock."""

    witness: str
    time: datetime


def cosign(checkpoint: Checkpoint, name: str, key: LogKey, time: datetime) -> Checkpoint:
    """Return the checkpoint with a witness's cosignature in place of an older one of its own."""
    witness = VerifierKey(name, key.public, COSIGNATURE)
    seconds = int(time.timestamp())
    data = _TIME.pack(seconds) + key.sign(_write_message(checkpoint, seconds))
    line = NoteSignature(name, witness.key_id, data)
    others = [each for each in checkpoint.signatures if not _is_by(each, witness)]
    return replace(checkpoint, signatures=(*others, line))


def find_cosignatures(
    checkpoint: Checkpoint, witnesses: Iterable[VerifierKey]
) -> tuple[Cosignature, ...]:
    """List the given witnesses that cosigned the checkpoint; unknown ones are passed over.

    Raises
    ------
    LogIntegrityError
        A line names one of these witnesses, but is forged.
    """
    return tuple(
        found
        for witness in witnesses
        for found in [_read(checkpoint, each, witness) for each in checkpoint.signatures]
        if found is not None
    )


def _read(checkpoint: Checkpoint, line: NoteSignature, witness: VerifierKey) -> Cosignature | None:
    if not _is_by(line, witness):
        return None
    data = line.signature
    seconds = _TIME.unpack_from(data)[0] if len(data) == _TIME.size + _SIGNATURE_BYTES else 0
    signed = _write_message(checkpoint, seconds)
    if not 0 < seconds <= _LATEST or not witness.key.verify(signed, data[_TIME.size :]):
        raise LogIntegrityError(
            f"The checkpoint of {checkpoint.origin} has a forged cosignature of {witness.name}."
        )
    return Cosignature(witness.name, datetime.fromtimestamp(seconds, UTC))


def _is_by(line: NoteSignature, witness: VerifierKey) -> bool:
    return (line.name, line.key_id) == (witness.name, witness.key_id)


def _write_message(checkpoint: Checkpoint, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{checkpoint.body}".encode()
