"""Files that a config names: read, or refused in a sentence."""

from __future__ import annotations

import hashlib
from pathlib import Path

from provenance.errors import ConfigError

KEY_BYTES = 32


def read(path: Path, what: str) -> bytes:
    """Return a file's content; ConfigError, naming ``what`` it is, when it can't be read."""
    try:
        return path.read_bytes()
    except OSError as exc:
        raise ConfigError(f"The {what} {path} can't be read: {exc.strerror}.") from exc


def digest(path: Path, what: str) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(read(path, what)).hexdigest()


def read_key(path: Path, what: str) -> bytes:
    """Read a key: 32 raw bytes, or 64 hex digits on one line."""
    data = read(path, what)
    if len(data) == KEY_BYTES:
        return data
    try:
        key = bytes.fromhex(data.decode("ascii").strip())
    except ValueError as exc:
        raise ConfigError(f"The {what} {path} is neither 32 bytes nor 64 hex digits.") from exc
    if len(key) != KEY_BYTES:
        raise ConfigError(f"The {what} {path} has {len(key)} bytes, not {KEY_BYTES}.")
    return key
