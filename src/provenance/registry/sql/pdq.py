"""Records near a PDQ hash: those of the index in files, and the later ones in memory."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from provenance.errors import ConfigError
from provenance.registry.fork_lock import ForkLock
from provenance.registry.leaf import PDQ_DIGITS
from provenance.registry.sql.database import Database, refuse_damaged

if TYPE_CHECKING:
    from provenance.fingerprint import HammingIndex
    from provenance.registry.likeness import LikenessIndex

_PAGE = 10_000
"""Rows read in one transaction, so that appends get a turn: about ten milliseconds."""

_ADDED = 2**20
"""Records added to the index at once while it is brought up to date: 40 MB of memory."""

_LOOK_AGAIN = 2**18
"""Records in memory beyond the files, after which the files are looked at again: somebody may have
brought them up to date. A search of so many takes a millisecond."""

_HEX = re.compile(r"[0-9a-f]*")

_AFTER = "SELECT leaf_index, pdq FROM records WHERE leaf_index >= ? ORDER BY leaf_index LIMIT ?"


class SqlPdqIndex:
    """The PDQ hashes of all records, each with the place of its record in the log.

    ``folder`` is where the index in files is, if there is one. Without, all hashes are read into
    memory at the first search. ``name_log`` gives the log's name.
    """

    def __init__(
        self, database: Database, folder: Path | None, name_log: Callable[[], str]
    ) -> None:
        self._database = database
        self._folder = folder
        self._name_log = name_log
        self._lock = ForkLock()
        self._files: LikenessIndex | None = None
        self._hashes: HammingIndex | None = None  # most registries are never searched by likeness
        self._leaves = array("q")
        self._looked_at = 0

    def find_near(self, pdq: bytes, max_distance: int, limit: int) -> list[tuple[int, int]]:
        """Find the nearest records: the leaf index and the distance of each, nearest first."""
        with self._lock:
            files, hashes, leaves = self._load()
        hits = files.within(pdq, max_distance) if files else []
        later = hashes.within(pdq, max_distance, limit)
        hits += [(leaves[number], distance) for number, distance in later]
        return sorted(hits, key=lambda hit: (hit[1], hit[0]))[:limit]

    def update_files(self, *, rebuild: bool = False) -> int:
        """Add to the index in files what it lacks; return the number of records in it.

        With ``rebuild`` it is made anew.

        Raises
        ------
        ConfigError
            The registry has no such index.
        OutputNotWritableError
            Its folder can't be written to.
        """
        if rebuild and self._folder is not None:
            from provenance.registry.likeness import remove_index

            remove_index(self._folder)
        index = self._open_files()
        if index is None:
            raise ConfigError(
                "The config names no likeness index; set registry.index to a folder for it."
            )
        pages = self._read_pages(index.end)
        while batch := list(islice(pages, _ADDED // _PAGE)):
            leaves = [leaf for rows in batch for leaf, _ in rows]
            index.add(leaves, b"".join(map(self._join, batch)), leaves[-1] + 1)
        with self._lock:
            self._hashes = None  # the next search opens the files as they are now
        return index.size

    def refuse_files(self) -> NoReturn:
        """Refuse an index that does not say what the records say.

        Raises
        ------
        RegistryDamagedError
            Always.
        """
        if self._folder is None:
            refuse_damaged(self._database.place)
        from provenance.registry.likeness import refuse_index

        raise refuse_index(self._folder, "does not fit the registry")

    def _load(self) -> tuple[LikenessIndex | None, HammingIndex, array[int]]:
        """Open the files, and read what came after them; records never change."""
        index = self._hashes
        half_done = index is not None and index.size != len(self._leaves)  # a fork came in between
        if index is None or half_done or self._files_have_grown():
            index = self._start_over()
        after = self._leaves[-1] + 1 if self._leaves else self._files.end if self._files else 0
        for rows in self._read_pages(after):
            hashes = self._join(rows)
            self._leaves.extend([leaf for leaf, _ in rows])
            index.extend([hashes])
        return self._files, index, self._leaves

    def _start_over(self) -> HammingIndex:
        """Open the files anew, and forget what was read besides."""
        from provenance.fingerprint import HammingIndex

        self._files = self._open_files()
        self._hashes, self._leaves, self._looked_at = HammingIndex(), array("q"), 0
        return self._hashes

    def _files_have_grown(self) -> bool:
        """Tell whether much is in memory that somebody has added to the files since."""
        if len(self._leaves) < self._looked_at + _LOOK_AGAIN or self._files is None:
            return False
        self._looked_at = len(self._leaves)
        files = self._open_files()
        return files is not None and files.end > self._files.end

    def _open_files(self) -> LikenessIndex | None:
        if self._folder is None:
            return None
        from provenance.registry.likeness import LikenessIndex

        return LikenessIndex(self._folder, self._name_log())

    def _read_pages(self, first: int) -> Iterator[Sequence[Any]]:
        """Give leaf index and hash of all records from a place in the log, page by page."""
        rows: Sequence[Any] = range(_PAGE)
        while len(rows) == _PAGE:
            with self._database.reading() as db:
                rows = db.execute(_AFTER, (first, _PAGE)).fetchall()
            if rows:
                yield rows
                first = rows[-1][0] + 1

    def _join(self, rows: Sequence[Any]) -> bytes:
        """Return the hashes of many rows, one after the other, if each of them is one."""
        if not all(isinstance(pdq, str) and len(pdq) == PDQ_DIGITS for _, pdq in rows):
            refuse_damaged(self._database.place)
        digits = "".join([pdq for _, pdq in rows])
        if not _HEX.fullmatch(digits):
            refuse_damaged(self._database.place)
        return bytes.fromhex(digits)
