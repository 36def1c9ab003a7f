"""Do a job's shards: one after the other here, or wherever an engine calls a ``ShardWorker``."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from provenance.integrations.bulk.job import Job
from provenance.integrations.bulk.plan import Plan, open_plan, read_shard
from provenance.integrations.bulk.rows import Row
from provenance.integrations.bulk.table import make_schema, write_table
from provenance.meter import Meter

STAMPED = "stamped"


@dataclass(frozen=True)
class ShardDone:
    """A shard whose results are written: how many of which kind, and what it took.

    Attributes
    ----------
    kinds
        Verdicts by state, stamps as "stamped", and errors by their code.
    seconds, processor_seconds
        How long it took, and what this process spent on it, without its isolated worker.
    """

    number: int
    kinds: dict[str, int]
    seconds: float
    processor_seconds: float


@dataclass(frozen=True)
class Report:
    """What came of a run.

    Attributes
    ----------
    plan
        The whole job.
    kinds
        How many of which kind this run did.
    earlier
        Shards that earlier runs had done.
    seconds, processor_seconds
        How long it took, and what the processes spent that did the shards.
    """

    plan: Plan
    kinds: Counter[str] = field(default_factory=Counter)
    earlier: int = 0
    seconds: float = 0.0
    processor_seconds: float = 0.0


class ShardWorker:
    """Does shards of one job in one process; what that needs is built for the first one.

    Engines build one per process and call it with the numbers of shards, each as often as they
    like: one that is done is not done again, and one that was half done leaves nothing twice.
    """

    def __init__(self, job: Job, run: str) -> None:
        self.job = job
        self._run = run
        self._handle: Callable[[str], Row] | None = None

    def __call__(self, number: int) -> ShardDone:
        """Do a shard and write its results.

        Raises
        ------
        ProvenanceError
            Registry, signer or store did not do their part: do the shard again later.
        """
        begun, spent = time.perf_counter(), time.process_time()
        out = self.job.open_store(self.job.out)
        kinds: Counter[str] = Counter()
        if not out.exists(name_results(number)):
            if self._handle is None:
                self._handle = self.job.open_handle(self._run)
            rows = [self._handle(name) for name in read_shard(self.job, number)]
            work = self.job.work
            out.write(name_results(number), write_table(rows, work.columns, work.schema))
            kinds.update(map(classify, rows))
        seconds, spent = time.perf_counter() - begun, time.process_time() - spent
        return ShardDone(number, dict(kinds), seconds, spent)


def name_results(number: int) -> str:
    """Name the file of a shard's results."""
    return f"results/{number:08}.parquet"


def classify(row: Row) -> str:
    """Name the kind of a row: its state, its error, or that it was stamped."""
    return str(row["error_code"] or row.get("state") or STAMPED)


def list_pending(job: Job, plan: Plan) -> list[int]:
    """List the shards that have no results yet."""
    out = job.open_store(job.out)
    return [number for number in range(plan.shards) if not out.exists(name_results(number))]


def run(
    job: Job,
    names: Iterable[str] | None = None,
    *,
    tell: Callable[[str], object] | None = None,
) -> Report:
    """Do what is left of a job in this process.

    ``names`` are as of ``open_plan``. ``tell`` is called after each shard with how far the run is.

    Raises
    ------
    ConfigError
        ``job.out`` holds another job, an extra is missing, or the config does not serve.
    ProvenanceError
        Registry, signer or store did not do their part; the same call goes on from there.
    """
    return follow(job, names, lambda plan, pending: map(ShardWorker(job, plan.run), pending), tell)


def follow(
    job: Job,
    names: Iterable[str] | None,
    start: Callable[[Plan, list[int]], Iterator[ShardDone]],
    tell: Callable[[str], object] | None,
) -> Report:
    """Plan a job, start what is left of it, and count what is done."""
    make_schema(job.work.columns, job.work.schema)  # what is missing shows before any work
    begun = time.monotonic()
    plan = open_plan(job, names)
    pending = list_pending(job, plan)
    earlier = plan.shards - len(pending)
    meter = Meter(min(len(pending) * job.shard, plan.objects))
    spent = 0.0
    for done in start(plan, pending):
        spent += done.processor_seconds
        for kind, count in done.kinds.items():
            meter.count(kind, count)
        if tell is not None:
            tell(meter.describe())
    return Report(plan, meter.kinds, earlier, time.monotonic() - begun, spent)
