"""API keys: one line of JSON for each, with a digest of the key and never the key itself.

A key is ``pvk_ID_SECRET``. Its secret has 256 random bits, so that one SHA-256 is enough: nobody
guesses it, however fast they hash.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from provenance.canonical import is_sha256, to_utc_text
from provenance.errors import ConfigError
from provenance.files import locked, read_named, write_atomic
from provenance.service.access.caller import Caller
from provenance.service.access.scopes import Scope
from provenance.strict_json import SchemaError, check_object, check_text, parse, read_time

PREFIX = "pvk"
"""Begins every key, so that scanners of source code find one that was committed."""

MAX_BYTES = 2**22
"""A key takes 300 bytes: ten thousand of them."""

_FIELDS = ("id", "name", "sha256", "scopes", "made", "expires")
_KEY = re.compile(rf"{PREFIX}_([0-9a-f]{{8}})_([A-Za-z0-9_-]{{43}})")


@dataclass(frozen=True)
class Granted:
    """One key as the file keeps it."""

    id: str
    name: str
    sha256: str = field(repr=False)
    scopes: tuple[Scope, ...]
    made: datetime
    expires: datetime | None = None

    def is_valid_at(self, time: datetime) -> bool:
        """Tell whether the key still counts."""
        return self.expires is None or time < self.expires


class ApiKeys:
    """A file of keys, read again whenever it changes. Safe between threads.

    Raises
    ------
    ConfigError
        The file can't be read, or holds something else.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[tuple[int, int, int], dict[str, Granted]] = (0, 0, 0), {}
        if path.exists():
            self._load()

    def find(self, key: str, now: datetime) -> Caller | None:
        """Return who holds a key; None for one that does not count."""
        match = _KEY.fullmatch(key)
        granted = self._load().get(match[1]) if match else None
        if granted is None or not granted.is_valid_at(now):
            return None
        if not hmac.compare_digest(_digest(key), granted.sha256):
            return None
        return Caller(f"key {granted.id}", frozenset(granted.scopes), known=True)

    def list(self) -> Sequence[Granted]:
        """List the keys in the order in which they were made."""
        return list(self._load().values())

    def grant(self, name: str, scopes: Iterable[Scope], days: int | None = None) -> str:
        """Make a key and return it; it can't be had a second time.

        Raises
        ------
        ConfigError
            The name is empty, or can't be shown.
        """
        identity, now = secrets.token_hex(4), datetime.now(UTC)
        key = f"{PREFIX}_{identity}_{secrets.token_urlsafe(32)}"
        expires = None if days is None else now + timedelta(days=days)
        new = Granted(identity, name, _digest(key), tuple(scopes), now, expires)
        try:
            check_text(name, "The name")
        except SchemaError as error:
            raise ConfigError(f"{error} Give the key another name.") from error
        with locked(self._path.with_name(f"{self._path.name}.lock")):
            self._write([*self._load().values(), new])
        return key

    def withdraw(self, identity: str) -> bool:
        """Take a key away, and return whether there was one."""
        with locked(self._path.with_name(f"{self._path.name}.lock")):
            left = [each for each in self._load().values() if each.id != identity]
            found = len(left) < len(self._load())
            if found:
                self._write(left)
        return found

    def _write(self, granted: Iterable[Granted]) -> None:
        lines = (json.dumps(_to_json(each), ensure_ascii=False) + "\n" for each in granted)
        write_atomic(self._path, "".join(lines).encode(), overwrite=True, private=True)

    def _load(self) -> dict[str, Granted]:
        try:
            status = self._path.stat()
        except OSError:
            return {}
        version = status.st_mtime_ns, status.st_ino, status.st_size
        if self._read[0] != version:
            data = read_named(self._path, "file of keys", MAX_BYTES, ConfigError)
            self._read = version, {each.id: each for each in _parse(data, self._path)}
        return self._read[1]


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _to_json(granted: Granted) -> dict[str, Any]:
    return {
        "id": granted.id,
        "name": granted.name,
        "sha256": granted.sha256,
        "scopes": [each.value for each in granted.scopes],
        "made": to_utc_text(granted.made),
        "expires": to_utc_text(granted.expires) if granted.expires else None,
    }


def _parse(data: bytes, path: Path) -> Iterable[Granted]:
    for n, line in enumerate(data.splitlines(), 1):
        try:
            entry = check_object(parse(line), "It", _FIELDS)
            scopes = tuple(map(Scope, entry["scopes"]))
            expires = entry["expires"] and read_time(entry["expires"], "Its end")
            if not is_sha256(entry["sha256"]):
                raise SchemaError("Its digest is malformed.")
            made = read_time(entry["made"], "Its time")
        except (SchemaError, ValueError, TypeError) as error:
            raise ConfigError(
                f"Line {n} of the file of keys {path} is not a key: {error}"
            ) from error
        name = check_text(entry["name"], "Its name")
        yield Granted(str(entry["id"]), name, entry["sha256"], scopes, made, expires or None)
