"""Find the built page, check it against its own digests, and copy it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from provenance.errors import OutputExistsError, PageError
from provenance.files import translate_refusals, write_atomic
from provenance.page.beliefs import Beliefs

SINGLE = "provenance.html"
"""The whole page in one file, which works from a disk."""

FOLDER = "hosted"
"""The page as a folder for a web server, which browsers can install."""

SUMS = "SHA256SUMS"
"""Digests of all other files, as ``sha256sum`` writes them."""

_BELIEFS = f"{FOLDER}/trust.json"
_ROOM = b'<script type="application/json" id="trust">{}</script>'
_PACKAGE = Path(__file__).parent
_BUILT = _PACKAGE / "built"  # in wheels and source archives: hatch_build.py puts it there
_CHECKOUT = Path("reader/page/dist")  # in a clone: reader/page/build.mjs writes it


def find_page(beliefs: Beliefs | None = None) -> Mapping[str, bytes]:
    """Return the built files by their names, which contain a slash below a folder.

    With ``beliefs`` the page believes whom they name; without, nobody.

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
    files = _read(folder)
    return files if beliefs is None else _put_in(files, beliefs)


def _put_in(files: Mapping[str, bytes], beliefs: Beliefs) -> Mapping[str, bytes]:
    """Put the beliefs where the build left room for them, and digest the files anew."""
    said = beliefs.to_json()
    before, room, after = files[SINGLE].partition(_ROOM)
    block = room.replace(b"{}", said)
    changed = {**files, SINGLE: before + block + after, _BELIEFS: said + b"\n"}
    del changed[SUMS]
    lines = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in changed.items())
    return {SUMS: "".join(lines).encode("ascii"), **changed}


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


def write_page(
    folder: Path, beliefs: Beliefs | None = None, *, overwrite: bool = False
) -> tuple[Path, ...]:
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
    files = {folder / name: data for name, data in find_page(beliefs).items()}
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
