"""The command line as a function: arguments in; status, standard output and error out."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance.cli.main import run as run_main


@dataclass(frozen=True)
class Done:
    """What a finished command left."""

    status: int
    out: str
    err: str

    @property
    def error_line(self) -> str:
        """The one line of standard error; fails when there are more or none, or a traceback."""
        (line,) = self.err.splitlines()
        assert line.startswith("error: ")
        assert line.endswith("]")
        return line

    def failed_with(self, status: int, code: str) -> None:
        """Check status and code, and that standard error is one line."""
        assert self.error_line.endswith(f"[{code}]"), self.err
        assert self.status == status


Command = Callable[..., Done]


def run_here(*arguments: object, stdin: bytes = b"", out: io.StringIO | None = None) -> Done:
    """Run the command line in this process, with standard output of one's own if need be."""
    out, err = out or io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        status = run_main([str(argument) for argument in arguments])
    return Done(status, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def command() -> Command:
    """Run the command line with these arguments."""
    return run_here


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder made by init; tests that change it take ``own_studio``."""
    folder = tmp_path_factory.mktemp("studio") / "project"
    done = run_here("init", folder, "--producer", "Example AI")
    assert done.status == 0, done.err
    return folder


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory, photograph: NDArray[np.uint8]) -> Path:
    """An unmarked photograph as PNG."""
    file = tmp_path_factory.mktemp("photo") / "photo.png"
    Image.fromarray(photograph).save(file)
    return file


@pytest.fixture(scope="session")
def stamped(studio: Path, photo: Path) -> Path:
    """The photograph, stamped in the studio."""
    file = studio / "stamped.png"
    done = run_here(
        *("stamp", photo, "-o", file, "--model", "example-diffusion", "--model-version", "3"),
        *("--config", studio / "provenance.toml"),
    )
    assert done.status == 0, done.err
    return file


@pytest.fixture
def own_studio(studio: Path, stamped: Path, tmp_path: Path) -> Path:
    """A copy of the project, with its stamped picture, that a test may spoil."""
    assert stamped.parent == studio
    return Path(shutil.copytree(studio, tmp_path / "own"))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path) -> Iterator[None]:
    """Work in an empty folder, so that no config is found unless it is named."""
    empty = tmp_path / "empty"
    empty.mkdir()
    os.environ.pop("PROVENANCE_CONFIG", None)
    with chdir(empty):
        yield
