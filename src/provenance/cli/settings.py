"""Find the config file of a command, and build from it what the command needs."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import click

from provenance.errors import ConfigError
from provenance.project_file import FILE_NAME, VARIABLE, find_project
from provenance.text import MAX_LINE, clean, show_name

if TYPE_CHECKING:
    from provenance.config import Config
    from provenance.hashlists import HashList
    from provenance.verify import Switches, Verifier
    from provenance.workers import Allowance

_subject: ContextVar[str] = ContextVar("subject", default="")


def add_config_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option ``--config``."""
    return click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path),
        help=f"Config file (default: ${VARIABLE}, or else ./{FILE_NAME}).",
    )(command)


def load(named: Path | None) -> Config | None:
    """Return the config, or None if there is none.

    Raises
    ------
    ConfigError
        The config can't be used.
    """
    _log_to_standard_error()
    path = find_project(named)
    if path is None:
        return None
    from provenance import config

    return config.load(path)


def require(named: Path | None) -> Config:
    """Return the config of a command that can't work without one.

    Raises
    ------
    ConfigError
        There is none, or it can't be used.
    """
    config = load(named)
    if config is None:
        raise ConfigError(
            "There is no config: make one with 'provenance init DIR', with --producer NAME to "
            "stamp pictures or --verifier to check them, and run this there, or name one with "
            f"--config or {VARIABLE}."
        )
    return config


def warn_of_unrooted(config: Config) -> None:
    """Say which time-stamp authorities would count for manifests alone."""
    from provenance.cli import render

    for name in config.name_unrooted():
        render.note(
            f"The time-stamp authority {name} in trust.tsa_anchors counts for manifests, but case "
            "folders and OpenSSL refuse it, as it is not a root: add the root that certified it."
        )


def build_verifier(
    config: Config | None,
    *,
    registry: bool = True,
    responses: Iterable[Path] = (),
    lists: Iterable[HashList] = (),
    ask: bool = False,
    **switches: Unpack[Switches],
) -> Verifier:
    """Build the verifier; without a config it trusts no signer, queries no registry, asks nobody.

    Raises
    ------
    ConfigError
        Somebody is to be asked, and there is no directory that says whom.
    """
    if ask and (config is None or not config.directory.files):
        raise ConfigError(
            "There is nobody to ask: the directory files in [directory] of a config say whom."
        )
    if config is not None:
        return config.verifier(
            registry=registry, responses=responses, lists=lists, ask=ask, **switches
        )
    from provenance.response import load_response
    from provenance.verify import Verifier

    return Verifier(responses=map(load_response, responses), lists=lists, **switches)


def allow_workers(named: Path | None) -> Allowance:
    """Return what a worker may take for each of several pictures; it serves for a whole run."""
    from provenance.limits import Isolation

    config = load(named)
    isolation = Isolation() if config is None else config.isolation
    return replace(isolation.allow(), jobs=None)


@contextmanager
def name_messages(name: str) -> Iterator[None]:
    """Put a picture's name before each message about it; none where the name is empty."""
    token = _subject.set(f"{show_name(name)}: " if name else "")
    try:
        yield
    finally:
        _subject.reset(token)


class _CleanFormatter(logging.Formatter):
    """Make each message one safe line, since messages quote what strangers chose."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return clean(_subject.get() + super().format(record), MAX_LINE)


def _log_to_standard_error() -> None:
    """Show people the messages of the library, one plain line each."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_CleanFormatter("%(message)s"))
    logger = logging.getLogger("provenance")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
