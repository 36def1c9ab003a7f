"""Components that tests start and that pip can't bring; the only place where a test may be skipped.

A developer without one still sees every other test pass. ``.ci/run`` installs them, and sets
``CI``: there a missing one is a failure, so that nothing goes untested unseen.
"""

from __future__ import annotations

import importlib
import os
import shutil
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import pytest

PROGRAMS = {
    "chromium": "tests of pages open them with it: apt-get install chromium",
    "node": "tests of the offline page build it with it: install Node 20 or newer",
    "openssl": "tests of time stamps start an authority with it: apt-get install openssl",
    "softhsm2-util": "tests of signers make a token with it: apt-get install softhsm2",
}


def need_program(name: str) -> None:
    """Skip the test, or fail in CI, where a program is not installed."""
    if shutil.which(name) is None:
        _missing(f"There is no {name}; {PROGRAMS[name]}.")


def need_packages(folder: Path) -> None:
    """Skip the test, or fail in CI, where what npm installs is not there."""
    if not folder.is_dir():
        _missing(f"There is no {folder.name} in {folder.parent.name}/: make page installs it.")


def need_module(name: str, extra: str) -> ModuleType:
    """Load a module of an extra, or skip the test, or fail in CI, where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return _missing(f"There is no {name}: install the extra {extra!r}.")


def need_library(package: str, places: list[Path]) -> Path:
    """Find a library, or skip the test, or fail in CI, where it is in none of its places."""
    for place in places:
        if place.exists():
            return place
    return _missing(f"There is no {places[0].name}: apt-get install {package}.")


def need_postgres() -> Path:
    """Find the folder of PostgreSQL's programs, which Debian keeps off the path."""
    if found := shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")
    places = sorted(versions, key=lambda path: int(path.parts[-3]), reverse=True)
    return need_library("postgresql", [*places, Path("pg_ctl")]).parent


def need_corpus(folder: Path) -> None:
    """Skip the test where there is no picture corpus, which is no part of the project."""
    if not folder.is_dir():
        pytest.skip(f"There is no picture corpus at {folder}: set PROVENANCE_CORPUS to its folder.")


def _missing(why: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"{why} CI installs it.")
    pytest.skip(why)
