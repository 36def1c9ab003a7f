"""A signer's URI says where a secret is, never what it is; and errors repeat neither."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from provenance.distribution import say_install
from provenance.errors import ConfigError, SignerKeyError
from provenance.signers import open_signer, read_secret
from provenance.signers.uri import parse_pairs
from tests.authority import KEYS, Authority, key_pem

AUTHORITY = Authority()
VERSION = "projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"
MODULE = "module-path=/usr/lib/softhsm/libsofthsm2.so"


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        (f"pkcs11:object=k?{MODULE}&pin-value=271828", "pin-source=env:NAME"),
        (f"pkcs11:object=k;pin-value=271828?{MODULE}", "pin-source=env:NAME"),
        (f"pkcs11:token=t?{MODULE}", "object= or id="),
        ("pkcs11:object=k", "module-path="),
        (f"pkcs11:object=k;object=j?{MODULE}", "twice"),
        (f"pkcs11:object=k?{MODULE}&colour=271828", "'colour' is not an option"),
        ("file:key.pem?password=271828", "'password' is not an option"),
        ("file:key.pem?password-source", "'password-source' is not an option"),
        ("awskms:", "names no key"),
        ("awskms:alias/a?x=271828", "it has none"),
        ("gcpkms:projects/p/locations/l", "full name of a key version"),
        ("pin271828:x", "is not known"),
        ("file:key.pem?password-source=271828", "env:NAME or file:PATH"),
    ],
)
def test_what_is_wrong_is_said_without_the_secret(tmp_path: Path, uri: str, said: str) -> None:
    key = KEYS["es256"]()
    chain = AUTHORITY.chain(AUTHORITY.issue(key.public_key()))
    (tmp_path / "key.pem").write_bytes(key_pem(key, b"271828") + chain)
    with pytest.raises(ConfigError, match=said) as caught:
        open_signer(uri, folder=tmp_path)
    assert "271828" not in str(caught.value).replace("pin271828", "")


def test_percent_escapes_are_read() -> None:
    known = ("token", "id")
    assert parse_pairs("token=my%20token;id=%01", ";", known) == {"token": "my token", "id": "\x01"}


def test_secrets_from_file_and_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pin").write_text("1234\r\n")
    monkeypatch.setenv("PIN_OF_TEST", "5678")
    assert read_secret("file:pin", tmp_path) == b"1234"
    assert read_secret(f"file://{tmp_path}/pin", Path()) == b"1234"
    assert read_secret("env:PIN_OF_TEST", tmp_path) == b"5678"
    with pytest.raises(SignerKeyError, match="no secret in env:NOT_SET"):
        read_secret("env:NOT_SET", tmp_path)
    with pytest.raises(SignerKeyError, match="No such file"):
        read_secret("file:none", tmp_path)


@pytest.mark.parametrize(
    ("password", "option", "said"),
    [
        (b"right", "", "say where its password is"),
        (b"right", "?password-source=env:WRONG", "password is wrong"),
        (None, "?password-source=env:WRONG", "not encrypted"),
    ],
)
def test_passwords(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    password: bytes | None,
    option: str,
    said: str,
) -> None:
    monkeypatch.setenv("WRONG", "wrong-password")
    key = KEYS["es256"]()
    chain = AUTHORITY.chain(AUTHORITY.issue(key.public_key()))
    (tmp_path / "key.pem").write_bytes(key_pem(key, password) + chain)
    with pytest.raises(SignerKeyError, match=said) as caught:
        open_signer(f"file:key.pem{option}", folder=tmp_path)
    assert "wrong-password" not in f"{caught.value} {caught.value.__cause__!r}"


@pytest.mark.parametrize(
    ("uri", "module", "extra"),
    [
        (f"pkcs11:object=k?{MODULE}", "pkcs11", "hsm"),
        ("awskms:alias/a", "boto3", "aws"),
        (f"gcpkms:{VERSION}", "google.api_core.retry", "gcp"),
    ],
)
def test_a_missing_library_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uri: str, module: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError, match=re.escape(say_install(extra))):
        open_signer(uri, tmp_path / "chain.pem")


def test_services_need_a_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with pytest.raises(ConfigError, match=r"signing\.chain"):
        open_signer("awskms:alias/a")


def chain_for(algorithm: str, folder: Path) -> Path:
    chain = folder / "chain.pem"
    chain.write_bytes(AUTHORITY.chain(AUTHORITY.issue(KEYS[algorithm]().public_key())))
    return chain


def test_an_arn_brings_its_region(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    uri = "awskms:arn:aws:kms:eu-central-1:111122223333:key/1234abcd"
    assert open_signer(uri, chain_for("es256", tmp_path)).algorithm == "es256"


def test_google_has_no_p521(tmp_path: Path) -> None:
    with pytest.raises(SignerKeyError, match="no P-521 keys"):
        open_signer(f"gcpkms:{VERSION}", chain_for("es512", tmp_path))


def test_aws_without_a_region_is_a_setting_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="region"):
        open_signer("awskms:alias/a")
