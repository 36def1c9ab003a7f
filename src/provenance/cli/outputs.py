"""Where ``-o`` puts what a command writes; for stamped pictures checked before any work is done."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from provenance.cli.inputs import Input
from provenance.errors import OutputExistsError, OutputNotWritableError

STANDARD_OUTPUT = "-"


def add_output_option(what: str, metavar: str = "FILE") -> Callable[..., Any]:
    """Give a command the option ``--output``, which it can't do without; ``what`` is its help."""
    return click.option(
        "-o",
        "--output",
        required=True,
        metavar=metavar,
        type=click.Path(path_type=Path),
        help=what,
    )


def is_folder(output: str) -> bool:
    """Tell whether ``-o`` names a folder: an existing one, or a name with a last / or no suffix."""
    path = Path(output)
    return path.is_dir() or output.endswith(("/", os.sep)) or not path.suffix


def choose_targets(output: str, sources: Sequence[Input]) -> list[Path]:
    """Return the file for each input: ``output`` itself, or a file inside the folder ``output``.

    Pictures found in a folder keep their place below it.

    Raises
    ------
    click.UsageError
        The inputs do not fit the output.
    """
    path = Path(output)
    if output == STANDARD_OUTPUT or not is_folder(output):
        if len(sources) > 1:
            raise click.UsageError("Several pictures need a folder: -o FOLDER/.")
        return [path] * len(sources)
    if any(source.is_standard_input for source in sources):
        raise click.UsageError(
            "A picture from standard input has no name: name the output with -o FILE."
        )
    files: dict[Path, Input] = {}
    for source in sources:
        file = path / (source.below or Path(source.name).name)
        if file in files:
            raise click.UsageError(
                f"{files[file].name} and {source.name} would both become {file}: "
                "stamp them separately."
            )
        files[file] = source
    return list(files)


def check(target: Path, *, overwrite: bool) -> None:
    """Make sure before stamping that ``target`` can be written; make its folder if it is missing.

    Raises
    ------
    OutputExistsError
        The file exists and is not to be overwritten.
    OutputNotWritableError
        The file can't be written.
    """
    if target.exists() and not overwrite:
        raise OutputExistsError(
            f"The file {target} exists already; name another file or use --force."
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=target.parent):  # a look at permissions would miss much
            pass
    except OSError as error:
        raise OutputNotWritableError(f"{target} can't be written: {error.strerror}.") from error
    if target.is_dir():
        raise OutputNotWritableError(f"{target} can't be written: it is a folder. Name a file.")
