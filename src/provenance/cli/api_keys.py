"""``provenance keys grant`` and ``withdraw``: the keys of the service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.canonical import to_utc_seconds
from provenance.cli import render, settings
from provenance.errors import ConfigError

if TYPE_CHECKING:
    from provenance.service import ApiKeys

SCOPES = ("verify", "stamp", "responses", "trace", "accounts", "fetch:manifests", "metrics")


@click.command("grant", short_help="Make an API key of the service.")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    required=True,
    help="What the key allows; may be repeated.",
)
@click.option(
    "--days", type=click.IntRange(1, 3_650), help="Days until the key ends (default: never)."
)
@settings.add_config_option
def grant(name: str, scopes: tuple[str, ...], days: int | None, config_file: Path | None) -> None:
    """Make an API key for NAME, print it once, and keep only its digest.

    The file of keys is "keys" in the section [service]. A running service takes the key at once.
    """
    from provenance.service import Scope

    keys = _open(config_file)
    render.say(keys.grant(name, [Scope(each) for each in dict.fromkeys(scopes)], days))
    render.note("This is the only time that the key is shown.")


@click.command("withdraw", short_help="Take an API key of the service away.")
@click.argument("identity", metavar="ID", required=False)
@settings.add_config_option
def withdraw(identity: str | None, config_file: Path | None) -> None:
    """Take the API key with this ID away, or list all keys when no ID is given."""
    keys = _open(config_file)
    if identity is None:
        for each in keys.list():
            render.say(each.id, "bold")
            render.print_fields(
                [
                    ("name", each.name),
                    ("scopes", ", ".join(each.scopes)),
                    ("made", to_utc_seconds(each.made)),
                    ("expires", to_utc_seconds(each.expires) if each.expires else "never"),
                ]
            )
        return
    if not keys.withdraw(identity):
        raise ConfigError(f"There is no key {identity!r}: 'provenance keys withdraw' lists them.")
    render.say(f"The key {identity} no longer counts.")


def _open(config_file: Path | None) -> ApiKeys:
    from provenance.service import ApiKeys

    config = settings.require(config_file)
    path = config.service.keys
    if path is None:
        raise ConfigError(
            f'{config.path} names no file of keys: write keys = "keys/api.jsonl" into [service].'
        )
    return ApiKeys(path)
