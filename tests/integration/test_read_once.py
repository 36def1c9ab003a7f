"""Each thing of a picture is read once, whichever command asks: counted where the work is done.

Calls are counted by the code that runs, so that it does not matter who imported what from where.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType

import c2pa
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFile

from provenance import fingerprint
from provenance.registry import Registry, open_registry
from tests.cli.conftest import run_here

QUESTIONS = (
    "by_id",
    "manifest_store",
    "inclusion",
    "count",
    "revocation",
    "revocation_inclusion",
    "near",
    "checkpoint",
    "check_extends",
    "contains",
    "records",
    "models",
    "model_number",
)
"""What a registry can be asked for; it answers some by asking itself, which does not count."""


@dataclass(frozen=True)
class Work:
    """How often one command did each kind of work."""

    decodes: int
    sdk_reads: int
    pdq_hashes: int
    questions: Counter[str]
    repeated: int  # questions that were asked before with the same arguments


ASKED_ONCE = Counter(
    check_extends=1,
    manifest_store=1,
    by_id=1,
    inclusion=1,
    count=1,
    revocation=1,
    revocation_inclusion=1,
    near=8,  # one for each orientation, whose hashes differ
)

# Trace asks more, once, for what its report names: whether the log holds the record of the picture
# that looks alike.
WORK = {
    "verify": Work(1, 2, 1, ASKED_ONCE, 0),
    "inspect": Work(1, 2, 1, ASKED_ONCE, 0),
    "trace": Work(1, 2, 1, ASKED_ONCE + Counter(manifest_store=1, by_id=1, inclusion=1), 0),
}


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory, photograph: NDArray[np.uint8]) -> Path:
    """A stamped JPEG in a studio with registry, directory and trust.

    The log was seen before, and holds a record of another picture that looks alike.
    """
    folder = tmp_path_factory.mktemp("read_once") / "studio"
    original, stamped = folder / "original.jpg", folder / "stamped.jpg"
    config = ("--config", folder / "provenance.toml")
    assert run_here("init", folder, "--producer", "Example AI").status == 0
    Image.fromarray(photograph).save(original, quality=95)
    for file in (folder / "alike.jpg", stamped):
        assert run_here("stamp", original, "-o", file, "--model", "m", *config).status == 0
    assert run_here("verify", stamped, *config).status == 0
    return stamped


@pytest.mark.parametrize("command", WORK)
def test_each_thing_is_read_so_many_times(command: str, stamped: Path, tmp_path: Path) -> None:
    folder = stamped.parent
    options = ("--case", "1", "-o", tmp_path / "case") if command == "trace" else ()
    registry = open_registry("sqlite:///stamps.db", create=True, base=folder)
    with counted(registry) as work:
        done = run_here(command, stamped, *options, "--config", folder / "provenance.toml")
    assert done.status == 0, done.err
    assert work() == WORK[command]


@contextmanager
def counted(registry: Registry) -> Iterator[Callable[[], Work]]:
    """Count the calls of what reads, in this thread."""
    questions = {getattr(type(registry), name).__code__: name for name in QUESTIONS}
    functions = (fingerprint.pdq, fingerprint.pdq_turned, fingerprint.pdq_variants)
    hashing = {function.__code__ for function in functions}
    counts: Counter[str] = Counter()
    asked: Counter[tuple[object, ...]] = Counter()

    def look(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event != "call":
            return
        if code is c2pa.Reader.__init__.__code__:
            counts["sdk"] += 1
        elif code is ImageFile.ImageFile.load.__code__:
            counts["decode"] += bool(frame.f_locals["self"].tile)  # none is left once it is decoded
        elif code in hashing:
            counts["pdq"] += not called_from(frame, hashing)
        elif code in questions and not called_from(frame, questions.keys()):
            _, *arguments = frame.f_locals.values()
            asked[questions[code], *arguments] += 1

    def work() -> Work:
        names: Counter[str] = Counter()
        for (name, *_), times in asked.items():
            names[str(name)] += times
        repeated = asked.total() - len(asked)
        return Work(counts["decode"], counts["sdk"], counts["pdq"], names, repeated)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield work
    finally:
        sys.setprofile(before)


def called_from(frame: FrameType, codes: Container[CodeType]) -> bool:
    """Whether one of these functions called this one, directly or not."""
    caller = frame.f_back
    while caller is not None and caller.f_code not in codes:
        caller = caller.f_back
    return caller is not None
