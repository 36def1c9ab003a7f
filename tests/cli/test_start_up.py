"""``import provenance`` and ``provenance --help`` must not load what they do not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from provenance import __version__
from provenance.about import find_running_build

if TYPE_CHECKING:
    from tests.cli.conftest import Command

HEAVY = ("numpy", "scipy", "pywt", "PIL", "c2pa", "cryptography", "sqlite3", "rich", "click")


def loaded_by(statement: str) -> set[str]:
    """Names of the heavy packages that a fresh interpreter has loaded after the statement."""
    script = f"import sys\n{statement}\nprint(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_import_is_cheap() -> None:
    assert loaded_by("import provenance") == set()


@pytest.mark.parametrize("arguments", ["--help", "stamp --help", "verify --help", "--version"])
def test_help_is_cheap(arguments: str) -> None:
    statement = f"from provenance.cli.main import run; run({arguments.split()!r})"
    assert loaded_by(statement) == {"click"}


@pytest.mark.parametrize("room", ["registry.sqlite", "manifest"])
def test_what_looks_at_no_pixels_loads_no_scipy(room: str) -> None:
    """SciPy takes longer to load than a registry of a thousand stamps to list."""
    assert "scipy" not in loaded_by(f"import provenance.{room}")


@pytest.mark.parametrize(
    ("words", "loads"),
    [
        ("registry list", {"click", "sqlite3"}),
        ("registry show", {"click", "sqlite3"}),
        ("keys --json", {"click", "cryptography", "numpy"}),
        ("schema verdict", {"click"}),
    ],
)
def test_commands_load_what_they_need(words: str, loads: set[str], studio: Path) -> None:
    """Keys took a second, most of it for a watermark that nobody had asked for."""
    config = str(studio / "provenance.toml") if words != "schema verdict" else ""
    arguments = [*words.split(), *(("--config", config) if config else ())]
    loaded = loaded_by(f"from provenance.cli.main import run; run({arguments!r})")
    assert loaded - {"rich"} == loads


def test_time_stamp_policy_is_cheap() -> None:
    assert loaded_by("import provenance.timestamps") == set()


def test_version_names_the_build(command: Command) -> None:
    done = command("--version")
    assert (done.status, done.err) == (0, "")
    assert done.out == f"provenance {__version__} ({find_running_build()})\n"


def test_help_does_not_ask_for_the_build() -> None:
    run = "from provenance.cli.main import run; run(['--help'])"
    script = f"import sys; {run}; print('provenance.about' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "False"
