"""What the log hashes of a record: every field and the SHA-256 of the manifest store.

The columns of a back end are an index; the signed manifest inside the store is the truth. The leaf
binds both, so that neither can change unseen::

    {"created":"2026-01-31T12:00:00.000000Z",...,"store_sha256":"...","type":"provenance.record.1"}

It is written by ``to_canonical_json`` (RFC 8785) and names `StampRecord`'s fields.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from provenance.canonical import SHA256_DIGITS, is_hex, to_canonical_json, to_utc_text
from provenance.errors import PayloadError, RegistryDamagedError, RegistryError
from provenance.records import StampRecord
from provenance.stamp_id import LARGEST_MODEL, LARGEST_PRODUCER, STAMP_ID_DIGITS, StampId

LEAF_TYPE = "provenance.record.1"
FIELDS = tuple(field.name for field in fields(StampRecord))

# Without thumbnails a store is kilobytes; parents that carry some make it megabytes.
MAX_STORE_BYTES = 64 * 2**20

# The longest honest text is a lattice fingerprint: kilobytes for the largest pictures.
MAX_TEXT = 2**16

PDQ_DIGITS = 64

_HEX_DIGITS = {"stamp_id": STAMP_ID_DIGITS, "sha256": SHA256_DIGITS, "pdq": PDQ_DIGITS}
_LARGEST = {"producer": LARGEST_PRODUCER, "model_number": LARGEST_MODEL, "pdq_quality": 100}
_TIMES = ("created", "recorded")
_TEXTS = tuple(name for name in FIELDS if name not in {*_HEX_DIGITS, *_LARGEST, *_TIMES})
_OPTIONAL = ("parent",)


def leaf_bytes(record: StampRecord, store: bytes) -> bytes:
    """Encode a record and its manifest store for the log.

    Raises
    ------
    RegistryError
        A field has a value that no record can have.
    """
    if len(store) > MAX_STORE_BYTES:
        raise RegistryError(
            f"The manifest store has {len(store)} bytes; {MAX_STORE_BYTES} is the most."
        )
    leaf = row_from(record) | {
        "store_sha256": hashlib.sha256(store).hexdigest(),
        "type": LEAF_TYPE,
    }
    return to_canonical_json(leaf)


def row_from(record: StampRecord) -> dict[str, str | int | None]:
    """Spell the record as texts and integers, for columns and leaf, after checking every field.

    Raises
    ------
    RegistryError
        A field has a value that no record can have.
    """
    row = asdict(record)
    for name in _TIMES:
        try:
            row[name] = to_utc_text(row[name])
        except ValueError as exc:
            raise RegistryError(f"The record's {name} can't be recorded: {exc}.") from exc
    for name, digits in _HEX_DIGITS.items():
        if not is_hex(row[name], digits):
            raise RegistryError(f"The record's {name} is not {digits} lower-case hex digits.")
    for name, largest in _LARGEST.items():
        if not isinstance(row[name], int) or not 0 <= row[name] <= largest:
            raise RegistryError(f"The record's {name} is {row[name]}; it must lie in 0..{largest}.")
    for name in _TEXTS:
        if row[name] is not None or name not in _OPTIONAL:
            check_text(f"The record's {name}", row[name])
    return row


def record_from(row: dict[str, Any]) -> StampRecord:
    """Read a record back from columns.

    Raises
    ------
    RegistryDamagedError
        The columns hold no record.
    """
    try:
        times = {name: datetime.fromisoformat(row[name]) for name in _TIMES}
        record = StampRecord(**row | times | {"stamp_id": StampId(row["stamp_id"])})
        row_from(record)
    except (TypeError, ValueError, PayloadError, RegistryError) as exc:
        raise RegistryDamagedError(
            f"The registry's record of stamp {row.get('stamp_id')} is damaged; run an audit and "
            "restore the registry from a backup."
        ) from exc
    return record


def check_text(what: str, text: object) -> str:
    """Return a text, unless a database or another language could not store it faithfully.

    Raises
    ------
    RegistryError
        It is no text, is too long, has a NUL or is no valid Unicode.
    """
    if not isinstance(text, str):
        raise RegistryError(f"{what} is not text.")
    if len(text) > MAX_TEXT:
        raise RegistryError(f"{what} has {len(text)} characters; {MAX_TEXT} is the most.")
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise RegistryError(f"{what} holds characters that are not text.")
    return text
