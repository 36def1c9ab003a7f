"""A service in a process of its own, over a new project, for the benches of the service."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from provenance.cli import project
from provenance.service import ApiKeys, Scope

SECTION = """
[service]
keys = "keys/api.jsonl"
anonymous_per_minute = 10000000
key_per_minute = 10000000
waiting = 256

[isolation]
workers = {workers}
"""


def make_project(folder: Path, workers: int, registry: str | None = None) -> tuple[Path, str]:
    """Make a project; return its config and a key that may stamp."""
    from provenance.registry import open_registry

    config = project.create(folder, "Example AI")
    text = config.read_text("utf-8").partition("\n[service]")[0]
    if registry is not None:
        text = re.sub(r'(?m)^uri = ".*"', f'uri = "{registry}"', text)
        open_registry(registry, folder / "keys" / "log.pem", create=True).close()
    config.write_text(text + SECTION.format(workers=workers), "utf-8")
    return config, ApiKeys(folder / "keys" / "api.jsonl").grant("bench", [Scope.STAMP])


@dataclass
class Served:
    """A running service."""

    process: subprocess.Popen[str]
    address: str

    def kill(self) -> None:
        """Kill the server; its workers end when they notice."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def list_workers(self) -> list[int]:
        """List all processes below the server."""
        return list(list_below(self.process.pid))

    def measure(self) -> float:
        """Return the memory of the server and all below it, MiB, shared pages counted once."""
        return sum(map(_read_pss, [self.process.pid, *self.list_workers()]))


def list_below(pid: int) -> Iterator[int]:
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                yield child
                yield from list_below(child)


def _read_pss(pid: int) -> float:
    with suppress(OSError):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        return int(re.search(r"(?m)^Pss:\s+(\d+)", text)[1]) / 1024  # type: ignore[index]
    return 0.0


@contextmanager
def serve(config: Path, port: int = 0) -> Iterator[Served]:
    """Run the service until the context is left."""
    command = [sys.executable, "-m", "provenance", "serve", "--port", str(port)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PROVENANCE_CONFIG": str(config)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stderr is not None
    served, lines = Served(process, ""), []
    try:
        for line in process.stderr:
            lines.append(line)
            if '"listening"' in line:
                served.address = json.loads(line)["address"]
                break
        if not served.address:
            raise SystemExit("".join(lines))
        threading.Thread(target=_drain, args=(process,), daemon=True).start()
        yield served
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            served.kill()


def _drain(process: subprocess.Popen[str]) -> None:
    with suppress(ValueError):
        for _ in process.stderr or ():
            pass


def draw_picture(side: int, seed: int) -> bytes:
    """Draw a picture with texture, as PNG; no two are alike."""
    draw = np.random.default_rng(seed)
    coarse = draw.integers(40, 215, (side // 16, side // 16, 3), dtype=np.uint8)
    image = Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)
    noise = draw.normal(0, 12, (side, side, 1))
    pixels = np.clip(np.asarray(image, np.float64) + noise, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()
