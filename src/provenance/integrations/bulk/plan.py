"""The list of objects, cut into shards and written down once.

Beside the results lie ``plan/00000000.jsonl`` and so on, one object a line, and at last the file
``plan.json``.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from provenance.batch import is_named_as_picture
from provenance.errors import ConfigError
from provenance.integrations.bulk.job import Job
from provenance.integrations.bulk.store import Store
from provenance.jsonable import to_jsonable

PLAN_SCHEMA = "provenance.bulk.plan/1"
PLAN = "plan.json"


@dataclass(frozen=True)
class Plan:
    """A job that was cut into shards.

    Attributes
    ----------
    run
        Name of the run, drawn once: stamps are promised under it.
    shards, objects, left_out
        Numbers of shards, of objects in them, and of objects that are not pictures by their names.
    """

    run: str
    shards: int
    objects: int
    left_out: int


def open_plan(job: Job, names: Iterable[str] | None = None) -> Plan:
    """Read the plan of a job, or make it when there is none.

    ``names`` are the objects when somebody has listed them already, such as an inventory of a
    bucket. Else the source is listed, and what is not a picture by its suffix is left out.

    Raises
    ------
    ConfigError
        There is a plan of another job, ``shard`` is not above zero, or there is nothing to do: a
        plan without objects would leave out whatever comes later.
    FetchError, OutputNotWritableError
        Source or results can't be reached.
    """
    out = job.open_store(job.out)
    if out.exists(PLAN):
        return _read(out, job)
    if job.shard < 1:
        raise ConfigError("A shard holds at least one object: set shard.")
    left_out = 0

    def list_pictures() -> Iterator[str]:
        nonlocal left_out
        for name in job.open_store(job.source).list():
            if is_named_as_picture(name):
                yield name
            else:
                left_out += 1

    objects, shards, rest = 0, 0, iter(names if names is not None else list_pictures())
    while names_of := list(islice(rest, job.shard)):
        out.write(_name(shards), "".join(f"{json.dumps(name)}\n" for name in names_of).encode())
        objects += len(names_of)
        shards += 1
    if not objects:
        raise ConfigError(
            f"There is no picture below {job.source}, by the names of what is there: correct the "
            "source, or run the job once it holds one."
        )
    plan = Plan(secrets.token_hex(16), shards, objects, left_out)
    text = {"schema": PLAN_SCHEMA, "job": _describe(job), **asdict(plan)}
    out.write(PLAN, json.dumps(text, indent=2).encode())
    return plan


def read_shard(job: Job, number: int) -> list[str]:
    """Read the names of a shard's objects."""
    return [json.loads(line) for line in job.open_store(job.out).read(_name(number)).splitlines()]


def _read(out: Store, job: Job) -> Plan:
    found = json.loads(out.read(PLAN))
    if found["schema"] != PLAN_SCHEMA or found["job"] != _describe(job):
        raise ConfigError(
            f"{job.out} holds the results of another job: name another place for results."
        )
    return Plan(**{name: found[name] for name in ("run", "shards", "objects", "left_out")})


def _describe(job: Job) -> dict[str, Any]:
    """Return what makes two jobs the same: never options of storage, which may hold secrets."""
    return {"source": job.source, "work": job.work.schema, **to_jsonable(job.work)}


def _name(number: int) -> str:
    return f"plan/{number:08}.jsonl"
