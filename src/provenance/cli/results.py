"""JSON Lines, one a picture in input order: on standard output, or in a file that a run resumes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from provenance.cli import render
from provenance.cli.inputs import Source
from provenance.errors import OutputExistsError, OutputNotWritableError

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


@dataclass(frozen=True)
class Earlier:
    """What an interrupted run left: its whole lines, and how many bytes they take."""

    lines: tuple[Json, ...] = ()
    size: int = 0


def earlier(file: Path | None, given: Sequence[Source], *, resume: bool) -> Earlier:
    """Return the lines that an earlier run wrote; none when nothing is resumed.

    A last line that was cut off does not count. Raises :class:`click.UsageError` when ``--resume``
    has no file, or the file is of other inputs, and OutputExistsError when it would be overwritten.
    """
    if file is None:
        if resume:
            raise click.UsageError("--resume goes on with a file of results: name it with -o FILE.")
        return Earlier()
    if not file.exists():
        return Earlier()
    if not resume:
        raise OutputExistsError(f"{file} exists already; name another file, or --resume it")
    lines: list[Json] = []
    size = 0
    try:
        with file.open("rb") as stream:
            for raw in stream:
                line = _parsed(raw)
                if line is None:
                    break
                lines.append(line)
                size += len(raw)
    except OSError as exc:
        raise OutputNotWritableError(f"{file} can't be read: {exc.strerror}") from exc
    names = [source.name for source in given]
    if [line.get("input") for line in lines] != names[: len(lines)]:
        raise click.UsageError(
            f"{file} holds results of other pictures: give the same ones, or name another file."
        )
    return Earlier(tuple(lines), size)


@contextmanager
def opened(file: Path | None, before: Earlier) -> Iterator[Write]:
    """Give what writes a result; ``before`` stays, and what comes after it in the file is cut off.

    The file is made for the first result, so that a run that can't begin leaves none. Raises
    OutputNotWritableError.
    """
    if file is None:
        yield render.json_line
        return
    descriptor: int | None = None

    def write(line: Json) -> None:
        nonlocal descriptor
        if descriptor is None:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
            os.truncate(descriptor, before.size)
        # Handed to the system at once, so that a killed run loses no line.
        rest = memoryview(render.json_text(line).encode() + b"\n")
        while rest:
            rest = rest[os.write(descriptor, rest) :]

    try:
        yield write
    except OSError as exc:
        raise OutputNotWritableError(f"{file} can't be written: {exc.strerror}") from exc
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _parsed(raw: bytes) -> Json | None:
    """Return a whole line's object; None for one that was cut off."""
    if not raw.endswith(b"\n"):
        return None
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None
