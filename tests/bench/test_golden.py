"""Comparing builds: what is masked, what counts as a difference, and the figures of the sources."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from bench.golden import compare, mask
from bench.golden.build import Build
from bench.structure import function_lines, imported, in_circles

REPOSITORY = Path(__file__).resolve().parents[2]


def row(output: Any, **changed: Any) -> dict[str, Any]:
    return {"status": 0, "err": "", "output": [output], "seconds": 1.0, **changed}


def found(before: Any, after: Any) -> list[tuple[str, str, str]]:
    rows = ({("verify", "00/fresh"): each} for each in (before, after))
    return [(each.place, each.before, each.after) for each in compare.differences(*rows)]


def test_only_the_time_of_the_run_and_the_version_are_masked() -> None:
    report = {
        "examined": "2026-11-29T17:54:18Z",
        "verdict": {"origin": {"created": "2026-11-29T17:54:14Z"}, "examined": "kept"},
        "custody": [{"time": "now", "says": "Examination begun with provenance 0.1.0."}],
        "letters": [{"text": "From:  x\nDate:     2026-11-29\nCase:     1"}],
        "method": {"tool": {"name": "provenance", "version": "0.1.0"}, "command": "provenance"},
    }
    assert mask.masked(report) == {
        "examined": "***",
        "verdict": report["verdict"],
        "custody": [{"time": "***", "says": "Examination begun with provenance ***."}],
        "letters": [{"text": "From:  x\nDate:     ***\nCase:     1"}],
        "method": {"tool": {"name": "provenance", "version": "***"}, "command": "provenance"},
    }


def test_what_is_said_alike_is_no_difference() -> None:
    assert found(row({"a": [1, 2]}), row({"a": [1, 2]}, seconds=2.0)) == []


def test_every_value_that_differs_is_listed_by_its_place() -> None:
    before, after = row({"a": [{"b": 1}, {"b": 2}]}), row({"a": [{"b": 1}, {"b": 2.0}]}, status=4)
    assert found(before, after) == [("status", "0", "4"), ("output[].a[].b", "2", "2.0")]


def test_another_order_of_keys_is_a_difference() -> None:
    ((place, *_),) = found(row({"a": 1, "b": 2}), row({"b": 2, "a": 1}))
    assert place == "(order of keys)"


def test_a_missing_row_is_a_difference() -> None:
    (missing,) = compare.differences({("verify", "00/fresh"): row(1)}, {})
    assert missing.after == compare.ABSENT


def test_differences_are_shown_in_groups() -> None:
    names = ("00/fresh", "01/fresh")
    before, after = ({("verify", name): row(each) for name in names} for each in (1, 2))
    lines = list(compare.show(list(compare.differences(before, after))))
    assert lines[:2] == ["verify output[]: 2 times, 1 changes", "  2 x, such as 00/fresh"]


def test_a_build_answers_as_its_command_line(tmp_path: Path) -> None:
    with Build(REPOSITORY, tmp_path) as build:
        missing = build.run("verify", "missing.png", "--json")
        assert (missing.status, json.loads(missing.out)["error"]["code"]) == (5, "input.unreadable")
        assert build.run("--version").out.startswith("provenance")


def test_docstrings_are_no_lines_of_functions() -> None:
    source = 'def f():\n    """One\n    two."""\n    return 1\n'
    assert list(function_lines(ast.parse(source))) == [2]


def test_circles_go_over_others() -> None:
    assert in_circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == {"b", "c"}


def test_imports_lead_to_the_module_that_holds_a_name() -> None:
    tree = ast.parse("from p.x import f\nfrom p import y\nimport p.z, os")
    known = dict.fromkeys(("p", "p.x", "p.y", "p.z"))
    assert imported(tree, known) == {"p.x", "p.y", "p.z"}
