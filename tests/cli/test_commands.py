"""What the other commands do when all is well."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from provenance.cli.main import COMMANDS

if TYPE_CHECKING:
    from tests.cli.conftest import Command


def config(folder: Path) -> tuple[str, Path]:
    return "--config", folder / "provenance.toml"


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help(command: Command, name: str) -> None:
    done = command(*name.split(), "--help")
    assert done.status == 0
    assert done.err == ""
    assert done.out.startswith("Usage: provenance")
    assert max(map(len, done.out.splitlines())) <= 80


def test_no_arguments_show_help(command: Command) -> None:
    done = command()
    assert done.status == 0
    assert all(name in done.out for name in COMMANDS)


@pytest.mark.parametrize("name", ["directory", "hashlist", "registry"])
def test_a_group_without_a_command_shows_its_help(command: Command, name: str) -> None:
    done = command(name)
    assert done.status == 2
    assert done.out == ""
    assert done.err.startswith(f"Usage: provenance {name}")
    assert len(done.err.splitlines()) > 5


def test_commands_that_do_not_exist_are_refused(command: Command) -> None:
    command("batch").failed_with(2, "usage")


def test_init_makes_everything_and_keeps_keys_private(studio: Path) -> None:
    made = {str(path.relative_to(studio)) for path in studio.rglob("*") if path.is_file()}
    assert made >= {"provenance.toml", "stamps.db", "directory.json", "keys/authority.pem"}
    for key in ("signer", "examiner", "log", "authority-key"):
        assert stat.S_IMODE((studio / "keys" / f"{key}.pem").stat().st_mode) == 0o600


def test_init_refuses_an_existing_project(command: Command, own_studio: Path) -> None:
    before = {path: path.read_bytes() for path in own_studio.rglob("*") if path.is_file()}
    command("init", own_studio, "--producer", "Mallory").failed_with(2, "output.exists")
    assert before == {path: path.read_bytes() for path in own_studio.rglob("*") if path.is_file()}


def test_init_that_fails_leaves_nothing(command: Command, tmp_path: Path) -> None:
    command("init", tmp_path / "new", "--producer", "x" * 65).failed_with(2, "config")
    assert not (tmp_path / "new").exists()


def test_init_says_what_to_do_next(command: Command, tmp_path: Path) -> None:
    done = command("init", tmp_path / "new", "--producer", 'Ünïcode "AI"')
    assert done.status == 0
    assert "provenance stamp" in done.out
    assert command("keys", *config(tmp_path / "new")).status == 0


@pytest.mark.parametrize(("name", "format_"), [("a.jpg", "JPEG"), ("a.webp", "WEBP")])
def test_the_suffix_decides_the_format(
    command: Command, own_studio: Path, photo: Path, tmp_path: Path, name: str, format_: str
) -> None:
    output = tmp_path / name
    done = command("stamp", photo, "-o", output, "--model", "m", *config(own_studio))
    assert done.status == 0, done.err
    assert done.out.startswith("Stamped ")
    with Image.open(output) as image:
        assert image.format == format_
    assert command("verify", output, *config(own_studio)).status == 0


def test_a_folder_keeps_names(
    command: Command, own_studio: Path, photo: Path, tmp_path: Path
) -> None:
    done = command(
        *("stamp", photo, "-o", tmp_path / "new", "--model", "m"),
        *("--created", "2026-01-02T03:04:05+01:00", *config(own_studio)),
    )
    assert done.status == 0, done.err
    verified = command("verify", "--json", tmp_path / "new" / photo.name, *config(own_studio))
    assert json.loads(verified.out)["origin"]["created"] == "2026-01-02T02:04:05Z"


def test_a_new_model_is_announced_on_standard_error(
    command: Command, own_studio: Path, photo: Path, tmp_path: Path
) -> None:
    stamp = ("stamp", photo, "--model", "fresh", *config(own_studio))
    assert "fresh" in command(*stamp, "-o", tmp_path / "1.png").err
    assert command(*stamp, "-o", tmp_path / "2.png").err == ""


def test_inspect_shows_every_layer(command: Command, studio: Path, stamped: Path) -> None:
    done = command("inspect", "--json", stamped, *config(studio))
    assert done.status == 0
    found = json.loads(done.out)
    assert found["file"]["format"] == "PNG"
    assert found["manifest"]["model"] == "example-diffusion"
    assert found["marks"][0]["record"] == "found"
    assert found["error"] is None
    human = command("inspect", stamped, *config(studio))
    assert "a manifest, 1 readable mark" in human.out.splitlines()[0]


def test_inspect_of_a_plain_picture_is_done_not_failed(command: Command, photo: Path) -> None:
    done = command("inspect", photo)
    assert done.status == 0
    assert "no manifest, no readable mark" in done.out


def test_registry_show_and_list(command: Command, studio: Path, stamped: Path) -> None:
    assert stamped.exists()
    head = json.loads(command("registry", "show", "--json", *config(studio)).out)
    assert (head["records"], head["signed"]) == (1, True)
    (line,) = command("registry", "list", "--json", *config(studio)).out.splitlines()
    record = json.loads(line)
    assert record["model"] == "example-diffusion"
    lines = command("registry", "show", *config(studio)).out.splitlines()
    below = lines.index("  checkpoint:")  # the fields first, each on one line, then what was signed
    assert [line.split()[0] for line in lines[1:below]] == ["records", "entries", "root", "signed"]
    assert "\n".join(lines[below + 2 :]) + "\n" == head["checkpoint"]
    shown = command("registry", "show", record["stamp_id"], *config(studio))
    assert record["manifest_urn"] in shown.out
    assert command("registry", "list", *config(studio)).status == 0
    command("registry", "show", "0" * 24, *config(studio)).failed_with(1, "registry.not_found")


def test_keys_show_no_secret(command: Command, studio: Path) -> None:
    done = command("keys", "--json", *config(studio))
    assert done.status == 0
    found = {key["key"]: key for key in map(json.loads, done.out.splitlines())}
    assert {"signer", "examiner", "responder", "registry log", "accounts"} <= set(found)
    assert found["signer"]["trusted_here"] is True
    assert found["responder"]["subject"].startswith("CN=Development responder,")
    assert found["responder"]["bound_by_directory"] is True
    assert "trusted_here" not in {**found["responder"], **found["examiner"]}
    shown = command("keys", *config(studio)).out
    assert "trusted here  yes" in shown
    assert "PRIVATE" not in shown


def test_demo_leaves_a_folder_that_is_not_its_own_alone(command: Command, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("my own page")
    command("demo", "--out", tmp_path).failed_with(2, "output.exists")
    assert (tmp_path / "index.html").read_text() == "my own page"


def test_no_colour_in_pipes_and_a_quiet_end_when_nobody_reads(stamped: Path, studio: Path) -> None:
    arguments = [sys.executable, "-m", "provenance", "verify", str(stamped)]
    process = subprocess.Popen(
        [*arguments, "--config", str(studio / "provenance.toml")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate()
    assert err == b""
