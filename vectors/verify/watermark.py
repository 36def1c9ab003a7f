"""A second implementation of the watermark's format, from docs/watermark-format.md alone.

Usage: ``python vectors/verify/watermark.py [FOLDER]``. It needs nothing but Python and imports
nothing of provenance. It computes every value of vectors/{payload,code,carrier,pilot,watermark}
again, prints each difference, and exits with 1 if there is one. It is written to be read, not fast.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

Grid = list[list[float]]
Finding = tuple[str, object, object]
"""What was compared, what the file says, and what it should say."""

TILE, SAMPLES, BLOCK = 256, 128, 32
GAINS = {1: 0.75, 2: 1.0}
RINGS = ((14, 17), (18, 21), (22, 25), (26, 29), (29, 32), (33, 36), (36, 39), (40, 43))
EXCERPT = 16

# --- synthesis filters of CDF 9/7, by offset from the sample they are centred on
_G = (0.7884856164055829, 0.41809227322161724, -0.040689417609164058, -0.064538882628697058)
_H = (-0.85269867900889385, 0.37740285561283066, 0.11062440441843718, -0.023849465019556843)
LOW = {n: _G[abs(n)] for n in range(-3, 4)}
HIGH = {n: (*_H, -0.03782845550726404)[abs(n)] for n in range(-4, 5)}


# --- payload


def pack(case: dict[str, Any]) -> bytes:
    bits = (
        f"{case['version']:04b}{case['producer']:020b}{case['model']:016b}"
        f"{case['minute']:026b}{case['serial']:030b}"
    )
    return int(bits, 2).to_bytes(12, "big")


def check_payloads(document: Any) -> Iterator[Finding]:
    for case in document["cases"]:
        yield "payload", case["payload"], pack(case).hex()
        created = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=case["minute"])
        yield "time", case["created"], created.isoformat()


# --- code


def information_positions() -> list[int]:
    """The 136 heaviest of 1024, mixed; weights as integers, scaled by 10**30."""
    unit = 10**30
    root = [math.isqrt(math.isqrt(2**j * unit**4)) for j in range(10)]  # 2**(j/4) * unit
    weight = [sum(root[j] for j in range(10) if i >> j & 1) for i in range(1024)]
    best = sorted(sorted(range(1024), key=weight.__getitem__)[-136:])
    return [best[place] for place in permutation(bytes(32), "information order", 136)]


def crc(data: bytes) -> int:
    """The CRC-16 of x^16 + x^12 + x^5 + 1, from all ones on, most significant bits first."""
    register = 0xFFFF
    for byte in data:
        register ^= byte << 8
        for _ in range(8):
            register = register << 1 ^ (0x11021 if register & 0x8000 else 0)
    return register


def encode(word: bytes) -> list[int]:
    """The code word of a public mark's word: the word and its check."""
    return polar(word + crc(word).to_bytes(2, "big"))


def polar(word: bytes) -> list[int]:
    """Code bit c is the sum of the input bits at all positions that contain c's bits."""
    information = int.from_bytes(word, "big")
    value = [0] * 1024
    for n, position in enumerate(information_positions()):
        value[position] = information >> (135 - n) & 1
    return [sum(value[i] for i in range(1024) if i & place == place) % 2 for place in range(1024)]


def check_code(document: Any) -> Iterator[Finding]:
    positions = " ".join(map(str, information_positions()))
    yield "information positions", document["information_positions"], positions
    for case in document["cases"]:
        word = bytes.fromhex(case["payload"] + case["lock"])
        yield "check", case["check"], f"{crc(word):04x}"
        yield "code", case["code"], packed(encode(word))


def check_locks(document: Any) -> Iterator[Finding]:
    for case in document["cases"]:
        payload, key = bytes.fromhex(case["payload"]), bytes.fromhex(case["key"])
        digest = hmac.digest(key, b"provenance.lock.1" + payload, "sha256")
        yield "lock", case["lock"], digest[:3].hex()


def seal(payload: bytes, key: bytes) -> bytes:
    """A private word: the payload under a mask that its tag gives, then the tag."""
    tag = stream(key, f"private tag {payload.hex()}", 5)
    mask = stream(key, f"private mask {tag.hex()}", 12)
    return bytes(a ^ b for a, b in zip(payload, mask, strict=True)) + tag


def check_private(document: Any) -> Iterator[Finding]:
    for case in document["cases"]:
        sealed = seal(bytes.fromhex(case["payload"]), bytes.fromhex(case["key"]))
        yield "sealed", case["sealed"], sealed.hex()
        yield "nonce", case["nonce"], sealed[12] >> 4
        yield "code", case["code"], packed(polar(sealed))


