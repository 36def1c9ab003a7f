"""The reader of boxes and CBOR: exact on what is right, bounded on what is not."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from provenance.manifest import SignedImage, cose

# RFC 8949, appendix A: those examples that COSE can use.
EXAMPLES: list[tuple[str, Any]] = [
    ("00", 0),
    ("17", 23),
    ("1818", 24),
    ("1903e8", 1000),
    ("1a000f4240", 1000000),
    ("1bffffffffffffffff", 18446744073709551615),
    ("20", -1),
    ("3903e7", -1000),
    ("f4", False),
    ("f5", True),
    ("f6", None),
    ("c11a514b67b0", 1363896240),
    ("40", b""),
    ("4401020304", b"\x01\x02\x03\x04"),
    ("6449455446", "IETF"),
    ("62c3bc", "ü"),
    ("80", []),
    ("8301820203820405", [1, [2, 3], [4, 5]]),
    ("a201020304", {1: 2, 3: 4}),
    ("a26161016162820203", {"a": 1, "b": [2, 3]}),
]


@pytest.mark.parametrize(("encoded", "value"), EXAMPLES)
def test_examples_of_the_standard(encoded: str, value: Any) -> None:
    assert cose.decode_cbor(bytes.fromhex(encoded)) == value


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "18",  # ends early
        "0000",  # one item too many
        "5f42010243030405ff",  # indefinite length
        "fb3ff199999999999a",  # float
        "a2616101616102",  # the same key twice
        "a1f600",  # null as key
        "9a0000000200",  # two items, of which one is there
        "5b00000000000000030102",  # three bytes, of which two are there
        "62c328",  # no UTF-8
        "81" * (cose.MAX_DEPTH + 1) + "00",  # too deep by one
        f"99{cose.MAX_ITEMS:04x}" + "00" * cose.MAX_ITEMS,  # too many by one, the array itself
    ],
)
def test_all_else_is_refused(encoded: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - many messages
        cose.decode_cbor(bytes.fromhex(encoded))


def test_what_is_just_within_the_bounds_is_read() -> None:
    cose.decode_cbor(bytes.fromhex("81" * cose.MAX_DEPTH + "00"))
    count = cose.MAX_ITEMS - 1
    assert cose.decode_cbor(bytes.fromhex(f"99{count:04x}" + "00" * count)) == [0] * count


@given(st.binary(max_size=300))
def test_arbitrary_bytes_end_in_a_value_or_an_error(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        cose.decode_cbor(data)
    with pytest.raises(ValueError):  # noqa: PT011
        cose.read_certificate_chain(data, "urn:c2pa:x")


def test_reads_the_chain_of_a_signature(signed: SignedImage) -> None:
    (der,) = cose.read_certificate_chain(signed.store, signed.urn)
    assert "Example Ltd" in x509.load_der_x509_certificate(der).subject.rfc4514_string()


def test_another_manifests_chain_is_not_taken(signed: SignedImage) -> None:
    with pytest.raises(ValueError, match="0 boxes"):
        cose.read_certificate_chain(signed.store, "urn:c2pa:another")


def test_two_manifests_of_one_name_are_none(signed: SignedImage) -> None:
    # Box header and description of the store, then its one manifest, which is put in twice.
    start = 8 + int.from_bytes(signed.store[8:12], "big")
    body = signed.store[8:start] + signed.store[start:] * 2
    doubled = (len(body) + 8).to_bytes(4, "big") + b"jumb" + body
    with pytest.raises(ValueError, match="2 boxes"):
        cose.read_certificate_chain(doubled, signed.urn)


@given(st.integers(0), st.binary(min_size=1, max_size=8), st.integers(0, 4))
def test_damage_ends_in_a_chain_or_an_error(
    signed: SignedImage, position: int, junk: bytes, cut: int
) -> None:
    at = position % len(signed.store)
    damaged = signed.store[:at] + junk + signed.store[at + cut :]
    with contextlib.suppress(ValueError):
        assert all(
            isinstance(der, bytes) for der in cose.read_certificate_chain(damaged, signed.urn)
        )
