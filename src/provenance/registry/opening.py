"""Opening a registry by its URI: one back end per scheme."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provenance.distribution import say_install
from provenance.errors import ConfigError, SignerKeyError
from provenance.files import read_named
from provenance.registry.base import Registry

if TYPE_CHECKING:
    from provenance.signers import LogKey

_MIRROR = "mirror:"

MAX_KEY_BYTES = 2**16
"""An Ed25519 key in PEM has about 120 bytes; anything much longer is the wrong file."""


def open_registry(
    uri: str,
    log_key: Path | None = None,
    *,
    create: bool = False,
    read_only: bool = False,
    lazy: bool = False,
    base: Path | None = None,
    index: Path | None = None,
) -> Registry:
    """Open a registry, which must exist unless ``create`` allows to make it.

    ``sqlite:///stamps.db`` is relative to ``base`` (default: the working directory) and
    ``sqlite:////var/lib/stamps.db`` absolute. ``postgresql://USER@HOST:PORT/DATABASE`` is a
    registry in a PostgreSQL database and needs the extra ``[postgres]``. ``mirror:DIR`` is a copy
    of somebody else's registry, which can only be read. ``log_key`` is the PEM file of the Ed25519
    key that signs checkpoints. With ``read_only`` nothing is ever written. With ``lazy`` the
    registry is opened when it is first asked, and only then missed. ``index`` is the folder of its
    likeness index, if it has one.

    Raises
    ------
    ConfigError
        The URI names no known back end, no file or no database, or an extra is missing.
    SignerKeyError
        The log key can't be used.
    RegistryUnavailableError
        The registry is missing, locked or can't be opened.
    RegistryDamagedError
        What is there is not a registry.
    """
    if uri.startswith(_MIRROR):
        return _open_mirror(uri, base or Path(), create=create, lazy=lazy, index=index)
    scheme, separator, _ = uri.partition("://")
    if not separator or scheme not in _BACK_ENDS:
        raise ConfigError(
            f"{_hide_password(uri)!r} does not name a registry; write sqlite:///PATH, "
            "postgresql://USER@HOST:PORT/DATABASE or mirror:DIR."
        )
    key = read_log_key(log_key) if log_key else None
    make = _BACK_ENDS[scheme]
    how = {"create": create, "read_only": read_only, "lazy": lazy}
    return make(uri, base or Path(), key, index=index, **how)


def _make_sqlite(uri: str, base: Path, key: LogKey | None, **how: Any) -> Registry:
    from provenance.registry.sqlite import SqliteRegistry

    rest = uri.partition("://")[2]
    if not rest.startswith("/") or not rest.strip("/") or rest == "/:memory:":
        raise ConfigError(f"{uri!r} does not name a file; write sqlite:///stamps.db.")
    return SqliteRegistry(base / rest[1:], key, **how)


def _open_mirror(uri: str, base: Path, *, create: bool, lazy: bool, index: Path | None) -> Registry:
    from provenance.registry.mirror import MirrorRegistry

    folder = uri.removeprefix(_MIRROR)
    if not folder.strip() or folder.startswith("//"):
        raise ConfigError(f"{uri!r} does not name a folder; write mirror:DIR.")
    if create:
        raise ConfigError("A mirror is made by 'provenance registry mirror', from its source.")
    return MirrorRegistry(base / folder, lazy=lazy, index=index)


def _make_postgres(uri: str, _base: Path, key: LogKey | None, **how: Any) -> Registry:
    try:
        from provenance.registry.postgres import PostgresRegistry
    except ImportError as error:
        raise ConfigError(
            f"A registry in PostgreSQL needs psycopg: {say_install('postgres')}."
        ) from error
    return PostgresRegistry(uri, key, **how)


_BACK_ENDS: dict[str, Callable[..., Registry]] = {
    "sqlite": _make_sqlite,
    "postgresql": _make_postgres,
}


def _hide_password(uri: str) -> str:
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:...@", uri)


def read_log_key(path: Path) -> LogKey:
    """Read the PEM file of an Ed25519 key that signs checkpoints.

    Raises
    ------
    SignerKeyError
        It can't be read, or is not such a key.
    """
    from provenance.signers import LogKey

    return LogKey.from_pem(read_named(path, "log key", MAX_KEY_BYTES, SignerKeyError))
