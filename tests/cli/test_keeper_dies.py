"""Token or time-stamp authority dies in the middle of a batch: no picture is half stamped."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance.manifest import ManifestReading, Trust, read
from tests.authority import Authority
from tests.contract.keepers import keeper_of
from tests.timestamping import time_stamp_authority

if TYPE_CHECKING:
    from tests.cli.conftest import Command, Done

COUNT = 6


@pytest.fixture
def pictures(tmp_path: Path, photograph: NDArray[np.uint8]) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(COUNT):
        part = photograph[100 : 260 + number, 100:260]
        Image.fromarray(part).save(folder / f"{number}.png")
    return folder


def configure(studio: Path, *lines: str) -> Path:
    """Replace what the config says about signing."""
    config = studio / "provenance.toml"
    text = config.read_text()
    start, end = text.index("[signing]"), text.index("[registry]")
    config.write_text(text[:start] + "\n".join(("[signing]", *lines, "", "")) + text[end:])
    return config


def stamp_until_it_dies(
    command: Command, config: Path, pictures: Path, out: Path, kill: Callable[[], None]
) -> Done:
    """Stamp all pictures, and kill what is needed for it when the first is said to be finished.

    The run waits meanwhile: its one worker has one more picture at most.
    """

    class Watched(io.StringIO):
        def write(self, text: str) -> int:
            if not self.tell():
                kill()
            return super().write(text)

    arguments = ("stamp", pictures, "-o", out, "--model", "m", "--jobs", "1", "--config", config)
    return command(*arguments, "--json", out=Watched())


def check(
    command: Command, config: Path, out: Path, done: Done, trust: Trust
) -> list[ManifestReading]:
    """Check that files and records are the same, and some of each picture there and not there."""
    assert done.status == 3, done.err
    files = sorted(out.iterdir())
    assert {file.suffix for file in files} == {".png"}, "something else was left behind"
    assert 1 <= len(files) < COUNT
    listed = command("registry", "list", "--json", "--config", config).out.splitlines()
    recorded = {json.loads(line)["sha256"] for line in listed}
    assert {hashlib.sha256(file.read_bytes()).hexdigest() for file in files} <= recorded
    assert len(recorded) == len(files) + 1, "the studio's own picture, and these"
    readings = [read(file.read_bytes(), "image/png", trust) for file in files]
    assert all(reading.authentic for reading in readings)
    return readings


def test_a_dead_time_stamp_authority(
    command: Command, own_studio: Path, pictures: Path, tmp_path: Path
) -> None:
    (tmp_path / "tsa").mkdir()
    authority = (own_studio / "keys" / "authority.pem").read_bytes()
    with time_stamp_authority(tmp_path / "tsa") as tsa:
        config = configure(
            own_studio,
            'signer = "file:keys/signer.pem"',
            f'tsa = "{tsa.url}"',
            'tsa_policy = "required"',
        )
        out = tmp_path / "out"
        done = stamp_until_it_dies(command, config, pictures, out, tsa.die)
        trust = Trust(Trust.from_pem(authority).anchors, tsa.root.trust.anchors)
        readings = check(command, config, out, done, trust)
        assert all(reading.timestamp for reading in readings)
        assert "gave no time stamp: it did not answer [signing.timestamp]" in done.err


def test_a_token_pulled_out(
    command: Command, own_studio: Path, pictures: Path, tmp_path: Path
) -> None:
    (tmp_path / "token").mkdir()
    authority = Authority()
    with keeper_of("pkcs11", tmp_path / "token") as keeper:
        key, uri = keeper.keep("es256")
        (own_studio / "chain.pem").write_bytes(authority.chain(authority.issue(key)))
        config = configure(own_studio, f'signer = "{uri}"', 'chain = "chain.pem"')
        out = tmp_path / "out"
        done = stamp_until_it_dies(command, config, pictures, out, keeper.stop)
        check(command, config, out, done, authority.trust)
        assert "[signing.unavailable]" in done.err
        assert keeper.secret not in done.err + done.out
