"""What ``deploy/`` brings along: the compose file is whole, and its witness works."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from provenance.cli import project
from provenance.cli.main import cli
from provenance.registry import open_registry
from provenance.registry.checkpoint import Checkpoint
from provenance.signers import LogKey
from tests.cli.conftest import run_here
from tests.unit.registry.records import record

REPOSITORY = Path(__file__).parents[2]
DEPLOY = REPOSITORY / "deploy"
CONTAINERFILES = sorted(DEPLOY.glob("Containerfile*"))
GPL = {"pillow-heif", "pi-heif", "av"}  # packages whose wheels bundle x265 or x264


def read_steps(file: Path) -> list[tuple[str, str]]:
    """The instructions of a Containerfile, each with its words on one line."""
    text = re.sub(r"^#.*\n", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.split()[0], line.partition(" ")[2]) for line in lines if line.strip()]


@pytest.mark.parametrize("file", CONTAINERFILES, ids=lambda file: file.name)
def test_what_an_image_is_made_of_is_there(file: Path) -> None:
    steps = read_steps(file)
    context = REPOSITORY if file.name == "Containerfile" else DEPLOY
    copied = [
        source
        for step, words in steps
        if step == "COPY" and "--from" not in words
        for source in [word for word in words.split() if not word.startswith("--")][:-1]
    ]
    assert copied
    for source in copied:
        assert (context / source).exists() or source == "dist/*.whl", source  # make wheel
    assert not any(
        "--chmod" in words or "--mount" in words for _, words in steps
    )  # BuildKit's alone
    # without a base that the builder may choose, nobody could build apart from one registry
    assert steps[0][0] == "ARG"
    assert {words.split()[0] for step, words in steps if step == "FROM"} == {"${BASE}"}
    assert "HEALTHCHECK" not in dict(steps)  # images in OCI's format drop it


def test_the_image_that_is_passed_on_has_nothing_under_the_gpl() -> None:
    arguments = dict(
        words.split("=", 1) for step, words in read_steps(DEPLOY / "Containerfile") if step == "ARG"
    )
    extras = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    assert arguments["EXTRAS"] == "container"
    bundled = {"formats", "video"}
    assert all(any(name in asked for name in GPL) for each in bundled for asked in extras[each])
    assert not bundled & set(re.split(r"[\[\],]", extras["container"][0]))
    lock = (REPOSITORY / "locks" / "container.txt").read_text(encoding="utf-8")
    packages = set(re.findall(r"^([a-z0-9-]+)(?:\[.*?\])?==", lock, re.MULTILINE))
    assert "fastapi" in packages
    assert not GPL & packages


def test_the_image_starts_a_command_that_there_is() -> None:
    steps = dict(read_steps(DEPLOY / "Containerfile"))
    program, name, *options = json.loads(steps["CMD"])
    assert program == "provenance"
    command = cli.get_command(cli.make_context(program, [name]), name)
    assert command is not None
    assert command.make_context(name, options).params["port"] == int(steps["EXPOSE"])
    assert steps["USER"] == "10001"


def test_what_the_compose_file_names_is_there() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = compose["services"]
    for service in services.values():
        if service["image"] == "provenance":  # a shell as process 1 ignores SIGTERM
            assert (service["init"], service["read_only"], service["cap_drop"]) == (
                True,
                True,
                ["ALL"],
            )
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
    scripts = {service["command"][0] for service in services.values() if "command" in service}
    assert scripts == {"/witness.sh"}


@pytest.mark.skipif(sys.platform == "win32", reason="they are shell scripts for containers")
@pytest.mark.parametrize("script", sorted(DEPLOY.glob("*.sh")), ids=lambda script: script.name)
def test_a_script_is_whole_and_may_be_started(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0


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
    assert run("ask") == 0
    assert not (exchange / "request").exists()  # the log is empty, and nobody signs an empty log
    (exchange / "cosigned.new").touch()  # a round was cut off
    append(1)
    assert (run("ask"), run("cosign")) == (0, 0)
    assert (read().size, len(read().signatures)) == (1, 2)
    (config.parent / "before.db").write_bytes((config.parent / "stamps.db").read_bytes())
    append(2)
    assert (run("ask"), run("cosign"), read().size) == (0, 0, 2)
    assert run("cosign") == 0  # what was answered is not taken for a new request
    (config.parent / "before.db").replace(config.parent / "stamps.db")
    append(3)  # another second entry
    (exchange / "cosigned").rename(exchange / "kept")
    assert run("ask") == 0
    assert run("cosign") == 4
    assert not (exchange / "cosigned").exists()
    environment["LOG_KEY"] = ""
    assert run("cosign") == 2
    assert run("nothing") == 2
