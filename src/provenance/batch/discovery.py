"""Find the pictures that a name stands for: a file, a folder and all below it, or a pattern."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

REFUSED_SUFFIXES = frozenset({".bmp", ".dib", ".psd", ".jp2", ".ico"})
"""Suffixes of pictures that ``imaging`` refuses. Folders give them all the same: a picture must not
be left out silently, while other files may be."""


HIDDEN = "It is hidden, as its name begins with a dot; name it to have it examined."
LINK = "It is a link to a folder, which is not followed; name that folder to have it examined."
NO_PICTURE = "Its name is not a picture's."
"""Why something in a folder is left out."""


@dataclass(frozen=True)
class FoundPicture:
    """One picture: its path, and its path below the folder or pattern that led to it.

    ``left_out`` says why it is not one; None for pictures.
    """

    path: str
    below: PurePath
    left_out: str | None = None


def find(
    names: Iterable[str], *, without: Path | None = None, every: bool = False
) -> Iterator[FoundPicture]:
    """Yield the pictures that the names stand for, in the order of names, and sorted within each.

    A folder stands for every picture below it. Hidden files and folders are left out, and links to
    folders are not followed. With ``every``, all of that is yielded too, with the reason, and so
    are files that have no picture's name. A name with ``*``, ``?`` or ``[`` is a pattern unless a
    file has that name; ``**`` reaches through folders. A name that leads to nothing is yielded as
    it is, so that opening it reports the error. The folder ``without`` is not searched, because
    outputs are not inputs.
    """
    skip = None if without is None else os.path.realpath(without)
    for name in names:
        found = list(_find_one(name, skip, every=every))
        yield from found or [FoundPicture(name, PurePath(PurePath(name).name))]


def _find_one(name: str, skip: str | None, *, every: bool) -> Iterator[FoundPicture]:
    if os.path.isdir(name):  # noqa: PTH112  (Path would drop a leading ./ from what users see)
        walked = _walk(name, skip)
        yield from (each for each in walked if every or each.left_out is None)
    elif glob.has_magic(name) and not os.path.lexists(name):
        start = Path(_find_start(name))
        for path in sorted(glob.glob(name, recursive=True)):  # noqa: PTH207  (may be absolute)
            below = PurePath(path).relative_to(start)
            linked = any((start / folder).is_symlink() for folder in list(below.parents)[:-1])
            if Path(path).is_file() and not linked and not _is_inside(path, skip):
                yield FoundPicture(path, below)


def _walk(folder: str, skip: str | None) -> Iterator[FoundPicture]:
    for at, folders, files in os.walk(folder):
        out = {each: _why_not_entered(at, each, skip) for each in sorted(folders)}
        folders[:] = [each for each, why in out.items() if why is None]
        why_not: dict[str, str | None] = {file: _why_not_read(file) for file in sorted(files)}
        why_not.update({each: why for each, why in out.items() if why})
        for name, why in why_not.items():
            path = os.path.join(at, name)  # noqa: PTH118
            yield FoundPicture(path, PurePath(path).relative_to(folder), why)


def _why_not_entered(at: str, folder: str, skip: str | None) -> str | None:
    """Say why a folder is not searched; an empty word for the outputs, which nobody asks after."""
    if _is_folder(at, folder, skip):
        return ""
    if folder.startswith("."):
        return HIDDEN
    return LINK if Path(at, folder).is_symlink() else None


def _why_not_read(file: str) -> str | None:
    if file.startswith("."):
        return HIDDEN
    return None if is_named_as_picture(file) else NO_PICTURE


def is_named_as_picture(file: str) -> bool:
    """Tell whether a name is that of a picture or film, those included that are refused."""
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
