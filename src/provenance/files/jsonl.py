"""JSON Lines: one object a line, so that an interrupted run can continue its file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance.files.system import NEW_FILE_MODE, O_BINARY, translate_refusals, write_all

Json = dict[str, Any]


@dataclass(frozen=True)
class JsonLines:
    """The whole lines of a file, and how many bytes they take."""

    lines: tuple[Json, ...] = ()
    size: int = 0


def encode_line(value: Json) -> str:
    """Return one object on one line, in ASCII: valid under any locale and file name."""
    return json.dumps(value, ensure_ascii=True, separators=(", ", ": "))


def read_json_lines(file: Path) -> JsonLines:
    """Read a file up to the first line that was cut off or is not an object.

    Raises
    ------
    OSError
        The file can't be read.
    """
    lines: list[Json] = []
    size = 0
    with file.open("rb") as stream:
        for raw in stream:
            line = _parse(raw)
            if line is None:
                break
            lines.append(line)
            size += len(raw)
    return JsonLines(tuple(lines), size)


@contextmanager
def append_json_lines(file: Path, size: int) -> Iterator[Callable[[Json], None]]:
    """Yield the function that writes a line. What follows the first ``size`` bytes is cut off.

    The file is made with the first line, so that a run that can't begin leaves no file.

    Raises
    ------
    OutputNotWritableError
        The system refuses.
    """
    descriptor: int | None = None

    def write(line: Json) -> None:
        nonlocal descriptor
        with translate_refusals(file):
            if descriptor is None:
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | O_BINARY
                descriptor = os.open(file, flags, NEW_FILE_MODE)
                os.truncate(descriptor, size)
            # Handed to the system at once, so that a killed run loses no line.
            write_all(descriptor, encode_line(line).encode() + b"\n")

    try:
        yield write
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _parse(raw: bytes) -> Json | None:
    """Return a whole line's object; None for one that was cut off."""
    if not raw.endswith(b"\n"):
        return None
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None
