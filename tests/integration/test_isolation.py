"""An isolated verifier says what a plain one says, and a costly file costs one answer."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance import config
from provenance.errors import ConfigError, InputCostError, InputError, ProvenanceError
from provenance.limits import Isolation, Limits
from provenance.signers import development, pem_file
from provenance.verify import Verifier
from tests.cli.conftest import run_here
from tests.manifests import CREATED, Assertion, actions, sign_by_hand

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LINUX = pytest.mark.skipif(
    sys.platform != "linux", reason="Linux alone limits memory, and shows it"
)
SMALL = Isolation(workers=1, memory_mib=400, seconds=60, jobs=3)


def tell_time() -> datetime:
    return NOW


@pytest.fixture(scope="module")
def isolated() -> Iterator[Verifier]:
    verifier = Verifier(isolated=SMALL, clock=tell_time)
    yield verifier
    verifier.close()


def encode(pixels: NDArray[np.uint8], kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def test_the_same_verdict_as_without_workers(photograph: NDArray[np.uint8], tmp_path: Path) -> None:
    """With registry, directory and trust; for marked, stripped and damaged pictures."""
    folder = tmp_path / "studio"
    assert run_here("init", folder, "--producer", "Example AI").status == 0
    Image.fromarray(photograph).save(folder / "original.png")
    options = ("--model", "m", "--config", folder / "provenance.toml")
    assert run_here("stamp", folder / "original.png", "-o", folder / "s.jpg", *options).status == 0
    stamped = (folder / "s.jpg").read_bytes()
    with Image.open(folder / "s.jpg") as picture:
        stripped = encode(np.asarray(picture), "JPEG", quality=80)

    plain = config.load(folder / "provenance.toml").verifier()
    isolated = config.load(folder / "provenance.toml").verifier(isolated=True)
    for data in (stamped, stripped, encode(photograph), stamped[:-2000], stamped + b"more"):
        assert tell(isolated, data) == tell(plain, data)
    assert isolated.verify(stripped).origin == plain.verify(stripped).origin is not None
    isolated.close()


def tell(verifier: Verifier, data: bytes) -> object:
    try:
        told = verifier.verify(data).to_json_dict()
        told.pop("freshness")  # it states the time
    except InputError as error:
        return error.code, str(error)
    return told


@pytest.fixture(scope="module")
def tight() -> Iterator[Verifier]:
    """Little more than a worker begins with: a decoded picture of 25 megapixels has no place."""
    verifier = Verifier(isolated=replace(SMALL, memory_mib=288))
    yield verifier
    verifier.close()


@LINUX
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_too_costly_is_not_damaged(kind: str, tight: Verifier) -> None:
    """Each decoder, at a memory limit that this picture does not fit into."""
    if kind == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    pixels = np.full((5000, 5000, 3), 90, np.uint8)
    with pytest.raises(InputCostError, match="memory"):
        tight.verify(encode(pixels, kind))


@LINUX
def test_a_store_that_costs_more_than_the_worker_may_take(photograph: NDArray[np.uint8]) -> None:
    """A store of 1 MB takes 145: within the limit for all, and above that of this worker."""
    keys = development.create("Example Ltd")
    large = Assertion("org.example.large", {"t": bytes(2**20)})
    file = sign_by_hand(
        pem_file.load(keys.signer, keys.signer), encode(photograph), actions(CREATED), large
    )
    assert Verifier().verify(file).state == "claimed"
    verifier = Verifier(isolated=Isolation(workers=1, memory_mib=256))
    with pytest.raises(InputCostError, match="256 MiB"):
        verifier.verify(file)
    assert verifier.verify(encode(photograph[:64, :64])).state == "none"
    verifier.close()


def test_the_next_file_is_answered(isolated: Verifier, photograph: NDArray[np.uint8]) -> None:
    with pytest.raises(InputError):
        isolated.verify(b"no picture")
    assert isolated.verify(encode(photograph)).state == "none"


def test_too_slow_is_too_costly(photograph: NDArray[np.uint8]) -> None:
    """A large picture takes more than a second on any machine."""
    verifier = Verifier(isolated=Isolation(workers=1, seconds=1), all_marks=True)
    with pytest.raises(InputCostError, match="1 s"):
        verifier.verify(encode(np.tile(photograph, (6, 6, 1))))
    verifier.close()


def test_limits_before_decoding_hold_in_workers(photograph: NDArray[np.uint8]) -> None:
    verifier = Verifier(isolated=SMALL, limits=Limits(max_pixels=100))
    with pytest.raises(ProvenanceError, match="max_pixels") as refused:
        verifier.verify(encode(photograph))
    assert refused.value.code == "input.too_large"
    verifier.close()


def test_threads_share_an_isolated_verifier(photograph: NDArray[np.uint8]) -> None:
    verifier = Verifier(isolated=Isolation(workers=2, jobs=2))
    verifier.start()
    pictures = [encode(np.roll(photograph, each, axis=1)) for each in range(6)]
    found: dict[int, str] = {}

    def verify(number: int) -> None:
        found[number] = verifier.verify(pictures[number]).evidence.sha256

    threads = [threading.Thread(target=verify, args=(each,)) for each in range(len(pictures))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    plain = Verifier()
    assert found == {n: plain.verify(data).evidence.sha256 for n, data in enumerate(pictures)}
    verifier.close()


@LINUX
def test_nothing_of_a_file_stays_after_so_many_jobs(photograph: NDArray[np.uint8]) -> None:
    """The process that held it is gone, and the one it was made from never had it."""
    verifier = Verifier(isolated=Isolation(workers=1, jobs=2))
    sign = b"a sign that is nowhere else 8d1f5c"
    examination = verifier.examine(encode(photograph, "JPEG", comment=sign))
    examination.own  # noqa: B018 - a worker has the file now, and keeps it until it is judged
    group = find_group(verifier)
    assert any(holds(each, sign) for each in list_group(group))
    verifier.judge(examination)
    verifier.verify(encode(photograph))
    assert verifier.verify(encode(photograph)).state == "none"
    assert len(list_group(group)) == 2
    assert not any(holds(each, sign) for each in list_group(group))
    verifier.close()


def find_group(verifier: Verifier) -> int:
    """Return the group of the processes of the one worker."""
    assert verifier._readers is not None
    return next(each.process.pid for each in verifier._readers._pool._started)


def list_group(leader: int) -> list[int]:
    """List the processes of a group."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader:
            found.append(int(folder.name))
    return found


def holds(process: int, sign: bytes) -> bool:
    """Tell whether the memory of a process holds some bytes."""
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            span, rights = line.split()[:2]
            start, end = (int(each, 16) for each in span.split("-"))
            if not rights.startswith("rw"):
                continue
            try:
                memory.seek(start)
                if sign in memory.read(end - start):
                    return True
            except (OSError, ValueError):
                continue
    return False


def test_a_script_needs_no_guard(tmp_path: Path, photograph: NDArray[np.uint8]) -> None:
    """Workers do not run the main module, as those of ``multiprocessing`` do."""
    (tmp_path / "picture.png").write_bytes(encode(photograph))
    script = tmp_path / "script.py"
    script.write_text(
        "import provenance as pv\n"
        "print('begun')\n"
        "print(pv.Verifier(isolated=True).verify('picture.png').state)\n"
    )
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["begun", "none"]
    assert done.stderr == ""


def test_limits_too_low_for_anything_are_refused() -> None:
    with pytest.raises(ConfigError):
        Isolation(memory_mib=1)
