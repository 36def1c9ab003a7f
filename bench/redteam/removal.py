"""Taking marks out without their key: what is left to read, and what it costs.

A picture carries both layers. The thief has it, and the library; not the original, not the key.
Both layers are then read by the owner: blind, and with the record among 32.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.fingerprints import corpus_pictures, load, spread
from bench.quality import quality
from bench.redteam import thief
from bench.redteam.shading import Pixels
from provenance import watermark

KEY = bytes(range(32))
LOCK = bytes.fromhex("c0ffee")
RECORDS = 32
"""Records that look alike, of which the picture's own is one."""

Attack = Callable[[Pixels, bytes], Pixels]


def _public(rgb: Pixels, word: bytes) -> Pixels:
    return thief.without_public(rgb, word)


def _periodic(rgb: Pixels, word: bytes) -> Pixels:
    return thief.without_repeats(thief.without_public(rgb, word))


def _lines(rgb: Pixels, word: bytes) -> Pixels:
    return thief.without_lines(thief.without_public(rgb, word))


ATTACKS: dict[str, tuple[Attack, Attack]] = {
    "public layer subtracted": (_public, lambda rgb, _: rgb),
    "and all tiles' common part": (_periodic, lambda rgb, _: rgb),
    "and 160 waves of whole cycles": (_lines, lambda rgb, _: rgb),
    "the same, cut 2 %, to 0.95": (
        lambda rgb, word: thief.reshaped(_lines(rgb, word), 0.02, 0.95),
        lambda rgb, _: thief.reshaped(rgb, 0.02, 0.95),
    ),
    "the same, turned 0.5 degrees, cut 2 %": (
        lambda rgb, word: thief.reshaped(_lines(rgb, word), 0.02, 1.0, 0.5),
        lambda rgb, _: thief.reshaped(rgb, 0.02, 1.0, 0.5),
    ),
    "smoothed, cut 2 %, to 0.85, JPEG 70": (
        lambda rgb, word: thief.resaved(
            thief.reshaped(thief.smoothed(_lines(rgb, word), 1.5), 0.02, 0.85), 70
        ),
        lambda rgb, _: thief.reshaped(rgb, 0.02, 0.85),
    ),
}
"""Each attack, and what it does to a picture's shape alone."""


@dataclass(frozen=True)
class Left:
    """What is read after an attack, and its price: points of SSIMULACRA2, seconds."""

    public: bool
    private: bool
    public_by_record: bool
    private_by_record: bool
    quality: float
    seconds: float


def stamped(rgb: Pixels, payload: bytes) -> Pixels:
    """Mark both layers, as a stamper with a private key does."""
    return watermark.embed(watermark.embed(rgb, payload, lock=LOCK), payload, KEY, lock=LOCK)


def read(rgb: Pixels, payload: bytes, records: list[bytes]) -> tuple[bool, bool, bool, bool]:
    """Whether each layer is read blind, and with the record."""
    blind = [
        each is not None and each.payload == payload
        for each in watermark.detect_each(rgb, (None, KEY))
    ]
    known = [
        each
        or ((found := watermark.match(rgb, records, key)) is not None and found.payload == payload)
        for each, key in zip(blind, (None, KEY), strict=True)
    ]
    return blind[0], blind[1], known[0], known[1]


def attack(rgb: Pixels, payload: bytes, records: list[bytes], name: str) -> Left:
    """Attack a stamped picture and read it."""
    change, shape = ATTACKS[name]
    begun = time.process_time()
    left = change(rgb, payload + LOCK)
    seconds = time.process_time() - begun
    seen = quality(shape(rgb, b""), left).get("ssimulacra2", float("nan"))
    return Left(*read(left, payload, records), seen, seconds)


def main(arguments: list[str], corpus: Path) -> None:
    """Attack several pictures and print a line for each attack."""
    parser = argparse.ArgumentParser(prog="bench.redteam removal")
    parser.add_argument("--side", type=int, default=1024, help="short side, pixels")
    parser.add_argument("--pictures", type=int, default=6)
    options = parser.parse_args(arguments)
    chosen = spread(corpus_pictures(corpus), options.pictures)
    random = np.random.default_rng(12)
    payloads = [random.bytes(12) for _ in chosen]
    others = [random.bytes(12) for _ in range(RECORDS - 1)]
    found: dict[str, list[Left]] = {name: [] for name in ATTACKS}
    for path, payload in zip(chosen, payloads, strict=True):
        rgb = stamped(np.asarray(load(path, options.side)), payload)
        for name, results in found.items():
            results.append(attack(rgb, payload, [payload, *others], name))
        print(f"... {path.stem}", flush=True)
    print(
        f"| of {len(chosen)} pictures, {options.side} px | public | private | public by record "
        "| private by record | both gone | SSIMULACRA2 median, least | seconds |"
    )
    print("|---" * 8 + "|")
    for name, results in found.items():
        print(f"| {name} | {' | '.join(_row(results))} |")


def _row(results: list[Left]) -> list[str]:
    seen = [each.quality for each in results]
    return [
        str(sum(each.public for each in results)),
        str(sum(each.private for each in results)),
        str(sum(each.public_by_record for each in results)),
        str(sum(each.private_by_record for each in results)),
        str(sum(not each.public_by_record and not each.private_by_record for each in results)),
        f"{np.median(seen):.1f}, {min(seen):.1f}",
        f"{np.mean([each.seconds for each in results]):.1f}",
    ]
