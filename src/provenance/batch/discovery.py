"""Which pictures a name stands for: a file, a folder with all below it, or a pattern."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

_READ = {".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".avif"}
_OTHER = {".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".jxl", ".jp2", ".ico"}
SUFFIXES = frozenset(_READ | _OTHER)
"""Files taken from folders, in small letters. Formats that are refused belong to it: a picture that
was left out has to be heard of, while a folder's other files are nobody's mistake."""


@dataclass(frozen=True)
class Found:
    """One picture: its path, and where it lies below the folder or pattern that led to it."""

    path: str
    below: PurePath


def find(names: Iterable[str], *, without: Path | None = None) -> Iterator[Found]:
    """Yield the pictures that the names stand for, in the order of names, and sorted within each.

    A folder stands for every picture below it; hidden files and folders are left out, and links to
    folders not followed. A name with ``*``, ``?`` or ``[`` that is no file is a pattern, in which
    ``**`` reaches through folders. What leads to nothing is yielded as it is, for whoever opens it
    to say so. ``without`` is a folder that is not searched: outputs are no inputs.
    """
    skip = None if without is None else os.path.realpath(without)
    for name in names:
        found = list(_of(name, skip))
        yield from found or [Found(name, PurePath(PurePath(name).name))]


def _of(name: str, skip: str | None) -> Iterator[Found]:
    if os.path.isdir(name):  # noqa: PTH112  (Path would drop a leading ./ from what users see)
        yield from _below(name, skip)
    elif glob.has_magic(name) and not os.path.lexists(name):
        start = Path(_fixed_part(name))
        for path in sorted(glob.glob(name, recursive=True)):  # noqa: PTH207  (may be absolute)
            below = PurePath(path).relative_to(start)
            linked = any((start / folder).is_symlink() for folder in list(below.parents)[:-1])
            if Path(path).is_file() and not linked and not _inside(path, skip):
                yield Found(path, below)


def _below(folder: str, skip: str | None) -> Iterator[Found]:
    for at, folders, files in os.walk(folder):
        folders[:] = sorted(
            each for each in folders if not each.startswith(".") and not _is(at, each, skip)
        )
        for file in sorted(files):
            if not file.startswith(".") and PurePath(file).suffix.lower() in SUFFIXES:
                path = os.path.join(at, file)  # noqa: PTH118
                yield Found(path, PurePath(path).relative_to(folder))


def _fixed_part(pattern: str) -> PurePath:
    """Return the folder that a pattern starts from: all parts before the first with a wildcard."""
    parts = PurePath(pattern).parts[:-1]
    fixed = next((i for i, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    return PurePath(*parts[:fixed])


def _is(at: str, folder: str, skip: str | None) -> bool:
    return skip is not None and os.path.realpath(Path(at, folder)) == skip


def _inside(path: str, skip: str | None) -> bool:
    return skip is not None and Path(os.path.realpath(path)).is_relative_to(skip)
