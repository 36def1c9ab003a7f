"""The parts of a signer's URI. A URI names where a secret is, and never holds one."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from urllib.parse import unquote

from provenance.certificates import read_file
from provenance.errors import ConfigError, SignerKeyError


def split(rest: str, known: Collection[str] = ()) -> tuple[str, dict[str, str]]:
    """Split what follows the scheme into a name and its options; `ConfigError` for unknown ones."""
    name, _, query = rest.partition("?")
    return name, pairs(query, "&", known)


def pairs(text: str, separator: str, known: Collection[str]) -> dict[str, str]:
    """Read ``a=b&c=d`` with percent escapes; values are never repeated in an error."""
    found: dict[str, str] = {}
    for part in text.split(separator) if text else ():
        key, equals, value = part.partition("=")
        if key not in known or not equals:
            there = f"there are {', '.join(known)}" if known else "it takes none"
            raise ConfigError(f"{key!r} is no option of this kind of signer; {there}.")
        if key in found:
            raise ConfigError(f"The signer's option {key!r} is given twice.")
        found[key] = unquote(value)
    return found


def read_secret(source: str, folder: Path) -> bytes:
    """Read the password or PIN from ``env:NAME`` or ``file:PATH``, one line.

    Raises `ConfigError` for another kind of source, `SignerKeyError` when there is nothing there.
    """
    kind, _, where = source.partition(":")
    if kind == "env":
        secret = os.environ.get(where, "").encode()
    elif kind == "file":
        secret = read_file(folder / where.removeprefix("//"))
    else:
        raise ConfigError("A signer's secret comes from env:NAME or file:PATH, nowhere else.")
    secret = secret.rstrip(b"\r\n")
    if not secret:
        raise SignerKeyError(f"There is no secret in {kind}:{where}; put one there.")
    return secret
