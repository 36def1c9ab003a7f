"""Threads: BLAS puts no others to work for what we multiply, and a process may fork meanwhile.

Other tests run with one thread of BLAS; these start Python anew, with as many as it likes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from provenance.blas import VARIABLES

PATIENCE_S = 120  # a child that hangs never ends; one that works takes a second

HEAD = """
import os, signal, sys, threading, time
import numpy as np
from provenance import fingerprint
from provenance.registry import open_registry
from provenance.signers import development, open_signer
from provenance.stamp import Producer, Stamper

rgb = np.random.default_rng(1).integers(0, 256, (1024, 1024, 3), np.uint8)
"""

TURNED = """
from PIL import Image
from provenance import watermark

smooth = Image.fromarray(rgb[:48, :48]).resize((400, 400))
marked = watermark.embed(np.asarray(smooth), bytes(range(12)))
turned = np.asarray(Image.fromarray(marked).rotate(7, expand=True))
"""

COUNT = """
fingerprint.pdq(rgb)
everywhere, here = time.process_time(), time.thread_time()
for _ in range(10):
    fingerprint.pdq(rgb)
here = time.thread_time() - here
print((time.process_time() - everywhere) / here)
"""

FORK = """
from pathlib import Path

folder = Path(sys.argv[1])
(folder / "signer.pem").write_bytes(development.create("Example AI").signer)
registry = open_registry("sqlite:///stamps.db", create=True, base=folder)
signer = open_signer("file:signer.pem", folder=folder)
stamper = Stamper(producer=Producer("Example AI", 600_000), signer=signer, registry=registry)
picture = rgb[:32, :32].repeat(8, axis=0).repeat(8, axis=1)


def stamp():
    stamper.stamp(picture, model="m")


def hash():
    fingerprint.pdq(rgb)


def go_on(work):
    while not over.is_set():
        work()


stamp()
over = threading.Event()
threads = [threading.Thread(target=go_on, args=(work,)) for work in (stamp, hash)]
for thread in threads:
    thread.start()
for _ in range(12):
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # a child that hangs ends as well
        stamp()
        hash()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
over.set()
for thread in threads:
    thread.join()
print("done")
"""


def run(script: str, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("work", ["fingerprint.pdq(rgb)", "watermark.detect(turned)"])
def test_no_other_thread_is_put_to_work(work: str) -> None:
    """BLAS spread such products over threads; most of their time was waiting."""
    assert float(run(HEAD + TURNED + COUNT.replace("fingerprint.pdq(rgb)", work))) < 1.5


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_process_forks_while_its_threads_stamp(tmp_path: Path) -> None:
    """A child hung that was forked while BLAS worked in another thread."""
    assert run(HEAD + FORK, str(tmp_path)).endswith("done\n")


COMMAND = """
import sys
from provenance.cli import main

sys.argv = ["provenance", "--help"]
try:
    main.main()
except SystemExit:
    pass
"""


def test_commands_keep_blas_to_one_thread() -> None:
    """Where the process is ours, what others multiply in it keeps to one thread too."""
    told = f"import os\nprint('numpy' in sys.modules, *map(os.environ.get, {VARIABLES}))"
    assert run(COMMAND + told).splitlines()[-1] == "False" + " 1" * len(VARIABLES)
