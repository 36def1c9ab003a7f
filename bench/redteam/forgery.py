"""Forging content: an innocent picture, shaded until the check takes it for one that A signed.

The forger knows everything but A's keys: the check, the fingerprint in A's manifest, the 96 bits of
A's mark. He may flip and crop his own picture, and chooses which of several he takes. The forgery
that costs least is marked with A's bits by the public encoder, saved as JPEG and looked at blind.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from bench.fingerprints import corpus_pictures, load
from bench.quality import quality
from bench.redteam.aims import aims
from bench.redteam.shading import (
    Floats,
    Pixels,
    cells_of,
    cheapest,
    compressed,
    shaded,
    with_means,
)
from provenance import fingerprint, watermark
from provenance.fingerprint import LatticeFingerprint
from provenance.fingerprint.matching import compare_cells
from provenance.geometry import Geometry

QUALITY = 90
"""JPEG quality at which the forgery is published."""
WEIGHTS = tuple(float(x) for x in np.geomspace(3e6, 3e4, 20))
"""What passing weighs against the change, grey levels squared, tried in this order: from what
passes already to what costs less, as from elsewhere the optimiser finds no way in."""
CROPS = ((0.0, 0.0, 1.0, 1.0), (0.0, 0.0, 0.8, 0.8), (0.2, 0.2, 1.0, 1.0), (0.1, 0.1, 0.9, 0.9))
"""Parts of an innocent picture that are tried: left, top, right, bottom, shares of its sides."""
LIKELY = 4
"""Candidates that are optimised: those whose layout is nearest to the signed one."""
BLUR = 0.03
"""Standard deviation, in short sides, behind which two pictures' layouts are compared."""
PAYLOAD = bytes.fromhex("1d8ea4c2b7135f0899aa01fe")


@dataclass(frozen=True)
class Forgery:
    """An innocent picture that passes, and what it was."""

    innocent: Pixels
    forged: Pixels

    def change(self) -> float:
        """Root mean square change, grey levels."""
        return float(np.sqrt(np.mean((self.forged.astype(float) - self.innocent) ** 2)))


def variants(innocent: Image.Image, size: tuple[int, int]) -> Iterator[Pixels]:
    """Bring a picture to a size, in four flips of four crops."""
    width, height = innocent.size
    for left, top, right, bottom in CROPS:
        box = (left * width, top * height, right * width, bottom * height)
        part = np.asarray(innocent.resize(size, Image.Resampling.LANCZOS, box=box))
        for rows, columns in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            yield np.ascontiguousarray(part[::rows, ::columns])


def forge(
    reference: LatticeFingerprint, candidates: list[Pixels], geometry: Geometry, tries: int
) -> Forgery | None:
    """Make the cheapest forgery: likely candidates by their cells, then the best few in pixels."""
    planned: list[tuple[float, int, Pixels, Floats]] = []
    for rgb in sorted(candidates, key=lambda rgb: _distance(reference, rgb, geometry))[:LIKELY]:
        cells = cells_of(rgb, geometry, reference.side)
        for plan in plans(reference, rgb, geometry):
            planned.append((float(np.square(plan - cells.means).mean()), len(planned), rgb, plan))
    made = [
        found
        for _, _, rgb, plan in sorted(planned, key=lambda each: each[:2])[:tries]
        if (found := _publish(reference, rgb, geometry, plan)) is not None
    ]
    return min(made, key=Forgery.change, default=None)


def _distance(reference: LatticeFingerprint, rgb: Pixels, geometry: Geometry) -> float:
    """Return the least change of cell means with which a picture gets the signed layout."""
    start = cells_of(rgb, geometry, reference.side).means.astype(np.float64)
    return min(float(np.square(aim.first - start).mean()) for aim in aims(reference, start))


