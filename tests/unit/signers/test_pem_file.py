"""Signers in PEM files: what opens, and what is said about what does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import ec

from provenance.errors import ConfigError, SignerKeyError
from provenance.signers import Signer, development, open_signer, pem_file

KEYS = development.create("Example Ltd")
OTHERS = development.create("Other Ltd")


def split(text: bytes) -> tuple[bytes, bytes]:
    key, certificate = text.split(b"-----BEGIN CERTIFICATE-----", 1)
    return key, b"-----BEGIN CERTIFICATE-----" + certificate


KEY, CERTIFICATE = split(KEYS.signer)


def write(folder: Path, name: str, text: bytes) -> Path:
    (folder / name).write_bytes(text)
    return folder / name


def test_one_file_with_key_and_chain(tmp_path: Path) -> None:
    write(tmp_path, "signer.pem", KEYS.signer + KEYS.authority)
    signer = open_signer("file:signer.pem", folder=tmp_path)
    assert isinstance(signer, Signer)
    assert signer.algorithm == "es256"
    assert signer.certificate_chain.count(b"BEGIN CERTIFICATE") == 2


def test_key_and_chain_apart(tmp_path: Path) -> None:
    write(tmp_path, "key.pem", KEY)
    write(tmp_path, "chain.pem", CERTIFICATE)
    signer = open_signer("file:key.pem", Path("chain.pem"), folder=tmp_path)
    assert signer.certificate_chain == CERTIFICATE


@pytest.mark.parametrize("prefix", ["file:", "file://"])
def test_absolute_paths(tmp_path: Path, prefix: str) -> None:
    path = write(tmp_path, "signer.pem", KEYS.signer)
    assert open_signer(f"{prefix}{path}").algorithm == "es256"


def test_relative_to_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "signer.pem", KEYS.signer)
    monkeypatch.chdir(tmp_path)
    assert open_signer("file:signer.pem").algorithm == "es256"


@pytest.mark.parametrize("uri", ["signer.pem", "ftp:key", "", ":", "FILE:signer.pem"])
def test_unknown_kinds_are_a_setting_error(uri: str) -> None:
    with pytest.raises(ConfigError, match="file:"):
        open_signer(uri)


def encrypted() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.BestAvailableEncryption(b"secret")
    )


WRONG = {
    "no key": (CERTIFICATE, "one private key; this one holds none"),
    "two keys": (KEY + KEY + CERTIFICATE, "one private key; this one holds 2"),
    "encrypted": (encrypted() + CERTIFICATE, "encrypted"),
    "broken key": (KEY[:60] + b"!!" + KEY[62:] + CERTIFICATE, "private key"),
    "no certificate": (KEY, "certificate"),
    "another's certificate": (KEY + split(OTHERS.signer)[1], "does not belong"),
    "authority first": (KEY + KEYS.authority + CERTIFICATE, "does not belong"),
    "wrong authority": (KEYS.signer + OTHERS.authority, "out of order"),
    "not PEM": (b"hello", "private key"),
    "empty": (b"", "private key"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said(tmp_path: Path, case: str) -> None:
    text, message = WRONG[case]
    path = write(tmp_path, "signer.pem", text)
    with pytest.raises(SignerKeyError, match=message) as caught:
        open_signer("file:signer.pem", folder=tmp_path)
    assert str(path) in str(caught.value)
    assert "PRIVATE KEY" not in str(caught.value)


@pytest.mark.parametrize("days", [-400, 2])
def test_certificate_has_to_be_in_date(days: int) -> None:
    keys = development.create("Late Ltd", datetime.now(UTC) + timedelta(days=days))
    with pytest.raises(SignerKeyError, match=r"expired on|not valid before"):
        pem_file.load(keys.signer, keys.signer)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(SignerKeyError, match="No such file"):
        open_signer("file:none.pem", folder=tmp_path)
    with pytest.raises(SignerKeyError, match="directory"):
        open_signer("file:.", folder=tmp_path)


def test_huge_file_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "signer.pem"
    with path.open("wb") as file:
        file.truncate(1 << 34)
    with pytest.raises(SignerKeyError, match="too large"):
        open_signer(f"file:{path}")


def test_key_is_never_shown() -> None:
    signer = pem_file.load(KEYS.signer, KEYS.signer)
    secret = b"".join(KEY.splitlines()[1:-1]).decode()
    shown = f"{signer!r} {signer} {KEYS!r}"
    assert secret[:20] not in shown
    assert "PRIVATE" not in shown
    assert "Example Ltd" in repr(signer)
