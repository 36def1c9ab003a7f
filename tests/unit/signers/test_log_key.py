"""The log's key."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.errors import SignerKeyError
from provenance.files import write_private
from provenance.signers import LogKey, LogPublicKey, development


def test_signs_and_verifies() -> None:
    key = LogKey.generate()
    signature = key.sign(b"checkpoint")
    assert key.public.verify(b"checkpoint", signature)
    assert not key.public.verify(b"another", signature)
    assert not key.public.verify(b"checkpoint", signature[:-1])
    assert not LogKey.generate().public.verify(b"checkpoint", signature)


def test_survives_its_file(tmp_path: Path) -> None:
    key = LogKey.generate()
    write_private(tmp_path / "log.pem", key.to_pem())
    again = LogKey.from_pem((tmp_path / "log.pem").read_bytes())
    assert again.public == key.public
    assert len(again.public.key_id) == 64


def test_repr_is_silent() -> None:
    assert repr(LogKey.generate()) == "LogKey()"


@pytest.mark.parametrize("text", [b"", b"x", development.create("X").signer])
def test_other_keys_are_refused(text: bytes) -> None:
    with pytest.raises(SignerKeyError, match="Ed25519"):
        LogKey.from_pem(text)


def test_public_key_has_32_bytes() -> None:
    with pytest.raises(SignerKeyError, match="32"):
        LogPublicKey(b"short")
