"""The pictures a command works on: paths, standard input, or a list of paths from a file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import click

from provenance.errors import ProvenanceError

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class Source:
    """One picture as named on the command line; ``-`` is the bytes of standard input."""

    name: str

    @property
    def is_standard_input(self) -> bool:
        """Whether the picture comes from standard input."""
        return self.name == STANDARD_INPUT

    def read(self) -> bytes:
        """Return the picture's bytes.

        Raises UnreadableInputError or ImageTooLargeError.
        """
        from provenance.imaging import DEFAULT_LIMITS, read_bytes

        if not self.is_standard_input:
            return read_bytes(self.name)
        # One byte over the limit is enough to refuse, and an endless pipe ends.
        data = sys.stdin.buffer.read(DEFAULT_LIMITS.max_bytes + 1)
        DEFAULT_LIMITS.check_bytes(len(data))
        return data


def images(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its IMAGE arguments and ``--from-file``; pair with :func:`sources`."""
    command = click.option(
        "--from-file",
        type=click.File("r", encoding="utf-8"),
        help="Read more paths from this file, one a line; - reads them from standard input.",
    )(command)
    return click.argument("image", nargs=-1, metavar="IMAGE...")(command)


def sources(names: tuple[str, ...], listed: Iterator[str] | None) -> list[Source]:
    """Return every input in order.

    Raises :class:`click.UsageError` when there is none, or when standard input is wanted twice.
    """
    paths = [line.rstrip("\r\n") for line in listed or ()]
    found = [Source(name) for name in (*names, *filter(None, paths))]
    if not found:
        raise click.UsageError("No picture given: name one or more, or use --from-file.")
    readers = sum(source.is_standard_input for source in found)
    if readers > 1 or (readers and listed is not None and listed is sys.stdin):
        raise click.UsageError("Standard input can be read only once: one '-' at most.")
    return found


def about(source: Source, error: ProvenanceError, several: bool) -> str:
    """Return an error's sentence, led by the picture's name when there are several."""
    said = str(error)
    return f"{source.name}: {said}" if several and source.name not in said else said
