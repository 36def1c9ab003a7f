"""Read a hash list from its file, in either of the two forms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provenance.errors import HashListError
from provenance.hashlists import stopncii, threatexchange
from provenance.hashlists.records import DIGESTS, PDQ, HashRecord, keep_latest

MAX_FILE_BYTES = 2**30
"""Bytes of a list: over ten million hashes of 69 bytes. A longer list belongs in a service."""


@dataclass(frozen=True)
class HashList:
    """A list as read: its file's name, and the record that counts for each hash."""

    name: str
    json: bool
    records: tuple[HashRecord, ...]

    @property
    def live(self) -> tuple[HashRecord, ...]:
        """The PDQ hashes to match."""
        return tuple(r for r in self.records if r.status.live and r.signal == PDQ)

    @property
    def digests(self) -> tuple[HashRecord, ...]:
        """The digests of whole files to match."""
        return tuple(r for r in self.records if r.status.live and r.signal in DIGESTS)

    @property
    def gone(self) -> tuple[HashRecord, ...]:
        """The hashes that nobody may keep any more."""
        return tuple(record for record in self.records if record.status.gone)

    def write(self) -> bytes:
        """Return the list as a file in its form."""
        if self.json:
            return stopncii.write(self.records)
        return threatexchange.write(self.records)


def load(path: Path) -> HashList:
    """Read a list.

    Raises
    ------
    HashListError
        It can't be read, or is in neither form.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise HashListError(
                f"The hash list {path} has over {MAX_FILE_BYTES:,} bytes: split it."
            )
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise HashListError(f"The hash list {path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise HashListError(f"The hash list {path} is not a text file in UTF-8.") from error
    json = text.lstrip()[:1] in ("{", "[")
    try:
        found = (stopncii if json else threatexchange).read(text)
    except HashListError as error:
        raise HashListError(f"The hash list {path} can't be used. {error}") from error
    return HashList(path.name, json, tuple(keep_latest(found).values()))
