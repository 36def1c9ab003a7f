"""The schemas that are shipped describe what the commands print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from provenance.schemas import list_schemas, read_schema

if TYPE_CHECKING:
    from tests.cli.conftest import Command


def check(name: str, text: str) -> list[dict[str, Any]]:
    """Check each line against the schema; what is there and what is described are the same."""
    schema = json.loads(read_schema(name))
    lines = [json.loads(line) for line in text.splitlines()]
    assert lines
    for line in lines:
        Draft202012Validator(schema).validate(line)
        assert set(line) <= set(schema["properties"])
    return lines


@pytest.mark.parametrize("name", list_schemas())
def test_each_is_a_schema_and_is_printed(name: str, command: Command) -> None:
    done = command("schema", name)
    assert done.status == 0
    found = json.loads(done.out)
    assert found == json.loads(read_schema(name))
    Draft202012Validator.check_schema(found)
    assert found["$id"] == f"urn:unlisted.provenance:schema:{name}:1"


def test_they_are_listed(command: Command) -> None:
    listed = command("schema").out
    assert [line.split()[0] for line in listed.splitlines()[1:]] == list_schemas()


def test_an_unknown_name(command: Command) -> None:
    done = command("schema", "nothing")
    assert (done.status, done.out) == (2, "")
    assert "use one of audit, " in done.err


def test_what_is_printed_fits(
    command: Command, own_studio: Path, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(own_studio)
    stamped, missing = tmp_path / "stamped.png", str(tmp_path / "missing.png")
    options = ("-o", stamped, "--model", "m", "--json")
    (line,) = check("stamping", command("stamp", photo, *options).out)
    check("stamping", command("stamp", missing, "-o", tmp_path / "x.png", *options[2:]).out)
    for name, verb in (("verdict", "verify"), ("inspection", "inspect"), ("hash", "hash")):
        check(name, command(verb, stamped, photo, missing, "--json").out)
    check("verdict", command("verify", stamped, "--depth", "manifest", "--json").out)
    check("record", command("registry", "list", "--json").out)
    check("record", command("registry", "show", line["stamp_id"], "--json").out)
    check("log", command("registry", "show", "--json").out)
    check("audit", command("registry", "audit", "--json").out)
    check("key", command("keys", "--json").out)
    check("entry", command("directory", "show", "--json").out)
    check("doctor", command("doctor", "--offline", "--json").out)
    command("directory", "signpost", "-o", tmp_path / "signpost.json")
    check("signpost", (tmp_path / "signpost.json").read_text())
    command("trace", stamped, "--case", "c", "-o", tmp_path / "case")
    (report,) = (tmp_path / "case").rglob("report.json")
    check("trace", json.dumps(json.loads(report.read_text())))
