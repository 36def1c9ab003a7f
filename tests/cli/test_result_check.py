"""The signed result of a service: whoever is given one can check it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import provenance as pv
from provenance.errors import ResultError
from provenance.signers import development
from provenance.verify import read_result, write_result

if TYPE_CHECKING:
    from tests.cli.conftest import Command

DETECTOR = "https://verify.example.com"


@pytest.fixture(scope="module")
def result(studio: Path, stamped: Path) -> bytes:
    """What the service answers about a stamped picture."""
    config = pv.load_config(studio / "provenance.toml")
    signer = pv.open_signer("file:keys/examiner.pem", folder=studio)
    return write_result(config.verifier().verify(stamped), DETECTOR, signer)


def test_a_result_holds(
    command: Command, result: bytes, stamped: Path, studio: Path, tmp_path: Path
) -> None:
    file = tmp_path / "result.json"
    file.write_bytes(result)
    alone = command("verify", "--check", file)
    assert alone.status == 0
    assert DETECTOR in alone.out
    assert 'This file is exactly what "Example AI" signed.' in alone.out
    assert "compare it with the detector's" in alone.err
    named = command("verify", stamped, "--check", file, "--detector", studio / "keys/examiner.pem")
    assert (named.status, named.err) == (0, "")
    assert "the one given" in named.out


def change_text(file: dict[str, Any]) -> None:
    file["payload"]["text"] = "Nothing was found."


def take_signature_away(file: dict[str, Any]) -> None:
    file["signature"] = None


@pytest.mark.parametrize(
    ("spoil", "says"),
    [(change_text, "does not hold"), (take_signature_away, "Nobody signed")],
)
def test_a_changed_result_does_not_hold(
    spoil: Callable[[dict[str, Any]], None],
    says: str,
    command: Command,
    result: bytes,
    tmp_path: Path,
) -> None:
    changed = json.loads(result)
    spoil(changed)
    file = tmp_path / "result.json"
    file.write_text(json.dumps(changed))
    done = command("verify", "--check", file)
    done.failed_with(4, "verification")
    assert says in done.err
    assert done.out == ""


def test_a_result_about_another_file_or_by_another_detector(
    command: Command, result: bytes, photo: Path, tmp_path: Path
) -> None:
    file, other = tmp_path / "result.json", tmp_path / "other.pem"
    file.write_bytes(result)
    other.write_bytes(development.create("Other").authority)
    done = command("verify", photo, "--check", file)
    done.failed_with(4, "verification")
    assert "about another file" in done.err
    command("verify", "--check", file, "--detector", other).failed_with(4, "verification")
    command("verify", "--check", file, "--detector", photo).failed_with(2, "config")
    command("verify", "--check", photo).failed_with(5, "result")
    command("verify", "--check", tmp_path / "absent").failed_with(5, "result")
    command("verify", photo, photo, "--check", file).failed_with(2, "usage")
    command("verify", photo, "--detector", other).failed_with(2, "usage")


def test_any_value_in_any_place_is_a_result_or_refused(result: bytes) -> None:
    whole = json.loads(result)
    for key in whole["payload"]:
        values: tuple[Any, ...] = (None, 7, [], {}, "", "x", "\x00")
        for value in values:
            changed = {**whole, "payload": {**whole["payload"], key: value}}
            with suppress(ResultError):
                assert not read_result(json.dumps(changed).encode()).holds
