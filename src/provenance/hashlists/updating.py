"""Bring a list up to date: add new hashes, purge withdrawn and deleted ones, and prove it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from provenance.errors import HashListError
from provenance.files import write_atomic
from provenance.hashlists.files import HashList, load
from provenance.hashlists.records import HashRecord, keep_latest

_WORD = re.compile(r"[^\s\"',:\[\]{}]+")


@dataclass(frozen=True)
class UpdateResult:
    """The counts of an update; purged hashes are never named."""

    added: int
    purged: int
    live: int


def update(path: Path, changes: Iterable[HashList] = ()) -> UpdateResult:
    """Apply later records to a list, and rewrite it without withdrawn and deleted hashes.

    A list that does not exist yet is made, as JSON if its name ends in ``.json``. Then the new file
    is searched for the purged hashes.

    Raises
    ------
    HashListError
        The list can't be used, or a purged hash is still there.
    OutputNotWritableError
        It can't be written; the old list is left as it was.
    """
    old = load(path) if path.exists() else HashList(path.name, path.suffix == ".json", ())
    records = list(old.records)
    for each in changes:
        records += each.records
    current = keep_latest(records).values()
    new = replace(old, records=tuple(record for record in current if not record.status.gone))
    gone = [record for record in current if record.status.gone]
    write_atomic(path, new.write(), overwrite=True)
    _prove_gone(path, gone)
    known = {record.key for record in old.records}
    return UpdateResult(
        added=sum(record.key not in known for record in new.records),
        purged=sum(record.key in known for record in gone),
        live=len(new.live) + len(new.digests),
    )


def _prove_gone(path: Path, gone: Iterable[HashRecord]) -> None:
    """Look for purged hashes among the words of the file on disk, in either form of list.

    Raises
    ------
    HashListError
        One is still there.
    """
    words = set(_WORD.findall(path.read_text(encoding="utf-8").lower()))
    if any(record.value.lower() in words for record in gone):
        raise HashListError(
            f"The hash list {path} still holds a hash that was withdrawn; remove it by hand."
        )
