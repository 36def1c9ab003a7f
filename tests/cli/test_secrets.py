"""No command shows or writes what it was trusted with: passwords and private keys."""

from __future__ import annotations

import base64
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from PIL import Image

from provenance import fingerprint, imaging, manifest, watermark
from provenance.manifest import Trust
from provenance.signers.development import encode_key

if TYPE_CHECKING:
    from tests.cli.conftest import Command

PASSWORD = "correct horse battery staple"


@pytest.fixture
def encrypted(own_studio: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[str]]:
    """A studio whose signer is encrypted; and what must not be seen of it."""
    monkeypatch.setenv("SIGNER_PASSWORD", PASSWORD)
    monkeypatch.setenv("PROVENANCE_DEBUG", "")
    file = own_studio / "keys" / "signer.pem"
    key, certificate = file.read_bytes().split(b"-----BEGIN CERTIFICATE", 1)
    private = serialization.load_pem_private_key(key, None)
    file.write_bytes(
        encode_key(private, PASSWORD.encode()) + b"-----BEGIN CERTIFICATE" + certificate  # type: ignore[arg-type]
    )
    config = own_studio / "provenance.toml"
    text = config.read_text().replace(
        "file:keys/signer.pem", "file:keys/signer.pem?password-source=env:SIGNER_PASSWORD"
    )
    config.write_text(text)
    raw = private.private_numbers().private_value  # type: ignore[union-attr]
    secrets = [PASSWORD, *key.decode().splitlines()[1:-1], str(raw), f"{raw:x}"]
    return config, secrets


def test_nothing_shows_a_secret(
    command: Command, encrypted: tuple[Path, list[str]], photo: Path, tmp_path: Path
) -> None:
    config, secrets = encrypted
    out, case = tmp_path / "out.png", tmp_path / "case"
    done = [
        command(*arguments, "--config", config)
        for arguments in (
            ("stamp", photo, "-o", out, "--model", "m"),
            ("stamp", photo, "-o", out, "--model", "m"),  # refused: it exists
            ("verify", "--json", out),
            ("inspect", "--json", out),
            ("trace", out, "--case", "1", "-o", case),
            ("keys",),
            ("keys", "--json"),
        )
    ]
    assert [each.status for each in done] == [0, 2, 0, 0, 0, 0, 0]
    written = [path for path in (out, *case.rglob("*"), *config.parent.glob("*")) if path.is_file()]
    seen = [each.out + each.err for each in done]
    seen += [path.read_bytes().decode("latin-1") for path in written]
    for secret in secrets:
        assert not any(secret in text for text in seen)


def test_nor_when_the_password_is_wrong(
    command: Command,
    encrypted: tuple[Path, list[str]],
    photo: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config, secrets = encrypted
    monkeypatch.setenv("SIGNER_PASSWORD", "wrong-password")
    done = command("stamp", photo, "-o", "x.png", "--model", "m", "--config", config)
    done.failed_with(2, "signing.key")
    assert "the password is wrong" in done.err
    assert not any(secret in done.err for secret in (*secrets, "wrong-password"))


def test_nothing_but_the_picture_tells_its_lock_or_what_it_opens(
    command: Command, own_studio: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Verify, inspect and trace; then every line, file and log record is searched."""
    config, stamped, bare = own_studio / "provenance.toml", own_studio / "stamped.png", "bare.png"
    pixels = imaging.decode(stamped.read_bytes()).rgb
    Image.fromarray(pixels).save(bare)
    with caplog.at_level(logging.DEBUG):
        done = [
            command(*arguments, "--config", config)
            for arguments in (
                ("verify", "--json", bare),
                ("verify", stamped),
                ("inspect", "--json", bare),
                ("inspect", stamped),
                ("trace", bare, "--case", "1", "-o", tmp_path / "case"),
                ("registry", "list"),
                ("keys",),
            )
        ]
    assert [each.status for each in done] == [0] * len(done)
    assert '"attributed"' in done[0].out
    found = watermark.detect(pixels)
    statement = manifest.read(stamped.read_bytes(), "image/png", Trust.none()).statement
    assert found is not None
    assert statement is not None
    opened = fingerprint.unseal(statement.lattice, found.payload, found.lock)
    assert opened is not None
    key = own_studio / "keys" / "lock.key"
    assert key.stat().st_mode & 0o777 == 0o600
    secret = key.read_text().strip()
    assert watermark.LockKey(bytes.fromhex(secret)).derive(found.payload) == found.lock
    files = [*(tmp_path / "case").rglob("*"), own_studio / "stamps.db"]
    seen = [path.read_bytes() for path in files if path.is_file()]
    assert len(seen) > 3
    seen += [(each.out + each.err).encode() for each in done]
    seen += [record.getMessage().encode() for record in caplog.records]
    packed, row = opened.pack(), opened.levels[opened.levels.shape[0] // 2].tolist()
    secrets = (
        found.word,
        found.word.hex().encode(),
        base64.b64encode(found.word),
        packed[6:],
        packed[6:].hex().encode(),
        base64.urlsafe_b64encode(packed[6:-6]),
        ", ".join(map(str, row)).encode(),
        secret.encode(),
    )
    for each in secrets:
        assert not any(each in text for text in seen)
