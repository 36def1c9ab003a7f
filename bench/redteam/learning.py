"""Learning a private layer from many pictures: to write words of one's own, or to take it out.

The thief has pictures that one producer stamped in both layers under one key, and reads from the
public layer what each says. He takes it that both layers hold the same code word: for each
coefficient he looks for the code bit that its sign follows through all pictures. With what he
learnt he writes a payload of his own on another picture. Blind, he takes out what the pictures have
in common: their mean, and their principal components.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pywt
from numpy.typing import NDArray
from PIL import Image

from bench.fingerprints import corpus_pictures, load
from bench.redteam import thief
from bench.redteam.removal import KEY, LOCK, stamped
from bench.redteam.shading import Pixels
from provenance import watermark
from provenance.watermark import code
from provenance.watermark import format as fmt
from provenance.watermark.detection.soft_bits import WEIGHTINGS, transform
from provenance.watermark.embedding import masking
from provenance.watermark.plane import layout, luma, sample, spread

Floats = NDArray[np.float32]

STRENGTH = 4.0
"""Grey levels, root mean square, of a forged mark: twice a real one."""
COMPONENTS = 64
"""Principal components that are taken out."""


@dataclass(frozen=True)
class Learnt:
    """For each coefficient of a tile, or of a whole plane, the code bit and sign that fit best."""

    bit: dict[int, NDArray[np.intp]]
    chip: dict[int, NDArray[np.int8]]


def pictures(corpus: Path, count: int, side: int, seed: int) -> list[Pixels]:
    """Square parts of the corpus's pictures, turned and placed at random."""
    random = np.random.default_rng(seed)
    sources = [load(path, 2 * side) for path in corpus_pictures(corpus)]
    found = []
    for n in range(count):
        image = sources[n % len(sources)]
        left, top = (int(random.integers(0, span - side + 1)) for span in image.size)
        part = image.crop((left, top, left + side, top + side))
        found.append(np.asarray(part.transpose(Image.Transpose(int(random.integers(0, 7))))))
    return found


