"""The bytes of a record that the log hashes: every field and the SHA-256 of the manifest store.

A back end's columns are an index; the signed manifest inside the store is the truth. The leaf binds
both, so that neither can change unseen::

    {"created":"2026-01-31T12:00:00.000000Z",...,"store_sha256":"...","type":"provenance.record.1"}

``to_canonical_json`` (RFC 8785) writes it. It names the fields of ``StampRecord``.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import fields
from datetime import datetime
from typing import Any

from provenance.canonical import SHA256_DIGITS, is_hex, to_canonical_json, to_utc_text
from provenance.errors import PayloadError, RegistryDamagedError, RegistryError
from provenance.records import StampRecord
from provenance.stamp_id import LARGEST_MODEL, LARGEST_PRODUCER, STAMP_ID_DIGITS, StampId

LEAF_TYPE = "provenance.record.1"
"""What a leaf's ``type`` says of this format."""

FIELDS = tuple(field.name for field in fields(StampRecord))
"""What a back end keeps a column for."""

MAX_STORE_BYTES = 64 * 2**20
"""Without thumbnails a store has kilobytes; parents that carry some make it megabytes."""

MAX_TEXT = 2**16
"""Characters. The longest text is a lattice fingerprint: kilobytes for the largest pictures."""

PDQ_DIGITS = 64
"""Hex digits of a PDQ hash, which has 256 bits."""

MAX_LEAF_BYTES = 2**16 - 1
"""What C2SP's tlog-tiles lets an entry have; a lattice fingerprint takes some kilobytes of it."""

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_HEX_DIGITS = {"stamp_id": STAMP_ID_DIGITS, "sha256": SHA256_DIGITS, "pdq": PDQ_DIGITS}
_LARGEST = {"producer": LARGEST_PRODUCER, "model_number": LARGEST_MODEL, "pdq_quality": 100}
_TIMES = ("created", "recorded")
_TEXTS = tuple(name for name in FIELDS if name not in {*_HEX_DIGITS, *_LARGEST, *_TIMES})
_OPTIONAL = ("parent",)


def encode_leaf(record: StampRecord, store: bytes) -> bytes:
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
    return bound_leaf(encode_row(spell_record(record), store))


def encode_row(row: dict[str, Any], store: bytes) -> bytes:
    """Encode columns as they are: the leaf of a record, if they hold one.

    Raises
    ------
    ValueError
        A column holds what no leaf can have.
    """
    store_sha256 = hashlib.sha256(store).hexdigest()
    return to_canonical_json(row | {"store_sha256": store_sha256, "type": LEAF_TYPE})


def bound_leaf(leaf: bytes) -> bytes:
    """Return a leaf that others can hold as well.

    Raises
    ------
    RegistryError
        It has more bytes than an entry of a published log may have.
    """
    if len(leaf) > MAX_LEAF_BYTES:
        raise RegistryError(
            f"The entry has {len(leaf)} bytes; a log's entries have at most {MAX_LEAF_BYTES}."
        )
    return leaf


def spell_record(record: StampRecord) -> dict[str, str | int | None]:
    """Check every field of a record and spell it as text or integer, for columns and leaf.

    Raises
    ------
    RegistryError
        A field has a value that no record can have.
    """
    row = {name: getattr(record, name) for name in FIELDS}
    for name in _TIMES:
        try:
            row[name] = to_utc_text(row[name])
        except ValueError as error:
            raise RegistryError(f"The record's {name} can't be recorded: {error}.") from error
    for name, digits in _HEX_DIGITS.items():
        if not is_hex(row[name], digits):
            raise RegistryError(f"The record's {name} is not {digits} lower-case hex digits.")
    for name, largest in _LARGEST.items():
        if type(row[name]) is not int or not 0 <= row[name] <= largest:
            raise RegistryError(f"The record's {name} is {row[name]}; it must lie in 0..{largest}.")
    for name in _TEXTS:
        if row[name] is not None or name not in _OPTIONAL:
            check_text(f"The record's {name}", row[name])
    return row


def read_record(row: dict[str, Any]) -> StampRecord:
    """Read a record back from columns.

    Raises
    ------
    RegistryDamagedError
        The columns do not hold a record.
    """
    try:
        if row.keys() != set(FIELDS):
            raise ValueError("other fields")
        times = {name: datetime.fromisoformat(row[name]) for name in _TIMES}
        record = StampRecord(**row | times | {"stamp_id": StampId(row["stamp_id"])})
        if spell_record(record) != row:  # a time in another spelling: it would hash otherwise
            raise ValueError("not as it is written")
    except (TypeError, ValueError, PayloadError, RegistryError) as error:
        raise RegistryDamagedError(
            f"The registry's record of stamp {row.get('stamp_id')} is damaged; run an audit and "
            "restore the registry from a backup."
        ) from error
    return record


def read_leaf(leaf: Any, store: bytes) -> StampRecord:
    """Read the record in a parsed leaf, which has to be about this manifest store.

    Raises
    ------
    RegistryDamagedError
        It is not a leaf, or is about another store.
    """
    row = dict(leaf) if isinstance(leaf, dict) else {}
    kind, digest = row.pop("type", None), row.pop("store_sha256", None)
    if kind != LEAF_TYPE or row.keys() != set(FIELDS):
        raise RegistryDamagedError("The record's leaf is malformed.")
    if digest != hashlib.sha256(store).hexdigest():
        raise RegistryDamagedError("The record's leaf is about another manifest.")
    try:
        return read_record(row)
    except RegistryDamagedError as error:
        raise RegistryDamagedError("The record's leaf is malformed.") from error


def check_text(what: str, text: object) -> str:
    """Return a text that any database and any language can store faithfully.

    Raises
    ------
    RegistryError
        It is not text, is too long, has a NUL or is not valid Unicode.
    """
    if not isinstance(text, str):
        raise RegistryError(f"{what} is not text.")
    if len(text) > MAX_TEXT:
        raise RegistryError(f"{what} has {len(text)} characters; {MAX_TEXT} is the most.")
    if _NO_TEXT.search(text):
        raise RegistryError(f"{what} holds characters that are not text.")
    return text
