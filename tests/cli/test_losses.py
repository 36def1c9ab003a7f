"""What a picture loses is said by name, listed in JSON, and refused on request."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from tests.cli.conftest import Command


@pytest.fixture(scope="module")
def captioned(tmp_path_factory: pytest.TempPathFactory, photo: Path) -> Path:
    """A JPEG with a comment, which WebP has no place for."""
    file = tmp_path_factory.mktemp("captioned") / "captioned.jpg"
    with Image.open(photo) as image:
        image.crop((100, 100, 356, 356)).save(file, comment=b"anna at the sea")
    return file


@pytest.fixture
def config(own_studio: Path) -> tuple[object, ...]:
    return ("--model", "m", "--config", own_studio / "provenance.toml")


def test_a_loss_is_said_and_listed(
    command: Command, config: tuple[object, ...], captioned: Path, tmp_path: Path
) -> None:
    done = command("stamp", captioned, "-o", tmp_path / "out.webp", "--json", *config)
    assert done.status == 0, done.err
    (loss,) = json.loads(done.out)["losses"]
    assert loss["kind"] == "metadata"
    assert "comment" in loss["says"]
    assert loss["says"] in done.err.splitlines()


def test_strict_refuses_it(
    command: Command, config: tuple[object, ...], captioned: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.webp"
    done = command("stamp", captioned, "-o", out, "--strict", "--json", *config)
    assert done.status == 2
    assert done.err.endswith("[stamp.loss]\n")
    line = json.loads(done.out)
    assert line["error"]["code"] == "stamp.loss"
    assert [loss["kind"] for loss in line["losses"]] == ["metadata"]
    assert not out.exists()
    kept = command("stamp", captioned, "-o", tmp_path / "out.jpg", "--strict", "--json", *config)
    assert json.loads(kept.out)["losses"] == []


@pytest.mark.parametrize("jobs", [[], ["--jobs", 2]])
def test_of_several_pictures_each_is_named(
    command: Command,
    config: tuple[object, ...],
    captioned: Path,
    tmp_path: Path,
    jobs: list[object],
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Workers say so too, in their own processes."""
    folder = tmp_path / "in"
    folder.mkdir()
    with Image.open(captioned) as image:
        for name in ("a.png", "b.png"):
            chunks = PngImagePlugin.PngInfo()
            chunks.add(b"mkBT", b"an editor's layers")
            image.save(folder / name, pnginfo=chunks)
    done = command("stamp", folder, "-o", tmp_path / "out", *jobs, *config)
    assert done.status == 0, done.err
    said = [line for line in (done.err + capfd.readouterr().err).splitlines() if "mkBT" in line]
    assert sorted(line.partition(": ")[0] for line in said) == [
        str(folder / "a.png"),
        str(folder / "b.png"),
    ]
