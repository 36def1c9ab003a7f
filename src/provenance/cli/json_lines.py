"""JSON Lines, one a picture in input order: on standard output, or in a file that a run resumes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from provenance.cli import render
from provenance.cli.inputs import Source
from provenance.errors import OutputExistsError, OutputNotWritableError
from provenance.files import JsonLines, append_json_lines, read_json_lines

Json = dict[str, Any]
Write = Callable[[Json], None]


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``-o`` and ``--resume``; pair with :func:`earlier` and :func:`opened`."""
    command = click.option(
        "--resume", is_flag=True, help="Go on with the -o FILE of an interrupted run."
    )(command)
    return click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write the JSON objects to this file, a line each.",
    )(command)


def earlier(file: Path | None, given: Sequence[Source], *, resume: bool) -> JsonLines:
    """Return the lines that an earlier run wrote; none when nothing is resumed.

    A last line that was cut off does not count. Raises :class:`click.UsageError` when ``--resume``
    has no file, or the file is of other inputs, and OutputExistsError when it would be overwritten.
    """
    if file is None:
        if resume:
            raise click.UsageError("--resume goes on with a file of results: name it with -o FILE.")
        return JsonLines()
    if not file.exists():
        return JsonLines()
    if not resume:
        raise OutputExistsError(f"{file} exists already; name another file, or --resume it.")
    try:
        found = read_json_lines(file)
    except OSError as error:
        raise OutputNotWritableError(f"{file} can't be read: {error.strerror}.") from error
    names = [source.name for source in given]
    if [line.get("input") for line in found.lines] != names[: len(found.lines)]:
        raise click.UsageError(
            f"{file} holds results of other pictures: give the same ones, or name another file."
        )
    return found


@contextmanager
def opened(file: Path | None, before: JsonLines) -> Iterator[Write]:
    """Give what writes a result; ``before`` stays, and what comes after it in the file is cut off.

    The file is made for the first result, so that a run that can't begin leaves none. Raises
    OutputNotWritableError.
    """
    if file is None:
        yield render.json_line
        return
    with append_json_lines(file, before.size) as write:
        yield write
