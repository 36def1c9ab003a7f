"""Find the pictures that a name stands for: a file, a folder and all below it, or a pattern."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

REFUSED_SUFFIXES = frozenset({".apng", ".gif", ".bmp", ".jxl", ".jp2", ".ico"})
"""Suffixes of pictures that ``imaging`` refuses. Folders give them all the same: a picture must not
be left out silently, while other files may be."""


@dataclass(frozen=True)
class FoundPicture:
    """One picture: its path, and its path below the folder or pattern that led to it."""

    path: str
    below: PurePath


def find(names: Iterable[str], *, without: Path | None = None) -> Iterator[FoundPicture]:
    """Yield the pictures that the names stand for, in the order of names, and sorted within each.

    A folder stands for every picture below it. Hidden files and folders are left out, and links to
    folders are not followed. A name with ``*``, ``?`` or ``[`` is a pattern unless a file has that
    name; ``**`` reaches through folders. A name that leads to nothing is yielded as it is, so that
    opening it reports the error. The folder ``without`` is not searched, because outputs are not
    inputs.
    """
    skip = None if without is None else os.path.realpath(without)
    for name in names:
        found = list(_find_one(name, skip))
        yield from found or [FoundPicture(name, PurePath(PurePath(name).name))]


def _find_one(name: str, skip: str | None) -> Iterator[FoundPicture]:
    if os.path.isdir(name):  # noqa: PTH112  (Path would drop a leading ./ from what users see)
        yield from _walk(name, skip)
    elif glob.has_magic(name) and not os.path.lexists(name):
        start = Path(_find_start(name))
        for path in sorted(glob.glob(name, recursive=True)):  # noqa: PTH207  (may be absolute)
            below = PurePath(path).relative_to(start)
            linked = any((start / folder).is_symlink() for folder in list(below.parents)[:-1])
            if Path(path).is_file() and not linked and not _is_inside(path, skip):
                yield FoundPicture(path, below)


def _walk(folder: str, skip: str | None) -> Iterator[FoundPicture]:
    for at, folders, files in os.walk(folder):
        folders[:] = sorted(
            each for each in folders if not each.startswith(".") and not _is_folder(at, each, skip)
        )
        for file in sorted(files):
            if not file.startswith(".") and _is_picture(file):
                path = os.path.join(at, file)  # noqa: PTH118
                yield FoundPicture(path, PurePath(path).relative_to(folder))


def _is_picture(file: str) -> bool:
    from provenance import films, imaging  # on use: workers import this package, and start sooner

    suffix = PurePath(file).suffix.lower()
    return suffix in imaging.SUFFIXES or suffix in films.SUFFIXES or suffix in REFUSED_SUFFIXES


def _find_start(pattern: str) -> PurePath:
    """Return the folder that a pattern starts from: all parts before the first with a wildcard."""
    parts = PurePath(pattern).parts[:-1]
    fixed = next((i for i, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    return PurePath(*parts[:fixed])


def _is_folder(at: str, folder: str, skip: str | None) -> bool:
    return skip is not None and os.path.realpath(Path(at, folder)) == skip


def _is_inside(path: str, skip: str | None) -> bool:
    return skip is not None and Path(os.path.realpath(path)).is_relative_to(skip)
