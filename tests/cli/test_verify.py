"""The answer to "where does this come from?": words, JSON and exit statuses."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

if TYPE_CHECKING:
    from tests.cli.conftest import Command

KEYS = [
    *("schema", "input", "sha256", "depth", "state", "origin"),
    *("history", "summary", "freshness", "lists", "film", "evidence", "error"),
]
ORIGIN = "producer model model_version created recorded time_basis source_type match stamp_id"
FINDING = "layer finding says codes region false_positive_probability"


def config(folder: Path) -> tuple[str, Path]:
    return "--config", folder / "provenance.toml"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def re_encoded(file: Path, target: Path, share: float = 1.0) -> Path:
    """A JPEG of the upper left part of the picture, without its metadata."""
    with Image.open(file) as image:
        part = image.convert("RGB").crop(
            (0, 0, int(image.width * share), int(image.height * share))
        )
    data = io.BytesIO()
    part.save(data, "JPEG", quality=70)
    target.write_bytes(data.getvalue())
    return target


def tampered(file: Path, target: Path) -> Path:
    """The stamped file with other pixels under the same manifest: one bit of its image data."""
    data = bytearray(file.read_bytes())
    place = data.rindex(b"IDAT") + 100
    data[place] ^= 1
    target.write_bytes(data)
    return target


def test_stamped_file_is_attributed_exactly(command: Command, studio: Path, stamped: Path) -> None:
    done = command("verify", stamped, *config(studio))
    assert done.status == 0
    assert "Example AI" in done.out.splitlines()[0]
    assert done.err == ""


def test_json_of_an_exact_origin(command: Command, studio: Path, stamped: Path) -> None:
    done = command("verify", "--json", stamped, *config(studio))
    assert done.status == 0
    (line,) = done.out.splitlines()
    found = json.loads(line)
    assert list(found) == KEYS
    assert found["schema"] == "provenance.verdict/1"
    assert found["input"] == str(stamped)
    assert found["sha256"] == sha256(stamped.read_bytes())
    assert found["state"] == "attributed"
    assert found["error"] is None
    assert list(found["origin"]) == ORIGIN.split()
    assert found["origin"]["producer"] == "Example AI"
    assert found["origin"]["model"] == "example-diffusion"
    assert found["origin"]["model_version"] == "3"
    assert found["origin"]["match"] == "exact"
    assert all(list(finding) == FINDING.split() for finding in found["evidence"])
    anchors = (studio / "keys" / "authority.pem").read_bytes()
    directory = sha256((studio / "directory.json").read_bytes())
    trusted_by = (
        f'authority of the entry "Example AI" in directory.json, SHA-256 {sha256(anchors)}.'
    )
    text = found["evidence"][0]["finding"]
    assert f"Trust list in use: {trusted_by}" in text
    assert f"directory.json (SHA-256 {directory})" in text


def test_stripped_and_recompressed_copy_is_traced(
    command: Command, studio: Path, stamped: Path, tmp_path: Path
) -> None:
    copy = re_encoded(stamped, tmp_path / "copy.jpg")
    done = command("verify", "--json", copy, *config(studio))
    found = json.loads(done.out)
    assert done.status == 0, found
    assert found["state"] == "attributed"
    assert found["origin"]["match"] == "derived"
    assert found["origin"]["model"] == "example-diffusion"


def test_unmarked_picture_has_no_origin(
    command: Command, studio: Path, photographs: Any, tmp_path: Path
) -> None:
    Image.fromarray(photographs["rocket"]).save(tmp_path / "rocket.png")
    done = command("verify", "--json", tmp_path / "rocket.png", *config(studio))
    assert done.status == 1
    found = json.loads(done.out)
    assert (found["state"], found["origin"], found["error"]) == ("none", None, None)


def test_stranger_without_config_gets_a_claim_not_an_origin(
    command: Command, stamped: Path
) -> None:
    done = command("verify", "--json", stamped)
    assert done.status == 1
    found = json.loads(done.out)
    assert (found["state"], found["origin"]) == ("claimed", None)
    assert "No trust list is in use." in found["evidence"][0]["finding"]
    assert any(finding["says"] for finding in found["evidence"])


def test_changed_file_without_its_registry_is_tampered(
    command: Command, studio: Path, stamped: Path, tmp_path: Path
) -> None:
    changed = tampered(stamped, tmp_path / "changed.png")
    done = command("verify", "--json", "--no-registry", changed, *config(studio))
    assert json.loads(done.out)["state"] == "tampered"
    assert done.status == 4


def test_several_inputs_give_json_lines_in_order_and_the_worst_status(
    command: Command, studio: Path, stamped: Path, photo: Path, tmp_path: Path
) -> None:
    missing = tmp_path / "missing.png"
    done = command("verify", "--json", stamped, missing, photo, *config(studio))
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [each["input"] for each in found] == [str(stamped), str(missing), str(photo)]
    assert all(list(each) == KEYS for each in found)
    assert found[1]["state"] is None
    assert found[1]["error"]["code"] == "input.unreadable"
    assert done.status == 5
    assert "missing.png" in done.error_line


def test_standard_input_is_one_picture(command: Command, studio: Path, stamped: Path) -> None:
    done = command("verify", "--json", "-", *config(studio), stdin=stamped.read_bytes())
    assert done.status == 0
    assert json.loads(done.out)["input"] == "-"


def test_list_of_paths_from_standard_input(
    command: Command, studio: Path, stamped: Path, photo: Path
) -> None:
    paths = f"{stamped}\n\n{photo}\n".encode()
    done = command("verify", "--json", "--from-file", "-", *config(studio), stdin=paths)
    found = [json.loads(line)["input"] for line in done.out.splitlines()]
    assert found == [str(stamped), str(photo)]


def test_config_from_the_environment_and_from_here(
    command: Command, studio: Path, stamped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVENANCE_CONFIG", str(studio / "provenance.toml"))
    assert command("verify", stamped).status == 0
    monkeypatch.delenv("PROVENANCE_CONFIG")
    monkeypatch.chdir(studio)
    assert command("verify", stamped.name).status == 0


def test_no_registry_asks_none(command: Command, own_studio: Path, tmp_path: Path) -> None:
    copy = re_encoded(own_studio / "stamped.png", tmp_path / "copy.jpg")
    (own_studio / "stamps.db").unlink()
    done = command("verify", "--json", "--no-registry", copy, *config(own_studio))
    assert json.loads(done.out)["state"] == "claimed"
    assert done.status == 1
