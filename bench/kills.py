"""What is left when a service dies at any moment: python -m bench.kills [--postgres] [--stamps N].

Threads have pictures stamped, each under its own idempotency key, and ask again until they have an
answer. Meanwhile the server, a worker, or PostgreSQL itself is killed (SIGKILL; PostgreSQL by its
immediate stop) at random moments, and started again. Then every released picture must have its
record, every record must be whole, the audit must pass, and no key may have two stamps.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import socket
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench.served import Served, draw_picture, make_project, serve
from provenance import manifest
from provenance.config import load
from provenance.stamp_id import StampId

SIDE = 256
CLIENTS = 8
WORKERS = 2
PAUSE_S = 0.2
PATIENCE = 400
"""Tries of one picture; more means that the service does not come back."""


@dataclass
class Load:
    """What was asked and what came of it."""

    address: str
    key: str
    released: dict[str, bytes] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)

    def stamp(self, number: int) -> None:
        """Have a picture stamped, however often that takes; then once more, as who is not sure."""
        picture, key = draw_picture(SIDE, number), f"order {number}"
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": key}
        again = number % 10 == 0
        for _ in range(PATIENCE):
            try:
                answer = httpx.post(
                    f"{self.address}/v1/stamp?model=bench",
                    content=picture,
                    headers=headers,
                    timeout=120,
                )
            except httpx.HTTPError as error:
                self.tries[type(error).__name__] += 1
                time.sleep(PAUSE_S)
                continue
            self.tries[name_answer(answer)] += 1
            if answer.status_code != 200:
                time.sleep(PAUSE_S)
                continue
            if self.released.setdefault(key, answer.content) != answer.content:
                raise SystemExit(f"{key} was answered with two pictures.")
            if not again:
                return
            again = False
        raise SystemExit(f"{key} was never answered: {dict(self.tries)}.")


def name_answer(answer: httpx.Response) -> str:
    """Name an answer: its status, and the code of a problem."""
    if answer.status_code == 200:
        return "200"
    return f"{answer.status_code} {answer.json()['code']}"


def find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kill_at_random(
    config: Path, port: int, load_: Load, stamps: int, kills: int, database: object, seed: int
) -> Counter[str]:
    """Kill something each time that a random number of pictures is done; keep a server running."""
    draw, killed = random.Random(seed), Counter[str]()
    marks = sorted(draw.sample(range(1, stamps - 1), kills))
    kinds = ("server", "worker", *(("database",) if database else ()))
    with ExitStack() as stack:
        served: Served = stack.enter_context(serve(config, port))
        while len(load_.released) < stamps:
            if marks and len(load_.released) >= marks[0]:
                marks.pop(0)
                time.sleep(draw.random() * 0.5)
                kind = kinds[sum(killed.values()) % len(kinds)]
                killed[kind] += 1
                if kind == "worker":
                    for pid in draw.sample(below := served.list_workers(), k=min(1, len(below))):
                        with suppress(ProcessLookupError):
                            os.kill(pid, signal.SIGKILL)
                elif kind == "server":
                    served.kill()
                    stack.close()
                    served = stack.enter_context(serve(config, port))
                else:
                    database.stop()  # type: ignore[attr-defined]
                    database.start()  # type: ignore[attr-defined]
            if served.process.poll() is not None:
                stack.close()
                served = stack.enter_context(serve(config, port))
            time.sleep(0.02)
    return killed


def check(config: Path, load_: Load) -> dict[str, int]:
    """Check the registry against what was released."""
    with load(config).open_registry(read_only=True) as registry:
        records = registry.records(limit=10**6)
        by_sha = Counter(each.sha256 for each in records)
        unrecorded = broken = 0
        for data in load_.released.values():
            if by_sha[hashlib.sha256(data).hexdigest()] != 1:
                unrecorded += 1
        for each in records:
            store = registry.manifest_store(StampId(each.stamp_id))
            inclusion = registry.inclusion(StampId(each.stamp_id))
            if store is None or inclusion is None:
                broken += 1
                continue
            inclusion.verify(each, store)
        whole = sum(manifest.extract(data) != b"" for data in load_.released.values())
        audit = registry.audit()
    return {
        "released": len(load_.released),
        "with a manifest": whole,
        "records": len(records),
        "released without a record": unrecorded,
        "broken records": broken,
        "beyond one for each key": max(0, len(records) - len(load_.released)),
        "faults of the audit": len(audit.faults),
    }


def run(folder: Path, stamps: int, kills: int, seed: int, server: object, uri: str | None) -> None:
    config, key = make_project(folder / "project", WORKERS, uri)
    port = find_port()
    work = Load(f"http://127.0.0.1:{port}", key)
    killed: list[Counter[str]] = []

    def kill() -> None:
        killed.append(kill_at_random(config, port, work, stamps, kills, server, seed))

    killer = threading.Thread(target=kill)
    begun = time.monotonic()
    killer.start()
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(work.stamp, range(stamps)))
    killer.join()
    print(f"killed: {dict(killed[0])}; answers: {dict(work.tries)}")
    print(f"{stamps} stamps in {time.monotonic() - begun:.0f} s")
    for what, count in check(config, work).items():
        print(f"{what:28} {count:6}")


def main() -> None:
    """Run it, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stamps", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        server, uri = None, None
        if options.postgres:
            from tests.postgres import run_server

            server = stack.enter_context(run_server(fsync=True))
            uri = server.uri(server.make_database())
        run(Path(name), options.stamps, options.kills, options.seed, server, uri)


if __name__ == "__main__":
    main()
