"""``stamp`` and ``verify`` with films."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests import clips

if TYPE_CHECKING:
    from tests.cli.conftest import Command


def test_the_commands_know_films(command: Command, tmp_path: Path, own_studio: Path) -> None:
    film, out = tmp_path / "film.mp4", tmp_path / "out.mp4"
    film.write_bytes(clips.write(clips.draw(), sound=True))
    config = ("--config", own_studio / "provenance.toml")
    done = command("stamp", film, "-o", out, "--model", "clip-maker", *config)
    assert done.status == 0
    assert "Stamped" in done.out
    german = command("verify", out, "--language", "de", *config)
    assert "Die Datei ist ein Film." in german.out
    answer = json.loads(command("verify", out, "--json", *config).out)
    assert answer["film"]["looked_at"] == clips.FRAMES
