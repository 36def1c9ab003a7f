"""What the log hashes of a revocation: a leaf type of its own, beside that of records.

The record itself is never changed or deleted; that it is not to count is one more entry::

    {"reason":"...","revoked":"...","since":null,"stamp_id":"...","type":"provenance.revocation.1"}

It is written by ``to_canonical_json`` (RFC 8785) and names `Revocation`'s fields.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from provenance.canonical import to_canonical_json, to_utc_text
from provenance.errors import PayloadError, RegistryDamagedError, RegistryError
from provenance.records import Revocation
from provenance.registry.leaf import check_text
from provenance.stamp_id import StampId, is_stamp_id

REVOCATION_TYPE = "provenance.revocation.1"
REVOCATION_FIELDS = tuple(field.name for field in fields(Revocation))


def revocation_leaf(revocation: Revocation) -> bytes:
    """Encode a revocation for the log.

    Raises
    ------
    RegistryError
        A field has a value that no revocation can have.
    """
    return to_canonical_json(revocation_row(revocation) | {"type": REVOCATION_TYPE})


def revocation_row(revocation: Revocation) -> dict[str, str | None]:
    """Spell the revocation as texts, for columns and leaf, after checking every field.

    Raises
    ------
    RegistryError
        A field has a value that no revocation can have.
    """
    row = asdict(revocation)
    if not is_stamp_id(row["stamp_id"]):
        raise RegistryError("The revoked stamp's id is not 24 lower-case hex digits.")
    if not check_text("The reason", row["reason"]).strip():
        raise RegistryError("A revocation needs a reason.")
    try:
        row["revoked"] = to_utc_text(revocation.revoked)
        row["since"] = None if revocation.since is None else to_utc_text(revocation.since)
    except ValueError as exc:
        raise RegistryError(f"The time can't be recorded: {exc}.") from exc
    if row["since"] is not None and row["since"] > row["revoked"]:
        raise RegistryError("A stamp can't be revoked since a time that is still to come.")
    return row


def revocation_from(row: dict[str, Any]) -> Revocation:
    """Read a revocation back from columns.

    Raises
    ------
    RegistryDamagedError
        The columns hold no revocation.
    """
    try:
        since = None if row["since"] is None else datetime.fromisoformat(row["since"])
        times = {"revoked": datetime.fromisoformat(row["revoked"]), "since": since}
        revocation = Revocation(**row | times | {"stamp_id": StampId(row["stamp_id"])})
        revocation_row(revocation)
    except (TypeError, ValueError, PayloadError, RegistryError) as exc:
        raise RegistryDamagedError(
            f"The registry's revocation of stamp {row.get('stamp_id')} is damaged; run an audit "
            "and restore the registry from a backup."
        ) from exc
    return revocation
