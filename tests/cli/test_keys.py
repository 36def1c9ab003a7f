"""``provenance keys`` makes and rotates signers; what was stamped before still verifies."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509

from provenance.cli.signer_rotation import replace_signer
from provenance.errors import ConfigError
from tests.authority import Authority

if TYPE_CHECKING:
    from tests.cli.conftest import Command


def signer(command: Command, config: Path) -> dict[str, Any]:
    shown = command("keys", "--json", "--config", config)
    assert shown.status == 0, shown.err
    found: dict[str, Any] = json.loads(shown.out.splitlines()[0])
    return found


def stamp(command: Command, config: Path, photo: Path, out: Path) -> Path:
    done = command("stamp", photo, "-o", out, "--model", "m", "--config", config)
    assert done.status == 0, done.err
    return out


def test_after_rotation_old_and_new_stamps_verify(
    command: Command, own_studio: Path, photo: Path, tmp_path: Path
) -> None:
    config, before = own_studio / "provenance.toml", signer(command, own_studio / "provenance.toml")
    done = command("keys", "rotate", "--algorithm", "ed25519", "--config", config)
    assert done.status == 0, done.err
    after = signer(command, config)
    assert after["kept_in"] == "file:keys/signer-2.pem"
    assert (before["algorithm"], after["algorithm"]) == ("es256", "ed25519")
    assert (after["subject"], after["trusted_here"]) == (before["subject"], True)
    new = own_studio / "keys" / "signer-2.pem"
    assert stat.S_IMODE(new.stat().st_mode) == 0o600
    (own_studio / "keys" / "signer.pem").unlink()
    fresh = stamp(command, config, photo, tmp_path / "fresh.png")
    for picture in (own_studio / "stamped.png", fresh):
        verified = command("verify", "--json", picture, "--config", config)
        assert verified.status == 0, verified.out
        assert json.loads(verified.out)["state"] == "attributed"
    assert command("keys", "rotate", "--config", config).status == 0
    assert signer(command, config)["kept_in"] == "file:keys/signer-3.pem"


def test_a_key_of_ones_own_by_an_authority_of_ones_own(
    command: Command, own_studio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY_PASSWORD", "correct horse")
    config, key = own_studio / "provenance.toml", tmp_path / "mine.pem"
    source = ("--password-source", "env:KEY_PASSWORD")
    done = command("keys", "make", key, "--algorithm", "es384", *source, "--config", config)
    assert done.status == 0, done.err
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert b"ENCRYPTED" in key.read_bytes()
    request = x509.load_pem_x509_csr((tmp_path / "mine.csr").read_bytes())
    assert request.is_signature_valid
    assert request.subject.rfc4514_string() == "O=Example AI"

    authority = Authority()
    chain = tmp_path / "chain.pem"
    leaf = authority.issue(request.public_key(), "Example AI")  # type: ignore[arg-type]
    chain.write_bytes(authority.chain(leaf))
    uri = f"file:{key}?password-source=env:KEY_PASSWORD"
    rotate = ("keys", "rotate", "--to", uri, "--chain", chain, "--config", config)
    text = config.read_text()
    command(*rotate).failed_with(2, "config")  # nobody trusts this authority yet
    anchors = own_studio / "keys" / "authority.pem"
    anchors.write_bytes(anchors.read_bytes() + authority.pem)
    unlisted = command(*rotate)
    unlisted.failed_with(2, "config")
    assert "The directory does not bind the new certificate" in unlisted.err
    assert config.read_text() == text
    config.write_text(text.replace('files = ["directory.json"]', "files = []"))
    done = command(*rotate)
    assert done.status == 0, done.err
    assert signer(command, config)["algorithm"] == "es384"
    assert "correct horse" not in done.out + done.err + config.read_text()


def test_a_key_is_never_overwritten(command: Command, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_text("mine")
    command("keys", "make", key, "--producer", "P").failed_with(2, "output.exists")
    assert key.read_text() == "mine"
    assert not key.with_suffix(".csr").exists()


def test_whose_key_has_to_be_known(command: Command, tmp_path: Path) -> None:
    done = command("keys", "make", tmp_path / "key.pem")
    assert done.status == 2
    assert "--producer" in done.err
    assert list(tmp_path.glob("key.*")) == []


@pytest.mark.parametrize("problem", ["no authority", "odd config"])
def test_a_rotation_that_fails_changes_nothing(
    command: Command, own_studio: Path, problem: str
) -> None:
    config = own_studio / "provenance.toml"
    if problem == "no authority":
        (own_studio / "keys" / "authority-key.pem").unlink()
    else:
        config.write_text(
            config.read_text().replace(
                'signer = "file:keys/signer.pem"', 'signer = """file:keys/signer.pem"""'
            )
        )
    before = {path: path.read_bytes() for path in own_studio.rglob("*") if path.is_file()}
    command("keys", "rotate", "--config", config).failed_with(2, "config")
    assert before == {path: path.read_bytes() for path in own_studio.rglob("*") if path.is_file()}


SIGNING = '[producer]\nname = "signer = 1"\n[signing]\n'


@pytest.mark.parametrize(
    ("before", "chain", "after"),
    [
        ('signer = "file:a"  # why', None, 'signer = "new"  # why'),
        ("signer='file:a'", "c.pem", 'signer = "new"\nchain = "c.pem"'),
        ('  signer = "a"\nchain = "b"  # old\ntsa = "t"', None, 'signer = "new"\ntsa = "t"'),
        ('# signer = "x"\nsigner = "a"', None, '# signer = "x"\nsigner = "new"'),
        ('signer = "a"\n[trust]\nanchors = []', None, 'signer = "new"\n[trust]\nanchors = []'),
        ('signer = "a\\"b"', None, 'signer = "new"'),
    ],
)
def test_only_the_signer_is_changed(before: str, chain: str | None, after: str) -> None:
    assert replace_signer(f"{SIGNING}{before}\n", "new", chain) == f"{SIGNING}{after}\n"


@pytest.mark.parametrize("text", ['signing = {signer = "a"}', 'signing.signer = "a"'])
def test_what_can_not_be_changed_safely_is_left(text: str) -> None:
    with pytest.raises(ConfigError, match='signer = "new"'):
        replace_signer(text, "new", None)
