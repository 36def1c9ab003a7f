"""Results as JSON lines, in input order: on standard output, or in a file that can be resumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli import render
from provenance.cli.inputs import Input
from provenance.errors import OutputExistsError, OutputNotWritableError

if TYPE_CHECKING:
    from provenance.files import JsonLines

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


def read_earlier(file: Path | None, given: Sequence[Input], *, resume: bool) -> JsonLines:
    """Return the lines that an earlier run wrote; none when nothing is resumed.

    A last line that was cut off does not count.

    Raises
    ------
    click.UsageError
        ``--resume`` has no file, or the file holds results of other pictures.
    OutputExistsError
        The file would be overwritten.
    OutputNotWritableError
        The file can't be read.
    """
    from provenance.files import JsonLines, read_json_lines

    if file is None:
        if resume:
            raise click.UsageError(
                "The option --resume continues a file of results: name it with -o FILE."
            )
        return JsonLines()
    if not file.exists():
        return JsonLines()
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
    names = [source.name for source in given]
    if [line.get("input") for line in found.lines] != names[: len(found.lines)]:
        raise click.UsageError(
            f"The file {file} holds results of other pictures: give the same ones, or name another "
            "file."
        )
    return found


@contextmanager
def open_results(file: Path | None, before: JsonLines) -> Iterator[Write]:
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
