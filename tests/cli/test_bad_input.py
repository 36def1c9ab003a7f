"""Whatever is wrong: one clear line, a stable code, the documented status, nothing half-done."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from provenance.registry.sqlite.connection import SqliteDatabase

if TYPE_CHECKING:
    from tests.cli.conftest import Command, Done

MODEL = ("--model", "example-diffusion", "--model-version", "3")


def config(folder: Path) -> tuple[str, Path]:
    return "--config", folder / "provenance.toml"


def codes(done: Done) -> list[str]:
    """List the codes of all findings of all pictures."""
    found = [json.loads(line) for line in done.out.splitlines()]
    return [code for each in found for finding in each["evidence"] for code in finding["codes"]]


def records(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "stamps.db")) as database:
        (count,) = database.execute("SELECT count(*) FROM records").fetchone()
    return int(count)


@pytest.fixture
def bad(tmp_path: Path, photo: Path) -> dict[str, Path]:
    """Files that are no usable pictures, by what is wrong with them."""
    with Image.open(photo) as image:
        image.save(tmp_path / "whole.jpg", quality=90)
        image.resize((8, 8)).save(tmp_path / "tiny.png")
    whole = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "truncated.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.png").write_text("this is no picture\n")
    (tmp_path / "empty.png").touch()
    (tmp_path / "folder.png").mkdir()
    names = ("missing.png", "text.png", "truncated.jpg", "tiny.png", "empty.png")
    return {Path(name).stem: tmp_path / name for name in (*names, "folder.png")}


CODES = {
    "missing": "input.unreadable",
    "folder": "input.unreadable",
    "text": "input.unsupported",
    "empty": "input.unsupported",
    "truncated": "input.corrupt",
}


@pytest.mark.parametrize("what", CODES)
@pytest.mark.parametrize("command_name", ["stamp", "verify", "inspect", "trace"])
def test_unusable_pictures(
    command: Command, own_studio: Path, bad: dict[str, Path], what: str, command_name: str
) -> None:
    output = own_studio / "out"
    extra = {
        "stamp": ("-o", output / "a.png", *MODEL),
        "trace": ("-o", output, "--case", "1"),
    }.get(command_name, ())
    done = command(command_name, bad[what], *extra, *config(own_studio))
    done.failed_with(5, CODES[what])
    assert done.out == ""
    assert not output.is_file()
    assert not list(output.glob("*"))
    assert records(own_studio) == 1


def test_picture_of_8_by_8(command: Command, own_studio: Path, bad: dict[str, Path]) -> None:
    output = own_studio / "out.png"
    done = command("stamp", bad["tiny"], "-o", output, *MODEL, *config(own_studio))
    done.failed_with(5, "input.too_small")
    assert not output.exists()
    assert records(own_studio) == 1


def test_unknown_model_under_strict_models(
    command: Command, own_studio: Path, photo: Path, tmp_path: Path
) -> None:
    file = own_studio / "provenance.toml"
    file.write_text(file.read_text().replace("strict_models = false", "strict_models = true"))
    output = tmp_path / "out.png"
    done = command("stamp", photo, "-o", output, "--model", "unheard-of", *config(own_studio))
    done.failed_with(2, "stamp.unknown_model")
    assert not output.exists()


@pytest.mark.parametrize(
    "arguments",
    [("stamp", "{photo}", "-o", "{out}", *MODEL), ("registry", "show"), ("registry", "list")],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_registry_that_is_none(
    command: Command, own_studio: Path, photo: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (own_studio / "stamps.db").write_text("this is no registry\n" * 100)
    out = tmp_path / "out.png"
    filled = [argument.format(photo=photo, out=out) for argument in arguments]
    done = command(*filled, *config(own_studio))
    done.failed_with(3, "registry.damaged")
    assert not out.exists()
    assert (own_studio / "stamps.db").read_text().startswith("this is no registry")


def test_verify_with_a_registry_that_is_none(
    command: Command, own_studio: Path, stamped: Path
) -> None:
    (own_studio / "stamps.db").write_text("this is no registry\n" * 100)
    """A signed picture needs no registry: that it could not be asked is a finding."""
    done = command("verify", "--json", stamped, *config(own_studio))
    done.failed_with(0, "registry.damaged")
    found = json.loads(done.out)
    assert (found["state"], found["error"]) == ("attributed", None)
    assert codes(done).count("registry.damaged") == 1


@pytest.mark.parametrize("damage", ["missing", "a folder"])
def test_a_registry_that_can_not_be_opened_decides_only_where_it_is_needed(
    command: Command, own_studio: Path, stamped: Path, photo: Path, damage: str
) -> None:
    (own_studio / "stamps.db").unlink()
    if damage == "a folder":
        (own_studio / "stamps.db").mkdir()
    signed = command("verify", "--json", stamped, *config(own_studio))
    signed.failed_with(0, "registry.unavailable")
    unmarked = command("verify", "--json", photo, *config(own_studio))
    unmarked.failed_with(3, "registry.unavailable")
    for done in (signed, unmarked):
        assert codes(done).count("registry.unavailable") == 1
    assert (own_studio / "stamps.db").exists() is (damage == "a folder")


def test_stamping_makes_no_registry(
    command: Command, own_studio: Path, photo: Path, tmp_path: Path
) -> None:
    """The disk with it may not be mounted; only ``init`` and ``registry make`` make one."""
    (own_studio / "stamps.db").unlink()
    output = tmp_path / "out.png"
    for arguments in (
        ("stamp", photo, "-o", output, *MODEL),
        ("registry", "revoke", "0" * 24, "--reason", "a test"),
    ):
        command(*arguments, *config(own_studio)).failed_with(3, "registry.unavailable")
    assert not (own_studio / "stamps.db").exists()
    assert not output.exists()
    made = command("registry", "make", *config(own_studio))
    assert (made.status, made.err) == (0, "")
    assert records(own_studio) == 0


def test_stamping_adds_nothing_to_another_log_than_the_one_seen_before(
    command: Command, own_studio: Path, stamped: Path, photo: Path, tmp_path: Path
) -> None:
    assert command("verify", stamped, *config(own_studio)).status == 0
    (own_studio / "stamps.db").unlink()
    assert command("registry", "make", *config(own_studio)).status == 0
    output = tmp_path / "out.png"
    done = command("stamp", photo, "-o", output, *MODEL, *config(own_studio))
    done.failed_with(3, "registry.log_integrity")
    assert not output.exists()
    assert records(own_studio) == 0


def test_a_batch_waits_once_for_a_locked_registry(
    command: Command, own_studio: Path, photo: Path
) -> None:
    pictures = [photo] * 4
    with closing(sqlite3.connect(own_studio / "stamps.db")) as database:
        database.execute("BEGIN EXCLUSIVE")
        with counted_waits() as waits:
            done = command("verify", "--json", *pictures, *config(own_studio))
        database.execute("ROLLBACK")
    assert done.status == 3
    assert codes(done).count("registry.unavailable") == len(pictures)
    assert len(waits) == 1


@contextmanager
def counted_waits() -> Iterator[list[Path]]:
    """Count how often SQLite's own connections are opened: once for each wait for the lock."""
    waits: list[Path] = []
    wait = SqliteDatabase._connect

    def counted(database: SqliteDatabase) -> sqlite3.Connection:
        waits.append(database.path)
        return wait(database)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqliteDatabase, "_connect", counted)
        yield waits


