"""An entry of the log read back from its bytes: a stamp's record, or the revocation of one."""

from __future__ import annotations

import json
from typing import Any

from provenance.canonical import is_sha256, to_canonical_json
from provenance.errors import LogIntegrityError, RegistryDamagedError
from provenance.records import Revocation, StampRecord
from provenance.registry.leaf import LEAF_TYPE, read_record
from provenance.registry.revocation import REVOCATION_TYPE, read_revocation


def read_entry(entry: bytes) -> tuple[StampRecord, str] | Revocation:
    """Read a record and the SHA-256 of its manifest store, or a revocation.

    Raises
    ------
    LogIntegrityError
        The bytes are not an entry of a log of this kind.
    """
    try:
        fields = json.loads(entry)
        if not isinstance(fields, dict) or to_canonical_json(fields) != entry:
            raise ValueError("not canonical")
    except (ValueError, RecursionError) as error:
        raise LogIntegrityError("The log holds an entry that is not canonical JSON.") from error
    kind = fields.pop("type", None)
    try:
        if kind == REVOCATION_TYPE:
            return read_revocation(fields)
        if kind == LEAF_TYPE:
            return _read_record(fields)
    except RegistryDamagedError as error:
        raise LogIntegrityError("The log holds an entry with fields that none can have.") from error
    raise LogIntegrityError("The log holds an entry of a kind unknown here: upgrade provenance.")


def _read_record(fields: dict[str, Any]) -> tuple[StampRecord, str]:
    digest = fields.pop("store_sha256", None)
    if not is_sha256(digest):
        raise LogIntegrityError("The log holds a record that names no manifest store.")
    return read_record(fields), digest
