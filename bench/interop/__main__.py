"""Run all readers over our stamps, ours over theirs, and write the table."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import c2pa

from bench.interop.readers import (
    KNOWN_FAULTS,
    READERS,
    SCRIPTS,
    Answer,
    Reader,
    read_answers,
)
from bench.interop.samples import write_samples
from bench.interop.table import write_table
from provenance.manifest import ANY_TYPE, Trust, sdk

HERE = Path(__file__).resolve().parents[2]
CACHE = Path(".venv-interop")
RUBRICS = ("asset-rubric-conformance0.2-spec2.4.yml", "asset-rubric-integrity.yml")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".tif", ".tiff", ".dng", ".gif")

Answers = dict[str, dict[str, Answer]]


def main() -> None:
    """Install, run, write; fails where a reader calls a stamp of ours invalid."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the readers are installed")
    parser.add_argument("--rubrics", type=Path, help="asset-rubrics of c2pa-org/conformance-public")
    parser.add_argument("--theirs", type=Path, action="append", default=[], help="files of others")
    parser.add_argument("--before", type=Path, help="checkout of an earlier build, for a column")
    parser.add_argument("--out", type=Path, default=Path("docs/interop.md"))
    options = parser.parse_args()
    cache = options.cache.resolve()
    for reader in READERS:
        reader.install(cache)
    with TemporaryDirectory() as folder:
        anchors, samples = write_samples(Path(folder))
        trust = Trust.from_pem(anchors.read_bytes())
        files = [Path(folder) / name for name in samples]
        ours = ask_readers(cache, anchors, files)
        ours |= {
            f"rubric {each.removesuffix('.yml').removeprefix('asset-rubric-')}": ask_rubric(
                cache, options.rubrics, each, files, trust
            )
            for each in (RUBRICS if options.rubrics else ())
        }
        found = [f for each in options.theirs for f in sorted(each.rglob("*"))]
        others = [file for file in found if file.suffix.lower() in SUFFIXES]
        theirs = ask_readers(cache, anchors, others) if others else {}
        builds = {"this program": HERE}
        if options.before:
            builds = {f"this program, build {read_commit(options.before)}": options.before} | builds
        if others:
            theirs |= {name: ask_ourselves(others, build) for name, build in builds.items()}
    options.out.write_text(write_table(ours, theirs), encoding="utf-8")
    refused = list(list_refused(ours))
    raise SystemExit("\n".join(refused) or None)


def ask_readers(cache: Path, anchors: Path, files: Sequence[Path]) -> Answers:
    """Let every reader judge every file."""
    return {title(each): each.read(cache, anchors, files) for each in READERS}


def read_commit(checkout: Path) -> str:
    """Return the short name of the commit that is checked out."""
    command = ["git", "-C", str(checkout), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def title(reader: Reader) -> str:
    """Name a reader with its version."""
    return f"{reader.name} {reader.version}"


def ask_rubric(
    cache: Path, folder: Path, rubric: str, files: Iterable[Path], trust: Trust
) -> dict[str, Answer]:
    """Hold what the SDK says of our stamps against a rubric of the conformance programme."""
    written = []
    for file in files:
        report = file.with_name(f"{file.name}.json")
        context = sdk._context(os.getpid(), trust, False)  # noqa: SLF001
        with file.open("rb") as stream, c2pa.Reader(ANY_TYPE, stream, context=context) as reader:
            report.write_text(reader.crjson())
        written.append(report)
    python = cache / "rubric" / "bin" / "python"
    command: list[str | Path] = [python, SCRIPTS / "rubric.py", folder.resolve(), rubric, *written]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return {name.removesuffix(".json"): each for name, each in read_answers(run.stdout).items()}


def ask_ourselves(files: Sequence[Path], build: Path = HERE) -> dict[str, Answer]:
    """Say what a build of this program, by its checkout, finds in files, with nobody trusted."""
    command: list[str | Path] = [sys.executable, SCRIPTS / "this_program.py", *files]
    environment = {**os.environ, "PYTHONPATH": str(build.resolve() / "src")}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return read_answers(run.stdout)


def list_refused(ours: Mapping[str, Mapping[str, Answer]]) -> Iterable[str]:
    """Yield what a reader calls wrong about our stamps."""
    for reader, answers in ours.items():
        for name, answer in answers.items():
            known = any(reader == who and f"-{kind}." in name for who, kind in KNOWN_FAULTS)
            if answer.state in ("invalid", "error") and not known:
                yield f"{reader} says of {name}: {answer.state} {', '.join(answer.codes)}."


if __name__ == "__main__":
    main()
