"""``provenance serve``: the service, over HTTP."""

from __future__ import annotations

from pathlib import Path

import click

from provenance.cli import settings
from provenance.distribution import say_install
from provenance.errors import ConfigError


@click.command("serve", short_help="Serve verify, stamp and look-ups over HTTP.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8_000,
    show_default=True,
    help="Port to listen at.",
)
@settings.add_config_option
def command(host: str, port: int, config_file: Path | None) -> None:
    """Serve the section [service] of the config until SIGTERM or Ctrl-C.

    Everybody may verify; all else needs a key, which "provenance keys grant" makes. Put a proxy
    with TLS before it. Uploads are held in memory and never written.
    """
    config = settings.require(config_file)
    try:
        from provenance.service import serve
    except ImportError as error:
        raise ConfigError(f"The service needs more packages: {say_install('service')}.") from error
    serve(config, host, port)
