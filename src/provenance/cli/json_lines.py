"""Results as JSON lines, in input order: on standard output, or in a file that can be resumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from provenance.cli import render
from provenance.cli.inputs import Input
from provenance.errors import OutputExistsError, OutputNotWritableError

Json = dict[str, Any]
Write = Callable[[Json], None]


def add_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``-o`` and ``--resume``; pair with ``read_earlier`` and ``open_results``."""
    command = click.option(
        "--resume", is_flag=True, help="Continue an interrupted run that wrote to the -o FILE."
    )(command)
    return click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write the JSON objects to this file, one per line.",
    )(command)


@dataclass(frozen=True)
class Earlier:
    """The lines of an earlier run, the bytes that they take, and for how many inputs they are."""

    lines: tuple[Json, ...] = ()
    size: int = 0
    done: int = 0


def read_earlier(file: Path | None, given: Sequence[Input], *, resume: bool) -> Earlier:
    """Return the lines that an earlier run wrote; none when nothing is resumed.

    A last line that was cut off does not count, nor do those of a document that is not complete.

    Raises
    ------
    click.UsageError
        ``--resume`` has no file, or the file holds results of other pictures.
    OutputExistsError
        The file would be overwritten.
    OutputNotWritableError
        The file can't be read.
    """
    from provenance.files import encode_line, read_json_lines

    if file is None:
        if resume:
            raise click.UsageError(
                "The option --resume continues a file of results: name it with -o FILE."
            )
        return Earlier()
    if not file.exists():
        return Earlier()
    if not resume:
        raise OutputExistsError(
            f"The file {file} exists already; name another file, or --resume it."
        )
    try:
        found = read_json_lines(file)
    except OSError as error:
        raise OutputNotWritableError(
            f"The file {file} can't be read: {error.strerror}. Name another file."
        ) from error
    lines = _drop_unfinished(found.lines)
    size = found.size - sum(len(encode_line(each)) + 1 for each in found.lines[len(lines) :])
    done = [line.get("input") for line in lines if _is_last(line)]
    if done != [source.name for source in given][: len(done)]:
        raise click.UsageError(
            f"The file {file} holds results of other pictures: give the same ones, or name another "
            "file."
        )
    return Earlier(lines, size, len(done))


def _is_last(line: Json) -> bool:
    """Tell whether a line is the last of its input: documents have one for each part."""
    place = line.get("place") or {}
    return bool(place.get("part") == place.get("of"))


def _drop_unfinished(lines: tuple[Json, ...]) -> tuple[Json, ...]:
    whole = len(lines)
    while whole and not _is_last(lines[whole - 1]):
        whole -= 1
    return lines[:whole]


@contextmanager
def open_results(file: Path | None, before: Earlier) -> Iterator[Write]:
    """Provide the function that writes a result.

    The lines ``before`` stay, and anything after them in the file is cut off. The file is made for
    the first result, so that a run that can't begin leaves none.

    Raises
    ------
    OutputNotWritableError
        The file can't be written.
    """
    if file is None:
        yield render.print_json
        return
    from provenance.files import append_json_lines

    with append_json_lines(file, before.size) as write:
        yield write
