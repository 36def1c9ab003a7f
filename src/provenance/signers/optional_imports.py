"""Libraries that only some signers need."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from provenance.distribution import say_install
from provenance.errors import ConfigError


def load_extra(module: str, extra: str) -> Any:
    """Import a module of an extra.

    Raises
    ------
    ConfigError
        It is not installed; the message says how to install it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ConfigError(
            f"This signer needs {module.partition('.')[0]}: {say_install(extra)}."
        ) from error
