"""Exit statuses and error codes, from ``provenance.cli.exits`` and ``provenance.errors``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

from provenance import errors
from provenance.cli import exits

_ROW = re.compile(r"^(\d+) +(\S.*)$", re.MULTILINE)


def statuses() -> dict[int, str]:
    """Return the documented exit statuses and what each means."""
    return {int(number): text for number, text in _ROW.findall(exits.__doc__ or "")}


def status_table() -> str:
    """Return the table of exit statuses."""
    rows = (f"| {number} | {text.replace('``', '`')} |" for number, text in statuses().items())
    return "\n".join(("| status | means |", "|---|---|", *rows))


def kinds() -> tuple[type[errors.ProvenanceError], ...]:
    """Return every error class, a base before what derives from it."""
    return tuple(_derived(errors.ProvenanceError))


def error_list() -> str:
    """Return an entry for each error code."""
    return "\n\n".join(
        f"`{kind.code}` (`{kind.__name__}`, status {exits.map_error(kind(''))})\n:   {_says(kind)}"
        for kind in kinds()
    )


def _derived(kind: type[errors.ProvenanceError]) -> Iterator[type[errors.ProvenanceError]]:
    yield kind
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield from _derived(each)


def _says(kind: type[errors.ProvenanceError]) -> str:
    return " ".join((inspect.getdoc(kind) or "").split()).replace("``", "`")
