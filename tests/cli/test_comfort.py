"""What makes the commands comfortable: how much they say, what they expect, where they write."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.shell_completion import BashComplete
from jsonschema import Draft202012Validator

from provenance.cli.main import cli
from provenance.cli.parallel import NOTE_S, Notes
from provenance.meter import Meter
from provenance.schemas import read_schema
from provenance.text import suggest

if TYPE_CHECKING:
    from tests.cli.conftest import Command


@pytest.fixture
def config(studio: Path) -> tuple[str, str]:
    return "--config", str(studio / "provenance.toml")


def test_several_pictures_get_a_line_each_and_a_sum(
    command: Command, config: Any, stamped: Path, photo: Path
) -> None:
    done = command("verify", stamped, photo, "absent.png", *config)
    first, second = done.out.splitlines()
    assert first.startswith(f"{stamped}: ")
    assert second.startswith(f"{photo}: ")
    *_, last = done.err.splitlines()
    assert last.startswith("3 pictures: 1 attributed, 1 ")
    assert last.endswith("1 failed")
    assert done.status == 5


def test_the_whole_text_is_there_on_demand(
    command: Command, config: Any, stamped: Path, photo: Path
) -> None:
    alone = command("verify", stamped, *config).out
    together = command("verify", stamped, photo, "-v", *config).out
    assert "Findings:" in alone
    assert alone.strip() in together
    assert together.count("\n\n") > 2


def test_quiet_prints_errors_only(
    command: Command, config: Any, stamped: Path, photo: Path, tmp_path: Path, own_studio: Path
) -> None:
    for pictures in ((stamped,), (stamped, stamped)):
        done = command("verify", *pictures, "-q", *config)
        assert (done.status, done.out, done.err) == (0, "", "")
    command("verify", "absent.png", "-q", *config).failed_with(5, "input.unreadable")
    own = ("--config", own_studio / "provenance.toml")
    done = command("stamp", photo, "-o", tmp_path / "a.png", "--model", "m", "-q", *own)
    assert (done.status, done.out) == (0, "")
    command("verify", stamped, "-q", "-v", *config).failed_with(2, "usage")


@pytest.mark.parametrize(
    ("options", "met"),
    [
        (["--expect-producer", "Example AI"], True),
        (["--expect-producer", "Other AI"], False),
        (["--expect-match", "exact"], True),
        (["--expect-match", "bound", "--expect-coverage", "0.9"], True),
        (["--expect-odds", "1e-9"], True),
    ],
)
def test_what_is_expected_of_a_stamped_file(
    options: list[str], met: bool, command: Command, config: Any, stamped: Path
) -> None:
    done = command("verify", stamped, "--json", *options, *config)
    (line,) = map(json.loads, done.out.splitlines())
    Draft202012Validator(json.loads(read_schema("verdict"))).validate(line)
    assert line["state"] == "attributed"
    assert (line["unmet"] is None) is met
    if met:
        assert (done.status, done.err) == (0, "")
    else:
        done.failed_with(4, "verification")


def test_a_picture_that_proves_nothing_meets_nothing(
    command: Command, config: Any, photo: Path
) -> None:
    done = command("verify", photo, "--expect-proved-time", *config)
    assert done.status == 4
    assert "The origin is not proved" in done.err
    assert "unmet" not in command("verify", photo, "--json", *config).out


def test_the_picture_goes_to_standard_output(
    command: Command, own_studio: Path, photo: Path, tmp_path: Path
) -> None:
    config = ("--config", str(own_studio / "provenance.toml"))
    arguments = [sys.executable, "-m", "provenance", "stamp", str(photo), "-o", "-", "--model", "m"]
    done = subprocess.run([*arguments, *config], capture_output=True, check=True)
    assert done.stdout.startswith(b"\x89PNG")
    file = tmp_path / "piped.png"
    file.write_bytes(done.stdout)
    assert command("verify", file, "-q", *config).status == 0
    command("stamp", photo, "-o", "-", "--model", "m", "--json", *config).failed_with(2, "usage")
    command("stamp", photo, photo, "-o", "-", "--model", "m", *config).failed_with(2, "usage")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        *(("verfy", "verify"), ("registry lst", "list"), ("verify --jsn", "--json")),
        ("schema verdct", "verdict"),
    ],
)
def test_a_misspelt_word_is_put_right(words: str, meant: str, command: Command) -> None:
    done = command(*words.split())
    assert done.status == 2
    assert "Did you mean" in done.err
    assert repr(meant) in done.err


def test_suggestions() -> None:
    assert suggest("anchor", ["anchors", "ekus"]) == " Did you mean 'anchors'?"
    assert suggest("quite something else", ["anchors", "ekus"]) == ""


def test_words_are_completed() -> None:
    completion = BashComplete(cli, {}, "provenance", "_PROVENANCE_COMPLETE")
    assert [each.value for each in completion.get_completions([], "ver")] == ["verify"]
    found = [each.value for each in completion.get_completions(["verify"], "--expect-")]
    assert "--expect-producer" in found


def test_a_long_run_says_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    now = 100.0
    meter, notes = Meter(1_000, lambda: now), Notes(quiet=False, clock=lambda: now)
    silent = Notes(quiet=True, clock=lambda: now)
    meter.count("none")
    notes.pass_by(meter)
    assert capsys.readouterr().err == ""
    now += NOTE_S
    meter.count("attributed")
    for each in (notes, notes, silent):
        each.pass_by(meter)
    assert capsys.readouterr().err == "2 of 1,000, 0.0/s, 8 h left: 1 none, 1 attributed\n"
    meter.count("none", 3)
    assert meter.list_kinds() == "4 none, 1 attributed"
