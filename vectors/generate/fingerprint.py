"""Write vectors/fingerprint/*.json. Needs ``pip install pdqhash``, which is the oracle for PDQ.

Usage: python vectors/generate/fingerprint.py
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pdqhash
import skimage
from numpy.typing import NDArray
from PIL import Image

from provenance.fingerprint import lattice, seal, sealing
from provenance.geometry import Geometry
from provenance.watermark import layout

FOLDER = Path(__file__).resolve().parent.parent / "fingerprint"
SIZES = ((64, 64), (65, 127), (128, 129), (333, 200), (512, 768), (1200, 1100))
TEXTURED = ((301, 277), (1500, 130), (6000, 96))  # the last has cells of 64 units
PHOTOGRAPHS = ("astronaut", "camera", "chelsea", "coffee")  # PNG, so every decoder agrees


def procedural(height: int, width: int) -> NDArray[np.uint8]:
    """Make a picture by formula: 13 x 11 blocks of SHAKE-256 output, and a ramp.

    Sample (y, x, c) is ``(3 * noise[13 * y // height, 11 * x // width, c] + ramp) // 4`` with
    ``ramp = 255 * x // width``, divisions rounding down, and ``noise`` the 429 bytes of SHAKE-256
    over ``"{height}x{width}"``, in rows, columns, channels. (Blocks that divided the thumbnail
    would make coefficients vanish, and rounding would decide the hash.)
    """
    stream = hashlib.shake_256(f"{height}x{width}".encode()).digest(13 * 11 * 3)
    noise = np.frombuffer(stream, np.uint8).reshape(13, 11, 3).astype(int)
    rows, columns = np.arange(height), np.arange(width)
    blocks = noise[13 * rows // height][:, 11 * columns // width]
    rgb = (3 * blocks + (255 * columns // width)[None, :, None]) // 4
    return np.ascontiguousarray(rgb, dtype=np.uint8)  # pdqhash ignores strides


def textured(height: int, width: int) -> NDArray[np.uint8]:
    """Make a picture by formula in which every pixel differs from its neighbours.

    Sample (y, x, c) is ``(texture + 255 * y // height) // 2``, divisions rounding down, with
    ``texture = (7919 * x + 104729 * y + (c + 1) * x * y) % 251``.
    """
    rows, columns = np.arange(height)[:, None, None], np.arange(width)[None, :, None]
    channels = np.arange(3)[None, None, :]
    texture = (7919 * columns + 104729 * rows + (channels + 1) * columns * rows) % 251
    return np.ascontiguousarray((texture + 255 * rows // height) // 2, dtype=np.uint8)


def photograph(name: str) -> NDArray[np.uint8]:
    """Return a photograph from scikit-image's package."""
    with Image.open(Path(skimage.__file__).parent / "data" / f"{name}.png") as image:
        return np.asarray(image.convert("RGB"))


def pictures() -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Every picture of the vectors, by name."""
    for height, width in SIZES:
        yield f"procedural {height}x{width}", procedural(height, width)
    for name in PHOTOGRAPHS:
        yield f"scikit-image {name}", photograph(name)


def pdq_cases() -> list[dict[str, object]]:
    """Ask the reference implementation about every picture, in eight orientations."""
    cases: list[dict[str, object]] = []
    for name, rgb in pictures():
        bits, quality = pdqhash.compute(rgb)
        turned, _ = pdqhash.compute_dihedral(rgb)
        cases.append(
            {
                "picture": name,
                "sha256": hashlib.sha256(rgb.tobytes()).hexdigest(),
                "hex": np.packbits(bits).tobytes().hex(),
                "quality": int(quality),
                "dihedral": [np.packbits(each).tobytes().hex() for each in turned],
            }
        )
    return cases


def lattice_cases() -> list[dict[str, object]]:
    """Take the lattice fingerprint of every photograph, on lattices of two scales."""
    return [
        {
            "picture": f"scikit-image {name}",
            "geometry": asdict(geometry),
            "packed": lattice(photograph(name), geometry).pack().hex(),
        }
        for name in PHOTOGRAPHS
        for geometry in (Geometry(0.75, 0, 0, 0.75, tile=256), Geometry(1.3, 0, 0, 1.3, tile=256))
    ]


def layout_cases() -> list[dict[str, object]]:
    """Take the lattice fingerprint of pictures made by formula, lying as they are marked."""
    made = [("procedural", size, procedural(*size)) for size in SIZES]
    made += [("textured", size, textured(*size)) for size in TEXTURED]
    return [
        {
            "picture": f"{kind} {height}x{width}",
            "sha256": hashlib.sha256(rgb.tobytes()).hexdigest(),
            "packed": lattice(rgb, layout(width, height)).pack().hex(),
        }
        for kind, (height, width), rgb in made
    ]


def seal_cases() -> list[dict[str, object]]:
    """Seal fingerprints: the smallest, and of photographs; with the key that scrypt gives."""
    fingerprints = [lattice(procedural(64, 64), Geometry(1, 0, 0, 1, tile=256))]
    fingerprints += [
        lattice(photograph(name), Geometry(1.3, 0, 0, 1.3, tile=256)) for name in PHOTOGRAPHS
    ]
    cases: list[dict[str, object]] = []
    for n, made in enumerate(fingerprints):
        drawn = hashlib.shake_256(f"seal {n}".encode()).digest(12 + 3 + 16)
        payload, lock, salt = drawn[:12], drawn[12:15], drawn[15:]
        key, nonce = sealing.derive_key(payload, lock, salt)
        cases.append(
            {
                "payload": payload.hex(),
                "lock": lock.hex(),
                "salt": salt.hex(),
                "key": key.hex(),
                "nonce": nonce.hex(),
                "packed": made.pack().hex(),
                "text": seal(made, payload, lock, salt=salt),
            }
        )
    return cases


def write(name: str, document: dict[str, object]) -> None:
    """Write one vector file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_text(json.dumps(document, indent=1) + "\n")


def main() -> None:
    write("pdq.json", {"source": "pdqhash 0.2.8", "cases": pdq_cases()})
    write("lattice.json", {"source": "provenance itself", "cases": lattice_cases()})
    write("layout.json", {"source": "provenance itself", "cases": layout_cases()})
    write("seal.json", {"source": "provenance itself", "cases": seal_cases()})


if __name__ == "__main__":
    main()
