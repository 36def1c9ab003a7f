"""Folders, archives and PDF: everything in them is listed, in JSON with the place where it lies."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image

from provenance import schemas
from provenance.errors import InputError
from provenance.verify import Verdict, Verifier
from tests.cli.conftest import Command

PLACE = ("member", "page", "picture")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, stamped: Path) -> Path:
    """A stamped picture in a ZIP, in a PDF and under an odd name, and what is none."""
    folder = tmp_path_factory.mktemp("evidence")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.write(stamped, "in/stamped.png")
        archive.writestr("letter.txt", "hello")
    with Image.open(stamped) as image:
        image.convert("RGB").crop((0, 0, 320, 320)).save(folder / "b.pdf")
    (folder / "c.dat").write_bytes(stamped.read_bytes())
    (folder / "d.txt").write_text("hello")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "e.png").write_bytes(stamped.read_bytes())
    return folder


def show(command: Command, *arguments: object) -> tuple[int, list[dict[str, Any]], str]:
    done = command("verify", *arguments, "--json")
    lines = [json.loads(line) for line in done.out.splitlines()]
    for line in lines:
        jsonschema.validate(line, json.loads(schemas.read_schema("verdict")))
    return done.status, lines, done.err


def test_everything_in_a_folder_is_listed(command: Command, studio: Path, folder: Path) -> None:
    config = ("--config", studio / "provenance.toml")
    status, lines, err = show(command, folder, *config)
    seen = [
        (
            Path(line["input"]).name,
            *(line["place"][each] for each in PLACE if "place" in line),
            line["state"] or line["error"]["code"],
        )
        for line in lines
    ]
    assert seen == [
        ("a.zip", "in/stamped.png", None, None, "attributed"),
        ("a.zip", "letter.txt", None, None, "input.not_examined"),
        ("b.pdf", None, 1, 1, "attributed"),
        ("b.pdf", None, 1, None, "attributed"),
        ("c.dat", "attributed"),
        ("d.txt", "input.not_examined"),
        (".hidden", "input.not_examined"),
    ]
    assert lines[0]["sha256"] == lines[4]["sha256"]
    assert lines[3]["sha256"] is None  # a page that was drawn here
    assert status == 0
    assert "3 files were not looked at" in err


def test_what_is_damaged_in_an_archive_decides_the_status(command: Command, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.png", b"\x89PNG\r\n\x1a\n, and no more")
        archive.writestr("a.txt", "hello")
    done = command("verify", tmp_path / "a.zip")
    assert done.status == 5
    assert "a.zip, a.png" in done.err


def test_a_folder_without_pictures_is_unusable(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    status, lines, err = show(command, tmp_path)
    assert status == 5
    assert [line["error"]["code"] for line in lines] == ["input.not_examined"]
    assert "1 file was not looked at" in err


def test_a_run_is_resumed_behind_whole_documents(command: Command, folder: Path) -> None:
    file = Path("results.jsonl")
    run = ("verify", folder / "a.zip", folder / "b.pdf", folder / "c.dat", "-o", file)
    status = command(*run).status
    whole = file.read_bytes()
    for keep in (0, 1, 2, 3, 4):
        file.write_bytes(b"".join(whole.splitlines(keepends=True)[:keep]))
        assert command(*run, "--resume").status == status
        assert file.read_bytes().count(b"\n") == whole.count(b"\n") == 5


def test_isolated_workers_take_documents_apart(folder: Path) -> None:
    verifier = Verifier(isolated=True)
    try:
        archive = list(verifier.verify_parts(folder / "a.zip"))
        pages = list(verifier.verify_parts(folder / "b.pdf"))
        with pytest.raises(InputError, match="cut off"):
            list(verifier.verify_parts(io.BytesIO(b"PK\3\4" + bytes(40))))
    finally:
        verifier.close()
    assert [isinstance(each.found, Verdict) for each in archive] == [True, False]
    assert [str(each.place) for each in pages] == ["page 1, picture 1", "page 1"]


@pytest.fixture
def evidence(folder: Path, tmp_path: Path, photo: Path) -> Path:
    """The same folder, and one picture more that nobody stamped."""
    copy = shutil.copytree(folder, tmp_path / "evidence")
    shutil.copy(photo, copy / "f.png")
    return copy


@pytest.mark.parametrize(
    ("words", "schema", "seen", "left_out"),
    [
        (["hash"], "hash", {"c.dat", "f.png"}, 4),
        (["inspect"], "inspection", {"c.dat", "f.png"}, 4),
        (["stamp", "--model", "m", "-o", "{out}"], "stamping", {"f.png"}, 5),
    ],
)
def test_no_command_leaves_anything_out_in_silence(
    words: list[str],
    schema: str,
    seen: set[str],
    left_out: int,
    command: Command,
    own_studio: Path,
    evidence: Path,
    tmp_path: Path,
) -> None:
    """Nor a stamp: a picture that nobody stamped would be taken for stamped."""
    words = [word.format(out=tmp_path / "out") for word in words]
    done = command(*words, evidence, "--json", "--config", own_studio / "provenance.toml")
    lines = [json.loads(line) for line in done.out.splitlines()]
    for line in lines:
        jsonschema.validate(line, json.loads(schemas.read_schema(schema)))
    names = ["a.zip", "b.pdf", "c.dat", "d.txt", "f.png", ".hidden"]
    assert sorted(Path(line["input"]).name for line in lines) == sorted(names)
    assert {Path(line["input"]).name for line in lines if not line["error"]} == seen
    assert {(line["error"] or {}).get("code") for line in lines} == {None, "input.not_examined"}
    assert done.err.splitlines()[-1].startswith(f"{left_out} files were not looked at")
    assert done.status == 0


def test_a_list_is_told_what_it_does_not_hold(
    command: Command, own_studio: Path, evidence: Path, tmp_path: Path
) -> None:
    config = ("--config", own_studio / "provenance.toml")
    done = command("hashlist", "add", tmp_path / "list.json", evidence, *config)
    assert done.status == 0
    assert "4 files were not looked at: no pictures, or hidden." in done.err


def test_what_holds_no_picture_is_no_success(
    command: Command, own_studio: Path, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "letter.txt").write_text("hello")
    config = ("--config", own_studio / "provenance.toml")
    for words in (["stamp", "--model", "m", "-o", tmp_path / "out.png"], ["hash"], ["inspect"]):
        done = command(*words, tmp_path / "in", *config)
        assert (done.status, done.out) == (5, ""), words
        assert "1 file was not looked at" in done.err
