"""Find the built page, check it against its own digests, and copy it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from provenance.errors import OutputExistsError, PageError
from provenance.files import translate_refusals, write_atomic

SINGLE = "provenance.html"
"""The whole page in one file, which works from a disk."""

FOLDER = "hosted"
"""The page as a folder for a web server, which browsers can install."""

SUMS = "SHA256SUMS"
"""Digests of all other files, as ``sha256sum`` writes them."""

_PACKAGE = Path(__file__).parent
_BUILT = _PACKAGE / "built"  # in wheels and source archives: hatch_build.py puts it there
_CHECKOUT = Path("reader/page/dist")  # in a clone: reader/page/build.mjs writes it


def find_page() -> Mapping[str, bytes]:
    """Return the built files by their names, which contain a slash below a folder.

    Raises
    ------
    PageError
        The page is not built in this copy, or its files are not as they were built.
    """
    clone = _PACKAGE.parent.parent.parent
    places = (_BUILT, clone / _CHECKOUT)
    folder = next((place for place in places if (place / SUMS).is_file()), None)
    if folder is None:
        raise PageError(
            "The page is not built in this copy. Node 20 or newer builds it: run "
            '"make page" in a clone of the project, and repeat this command there.'
        )
    return _read(folder)


def _read(folder: Path) -> Mapping[str, bytes]:
    sums = (folder / SUMS).read_bytes()
    found = {SUMS: sums}
    for line in sums.decode("ascii").splitlines():
        digest, _, name = line.partition("  ")
        path = folder / name
        data = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(data).hexdigest() != digest:
            raise PageError(f'The file {name} is not as it was built: run "make page" again.')
        found[name] = data
    return found


def write_page(folder: Path, *, overwrite: bool = False) -> tuple[Path, ...]:
    """Write the page into a folder, which is made where it is missing.

    Raises
    ------
    PageError
        There is none to write, see ``find_page``.
    OutputExistsError
        A file exists already, and is not to be overwritten.
    OutputNotWritableError
        The folder can't be written.
    """
    files = {folder / name: data for name, data in find_page().items()}
    present = next((path for path in files if path.exists()), None)
    if present is not None and not overwrite:
        raise OutputExistsError(
            f"The file {present} exists already; name another folder or use --force."
        )
    for path, data in files.items():
        with translate_refusals(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, data, overwrite)
    return tuple(files)
