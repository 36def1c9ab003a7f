"""The offline page in headless Chromium against Python, in one run: processor time and memory.

Usage: python -m bench.page PAGE [--rounds N], where PAGE is what ``provenance page`` wrote.
Each picture is examined whole: decoded, both fingerprints, credentials, mark, verdict. What the
browser's processes for the page take is read from /proc, so that a busy machine matters little.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import FilePayload, Page, sync_playwright

from bench.marks import Provenance
from bench.scaling import picture
from provenance import Verifier

CASES = (("marked", 1.0), ("cropped", 1.0), ("none", 1.0), ("marked", 12.0), ("none", 12.0))
KEPT = 0.6
"""Share of both sides that a crop keeps, from the middle."""
TICK = os.sysconf("SC_CLK_TCK")
INTERVAL = 0.02  # seconds between two looks at the memory
_PAYLOAD = bytes(range(12))


def make(kind: str, megapixels: float) -> bytes:
    """A JPEG of this size, as a phone writes it."""
    rgb = picture(megapixels)
    if kind != "none":
        rgb = Provenance().embed(rgb, _PAYLOAD)
    if kind == "cropped":
        height, width = (round(n * KEPT) for n in rgb.shape[:2])
        top, left = (rgb.shape[0] - height) // 2, (rgb.shape[1] - width) // 2
        rgb = rgb[top : top + height, left : left + width]
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=92)
    return file.getvalue()


def renderers(parent: int) -> list[int]:
    """The processes of a browser that hold its pages, workers included."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
                above = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # it ended meanwhile
                continue
            if b"--type=renderer" in command and (above == parent or parent in _parents(above)):
                found.append(int(entry.name))
    return found


def _parents(process: int) -> Iterator[int]:
    while process > 1:
        process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
        yield process


def spent(process: int) -> float:
    """Seconds of processor time that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def held(process: int) -> int:
    """Bytes of memory that are a process's own."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))


@contextmanager
def watch_memory(processes: list[int]) -> Iterator[list[int]]:
    """Note the most that is held meanwhile."""
    most, over = [0], threading.Event()

    def look() -> None:
        while not over.wait(INTERVAL):
            most[0] = max(most[0], sum(map(held, processes)))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def examine(page: Page, processes: list[int], data: bytes) -> tuple[float, int, str]:
    """Processor seconds, most memory, and the state that the page tells."""
    before = sum(map(spent, processes))
    with watch_memory(processes) as most:
        file = FilePayload(name="picture.jpg", mimeType="image/jpeg", buffer=data)
        page.set_input_files("#file", file)
        page.wait_for_selector("#result, #again", timeout=120_000)
    state = (page.get_attribute(".verdict", "class") or "").split()[-1]
    taken = sum(map(spent, processes)) - before
    page.click("#another")
    return taken, most[0], state


def main() -> None:
    """Print a table, each figure the least of all rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    verifier = Verifier()
    path = shutil.which("chromium")
    print("picture | MP | state | Python s | page s | ratio | page MiB")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto((options.page / "provenance.html").resolve().as_uri())
        processes = renderers(os.getpid())
        for kind, megapixels in CASES:
            data = make(kind, megapixels)
            python, ours, memory, states = [], [], [], set()
            for _ in range(options.rounds):
                begun = time.process_time()
                verifier.verify(data)
                python.append(time.process_time() - begun)
                seconds, most, state = examine(page, processes, data)
                ours.append(seconds)
                memory.append(most)
                states.add(state)
            ratio = min(ours) / min(python)
            told = (
                f"{min(python):.2f} | {min(ours):.2f} | {ratio:.1f} | {np.max(memory) / 2**20:.0f}"
            )
            print(f"{kind} | {megapixels:g} | {', '.join(states)} | {told}")
        browser.close()


if __name__ == "__main__":
    main()
