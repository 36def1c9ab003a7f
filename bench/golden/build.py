"""One build of the program, used by its command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

COMMANDS = Path(__file__).with_name("commands.py")
CRASHED = -1
"""Status of a command that took its process with it."""


@dataclass(frozen=True)
class Done:
    """What a finished command left; ``seconds`` are the processor's."""

    status: int
    out: str
    err: str
    seconds: float


class Build:
    """The sources of a build, and a process that runs its commands one after the other.

    Only the first command pays for imports; what is measured should not come first.
    """

    def __init__(self, sources: Path, folder: Path) -> None:
        self.sources = sources.resolve()
        self.folder = folder.resolve()
        self._process: subprocess.Popen[str] | None = None

    def run(self, *words: object) -> Done:
        """Run a command in the folder."""
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            print(json.dumps([str(word) for word in words]), file=process.stdin, flush=True)
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self.close()
            return Done(CRASHED, "", "", 0.0)
        return Done(**json.loads(line))

    def must(self, *words: object) -> str:
        """Run a command that has to succeed, and return what it printed."""
        done = self.run(*words)
        if done.status != 0:
            raise RuntimeError(f"provenance {' '.join(map(str, words))}: {done.err}")
        return done.out

    def script(self, file: Path, *words: object) -> str:
        """Run a script with the build's library, for what the command line can't do."""
        return self.python("-P", file, *words)

    def python(self, *words: object) -> str:
        """Start Python with the build's sources on the path, and return what it prints."""
        command = [sys.executable, *map(str, words)]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment(),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    def commit(self) -> str:
        """Name the version of the sources."""
        command = ["git", "-C", str(self.sources), "describe", "--always", "--dirty"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip() or "unknown"

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self) -> subprocess.Popen[str]:
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(COMMANDS)],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        return self._process

    def _environment(self) -> dict[str, str]:
        unwanted = ("PROVENANCE_", "PYTHON")
        kept = {name: v for name, v in os.environ.items() if not name.startswith(unwanted)}
        one_thread = dict.fromkeys(_thread_counts(), "1")
        return {**kept, **one_thread, "PYTHONPATH": str(self.sources / "src"), "COLUMNS": "100"}


def _thread_counts() -> Iterable[str]:
    return (f"{library}_NUM_THREADS" for library in ("OMP", "OPENBLAS", "RAYON"))
