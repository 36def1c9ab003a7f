"""What a manifest costs: python -m bench.signing [--rounds 200].

Signing and reading a 1024 x 1024 PNG, with everything that a stamp states; the goals are those that
the project set itself. Processor time is what counts on a machine that others use; wall time is
what a request waits for.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

import numpy as np
from PIL import Image

from bench.scaling import picture
from provenance import fingerprint, manifest, watermark
from provenance.manifest import StampStatement, Trust
from provenance.signers import CallbackSigner, Signer, development, pem_file

SIDE = 1024
SIGN_MS, READ_MS, MANIFEST_BYTES = 5.0, 3.0, 16 * 1024


@dataclass(frozen=True)
class Cost:
    """Median and best of one operation, in milliseconds, and what came of it in bytes."""

    operation: str
    processor_ms: float
    wall_ms: float
    best_ms: float
    goal_ms: float
    manifest_bytes: int


def landscape_png() -> bytes:
    file = io.BytesIO()
    wide = Image.fromarray(picture(1.5 * SIDE * SIDE / 1e6))
    wide.crop((0, 0, SIDE, SIDE)).save(file, "PNG")
    return file.getvalue()


def statement(png: bytes) -> StampStatement:
    """Everything that a stamp states, with real fingerprints, which take most of the space."""
    with Image.open(io.BytesIO(png)) as image:
        rgb = np.asarray(image)
    pdq, payload = fingerprint.pdq(rgb), bytes(range(12))
    lattice = fingerprint.lattice(rgb, watermark.layout(SIDE, SIDE))
    return StampStatement(
        producer=600_000,
        producer_name="Example AI",
        model="example-diffusion",
        model_version="3",
        created=datetime.now(UTC),
        payload=payload,
        alg=watermark.ALG,
        pdq=pdq.hex,
        pdq_quality=pdq.quality,
        lattice=fingerprint.seal(lattice, payload, watermark.draw_lock()),
    )


def costs(rounds: int) -> Iterator[Cost]:
    png, keys = landscape_png(), development.create("Bench")
    local = pem_file.load(keys.signer, keys.signer)
    elsewhere = CallbackSigner(local.sign, local.certificate_chain)
    trust, stated = Trust.from_pem(keys.authority), statement(png)
    signers: dict[str, Signer] = {"key in a file": local, "key elsewhere": elsewhere}
    for where, signer in signers.items():

        def sign(signer: Signer = signer) -> manifest.SignedImage:
            return manifest.sign(png, "image/png", stated, signer, manifest.draw_urn())

        signed = sign()

        def read(data: bytes = signed.data) -> manifest.ManifestReading:
            return manifest.read(data, "image/png", trust)

        if not read().authentic:
            raise SystemExit("what was signed does not verify")
        yield _measured(f"sign, {where}", sign, rounds, SIGN_MS, len(signed.store))
        yield _measured(f"read, {where}", read, rounds, READ_MS, len(signed.store))


def _measured(
    operation: str, work: Callable[[], object], rounds: int, goal: float, size: int
) -> Cost:
    processor, wall = [], []
    for _ in range(rounds):
        before = time.process_time(), time.perf_counter()
        work()
        processor.append((time.process_time() - before[0]) * 1000)
        wall.append((time.perf_counter() - before[1]) * 1000)
    return Cost(operation, median(processor), median(wall), min(wall), goal, size)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    print(f"{SIDE} x {SIDE} PNG, median of {rounds}, milliseconds\n")
    print("| | processor | wall | best wall | goal | manifest, bytes |")
    print("|---|---|---|---|---|---|")
    for cost in costs(rounds):
        print(
            f"| {cost.operation} | {cost.processor_ms:.1f} | {cost.wall_ms:.1f} "
            f"| {cost.best_ms:.1f} | {cost.goal_ms:.0f} "
            f"| {cost.manifest_bytes:,} of {MANIFEST_BYTES:,} |"
        )


if __name__ == "__main__":
    main()
