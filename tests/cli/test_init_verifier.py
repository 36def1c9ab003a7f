"""``provenance init --verifier``: for those who check pictures and stamp none."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from provenance import config

Command = Callable[..., Any]


def test_a_verifier_has_no_producer_signer_or_registry(
    command: Command, stamped: Path, tmp_path: Path
) -> None:
    done = command("init", tmp_path / "v", "--verifier")
    assert done.status == 0
    assert "It trusts nobody yet" in done.out
    made = config.load(tmp_path / "v" / "provenance.toml")
    assert (made.producer, made.signing, made.registry) == (None, None, None)
    assert [path.name for path in (tmp_path / "v").iterdir()] == ["provenance.toml"]
    found = command("verify", "--json", stamped, "--config", tmp_path / "v" / "provenance.toml")
    assert json.loads(found.out)["state"] == "claimed"


def test_its_examiner_signs_case_folders(command: Command, photo: Path, tmp_path: Path) -> None:
    assert (
        command("init", tmp_path / "v", "--verifier", "--examiner", "Helpline, Desk 4").status == 0
    )
    key = tmp_path / "v" / "keys" / "examiner.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert [path.name for path in key.parent.iterdir()] == ["examiner.pem"]
    using = ("--config", tmp_path / "v" / "provenance.toml")
    assert command("trace", photo, "--case", "1", "-o", tmp_path / "case", *using).status == 1
    report = json.loads((tmp_path / "case" / "report.json").read_text())
    assert report["examiner"]["name"] == "Helpline, Desk 4"
    assert "CN=Development examiner" in report["examiner"]["subject"]
    page = (tmp_path / "case" / "report.html").read_text()
    assert ">Helpline, Desk 4<" in page  # without a subject's escapes
    assert report["examiner"]["development"] is True
    assert command("trace", "--check", tmp_path / "case", *using).status == 0


def test_it_stamps_nothing(command: Command, photo: Path, tmp_path: Path) -> None:
    command("init", tmp_path / "v", "--verifier")
    using = ("--config", tmp_path / "v" / "provenance.toml")
    done = command("stamp", photo, "-o", tmp_path / "x.png", "--model", "m", *using)
    assert done.status == 2
    assert "has no section [" in done.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "Give --producer NAME to stamp pictures, or --verifier"),
        (("--verifier", "--producer", "A"), "A verifier has no producer"),
        (("--verifier", "--contact", "x@example.org"), "A verifier has no producer"),
        (("--producer", "A", "--examiner", "B"), "belongs to --verifier"),
    ],
)
def test_options_that_do_not_fit(
    options: tuple[str, ...], said: str, command: Command, tmp_path: Path
) -> None:
    done = command("init", tmp_path / "v", *options)
    done.failed_with(2, "usage")
    assert said in done.err
    assert not (tmp_path / "v").exists()


def test_nothing_is_left_of_a_name_that_can_not_be(command: Command, tmp_path: Path) -> None:
    done = command("init", tmp_path / "v", "--verifier", "--examiner", "a\nb")
    done.failed_with(2, "config")
    assert not (tmp_path / "v").exists()
    (tmp_path / "file").write_text("")
    command("init", tmp_path / "file" / "v", "--verifier").failed_with(3, "output.unwritable")
