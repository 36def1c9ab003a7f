"""Run a build over a set and a corpus, and write down what it says: one JSON object a line."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.golden import cases
from bench.golden.build import Build, Done
from bench.golden.cases import Case
from bench.golden.mask import masked, masked_lines, without_paths

Row = dict[str, Any]
REPORT = "report.json"


@dataclass(frozen=True)
class Plan:
    """What is run over what; ``match`` is searched in the names of cases."""

    sources: Path
    made: Path
    corpus: Path | None = None
    match: str = ""
    jobs: int = 1

    def cases(self) -> list[Case]:
        found = cases.load(self.made)
        if self.corpus:
            found += cases.of_corpus(self.corpus)
        return [case for case in found if re.search(self.match, case.name)]


def run(plan: Plan, out: Path) -> int:
    """Write a row for each command and case, in the order of the cases; return how many."""
    found = plan.cases()
    left = iter(found)  # each process takes the next case when it is done with one
    with ThreadPoolExecutor(plan.jobs) as pool:
        shares = [
            pool.submit(_share, plan, found[0], left) for _ in range(plan.jobs if found else 0)
        ]
        rows = [row for share in shares for row in share.result()]
    place = {case.name: number for number, case in enumerate(found)}
    rows.sort(key=lambda row: (place[row["case"]], row["command"]))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return len(rows)


def _share(plan: Plan, first: Case, left: Iterator[Case]) -> list[Row]:
    """Work on a copy of the set: commands keep checkpoints, and a registry may get side files."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder).resolve() / "set"
        shutil.copytree(plan.made, copy)
        with Build(plan.sources, copy) as build:
            list(_examined(plan, build, replace(first, commands=cases.COMMANDS)))  # loads modules
            rows: list[Row] = []
            for case in left:
                rows += _examined(plan, build, case)
                _show(case)
            return rows


def _show(case: Case) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{case.name[:70]:70}")


def _examined(plan: Plan, build: Build, case: Case) -> Iterator[Row]:
    folders = [(build.folder, "SET")]
    if plan.corpus:
        folders.append((plan.corpus, "CORPUS"))
    for command in case.commands:
        for kept in plan.made.glob(cases.CHECKPOINTS):
            shutil.copy2(kept, build.folder / kept.relative_to(plan.made))
        done, output = _asked(build, command, case, folders)
        yield {
            "command": command,
            "case": case.name,
            "status": done.status,
            "err": without_paths(done.err, folders),
            "output": output,
            "seconds": done.seconds,
        }


def _asked(
    build: Build, command: str, case: Case, folders: list[tuple[Path, str]]
) -> tuple[Done, list[Any]]:
    if command != "trace":
        done = build.run(command, case.picture, "--json", *case.options)
        return done, masked_lines(without_paths(done.out, folders))
    folder = build.folder / "case"
    done = build.run(command, case.picture, "--case", case.name, "-o", "case", *case.options)
    if not folder.exists():
        return done, []
    report = without_paths((folder / REPORT).read_text(), folders)
    shutil.rmtree(folder)
    return done, [masked(json.loads(report))]
