"""Bring a list up to date: add new hashes, purge withdrawn and deleted ones, and prove it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from provenance.errors import HashListError
from provenance.files import write_atomic
from provenance.hashlists.files import HashList, begin, load
from provenance.hashlists.records import Hash, HashRecord, HashStatus, keep_latest, split_gone

_WORD = re.compile(r"[^\s\"',\[\]{}]+")


@dataclass(frozen=True)
class UpdateResult:
    """The counts of an update, in records; purged hashes are never named.

    ``live`` counts the hashes that are left to match.
    """

    added: int
    purged: int
    live: int


def update(path: Path, changes: Iterable[HashList] = ()) -> UpdateResult:
    """Apply later records to a list, and rewrite it without withdrawn and deleted hashes.

    A list that does not exist yet is made, as JSON if its name ends in ``.json``, as a table if it
    ends in ``.csv``, and else as lines. Then the new file is searched for the purged hashes.

    Raises
    ------
    HashListError
        The list can't be used, or a purged hash is still there.
    OutputNotWritableError
        It can't be written; the old list is left as it was.
    """
    old = load(path) if path.exists() else begin(path)
    records = list(old.records)
    for each in changes:
        records += each.records
    return _rewrite(path, old, keep_latest(records).values())


def add(path: Path, records: Iterable[HashRecord]) -> UpdateResult:
    """Add pictures to a list; one that it holds already stands for the further cases too.

    Raises
    ------
    HashListError
        The list can't be used.
    OutputNotWritableError
        It can't be written; the old list is left as it was.
    """
    old = load(path) if path.exists() else begin(path)
    held = {record.key: record for record in old.records}
    for record in records:
        known = held.get(record.key)
        live = known is not None and known.status.live
        held[record.key] = _join(known, record) if known and live else record
    return _rewrite(path, old, held.values())


def withdraw(path: Path, case: str) -> UpdateResult:
    """Close a case: purge the records that stand in a list for this case alone.

    Raises
    ------
    HashListError
        The list can't be used, or holds nothing of that case, or a purged hash is still there.
    OutputNotWritableError
        It can't be written; the old list is left as it was.
    """
    old = load(path)
    if not any(case in record.cases for record in old.records):
        raise HashListError(f"The hash list {path} holds nothing of case {case!r}.")
    return _rewrite(path, old, [_close(record, case) for record in old.records])


def convert(found: HashList, path: Path) -> None:
    """Write a list in another form, which the file's name asks for, without what is withdrawn.

    Raises
    ------
    OutputExistsError
        The file exists.
    OutputNotWritableError
        It can't be written.
    """
    kept, _ = split_gone(found.records)
    write_atomic(path, replace(begin(path), records=tuple(kept)).write())


def _join(known: HashRecord, record: HashRecord) -> HashRecord:
    return replace(
        known,
        cases=tuple(sorted({*known.cases, *record.cases})),
        also=tuple(dict.fromkeys((*known.also, *record.also))),
        modified=record.modified,
        use=record.use,
    )


def _close(record: HashRecord, case: str) -> HashRecord:
    if case not in record.cases:
        return record
    left = tuple(each for each in record.cases if each != case)
    status = record.status if left else HashStatus.WITHDRAWN
    return replace(record, cases=left, status=status)


def _rewrite(path: Path, old: HashList, current: Iterable[HashRecord]) -> UpdateResult:
    kept, gone = split_gone(current)
    new = replace(old, records=tuple(kept))
    write_atomic(path, new.write(), overwrite=True)
    held = {each for record in kept for each in record.hashes}
    _prove_gone(path, {each for record in gone for each in record.hashes} - held)
    known = {each for record in old.records for each in record.hashes}
    return UpdateResult(
        added=sum(record.key not in known for record in kept),
        purged=sum(any(each in known for each in record.hashes) for record in gone),
        live=sum(1 for _ in new.list_live()),
    )


def _prove_gone(path: Path, gone: Iterable[Hash]) -> None:
    """Look for purged hashes among the words of the file on disk, in any form of list.

    Raises
    ------
    HashListError
        One is still there.
    """
    words = set(_WORD.findall(path.read_text(encoding="utf-8").lower()))
    if any(value.lower() in words for _, value in gone):
        raise HashListError(
            f"The hash list {path} still holds a hash that was withdrawn; remove it by hand."
        )
