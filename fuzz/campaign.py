"""Verify many hostile files in a worker process, and hold each against the limits."""

from __future__ import annotations

import hashlib
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from fuzz import KEPT
from provenance import batch
from provenance.errors import InputError
from provenance.verify import Verifier

Item = tuple[str, bytes]
"""A file's bytes, and what to call it."""

MAX_SECONDS = 10.0
"""Processor time for one file. An unmarked picture costs half a second a megapixel."""

MAX_MEMORY = 2 * 2**30
"""Bytes that the worker may ever hold; one picture at the limit of pixels takes most."""

PROGRESS_EVERY = 500  # files

KILL_SECONDS = 60
KILL_MEMORY = 8 * 2**30


@dataclass(frozen=True)
class Outcome:
    """What came of one file, and what it cost."""

    said: str
    seconds: float
    memory: int


@dataclass(frozen=True)
class Verification:
    """The work of a worker, which the system ends at the limits of time and memory."""

    def open(self) -> Callable[[Item], Outcome]:
        """Build the verifier."""
        return partial(_outcome, Verifier())


def _outcome(verifier: Verifier, item: Item) -> Outcome:
    spent = time.process_time()
    for kind, limit in (
        (resource.RLIMIT_AS, KILL_MEMORY),
        (resource.RLIMIT_CPU, int(spent) + KILL_SECONDS),
    ):
        resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))
    try:
        verdict = verifier.verify(item[1])
        verdict.explain()
        said = str(verdict.to_json_dict()["state"])
    except InputError as error:
        said = error.code
    memory = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Outcome(said, time.process_time() - spent, memory)


@dataclass
class Report:
    """What came of all files."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    memory: int = 0

    def add(self, item: Item, answer: Outcome | batch.Failure) -> None:
        """Count one, and keep it if it broke a rule."""
        name, data = item
        if isinstance(answer, batch.Failure):
            self.outcomes["failed"] += 1
            self._fail(name, data, f"{answer.error} [{answer.error.code}]")
            return
        self.outcomes[answer.said] += 1
        self.slowest = max(self.slowest, (answer.seconds, name))
        self.memory = max(self.memory, answer.memory)
        if answer.said == "attributed":
            self._fail(name, data, "attributed, though nobody is trusted")
        if answer.seconds > MAX_SECONDS:
            self._fail(name, data, f"took {answer.seconds:.1f} s")
        if answer.memory > MAX_MEMORY:
            self._fail(name, data, f"a worker of {answer.memory / 2**20:.0f} MB")

    def _fail(self, name: str, data: bytes, why: str) -> None:
        file = KEPT / hashlib.sha256(data).hexdigest()[:16]
        KEPT.mkdir(exist_ok=True)
        file.write_bytes(data)
        self.failures.append(f"{name}: {why}; kept as {file}")

    def __str__(self) -> str:
        """Say the counts, the slowest and the largest, and every failure."""
        total = self.outcomes.total()
        counts = ", ".join(f"{count} {name}" for name, count in sorted(self.outcomes.items()))
        seconds, slowest = self.slowest
        return "\n".join(
            [
                f"{total} files: {counts}",
                f"slowest {seconds:.2f} s of processor time: {slowest}",
                f"peak memory of a worker {self.memory / 2**20:.0f} MB",
                *(f"FAILED {failure}" for failure in self.failures),
            ]
        )


def run(items: Iterable[Item], jobs: int = 1) -> Report:
    """Verify all files, each in a worker that may end on it; Ctrl-C keeps the results so far."""
    report = Report()
    try:
        for item, answer in batch.run(Verification(), items, jobs=jobs):
            report.add(item, answer)
            if report.outcomes.total() % PROGRESS_EVERY == 0:
                print(f"{report.outcomes.total()} done", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
    return report
