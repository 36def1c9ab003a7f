"""Write vectors/fingerprint/{cells,tone,compare}.json: lattice fingerprints held against pictures.

Usage: python vectors/generate/comparison.py

Suspects are the files in vectors/pictures and pictures by formula; their geometry is given, so no
detector takes part. References are the fingerprints of the covers, before they were marked. The
outcomes are this library's, in double precision: sums, chances and shares are written in full, so
that another implementation can say how far it is off.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pictures import cover
from PIL import Image

from provenance.fingerprint import LatticeFingerprint, compare, lattice
from provenance.fingerprint.agreement import agree
from provenance.fingerprint.cells import Cells, measure
from provenance.fingerprint.offsets import correlate
from provenance.geometry import Geometry
from provenance.watermark import layout

FOLDER = Path(__file__).resolve().parent.parent / "fingerprint"
PICTURES = FOLDER.parent / "pictures"
ORIGIN = "provenance itself, in double precision"
DIGITS = 9
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Suspect:
    """A picture to compare, as the document states it.

    From ``file`` the rectangle ``part`` (left, top, right, bottom) is cut. Then each sample ``x``
    becomes ``255 - x`` if ``negative``; then, where there is a ``mixed`` file, ``(a x + (256 - a)
    y) // 256`` with its sample ``y`` at the same place, cut alike; then ``x * n // d + p`` by
    ``tone``; then samples in ``covered`` become 0. ``matrix`` is of the suspect after the cut.
    """

    file: str
    matrix: list[list[float]]
    part: list[int] | None = None
    negative: bool = False
    mixed: dict[str, Any] | None = None
    tone: list[int] | None = None
    covered: list[int] | None = None

    @property
    def rgb(self) -> Pixels:
        samples = self._read(self.file)
        if self.negative:
            samples = 255 - samples
        if self.mixed:
            share = self.mixed["of_256"]
            samples = (share * samples + (256 - share) * self._read(self.mixed["with"])) // 256
        if self.tone:
            times, over, plus = self.tone
            samples = samples * times // over + plus
        if self.covered:
            left, top, right, bottom = self.covered
            samples[top:bottom, left:right] = 0
        assert samples.min() >= 0
        assert samples.max() <= 255
        return np.repeat(samples.astype(np.uint8)[:, :, None], 3, axis=2)

    @property
    def geometry(self) -> Geometry:
        (xx, xy, x0), (yx, yy, y0), (pu, pv, one) = self.matrix
        assert one == 1
        return Geometry(xx, xy, yx, yy, x0, y0, 256, pu, pv)

    def _read(self, file: str) -> NDArray[np.int64]:
        with Image.open(PICTURES / file) as image:
            cut = image.crop(tuple(self.part)) if self.part else image
            return np.asarray(cut.convert("L"), np.int64)

    def describe(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value not in (None, False)}


def known() -> dict[str, tuple[int, list[list[float]]]]:
    """Number of the cover, and map, of each marked picture."""
    cases = json.loads((PICTURES / "pictures.json").read_text())["cases"]
    marked = [case for case in cases if case["expected"] and case["name"] != "private-as-public"]
    return {case["name"]: (n, case["expected"]["matrix"]) for n, case in enumerate(marked, 1)}


KNOWN = known()


def reference(number: int) -> LatticeFingerprint:
    image = cover(number).convert("RGB")
    return lattice(np.ascontiguousarray(np.asarray(image)), layout(*image.size))


def suspect(name: str, **change: Any) -> Suspect:
    _, matrix = KNOWN[name]
    part = change.get("part")
    if part:
        (a, b, c), (d, e, f), (g, h, i) = matrix
        left, top = part[:2]
        matrix = [
            [a - left * g, b - left * h, c - left * i],
            [d - top * g, e - top * h, f - top * i],
            [g, h, i],
        ]
    return Suspect(f"{name}.png", matrix, negative=name == "negative", **change)


def scaled(name: str, matrix: list[list[float]], **change: Any) -> Suspect:
    return Suspect(f"{name}.png", matrix, **change)


def shifted(name: str, across: int, down: int) -> Suspect:
    """Return the same picture, by a geometry that is some whole tiles off."""
    (a, b, c), (d, e, f), (g, h, i) = KNOWN[name][1]
    assert g == h == 0
    u, v = 256 * across, 256 * down
    return scaled(name, [[a, b, c + a * u + b * v], [d, e, f + d * u + e * v], [g, h, i]])


UPRIGHT = KNOWN["as-marked"][1]
COARSE = [[0.21, 0.0, 0.0], [0.0, 0.21, 0.0], [0.0, 0.0, 1.0]]
NEEDLE = [[8.0, 0.0, 0.0], [0.0, 0.4, 0.0], [0.0, 0.0, 1.0]]

# --- cells --------------------------------------------------------------------------------------

MEASURED: list[tuple[str, Suspect, int]] = [
    ("upright", suspect("half"), 32),
    ("cut, so that the first cells stick out", suspect("crop"), 32),
    ("quarter turn", suspect("quarter-turn"), 32),
    ("mirrored", suspect("mirrored"), 32),
    ("turned by 11 degrees", suspect("turned"), 32),
    ("stretched", suspect("stretched"), 32),
    ("tilted", suspect("tilted"), 32),
    ("cells of 64 units", suspect("larger"), 64),
    ("cells of less than 7 pixels", scaled("half", COARSE), 32),
    ("a needle, which is not measured", scaled("half", NEEDLE), 32),
    ("no whole cell", suspect("half", part=[0, 0, 11, 40]), 32),
]


def write_cells(made: Cells | None) -> dict[str, Any] | None:
    if made is None:
        return None
    return {
        "row": made.row,
        "column": made.column,
        "means": [
            [round(float(mean), 3) if inside else None for mean, inside in zip(*row, strict=True)]
            for row in zip(made.means, made.inside, strict=True)
        ],
    }


def cells() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "suspect": each.describe(),
            "side": side,
            "expected": write_cells(measure(each.rgb, each.geometry, side)),
        }
        for name, each, side in MEASURED
    ]


# --- tone ---------------------------------------------------------------------------------------


def drawn(label: str, shape: tuple[int, int]) -> NDArray[np.float64]:
    stream = hashlib.shake_256(label.encode()).digest(shape[0] * shape[1])
    return np.frombuffer(stream, np.uint8).reshape(shape).astype(np.float64)


def tone() -> list[dict[str, Any]]:
    signed = np.floor(drawn("tone signed", (7, 9)) / 4) * 4 + 2
    noise = drawn("tone noise", (7, 9)) / 32 - 4
    every = np.ones((7, 9), bool)
    some = drawn("tone inside", (7, 9)) > 80
    lifted = 255 * (signed / 255) ** 0.5
    made = [
        ("as signed", signed, signed, every),
        ("noise", signed, signed + noise, every),
        ("lifted shadows, and noise", signed, lifted + noise, every),
        ("some cells outside", signed, lifted + noise, some),
        ("half the contrast", signed, 60 + 0.5 * signed, every),
        ("twice the contrast", signed, 2 * signed - 128, every),
        ("a quarter covered", signed, np.where(np.arange(9) < 3, 250.0, signed + noise), every),
        ("a negative", signed, 255 - signed, every),
        ("another picture", signed, drawn("tone other", (7, 9)), every),
        ("plain, signed", np.full((7, 9), 130.0), drawn("tone other", (7, 9)), every),
        ("plain, seen", signed, np.full((7, 9), 130.0), every),
        ("one row", signed[:1], (signed + noise)[:1], every[:1]),
    ]
    return [
        {
            "name": name,
            "signed": there.tolist(),
            "seen": [[round(value, 6) for value in row] for row in here.tolist()],
            "inside": ["".join("01"[int(each)] for each in row) for row in inside],
            "expected": {
                key: round(value, DIGITS)
                for key, value in asdict(agree(there, np.round(here, 6), inside)).items()
            },
        }
        for name, there, here, inside in made
    ]


# --- comparisons --------------------------------------------------------------------------------

OTHERS = ("blur", "larger", "crop", "stretched")
MADE: list[tuple[str, str, Suspect]] = [
    *((name, name, suspect(name)) for name in KNOWN),
    *((f"{name}, another picture's", "as-marked", suspect(name)) for name in OTHERS),
    ("known up to whole tiles", "as-marked", shifted("as-marked", 3, -2)),
    ("a quarter of it", "as-marked", suspect("as-marked", part=[0, 0, 224, 224])),
    ("a small part", "as-marked", suspect("as-marked", part=[150, 130, 290, 270])),
    ("a small part, beside another", "pasted", suspect("pasted", part=[0, 0, 330, 270])),
    ("a part, beside another", "pasted", suspect("pasted", part=[0, 0, 400, 340])),
    ("too small a part", "as-marked", suspect("as-marked", part=[0, 0, 60, 60])),
    ("a small part of another", "blur", suspect("as-marked", part=[0, 0, 140, 140])),
    ("dark", "as-marked", suspect("as-marked", tone=[160, 256, 0])),
    ("darker than is allowed", "as-marked", suspect("as-marked", tone=[104, 256, 90])),
    ("its negative", "as-marked", Suspect("as-marked.png", UPRIGHT, negative=True)),
    ("a negative, taken as it is", "negative", Suspect("negative.png", UPRIGHT)),
    ("covered in part", "as-marked", suspect("as-marked", covered=[0, 300, 448, 448])),
    ("covered by half", "as-marked", suspect("as-marked", covered=[0, 0, 448, 224])),
    *(
        (
            f"{share} of 256 of it, the rest another",
            "as-marked",
            suspect("as-marked", mixed={"with": "blur.png", "of_256": share}),
        )
        for share in (60, 110, 140, 170, 210)
    ),
    ("plain", "as-marked", suspect("as-marked", tone=[0, 1, 128])),
    ("a wrong geometry", "as-marked", Suspect("as-marked.png", KNOWN["mirrored"][1])),
    ("a geometry that is off by three pixels", "as-marked", Suspect(
        "as-marked.png", [[UPRIGHT[0][0], 0.0, 3.0], [0.0, UPRIGHT[1][1], -3.0], [0.0, 0.0, 1.0]]
    )),
    ("a needle, which is not measured", "as-marked", Suspect("as-marked.png", NEEDLE)),
    ("cells of 64 units", "coarse", scaled("larger", COARSE)),
    ("cells of 64 units, another picture's", "coarse", scaled("blur", COARSE)),
    ("a single cell", "single", suspect("as-marked")),
]  # fmt: skip


def references() -> dict[str, LatticeFingerprint]:
    found = {name: reference(number) for name, (number, _) in KNOWN.items()}
    larger = scaled("larger", COARSE)
    found["coarse"] = lattice(larger.rgb, larger.geometry)
    found["single"] = LatticeFingerprint(np.full((1, 1), 30, np.uint8))
    assert found["coarse"].side == 64
    return found


def comparisons() -> list[dict[str, Any]]:
    signed = references()
    cases = []
    for name, kept, each in MADE:
        found = asdict(compare(signed[kept], each.rgb, each.geometry))
        rounded = {k: round(v, DIGITS) if isinstance(v, float) else v for k, v in found.items()}
        rounded["error_rate"] = float(f"{found['error_rate']:.9g}")
        cases.append(
            {"name": name, "reference": kept, "suspect": each.describe(), "expected": rounded}
        )
    return cases


def offsets() -> list[dict[str, Any]]:
    """Give every number of one comparison, offset by offset."""
    each = suspect("half")
    signed = references()["half"]
    measured = measure(each.rgb, each.geometry, signed.side)
    assert measured is not None
    found = correlate(signed, measured, 256 // signed.side)
    return [
        {
            "place": place.tolist(),
            "weight": round(float(weight), DIGITS),
            "agreement": round(float(agreement), DIGITS) + 0.0,
            "chance": float(f"{chance:.9g}"),
            "evidence": round(float(evidence), DIGITS) + 0.0,
        }
        for place, weight, agreement, chance, evidence in zip(
            found.places, found.weight, found.agreement, found.chance, found.evidence, strict=True
        )
    ]


def write(name: str, document: dict[str, Any]) -> None:
    head = {"origin": ORIGIN, "generator": "vectors/generate/comparison.py"}
    (FOLDER / name).write_text(json.dumps(head | document, indent=1) + "\n", "ascii")


def main() -> None:
    write("cells.json", {"cases": cells()})
    write("tone.json", {"cases": tone()})
    packed = {name: made.pack().hex() for name, made in references().items()}
    write(
        "compare.json",
        {"references": packed, "cases": comparisons(), "offsets_of_half": offsets()},
    )


if __name__ == "__main__":
    main()
