"""Measure one build in the serving path, as a process of its own: prints JSON, seconds by name.

Run by bench.serving with the build's ``src`` on the path; it uses what that build has.
"""

from __future__ import annotations

import inspect
import io
import json
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from provenance import fingerprint
from provenance.manifest import Trust
from provenance.registry import open_registry
from provenance.stamp import Producer, Stamper
from provenance.verify import Verifier

try:
    from provenance.signers import development, open_signer
except ImportError:  # older builds
    from provenance.signing import development, open_signer  # type: ignore[import-not-found, no-redef]

Pixels = NDArray[np.uint8]

LONG = (2_047, 65_535)  # the longest picture that is accepted, and nearly the most pixels
IN_THREADS = 8  # pictures


def main(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        pictures = [np.asarray(Image.open(file).convert("RGB")) for file in names]
        json.dump(measure(pictures, Path(name)), sys.stdout)


def measure(pictures: list[Pixels], folder: Path) -> dict[str, float]:
    """Return processor seconds of all threads for each thing, the mean over the pictures."""
    keys = development.create("Example AI")
    (folder / "signer.pem").write_bytes(keys.signer)
    registry = open_registry("sqlite:///stamps.db", create=True, base=folder)
    stamper = Stamper(
        producer=Producer("Example AI", 600_000),
        signer=open_signer("file:signer.pem", folder=folder),
        registry=registry,
    )
    found: dict[str, float] = {}
    for side in (1024, 512):
        shown = [np.asarray(Image.fromarray(each).resize((side, side))) for each in pictures]
        for kind in ("PNG", "JPEG"):
            found[f"stamp {kind}, {side} px"] = mean(make_stamp(stamper, kind), shown)
        found[f"PDQ, {side} px"] = mean(fingerprint.pdq, shown)
    whole = [np.asarray(Image.fromarray(each).resize((1024, 1024))) for each in pictures]
    stamped = [make_stamp(stamper, "JPEG")(each).data for each in whole]
    trust = Trust.from_pem(keys.authority)
    first: dict[str, Any] = {"depth": "manifest"} if "depth" in parameters(Verifier) else {}
    halves = [shrink(data) for data in stamped]
    found["verify an intact JPEG"] = mean(Verifier(trust=trust, **first).verify, stamped)
    found["verify half its size"] = mean(Verifier(trust=trust, registry=registry).verify, halves)
    found["PDQ, 65,535 x 2,047 px"] = mean(fingerprint.pdq, [np.zeros((*LONG, 3), np.uint8)])
    found["speed-up of two threads"] = speed_up(make_stamp(stamper, "PNG"), whole)
    return found


def make_stamp(stamper: Stamper, kind: str) -> Callable[[Pixels], Any]:
    """Stamp as a provider would: fresh pixels are said to be fresh, where that can be said."""
    options: dict[str, Any] = {"fresh": True} if "fresh" in parameters(stamper.stamp) else {}
    return lambda pixels: stamper.stamp(pixels, model="m", format=kind, **options)


def parameters(function: Callable[..., Any]) -> set[str]:
    return set(inspect.signature(function).parameters)


def shrink(data: bytes) -> bytes:
    file, image = io.BytesIO(), Image.open(io.BytesIO(data))
    image.resize((image.width // 2, image.height // 2)).save(file, "JPEG", quality=85)
    return file.getvalue()


def mean(work: Callable[[Any], Any], items: list[Any]) -> float:
    work(items[0])
    begun = time.process_time()
    for item in items:
        work(item)
    return (time.process_time() - begun) / len(items)


def speed_up(work: Callable[[Pixels], Any], pictures: list[Pixels]) -> float:
    """Return how much sooner two threads are done than one."""
    items = [pictures[number % len(pictures)] for number in range(IN_THREADS)]
    taken = []
    for threads in (1, 2):
        with ThreadPoolExecutor(threads) as pool:
            begun = time.perf_counter()
            list(pool.map(work, items))
            taken.append(time.perf_counter() - begun)
    return taken[0] / taken[1]


if __name__ == "__main__":
    main(sys.argv[1:])
