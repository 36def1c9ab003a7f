"""``provenance page``: the offline page for browsers, written into a folder."""

from __future__ import annotations

from pathlib import Path

import click

from provenance.cli import render, settings


@click.command("page", short_help="Write the offline page for browsers.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--force", is_flag=True, help="Overwrite what is there.")
@settings.add_config_option
def command(folder: Path, force: bool, config_file: Path | None) -> None:
    """Write the page that examines pictures in a browser into the folder DIR.

    DIR/provenance.html is all of it in one file, and works from a disk without a network.
    DIR/hosted is for a web server, and browsers can install it. The picture stays on the device.
    DIR/SHA256SUMS holds the digests of both.

    With a config the page believes the authorities and directories that [trust] and [directory]
    name, and can tell who a producer is. Without one it believes nobody.
    """
    from provenance.page import FOLDER, SINGLE, Beliefs, write_page

    config = settings.load(config_file)
    beliefs = None
    if config is not None:
        config.load_directory()  # what can't be used is said here, and not by the page
        trust = config.trust
        beliefs = Beliefs.read(trust.anchors, trust.directory_anchors, config.directory.files)
    write_page(folder, beliefs, overwrite=force)
    render.say(f"Wrote {folder / SINGLE}: open it in a browser, or hand it on.")
    render.say(f"Wrote {folder / FOLDER}: put it on a web server.")
