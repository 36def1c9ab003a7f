"""The watermark's frozen vectors: this library gives them, and so does a second implementation."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from provenance import fingerprint
from provenance.fingerprint import LatticeFingerprint
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

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
SECOND = VECTORS / "verify" / "watermark.py"
FILES = (
    "payload/payload.json",
    "code/code.json",
    "code/lock.json",
    "code/private.json",
    "carrier/carrier.json",
    "carrier/private.json",
    "pilot/pilot.json",
    "watermark/tiles.json",
    "watermark/layout.json",
)


def load(name: str) -> Any:
    return json.loads((VECTORS / name).read_text("ascii"))


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.split()]


def pairs(text: str) -> list[list[int]]:
    return [[int(part) for part in word.split(",")] for word in text.split()]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("case", load("payload/payload.json")["cases"])
def test_payload(case: dict[str, Any]) -> None:
    fields = {k: v for k, v in case.items() if k not in ("created", "payload")}
    payload = Payload(**fields)
    assert payload.pack().hex() == case["payload"]
    assert payload.created.isoformat() == case["created"]
    assert Payload.unpack(bytes.fromhex(case["payload"])) == payload


def test_information_positions() -> None:
    positions = numbers(load("code/code.json")["information_positions"])
    assert polar.information_positions().tolist() == positions


@pytest.mark.parametrize("case", load("code/code.json")["cases"])
def test_code(case: dict[str, Any]) -> None:
    word = bytes.fromhex(case["payload"] + case["lock"])
    signs = 1 - 2 * np.unpackbits(np.frombuffer(bytes.fromhex(case["code"]), np.uint8)).astype(int)
    assert code.check_bytes(word).hex() == case["check"]
    assert (code.encode(word) == signs).all()
    assert code.decode(signs.astype(np.float32)) == word


@pytest.mark.parametrize("case", load("code/lock.json")["cases"])
def test_derived_lock(case: dict[str, Any]) -> None:
    key = LockKey(bytes.fromhex(case["key"]))
    assert key.derive(bytes.fromhex(case["payload"])).hex() == case["lock"]


@pytest.mark.parametrize("case", load("code/private.json")["cases"])
def test_private_word(case: dict[str, Any]) -> None:
    payload, key = bytes.fromhex(case["payload"]), bytes.fromhex(case["key"])
    sealed = sealed_word.seal(payload, key)
    assert sealed.hex() == case["sealed"]
    assert sealed_word.unseal(sealed, key) == payload
    assert sealed_word.nonce_of(sealed) == case["nonce"]
    signs = code.encode(payload, key)
    assert np.packbits(signs < 0).tobytes().hex() == case["code"]
    assert code.decode(signs.astype(np.float32), secret=Secret(key, case["nonce"])) == payload


@pytest.mark.parametrize(
    "case", load("carrier/carrier.json")["cases"] + load("carrier/private.json")["cases"]
)
def test_carrier(case: dict[str, Any]) -> None:
    private = "nonce" in case
    secret = Secret(bytes.fromhex(case["key"]), case["nonce"]) if private else None
    bands, tiles = carrier.bands(secret), carrier.tiles(secret)
    for band, frozen in zip(bands, case["bands"], strict=True):
        assert (band.level, band.orientation) == (frozen["level"], frozen["orientation"])
        assert band.bit.shape == (frozen["side"], frozen["side"])
        assert band.chip.shape == (tiles * frozen["side"], tiles * frozen["side"])
        assert band.bit[0, :16].tolist() == numbers(frozen["first_bits"])
        assert [1 - 2 * (c == "-") for c in frozen["first_chips"]] == band.chip[0, :16].tolist()
        assert sha256(band.bit.astype(">u2").tobytes()) == frozen["bits_sha256"]
        assert sha256(np.packbits(band.chip < 0).tobytes()) == frozen["chips_sha256"]


@pytest.mark.parametrize("case", load("pilot/pilot.json")["cases"])
def test_pilot(case: dict[str, Any]) -> None:
    key = bytes.fromhex(case["key"])
    assert [list(orbit) for orbit in pilot.orbits(key)] == pairs(case["orbits"])
    assert pilot.lines(key).tolist() == pairs(case["lines"])
    assert prng.words(key, "pilot phases", 32).tolist() == numbers(case["phases"])
    assert (pilot.phases(key) * 2.0**32).tolist() == numbers(case["phases"])


def assert_tile(tile: Any, frozen: dict[str, Any]) -> None:
    steps = load("watermark/tiles.json")["steps_per_grey_level"]
    integers = np.floor(tile.astype(np.float64) * steps + 0.5).astype(">i2")
    assert integers[0, :16].tolist() == numbers(frozen["first"])
    assert sha256(integers.tobytes()) == frozen["int16_sha256"]


@pytest.mark.parametrize("case", load("watermark/tiles.json")["carriers"])
def test_carrier_tile(case: dict[str, Any]) -> None:
    signs = code.encode(bytes.fromhex(case["payload"] + case["lock"]))
    assert_tile(carrier.tile(signs, None), case)


@pytest.mark.parametrize("case", load("watermark/tiles.json")["pilots"])
def test_pilot_tile(case: dict[str, Any]) -> None:
    assert_tile(pilot.tile(np.full(32, case["amplitude"]), bytes.fromhex(case["key"])), case)


@pytest.mark.parametrize("case", load("watermark/layout.json")["cases"])
def test_layout(case: dict[str, Any]) -> None:
    geometry = layout(case["width"], case["height"])
    assert f"{geometry.xx:.9f}" == f"{geometry.yy:.9f}" == case["pixels_per_unit"]
    assert (geometry.xy, geometry.yx, geometry.x0, geometry.y0) == (0, 0, 0, 0)


def test_the_public_key_is_frozen_in_every_kind() -> None:
    for name in ("carrier/carrier.json", "pilot/pilot.json", "watermark/tiles.json"):
        document = load(name)
        kinds = [v for v in document.values() if isinstance(v, list)]
        assert all(bytes(32).hex() in {case["key"] for case in kind} for kind in kinds)


@pytest.mark.parametrize("case", load("fingerprint/seal.json")["cases"])
def test_seal(case: dict[str, Any]) -> None:
    """Made, opened, and opened again as the page says, without our code."""
    payload, lock, salt, packed = (
        bytes.fromhex(case[name]) for name in ("payload", "lock", "salt", "packed")
    )
    made = LatticeFingerprint.unpack(packed)
    assert made is not None
    assert fingerprint.seal(made, payload, lock, salt=salt) == case["text"]
    assert fingerprint.unseal(case["text"], payload, lock) == made
    drawn = hashlib.scrypt(payload + lock, salt=salt, n=2**15, r=8, p=1, dklen=44, maxmem=2**26)
    assert drawn.hex() == case["key"] + case["nonce"]
    text = case["text"].removeprefix("lattice3:")
    sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert sealed[:16] == salt
    opened = AESGCM(drawn[:32]).decrypt(drawn[32:], sealed[16:], b"lattice3" + payload)
    assert opened == packed


def second_implementation(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run it where neither provenance nor NumPy can be imported (-I -S: no site-packages)."""
    command = [sys.executable, "-I", "-S", str(SECOND), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_second_implementation_agrees() -> None:
    found = second_implementation(VECTORS)
    assert (found.returncode, found.stderr) == (0, ""), found.stdout
    assert [line.split(":")[0] for line in found.stdout.splitlines()] == list(FILES)
    assert all(line.endswith(" 0 differ") for line in found.stdout.splitlines())


CHANGES: dict[str, Callable[[Any], None]] = {
    "payload/payload.json": lambda document: document["cases"][0].update(minute=1),
    "code/code.json": lambda document: document["cases"][0].update(check="0000"),
    "code/lock.json": lambda document: document["cases"][0].update(lock="000000"),
    "code/private.json": lambda document: document["cases"][0].update(nonce=16),
    "carrier/carrier.json": lambda document: document["cases"][0].update(key=b"k".hex() * 32),
    "carrier/private.json": lambda document: document["cases"][1].update(nonce=1),
    "pilot/pilot.json": lambda document: document["cases"][0].update(phases="1 2 3"),
    "watermark/tiles.json": lambda document: document["carriers"][0].update(payload="00" * 12),
    "watermark/layout.json": lambda document: document["cases"][0].update(width=127),
}


def test_the_second_implementation_notices_any_change(tmp_path: Path) -> None:
    for name, change in CHANGES.items():
        copy = tmp_path / name
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(VECTORS / name, copy)
        document = load(name)
        change(document)
        copy.write_text(json.dumps(document), "ascii")
    found = second_implementation(tmp_path)
    assert found.returncode == 1
    reports = [line for line in found.stdout.splitlines() if not line.startswith(" ")]
    assert [line.split(":")[0] for line in reports] == list(FILES)
    assert not any(line.endswith(" 0 differ") for line in reports)
