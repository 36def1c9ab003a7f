"""Write vectors/{payload,code,carrier,pilot,watermark}: ``python vectors/generate/watermark.py``.

The values come from provenance itself; ``vectors/verify/watermark.py`` computes every one of them
again from docs/watermark-format.md, without provenance and without NumPy.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenance.watermark import (
    LockKey,
    Payload,
    carrier,
    code,
    layout,
    pilot,
    polar,
    prng,
    sealed_word,
)
from provenance.watermark.carrier import Secret

FOLDER = Path(__file__).resolve().parent.parent
ORIGIN = "provenance itself; checked against vectors/verify/watermark.py"
KEYS = (None, bytes(range(32)))
LOCK = bytes.fromhex("c0ffee")
SECRETS = (Secret(bytes(range(32)), 0), Secret(bytes(range(32)), 15))
SUBBANDS = ("high-pass down, low-pass across", "low-pass down, high-pass across", "high-pass both")
EXCERPT = 16
STEPS_PER_GREY_LEVEL = 16
CLEARANCE = 4e-6
"""Grey levels between every sample and the next value at which its rounding would change: float32
samples of tiles this large are off by 1e-6 at most."""
SIZES = (
    (128, 128),
    (512, 768),
    (1000, 1000),
    (1024, 1024),
    (4000, 1025),
    (4096, 9000),
    (8000, 6000),
)
PAYLOADS = (
    Payload(0, 0, 0, 0, version=0),
    Payload(2**20 - 1, 2**16 - 1, 2**26 - 1, 2**30 - 1, version=15),
    Payload(1, 0, 0, 0),
    Payload(0, 1, 0, 0),
    Payload(0, 0, 1, 0),
    Payload(0, 0, 0, 1),
    Payload(0x80001, 0x8001, 0x2000001, 0x20000001),
    Payload(0xABCDE, 0x1234, 1_521_000, 987_654_321),
)


def payload_cases() -> list[dict[str, object]]:
    """Fields, and the bytes they are packed into."""
    return [
        {
            "version": each.version,
            "producer": each.producer,
            "model": each.model,
            "minute": each.minute,
            "serial": each.serial,
            "created": each.created.isoformat(),
            "payload": each.pack().hex(),
        }
        for each in PAYLOADS
    ]


def code_cases() -> list[dict[str, object]]:
    """Check and code word of words: of payloads above, and of bytes that mean nothing."""
    words = [each.pack() + bytes([n, 0, 255 - n]) for n, each in enumerate(PAYLOADS)]
    words += [hashlib.sha256(bytes([n])).digest()[: code.WORD_BYTES] for n in range(8)]
    return [
        {
            "payload": word[:12].hex(),
            "lock": word[12:].hex(),
            "check": code.check_bytes(word).hex(),
            "code": np.packbits(code.encode(word) < 0).tobytes().hex(),
        }
        for word in words
    ]


def lock_cases() -> list[dict[str, object]]:
    """Locks that a site's key derives. How locks are chosen is not part of the format."""
    return [
        {
            "key": key.hex(),
            "payload": payload.hex(),
            "lock": LockKey(key).derive(payload).hex(),
        }
        for key in (bytes(32), bytes(range(32)))
        for payload in (PAYLOADS[0].pack(), PAYLOADS[-1].pack())
    ]


def key_hex(key: bytes | None) -> str:
    """The 32 bytes that the streams are drawn from."""
    return (key or bytes(32)).hex()


def carrier_case(secret: Secret | None) -> dict[str, object]:
    """Each subband's code bits and chips as digests, and the first of each."""
    which = {} if secret is None else {"nonce": secret.nonce}
    return {
        "key": key_hex(secret and secret.key),
        **which,
        "bands": [
            {
                "level": band.level,
                "orientation": band.orientation,
                "filters": SUBBANDS[band.orientation],
                "side": len(band.bit),
                "bits_sha256": hashlib.sha256(band.bit.astype(">u2").tobytes()).hexdigest(),
                "chips_sha256": hashlib.sha256(np.packbits(band.chip < 0).tobytes()).hexdigest(),
                "first_bits": " ".join(map(str, band.bit[0, :EXCERPT].tolist())),
                "first_chips": "".join("+-"[chip < 0] for chip in band.chip[0, :EXCERPT].tolist()),
            }
            for band in carrier.bands(secret)
        ],
    }


