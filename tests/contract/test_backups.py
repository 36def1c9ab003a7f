"""The drill: a registry is lost and comes back from its backup, and an old backup can't fork it."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance.cli import project
from provenance.errors import ProvenanceError
from provenance.registry import Registry, open_registry
from provenance.stamp_id import StampId
from tests.cli.conftest import Done, run_here
from tests.postgres import SUPERUSER, Server, run_server
from tests.unit.registry.records import record


@dataclass(frozen=True)
class Drill:
    """A project whose registry can be backed up, lost and restored, as docs/service.md says."""

    config: Path
    uri: str
    back_up: Callable[[Path], None]
    restore: Callable[[Path], str]

    @property
    def log_key(self) -> Path:
        return self.config.parent / "keys" / "log.pem"

    def open(self) -> Registry:
        return open_registry(self.uri, self.log_key, base=self.config.parent)

    def bring_back(self, backup: Path) -> Drill:
        return name_registry(self, self.restore(backup))

    def run(self, *words: object) -> Done:
        return run_here(*words, "--config", self.config)


def name_registry(drill: Drill, uri: str) -> Drill:
    text = drill.config.read_text("utf-8").replace(f'uri = "{drill.uri}"', f'uri = "{uri}"')
    drill.config.write_text(text, "utf-8")
    return Drill(drill.config, uri, drill.back_up, drill.restore)


def drill_sqlite(request: pytest.FixtureRequest, config: Path) -> Drill:
    file = config.parent / "stamps.db"

    def back_up(backup: Path) -> None:
        with closing(sqlite3.connect(file)) as old, closing(sqlite3.connect(backup)) as new:
            old.backup(new)

    def restore(backup: Path) -> str:
        for each in file.parent.glob("stamps.db*"):
            each.unlink()
        shutil.copy(backup, file)
        return "sqlite:///stamps.db"

    return Drill(config, "sqlite:///stamps.db", back_up, restore)


def drill_postgres(request: pytest.FixtureRequest, config: Path) -> Drill:
    server: Server = request.getfixturevalue("server")
    uri = server.uri(server.make_database())
    open_registry(uri, config.parent / "keys" / "log.pem", create=True).close()

    def run(program: str, *words: object) -> None:
        where = ("-h", "127.0.0.1", "-p", server.port, "-U", SUPERUSER)
        command = [str(each) for each in (server.programs / program, *where, *words)]
        subprocess.run(command, check=True, capture_output=True)

    def back_up(backup: Path) -> None:
        run("pg_dump", "-Fc", "-f", backup, "-d", uri.rpartition("/")[2])

    def restore(backup: Path) -> str:
        database = server.make_database()
        run("pg_restore", "-e", "-d", database, backup)
        return server.uri(database)

    made = Drill(config, "sqlite:///stamps.db", back_up, restore)
    return name_registry(made, uri)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with run_server() as running:
        yield running


@pytest.fixture(params=[drill_sqlite, drill_postgres])
def drill(request: pytest.FixtureRequest, tmp_path: Path) -> Drill:
    make: Callable[[pytest.FixtureRequest, Path], Drill] = request.param
    return make(request, project.create(tmp_path / "project", "Example AI"))


def append(registry: Registry, *numbers: int) -> None:
    for number in numbers:
        registry.append(record(number), f"store {number}".encode())


def test_a_lost_registry_comes_back_and_goes_on(drill: Drill, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    with drill.open() as registry:
        append(registry, 1, 2, 3)
        drill.back_up(backup)  # while it is in use
        before = registry.checkpoint()
    restored = drill.bring_back(backup)
    assert restored.run("registry", "audit").status == 0
    assert restored.run("doctor", "--offline").status == 0
    with restored.open() as registry:
        assert registry.checkpoint() == before
        assert registry.manifest_store(StampId(f"{2:024x}")) == b"store 2"
        append(registry, 4)
        registry.check_extends(before)
        with pytest.raises(ProvenanceError):
            append(registry, 1)
    assert restored.run("registry", "audit").status == 0


def test_an_old_backup_can_not_fork_the_log(
    drill: Drill, photograph: NDArray[np.uint8], tmp_path: Path
) -> None:
    """Its missing stamp was shown to others: whatever is added now would be a second history."""
    backup, photo = tmp_path / "backup", tmp_path / "photo.png"
    Image.fromarray(photograph[:256, :256]).save(photo)
    with drill.open() as registry:
        append(registry, 1, 2)
    drill.back_up(backup)
    assert drill.run("stamp", photo, "-o", tmp_path / "first.png", "--model", "m").status == 0
    restored = drill.bring_back(backup)
    audit = restored.run("registry", "audit")
    assert audit.status == 4
    done = restored.run("stamp", photo, "-o", tmp_path / "out.png", "--model", "m")
    assert (done.status, (tmp_path / "out.png").exists()) == (3, False)
    assert "shrank" in done.err or "does not" in done.err, done.err
    doctor = restored.run("doctor", "--offline")
    assert doctor.status == 3
    with restored.open() as registry:
        assert registry.size == 2  # nothing was added
