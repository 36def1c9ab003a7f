"""Opening a registry by its URI: one back end per scheme."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.errors import ConfigError, SignerKeyError
from provenance.files import read_named
from provenance.registry.base import Registry

if TYPE_CHECKING:
    from provenance.signers import LogKey

BACK_ENDS = {"sqlite": "provenance.registry.sqlite:SqliteRegistry"}
"""Where the back end of each scheme is; it takes (path, log_key, create=, read_only=)."""

MAX_KEY_BYTES = 2**16
"""An Ed25519 key in PEM has about 120 bytes; anything much longer is the wrong file."""


def open_registry(
    uri: str,
    log_key: Path | None = None,
    *,
    create: bool = True,
    read_only: bool = False,
    base: Path | None = None,
) -> Registry:
    """Open a registry, and by default make it when it is missing.

    ``sqlite:///stamps.db`` is relative to ``base`` (default: the working directory) and
    ``sqlite:////var/lib/stamps.db`` absolute. ``log_key`` is the PEM file of the Ed25519 key that
    signs checkpoints. With ``create=False`` or ``read_only`` the registry must exist; with
    ``read_only`` nothing is ever written.

    Raises
    ------
    ConfigError
        The URI names no known back end or no file.
    SignerKeyError
        The log key can't be used.
    RegistryUnavailableError
        The registry is missing, locked or can't be opened.
    RegistryDamagedError
        What is there is not a registry.
    """
    scheme, separator, rest = uri.partition("://")
    if not separator or scheme not in BACK_ENDS:
        known = ", ".join(f"{name}:///PATH" for name in sorted(BACK_ENDS))
        raise ConfigError(f"{uri!r} does not name a registry; write {known}.")
    if not rest.startswith("/") or not rest.strip("/") or rest == "/:memory:":
        raise ConfigError(f"{uri!r} does not name a file; write {scheme}:///stamps.db.")
    module, _, name = BACK_ENDS[scheme].partition(":")
    back_end = getattr(import_module(module), name)
    key = _load_key(log_key) if log_key else None
    path = (base or Path()) / rest[1:]
    registry: Registry = back_end(path, key, create=create, read_only=read_only)
    return registry


def _load_key(path: Path) -> LogKey:
    from provenance.signers import LogKey

    return LogKey.from_pem(read_named(path, "log key", MAX_KEY_BYTES, SignerKeyError))
