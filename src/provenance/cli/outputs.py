"""Where ``-o`` puts a stamped picture, checked before any work is done."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from provenance.cli.inputs import Source
from provenance.errors import OutputExistsError, OutputNotWritableError


def targets(output: str, sources: Sequence[Source]) -> list[Path]:
    """Return the file for each input: ``output`` itself, or its name inside the folder ``output``.

    A folder is one that exists, a path that ends with a separator, or one without a suffix.
    Raises :class:`click.UsageError` when the inputs do not fit the output.
    """
    path = Path(output)
    if not (path.is_dir() or output.endswith(("/", os.sep)) or not path.suffix):
        if len(sources) > 1:
            raise click.UsageError("Several pictures need a folder: -o FOLDER/.")
        return [path]
    if any(source.is_standard_input for source in sources):
        raise click.UsageError("A picture from standard input has no name: give -o FILE.")
    files = [path / Path(source.name).name for source in sources]
    twice = next((file for file in files if files.count(file) > 1), None)
    if twice is not None:
        raise click.UsageError(f"Two inputs are called {twice.name}: stamp them separately.")
    return files


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