@pytest.mark.slow
def test_locked_registry(command: Command, own_studio: Path, photo: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.png"
    with closing(sqlite3.connect(own_studio / "stamps.db")) as database:
        database.execute("BEGIN EXCLUSIVE")
        stamp = command("stamp", photo, "-o", output, *MODEL, *config(own_studio))
        verify = command("verify", photo, *config(own_studio))
        database.execute("ROLLBACK")
    stamp.failed_with(3, "registry.unavailable")
    verify.failed_with(3, "registry.unavailable")
    assert not output.exists()
    assert records(own_studio) == 1


@pytest.mark.parametrize("place", ["/proc/out.png", "/dev/null/out.png"])
def test_unwritable_output(command: Command, own_studio: Path, photo: Path, place: str) -> None:
    done = command("stamp", photo, "-o", place, *MODEL, *config(own_studio))
    done.failed_with(3, "output.unwritable")
    assert records(own_studio) == 1, "nothing is recorded that can't be handed out"


def test_output_exists(command: Command, own_studio: Path, photo: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.png"
    output.write_text("precious")
    done = command("stamp", photo, "-o", output, *MODEL, *config(own_studio))
    done.failed_with(2, "output.exists")
    assert output.read_text() == "precious"
    assert command("stamp", photo, "-o", output, *MODEL, "--force", *config(own_studio)).status == 0
    assert output.stat().st_size > 1000


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_already_stamped(
    command: Command, own_studio: Path, tmp_path: Path, force: tuple[str, ...]
) -> None:
    output = tmp_path / "again.png"
    stamp = ("stamp", own_studio / "stamped.png", "-o", output, *MODEL, *force)
    command(*stamp, *config(own_studio)).failed_with(2, "stamp.already_stamped")
    assert not output.exists()
    assert records(own_studio) == 1


def test_other_suffixes_than_those_written(
    command: Command, own_studio: Path, photo: Path, tmp_path: Path
) -> None:
    done = command("stamp", photo, "-o", tmp_path / "out.bmp", *MODEL, *config(own_studio))
    done.failed_with(5, "input.unsupported")
    assert records(own_studio) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify",),
        ("verify", "a.png", "--no-such-flag"),
        ("verify", "-", "-"),
        ("no-such-command",),
        ("stamp", "a.png", "-o", "b.png"),
        ("stamp", "a.png", "b.png", "-o", "c.png", *MODEL),
        ("stamp", "-", "-o", "folder/", *MODEL),
        ("stamp", "x/a.png", "y/a.png", "-o", "folder/", *MODEL),
        ("stamp", "a.png", "-o", "b.png", *MODEL, "--created", "yesterday"),
        ("stamp", "a.png", "-o", "b.png", *MODEL, "--created", "2026-01-01T00:00"),
        ("stamp", "a.png", "-o", "b.png", *MODEL, "--created", "2999-01-01T00:00Z"),
    ],
    ids=" ".join,
)
def test_wrong_flags(command: Command, arguments: tuple[str, ...]) -> None:
    command(*arguments).failed_with(2, "usage")


