"""Whether an instance should get requests: not while it must not stamp."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import pytest

from provenance.cli.main import run
from provenance.config import load
from provenance.examine import CheckpointKeeper
from provenance.registry import open_registry
from provenance.service import build_app
from tests.unit.registry.records import record


@pytest.fixture
def restored(project_folder: Path) -> Path:
    """A project with an older backup in place of its registry, and a checkpoint of the newer."""
    file, key = project_folder / "stamps.db", project_folder / "keys" / "log.pem"
    backup = Path(shutil.copy(file, project_folder / "backup.db"))
    with open_registry(f"sqlite:///{file}", key) as registry:
        registry.append(record(0), b"store")
        clock = partial(datetime.now, UTC)
        CheckpointKeeper(project_folder / "checkpoint.json", clock).check(registry)
    backup.replace(file)
    return project_folder


def ready(folder: Path) -> httpx.Response:
    app = build_app(load(folder / "provenance.toml"))

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.get("/readyz")

    return asyncio.run(ask())


def test_a_service_whose_log_does_not_continue_must_not_stamp_and_is_not_ready(
    restored: Path,
) -> None:
    answer = ready(restored)
    assert answer.status_code == 503
    assert answer.json()["code"] == "registry.log_integrity"
    assert "The log shrank from 1 to 0 entries" in answer.json()["detail"]
    assert "Nothing is added to such a log" in answer.json()["detail"]
    assert answer.headers["retry-after"]


def test_one_that_only_verifies_stays_ready(restored: Path) -> None:
    """Each of its verdicts says what is wrong with the log."""
    config = restored / "provenance.toml"
    lines = config.read_text("utf-8").splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if line.startswith("[signing]"))
    end = next(n for n, line in enumerate(lines) if n > start and line.startswith("["))
    config.write_text("".join(lines[:start] + lines[end:]), "utf-8")
    assert ready(restored).status_code == 200


def test_a_service_without_its_registry_is_not_ready(project_folder: Path) -> None:
    (project_folder / "stamps.db").unlink()
    answer = ready(project_folder)
    assert (answer.status_code, answer.json()["code"]) == (503, "registry.unavailable")


def test_a_new_service_is_ready(project_folder: Path) -> None:
    assert ready(project_folder).text == "ready\n"
    assert run(["registry", "audit", "--config", str(project_folder / "provenance.toml")]) == 0
