"""The pictures a command works on: files, folders, patterns, standard input, or a list of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import click

from provenance.errors import ProvenanceError, UnreadableInputError

if TYPE_CHECKING:
    from provenance.limits import Limits

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class Source:
    """One picture as named on the command line; ``-`` is the bytes of standard input.

    ``below`` is where it lies below the folder or pattern that it was found by, which outputs keep.
    """

    name: str
    below: PurePath | None = None

    @property
    def is_standard_input(self) -> bool:
        """Whether the picture comes from standard input."""
        return self.name == STANDARD_INPUT

    def read(self, limits: Limits | None = None) -> bytes:
        """Return the picture's bytes; without ``limits`` the library's own are in force.

        Raises UnreadableInputError or ImageTooLargeError.
        """
        from provenance.files import read_bytes
        from provenance.limits import DEFAULT_LIMITS

        limits = limits or DEFAULT_LIMITS
        if not self.is_standard_input:
            if os.path.isdir(self.name):  # noqa: PTH112  (a NUL in the name is no error yet)
                raise UnreadableInputError(f"{self.name} is a folder without any picture")
            return read_bytes(self.name, limits.max_bytes)
        # One byte over the limit is enough to refuse, and an endless pipe ends.
        data = sys.stdin.buffer.read(limits.max_bytes + 1)
        limits.check_bytes(len(data))
        return data


def images(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its IMAGE arguments and ``--from-file``; pair with :func:`sources`."""
    command = click.option(
        "--from-file",
        type=click.File("r", encoding="utf-8", errors="surrogateescape"),
        help="Read more names from this file, one a line; - reads them from standard input.",
    )(command)
    return click.argument("image", nargs=-1, metavar="IMAGE...")(command)


def manifest_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--manifest``; pair with :func:`manifest_beside`."""
    return click.option(
        "--manifest",
        "manifest_file",
        metavar="FILE",
        help="A manifest that came beside the one IMAGE, which carries none: a .c2pa file.",
    )(command)


def manifest_beside(path: str | None, given: list[Source]) -> bytes | None:
    """Return the manifest store in the file that ``--manifest`` names.

    Raises :class:`click.UsageError` for several pictures, and ManifestError for a file without one.
    """
    if path is None:
        return None
    if len(given) > 1:
        raise click.UsageError("One --manifest belongs to one picture: give a single IMAGE.")
    from provenance import manifest

    return manifest.extract(Source(path).read())


def sources(
    names: tuple[str, ...], listed: Iterable[str] | None, *, without: Path | None = None
) -> list[Source]:
    """Return every picture in order, also those in folders and those that patterns stand for.

    A folder ``without`` is not searched. Raises :class:`click.UsageError` when there is no name, or
    when standard input is wanted twice.
    """
    from provenance.batch import find

    paths = [line.rstrip("\r\n") for line in listed or ()]
    named = [*names, *filter(None, paths)]
    if not named:
        raise click.UsageError("No picture given: name one or more, or use --from-file.")
    readers = named.count(STANDARD_INPUT)
    if readers > 1 or (readers and listed is not None and listed is sys.stdin):
        raise click.UsageError("Standard input can be read only once: one '-' at most.")
    return [Source(found.path, found.below) for found in find(named, without=without)]


def about(source: Source, error: ProvenanceError, several: bool) -> str:
    """Return an error's sentence, led by the picture's name when there are several."""
    said = str(error)
    return f"{source.name}: {said}" if several and source.name not in said else said
