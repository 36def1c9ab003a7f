"""Read the files that a config names."""

from __future__ import annotations

import hashlib
from pathlib import Path

from provenance.errors import ConfigError

KEY_BYTES = 32
"""Bytes of a watermark key and of an account key."""


def read(path: Path, what: str) -> bytes:
    """Return a file's content; the error says ``what`` it should be.

    Raises
    ------
    ConfigError
        It can't be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"The {what} {path} can't be read: {error.strerror}.") from error


def digest_file(path: Path, what: str) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(read(path, what)).hexdigest()


def read_key(path: Path, what: str) -> bytes:
    """Read a key: 32 raw bytes, or 64 hex digits on one line.

    Raises
    ------
    ConfigError
        It can't be read, or is in neither form.
    """
    data = read(path, what)
    if len(data) == KEY_BYTES:
        return data
    try:
        key = bytes.fromhex(data.decode("ascii").strip())
    except ValueError as error:
        raise ConfigError(f"The {what} {path} must be 32 bytes or 64 hex digits.") from error
    if len(key) != KEY_BYTES:
        raise ConfigError(f"The {what} {path} has {len(key)} bytes, not {KEY_BYTES}.")
    return key