def coefficients(rgb: Pixels, *, folded: bool) -> dict[int, Floats]:
    """Weighted coefficients by level, added up over all tiles if ``folded``."""
    height, width = rgb.shape[:2]
    seen, found = transform(sample(luma(rgb), layout(width, height))), {}
    for level, gain in zip(sorted(seen.value), WEIGHTINGS[0].gains, strict=True):
        values = gain * seen.value[level] / (seen.variance[level] + WEIGHTINGS[0].floor ** 2)
        if folded:
            side = thief.TILE >> level
            grown = [(0, 0), *((0, -count % side) for count in values.shape[1:])]
            blocks = np.pad(values, grown)
            blocks = blocks.reshape(3, blocks.shape[1] // side, side, -1, side)
            values = blocks.sum(axis=(1, 3))
        found[level] = values.astype(np.float32)
    return found


def learn(marked: list[Pixels], words: list[bytes], *, folded: bool) -> Learnt:
    """Choose for each coefficient the code bit that it follows."""
    bits = code.encode_all(words).astype(np.float32)
    seen = [coefficients(rgb, folded=folded) for rgb in marked]
    bit, chip = {}, {}
    for level in seen[0]:
        values = np.stack([each[level].ravel() for each in seen])
        values /= np.sqrt(np.square(values).mean(axis=1, keepdims=True)) + 1e-9
        best = np.empty(values.shape[1], dtype=np.intp)
        sign = np.empty(values.shape[1], dtype=np.int8)
        for first in range(0, values.shape[1], 4096):
            fits = bits.T @ values[:, first : first + 4096]
            at = np.abs(fits).argmax(axis=0)
            best[first : first + 4096] = at
            sign[first : first + 4096] = np.sign(fits[at, np.arange(len(at))])
        shape = seen[0][level].shape
        bit[level], chip[level] = best.reshape(shape), sign.reshape(shape)
    return Learnt(bit, chip)


def forge(rgb: Pixels, word: bytes, learnt: Learnt) -> Pixels:
    """Write a word with chips as learnt, twice as strong as a real mark."""
    bits, levels = code.encode(word), sorted(learnt.bit, reverse=True)
    details = [
        tuple(fmt.LEVEL_GAINS[level] * bits[learnt.bit[level]] * learnt.chip[level])
        for level in levels
    ]
    blank = np.zeros_like(details[0][0], dtype=np.float64)
    tile = pywt.waverec2([blank, *details], fmt.WAVELET, mode="periodization")
    height, width = rgb.shape[:2]
    geometry = layout(width, height)
    cover = masking.cover_plane(luma(rgb), geometry)
    rows, columns = (
        np.arange(count) % side for count, side in zip(cover.shape, tile.shape, strict=True)
    )
    samples = masking.mask(masking.local_variance(cover)) * tile[np.ix_(rows, columns)]
    samples = (STRENGTH * samples / samples.std()).astype(np.float32)
    change = spread(samples, geometry, slice(0, height), slice(0, width))
    return np.asarray(np.clip(np.rint(rgb + change[..., None]), 0, 255), np.uint8)


def principal(marked: list[Pixels]) -> list[Floats]:
    """What many pictures have in common: the mean of what they add, and principal components."""
    seen = np.stack([thief.residue(rgb) for rgb in marked])
    flat = seen.reshape(len(seen), -1)
    flat = flat / (np.sqrt(np.square(flat).sum(axis=1, keepdims=True)) + 1e-9)
    _, vectors = np.linalg.eigh(flat @ flat.T)
    chosen = (vectors[:, -COMPONENTS:].T @ flat).reshape(-1, *seen.shape[1:])
    return [seen.mean(axis=0), *chosen[::-1]]


def main(arguments: list[str], corpus: Path) -> None:
    """Learn from more and more pictures; print what can be forged and what can be removed."""
    parser = argparse.ArgumentParser(prog="bench.redteam learning")
    parser.add_argument("--side", type=int, default=256, help="side of the pictures, pixels")
    parser.add_argument("--known", type=int, nargs="+", default=[12, 100, 1000])
    parser.add_argument("--tries", type=int, default=12, help="pictures that are attacked then")
    options = parser.parse_args(arguments)
    random = np.random.default_rng(7)
    many, tries = max(options.known), options.tries
    payloads = [random.bytes(12) for _ in range(many + tries)]
    made = [
        stamped(rgb, payload)
        for rgb, payload in zip(
            pictures(corpus, many + tries, options.side, 1), payloads, strict=True
        )
    ]
    clean = pictures(corpus, tries, options.side, 2)
    print("| pictures known | forged, tiles folded | forged, not folded | read, mean and", end=" ")
    print(f"{COMPONENTS} components out |\n|---|---|---|---|")
    for known in options.known:
        words = [payload + LOCK for payload in payloads[:known]]
        row = [str(known)]
        for folded in (True, False):
            learnt = learn(made[:known], words, folded=folded)
            row.append(f"{_forged(clean, learnt)} of {len(clean)}")
        left = 0
        patterns = principal(made[:known])
        for rgb, payload in zip(made[many:], payloads[many:], strict=True):
            bare = thief.without_public(rgb, payload + LOCK)
            for pattern in patterns:
                bare = thief.without_common(bare, pattern)
            found = watermark.detect(bare, KEY)
            left += found is not None and found.payload == payload
        print(f"| {' | '.join([*row, f'{left} of {tries}'])} |", flush=True)


def _forged(clean: list[Pixels], learnt: Learnt) -> int:
    """In how many pictures the owner's key finds any payload that the thief wrote."""
    payload = b"never issued"
    seen = (watermark.detect(forge(rgb, payload + LOCK, learnt), KEY) for rgb in clean)
    return sum(found is not None for found in seen)
