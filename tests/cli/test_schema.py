"""The schemas that are shipped describe what the commands print."""

from __future__ import annotations

import json
from collections.abc import Iterator
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
        assert list(find_undescribed(line, schema, schema)) == []
    return lines


def find_undescribed(value: Any, schema: Any, root: Any, path: str = "") -> Iterator[str]:
    """Yield the keys that a schema leaves out where it lists keys, at any depth."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    if value is not None and "anyOf" in schema:
        schema, *_ = (each for each in schema["anyOf"] if each.get("type") != "null")
        yield from find_undescribed(value, schema, root, path)
    elif isinstance(value, dict) and "properties" in schema:
        for key, each in value.items():
            if key not in schema["properties"]:
                yield f"{path}.{key}"
            else:
                below = schema["properties"][key]
                yield from find_undescribed(each, below, root, f"{path}.{key}")
    elif isinstance(value, list):
        for each in value:
            yield from find_undescribed(each, schema.get("items", {}), root, f"{path}[]")


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


def test_a_report_holds_verdicts_as_they_are_described_elsewhere() -> None:
    """All but the part of a document and what was expected, which no report has."""
    verdict, trace = (json.loads(read_schema(name)) for name in ("verdict", "trace"))
    for name, each in verdict["$defs"].items():
        assert trace["$defs"][name] == each, name
    inside = trace["$defs"]["exhibit"]["properties"]["verdict"]["properties"]
    assert {**verdict["properties"], **inside} == verdict["properties"]
    assert set(verdict["properties"]) - set(inside) == {"place", "unmet"}
