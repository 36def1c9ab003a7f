"""An interrupted run goes on after its last whole line."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.errors import OutputNotWritableError
from provenance.files import append_json_lines, read_json_lines

WHOLE = b'{"n": 0}\n{"n": "\\u00e4"}\n'


@pytest.mark.parametrize("cut_off", [b"", b'{"n": 2', b'{"n": 2}', b"[2]\n", b"\xff\n"])
def test_only_whole_lines_count_and_the_rest_is_cut_off(tmp_path: Path, cut_off: bytes) -> None:
    file = tmp_path / "results.jsonl"
    file.write_bytes(WHOLE + cut_off)
    before = read_json_lines(file)
    assert before.lines == ({"n": 0}, {"n": "ä"})
    assert before.size == len(WHOLE)
    with append_json_lines(file, before.size) as write:
        write({"n": 2})
    assert file.read_bytes() == WHOLE + b'{"n": 2}\n'


def test_a_run_that_writes_nothing_makes_no_file(tmp_path: Path) -> None:
    with append_json_lines(tmp_path / "results.jsonl", 0):
        pass
    assert not list(tmp_path.iterdir())


def test_refusals_are_errors_of_ours(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputNotWritableError, match="folder does not exist"),
        append_json_lines(tmp_path / "none" / "results.jsonl", 0) as write,
    ):
        write({})
