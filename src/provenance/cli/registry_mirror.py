"""``provenance registry export`` and ``mirror``: a registry as files, and a copy of somebody's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import exits, render, settings
from provenance.cli.log_keys import find_own_key, list_bound_keys
from provenance.cli.registry_log import read_checkpoint
from provenance.errors import ConfigError, LogIntegrityError

if TYPE_CHECKING:
    from provenance.config import Config
    from provenance.registry import VerifierKey


@click.command("export", short_help="Publish records, manifests and log as static files.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--since",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write only what came after this checkpoint, to be put over a copy that ends there.",
)
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Publish this checkpoint, such as one that witnesses cosigned, not the present one.",
)
@settings.add_config_option
def export(
    folder: Path, since: Path | None, checkpoint: Path | None, config_file: Path | None
) -> None:
    """Publish the registry in DIR, for any web server or bucket: records, manifests, revocations.

    The layout is C2SP's tlog-tiles. Accounts and accesses are left out. Run it again to add what is
    new; files that were published never change, except for the checkpoint.
    """
    from provenance.registry import tiles

    config = settings.require(config_file)
    with config.open_registry(read_only=True) as registry:
        key = find_own_key(config, registry)
        if key is None:
            raise ConfigError(
                "The log has no key, so nobody could check what is published: set registry.log_key."
            )
        done = tiles.export(
            registry,
            folder,
            key,
            head=read_checkpoint(checkpoint) if checkpoint else None,
            since=read_checkpoint(since) if since else None,
        )
    render.say(f"Published {render.count_entries(done.size)}, {done.size - done.start:,} new")
    render.say(f"  log key  {key.text}")


@click.command("mirror", short_help="Copy a published registry, and check all of it.")
@click.argument("source", required=False)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--log-key",
    metavar="KEY",
    help="Public key of the log (default: the config's, or those that its directory binds).",
)
@click.option(
    "--max-entries",
    type=click.IntRange(min=1),
    metavar="N",
    help="Copy no log with more entries than this (default: 10 million, about 100 GB).",
)
@settings.add_config_option
def mirror(
    source: str | None,
    folder: Path | None,
    log_key: str | None,
    max_entries: int | None,
    config_file: Path | None,
) -> int:
    """Bring the copy in DIR of the registry published at SOURCE up to date.

    SOURCE is a folder, or an http or https address, which is asked because you name it. Without
    both, the config says what to copy: [registry] mirror_from, to where its uri "mirror:DIR" is.
    Nothing is kept that the log's key did not sign. The status is 4 if the source was doctored, set
    back or forked; the copy then stays as it was.
    """
    from provenance.registry import mirror as copying

    config = settings.load(config_file)
    text, base, target = _find_places(config, source, folder)
    keys = _list_keys(config, log_key)
    bound = () if log_key else list_bound_keys(config)
    place = copying.open_source(text, base)
    try:
        done = copying.synchronise(
            place, target, keys, bound, most=max_entries or copying.MAX_ENTRIES
        )
    except LogIntegrityError as error:
        render.complain(f"Nothing was taken over. {error}", error.code)
        return exits.CONTRADICTED
    finally:
        place.close()
    new = done.checkpoint.size - done.start
    revoked = f", {done.revocations} of them revocations" if done.revocations else ""
    render.say(f"{render.count_entries(done.checkpoint.size)} of {done.checkpoint.origin}")
    render.say(f"  new  {new:,}{revoked}")
    return exits.DONE


def _find_places(
    config: Config | None, source: str | None, folder: Path | None
) -> tuple[str, Path, Path]:
    """Return the source, where it is relative to, and the mirror's folder."""
    if source is not None and folder is not None:
        return source, Path(), folder
    if source is not None:
        raise click.UsageError("Give both SOURCE and DIR, or neither.")
    section = config.registry if config else None
    target = section.mirror_folder if section else None
    if config is None or section is None or section.mirror_from is None or target is None:
        raise click.UsageError(
            'Give SOURCE and DIR, or set registry.mirror_from and registry.uri = "mirror:DIR".'
        )
    return section.mirror_from, config.folder, config.folder / target


def _list_keys(config: Config | None, given: str | None) -> tuple[VerifierKey, ...]:
    """Return the key that is named, or else those that the config trusts."""
    from provenance.registry import VerifierKey

    if given is not None:
        return (VerifierKey.of_log(given),)
    return config.load_logs() if config else ()
