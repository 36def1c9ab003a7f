"""How visible a mark is in colours that are not sRGB's: python -m bench.visibility [PICTURES].

Pictures are written as sRGB, Display P3, linear light, PQ and HLG of 16 bits, marked, converted to
display-referred sRGB by formulas of this file's own, and compared there with the unmarked picture
by SSIMULACRA2. Told is the difference from the sRGB control, picture by picture.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.formats import pictures
from bench.quality import score
from provenance import imaging, watermark
from tests.pngs import chunk
from tests.pngs import write as write_png

SIDE, DEFAULT_COUNT, PAYLOAD = 400, 12, bytes(range(12))
FULL = 65_535
Light = NDArray[np.float64]

SRGB = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
P3 = np.array([[0.4866, 0.2657, 0.1982], [0.2290, 0.6917, 0.0793], [0.0, 0.0451, 1.0439]])
BT2020 = np.array([[0.6370, 0.1446, 0.1689], [0.2627, 0.6780, 0.0593], [0.0, 0.0281, 1.0610]])
"""Primaries in XYZ, white D65 (H.273, table 2)."""

M1, M2, C1, C2, C3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
A, B, C = 0.17883277, 0.28466892, 0.55991073
GAMMA, PEAK = 1.2, 1000
"""Constants of PQ and of HLG (ITU-R BT.2100); HLG is shown with 1,000 cd/m2."""


def encode_srgb(light: Light) -> Light:
    high = 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055
    return np.asarray(np.where(light <= 0.0031308, light * 12.92, high), np.float64)


def decode_srgb(value: Light) -> Light:
    high = ((value + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(value <= 0.04045, value / 12.92, high), np.float64)


def encode_pq(light: Light, white: float) -> Light:
    power = np.maximum(light * white / 10_000, 0) ** M1
    return np.asarray(((C1 + C2 * power) / (1 + C3 * power)) ** M2)


def decode_pq(value: Light, white: float) -> Light:
    root = value ** (1 / M2)
    return np.asarray((np.maximum(root - C1, 0) / (C2 - C3 * root)) ** (1 / M1) * 10_000 / white)


def encode_hlg(light: Light) -> Light:
    shown = np.maximum(light, 0) * 203 / PEAK
    scene = shown * np.maximum(shown @ BT2020[1], 1e-9)[..., None] ** ((1 - GAMMA) / GAMMA)
    high = A * np.log(np.maximum(12 * scene - B, 1e-9)) + C
    return np.asarray(np.where(scene <= 1 / 12, np.sqrt(3 * scene), high), np.float64)


def decode_hlg(value: Light) -> Light:
    scene = np.where(value <= 0.5, value**2 / 3, (np.exp((value - C) / A) + B) / 12)
    shown = scene * np.maximum(scene @ BT2020[1], 1e-9)[..., None] ** (GAMMA - 1)
    return np.asarray(shown * PEAK / 203)


@dataclass(frozen=True)
class Kind:
    """A way to code light: primaries, both directions, and the chunk that states it."""

    primaries: Light
    encode: Callable[[Light], Light]
    decode: Callable[[Light], Light]
    stated: bytes


def cicp(*numbers: int) -> bytes:
    return chunk(b"cICP", bytes([*numbers, 0, 1]))


def pq(white: float) -> Kind:
    return Kind(BT2020, lambda x: encode_pq(x, white), lambda x: decode_pq(x, white), cicp(9, 16))


KINDS = {
    "sRGB": Kind(SRGB, encode_srgb, decode_srgb, cicp(1, 13)),
    "Display P3": Kind(P3, encode_srgb, decode_srgb, cicp(12, 13)),
    "linear light": Kind(SRGB, np.asarray, np.asarray, chunk(b"gAMA", struct.pack(">I", 100_000))),
    "HLG": Kind(BT2020, encode_hlg, decode_hlg, cicp(9, 18)),
    "PQ, white 203 cd/m2": pq(203),
    "PQ, white 100": pq(100),
    "PQ, white 80": pq(80),
    "PQ, white 300": pq(300),
}


def main() -> None:
    """Print a row for each kind, behind each picture's scores."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_COUNT
    paths = [*pictures("generated"), *pictures("photos")]
    differences: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for path in paths[:: len(paths) // count][:count]:
        image = Image.fromarray(imaging.decode(path.read_bytes()).rgb)
        image.thumbnail((SIDE, SIDE))
        light = decode_srgb(np.asarray(image) / 255)
        scores = {name: measure(light, kind) for name, kind in KINDS.items()}
        for name, found in scores.items():
            differences[name].append(found - scores["sRGB"])
        told = ", ".join(f"{name} {found:.1f}" for name, found in scores.items())
        print(f"{path.name}: {told}", file=sys.stderr, flush=True)
    print("| coded as | pictures | difference of SSIMULACRA2: mean | least | most |")
    print("|---|---|---|---|---|")
    for name, values in differences.items():
        cells = f"{np.mean(values):+.1f} | {min(values):+.1f} | {max(values):+.1f}"
        print(f"| {name} | {len(values)} | {cells} |")


def measure(light: Light, kind: Kind) -> float:
    """Mark a picture that is coded so, and score it as it is seen."""
    own = light @ (np.linalg.inv(kind.primaries) @ SRGB).T
    values = np.rint(np.clip(kind.encode(np.clip(own, 0, None)), 0, 1) * FULL).astype(np.uint16)
    picture = imaging.decode(write_png(values, 16, kind.stated))
    marked = picture.with_pixels(watermark.embed(picture.rgb, PAYLOAD))
    if marked.own is None:
        raise SystemExit("The picture was not read in 16 bits.")
    return score(show(values, kind), show(marked.own, kind))


def show(values: NDArray[np.uint16], kind: Kind) -> NDArray[np.uint8]:
    """Return what a display of sRGB shows of the numbers."""
    light = kind.decode(values / FULL) @ (np.linalg.inv(SRGB) @ kind.primaries).T
    return np.rint(encode_srgb(np.clip(light, 0, 1)) * 255).astype(np.uint8)


if __name__ == "__main__":
    main()