def private_cases() -> list[dict[str, object]]:
    """Payloads sealed under a key, their nonces and their code words."""
    key = KEYS[1]
    assert key is not None
    return [
        {
            "key": key.hex(),
            "payload": payload.hex(),
            "sealed": sealed_word.seal(payload, key).hex(),
            "nonce": sealed_word.nonce_of(sealed_word.seal(payload, key)),
            "code": np.packbits(code.encode(payload, key) < 0).tobytes().hex(),
        }
        for payload in (each.pack() for each in PAYLOADS)
    ]


def pilot_case(key: bytes | None) -> dict[str, object]:
    """The orbits drawn, the lines they are, and the lines' phases in units of 2**-32 turns."""
    return {
        "key": key_hex(key),
        "orbits": " ".join(f"{a},{b}" for a, b in pilot.orbits(key)),
        "lines": " ".join(f"{u},{v}" for u, v in pilot.lines(key).tolist()),
        "phases": " ".join(map(str, prng.words(key, "pilot phases", 32).tolist())),
    }


def quantised(tile: NDArray[np.float32]) -> NDArray[np.int16]:
    """Steps of a 16th of a grey level, a half rounded up."""
    return np.asarray(
        np.floor(tile.astype(np.float64) * STEPS_PER_GREY_LEVEL + 0.5), dtype=np.int16
    )


def clear(tile: NDArray[np.float32]) -> bool:
    """Whether float noise can't change how any sample is rounded."""
    part = np.mod(tile.astype(np.float64) * STEPS_PER_GREY_LEVEL + 0.5, 1.0)
    return bool(np.minimum(part, 1 - part).min() > CLEARANCE * STEPS_PER_GREY_LEVEL)


def digest(tile: NDArray[np.float32]) -> dict[str, object]:
    """A tile in integers: the digest of all rows, and the first samples of the first row."""
    steps = quantised(tile)
    return {
        "int16_sha256": hashlib.sha256(steps.astype(">i2").tobytes()).hexdigest(),
        "first": " ".join(map(str, steps[0, :EXCERPT].tolist())),
    }


def carrier_tile(serial: int) -> dict[str, object]:
    """The public tile of the first payload, from a serial on, of which all samples round clearly.

    Private ones have too many samples for that, and go through the same transform.
    """
    for each in range(serial, serial + 1000):
        payload = Payload(0xABCDE, 0x1234, 1_521_000, each).pack()
        tile = carrier.tile(code.encode(payload + LOCK), None)
        if clear(tile):
            word = {"key": key_hex(None), "payload": payload.hex(), "lock": LOCK.hex()}
            return word | digest(tile)
    raise SystemExit("no payload whose tile rounds clearly")


def pilot_tile(key: bytes | None) -> dict[str, object]:
    """The pilot, lines all alike, at the first amplitude at which every sample rounds clearly."""
    for each in range(64):
        amplitude = 1 + each / 64
        tile = pilot.tile(np.full(32, amplitude), key)
        if clear(tile):
            return {"key": key_hex(key), "amplitude": amplitude} | digest(tile)
    raise SystemExit("no amplitude at which the pilot rounds clearly")


def layout_case(width: int, height: int) -> dict[str, object]:
    """Pixels per unit of the mark in a picture of this size."""
    scale = layout(width, height).scale
    return {"width": width, "height": height, "pixels_per_unit": f"{scale:.9f}"}


def write(path: str, document: dict[str, Any]) -> None:
    """Write one vector file."""
    file = FOLDER / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"origin": ORIGIN} | document, indent=1) + "\n", "ascii")


def main() -> None:
    positions = " ".join(map(str, polar.information_positions().tolist()))
    write("payload/payload.json", {"cases": payload_cases()})
    write("code/code.json", {"information_positions": positions, "cases": code_cases()})
    write("code/lock.json", {"cases": lock_cases()})
    write("code/private.json", {"cases": private_cases()})
    write("carrier/carrier.json", {"cases": [carrier_case(None)]})
    write("carrier/private.json", {"cases": [carrier_case(each) for each in SECRETS]})
    write("pilot/pilot.json", {"cases": [pilot_case(key) for key in KEYS]})
    write("watermark/layout.json", {"cases": [layout_case(*size) for size in SIZES]})
    carriers = [carrier_tile(serial) for serial in (0, 100_000)]
    tiles = {"carriers": carriers, "pilots": [pilot_tile(key) for key in KEYS]}
    write("watermark/tiles.json", {"steps_per_grey_level": STEPS_PER_GREY_LEVEL} | tiles)


if __name__ == "__main__":
    main()
