"""The pictures that a command works on: files, folders, patterns, standard input, or a list."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import click

from provenance.errors import NotExaminedError, ProvenanceError, UnreadableInputError
from provenance.text import show_name

if TYPE_CHECKING:
    from provenance.limits import Limits

STANDARD_INPUT = "-"

DOCUMENT = "It is an archive or a PDF: 'provenance verify' looks at the pictures in it."

HEAD = 1024
"""Bytes of a file that are read to tell what it is."""


@dataclass(frozen=True)
class Input:
    """One picture as named on the command line; ``-`` stands for the bytes of standard input.

    ``below`` is its path below the folder or pattern that led to it; outputs keep that path.
    ``left_out`` says why something in a folder is not named as a picture; see ``check_chosen``.
    """

    name: str
    below: PurePath | None = None
    left_out: str | None = None

    @property
    def is_standard_input(self) -> bool:
        """Whether the picture comes from standard input."""
        return self.name == STANDARD_INPUT

    def read(self, limits: Limits | None = None) -> bytes:
        """Return the picture's bytes; without ``limits`` the library's own are in force.

        Raises
        ------
        UnreadableInputError
            The picture is missing or can't be read, or the name is that of an empty folder.
        ImageTooLargeError
            The file has more bytes than the limits allow.
        """
        from provenance.files import read_bytes
        from provenance.limits import DEFAULT_LIMITS

        limits = limits or DEFAULT_LIMITS
        if not self.is_standard_input:
            if os.path.isdir(self.name):  # noqa: PTH112  (a NUL in the name is not an error yet)
                raise UnreadableInputError(
                    f"The folder {self.name} is without any picture: name another one."
                )
            return read_bytes(self.name, limits.max_bytes)
        # One byte over the limit is enough to refuse, and an endless pipe ends.
        data = sys.stdin.buffer.read(limits.max_bytes + 1)
        limits.check_bytes(len(data))
        return data

    def check_chosen(self, *, documents: bool = False) -> None:
        """Check that this is to be looked at: chosen by name, or else a picture or a document.

        Raises
        ------
        NotExaminedError
            It lies in a folder, and is neither by its name or first bytes; or it is a document,
            and the command does not take ``documents`` apart.
        UnreadableInputError
            It can't be read.
        """
        from provenance.batch import NO_PICTURE
        from provenance.documents import is_document
        from provenance.files import read_head
        from provenance.imaging import is_foreign, recognise

        if self.left_out is None:
            return
        if self.left_out == NO_PICTURE:
            head = read_head(self.name, HEAD)
            if not documents and is_document(head):
                raise NotExaminedError(DOCUMENT)
            if recognise(head) or is_document(head) or is_foreign(head):
                return
        raise NotExaminedError(self.left_out)


def add_images(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its IMAGE arguments and ``--from-file``; pair with ``find_inputs``."""
    command = click.option(
        "--from-file",
        type=click.File("r", encoding="utf-8", errors="surrogateescape"),
        help="Read more names from this file, one per line; - means standard input.",
    )(command)
    return click.argument("image", nargs=-1, metavar="IMAGE...")(command)


def add_manifest_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--manifest``; pair with ``read_sidecar``."""
    return click.option(
        "--manifest",
        "manifest_file",
        metavar="FILE",
        help="Sidecar manifest (.c2pa) for a single IMAGE that has none embedded.",
    )(command)


def add_response_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--response``, which may be given several times."""
    return click.option(
        "--response",
        "responses",
        metavar="FILE",
        multiple=True,
        type=click.Path(path_type=Path),
        help="Response of a producer about a stamp, which is checked offline; repeatable.",
    )(command)


def add_ask_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--ask``."""
    return click.option(
        "--ask",
        is_flag=True,
        help="Ask the producer's service about a mark, where its directory entry names one: sends "
        "the 96 bits, never the picture.",
    )(command)


def add_list_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--list``, which may be given several times."""
    return click.option(
        "--list",
        "lists",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Hash list to look the pictures up in: ThreatExchange's lines, CSV or JSON, StopNCII "
        "records or VICS; repeatable.",
    )(command)


def read_sidecar(path: str | None, given: list[Input]) -> bytes | None:
    """Return the manifest store in the file that ``--manifest`` names.

    Raises
    ------
    click.UsageError
        There are several pictures.
    ManifestError
        The file holds no manifest store.
    """
    if path is None:
        return None
    if len(given) > 1:
        raise click.UsageError("A --manifest belongs to one picture: give a single IMAGE.")
    from provenance import manifest

    return manifest.extract(Input(path).read())


def find_inputs(
    names: tuple[str, ...],
    listed: Iterable[str] | None,
    *,
    without: Path | None = None,
    every: bool = False,
) -> list[Input]:
    """Return every picture in order, including those in folders and those that match patterns.

    The folder ``without`` is not searched. With ``every``, the rest of a folder is returned too.

    Raises
    ------
    click.UsageError
        There is no name, or standard input is named twice.
    """
    from provenance.batch import find

    paths = [line.rstrip("\r\n") for line in listed or ()]
    named = [*names, *filter(None, paths)]
    if not named:
        raise click.UsageError(
            "There is no picture to work on: name one or more, or use --from-file."
        )
    readers = named.count(STANDARD_INPUT)
    if readers > 1 or (readers and listed is not None and listed is sys.stdin):
        raise click.UsageError("Standard input can be read only once: give '-' at most once.")
    found = find(named, without=without, every=every)
    return [Input(each.path, each.below, each.left_out) for each in found]


def describe_error(source: Input, error: ProvenanceError, several: bool) -> str:
    """Return an error's sentence, after the picture's name if there are several pictures."""
    said = str(error)
    return f"{show_name(source.name)}: {said}" if several and source.name not in said else said
