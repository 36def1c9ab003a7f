"""Registries under load, SQLite against PostgreSQL: python -m bench.registry.

Four writers append at once, as threads of one process and as processes, with and without waiting
for each other's commits. Then records are looked up by id in registries of made-up records. The
server is Debian's, in a temporary folder on the same disk, and syncs every commit.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import psycopg

from provenance.records import StampRecord
from provenance.registry import Registry, group_commit, open_registry
from provenance.registry.leaf import FIELDS, spell_record
from provenance.stamp_id import StampId
from tests.postgres import Server, run_server
from tests.unit.registry.records import record

WRITERS = 4
STORE = bytes(8192)
"""A manifest store of the usual size."""
LOOKUPS = 2000


def numbered(number: int) -> StampRecord:
    """Make a record with an id and a PDQ hash of its own."""
    return replace(record(number), stamp_id=StampId(f"{number:024x}"))


def append(registry: Registry, start: int, count: int) -> None:
    for number in range(start, start + count):
        registry.append(numbered(number), STORE)


def append_by_itself(uri: str, start: int, count: int) -> None:
    with open_registry(uri) as registry:
        append(registry, start, count)


def rate(uri: str, count: int, pool: Executor, shared: bool) -> float:
    """Append with all writers at once; return appends per second."""
    with open_registry(uri, create=True) as registry:
        work: Callable[..., None] = append if shared else append_by_itself
        where = registry if shared else uri
        list(pool.map(len, [""] * WRITERS))  # starts the processes
        start = time.perf_counter()
        jobs = [pool.submit(work, where, n * count, count) for n in range(WRITERS)]
        for job in jobs:
            job.result()
        seconds = time.perf_counter() - start
        assert registry.size == WRITERS * count
    return WRITERS * count / seconds


def rows(count: int) -> Iterator[tuple[object, ...]]:
    for number in range(count):
        row = spell_record(numbered(number))
        yield (number, *(row[name] for name in FIELDS))


def fill_sqlite(file: Path, count: int) -> None:
    """Add records past the log, which a look-up by id does not ask."""
    with closing(sqlite3.connect(file)) as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            db.execute(f"DROP TRIGGER {trigger}")
        marks = ", ".join("?" * (len(FIELDS) + 1))
        db.executemany(f"INSERT INTO records VALUES ({marks})", rows(count))
        db.commit()


def fill_postgres(server: Server, database: str, count: int) -> None:
    with psycopg.connect(server.uri(database)) as db:
        db.execute("SET session_replication_role = replica")
        with db.cursor().copy("COPY provenance.records FROM STDIN") as copy:
            for row in rows(count):
                copy.write_row(row)
    server.execute("ANALYZE records", database)


def percentiles(registry: Registry, count: int) -> str:
    """Look up records at random; return milliseconds."""
    numbers = np.random.default_rng(1).integers(0, count, LOOKUPS)
    seconds = []
    for number in numbers.tolist():
        start = time.perf_counter()
        assert registry.by_id(StampId(f"{number:024x}")) is not None
        seconds.append(time.perf_counter() - start)
    middle, high = np.percentile(seconds, [50, 99]) * 1000
    return f"p50 {middle:.2f} ms, p99 {high:.2f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--appends", type=int, default=250, help="by each of four writers")
    parser.add_argument("--records", type=int, default=100_000)
    given = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, run_server(fsync=True) as server:
        for name in ("alone", "grouped"):
            group_commit.MAX_GROUP = 1 if name == "alone" else 64
            for back_end in ("sqlite", "postgresql"):
                uri = f"sqlite:///{folder}/{name}.db"
                if back_end == "postgresql":
                    uri = server.uri(server.make_database())
                with ThreadPoolExecutor(WRITERS) as pool:
                    found = rate(uri, given.appends, pool, shared=True)
                print(f"{back_end}, {WRITERS} threads, {name}: {found:.0f} appends/s", flush=True)
        for back_end in ("sqlite", "postgresql"):
            uri = f"sqlite:///{folder}/processes.db"
            if back_end == "postgresql":
                uri = server.uri(server.make_database())
            with ProcessPoolExecutor(WRITERS, mp_context=spawn) as pool:
                found = rate(uri, given.appends, pool, shared=False)
            print(f"{back_end}, {WRITERS} processes: {found:.0f} appends/s", flush=True)
        file = Path(folder) / "many.db"
        database = server.make_database()
        for uri in (f"sqlite:///{file}", server.uri(database)):
            with open_registry(uri, create=True) as registry:
                if uri.startswith("sqlite"):
                    fill_sqlite(file, given.records)
                else:
                    fill_postgres(server, database, given.records)
                found_ms = percentiles(registry, given.records)
            name = uri.partition(":")[0]
            print(f"{name}, {given.records:,} records, by id: {found_ms}", flush=True)


if __name__ == "__main__":
    main()
