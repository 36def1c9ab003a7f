"""What the service costs: python -m bench.service [--pictures N] [--rounds N] [--memory N].

Throughput of ``/v1/verify`` against a plain loop in as many processes, by turns, so that a busy
machine is as hard on both; the answers' times; the memory of the server and its workers over many
requests; and what one hostile upload in a hundred does to the others.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from bench.served import Served, draw_picture, make_project, serve

CORES = 2
SIDE = 512
SMALL = 128
HOSTILE = (b"\x89PNG\r\n\x1a\n" + bytes(64), b"\xff\xd8\xff\xe0" + bytes(2000), b"words", b"")


def loop(config: Path, pictures: list[bytes], ready: object, begin: object) -> None:
    """Verify pictures one after the other, as a program of one's own would."""
    from provenance.config import load

    verifier = load(config).verifier()
    verifier.verify(pictures[0])
    ready.release()  # type: ignore[attr-defined]
    begin.wait()  # type: ignore[attr-defined]
    for each in pictures:
        verifier.verify(each)


def time_loop(config: Path, pictures: list[bytes]) -> float:
    """Return pictures a second of the plain loop."""
    context = multiprocessing.get_context("spawn")
    ready, begin = context.Semaphore(0), context.Event()
    parts = [pictures[at::CORES] for at in range(CORES)]
    workers = [context.Process(target=loop, args=(config, part, ready, begin)) for part in parts]
    for each in workers:
        each.start()
    for _ in workers:
        ready.acquire()
    start = time.monotonic()
    begin.set()
    for each in workers:
        each.join()
    return len(pictures) / (time.monotonic() - start)


def time_service(address: str, pictures: list[bytes]) -> tuple[float, list[float]]:
    """Return pictures a second of the service, and the time of each answer."""
    with httpx.Client(base_url=address, timeout=300) as client:

        def ask(data: bytes) -> float:
            begun = time.monotonic()
            assert client.post("/v1/verify", content=data).status_code == 200
            return time.monotonic() - begun

        ask(pictures[0])
        start = time.monotonic()
        with ThreadPoolExecutor(2 * CORES) as threads:
            times = list(threads.map(ask, pictures))
        return len(pictures) / (time.monotonic() - start), times


def follow_memory(served: Served, count: int) -> None:
    """Send small pictures, one in a hundred hostile, and print memory and answers as it goes on."""
    pictures = [draw_picture(SMALL, seed) for seed in range(20)]
    statuses: Counter[str] = Counter()
    with (
        httpx.Client(base_url=served.address, timeout=300) as client,
        ThreadPoolExecutor(2 * CORES) as threads,
    ):

        def ask(number: int) -> None:
            hostile = number % 100 == 99
            data = HOSTILE[number // 100 % len(HOSTILE)] if hostile else pictures[number % 20]
            status = client.post("/v1/verify", content=data).status_code
            statuses[f"{'hostile' if hostile else 'honest'} {status}"] += 1

        step = max(count // 10, 1)
        for begun in range(0, count, step):
            list(threads.map(ask, range(begun, min(begun + step, count))))
            print(f"after {begun + step:6} requests {served.measure():6.0f} MiB", flush=True)
    print(f"answers: {dict(statuses)}")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", type=int, default=10_000)
    options = parser.parse_args()
    pictures = [draw_picture(SIDE, seed) for seed in range(options.pictures)]
    ratios, waits = [], []
    with tempfile.TemporaryDirectory() as name:
        config, _ = make_project(Path(name, "project"), CORES)
        with serve(config) as served:
            for _ in range(options.rounds):
                plain = time_loop(config, pictures)
                through, times = time_service(served.address, pictures)
                ratios.append(through / plain)
                waits += times
                print(f"loop {plain:.2f}/s, service {through:.2f}/s", flush=True)
            waits.sort()
            middle = statistics.median(ratios)
            print(f"ratio: median {middle:.2f}, {min(ratios):.2f} to {max(ratios):.2f}")
            print(
                f"answers: median {statistics.median(waits):.2f} s, "
                f"p99 {waits[int(len(waits) * 0.99)]:.2f} s"
            )
            if options.memory:
                follow_memory(served, options.memory)


if __name__ == "__main__":
    main()