def packed(bits: list[int]) -> str:
    return f"{int(''.join(map(str, bits)), 2):0{len(bits) // 4}x}"


# --- streams


def stream(key: bytes, label: str, length: int) -> bytes:
    seed = b""
    for part in (b"provenance dwt.1", key, label.encode()):
        seed += len(part).to_bytes(2, "big") + part
    return hashlib.shake_256(seed).digest(length)


def words(key: bytes, label: str, count: int) -> list[int]:
    data = stream(key, label, 4 * count)
    return [int.from_bytes(data[at : at + 4], "big") for at in range(0, 4 * count, 4)]


def permutation(key: bytes, label: str, count: int) -> list[int]:
    drawn = words(key, label, count)
    return sorted(range(count), key=lambda place: (drawn[place], place))


# --- carrier


def band_bits(key: bytes, level: int, orientation: int) -> list[list[int]]:
    """Which code bit each coefficient carries."""
    side = SAMPLES >> level
    rows = [[0] * side for _ in range(side)]
    for top in range(0, side, BLOCK):
        for left in range(0, side, BLOCK):
            label = f"bits level {level} orientation {orientation} block {top} {left}"
            for n, bit in enumerate(permutation(key, label, 1024)):
                rows[top + n // BLOCK][left + n % BLOCK] = bit
    return rows


def band_chips(key: bytes, nonce: int | None, level: int, orientation: int) -> list[list[int]]:
    """Chips as bits: 1 turns the sign. Private ones differ in 8 x 8 tiles."""
    if nonce is not None:
        return private_chips(key, nonce, level, orientation)
    side = SAMPLES >> level
    label = f"chips level {level} orientation {orientation}"
    data = int.from_bytes(stream(key, label, side * side // 8), "big")
    flat = [data >> (side * side - 1 - n) & 1 for n in range(side * side)]
    return [flat[row * side : (row + 1) * side] for row in range(side)]


def private_chips(key: bytes, nonce: int, level: int, orientation: int) -> list[list[int]]:
    """The subband's part of each tile's stream, tiles side by side."""
    side, subbands = SAMPLES >> level, [(each, n) for each in GAINS for n in range(3)]
    before = sum((SAMPLES >> each) ** 2 for each, _ in subbands[: 3 * (level - 1) + orientation])
    rows = [[0] * (8 * side) for _ in range(8 * side)]
    for down in range(8):
        for across in range(8):
            data = stream(key, f"chips nonce {nonce} tile {down} {across}", 15360 // 8)
            bits = f"{int.from_bytes(data, 'big'):015360b}"[before : before + side * side]
            for row in range(side):
                part = bits[row * side : (row + 1) * side]
                rows[down * side + row][across * side : (across + 1) * side] = map(int, part)
    return rows


def check_carrier(document: Any) -> Iterator[Finding]:
    for case in document["cases"]:
        key = bytes.fromhex(case["key"])
        order = [(band["level"], band["orientation"]) for band in case["bands"]]
        yield "bands", order, [(level, orientation) for level in GAINS for orientation in range(3)]
        for band in case["bands"]:
            bits = band_bits(key, band["level"], band["orientation"])
            chips = band_chips(key, case.get("nonce"), band["level"], band["orientation"])
            yield "side", band["side"], len(bits)
            data = b"".join(bit.to_bytes(2, "big") for row in bits for bit in row)
            yield "bits", band["bits_sha256"], hashlib.sha256(data).hexdigest()
            data = bytes.fromhex(packed([chip for row in chips for chip in row]))
            yield "chips", band["chips_sha256"], hashlib.sha256(data).hexdigest()
            yield "first bits", band["first_bits"], " ".join(map(str, bits[0][:EXCERPT]))
            yield "first chips", band["first_chips"], "".join("+-"[c] for c in chips[0][:EXCERPT])


# --- pilot


def orbits(key: bytes) -> list[tuple[int, int]]:
    found = []
    for (low, high), word in zip(RINGS, words(key, "pilot orbits", len(RINGS)), strict=True):
        ring = [
            (a, b)
            for a in range(1, high)
            for b in range(1, a)
            if low**2 <= a**2 + b**2 < high**2 and a <= 8 * b <= 7 * a
        ]
        found.append(ring[word * len(ring) // 2**32])
    return found


def lines(key: bytes) -> list[tuple[int, int]]:
    return [line for a, b in orbits(key) for line in ((a, b), (a, -b), (b, a), (b, -a))]


def check_pilot(document: Any) -> Iterator[Finding]:
    for case in document["cases"]:
        key = bytes.fromhex(case["key"])
        yield "orbits", case["orbits"], " ".join(f"{a},{b}" for a, b in orbits(key))
        yield "lines", case["lines"], " ".join(f"{u},{v}" for u, v in lines(key))
        yield "phases", case["phases"], " ".join(map(str, words(key, "pilot phases", 32)))


# --- tiles


def synthesis(low: list[float], high: list[float]) -> list[float]:
    """One step of the inverse transform along one axis, round the tile."""
    out = [0.0] * (2 * len(low))
    for k, value in enumerate(low):
        for n, tap in LOW.items():
            out[(2 * k + n) % len(out)] += value * tap
    for k, value in enumerate(high):
        for n, tap in HIGH.items():
            out[(2 * k + 1 + n) % len(out)] += value * tap
    return out


def transposed(rows: Grid) -> Grid:
    return [list(column) for column in zip(*rows, strict=True)]


def inverse(low: Grid, details: list[Grid]) -> Grid:
    """One level of the inverse transform; details as orientations 0, 1, 2."""
    down_high, across_high, both_high = map(transposed, details)
    left = [synthesis(a, d) for a, d in zip(transposed(low), down_high, strict=True)]
    right = [synthesis(a, d) for a, d in zip(across_high, both_high, strict=True)]
    pairs = zip(transposed(left), transposed(right), strict=True)
    return [synthesis(a, d) for a, d in pairs]


def carrier_tile(word: bytes, key: bytes) -> Grid:
    code = encode(word)
    side = SAMPLES >> max(GAINS)
    samples = [[0.0] * side for _ in range(side)]
    for level in sorted(GAINS, reverse=True):
        details = []
        for orientation in range(3):
            bits = band_bits(key, level, orientation)
            chips = band_chips(key, None, level, orientation)
            details.append(
                [
                    [
                        GAINS[level] * (-1) ** (code[bit] ^ chip)
                        for bit, chip in zip(*row, strict=True)
                    ]
                    for row in zip(bits, chips, strict=True)
                ]
            )
        samples = inverse(samples, details)
    return samples


def pilot_tile(amplitude: float, key: bytes) -> Grid:
    """A cosine for each line, at the samples' centres; turns in integers of 2**-32."""
    waves = list(zip(lines(key), words(key, "pilot phases", 32), strict=True))
    cycle = 2**32 // TILE

    def value(x: int, y: int) -> float:
        turns = [((2 * x + 1) * u + (2 * y + 1) * v) * cycle + phase for (u, v), phase in waves]
        return amplitude * sum(math.cos(math.tau * (turn % 2**32) / 2**32) for turn in turns)

    return [[value(x, y) for x in range(SAMPLES)] for y in range(SAMPLES)]


def check_tiles(document: Any) -> Iterator[Finding]:
    steps = document["steps_per_grey_level"]
    for case in document["carriers"]:
        tile = carrier_tile(
            bytes.fromhex(case["payload"] + case["lock"]), bytes.fromhex(case["key"])
        )
        yield from compare(case, tile, steps)
    for case in document["pilots"]:
        yield from compare(case, pilot_tile(case["amplitude"], bytes.fromhex(case["key"])), steps)


def compare(case: dict[str, Any], tile: Grid, steps: int) -> Iterator[Finding]:
    integers = [[math.floor(value * steps + 0.5) for value in row] for row in tile]
    data = b"".join(value.to_bytes(2, "big", signed=True) for row in integers for value in row)
    yield "tile", case["int16_sha256"], hashlib.sha256(data).hexdigest()
    yield "first samples", case["first"], " ".join(map(str, integers[0][:EXCERPT]))


# --- layout


def check_layout(document: Any) -> Iterator[Finding]:
    for case in document["cases"]:
        size = min(case["width"], case["height"]) / 1024
        scale = size ** (1 / 3 if size < 1 else 1 / 2)
        yield "pixels per unit", case["pixels_per_unit"], f"{scale:.9f}"


CHECKS = {
    "payload/payload.json": check_payloads,
    "code/code.json": check_code,
    "code/lock.json": check_locks,
    "code/private.json": check_private,
    "carrier/carrier.json": check_carrier,
    "carrier/private.json": check_carrier,
    "pilot/pilot.json": check_pilot,
    "watermark/tiles.json": check_tiles,
    "watermark/layout.json": check_layout,
}


def main(folder: Path) -> int:
    wrong = 0
    for name, check in CHECKS.items():
        findings = list(check(json.loads((folder / name).read_text("ascii"))))
        differing = [finding for finding in findings if finding[1] != finding[2]]
        wrong += len(differing)
        print(f"{name}: {len(findings)} values, {len(differing)} differ")
        for what, said, right in differing:
            print(f"  {what}: the file says {said}, the format says {right}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).resolve().parent.parent))
