"""Marks and looks of batches on a device beside NumPy's: python -m bench.batches [--device cuda].

By turns in one run: processor seconds of all threads a picture, and on a device other than the
processor also seconds. Then how far the marked pixels differ, whether payloads are read, and how
many unmarked pictures the device lets go. With PyTorch alone beside the package it needs a minute
on a GPU.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage import data

from provenance.watermark import detect, detect_batch, embed, embed_batch
from provenance.watermark.batches.looking import list_undecided
from provenance.watermark.batches.tensors import load_torch, read_batch

Pixels = NDArray[np.uint8]

SIDES, BATCHES = (512, 1024), (1, 8)
LOCK = b"abc"


def pictures(side: int, count: int) -> Pixels:
    """Parts of scikit-image's photographs, enlarged or shrunk to a side."""
    found = []
    for name in ("astronaut", "coffee", "chelsea", "rocket"):
        whole = Image.fromarray(getattr(data, name)())
        least = min(whole.size)
        for left in (0, whole.width - least):
            part = whole.crop((left, 0, left + least, least))
            part = part.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if left else part
            found.append(np.asarray(part.resize((side, side), Image.Resampling.LANCZOS)))
    return np.stack(found[:count])


def measure(work: Callable[[], Any], count: int, wait: Callable[[], None]) -> tuple[float, float]:
    """Return processor seconds and seconds a picture."""
    wait()
    spent, begun = time.process_time(), time.perf_counter()
    work()
    wait()
    return (time.process_time() - spent) / count, (time.perf_counter() - begun) / count


def compare(side: int, count: int, device: str, rounds: int, wait: Callable[[], None]) -> None:
    torch, batch = load_torch(), pictures(side, count)
    tensor = torch.from_numpy(batch).to(device)
    words, locks = [bytes([each + 1] * 12) for each in range(count)], [LOCK] * count
    pairs = list(zip(batch, words, strict=True))
    works: dict[str, Callable[[], Any]] = {
        "embed, NumPy": lambda: [embed(p, w, lock=LOCK) for p, w in pairs],
        f"embed, {device}": lambda: embed_batch(tensor, words, locks=locks),
        "hasty detect of unmarked, NumPy": lambda: [detect(p, hasty=True) for p in batch],
        f"hasty detect of unmarked, {device}": lambda: detect_batch(tensor),
        f"the part of it on {device}": lambda: list_undecided(tensor),
    }
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for passed in range(rounds + 1):  # the first fills caches
        for name, work in works.items():
            taken = measure(work, count, wait)
            if passed:
                figures[name].append(taken)
    for name, found in figures.items():
        columns = [statistics.median(each) * 1e3 for each in zip(*found, strict=True)]
        spread = [each[0] * 1e3 for each in found]
        row = f"{columns[0]:.1f} ({min(spread):.1f}-{max(spread):.1f}) | {columns[1]:.1f}"
        print(f"| {side} px, batch of {count} | {name} | {row} |", flush=True)


def check(side: int, device: str) -> None:
    batch = pictures(side, max(BATCHES))
    tensor = load_torch().from_numpy(batch).to(device)
    words = [bytes([each + 1] * 12) for each in range(len(batch))]
    locks = [LOCK] * len(batch)
    marked = embed_batch(tensor, words, locks=locks).pictures.cpu().numpy()
    wanted = np.stack([embed(p, w, lock=LOCK) for p, w in zip(batch, words, strict=True)])
    apart = np.abs(marked.astype(int) - wanted)
    share = [(each > 0).mean() for each in apart]
    read = [detect(each) for each in marked]
    payloads = [None if each is None else each.payload for each in read]
    right = sum(found == word for found, word in zip(payloads, words, strict=True))
    left = len(list_undecided(read_batch(batch, str(tensor.device)).pixels))
    same = detect_batch(tensor) == [detect(each, hasty=True) for each in batch]
    print(
        f"\n{side} px, {len(batch)} pictures: {apart.max()} grey level at most, in "
        f"{max(share):.4%} of samples at most (median {statistics.median(share):.5%}); "
        f"{right} payloads read; {left} unmarked left to NumPy; answers the same: {same}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1, help="of PyTorch on the processor")
    asked = parser.parse_args()
    torch = load_torch()
    torch.set_num_threads(asked.threads)
    wait = torch.cuda.synchronize if asked.device.startswith("cuda") else lambda: None
    print(f"torch {torch.__version__}, {asked.device}, {asked.rounds} rounds\n")
    print("| | | processor ms a picture, median (range) | ms |\n|---|---|---|---|")
    for side in SIDES:
        for count in BATCHES:
            compare(side, count, asked.device, asked.rounds, wait)
    for side in SIDES:
        check(side, asked.device)


if __name__ == "__main__":
    main()
