"""Taking marks out without their key: what is left to read, and what it costs.

A picture carries both layers. The thief has it, and the library; not the original, not the key.
Both layers are then read by the owner: blind, by a thorough search, and thoroughly with the record
among 32. The first attacks need no payload, the others read it and subtract the mark.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from bench.attacks import bending, nulling
from bench.attacks.base import Transform, generator
from bench.fingerprints import corpus_pictures, load, spread
from bench.quality import quality
from bench.redteam import thief
from bench.redteam.shading import Pixels
from provenance import watermark
from provenance.watermark import Detection, Search

KEY = bytes(range(32))
LOCK = bytes.fromhex("c0ffee")
THOROUGH = Search(thorough=True)
RECORDS = 32
"""Records that look alike, of which the picture's own is one."""
GOOD = 80.0
"""Points of SSIMULACRA2 from which a picture is worth sharing: the goal counts those."""

Attack = Callable[[Pixels, bytes], Pixels]
BENT = bending.warped(2, 32)
"""Two pixels, root mean square, over 32: not seen without the original beside it."""


def _changed(rgb: Pixels, change: Transform) -> Pixels:
    """Change a picture; chance is the same for the attack and for what it is compared with."""
    return np.asarray(change(Image.fromarray(rgb), generator("removal")))


def _nulled(rgb: Pixels, _: bytes) -> Pixels:
    return _changed(rgb, nulling.nulled)


def _bent(rgb: Pixels, _: bytes) -> Pixels:
    return _changed(rgb, BENT)


def _denoised_and_bent(rgb: Pixels, _: bytes) -> Pixels:
    return _bent(_changed(rgb, bending.non_local_means), b"")


def _public(rgb: Pixels, word: bytes) -> Pixels:
    return thief.without_public(rgb, word)


def _periodic(rgb: Pixels, word: bytes) -> Pixels:
    return thief.without_repeats(thief.without_public(rgb, word))


def _lines(rgb: Pixels, word: bytes) -> Pixels:
    return thief.without_lines(thief.without_public(rgb, word))


ATTACKS: dict[str, tuple[Attack, Attack]] = {
    "public pilot nulled": (_nulled, lambda rgb, _: rgb),
    "the same, cut 2 %, to 0.85, JPEG 70": (
        lambda rgb, word: thief.resaved(thief.reshaped(_nulled(rgb, word), 0.02, 0.85), 70),
        lambda rgb, _: thief.reshaped(rgb, 0.02, 0.85),
    ),
    "bent by 2 px over 32 px": (_bent, _bent),
    "non-local means, and bent so": (_denoised_and_bent, _bent),
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
class Reads:
    """Whether a layer is read: blind, by a thorough search, thoroughly with the record."""

    blind: bool
    thorough: bool
    recorded: bool


@dataclass(frozen=True)
class Left:
    """What is read after an attack, and its price: points of SSIMULACRA2, seconds."""

    public: Reads
    private: Reads
    quality: float
    seconds: float

    @property
    def gone(self) -> bool:
        """Nothing reads either layer any more."""
        return not (self.public.recorded or self.private.recorded)


def stamped(rgb: Pixels, payload: bytes) -> Pixels:
    """Mark both layers, as a stamper with a private key does."""
    return watermark.embed(watermark.embed(rgb, payload, lock=LOCK), payload, KEY, lock=LOCK)


def read(rgb: Pixels, payload: bytes, records: list[bytes], key: bytes | None) -> Reads:
    """Read one layer: each search where the one before found nothing."""
    blind = _is(watermark.detect(rgb, key), payload)
    thorough = blind or _is(watermark.detect(rgb, key, thorough=True), payload)
    known = thorough or _is(watermark.match(rgb, records, key, search=THOROUGH), payload)
    return Reads(blind, thorough, known)


def _is(found: Detection | None, payload: bytes) -> bool:
    return found is not None and found.payload == payload


def attack(rgb: Pixels, payload: bytes, records: list[bytes], name: str) -> Left:
    """Attack a stamped picture and read it."""
    change, shape = ATTACKS[name]
    begun = time.process_time()
    left = change(rgb, payload + LOCK)
    seconds = time.process_time() - begun
    compared = shape(rgb, b"")
    moved_alone = np.array_equal(compared, left)
    seen = 100.0 if moved_alone else quality(compared, left).get("ssimulacra2", float("nan"))
    public, private = (read(left, payload, records, key) for key in (None, KEY))
    return Left(public, private, seen, seconds)


def main(arguments: list[str], corpus: Path) -> None:
    """Attack several pictures and print a line for each attack."""
    parser = argparse.ArgumentParser(prog="bench.redteam removal")
    parser.add_argument("--side", type=int, default=1024, help="short side, pixels")
    parser.add_argument("--pictures", type=int, default=6)
    parser.add_argument(
        "--attacks", nargs="+", choices=[*ATTACKS], default=[*ATTACKS], metavar="NAME"
    )
    options = parser.parse_args(arguments)
    chosen = spread(corpus_pictures(corpus), options.pictures)
    random = np.random.default_rng(12)
    payloads = [random.bytes(12) for _ in chosen]
    others = [random.bytes(12) for _ in range(RECORDS - 1)]
    found: dict[str, list[Left]] = {name: [] for name in options.attacks}
    for path, payload in zip(chosen, payloads, strict=True):
        rgb = stamped(np.asarray(load(path, options.side)), payload)
        for name, results in found.items():
            results.append(attack(rgb, payload, [payload, *others], name))
        print(f"... {path.stem}", flush=True)
    print(
        f"| of {len(chosen)} pictures, {options.side} px | public: blind, thorough, by record "
        f"| private: the same | both gone, of these at {GOOD:g} points | SSIMULACRA2 median, least "
        "| seconds |"
    )
    print("|---" * 6 + "|")
    for name, results in found.items():
        print(f"| {name} | {' | '.join(_row(results))} |")


def _row(results: list[Left]) -> list[str]:
    seen = [each.quality for each in results]
    return [
        _count([each.public for each in results]),
        _count([each.private for each in results]),
        ", ".join(
            str(sum(each.gone and each.quality >= least for each in results)) for least in (0, GOOD)
        ),
        f"{np.median(seen):.1f}, {min(seen):.1f}",
        f"{np.mean([each.seconds for each in results]):.1f}",
    ]


def _count(reads: list[Reads]) -> str:
    names = ("blind", "thorough", "recorded")
    return ", ".join(str(sum(getattr(each, name) for each in reads)) for name in names)
