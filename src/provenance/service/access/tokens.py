"""Bearer tokens of an OpenID provider: JSON Web Tokens that its keys signed for this service."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from provenance.errors import ConfigError, FetchError
from provenance.fetching import Guard, fetch
from provenance.files import read_named
from provenance.service.access.caller import Caller
from provenance.service.access.scopes import Scope
from provenance.strict_json import SchemaError, parse
from provenance.text import clean

ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
"""Signatures that are taken: no shared secrets, and never "none"."""

REFRESH_S = 300.0
"""Seconds after which keys are fetched again: a withdrawn one counts no longer than that."""

RETRY_S = 10.0
"""Seconds between attempts while the provider does not answer, or for a key that is not known."""

LEEWAY_S = 60
"""Seconds by which the provider's clock may differ."""

MAX_KEYS_BYTES = 2**18
MAX_TOKEN = 2**14  # characters; servers take headers of this size
_MAX_NAME = 120
_PROVIDER = Guard(allows=lambda _: True, schemes=("https",), any_port=True, redirects=0, seconds=5)


class Tokens:
    """Reads tokens of one issuer for one audience. ``keys`` is a file or an https address.

    Raises
    ------
    ConfigError
        The file holds no keys.
    """

    def __init__(self, issuer: str, audience: str, keys: str | Path) -> None:
        self._keys = keys
        self._lock = threading.Lock()
        self._set: KeySet | None = None
        self._asked = float("-inf")
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        if isinstance(keys, Path):
            self._set = _read_keys(read_named(keys, "OpenID keys", MAX_KEYS_BYTES, ConfigError))

    def find(self, token: str) -> Caller | None:
        """Return who holds a token; None for one that does not count."""
        if len(token) > MAX_TOKEN:
            return None
        keys = self._load(REFRESH_S)
        claims = keys and self._read(token, keys)
        if not claims and (newer := self._load(RETRY_S)) is not keys and newer is not None:
            claims = self._read(token, newer)  # signed with a key that is new
        if not claims:
            return None
        said = claims.get("scope", claims.get("scp", ""))
        words = said.split() if isinstance(said, str) else said
        scopes = frozenset(scope for scope in Scope if scope.value in words)
        return Caller(f"token {clean(str(claims['sub']), _MAX_NAME)}", scopes, known=True)

    def _read(self, token: str, keys: KeySet) -> dict[str, Any] | None:
        try:
            claims: dict[str, Any] = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            self._claims.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError):
            return None
        return claims

    def _load(self, age: float) -> KeySet | None:
        if isinstance(self._keys, Path):
            return self._set
        with self._lock:
            now = time.monotonic()
            if now - self._asked > (age if self._set is not None else RETRY_S):
                self._asked = now
                with suppress(FetchError, ConfigError):  # the keys from before go on
                    self._set = _read_keys(fetch(self._keys, MAX_KEYS_BYTES, _PROVIDER).data)
            return self._set


def _read_keys(data: bytes) -> KeySet:
    try:
        return KeySet.import_key_set(parse(data))
    except (SchemaError, JoseError, ValueError, TypeError, KeyError) as error:
        raise ConfigError("The OpenID keys are not a JSON Web Key Set.") from error
