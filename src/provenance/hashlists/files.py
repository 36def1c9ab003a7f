"""Read a hash list from its file, in any of its forms, and write it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from provenance.errors import HashListError
from provenance.hashlists import graph, json_records, stopncii, threatexchange, vics
from provenance.hashlists.records import STAMPS, Form, Hash, HashRecord, is_matched, keep_latest

MAX_FILE_BYTES = 2**30
"""Bytes of a list: over ten million hashes of 69 bytes. A longer list belongs in a service."""

_JSON = {Form.STOPNCII: stopncii.read, Form.GRAPH: graph.read, Form.VICS: vics.read}
_WRITERS: dict[Form, Callable[[Iterable[HashRecord]], bytes]] = {
    Form.LINES: threatexchange.write,
    Form.CSV: threatexchange.write_table,
    Form.STOPNCII: stopncii.write,
    Form.GRAPH: graph.write,
    Form.VICS: vics.write,
}
_SUFFIXES = {".vics.json": Form.VICS, ".json": Form.STOPNCII, ".csv": Form.CSV}
# The first that a name ends in; all else is lines.


@dataclass(frozen=True)
class HashList:
    """A list as read: its file's name, its form, and the record that counts for each hash."""

    name: str
    form: Form
    records: tuple[HashRecord, ...]

    @property
    def live(self) -> tuple[HashRecord, ...]:
        """The records to match."""
        return tuple(record for record in self.records if record.status.live)

    @property
    def gone(self) -> tuple[HashRecord, ...]:
        """The records that nobody may keep any more."""
        return tuple(record for record in self.records if record.status.gone)

    def list_live(self) -> Iterator[tuple[Hash, HashRecord]]:
        """Yield each hash to match, with its record."""
        for record in self.live:
            yield from ((each, record) for each in record.hashes if is_matched(each[0]))

    @property
    def stamps(self) -> HashList:
        """The list with its stamps alone: enough to know marks by, and small."""
        found = (HashRecord(*each) for each, _ in self.list_live() if each[0] in STAMPS)
        return replace(self, records=tuple(found))

    def write(self) -> bytes:
        """Return the list as a file in its form."""
        return _WRITERS[self.form](self.records)


def begin(path: Path) -> HashList:
    """Return a new list without records, in the form that its file's name asks for."""
    name = path.name.lower()
    form = next((form for end, form in _SUFFIXES.items() if name.endswith(end)), Form.LINES)
    return HashList(path.name, form, ())


def load(path: Path) -> HashList:
    """Read a list.

    Raises
    ------
    HashListError
        It can't be read, or is in none of the forms.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise HashListError(
                f"The hash list {path} has over {MAX_FILE_BYTES:,} bytes: split it."
            )
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise HashListError(f"The hash list {path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise HashListError(f"The hash list {path} is not a text file in UTF-8.") from error
    try:
        form, found = _read(text)
    except HashListError as error:
        raise HashListError(f"The hash list {path} can't be used. {error}") from error
    return HashList(path.name, form, tuple(keep_latest(found).values()))


def _read(text: str) -> tuple[Form, list[HashRecord]]:
    if text.lstrip()[:1] not in ("{", "["):
        return threatexchange.read(text)
    values = json_records.parse(text)
    form = json_records.recognise(values)
    return form, _JSON[form](values)
