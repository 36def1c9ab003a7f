"""``provenance export``: a case folder as CASE/UCO."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from provenance import hashlists

if TYPE_CHECKING:
    from tests.cli.conftest import Command


def ids(value: Any) -> set[str]:
    """All names that an object refers to."""
    if isinstance(value, dict):
        own = {value["@id"]} if set(value) == {"@id"} else set()
        return own.union(*(ids(each) for each in value.values()))
    if isinstance(value, list):
        return set().union(*(ids(each) for each in value))
    return set()


def test_a_case_folder_becomes_a_graph(
    command: Command, studio: Path, stamped: Path, tmp_path: Path
) -> None:
    folder, file = tmp_path / "case", tmp_path / "case.jsonld"
    config = ("--config", studio / "provenance.toml")
    assert command("trace", stamped, "--case", "GI-7", "-o", folder, *config).status == 0
    done = command("export", folder, "-o", file)
    assert (done.status, done.err) == (0, "")
    written = json.loads(file.read_text())
    graph = written["@graph"]
    kinds = {node["@type"] for node in graph}
    assert {kind.split(":")[0] for kind in kinds} <= set(written["@context"])
    assert {"case-investigation:Investigation", "uco-observable:File", "uco-tool:Tool"} <= kinds
    assert ids(graph) <= {node["@id"] for node in graph}
    (found,) = [node for node in graph if node["@type"] == "uco-observable:File"]
    digest = hashlib.sha256(stamped.read_bytes()).hexdigest().upper()
    assert digest in json.dumps(found)
    (note,) = [node for node in graph if node["@type"] == "uco-core:Annotation"]
    assert note["uco-core:tag"] == ["attributed"]
    command("export", folder, "-o", file).failed_with(2, "output.exists")


def test_the_same_report_gives_the_same_graph(
    command: Command, photo: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "case"
    command("trace", photo, "--case", "GI-7", "-o", folder)
    for name in ("a.jsonld", "b.jsonld"):
        assert command("export", folder, "-o", tmp_path / name).status == 0
    assert (tmp_path / "a.jsonld").read_bytes() == (tmp_path / "b.jsonld").read_bytes()


def test_known_copies_of_a_case_become_a_list(
    command: Command, photo: Path, tmp_path: Path
) -> None:
    """A platform that holds the list finds the same file, and the same picture in another one."""
    folder, file = tmp_path / "case", tmp_path / "copies.json"
    assert command("trace", photo, "--case", "GI-7", "-o", folder).status == 1  # of no origin
    done = command("export", folder, "-o", file, "--known-copies")
    assert (done.status, done.err) == (0, "")
    (record,) = hashlists.load(file).records
    assert record.key == ("sha256", hashlib.sha256(photo.read_bytes()).hexdigest())
    assert record.cases == ("GI-7",)
    assert {kind for kind, _ in record.also} == {"md5", "pdq"}
    copy = tmp_path / "copy.jpg"
    with Image.open(photo) as image:
        image.convert("RGB").save(copy, quality=80)
    for shown, found in ((photo, "same_file"), (copy, "alike")):
        line = json.loads(command("hash", shown, "--list", file, "--json").out)
        assert found in json.dumps(line["matches"]), line
    command("export", folder, "-o", file, "--known-copies").failed_with(2, "output.exists")


def test_what_is_not_a_report_is_refused(command: Command, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonld"
    command("export", tmp_path, "-o", out).failed_with(5, "input.unreadable")
    for text in ("[]", "{", '{"case": "x"}', '{"case": "x", "method": 1}'):
        (tmp_path / "report.json").write_text(text)
        command("export", tmp_path, "-o", out).failed_with(5, "input.unreadable")
    assert not out.exists()
