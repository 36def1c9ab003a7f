"""The readers: what each is, how it is installed, and how it is started."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).parent / "scripts"
TIMEOUT_S = 600
"""For one reader and all files."""


@dataclass(frozen=True)
class Reader:
    """A reader of a registry.

    ``registry`` is ``npm`` or ``pypi``; ``script`` the file in ``scripts/`` that starts it.
    """

    name: str
    registry: str
    package: str
    version: str
    script: str

    def install(self, cache: Path) -> None:
        """Install it into an environment of its own, unless that is there already."""
        folder = self._folder(cache)
        if (folder / ".ready").exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        pinned = f"{self.package}{'@' if self.registry == 'npm' else '=='}{self.version}"
        if self.registry == "npm":
            command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", pinned]
        else:
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", pinned]
        subprocess.run(command, cwd=folder, check=True, timeout=TIMEOUT_S)
        (folder / ".ready").touch()

    def read(self, cache: Path, anchors: Path, files: Sequence[Path]) -> dict[str, Answer]:
        """Let it judge files; a reader that dies has no answers."""
        folder = self._folder(cache)
        program = "node" if self.script.endswith(".mjs") else sys.executable
        if self.registry == "pypi":
            program = str(folder / "bin" / "python")
        script = shutil.copy(SCRIPTS / self.script, folder)
        run = subprocess.run(
            [program, script, anchors, *files],
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
        return read_answers(run.stdout)

    def _folder(self, cache: Path) -> Path:
        return cache / f"{self.package.replace('/', '+')}-{self.version}"


@dataclass(frozen=True)
class Answer:
    """What a reader says of a file."""

    state: str
    codes: tuple[str, ...] = ()


def read_answers(printed: str) -> dict[str, Answer]:
    """Read what a script printed: a JSON object for each file."""
    found = {}
    for line in printed.splitlines():
        if line.startswith("{"):
            said = json.loads(line)
            found[Path(said["file"]).name] = Answer(said["state"], tuple(said["codes"]))
    return found


READERS = (
    Reader("c2pa-ts", "npm", "@trustnxt/c2pa-ts", "0.9.4", "c2pa_ts.mjs"),
    Reader("c2pa-wasm", "npm", "@contentauth/c2pa-wasm", "0.15.0", "c2pa_wasm.mjs"),
    Reader("encypher-c2pa", "pypi", "encypher-c2pa", "1.7.1", "encypher.py"),
    Reader("c2pa-python", "pypi", "c2pa-python", "0.38.1", "c2pa_python.py"),
    Reader("c2pa-python", "pypi", "c2pa-python", "0.37.12", "c2pa_python.py"),
    Reader("c2pa-python", "pypi", "c2pa-python", "0.32.14", "c2pa_python.py"),
    Reader("c2pa-python", "pypi", "c2pa-python", "0.28.0", "c2pa_python.py"),
    Reader("c2pa-python", "pypi", "c2pa-python", "0.12.1", "c2pa_python.py"),
    Reader("ExifTool", "npm", "exiftool-vendored.pl", "13.59.0", "exiftool.py"),
)
"""All of them. Of the SDK our own version, and four older ones, back to the first that reads claims
of version 2."""

KNOWN_FAULTS = {
    ("c2pa-ts 0.9.4", "stamped"): (
        "c2pa-ts takes the time stamp of a claim of version 2 (`sigTst2`, a token) for an "
        "authority's whole answer, which `sigTst` has, and then can't read the signature."
    ),
}
"""Where a reader goes wrong, and why: by its name with version and the kind of stamp."""
