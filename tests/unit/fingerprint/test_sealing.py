"""The sealed fingerprint: opened by who has the lock, nothing to anybody else."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.fingerprint import LatticeFingerprint, is_sealed, seal, sealing, unseal

PAYLOAD, LOCK = b"twelve bytes", b"a 3"
MADE = LatticeFingerprint(np.arange(48, dtype=np.uint8).reshape(6, 8))


@pytest.fixture(scope="module")
def text() -> str:
    return seal(MADE, PAYLOAD, LOCK)


def test_the_mark_opens_it(text: str) -> None:
    assert unseal(text, PAYLOAD, LOCK) == MADE


@pytest.mark.parametrize(
    ("payload", "lock"), [(PAYLOAD, b"not"), (PAYLOAD[::-1], LOCK), (b"another one.", LOCK)]
)
def test_another_mark_does_not(text: str, payload: bytes, lock: bytes) -> None:
    assert unseal(text, payload, lock) is None


def test_a_changed_text_does_not_open(text: str) -> None:
    sealed = bytearray(base64.urlsafe_b64decode(text.removeprefix("lattice3:") + "=="))
    for at in (0, 15, 16, len(sealed) - 1):
        changed = sealed.copy()
        changed[at] ^= 1
        written = f"lattice3:{base64.urlsafe_b64encode(changed).decode().rstrip('=')}"
        assert is_sealed(written)
        assert unseal(written, PAYLOAD, LOCK) is None


def test_each_seal_differs(text: str) -> None:
    assert seal(MADE, PAYLOAD, LOCK) != text


def test_the_text_has_four_digits_for_three_bytes(text: str) -> None:
    assert len(base64.urlsafe_b64decode(text.removeprefix("lattice3:") + "=")) == 16 + 6 + 36 + 16
    largest = LatticeFingerprint(np.zeros((64, 64), np.uint8), 256)
    assert len(seal(largest, PAYLOAD, LOCK)) <= sealing.MAX_TEXT


def test_what_is_no_seal_costs_nothing(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    def derive(*_: object) -> None:
        raise AssertionError("scrypt was run")

    monkeypatch.setattr(sealing, "derive_key", derive)
    for other in (
        "",
        "none",
        "lattice3:",
        "lattice2:32:1x1:A",
        "lattice3:" + "A" * 43,  # no room for anything between salt and tag
        "lattice3:" + "A" * 45,  # no length of base64
        text + "=",
        text[:-2] + "\u00e4",
        "lattice3:" + "A" * sealing.MAX_TEXT,
    ):
        assert not is_sealed(other)
        assert unseal(other, PAYLOAD, LOCK) is None


@given(st.text(max_size=80) | st.from_regex(r"lattice3:[A-Za-z0-9_=-]{0,90}"))
def test_any_text_is_sealed_or_not(text: str) -> None:
    assert is_sealed(text) in (True, False)
