"""Pseudonyms: the same for the same account, and nothing without the key."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.accounts import AccountKey
from provenance.errors import ConfigError, RegistryDamagedError

KEY, OTHER = AccountKey(bytes(range(32))), AccountKey.generate()
STAMP = "1000a01f00271c0e5ae10f3b"
NAMES = st.text(min_size=1, max_size=30).filter(str.strip)


@settings(deadline=None)
@given(NAMES, NAMES)
def test_a_pseudonym_stands_for_one_account(one: str, two: str) -> None:
    assert (KEY.derive_pseudonym(one) == KEY.derive_pseudonym(two)) == (one == two)
    assert OTHER.derive_pseudonym(one) != KEY.derive_pseudonym(one)
    assert KEY.open(KEY.seal(one, STAMP), STAMP) == KEY.derive_pseudonym(one)


def test_a_sealed_account_shows_nothing() -> None:
    """Not the account, not its pseudonym, and not even that two are the same."""
    first, second = (KEY.seal("jane@example.org", STAMP) for _ in range(2))
    assert first != second
    for sealed in (first, second):
        assert b"jane" not in sealed
        assert bytes.fromhex(KEY.derive_pseudonym("jane@example.org")) not in sealed


@given(st.data())
def test_a_sealed_account_can_not_be_altered_or_moved(data: st.DataObject) -> None:
    sealed = bytearray(KEY.seal("jane", STAMP))
    with pytest.raises(RegistryDamagedError):
        KEY.open(bytes(sealed), STAMP[::-1])
    with pytest.raises(RegistryDamagedError):
        OTHER.open(bytes(sealed), STAMP)
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(RegistryDamagedError):
        KEY.open(bytes(sealed), STAMP)


@given(st.binary(max_size=60))
def test_anything_else_is_refused(sealed: bytes) -> None:
    with pytest.raises(RegistryDamagedError):
        KEY.open(sealed, STAMP)


@pytest.mark.parametrize("account", ["", "  ", "x" * 1025, "\ud800"])
def test_what_is_no_account(account: str) -> None:
    with pytest.raises(ConfigError):
        KEY.derive_pseudonym(account)


def test_the_key_is_32_bytes_and_not_shown() -> None:
    with pytest.raises(ConfigError):
        AccountKey(b"short")
    assert KEY.secret.hex() not in repr(KEY)
    assert repr(KEY.secret) not in repr(KEY)


def test_the_pseudonym_is_part_of_the_format() -> None:
    """Registries outlive releases: the same key has to find the same account in ten years."""
    assert KEY.derive_pseudonym("jane@example.org") == "b42a5fc6671d6caa6fadddbed23463bf"
