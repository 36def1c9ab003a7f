"""What reading manifests costs: time and memory of the guard before the C2PA library, and of both.

``python -m bench.reading [FILE...]`` measures hand-made stores that are large in one way each, and
files, each in a process of its own. The costs in ``manifest/cbor_limits.py`` come from here.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from provenance.errors import ProvenanceError
from provenance.manifest import ANY_TYPE, Trust, cbor_limits, read, size_limits
from provenance.signers import development, pem_file
from tests.manifests import CREATED, Assertion, Value, actions, sign_by_hand

LARGE: dict[str, Value] = {
    "1 MB in byte strings": {"t": bytes(10**6)},
    "10 MB of text": {"t": "x" * 10**7},
    "400,000 numbers": {"t": [1] * 400_000},
    "100,000 lists in lists": {"t": [[[1]]] * 100_000},
    "100,000 maps": {"t": [{"a": 1}] * 100_000},
    "10,000 box hashes": {"t": [{"names": ["APP1"], "hash": bytes(32), "pad": b""}] * 10_000},
}


def main() -> None:
    """Print a row for each store and file."""
    print("| what | store, MB | guard, s | guard, MB | guard and SDK, s | guard and SDK, MB |")
    print("|---|---|---|---|---|---|")
    with TemporaryDirectory() as folder:
        for name, file in (*write_large(Path(folder)), *((each, each) for each in sys.argv[1:])):
            command = [sys.executable, "-m", __spec__.name, "--child", str(file)]
            run = subprocess.run(command, capture_output=True, text=True, check=True)
            print(f"| {Path(name).name} | {' | '.join(json.loads(run.stdout))} |")


def write_large(folder: Path) -> Iterator[tuple[str, Path]]:
    """Write pictures with stores that are large in one way each."""
    keys = development.create("Bench")
    signer = pem_file.load(keys.signer, keys.signer)
    picture = io.BytesIO()
    Image.effect_noise((64, 64), 50).convert("RGB").save(picture, "PNG")
    for number, (name, data) in enumerate(LARGE.items()):
        file = folder / f"{number}.png"
        large = Assertion("org.example.large", data)
        file.write_bytes(sign_by_hand(signer, picture.getvalue(), actions(CREATED), large))
        yield name, file


def measure(data: bytes) -> list[str]:
    """Measure one file: a warm-up first, then the guard, then all of reading."""
    read_once(Path(__file__).read_bytes())
    size = f"{size_limits.measure_stores(data) / 1e6:.2f}"
    return [size, *watch(lambda: check(data)), *watch(lambda: read_once(data))]


def watch(work: Callable[[], None]) -> list[str]:
    """Return processor seconds, and the MB by which the peak of memory rises."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before, began = read_memory("VmRSS"), time.process_time()
    work()
    took = time.process_time() - began
    return [f"{took:.3f}", f"{max(0.0, read_memory('VmHWM') - before):.0f}"]


def read_memory(name: str) -> float:
    """Read a figure of this process's memory in MB (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(name))


def check(data: bytes) -> None:
    """Run the guard alone."""
    try:
        cbor_limits.check_lengths(data)
    except ProvenanceError as error:
        print(error, file=sys.stderr)


def read_once(data: bytes) -> None:
    """Read a manifest, if there is one."""
    try:
        read(data, ANY_TYPE, Trust.none())
    except ProvenanceError as error:
        print(error, file=sys.stderr)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(measure(Path(sys.argv[2]).read_bytes())))
    else:
        main()
