"""What a picture may cost is configurable, and one that takes long shows its stages."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from provenance.cli import parallel
from provenance.cli.main import run

Command = Callable[..., Any]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("limit", ["max_bytes = 1000", "max_pixels = 1000", "max_side = 100"])
@pytest.mark.parametrize("subcommand", ["stamp", "verify", "inspect"])
def test_limits_of_the_config_hold(
    command: Command, own_studio: Path, photo: Path, limit: str, subcommand: str
) -> None:
    config = own_studio / "provenance.toml"
    config.write_text(config.read_text().replace("[limits]", f"[limits]\n{limit}"))
    output = ("-o", own_studio / "out.png", "--model", "m") if subcommand == "stamp" else ()
    done = command(subcommand, photo, *output, "--config", config)
    assert done.status == 5
    assert "[input.too_large]" in done.err
    assert limit.split(maxsplit=1)[0] in done.err  # what to raise


def test_a_limit_can_be_raised(command: Command, own_studio: Path, photo: Path) -> None:
    config = own_studio / "provenance.toml"
    raised = f"[limits]\nmax_bytes = {2**30}\nmax_pixels = {2**30}"
    config.write_text(config.read_text().replace("[limits]", raised))
    done = command("inspect", "--json", photo, "--config", config)
    assert json.loads(done.out)["file"]["width"] == 512


def test_one_picture_shows_its_stages_on_a_terminal(
    photo: Path, tmp_path: Path, own_studio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(parallel, "PATIENCE", -1.0)
    config = ("--config", str(own_studio / "provenance.toml"))
    args = ["stamp", str(photo), "-o", str(tmp_path / "a.png"), "--model", "m", *config]
    assert run(args) == 0
    assert "marking" in terminal.getvalue()
