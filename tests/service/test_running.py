"""The service as a process: it starts, ends gracefully, and survives the death of its workers."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from provenance.canonical import to_utc_text
from provenance.cli import project
from provenance.cli.api_keys import SCOPES
from provenance.registry import CLAIM_LIFETIME, ClaimKey, open_registry
from provenance.service import ApiKeys, Scope
from provenance.stamp_id import StampId
from tests.cli.conftest import run_here


@dataclass
class Running:
    """A service in a process of its own, and the lines of its log so far."""

    process: subprocess.Popen[str]
    address: str
    lines: list[str] = field(default_factory=list)


@contextmanager
def run(folder: Path, *options: str) -> Iterator[Running]:
    command = [sys.executable, "-m", "provenance", "serve", "--port", "0", *options]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    running = Running(process, "")
    try:
        for line in process.stderr:
            running.lines.append(line)
            if '"listening"' in line:
                running.address = json.loads(line)["address"]
                break
        assert running.address, running.lines
        reader = threading.Thread(target=lambda: running.lines.extend(process.stderr or ()))
        reader.start()
        yield running
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stderr.close()


@pytest.fixture
def folder(project_folder: Path) -> Path:
    with (project_folder / "provenance.toml").open("a") as file:
        file.write("workers = 1\n")  # of [isolation], the last section
    return project_folder


def test_what_is_under_way_is_answered_before_the_end(folder: Path, png: bytes) -> None:
    with run(folder) as running, ThreadPoolExecutor(3) as threads:
        with httpx.Client(base_url=running.address, timeout=120) as client:
            assert client.get("/readyz").status_code == 200
            answers = [threads.submit(client.post, "/v1/verify", content=png) for _ in range(3)]
            while sum('"event": "request"' in line for line in running.lines) < 2:
                pass  # until the first one is answered, besides /readyz
            running.process.send_signal(signal.SIGTERM)
            assert [each.result().status_code for each in answers] == [200] * 3
        assert running.process.wait(60) == 0
    requests = [json.loads(line) for line in running.lines if '"event": "request"' in line]
    assert all(each["status"] == 200 for each in requests)
    assert {each["route"] for each in requests} == {"/readyz", "/v1/verify"}
    assert not any("Traceback" in line for line in running.lines)


@pytest.mark.parametrize("start", ["lines.write_json_lines", "engine.stamping.prepare"])
def test_what_a_library_warns_of_is_a_json_line_too(start: str) -> None:
    """As the database driver does while the server is away, in the server and in its workers."""
    module, _, function = start.rpartition(".")
    program = (
        f"import logging; from provenance.service.{module} import {function}; {function}();"
        "logger = logging.getLogger('psycopg.pool');"
        "logger.info('quiet'); logger.warning('no %s', 'connection')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    (line,) = map(json.loads, done.stderr.splitlines())
    assert (line["level"], line["event"]) == ("warning", "no connection")


def test_promises_that_nobody_can_ask_for_are_forgotten(folder: Path) -> None:
    """At the start, and those that still count stay."""
    old, new = ClaimKey.of("me", "old"), ClaimKey.of("me", "new")
    created = datetime.now(UTC)
    with open_registry("sqlite:///stamps.db", folder / "keys/log.pem", base=folder) as registry:
        for number, key in enumerate((old, new)):
            registry.claims.take(key, StampId(f"{number:024x}"), created)
    with closing(sqlite3.connect(folder / "stamps.db")) as db:
        before = to_utc_text(created - CLAIM_LIFETIME - timedelta(hours=1))
        db.execute("UPDATE claims SET claimed = ? WHERE key = ?", (before, old.key))
        db.commit()
    with run(folder) as running:
        while not any('"claims.' in line for line in running.lines):
            assert running.process.poll() is None
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(60) == 0
    (line,) = (json.loads(line) for line in running.lines if '"claims.' in line)
    assert (line["event"], line["count"]) == ("claims.forgotten", 1)
    with closing(sqlite3.connect(folder / "stamps.db")) as db:
        assert db.execute("SELECT key FROM claims").fetchall() == [(new.key,)]


def test_a_worker_that_dies_costs_one_answer(folder: Path, png: bytes) -> None:
    with run(folder) as running, httpx.Client(base_url=running.address, timeout=120) as client:
        assert client.post("/v1/verify", content=png).status_code == 200
        for pid in list_descendants(running.process.pid):
            os.kill(pid, signal.SIGKILL)
        answers = [client.post("/v1/verify", content=png).status_code for _ in range(3)]
    assert answers[1:] == [200, 200]
    assert answers[0] in (200, 422)


def list_descendants(pid: int) -> list[int]:
    children: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        children += map(int, (task / "children").read_text().split())
    return [*children, *(below for child in children for below in list_descendants(child))]


def test_a_service_that_can_not_work_does_not_start(folder: Path) -> None:
    config = folder / "provenance.toml"
    text = config.read_text("utf-8")
    wrong = text.replace('# signer = "file:keys/examiner', 'signer = "file:keys/missing')
    assert wrong != text
    config.write_text(wrong, "utf-8")
    done = run_here("serve", "--port", "0", "--config", config)
    assert done.status != 0
    assert "Traceback" not in done.err
    assert done.err.splitlines()[-1].startswith("error: ")


def test_keys_are_granted_and_withdrawn(folder: Path) -> None:
    config = folder / "provenance.toml"
    text = config.read_text("utf-8")
    refused = run_here("keys", "grant", "me", "--scope", "stamp", "--config", config)
    refused.failed_with(2, "config")
    config.write_text(text.replace("# keys =", "keys ="), "utf-8")
    done = run_here("keys", "grant", "me", "--scope", "stamp", "--days", "3", "--config", config)
    key = done.out.strip()
    listed = run_here("keys", "withdraw", "--config", config)
    assert key.split("_")[1] in listed.out
    assert key not in listed.out
    assert run_here("keys", "withdraw", key.split("_")[1], "--config", config).status == 0
    run_here("keys", "withdraw", "00000000", "--config", config).failed_with(2, "config")
    assert not ApiKeys(folder / "keys" / "api.jsonl").list()
    assert {scope.value for scope in Scope} == set(SCOPES)


def test_an_address_that_is_taken_is_said_in_words(tmp_path: Path) -> None:
    config = project.create(tmp_path / "project", "Example AI")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_here("serve", "--port", str(port), "--config", config)
    assert done.status == 2
    assert f"Nobody can listen at 127.0.0.1, port {port}" in done.error_line
    assert "--port" in done.error_line
