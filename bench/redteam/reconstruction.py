"""Rebuilding the picture from what is stored: its layout, from fingerprints alone.

Manifest and record hold the lattice fingerprint sealed. Who guessed the lock, or has the picture,
opens it, and its levels are a small picture. Who has the text alone is taken to know the shape, and
reads the ciphertext as levels. PDQ's signs are given the size that such waves
have in most pictures and transformed back. The result is compared
with the original behind a blur, up to tone, and a packaged detector looks for the faces it had.
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
from bench.redteam.shading import Floats, Pixels
from provenance import fingerprint, watermark
from provenance.fingerprint.pdq_hash import FREQUENCIES, THUMBNAIL

SHOWN = 256
"""Short side, pixels, at which original and rebuilt picture are compared."""
BLURS = (1 / 16, 1 / 32, 1 / 64)
"""Standard deviations, in short sides, of the blur in front of the original."""
PAYLOAD = bytes(12)
DIGITS = np.zeros(128)
DIGITS[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")] = range(64)
"""What each digit of base64url stands for."""
SMALLEST_FACE, OVERLAP = 48, 0.3
"""Side of a face, pixels at SHOWN; share of the union that two boxes of one face have in common."""


def from_pdq(hexadecimal: str) -> Floats:
    """Transform PDQ's signs back, each wave as large as its frequency lets expect."""
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(hexadecimal), np.uint8))[::-1]
    signs = bits.reshape(FREQUENCIES, FREQUENCIES) * 2.0 - 1
    frequency = np.arange(1, FREQUENCIES + 1)
    size = 1 / np.sqrt(np.add.outer(frequency**2, frequency**2))
    phase = np.pi / THUMBNAIL * frequency[:, None] * (np.arange(THUMBNAIL) + 0.5)
    waves = np.cos(phase)
    return np.asarray(waves.T @ (signs * size) @ waves)


def from_sealed(reference: fingerprint.LatticeFingerprint) -> Floats:
    """Read the end of a sealed fingerprint's text as if its digits were the levels."""
    sealed = fingerprint.seal(reference, PAYLOAD, watermark.draw_lock())
    digits = np.frombuffer(sealed[-reference.levels.size :].encode(), np.uint8)
    return np.asarray(DIGITS[digits].reshape(reference.levels.shape), np.float64)


@dataclass(frozen=True)
class Likeness:
    """How much a rebuilt picture shows: by each blur correlation and SSIM; faces found again."""

    correlation: tuple[float, ...]
    ssim: tuple[float, ...]
    faces: int


def likeness(original: Pixels, rebuilt: Floats, box: tuple[float, float, float, float]) -> Likeness:
    """Compare a picture with what was rebuilt of it; ``box`` is its place among rebuilt cells."""
    from skimage.metrics import structural_similarity

    luma = _small(original)
    size = (luma.shape[1], luma.shape[0])
    image = Image.fromarray(rebuilt.astype(np.float32))
    shown = np.asarray(image.resize(size, Image.Resampling.BICUBIC, box=box), np.float64)
    correlations, likenesses = [], []
    for blur in BLURS:
        seen = ndimage.gaussian_filter(luma, blur * SHOWN)
        fitted = _toned(shown, seen)
        correlations.append(float(np.corrcoef(seen.ravel(), shown.ravel())[0, 1]))
        likenesses.append(float(structural_similarity(seen, fitted, data_range=255)))
    again = list(_faces(_toned(shown, luma)))
    found = sum(any(_same(face, other) for other in again) for face in _faces(luma))
    return Likeness(tuple(correlations), tuple(likenesses), found)


def _small(rgb: Pixels) -> Floats:
    image = Image.fromarray(rgb).convert("L")
    factor = SHOWN / min(image.size)
    size = (round(image.width * factor), round(image.height * factor))
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS), np.float64)


def _toned(shown: Floats, like: Floats) -> Floats:
    """Give a picture the mean and the contrast that fit another best."""
    slope, level = np.polyfit(shown.ravel(), like.ravel(), 1)
    return np.asarray(np.clip(slope * shown + level, 0, 255))


def _faces(luma: Floats) -> Iterator[tuple[int, int, int]]:
    """Give top, left and side of the faces that scikit-image's cascade finds."""
    from skimage import data
    from skimage.feature import Cascade

    cascade = Cascade(data.lbp_frontal_face_cascade_filename())
    for box in cascade.detect_multi_scale(
        luma.astype(np.uint8),
        scale_factor=1.1,
        step_ratio=1,
        min_size=(SMALLEST_FACE, SMALLEST_FACE),
        max_size=(SHOWN, SHOWN),
    ):
        yield int(box["r"]), int(box["c"]), int(box["width"])


def _same(first: tuple[int, int, int], second: tuple[int, int, int]) -> bool:
    """Whether two squares are one face."""
    (top, left, side), (other_top, other_left, other_side) = first, second
    high = min(top + side, other_top + other_side) - max(top, other_top)
    wide = min(left + side, other_left + other_side) - max(left, other_left)
    common = max(0, high) * max(0, wide)
    return common >= OVERLAP * (side**2 + other_side**2 - common)


def rebuilt(rgb: Pixels) -> dict[str, Likeness]:
    """Rebuild a picture from each of its fingerprints."""
    height, width = rgb.shape[:2]
    geometry = watermark.layout(width, height)
    reference = fingerprint.lattice(rgb, geometry)
    cells, side = reference.means, geometry.scale * reference.side
    box = (0.0, 0.0, min(cells.shape[1], width / side), min(cells.shape[0], height / side))
    hashed = from_pdq(fingerprint.pdq(rgb).hex)
    return {
        "the sealed lattice": likeness(rgb, from_sealed(reference), box),
        "the opened lattice": likeness(rgb, cells, box),
        "PDQ": likeness(rgb, hashed, (0.0, 0.0, THUMBNAIL, THUMBNAIL)),
        "itself": likeness(rgb, _small(rgb), (0.0, 0.0, *_small(rgb).shape[::-1])),
    }


def main(arguments: list[str], corpus: Path) -> None:
    """Rebuild every picture at every size and print a line for each size and fingerprint."""
    parser = argparse.ArgumentParser(prog="bench.redteam reconstruction")
    parser.add_argument("--sides", type=int, nargs="+", default=[512, 1024, 3600])
    parser.add_argument("--pictures", type=int, default=60)
    options = parser.parse_args(arguments)
    paths = corpus_pictures(corpus)[:: max(1, 60 // options.pictures)]
    blurs = ", ".join(f"1/{round(1 / blur)}" for blur in BLURS)
    print(f"Correlation and SSIM, medians, against the original blurred by {blurs} of its side\n")
    print("| short side | rebuilt from | correlation | SSIM | faces |\n|---|---|---|---|---|")
    for side in options.sides:
        seen: dict[str, list[Likeness]] = {}
        for path in paths:
            for name, found in rebuilt(np.asarray(_sized(path, side))).items():
                seen.setdefault(name, []).append(found)
        for name, all_found in seen.items():
            correlation = _medians([found.correlation for found in all_found])
            ssim = _medians([found.ssim for found in all_found])
            faces = sum(found.faces for found in all_found)
            print(f"| {side} | {name} | {correlation} | {ssim} | {faces} |", flush=True)


def _sized(path: Path, side: int) -> Image.Image:
    """Load a picture with this short side, however much it has to be enlarged."""
    image = load(path, side)
    factor = side / min(image.size)
    return image.resize([round(length * factor) for length in image.size])


def _medians(rows: list[tuple[float, ...]]) -> str:
    return ", ".join(f"{value:.2f}" for value in np.median(np.array(rows), axis=0))