def plans(reference: LatticeFingerprint, rgb: Pixels, geometry: Geometry) -> Iterator[Floats]:
    """For each aim, give the means nearest to a picture's own that pass the check."""
    cells = cells_of(rgb, geometry, reference.side)
    start = cells.means.astype(np.float64)
    for aim in aims(reference, start):
        means, cheapest_near = aim.first, None
        for weight in WEIGHTS:
            means = cheapest(start, aim.loss, weight, means)
            found = compare_cells(reference, with_means(cells, means), geometry.tile // cells.side)
            if found.result == "near":
                cheapest_near = means
            elif cheapest_near is not None:
                break
        if cheapest_near is not None:
            yield cheapest_near


def _publish(
    reference: LatticeFingerprint, rgb: Pixels, geometry: Geometry, plan: Floats
) -> Forgery | None:
    """Shade, mark and compress; overdo the plan until that passes."""
    start = cells_of(rgb, geometry, reference.side).means
    for strength in (1.0, 1.05, 1.1, 1.2, 1.35, 1.5):
        forged = shaded(rgb, geometry, start + strength * (plan - start), reference.side)
        if fingerprint.compare(reference, compressed(forged, QUALITY), geometry).result == "near":
            return Forgery(rgb, forged)
    return None


def end_to_end(reference: LatticeFingerprint, forged: Pixels) -> bool:
    """Whether the forgery, marked with A's bits, is read as A's mark on A's content."""
    published = compressed(watermark.embed(forged, PAYLOAD), QUALITY)
    found = watermark.detect(published)
    if found is None or found.payload != PAYLOAD:
        return False
    return fingerprint.compare(reference, published, found.geometry).result == "near"


def layouts_alike(a: Pixels, b: Pixels) -> float:
    """Correlation of two pictures behind a blur."""
    sigma = BLUR * min(a.shape[:2])
    first, second = (
        ndimage.gaussian_filter(rgb.mean(axis=2), sigma)[::8, ::8].ravel() for rgb in (a, b)
    )
    return float(np.corrcoef(first, second)[0, 1])


def main(arguments: list[str], corpus: Path) -> None:
    """Forge towards several targets and print a line for each."""
    parser = argparse.ArgumentParser(prog="bench.redteam forgery")
    parser.add_argument("--side", type=int, default=768, help="short side, pixels")
    parser.add_argument("--targets", type=int, default=6, help="stamped pictures")
    parser.add_argument("--innocent", type=int, default=6, help="pictures the forger has, for each")
    parser.add_argument("--tries", type=int, default=3, help="forgeries made in pixels, for each")
    parser.add_argument("--show", type=Path, help="folder for the pictures")
    options = parser.parse_args(arguments)
    paths = corpus_pictures(corpus)
    step = len(paths) // options.targets
    print("| stamped | innocent | PSNR, dB | SSIMULACRA2 | like stamped | like innocent | blind |")
    print("|---" * 7 + "|")
    for index in range(0, step * options.targets, step):
        target = load(paths[index], options.side)
        geometry = watermark.layout(*target.size)
        reference = fingerprint.lattice(np.asarray(target), geometry)
        others = [(index + 7 * (k + 1)) % len(paths) for k in range(options.innocent)]
        candidates = [
            (paths[other].stem, rgb)
            for other in others
            for rgb in variants(load(paths[other], options.side), target.size)
        ]
        found = forge(reference, [rgb for _, rgb in candidates], geometry, options.tries)
        if found is None:
            print(f"| {paths[index].stem} | none passed |" + " |" * 5, flush=True)
            continue
        name = next(name for name, rgb in candidates if rgb is found.innocent)
        seen = quality(found.innocent, found.forged)
        row = (
            paths[index].stem,
            name,
            f"{seen['psnr']:.1f}",
            f"{seen.get('ssimulacra2', float('nan')):.0f}",
            f"{layouts_alike(found.forged, np.asarray(target)):.2f}",
            f"{layouts_alike(found.forged, found.innocent):.2f}",
            "passes" if end_to_end(reference, found.forged) else "fails",
        )
        print(f"| {' | '.join(row)} |", flush=True)
        if options.show:
            _show(options.show / f"{paths[index].stem}.jpg", np.asarray(target), found)


def _show(path: Path, target: Pixels, found: Forgery) -> None:
    """Write stamped, innocent and forged picture side by side."""
    path.parent.mkdir(parents=True, exist_ok=True)
    row = np.hstack((target, found.innocent, found.forged))
    Image.fromarray(row).reduce(2).save(path, quality=QUALITY)
