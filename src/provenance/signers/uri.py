"""The parts of a signer's URI. A URI names the place of a secret, and never holds one."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from urllib.parse import unquote

from provenance.certificates import read_file
from provenance.errors import ConfigError, SignerKeyError


def split(rest: str, known: Collection[str] = ()) -> tuple[str, dict[str, str]]:
    """Split what follows the scheme into a name and its options.

    Raises
    ------
    ConfigError
        An option is unknown, malformed, or given twice.
    """
    name, _, query = rest.partition("?")
    return name, parse_pairs(query, "&", known)


def find_key_file(uri: str, folder: Path) -> Path | None:
    """Return the file in which ``file:PATH`` has its key; None for other schemes."""
    scheme, _, rest = uri.partition(":")
    return place_file(rest.partition("?")[0], folder) if scheme == "file" else None


def place_file(name: str, folder: Path) -> Path:
    """Return the file that the name in a URI stands for; a relative one lies in ``folder``."""
    return folder / name.removeprefix("//")


def parse_pairs(text: str, separator: str, known: Collection[str]) -> dict[str, str]:
    """Read ``a=b&c=d`` with percent escapes; no error repeats a value.

    Raises
    ------
    ConfigError
        A key is unknown, has no value, or is given twice.
    """
    found: dict[str, str] = {}
    for part in text.split(separator) if text else ():
        key, equals, value = part.partition("=")
        if key not in known or not equals:
            there = f"use {', '.join(known)}" if known else "it has none"
            raise ConfigError(f"{key!r} is not an option of this kind of signer; {there}.")
        if key in found:
            raise ConfigError(f"The signer's option {key!r} is given twice; give it once.")
        found[key] = unquote(value)
    return found


def read_secret(source: str, folder: Path) -> bytes:
    """Read the password or PIN from ``env:NAME`` or ``file:PATH``, one line.

    Raises
    ------
    ConfigError
        The source is of another kind.
    SignerKeyError
        There is nothing.
    """
    kind, _, where = source.partition(":")
    if kind == "env":
        secret = os.environ.get(where, "").encode()
    elif kind == "file":
        secret = read_file(folder / where.removeprefix("//"))
    else:
        raise ConfigError("A signer's secret comes from env:NAME or file:PATH; name one of them.")
    secret = secret.rstrip(b"\r\n")
    if not secret:
        raise SignerKeyError(f"There is no secret in {kind}:{where}; put one there.")
    return secret
