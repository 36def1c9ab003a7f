"""``provenance keys``: the keys and certificates of a config, never their secrets."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.canonical import utc_seconds
from provenance.cli import render, settings
from provenance.errors import ConfigError

if TYPE_CHECKING:
    from provenance.config import Config


@click.command("keys", short_help="Show the keys of a config, never their secrets.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a key, a line each.")
@settings.config_option
def command(as_json: bool, config_file: Path | None) -> None:
    """Show what keys the config names: whose they are, until when, and who may read them."""
    for key in _keys(settings.required(config_file)):
        if as_json:
            render.json_line(key)
            continue
        render.say(key["key"], "bold")
        render.fields([(name.replace("_", " "), key[name]) for name in key if name != "key"])


def _keys(config: Config) -> Iterator[dict[str, Any]]:
    """Describe every key, at once with opening it: what can't be opened can't be used either."""
    if config.signing is not None:
        chain = config.open_signer().certificate_chain
        yield {"key": "signer", "kept_in": config.signing.signer, **_certificate(chain, config)}
    if place := config.trace.examiner_key:
        chain = _read(config.trace.examiner_chain or place)
        yield {"key": "examiner", **_file(place), **_certificate(chain, config)}
    if config.registry is not None and config.registry.log_key is not None:
        yield {"key": "registry log", **_log_key(config.registry.log_key)}
    for path, key in zip(config.watermark.key_files, config.load_keys(), strict=True):
        yield {"key": "watermark", **_file(path), "sha256": hashlib.sha256(key).hexdigest()}


def _certificate(chain: bytes, config: Config) -> dict[str, Any]:
    from datetime import UTC, datetime

    from provenance.signing.certificates import describe, load_pem_chain

    anchors = config.load_trust().certificates
    signer = describe(load_pem_chain(chain), anchors, datetime.now(UTC))
    return {
        "subject": signer.subject,
        "issuer": signer.issuer,
        "valid_to": utc_seconds(signer.not_after),
        "trusted_here": signer.anchored,
        "sha256": signer.sha256,
    }


def _log_key(path: Path) -> dict[str, Any]:
    from provenance.signing.logkey import LogKey

    return {**_file(path), "public_key": LogKey.from_pem(_read(path)).public.raw.hex()}


def _file(path: Path) -> dict[str, Any]:
    """Say where a secret lies and whether others than its owner may read it."""
    mode = stat.S_IMODE(path.stat().st_mode)
    open_to = "others too: run chmod 600" if mode & 0o077 else "its owner only"
    return {"kept_in": str(path), "readable_by": open_to}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise ConfigError(f"The key {path} can't be read: {exc.strerror}") from exc
