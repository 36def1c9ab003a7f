"""What ``deploy/`` brings along: the compose file is whole, and its witness works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from provenance.cli import project
from provenance.registry import open_registry
from provenance.registry.checkpoint import Checkpoint
from provenance.signers import LogKey
from tests.cli.conftest import run_here
from tests.unit.registry.records import record

DEPLOY = Path(__file__).parents[2] / "deploy"


def test_what_the_compose_file_names_is_there() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = compose["services"]
    image = (DEPLOY / "Containerfile").read_text()
    made = image.partition("install -d ")[2].splitlines()[0].split()  # with the right owner
    assert set(services) == {"database", "service", "log", "witness"}
    for service in services.values():
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            if source.startswith("./"):
                assert source == "./data" or (DEPLOY / source).exists(), mount
            else:
                assert source in compose["volumes"]
                assert mount.split(":")[1] in made or service["image"] != "provenance", mount
        assert set(service.get("secrets", ())) <= set(compose["secrets"])
    assert services["witness"]["network_mode"] == "none"
    assert not {"database", "pgpass"} & set(services["witness"]["secrets"])


@pytest.mark.skipif(sys.platform == "win32", reason="it is a shell script for containers")
def test_the_witness_cosigns_a_log_that_grows_and_no_other(tmp_path: Path) -> None:
    config = project.create(tmp_path / "project", "Example AI")
    key_file = config.parent / "keys" / "log.pem"
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    (tmp_path / "witness.pem").write_bytes(LogKey.generate().to_pem())
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "provenance").write_text(f'#!/bin/sh\nexec {sys.executable} -m provenance "$@"\n')
    (programs / "provenance").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PROVENANCE_CONFIG": str(config),
        "EXCHANGE": str(exchange),
        "WITNESS_NAME": "witness.example.org",
        "WITNESS_KEY": str(tmp_path / "witness.pem"),
        "WITNESS_STATE": str(tmp_path / "state"),
        "LOG_KEY": run_here("registry", "key", "--config", config).out.strip(),
    }

    def run(what: str) -> int:
        command = ["sh", str(DEPLOY / "witness.sh"), what, "once"]
        return subprocess.run(command, env=environment, check=False, capture_output=True).returncode

    def append(number: int) -> None:
        with open_registry("sqlite:///stamps.db", key_file, base=config.parent) as registry:
            registry.append(record(number), b"store")

    def read() -> Checkpoint:
        return Checkpoint.parse((exchange / "cosigned").read_bytes())

    assert run("cosign") == 0  # nobody asked yet
    (exchange / "cosigned.new").touch()  # a round was cut off
    append(1)
    assert (run("ask"), run("cosign")) == (0, 0)
    assert (read().size, len(read().signatures)) == (1, 2)
    (config.parent / "before.db").write_bytes((config.parent / "stamps.db").read_bytes())
    append(2)
    assert (run("ask"), run("cosign"), read().size) == (0, 0, 2)
    (config.parent / "before.db").replace(config.parent / "stamps.db")
    append(3)  # another second entry
    (exchange / "cosigned").rename(exchange / "kept")
    assert run("ask") == 0
    assert run("cosign") == 4
    assert not (exchange / "cosigned").exists()
    environment["LOG_KEY"] = ""
    assert run("cosign") == 2
    assert run("nothing") == 2
