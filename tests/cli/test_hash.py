"""``provenance hash`` and ``provenance hashlist``."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageOps

if TYPE_CHECKING:
    from tests.cli.conftest import Command


@pytest.fixture
def flat(tmp_path: Path) -> Path:
    file = tmp_path / "flat.png"
    Image.new("RGB", (64, 64), "grey").save(file)
    return file


@pytest.fixture
def listed(command: Command, photo: Path, tmp_path: Path) -> Path:
    """A list with the photograph's hash in it, made by the command itself."""
    file = tmp_path / "known.txt"
    file.write_text(command("hash", photo).out)
    return file


def test_a_hash_is_a_line_of_a_list(command: Command, photo: Path) -> None:
    done = command("hash", photo)
    assert (done.status, done.err) == (0, "")
    signal, value = done.out.split()
    assert (signal, len(value)) == ("pdq", 64)


def test_json(command: Command, photo: Path, listed: Path) -> None:
    found = json.loads(command("hash", "--json", photo, "--list", listed).out)
    assert found["schema"] == "provenance.hash/1"
    assert found["sha256"] == hashlib.sha256(photo.read_bytes()).hexdigest()
    assert found["quality"] >= 50
    (match,) = found["matches"]
    assert (match["list"], match["kind"], match["basis"]) == ("known.txt", "pdq", "alike")
    assert (match["distance"], match["cases"], match["stamp_id"]) == (0, [], None)
    assert found["error"] is None
    assert json.loads(command("hash", "--json", photo).out)["matches"] is None


def test_a_mirrored_copy_matches_and_the_cases_are_named(
    command: Command, photo: Path, tmp_path: Path
) -> None:
    value = command("hash", photo).out.split()[1]
    known = {"signalType": "ImagePDQ", "hashValue": value, "hashStatus": "Active"}
    (tmp_path / "ncii.json").write_text(json.dumps([{**known, "caseNumbers": {"55": "Active"}}]))
    with Image.open(photo) as image:
        ImageOps.mirror(image).save(tmp_path / "copy.jpg", quality=80)
    done = command("hash", tmp_path / "copy.jpg", "--list", tmp_path / "ncii.json")
    assert done.status == 0
    assert "looks like one on ncii.json, case 55" in done.out
    assert value not in done.out


def test_a_plain_picture_is_no_line_and_never_matches(
    command: Command, photo: Path, flat: Path, listed: Path, tmp_path: Path
) -> None:
    done = command("hash", flat, photo)
    assert done.status == 5
    assert len(done.out.splitlines()) == 1, "what is printed can be kept as a list"
    assert "[input.too_flat]" in done.err
    own = json.loads(command("hash", "--json", flat).out)
    (tmp_path / "own.txt").write_text(f"pdq {own['pdq']}\n")
    found = json.loads(command("hash", "--json", flat, "--list", tmp_path / "own.txt").out)
    assert (found["matches"], found["error"]["code"]) == ([], "input.too_flat")


def test_one_bad_file_stops_nothing(command: Command, photo: Path, listed: Path) -> None:
    done = command("hash", "--json", "none.png", photo, "--list", listed)
    assert done.status == 5
    first, second = map(json.loads, done.out.splitlines())
    assert first["error"]["code"] == "input.unreadable"
    assert first["matches"] is None
    assert len(second["matches"]) == 1


def test_a_damaged_list_stops_before_any_picture(
    command: Command, photo: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.txt").write_text("pdq 12")
    done = command("hash", photo, "--list", tmp_path / "bad.txt")
    done.failed_with(2, "hashlist")
    assert done.out == ""


def test_a_list_is_purged_and_shown(
    command: Command, photo: Path, listed: Path, tmp_path: Path
) -> None:
    value = listed.read_text().split()[1]
    gone = {"signalType": "ImagePDQ", "hashValue": value, "hashStatus": "Withdrawn"}
    (tmp_path / "news.json").write_text(json.dumps({"hashRecords": [gone]}))
    done = command("hashlist", "update", listed, tmp_path / "news.json")
    assert done.status == 0
    assert done.out.startswith("known.txt: 0 added, 1 purged, 0 to match")
    assert value not in done.out
    assert listed.read_text() == ""
    assert "on no list" in command("hash", photo, "--list", listed).out
    shown = json.loads(command("hashlist", "show", "--json", tmp_path / "news.json").out)
    assert (shown["matched"], shown["to_purge"]) == (0, 1)
    (tmp_path / "both.txt").write_text(f"pdq {value}\nsha256 {'5' * 64}\nvideo_tmk {value}\n")
    both = json.loads(command("hashlist", "show", "--json", tmp_path / "both.txt").out)
    assert (both["hashes"], both["matched"]) == (3, 2)  # by distance, and as the same file
    text = command("hashlist", "show", tmp_path / "news.json")
    assert value not in text.out
    assert "Withdrawn 1" in text.out


def test_nothing_of_a_picture_is_kept(command: Command, photo: Path, tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    assert command("hash", photo).status == 0
    assert set(tmp_path.rglob("*")) == before


def test_a_picture_in_bars_is_on_the_list(command: Command, photo: Path, tmp_path: Path) -> None:
    listed, barred = tmp_path / "known.txt", tmp_path / "barred.png"
    listed.write_text(command("hash", photo).out)
    with Image.open(photo) as image:
        whole = Image.new("RGB", (image.width, image.height * 2))
        whole.paste(image.convert("RGB"), (0, image.height // 2))
    whole.save(barred)
    (match,) = json.loads(command("hash", "--json", barred, "--list", listed).out)["matches"]
    assert match["distance"] <= 31
