"""Time and memory against size: each measurement has a process of its own.

Usage: python -m bench.scaling OPERATION HEIGHT WIDTH < pixels
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bench.marks import Provenance
from bench.pictures import Pixels
from provenance.demo import paint_landscape

MEGAPIXELS = (0.25, 0.5, 1, 2, 4, 8, 12, 24)
OPERATIONS = ("embed", "detect marked", "detect shrunk", "detect none")
SHRUNK = 0.4
"""Size, of both sides, at which "detect shrunk" sees the marked picture."""
ASPECT = 1.5
"""Width over height of the picture."""
_PAYLOAD = bytes(range(12))
_STATUS = Path("/proc/self/status")


def picture(megapixels: float) -> Pixels:
    """The painted landscape at this size, with grain that a camera would add."""
    height = round((megapixels * 1e6 / ASPECT) ** 0.5)
    width = round(height * ASPECT)
    image = Image.fromarray(paint_landscape()).resize((width, height), Image.Resampling.BICUBIC)
    rng, rows = np.random.default_rng(5), []
    for strip in np.array_split(np.asarray(image), max(1, height // 64)):
        grain = rng.normal(0, 2, (*strip.shape[:2], 1)).astype(np.float32)
        rows.append(np.clip(strip + grain, 0, 255).astype(np.uint8))
    return np.concatenate(rows)


def peak_memory() -> int:
    """Most bytes of memory that this process has held so far."""
    if _STATUS.exists():  # Linux: getrusage would count what the parent held before exec
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def measure(operation: str, megapixels: float) -> dict[str, Any]:
    """One row of the raw results: the operation's time and memory in a process of its own."""
    rgb = picture(megapixels)
    if operation in ("detect marked", "detect shrunk"):
        rgb = Provenance().embed(rgb, _PAYLOAD)
    if operation == "detect shrunk":
        size = round(rgb.shape[1] * SHRUNK), round(rgb.shape[0] * SHRUNK)
        rgb = np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS))
    command = [sys.executable, "-m", "bench.scaling", operation, *map(str, rgb.shape[:2])]
    done = subprocess.run(command, input=rgb.tobytes(), stdout=subprocess.PIPE, check=True)
    row: dict[str, Any] = json.loads(done.stdout)
    return {"operation": operation, "megapixels": megapixels} | row


def _timed(operation: str, rgb: Pixels) -> dict[str, Any]:
    mark = Provenance()
    mark.find(mark.embed(picture(0.1), _PAYLOAD))  # loads modules and builds the key's tables
    before = peak_memory()
    wall, processor = time.perf_counter(), time.process_time()
    answer = mark.embed(rgb, _PAYLOAD) if operation == "embed" else mark.find(rgb)
    return {
        "processor_s": round(time.process_time() - processor, 4),
        "wall_s": round(time.perf_counter() - wall, 4),
        "peak_bytes": peak_memory(),
        "before_bytes": before,
        "found": answer is not None,
    }


def main() -> None:
    operation, height, width = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    data = sys.stdin.buffer.read()
    rgb = np.frombuffer(data, np.uint8).reshape(height, width, 3)
    print(json.dumps(_timed(operation, rgb)))


if __name__ == "__main__":
    main()
