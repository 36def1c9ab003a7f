"""Identity of this copy of the program: the project's address, and the build that is running.

Two copies with the same version number can differ, so ``--version`` and reports also name the
commit. A wheel or source archive holds it in ``build.json``, which ``hatch_build.py`` writes; a
checkout asks git. ``hatch_build.py`` loads this file by its path, before the package is installed:
it must import nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ADDRESS: Final[str | None] = None
"""The project's address on the web; None until its owner names one.

Nothing else holds it: package metadata takes it from here. The names in file formats
(``unlisted.provenance...``) do not follow it, because they can't change.
"""

BUILD_FILE = "build.json"
"""The file beside this one that names the build of a wheel or source archive."""

_SOURCES = ("src", "pyproject.toml", "hatch_build.py")
"""The sources of the program; a change of any other file in a checkout does not count."""

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")  # SHA-1, or SHA-256 in newer repositories
_GIT_SECONDS = 10  # git answers in 0.02 s; a network drive may take longer


@dataclass(frozen=True)
class Build:
    """The commit that a copy of the program was made from.

    Attributes
    ----------
    commit
        The full name of the git commit; None if it is unknown.
    modified
        Whether the sources differed from that commit.
    """

    commit: str | None = None
    modified: bool = False

    def __str__(self) -> str:
        if self.commit is None:
            return "unknown build"
        return f"commit {self.commit}, {'modified' if self.modified else 'clean'}"

    def to_json(self) -> str:
        """Return the text of ``build.json``."""
        return json.dumps({"commit": self.commit, "modified": self.modified}) + "\n"


@cache
def find_running_build() -> Build:
    """Return the build of the code that is running, read once per process."""
    return read_build(Path(__file__).parent)


def read_build(package: Path) -> Build:
    """Return the build of the package in this folder; git runs only when it lies in a checkout."""
    try:
        return parse_build((package / BUILD_FILE).read_text(encoding="utf-8"))
    except OSError:  # not a wheel
        return ask_git(package.parent.parent)


def parse_build(text: str) -> Build:
    """Read the text of ``build.json``; any text not written by ``Build.to_json`` is unknown."""
    try:
        match json.loads(text):
            case {"commit": str(commit), "modified": bool(modified)} if _COMMIT.fullmatch(commit):
                return Build(commit, modified)
    except ValueError:
        pass
    return Build()


def ask_git(root: Path) -> Build:
    """Return the build of the checkout in this folder; unknown if it is not one of this project.

    An installed copy may lie inside another repository, and that commit is not ours.
    """
    git = shutil.which("git")
    if git is None or not all((root / name).exists() for name in (".git", *_SOURCES)):
        return Build()
    status = ("status", "--porcelain=v2", "--branch", "--untracked-files=normal", "--", *_SOURCES)
    options = ("--no-optional-locks", "-c", "core.fsmonitor=false", "-C", str(root))
    try:
        answer = _run((git, *options, *status))
    except (OSError, subprocess.SubprocessError):
        return Build()
    return parse_status(answer)


def parse_status(answer: str) -> Build:
    """Read the answer of ``git status --porcelain=v2 --branch``."""
    lines = answer.splitlines()
    commits = [line.removeprefix("# branch.oid ") for line in lines if "# branch.oid " in line]
    if len(commits) != 1 or not _COMMIT.fullmatch(commits[0]):  # "(initial)" before any commit
        return Build()
    return Build(commits[0], any(not line.startswith("#") for line in lines))


def _run(command: Sequence[str]) -> str:
    """Run git without the variables by which a git hook points it to another repository."""
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    return subprocess.run(  # noqa: S603  no shell, and all words of the command are ours
        command,
        env=environment,
        capture_output=True,
        check=True,
        encoding="utf-8",
        errors="replace",
        timeout=_GIT_SECONDS,
    ).stdout
