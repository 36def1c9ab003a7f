"""Bulk jobs on Ray: actors of Ray Data do the shards, on as many machines as there are.

    report = run(Job("s3://uploads", "s3://results/november", Verifying(), "provenance.toml"))

Ray only hands out numbers of shards. It does a shard again whose actor or machine died; that loses
nothing and stamps nothing twice, see ``provenance.integrations.bulk``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from provenance.distribution import say_install
from provenance.errors import ConfigError
from provenance.integrations.bulk import Job, Plan, Report, ShardDone, ShardWorker
from provenance.integrations.bulk.running import follow


def run(
    job: Job,
    names: Iterable[str] | None = None,
    *,
    workers: int | None = None,
    cpus: float = 1,
    tell: Callable[[str], object] | None = None,
) -> Report:
    """Do what is left of a job on the Ray cluster that this process is connected to.

    Parameters
    ----------
    names, tell
        As of ``bulk.run``.
    workers
        Actors; as many as the cluster has room for when not given.
    cpus
        Cores that Ray sets aside for each.

    Raises
    ------
    ConfigError
        Ray is missing, or as of ``bulk.run``.
    """
    try:
        import ray.data
    except ImportError as error:
        raise ConfigError(f"This needs Ray: {say_install('ray')}.") from error

    def start(plan: Plan, pending: list[int]) -> Iterator[ShardDone]:
        if not pending:
            return
        count = min(workers or _count_places(ray, cpus), len(pending))
        done = ray.data.from_items(
            [{"shard": number} for number in pending], override_num_blocks=len(pending)
        ).map_batches(
            _Actor,
            fn_constructor_args=(job, plan.run),
            batch_size=1,
            batch_format="pandas",
            compute=ray.data.ActorPoolStrategy(size=count),
            num_cpus=cpus,
        )
        for row in done.iter_rows():
            yield ShardDone(
                row["number"], json.loads(row["kinds"]), row["seconds"], row["processor_seconds"]
            )

    return follow(job, names, start, tell)


class _Actor:
    """What Ray builds once per process."""

    def __init__(self, job: Job, run: str) -> None:
        self._worker = ShardWorker(job, run)

    def __call__(self, batch: Any) -> dict[str, list[Any]]:
        done = [self._worker(int(number)) for number in batch["shard"]]
        return {
            "number": [each.number for each in done],
            "kinds": [json.dumps(each.kinds) for each in done],
            "seconds": [each.seconds for each in done],
            "processor_seconds": [each.processor_seconds for each in done],
        }


def _count_places(ray: Any, cpus: float) -> int:
    """Return how many actors the cluster has room for."""
    return max(1, int(ray.cluster_resources().get("CPU", 1) // cpus))
