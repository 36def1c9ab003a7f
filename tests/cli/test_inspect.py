"""``provenance inspect``: the chain of manifests, for people and for programs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

Command = Callable[..., Any]


@pytest.fixture(scope="module")
def own(studio: Path, stamped: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project that this module may stamp with."""
    assert stamped.parent == studio
    return Path(shutil.copytree(studio, tmp_path_factory.mktemp("own") / "studio"))


@pytest.fixture(scope="module")
def edited(command: Command, own: Path, stamped: Path, photo: Path) -> Path:
    """The photograph once more, as a model's edit of the stamped one."""
    file = own / "edited.png"
    done = command(
        *("stamp", photo, "-o", file, "--model", "inpainter", "--action", "edited"),
        *("--parent", stamped, "--config", own / "provenance.toml"),
    )
    assert done.status == 0, done.err
    return file


def test_the_chain_in_words(command: Command, own: Path, edited: Path) -> None:
    done = command("inspect", edited, "--config", own / "provenance.toml")
    assert done.status == 0
    assert "the active one" in done.out
    assert "an earlier one" in done.out
    assert "c2pa.edited, at " in done.out
    assert "with inpainter, source type compositeWithTrainedAlgorithmicMedia" in done.out
    assert "Example AI" in done.out
    assert "The file's bytes are those that were signed. (c2pa.hash.data)" in done.out


def test_the_chain_in_json(command: Command, own: Path, edited: Path) -> None:
    done = command("inspect", "--json", edited, "--config", own / "provenance.toml")
    found = json.loads(done.out)
    active, before = found["chain"]
    assert (active["active"], before["active"]) == (True, False)
    assert active["ingredients"][0]["urn"] == before["urn"]
    assert {status["kind"] for status in active["statuses"]} == {"success", "informational"}
    assert all(status["says"] for status in active["statuses"])
    assert before["actions"][0]["action"] == "c2pa.created"


def test_a_picture_without_a_manifest_has_no_chain(command: Command, photo: Path) -> None:
    assert json.loads(command("inspect", "--json", photo).out)["chain"] == []


def test_a_damaged_manifest_is_not_an_absent_one(
    command: Command, stamped: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(stamped.read_bytes().replace(b"jumb\0\0", b"jumx\0\0"))
    found = json.loads(command("inspect", "--json", damaged).out)
    assert found["chain"] == []
    # Its labels are no longer bound by a manifest, so they are stated by nobody known.
    assert {note["code"] for note in found["notes"]} == {"unsigned.source_type", "manifest.damaged"}
    assert found["manifest"]["integrity"] == "unreadable"


def test_a_parent_means_that_the_model_did_not_create(
    command: Command, own: Path, photo: Path, tmp_path: Path
) -> None:
    done = command(
        *("stamp", photo, "-o", tmp_path / "x.png", "--model", "m", "--parent", photo),
        *("--config", own / "provenance.toml"),
    )
    done.failed_with(2, "usage")
    assert "--action edited" in done.err


# --- a manifest apart from its file --------------------------------------------------------------


@pytest.fixture(scope="module")
def apart(command: Command, own: Path) -> tuple[Path, Path]:
    """The stamped picture as somebody stripped it, and its manifest as a file."""
    stamped, store = own / "stamped.png", own / "stamped.c2pa"
    assert command("inspect", stamped, "--save-manifest", store).status == 0
    whole = stamped.read_bytes()
    at = whole.index(b"caBX") - 4
    stripped = own / "stripped.png"
    stripped.write_bytes(whole[:at] + whole[at + 12 + store.stat().st_size :])
    return stripped, store


def test_a_manifest_beside_its_file_proves_it(
    command: Command, own: Path, apart: tuple[Path, Path]
) -> None:
    stripped, store = apart
    trusting = ("--config", own / "provenance.toml", "--no-registry")
    alone = json.loads(command("verify", "--json", stripped, *trusting).out)
    assert alone["state"] == "claimed"  # by the mark
    done = command("verify", "--json", stripped, "--manifest", store, *trusting)
    beside = json.loads(done.out)
    assert (done.status, beside["state"], beside["origin"]["match"]) == (0, "attributed", "bound")
    assert "manifest.beside" in [code for each in beside["evidence"] for code in each["codes"]]
    chain = json.loads(command("inspect", "--json", stripped, "--manifest", store).out)["chain"]
    assert [entry["active"] for entry in chain] == [True]


def test_the_registry_gives_the_same_manifest(
    command: Command, own: Path, apart: tuple[Path, Path], tmp_path: Path
) -> None:
    _, store = apart
    trusting = ("--config", own / "provenance.toml")
    found = json.loads(command("verify", "--json", own / "stamped.png", *trusting).out)
    show = ("registry", "show", "--save-manifest", tmp_path / "x.c2pa", *trusting)
    assert command(*show, found["origin"]["stamp_id"]).status == 0
    assert (tmp_path / "x.c2pa").read_bytes() == store.read_bytes()
    command(*show).failed_with(2, "usage")


def test_a_manifest_of_ones_own_goes_first(
    command: Command, own: Path, apart: tuple[Path, Path], photo: Path
) -> None:
    _, store = apart
    done = command("verify", "--json", own / "stamped.png", "--manifest", store)
    codes = [code for each in json.loads(done.out)["evidence"] for code in each["codes"]]
    assert "manifest.beside_unused" in codes
    other = json.loads(command("verify", "--json", photo, "--manifest", store).out)
    assert other["state"] == "none"  # another picture's manifest says nothing of this one
    assert "manifest.stray" in [code for each in other["evidence"] for code in each["codes"]]


def test_a_thumbnail_beside_the_manifest_of_its_picture_is_similar(
    command: Command, own: Path, apart: tuple[Path, Path], tmp_path: Path
) -> None:
    stripped, store = apart
    small = tmp_path / "small.png"
    with Image.open(stripped) as image:
        image.resize((96, 96 * image.height // image.width)).save(small)
    trusting = ("--config", own / "provenance.toml", "--no-registry")
    done = command("verify", "--json", small, "--manifest", store, *trusting)
    found = json.loads(done.out)
    codes = [code for each in found["evidence"] for code in each["codes"]]
    assert (done.status, found["state"], found["origin"]) == (1, "similar", None)
    assert {"manifest.alike", "fingerprint.similar"} <= set(codes)


def test_what_is_no_manifest(command: Command, photo: Path, tmp_path: Path) -> None:
    command("inspect", photo, "--save-manifest", tmp_path / "x.c2pa").failed_with(
        5, "manifest.none"
    )
    command("verify", photo, "--manifest", photo).failed_with(5, "manifest.none")
    command("verify", photo, photo, "--manifest", photo).failed_with(2, "usage")
