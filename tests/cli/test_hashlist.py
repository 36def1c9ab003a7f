"""``provenance hashlist``: lists made of pictures, and what ``hash`` and ``verify`` say of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from PIL import Image

from provenance.schemas import read_schema

if TYPE_CHECKING:
    from tests.cli.conftest import Command


@pytest.fixture
def known(command: Command, studio: Path, stamped: Path, tmp_path: Path) -> Path:
    file = tmp_path / "known.json"
    config = studio / "provenance.toml"
    done = command("hashlist", "add", file, stamped, "--case", "17", "--config", config)
    assert (done.status, done.err) == (0, "")
    assert "pdq, provenance_stamp, sha256, sha1, md5\n" in done.out
    return file


@pytest.fixture
def part(stamped: Path, tmp_path: Path) -> Path:
    """A part of the stamped picture, which no whole-picture hash recognises."""
    file = tmp_path / "part.jpg"
    with Image.open(stamped) as image:
        width, height = image.size
        image.crop((0, 0, 2 * width // 3, 3 * height // 4)).convert("RGB").save(file, quality=85)
    return file


def test_a_part_is_on_the_list_by_its_stamp(
    command: Command, known: Path, part: Path, studio: Path
) -> None:
    config = ("--config", studio / "provenance.toml")
    done = command("hash", part, "--list", known, *config)
    assert "on known.json, case 17 (the same content)" in done.out
    alone = command("hash", part, "--list", known)
    assert "(which anybody can copy: a lead, not the same content)" in alone.out
    assert "on no list" in command("hash", part, "--list", known, "--no-marks").out
    line = json.loads(command("hash", "--json", part, "--list", known, *config).out)
    assert [each["basis"] for each in line["matches"]] == ["same_content"]
    Draft202012Validator(json.loads(read_schema("hash"))).validate(line)


def test_verify_says_it_beside_the_origin(
    command: Command, known: Path, part: Path, studio: Path
) -> None:
    config = ("--config", studio / "provenance.toml")
    done = command("verify", part, "--list", known, *config)
    assert done.status == 0
    assert 'on the list "known.json", case "17": the list names its stamp' in done.out
    line = json.loads(command("verify", part, "--json", "--list", known, *config).out)
    assert [each["basis"] for each in line["lists"]] == ["same_content"]
    Draft202012Validator(json.loads(read_schema("verdict"))).validate(line)
    assert json.loads(command("verify", part, "--json", *config).out)["lists"] is None
    refused = command("verify", part, "--list", known, "--expect-unlisted", *config)
    assert refused.status == 4
    assert "on the list" in refused.err


def test_lists_of_the_config_are_asked(
    command: Command, known: Path, part: Path, own_studio: Path
) -> None:
    config = own_studio / "provenance.toml"
    text = config.read_text()
    assert "[hashlists]\nfiles = []" in text
    config.write_text(text.replace("[hashlists]\nfiles = []", f'[hashlists]\nfiles = ["{known}"]'))
    assert "known.json" in command("verify", part, "--config", config).out


def test_what_is_written_fits_its_schema_and_is_withdrawn(command: Command, known: Path) -> None:
    written = json.loads(known.read_text())
    Draft202012Validator(json.loads(read_schema("list"))).validate(written)
    (record,) = written["hashRecords"]
    assert record["caseNumbers"] == {"17": "Active"}
    stamp = record["otherHashes"]["provenance_stamp"]
    shown = command("hashlist", "show", known)
    assert "provenance_stamp 1" in shown.out
    assert stamp not in shown.out
    done = command("hashlist", "withdraw", known, "17")
    assert done.out.startswith("known.json: 0 added, 1 purged, 0 to match")
    assert stamp not in known.read_text()
    command("hashlist", "withdraw", known, "17").failed_with(2, "hashlist")


def test_a_public_list_has_no_stamp_and_no_case(
    command: Command, known: Path, part: Path, studio: Path, tmp_path: Path
) -> None:
    public = tmp_path / "public.json"
    assert command("hashlist", "publish", known, public).status == 0
    stamp = json.loads(known.read_text())["hashRecords"][0]["otherHashes"]["provenance_stamp"]
    assert stamp not in public.read_text()
    assert '"17"' not in public.read_text()
    done = command("hash", part, "--list", public, "--config", studio / "provenance.toml")
    assert "on public.json (the same content)" in done.out
    command("hashlist", "publish", known, public).failed_with(2, "output.exists")


def test_another_form(command: Command, known: Path, part: Path, tmp_path: Path) -> None:
    for name, form in (("l.txt", "lines"), ("l.csv", "csv"), ("l.vics.json", "vics")):
        file = tmp_path / name
        assert command("hashlist", "convert", known, file).status == 0
        line = json.loads(command("hashlist", "show", "--json", file).out)
        Draft202012Validator(json.loads(read_schema("hashlist"))).validate(line)
        assert (line["form"], line["kinds"]["provenance_stamp"]) == (form, 1)
        assert f"on {name}" in command("hash", part, "--list", file).out


def test_an_unmarked_picture_is_listed_without_a_stamp(
    command: Command, photo: Path, tmp_path: Path
) -> None:
    file = tmp_path / "known.json"
    done = command("hashlist", "add", file, photo, "missing.png")
    assert done.status == 5
    assert "without a stamp, as it carries no mark that could be read" in done.out
    assert "[input.unreadable]" in done.err
    assert json.loads(command("hashlist", "show", "--json", file).out)["hashes"] == 4
