"""Which config file a command uses, and what is built from it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.errors import ConfigError
from provenance.text import MAX_LINE, clean

if TYPE_CHECKING:
    from provenance.config import Config
    from provenance.verify import Verifier

FILE_NAME = "provenance.toml"
VARIABLE = "PROVENANCE_CONFIG"


def config_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option ``--config``."""
    return click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path),
        help=f"Config file; else ${VARIABLE}, else ./{FILE_NAME}.",
    )(command)


def find(named: Path | None) -> Path | None:
    """Return the config file to use, None when nobody named one and none lies here."""
    if named is not None:
        return named
    if variable := os.environ.get(VARIABLE):
        return Path(variable)
    here = Path(FILE_NAME)
    return here if here.is_file() else None


def load(named: Path | None) -> Config | None:
    """Return the config, or None when there is none; raises ConfigError when it can't be used."""
    _log_to_standard_error()
    path = find(named)
    if path is None:
        return None
    from provenance import config

    return config.load(path)


def required(named: Path | None) -> Config:
    """Return the config of a command that can't work without one."""
    config = load(named)
    if config is None:
        raise ConfigError(
            "no config: make one with 'provenance init DIR --producer NAME' and run this there, "
            f"or name it with --config or {VARIABLE}"
        )
    return config


def verifier(config: Config | None, *, registry: bool = True, similar: bool = True) -> Verifier:
    """Build the verifier; without a config it trusts nobody and asks no registry."""
    if config is not None:
        return config.verifier(registry=registry, similar=similar)
    from provenance.verify import Verifier

    return Verifier(similar=similar)


class _CleanFormatter(logging.Formatter):
    """Makes each message one safe line: messages quote what strangers chose."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return clean(super().format(record), MAX_LINE)


def _log_to_standard_error() -> None:
    """Let what the library has to tell reach people, one plain line each."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_CleanFormatter("%(message)s"))
    logger = logging.getLogger("provenance")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
