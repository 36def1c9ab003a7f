"""A list for everybody: its stamps salted, and nothing in it but hashes and what they are for."""

from __future__ import annotations

from dataclasses import replace

from provenance.hashlists.files import HashList
from provenance.hashlists.records import SALTED_STAMP, STAMP, Hash, HashRecord
from provenance.hashlists.salting import draw_salt, salt_stamp
from provenance.stamp_id import StampId


def make_public(found: HashList, *, salt: bytes | None = None) -> HashList:
    """Return what everybody may have of a list: live records, without cases and other details.

    ``salt`` is that of an earlier edition; a new one is drawn without it. Each stamp costs a
    scrypt.
    """
    salt = draw_salt() if salt is None else salt
    return replace(found, records=tuple(_bare(record, salt) for record in found.live))


def _bare(record: HashRecord, salt: bytes) -> HashRecord:
    (signal, value), *also = (_salt(each, salt) for each in record.hashes)
    return HashRecord(signal, value, modified=record.modified, also=tuple(also), use=record.use)


def _salt(each: Hash, salt: bytes) -> Hash:
    kind, value = each
    return (SALTED_STAMP, salt_stamp(StampId(value), salt)) if kind == STAMP else each
