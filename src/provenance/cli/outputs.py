"""Where ``-o`` puts a stamped picture, checked before any work is done."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from provenance.cli.inputs import Source
from provenance.errors import OutputExistsError, OutputNotWritableError


def is_folder(output: str) -> bool:
    """Tell whether ``-o`` names a folder: it is one, ends in a separator, or has no suffix."""
    path = Path(output)
    return path.is_dir() or output.endswith(("/", os.sep)) or not path.suffix


def targets(output: str, sources: Sequence[Source]) -> list[Path]:
    """Return the file for each input: ``output`` itself, or its name inside the folder ``output``.

    Pictures found in a folder keep their place below it. Raises :class:`click.UsageError` when the
    inputs do not fit the output.
    """
    path = Path(output)
    if not is_folder(output):
        if len(sources) > 1:
            raise click.UsageError("Several pictures need a folder: -o FOLDER/.")
        return [path]
    if any(source.is_standard_input for source in sources):
        raise click.UsageError("A picture from standard input has no name: give -o FILE.")
    files: dict[Path, Source] = {}
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
    """Make sure that ``target`` can be written, and make its folder when it is missing.

    Raises OutputExistsError or OutputNotWritableError; better before stamping than after.
    """
    if target.exists() and not overwrite:
        raise OutputExistsError(f"{target} exists already; name another file or use --force")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=target.parent):  # asking for permissions misses much
            pass
    except OSError as exc:
        raise OutputNotWritableError(f"{target} can't be written: {exc.strerror}") from exc
    if target.is_dir():
        raise OutputNotWritableError(f"{target} can't be written: it is a folder")
