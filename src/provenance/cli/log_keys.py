"""The keys by which logs are believed: the given one, a listed one, or the directory's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from provenance.errors import ConfigError

if TYPE_CHECKING:
    from provenance.config import Config
    from provenance.registry import Checkpoint, Registry, VerifierKey
    from provenance.signers import LogPublicKey


def find_own_key(
    config: Config, registry: Registry, given: str | None = None
) -> VerifierKey | None:
    """Return the key of the config's registry: given, trusted by the config, or known with it.

    Raises
    ------
    ConfigError
        The given key is not one, or is that of another log.
    """
    from provenance.registry import VerifierKey

    origin = registry.origin
    if given is not None:
        return _read_given(given, origin)
    named = [each for each in config.load_logs() if each.name == origin]
    public = registry.log_key or config.load_log_key()
    return next(iter(named), VerifierKey(origin, public) if public else None)


def find_key_of(head: Checkpoint, config: Config | None, given: str | None) -> VerifierKey | None:
    """Return the key that a stranger's checkpoint should be signed with; None if none is known.

    Raises
    ------
    ConfigError
        The given key is not one, or is that of another log.
    """
    from provenance.registry import VerifierKey

    if given is not None:
        return _read_given(given, head.origin)
    if config is None:
        return None
    named = [each for each in config.load_logs() if each.name == head.origin]
    own = config.load_log_key()
    others = (*list_bound_keys(config), *((own,) if own else ()))
    signers = {each.key_id for each in head.signatures}
    fitting = (VerifierKey(head.origin, each) for each in others)
    return next(iter(named), None) or next((key for key in fitting if key.key_id in signers), None)


def list_bound_keys(config: Config | None) -> tuple[LogPublicKey, ...]:
    """Return the log keys that entries of the config's directory bind, and that hold now."""
    from provenance.directory import KeyUse
    from provenance.signers import LogPublicKey

    directory = config.load_directory() if config else None
    if directory is None:
        return ()
    now = datetime.now(UTC)
    bound = (
        LogPublicKey.from_spki(key.spki)
        for entry in directory.producers
        for key in entry.keys
        if key.use is KeyUse.LOG and key.is_valid_at(now)
    )
    return tuple(key for key in bound if key is not None)


def _read_given(given: str, origin: str) -> VerifierKey:
    from provenance.registry import VerifierKey

    found = VerifierKey.of_log(given)
    if found.name != origin:
        raise ConfigError(f"The given key is that of the log {found.name}, not of {origin}.")
    return found
