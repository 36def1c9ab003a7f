"""What a case folder holds, what it never holds, and that it can be made again."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provenance import hashchain
from provenance.case import CaseFile, Clock, Consulted, Source, Tracer, write
from provenance.case.folder import seal
from provenance.errors import (
    ConfigError,
    CorruptImageError,
    OutputExistsError,
    UnreadableInputError,
)
from provenance.verify import Verifier

EPOCH = {"SOURCE_DATE_EPOCH": "1772366400"}


def report(case: CaseFile) -> dict[str, object]:
    found = json.loads(case.files["report.json"])
    assert isinstance(found, dict)
    return found


def test_a_fixed_time_gives_the_same_folder_except_for_signatures(
    tracer: Tracer, picture: bytes
) -> None:
    ticks = itertools.count()
    moving = Verifier(clock=lambda: datetime.now(UTC) + timedelta(hours=next(ticks)))
    fixed = replace(tracer, verifier=moving, clock=Clock.from_environment(EPOCH))
    first, second = (fixed.trace(Source(lambda: picture), "1").files for _ in range(2))
    assert "report.pdf" in first
    different = {name for name in first if first[name] != second[name]}
    assert first.keys() == second.keys()
    assert different <= {seal.SIGNATURE}


def test_a_fixed_time_is_said_to_be_no_clock(tracer: Tracer, picture: bytes) -> None:
    case = replace(tracer, clock=Clock.from_environment(EPOCH)).trace(Source(lambda: picture), "1")
    assert "SOURCE_DATE_EPOCH" in str(report(case)["clock"])
    assert report(case)["examined"] == "2026-03-01T12:00:00Z"


def test_a_fixed_time_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="SOURCE_DATE_EPOCH"):
        Clock.from_environment({"SOURCE_DATE_EPOCH": "today"})


def test_the_machines_clock_is_named() -> None:
    clock = Clock.from_environment({})
    assert "machine" in clock.source
    assert clock.now().tzinfo is not None


def test_a_name_is_nowhere_unless_it_is_wanted(tracer: Tracer, picture: bytes) -> None:
    case = tracer.trace(Source(lambda: picture), "1")
    assert report(case)["exhibits"][0]["input"]["name"] is None  # type: ignore[index]
    named = tracer.trace(Source(lambda: picture, name="jane-doe.png"), "1")
    held = {name for name, data in named.files.items() if b"jane-doe" in data}
    assert held >= {"report.json", "report.html"}


def test_the_custody_log_is_a_chain_of_every_step(case: CaseFile) -> None:
    entries, _ = hashchain.verify(case.files["custody.jsonl"].splitlines())
    steps = [entry["step"] for entry in entries]
    assert steps[:5] == ["begun", "clock", "opened", "consulted", "examined"]
    written = {entry["file"] for entry in entries if entry["step"] == "written"}
    assert written == case.files.keys() - {"custody.jsonl", *seal.FILES}


def test_the_custody_log_names_only_what_was_consulted(tracer: Tracer, picture: bytes) -> None:
    def said(consulted: Consulted, verifier: Verifier) -> str:
        own = replace(tracer, consulted=consulted, verifier=verifier)
        files = own.trace(Source(lambda: picture), "1").files
        entries, _ = hashchain.verify(files["custody.jsonl"].splitlines())
        return str(next(each["says"] for each in entries if each["step"] == "consulted"))

    assert said(Consulted(), Verifier()) == (
        "No trust anchors, directory or registry are configured, so none were consulted."
    )
    known = Consulted(anchors=("a.pem: 00",), directories=("d.json: 00",))
    assert said(known, tracer.verifier).endswith("consulted: trust anchors and directories.")


def test_a_picture_that_changes_meanwhile_is_refused(tracer: Tracer, picture: bytes) -> None:
    with pytest.raises(UnreadableInputError, match="changed"):
        tracer.trace(Source(lambda: picture, again=lambda: picture + b"x"), "1")


def test_no_file_holds_the_picture(case: CaseFile, picture: bytes) -> None:
    for data in case.files.values():
        assert picture[33:] not in data  # its chunks after the header
        assert b"data:image" not in data
        assert b"/Subtype /Image" not in data
        assert b"/Subtype/Image" not in data


def test_what_is_no_picture_gives_no_report(tracer: Tracer) -> None:
    with pytest.raises(CorruptImageError):
        tracer.trace(Source(lambda: b"\x89PNG\r\n\x1a\n" + bytes(40)), "1")


def test_a_folder_is_never_written_into(
    case: CaseFile, written: Callable[..., Path], tmp_path: Path
) -> None:
    folder = written(case)
    before = sorted(folder.iterdir())
    with pytest.raises(OutputExistsError):
        write(case, folder)
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(OutputExistsError):
        write(case, tmp_path / "dangling")
    assert sorted(folder.iterdir()) == before
    assert not list(tmp_path.glob(".provenance*"))
