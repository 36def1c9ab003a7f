"""A set of stamped pictures, and what is asked about them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

MANIFEST = "manifest.json"
CHECKPOINTS = "verifier/checkpoint*.json"
"""What a verifier writes while it verifies; put back before each command."""

COMMANDS = ("verify", "inspect", "trace")


@dataclass(frozen=True)
class Case:
    """One picture and the options it is examined with; paths start at the set's folder."""

    name: str
    picture: str
    config: str | None = None
    manifest: str | None = None
    commands: tuple[str, ...] = COMMANDS

    @property
    def options(self) -> tuple[str, ...]:
        config = ("--config", self.config) if self.config else ()
        return ("--manifest", self.manifest, *config) if self.manifest else config


def save(folder: Path, build: str, made: list[Case]) -> None:
    content = {"build": build, "cases": [asdict(case) for case in made]}
    (folder / MANIFEST).write_text(json.dumps(content, indent=1) + "\n")


def load(folder: Path) -> list[Case]:
    content = json.loads((folder / MANIFEST).read_text())
    return [Case(**{**each, "commands": tuple(each["commands"])}) for each in content["cases"]]


def of_corpus(corpus: Path) -> Iterator[Case]:
    """Every file, with a config, whose registry has none of them, and without any."""
    for path in sorted(corpus.rglob("*")):
        if path.is_file() and path.suffix not in (".md", ".tsv"):
            name = path.relative_to(corpus).as_posix()
            yield Case(f"corpus/{name}", str(path), "verifier/all.toml")
            yield Case(f"bare/{name}", str(path), commands=("verify",))
