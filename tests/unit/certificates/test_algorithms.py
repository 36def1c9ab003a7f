"""Every algorithm signs and verifies, and nothing else verifies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from hypothesis import given
from hypothesis import strategies as st

from provenance.certificates import algorithms
from provenance.errors import SignerKeyError
from tests import authority

KEYS: dict[str, PrivateKeyTypes] = {name: make() for name, make in authority.KEYS.items()}
# RFC 9053 and RFC 8230: lengths of the signatures as COSE stores them.
LENGTHS = {"es256": 64, "es384": 96, "es512": 132, "ed25519": 64, "ps256": 256}


def test_all_names_are_covered() -> None:
    assert tuple(KEYS) == algorithms.NAMES


@pytest.mark.parametrize("name", algorithms.NAMES)
def test_key_decides_the_algorithm(name: str) -> None:
    assert algorithms.name_algorithm(KEYS[name].public_key()) == name


@pytest.mark.parametrize("name", algorithms.NAMES)
def test_signature_has_cose_length(name: str) -> None:
    assert len(algorithms.sign(KEYS[name], b"data")) == LENGTHS[name]


@given(st.sampled_from(algorithms.NAMES), st.binary(max_size=200))
def test_signature_verifies(name: str, data: bytes) -> None:
    signature = algorithms.sign(KEYS[name], data)
    assert algorithms.verify(KEYS[name].public_key(), data, signature)
    assert not algorithms.verify(KEYS[name].public_key(), data + b"x", signature)


@given(st.sampled_from(algorithms.NAMES), st.integers(0), st.integers(0, 7))
def test_any_flipped_bit_spoils_it(name: str, position: int, bit: int) -> None:
    signature = bytearray(algorithms.sign(KEYS[name], b"data"))
    signature[position % len(signature)] ^= 1 << bit
    assert not algorithms.verify(KEYS[name].public_key(), b"data", bytes(signature))


@given(st.sampled_from(algorithms.NAMES), st.binary(max_size=300))
def test_arbitrary_bytes_are_no_signature(name: str, signature: bytes) -> None:
    assert not algorithms.verify(KEYS[name].public_key(), b"data", signature)


@pytest.mark.parametrize(
    "make",
    [
        lambda: rsa.generate_private_key(65537, 1024),
        lambda: ec.generate_private_key(ec.SECP256K1()),
        lambda: dsa.generate_private_key(1024),
    ],
    ids=["rsa1024", "secp256k1", "dsa"],
)
def test_other_keys_are_refused(make: Callable[[], PrivateKeyTypes]) -> None:
    key = make()
    with pytest.raises(SignerKeyError, match="P-256"):
        algorithms.name_algorithm(key.public_key())
    assert not algorithms.verify(key.public_key(), b"data", b"\0" * 64)
