"""Bringing a list up to date: new hashes in, withdrawn and deleted ones out, and proved to be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from provenance.errors import HashListError
from provenance.files import write_atomic
from provenance.hashlists.files import HashList, load
from provenance.hashlists.records import HashRecord, latest

_WORD = re.compile(r"[^\s\"',:\[\]{}]+")


@dataclass(frozen=True)
class Updated:
    """What an update did; hashes that went are counted and never named."""

    added: int
    purged: int
    live: int


def update(path: Path, changes: Iterable[HashList] = ()) -> Updated:
    """Apply later records to a list and rewrite it without what is withdrawn or deleted.

    A list that does not exist yet is made, as JSON if its name says so. What was purged is then
    looked for in the file that was written.

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
    current = latest(records).values()
    new = replace(old, records=tuple(record for record in current if not record.status.gone))
    gone = [record for record in current if record.status.gone]
    write_atomic(path, new.write(), overwrite=True)
    _prove_gone(path, gone)
    known = {record.key for record in old.records}
    return Updated(
        added=sum(record.key not in known for record in new.records),
        purged=sum(record.key in known for record in gone),
        live=len(new.live),
    )


def _prove_gone(path: Path, gone: Iterable[HashRecord]) -> None:
    """Look for purged hashes in the words of the file as it is on disk now, whatever their form."""
    words = set(_WORD.findall(path.read_text(encoding="utf-8").lower()))
    if any(record.value.lower() in words for record in gone):
        raise HashListError(
            f"The hash list {path} still holds a hash that was withdrawn; remove it by hand."
        )
