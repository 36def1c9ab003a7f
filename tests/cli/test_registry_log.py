"""``provenance registry audit`` and ``key``: the log recomputed, and what shows a changed one."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from provenance.config import load
from provenance.registry import Checkpoint, VerifierKey
from provenance.signers import LogKey
from tests.unit.registry.records import record

if TYPE_CHECKING:
    from tests.cli.conftest import Command

Audit = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def empty_studio(tmp_path_factory: pytest.TempPathFactory, command: Command) -> Path:
    """A project of this module's own: nothing was ever stamped in it."""
    folder = tmp_path_factory.mktemp("empty_studio") / "project"
    done = command("init", folder, "--producer", "Example AI")
    assert done.status == 0, done.err
    return folder


@pytest.fixture
def config(empty_studio: Path, tmp_path: Path) -> Path:
    """The config of a project whose log has three entries."""
    own = Path(shutil.copytree(empty_studio, tmp_path / "own")) / "provenance.toml"
    add(own, 0, 3)
    return own


def add(config: Path, start: int, count: int) -> None:
    with load(config).open_registry() as registry:
        for number in range(start, start + count):
            registry.append(record(number), b"store")


def tamper(config: Path, statement: str) -> None:
    with closing(sqlite3.connect(config.parent / "stamps.db")) as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute(statement)
        db.commit()


def test_an_untouched_log_passes(command: Command, config: Path) -> None:
    done = command("registry", "audit", "--config", config)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("Nothing was altered, removed or inserted.\n")
    assert "  entries recomputed  3\n" in done.out


def test_what_was_changed_is_named_by_stamp_and_place(command: Command, config: Path) -> None:
    tamper(config, "UPDATE records SET model = 'another' WHERE leaf_index = 1")
    done = command("registry", "audit", "--config", config)
    assert done.status == 4
    assert "The log was changed. One contradiction found:" in done.out
    assert f"altered: Record 1 (stamp {record(1).stamp_id}) was altered" in done.out
    done = command("registry", "audit", "--json", "--config", config)
    shown = json.loads(done.out)
    assert (done.status, shown["ok"], shown["faults_found"]) == (4, False, 1)
    assert shown["faults"][0]["kind"] == "altered"
    assert (shown["faults"][0]["index"], shown["faults"][0]["stamp_id"]) == (1, record(1).stamp_id)


def test_a_later_audit_begins_where_an_earlier_one_ended(
    command: Command, config: Path, tmp_path: Path
) -> None:
    point = tmp_path / "point"
    assert command("registry", "audit", "--save", point, "--config", config).status == 0
    assert Checkpoint.parse(point.read_bytes()).size == 3
    add(config, 3, 2)
    done = command("registry", "audit", "--since", point, "--save", point, "--config", config)
    assert done.status == 0
    assert "  entries recomputed  2 of 5\n" in done.out
    assert "The first 3 records were not looked at" in done.err
    tamper(config, "DELETE FROM records WHERE leaf_index = 4")
    done = command("registry", "audit", "--since", point, "--json", "--config", config)
    assert done.status == 0  # nothing came after the point
    done = command("registry", "audit", "--save", point, "--config", config)
    assert done.status == 4
    assert Checkpoint.parse(point.read_bytes()).size == 5  # kept from the audit that passed


def test_a_kept_checkpoint_shows_a_log_cut_short(
    command: Command, config: Path, tmp_path: Path
) -> None:
    backup = Path(shutil.copytree(config.parent, tmp_path / "backup")) / "provenance.toml"
    add(config, 3, 2)
    kept = tmp_path / "kept"
    assert command("registry", "audit", "--save", kept, "--config", config).status == 0
    other = tmp_path / "other"
    done = command("registry", "audit", "--checkpoint", kept, "--save", other, "--config", backup)
    assert done.status == 4
    assert done.out.startswith("This is not the log that was seen before")
    assert not other.exists()  # of an audit that did not pass
    assert "shrank from 5 to 3" in done.out
    assert "The log's key signed that checkpoint" in done.out
    done = command("registry", "audit", "--checkpoint", kept, "--json", "--config", config)
    assert done.status == 0
    (shown,) = [each for each in json.loads(done.out)["checkpoints"] if each["file"] == str(kept)]
    assert shown["extended"]


def test_what_the_verifier_keeps_is_always_compared(command: Command, config: Path) -> None:
    kept = config.parent / "checkpoint.json"
    with load(config).open_registry() as registry:
        forged = Checkpoint(registry.origin, 2, bytes(32))
    kept.write_text(json.dumps({"seen": "2026-01-31T12:00:00+00:00", "checkpoint": forged.text}))
    done = command("registry", "audit", "--config", config)
    assert done.status == 4
    assert "past was rewritten" in done.out
    assert "not signed by the log's key" in done.out


def test_the_public_key_is_what_others_check_with(command: Command, config: Path) -> None:
    printed = command("registry", "key", "--config", config).out.strip()
    audit = ("registry", "audit", "--config", config, "--log-key")
    assert command(*audit, printed).status == 0
    name = printed.partition("+")[0]
    stranger = VerifierKey(name, LogKey.generate().public).text
    done = command(*audit, stranger)
    assert done.status == 4
    assert "not signed by the log's key" in done.out
    command(*audit, printed[:-3]).failed_with(2, "config")
    command(*audit, printed.replace("log/", "log/x")).failed_with(2, "config")


@pytest.mark.parametrize("content", [b"", b"x", b"{}", b"\xff", b"a\n1\nAA==\n"])
def test_a_file_that_is_no_checkpoint_is_said_to_be_none(
    command: Command, config: Path, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "kept"
    file.write_bytes(content)
    for option in ("--checkpoint", "--since"):
        command("registry", "audit", option, file, "--config", config).failed_with(2, "config")
    file.unlink()
    command("registry", "audit", "--since", file, "--config", config).failed_with(2, "config")
