"""The doctor finds what is wrong, and changes nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provenance.cli import project
from provenance.config import load
from provenance.examine import CheckpointKeeper
from provenance.service import ApiKeys, Scope
from provenance.service.access.caller import Caller
from provenance.service.access.lookups import LookupLog
from provenance.signers import LogKey
from tests.cli.conftest import run_here
from tests.unit.registry.records import record


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return project.create(tmp_path / "project", "Example AI")


def examine(config: Path, status: int = 0) -> dict[str, tuple[str, str]]:
    done = run_here("doctor", "--json", "--config", config)
    assert done.status == status, done.err + done.out
    lines = map(json.loads, done.out.splitlines())
    return {each["check"]: (each["state"], each["found"]) for each in lines}


def test_a_new_project_is_well(config: Path) -> None:
    files = {path: path.read_bytes() for path in config.parent.rglob("*") if path.is_file()}
    found = examine(config)
    assert {state for state, _ in found.values()} <= {"good", "none"}
    assert found["registry"][0] == found["log"][0] == found["signer"][0] == "good"
    after = {path: path.read_bytes() for path in config.parent.rglob("*") if path.is_file()}
    assert after == files


def test_people_read_one_line_for_each_check(config: Path) -> None:
    done = run_here("doctor", "--offline", "--config", config)
    assert done.status == 0
    assert all(line.split()[0] in ("good", "none") for line in done.out.splitlines())


def test_a_missing_registry_fails(config: Path) -> None:
    (config.parent / "stamps.db").unlink()
    found = examine(config, 3)
    assert found["registry"][0] == "failed"
    assert "[registry.unavailable]" in found["registry"][1]


def test_what_stops_several_checks_is_one_finding(config: Path) -> None:
    (config.parent / "directory.json").unlink()
    (config.parent / "stamps.db").unlink()
    found = examine(config, 3)
    assert [what for what, (state, _) in found.items() if state == "failed"] == [
        "directory",
        "registry",
    ]
    assert found["signer"] == ("none", "not checked: first mend 'directory'")
    assert found["log"] == ("none", "not checked: first mend 'registry'")


def test_a_service_that_nobody_is_sent_to_is_warned_of(config: Path) -> None:
    assert examine(config)["endpoint"][0] == "none"
    text = config.read_text("utf-8").partition("\n[service]")[0]
    config.write_text(f'{text}\n[service]\naddress = "https://verify.example.com/"\n', "utf-8")
    assert examine(config)["endpoint"][0] == "warning"
    entry = config.parent / "directory.json"
    options = ("--endpoint", "https://verify.example.com", "--force", "--config", config)
    assert run_here("directory", "export", "-o", entry, *options).status == 0
    assert examine(config)["endpoint"][0] == "good"


def test_a_missing_key_fails(config: Path) -> None:
    (config.parent / "keys" / "signer.pem").unlink()
    assert examine(config, 3)["signer"][0] == "failed"


def test_secrets_that_others_may_read_are_warned_of(config: Path) -> None:
    names = ("account.key", "signer.pem")
    for name in names:
        (config.parent / "keys" / name).chmod(0o644)
    state, says = examine(config)["secrets"]
    assert state == "warning"
    assert all(name in says for name in names)


def test_another_log_than_was_seen_fails(config: Path, tmp_path: Path) -> None:
    other = project.create(tmp_path / "other", "Example AI")
    with load(other).open_registry(read_only=True) as registry:
        keeper = CheckpointKeeper(config.parent / "checkpoint.json", lambda: datetime.now(UTC))
        keeper.check(registry)
    state, says = examine(config, 3)["log"]
    assert state == "failed"
    assert "[registry.log_integrity]" in says


def test_another_log_key_than_that_which_signed_fails(config: Path) -> None:
    """The next stamp would be refused."""
    with load(config).open_registry() as registry:
        registry.append(record(1), b"store")
    assert examine(config)["log"][0] == "good"
    key = config.parent / "keys" / "log.pem"
    mode = key.stat().st_mode
    key.write_bytes(LogKey.generate().to_pem())
    key.chmod(mode)
    state, says = examine(config, 3)["log"]
    assert state == "failed"
    assert "registry.log_key" in says
    done = run_here("registry", "revoke", record(1).stamp_id, "--reason", "x", "--config", config)
    assert done.status == 3
    assert "name that one as log_key" in done.error_line


def test_keys_of_the_service_are_looked_at(config: Path) -> None:
    assert examine(config)["API keys"][0] == "none"
    name_keys(config)
    assert examine(config)["API keys"] == ("good", "0 count, 0 have ended")
    keys = config.parent / "keys" / "api.jsonl"
    ApiKeys(keys).grant("gallery", [Scope.STAMP])
    assert examine(config)["API keys"] == ("good", "1 count, 0 have ended")
    keys.write_text("no key\n", "utf-8")
    state, says = examine(config, 3)["API keys"]
    assert (state, "Line 1" in says) == ("failed", True)


def test_who_has_no_file_of_keys_learns_what_to_write(config: Path) -> None:
    done = run_here("keys", "grant", "gallery", "--scope", "stamp", "--config", config)
    assert done.status == 2
    assert 'keys = "keys/api.jsonl" into [service]' in done.error_line


def name_keys(config: Path) -> None:
    text = config.read_text("utf-8")
    config.write_text(text.replace('# keys = "keys', 'keys = "keys'), "utf-8")


def test_a_changed_access_log_fails(config: Path) -> None:
    path = config.parent / "access.jsonl"
    log = LookupLog(path)
    log.write(Caller("key 1"), "response", "a")
    log.write(Caller("key 1"), "response", "b")
    log.close()
    assert examine(config)["access log"] == ("good", "2 look-ups, none changed")
    path.write_bytes(path.read_bytes().replace(b'"a"', b'"c"'))
    assert examine(config, 3)["access log"][0] == "failed"


def test_an_authority_that_is_not_there_fails(config: Path) -> None:
    text = config.read_text("utf-8")
    config.write_text(text.replace("# tsa =", 'tsa = "http://127.0.0.1:9/"  #'), "utf-8")
    state, says = examine(config, 3)["time-stamp authority"]
    assert state == "failed"
    assert "[signing.timestamp]" in says
