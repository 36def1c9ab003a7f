"""Films on the offline page: python -m bench.page_films PAGE [--clips 6] [--from 0].

PAGE is what ``provenance page`` wrote. The clips of ``bench.films`` are stamped, treated and given
to the page in headless Chromium. A row says in how many clips the page told the right mark, the
seconds that it took, of the clock and of the browser's processes, and their most memory.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import FilePayload, Page, sync_playwright

from bench.clips import KINDS, RATE, choose_clips
from bench.distortions import payload_of
from bench.films import SOURCE_QUALITY, TREATMENTS, encode
from bench.page import renderers, spent, watch_memory
from bench.rates import wilson
from provenance import films, watermark
from provenance.limits import DEFAULT_LIMITS

SECONDS = 4
PATIENCE = 600_000  # milliseconds
TAKEN = tuple(name for name in TREATMENTS if "recording" not in name)


def treat(name: str, kind: str, pictures: list[str]) -> Iterator[tuple[str, bytes]]:
    """One clip, stamped and after each treatment."""
    source = encode(KINDS[kind](pictures, SECONDS * RATE), SOURCE_QUALITY, preset="ultrafast")
    mark = watermark.MovingMark(payload_of(name))
    stamped = films.write_film(source, mark.change, "MP4", DEFAULT_LIMITS)
    for label in TAKEN:
        yield label, TREATMENTS[label](stamped)


def examine(page: Page, data: bytes, payload: bytes) -> tuple[int, float, float, float]:
    """1 right, -1 wrong, 0 none; seconds of the clock and of processors; most MiB."""
    page.reload()
    processes = renderers(os.getpid())
    begun, before = time.monotonic(), sum(map(spent, processes))
    with watch_memory(processes) as most:
        file = FilePayload(name="film.mp4", mimeType="video/mp4", buffer=data)
        page.set_input_files("#file", file)
        page.wait_for_selector("#result, #again", timeout=PATIENCE)
    clock, taken = time.monotonic() - begun, sum(map(spent, processes)) - before
    claimed = page.locator(".verdict.claimed").count() > 0
    right = claimed and payload.hex() in page.inner_text("dl")
    return 1 if right else -1 if claimed else 0, clock, taken, most[0] / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("--clips", type=int, default=6)
    parser.add_argument("--from", type=int, default=0, dest="first", help="number of the first")
    given = parser.parse_args()
    chosen = list(choose_clips(given.first + given.clips).items())[given.first :]
    rows: dict[str, list[tuple[int, float, float, float]]] = {label: [] for label in TAKEN}
    path = shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto((given.page / "provenance.html").resolve().as_uri())
        for name, (kind, pictures) in chosen:
            for label, data in treat(name, kind, pictures):
                rows[label].append(examine(page, data, payload_of(name)))
        browser.close()
    print("| treatment | read by the page | wrong | s | processor s | MiB |")
    print("|---|---|---|---|---|---|")
    for label, found in rows.items():
        told, *measured = zip(*found, strict=True)
        low, high = wilson(told.count(1), len(told))
        shares = f"{told.count(1)} of {len(told)} ({100 * low:.0f} to {100 * high:.0f} %)"
        clock, taken, memory = (statistics.median(each) for each in measured)
        print(
            f"| {label} | {shares} | {told.count(-1)} | {clock:.0f} | {taken:.1f} | {memory:.0f} |"
        )


if __name__ == "__main__":
    main()
