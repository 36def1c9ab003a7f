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
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

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


def write_select(hex_digits: str, numbers: str) -> str:
    """Write the query that makes records up; ``hex_digits`` spells n in so many of them."""
    row = spell_record(numbered(0))
    of_number = {
        "stamp_id": hex_digits.format(24),
        "manifest_urn": "'urn:c2pa:' || n",
        "sha256": hex_digits.format(64),
        "pdq": hex_digits.format(64),
    }
    fixed = {name: "NULL" if value is None else repr(value) for name, value in row.items()}
    columns = ", ".join((fixed | of_number)[name] for name in FIELDS)
    return f"INSERT INTO records SELECT n, {columns} FROM {numbers}"


def fill_sqlite(file: Path, count: int) -> None:
    """Add records past the log, which a look-up by id does not ask."""
    numbers = (
        f"(WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c LIMIT {count}) "
        "SELECT n FROM c)"
    )
    with closing(sqlite3.connect(file)) as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute(write_select("printf('%0{}x', n)", numbers))
        db.commit()


def fill_postgres(server: Server, database: str, count: int) -> None:
    numbers = f"generate_series(0::bigint, {count - 1}) AS n"
    server.execute(write_select("lpad(to_hex(n), {}, '0')", numbers), database)
    server.execute("VACUUM ANALYZE records", database)


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


def append_with_all(folder: Path, server: Server, appends: int) -> None:
    """Print appends per second of four writers, as threads and as processes."""
    spawn = multiprocessing.get_context("spawn")
    for name in ("alone", "grouped"):
        group_commit.MAX_GROUP = 1 if name == "alone" else 64
        for back_end in ("sqlite", "postgresql"):
            uri = f"sqlite:///{folder}/{name}.db"
            if back_end == "postgresql":
                uri = server.uri(server.make_database())
            with ThreadPoolExecutor(WRITERS) as pool:
                found = rate(uri, appends, pool, shared=True)
            print(f"{back_end}, {WRITERS} threads, {name}: {found:.0f} appends/s", flush=True)
    for back_end in ("sqlite", "postgresql"):
        uri = f"sqlite:///{folder}/processes.db"
        if back_end == "postgresql":
            uri = server.uri(server.make_database())
        with ProcessPoolExecutor(WRITERS, mp_context=spawn) as pool:
            found = rate(uri, appends, pool, shared=False)
        print(f"{back_end}, {WRITERS} processes: {found:.0f} appends/s", flush=True)


def look_up(folder: Path, server: Server, in_sqlite: int, in_postgres: int) -> None:
    """Print how long a look-up by id takes among so many records."""
    file, database = folder / "many.db", server.make_database()
    for uri, count in ((f"sqlite:///{file}", in_sqlite), (server.uri(database), in_postgres)):
        if not count:
            continue
        with open_registry(uri, create=True) as registry:
            if uri.startswith("sqlite"):
                fill_sqlite(file, count)
            else:
                fill_postgres(server, database, count)
            found = percentiles(registry, count)
        print(f"{uri.partition(':')[0]}, {count:,} records, by id: {found}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--appends", type=int, default=250, help="by each writer; 0 for none")
    parser.add_argument("--sqlite", type=int, default=100_000, help="records to look up among")
    parser.add_argument("--postgres", type=int, default=100_000, help="the same in PostgreSQL")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, run_server(fsync=True) as server:
        if given.appends:
            append_with_all(Path(folder), server, given.appends)
        look_up(Path(folder), server, given.sqlite, given.postgres)


if __name__ == "__main__":
    main()