def test_no_config(command: Command) -> None:
    command("stamp", "a.png", "-o", "b.png", *MODEL).failed_with(2, "config")
    command("keys").failed_with(2, "config")


def test_config_with_an_unknown_key(command: Command, own_studio: Path) -> None:
    file = own_studio / "provenance.toml"
    file.write_text(file.read_text() + "\nspeed = 11\n")
    command("verify", own_studio / "stamped.png", *config(own_studio)).failed_with(2, "config")


def test_interrupt(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("provenance.cli.settings.load", interrupted)
    done = command("verify", "a.png")
    assert done.status == 130
    assert "Traceback" not in done.err


def test_defect_of_our_own_shows_no_traceback(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a defect\nover two lines")

    monkeypatch.setattr("provenance.cli.settings.load", broken)
    command("verify", "a.png").failed_with(70, "internal")


def test_hostile_names_do_not_reach_the_terminal(command: Command, tmp_path: Path) -> None:
    done = command("verify", tmp_path / "\x1b[31mred\u202egnp.exe")
    done.failed_with(5, "input.unreadable")
    assert "\x1b" not in done.err
    assert "\u202e" not in done.err


def test_error_line_survives_an_encoding_that_lacks_letters(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "provenance", "verify", str(tmp_path / "bild-ü.png")],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 5
    assert b"Traceback" not in done.stderr
