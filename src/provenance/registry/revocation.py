"""The bytes of a revocation that the log hashes: a leaf type of its own, next to that of records.

The record itself is never changed or deleted; one more entry says that it no longer counts::

    {"reason":"...","revoked":"...","since":null,"stamp_id":"...","type":"provenance.revocation.1"}

``to_canonical_json`` (RFC 8785) writes it. It names the fields of ``Revocation``.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from provenance.canonical import to_canonical_json, to_utc_text
from provenance.errors import PayloadError, RegistryDamagedError, RegistryError
from provenance.records import Revocation
from provenance.registry.leaf import bound_leaf, check_text
from provenance.stamp_id import StampId, is_stamp_id

REVOCATION_TYPE = "provenance.revocation.1"
"""What a leaf's ``type`` says of this format."""

REVOCATION_FIELDS = tuple(field.name for field in fields(Revocation))
"""What a back end keeps a column for."""


def encode_revocation(revocation: Revocation) -> bytes:
    """Encode a revocation for the log.

    Raises
    ------
    RegistryError
        A field has a value that no revocation can have.
    """
    return bound_leaf(encode_revocation_row(spell_revocation(revocation)))


def encode_revocation_row(row: dict[str, Any]) -> bytes:
    """Encode columns as they are: the leaf of a revocation, if they hold one.

    Raises
    ------
    ValueError
        A column holds what no leaf can have.
    """
    return to_canonical_json(row | {"type": REVOCATION_TYPE})


def spell_revocation(revocation: Revocation) -> dict[str, str | None]:
    """Check every field of a revocation and spell it as text, for columns and leaf.

    Raises
    ------
    RegistryError
        A field has a value that no revocation can have.
    """
    row = asdict(revocation)
    if not is_stamp_id(row["stamp_id"]):
        raise RegistryError("The revoked stamp's id is not 24 lower-case hex digits.")
    if not check_text("The reason", row["reason"]).strip():
        raise RegistryError("A revocation needs a reason; give one.")
    try:
        row["revoked"] = to_utc_text(revocation.revoked)
        row["since"] = None if revocation.since is None else to_utc_text(revocation.since)
    except ValueError as error:
        raise RegistryError(f"The revocation's time can't be recorded: {error}.") from error
    if row["since"] is not None and row["since"] > row["revoked"]:
        raise RegistryError("A stamp can't be revoked since a time in the future; give a past one.")
    return row


def read_revocation_leaf(leaf: Any) -> Revocation:
    """Read the revocation in a parsed leaf.

    Raises
    ------
    RegistryDamagedError
        It is not one.
    """
    row = dict(leaf) if isinstance(leaf, dict) else {}
    if row.pop("type", None) != REVOCATION_TYPE or row.keys() != set(REVOCATION_FIELDS):
        raise RegistryDamagedError("The revocation's leaf is malformed.")
    try:
        return read_revocation(row)
    except RegistryDamagedError as error:
        raise RegistryDamagedError("The revocation's leaf is malformed.") from error


def read_revocation(row: dict[str, Any]) -> Revocation:
    """Read a revocation back from columns.

    Raises
    ------
    RegistryDamagedError
        The columns do not hold a revocation.
    """
    try:
        if row.keys() != set(REVOCATION_FIELDS):
            raise ValueError("other fields")
        since = None if row["since"] is None else datetime.fromisoformat(row["since"])
        times = {"revoked": datetime.fromisoformat(row["revoked"]), "since": since}
        revocation = Revocation(**row | times | {"stamp_id": StampId(row["stamp_id"])})
        if spell_revocation(revocation) != row:  # a time in another spelling: it hashes otherwise
            raise ValueError("not as it is written")
    except (TypeError, ValueError, PayloadError, RegistryError) as error:
        raise RegistryDamagedError(
            f"The registry's revocation of stamp {row.get('stamp_id')} is damaged; run an audit "
            "and restore the registry from a backup."
        ) from error
    return revocation
