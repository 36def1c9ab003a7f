"""One Stamper and one Verifier, shared by threads and forked workers: they do what one does."""

from __future__ import annotations

import io
import multiprocessing
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance import imaging, watermark
from provenance.errors import InputError
from provenance.manifest import Trust
from provenance.registry import Registry, open_registry
from provenance.signers import development, open_signer
from provenance.stamp import Producer, Stamper
from provenance.verify import Verifier

Pixels = NDArray[np.uint8]
T = TypeVar("T")
S = TypeVar("S")

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
WORKERS = 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("studio")
    keys = development.create("Example AI")
    (folder / "signer.pem").write_bytes(keys.signer)
    (folder / "authority.pem").write_bytes(keys.authority)
    return folder


@pytest.fixture(scope="module")
def registry(folder: Path) -> Registry:
    return open_registry("sqlite:///stamps.db", create=True, base=folder)


@pytest.fixture(scope="module")
def stamper(folder: Path, registry: Registry) -> Stamper:
    return Stamper(
        producer=Producer("Example AI", 600_000),
        signer=open_signer("file:signer.pem", folder=folder),
        registry=registry,
    )


@pytest.fixture(scope="module")
def pictures(photographs: Mapping[str, Pixels]) -> list[Pixels]:
    names = ("astronaut", "chelsea", "coffee", "motorcycle_left")
    return [np.ascontiguousarray(photographs[name][60:220, 60:220]) for name in names]


def in_threads(work: Callable[[T], S], items: list[T]) -> list[S]:
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, items))


def in_forks(work: Callable[[T], S], items: list[T]) -> list[S]:
    """Give each of the workers a part of the items; they live on from this very process."""
    fork = multiprocessing.get_context("fork")
    answers, processes = [], []
    for number in range(WORKERS):
        ours, theirs = fork.Pipe(duplex=False)
        part = items[number::WORKERS]
        process = fork.Process(target=_worker, args=(theirs, work, part))
        process.start()
        theirs.close()
        answers.append(ours)
        processes.append(process)
    found: list[Any] = [None] * len(items)
    for number, answer in enumerate(answers):
        found[number::WORKERS] = answer.recv()
    for process in processes:
        process.join()
    return found


def _worker(answer: Any, work: Callable[[T], S], items: list[T]) -> None:
    answer.send([work(item) for item in items])


@pytest.mark.parametrize("at_once", [in_threads, in_forks])
def test_a_shared_stamper_makes_what_a_single_one_makes(
    at_once: Callable[..., list[bytes]],
    stamper: Stamper,
    registry: Registry,
    pictures: list[Pixels],
) -> None:
    """All that differs between two stamps is what is drawn; the pixels follow from it."""
    before = registry.size
    made = at_once(lambda picture: stamper.stamp(picture, model="m").data, pictures)
    records = {record.sha256: record for record in registry.records(100, before)}
    assert len(records) == len(pictures) == registry.size - before
    for picture, data in zip(pictures, made, strict=True):
        facts = Verifier(registry=registry).verify(data).evidence
        record = records.pop(facts.sha256)
        payload = bytes.fromhex(record.stamp_id)
        pixels = imaging.decode(data).rgb
        found = watermark.detect(pixels)
        assert found is not None
        expected = watermark.embed(picture, payload, lock=found.lock)
        np.testing.assert_array_equal(pixels, expected)
    assert registry.audit().ok


@pytest.mark.parametrize("at_once", [in_threads, in_forks])
def test_a_shared_verifier_says_what_a_single_one_says(
    at_once: Callable[..., list[Any]],
    folder: Path,
    stamper: Stamper,
    registry: Registry,
    pictures: list[Pixels],
) -> None:
    trust = Trust.from_pem((folder / "authority.pem").read_bytes())
    verifier = Verifier(registry=registry, trust=trust, clock=lambda: NOW)

    def verify(data: bytes) -> tuple[object, ...]:
        try:
            verdict = verifier.verify(data)
        except InputError as error:
            return error.code, str(error)
        return verdict.to_json_dict(), verdict.explain()

    stamped = stamper.stamp(pictures[0], model="m", format="PNG").data
    copy = io.BytesIO()
    Image.open(io.BytesIO(stamped)).save(copy, "JPEG", quality=80)
    plain = io.BytesIO()
    Image.fromarray(pictures[1]).save(plain, "PNG")
    changed = stamped.replace(b"c2pa.created", b"c2pa.cr3ated")
    given = [stamped, copy.getvalue(), plain.getvalue(), changed, stamped[:200], b""]
    alone = [verify(data) for data in given]
    assert len({str(answer) for answer in alone}) == len(given)
    assert at_once(verify, given * 2) == alone * 2
